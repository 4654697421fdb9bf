use std::fmt;
use std::path::Path;

use ambient::Ambient;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

/// The key under which secrets rest in the database (private keys, mails that carry a secret, upstream secrets). It lies
/// outside the database: a dump alone contains nothing usable.
pub struct MasterKey {
    sealing: LessSafeKey,
    derivation: aws_lc_rs::hkdf::Prk,
}

/// Why a master key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its content.
    #[error("{0}: a master key is exactly 32 bytes; this file holds something else")]
    Malformed(std::path::PathBuf),
}

/// The sealed text was made under another key or for another row, or is damaged.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value cannot be opened: it was sealed under another master key or for another row, or is damaged")]
pub struct SealError;

struct Length32;
impl KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

impl MasterKey {
    /// Reads the key file; makes one, readable by its owner alone, when there is none.
    ///
    /// # Errors
    /// [`MasterKeyError`] names the file and the reason.
    pub fn load_or_create(path: &Path, ambient: &Ambient) -> Result<Self, MasterKeyError> {
        if !path.exists() {
            let key = Zeroizing::new(ambient.bytes::<32>());
            write_private(path, key.as_slice())
                .map_err(|source| MasterKeyError::File { path: path.to_owned(), source })?;
        }
        Self::load(path)
    }

    /// Reads the key file.
    ///
    /// # Errors
    /// [`MasterKeyError`] names the file and the reason.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        let bytes = std::fs::read(path).map_err(|source| MasterKeyError::File { path: path.to_owned(), source })?;
        let bytes = Zeroizing::new(bytes);
        let key: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| MasterKeyError::Malformed(path.to_owned()))?;
        Ok(Self::from_bytes(key))
    }

    /// From 32 random bytes.
    #[must_use]
    #[expect(clippy::expect_used, reason = "AES-256 takes any 32 bytes; the library's error is for other lengths")]
    pub fn from_bytes(key: &[u8; 32]) -> Self {
        Self {
            sealing: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes")),
            derivation: Salt::new(HKDF_SHA256, b"latchkey").extract(key),
        }
    }

    /// Seals (AES-256-GCM, random nonce in front). `context` names the row, so that a sealed value moved to another row
    /// does not open.
    #[must_use]
    #[expect(clippy::expect_used, reason = "sealing fails only for texts of 64 GiB and more")]
    pub fn seal(&self, context: &str, plain: &[u8], ambient: &Ambient) -> Vec<u8> {
        let nonce = ambient.bytes::<NONCE_LEN>();
        let mut sealed = plain.to_vec();
        self.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .expect("short text");
        let mut all = nonce.to_vec();
        all.append(&mut sealed);
        all
    }

    /// Opens what [`MasterKey::seal`] made for the same context.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = self.sealing.open_in_place(nonce, Aad::from(context), &mut text).map_err(|_| SealError)?.len();
        text.truncate(length);
        Ok(text)
    }

    /// A key for one purpose (HKDF, RFC 5869), such as signing CSRF tokens: the same on every node, stored nowhere.
    #[must_use]
    #[expect(clippy::expect_used, reason = "HKDF yields up to 255 blocks; this asks for one")]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        self.derivation
            .expand(&[purpose.as_bytes()], Length32)
            .and_then(|output| output.fill(&mut key))
            .expect("one block");
        key
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_for_its_own_row_under_its_own_key_only() {
        let ambient = Ambient::system();
        let key = MasterKey::from_bytes(&[1; 32]);
        let sealed = key.seal("row 1", b"secret", &ambient);
        assert_eq!(key.open("row 1", &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open("row 2", &sealed).is_err());
        assert!(MasterKey::from_bytes(&[2; 32]).open("row 1", &sealed).is_err());
        assert!(key.open("row 1", &sealed[..10]).is_err());
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = MasterKey::from_bytes(&[1; 32]);
        assert_eq!(key.derive("csrf"), key.derive("csrf"));
        assert_ne!(key.derive("csrf"), key.derive("refresh"));
    }
}
