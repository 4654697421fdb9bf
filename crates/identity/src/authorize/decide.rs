use ambient::Timestamp;
use oidc::authorize::AuthorizationRequest;
use oidc::client::ClientKind;
use oidc::error::ErrorCode;
use oidc::scope::ScopeSet;
use store::{PLATFORM, params};

use super::{Door, Facts, Step, next_step};
use crate::clients::Registered;
use crate::sessions::{Session, SessionId};
use crate::tenants::{self, Reach, Tenant};
use crate::{Fault, Identity, links};

/// A request with all that is known about it now, and what comes next.
#[derive(Debug)]
pub struct Situation<'a> {
    /// Who sent it.
    pub client: &'a Registered,
    /// The request.
    pub request: &'a AuthorizationRequest,
    /// The tenant that it leads to: the client's own, or the one that a platform-wide application names.
    pub tenant: Option<Tenant>,
    /// The session that it would use.
    pub session: Option<&'a Session>,
    /// What comes next.
    pub step: Step,
}

/// What the request's interaction knows so far; for a request that has none yet: when it came, and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// When the request came.
    pub came_at: Timestamp,
    /// The session chosen.
    pub chosen: Option<SessionId>,
    /// Whether consent was given to it.
    pub consented: bool,
}

/// Gathers the facts and asks [`next_step`].
///
/// # Errors
/// [`Fault`].
pub async fn decide<'a>(
    identity: &Identity,
    client: &'a Registered,
    request: &'a AuthorizationRequest,
    sessions: &'a [Session],
    hinted_subject: Option<&str>,
    progress: Progress,
) -> Result<Situation<'a>, Fault> {
    let mut conn = identity.store.read().await?;
    let tenant = match (client.tenant, &request.tenant) {
        (Some(tenant), _) => tenants::find(&mut conn, tenant).await?,
        (None, Some(slug)) => tenants::find_by_slug(&mut conn, slug).await?,
        (None, None) => None,
    };
    let now = identity.ambient.now();
    // Before anything is asked of anybody: nobody signs in for a door that does not open (DESIGN §3.5).
    if let Some(id) = client.tenant.or(tenant.as_ref().map(|tenant| tenant.id)) {
        let reach = tenants::reach(&mut conn, id, now).await?;
        if reach.closes_to(client.client.kind) {
            let step = closed(reach, request);
            return Ok(Situation { client, request, tenant, session: None, step });
        }
    }
    if client.tenant.is_none() && request.tenant.is_some() && tenant.is_none() {
        let step = Step::Refuse(ErrorCode::InvalidTarget);
        return Ok(Situation { client, request, tenant: None, session: None, step });
    }
    let session = match progress.chosen {
        Some(chosen) => sessions.iter().find(|session| session.id == chosen),
        None => sessions.first(),
    };
    let (door, hint_fits, consent_covers) = match session {
        None => (Door::None, None, false),
        Some(session) => {
            let account = session.account.id;
            let door = match &tenant {
                None => Door::None,
                Some(tenant) => door(&mut conn, tenant, account).await?,
            };
            let hint_fits = match hinted_subject {
                None => None,
                Some(hinted) => {
                    let known = links::known_subject(&mut conn, client.sector(), account).await?;
                    Some(known.as_deref() == Some(hinted))
                }
            };
            let covers = client.client.kind != ClientKind::PlatformApplication
                || consent_covers(&mut conn, client, account, tenant.as_ref(), request).await?;
            (door, hint_fits, covers)
        }
    };
    let step = next_step(&Facts {
        request,
        kind: client.client.kind,
        came_at: progress.came_at,
        authenticated_at: session.map(Session::authenticated_at),
        hint_fits,
        chosen: progress.chosen.is_some(),
        door,
        consent_covers,
        consented: progress.consented,
        now,
    });
    Ok(Situation { client, request, tenant, session, step })
}

/// With `prompt=none` no page may be shown.
fn closed(reach: Reach, request: &AuthorizationRequest) -> Step {
    match reach {
        _ if !request.prompts("none") => Step::Closed(reach),
        Reach::CutOff => Step::Refuse(ErrorCode::TemporarilyUnavailable),
        Reach::Open | Reach::Suspended => Step::Refuse(ErrorCode::AccessDenied),
    }
}

async fn door(conn: &mut store::Conn, tenant: &Tenant, account: crate::accounts::AccountId) -> Result<Door, Fault> {
    if !links::linked(conn, tenant.id, account).await? {
        return Ok(Door::Unlinked);
    }
    let state = match links::known_subject(conn, tenant.id.0, account).await? {
        None => None,
        Some(subject) => links::membership(conn, tenant.id, &subject).await?.map(|membership| membership.state),
    };
    Ok(Door::Linked(state))
}

async fn consent_covers(
    conn: &mut store::Conn,
    client: &Registered,
    account: crate::accounts::AccountId,
    tenant: Option<&Tenant>,
    request: &AuthorizationRequest,
) -> Result<bool, Fault> {
    let tenant = tenant.map_or(PLATFORM, |tenant| tenant.id.0);
    let row: Option<(String,)> = conn
        .maybe(
            "SELECT scopes FROM consent WHERE account_id = $1 AND client_id = $2 AND tenant_id = $3",
            params![account, client.id, tenant],
        )
        .await?;
    let given = row.and_then(|(scopes,)| ScopeSet::parse(&scopes).ok()).unwrap_or_default();
    Ok(request.scope.iter().all(|scope| given.contains(scope)))
}
