//! Step 1: to the identity server.

use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use url::Url;
use webkit::BrowserId;

use crate::App;
use crate::refusal::Refusal;

/// A login that was begun and waits for its answer.
pub struct Pending {
    /// Must come back in the ID token.
    pub nonce: Nonce,
    /// Proves at the token endpoint that the code is asked for by whoever began (RFC 7636).
    pub verifier: PkceCodeVerifier,
    /// The tenant that was named.
    pub tenant: Option<String>,
}

/// Where a pending login is kept: under this browser's cookie **and** its `state`. An answer that arrives in another
/// browser, or that nobody asked for, finds nothing (login CSRF and code injection, RFC 9700 §4.5, §4.7; SECURITY-BAR
/// OA-08).
pub fn key(browser: &BrowserId, state: &str) -> String {
    format!("{}.{state}", browser.0)
}

/// Begins a login in this browser; gives the address to send it to.
pub async fn begin(app: &App, browser: &BrowserId, tenant: Option<String>) -> Result<Url, Refusal> {
    let ambient = app.kit.ambient();
    let state = CsrfToken::new(ambient.identifier());
    let nonce = Nonce::new(ambient.identifier());
    // 43 characters, the least that RFC 7636 §4.1 takes, are 256 bits here.
    let verifier = PkceCodeVerifier::new(base64url(&ambient.bytes::<32>()));
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);

    let relying_party = app.provider.relying_party().await?;
    let (own_state, own_nonce) = (state.clone(), nonce.clone());
    let scopes = app.config.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
    let mut request = relying_party
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || own_state, move || own_nonce)
        .add_scopes(scopes)
        .set_pkce_challenge(challenge);
    if let Some(tenant) = &tenant {
        request = request.add_extra_param("tenant", tenant.clone());
    }
    let (url, ..) = request.url();
    app.pending.put(key(browser, state.secret()), Pending { nonce, verifier, tenant }, ambient.now());
    Ok(url)
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
