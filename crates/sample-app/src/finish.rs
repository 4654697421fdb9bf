//! Step 2: what comes back. In this order:
//!
//! ```text
//! state → pending login of this browser (taken: an answer counts once) → iss → error? → code
//!   → token endpoint (PKCE) → ID token: signature, iss, aud, exp, nonce, at_hash → UserInfo: sub → signed in
//! ```

use openidconnect::AuthorizationCode;
use serde::Deserialize;
use webkit::BrowserId;

use crate::App;
use crate::begin::{Pending, key};
use crate::redeem::redeem;
use crate::refusal::Refusal;
use crate::session::SignedIn;

/// An authorization response (RFC 6749 §4.1.2, RFC 9207).
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    iss: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// A refusal, and the tenant of the login that it ends, to try again with.
pub type Refused = (Refusal, Option<String>);

/// Decides on an answer, and signs in if it is good.
pub async fn finish(app: &App, browser: &BrowserId, answer: Answer) -> Result<SignedIn, Refused> {
    let state = answer.state.as_deref().unwrap_or_default();
    let Some(pending) = app.pending.take(&key(browser, state), app.kit.ambient().now()) else {
        return Err((Refusal::UnknownLogin, None));
    };
    let tenant = pending.tenant.clone();
    match code(answer, &app.config.issuer) {
        Ok(code) => admit(app, code, pending).await,
        Err(refusal) => Err(refusal),
    }
    .map_err(|refusal| (refusal, tenant))
}

async fn admit(app: &App, code: AuthorizationCode, pending: Pending) -> Result<SignedIn, Refusal> {
    let outcome = redeem(app, code, pending).await;
    if matches!(outcome, Err(Refusal::Away(_) | Refusal::BadTokens(_))) {
        // Perhaps it moved its endpoints or changed its keys.
        app.provider.forget().await;
    }
    outcome
}

/// The code, if the answer is from our issuer and no error. This server always sends `iss`, so one without it is
/// another's.
fn code(answer: Answer, issuer: &str) -> Result<AuthorizationCode, Refusal> {
    if answer.iss.as_deref() != Some(issuer) {
        return Err(Refusal::WrongIssuer);
    }
    match (answer.error, answer.code) {
        (Some(error), None) => Err(Refusal::of_code(&error)),
        (None, Some(code)) if !code.is_empty() => Ok(AuthorizationCode::new(code)),
        _ => Err(Refusal::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(iss: Option<&str>, code_value: Option<&str>, error: Option<&str>) -> Result<AuthorizationCode, Refusal> {
        let text = |value: Option<&str>| value.map(str::to_owned);
        code(Answer { state: None, iss: text(iss), code: text(code_value), error: text(error) }, "https://id.test")
    }

    #[test]
    fn a_code_counts_from_our_issuer_only() {
        assert!(decide(Some("https://id.test"), Some("c"), None).is_ok());
        for iss in [None, Some("https://id.test/"), Some("https://ID.test"), Some("https://evil.test"), Some("")] {
            assert!(matches!(decide(iss, Some("c"), None), Err(Refusal::WrongIssuer)), "{iss:?}");
            assert!(matches!(decide(iss, None, Some("access_denied")), Err(Refusal::WrongIssuer)), "{iss:?}");
        }
    }

    #[test]
    fn an_answer_is_either_a_code_or_an_error() {
        let ours = Some("https://id.test");
        assert!(matches!(decide(ours, None, Some("access_denied")), Err(Refusal::Denied)));
        for (code, error) in [(None, None), (Some(""), None), (Some("c"), Some("access_denied"))] {
            assert!(matches!(decide(ours, code, error), Err(Refusal::Malformed)));
        }
    }
}
