use std::time::Duration;

use ambient::Timestamp;
use jose::{Algorithm, left_half_hash};
use oidc::claims::{ACCESS_TOKEN_TYPE, AccessTokenClaims, ID_TOKEN_TYPE, IdTokenClaims};
use oidc::client::ClientKind;
use oidc::resource::Target;
use oidc::scope::{self, ScopeSet};
use oidc::token::TokenResponse;

use super::GrantError;
use super::granted::Granted;
use crate::clients::Registered;
use crate::links::{Membership, Standing};
use crate::{Fault, Identity};

/// How long an access token works: short, since it is self-contained.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How long an ID token can be presented (as a hint it serves longer: its expiry is not looked at there).
const ID_TOKEN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// What tokens are made from.
pub(crate) struct Minting<'a> {
    pub granted: &'a Granted,
    /// As many as were granted, or fewer.
    pub scopes: &'a ScopeSet,
    /// What the access token is for.
    pub target: &'a Target,
    /// That of the authorization request; none at a refresh (OIDC Core §12.2).
    pub nonce: Option<&'a str>,
    pub standing: &'a Standing,
    pub now: Timestamp,
}

/// Signs the tokens: two signatures, no database.
pub(crate) fn mint(
    identity: &Identity,
    client: &Registered,
    minting: &Minting<'_>,
) -> Result<TokenResponse, GrantError> {
    let scopes = minting.target.narrow(minting.scopes)?;
    let access_token = access_token(identity, client, minting, &scopes)?;
    let id_token = minting
        .scopes
        .contains(scope::OPENID)
        .then(|| id_token(identity, client, minting, &access_token))
        .transpose()?;
    let tokens = TokenResponse::bearer(access_token, ACCESS_TOKEN_LIFETIME.as_secs(), scopes);
    Ok(match id_token {
        Some(id_token) => tokens.with_id_token(id_token),
        None => tokens,
    })
}

fn access_token(
    identity: &Identity,
    client: &Registered,
    minting: &Minting<'_>,
    scopes: &ScopeSet,
) -> Result<String, Fault> {
    let (granted, standing, issuer) = (minting.granted, minting.standing, identity.settings.issuer());
    let membership = standing.active().filter(|_| scopes.contains(scope::MEMBERSHIP));
    // A tenant's API hears which tenant it is, and looks its members up itself.
    let named = matches!(minting.target, Target::Api(_)) || membership.is_some();
    let claims = AccessTokenClaims {
        iss: issuer.to_owned(),
        sub: standing.subject.clone(),
        aud: minting.target.audience(issuer).to_owned(),
        exp: minting.now.plus(ACCESS_TOKEN_LIFETIME).as_seconds(),
        iat: minting.now.as_seconds(),
        jti: identity.ambient.identifier(),
        client_id: client.client.client_id.clone(),
        scope: scopes.clone(),
        auth_time: Some(granted.auth_time.as_seconds()),
        acr: Some(granted.acr.clone()),
        amr: None,
        grant: Some(granted.grant_id.to_string()),
        tenant: standing.tenant.clone().filter(|_| named),
        roles: membership.map(Membership::roles),
        groups: membership.map(Membership::groups),
    };
    identity.keys.sign(Algorithm::ES256, ACCESS_TOKEN_TYPE, &claims)
}

fn id_token(
    identity: &Identity,
    client: &Registered,
    minting: &Minting<'_>,
    access_token: &str,
) -> Result<String, Fault> {
    let (granted, standing) = (minting.granted, minting.standing);
    let instance = client.client.kind == ClientKind::TenantInstance;
    let claims = IdTokenClaims {
        iss: identity.settings.issuer().to_owned(),
        sub: standing.subject.clone(),
        aud: client.client.client_id.clone(),
        exp: minting.now.plus(ID_TOKEN_LIFETIME).as_seconds(),
        iat: minting.now.as_seconds(),
        auth_time: granted.auth_time.as_seconds(),
        nonce: minting.nonce.map(str::to_owned),
        acr: granted.acr.clone(),
        amr: serde_json::from_str(&granted.amr)?,
        sid: granted.sid.clone(),
        at_hash: Some(left_half_hash(access_token)),
        // Only a tenant's own instance hears how its member signed in (DESIGN §4.3).
        idp: instance.then(|| granted.provider.clone()),
        only_by_provider: (instance && standing.glass_without_own).then_some(true),
        only_here: (instance && standing.only_here).then_some(true),
        member_version: instance.then(|| standing.membership.as_ref().map_or(0, |membership| membership.version)),
    };
    identity.keys.sign(client.client.id_token_alg, ID_TOKEN_TYPE, &claims)
}
