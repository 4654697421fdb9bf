use std::time::Duration;

use ambient::Timestamp;
use jose::{Algorithm, left_half_hash};
use oidc::claims::{ACCESS_TOKEN_TYPE, AccessTokenClaims, ID_TOKEN_TYPE, IdTokenClaims};
use oidc::client::ClientKind;
use oidc::scope::{self, ScopeSet};
use oidc::token::TokenResponse;

use super::GrantError;
use super::redeemed::Redeemed;
use crate::accounts::Account;
use crate::clients::Registered;
use crate::links::{self, MemberState, Membership};
use crate::{Fault, Identity, tenants};

/// How long an access token works: short, since it is self-contained.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How long an ID token can be presented (as a hint it serves longer: its expiry is not looked at there).
const ID_TOKEN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// What tokens are made from.
pub(crate) struct Minting<'a> {
    pub redeemed: &'a Redeemed,
    pub account: &'a Account,
    pub now: Timestamp,
}

/// What a grant's tenant says of its person.
struct Standing {
    subject: String,
    tenant_slug: Option<String>,
    membership: Option<Membership>,
}

pub(crate) async fn mint(
    identity: &Identity,
    client: &Registered,
    minting: Minting<'_>,
) -> Result<TokenResponse, GrantError> {
    let scopes = ScopeSet::parse(&minting.redeemed.scopes)?;
    let standing = standing(identity, client, &minting).await?;
    let access_token = access_token(identity, client, &minting, &standing, &scopes)?;
    let id_token = id_token(identity, client, &minting, &standing, &access_token)?;
    Ok(TokenResponse::bearer(access_token, ACCESS_TOKEN_LIFETIME.as_secs(), scopes).with_id_token(id_token))
}

async fn standing(identity: &Identity, client: &Registered, minting: &Minting<'_>) -> Result<Standing, GrantError> {
    let mut conn = identity.store.read().await?;
    let account = minting.account.id;
    let subject = links::known_subject(&mut conn, client.sector(), account)
        .await?
        .ok_or_else(|| Fault::Defect("a grant without a subject".to_owned()))?;
    let Some(tenant) = minting.redeemed.tenant_id else {
        return Ok(Standing { subject, tenant_slug: None, membership: None });
    };
    let there = links::known_subject(&mut conn, tenant.0, account).await?;
    let membership = match there {
        Some(there) => links::membership(&mut conn, tenant, &there).await?,
        None => None,
    };
    let tenant_slug = tenants::find(&mut conn, tenant).await?.map(|tenant| tenant.slug);
    Ok(Standing { subject, tenant_slug, membership })
}

fn access_token(
    identity: &Identity,
    client: &Registered,
    minting: &Minting<'_>,
    standing: &Standing,
    scopes: &ScopeSet,
) -> Result<String, Fault> {
    let membership = standing
        .membership
        .as_ref()
        .filter(|membership| scopes.contains(scope::MEMBERSHIP) && membership.state == MemberState::Active);
    let claims = AccessTokenClaims {
        iss: identity.settings.issuer().to_owned(),
        sub: standing.subject.clone(),
        aud: identity.settings.issuer().to_owned(),
        exp: minting.now.plus(ACCESS_TOKEN_LIFETIME).as_seconds(),
        iat: minting.now.as_seconds(),
        jti: identity.ambient.identifier(),
        client_id: client.client.client_id.clone(),
        scope: scopes.clone(),
        auth_time: Some(minting.redeemed.auth_time.as_seconds()),
        acr: Some(minting.redeemed.acr.clone()),
        amr: None,
        grant: Some(minting.redeemed.grant_id.to_string()),
        tenant: membership.and(standing.tenant_slug.clone()),
        roles: membership.map(Membership::roles),
        groups: membership.map(Membership::groups),
    };
    identity.keys.sign(Algorithm::ES256, ACCESS_TOKEN_TYPE, &claims)
}

fn id_token(
    identity: &Identity,
    client: &Registered,
    minting: &Minting<'_>,
    standing: &Standing,
    access_token: &str,
) -> Result<String, Fault> {
    let redeemed = minting.redeemed;
    let instance = client.client.kind == ClientKind::TenantInstance;
    let claims = IdTokenClaims {
        iss: identity.settings.issuer().to_owned(),
        sub: standing.subject.clone(),
        aud: client.client.client_id.clone(),
        exp: minting.now.plus(ID_TOKEN_LIFETIME).as_seconds(),
        iat: minting.now.as_seconds(),
        auth_time: redeemed.auth_time.as_seconds(),
        nonce: redeemed.nonce.clone(),
        acr: redeemed.acr.clone(),
        amr: serde_json::from_str(&redeemed.amr)?,
        sid: redeemed.sid.clone(),
        at_hash: Some(left_half_hash(access_token)),
        // Only a tenant's own instance hears how its member signed in (DESIGN §4.3).
        idp: instance.then(|| redeemed.provider.clone()),
        member_version: instance.then(|| standing.membership.as_ref().map_or(0, |membership| membership.version)),
    };
    identity.keys.sign(client.client.id_token_alg, ID_TOKEN_TYPE, &claims)
}
