use ambient::Timestamp;
use store::{Conn, params};
use uuid::Uuid;

use super::{Registered, Row, select};
use crate::Fault;
use crate::tenants::TenantId;

/// How many applications a page of the list has.
pub const APPLICATIONS_ON_A_PAGE: usize = 50;

/// An application as those who run the platform see it.
#[derive(Debug, Clone)]
pub struct Line {
    /// It.
    pub registered: Registered,
    /// The short name of its tenant.
    pub tenant: Option<String>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Since when it is closed.
    pub disabled_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    #[sqlx(flatten)]
    row: Row,
    tenant_slug: Option<String>,
    created_at: Timestamp,
    disabled_at: Option<Timestamp>,
}

impl TryFrom<LineRow> for Line {
    type Error = Fault;

    fn try_from(it: LineRow) -> Result<Self, Fault> {
        Ok(Self {
            registered: it.row.try_into()?,
            tenant: it.tenant_slug,
            created_at: it.created_at,
            disabled_at: it.disabled_at,
        })
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The beginning of a name; empty: everything.
    pub words: String,
    /// Name and row that the page before ended with.
    pub after: Option<(String, Uuid)>,
}

/// A page of applications.
#[derive(Debug)]
pub struct List {
    /// At most [`APPLICATIONS_ON_A_PAGE`].
    pub rows: Vec<Line>,
    /// Where the next page begins, if there is one.
    pub next: Option<(String, Uuid)>,
}

macro_rules! lines {
    ($rest:literal) => {
        select!(
            ", (SELECT slug FROM tenant WHERE tenant.id = client.tenant_id) AS tenant_slug, created_at, disabled_at",
            $rest
        )
    };
}

/// Applications by name. Instances and servers are none: their tenants' pages show them. What is looked for may stand anywhere
/// in the name or the id; names are read through in the order of an index.
///
/// # Errors
/// [`Fault`].
pub async fn list(conn: &mut Conn, search: &Search) -> Result<List, Fault> {
    let limit = i64::try_from(APPLICATIONS_ON_A_PAGE + 1).unwrap_or(i64::MAX);
    let (name, id) = search.after.clone().unwrap_or_else(|| (String::new(), Uuid::nil()));
    let pattern = crate::tenants::containing(&search.words.trim().to_lowercase());
    let rows: Vec<LineRow> = conn
        .all(
            lines!(
                "(name > $1 OR (name = $1 AND id > $2)) AND name <> ''
                 AND kind IN ('tenant_application', 'platform_application')
                 AND (lower(name) LIKE $3 ESCAPE '!' OR lower(client_id) LIKE $3 ESCAPE '!')
                 ORDER BY name, id LIMIT $4"
            ),
            params![name, id, pattern, limit],
        )
        .await?;
    let mut rows = rows.into_iter().map(Line::try_from).collect::<Result<Vec<_>, _>>()?;
    let more = rows.len() > APPLICATIONS_ON_A_PAGE;
    rows.truncate(APPLICATIONS_ON_A_PAGE);
    let next = rows.last().filter(|_| more).map(|last| (last.registered.client.name.clone(), last.registered.id.0));
    Ok(List { rows, next })
}

/// One application, disabled ones too. Instances and servers are none.
///
/// # Errors
/// [`Fault`].
pub async fn application(conn: &mut Conn, client_id: &str) -> Result<Option<Line>, Fault> {
    let row: Option<LineRow> = conn
        .maybe(
            lines!("client_id = $1 AND name <> '' AND kind IN ('tenant_application', 'platform_application')"),
            params![client_id],
        )
        .await?;
    row.map(Line::try_from).transpose()
}

/// The clients of a tenant, its instance included, by row.
///
/// # Errors
/// [`Fault`].
pub async fn of_tenant(
    conn: &mut Conn,
    tenant: TenantId,
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<Registered>, Fault> {
    let rows: Vec<Row> = conn
        .all(
            select!("", "tenant_id = $1 AND id > $2 AND disabled_at IS NULL ORDER BY id LIMIT $3"),
            params![tenant, after.unwrap_or(Uuid::nil()), most],
        )
        .await?;
    rows.into_iter().map(Registered::try_from).collect()
}
