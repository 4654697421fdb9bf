use std::fmt;
use std::sync::LazyLock;

use ambient::{Ambient, Timestamp};
use store::{ManyRows, MasterKey, SealError, StoreError, TenantTx, Value, params};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::letter::address;
use crate::{Letter, LetterError};

/// A sealed letter, ready for the outbox.
#[derive(Clone)]
pub struct Parcel {
    id: Uuid,
    purpose: &'static str,
    address_hash: AddressHash,
    sealed: Vec<u8>,
    at: Timestamp,
}

impl Parcel {
    /// The outbox row that it becomes: for audit entries.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parcel({}, {})", self.id, self.purpose)
    }
}

/// An address as the outbox remembers it: keyed with the master key, so that a database dump cannot be searched for known
/// addresses (WEB-28). Counting them limits how often a mailbox is written to (WEB-25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressHash(Vec<u8>);

impl AddressHash {
    /// Of an address in any spelling of upper and lower case.
    #[must_use]
    pub fn of(address: &str, master_key: &MasterKey) -> Self {
        // HKDF-Expand is an HMAC over its info (RFC 5869 §2.3): a keyed hash.
        Self(master_key.derive(&format!("mail address: {}", address.trim().to_lowercase())).to_vec())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Checks and seals a letter, **before** the write closure. `purpose` is a short dotted name (`sign_up.verify`) that stays
/// in the outbox and the log.
///
/// # Errors
/// [`LetterError`]: the recipient is not one address, or the button no link.
pub fn seal(
    letter: &Letter,
    purpose: &'static str,
    master_key: &MasterKey,
    ambient: &Ambient,
) -> Result<Parcel, LetterError> {
    letter.check()?;
    let to = address(&letter.to)?;
    let id = ambient.row_id();
    let text = Zeroizing::new(serde_json::to_vec(letter).map_err(|_| LetterError::Unwritable)?);
    Ok(Parcel {
        id,
        purpose,
        address_hash: AddressHash::of(to.as_ref(), master_key),
        sealed: master_key.seal(&context(id), &text, ambient),
        at: ambient.now(),
    })
}

/// Puts a parcel into the outbox, in the transaction that causes it. Ring the postman's [`jobs::Wake`] after the commit.
///
/// # Errors
/// What the database says.
pub async fn queue(tx: &mut TenantTx<'_>, parcel: &Parcel) -> Result<(), StoreError> {
    queue_all(tx, std::slice::from_ref(parcel)).await
}

static PARCELS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "INSERT INTO mail_outbox (tenant_id, attempt, id, purpose, address_hash, letter, queued_at, next_at) VALUES ";
    ManyRows::new(before, "$1, 0, ", 0, 6, "")
});

fn row(it: &Parcel) -> Vec<Value> {
    params![it.id, it.purpose, it.address_hash.as_bytes(), it.sealed, it.at, it.at]
}

/// Puts many parcels into the outbox, as [`queue`] does one.
///
/// # Errors
/// What the database says.
pub async fn queue_all(tx: &mut TenantTx<'_>, parcels: &[Parcel]) -> Result<(), StoreError> {
    let rows: Vec<_> = parcels.iter().map(row).collect();
    tx.execute_many(&PARCELS, &[], &rows).await?;
    Ok(())
}

/// How many letters for one purpose a mailbox gets from one tenant (WEB-25).
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// That many at most,
    pub most: i64,
    /// counted from then on.
    pub since: Timestamp,
}

static ALLOWED: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO mail_outbox (tenant_id, attempt, id, purpose, address_hash, letter, queued_at, next_at)
         SELECT $1, 0, v.column1, v.column2, v.column3, v.column4, v.column5, v.column6 FROM (VALUES ";
    let after = ") AS v WHERE (SELECT COUNT(*) FROM mail_outbox o WHERE o.tenant_id = $1 AND o.address_hash = v.column3
             AND o.purpose = v.column2 AND o.queued_at >= $2) < $3";
    ManyRows::new(before, "", 2, 6, after)
});

/// As [`queue_all`], but for those whose mailbox has got its share: of these nothing is sent.
///
/// # Errors
/// What the database says.
pub async fn queue_within<'a>(
    tx: &mut TenantTx<'_>,
    parcels: impl IntoIterator<Item = &'a Parcel>,
    allowance: Allowance,
) -> Result<(), StoreError> {
    let rows: Vec<_> = parcels.into_iter().map(row).collect();
    tx.execute_many(&ALLOWED, &params![allowance.since, allowance.most], &rows).await?;
    Ok(())
}

/// Opens the letter of an outbox row; `None` if what was sealed is no letter.
pub(crate) fn open(id: Uuid, sealed: &[u8], master_key: &MasterKey) -> Result<Option<Letter>, SealError> {
    let text = master_key.open(&context(id), sealed)?;
    Ok(serde_json::from_slice(&text).ok())
}

fn context(id: Uuid) -> String {
    format!("mail_outbox {id}")
}
