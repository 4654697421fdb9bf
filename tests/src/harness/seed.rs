use ambient::SecretHash;
use identity::accounts::{self, Account, AccountId, EmailAddress, Locale, Name, NewAccount};
use identity::clients::{self, ClientRowId, Registered};
use identity::tenants::{self, Tenant, TenantId};
use identity::{Fault, links};
use jose::Algorithm;
use oidc::client::{AuthMethod, Client, ClientKind, GrantType};
use store::StoreError;
use tenant::members::MemberState;
use tenant_server::SeedMember;

use super::browser::Person;
use super::open::{SCOPES, secret_of};
use super::place::Place;
use super::world::World;

impl World {
    /// Tenants and applications, as an operator registers them.
    pub async fn register_everyone(&self) {
        for place in [&self.acme, &self.studio] {
            self.register_tenant(place).await;
        }
        let applications = [
            (&self.lightbox, ClientKind::TenantApplication, Some(&self.acme)),
            (&self.inkwell, ClientKind::PlatformApplication, None),
        ];
        for (place, kind, tenant) in applications {
            let mut client = self.client_of(place, kind);
            client.grant_types.push(GrantType::RefreshToken);
            client.backchannel_logout_uri = Some(place.url("/backchannel-logout"));
            self.register(client, tenant).await;
        }
    }

    async fn register_tenant(&self, place: &Place) {
        let tenant = Tenant {
            id: TenantId(place.id()),
            slug: place.slug.to_owned(),
            name: place.name.to_owned(),
            base_url: place.base.clone(),
            icon: "library".to_owned(),
            accent: None,
            approval: true,
            terms_url: None,
            privacy_url: None,
            logo: None,
        };
        let blueprint = if place.slug == "studio" { "gallery-studio" } else { "asset-library" };
        let (identity, now) = (self.identity.identity(), self.ambient.now());
        let made = identity.store.write::<_, _, StoreError, _>((tenant, now), move |tx, (tenant, now)| {
            Box::pin(tenants::insert(tx, tenant, blueprint, *now))
        });
        made.await.unwrap();
        let code = tenants::new_code(identity, audit::Actor::Operator, TenantId(place.id())).await.unwrap();
        let request = serde_json::to_value(self.tenants.enrolment(place.slug, &code).unwrap()).unwrap();
        let enrolled = tenants::enrol(identity, serde_json::from_value(request).unwrap()).await.unwrap().unwrap();
        let answer = serde_json::to_value(enrolled).unwrap();
        self.tenants.adopt(serde_json::from_value(answer).unwrap(), None).await.unwrap();
    }

    /// What an application registers by default: `client_secret_basic`, PKCE, RS256.
    pub fn client_of(&self, place: &Place, kind: ClientKind) -> Client {
        Client {
            client_id: place.slug.to_owned(),
            name: place.name.to_owned(),
            kind,
            auth_method: AuthMethod::ClientSecretBasic,
            redirect_uris: vec![place.url("/callback")],
            post_logout_redirect_uris: vec![place.url("/signed-out")],
            id_token_alg: Algorithm::RS256,
            require_pkce: true,
            grant_types: vec![GrantType::AuthorizationCode],
            scopes: SCOPES.map(str::to_owned).to_vec(),
            jwks: None,
            backchannel_logout_uri: None,
            native: false,
        }
    }

    /// Registers a client.
    pub async fn register(&self, client: Client, tenant: Option<&Place>) {
        let secret = matches!(client.auth_method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost);
        let registered = Registered {
            id: ClientRowId(self.ambient.row_id()),
            tenant: tenant.map(|tenant| TenantId(tenant.id())),
            secret_hash: secret.then(|| SecretHash::of(&secret_of(&client.client_id))),
            home_url: client.redirect_uris.first().cloned().unwrap_or_default(),
            client,
        };
        let now = self.ambient.now();
        let store = &self.identity.identity().store;
        let made = store.write::<_, _, Fault, _>((registered, now), |tx, (registered, now)| {
            Box::pin(clients::register(tx, registered, *now))
        });
        made.await.unwrap();
    }

    /// Somebody with an account, and no instance yet. Not signed in.
    pub async fn account(&self, name: &str) -> Person {
        let person = self.stranger(name);
        let new = NewAccount {
            email: EmailAddress::parse(&person.email).unwrap(),
            given_name: Name::parse(&person.given_name).unwrap(),
            family_name: Name::parse(&person.family_name).unwrap(),
            locale: Locale::default(),
        };
        accounts::create(self.identity.identity(), new, &person.password).await.unwrap();
        person
    }

    /// Somebody with an account who is a member of a tenant, in some state, with some roles. Not signed in.
    pub async fn member(&self, name: &str, of: &Place, state: MemberState, roles: &[&str]) -> Person {
        let person = self.account(name).await;
        self.make_member(&person, of, state, roles).await;
        person
    }

    /// Makes somebody a member of one more tenant.
    pub async fn make_member(&self, person: &Person, of: &Place, state: MemberState, roles: &[&str]) {
        let subject = self.link(person, of).await;
        let member = SeedMember {
            subject: Some(subject),
            email: person.email.clone(),
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            locale: "en".to_owned(),
            state,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            reason: None,
        };
        self.tenants.seed_member(of.slug, member).await.unwrap();
        self.settle().await;
    }

    /// An administrator, signed in at their tenant.
    pub async fn admin_of(&self, of: &Place) -> Person {
        let role = if of.slug == "studio" { "owner" } else { "administrator" };
        let mut admin = self.member(&format!("admin{}", self.number()), of, MemberState::Active, &[role]).await;
        admin.enters(of).await;
        admin
    }

    async fn link(&self, person: &Person, to: &Place) -> String {
        let identity = self.identity.identity();
        let account = self.account_id(person).await;
        let input = (TenantId(to.id()), account, self.ambient.identifier(), self.ambient.now());
        let store = &identity.store;
        let linked = store.write::<_, _, StoreError, _>(input, |tx, (tenant, account, fresh, now)| {
            Box::pin(async move {
                links::link(tx, *tenant, *account, *now).await?;
                links::subject(tx, tenant.0, *account, fresh).await
            })
        });
        linked.await.unwrap()
    }

    pub async fn account_id(&self, person: &Person) -> AccountId {
        self.account_of(person).await.id
    }

    pub async fn account_of(&self, person: &Person) -> Account {
        let email = EmailAddress::parse(&person.email).unwrap();
        let mut conn = self.identity.identity().store.read().await.unwrap();
        accounts::find_by_email(&mut conn, &email).await.unwrap().unwrap()
    }
}
