use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantRead, TenantStore, Value, params};

use super::fault::short;
use super::row::{RoleNames, row};
use super::sweep;
use super::{Column, FileFault, ImportId, ImportState, Line, Standing};
use crate::Context;
use crate::blueprint::{Blueprint, permission};
use crate::lifecycle::Denied;
use crate::members::{MemberId, clean};
use crate::roles;

/// How many lines one import takes.
const MOST_LINES: i64 = 1_000_000;
/// How many imports may be waiting or at work.
const MOST_OPEN: i64 = 20;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The file as a whole.
    #[error("the file cannot be read: {0:?}")]
    File(FileFault),
    /// Too many are waiting for somebody's word.
    #[error("too many imports are open")]
    TooMany,
    /// Whoever brings it may not do so.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl From<FileFault> for BeginError {
    fn from(fault: FileFault) -> Self {
        Self::File(fault)
    }
}

impl From<StoreError> for BeginError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// A file that is coming in.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// What the browser says it is called.
    pub file_name: String,
    /// Whether whoever is new is sent an invitation.
    pub invites: bool,
}

/// Makes the import that lines will be staged for. Until it is finished, nobody sees it.
///
/// # Errors
/// [`BeginError`].
pub async fn begin(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    new: NewImport,
) -> Result<ImportId, BeginError> {
    store
        .write((context, by, new), |mut tx, (context, by, new)| {
            Box::pin(async move {
                roles::acting(&mut tx, context, *by, permission::MEMBERS_MANAGE).await?;
                let open = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM import WHERE tenant_id = $1
                                AND (ended_at IS NULL OR state = 'receiving') LIMIT $2) AS counted";
                let (open,): (i64,) = tx.one(open, params![MOST_OPEN]).await?;
                if open >= MOST_OPEN {
                    return Err(BeginError::TooMany);
                }
                let id = ImportId(context.ambient.row_id());
                let sql =
                    "INSERT INTO import (tenant_id, id, file_name, ignored, invites, state, made_by, made_at, lines,
                         looked, reached, to_add, to_change, to_keep, to_fail, added, changed, kept, failed)
                     VALUES ($1, $2, $3, '', $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)";
                let name = clean(&new.file_name);
                tx.execute(sql, params![id, name, new.invites, ImportState::Receiving, by, context.now]).await?;
                Ok(id)
            })
        })
        .await
}

static LINES: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO import_line (tenant_id, import_id, line, readable, email, address, told_once, given_name,
             family_name, locale, state, locked, roles, provider, kept_by, fields, standing, fault, fault_column, fault_about) VALUES ";
    ManyRows::new(before, "$1, $2, ", 1, 18, "")
});

/// Stages lines, as they were read.
///
/// # Errors
/// [`FileFault::TooManyLines`]; what the database says.
pub async fn stage(
    store: &TenantStore,
    blueprint: &Blueprint,
    id: ImportId,
    lines: Vec<Line>,
) -> Result<(), BeginError> {
    let names = RoleNames::of(blueprint);
    let rows: Vec<Vec<Value>> = lines.iter().map(|line| staged(line, &names)).collect();
    store
        .write((id, rows), |mut tx, (id, rows)| {
            Box::pin(async move {
                let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
                let sql =
                    "UPDATE import SET lines = lines + $3 WHERE tenant_id = $1 AND id = $2 AND state = 'receiving'
                               AND lines + $3 <= $4";
                if tx.execute(sql, params![id, count, MOST_LINES]).await? == 0 {
                    return Err(FileFault::TooManyLines.into());
                }
                tx.execute_many(&LINES, &params![id], rows).await?;
                Ok(())
            })
        })
        .await
}

/// A line as it is staged.
fn staged(line: &Line, names: &RoleNames) -> Vec<Value> {
    let read = line.read.as_ref().map_err(Clone::clone).and_then(|cells| row(cells, names));
    match read {
        Ok(row) => {
            let roles = row.roles.as_ref().map(|keys| keys.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
            let (address, once) = (row.address(), row.told_once());
            let fields = (!row.fields.is_empty()).then(|| serde_json::json!(row.fields).to_string());
            let nothing = None::<String>;
            params![
                line.number,
                true,
                row.email,
                address,
                once,
                row.given_name,
                row.family_name,
                row.locale,
                row.state,
                row.locked,
                roles,
                row.provider,
                row.kept_by,
                fields,
                nothing,
                nothing,
                nothing,
                nothing,
            ]
        }
        Err(fault) => {
            let said = line.read.as_ref().ok().and_then(|cells| cells.get(&Column::Email));
            let (email, nothing) = (said.map(short), None::<String>);
            params![
                line.number,
                false,
                email,
                nothing,
                nothing,
                nothing,
                nothing,
                nothing,
                nothing,
                None::<bool>,
                nothing,
                nothing,
                nothing,
                nothing,
                Standing::Wrong,
                fault.why.word(),
                fault.column.as_ref().map(Column::word),
                fault.about,
            ]
        }
    }
}

/// The file has come as a whole: its lines are looked at.
///
/// # Errors
/// What the database says.
pub async fn finish(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    id: ImportId,
    ignored: Vec<String>,
) -> Result<(), StoreError> {
    store
        .write((context, by, id, ignored), |mut tx, (context, by, id, ignored)| {
            Box::pin(async move {
                let sql = "UPDATE import SET state = $3, ignored = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'receiving'
                           RETURNING lines";
                let come: Option<(i64,)> =
                    tx.maybe(sql, params![id, ImportState::Looking, ignored.join("\n")]).await?;
                let detail = serde_json::json!({ "lines": come.map(|(lines,)| lines) });
                let entry = context.audit(audit::Actor::Member(by.0), "import.received").on("import", id);
                audit::record(&mut tx, &entry.detail(detail)).await
            })
        })
        .await
}

/// The file did not come as a whole, or cannot be taken: nobody sees what was staged, and it goes at once. Whatever comes between, a sweep
/// removes it; until then it counts as open.
///
/// # Errors
/// What the database says.
pub async fn discard(store: &TenantStore, context: Context, id: ImportId) -> Result<(), StoreError> {
    store
        .write((context, id), |mut tx, (context, id)| {
            Box::pin(async move {
                let sql = "UPDATE import SET ended_at = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'receiving'";
                tx.execute(sql, params![id, context.now]).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    while sweep::remove(store, id).await? {}
    Ok(())
}
