use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use identity::invitations::InvitationId;
use identity::own_account::OwnAccountId;
use identity::sessions::{self, Device, MOST_PER_BROWSER, PLATFORM_PROVIDER, Session, SessionId};
use identity::{logout, sign_in};
use std::time::Duration;
use tower_sessions::Expiry;
use webkit::{BrowserId, ClientAddress, Cookie, Failure, SetCookie};

use crate::fault;
use crate::state::IdentityServer;

/// Key of the ids of this browser's sessions, the one in use first.
const SESSIONS: &str = "sessions";
/// How long a browser is known to the accounts that have signed in there.
const KNOWN_FOR: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// Key of the invitation that this browser is about to accept.
const INVITATION: &str = "invitation";
/// Key of the proof of an address that makes an account one's own.
const OWN_ACCOUNT: &str = "own_account";

/// The browser that asks: its id, and the living sessions it holds.
pub struct Browser {
    /// Binds interactions.
    pub id: String,
    /// Those that open everything of their account, the one in use first.
    pub sessions: Vec<Session>,
    /// Those, and the ones that a tenant's own provider made: for the way to that tenant alone (DESIGN §4.2). A page of the
    /// account or of the platform never looks here.
    pub of_every_scope: Vec<Session>,
    /// What it calls itself, cut to a sane length, and where it is.
    pub device: Device,
    /// To which accounts it is known; see [`identity::sign_in::remember`].
    pub known_device: String,
    /// Which ways in were used here, the last one first; see [`identity::sign_in::ways_used`].
    pub ways_used: Vec<String>,
    /// The same as the cookie holds it.
    ways: String,
    /// What the cookie holds, whether it is alive or not.
    held: Vec<SessionId>,
    web: tower_sessions::Session,
}

impl Browser {
    /// The sessions to sign out of: also those that have expired meanwhile, since what they opened may still be open.
    pub async fn to_sign_out(&self, server: &IdentityServer) -> webkit::Result<Vec<Session>> {
        if self.held.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
        sessions::load_unended(&mut conn, &self.held).await.map_err(fault::store_failure)
    }

    /// Signs this browser in: the session is the one in use, and the cookie's value changes (WEB-02), so that a value that
    /// somebody set or saw before is worth nothing. What the browser is known by goes with the answer.
    pub async fn sign_in(&mut self, server: &IdentityServer, session: SessionId) -> webkit::Result<Known> {
        let identity = &server.identity;
        let mut conn = identity.store.read().await.map_err(fault::store_failure)?;
        let fresh =
            sessions::load(&mut conn, &[session], identity.ambient.now()).await.map_err(fault::store_failure)?;
        drop(conn);
        // It ended in the moment since: by somebody's change of password for example.
        let Some(fresh) = fresh.into_iter().next() else { return Err(fault::gone()) };
        let (account, scope) = (fresh.account.id, fresh.scope);
        let way = fresh.authentications.last().map_or(PLATFORM_PROVIDER, |proof| &proof.provider).to_owned();
        let (mut dropped, mut held): (Vec<Session>, Vec<Session>) = self
            .to_sign_out(server)
            .await?
            .into_iter()
            .filter(|other| other.id != session)
            .partition(|other| other.account.id == account && other.scope == scope);
        held.insert(0, fresh);
        // One that the browser no longer holds could never be signed out: it ends here.
        dropped.extend(held.split_off(held.len().min(MOST_PER_BROWSER)));
        if !dropped.is_empty() {
            logout::end_sessions(identity, &dropped).await.map_err(fault::failure)?;
        }
        self.hold(server, &held).await?;
        held.retain(|held| held.id == session || self.of_every_scope.iter().any(|living| living.id == held.id));
        self.sessions = held.iter().filter(|session| session.scope.is_none()).cloned().collect();
        self.of_every_scope = held;
        // A tenant's own provider makes no browser known to the account: those have guesses of their own (WEB-06).
        let known = match scope {
            None => sign_in::remember(identity, &self.known_device, account),
            Some(_) => self.known_device.clone(),
        };
        let ways = sign_in::note_way(&identity.master_key, &self.id, &self.ways, &way);
        Ok((device_cookie(server).set(&known, Some(KNOWN_FOR)), ways_cookie(server).set(&ways, Some(KNOWN_FOR))))
    }

    /// Keeps that this browser has followed the link of an invitation, for the page behind the sign-in.
    pub async fn remember_invitation(&self, server: &IdentityServer, id: InvitationId) -> webkit::Result<()> {
        self.keep(server, &self.of_every_scope);
        self.web.insert(INVITATION, id).await.map_err(Failure::internal)
    }

    /// The invitation whose link this browser has followed.
    pub async fn invitation(&self) -> webkit::Result<Option<InvitationId>> {
        self.web.get(INVITATION).await.map_err(Failure::internal)
    }

    /// Keeps that this browser has followed the link which proves an address, for the page behind the sign-in.
    pub async fn remember_own_account(&self, server: &IdentityServer, id: OwnAccountId) -> webkit::Result<()> {
        self.keep(server, &self.of_every_scope);
        self.web.insert(OWN_ACCOUNT, id).await.map_err(Failure::internal)
    }

    /// The proof whose link this browser has followed.
    pub async fn own_account(&self) -> webkit::Result<Option<OwnAccountId>> {
        self.web.get(OWN_ACCOUNT).await.map_err(Failure::internal)
    }

    /// Forgets these sessions; their end is written elsewhere.
    pub async fn forget(&self, server: &IdentityServer, ended: &[Session]) -> webkit::Result<()> {
        let mut left = self.to_sign_out(server).await?;
        left.retain(|session| !ended.iter().any(|ended| ended.id == session.id));
        if left.is_empty() {
            return self.web.flush().await.map_err(Failure::internal);
        }
        self.hold(server, &left).await
    }

    /// The cookie outlives the browser if everyone who is signed in there asked to stay signed in.
    fn keep(&self, server: &IdentityServer, held: &[Session]) {
        let kept = server.identity.settings.sessions.remembered_absolute;
        let all = !held.is_empty() && held.iter().all(|session| session.remembered);
        let kept = all.then(|| kept.try_into().ok()).flatten();
        self.web.set_expiry(Some(kept.map_or(Expiry::OnSessionEnd, Expiry::OnInactivity)));
    }

    async fn hold(&self, server: &IdentityServer, held: &[Session]) -> webkit::Result<()> {
        let ids: Vec<SessionId> = held.iter().map(|session| session.id).collect();
        self.keep(server, held);
        self.web.cycle_id().await.map_err(Failure::internal)?;
        self.web.insert(SESSIONS, ids).await.map_err(Failure::internal)
    }
}

/// What a browser is known by: to which accounts, and which ways in were used there.
pub type Known = (SetCookie, SetCookie);

/// Forgets what a browser is known by.
pub fn unknown(server: &IdentityServer) -> Known {
    (device_cookie(server).clear(), ways_cookie(server).clear())
}

fn ways_cookie(server: &IdentityServer) -> Cookie {
    Cookie::new(&server.kit, "ways")
}

fn device_cookie(server: &IdentityServer) -> Cookie {
    Cookie::new(&server.kit, "device")
}

fn device(headers: &HeaderMap, ClientAddress(address): ClientAddress) -> Device {
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Device { user_agent: user_agent.chars().take(250).collect(), address }
}

impl FromRequestParts<IdentityServer> for Browser {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &IdentityServer) -> Result<Self, Failure> {
        let Ok(BrowserId(id)) = BrowserId::from_request_parts(parts, server).await;
        let Ok(address) = ClientAddress::from_request_parts(parts, server).await;
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
        let device = device(&parts.headers, address);
        let of_every_scope = sessions;
        let sessions = of_every_scope.iter().filter(|session| session.scope.is_none()).cloned().collect();
        if let Some(in_use) = of_every_scope.first() {
            // A page that only reads is shown even if nothing can be written at the moment.
            if let Err(error) = sessions::used(identity, in_use, device.address).await {
                tracing::warn!(%error, "the use of a session was not written down");
            }
        }
        let known_device = device_cookie(server).read(&parts.headers).unwrap_or_default().to_owned();
        let ways = ways_cookie(server).read(&parts.headers).unwrap_or_default().to_owned();
        let ways_used = sign_in::ways_used(&identity.master_key, &id, &ways);
        Ok(Self { id, sessions, of_every_scope, device, known_device, ways_used, ways, held: ids, web })
    }
}
