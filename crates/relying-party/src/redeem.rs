//! The code becomes tokens, and the tokens are believed after everything that [`crate::rules`] asks.

use std::time::Duration;

use jose::Type;
use serde_json::{Map, Value};

use crate::exchange::Tokens;
use crate::fault::shown;
use crate::identity::Identity;
use crate::provider::Provider;
use crate::rules::{self, Claims, Expected, Logout};
use crate::{Broken, Endpoint, Fault, Problem, RelyingParty, Token, oauth, wire};

/// A code, and what was written down when it was asked for.
#[derive(Clone, Copy)]
pub struct Redeem<'a> {
    /// The code that came back ([`RelyingParty::admit`]).
    pub code: &'a str,
    /// [`crate::Secrets::nonce`] of the request.
    pub nonce: &'a str,
    /// [`crate::Secrets::verifier`] of the request.
    pub verifier: &'a str,
    /// [`crate::Ask::max_age`] of the request.
    pub max_age: Option<Duration>,
}

/// Which types of logout tokens a provider sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutType {
    /// `logout+jwt`: nothing else can pass for one (ASVS 10.5.5).
    Strict,
    /// None, or `JWT` too: providers older than the final specification.
    Lax,
}

impl RelyingParty {
    /// Redeems a code, and says who it is.
    ///
    /// # Errors
    /// A [`Fault`]: nobody is signed in then, and nothing of what came counts.
    pub async fn redeem(&self, redeem: &Redeem<'_>) -> Result<Identity, Fault> {
        let provider = self.provider().await?;
        let tokens = self.exchange(&provider, redeem.code, redeem.verifier).await?;
        if let Some(endpoints) = &self.settings.endpoints {
            return oauth::identity(&self.http, &self.settings, endpoints, &tokens.access_token).await;
        }
        let id_token = tokens.id_token.as_deref().ok_or(Fault::NoIdToken)?;
        let claims = match self.verify_id_token(&provider, id_token, &tokens, redeem) {
            // The provider may have changed its keys since we looked: look again.
            Err(broken) if broken.may_be_new_keys() => {
                self.verify_id_token(&*self.with_new_keys().await?, id_token, &tokens, redeem)
            }
            decided => decided,
        };
        let claims = claims.map_err(|broken| Fault::Token { token: Token::Id, broken })?;
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
        let user_info = self.user_info(&provider, &tokens.access_token, subject).await?;
        Identity::of(&self.settings, (&claims, id_token.to_owned()), user_info)
    }

    pub(crate) fn verify_id_token(
        &self,
        provider: &Provider,
        id_token: &str,
        tokens: &Tokens,
        redeem: &Redeem<'_>,
    ) -> Result<Map<String, Value>, Broken> {
        let none_or_jwt = Type::NoneOr(&["jwt"]);
        let (algorithm, claims) = rules::open(id_token, &provider.keys, none_or_jwt, &provider.metadata.algorithms)?;
        let expected = Expected {
            issuers: &self.issuers(),
            client_id: &self.settings.client_id,
            trusted_audiences: &self.settings.trusted_audiences,
            nonce: redeem.nonce,
            max_age: redeem.max_age,
            access_token: &tokens.access_token,
            code: redeem.code,
            algorithm,
            now: self.ambient.now(),
        };
        rules::judge_id_token(Claims(&claims), &expected)?;
        Ok(claims)
    }

    /// The configured issuer, and what else it is known to call itself.
    fn issuers(&self) -> Vec<&str> {
        let own = std::iter::once(self.settings.issuer.as_str());
        own.chain(self.settings.preset.other_issuers().iter().copied()).collect()
    }

    /// What UserInfo says about the same subject (OIDC Core §5.3.4), or nothing counts. A provider without it has said everything.
    async fn user_info(
        &self,
        provider: &Provider,
        access_token: &str,
        subject: &str,
    ) -> Result<Map<String, Value>, Fault> {
        let at = Endpoint::UserInfo;
        let Some(address) = provider.metadata.userinfo_endpoint.clone() else { return Ok(Map::new()) };
        let request = wire::with_token(at, address, access_token, "application/json, application/jwt")?;
        let answer = wire::ask(&self.http, at, request).await?;
        // §5.3.2: the content type says which of the two it is.
        let claims = if wire::stated_type(&answer).as_deref() == Some(wire::JWT) {
            let token = std::str::from_utf8(&answer.body).unwrap_or_default().trim();
            self.signed_user_info(provider, token).await?
        } else {
            wire::content_type(at, &answer, wire::JSON)?;
            wire::object(at, &answer)?
        };
        match claims.get("sub").and_then(Value::as_str) {
            Some(got) if got == subject => Ok(claims),
            Some(got) => Err(Fault::UserInfoSubject { expected: shown(subject), got: shown(got) }),
            None => Err(Fault::UserInfoSubjectMissing),
        }
    }

    async fn signed_user_info(&self, provider: &Provider, token: &str) -> Result<Map<String, Value>, Fault> {
        let check = |provider: &Provider| {
            let typ = Type::NoneOr(&["jwt", "token-userinfo+jwt"]);
            let (_, claims) = rules::open(token, &provider.keys, typ, &provider.metadata.algorithms)?;
            let (client_id, now) = (&self.settings.client_id, self.ambient.now());
            rules::judge_user_info(Claims(&claims), &self.issuers(), client_id, now).map(|()| claims)
        };
        let decided = match check(provider) {
            Err(broken) if broken.may_be_new_keys() => check(&*self.with_new_keys().await?),
            decided => decided,
        };
        decided.map_err(|broken| Fault::Token { token: Token::UserInfo, broken })
    }

    /// Verifies a logout token that came to our back channel (Back-Channel Logout 1.0 §2.6). Whoever calls ends the sessions, and
    /// records [`Logout::jti`], which counts once.
    ///
    /// # Errors
    /// [`Fault::Token`], which the sender hears as 400; a [`Fault`] of discovery, worth another try.
    pub async fn verify_logout_token(&self, token: &str, types: LogoutType) -> Result<Logout, Fault> {
        if !self.settings.is_openid() {
            return Err(Fault::at(Endpoint::Keys, Problem::Missing));
        }
        // Whoever posts here is unknown: for what says that another has issued it, nobody is asked anything.
        let says = rules::claims_issuer(token, &self.issuers());
        says.map_err(|broken| Fault::Token { token: Token::Logout, broken })?;
        let check = |provider: &Provider| {
            let typ = match types {
                LogoutType::Strict => Type::Only("logout+jwt"),
                LogoutType::Lax => Type::NoneOr(&["logout+jwt", "jwt"]),
            };
            let (_, claims) = rules::open(token, &provider.keys, typ, &provider.metadata.algorithms)?;
            let (client_id, now) = (&self.settings.client_id, self.ambient.now());
            rules::judge_logout_token(Claims(&claims), &self.issuers(), client_id, now)
        };
        let decided = match check(&*self.provider().await?) {
            Err(broken) if broken.may_be_new_keys() => check(&*self.with_new_keys().await?),
            decided => decided,
        };
        decided.map_err(|broken| Fault::Token { token: Token::Logout, broken })
    }
}
