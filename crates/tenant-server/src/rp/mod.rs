//! This tenant as a relying party of the identity server. Discovery, requests and every check are the `relying-party` crate's; here
//! stands what is particular about a tenant.

mod client_token;

use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, Timestamp};
use jose::{Algorithm, SigningKey};
use oidc::logout_token::Logout;
use relying_party::{
    AssertionAudience, ClientAuthentication, Credential, Endpoint, Fault, Identity, LogoutType, Redeem, Settings,
};
use serde::Deserialize;
use serde_json::Value;
use tenant::groups::Stated;
use tenant::logins::{Attempt, Begun, Proof};
use tenant::members::Profile;
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

pub(crate) use client_token::ClientToken;
pub(crate) use relying_party::Provider;

use crate::TenantConfig;

/// Why the identity server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RpError {
    /// It is away, slow, or answers nonsense: worth another try.
    #[error("the identity server is away: {0}")]
    Away(String),
    /// It refused (its OAuth error code), such as a code that was used: signing in anew helps.
    #[error("the identity server refused: {0}")]
    Refused(String),
    /// Its tokens are not what OIDC Core §3.1.3.7 asks for.
    #[error("its tokens are not acceptable: {0}")]
    BadTokens(String),
}

impl From<Fault> for RpError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TokenRefused(code) | Fault::ClientRefused(code) | Fault::Refused(code) => Self::Refused(code),
            fault if fault.is_before_login() => Self::Away(fault.to_string()),
            Fault::Endpoint { at: Endpoint::Token | Endpoint::EndSession, .. } | Fault::TokenAnswer(_) => {
                Self::Away(fault.to_string())
            }
            fault if fault.class() == relying_party::Class::Away => Self::Away(fault.to_string()),
            fault => Self::BadTokens(fault.to_string()),
        }
    }
}

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

/// Someone whom the identity server vouches for.
pub(crate) struct Proven {
    pub subject: String,
    pub sid: Option<String>,
    /// Which provider proved who it is. An identity server that does not say knows no other than its own.
    pub idp: String,
    /// The groups that it stated, as far as we asked for them.
    pub groups: Stated,
    /// They have nothing of their own to sign in by there: said of break-glass members alone.
    pub only_by_provider: bool,
    /// This tenant's own providers alone know who it is.
    pub only_here: bool,
    /// `email_verified`.
    pub email_verified: bool,
    /// The last snapshot of this member that it had applied; 0 for none.
    pub member_version: i64,
    pub auth_time: Option<Timestamp>,
    pub acr: Option<String>,
    pub amr: Vec<String>,
    /// Kept as the hint for logout.
    pub id_token: String,
    pub profile: Profile,
    /// Invitations of ours that they have accepted.
    pub invitations: Vec<Uuid>,
}

/// The relying party of one tenant (or the tenant server's own client).
pub(crate) struct RelyingParty {
    party: relying_party::RelyingParty,
    base_url: String,
    /// What a token for itself is asked for.
    own_scope: &'static str,
    ambient: Ambient,
    token: Mutex<Option<ClientToken>>,
}

impl RelyingParty {
    pub(crate) fn new(of: &TenantConfig, key: &Arc<SigningKey>, http: outbound::Client, ambient: Ambient) -> Self {
        let base_url = of.base_url.as_str().trim_end_matches('/').to_owned();
        Self::of_client((&of.issuer, &of.client_id), base_url, "members", key, http, ambient)
    }

    /// The tenant server itself, as a client that renews its lease and signs nobody in.
    pub(crate) fn of_server(
        issuer: &str,
        client_id: &str,
        key: &Arc<SigningKey>,
        http: outbound::Client,
        ambient: Ambient,
    ) -> Self {
        Self::of_client((issuer, client_id), String::new(), "lease", key, http, ambient)
    }

    fn of_client(
        (issuer, client_id): (&str, &str),
        base_url: String,
        own_scope: &'static str,
        key: &Arc<SigningKey>,
        http: outbound::Client,
        ambient: Ambient,
    ) -> Self {
        let method = ClientAuthentication::PrivateKeyJwt { audience: AssertionAudience::Issuer };
        let settings = Settings { algorithms: Algorithm::ALL.to_vec(), ..Settings::generic(issuer, client_id, method) };
        let (credential, redirect_uri) = (Credential::Key(key.clone()), format!("{base_url}/auth/callback"));
        let party = relying_party::RelyingParty::new(settings, credential, redirect_uri, http, ambient.clone());
        Self { party, base_url, own_scope, ambient, token: Mutex::default() }
    }

    pub(crate) fn issuer(&self) -> &str {
        self.party.issuer()
    }

    pub(crate) fn client_id(&self) -> &str {
        self.party.client_id()
    }

    pub(crate) const fn http(&self) -> &outbound::Client {
        self.party.http()
    }

    /// See [`relying_party::RelyingParty::provider`].
    pub(crate) async fn provider(&self) -> Result<Arc<Provider>, RpError> {
        Ok(self.party.provider().await?)
    }

    /// See [`relying_party::RelyingParty::present`].
    pub(crate) async fn present(&self) -> Result<Arc<Provider>, RpError> {
        Ok(self.party.present().await?)
    }

    /// See [`relying_party::RelyingParty::with_new_keys`].
    pub(crate) async fn with_new_keys(&self) -> Result<Arc<Provider>, RpError> {
        Ok(self.party.with_new_keys().await?)
    }

    /// The authorization request.
    pub(crate) async fn authorization_url(&self, ask: &Ask<'_>) -> Result<Url, RpError> {
        let fresh = ask.proof == Proof::Fresh;
        let login = fresh || ask.proof == Proof::OnceMore;
        let prompt = match () {
            () if ask.choose_account && login => Some("select_account login"),
            () if ask.choose_account => Some("select_account"),
            () if login => Some("login"),
            () => None,
        };
        let ask = relying_party::Ask {
            state: &ask.begun.state,
            nonce: &ask.begun.nonce,
            verifier: &ask.begun.verifier,
            prompt,
            // It makes the ID token say when that was (OIDC Core §3.1.2.1); the attempt judges it.
            max_age: fresh.then_some(Duration::ZERO),
            ui_locales: Some(ask.language),
            ..relying_party::Ask::default()
        };
        Ok(self.party.authorization_url(&ask).await?)
    }

    /// RP-initiated logout.
    pub(crate) async fn end_session_url(&self, hint: Option<&str>, state: &str) -> Result<Url, RpError> {
        Ok(self.party.end_session_url(hint, &format!("{}/signed-out", self.base_url), state).await?)
    }

    /// Redeems a code of this attempt.
    pub(crate) async fn redeem(&self, code: &str, attempt: &Attempt) -> Result<Proven, RpError> {
        let (nonce, verifier) = (&*attempt.nonce, &*attempt.verifier);
        let redeem = Redeem { code, nonce, verifier, max_age: None };
        Ok(proven(self.party.redeem(&redeem).await?))
    }

    /// What a logout token says that the identity server has signed (OA-19).
    pub(crate) async fn logout(&self, token: &str) -> Result<Logout, RpError> {
        let logout = self.party.verify_logout_token(token, LogoutType::Strict).await?;
        Ok(Logout {
            sub: logout.subject,
            sid: logout.sid,
            jti: logout.jti,
            issued_at: logout.issued_at,
            expires_at: logout.expires_at,
        })
    }
}

fn proven(identity: Identity) -> Proven {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let (given, family) = (text(&identity.given_name), text(&identity.family_name));
    // A provider that states a full name only: it is shown whole.
    let given = if given.is_empty() && family.is_empty() { text(&identity.name) } else { given };
    let (email, locale) = (text(&identity.email), text(&identity.locale));
    let invitations = identity.claims.get("invitations").and_then(Value::as_array);
    let claim = |name: &str| identity.claims.get(name);
    Proven {
        idp: claim("idp").and_then(Value::as_str).unwrap_or("platform").to_owned(),
        // What is no such object states nothing.
        groups: claim("upstream_groups").and_then(|it| Stated::deserialize(it).ok()).unwrap_or_default(),
        only_by_provider: claim("only_by_provider") == Some(&Value::Bool(true)),
        only_here: claim("only_here") == Some(&Value::Bool(true)),
        member_version: claim("member_version").and_then(Value::as_i64).unwrap_or_default(),
        profile: Profile::new(&given, &family, &email, &locale, identity.picture.as_deref()),
        invitations: invitations.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect(),
        email_verified: identity.email_verified,
        subject: identity.subject,
        sid: identity.sid,
        auth_time: identity.auth_time,
        acr: identity.acr,
        amr: identity.amr,
        id_token: identity.id_token.unwrap_or_default(),
    }
}
