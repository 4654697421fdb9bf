//! Step 3: the code becomes tokens, and the tokens are believed after everything that OIDC Core §3.1.3.7 says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ambient::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreErrorResponseType, CoreGenderClaim, CoreIdToken, CoreIdTokenVerifier, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, NonceVerifier, OAuth2TokenResponse, RequestTokenError,
    SignatureVerificationError, StandardErrorResponse, SubjectIdentifier, TokenResponse, UserInfoClaims, UserInfoError,
};
use outbound::OutboundError;
use serde_json::{Map, Value};

use crate::App;
use crate::begin::Pending;
use crate::claims::Others;
use crate::provider::RelyingParty;
use crate::refusal::Refusal;
use crate::session::SignedIn;

/// How far ahead of ours the identity server's clock may be.
const SKEW: Duration = Duration::from_secs(60);

/// Redeems a code of this pending login.
pub async fn redeem(app: &App, code: AuthorizationCode, pending: Pending) -> Result<SignedIn, Refusal> {
    let relying_party = app.provider.relying_party().await?;
    let tokens: CoreTokenResponse = relying_party
        .exchange_code(code)
        .map_err(|error| Refusal::Away(error.to_string()))?
        .set_pkce_verifier(pending.verifier)
        .request_async(app.provider.http())
        .await
        .map_err(|error| token_error(&error))?;
    believe(app, relying_party, &tokens, &pending.nonce).await
}

/// Checks what the token endpoint gave, and asks UserInfo.
pub async fn believe(
    app: &App,
    relying_party: RelyingParty,
    tokens: &CoreTokenResponse,
    nonce: impl NonceVerifier + Copy,
) -> Result<SignedIn, Refusal> {
    let id_token = tokens.id_token().ok_or_else(|| Refusal::BadTokens("no ID token".into()))?;
    let now = app.kit.ambient().now();
    let subject = match verify(&relying_party, id_token, tokens, nonce, now) {
        // The identity server may have changed its keys since we looked: look again, once.
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            app.provider.forget().await;
            verify(&app.provider.relying_party().await?, id_token, tokens, nonce, now)
        }
        decided => decided,
    }
    .map_err(|error| Refusal::BadTokens(format!("ID token: {error}")))?;

    Ok(SignedIn {
        id_token_claims: payload(id_token)?,
        userinfo: userinfo(app, &relying_party, tokens, subject).await?,
        id_token: id_token.clone(),
        refresh_token: tokens.refresh_token().cloned(),
        since: now,
    })
}

fn verify(
    relying_party: &RelyingParty,
    id_token: &CoreIdToken,
    tokens: &CoreTokenResponse,
    nonce: impl NonceVerifier,
    now: Timestamp,
) -> Result<SubjectIdentifier, ClaimsVerificationError> {
    let latest = system_time(now.plus(SKEW));
    let verifier: CoreIdTokenVerifier<'_> = relying_party
        .id_token_verifier()
        .set_time_fn(move || system_time(now).into())
        .set_issue_time_verifier_fn(move |issued| {
            if SystemTime::from(issued) <= latest { Ok(()) } else { Err("issued in the future".into()) }
        });
    let claims = id_token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let key = id_token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
        let algorithm = id_token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|error| ClaimsVerificationError::Other(error.to_string()))?;
        if actual != *expected {
            return Err(ClaimsVerificationError::Other("at_hash is another access token's".into()));
        }
    }
    Ok(claims.subject().clone())
}

/// Names, e-mail, roles: all about the same subject (OIDC Core §5.3.4), or nothing counts.
async fn userinfo(
    app: &App,
    relying_party: &RelyingParty,
    tokens: &CoreTokenResponse,
    subject: SubjectIdentifier,
) -> Result<Map<String, Value>, Refusal> {
    let claims: UserInfoClaims<Others, CoreGenderClaim> = relying_party
        .user_info(tokens.access_token().clone(), Some(subject))
        .map_err(|error| Refusal::Away(error.to_string()))?
        .request_async(app.provider.http())
        .await
        .map_err(|error: UserInfoError<OutboundError>| match error {
            UserInfoError::Request(error) => Refusal::Away(error.to_string()),
            other => Refusal::BadTokens(format!("UserInfo: {other}")),
        })?;
    match serde_json::to_value(claims) {
        Ok(Value::Object(claims)) => Ok(claims),
        _ => Err(Refusal::BadTokens("UserInfo is no JSON object".into())),
    }
}

/// The ID token's claims as they were signed; call it after [`verify`].
fn payload(id_token: &CoreIdToken) -> Result<Map<String, Value>, Refusal> {
    let unreadable = || Refusal::BadTokens("the ID token's claims cannot be read".into());
    let token = id_token.to_string();
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).ok_or_else(unreadable)?;
    serde_json::from_slice(&claims).map_err(|_| unreadable())
}

/// What the token endpoint refused with.
pub fn token_error(error: &RequestTokenError<OutboundError, StandardErrorResponse<CoreErrorResponseType>>) -> Refusal {
    match error {
        RequestTokenError::ServerResponse(response) => Refusal::of_token_error(response.error()),
        RequestTokenError::Request(error) => Refusal::Away(error.to_string()),
        other => Refusal::Away(format!("token endpoint: {other}")),
    }
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(at.as_micros()).unwrap_or(0))
}
