use ambient::Ambient;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJsonWebKeySet};
use openidconnect::{
    AuthUrl, ClientId, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

use crate::fault::shown;
use crate::{Endpoint, Fault, Problem, RelyingParty};

/// What an authorization request carries and only its browser's answer may know again. Kept, sealed, until then.
#[derive(Clone)]
pub struct Secrets {
    /// `state`.
    pub state: String,
    /// `nonce`.
    pub nonce: String,
    /// The PKCE verifier (RFC 7636 §4.1); its challenge travels.
    pub verifier: String,
}

impl Secrets {
    /// 128 bits of state and nonce, 256 of verifier: 43 characters of the unreserved set.
    #[must_use]
    pub fn fresh(ambient: &Ambient) -> Self {
        Self {
            state: ambient.identifier(),
            nonce: ambient.identifier(),
            verifier: jose::base64url(&ambient.bytes::<32>()),
        }
    }
}

/// How the provider is asked (OIDC Core §3.1.2.1).
#[derive(Clone, Copy, Default)]
pub struct Ask<'a> {
    /// [`Secrets::state`].
    pub state: &'a str,
    /// [`Secrets::nonce`].
    pub nonce: &'a str,
    /// [`Secrets::verifier`].
    pub verifier: &'a str,
    /// `login`, `select_account`, `consent` or `none`.
    pub prompt: Option<&'a str>,
    /// The oldest proof that will do. The ID token must then say when it was ([`crate::Redeem::max_age`]).
    pub max_age: Option<Duration>,
    /// The address or name that was typed already.
    pub login_hint: Option<&'a str>,
    /// Languages, as in `de en`.
    pub ui_locales: Option<&'a str>,
    /// `acr_values`.
    pub acr_values: Option<&'a str>,
    /// Anything else, such as Google's `hd`. Parameters of the protocol cannot be replaced.
    pub extra: &'a [(&'a str, &'a str)],
}

/// What an authorization response carries (OIDC Core §3.1.2.5, RFC 9207 §2), in a query or, where the preset says so, in a
/// posted form.
#[derive(Clone, Default, Deserialize)]
pub struct Answer {
    /// The caller has found its attempt by it, before it comes here.
    #[serde(default)]
    pub state: Option<String>,
    /// The code.
    #[serde(default)]
    pub code: Option<String>,
    /// Whose answer it is.
    #[serde(default)]
    pub iss: Option<String>,
    /// Why there is no code.
    #[serde(default)]
    pub error: Option<String>,
}

/// What [`Ask::extra`] cannot replace.
const RESERVED: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
];

impl RelyingParty {
    /// The authorization request: code flow, PKCE with S256, nonce.
    ///
    /// # Errors
    /// A [`Fault`] of discovery.
    pub async fn authorization_url(&self, ask: &Ask<'_>) -> Result<Url, Fault> {
        let endpoint = self.provider().await?.metadata.authorization_endpoint.clone();
        let wrong = |what: &str, error: url::ParseError| Fault::Settings(format!("{what}: {error}"));
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| wrong("issuer", error))?;
        let redirect = RedirectUrl::new(self.redirect_uri.clone()).map_err(|error| wrong("redirect_uri", error))?;
        let client =
            CoreClient::new(ClientId::new(self.settings.client_id.clone()), issuer, CoreJsonWebKeySet::default())
                .set_auth_uri(AuthUrl::from_url(endpoint))
                .set_redirect_uri(redirect);
        let client = if self.settings.is_openid() { client } else { client.disable_openid_scope() };
        let (state, nonce) = (ask.state.to_owned(), ask.nonce.to_owned());
        let verifier = PkceCodeVerifier::new(ask.verifier.to_owned());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.scopes().map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Some(max_age) = ask.max_age {
            request = request.set_max_age(max_age);
        }
        let stated = [
            ("prompt", ask.prompt),
            ("login_hint", ask.login_hint),
            ("ui_locales", ask.ui_locales),
            ("acr_values", ask.acr_values),
            ("response_mode", self.settings.preset.response_mode(&self.settings)),
        ];
        for (name, value) in stated.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            request = request.add_extra_param(name, value);
        }
        for (name, value) in ask.extra.iter().filter(|(name, _)| !RESERVED.contains(name)) {
            request = request.add_extra_param((*name).to_owned(), (*value).to_owned());
        }
        let (url, _state, _nonce) = request.url();
        Ok(url)
    }

    /// The [`Ask::prompt`] by which this provider lets a person choose which account of theirs it shall be.
    ///
    /// # Errors
    /// A [`Fault`] of discovery.
    pub async fn account_choice(&self) -> Result<&'static str, Fault> {
        let provider = self.provider().await?;
        Ok(self.settings.preset.account_choice(provider.metadata.prompts.as_deref()))
    }

    fn scopes(&self) -> impl Iterator<Item = &str> {
        self.settings.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid")
    }

    /// The code of an answer, after whose answer it is was looked at (RFC 9207 §2.4): `iss` is compared if it is there, and must be
    /// there if the provider says it sends it. The caller has checked `state` against its own browser.
    ///
    /// # Errors
    /// [`Fault::AnswerIssuer`] and its like; [`Fault::Denied`]; a [`Fault`] of discovery.
    pub async fn admit<'a>(&self, answer: &'a Answer) -> Result<&'a str, Fault> {
        let expected = || self.settings.issuer.clone();
        match answer.iss.as_deref() {
            Some(iss) if iss == self.settings.issuer => {}
            Some(iss) => return Err(Fault::AnswerIssuer { expected: expected(), got: shown(iss) }),
            None if self.provider().await?.metadata.iss_in_answers => {
                return Err(Fault::AnswerIssuerMissing(expected()));
            }
            None => {}
        }
        match (answer.error.as_deref(), answer.code.as_deref()) {
            // `user_cancelled_authorize` is Apple's word for it.
            (Some("access_denied" | "user_cancelled_authorize"), _) => Err(Fault::Denied),
            (Some(error), _) => Err(Fault::Refused(shown(error))),
            (None, Some(code)) if !code.is_empty() => Ok(code),
            (None, _) => Err(Fault::NoCode),
        }
    }

    /// RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0 §2).
    ///
    /// # Errors
    /// [`Problem::Missing`] if the provider has none; a [`Fault`] of discovery.
    pub async fn end_session_url(
        &self,
        id_token_hint: Option<&str>,
        post_logout_redirect_uri: &str,
        state: &str,
    ) -> Result<Url, Fault> {
        let endpoint = self.provider().await?.metadata.end_session_endpoint.clone();
        let mut url = endpoint.ok_or(Fault::at(Endpoint::EndSession, Problem::Missing))?;
        url.query_pairs_mut()
            .extend_pairs(id_token_hint.map(|hint| ("id_token_hint", hint)))
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri)
            .append_pair("state", state);
        Ok(url)
    }
}
