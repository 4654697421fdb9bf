use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use jobs::{Wake, Worker};
use jose::SigningKey;
use store::Store;
use tenant::Tenant;
use tenant::blueprint::{Blueprint, BlueprintError};
use tenant::control::{self, Served, Standing};
use tenant::keys::{self, ClientKeyError};
use tenant::members::{self, MemberId, Profile, Seed};
use tokio_util::sync::CancellationToken;
use webkit::{Brand, Kit, KitConfig};

use crate::delivery::{self, DeliverError, Delivered};
use crate::hosts::{self, Hosts};
use crate::instance::{App, Instance};
use crate::lease::Leases;
use crate::rp::RelyingParty;
use crate::slot::{Open, Slot};
use crate::{LOCALES, SeedMember, ServerConfig, TenantBrand, TenantConfig, lease, routes};

/// Why a tenant cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its blueprint.
    #[error("tenant {0}: {1}")]
    Blueprint(String, BlueprintError),
    /// Its address is no origin.
    #[error("tenant {0}: base_url must be an http or https origin without a path, not {1}")]
    BaseUrl(String, String),
    /// Two tenants have the same slug or address.
    #[error("tenant {0}: another tenant has the same slug or address")]
    Duplicate(String),
    /// Its database.
    #[error("tenant {0}: {1}")]
    Database(String, store::OpenError),
    /// Its client key.
    #[error("tenant {0}: {1}")]
    Key(String, ClientKeyError),
    /// The control database.
    #[error("the control database: {0}")]
    Control(store::OpenError),
    /// The control database, once it is open.
    #[error("the control database: {0}")]
    ControlStore(#[from] store::StoreError),
    /// The server's own key.
    #[error("the tenant server's key: {0}")]
    ServerKey(ClientKeyError),
}

/// What an enrolment brings beside the tenant itself.
pub(crate) struct Enrolled {
    /// The server's own client at that identity server.
    pub server_client_id: String,
    /// The hash of the tenant's picture, which is asked for next.
    pub logo: Option<String>,
}

/// Why a member was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// No open tenant has this slug.
    #[error("there is no tenant {0:?}")]
    UnknownTenant(String),
    /// The member.
    #[error(transparent)]
    Member(#[from] members::SeedError),
}

/// All tenants of this process: those of the configuration, and those that were enrolled. Cheap to clone.
#[derive(Clone)]
pub struct TenantServer(pub(crate) Arc<Inner>);

/// See [`TenantServer`].
pub(crate) struct Inner {
    pub(crate) config: ServerConfig,
    pub(crate) control: Store,
    pub(crate) key: Arc<SigningKey>,
    pub(crate) leases: Leases,
    pub(crate) lease_wake: Wake,
    hosts: Hosts,
    /// Set once workers run: tenants that are opened later start theirs under it.
    background: Mutex<Option<CancellationToken>>,
    late: Mutex<Vec<Worker>>,
}

impl TenantServer {
    /// Opens the control database, and every tenant of the configuration, and every one that may have something to deliver;
    /// the others when somebody comes. Makes keys where there are none. Asks nobody over the network: the identity server
    /// may be away.
    ///
    /// # Errors
    /// [`OpenError`] names the tenant.
    pub async fn open(config: ServerConfig) -> Result<Self, OpenError> {
        let control = config.databases.control().await.map_err(OpenError::Control)?;
        let key =
            control::server_key(&control, &config.master_key, &config.ambient).await.map_err(OpenError::ServerKey)?;
        let server = Self(Arc::new(Inner {
            control,
            key: Arc::new(key),
            leases: Leases::default(),
            lease_wake: Wake::new(),
            hosts: Hosts::default(),
            background: Mutex::default(),
            late: Mutex::default(),
            config,
        }));
        let mut known = control::all(&mut server.0.control.read().await?).await?;
        for tenant in server.0.config.tenants.clone() {
            let served = server.configured(tenant, &mut known).await?;
            let slot = server.take_in(served)?;
            server.opened(&slot).await?;
        }
        for served in known {
            let marked = served.marked;
            let slot = server.take_in(served)?;
            if marked {
                // One that is broken must not keep the others from being served.
                if let Err(error) = server.opened(&slot).await {
                    tracing::error!(%error, "a tenant with something to deliver cannot be opened");
                }
            }
        }
        Ok(server)
    }

    /// A tenant of the configuration: it says where, the control table what the identity server told since.
    async fn configured(&self, of: TenantConfig, known: &mut Vec<Served>) -> Result<Served, OpenError> {
        let told = known.iter().position(|served| served.id == of.id).map(|index| known.swap_remove(index));
        let mut served = of.served();
        if let Some(told) = told {
            let Served { name, icon, accent, terms_url, privacy_url, logo, standing, version, .. } = told;
            if version > 0 {
                served = Served { name, icon, accent, terms_url, privacy_url, logo, standing, version, ..served };
            }
        }
        self.keep(served.clone(), None).await.map_err(|error| match error {
            store::StoreError::Duplicate(_) => OpenError::Duplicate(served.slug.clone()),
            other => other.into(),
        })?;
        Ok(served)
    }

    /// Writes a tenant, and where its server was enrolled, into the control table.
    pub(crate) async fn keep(&self, served: Served, enrolled: Option<Enrolled>) -> Result<(), store::StoreError> {
        let now = self.0.config.ambient.now();
        self.0
            .control
            .write((served, enrolled, now), |tx, (served, enrolled, now)| {
                Box::pin(async move {
                    control::put(tx, served, *now).await?;
                    if let Some(enrolled) = enrolled {
                        control::put_issuer(tx, &served.issuer, &enrolled.server_client_id).await?;
                        control::want_logo(tx, served.id, enrolled.logo.as_deref()).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Gives a tenant its place: at its host, where requests find it.
    pub(crate) fn take_in(&self, served: Served) -> Result<Arc<Slot>, OpenError> {
        let slug = served.slug.clone();
        let url = origin(&served)?;
        let slot = Arc::new(Slot::new(served));
        let namesake = self.0.hosts.find(|known| known.is_called(&slug) && known.id() != slot.id());
        if namesake.is_some() || !self.0.hosts.put(hosts::authority(&url), slot.clone()) {
            return Err(OpenError::Duplicate(slug));
        }
        Ok(slot)
    }

    /// The open tenant of a place; opened now if it is not.
    pub(crate) async fn opened(&self, slot: &Slot) -> Result<Open, OpenError> {
        if let Some(open) = slot.open() {
            return Ok(open);
        }
        let _one_at_a_time = slot.opening.lock().await;
        if let Some(open) = slot.open() {
            return Ok(open);
        }
        let served = slot.served().ok_or_else(damaged)?;
        control::mark(&self.0.control, served.id, self.0.config.ambient.now()).await?;
        let of = TenantConfig::of(&served)?;
        let app = open_one(&self.0.config, &self.0.control, &of).await?;
        let open = self.start(app, served.standing);
        slot.exchange(served, Some(open.clone()));
        Ok(open)
    }

    /// Its router, and its workers if workers run.
    fn start(&self, app: App, standing: Standing) -> Open {
        let router = routes::router(&app, standing);
        let background = self.0.background.lock().unwrap_or_else(PoisonError::into_inner);
        let workers = background.as_ref().map_or_else(CancellationToken::new, CancellationToken::child_token);
        if background.is_some() {
            self.0.late.lock().unwrap_or_else(PoisonError::into_inner).extend(delivery::spawn(&app, &workers));
        }
        Open { app, router, workers }
    }

    /// What the identity server told of a tenant: from the next request on it has its new face, and perhaps is closed. The
    /// database, its keys and what waits for delivery stay as they are.
    pub(crate) fn follow(&self, served: Served) -> Result<(), OpenError> {
        let Some(slot) = self.0.hosts.find(|slot| slot.id() == served.id) else { return Ok(()) };
        let Some(before) = slot.open() else {
            slot.exchange(served, None);
            return Ok(());
        };
        let of = TenantConfig::of(&served)?;
        let tenant = Tenant { name: served.name.clone(), ..(*before.app.tenant).clone() };
        let brand = brand(&of, &tenant.blueprint);
        let app = App(Arc::new(Instance { tenant: Arc::new(tenant), brand, ..(*before.app.0).clone() }));
        before.workers.cancel();
        let open = self.start(app, served.standing);
        slot.exchange(served, Some(open));
        Ok(())
    }

    /// A tenant proves itself by another key from now on.
    pub(crate) fn with_key(&self, slot: &Slot, key: SigningKey) -> Result<App, OpenError> {
        let (before, served) = slot.open().zip(slot.served()).ok_or_else(damaged)?;
        let of = TenantConfig::of(&served)?;
        let key = Arc::new(key);
        let rp = RelyingParty::new(&of, &key, self.0.config.http.clone(), self.0.config.ambient.clone());
        let app = App(Arc::new(Instance { rp: Arc::new(rp), key, ..(*before.app.0).clone() }));
        before.workers.cancel();
        let open = self.start(app.clone(), served.standing);
        slot.exchange(served, Some(open));
        Ok(app)
    }

    /// Where the tenants themselves are listed: a database that answers as long as this server can work.
    #[must_use]
    pub fn control(&self) -> &Store {
        &self.0.control
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// All tenants, by `Host`. Serve it at each tenant's address.
    pub fn router(&self) -> Router {
        hosts::router(self)
    }

    /// Starts what goes on in the background, for each tenant: mails, snapshots, gathered notices, housekeeping, sealing of the
    /// audit log. Cancel the token, then await [`Worker::stopped`].
    #[must_use]
    pub fn spawn_workers(&self, cancel: &CancellationToken) -> Vec<Worker> {
        *self.0.background.lock().unwrap_or_else(PoisonError::into_inner) = Some(cancel.clone());
        let mut workers = vec![lease::spawn(self, cancel)];
        for slot in self.0.hosts.all() {
            if let (Some(open), Some(served)) = (slot.open(), slot.served()) {
                let token = cancel.child_token();
                workers.extend(delivery::spawn(&open.app, &token));
                slot.exchange(served, Some(Open { workers: token, ..open }));
            }
        }
        workers
    }

    /// Waits for the workers of tenants that were opened while it ran, after the token was cancelled.
    pub async fn stopped(&self) {
        let late = std::mem::take(&mut *self.0.late.lock().unwrap_or_else(PoisonError::into_inner));
        for worker in late {
            worker.stopped().await;
        }
    }

    /// Delivers everything that waits in open tenants, without waiting itself; for tests. Notices go out whether due or not.
    ///
    /// # Errors
    /// [`DeliverError`]; what was not delivered waits on.
    pub async fn deliver_all(&self) -> Result<Delivered, DeliverError> {
        let mut all = Delivered::default();
        for app in self.apps() {
            all += delivery::deliver(&app).await?;
        }
        Ok(all)
    }

    /// Seals every tenant's audit log up to here, once; for tests, which wait for nothing.
    ///
    /// # Errors
    /// [`audit::SealError`].
    pub async fn seal_audit(&self) -> Result<(), audit::SealError> {
        for app in self.apps() {
            while app.sealer.seal(app.tenant.id).await? == jobs::Progress::More {}
        }
        Ok(())
    }

    /// The public keys to register at the identity server for a tenant's client, as a JWK set.
    #[must_use]
    pub fn client_jwks(&self, slug: &str) -> Option<serde_json::Value> {
        let jwk = keys::public(&self.find(slug)?.key).ok()?;
        serde_json::to_value(jose::JwkSet { keys: vec![jwk] }).ok()
    }

    /// The open tenants.
    pub(crate) fn apps(&self) -> Vec<App> {
        self.0.hosts.all().iter().filter_map(|slot| slot.app()).collect()
    }

    /// Makes a member, unless one with the subject is there.
    ///
    /// # Errors
    /// [`SeedError`].
    pub async fn seed_member(&self, slug: &str, member: SeedMember) -> Result<MemberId, SeedError> {
        let app = self.find(slug).ok_or_else(|| SeedError::UnknownTenant(slug.to_owned()))?;
        let profile = Profile::new(&member.given_name, &member.family_name, &member.email, &member.locale, None);
        let seed =
            Seed { subject: member.subject, profile, state: member.state, roles: member.roles, reason: member.reason };
        let id = members::seed(&app.store, app.background(), seed).await?;
        app.ring();
        Ok(id)
    }

    pub(crate) fn find(&self, slug: &str) -> Option<App> {
        self.0.hosts.find(|slot| slot.is_called(slug))?.app()
    }
}

/// A lock was poisoned.
fn damaged() -> OpenError {
    OpenError::ControlStore(store::StoreError::Unavailable("a panic has damaged a tenant's place".to_owned()))
}

fn origin(served: &Served) -> Result<url::Url, OpenError> {
    let wrong = || OpenError::BaseUrl(served.slug.clone(), served.base_url.clone());
    let url = url::Url::parse(&served.base_url).map_err(|_| wrong())?;
    let fine = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    if fine { Ok(url) } else { Err(wrong()) }
}

impl TenantConfig {
    /// As the control table knows it, before an identity server has told anything.
    fn served(&self) -> Served {
        Served {
            id: self.id,
            slug: self.slug.clone(),
            base_url: self.base_url.as_str().trim_end_matches('/').to_owned(),
            name: self.name.clone(),
            blueprint: self.blueprint.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            icon: self.brand.logo_icon.clone(),
            accent: self.brand.accent.clone(),
            terms_url: self.brand.terms_url.clone(),
            privacy_url: self.brand.privacy_url.clone(),
            logo: None,
            standing: Standing::Open,
            version: 0,
            marked: true,
        }
    }

    pub(crate) fn of(served: &Served) -> Result<Self, OpenError> {
        let it = served.clone();
        Ok(Self {
            base_url: origin(&it)?,
            id: it.id,
            slug: it.slug,
            name: it.name,
            blueprint: it.blueprint,
            issuer: it.issuer,
            client_id: it.client_id,
            brand: TenantBrand {
                logo_icon: it.icon,
                accent: it.accent,
                terms_url: it.terms_url,
                privacy_url: it.privacy_url,
                help_url: None,
                logo: it.logo,
            },
        })
    }
}

async fn open_one(config: &ServerConfig, control: &Store, of: &TenantConfig) -> Result<App, OpenError> {
    let slug = || of.slug.clone();
    let blueprint = Blueprint::shipped(&of.blueprint).map_err(|error| OpenError::Blueprint(slug(), error))?;
    let brand = brand(of, &blueprint);
    let tenant = Tenant {
        id: of.id,
        slug: of.slug.clone(),
        name: of.name.clone(),
        base_url: of.base_url.clone(),
        blueprint,
        gather_requests_for: config.gather_requests_for,
    };
    let database = config.databases.open(&of.slug).await.map_err(|error| OpenError::Database(slug(), error))?;
    let store = database.for_tenant(of.id);
    let (master_key, ambient) = (config.master_key.clone(), config.ambient.clone());
    let sealer = Arc::new(audit::Sealer::new(database.clone(), &master_key, ambient.clone()));
    let key = keys::current(&store, &master_key, &ambient).await.map_err(|error| OpenError::Key(slug(), error))?;
    let key = Arc::new(key);
    let mail = config.mail.clone();
    let postman = mail::Postman::new(database.clone(), master_key.clone(), ambient.clone(), mail.transport, mail.from);
    Ok(App(Arc::new(Instance {
        kit: kit(config, of),
        brand,
        issuer: of.issuer.clone(),
        rp: Arc::new(RelyingParty::new(of, &key, config.http.clone(), ambient)),
        postman: Arc::new(postman),
        key,
        tenant: Arc::new(tenant),
        control: control.clone(),
        database,
        store,
        master_key,
        sealer,
        mails: Wake::new(),
        snapshots: Wake::new(),
        invitations: Wake::new(),
        notices: Wake::new(),
    })))
}

fn kit(config: &ServerConfig, of: &TenantConfig) -> Kit {
    Kit::new(KitConfig {
        texts: &LOCALES,
        product: config.product.clone(),
        // Cookies ignore ports, so each tenant has names of its own.
        cookie_prefix: format!("t_{}", of.slug),
        secure: of.base_url.scheme() == "https",
        csrf_key: config.master_key.derive(&format!("csrf of tenant {}", of.id)),
        ambient: config.ambient.clone(),
    })
}

fn brand(of: &TenantConfig, blueprint: &Blueprint) -> Brand {
    let TenantBrand { logo_icon, accent, terms_url, privacy_url, help_url, logo } = of.brand.clone();
    let usual = if blueprint.name == "gallery-studio" { "camera" } else { "library" };
    Brand {
        logo_icon: if logo_icon.is_empty() { usual.to_owned() } else { logo_icon },
        accent,
        terms_url,
        privacy_url,
        help_url,
        logo,
        ..Brand::named(&of.name)
    }
}
