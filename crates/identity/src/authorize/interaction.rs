use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use audit::{Actor, Entry};
use oidc::authorize::AuthorizationRequest;
use serde::{Deserialize, Serialize};
use store::{PLATFORM, StoreError, Tx, params};

use super::Situation;
use crate::clients::{self, ClientRowId, Registered};
use crate::invitations::InvitationId;
use crate::sessions::{Asking, Device, Session, SessionId};
use crate::tenants::TenantId;
use crate::{Fault, Identity, allowances, links};

store::row_id!(
    /// An interaction. Its id stands in the pages' addresses; without the browser's cookie it opens nothing.
    InteractionId
);

/// How long a request waits for somebody to say who they are.
const UNTIL_TYPED: Duration = Duration::from_secs(60 * 60);
/// How long it waits after that: as long as a sign-up mail works.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// What the person came for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// An application sent them.
    Authorize(Box<AuthorizationRequest>),
    /// One of our own pages wants to know who they are.
    Visit {
        /// Its path.
        path: String,
    },
    /// Somebody who has followed the link of an invitation accepts it by the provider that it names.
    Invitation {
        /// Which.
        id: InvitationId,
        /// Where to.
        tenant: TenantId,
    },
}

/// A request that waits for a person in one browser.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// Who sent it; none for our own pages.
    pub client: Option<Registered>,
    /// What for.
    pub errand: Errand,
    /// The address typed so far.
    pub email: Option<String>,
    /// The session chosen so far.
    pub chosen: Option<SessionId>,
    /// Whether its person has consented.
    pub consented: bool,
    /// When it came.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    browser_hash: SecretHash,
    client_id: Option<ClientRowId>,
    request: String,
    email: Option<String>,
    chosen: Option<SessionId>,
    consented: bool,
    created_at: Timestamp,
}

/// Lets a request wait, bound to this browser.
///
/// # Errors
/// [`Fault::TooMany`] wait already that came from this network; [`Fault`].
pub async fn begin(
    identity: &Identity,
    browser: &str,
    device: &Device,
    client: Option<ClientRowId>,
    errand: &Errand,
) -> Result<InteractionId, Fault> {
    let id = InteractionId(identity.ambient.row_id());
    let row = params![id, SecretHash::of(browser), client, serde_json::to_string(errand)?];
    let input = (row, allowances::network(device.address), identity.ambient.now());
    let begun = identity.store.write::<_, _, StoreError, _>(input, |tx, (row, network, now)| {
        Box::pin(async move {
            if allowances::take(tx, &allowances::SOURCE_REQUESTS, network, *now).await?.is_none() {
                return Ok(false);
            }
            let mut row = row.clone();
            row.extend(params![now, now.plus(UNTIL_TYPED), SecretHash::of(network)]);
            tx.execute(
                "INSERT INTO interaction (id, browser_hash, client_id, request, consented, created_at, expires_at,
                     network_hash)
                 VALUES ($1, $2, $3, $4, FALSE, $5, $6, $7)",
                row,
            )
            .await?;
            Ok(true)
        })
    });
    if begun.await? { Ok(id) } else { Err(Fault::TooMany(allowances::SOURCE_REQUESTS.window)) }
}

/// The waiting request, for the browser that brought it: for any other browser it does not exist (LK-02).
///
/// # Errors
/// [`Fault`].
pub async fn load(identity: &Identity, id: InteractionId, browser: &str) -> Result<Option<Interaction>, Fault> {
    let mut conn = identity.store.read().await?;
    let row: Option<Row> = conn
        .maybe(
            "SELECT browser_hash, client_id, request, email, chosen, consented, created_at
             FROM interaction WHERE id = $1 AND finished_at IS NULL AND expires_at > $2",
            params![id, identity.ambient.now()],
        )
        .await?;
    let Some(row) = row.filter(|row| row.browser_hash.matches(&SecretHash::of(browser))) else { return Ok(None) };
    let client = match row.client_id {
        Some(client) => clients::find_by_row(&mut conn, client).await?,
        None => None,
    };
    Ok(Some(Interaction {
        id,
        client,
        errand: serde_json::from_str(&row.request)?,
        email: row.email,
        chosen: row.chosen,
        consented: row.consented,
        created_at: row.created_at,
    }))
}

/// Keeps the typed address, so that the next page can show it.
///
/// # Errors
/// [`Fault`].
pub async fn remember_email(identity: &Identity, id: InteractionId, email: Option<&str>) -> Result<(), Fault> {
    let until = identity.ambient.now().plus(LIFETIME);
    update(identity, "UPDATE interaction SET email = $2, expires_at = $3 WHERE id = $1", params![id, email, until])
        .await
}

/// Keeps the chosen account. What another account consented to does not count for it.
///
/// # Errors
/// [`Fault`].
pub async fn choose(identity: &Identity, id: InteractionId, session: Option<SessionId>) -> Result<(), Fault> {
    update(identity, "UPDATE interaction SET chosen = $2, consented = FALSE WHERE id = $1", params![id, session]).await
}

/// Ends the wait of somebody who turns back.
///
/// # Errors
/// [`Fault`].
pub async fn turn_back(identity: &Identity, id: InteractionId) -> Result<(), Fault> {
    let now = identity.ambient.now();
    update(identity, "UPDATE interaction SET finished_at = $2, expires_at = $2 WHERE id = $1", params![id, now]).await
}

/// Ends the wait of somebody who is signed in now and goes on to one of our own pages.
///
/// # Errors
/// [`Fault`].
pub async fn arrive(identity: &Identity, id: InteractionId) -> Result<(), Fault> {
    let input = (id, identity.ambient.now());
    let arrived =
        identity.store.write::<_, _, StoreError, _>(input, |tx, (id, now)| Box::pin(has_arrived(tx, *id, *now)));
    arrived.await?;
    Ok(())
}

/// Ends the wait of a request that has led to where it was meant to, once: false if it was over. It counts no longer
/// against its network.
pub(super) async fn has_arrived(tx: &mut Tx, id: InteractionId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE interaction SET finished_at = $1, expires_at = $1 WHERE id = $2 AND finished_at IS NULL";
    if tx.execute(sql, params![now, id]).await? == 0 {
        return Ok(false);
    }
    allowances::give_back_request(tx, id).await?;
    Ok(true)
}

async fn update(identity: &Identity, sql: &'static str, params: Vec<store::Value>) -> Result<(), Fault> {
    identity
        .store
        .write::<_, _, StoreError, _>(params, move |tx, params| Box::pin(tx.execute(sql, params.clone())))
        .await?;
    Ok(())
}

/// The person enters a tenant for the first time: the link is made, by their own POST and by nothing else. Nothing is, if they have
/// been signed out meanwhile.
///
/// # Errors
/// [`Fault`].
pub async fn join(identity: &Identity, tenant: TenantId, session: &Session) -> Result<(), Fault> {
    let asking = Asking::from(session);
    let account = asking.account;
    let entry = Entry::new(&identity.ambient, Actor::Account(account.0), "link.made").on("tenant", tenant.0);
    identity
        .store
        .write::<_, _, StoreError, _>((tenant, asking, entry), |tx, (tenant, asking, entry)| {
            Box::pin(async move {
                if !asking.holds(tx).await? {
                    return Ok(());
                }
                links::link(tx, *tenant, asking.account, entry.at).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await
            })
        })
        .await?;
    Ok(())
}

/// The person of the situation's session lets its application have what it asks for; remembered for the next time. False, and
/// nothing is given, if they have been signed out meanwhile.
///
/// # Errors
/// [`Fault`].
pub async fn consent(
    identity: &Identity,
    interaction: InteractionId,
    situation: &Situation<'_>,
) -> Result<bool, Fault> {
    let Some(session) = situation.session else { return Ok(false) };
    let (account, client, scopes) = (session.account.id, situation.client.id, situation.request.scope.to_string());
    let entry = Entry::new(&identity.ambient, Actor::Account(account.0), "consent.given")
        .on("client", client.0)
        .detail(serde_json::json!({ "scopes": scopes }));
    let tenant = situation.tenant.as_ref().map_or(PLATFORM, |tenant| tenant.id.0);
    // For a tenant that there is none of it was given to this request alone: it must not count for one without a tenant.
    let remembered = situation.tenant.is_some() || situation.request.tenant.is_none();
    let given = params![account, client, tenant, scopes, entry.at];
    let input = (interaction, given, entry, Asking::from(session));
    let consented =
        identity.store.write::<_, _, StoreError, _>(input, move |tx, (interaction, given, entry, asking)| {
            Box::pin(async move {
                if !asking.holds(tx).await? {
                    return Ok(false);
                }
                if remembered {
                    tx.execute(REMEMBER_CONSENT, given.clone()).await?;
                }
                tx.execute("UPDATE interaction SET consented = TRUE WHERE id = $1", params![interaction]).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(true)
            })
        });
    Ok(consented.await?)
}

const REMEMBER_CONSENT: &str =
    "INSERT INTO consent (account_id, client_id, tenant_id, scopes, granted_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, client_id, tenant_id)
     DO UPDATE SET scopes = excluded.scopes, granted_at = excluded.granted_at";
