use std::sync::Arc;
use std::time::Duration;

use audit::Actor;
use identity::administrators;
use identity::tenants::{self, TenantId};
use mail::Sender;
use store::MasterKey;
use tenant_server::{MailSettings, ServerConfig, TenantServer};
use tokio_util::sync::CancellationToken;

use super::browser::{Net, Person};
use super::open::{self, PRODUCT};
use super::place::Place;
use super::world::World;

impl World {
    /// Somebody who runs the platform, signed in and looking at it.
    pub async fn platform_admin(&self, name: &str) -> Person {
        let mut person = self.account(name).await;
        let account = self.account_of(&person).await;
        administrators::add(self.identity.identity(), Actor::Operator, &account).await.unwrap();
        person.enters(&self.id.url("/admin")).await.is("/admin");
        person
    }

    /// Another tenant server, without tenants, with a folder of its own.
    pub async fn another_server(&self, folder: &str) -> TenantServer {
        TenantServer::open(ServerConfig {
            tenants: Vec::new(),
            blueprints: Vec::new(),
            databases: open::databases(&self.data.path().join(folder)).await,
            master_key: Arc::new(MasterKey::from_bytes(&[9; 32])),
            ambient: self.ambient.clone(),
            http: open::client(&[&self.id]),
            mail: MailSettings {
                transport: Arc::new(self.mail.clone()),
                from: Sender::new("no-reply@tenants.test", Some(PRODUCT)).unwrap(),
            },
            gather_requests_for: Duration::from_secs(120),
            largest_import: 4_000_000,
            product: PRODUCT.to_owned(),
        })
        .await
        .unwrap()
    }

    /// A place where that server answers, and somebody who can get there.
    pub async fn new_place(&self, slug: &'static str, server: &TenantServer, stop: &CancellationToken) -> Place {
        let (place, listener) = Place::bind(slug, "Fjord Archive", "127.0.0.6", "127.0.0.6").await;
        place.serve(listener, server.router(), stop);
        place
    }

    /// The same person, who also knows the way to this place.
    pub fn who_knows(&self, mut person: Person, place: &Place) -> Person {
        let mut known = self.net.known.clone();
        known.push(place.authority().to_owned());
        person.net = Arc::new(Net { known, ..(*self.net).clone() });
        person
    }

    /// A tenant's id by its short name.
    pub async fn tenant_id(&self, slug: &str) -> TenantId {
        let mut conn = self.identity.identity().store.read().await.unwrap();
        tenants::find_by_slug(&mut conn, slug).await.unwrap().unwrap().id
    }
}
