//! Signed statements of where a chain ended: what makes a rewritten or shortened log visible.

use std::fmt;

use ambient::Timestamp;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use store::MasterKey;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{ChainHash, Hex};

/// The key that signs checkpoints (Ed25519, RFC 8032). Derived from the master key: the same on every node that has it,
/// stored nowhere.
pub struct AuditKey(Ed25519KeyPair);

/// Its public half, by which anybody can check a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(pub Hex<32>);

impl AuditKey {
    /// The audit key of whoever has this master key.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "any 32 bytes are an Ed25519 seed; the library's error is for other lengths"
    )]
    pub fn of(master: &MasterKey) -> Self {
        let seed = Zeroizing::new(master.derive("audit checkpoints"));
        Self(Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).expect("32 bytes"))
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut key = Hex([0; 32]);
        key.0.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    pub(crate) fn sign(&self, tenant: Uuid, seal_number: i64, chain_hash: ChainHash, at: Timestamp) -> Checkpoint {
        let (public_key, signature) = (self.public(), Hex([0; 64]));
        let format = Format::V1;
        let mut checkpoint = Checkpoint { format, tenant, seal_number, chain_hash, at, public_key, signature };
        let signature = self.0.sign(checkpoint.statement().as_bytes());
        checkpoint.signature.0.copy_from_slice(signature.as_ref());
        checkpoint
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditKey({})", self.public().0)
    }
}

impl PublicKey {
    /// As other tools read it: PEM of a SubjectPublicKeyInfo (RFC 8410 §4).
    #[must_use]
    pub fn to_pem(self) -> String {
        // SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING }, whose lengths are always these.
        let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        der.extend_from_slice(&self.0.0);
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
    }
}

/// What a line of an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// The one there is.
    #[serde(rename = "latchkey audit checkpoint v1")]
    V1,
}

/// "At this time, the chain of this tenant ended at this number with this hash", signed. As JSON it is a line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Says what the line is.
    pub format: Format,
    /// Whose chain; nil is the platform's own.
    pub tenant: Uuid,
    /// How many entries it had.
    pub seal_number: i64,
    /// The hash of the last one.
    pub chain_hash: ChainHash,
    /// When, in microseconds since the Unix epoch.
    pub at: Timestamp,
    /// By which key. A verifier asks whether it is one that it trusts.
    pub public_key: PublicKey,
    /// Over [`Checkpoint::statement`].
    pub signature: Hex<64>,
}

impl Checkpoint {
    /// The text that is signed: five lines, each ended by a line feed.
    #[must_use]
    pub fn statement(&self) -> String {
        let Self { tenant, seal_number, chain_hash, at, .. } = self;
        let at = at.as_micros();
        format!("latchkey audit checkpoint v1\n{}\n{seal_number}\n{chain_hash}\n{at}\n", tenant.hyphenated())
    }

    /// Whether one of these keys, and not merely the one that it names, has signed it.
    #[must_use]
    pub fn is_signed_by(&self, trusted: &[PublicKey]) -> bool {
        trusted.contains(&self.public_key)
            && UnparsedPublicKey::new(&ED25519, self.public_key.0.0)
                .verify(self.statement().as_bytes(), &self.signature.0)
                .is_ok()
    }
}

/// A checkpoint, or the head, as it is stored.
#[derive(FromRow, Debug, Clone, PartialEq)]
pub(crate) struct StoredCheckpoint {
    pub seal_number: i64,
    chain_hash: Vec<u8>,
    at: Timestamp,
    public_key: Vec<u8>,
    signature: Vec<u8>,
}

impl StoredCheckpoint {
    /// `None` if it holds what no sealer writes.
    pub(crate) fn read(&self, tenant: Uuid) -> Option<Checkpoint> {
        Some(Checkpoint {
            format: Format::V1,
            tenant,
            seal_number: self.seal_number,
            chain_hash: Hex::from_bytes(&self.chain_hash)?,
            at: self.at,
            public_key: PublicKey(Hex::from_bytes(&self.public_key)?),
            signature: Hex::from_bytes(&self.signature)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (AuditKey, Checkpoint) {
        let key = AuditKey::of(&MasterKey::from_bytes(&[3; 32]));
        let checkpoint = key.sign(Uuid::from_u128(5), 1_000, Hex([9; 32]), Timestamp::from_seconds(1_700_000_000));
        (key, checkpoint)
    }

    #[test]
    fn a_checkpoint_says_what_was_signed_and_nothing_else() {
        let (key, good) = signed();
        let trusted = [key.public()];
        assert!(good.is_signed_by(&trusted));
        let changes: [fn(&mut Checkpoint); 6] = [
            |it| it.tenant = Uuid::from_u128(6),
            |it| it.seal_number += 1,
            |it| it.chain_hash.0[0] ^= 1,
            |it| it.at = Timestamp::from_seconds(1),
            |it| it.public_key.0.0[0] ^= 1,
            |it| it.signature.0[0] ^= 1,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut forged = good.clone();
            change(&mut forged);
            assert!(!forged.is_signed_by(&trusted), "{number}");
        }
    }

    #[test]
    fn a_signature_of_another_key_counts_for_nothing() {
        let (key, good) = signed();
        let other = AuditKey::of(&MasterKey::from_bytes(&[4; 32]));
        let forged = other.sign(good.tenant, good.seal_number, good.chain_hash, good.at);
        assert!(forged.is_signed_by(&[other.public()]), "the control: it is a signature");
        assert!(!forged.is_signed_by(&[key.public()]));
        assert!(!good.is_signed_by(&[]));
        assert_eq!(AuditKey::of(&MasterKey::from_bytes(&[3; 32])).public(), key.public(), "the same on every node");
    }

    #[test]
    fn a_line_is_read_back_and_no_other_form_of_it_is() {
        let (_, good) = signed();
        let line = serde_json::to_string(&good).unwrap();
        assert_eq!(serde_json::from_str::<Checkpoint>(&line).unwrap(), good);
        for (from, to) in [("v1", "v2"), ("\"at\"", "\"when\""), ("{", "{\"more\":1,"), ("0909", "09")] {
            let other = line.replacen(from, to, 1);
            assert!(other != line && serde_json::from_str::<Checkpoint>(&other).is_err(), "{other}");
        }
    }

    #[test]
    fn the_public_key_is_one_that_other_tools_read() {
        // RFC 8410 §10.1, the public key of the example.
        let x = Hex::parse("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1").unwrap();
        let pem = PublicKey(x).to_pem();
        assert_eq!(pem.lines().nth(1).unwrap(), "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=");
    }
}
