use ambient::Timestamp;
use oidc::error::{ErrorCode, OAuthError};
use oidc::resource::{self, Target};
use oidc::scope::ScopeSet;
use oidc::token::{TokenResponse, refreshed_scope};
use store::Tx;

use super::super::GrantError;
use super::super::granted::Granted;
use super::super::tokens::{self, Minting};
use super::family::{self, Family, Place};
use super::{RefreshLifetimes, RefreshToken, replay};
use crate::clients::Registered;
use crate::links::{self, Standing};
use crate::{Identity, tenants};

struct Input {
    token: RefreshToken,
    successor: RefreshToken,
    client: Registered,
    scope: Option<ScopeSet>,
    resource: Option<String>,
    issuer: String,
    lifetimes: RefreshLifetimes,
    now: Timestamp,
}

enum Outcome {
    Given {
        granted: Granted,
        scopes: ScopeSet,
        target: Target,
        standing: Standing,
    },
    /// Two hold the family.
    Replayed(Granted),
}

/// Exchanges a refresh token for its successor and fresh tokens. Everything that the first ones depended on is asked again,
/// in the transaction that exchanges; whatever is refused leaves the family as it was, a replay alone ends it (OA-03).
///
/// # Errors
/// `invalid_grant`; `invalid_scope` for more than was granted; `invalid_target` for another resource.
pub async fn exchange(
    identity: &Identity,
    client: &Registered,
    presented: &str,
    scope: Option<ScopeSet>,
    resource: Option<String>,
) -> Result<TokenResponse, GrantError> {
    let key = &identity.master_key;
    let token = RefreshToken::parse(presented, key).ok_or_else(|| invalid("not a refresh token of ours"))?;
    let successor = token.successor(key);
    let (text, now) = (successor.expose(key), identity.ambient.now());
    let (issuer, lifetimes) = (identity.settings.issuer().to_owned(), identity.settings.refresh);
    let input = Input { token, successor, client: client.clone(), scope, resource, issuer, lifetimes, now };
    match identity.store.write(input, |tx, input| Box::pin(decide(tx, input))).await? {
        Outcome::Given { granted, scopes, target, standing } => {
            // OIDC Core §12.2: the same sub, iss, aud, auth_time; no nonce.
            let (target, standing) = (&target, &standing);
            let minting = Minting { granted: &granted, scopes: &scopes, target, nonce: None, standing, now };
            Ok(tokens::mint(identity, client, &minting)?.with_refresh_token(text))
        }
        Outcome::Replayed(granted) => {
            replay::end(identity, client, &granted).await?;
            Err(invalid("replayed: the family has ended").into())
        }
    }
}

/// An `Err` rolls the exchange back.
async fn decide(tx: &mut Tx, input: &Input) -> Result<Outcome, GrantError> {
    let exchanged = family::rotate(tx, &input.token, &input.successor, input.lifetimes.idle, input.now).await?;
    let family = family::find(tx, input.token.family()).await?.ok_or_else(|| invalid("unknown family"))?;
    check(&family, input)?;
    if !exchanged {
        match family.place(&input.token.hash(), input.now) {
            Place::JustExchanged => {}
            Place::Ancestor => return Ok(Outcome::Replayed(family.granted)),
            Place::Current | Place::Expired => return Err(invalid("expired").into()),
        }
    }
    let (granted, client) = (family.granted, &input.client);
    let scopes = refreshed_scope(input.scope.as_ref(), &ScopeSet::parse(&granted.scopes)?, &client.client)?;
    let target = resource::target(input.resource.as_deref(), granted.resource.as_deref(), &input.issuer)?;
    target.narrow(&scopes)?;
    // DESIGN §3.5: of a tenant that is cut off nobody knows whom it has locked since.
    if let Some(refusal) = tenants::refusal(tx, client, granted.tenant_id, input.now).await? {
        return Err(refusal.into());
    }
    let standing = links::standing(tx, client.sector(), granted.account_id, granted.tenant_id).await?;
    let standing = standing
        .filter(|standing| standing.admits(client.client.kind, granted.tenant_id, &granted.provider))
        .ok_or_else(|| invalid("the person may not enter the tenant now"))?;
    Ok(Outcome::Given { granted, scopes, target, standing })
}

fn check(family: &Family, input: &Input) -> Result<(), OAuthError> {
    // A foreign client's attempt never ends a family: whoever could send one could end everybody's (OA-03).
    if family.granted.client_id != input.client.id {
        return Err(invalid("another client's refresh token"));
    }
    if family.life.goes_on(input.now) { Ok(()) } else { Err(invalid("the grant or its session has ended")) }
}

fn invalid(detail: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, "the refresh token is invalid, expired, revoked or another client's")
        .with_detail(detail)
}
