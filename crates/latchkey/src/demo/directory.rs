//! The company directory: a second identity server, with people of its own, that the first one trusts as a provider.
//!
//! ```text
//! Contoso Directory ──client `latchkey`──▶ provider `contoso` of the platform
//!                   └─client `aurora-staff`──▶ provider `aurora.staff` that Aurora Library owns
//! ```

use std::sync::Arc;

use ambient::Ambient;
use anyhow::{Context, bail};
use audit::Actor;
use identity::accounts::{self, EmailAddress, Locale, Name, NewAccount};
use identity::grants::RefreshLifetimes;
use identity::passwords::Policy;
use identity::providers::{self, Change, NewProvider, Saved, Shown};
use identity::sessions::Lifetimes;
use identity::tenants::Blueprints;
use identity::tenants::TenantId;
use identity::{Identity, Settings};
use identity_server::{IdentityServer, Reach};
use jose::base64url;
use mail::{Sender, Transport};
use oidc::client::ClientKind;
use relying_party::{ClientAuthentication, Mapping};
use store::{MasterKey, Store};

use super::cast::{DIRECTORY_NAME, DIRECTORY_PEOPLE, DemoProvider, PROVIDERS};
use super::groups::CLAIM as GROUPS_CLAIM;
use super::layout::{Layout, Place};
use super::open::tenant_id;
use super::seed::{client, register};

/// Opens the directory's server.
pub async fn open(
    database: Store,
    layout: Layout,
    master_key: &Arc<MasterKey>,
    ambient: &Ambient,
    outbound: Reach,
    mail: &Arc<dyn Transport>,
) -> anyhow::Result<IdentityServer> {
    let settings = Settings {
        issuer: layout.url(Place::Directory)?,
        product: DIRECTORY_NAME.to_owned(),
        passwords: Policy::default(),
        refresh: RefreshLifetimes::default(),
        sessions: Lifetimes::default(),
        blueprints: Blueprints::default(),
    };
    let identity = Identity::open(database, Arc::clone(master_key), ambient.clone(), settings).await?;
    Ok(IdentityServer::new(identity_server::ServerConfig {
        identity,
        outbound,
        mail: Arc::clone(mail),
        sender: Sender::new("no-reply@contoso.example", Some(DIRECTORY_NAME))?,
    }))
}

/// Its people, and both ends of each provider; on an old folder nothing changes.
pub async fn seed(directory: &Identity, identity: &Identity, layout: Layout) -> anyhow::Result<()> {
    for (given, family, email, password) in DIRECTORY_PEOPLE {
        let email = EmailAddress::parse(email).context("not an address")?;
        if accounts::find_by_email(&mut directory.store.read().await?, &email).await?.is_some() {
            continue;
        }
        let new = NewAccount {
            email,
            given_name: Name::parse(given).context("not a name")?,
            family_name: Name::parse(family).context("not a name")?,
            locale: Locale::default(),
        };
        accounts::create(directory, new, password).await?;
    }
    for provider in PROVIDERS {
        seed_provider(directory, identity, layout, provider).await?;
    }
    Ok(())
}

async fn seed_provider(
    directory: &Identity,
    identity: &Identity,
    layout: Layout,
    cast: &DemoProvider,
) -> anyhow::Result<()> {
    let key = cast.tenant.map_or_else(|| cast.key.to_owned(), |slug| format!("{slug}.{}", cast.key));
    // Derived, so that it is the same at each start.
    let secret = base64url(&directory.master_key.derive(&format!("demo provider {key}")));
    let mut known_as =
        client(layout, cast.client_id, cast.client_name, Place::Identity, ClientKind::PlatformApplication);
    known_as.redirect_uris = vec![format!("{}/upstream/{key}/callback", layout.origin(Place::Identity))];
    known_as.post_logout_redirect_uris = vec![format!("{}/logout/upstream", layout.origin(Place::Identity))];
    register(directory, known_as, None, &secret, &layout.origin(Place::Identity)).await?;
    if providers::find(&mut identity.store.read().await?, &key).await?.is_some() {
        return Ok(());
    }
    let issuer = layout.origin(Place::Directory);
    let generic = relying_party::Settings::generic(&issuer, cast.client_id, ClientAuthentication::ClientSecretBasic);
    let mapping = Mapping { groups: GROUPS_CLAIM.to_owned(), ..Mapping::default() };
    let settings = relying_party::Settings { mapping, ..generic };
    let values = Change {
        name: cast.name.to_owned(),
        preset: "generic".to_owned(),
        issuer,
        settings: serde_json::to_string(&settings)?,
        secret: Some(secret),
        domains: cast.domains.iter().map(|domain| (*domain).to_owned()).collect(),
        shown: Shown::Button,
    };
    let tenant = cast.tenant.map(|slug| (TenantId(tenant_id(slug)), slug.to_owned()));
    match providers::create(identity, Actor::Operator, NewProvider { tenant, key: cast.key.to_owned(), values }).await?
    {
        Saved::Done(_) => Ok(()),
        other => bail!("the provider {key} cannot be set up: {other:?}"),
    }
}
