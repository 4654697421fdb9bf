//! What an administrator states of a provider: plain data. Secrets travel apart, in a [`Credential`].

use std::fmt;
use std::sync::Arc;

use jose::{Algorithm, Jwk, SigningKey};
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use crate::presets::Preset;
use crate::{Fault, Mapping, keys};

/// One provider, as it is stored. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whose quirks apply.
    #[serde(default)]
    pub preset: Preset,
    /// The issuer identifier, exactly as the discovery document and the ID tokens spell it (OIDC Discovery §3).
    pub issuer: String,
    /// What the provider calls us.
    pub client_id: String,
    /// How we prove it at the token endpoint.
    pub client_authentication: ClientAuthentication,
    /// Scopes beside `openid`, which is always asked for where there is OpenID Connect.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The algorithms that the provider was asked to sign with (`id_token_signed_response_alg`). Empty: any that it offers
    /// and [`Algorithm::FOREIGN`] knows.
    #[serde(default)]
    pub algorithms: Vec<Algorithm>,
    /// Audiences that may stand beside ours in an ID token (OIDC Core §3.1.3.7, 3). Best left empty.
    #[serde(default)]
    pub trusted_audiences: Vec<String>,
    /// Where plain OAuth is spoken; none where there is discovery.
    #[serde(default)]
    pub endpoints: Option<Endpoints>,
    /// Which claims state what.
    #[serde(default)]
    pub mapping: Mapping,
    /// The public halves of our keys at this provider, as they are published for it: the one that signs, and one that is to
    /// follow it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub public_keys: Vec<Jwk>,
}

/// How the client authenticates at the token endpoint (OIDC Core §9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// A public client: PKCE alone.
    None,
    /// The secret in the `Authorization` header.
    ClientSecretBasic,
    /// The secret in the form.
    ClientSecretPost,
    /// A signed assertion (RFC 7523 §2.2).
    PrivateKeyJwt {
        /// Whom it names as its audience.
        #[serde(default)]
        audience: AssertionAudience,
    },
    /// A signed token in the place of a secret, made anew for each request.
    AppleJwt {
        /// The team at Apple that the key belongs to.
        team_id: String,
    },
}

/// The `aud` of a client assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionAudience {
    /// The issuer: no other server can use it (CVE-2025-27370).
    #[default]
    Issuer,
    /// The token endpoint's address, for providers that take nothing else.
    TokenEndpoint,
}

/// The endpoints of a provider of plain OAuth 2.0 (RFC 6749), which has no discovery document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// Where the browser goes.
    pub authorization: Url,
    /// Where the code goes.
    pub token: Url,
    /// Says who it is.
    pub user: Url,
    /// Says which addresses are theirs.
    pub emails: Url,
}

impl Settings {
    /// A provider with discovery, without quirks, with the scopes `profile email`.
    #[must_use]
    pub fn generic(issuer: &str, client_id: &str, client_authentication: ClientAuthentication) -> Self {
        Self {
            preset: Preset::Generic,
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_authentication,
            scopes: ["profile", "email"].map(str::to_owned).to_vec(),
            algorithms: Vec::new(),
            trusted_audiences: Vec::new(),
            endpoints: None,
            mapping: Mapping::default(),
            public_keys: Vec::new(),
        }
    }

    /// What is wrong with them, as far as that can be said without asking anyone.
    ///
    /// # Errors
    /// [`Fault::Settings`].
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |what: &str| Err(Fault::Settings(what.to_owned()));
        let Ok(issuer) = Url::parse(&self.issuer) else { return wrong("the issuer is no address") };
        if !matches!(issuer.scheme(), "https" | "http") || issuer.host().is_none() {
            return wrong("the issuer is no https address");
        }
        // OIDC Discovery §3: no query and no fragment component.
        if issuer.query().is_some() || issuer.fragment().is_some() || !issuer.username().is_empty() {
            return wrong("the issuer has more to it than scheme, host, port and path");
        }
        if self.client_id.is_empty() || self.client_id.len() > 512 {
            return wrong("the client id is empty or too long");
        }
        if self.scopes.iter().any(|scope| !is_scope(scope)) {
            return wrong("a scope has characters that no scope has");
        }
        if self.endpoints.is_some() == self.preset.has_discovery() {
            return wrong("endpoints are stated for providers of plain OAuth, and for no others");
        }
        if self.endpoints.is_some() && self.mapping != Mapping::default() {
            return wrong("what a provider of plain OAuth states cannot be mapped");
        }
        self.mapping.check()?;
        self.preset.check(self)
    }

    /// Whether OpenID Connect is spoken, so that there are ID tokens.
    #[must_use]
    pub const fn is_openid(&self) -> bool {
        self.endpoints.is_none()
    }
}

/// RFC 6749 §3.3.
fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// What is secret about a provider. It is kept sealed, apart from the [`Settings`].
#[derive(Clone, Default)]
pub enum Credential {
    /// A public client.
    #[default]
    None,
    /// A client secret.
    Secret(Zeroizing<String>),
    /// A private key, for `private_key_jwt` and Apple.
    Key(Arc<SigningKey>),
}

impl Credential {
    /// A client secret.
    #[must_use]
    pub fn secret(secret: &str) -> Self {
        Self::Secret(Zeroizing::new(secret.to_owned()))
    }

    /// A key on P-256 out of a PEM file (`BEGIN PRIVATE KEY`), as Apple hands them out (`AuthKey_….p8`).
    ///
    /// # Errors
    /// [`Fault::Settings`].
    pub fn key_from_pem(kid: &str, pem: &str) -> Result<Self, Fault> {
        let key = keys::read(kid, pem, &[Algorithm::ES256])?;
        Ok(Self::Key(Arc::new(key)))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "Credential::None",
            Self::Secret(_) => "Credential::Secret(…)",
            Self::Key(_) => "Credential::Key(…)",
        })
    }
}
