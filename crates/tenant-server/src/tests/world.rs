use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, FixedClock, SystemRandom};
use axum::Router;
use outbound::{Client, Config, Origin};
use store::{Location, MasterKey, Schema, Store};
use tempfile::TempDir;
use tenant::members::{MemberId, MemberState};
use uuid::Uuid;

use super::browser::Browser;
use super::idp::Idp;
use crate::{MailSettings, SeedMember, ServerConfig, TenantConfig, TenantDatabases, TenantServer};

/// Two tenants on one server, an identity server, a mailbox.
pub(super) struct World {
    pub server: TenantServer,
    pub router: Router,
    pub idp: Idp,
    pub clock: Arc<FixedClock>,
    pub ambient: Ambient,
    pub mails: mail::Memory,
    _folder: TempDir,
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(Ambient::system().now()));
        let ambient = Ambient::new(clock.clone(), Arc::new(SystemRandom));
        let idp = Idp::start(ambient.clone()).await;
        let mails = mail::Memory::new();
        let exceptions = vec![Origin::of(&idp.issuer().parse().unwrap()).unwrap()];
        let tenant = |number: u128, slug: &str, blueprint: &str| TenantConfig {
            id: Uuid::from_u128(number),
            slug: slug.into(),
            name: slug.into(),
            base_url: format!("http://{slug}.test:8401").parse().unwrap(),
            blueprint: blueprint.into(),
            issuer: idp.issuer().into(),
            client_id: format!("tenant-{slug}"),
            brand: crate::TenantBrand::default(),
        };
        let databases = match Location::for_test(folder.path(), "tenants") {
            Location::Sqlite(_) => TenantDatabases::Files(folder.path().to_owned(), Schema::BringUpToDate),
            shared @ Location::Postgres { .. } => {
                TenantDatabases::Shared(Store::open(&shared, &tenant::MIGRATIONS, Schema::BringUpToDate).await.unwrap())
            }
        };
        let server = TenantServer::open(ServerConfig {
            databases,
            tenants: vec![tenant(1, "acme", "asset-library"), tenant(2, "nordlys", "gallery-studio")],
            blueprints: Vec::new(),
            master_key: Arc::new(MasterKey::from_bytes(&[5; 32])),
            ambient: ambient.clone(),
            http: Client::new(Config { exceptions, ..Config::default() }).unwrap(),
            mail: MailSettings {
                transport: Arc::new(mails.clone()),
                from: mail::Sender::new("no-reply@tenants.example", Some("Tenants")).unwrap(),
            },
            gather_requests_for: Duration::from_mins(2),
            largest_import: 64_000_000,
            product: "Latchkey".into(),
        })
        .await
        .unwrap();
        let keys = serde_json::from_value(server.client_jwks("acme").unwrap()).unwrap();
        idp.tell(|told| told.client_keys = keys);
        Self { router: server.router(), server, idp, clock, ambient, mails, _folder: folder }
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::new(&self.router, "acme.test:8401")
    }

    pub(super) async fn seed(&self, slug: &str, name: &str, state: MemberState, roles: &[&str]) -> MemberId {
        let member = SeedMember {
            subject: Some(format!("subject-of-{name}")),
            email: format!("{name}@people.example"),
            given_name: name.into(),
            family_name: "Test".into(),
            locale: "en".into(),
            state,
            roles: roles.iter().map(ToString::to_string).collect(),
            reason: None,
        };
        self.server.seed_member(slug, member).await.unwrap()
    }

    /// A browser in which an administrator of acme is signed in.
    pub(super) async fn admin(&self) -> Browser {
        self.seed("acme", "ada", MemberState::Active, &["administrator"]).await;
        let mut browser = self.browser();
        browser.signs_in(&self.idp, "ada").await.sent_to();
        browser
    }
}
