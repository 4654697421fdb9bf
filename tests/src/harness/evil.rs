use std::sync::Arc;
use std::time::Duration;

use evil_provider::{Client, Evil};
use mail::Sender;
use store::{MasterKey, Store};
use tenant_server::{MailSettings, ServerConfig, TenantBrand, TenantConfig, TenantServer};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::database::opened;
use super::open::{self, PRODUCT};
use super::place::Place;
use super::world::World;

/// A tenant whose identity server is an [`Evil`] one, which knows the tenant's keys.
pub struct EvilTenant {
    pub evil: Evil,
    pub place: Place,
    store: Store,
    _stop: DropGuard,
}

impl World {
    /// A tenant that this world's evil provider rules.
    pub async fn evil_tenant(&self) -> EvilTenant {
        let evil = self.evil.clone();
        let (place, listener) = Place::bind("fjord", "Fjord Archive", "127.0.0.6", "127.0.0.6").await;
        let folder = self.data.path().join("evil");
        let tenant = TenantConfig {
            id: place.id(),
            slug: place.slug.to_owned(),
            name: place.name.to_owned(),
            base_url: place.base.parse().unwrap(),
            blueprint: "asset-library".to_owned(),
            issuer: evil.issuer().to_owned(),
            client_id: place.slug.to_owned(),
            brand: TenantBrand::default(),
        };
        let server = TenantServer::open(ServerConfig {
            tenants: vec![tenant],
            blueprints: Vec::new(),
            databases: open::databases(&folder).await,
            master_key: Arc::new(MasterKey::from_bytes(&[9; 32])),
            ambient: self.ambient.clone(),
            http: open::client_to(&[&place], [evil.origin()]),
            mail: MailSettings {
                transport: Arc::new(self.mail.clone()),
                from: Sender::new("no-reply@tenants.test", Some(PRODUCT)).unwrap(),
            },
            gather_requests_for: Duration::from_secs(120),
            largest_import: 4_000_000,
            product: PRODUCT.to_owned(),
        });
        let server = server.await.unwrap();
        let keys = serde_json::from_value(server.client_jwks(place.slug).unwrap()).unwrap();
        evil.knows(Client::with_keys(place.slug, keys));
        let stop = CancellationToken::new();
        place.serve(listener, server.router(), &stop);
        let store = opened(&folder, place.slug, place.id()).await;
        EvilTenant { evil, place, store, _stop: stop.drop_guard() }
    }
}

impl EvilTenant {
    /// One number of its database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let (count,): (i64,) = self.store.read().await.unwrap().one(sql, vec![]).await.unwrap();
        count
    }
}
