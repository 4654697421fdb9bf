use std::path::Path;
use std::time::Duration;

use ambient::Ambient;
use axum::Router;
use identity::grants::RefreshLifetimes;
use identity::passwords::Policy;
use identity::sessions::Lifetimes;
use identity::tenants::Blueprints;
use identity::{Identity, Settings};
use identity_server::{IdentityServer, Reach};
use mail::{Memory, Sender};
use outbound::Origin;
use sample_app::SampleApp;
use std::sync::Arc;
use store::sqlx::migrate::Migrator;
use store::{Location, MasterKey, Schema, Store};
use tempfile::TempDir;
use tenant::blueprint::Blueprint;
use tenant_server::{MailSettings, TenantBrand, TenantConfig, TenantDatabases, TenantServer};
use url::Url;

use super::place::Place;

/// The product's name on every page.
pub const PRODUCT: &str = "Latchkey";
/// What applications may ask for.
pub const SCOPES: [&str; 4] = ["openid", "profile", "email", "membership"];

/// What all servers share.
pub struct Parts {
    pub ambient: Ambient,
    pub master_key: Arc<MasterKey>,
    pub http: outbound::Client,
    /// What tenants' own providers may lie at.
    pub upstreams: outbound::Client,
    pub mail: Memory,
    pub data: TempDir,
}

/// The guarded client, with this world's servers as its only exceptions.
pub fn client(places: &[&Place]) -> outbound::Client {
    client_to(places, [])
}

/// The same with further exceptions.
pub fn client_to(places: &[&Place], more: impl IntoIterator<Item = Origin>) -> outbound::Client {
    client_with(outbound::Config::default(), places, more)
}

/// The same with other limits.
pub fn client_with(
    limits: outbound::Config,
    places: &[&Place],
    more: impl IntoIterator<Item = Origin>,
) -> outbound::Client {
    let exceptions = places.iter().filter_map(|place| Origin::of(&place.base.parse().unwrap())).chain(more).collect();
    outbound::Client::new(outbound::Config { exceptions, ..limits }).unwrap()
}

/// The name of the database that all tenants share, where they share one.
pub const TENANTS: &str = "tenants";

/// Where the tenants of one server are: in files of a folder, or in a schema named after it.
pub async fn databases(folder: &Path) -> TenantDatabases {
    match Location::for_test(folder, TENANTS) {
        Location::Sqlite(_) => TenantDatabases::Files(folder.to_owned(), Schema::BringUpToDate),
        Location::Postgres { .. } => TenantDatabases::Shared(open_store(folder, TENANTS, &tenant::MIGRATIONS).await),
    }
}

/// A database of this world's own: a SQLite file, or a schema in PostgreSQL.
pub async fn open_store(data: &Path, name: &str, migrations: &Migrator) -> Store {
    Store::open(&Location::for_test(data, name), migrations, Schema::BringUpToDate).await.unwrap()
}

/// A client that follows and keeps nothing.
pub fn plain_client() -> reqwest::Client {
    client_from(None)
}

/// The same from another address of this machine's.
pub fn client_from(address: Option<std::net::IpAddr>) -> reqwest::Client {
    reqwest::Client::builder()
        .local_address(address)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

/// The identity server, which knows further kinds of tenants by name.
pub async fn identity(parts: &Parts, id: &Place, blueprints: &[Blueprint]) -> IdentityServer {
    let shipped = Blueprints::default();
    let own = blueprints.iter().map(|own| own.name.clone()).filter(|name| !shipped.contains(name));
    let settings = Settings {
        issuer: id.base.parse().unwrap(),
        product: PRODUCT.to_owned(),
        passwords: Policy::default(),
        refresh: RefreshLifetimes::default(),
        sessions: Lifetimes::default(),
        blueprints: Blueprints::beside(own).unwrap(),
    };
    let store = open_store(parts.data.path(), "identity", &identity::MIGRATIONS).await;
    let identity = Identity::open(store, parts.master_key.clone(), parts.ambient.clone(), settings).await.unwrap();
    IdentityServer::new(identity_server::ServerConfig {
        identity,
        outbound: Reach::new(parts.http.clone(), parts.upstreams.clone()),
        mail: Arc::new(parts.mail.clone()),
        sender: Sender::new("no-reply@latchkey.test", Some(PRODUCT)).unwrap(),
    })
}

/// The tenant server, with kinds of tenants beside those that ship.
pub async fn tenants(
    parts: &Parts,
    id: &Place,
    tenants: &[(&Place, &str)],
    blueprints: Vec<Blueprint>,
) -> TenantServer {
    let tenants = tenants.iter().map(|(place, blueprint)| TenantConfig {
        id: place.id(),
        slug: place.slug.to_owned(),
        name: place.name.to_owned(),
        base_url: place.base.parse().unwrap(),
        blueprint: (*blueprint).to_owned(),
        issuer: id.base.clone(),
        client_id: place.slug.to_owned(),
        brand: TenantBrand::default(),
    });
    TenantServer::open(tenant_server::ServerConfig {
        tenants: tenants.collect(),
        blueprints,
        databases: databases(parts.data.path()).await,
        master_key: parts.master_key.clone(),
        ambient: parts.ambient.clone(),
        http: parts.http.clone(),
        mail: MailSettings {
            transport: Arc::new(parts.mail.clone()),
            from: Sender::new("no-reply@tenants.test", Some(PRODUCT)).unwrap(),
        },
        gather_requests_for: Duration::from_secs(120),
        largest_import: 4_000_000,
        product: PRODUCT.to_owned(),
    })
    .await
    .unwrap()
}

pub fn application(parts: &Parts, id: &Place, place: &Place, tenant: Option<&Place>) -> Router {
    let app = SampleApp {
        name: place.name.to_owned(),
        base_url: Url::parse(&place.base).unwrap(),
        issuer: id.base.clone(),
        client_id: place.slug.to_owned(),
        client_secret: secret_of(place.slug),
        scopes: SCOPES.map(str::to_owned).to_vec(),
        tenant: tenant.map(|tenant| tenant.slug.to_owned()),
    };
    sample_app::router(app, PRODUCT, parts.http.clone(), parts.ambient.clone())
}

/// The secret of a client.
pub fn secret_of(client_id: &str) -> String {
    format!("the secret of {client_id}, long enough to be one")
}
