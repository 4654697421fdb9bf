use std::sync::{Arc, Mutex, PoisonError};

use jobs::{Wake, Worker};
use jose::SigningKey;
use store::{Store, StoreError};
use tenant::Tenant;
use tenant::control::{self, Served, Standing, Word};
use tokio_util::sync::CancellationToken;

use crate::assemble::{brand, open_one, origin};
use crate::delivery;
use crate::directory::Directory;
use crate::error::damaged;
use crate::hosts::{self, Hosts};
use crate::instance::{App, Elsewhere, Instance};
use crate::lease::Leases;
use crate::rp::RelyingParty;
use crate::slot::{Open, Slot};
use crate::{OpenError, ServerConfig, TenantConfig, routes};

/// What an enrolment brings beside the tenant itself.
pub(crate) struct Enrolled {
    /// The server's own client at that identity server.
    pub server_client_id: String,
    /// The hash of the tenant's picture, which is asked for next.
    pub logo: Option<String>,
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
    pub(crate) hosts: Hosts,
    pub(crate) directory: Directory,
    /// Set once workers run: tenants that are opened later start theirs under it.
    pub(crate) background: Mutex<Option<CancellationToken>>,
    pub(crate) late: Mutex<Vec<Worker>>,
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
        let mut conn = control.read().await?;
        let newest = control::newest_change(&mut conn).await?;
        let mut known = control::all(&mut conn).await?;
        drop(conn);
        let server = Self(Arc::new(Inner {
            control,
            key: Arc::new(key),
            leases: Leases::default(),
            lease_wake: Wake::new(),
            hosts: Hosts::default(),
            directory: Directory::read_until(newest),
            background: Mutex::default(),
            late: Mutex::default(),
            config,
        }));
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
        served.changed = self.keep(served.clone(), None).await?;
        Ok(served)
    }

    /// Writes a tenant, and where its server was enrolled, into the control table; gives the number of the change. What cannot
    /// be served is not written: it would be found again at every start.
    pub(crate) async fn keep(&self, served: Served, enrolled: Option<Enrolled>) -> Result<i64, OpenError> {
        TenantConfig::of(&served)?;
        let (slug, now) = (served.slug.clone(), self.0.config.ambient.now());
        let word = if enrolled.is_some() { Word::IdentityServers } else { Word::Operators };
        let kept: Result<Option<i64>, StoreError> = self
            .0
            .control
            .write((served, enrolled, now), move |tx, (served, enrolled, now)| {
                Box::pin(async move {
                    let changed = control::put(tx, served, word, *now).await?;
                    if let Some(enrolled) = enrolled.as_ref().filter(|_| changed.is_some()) {
                        control::put_issuer(tx, &served.issuer, &enrolled.server_client_id).await?;
                        control::want_logo(tx, served.id, enrolled.logo.as_deref()).await?;
                    }
                    Ok(changed)
                })
            })
            .await;
        match kept {
            Ok(changed) => changed.ok_or(OpenError::OtherIssuer(slug)),
            Err(StoreError::Duplicate(_)) => Err(OpenError::Duplicate(slug)),
            Err(other) => Err(other.into()),
        }
    }

    /// Gives a tenant its place: at its host, where requests find it.
    pub(crate) fn take_in(&self, served: Served) -> Result<Arc<Slot>, OpenError> {
        let slug = served.slug.clone();
        let url = origin(&served)?;
        let slot = Arc::new(Slot::new(served));
        let namesake = self.0.hosts.called(&slug).filter(|known| known.id() != slot.id());
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
        let mut served = slot.served().ok_or_else(damaged)?;
        if let Some(changed) = control::mark(&self.0.control, served.id, self.0.config.ambient.now()).await? {
            (served.marked, served.changed) = (true, changed);
        }
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
    pub(crate) async fn follow(&self, served: Served) -> Result<(), OpenError> {
        let Some(slot) = self.0.hosts.of(served.id) else { return Ok(()) };
        let _one_at_a_time = slot.opening.lock().await;
        let Some(before) = slot.open() else {
            slot.exchange(served, None);
            return Ok(());
        };
        let of = TenantConfig::of(&served)?;
        let tenant = Tenant { name: served.name.clone(), ..(*before.app.tenant).clone() };
        let brand = brand(&of, &tenant.blueprint);
        let app = App(Arc::new(Instance {
            tenant: Arc::new(tenant),
            brand,
            told: Elsewhere::of(&of),
            ..(*before.app.0).clone()
        }));
        before.workers.cancel();
        let open = self.start(app, served.standing);
        slot.exchange(served, Some(open));
        Ok(())
    }

    /// Another process has changed something of a tenant: it is opened anew from what stands in the database.
    pub(crate) async fn reopen(&self, slot: &Slot, served: Served) -> Result<(), OpenError> {
        let before = {
            let _one_at_a_time = slot.opening.lock().await;
            let before = slot.open();
            slot.exchange(served, None);
            before
        };
        if let Some(before) = before {
            before.workers.cancel();
            self.opened(slot).await?;
        }
        Ok(())
    }

    /// A tenant proves itself by another key from now on; `changed` is the change by which the other processes hear of it.
    pub(crate) async fn with_key(&self, slot: &Slot, key: SigningKey, changed: i64) -> Result<App, OpenError> {
        let _one_at_a_time = slot.opening.lock().await;
        let (before, mut served) = slot.open().zip(slot.served()).ok_or_else(damaged)?;
        served.changed = changed;
        let of = TenantConfig::of(&served)?;
        let key = Arc::new(key);
        let rp = RelyingParty::new(&of, &key, self.0.config.http.clone(), self.0.config.ambient.clone());
        let app = App(Arc::new(Instance { rp: Arc::new(rp), key, ..(*before.app.0).clone() }));
        before.workers.cancel();
        let open = self.start(app.clone(), served.standing);
        slot.exchange(served, Some(open));
        Ok(app)
    }
}
