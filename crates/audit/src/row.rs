use ambient::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

/// An entry as it is stored, without its place in the chain.
#[derive(FromRow, Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub id: Uuid,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub action: String,
    pub target_kind: Option<String>,
    pub target_id: Option<String>,
    pub reference: Option<String>,
    pub detail: String,
}

/// An entry with a place in the chain, as the database says: none of it is believed before it is checked.
#[derive(FromRow, Debug, Clone, PartialEq)]
pub(crate) struct Sealed {
    pub seal_number: i64,
    pub chain_hash: Option<Vec<u8>>,
    #[sqlx(flatten)]
    pub row: Row,
}

/// A personal value in clear.
#[derive(FromRow, Debug, Clone, PartialEq)]
pub(crate) struct Clear {
    pub entry_id: Uuid,
    pub name: String,
    pub value: String,
    pub salt: String,
}
