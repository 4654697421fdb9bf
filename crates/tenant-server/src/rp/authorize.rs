use std::time::Duration;

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::{CsrfToken, LanguageTag, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use tenant::logins::{Begun, Proof};
use url::Url;

use super::{RelyingParty, RpError};

/// How the identity server is asked.
pub(crate) struct Ask<'a> {
    /// State, nonce and verifier, written down already.
    pub begun: &'a Begun,
    /// Whether it must ask which account it is: after a sign-out in this browser.
    pub choose_account: bool,
    /// Whether they must prove once more, now, who they are (IN-05).
    pub proof: Proof,
    /// The language of this visit.
    pub language: &'a str,
}

impl RelyingParty {
    /// The authorization request (OIDC Core §3.1.2.1): code flow, PKCE with S256, nonce.
    pub(crate) async fn authorization_url(&self, ask: &Ask<'_>) -> Result<Url, RpError> {
        let provider = self.provider().await?;
        let verifier = PkceCodeVerifier::new(ask.begun.verifier.clone());
        let (state, nonce) = (ask.begun.state.clone(), ask.begun.nonce.clone());
        let oidc = self.oidc(&provider)?;
        let mut request = oidc
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(["profile", "email"].map(|scope| Scope::new(scope.to_owned())))
            .add_ui_locale(LanguageTag::new(ask.language.to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if ask.choose_account {
            request = request.add_prompt(CoreAuthPrompt::SelectAccount);
        }
        if ask.proof == Proof::Fresh {
            // `max_age` makes the ID token say when that was (OIDC Core §3.1.2.1).
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
        }
        if ask.proof == Proof::OnceMore {
            request = request.add_prompt(CoreAuthPrompt::Login);
        }
        let (url, _state, _nonce) = request.url();
        Ok(url)
    }

    /// RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0 §2).
    pub(crate) async fn end_session_url(&self, hint: Option<&str>, state: &str) -> Result<Url, RpError> {
        let provider = self.provider().await?;
        let endpoint = provider.end_session_endpoint();
        let mut url = endpoint.ok_or_else(|| RpError::Away("it has no end_session_endpoint".to_owned()))?;
        url.query_pairs_mut()
            .extend_pairs(hint.map(|hint| ("id_token_hint", hint)))
            .append_pair("client_id", &self.client_id)
            .append_pair("post_logout_redirect_uri", &format!("{}/signed-out", self.base_url))
            .append_pair("state", state);
        Ok(url)
    }
}
