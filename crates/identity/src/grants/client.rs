use std::time::Duration;

use ambient::SecretHash;
use audit::{Actor, Entry};
use oidc::client_auth::{AssertionId, Presented, check_assertion};
use oidc::error::{ErrorCode, OAuthError};
use oidc::params::Params;
use store::{PLATFORM, StoreError, params};

use super::GrantError;
use crate::allowances::{self, Limit};
use crate::clients::{self, Registered};
use crate::{Fault, Identity};

/// How many refusals of one client are written to the audit log: who knocks on and on does not fill it. The server's log
/// has them all.
const REFUSALS_NOTED: Limit = Limit { kind: "client_refusal", most: 20, window: Duration::from_secs(60 * 60) };

/// Finds out which client is asking, and lets it prove that by its registered method and no other.
///
/// # Errors
/// `invalid_client`: unknown, disabled, wrong secret, wrong method, bad or used assertion.
pub async fn authenticate_client(
    identity: &Identity,
    authorization: Option<&str>,
    form: &Params,
) -> Result<Registered, GrantError> {
    let presented = Presented::read(authorization, form)?;
    let client_id = presented.client_id().to_owned();
    let registered = clients::find(&mut identity.store.read().await?, &client_id)
        .await?
        .ok_or_else(|| refused(format!("unknown client {client_id:?}")))?;
    match prove(identity, &presented, &registered).await {
        Ok(()) => Ok(registered),
        Err(GrantError::OAuth(refusal)) => {
            note(identity, &registered, &refusal).await?;
            Err(refusal.into())
        }
        Err(fault) => Err(fault),
    }
}

async fn prove(identity: &Identity, presented: &Presented, registered: &Registered) -> Result<(), GrantError> {
    // By its registered method and no other: the secret of a client that signs assertions is nothing.
    presented.check_method(&registered.client)?;
    match presented {
        Presented::Basic { secret, .. } | Presented::Post { secret, .. } => {
            let right = registered.secret_hash.as_ref().is_some_and(|hash| hash.matches(&SecretHash::of(secret)));
            if !right {
                return Err(refused("wrong secret".to_owned()).into());
            }
        }
        Presented::Assertion { jwt, .. } => {
            let token_endpoint = identity.settings.page("/token");
            let now = identity.ambient.now();
            let id = check_assertion(jwt, &registered.client, identity.settings.issuer(), &token_endpoint, now)?;
            use_once(identity, registered, id).await?;
        }
        Presented::Nothing { .. } => {}
    }
    Ok(())
}

/// Somebody has said to be this client, and has not proved it.
async fn note(identity: &Identity, client: &Registered, refusal: &OAuthError) -> Result<(), Fault> {
    // It may quote what was sent.
    let why: String = refusal.detail().chars().filter(|c| !c.is_control()).take(200).collect();
    let entry = Entry::new(&identity.ambient, Actor::Nobody, "client.refused")
        .on("client", client.id)
        .detail(serde_json::json!({ "client_id": client.client.client_id, "why": why }));
    identity
        .store
        .write::<_, _, StoreError, _>(entry, |tx, entry| {
            Box::pin(async move {
                let client = entry.target.as_ref().map_or("", |target| &target.id);
                if allowances::take(tx, &REFUSALS_NOTED, client, entry.at).await?.is_some() {
                    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// An assertion proves something once (RFC 7523 §3, item 7): the row count decides, on however many nodes (OA-16).
async fn use_once(identity: &Identity, client: &Registered, id: AssertionId) -> Result<(), GrantError> {
    let input = (client.id, SecretHash::of(&id.jti), id.expires_at);
    let first = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (client, jti, expires_at)| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO assertion_use (client_id, jti_hash, expires_at) VALUES ($1, $2, $3)
                     ON CONFLICT (client_id, jti_hash) DO NOTHING",
                    params![client, jti, expires_at],
                )
                .await
            })
        })
        .await?;
    if first == 1 { Ok(()) } else { Err(refused("assertion used before".to_owned()).into()) }
}

fn refused(detail: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, "client authentication failed").with_detail(detail)
}
