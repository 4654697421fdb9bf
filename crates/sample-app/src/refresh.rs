//! Fresh tokens without a browser's way to the identity server (RFC 6749 §6, OIDC Core §12).

use openidconnect::Nonce;
use openidconnect::core::CoreTokenResponse;

use crate::App;
use crate::redeem::{believe, token_error};
use crate::refusal::Refusal;
use crate::session::SignedIn;

/// Exchanges the session's refresh token; gives the session with what is known now.
pub async fn refresh(app: &App, session: &SignedIn) -> Result<SignedIn, Refusal> {
    let Some(refresh_token) = &session.refresh_token else {
        return Err(Refusal::CodeRefused("no refresh token".into()));
    };
    let relying_party = app.provider.relying_party().await?;
    let tokens: CoreTokenResponse = relying_party
        .exchange_refresh_token(refresh_token)
        .map_err(|error| Refusal::Away(error.to_string()))?
        .request_async(app.provider.http())
        .await
        .map_err(|error| token_error(&error))?;
    let fresh = believe(app, relying_party, &tokens, no_nonce).await?;
    // OIDC Core §12.2: the same person, or nothing counts.
    if fresh.claim("sub") != session.claim("sub") {
        return Err(Refusal::BadTokens("the new ID token is about somebody else".into()));
    }
    let refresh_token = fresh.refresh_token.clone().or_else(|| session.refresh_token.clone());
    Ok(SignedIn { refresh_token, since: session.since, ..fresh })
}

/// A refreshed ID token answers no request of a browser (OIDC Core §12.2).
fn no_nonce(nonce: Option<&Nonce>) -> Result<(), String> {
    if nonce.is_none() { Ok(()) } else { Err("a nonce in a refreshed ID token".into()) }
}
