//! What a tenant server knows of itself: its own key, the identity servers where it is enrolled, and the tenants that it
//! serves, loaded or not. One key proves the server everywhere; each tenant has a client of its own beside it.
//!
//! These tables belong to the process, not to a tenant: they are the only ones here without a `tenant_id`.

mod changes;
mod key;
mod logo;

use ambient::Timestamp;
use store::{Conn, Store, StoreError, Tx, params};
use uuid::Uuid;

pub use changes::{Cursor, changes_since, mark, newest_change, touch};
pub use key::server_key;
pub use logo::{Logo, Wanted, forget_wanted, keep_logo, logo, want_logo, wanted};

use changes::next_change;

store::words! {
    /// How a tenant stands, as its identity server says.
    Standing {
        /// It is served.
        Open = "open",
        /// The platform has suspended it.
        Suspended = "suspended",
        /// It is gone.
        Deleted = "deleted",
    }
}

/// A tenant that this server serves.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Served {
    /// Its id, as the identity server gave it.
    pub id: Uuid,
    /// Its short name.
    pub slug: String,
    /// Its origin, without a slash at the end.
    pub base_url: String,
    /// Its name.
    pub name: String,
    /// The name of a shipped blueprint.
    pub blueprint: String,
    /// Its identity server.
    pub issuer: String,
    /// Its own client there.
    pub client_id: String,
    /// An icon of the sprite; empty: one that fits the blueprint.
    pub icon: String,
    /// `#rrggbb`.
    pub accent: Option<String>,
    /// Its terms.
    pub terms_url: Option<String>,
    /// Its privacy notice.
    pub privacy_url: Option<String>,
    /// The hash of its picture, if that is here ([`logo()`]); it takes the icon's place.
    pub logo: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Of what the identity server told.
    pub version: i64,
    /// Whether it was opened since it was last known to have nothing to deliver.
    pub marked: bool,
    /// The number of the change that it was last part of, by any process on this database.
    pub changed: i64,
}

macro_rules! served {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, base_url, name, blueprint, issuer, client_id, icon, accent, terms_url, privacy_url, logo, standing,
                    version, opened_at IS NOT NULL AS marked, changed FROM served_tenant ",
            $rest
        )
    };
}
pub(crate) use served;

/// How many are read at once.
const BATCH: usize = 500;

/// All of them. A process keeps their names and faces in memory, and opens each when somebody comes.
///
/// # Errors
/// The database's.
pub async fn all(conn: &mut Conn) -> Result<Vec<Served>, StoreError> {
    let mut all: Vec<Served> = Vec::new();
    loop {
        let after = all.last().map_or(Uuid::nil(), |last| last.id);
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let page: Vec<Served> = conn.all(served!("WHERE id > $1 ORDER BY id LIMIT $2"), params![after, limit]).await?;
        let more = page.len() == BATCH;
        all.extend(page);
        if !more {
            return Ok(all);
        }
    }
}

/// Whether a short name is one: 2 to 40 lower-case letters, digits and hyphens, a letter first. It comes over the network and
/// becomes a file's name; `control` is this server's own.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text != "control"
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Who says which identity server a tenant belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The operator, who may move it.
    Operators,
    /// An identity server: it says so of its own tenants alone.
    IdentityServers,
}

/// Takes a tenant in, or what is new about it; answers with the number of the change. `None`: an identity server told of a
/// tenant that is another one's, and nothing was changed.
///
/// # Errors
/// [`StoreError::Duplicate`] when another tenant has its short name or its address.
pub async fn put(tx: &mut Tx, it: &Served, word: Word, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let change = next_change(tx).await?;
    // The address of a tenant that is gone is free.
    let gone = "DELETE FROM served_tenant WHERE base_url = $1 AND id <> $2 AND standing = 'deleted'";
    tx.execute(gone, params![it.base_url, it.id]).await?;
    let written = tx.execute(
        "INSERT INTO served_tenant (id, slug, base_url, name, blueprint, issuer, client_id, icon, accent, terms_url,
             privacy_url, standing, version, enrolled_at, changed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE SET
            base_url = excluded.base_url, name = excluded.name, blueprint = excluded.blueprint,
            issuer = excluded.issuer, client_id = excluded.client_id, icon = excluded.icon, accent = excluded.accent,
            terms_url = excluded.terms_url, privacy_url = excluded.privacy_url, standing = excluded.standing,
            version = excluded.version, enrolled_at = excluded.enrolled_at, changed = excluded.changed
         WHERE served_tenant.issuer = excluded.issuer OR $16",
        params![
            it.id,
            it.slug,
            it.base_url,
            it.name,
            it.blueprint,
            it.issuer,
            it.client_id,
            it.icon,
            it.accent,
            it.terms_url,
            it.privacy_url,
            it.standing,
            it.version,
            now,
            change,
            word == Word::Operators
        ],
    )
    .await?;
    Ok((written == 1).then_some(change))
}

/// What an identity server tells of a tenant.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Change {
    /// Which.
    pub tenant_id: Uuid,
    /// Older versions are no news.
    pub version: i64,
    /// Name.
    pub name: String,
    /// Logo.
    pub icon: String,
    /// `rrggbb`.
    pub accent: Option<String>,
    /// Terms.
    pub terms_url: Option<String>,
    /// Privacy notice.
    pub privacy_url: Option<String>,
    /// The hash of its picture, which is asked for next.
    pub logo: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

/// Takes over what an identity server told of its own tenants, and how far it told; answers with those that changed.
///
/// # Errors
/// The database's.
pub async fn hear(
    store: &Store,
    issuer: &str,
    changes: Vec<Change>,
    heard_at: Timestamp,
) -> Result<Vec<Served>, StoreError> {
    store
        .write((issuer.to_owned(), changes, heard_at), |tx, (issuer, changes, heard_at)| {
            Box::pin(async move {
                let mut changed = Vec::new();
                if !changes.is_empty() {
                    let number = next_change(tx).await?;
                    // At most one answer's: a few hundred, and usually none.
                    for change in changes {
                        changed.extend(apply(tx, issuer, change, number).await?);
                    }
                }
                let sql = "UPDATE server_issuer SET heard_at = $2 WHERE issuer = $1";
                tx.execute(sql, params![issuer, heard_at]).await?;
                Ok(changed)
            })
        })
        .await
}

/// A tenant of another identity server is none of this one's business.
async fn apply(tx: &mut Tx, issuer: &str, it: &Change, number: i64) -> Result<Option<Served>, StoreError> {
    let accent = it.accent.as_ref().map(|accent| format!("#{accent}"));
    let served: Option<Served> = tx
        .maybe(
            "UPDATE served_tenant SET version = $3, name = $4, icon = $5, accent = $6, terms_url = $7, privacy_url = $8,
                 standing = $9, changed = $10
             WHERE id = $1 AND issuer = $2 AND version < $3
             RETURNING id, slug, base_url, name, blueprint, issuer, client_id, icon, accent, terms_url, privacy_url, logo,
                 standing, version, opened_at IS NOT NULL AS marked, changed",
            params![
                it.tenant_id,
                issuer,
                it.version,
                it.name,
                it.icon,
                accent,
                it.terms_url,
                it.privacy_url,
                it.standing,
                number
            ],
        )
        .await?;
    let Some(served) = served else { return Ok(None) };
    let logo = want_logo(tx, it.tenant_id, it.logo.as_deref()).await?;
    Ok(Some(Served { logo, ..served }))
}

/// An identity server where this server is enrolled.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Issuer {
    /// Its issuer identifier.
    pub issuer: String,
    /// This server's own client there.
    pub client_id: String,
    /// How far it has told of changes, by its own clock.
    pub heard_at: Timestamp,
}

/// All of them; usually one.
///
/// # Errors
/// The database's.
pub async fn issuers(conn: &mut Conn) -> Result<Vec<Issuer>, StoreError> {
    conn.all("SELECT issuer, client_id, heard_at FROM server_issuer ORDER BY issuer LIMIT 100", params![]).await
}

/// Notes where the server is enrolled.
///
/// # Errors
/// The database's.
pub async fn put_issuer(tx: &mut Tx, issuer: &str, client_id: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO server_issuer (issuer, client_id, heard_at) VALUES ($1, $2, 0)
         ON CONFLICT (issuer) DO UPDATE SET client_id = excluded.client_id",
        params![issuer, client_id],
    )
    .await?;
    Ok(())
}
