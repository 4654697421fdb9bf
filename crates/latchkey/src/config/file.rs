use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use crate::listen::Network;

/// What `latchkey serve identity` reads. Each key is explained in `identity.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityFile {
    pub issuer: Url,
    #[serde(default = "product")]
    pub product: String,
    #[serde(default = "master_key_file")]
    pub master_key_file: PathBuf,
    #[serde(default = "identity_socket")]
    pub socket: PathBuf,
    #[serde(default)]
    pub blueprints: Vec<String>,
    #[serde(default)]
    pub listen: Listen,
    #[serde(default)]
    pub operations: Operations,
    #[serde(default)]
    pub log: Log,
    pub database: Database,
    pub mail: Mail,
    #[serde(default)]
    pub outbound: IdentityOutbound,
}

/// What `latchkey serve tenant` reads. Each key is explained in `tenant.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantFile {
    pub issuer: Url,
    #[serde(default = "product")]
    pub product: String,
    #[serde(default = "master_key_file")]
    pub master_key_file: PathBuf,
    #[serde(default = "tenant_socket")]
    pub socket: PathBuf,
    #[serde(default)]
    pub blueprints: Vec<PathBuf>,
    #[serde(default = "largest_import")]
    pub largest_import: u32,
    #[serde(default)]
    pub listen: Listen,
    #[serde(default)]
    pub operations: Operations,
    #[serde(default)]
    pub log: Log,
    pub database: Database,
    pub mail: Mail,
    #[serde(default)]
    pub outbound: Outbound,
}

fn product() -> String {
    "Latchkey".to_owned()
}

fn master_key_file() -> PathBuf {
    "keys/master.key".into()
}

fn identity_socket() -> PathBuf {
    "run/identity.sock".into()
}

fn tenant_socket() -> PathBuf {
    "run/tenant.sock".into()
}

/// In megabytes.
const fn largest_import() -> u32 {
    64
}

/// `[listen]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    pub address: SocketAddr,
    pub tls_certificate_file: Option<PathBuf>,
    pub tls_key_file: Option<PathBuf>,
    pub trusted_proxies: Vec<Network>,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            tls_certificate_file: None,
            tls_key_file: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// `[operations]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operations {
    pub address: Option<SocketAddr>,
}

/// `[log]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// `[database]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    #[serde(default = "connections")]
    pub connections: u32,
}

const fn connections() -> u32 {
    store::POSTGRES_CONNECTIONS
}

/// `[mail]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub relay: Url,
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    pub sender: String,
}

/// `[outbound]` of the identity server.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityOutbound {
    pub allowed_origins: Vec<Url>,
    pub tenant_provider_origins: Vec<Url>,
    pub ca_file: Option<PathBuf>,
}

/// `[outbound]` of a tenant server.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    pub allowed_origins: Vec<Url>,
    pub ca_file: Option<PathBuf>,
}
