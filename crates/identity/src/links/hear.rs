use ambient::Timestamp;
use store::{Conn, Store, StoreError, params};
use uuid::Uuid;

use super::{Applied, Snapshot, apply};
use crate::Identity;
use crate::tenants::TenantId;

/// How many snapshots one transaction applies: on SQLite it has the platform's only writer meanwhile.
const CHUNK: usize = 50;

/// What became of the snapshots that a tenant told.
#[derive(Debug, Default)]
pub struct Heard {
    /// In force, or older than what is.
    pub applied: Vec<(String, i64)>,
    /// Subjects that are none of this tenant's.
    pub unknown: Vec<String>,
}

impl Heard {
    fn note(&mut self, it: &Snapshot, became: Applied) {
        match became {
            Applied::InForce => self.applied.push((it.subject.clone(), it.version)),
            Applied::UnknownSubject => self.unknown.push(it.subject.clone()),
        }
    }
}

/// Applies what a tenant tells of its members. A reader sees first what is news at all, and that is written a few at a time:
/// one tenant's long list holds up nobody's sign-in. What an error interrupts is told again, and applied once.
///
/// # Errors
/// The database's.
pub async fn hear(identity: &Identity, tenant: TenantId, snapshots: Vec<Snapshot>) -> Result<Heard, StoreError> {
    let (store, now) = (&identity.store, identity.ambient.now());
    let (mut heard, mut news) = (Heard::default(), Vec::new());
    let mut conn = store.read().await?;
    // Each a seek, by a connection of their own.
    for snapshot in snapshots {
        match known(&mut conn, tenant, &snapshot).await? {
            Some(became) => heard.note(&snapshot, became),
            None => news.push((identity.ambient.row_id(), snapshot)),
        }
    }
    drop(conn);
    for chunk in news.chunks(CHUNK) {
        let became = write(store, tenant, chunk.to_vec(), now).await?;
        chunk.iter().zip(became).for_each(|((_, snapshot), became)| heard.note(snapshot, became));
    }
    Ok(heard)
}

/// What can be said without writing.
async fn known(conn: &mut Conn, tenant: TenantId, it: &Snapshot) -> Result<Option<Applied>, StoreError> {
    let row: Option<(Option<i64>,)> = conn
        .maybe(
            "SELECT membership.version FROM subject
             LEFT JOIN membership ON membership.tenant_id = subject.sector_id AND membership.subject = subject.subject
             WHERE sector_id = $1 AND subject.subject = $2",
            params![tenant, it.subject],
        )
        .await?;
    Ok(match row {
        None => Some(Applied::UnknownSubject),
        Some((Some(version),)) if version >= it.version => Some(Applied::InForce),
        Some(_) => None,
    })
}

async fn write(
    store: &Store,
    tenant: TenantId,
    chunk: Vec<(Uuid, Snapshot)>,
    now: Timestamp,
) -> Result<Vec<Applied>, StoreError> {
    store
        .write((tenant, chunk, now), |tx, (tenant, chunk, now)| {
            Box::pin(async move {
                let mut became = Vec::with_capacity(chunk.len());
                for snapshot in chunk {
                    became.push(apply(tx, *tenant, snapshot, *now).await?);
                }
                Ok(became)
            })
        })
        .await
}
