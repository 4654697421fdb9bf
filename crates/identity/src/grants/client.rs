use ambient::SecretHash;
use oidc::client_auth::{AssertionId, Presented, check_assertion};
use oidc::error::{ErrorCode, OAuthError};
use oidc::params::Params;
use store::{StoreError, params};

use super::GrantError;
use crate::Identity;
use crate::clients::{self, Registered};

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
    // By its registered method and no other: the secret of a client that signs assertions is nothing.
    presented.check_method(&registered.client)?;
    match &presented {
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
            use_once(identity, &registered, id).await?;
        }
        Presented::Nothing { .. } => {}
    }
    Ok(registered)
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
