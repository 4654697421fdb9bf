use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A bearer secret as it travels: a row's id and 256 random bits, base64url. The row is found by its id (an index seek
/// on a time-ordered key), and the secret is compared with the stored hash; the secret itself is stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Opaque {
    id: Uuid,
    secret: [u8; 32],
}

impl Opaque {
    /// From its parts.
    #[must_use]
    pub const fn new(id: Uuid, secret: [u8; 32]) -> Self {
        Self { id, secret }
    }

    /// Reads what [`Opaque::expose`] wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let id = Uuid::from_slice(bytes.get(..16)?).ok()?;
        Some(Self { id, secret: bytes.get(16..)?.try_into().ok()? })
    }

    /// The row that it names.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// What the row stores.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash(digest(&SHA256, &self.secret).as_ref().to_vec())
    }

    /// What whoever has the key computes again from this secret, and nobody else (HMAC-SHA-256 over id and secret).
    #[must_use]
    pub fn derive(&self, key: &[u8; 32]) -> [u8; 32] {
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
        mac.update(self.id.as_bytes());
        mac.update(&self.secret);
        let mut derived = [0; 32];
        derived.iter_mut().zip(mac.sign().as_ref()).for_each(|(to, from)| *to = *from);
        derived
    }

    /// The text that is handed out, once.
    #[must_use]
    pub fn expose(&self) -> String {
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(self.id.as_bytes());
        bytes[16..].copy_from_slice(&self.secret);
        encode(&bytes)
    }
}

impl fmt::Debug for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opaque({}, …)", self.id)
    }
}

/// SHA-256 of a secret, as it is stored. Secrets here have 256 random bits, so no slow hash is needed.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "sql", derive(sqlx::Type), sqlx(transparent))]
pub struct SecretHash(Vec<u8>);

impl SecretHash {
    /// Hashes any other high-entropy text, such as a client secret.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(digest(&SHA256, text.as_bytes()).as_ref().to_vec())
    }

    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_exposed_is_read_back_and_nothing_else_is() {
        let opaque = Opaque::new(Uuid::from_u128(7), [9; 32]);
        let text = opaque.expose();
        assert_eq!(Opaque::parse(&text), Some(opaque));
        assert_eq!(Opaque::parse(&text[1..]), None);
        assert_eq!(Opaque::parse(&format!("{text}A")), None);
        assert_eq!(Opaque::parse(""), None);
    }

    #[test]
    fn what_is_derived_depends_on_key_id_and_secret() {
        let opaque = Opaque::new(Uuid::from_u128(7), [9; 32]);
        let derived = opaque.derive(&[1; 32]);
        assert_eq!(opaque.derive(&[1; 32]), derived);
        for other in [
            opaque.derive(&[2; 32]),
            Opaque::new(Uuid::from_u128(8), [9; 32]).derive(&[1; 32]),
            Opaque::new(Uuid::from_u128(7), [8; 32]).derive(&[1; 32]),
        ] {
            assert_ne!(other, derived);
        }
    }
}
