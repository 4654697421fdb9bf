//! How this server comes to a tenant: an administrator of the platform gives it a code, and it shows the code with its
//! public keys. From then on it serves the tenant, without a restart.

use std::time::Duration;

use axum::http::StatusCode;
use jose::{Algorithm, Jwk, JwkSet, SigningKey};
use oidc::claims::ENROLMENT_PROOF_TYPE;
use outbound::Request;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenant::control::{self, Served, Standing};
use tenant::invitations::{NewInvitation, invite_first};
use tenant::keys;
use tenant::members::Profile;
use url::Url;
use uuid::Uuid;

use crate::instance::App;
use crate::open::Enrolled;
use crate::{OpenError, TenantServer};

/// How long a proof is good for: the time that a request takes.
const PROOF_LIFETIME: Duration = Duration::from_secs(120);

/// What the identity server is shown.
#[derive(Debug, Clone, Serialize)]
pub struct EnrolmentRequest {
    /// The code, once.
    pub code: String,
    /// This server's public key.
    pub server_key: Jwk,
    /// The tenant's public keys.
    pub client_keys: JwkSet,
    /// That this server has the private half of its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// What it answers: all that is needed to serve the tenant.
#[derive(Debug, Clone, Deserialize)]
pub struct EnrolmentAnswer {
    tenant_id: Uuid,
    slug: String,
    name: String,
    base_url: String,
    blueprint: String,
    issuer: String,
    client_id: String,
    server_client_id: String,
    icon: String,
    accent: Option<String>,
    terms_url: Option<String>,
    privacy_url: Option<String>,
    logo: Option<String>,
    version: i64,
    first_administrator: Option<FirstAdministrator>,
}

#[derive(Debug, Clone, Deserialize)]
struct FirstAdministrator {
    email: String,
    given_name: String,
    family_name: String,
    locale: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// Why no tenant came.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The issuer is no web address.
    #[error("{0:?} is no issuer: it must be the identity server's web address")]
    Issuer(String),
    /// The identity server is away, or answered something else than an enrolment.
    #[error("the identity server does not answer as one: {0}")]
    Away(String),
    /// It refused.
    #[error("the identity server refused: {0}")]
    Refused(String),
    /// It answered for another issuer than it was asked as.
    #[error("the identity server calls itself {0:?}")]
    OtherIssuer(String),
    /// The tenant cannot be served here. The code is spent: a new one is needed once this is mended.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its key.
    #[error("the tenant's key: {0}")]
    Key(#[from] keys::ClientKeyError),
    /// Its first administrator.
    #[error("the tenant is served, but its first administrator was not written down: {0}")]
    FirstAdministrator(String),
}

impl TenantServer {
    /// Redeems an enrolment code at an identity server, and serves the tenant from now on. Gives its short name.
    ///
    /// # Errors
    /// [`EnrolError`].
    pub async fn enrol(&self, issuer: &str, code: &str) -> Result<String, EnrolError> {
        // The tenant is not known yet, so its key waits in memory. Were this process to end before the answer is written
        // down, the code would be spent and a new one needed: nothing else is lost.
        let key = SigningKey::generate(Algorithm::ES256, &self.0.config.ambient).map_err(keys::ClientKeyError::from)?;
        let request = self.request(issuer, code, &key)?;
        let answer = self.ask(issuer, request).await?;
        if answer.issuer != issuer.trim_end_matches('/') {
            return Err(EnrolError::OtherIssuer(answer.issuer));
        }
        self.adopt(answer, Some(key)).await
    }

    /// The same request for a tenant of the configuration, with the key that it has.
    ///
    /// # Errors
    /// [`EnrolError`].
    pub fn enrolment(&self, slug: &str, code: &str) -> Result<EnrolmentRequest, EnrolError> {
        let app = self.find(slug).ok_or_else(|| OpenError::Duplicate(slug.to_owned()))?;
        self.request(app.rp.issuer(), code, &app.key)
    }

    fn request(&self, issuer: &str, code: &str, key: &SigningKey) -> Result<EnrolmentRequest, EnrolError> {
        let public = |key: &SigningKey| keys::public(key).map_err(|error| EnrolError::Key(error.into()));
        let (code, now) = (code.trim().to_owned(), self.0.config.ambient.now());
        let server_key = public(&self.0.key)?;
        let claims = json!({
            "iss": server_key.thumbprint(), "aud": issuer.trim_end_matches('/'),
            "iat": now.as_seconds(), "exp": now.plus(PROOF_LIFETIME).as_seconds(),
            "code_hash": Algorithm::ES256.left_half_hash(&code),
        });
        let proof = self.0.key.sign(ENROLMENT_PROOF_TYPE, &claims);
        let proof = Some(proof.map_err(keys::ClientKeyError::from)?);
        Ok(EnrolmentRequest { code, server_key, client_keys: JwkSet { keys: vec![public(key)?] }, proof })
    }

    async fn ask(&self, issuer: &str, mut request: EnrolmentRequest) -> Result<EnrolmentAnswer, EnrolError> {
        let mut asked = self.ask_once(issuer, &request).await?;
        // One of before knows no proofs: it has read nothing of this, and the code is not spent.
        if asked.as_ref().is_err_and(|refusal| refusal.error == "invalid_request") && request.proof.take().is_some() {
            asked = self.ask_once(issuer, &request).await?;
        }
        asked.map_err(|refusal| EnrolError::Refused(format!("{} ({})", refusal.error_description, refusal.error)))
    }

    async fn ask_once(
        &self,
        issuer: &str,
        request: &EnrolmentRequest,
    ) -> Result<Result<EnrolmentAnswer, Refusal>, EnrolError> {
        let away = |error: &dyn std::fmt::Display| EnrolError::Away(error.to_string());
        let url = Url::parse(&format!("{}/api/v1/tenant-servers/enrol", issuer.trim_end_matches('/')))
            .map_err(|_| EnrolError::Issuer(issuer.to_owned()))?;
        let request = Request::json(url, request).map_err(|error| away(&error))?;
        let response = self.0.config.http.send(request).await.map_err(|error| away(&error))?;
        if response.status == StatusCode::OK {
            return response.json().map(Ok).map_err(|error| away(&error));
        }
        response.json::<Refusal>().map(Err).map_err(|_| EnrolError::Away(response.status.to_string()))
    }

    /// Takes the tenant in: written down first, then served, then leased. `key` is its client's, if it was made for this.
    ///
    /// # Errors
    /// [`EnrolError`].
    pub async fn adopt(&self, answer: EnrolmentAnswer, key: Option<SigningKey>) -> Result<String, EnrolError> {
        let blueprint = self.0.config.blueprint(&answer.blueprint);
        blueprint.map_err(|error| OpenError::Blueprint(answer.slug.clone(), error))?;
        let mut served = Served {
            id: answer.tenant_id,
            slug: answer.slug.clone(),
            base_url: answer.base_url,
            name: answer.name,
            blueprint: answer.blueprint,
            issuer: answer.issuer,
            client_id: answer.client_id,
            icon: answer.icon,
            accent: answer.accent.map(|accent| format!("#{accent}")),
            terms_url: answer.terms_url,
            privacy_url: answer.privacy_url,
            logo: None,
            standing: Standing::Open,
            version: answer.version,
            marked: true,
            changed: 0,
        };
        let enrolled = Enrolled { server_client_id: answer.server_client_id, logo: answer.logo };
        served.changed = self.keep(served.clone(), Some(enrolled)).await?;
        let app = self.serve(served, key).await?;
        if let Some(first) = answer.first_administrator {
            invite(&app, first).await?;
        }
        self.0.lease_wake.ring();
        Ok(answer.slug)
    }

    /// A tenant that is served already takes its news over; any other one gets its place.
    async fn serve(&self, served: Served, key: Option<SigningKey>) -> Result<App, EnrolError> {
        let id = served.id;
        let slot = match self.hosts().of(id) {
            Some(slot) => {
                self.follow(served).await?;
                slot
            }
            None => self.take_in(served)?,
        };
        let app = self.opened(&slot).await?.app;
        let Some(key) = key else { return Ok(app) };
        keys::adopt(&app.store, &app.master_key, app.kit.ambient(), &key).await?;
        let changed = control::touch(&self.0.control, id).await.map_err(OpenError::from)?;
        Ok(self.with_key(&slot, key, changed).await?)
    }
}

/// Whoever runs the tenant is invited, with everything that its blueprint gives to them; the identity server mails the link.
async fn invite(app: &App, first: FirstAdministrator) -> Result<(), EnrolError> {
    let failed = |error: &dyn std::fmt::Display| EnrolError::FirstAdministrator(error.to_string());
    let role = app.tenant.blueprint.administrator().ok_or_else(|| failed(&"the blueprint has no role for it"))?;
    let new = NewInvitation {
        profile: Profile::new(&first.given_name, &first.family_name, &first.email, &first.locale, None),
        roles: vec![role.key.clone()],
        message: String::new(),
        send_now: true,
    };
    invite_first(&app.store, app.background(), new).await.map_err(|error| failed(&error))?;
    app.ring();
    Ok(())
}
