use std::sync::Arc;

use axum::extract::FromRef;
use jobs::Wake;
use jose::SigningKey;
use store::{Store, TenantStore};
use tenant::{Context, Pace, Tenant};
use webkit::{Brand, Kit, Visit};

use crate::TenantConfig;
use crate::api::Limits;
use crate::catalogue::Providers;
use crate::rp::RelyingParty;

/// One tenant, open: what its handlers and workers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(pub Arc<Instance>);

/// See [`App`]. Cloned when something of it is exchanged: everything in it is shared.
#[derive(Clone)]
pub(crate) struct Instance {
    pub tenant: Arc<Tenant>,
    /// Where tenants themselves are listed, with their pictures.
    pub control: Store,
    pub database: Store,
    pub store: TenantStore,
    pub master_key: Arc<store::MasterKey>,
    pub kit: Kit,
    pub brand: Brand,
    pub told: Elsewhere,
    pub issuer: String,
    pub rp: Arc<RelyingParty>,
    pub key: Arc<SigningKey>,
    pub postman: Arc<mail::Postman>,
    pub sealer: Arc<audit::Sealer>,
    pub mails: Wake,
    pub snapshots: Wake,
    /// Rung when other groups are asked for.
    pub groups: Wake,
    pub invitations: Wake,
    pub notices: Wake,
    pub batches: Wake,
    pub paces: Arc<Paces>,
    /// What the identity server tells of the providers that this tenant may name.
    pub providers: Arc<Providers>,
    /// How much the clients of its API ask for.
    pub limits: Arc<Limits>,
    /// The largest file of an import, in bytes.
    pub largest_import: u64,
}

/// How much one transaction does of what concerns many.
#[derive(Default)]
pub(crate) struct Paces {
    pub batches: Pace,
    pub imports: Pace,
}

/// Where the identity server was told that a tenant's texts stand: what counts until it publishes its own (PP-19).
#[derive(Clone)]
pub(crate) struct Elsewhere {
    pub terms: Option<String>,
    pub privacy: Option<String>,
}

impl Elsewhere {
    pub(crate) fn of(of: &TenantConfig) -> Self {
        Self { terms: of.brand.terms_url.clone(), privacy: of.brand.privacy_url.clone() }
    }
}

impl std::ops::Deref for App {
    type Target = Instance;
    fn deref(&self) -> &Instance {
        &self.0
    }
}

impl FromRef<App> for Kit {
    fn from_ref(app: &App) -> Self {
        app.kit.clone()
    }
}

impl Instance {
    /// An action of this moment, asked for by this visit.
    pub(crate) fn context(&self, visit: &Visit) -> Context {
        self.background().reference(visit.request_id.clone())
    }

    /// An action of this moment that nobody asked for.
    pub(crate) fn background(&self) -> Context {
        Context::new(self.tenant.clone(), self.kit.ambient().clone(), self.master_key.clone())
            .knowing(self.providers.latest())
    }

    /// A page of the identity server.
    pub(crate) fn identity_page(&self, path: &str) -> String {
        format!("{}{path}", self.issuer.trim_end_matches('/'))
    }

    /// After a change of a member: its snapshot, its invitation and its mails may leave.
    pub(crate) fn ring(&self) {
        self.snapshots.ring();
        self.invitations.ring();
        self.mails.ring();
    }
}
