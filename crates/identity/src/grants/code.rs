use ambient::{Opaque, SecretHash, Timestamp};
use audit::{Actor, Entry};
use oidc::error::{ErrorCode, OAuthError};
use oidc::token::TokenResponse;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::GrantError;
use super::redeemed::Redeemed;
use super::tokens::{self, Minting};
use crate::accounts::Account;
use crate::clients::Registered;
use crate::{Identity, tenants};

/// What the client brings with a code.
pub struct CodePresented<'a> {
    /// The code.
    pub code: &'a str,
    /// Must be the one of the authorization request.
    pub redirect_uri: &'a str,
    /// PKCE.
    pub code_verifier: Option<&'a str>,
}

struct Input {
    code: Opaque,
    now: Timestamp,
    replayed: Entry,
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
    let redeemed = identity
        .store
        .write(Input { code, now, replayed }, |tx, input| Box::pin(consume(tx, input)))
        .await?
        .ok_or_else(|| invalid("unknown or used code"))?;
    check(&redeemed, client, &presented, now)?;
    let refusal = tenants::refusal(&mut identity.store.read().await?, client, redeemed.tenant_id, now).await?;
    if let Some(refusal) = refusal {
        return Err(refusal.into());
    }
    let account = living_account(identity, &redeemed, now).await?;
    tokens::mint(identity, client, Minting { redeemed: &redeemed, account: &account, now }).await
}

/// The gate of DESIGN §4.6: one conditional statement, whose row decides. `Ok(None)` commits, so that the revocation
/// after a replay stays.
async fn consume(tx: &mut Tx, input: &Input) -> Result<Option<Redeemed>, StoreError> {
    let consumed: Option<(Uuid,)> = tx
        .maybe(
            "UPDATE authorization_code SET used_at = $1 WHERE id = $2 AND secret_hash = $3 AND used_at IS NULL RETURNING id",
            params![input.now, input.code.id(), input.code.hash()],
        )
        .await?;
    if consumed.is_none() {
        revoke_first_use(tx, input).await?;
        return Ok(None);
    }
    tx.maybe(
        "SELECT grant_id, access_grant.client_id, tenant_id, scopes, redirect_uri, nonce, code_challenge,
                auth_time, amr, acr, provider, sid, expires_at
         FROM authorization_code JOIN access_grant ON access_grant.id = grant_id
         WHERE authorization_code.id = $1 AND revoked_at IS NULL",
        params![input.code.id()],
    )
    .await
}

async fn revoke_first_use(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let known: Option<(Uuid, SecretHash)> = tx
        .maybe("SELECT grant_id, secret_hash FROM authorization_code WHERE id = $1", params![input.code.id()])
        .await?;
    // Only who holds the code itself can revoke with it; a guessed id does nothing.
    let Some((grant, _)) = known.filter(|(_, hash)| hash.matches(&input.code.hash())) else { return Ok(()) };
    tx.execute(
        "UPDATE access_grant SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
        params![input.now, grant],
    )
    .await?;
    audit::record(&mut tx.scoped(PLATFORM), &input.replayed).await
}

fn check(
    redeemed: &Redeemed,
    client: &Registered,
    presented: &CodePresented<'_>,
    now: Timestamp,
) -> Result<(), OAuthError> {
    if redeemed.client_id != client.id {
        return Err(invalid("another client's code"));
    }
    if redeemed.expires_at <= now {
        return Err(invalid("expired code"));
    }
    // RFC 6749 §4.1.3: identical to the one of the authorization request.
    if presented.redirect_uri != redeemed.redirect_uri {
        return Err(invalid("another redirect_uri"));
    }
    oidc::pkce::check_pkce(redeemed.code_challenge.as_deref(), presented.code_verifier)
}

/// The account, if the session that the code came from is alive: a logout between code and token stops it (IN-04).
async fn living_account(identity: &Identity, redeemed: &Redeemed, now: Timestamp) -> Result<Account, GrantError> {
    let mut conn = identity.store.read().await?;
    let account: Option<Account> = conn
        .maybe(
            "SELECT account.id, email, given_name, family_name, locale, account.epoch, updated_at
             FROM access_grant
             JOIN session ON session.id = access_grant.session_id AND session.ended_at IS NULL AND session.expires_at > $2
             JOIN account ON account.id = access_grant.account_id AND account.epoch = session.epoch
             WHERE access_grant.id = $1",
            params![redeemed.grant_id, now],
        )
        .await?;
    Ok(account.ok_or_else(|| invalid("the session has ended"))?)
}

fn invalid(detail: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, "the code is invalid, expired, used or another client's")
        .with_detail(detail)
}
