use std::time::Duration;

use ambient::{Opaque, Timestamp};
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::interaction::has_arrived;
use super::{InteractionId, Situation};
use crate::accounts::AccountId;
use crate::clients::ClientRowId;
use crate::sessions::{self, ACR_SINGLE_FACTOR, SessionId};
use crate::tenants::TenantId;
use crate::{Fault, Identity, links};

/// How long a code works (RFC 6749 §4.1.2 recommends ten minutes at most; we take the certification's bar).
const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// What became of a request that nothing stands against.
#[derive(Debug, Clone)]
pub enum Issued {
    /// The code, to be sent to the client.
    Code(String),
    /// The session ended or the application was disabled meanwhile, or the interaction was finished by another tab.
    TooLate,
}

struct Input {
    code: Opaque,
    grant_id: Uuid,
    client: ClientRowId,
    sector: Uuid,
    account: AccountId,
    session: SessionId,
    tenant: Option<TenantId>,
    is_instance: bool,
    offline: bool,
    interaction: Option<InteractionId>,
    fresh_subject: String,
    fresh_sid: String,
    redirect_uri: String,
    nonce: Option<String>,
    code_challenge: Option<String>,
    scopes: String,
    resource: Option<String>,
    claims: String,
    auth_time: Timestamp,
    amr: String,
    provider: String,
    proof: Uuid,
    now: Timestamp,
    used: bool,
    entry: Entry,
}

/// Writes the grant and its code down. The session must be alive and the interaction unfinished when it is written.
///
/// # Errors
/// [`Fault`].
pub async fn issue(
    identity: &Identity,
    situation: &Situation<'_>,
    interaction: Option<InteractionId>,
) -> Result<Issued, Fault> {
    let Some(session) = situation.session else { return Ok(Issued::TooLate) };
    let Some(proof) = session.proof(situation.opener.as_deref()) else { return Ok(Issued::TooLate) };
    let ambient = &identity.ambient;
    let request = situation.request;
    let input = Input {
        code: ambient.opaque(),
        grant_id: ambient.row_id(),
        client: situation.client.id,
        sector: situation.client.sector(),
        account: session.account.id,
        session: session.id,
        tenant: situation.tenant.as_ref().map(|tenant| tenant.id),
        is_instance: situation.client.client.kind == oidc::client::ClientKind::TenantInstance,
        offline: request.scope.contains(oidc::scope::OFFLINE_ACCESS),
        interaction,
        fresh_subject: ambient.identifier(),
        fresh_sid: ambient.identifier(),
        redirect_uri: request.redirect_uri.clone(),
        nonce: request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        scopes: request.scope.to_string(),
        resource: request.resource.clone(),
        claims: serde_json::to_string(&request.claims.userinfo)?,
        auth_time: proof.at,
        amr: serde_json::to_string(&session.amr(situation.opener.as_deref()))?,
        provider: proof.provider.clone(),
        proof: proof.id,
        now: ambient.now(),
        used: session.is_due(ambient.now()),
        entry: Entry::new(ambient, Actor::Account(session.account.id.0), "code.issued")
            .on("client", situation.client.id.0),
    };
    Ok(identity.store.write(input, |tx, input| Box::pin(write(tx, input))).await?)
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Issued, StoreError> {
    let Some(known) = known(tx, input).await? else { return Ok(Issued::TooLate) };
    if !still_wanted(tx, input).await? {
        return Ok(Issued::TooLate);
    }
    let subject = match known.subject {
        Some(subject) => subject,
        None => links::subject(tx, input.sector, input.account, &input.fresh_subject).await?,
    };
    let sid = known.sid.unwrap_or_else(|| input.fresh_sid.clone());
    if !known.noted {
        note(tx, input, &sid, &subject).await?;
    }
    insert_grant(tx, input).await?;
    tx.execute(
        "INSERT INTO authorization_code (id, secret_hash, grant_id, redirect_uri, nonce, code_challenge, auth_time, amr, acr,
             provider, sid, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            input.code.id(),
            input.code.hash(),
            input.grant_id,
            input.redirect_uri,
            input.nonce,
            input.code_challenge,
            input.auth_time,
            input.amr,
            ACR_SINGLE_FACTOR,
            input.provider,
            sid,
            input.now.plus(CODE_LIFETIME)
        ],
    )
    .await?;
    if input.is_instance {
        tx.execute(
            "UPDATE link SET opened_at = $1 WHERE tenant_id = $2 AND account_id = $3",
            params![input.now, input.tenant, input.account],
        )
        .await?;
    }
    audit::record(&mut tx.scoped(PLATFORM), &input.entry).await?;
    Ok(Issued::Code(input.code.expose()))
}

/// What is known of a session that is alive, in one statement.
#[derive(sqlx::FromRow)]
struct Known {
    /// What the client's sector calls the person.
    subject: Option<String>,
    /// What it calls the session.
    sid: Option<String>,
    /// Whether this client is noted with the session.
    noted: bool,
}

/// None: the session has ended, or the client was disabled in this moment: it gets nothing that could outlast that.
async fn known(tx: &mut Tx, input: &Input) -> Result<Option<Known>, StoreError> {
    tx.maybe(
        "SELECT subject.subject, own.client_id IS NOT NULL AS noted,
                COALESCE(own.sid, (SELECT session_client.sid FROM session_client
                    JOIN client ON client.id = session_client.client_id
                    WHERE session_client.session_id = session.id AND COALESCE(client.tenant_id, client.id) = $4 LIMIT 1)) AS sid
         FROM session
         LEFT JOIN subject ON subject.sector_id = $4 AND subject.account_id = session.account_id
         LEFT JOIN session_client own ON own.session_id = session.id AND own.client_id = $3
         WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > $2
             AND COALESCE(session.scope_id, $4) = $4
             AND EXISTS (SELECT 1 FROM client WHERE client.id = $3 AND client.disabled_at IS NULL)",
        params![input.session, input.now, input.client, input.sector],
    )
    .await
}

/// Nobody has finished it in another tab.
async fn still_wanted(tx: &mut Tx, input: &Input) -> Result<bool, StoreError> {
    // An application that lets somebody in uses their session.
    if input.used {
        sessions::touch(tx, input.session, None, input.now).await?;
    }
    let Some(interaction) = input.interaction else { return Ok(true) };
    has_arrived(tx, interaction, input.now).await
}

/// Notes the client with the session: it is to hear of a logout.
async fn note(tx: &mut Tx, input: &Input, sid: &str, subject: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO session_client (session_id, client_id, sid, subject) VALUES ($1, $2, $3, $4)
         ON CONFLICT (session_id, client_id) DO NOTHING",
        params![input.session, input.client, sid, subject],
    )
    .await?;
    Ok(())
}

async fn insert_grant(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO access_grant (id, client_id, account_id, session_id, tenant_id, scopes, claims, created_at, offline,
             resource, proof_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            input.grant_id,
            input.client,
            input.account,
            input.session,
            input.tenant,
            input.scopes,
            input.claims,
            input.now,
            input.offline,
            input.resource,
            input.proof
        ],
    )
    .await?;
    Ok(())
}
