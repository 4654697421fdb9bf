use audit::{Actor, Entry};
use oidc::error::{ErrorCode, OAuthError};
use store::{PLATFORM, StoreError};
use uuid::Uuid;

use super::client_credentials::verify_access_token;
use super::living::grant_of;
use super::refresh::{RefreshToken, family};
use super::{GrantError, revoke};
use crate::clients::{ClientRowId, Registered};
use crate::{Fault, Identity};

/// Revokes what a token belongs to (RFC 7009 §2.1): with a refresh token or an access token goes the whole grant, since it
/// was one permission. Any token of a family serves, so that a client that lost the last answer can end it too. Another
/// client's token, a forged one, none at all: nothing happens, and the answer is the same.
///
/// # Errors
/// `unsupported_token_type` for a token of the client for itself: it stands in no table and lives five minutes.
pub async fn revoke_token(identity: &Identity, client: &Registered, token: &str) -> Result<(), GrantError> {
    let grant = match RefreshToken::parse(token, &identity.master_key) {
        Some(token) => grant_of_family(identity, client.id, &token).await?,
        None => grant_of_access_token(identity, client, token)?,
    };
    if let Some(grant) = grant {
        end(identity, client, grant).await?;
    }
    Ok(())
}

async fn grant_of_family(
    identity: &Identity,
    client: ClientRowId,
    token: &RefreshToken,
) -> Result<Option<Uuid>, Fault> {
    let family = family::find(&mut identity.store.read().await?, token.family()).await?;
    Ok(family
        .map(|family| family.granted)
        .filter(|granted| granted.client_id == client)
        .map(|granted| granted.grant_id))
}

fn grant_of_access_token(identity: &Identity, client: &Registered, token: &str) -> Result<Option<Uuid>, OAuthError> {
    let own = verify_access_token(identity, token).filter(|claims| claims.client_id == client.client.client_id);
    let Some(claims) = own else { return Ok(None) };
    if claims.grant.is_none() {
        let unsupported = "tokens of a client for itself cannot be revoked";
        return Err(OAuthError::new(ErrorCode::UnsupportedTokenType, unsupported));
    }
    Ok(grant_of(&claims))
}

async fn end(identity: &Identity, client: &Registered, grant: Uuid) -> Result<(), Fault> {
    let entry = Entry::new(&identity.ambient, Actor::Client(client.client.client_id.clone()), "grant.revoked")
        .on("grant", grant);
    identity
        .store
        .write::<_, _, StoreError, _>((grant, entry), |tx, (grant, entry)| {
            Box::pin(async move {
                if revoke::one(tx, *grant, entry.at).await? {
                    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}
