use oidc::client::AuthMethod;
use oidc::error::{ErrorCode, OAuthError};
use oidc::introspection::Introspection;
use oidc::scope::ScopeSet;

use super::GrantError;
use super::client_credentials::verify_access_token;
use super::living::{grant_of, living};
use super::refresh::{Place, RefreshToken, family};
use crate::clients::Registered;
use crate::{Fault, Identity, links, tenants};

/// Whether a token would be taken now (RFC 7662). A client hears of its own tokens alone: another's is as inactive to it as
/// none at all.
///
/// # Errors
/// `invalid_client` for a public client: it has proved nothing (RFC 7662 §2.1). [`Fault`].
pub async fn introspect(identity: &Identity, client: &Registered, token: &str) -> Result<Introspection, GrantError> {
    if client.client.auth_method == AuthMethod::None {
        let error = OAuthError::new(ErrorCode::InvalidClient, "client authentication failed");
        return Err(error.with_detail("a public client asks for introspection").into());
    }
    let known = match RefreshToken::parse(token, &identity.master_key) {
        Some(token) => refresh_token(identity, client, &token).await?,
        None => access_token(identity, client, token).await?,
    };
    Ok(known.unwrap_or_else(Introspection::inactive))
}

async fn access_token(identity: &Identity, client: &Registered, token: &str) -> Result<Option<Introspection>, Fault> {
    let own = |client_id: &str| client_id == client.client.client_id;
    let Some(claims) = verify_access_token(identity, token).filter(|claims| own(&claims.client_id)) else {
        return Ok(None);
    };
    // A token of a client for itself has no grant, and its client has just proved that it is not disabled.
    if claims.grant.is_some() {
        let Some(grant) = grant_of(&claims) else { return Ok(None) };
        let alive = living(&mut identity.store.read().await?, grant, identity.ambient.now()).await?;
        if alive.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(Introspection {
        active: true,
        scope: Some(claims.scope),
        client_id: Some(claims.client_id),
        token_type: Some("Bearer"),
        exp: Some(claims.exp),
        iat: Some(claims.iat),
        sub: Some(claims.sub),
        aud: Some(claims.aud),
        iss: Some(claims.iss),
        jti: Some(claims.jti),
    }))
}

async fn refresh_token(
    identity: &Identity,
    client: &Registered,
    token: &RefreshToken,
) -> Result<Option<Introspection>, Fault> {
    let now = identity.ambient.now();
    let mut conn = identity.store.read().await?;
    let Some(family) = family::find(&mut conn, token.family()).await? else { return Ok(None) };
    let granted = &family.granted;
    let taken = matches!(family.place(&token.hash(), now), Place::Current | Place::JustExchanged);
    if granted.client_id != client.id || !family.life.goes_on(now) || !taken {
        return Ok(None);
    }
    if tenants::refusal(&mut conn, client, granted.tenant_id, now).await?.is_some() {
        return Ok(None);
    }
    let standing = links::standing(&mut conn, client.sector(), granted.account_id, granted.tenant_id).await?;
    let admitted =
        standing.filter(|standing| standing.admits(client.client.kind, granted.tenant_id, &granted.provider));
    Ok(admitted.map(|standing| Introspection {
        active: true,
        scope: ScopeSet::parse(&granted.scopes).ok(),
        client_id: Some(client.client.client_id.clone()),
        exp: Some(family.idle_until.as_seconds()),
        iat: Some(family.rotated_at.as_seconds()),
        sub: Some(standing.subject),
        iss: Some(identity.settings.issuer().to_owned()),
        ..Introspection::default()
    }))
}
