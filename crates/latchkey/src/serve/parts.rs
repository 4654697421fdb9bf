use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ambient::Ambient;
use anyhow::Context;
use mail::{Credentials, Security, Sender, Smtp, SmtpConfig, Transport};
use outbound::Origin;
use store::{Location, MasterKey};
use tokio::net::TcpListener;
use url::Url;

use crate::config::{Config, Database, Listen, Mail, Problem};
use crate::listen::{self, BindError, CertificateFiles, Entry, Proxy, Tls};

/// The environment variable that can carry the master key instead of a file.
pub const MASTER_KEY: &str = "LATCHKEY_MASTER_KEY";

/// What both servers are built from. `H`: whom it may ask.
pub struct Foundation<H> {
    pub ambient: Ambient,
    pub master_key: Arc<MasterKey>,
    pub http: H,
    pub mail: Arc<dyn Transport>,
    pub sender: Sender,
}

impl<H> Foundation<H> {
    /// From the parts of a configuration that both have.
    pub fn lay<F>(config: &Config<F>, product: &str, key_file: &Path, mail: &Mail, http: H) -> anyhow::Result<Self> {
        let ambient = Ambient::system();
        let sender = Sender::new(&mail.sender, Some(product)).map_err(|error| config.problem("mail.sender", error))?;
        Ok(Self {
            master_key: Arc::new(self::master_key(config, key_file)?),
            http,
            mail: Arc::new(relay(config, mail)?),
            sender,
            ambient,
        })
    }
}

/// The key that data rests sealed under. It has to be there: a new one would open nothing.
pub fn master_key<F>(config: &Config<F>, file: &Path) -> anyhow::Result<MasterKey> {
    if let Ok(digits) = std::env::var(MASTER_KEY) {
        let key = from_hex(&digits).with_context(|| format!("{MASTER_KEY} must be 64 hexadecimal digits"))?;
        return Ok(MasterKey::from_bytes(&key));
    }
    let path = config.path(file);
    MasterKey::load(&path).map_err(|error| {
        let missing = "; `latchkey migrate` makes one for an empty database, an older one has to be restored";
        let hint = if path.exists() { "" } else { missing };
        config.problem("master_key_file", format!("{error}{hint}")).into()
    })
}

fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let digits = digits.trim();
    if digits.len() != 64 {
        return None;
    }
    let mut key = [0; 32];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(key)
}

/// A guarded client that may ask these origins too, which stand under that key.
pub fn client<F>(
    config: &Config<F>,
    (key, origins): (&str, &[Url]),
    ca_file: Option<&Path>,
) -> anyhow::Result<outbound::Client> {
    let mut exceptions = Vec::with_capacity(origins.len());
    for url in origins {
        let origin = Origin::of(url).filter(|_| url.path() == "/" && url.query().is_none());
        let wrong = || config.problem(key, format!("{url} is no origin such as https://inside.example:8443"));
        exceptions.push(origin.ok_or_else(wrong)?);
    }
    let extra_ca_pem = ca_file.map(|file| read(config, "outbound.ca_file", file)).transpose()?;
    outbound::Client::new(outbound::Config { exceptions, extra_ca_pem, ..outbound::Config::default() })
        .map_err(|error| config.problem("outbound.ca_file", error).into())
}

fn read<F>(config: &Config<F>, key: &str, file: &Path) -> Result<Vec<u8>, Problem> {
    let path = config.path(file);
    std::fs::read(&path).map_err(|error| config.problem(key, format!("{}: {error}", path.display())))
}

/// The relay that an address names.
fn relay<F>(config: &Config<F>, mail: &Mail) -> anyhow::Result<Smtp> {
    let wrong = |reason: &str| config.problem("mail.relay", reason);
    let url: &Url = &mail.relay;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("it names no host"))?;
    let loopback = host == "localhost" || host.parse().is_ok_and(|it: std::net::IpAddr| it.is_loopback());
    let security = match url.scheme() {
        "smtps" => Security::Tls,
        "smtp" if loopback => Security::Loopback,
        "smtp" => Security::StartTls,
        _ => return Err(wrong("it begins with smtps:// (TLS) or smtp:// (STARTTLS)").into()),
    };
    if url.password().is_some() {
        return Err(wrong("a password stands in the file that mail.password_file names, not in the address").into());
    }
    let password = match &mail.password_file {
        Some(file) => Some(String::from_utf8_lossy(&read(config, "mail.password_file", file)?).trim().to_owned()),
        None => None,
    };
    let credentials = match (url.username(), password) {
        ("", None) => None,
        ("", Some(_)) => return Err(wrong("a password, but no user: smtps://USER@HOST").into()),
        (_, None) => return Err(config.problem("mail.password_file", "missing for the user of mail.relay").into()),
        (user, Some(password)) => Some(Credentials { user: percent_decoded(user), password }),
    };
    let extra_ca_pem = mail.ca_file.as_deref().map(|file| read(config, "mail.ca_file", file)).transpose()?;
    let smtp = SmtpConfig {
        host: host.to_owned(),
        port: url.port(),
        security,
        credentials,
        extra_ca_pem,
        timeout: Duration::from_secs(30),
    };
    Smtp::new(smtp).map_err(|error| wrong(&error.to_string()).into())
}

/// A user name with an @ is written %40 in an address.
fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("user={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(|| text.to_owned(), |(_, user)| user.into_owned())
}

/// Takes an address, before anything else is touched.
pub(super) async fn bind<F>(config: &Config<F>, key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    listen::bind(address).await.map_err(|error| {
        let hint = match &error {
            BindError::InUse(_) => ", by another server perhaps; stop that, or choose another address",
            BindError::Other { .. } => "",
        };
        config.problem(key, format!("{error}{hint}")).into()
    })
}

/// TLS and proxies; plain http to other machines is refused.
/// `public` is the address of the identity server: where that is https, so is everything that browsers see.
pub(super) fn entry<F>(config: &Config<F>, listen: &Listen, public: &Url) -> anyhow::Result<Entry> {
    let tls = match (&listen.tls_certificate_file, &listen.tls_key_file) {
        (None, None) => None,
        (Some(certificate), Some(key)) => {
            let files = CertificateFiles { certificate: config.path(certificate), key: config.path(key) };
            Some(Tls::open(files).map_err(|error| config.problem("listen.tls_certificate_file", error))?)
        }
        (Some(_), None) => return Err(config.problem("listen.tls_key_file", "missing beside the certificate").into()),
        (None, Some(_)) => {
            return Err(config.problem("listen.tls_certificate_file", "missing beside the key").into());
        }
    };
    if let Some((key, reason)) = unguarded(listen, public).filter(|_| tls.is_none()) {
        return Err(config.problem(key, reason).into());
    }
    Ok(Entry { tls, proxy: Proxy::trusted(listen.trusted_proxies.clone()) })
}

/// What is wrong with plain http and no proxy. Behind one that is not named everybody has its address, and what is limited for
/// one network is limited for all people together: a hundred wrong passwords of one stranger would lock everybody out.
fn unguarded(listen: &Listen, public: &Url) -> Option<(&'static str, &'static str)> {
    if !listen.trusted_proxies.is_empty() {
        None
    } else if !listen.address.ip().is_loopback() {
        let reason = "plain http to other machines: set listen.tls_certificate_file and tls_key_file, or name the proxy that \
                      stands before this server in listen.trusted_proxies";
        Some(("listen.address", reason))
    } else if public.scheme() == "https" {
        let reason = "missing: the issuer is https and this server speaks plain http, so a proxy stands before it. Name that, such \
                      as [\"127.0.0.1\"], so that limits count who asks and not the proxy; or set listen.tls_certificate_file and \
                      tls_key_file";
        Some(("listen.trusted_proxies", reason))
    } else {
        None
    }
}

/// Where a database is. `schema` is the one on PostgreSQL.
pub fn location<F>(config: &Config<F>, database: &Database, schema: &str) -> anyhow::Result<Location> {
    if let Some(path) = database.url.strip_prefix("sqlite:") {
        return Ok(Location::Sqlite(config.path(Path::new(path))));
    }
    if database.connections < 2 {
        return Err(config.problem("database.connections", "at least 2: one reads, one writes").into());
    }
    Location::postgres(&database.url, schema, database.connections)
        .map_err(|error| config.problem("database.url", format!("{error}; or sqlite:FILE")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_06_plain_http_behind_https_is_refused_unless_its_proxy_is_named() {
        let key = |address: &str, proxies: &[&str], public: &str| {
            let trusted_proxies = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
            let listen = Listen { address: address.parse().unwrap(), trusted_proxies, ..Listen::default() };
            unguarded(&listen, &public.parse().unwrap()).map(|(key, _)| key)
        };
        for (address, proxies, public, expected) in [
            ("127.0.0.1:8080", &[][..], "https://id.example", Some("listen.trusted_proxies")),
            ("[::1]:8080", &[], "https://id.example", Some("listen.trusted_proxies")),
            ("0.0.0.0:8080", &[], "https://id.example", Some("listen.address")),
            ("0.0.0.0:8080", &[], "http://localhost:8080", Some("listen.address")),
            ("127.0.0.1:8080", &["127.0.0.1"], "https://id.example", None),
            ("0.0.0.0:8080", &["10.0.0.0/8"], "https://id.example", None),
            // On one's own machine, without https, there is no proxy.
            ("127.0.0.1:8080", &[], "http://localhost:8080", None),
        ] {
            assert_eq!(key(address, proxies, public), expected, "{address} {proxies:?} {public}");
        }
    }

    #[test]
    fn a_master_key_in_the_environment_is_64_hexadecimal_digits() {
        assert_eq!(from_hex(&"0f".repeat(32)), Some([15; 32]));
        for wrong in ["", "0f", &"0g".repeat(32), &"0f".repeat(33)] {
            assert_eq!(from_hex(wrong), None);
        }
        assert_eq!(percent_decoded("mailer%40example.com"), "mailer@example.com");
    }
}
