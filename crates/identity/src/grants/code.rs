use ambient::{Opaque, SecretHash, Timestamp};
use audit::{Actor, Entry};
use oidc::client::GrantType;
use oidc::error::{ErrorCode, OAuthError};
use oidc::pkce::{Answer, check_pkce};
use oidc::resource::{self, Target};
use oidc::scope::ScopeSet;
use oidc::token::TokenResponse;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::granted::Granted;
use super::refresh::{self, First};
use super::tokens::{self, Minting};
use super::{GrantError, revoke};
use crate::clients::Registered;
use crate::links::{self, Standing};
use crate::{Identity, tenants};

/// What the client brings with a code.
pub struct CodePresented<'a> {
    /// The code.
    pub code: &'a str,
    /// Must be the one of the authorization request.
    pub redirect_uri: &'a str,
    /// PKCE.
    pub code_verifier: Option<&'a str>,
    /// What the token is to be for.
    pub resource: Option<&'a str>,
}

struct Input {
    code: Opaque,
    client: Registered,
    redirect_uri: String,
    answer: Option<Answer>,
    resource: Option<String>,
    issuer: String,
    refresh: Option<First>,
    now: Timestamp,
    replayed: Entry,
}

/// What a code stood for.
#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    granted: Granted,
    redirect_uri: String,
    nonce: Option<String>,
    code_challenge: Option<String>,
    expires_at: Timestamp,
}

struct Redeemed {
    granted: Granted,
    nonce: Option<String>,
    target: Target,
    standing: Standing,
}

/// Redeems a code. It is consumed first, whoever brings it: a code at the wrong client, with a wrong verifier or redirect
/// URI is burnt (OA-02), and a second use revokes what the first one gave (OA-01, RFC 6749 §4.1.2).
///
/// # Errors
/// `invalid_grant`.
pub async fn redeem_code(
    identity: &Identity,
    client: &Registered,
    presented: CodePresented<'_>,
) -> Result<TokenResponse, GrantError> {
    let code = Opaque::parse(presented.code).ok_or_else(|| invalid("not a code of ours"))?;
    let now = identity.ambient.now();
    let replayed = Entry::new(&identity.ambient, Actor::Client(client.client.client_id.clone()), "code.replayed")
        .on("code", code.id());
    let input = Input {
        code,
        redirect_uri: presented.redirect_uri.to_owned(),
        answer: presented.code_verifier.map(Answer::of),
        resource: presented.resource.map(str::to_owned),
        issuer: identity.settings.issuer().to_owned(),
        refresh: client.client.may_use(GrantType::RefreshToken).then(|| refresh::first(identity)),
        client: client.clone(),
        now,
        replayed,
    };
    let first = input.refresh.as_ref().map(|first| first.token.expose(&identity.master_key));
    let redeemed = identity.store.write(input, |tx, input| Box::pin(redeem(tx, input))).await??;
    let minting = Minting {
        granted: &redeemed.granted,
        scopes: &ScopeSet::parse(&redeemed.granted.scopes)?,
        target: &redeemed.target,
        nonce: redeemed.nonce.as_deref(),
        standing: &redeemed.standing,
        now,
    };
    let tokens = tokens::mint(identity, client, &minting)?;
    Ok(match first {
        Some(first) => tokens.with_refresh_token(first),
        None => tokens,
    })
}

/// The gate of DESIGN §4.6: one conditional statement, whose row decides; then everything is judged, and the refresh
/// tokens begin. `Ok(Err(_))` commits, so that a code stays burnt and the revocation after a replay stays.
async fn redeem(tx: &mut Tx, input: &Input) -> Result<Result<Redeemed, OAuthError>, StoreError> {
    let consumed: Option<(Uuid,)> = tx
        .maybe(
            "UPDATE authorization_code SET used_at = $1 WHERE id = $2 AND secret_hash = $3 AND used_at IS NULL RETURNING id",
            params![input.now, input.code.id(), input.code.hash()],
        )
        .await?;
    if consumed.is_none() {
        revoke_first_use(tx, input).await?;
        return Ok(Err(invalid("unknown or used code")));
    }
    let Some(row) = find(tx, input).await? else { return Ok(Err(invalid("the grant or its session has ended"))) };
    let target = match check(&row, input) {
        Ok(target) => target,
        Err(error) => return Ok(Err(error)),
    };
    let (granted, kind) = (row.granted, input.client.client.kind);
    if let Some(refusal) = tenants::refusal(tx, &input.client, granted.tenant_id, input.now).await? {
        return Ok(Err(refusal));
    }
    let standing = links::standing(tx, input.client.sector(), granted.account_id, granted.tenant_id).await?;
    let Some(standing) = standing.filter(|standing| standing.admits(kind, granted.tenant_id, &granted.provider)) else {
        return Ok(Err(invalid("the person may not enter the tenant now")));
    };
    if let Some(first) = &input.refresh {
        refresh::begin(tx, first, &granted, input.now).await?;
    }
    Ok(Ok(Redeemed { granted, nonce: row.nonce, target, standing }))
}

/// The code's grant, if it was not revoked and the session that it came from is alive: a logout between code and token
/// stops it (IN-04), whatever the grant was to outlive.
async fn find(tx: &mut Tx, input: &Input) -> Result<Option<Row>, StoreError> {
    tx.maybe(
        "SELECT grant_id, access_grant.client_id, access_grant.account_id, tenant_id, scopes, resource, auth_time, amr, acr,
                provider, sid, redirect_uri, nonce, code_challenge, authorization_code.expires_at
         FROM authorization_code
         JOIN access_grant ON access_grant.id = grant_id AND revoked_at IS NULL
         JOIN session ON session.id = access_grant.session_id AND session.ended_at IS NULL AND session.expires_at > $2
         JOIN account ON account.id = access_grant.account_id AND account.epoch = session.epoch
         WHERE authorization_code.id = $1",
        params![input.code.id(), input.now],
    )
    .await
}

async fn revoke_first_use(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let known: Option<(Uuid, SecretHash)> = tx
        .maybe("SELECT grant_id, secret_hash FROM authorization_code WHERE id = $1", params![input.code.id()])
        .await?;
    // Only who holds the code itself can revoke with it; a guessed id does nothing.
    let Some((grant, _)) = known.filter(|(_, hash)| hash.matches(&input.code.hash())) else { return Ok(()) };
    revoke::one(tx, grant, input.now).await?;
    audit::record(&mut tx.scoped(PLATFORM), &input.replayed).await
}

/// What the access token is for, if nothing stands against it.
fn check(row: &Row, input: &Input) -> Result<Target, OAuthError> {
    if row.granted.client_id != input.client.id {
        return Err(invalid("another client's code"));
    }
    if row.expires_at <= input.now {
        return Err(invalid("expired code"));
    }
    // RFC 6749 §4.1.3: identical to the one of the authorization request.
    if row.redirect_uri != input.redirect_uri {
        return Err(invalid("another redirect_uri"));
    }
    check_pkce(row.code_challenge.as_deref(), input.answer.as_ref())?;
    let target = resource::target(input.resource.as_deref(), row.granted.resource.as_deref(), &input.issuer)?;
    target.narrow(&ScopeSet::parse(&row.granted.scopes)?)?;
    Ok(target)
}

fn invalid(detail: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, "the code is invalid, expired, used or another client's")
        .with_detail(detail)
}
