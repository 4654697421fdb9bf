//! Checkpoints as JSON lines, to be kept where whoever can write to the database cannot.

use std::io::{self, BufRead, Write};

use store::{Conn, Store, StoreError, TenantRead, params};
use uuid::Uuid;

use crate::Checkpoint;
use crate::checkpoint::StoredCheckpoint;
use crate::verify::head;

const PAGE: i64 = 500;
/// The longest line that is read. A checkpoint has about 450 characters.
const LONGEST_LINE: u64 = 4_096;

/// Why checkpoints were not exported or read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file, or what one writes to.
    #[error(transparent)]
    File(#[from] io::Error),
    /// A row that no sealer wrote.
    #[error("checkpoint {number} of tenant {tenant} is damaged")]
    Damaged {
        /// Whose.
        tenant: Uuid,
        /// Which.
        number: i64,
    },
    /// A line that is no checkpoint.
    #[error("line {line} is no checkpoint: {reason}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Writes every checkpoint of one tenant, a JSON line each, and the head as the last; says how many.
///
/// # Errors
/// [`ExportError`].
pub async fn export_checkpoints(store: &Store, tenant: Uuid, to: &mut impl Write) -> Result<u64, ExportError> {
    let store = store.for_tenant(tenant);
    let (mut after, mut written) = (0, 0);
    loop {
        let mut page: Vec<StoredCheckpoint> = store
            .read()
            .await?
            .all(
                "SELECT seal_number, chain_hash, at, public_key, signature FROM audit_checkpoint
                 WHERE tenant_id = $1 AND seal_number > $2 ORDER BY seal_number LIMIT $3",
                params![after, PAGE],
            )
            .await?;
        let over = page.is_empty();
        if over {
            page.extend(head(&mut store.read().await?).await?.filter(|head| head.seal_number > after));
        }
        for stored in &page {
            let number = stored.seal_number;
            let checkpoint = stored.read(tenant).ok_or(ExportError::Damaged { tenant, number })?;
            writeln!(to, "{}", serde_json::to_string(&checkpoint).map_err(io::Error::from)?)?;
            (after, written) = (number, written + 1);
        }
        if over {
            return Ok(written);
        }
    }
}

/// Reads what [`export_checkpoints`] wrote, for any number of tenants. Empty lines are nothing.
///
/// # Errors
/// [`ExportError::Line`] names the first line that is no checkpoint.
pub fn read_checkpoints(mut from: impl BufRead) -> Result<Vec<Checkpoint>, ExportError> {
    let mut checkpoints = Vec::new();
    for number in 1.. {
        let mut line = String::new();
        if io::Read::take(&mut from, LONGEST_LINE).read_line(&mut line)? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let read = serde_json::from_str(&line);
        checkpoints.push(read.map_err(|error| ExportError::Line { line: number, reason: error.to_string() })?);
    }
    Ok(checkpoints)
}

/// The tenants of a database that have a log, or had one: at most `limit`, from `from` on (nil for the first, which is the
/// platform itself).
///
/// # Errors
/// What the database says.
pub async fn tenants(conn: &mut Conn, from: Uuid, limit: u16) -> Result<Vec<Uuid>, StoreError> {
    // Each step seeks the next tenant: the log's length does not matter.
    let found: Vec<(Uuid,)> = conn
        .all(
            "WITH RECURSIVE known (id) AS (
                SELECT (SELECT tenant_id FROM (SELECT tenant_id FROM audit_entry UNION ALL SELECT tenant_id FROM audit_head)
                          AS either WHERE tenant_id >= $1 ORDER BY tenant_id LIMIT 1)
                UNION ALL
                SELECT (SELECT tenant_id FROM (SELECT tenant_id FROM audit_entry UNION ALL SELECT tenant_id FROM audit_head)
                          AS either WHERE tenant_id > known.id ORDER BY tenant_id LIMIT 1)
                FROM known WHERE known.id IS NOT NULL)
             SELECT id FROM known WHERE id IS NOT NULL LIMIT $2",
            params![from, i64::from(limit)],
        )
        .await?;
    Ok(found.into_iter().map(|(tenant,)| tenant).collect())
}
