use serde_json::json;
use store::{StoreError, TenantStore};
use uuid::Uuid;

use super::{MemberFilter, MemberId};
use crate::Context;
use crate::batches::Batch;
use crate::imports::Import;

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
    let by_words = json!({ "by_words": !filter.text.is_empty() });
    let entry = if filter.text.is_empty() { entry } else { entry.detail(by_words) };
    store.write(entry, |mut tx, entry| Box::pin(async move { audit::record(&mut tx, entry).await })).await
}

/// Something else about many people that can be taken along.
#[derive(Debug, Clone, Copy)]
pub enum Taken<'a> {
    /// The audit log.
    Log,
    /// Who accepted which terms.
    Acceptances,
    /// What a job did to each.
    Batch(&'a Batch),
    /// What became of each line of a file.
    Import(&'a Import),
}

/// Notes that somebody took that along (PP-17).
///
/// # Errors
/// What the database says.
pub async fn note_taken(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    taken: Taken<'_>,
) -> Result<(), StoreError> {
    let entry = |action| context.audit(audit::Actor::Member(by.0), action);
    let entry = match taken {
        Taken::Log => entry("audit.exported"),
        Taken::Acceptances => entry("terms.acceptances_exported"),
        Taken::Batch(batch) => {
            let deed = batch.deed()?;
            let detail = json!({ "deed": deed.name(), "items": batch.items, "undo_of": batch.undo_of });
            entry("batch.reported").on("batch", batch.id).detail(detail)
        }
        Taken::Import(import) => {
            entry("import.reported").on("import", import.id).detail(json!({ "lines": import.lines }))
        }
    };
    store.write(entry, |mut tx, entry| Box::pin(async move { audit::record(&mut tx, entry).await })).await
}
