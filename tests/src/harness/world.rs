use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use evil_provider::{Evil, Vendor};
use identity_server::IdentityServer;
use mail::{Memory, Outgoing};
use store::MasterKey;
use tempfile::TempDir;
use tenant::blueprint::Blueprint;
use tenant_server::TenantServer;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::browser::{Net, Person};
use super::open;
use super::place::Place;
use super::wire::Wire;

/// When every story begins: 2025-06-15, 15:06:40 UTC.
pub const BEGINNING: Timestamp = Timestamp::from_seconds(1_750_000_000);

/// The master key of every server in it.
pub const MASTER_KEY: [u8; 32] = [7; 32];

/// Everything, in this process, over real HTTP: the identity server, two tenants, two applications. It stops by itself.
pub struct World {
    pub clock: Arc<FixedClock>,
    pub ambient: Ambient,
    pub mail: Memory,
    /// The identity server's address.
    pub id: Place,
    /// A tenant: an asset library.
    pub acme: Place,
    /// Another tenant: a gallery studio.
    pub studio: Place,
    /// The asset library's own application.
    pub lightbox: Place,
    /// An application of the whole platform.
    pub inkwell: Place,
    /// A provider elsewhere that can break every rule. Every server may ask it, every browser finds it.
    pub evil: Evil,
    /// Another one, a company's directory, which need not know the first.
    pub contoso: Evil,
    /// One inside the operator's network: the platform's providers may lie there, and no tenant's.
    pub inside: Evil,
    pub identity: IdentityServer,
    pub tenants: TenantServer,
    pub net: Arc<Net>,
    pub data: TempDir,
    /// How many names were given out.
    pub names: AtomicUsize,
    /// The way from the tenant servers to the identity server.
    pub wire: Wire,
    _stop: DropGuard,
}

/// What is unusual about a world.
pub struct Unusual {
    /// Whose provider the company's directory imitates.
    pub contoso: Vendor,
    /// How the servers ask others.
    pub limits: outbound::Config,
    /// Kinds of tenants beside those that ship, or in their place.
    pub blueprints: Vec<Blueprint>,
}

impl Default for Unusual {
    fn default() -> Self {
        Self { contoso: Vendor::Nobody, limits: outbound::Config::default(), blueprints: Vec::new() }
    }
}

impl World {
    pub async fn new() -> Self {
        Self::unusual(Unusual::default()).await
    }

    /// A world whose asset libraries are of another kind: with roles, say, that none of those that ship has.
    pub async fn with(change: impl FnOnce(&mut Blueprint)) -> Self {
        let mut library = Blueprint::shipped("asset-library").unwrap();
        change(&mut library);
        Self::unusual(Unusual { blueprints: vec![library], ..Unusual::default() }).await
    }

    pub async fn unusual(Unusual { contoso, limits, blueprints }: Unusual) -> Self {
        // What the servers say stands in the output of the test that caused it, if it is asked for.
        if let Ok(filter) = std::env::var("RUST_LOG") {
            let _set = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        }
        let clock = Arc::new(FixedClock::at(BEGINNING));
        let ambient = Ambient::new(clock.clone(), Arc::new(SeededRandom::from_seed(7)));
        let (id, for_id) = Place::bind("id", "Latchkey", "127.0.0.1", "localhost").await;
        let (acme, for_acme) = Place::bind("acme", "Acme Library", "127.0.0.2", "127.0.0.2").await;
        let (studio, for_studio) = Place::bind("studio", "Nordlys Studio", "127.0.0.3", "127.0.0.3").await;
        let (lightbox, for_lightbox) = Place::bind("lightbox", "Acme Lightbox", "127.0.0.4", "127.0.0.4").await;
        let (inkwell, for_inkwell) = Place::bind("inkwell", "Inkwell", "127.0.0.5", "127.0.0.5").await;
        let places = [&id, &acme, &studio, &lightbox, &inkwell];
        let (evil, contoso, inside) =
            (Evil::start(&ambient).await, Evil::imitating(contoso, &ambient).await, Evil::start(&ambient).await);
        let elsewhere = [evil.base(), contoso.base()];
        let parts = open::Parts {
            ambient: ambient.clone(),
            master_key: Arc::new(MasterKey::from_bytes(&MASTER_KEY)),
            http: open::client_with(limits.clone(), &places, [evil.origin(), contoso.origin(), inside.origin()]),
            upstreams: open::client_with(limits, &[], [evil.origin(), contoso.origin()]),
            mail: Memory::new(),
            // Memory, where there is some: a test's disk need not survive a power cut.
            data: tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap(),
        };
        let identity = open::identity(&parts, &id, &blueprints).await;
        let kinds = [(&acme, "asset-library"), (&studio, "gallery-studio")];
        let tenants = open::tenants(&parts, &id, &kinds, blueprints).await;
        let stop = CancellationToken::new();
        let wire = Wire::new(identity.identity().clone());
        id.serve(for_id, wire.through(identity_server::router(&identity)), &stop);
        acme.serve(for_acme, tenants.router(), &stop);
        studio.serve(for_studio, tenants.router(), &stop);
        lightbox.serve(for_lightbox, open::application(&parts, &id, &lightbox, Some(&acme)), &stop);
        inkwell.serve(for_inkwell, open::application(&parts, &id, &inkwell, None), &stop);
        let net = Net {
            http: open::plain_client(),
            clock: clock.clone(),
            known: places
                .iter()
                .map(|place| &place.base)
                .chain(&elsewhere)
                .map(|base| base.trim_start_matches("http://").to_owned())
                .collect(),
        };
        let open::Parts { mail, data, .. } = parts;
        let (names, net, _stop) = (AtomicUsize::new(0), Arc::new(net), stop.drop_guard());
        let world = Self {
            clock,
            ambient,
            mail,
            id,
            acme,
            studio,
            lightbox,
            inkwell,
            evil,
            contoso,
            inside,
            identity,
            tenants,
            net,
            data,
            names,
            wire,
            _stop,
        };
        world.register_everyone().await;
        world
    }

    /// A browser that nobody has used.
    pub fn browser(&self) -> Person {
        Person::new(self.net.clone(), "somebody")
    }

    /// The same in another network.
    pub fn browser_at(&self, address: &str) -> Person {
        let http = open::client_from(Some(address.parse().unwrap()));
        Person::new(Arc::new(Net { http, ..Net::clone(&self.net) }), "somebody")
    }

    /// Lets time pass.
    pub fn passes(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Sends everything that is due: mails, snapshots, gathered notices, logout tokens.
    pub async fn settle(&self) {
        self.identity.settle().await.unwrap();
        self.tenants.deliver_all().await.unwrap();
    }

    /// Every mail to an address so far, oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Outgoing> {
        self.settle().await;
        self.mail.sent_to(address)
    }

    /// The link in the newest mail to an address.
    pub async fn mailed_link(&self, address: &str) -> String {
        let mails = self.mails_to(address).await;
        let mail = mails.last().unwrap_or_else(|| panic!("no mail to {address}"));
        mail.letter.action.as_ref().unwrap().url.clone()
    }

    /// A number that was not given out before.
    pub fn number(&self) -> usize {
        self.names.fetch_add(1, Ordering::Relaxed)
    }
}
