use std::time::Duration;

use ambient::Ambient;
use axum::Router;
use identity::passwords::Policy;
use identity::{Identity, Settings};
use identity_server::IdentityServer;
use mail::{Memory, Sender};
use outbound::Origin;
use sample_app::SampleApp;
use std::sync::Arc;
use store::MasterKey;
use tempfile::TempDir;
use tenant_server::{MailSettings, TenantBrand, TenantConfig, TenantServer};
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
    pub mail: Memory,
    pub data: TempDir,
}

/// The guarded client, with this world's servers as its only exceptions.
pub fn client(places: &[&Place]) -> outbound::Client {
    let exceptions = places.iter().filter_map(|place| Origin::of(&place.base.parse().unwrap())).collect();
    outbound::Client::new(outbound::Config { exceptions, ..outbound::Config::default() }).unwrap()
}

/// A client that follows and keeps nothing.
pub fn plain_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

pub async fn identity(parts: &Parts, id: &Place) -> IdentityServer {
    let settings =
        Settings { issuer: id.base.parse().unwrap(), product: PRODUCT.to_owned(), passwords: Policy::default() };
    let database = parts.data.path().join("identity.db");
    let identity = Identity::open(&database, parts.master_key.clone(), parts.ambient.clone(), settings).await.unwrap();
    IdentityServer::new(identity_server::ServerConfig {
        identity,
        outbound: parts.http.clone(),
        mail: Arc::new(parts.mail.clone()),
        sender: Sender::new("no-reply@latchkey.test", Some(PRODUCT)).unwrap(),
    })
}

pub async fn tenants(parts: &Parts, id: &Place, tenants: &[(&Place, &str)]) -> TenantServer {
    let tenants = tenants.iter().map(|(place, blueprint)| TenantConfig {
        id: place.id(),
        slug: place.slug.to_owned(),
        name: place.name.to_owned(),
        base_url: place.base.parse().unwrap(),
        database: parts.data.path().join(format!("{}.db", place.slug)),
        blueprint: (*blueprint).to_owned(),
        issuer: id.base.clone(),
        client_id: place.slug.to_owned(),
        brand: TenantBrand::default(),
    });
    TenantServer::open(tenant_server::ServerConfig {
        tenants: tenants.collect(),
        folder: parts.data.path().to_owned(),
        master_key: parts.master_key.clone(),
        ambient: parts.ambient.clone(),
        http: parts.http.clone(),
        mail: MailSettings {
            transport: Arc::new(parts.mail.clone()),
            from: Sender::new("no-reply@tenants.test", Some(PRODUCT)).unwrap(),
        },
        gather_requests_for: Duration::from_secs(120),
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
