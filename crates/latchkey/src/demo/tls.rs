//! https for the demo: a certificate authority of its own in the data folder, and one certificate for all its hosts.

use std::fs;
use std::path::Path;

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use super::folder::Folder;
use super::layout::{Place, Scheme};
use crate::listen::{self, CertificateFiles};

/// The authority's certificate, for clients that want to verify.
pub const CA_FILE: &str = "tls/ca.pem";
const CERTIFICATE_FILE: &str = "tls/server.pem";
const KEY_FILE: &str = "tls/server.key";

/// What every https listener of the demo shares.
#[derive(Clone)]
pub struct Tls {
    /// For its listeners.
    pub entry: listen::Tls,
    /// The authority's certificate.
    pub ca_pem: String,
}

impl Tls {
    /// Reads the certificates, and makes them on the first start; nothing for a demo on http.
    pub fn prepare(folder: &Folder) -> anyhow::Result<Option<Self>> {
        if folder.layout().scheme != Scheme::Https {
            return Ok(None);
        }
        let (ca, certificate, key) = (folder.path(CA_FILE), folder.path(CERTIFICATE_FILE), folder.path(KEY_FILE));
        if !key.exists() {
            make(folder, &ca, &certificate, &key).context("cannot make the demo's certificates")?;
        }
        let ca_pem = fs::read_to_string(&ca).with_context(|| format!("cannot read {}", ca.display()))?;
        Ok(Some(Self { entry: listen::Tls::open(CertificateFiles { certificate, key })?, ca_pem }))
    }
}

fn make(folder: &Folder, ca: &Path, certificate: &Path, key: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder.path("tls"))?;
    let authority = authority()?;
    let mut hosts: Vec<String> = vec!["localhost".to_owned()];
    for place in Place::ALL {
        hosts.push(folder.layout().url(place)?.host_str().unwrap_or_default().to_owned());
    }
    hosts.dedup();
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, "Latchkey demo");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let server_key = KeyPair::generate()?;
    let server = params.signed_by(&server_key, &authority.issuer)?;
    fs::write(ca, &authority.pem)?;
    fs::write(certificate, server.pem())?;
    write_private(key, &server_key.serialize_pem())?;
    Ok(())
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// Its private key lives as long as this function's caller: nobody can make more certificates with it.
fn authority() -> anyhow::Result<Authority> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Latchkey demo authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok(Authority { issuer: Issuer::new(params, key), pem })
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
