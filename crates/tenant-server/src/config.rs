use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ambient::Ambient;
use store::{Location, MasterKey, Schema, Store};
use tenant::MIGRATIONS;
use tenant::blueprint::{Blueprint, BlueprintError};
use tenant::members::MemberState;
use url::Url;
use uuid::Uuid;

/// What the operator decides for the whole process.
pub struct ServerConfig {
    /// The tenants of the configuration; those that were enrolled stand in the control database.
    pub tenants: Vec<TenantConfig>,
    /// Kinds of tenants beside those that ship; one of the same name takes its place.
    pub blueprints: Vec<Blueprint>,
    /// Where their rows are.
    pub databases: TenantDatabases,
    /// Seals keys, mails and ID tokens at rest.
    pub master_key: Arc<MasterKey>,
    /// Clock and randomness.
    pub ambient: Ambient,
    /// The guarded client by which the identity server is reached.
    pub http: outbound::Client,
    /// How mails leave.
    pub mail: MailSettings,
    /// How long new requests are gathered into one mail to administrators; two minutes are usual.
    pub gather_requests_for: Duration,
    /// The largest file of an import, in bytes; 64 MB are usual.
    pub largest_import: u64,
    /// The product's name on pages.
    pub product: String,
}

impl ServerConfig {
    /// The kind of tenant of that name.
    pub(crate) fn blueprint(&self, name: &str) -> Result<Blueprint, BlueprintError> {
        let own = self.blueprints.iter().find(|blueprint| blueprint.name == name);
        if let Some(own) = own {
            return Ok(own.clone());
        }
        let names = || Blueprint::names().into_iter().chain(self.blueprints.iter().map(|own| own.name.as_str()));
        Blueprint::shipped(name).map_err(|error| match error {
            BlueprintError::Unknown { name, .. } => BlueprintError::unknown(&name, names()),
            damaged => damaged,
        })
    }
}

/// Where tenants' rows are.
#[derive(Clone)]
pub enum TenantDatabases {
    /// Each has a SQLite file of its own in this folder, named after its slug. A file that is new gets the schema; of one
    /// that is there, [`Schema`] says what becomes.
    Files(PathBuf, Schema),
    /// All are in one database, which has the schema.
    Shared(Store),
}

impl TenantDatabases {
    /// Where the tenants themselves are listed.
    pub(crate) async fn control(&self) -> Result<Store, store::OpenError> {
        self.open("control").await
    }

    /// Whether other processes may serve the same tenants: of a folder there is one.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Shared(_))
    }

    pub(crate) async fn open(&self, slug: &str) -> Result<Store, store::OpenError> {
        match self {
            Self::Shared(store) => Ok(store.clone()),
            Self::Files(folder, schema) => {
                let file = folder.join(format!("{slug}.db"));
                let schema = if file.exists() { *schema } else { Schema::BringUpToDate };
                Store::open(&Location::Sqlite(file), &MIGRATIONS, schema).await
            }
        }
    }
}

/// How mails leave.
#[derive(Clone)]
pub struct MailSettings {
    /// The relay.
    pub transport: Arc<dyn mail::Transport>,
    /// The sender.
    pub from: mail::Sender,
}

/// One tenant.
#[derive(Debug, Clone)]
pub struct TenantConfig {
    /// First part of every key in its database.
    pub id: Uuid,
    /// Its name in addresses and cookies.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Its origin. Requests reach it by this host (and port) alone.
    pub base_url: Url,
    /// The name of its blueprint.
    pub blueprint: String,
    /// The identity server, exactly as its discovery document says.
    pub issuer: String,
    /// The client that the identity server knows this tenant by.
    pub client_id: String,
    /// How it looks.
    pub brand: TenantBrand,
}

/// How a tenant looks.
#[derive(Debug, Clone, Default)]
pub struct TenantBrand {
    /// An icon of the sprite; empty: one that fits the blueprint.
    pub logo_icon: String,
    /// Its colour, `#rrggbb`.
    pub accent: Option<String>,
    /// Its terms.
    pub terms_url: Option<String>,
    /// Its privacy notice.
    pub privacy_url: Option<String>,
    /// The hash of its picture, if this server has that.
    pub logo: Option<String>,
}

/// A member to begin with.
#[derive(Debug, Clone)]
pub struct SeedMember {
    /// The pairwise subject, if the identity server has given one. Seeding the same subject again changes nothing.
    pub subject: Option<String>,
    /// Contact address.
    pub email: String,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// BCP 47.
    pub locale: String,
    /// Where they stand.
    pub state: MemberState,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// Why they were rejected, if they were.
    pub reason: Option<String>,
}
