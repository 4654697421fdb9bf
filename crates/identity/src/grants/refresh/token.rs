use std::fmt;

use ambient::{Opaque, SecretHash};
use store::MasterKey;
use uuid::Uuid;

/// How long the seal is.
const SEAL_BYTES: usize = 16;
/// The same as base64url.
const SEAL: usize = 22;

/// A refresh token: its family's id and a secret, as any [`Opaque`], and a seal that shows that this server made it. So an
/// ancestor is recognised although nothing of it is stored, and what somebody made up changes nothing and costs no query.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken(Opaque);

impl RefreshToken {
    pub const fn new(secret: Opaque) -> Self {
        Self(secret)
    }

    /// Reads what [`RefreshToken::expose`] wrote under the same key; none for anything else.
    pub fn parse(text: &str, key: &MasterKey) -> Option<Self> {
        let (secret, seal) = text.split_at_checked(text.len().checked_sub(SEAL)?)?;
        let token = Self(Opaque::parse(secret)?);
        SecretHash::of(&token.seal(key)).matches(&SecretHash::of(seal)).then_some(token)
    }

    /// The text that is handed out.
    pub fn expose(&self, key: &MasterKey) -> String {
        self.0.expose() + &self.seal(key)
    }

    /// The family's row.
    pub const fn family(&self) -> Uuid {
        self.0.id()
    }

    /// What the row stores.
    pub fn hash(&self) -> SecretHash {
        self.0.hash()
    }

    /// The one that it is exchanged for: the same each time.
    pub fn successor(&self, key: &MasterKey) -> Self {
        Self(Opaque::new(self.0.id(), self.0.derive(&key.derive("refresh token successor"))))
    }

    fn seal(&self, key: &MasterKey) -> String {
        let derived = self.0.derive(&key.derive("refresh token seal"));
        jose::base64url(derived.split_at(SEAL_BYTES).0)
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefreshToken({}, …)", self.family())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oa_03_a_token_is_read_under_its_key_and_nothing_made_up_is() {
        let (key, other) = (MasterKey::from_bytes(&[1; 32]), MasterKey::from_bytes(&[2; 32]));
        let token = RefreshToken::new(Opaque::new(Uuid::from_u128(7), [9; 32]));
        let text = token.expose(&key);
        assert_eq!(text.len(), 86);
        assert_eq!(RefreshToken::parse(&text, &key), Some(token.clone()));
        assert_eq!(RefreshToken::parse(&text, &other), None);
        for position in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[position] = if altered[position] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(RefreshToken::parse(&altered, &key), None, "{position}");
        }
        for bad in ["", "ü", &text[1..], &text[..64], &format!("{text}A"), &"ü".repeat(43)] {
            assert_eq!(RefreshToken::parse(bad, &key), None, "{bad}");
        }
    }

    #[test]
    fn oa_03_the_successor_is_the_same_each_time_and_another_for_each_token_and_key() {
        let (key, other) = (MasterKey::from_bytes(&[1; 32]), MasterKey::from_bytes(&[2; 32]));
        let token = RefreshToken::new(Opaque::new(Uuid::from_u128(7), [9; 32]));
        let next = token.successor(&key);
        assert_eq!(next, token.successor(&key));
        assert_eq!(next.family(), token.family());
        assert_eq!(RefreshToken::parse(&next.expose(&key), &key), Some(next.clone()));
        for different in [&token, &token.successor(&other), &next.successor(&key)] {
            assert_ne!(&next, different);
        }
    }
}
