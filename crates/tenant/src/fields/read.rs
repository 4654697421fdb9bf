use std::collections::BTreeMap;

use store::{StoreError, TenantRead, params};

use super::{Field, MOST_EVER};
use crate::blueprint::{Blueprint, MOST_FIELDS};
use crate::members::{MemberId, a_hundred, hundreds};

/// Every field of this tenant: the blueprint's, then those that were added, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn of_tenant(read: &mut impl TenantRead, blueprint: &Blueprint) -> Result<Vec<Field>, StoreError> {
    let sql = "SELECT key, label, required FROM tenant_field WHERE tenant_id = $1 AND removed_at IS NULL
               ORDER BY added_at, key LIMIT $2";
    let most = i64::try_from(MOST_FIELDS).unwrap_or(i64::MAX);
    let rows: Vec<(String, String, bool)> = read.all(sql, params![most]).await?;
    let known = |key: &str| blueprint.fields.iter().any(|field| field.key == key);
    // A key that a newer blueprint took is the blueprint's.
    let added = rows.into_iter().filter(|(key, ..)| !known(key));
    let added = added.map(|(key, label, required)| Field::added(key, label, required));
    Ok(blueprint.fields.iter().map(Field::from).chain(added).collect())
}

/// What stands in a member's fields, by key; what is empty is not there. Values of fields that were removed are among them.
///
/// # Errors
/// What the database says.
pub async fn values_of(read: &mut impl TenantRead, member: MemberId) -> Result<BTreeMap<String, String>, StoreError> {
    let sql = "SELECT key, value FROM member_field WHERE tenant_id = $1 AND member_id = $2 AND value <> ''
               ORDER BY key LIMIT $3";
    let rows: Vec<(String, String)> = read.all(sql, params![member, MOST_VALUES]).await?;
    Ok(rows.into_iter().collect())
}

const VALUES_OF_MANY: &str = concat!(
    "SELECT member_id, key, value FROM member_field WHERE tenant_id = $1 AND value <> '' AND member_id IN ",
    a_hundred!()
);

/// The statements that are asked for many at once.
#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 1] = [VALUES_OF_MANY];

/// Values by key.
pub type Values = BTreeMap<String, String>;

/// The same of many members, with one statement for a hundred of them. Whose fields are all empty is not there.
///
/// # Errors
/// What the database says.
pub async fn values_of_many(
    read: &mut impl TenantRead,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, Values>, StoreError> {
    let mut found: BTreeMap<MemberId, Values> = BTreeMap::new();
    for values in hundreds(members) {
        let rows: Vec<(MemberId, String, String)> = read.all(VALUES_OF_MANY, values).await?;
        for (member, key, value) in rows {
            found.entry(member).or_default().insert(key, value);
        }
    }
    Ok(found)
}

/// One for each field that there ever was.
const MOST_VALUES: i64 = MOST_EVER + 30;

/// The required fields that a member has left empty.
///
/// # Errors
/// What the database says.
pub async fn lacking(
    read: &mut impl TenantRead,
    blueprint: &Blueprint,
    member: MemberId,
) -> Result<Vec<Field>, StoreError> {
    let mut required = of_tenant(read, blueprint).await?;
    required.retain(|field| field.required);
    if !required.is_empty() {
        let values = values_of(read, member).await?;
        required.retain(|field| !values.contains_key(&field.key));
    }
    Ok(required)
}
