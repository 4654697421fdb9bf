use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use jobs::{Wake, Worker};
use tenant::Tenant;
use tenant::blueprint::{Blueprint, BlueprintError};
use tenant::keys::{self, ClientKeyError};
use tenant::members::{self, MemberId, Profile, Seed};
use tokio_util::sync::CancellationToken;
use webkit::{Brand, Kit, KitConfig};

use crate::delivery::{self, DeliverError, Delivered};
use crate::instance::{App, Instance};
use crate::rp::RelyingParty;
use crate::{LOCALES, SeedMember, ServerConfig, TenantBrand, TenantConfig, hosts, routes};

/// Why a tenant cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its blueprint.
    #[error("tenant {0}: {1}")]
    Blueprint(String, BlueprintError),
    /// Its address is no origin.
    #[error("tenant {0}: base_url must be an http or https origin without a path, not {1}")]
    BaseUrl(String, url::Url),
    /// Two tenants have the same slug or address.
    #[error("tenant {0}: another tenant has the same slug or address")]
    Duplicate(String),
    /// Its database.
    #[error("tenant {0}: {1}")]
    Database(String, store::OpenError),
    /// Its client key.
    #[error("tenant {0}: {1}")]
    Key(String, ClientKeyError),
}

/// Why a member was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// No tenant has this slug.
    #[error("there is no tenant {0:?}")]
    UnknownTenant(String),
    /// The member.
    #[error(transparent)]
    Member(#[from] members::SeedError),
}

/// All tenants of this process.
#[derive(Clone)]
pub struct TenantServer {
    apps: Arc<Vec<App>>,
}

impl TenantServer {
    /// Opens every tenant's database and makes its client key where there is none. Asks nobody over the network: the
    /// identity server may be away.
    ///
    /// # Errors
    /// [`OpenError`] names the tenant.
    pub async fn open(config: ServerConfig) -> Result<Self, OpenError> {
        let mut apps: Vec<App> = Vec::with_capacity(config.tenants.len());
        for tenant in &config.tenants {
            let host = hosts::authority(&tenant.base_url);
            let taken = |app: &App| app.tenant.slug == tenant.slug || hosts::authority(&app.tenant.base_url) == host;
            if apps.iter().any(taken) {
                return Err(OpenError::Duplicate(tenant.slug.clone()));
            }
            apps.push(open_one(&config, tenant).await?);
        }
        Ok(Self { apps: Arc::new(apps) })
    }

    /// All tenants, by `Host`. Serve it at each tenant's address.
    pub fn router(&self) -> Router {
        let by_host: HashMap<String, Router> =
            self.apps.iter().map(|app| (hosts::authority(&app.tenant.base_url), routes::router(app))).collect();
        hosts::router(by_host)
    }

    /// Starts what goes on in the background, for each tenant: mails, snapshots, gathered notices, housekeeping, sealing of the
    /// audit log. Cancel the token, then await [`Worker::stopped`].
    #[must_use]
    pub fn spawn_workers(&self, cancel: &CancellationToken) -> Vec<Worker> {
        self.apps.iter().flat_map(|app| delivery::spawn(app, cancel)).collect()
    }

    /// Delivers everything that waits, without waiting itself; for tests. Notices go out whether due or not.
    ///
    /// # Errors
    /// [`DeliverError`]; what was not delivered waits on.
    pub async fn deliver_all(&self) -> Result<Delivered, DeliverError> {
        let mut all = Delivered::default();
        for app in self.apps.iter() {
            all += delivery::deliver(app).await?;
        }
        Ok(all)
    }

    /// Seals every tenant's audit log up to here, once; for tests, which wait for nothing.
    ///
    /// # Errors
    /// [`audit::SealError`].
    pub async fn seal_audit(&self) -> Result<(), audit::SealError> {
        for app in self.apps.iter() {
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

    /// The tenants that are served.
    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.apps.iter().map(|app| &*app.tenant)
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

    fn find(&self, slug: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.tenant.slug == slug)
    }
}

async fn open_one(config: &ServerConfig, of: &TenantConfig) -> Result<App, OpenError> {
    let slug = || of.slug.clone();
    if !matches!(of.base_url.scheme(), "http" | "https") || of.base_url.path() != "/" || of.base_url.query().is_some() {
        return Err(OpenError::BaseUrl(slug(), of.base_url.clone()));
    }
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
    Ok(App(Arc::new(Instance {
        kit: kit(config, of),
        brand,
        issuer: of.issuer.clone(),
        rp: RelyingParty::new(of, &key, config.http.clone(), ambient.clone()),
        postman: mail::Postman::new(database.clone(), master_key.clone(), ambient, mail.transport, mail.from),
        key,
        tenant: Arc::new(tenant),
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
    let TenantBrand { logo_icon, accent, terms_url, privacy_url, help_url } = of.brand.clone();
    let usual = if blueprint.name == "gallery-studio" { "camera" } else { "library" };
    Brand {
        logo_icon: if logo_icon.is_empty() { usual.to_owned() } else { logo_icon },
        accent,
        terms_url,
        privacy_url,
        help_url,
        ..Brand::named(&of.name)
    }
}
