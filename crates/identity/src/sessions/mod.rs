//! Sessions and their authentications. The browser's cookie carries ids only; the truth is here.
//!
//! A session is one account in one browser. It lists how its person proved who they are, each time they did: method,
//! provider, scope and time. What an authorization response says (`auth_time`, `amr`, `acr`) comes from the one session
//! that it used.

use std::time::Duration;

use ambient::Timestamp;
use store::{Conn, StoreError, Tx, params};
use uuid::Uuid;

use crate::accounts::{Account, AccountId};

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
    }
);

impl Method {
    /// The authentication method reference (RFC 8176 §2).
    #[must_use]
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Mail => "otp",
        }
    }
}

/// The provider of authentications that we did ourselves.
pub const PLATFORM_PROVIDER: &str = "platform";

/// The authentication context class of one factor, of whatever kind.
pub const ACR_SINGLE_FACTOR: &str = "urn:latchkey:acr:single-factor";

/// How long a session lasts at most.
pub const ABSOLUTE_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// How many accounts one browser may be signed in to at once.
pub const MOST_PER_BROWSER: usize = 5;

/// One proof.
#[derive(Debug, Clone)]
pub struct Authentication {
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
    /// Oldest first; never empty.
    pub authentications: Vec<Authentication>,
}

impl Session {
    /// When its person last proved who they are (`auth_time`).
    #[must_use]
    pub fn authenticated_at(&self) -> Timestamp {
        self.authentications.last().map_or(Timestamp::from_micros(0), |last| last.at)
    }

    /// The methods used, each once (`amr`, RFC 8176).
    #[must_use]
    pub fn amr(&self) -> Vec<String> {
        let mut amr: Vec<String> = Vec::new();
        for authentication in &self.authentications {
            let method = authentication.method.amr();
            if !amr.iter().any(|known| known == method) {
                amr.push(method.to_owned());
            }
        }
        amr
    }

    /// The provider of the last proof (`idp`).
    #[must_use]
    pub fn provider(&self) -> &str {
        self.authentications.last().map_or(PLATFORM_PROVIDER, |last| &last.provider)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    session_id: SessionId,
    #[sqlx(flatten)]
    account: Account,
    method: Method,
    provider: String,
    scope: Option<Uuid>,
    at: Timestamp,
}

/// The living sessions among `ids`, in that order; at most [`MOST_PER_BROWSER`] are looked at.
///
/// # Errors
/// The database's.
pub async fn load(conn: &mut Conn, ids: &[SessionId], now: Timestamp) -> Result<Vec<Session>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let id = |index: usize| ids.get(index).copied().unwrap_or(SessionId(Uuid::nil()));
    let rows: Vec<Row> = conn
        .all(
            "SELECT session.id AS session_id, account.id, email, given_name, family_name, locale, account.epoch, updated_at,
                    method, provider, scope, at
             FROM session
             JOIN account ON account.id = session.account_id AND account.epoch = session.epoch
             JOIN authentication ON authentication.session_id = session.id
             WHERE session.id IN ($1, $2, $3, $4, $5) AND ended_at IS NULL AND expires_at > $6
             ORDER BY at, authentication.id",
            params![id(0), id(1), id(2), id(3), id(4), now],
        )
        .await?;
    let mut sessions: Vec<Session> = Vec::new();
    for row in rows {
        let authentication =
            Authentication { method: row.method, provider: row.provider, scope: row.scope, at: row.at };
        match sessions.iter_mut().find(|session| session.id == row.session_id) {
            Some(session) => session.authentications.push(authentication),
            None => sessions.push(Session {
                id: row.session_id,
                account: row.account,
                authentications: vec![authentication],
            }),
        }
    }
    sessions.sort_by_key(|session| ids.iter().position(|id| *id == session.id));
    Ok(sessions)
}

/// A proof that was just given, to be written down.
#[derive(Debug, Clone)]
pub(crate) struct NewAuthentication {
    /// The browser's session for that account, if it has one: the proof is added to it.
    pub session: Option<SessionId>,
    /// The id for a new one.
    pub fresh: Uuid,
    pub authentication_id: Uuid,
    pub account_id: AccountId,
    pub epoch: i64,
    pub method: Method,
    pub user_agent: String,
    pub now: Timestamp,
}

/// Writes a proof down: in the account's living session of this browser, else in a new one. Returns the session.
///
/// # Errors
/// The database's.
pub(crate) async fn authenticate(tx: &mut Tx, new: &NewAuthentication) -> Result<SessionId, StoreError> {
    let kept: Option<(SessionId,)> = tx
        .maybe(
            "SELECT id FROM session WHERE id = $1 AND account_id = $2 AND epoch = $3 AND ended_at IS NULL AND expires_at > $4",
            params![new.session, new.account_id, new.epoch, new.now],
        )
        .await?;
    let session = match kept {
        Some((session,)) => session,
        None => insert(tx, new).await?,
    };
    tx.execute(
        "INSERT INTO authentication (id, session_id, method, provider, scope, at) VALUES ($1, $2, $3, $4, NULL, $5)",
        params![new.authentication_id, session, new.method, PLATFORM_PROVIDER, new.now],
    )
    .await?;
    Ok(session)
}

async fn insert(tx: &mut Tx, new: &NewAuthentication) -> Result<SessionId, StoreError> {
    tx.execute(
        "INSERT INTO session (id, account_id, epoch, user_agent, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            new.fresh,
            new.account_id,
            new.epoch,
            new.user_agent,
            new.now,
            new.now.plus(ABSOLUTE_LIFETIME)
        ],
    )
    .await?;
    Ok(SessionId(new.fresh))
}
