use tenant::blueprint::BlueprintError;
use tenant::keys::ClientKeyError;
use tenant::members;

/// Why a tenant cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its blueprint.
    #[error("tenant {0}: {1}")]
    Blueprint(String, BlueprintError),
    /// Its address is no origin.
    #[error("tenant {0}: base_url must be an http or https origin without a path, not {1}")]
    BaseUrl(String, String),
    /// Its short name becomes a file's name.
    #[error(
        "{0:?} is no short name of a tenant: 2 to 40 lower-case letters, digits and hyphens, a letter first, not `control`"
    )]
    Slug(String),
    /// An identity server told of a tenant that is served here for another one.
    #[error("tenant {0}: it belongs to another identity server")]
    OtherIssuer(String),
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

/// Why a member was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// No open tenant has this slug.
    #[error("there is no tenant {0:?}")]
    UnknownTenant(String),
    /// The member.
    #[error(transparent)]
    Member(#[from] members::SeedError),
    /// The texts, or the groups that give roles.
    #[error(transparent)]
    Begin(#[from] tenant::lifecycle::Denied),
}

/// A lock was poisoned.
pub(crate) fn damaged() -> OpenError {
    OpenError::ControlStore(store::StoreError::Unavailable("a panic has damaged a tenant's place".to_owned()))
}
