use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use identity::invitations::InvitationId;
use identity::logout;
use identity::sessions::{self, MOST_PER_BROWSER, Session, SessionId};
use webkit::{BrowserId, Failure};

use crate::fault;
use crate::state::IdentityServer;

/// Key of the ids of this browser's sessions, the one in use first.
const SESSIONS: &str = "sessions";
/// Key of the invitation that this browser is about to accept.
const INVITATION: &str = "invitation";

/// The browser that asks: its id, and the living sessions it holds.
pub struct Browser {
    /// Binds interactions.
    pub id: String,
    /// The one in use first.
    pub sessions: Vec<Session>,
    /// What it calls itself; cut to a sane length.
    pub user_agent: String,
    web: tower_sessions::Session,
}

impl Browser {
    /// Signs this browser in: the session is the one in use, and the cookie's value changes (WEB-02), so that a value that
    /// somebody set or saw before is worth nothing.
    pub async fn sign_in(&mut self, server: &IdentityServer, session: SessionId) -> webkit::Result<()> {
        let others = self.sessions.iter().map(|session| session.id).filter(|other| *other != session);
        let mut ids: Vec<SessionId> = std::iter::once(session).chain(others).collect();
        // One that the browser no longer holds could never be signed out: it ends here.
        let dropped = ids.split_off(ids.len().min(MOST_PER_BROWSER));
        let dropped: Vec<Session> =
            self.sessions.iter().filter(|session| dropped.contains(&session.id)).cloned().collect();
        if !dropped.is_empty() {
            logout::end_sessions(&server.identity, &dropped).await.map_err(fault::failure)?;
        }
        self.web.cycle_id().await.map_err(Failure::internal)?;
        self.web.insert(SESSIONS, ids).await.map_err(Failure::internal)
    }

    /// Keeps that this browser has followed the link of an invitation, for the page behind the sign-in.
    pub async fn remember_invitation(&self, id: InvitationId) -> webkit::Result<()> {
        self.web.insert(INVITATION, id).await.map_err(Failure::internal)
    }

    /// The invitation whose link this browser has followed.
    pub async fn invitation(&self) -> webkit::Result<Option<InvitationId>> {
        self.web.get(INVITATION).await.map_err(Failure::internal)
    }

    /// Forgets these sessions; their end is written elsewhere.
    pub async fn forget(&self, ended: &[Session]) -> webkit::Result<()> {
        let left = self.sessions.iter().map(|session| session.id);
        let left: Vec<SessionId> = left.filter(|id| !ended.iter().any(|ended| ended.id == *id)).collect();
        if left.is_empty() {
            return self.web.flush().await.map_err(Failure::internal);
        }
        self.web.cycle_id().await.map_err(Failure::internal)?;
        self.web.insert(SESSIONS, left).await.map_err(Failure::internal)
    }
}

impl FromRequestParts<IdentityServer> for Browser {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &IdentityServer) -> Result<Self, Failure> {
        let Ok(BrowserId(id)) = BrowserId::from_request_parts(parts, server).await;
        let web = tower_sessions::Session::from_request_parts(parts, server)
            .await
            .map_err(|(_, reason)| Failure::internal(reason))?;
        let ids: Vec<SessionId> = web.get(SESSIONS).await.map_err(Failure::internal)?.unwrap_or_default();
        let identity = &server.identity;
        let sessions = if ids.is_empty() {
            Vec::new()
        } else {
            let mut conn = identity.store.read().await.map_err(fault::store_failure)?;
            sessions::load(&mut conn, &ids, identity.ambient.now()).await.map_err(fault::store_failure)?
        };
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self { id, sessions, user_agent: user_agent.chars().take(250).collect(), web })
    }
}
