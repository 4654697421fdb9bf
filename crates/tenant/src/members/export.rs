use store::{StoreError, TenantStore};
use uuid::Uuid;

use super::{MemberFilter, MemberId};
use crate::Context;

/// The nil id: before every member.
pub const BEFORE_ALL: MemberId = MemberId(Uuid::nil());

/// Notes that somebody took the list along (PP-17): who, and which part of it.
///
/// # Errors
/// What the database says.
pub async fn note_export(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    filter: &MemberFilter,
) -> Result<(), StoreError> {
    // Words of a search may be somebody's name, whom nothing here would lead to when they are erased.
    let plain = MemberFilter { text: String::new(), ..filter.clone() };
    let entry = context.audit(audit::Actor::Member(by.0), "members.exported").personal(
        "search",
        plain.to_search(),
        &context.ambient,
    );
    let by_words = serde_json::json!({ "by_words": !filter.text.is_empty() });
    let entry = if filter.text.is_empty() { entry } else { entry.detail(by_words) };
    store.write(entry, |mut tx, entry| Box::pin(async move { audit::record(&mut tx, entry).await })).await
}

/// Notes that somebody took something else about many people along, by the action that says what (PP-17).
///
/// # Errors
/// What the database says.
pub async fn note_taken(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    action: &'static str,
) -> Result<(), StoreError> {
    let entry = context.audit(audit::Actor::Member(by.0), action);
    store.write(entry, |mut tx, entry| Box::pin(async move { audit::record(&mut tx, entry).await })).await
}
