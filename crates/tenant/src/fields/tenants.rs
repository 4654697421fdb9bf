use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::{Field, of_tenant};
use crate::Context;
use crate::blueprint::{BUILT_IN_FIELDS, Blueprint, MOST_FIELDS, permission};
use crate::lifecycle::Denied;
use crate::members::{MemberId, one_line};
use crate::roles;

/// The longest label of a field that is added, in characters.
pub const LONGEST_LABEL: usize = 60;
/// How many fields may ever be added; those that were removed count.
pub const MOST_EVER: i64 = 100;

/// Why a field was not added, or not changed.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// No label, or one that is too long.
    #[error("a label that does not fit")]
    Label,
    /// There is a field of that label.
    #[error("there is such a field")]
    Taken,
    /// There are as many as there may be.
    #[error("too many fields")]
    TooMany,
    /// Not by this actor.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl From<StoreError> for AddError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// Adds a field, and says its key. One of the same label that was removed comes back with what stood in it.
///
/// # Errors
/// [`AddError`].
pub async fn add(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    label: &str,
    required: bool,
) -> Result<String, AddError> {
    let label = fitting(label)?;
    store
        .write((context, by, label, required), |mut tx, (context, by, label, required)| {
            Box::pin(async move {
                begin(&mut tx, context, *by).await?;
                let blueprint = &context.tenant.blueprint;
                let fields = of_tenant(&mut tx, blueprint).await?;
                if fields.iter().any(|field| is_called(field, label)) {
                    return Err(AddError::Taken);
                }
                let ever = ever(&mut tx).await?;
                let back = ever.iter().find(|one| is_same(&one.label, label)).map(|one| one.key.clone());
                let too_many = i64::try_from(ever.len()).unwrap_or(MOST_EVER) >= MOST_EVER && back.is_none();
                if fields.len() >= MOST_FIELDS || too_many {
                    return Err(AddError::TooMany);
                }
                let key = match back {
                    Some(key) => key,
                    None => key_of(label, |key| of_blueprint(blueprint, key) || ever.iter().any(|one| one.key == key))
                        .ok_or(AddError::Taken)?,
                };
                tx.execute(
                    "INSERT INTO tenant_field (tenant_id, key, label, required, added_at) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (tenant_id, key) DO UPDATE SET label = excluded.label, required = excluded.required,
                         added_at = excluded.added_at, removed_at = NULL",
                    params![key, label, *required, context.now],
                )
                .await?;
                let detail = serde_json::json!({ "label": label, "required": required });
                note(&mut tx, context, *by, "field.added", &key, detail).await?;
                Ok(key)
            })
        })
        .await
}

/// What is changed of a field.
#[derive(Debug, Clone, Default)]
pub struct FieldChange {
    /// Another label; its key stays.
    pub label: Option<String>,
    /// Whether it may not be empty from now on.
    pub required: Option<bool>,
}

/// Calls a field otherwise that was added, or requires it or not. What stands in it stays. Says whether it was otherwise before.
///
/// # Errors
/// [`AddError`]; [`Denied::NotFound`]: no such field was added here.
pub async fn change(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    key: String,
    FieldChange { label, required }: FieldChange,
) -> Result<bool, AddError> {
    let label = label.as_deref().map(fitting).transpose()?;
    store
        .write((context, by, key, label, required), |mut tx, (context, by, key, label, required)| {
            Box::pin(async move {
                begin(&mut tx, context, *by).await?;
                let fields = of_tenant(&mut tx, &context.tenant.blueprint).await?;
                let is_it = |field: &&Field| field.added && field.key == *key;
                let field = fields.iter().find(is_it).ok_or(Denied::NotFound)?;
                let (label, required) = (label.as_ref().unwrap_or(&field.label.en), required.unwrap_or(field.required));
                if (label, required) == (&field.label.en, field.required) {
                    return Ok(false);
                }
                let is_new = *label != field.label.en;
                if is_new && fields.iter().any(|other| other.key != *key && is_called(other, label)) {
                    return Err(AddError::Taken);
                }
                let sql = "UPDATE tenant_field SET label = $3, required = $4 WHERE tenant_id = $1 AND key = $2";
                tx.execute(sql, params![key, label, required]).await?;
                let was = is_new.then_some(&field.label.en);
                let detail = serde_json::json!({ "label": label, "required": required, "was": was });
                note(&mut tx, context, *by, "field.changed", key, detail).await?;
                Ok(true)
            })
        })
        .await
}

/// Takes a field away that was added. What stands in it is not shown any more, and is erased with its member.
///
/// # Errors
/// [`Denied::Forbidden`] without the permission; [`Denied::NotFound`]: no such field was added here.
pub async fn remove(store: &TenantStore, context: Context, by: MemberId, key: String) -> Result<(), Denied> {
    store
        .write((context, by, key), |mut tx, (context, by, key)| {
            Box::pin(async move {
                begin(&mut tx, context, *by).await?;
                let sql =
                    "UPDATE tenant_field SET removed_at = $3 WHERE tenant_id = $1 AND key = $2 AND removed_at IS NULL
                     RETURNING label";
                let (label,): (String,) = tx.maybe(sql, params![key, context.now]).await?.ok_or(Denied::NotFound)?;
                Ok(note(&mut tx, context, *by, "field.removed", key, serde_json::json!({ "label": label })).await?)
            })
        })
        .await
}

/// Two who add at once meet here: the second counts what the first added.
async fn begin(tx: &mut TenantTx<'_>, context: &Context, by: MemberId) -> Result<(), Denied> {
    tx.execute(
        "INSERT INTO guard (tenant_id, name, raised) VALUES ($1, 'fields', 1)
         ON CONFLICT (tenant_id, name) DO UPDATE SET raised = guard.raised + 1",
        params![],
    )
    .await?;
    roles::acting(tx, context, by, permission::TENANT_SETTINGS).await.map(drop)
}

async fn note(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    action: &'static str,
    key: &str,
    detail: serde_json::Value,
) -> Result<(), StoreError> {
    let entry = context.audit(audit::Actor::Member(by.0), action).on("field", key).detail(detail);
    audit::record(tx, &entry).await
}

/// A field that was added, whether it is there or not.
#[derive(sqlx::FromRow)]
struct Ever {
    key: String,
    label: String,
}

async fn ever(read: &mut impl TenantRead) -> Result<Vec<Ever>, StoreError> {
    // Of two that were called alike, the one that was there last comes back.
    let sql = "SELECT key, label FROM tenant_field WHERE tenant_id = $1 ORDER BY removed_at DESC, key LIMIT $2";
    read.all(sql, params![MOST_EVER]).await
}

/// A label on one line, of a length that can be read, with single spaces: two that look alike are one.
fn fitting(label: &str) -> Result<String, AddError> {
    let label = one_line(label).split_whitespace().collect::<Vec<_>>().join(" ");
    if (1..=LONGEST_LABEL).contains(&label.chars().count()) { Ok(label) } else { Err(AddError::Label) }
}

/// Whether people know a field by that label, in whichever language.
fn is_called(field: &Field, label: &str) -> bool {
    is_same(&field.label.en, label) || is_same(&field.label.de, label)
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn of_blueprint(blueprint: &Blueprint, key: &str) -> bool {
    BUILT_IN_FIELDS.contains(&key) || blueprint.fields.iter().any(|field| field.key == key)
}

/// A plain key that reads like the label, with a number behind it where it is taken.
fn key_of(label: &str, taken: impl Fn(&str) -> bool) -> Option<String> {
    let mut key = String::new();
    for c in label.to_lowercase().chars() {
        match c {
            'ä' => key.push_str("ae"),
            'ö' => key.push_str("oe"),
            'ü' => key.push_str("ue"),
            'ß' => key.push_str("ss"),
            c if c.is_ascii_alphanumeric() => key.push(c),
            _ if key.is_empty() || key.ends_with('_') => {}
            _ => key.push('_'),
        }
    }
    let key: String = key.chars().take(40).collect();
    let key = key.trim_end_matches('_');
    let key =
        if key.starts_with(|first: char| first.is_ascii_lowercase()) { key.to_owned() } else { format!("field_{key}") };
    let key = key.trim_end_matches('_').to_owned();
    let others = (2..=MOST_EVER + 1).map(|n| format!("{key}_{n}"));
    std::iter::once(key.clone()).chain(others).find(|key| !taken(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pp_16_a_key_is_plain_reads_like_its_label_and_is_not_taken() {
        let none = |_: &str| false;
        for (label, key) in [
            ("Cost centre", "cost_centre"),
            ("  Büro / Größe (m²)", "buero_groesse_m"),
            ("2nd phone", "field_2nd_phone"),
            ("部门", "field"),
            ("<script>", "script"),
        ] {
            assert_eq!(key_of(label, none).as_deref(), Some(key), "{label}");
        }
        let taken = |key: &str| ["email", "email_2"].contains(&key);
        assert_eq!(key_of("E-mail", taken).as_deref(), Some("e_mail"));
        assert_eq!(key_of("Email", taken).as_deref(), Some("email_3"));
        assert_eq!(key_of("Email", |_| true), None);
        assert!(key_of(&"x".repeat(60), none).unwrap().len() <= 40);
    }
}
