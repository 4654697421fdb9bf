use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose::SigningKey;
use outbound::Request;
use outbound::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

use crate::fault::shown;
use crate::provider::Provider;
use crate::settings::AssertionAudience;
use crate::{ClientAuthentication, Credential, Endpoint, Fault, RelyingParty, wire};

/// How long an assertion lives: for the one request that it is made for.
const ASSERTION_LIVES: Duration = Duration::from_mins(1);
/// How long a signed secret for Apple lives; six months are allowed.
const APPLE_SECRET_LIVES: Duration = Duration::from_mins(5);
const APPLE: &str = "https://appleid.apple.com";

/// What a token endpoint gave.
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// The ID token, unverified.
    pub id_token: Option<String>,
    /// How long the access token lives, if it says so.
    pub expires_in: Option<Duration>,
}

/// Errors that mean that an administrator has to change something (RFC 6749 §5.2; the last two are GitHub's).
const CLIENT_ERRORS: &[&str] =
    &["invalid_client", "unauthorized_client", "incorrect_client_credentials", "redirect_uri_mismatch"];

impl RelyingParty {
    /// Asks the token endpoint for something, as the client that we are (RFC 6749 §3.2).
    ///
    /// # Errors
    /// A [`Fault`] of discovery or of the token endpoint.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Result<Tokens, Fault> {
        let provider = self.provider().await?;
        self.ask_for_tokens(&provider, fields).await
    }

    pub(crate) async fn exchange(&self, provider: &Provider, code: &str, verifier: &str) -> Result<Tokens, Fault> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", verifier),
        ];
        self.ask_for_tokens(provider, &fields).await
    }

    async fn ask_for_tokens(&self, provider: &Provider, fields: &[(&str, &str)]) -> Result<Tokens, Fault> {
        let request = self.authenticated(provider, fields)?;
        let answer = wire::send(&self.http, Endpoint::Token, request).await?;
        // An error is JSON whatever the status: GitHub sends 200 with it.
        if let Some(error) = wire::object(Endpoint::Token, &answer).ok().as_ref().and_then(error_of) {
            return Err(if CLIENT_ERRORS.contains(&error.as_str()) {
                Fault::ClientRefused(error)
            } else {
                Fault::TokenRefused(error)
            });
        }
        let answer = wire::succeeded(Endpoint::Token, answer)?;
        wire::content_type(Endpoint::Token, &answer, wire::JSON)?;
        read(&wire::object(Endpoint::Token, &answer)?)
    }

    fn authenticated(&self, provider: &Provider, fields: &[(&str, &str)]) -> Result<Request, Fault> {
        let client_id = self.settings.client_id.as_str();
        let mut form: Vec<(&str, &str)> = fields.to_vec();
        let (mut header, signed);
        header = None;
        match (&self.settings.client_authentication, &self.credential) {
            (ClientAuthentication::None, Credential::None) => form.push(("client_id", client_id)),
            (ClientAuthentication::ClientSecretBasic, Credential::Secret(secret)) => {
                header = Some(basic(client_id, secret)?);
            }
            (ClientAuthentication::ClientSecretPost, Credential::Secret(secret)) => {
                form.extend([("client_id", client_id), ("client_secret", secret.as_str())]);
            }
            (ClientAuthentication::PrivateKeyJwt { audience }, Credential::Key(key)) => {
                let audience = match audience {
                    AssertionAudience::Issuer => self.settings.issuer.as_str(),
                    AssertionAudience::TokenEndpoint => provider.metadata.token_endpoint.as_str(),
                };
                signed = self.assertion(key, client_id, audience, ASSERTION_LIVES)?;
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                form.extend([("client_id", client_id), ("client_assertion_type", kind), ("client_assertion", &signed)]);
            }
            (ClientAuthentication::AppleJwt { team_id }, Credential::Key(key)) => {
                signed = self.assertion(key, team_id, APPLE, APPLE_SECRET_LIVES)?;
                form.extend([("client_id", client_id), ("client_secret", &signed)]);
            }
            _ => return Err(Fault::Settings("the client authentication and the kept secret do not fit".to_owned())),
        }
        let request = Request::form(provider.metadata.token_endpoint.clone(), form)
            .header(ACCEPT, HeaderValue::from_static(wire::JSON));
        Ok(match header {
            Some(value) => request.header(AUTHORIZATION, value),
            None => request,
        })
    }

    /// A client assertion (RFC 7523 §3): `issuer` says so of our client id, for one audience, for a while, used once.
    fn assertion(&self, key: &SigningKey, issuer: &str, audience: &str, lives: Duration) -> Result<String, Fault> {
        let now = self.ambient.now();
        let claims = json!({
            "iss": issuer, "sub": self.settings.client_id, "aud": audience, "jti": self.ambient.identifier(),
            "iat": now.as_seconds(), "exp": now.plus(lives).as_seconds(),
        });
        key.sign("JWT", &claims).map_err(|error| Fault::Signing(error.to_string()))
    }
}

/// RFC 6749 §2.3.1: both halves are form-encoded first.
fn basic(client_id: &str, secret: &str) -> Result<HeaderValue, Fault> {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = STANDARD.encode(format!("{}:{}", encode(client_id), encode(secret)));
    let value = HeaderValue::try_from(format!("Basic {pair}"));
    let mut value = value.map_err(|_| Fault::Settings("the client secret cannot be sent in a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn error_of(answer: &Map<String, Value>) -> Option<String> {
    if answer.contains_key("access_token") {
        return None;
    }
    Some(shown(answer.get("error")?.as_str()?))
}

fn read(answer: &Map<String, Value>) -> Result<Tokens, Fault> {
    let text = |name| answer.get(name).and_then(Value::as_str);
    let token = text("access_token").filter(|token| !token.is_empty()).ok_or(Fault::TokenAnswer("access_token"))?;
    // OIDC Core §3.1.3.3; compared without case (RFC 6749 §5.1).
    if !text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")) {
        return Err(Fault::TokenAnswer("token_type"));
    }
    Ok(Tokens {
        access_token: token.to_owned(),
        id_token: text("id_token").map(str::to_owned),
        expires_in: answer.get("expires_in").and_then(Value::as_u64).map(Duration::from_secs),
    })
}
