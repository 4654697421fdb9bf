use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

/// A certificate chain and its private key, PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The server's certificate first, then its intermediates.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It holds something else.
    #[error("{path}: {reason}")]
    Unusable {
        /// Which one.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// TLS with a certificate that is replaced when its files change, without a restart. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
}

/// The certificate that is shown.
#[derive(Debug)]
struct Current {
    files: CertificateFiles,
    shown: RwLock<Shown>,
}

#[derive(Debug, Clone)]
struct Shown {
    key: Arc<CertifiedKey>,
    written: Written,
}

/// When the two files were last written, as far as the system knows.
type Written = (Option<SystemTime>, Option<SystemTime>);

impl Tls {
    /// Reads the files.
    pub fn open(files: CertificateFiles) -> Result<Self, TlsError> {
        let shown = Shown { written: written(&files), key: Arc::new(read(&files)?) };
        let current = Arc::new(Current { files, shown: RwLock::new(shown) });
        let mut config = ServerConfig::builder().with_no_client_auth().with_cert_resolver(current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), current })
    }

    /// Reads the files again if they have changed; says whether they had. What cannot be used leaves the old certificate
    /// in place.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let files = &self.current.files;
        let found = written(files);
        if self.current.shown().is_some_and(|shown| shown.written == found) {
            return Ok(false);
        }
        let shown = Shown { written: found, key: Arc::new(read(files)?) };
        if let Ok(mut current) = self.current.shown.write() {
            *current = shown;
        }
        Ok(true)
    }

    pub(super) fn accept(&self, stream: TcpStream) -> tokio_rustls::Accept<TcpStream> {
        self.acceptor.accept(stream)
    }
}

impl Current {
    fn shown(&self) -> Option<Shown> {
        self.shown.read().ok().map(|shown| shown.clone())
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.shown().map(|shown| shown.key)
    }
}

fn written(files: &CertificateFiles) -> Written {
    let of = |path: &Path| fs::metadata(path).and_then(|it| it.modified()).ok();
    (of(&files.certificate), of(&files.key))
}

fn read(files: &CertificateFiles) -> Result<CertifiedKey, TlsError> {
    let bytes = |path: &PathBuf| fs::read(path).map_err(|source| TlsError::Unreadable { path: path.clone(), source });
    let unusable = |path: &PathBuf, reason: String| TlsError::Unusable { path: path.clone(), reason };
    let (certificate, key) = (&files.certificate, &files.key);
    let chain = CertificateDer::pem_slice_iter(&bytes(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(certificate, format!("no PEM certificate: {error}")))?;
    if chain.is_empty() {
        return Err(unusable(certificate, "it holds no certificate".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_slice(&bytes(key)?)
        .map_err(|error| unusable(key, format!("no PEM private key: {error}")))?;
    let provider = aws_lc_rs::default_provider();
    CertifiedKey::from_der(chain, private, &provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            unusable(key, format!("it is not the key of the certificate in {}", certificate.display()))
        }
        other => unusable(certificate, other.to_string()),
    })
}
