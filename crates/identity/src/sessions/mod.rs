//! Sessions and their authentications. The browser's cookie carries ids only; the truth is here.
//!
//! A session is one account in one browser. It lists how its person proved who they are, each time they did: method,
//! provider, scope and time. What an authorization response says (`auth_time`, `amr`, `acr`) comes from the one session
//! that it used.
//!
//! ```text
//! authenticate ──▶ alive ──use──▶ alive (lifetimes: the end moves on, up to the latest one)
//!                    │
//!                    ├─ nobody used it for too long, or its latest end has come   (expires_at)
//!                    ├─ its person or an administrator ended it                   (ended_at)
//!                    └─ the account's credentials changed                         (epoch)
//! ```

mod asking;
mod authenticate;
mod lifetimes;
mod list;

use std::net::IpAddr;
use std::time::Duration;

use ambient::Timestamp;
use store::{Conn, StoreError, params};
use uuid::Uuid;

use crate::accounts::Account;
use crate::tenants::TenantId;

pub(crate) use asking::Asking;
pub(crate) use authenticate::{By, NewAuthentication, authenticate};
pub use lifetimes::{Lifetimes, touch, used};
pub use list::{Living, PAGE, Page, ended_by, find, living, others};

store::row_id!(
    /// A session.
    SessionId
);

store::words!(
    /// How somebody proved who they are.
    Method {
        /// By password.
        Password = "password",
        /// By a mailed link, just after setting a password.
        Mail = "mail",
        /// By an upstream provider.
        Upstream = "upstream",
    }
);

impl Method {
    /// The authentication method reference (RFC 8176 §2).
    #[must_use]
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Mail => "otp",
            // Not registered; what other providers call it.
            Self::Upstream => "fed",
        }
    }
}

/// The provider of authentications that we did ourselves.
pub const PLATFORM_PROVIDER: &str = "platform";

/// The authentication context class of one factor, of whatever kind.
pub const ACR_SINGLE_FACTOR: &str = "urn:latchkey:acr:single-factor";

/// How many accounts one browser may be signed in to at once.
pub const MOST_PER_BROWSER: usize = 5;

/// One proof.
#[derive(Debug, Clone)]
pub struct Authentication {
    /// Its id.
    pub id: Uuid,
    /// How.
    pub method: Method,
    /// Where: ourselves or an upstream provider.
    pub provider: String,
    /// The one tenant it counts for; none: everywhere.
    pub scope: Option<Uuid>,
    /// When.
    pub at: Timestamp,
}

/// A session that is alive: not ended, not expired, made under the account's current credentials.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: Account,
    /// The one tenant that it opens, if a tenant's provider made it: for nothing else does it exist (DESIGN §4.2).
    pub scope: Option<TenantId>,
    /// That tenant's providers alone know its person: the account is of this scope, and nobody's own.
    pub only_there: bool,
    /// Oldest first; never empty.
    pub authentications: Vec<Authentication>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, as far as it was written down.
    pub used_at: Timestamp,
    /// How long it may rest.
    pub idle_for: Duration,
    /// Its person asked to stay signed in: its cookie outlives the browser.
    pub remembered: bool,
    stated: Option<Shown>,
}

/// Who somebody is, on a page that asks whether it is them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Their name.
    pub name: String,
    /// What they are called.
    pub called: String,
    /// Their address, or nothing.
    pub email: String,
}

/// What a request tells of the device that it comes from. Nothing of it is proof of anything.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// What its browser calls itself.
    pub user_agent: String,
    /// Its address in the network, if the listener knows one.
    pub address: Option<IpAddr>,
}

impl Session {
    /// When its person last proved who they are (`auth_time`).
    #[must_use]
    pub fn authenticated_at(&self) -> Timestamp {
        self.authentications.last().map_or(Timestamp::from_micros(0), |last| last.at)
    }

    /// The methods used, each once (`amr`, RFC 8176); where one provider alone opens the door, those of its proofs.
    #[must_use]
    pub fn amr(&self, provider: Option<&str>) -> Vec<String> {
        let mut amr: Vec<String> = Vec::new();
        let counts = |proof: &&Authentication| provider.is_none_or(|provider| proof.provider == provider);
        for authentication in self.authentications.iter().filter(counts) {
            let method = authentication.method.amr();
            if !amr.iter().any(|known| known == method) {
                amr.push(method.to_owned());
            }
        }
        amr
    }

    /// As whom a page shows them. Whoever runs a tenant's own provider can sign in there as each of its people: in a session that it
    /// made, they are shown as it states them, and nothing is told of the account (DESIGN §4.2).
    #[must_use]
    pub fn shown(&self) -> Shown {
        let account = &self.account;
        let of_account =
            || Shown { name: account.full_name(), called: account.given_name.clone(), email: account.email.clone() };
        if self.scope.is_some() { self.stated.clone().unwrap_or_default() } else { of_account() }
    }

    /// Whether it can be used for a client of this tenant (none: of the platform).
    #[must_use]
    pub fn opens(&self, tenant: Option<TenantId>) -> bool {
        self.scope.is_none() || self.scope == tenant
    }

    /// The proof that counts where one provider alone opens the door: its last one. Where none is named: the last of all.
    #[must_use]
    pub fn proof(&self, provider: Option<&str>) -> Option<&Authentication> {
        self.authentications.iter().rev().find(|proof| provider.is_none_or(|provider| proof.provider == provider))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    session_id: SessionId,
    #[sqlx(flatten)]
    account: Account,
    authentication_id: Uuid,
    method: Method,
    provider: String,
    scope: Option<Uuid>,
    at: Timestamp,
    created_at: Timestamp,
    used_at: Timestamp,
    idle_for: i64,
    remembered: bool,
    session_scope: Option<TenantId>,
    only_there: bool,
    stated_name: Option<String>,
    stated_email: Option<String>,
}

/// The living sessions among `ids`, in that order; at most [`MOST_PER_BROWSER`] are looked at.
///
/// # Errors
/// The database's.
pub async fn load(conn: &mut Conn, ids: &[SessionId], now: Timestamp) -> Result<Vec<Session>, StoreError> {
    held_after(conn, ids, now).await
}

/// The sessions among `ids` that nobody has ended, whether they are alive or have expired. For signing out alone: what they
/// opened at applications may still be open.
///
/// # Errors
/// The database's.
pub async fn load_unended(conn: &mut Conn, ids: &[SessionId]) -> Result<Vec<Session>, StoreError> {
    held_after(conn, ids, Timestamp::from_micros(0)).await
}

async fn held_after(conn: &mut Conn, ids: &[SessionId], after: Timestamp) -> Result<Vec<Session>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let id = |index: usize| ids.get(index).copied().unwrap_or(SessionId(Uuid::nil()));
    let rows: Vec<Row> = conn
        .all(
            "SELECT session.id AS session_id, account.id, account.email, given_name, family_name, locale, account.epoch, updated_at,
                    authentication.id AS authentication_id, method, provider, scope, at, session.created_at, session.used_at, idle_for,
                    remembered,
                    session.scope_id AS session_scope,
                    COALESCE(account.scope_id = session.scope_id, FALSE) AS only_there,
                    stated.name AS stated_name, stated.email AS stated_email
             FROM session
             JOIN account ON account.id = session.account_id AND account.epoch = session.epoch
             JOIN authentication ON authentication.session_id = session.id
             LEFT JOIN external_identity stated ON stated.id = session.identity_id
             WHERE session.id IN ($1, $2, $3, $4, $5) AND ended_at IS NULL AND expires_at > $6
             ORDER BY at, authentication.id",
            params![id(0), id(1), id(2), id(3), id(4), after],
        )
        .await?;
    let mut sessions: Vec<Session> = Vec::new();
    for row in rows {
        let authentication = Authentication {
            id: row.authentication_id,
            method: row.method,
            provider: row.provider,
            scope: row.scope,
            at: row.at,
        };
        match sessions.iter_mut().find(|session| session.id == row.session_id) {
            Some(session) => session.authentications.push(authentication),
            None => sessions.push(Session {
                id: row.session_id,
                account: row.account,
                scope: row.session_scope,
                only_there: row.only_there,
                authentications: vec![authentication],
                created_at: row.created_at,
                used_at: row.used_at,
                idle_for: Duration::from_micros(row.idle_for.unsigned_abs()),
                remembered: row.remembered,
                stated: row.stated_name.map(|name| Shown {
                    called: name.clone(),
                    name,
                    email: row.stated_email.unwrap_or_default(),
                }),
            }),
        }
    }
    sessions.sort_by_key(|session| ids.iter().position(|id| *id == session.id));
    Ok(sessions)
}
