//! The identity server's rules: accounts and credentials, sessions, links, grants, keys. No HTTP, no HTML.
//!
//! ```text
//! authorization request ─▶ authorize::check ─▶ interaction (bound to the browser)
//!                                                │
//!                  ┌─────────────────────────────┤  authorize::next_step: pure, asked again after every page
//!                  ▼              ▼              ▼             ▼
//!               sign in        choose         join          consent ──▶ code ─▶ token endpoint (grants)
//!            (or sign up)     an account   (a tenant's    (outside
//!                                           first time)  applications)
//! ```

pub mod accounts;
pub mod administrators;
pub mod allowances;
pub mod authorize;
pub mod clients;
pub mod grants;
pub mod groups;
pub mod housekeeping;
pub mod invitations;
pub mod keys;
pub mod linking;
pub mod links;
pub mod logout;
pub mod mails;
pub mod own_account;
pub mod passwords;
pub mod providers;
pub mod recovery;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod tenants;
pub mod upstream;

use std::sync::Arc;

use ambient::Ambient;
use jobs::Wake;
use store::{MasterKey, Store};
use url::Url;

/// The schema of the identity server.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/identity");

/// What an operator decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The issuer identifier: the origin, without a trailing slash in tokens and metadata.
    pub issuer: Url,
    /// The name that pages and mails carry.
    pub product: String,
    /// What a new password must be.
    pub passwords: passwords::Policy,
    /// How long refresh tokens work.
    pub refresh: grants::RefreshLifetimes,
    /// How long sessions last.
    pub sessions: sessions::Lifetimes,
    /// What tenants can be made of.
    pub blueprints: tenants::Blueprints,
}

impl Settings {
    /// The issuer as tokens and metadata spell it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// The absolute address of one of our pages; mails are built from this alone, whatever a request's Host header says.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.issuer())
    }
}

/// Everything the rules need from their process. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    /// The database.
    pub store: Store,
    /// Clock and randomness.
    pub ambient: Ambient,
    /// The key for what rests sealed.
    pub master_key: Arc<MasterKey>,
    /// The password pool.
    pub hasher: passwords::Hasher,
    /// The keys that sign.
    pub keys: keys::KeyRing,
    /// What the operator decided.
    pub settings: Arc<Settings>,
    /// Wakes the postman after a mail was queued.
    pub mail_wake: Wake,
    /// Wakes the delivery of logout tokens.
    pub logout_wake: Wake,
    /// Wakes the one that ends what ends with a tenant.
    pub ending_wake: Wake,
}

impl Identity {
    /// Makes the keys that are due, and is ready to answer. `store` has the schema of [`MIGRATIONS`].
    ///
    /// # Errors
    /// [`OpenError`]; a wrong master key shows here.
    pub async fn open(
        store: Store,
        master_key: Arc<MasterKey>,
        ambient: Ambient,
        settings: Settings,
    ) -> Result<Self, OpenError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let identity = Self {
            store,
            ambient,
            master_key,
            hasher: passwords::Hasher::new(threads),
            keys: keys::KeyRing::default(),
            settings: Arc::new(settings),
            mail_wake: Wake::new(),
            logout_wake: Wake::new(),
            ending_wake: Wake::new(),
        };
        keys::rotate(&identity).await?;
        Ok(identity)
    }
}

/// Why the identity server cannot start: its signing keys.
#[derive(Debug, thiserror::Error)]
#[error("cannot load the signing keys: {0}")]
pub struct OpenError(#[from] Fault);

/// Why something could not be done, apart from what a rule decides.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The password pool is full.
    #[error(transparent)]
    Busy(#[from] passwords::Busy),
    /// Somebody has used up what is theirs in such a time: see [`allowances`].
    #[error("too many in {} seconds", .0.as_secs())]
    TooMany(std::time::Duration),
    /// A key.
    #[error(transparent)]
    Key(#[from] jose::KeyError),
    /// A sealed value.
    #[error(transparent)]
    Seal(#[from] store::SealError),
    /// A stored value that cannot be read, or a letter that cannot be written: a defect.
    #[error("{0}")]
    Defect(String),
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Defect(format!("stored JSON: {error}"))
    }
}
