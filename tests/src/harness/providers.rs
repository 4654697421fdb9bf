use audit::Actor;
use evil_provider::{Client, Evil, Person as Upstream};
use identity::links::{self, MemberState, Snapshot};
use identity::providers::{self, Change, NewProvider, Saved, Shown};
use relying_party::{ClientAuthentication, Mapping, Settings};

use super::browser::Person;
use super::place::Place;
use super::world::World;

/// What every provider here knows us by.
const CLIENT: &str = "latchkey";
const SECRET: &str = "a secret that is long enough";

impl World {
    /// The platform sets a provider up, trusted for these domains. Returns its key.
    pub async fn platform_provider(&self, key: &str, evil: &Evil, domains: &[&str]) -> String {
        self.set_up(None, key, evil, domains).await
    }

    /// A tenant sets one up for itself.
    pub async fn own_provider(&self, tenant: &Place, key: &str, evil: &Evil, domains: &[&str]) -> String {
        self.set_up(Some(tenant), key, evil, domains).await
    }

    /// The platform sets up one of a vendor's.
    pub async fn vendors_provider(&self, key: &str, settings: &Settings, secret: &str, domains: &[&str]) -> String {
        self.add(None, key, (settings, secret), domains).await
    }

    /// How it is offered from now on.
    pub async fn shows(&self, key: &str, shown: Shown) {
        let identity = self.identity.identity();
        let provider = providers::find(&mut identity.store.read().await.unwrap(), key).await.unwrap().unwrap();
        let change = Change {
            name: provider.name.clone(),
            preset: provider.preset.clone(),
            issuer: provider.issuer.clone(),
            settings: provider.settings.clone(),
            secret: None,
            domains: provider.domains.clone(),
            shown,
        };
        let saved = providers::save(identity, Actor::Operator, &provider, change).await.unwrap();
        assert!(matches!(saved, Saved::Done(_)), "{saved:?}");
    }

    /// It is enabled from now on, or disabled.
    pub async fn enables(&self, key: &str, enabled: bool) {
        let identity = self.identity.identity();
        let provider = providers::find(&mut identity.store.read().await.unwrap(), key).await.unwrap().unwrap();
        assert!(providers::set_enabled(identity, Actor::Operator, &provider, enabled).await.unwrap(), "{key}");
    }

    async fn set_up(&self, tenant: Option<&Place>, key: &str, evil: &Evil, domains: &[&str]) -> String {
        evil.knows(Client::with_secret(CLIENT, SECRET));
        let mapping = Mapping { groups: "groups".to_owned(), ..Mapping::default() };
        let generic = Settings::generic(evil.issuer(), CLIENT, ClientAuthentication::ClientSecretBasic);
        self.add(tenant, key, (&Settings { mapping, ..generic }, SECRET), domains).await
    }

    async fn add(
        &self,
        tenant: Option<&Place>,
        key: &str,
        (settings, secret): (&Settings, &str),
        domains: &[&str],
    ) -> String {
        let values = Change {
            name: key.to_owned(),
            preset: settings.preset.word().to_owned(),
            issuer: settings.issuer.clone(),
            settings: serde_json::to_string(settings).unwrap(),
            secret: Some(secret.to_owned()),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            shown: Shown::Button,
        };
        let tenant = match tenant {
            Some(tenant) => Some((self.tenant_id(tenant.slug).await, tenant.slug.to_owned())),
            None => None,
        };
        let new = NewProvider { tenant, key: key.to_owned(), values };
        match providers::create(self.identity.identity(), Actor::Operator, new).await.unwrap() {
            Saved::Done(key) => key,
            other => panic!("{other:?}"),
        }
    }

    /// A tenant tells that its member is opened by this provider alone from now on.
    pub async fn switches(&self, tenant: &Place, person: &Person, provider: Option<&str>, compromised: bool) {
        let identity = self.identity.identity();
        let (account, tenant) = (self.account_of(person).await.id, self.tenant_id(tenant.slug).await);
        let mut conn = identity.store.read().await.unwrap();
        let subject = links::known_subject(&mut conn, tenant.0, account).await.unwrap().unwrap();
        let version = 1 + links::membership(&mut conn, tenant, &subject).await.unwrap().map_or(0, |it| it.version);
        drop(conn);
        let told = Snapshot {
            subject,
            version,
            state: MemberState::Active,
            roles: Vec::new(),
            groups: Vec::new(),
            provider: provider.map(str::to_owned),
            switched: version,
            compromised,
            compromised_version: if compromised { version } else { 0 },
            preset: None,
            break_glass: false,
        };
        assert_eq!(links::hear(identity, tenant, vec![told]).await.unwrap().applied.len(), 1);
    }
}

impl Person {
    /// On a sign-in page: by this provider, where this person sits.
    pub async fn comes_by(&mut self, key: &str, evil: &Evil, who: Upstream) -> &mut Self {
        evil.has(who);
        self.submits(&format!("by-{key}"), &[]).await
    }
}
