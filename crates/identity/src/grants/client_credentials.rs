use std::time::Duration;

use jose::{Algorithm, Expected};
use oidc::claims::{ACCESS_TOKEN_TYPE, AccessTokenClaims};
use oidc::resource::{self, Target};
use oidc::scope::ScopeSet;
use oidc::token::{self, TokenResponse};

use super::{ACCESS_TOKEN_LIFETIME, GrantError};
use crate::clients::{self, Registered};
use crate::{Fault, Identity, tenants};

/// A token for the client itself, for what it may do without a person: at this issuer, or at its tenant's API if it names that
/// as the `resource`. Self-contained: nothing is written.
///
/// # Errors
/// `invalid_scope` for a scope that it is not registered for; `invalid_target` for another resource.
pub async fn client_credentials(
    identity: &Identity,
    client: &Registered,
    scope: Option<&ScopeSet>,
    resource: Option<&str>,
) -> Result<TokenResponse, GrantError> {
    let (now, issuer) = (identity.ambient.now(), identity.settings.issuer());
    let (target, tenant) = match resource {
        None => (Target::Issuer, None),
        Some(resource) => {
            let mut conn = identity.store.read().await?;
            let api = clients::api_of(&mut conn, client).await?;
            let target = resource::target(Some(resource), api.as_deref(), issuer)?;
            if let Some(refusal) = tenants::refusal(&mut conn, client, None, now).await? {
                return Err(refusal.into());
            }
            let tenant = match client.tenant.filter(|_| target != Target::Issuer) {
                Some(tenant) => tenants::find(&mut conn, tenant).await?.map(|tenant| tenant.slug),
                None => None,
            };
            (target, tenant)
        }
    };
    let scope = target.narrow(&token::client_credentials_scope(scope, &client.client)?)?;
    let claims = AccessTokenClaims {
        iss: issuer.to_owned(),
        sub: client.client.client_id.clone(),
        aud: target.audience(issuer).to_owned(),
        exp: now.plus(ACCESS_TOKEN_LIFETIME).as_seconds(),
        iat: now.as_seconds(),
        jti: identity.ambient.identifier(),
        client_id: client.client.client_id.clone(),
        scope: scope.clone(),
        auth_time: None,
        acr: None,
        amr: None,
        grant: None,
        tenant,
        roles: None,
        groups: None,
    };
    let token = identity.keys.sign(Algorithm::ES256, ACCESS_TOKEN_TYPE, &claims)?;
    Ok(TokenResponse::bearer(token, ACCESS_TOKEN_LIFETIME.as_secs(), scope))
}

/// The client that a token of this grant speaks for, if the token has the scope. A person's token is no such token,
/// whatever its scope says (TN-03).
///
/// # Errors
/// [`Fault`].
pub async fn client_of_token(identity: &Identity, token: &str, scope: &str) -> Result<Option<Registered>, Fault> {
    let Some(claims) = verify_access_token(identity, token) else { return Ok(None) };
    let fits = claims.grant.is_none() && claims.sub == claims.client_id && claims.scope.contains(scope);
    if !fits {
        return Ok(None);
    }
    let mut conn = identity.store.read().await?;
    let Some(client) = clients::find(&mut conn, &claims.client_id).await? else { return Ok(None) };
    // A suspended tenant is told nothing and believed nothing.
    let refused = tenants::refusal(&mut conn, &client, None, identity.ambient.now()).await?;
    Ok(refused.is_none().then_some(client))
}

/// Our own access tokens, by our own keys: type, issuer, audience, time.
pub(super) fn verify_access_token(identity: &Identity, token: &str) -> Option<AccessTokenClaims> {
    let issuer = identity.settings.issuer();
    let expected = Expected {
        typ: Some(ACCESS_TOKEN_TYPE),
        issuer,
        audiences: &[issuer],
        algorithms: &[Algorithm::ES256],
        now: identity.ambient.now(),
        leeway: Duration::ZERO,
    };
    jose::verify(token, &identity.keys.current().published, &expected)
        .inspect_err(|error| tracing::debug!(%error, "access token refused"))
        .ok()
}
