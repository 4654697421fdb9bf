use ambient::Timestamp;
use oidc::authorize::AuthorizationRequest;
use oidc::client::ClientKind;
use oidc::scope::ScopeSet;
use store::{PLATFORM, params};

use super::step::asks_for_consent;
use super::{Door, Facts, Step, next_step};
use crate::accounts::AccountId;
use crate::clients::Registered;
use crate::links::{MemberState, Membership};
use crate::sessions::{PLATFORM_PROVIDER, Session, SessionId};
use crate::tenants::{self, Tenant, TenantId};
use crate::{Fault, Identity, linking, links, recovery};

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
    /// The one provider that opens the tenant to its person, if one alone does.
    pub opener: Option<String>,
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
    let session = match progress.chosen {
        Some(chosen) => sessions.iter().find(|session| session.id == chosen),
        None => sessions.iter().find(|session| session.opens(client.tenant)),
    };
    // A tenant's provider vouches for that tenant's clients alone (DESIGN §4.2).
    let session = session.filter(|session| session.opens(client.tenant));
    let account = session.map(|session| session.account.id);
    let (door, opener) = door(&mut conn, client, request, tenant.as_ref(), account, now).await?;
    let proof = session.and_then(|session| session.proof(opener.as_deref()));
    let leads_to = client.tenant.or(tenant.as_ref().map(|tenant| tenant.id));
    let opened = match (session, leads_to, &opener) {
        (Some(session), Some(tenant), Some(opener)) if proof.is_some() => {
            linking::claimed(&mut conn, tenant, session.id, opener).await?
        }
        _ => opener.is_none(),
    };
    let door = match door {
        Door::Linked(state) if !opened => Door::Elsewhere(state),
        Door::Linked(state) if refused(&mut conn, leads_to, session, opener.as_deref()).await? => {
            Door::PasswordRefused(state)
        }
        door => door,
    };
    let (hint_fits, consent_covers) = match session {
        None => (None, false),
        Some(session) => {
            let account = session.account.id;
            let hint_fits = match hinted_subject {
                None => None,
                Some(hinted) => {
                    let known = links::known_subject(&mut conn, client.sector(), account).await?;
                    Some(known.as_deref() == Some(hinted))
                }
            };
            let covers = !asks_for_consent(client.client.kind, request)
                || consent_covers(&mut conn, client, account, tenant.as_ref(), request).await?;
            (hint_fits, covers)
        }
    };
    let step = next_step(&Facts {
        request,
        kind: client.client.kind,
        came_at: progress.came_at,
        authenticated_at: proof.map(|proof| proof.at).or(session.map(Session::authenticated_at)),
        hint_fits,
        chosen: progress.chosen.is_some(),
        door,
        consent_covers,
        consented: progress.consented,
        now,
    });
    Ok(Situation { client, request, tenant, session, opener, step })
}

/// Whether the tenant takes what the session was proved by for no proof: the account's own password, until it is changed.
async fn refused(
    conn: &mut store::Conn,
    tenant: Option<TenantId>,
    session: Option<&Session>,
    opener: Option<&str>,
) -> Result<bool, Fault> {
    let own = |session: &&Session| session.proof(opener).is_some_and(|proof| proof.provider == PLATFORM_PROVIDER);
    match (tenant, session.filter(own)) {
        (Some(_), Some(session)) => Ok(recovery::is_refused(conn, tenant, session.account.id).await?),
        _ => Ok(false),
    }
}

async fn door(
    conn: &mut store::Conn,
    client: &Registered,
    request: &AuthorizationRequest,
    tenant: Option<&Tenant>,
    account: Option<AccountId>,
    now: Timestamp,
) -> Result<(Door, Option<String>), Fault> {
    let Some(id) = client.tenant.or(tenant.map(|tenant| tenant.id)) else {
        return Ok((if request.tenant.is_some() { Door::Unknown } else { Door::None }, None));
    };
    let reach = tenants::reach(conn, id, now).await?;
    if reach.closes_to(client.client.kind) {
        return Ok((Door::Closed(reach), None));
    }
    let Some(account) = account else { return Ok((Door::None, None)) };
    if !links::linked(conn, id, account).await? {
        return Ok((Door::Unlinked, None));
    }
    let membership = match links::known_subject(conn, id.0, account).await? {
        None => None,
        Some(subject) => links::membership(conn, id, &subject).await?,
    };
    let alone = |it: &Membership| it.break_glass && it.state == MemberState::Active;
    if client.client.kind != ClientKind::TenantInstance && membership.as_ref().is_some_and(alone) {
        return Ok((Door::InstanceAlone, None));
    }
    let (state, opener) = membership.map(|membership| (membership.state, membership.provider)).unzip();
    Ok((Door::Linked(state), opener.flatten()))
}

async fn consent_covers(
    conn: &mut store::Conn,
    client: &Registered,
    account: AccountId,
    tenant: Option<&Tenant>,
    request: &AuthorizationRequest,
) -> Result<bool, Fault> {
    // What was consented to without a tenant says nothing of one, be it there or not.
    if request.tenant.is_some() && tenant.is_none() {
        return Ok(false);
    }
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
