use ambient::Timestamp;
use store::{Conn, StoreError, params};

use super::{LEASE_LIFETIME, Reach, Tenant, TenantId, reach};

/// How many tenants a page of the list has.
pub const TENANTS_ON_A_PAGE: usize = 50;

/// A tenant as those who run the platform see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Managed {
    /// It.
    #[sqlx(flatten)]
    pub tenant: Tenant,
    /// What kind of tenant it is.
    pub blueprint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is suspended.
    pub suspended_at: Option<Timestamp>,
    /// Its server, if one has enrolled.
    pub server: Option<String>,
    /// When that was last heard of.
    pub leased_at: Option<Timestamp>,
}

impl Managed {
    /// How it stands, for a list; [`reach()`] also knows of tenants that their server leaves out.
    #[must_use]
    pub fn reach(&self, now: Timestamp) -> Reach {
        if self.suspended_at.is_some() {
            return Reach::Suspended;
        }
        let lives = self.leased_at.is_some_and(|leased| now.since(leased) < LEASE_LIFETIME);
        if lives { Reach::Open } else { Reach::CutOff }
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// A part of the name or the short name; empty: everything.
    pub words: String,
    /// The short name that the page before ended with.
    pub after: Option<String>,
}

/// A page of tenants.
#[derive(Debug)]
pub struct List {
    /// At most [`TENANTS_ON_A_PAGE`].
    pub rows: Vec<Managed>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

macro_rules! managed {
    ($rest:literal) => {
        concat!(
            "SELECT tenant.id, slug, tenant.name, base_url, icon, accent, approval, terms_url, privacy_url, logo, blueprint,
                    tenant.created_at, suspended_at, client.client_id AS server, leased_at
             FROM tenant
             LEFT JOIN tenant_server ON tenant_server.client_id = tenant.server_id
             LEFT JOIN client ON client.id = tenant.server_id WHERE ",
            $rest
        )
    };
}

/// Tenants by short name. With words to look for, the names of all tenants are read through (some thousands at most), in the
/// order of an index; nobody but an administrator asks for that.
///
/// # Errors
/// The database's.
pub async fn list(conn: &mut Conn, search: &Search) -> Result<List, StoreError> {
    let limit = i64::try_from(TENANTS_ON_A_PAGE + 1).unwrap_or(i64::MAX);
    let words = search.words.trim().to_lowercase();
    let after = search.after.clone().unwrap_or_default();
    let mut rows: Vec<Managed> = if words.is_empty() {
        let sql = managed!("slug > $1 AND deleted_at IS NULL ORDER BY slug LIMIT $2");
        conn.all(sql, params![after, limit]).await?
    } else {
        let sql = managed!(
            "slug > $1 AND deleted_at IS NULL AND (slug LIKE $2 ESCAPE '!' OR sort_name LIKE $2 ESCAPE '!')
             ORDER BY slug LIMIT $3"
        );
        conn.all(sql, params![after, containing(&words), limit]).await?
    };
    let more = rows.len() > TENANTS_ON_A_PAGE;
    rows.truncate(TENANTS_ON_A_PAGE);
    let next = rows.last().filter(|_| more).map(|last| last.tenant.slug.clone());
    Ok(List { rows, next })
}

/// A pattern for `LIKE … ESCAPE '!'`: what was typed has no wildcards.
pub(crate) fn containing(words: &str) -> String {
    let mut pattern = String::from("%");
    for letter in words.chars().take(80) {
        if matches!(letter, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// One tenant, by its short name, with how it really stands.
///
/// # Errors
/// The database's.
pub async fn detail(conn: &mut Conn, slug: &str, now: Timestamp) -> Result<Option<(Managed, Reach)>, StoreError> {
    let row: Option<Managed> = conn.maybe(managed!("slug = $1 AND deleted_at IS NULL"), params![slug]).await?;
    let Some(row) = row else { return Ok(None) };
    let id: TenantId = row.tenant.id;
    let reach = reach(conn, id, now).await?;
    Ok(Some((row, reach)))
}
