//! The code becomes tokens, and the tokens are believed after everything that OIDC Core §3.1.3.7 says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ambient::Timestamp;
use openidconnect::core::{CoreErrorResponseType, CoreGenderClaim, CoreJwsSigningAlgorithm};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, LocalizedClaim, Nonce, OAuth2TokenResponse,
    PkceCodeVerifier, RequestTokenError, SignatureVerificationError, StandardErrorResponse, SubjectIdentifier,
    TokenResponse, UserInfoClaims, UserInfoError,
};
use outbound::OutboundError;
use serde::{Deserialize, Serialize};
use tenant::logins::Attempt;
use tenant::members::Profile;
use uuid::Uuid;

use super::provider::{InstanceClaims, Provider, Tokens};
use super::{RelyingParty, RpError};

/// How far ahead of ours the identity server's clock may be.
const SKEW: Duration = Duration::from_mins(1);

/// Someone whom the identity server vouches for.
pub(crate) struct Proven {
    pub subject: String,
    pub sid: Option<String>,
    /// Which provider proved who it is. An identity server that does not say knows no other than its own.
    pub idp: String,
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

/// What UserInfo says to a tenant instance beside the standard claims (ARCHITECTURE.md).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct InstanceUserInfo {
    #[serde(default)]
    invitations: Vec<Uuid>,
}
impl AdditionalClaims for InstanceUserInfo {}

/// What UserInfo tells: who they are, and what they have accepted.
type Told = (Profile, Vec<Uuid>);

impl RelyingParty {
    /// Redeems a code of this attempt.
    pub(crate) async fn redeem(&self, code: String, attempt: &Attempt) -> Result<Proven, RpError> {
        let provider = self.provider().await?;
        let tokens = self.exchange(&provider, code, attempt).await?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let now = self.ambient.now();
        let mut proven = match self.verify(&provider, &tokens, &nonce, now) {
            // The identity server may have changed its keys since we looked: look again.
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                self.verify(&*self.with_new_keys().await?, &tokens, &nonce, now)
            }
            decided => decided,
        }
        .map_err(|error| RpError::BadTokens(format!("ID token: {error}")))?;
        (proven.profile, proven.invitations) = self.user_info(&provider, &tokens, &proven.subject).await?;
        Ok(proven)
    }

    async fn exchange(&self, provider: &Provider, code: String, attempt: &Attempt) -> Result<Tokens, RpError> {
        let oidc = self.oidc(provider)?;
        let request = oidc
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| RpError::Away(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
        let assertion = self.assertion()?;
        let request =
            assertion.into_iter().fold(request, |request, (name, value)| request.add_extra_param(name, value));
        request.request_async(&self.http).await.map_err(|error| token_error(&error))
    }

    fn verify(
        &self,
        provider: &Provider,
        tokens: &Tokens,
        nonce: &Nonce,
        now: Timestamp,
    ) -> Result<Proven, ClaimsVerificationError> {
        let other = |reason: &str| ClaimsVerificationError::Other(reason.to_owned());
        let oidc = self.oidc(provider).map_err(|error| other(&error.to_string()))?;
        let latest = system_time(now.plus(SKEW));
        let verifier = oidc
            .id_token_verifier()
            .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJwsSigningAlgorithm::EcdsaP256Sha256])
            .set_time_fn(move || system_time(now).into())
            .set_issue_time_verifier_fn(move |issued| {
                if SystemTime::from(issued) <= latest { Ok(()) } else { Err("issued in the future".into()) }
            });
        let id_token = tokens.id_token().ok_or_else(|| other("there is none"))?;
        let claims = id_token.claims(&verifier, nonce)?;
        if claims.access_token_hash().is_some_and(|hash| **hash != jose::left_half_hash(tokens.access_token().secret()))
        {
            return Err(other("at_hash is another access token's"));
        }
        let amr = claims.auth_method_refs().map(|amr| amr.iter().map(|method| method.to_string()).collect());
        let InstanceClaims { sid, idp, member_version } = claims.additional_claims().clone();
        Ok(Proven {
            subject: claims.subject().to_string(),
            sid,
            idp: idp.unwrap_or_else(|| "platform".to_owned()),
            member_version: member_version.unwrap_or_default(),
            auth_time: claims.auth_time().map(|at| Timestamp::from_seconds(at.timestamp())),
            acr: claims.auth_context_ref().map(|acr| acr.to_string()),
            amr: amr.unwrap_or_default(),
            id_token: id_token.to_string(),
            profile: Profile::new("", "", "", "", None),
            invitations: Vec::new(),
        })
    }

    /// Names, address and accepted invitations: about the same subject (OIDC Core §5.3.4), or nothing counts.
    async fn user_info(&self, provider: &Provider, tokens: &Tokens, subject: &str) -> Result<Told, RpError> {
        let expected = SubjectIdentifier::new(subject.to_owned());
        let claims: UserInfoClaims<InstanceUserInfo, CoreGenderClaim> = self
            .oidc(provider)?
            .user_info(tokens.access_token().clone(), Some(expected))
            .map_err(|error| RpError::Away(error.to_string()))?
            .request_async(&self.http)
            .await
            .map_err(|error: UserInfoError<OutboundError>| match error {
                UserInfoError::Request(error) => RpError::Away(error.to_string()),
                other => RpError::BadTokens(format!("UserInfo: {other}")),
            })?;
        Ok((profile(&claims), claims.additional_claims().invitations.clone()))
    }
}

fn profile(claims: &UserInfoClaims<InstanceUserInfo, CoreGenderClaim>) -> Profile {
    fn plain<T: std::ops::Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> &str {
        claim.and_then(|claim| claim.get(None)).map_or("", |text| text.as_str())
    }
    let (given, family) = (plain(claims.given_name()), plain(claims.family_name()));
    // A provider that states a full name only: it is shown whole.
    let given = if given.is_empty() && family.is_empty() { plain(claims.name()) } else { given };
    Profile::new(
        given,
        family,
        claims.email().map_or("", |email| email.as_str()),
        claims.locale().map_or("", |locale| locale.as_ref()),
        claims.picture().and_then(|picture| picture.get(None)).map(|picture| picture.as_str()),
    )
}

fn token_error(error: &RequestTokenError<OutboundError, StandardErrorResponse<CoreErrorResponseType>>) -> RpError {
    match error {
        RequestTokenError::ServerResponse(response) => RpError::Refused(response.error().to_string()),
        RequestTokenError::Request(error) => RpError::Away(error.to_string()),
        other => RpError::Away(format!("token endpoint: {other}")),
    }
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(at.as_micros()).unwrap_or(0))
}
