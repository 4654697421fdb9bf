use std::sync::Arc;
use std::time::Duration;

use ambient::Ambient;
use anyhow::Context;
use axum::Router;
use identity::grants::RefreshLifetimes;
use identity::passwords::Policy;
use identity::sessions::Lifetimes;
use identity::tenants::Blueprints;
use identity::{Identity, Settings};
use identity_server::{IdentityServer, Reach};
use inbox::Inbox;
use mail::{Sender, Smtp, SmtpConfig, Transport};
use outbound::Origin;
use store::{MasterKey, Store};
use tenant_server::{MailSettings, TenantBrand, TenantConfig, TenantDatabases, TenantServer};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::cast::TENANTS;
use super::databases::Databases;
use super::folder::Folder;
use super::layout::{Layout, Place};
use super::stage::Stage;
use super::tls::Tls;
use super::{directory, groups};

/// The product's name on every page.
pub const PRODUCT: &str = "Latchkey";

/// Everything that was opened.
pub struct House {
    pub identity: IdentityServer,
    pub directory: IdentityServer,
    pub tenants: TenantServer,
    pub http: outbound::Client,
    pub ambient: Ambient,
    pub master_key: Arc<MasterKey>,
    pub routers: Vec<(Place, Router)>,
    pub workers: Vec<jobs::Worker>,
}

/// Opens databases, keys and servers; the inbox listens already.
pub async fn open(
    folder: &Folder,
    stage: &mut Stage,
    tls: Option<&Tls>,
    databases: Databases,
    cancel: &CancellationToken,
) -> anyhow::Result<House> {
    let (layout, ambient) = (folder.layout(), Ambient::system());
    let (smtp, web) = (stage.take(Place::Smtp)?, stage.take(Place::Inbox)?);
    Inbox::start(smtp, web, cancel.clone(), ambient.clone(), Some(folder.path("inbox")))
        .await
        .context("cannot start the inbox")?;
    let key_file = folder.path("master.key");
    let master_key = Arc::new(MasterKey::load_or_create(&key_file, &ambient)?);
    let own = [Place::Identity, Place::Aurora, Place::Nordlys, Place::Lightbox, Place::Inkwell, Place::Directory];
    let http = client(layout, &own, tls)?;
    // Aurora's own provider is at the directory, and nothing else that a tenant sets up lies inside.
    let reach = Reach::new(http.clone(), client(layout, &[Place::Directory], tls)?);
    let relay = layout.socket(Place::Smtp);
    let mail: Arc<dyn Transport> = Arc::new(Smtp::new(SmtpConfig::loopback(relay.ip().to_string(), relay.port()))?);

    let sealed_under = || format!("the data is sealed under {}", key_file.display());
    let identity = open_identity(folder, databases.identity, &master_key, &ambient, reach.clone(), &mail)
        .await
        .with_context(sealed_under)?;
    let tenants = open_tenants(folder, databases.tenants, &master_key, &ambient, &http, &mail)
        .await
        .with_context(sealed_under)?;
    let directory = directory::open(databases.directory, layout, &master_key, &ambient, reach, &mail)
        .await
        .with_context(sealed_under)?;
    let mut workers = identity.spawn_workers(cancel);
    workers.extend(directory.spawn_workers(cancel));
    workers.extend(tenants.spawn_workers(cancel));
    let routers = vec![
        (Place::Identity, identity_server::router(&identity)),
        (Place::Directory, groups::stating(identity_server::router(&directory))),
        (Place::Aurora, tenants.router()),
        (Place::Nordlys, tenants.router()),
    ];
    Ok(House { identity, directory, tenants, http, ambient, master_key, routers, workers })
}

/// A guarded client: to nothing inside but these of the demo's own servers.
fn client(layout: Layout, own: &[Place], tls: Option<&Tls>) -> anyhow::Result<outbound::Client> {
    let mut exceptions = Vec::with_capacity(own.len());
    for place in own {
        exceptions.extend(Origin::of(&layout.url(*place)?));
    }
    Ok(outbound::Client::new(outbound::Config {
        exceptions,
        extra_ca_pem: tls.map(|tls| tls.ca_pem.as_bytes().to_vec()),
        ..outbound::Config::default()
    })?)
}

async fn open_identity(
    folder: &Folder,
    database: Store,
    master_key: &Arc<MasterKey>,
    ambient: &Ambient,
    outbound: Reach,
    mail: &Arc<dyn Transport>,
) -> anyhow::Result<IdentityServer> {
    let settings = Settings {
        issuer: folder.layout().url(Place::Identity)?,
        product: PRODUCT.to_owned(),
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
        sender: Sender::new("no-reply@latchkey.example", Some(PRODUCT))?,
    }))
}

async fn open_tenants(
    folder: &Folder,
    databases: TenantDatabases,
    master_key: &Arc<MasterKey>,
    ambient: &Ambient,
    http: &outbound::Client,
    mail: &Arc<dyn Transport>,
) -> anyhow::Result<TenantServer> {
    let layout = folder.layout();
    let mut tenants = Vec::with_capacity(TENANTS.len());
    for tenant in TENANTS {
        tenants.push(TenantConfig {
            id: tenant_id(tenant.slug),
            slug: tenant.slug.to_owned(),
            name: tenant.name.to_owned(),
            base_url: layout.url(tenant.place)?,
            blueprint: tenant.blueprint.to_owned(),
            issuer: layout.origin(Place::Identity),
            client_id: tenant.slug.to_owned(),
            brand: TenantBrand {
                logo_icon: tenant.icon.to_owned(),
                accent: Some(format!("#{}", tenant.accent)),
                ..TenantBrand::default()
            },
        });
    }
    Ok(TenantServer::open(tenant_server::ServerConfig {
        tenants,
        blueprints: Vec::new(),
        databases,
        master_key: Arc::clone(master_key),
        ambient: ambient.clone(),
        http: http.clone(),
        mail: MailSettings {
            transport: Arc::clone(mail),
            from: Sender::new("no-reply@tenants.example", Some(PRODUCT))?,
        },
        // A demo's visitor waits for the mail: gathered for seconds, not for minutes.
        gather_requests_for: Duration::from_secs(5),
        largest_import: 64_000_000,
        product: PRODUCT.to_owned(),
    })
    .await?)
}

/// The demo's tenants keep their ids through every `--fresh`.
pub fn tenant_id(slug: &str) -> Uuid {
    let mut bytes = [0; 16];
    for (byte, letter) in bytes.iter_mut().zip(slug.bytes()) {
        *byte = letter;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
