//! The rules of an authorization request, one function each. All of them answer by redirect.

use std::collections::BTreeSet;

use super::{Prompt, RequestedClaims, ResponseMode};
use crate::client::{Client, ClientKind, GrantType};
use crate::error::{ErrorCode, OAuthError};
use crate::params::Params;
use crate::pkce;
use crate::resource::Target;
use crate::scope::{API, OFFLINE_ACCESS, OPENID, ScopeSet};

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}

/// A text that nothing is demanded of: whatever it says, it fails no request.
pub(super) fn text(params: &Params, name: &'static str) -> Result<Option<String>, OAuthError> {
    Ok(params.one(name)?.map(str::to_owned))
}

/// A list of words, separated by spaces.
pub(super) fn words(params: &Params, name: &'static str) -> Result<Vec<String>, OAuthError> {
    Ok(params.one(name)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

/// OIDC Core §3.1.2.6. To ignore a request object would be to take the weaker of two requests (OA-10).
pub(super) fn no_request_object(params: &Params) -> Result<(), OAuthError> {
    if params.has("request") {
        return Err(OAuthError::new(ErrorCode::RequestNotSupported, "request objects are not supported"));
    }
    if params.has("request_uri") {
        return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, "request_uri is not supported"));
    }
    Ok(())
}

/// OIDC Core §7.2.1.
pub(super) fn no_registration(params: &Params) -> Result<(), OAuthError> {
    if params.has("registration") {
        return Err(OAuthError::new(ErrorCode::RegistrationNotSupported, "registration is not supported"));
    }
    Ok(())
}

/// Codes only: a token in a redirect stays in histories, logs and Referers (RFC 9700 §2.1.2).
pub(super) fn response_type(params: &Params) -> Result<(), OAuthError> {
    match params.one("response_type")? {
        Some("code") => Ok(()),
        Some(_) => Err(OAuthError::new(ErrorCode::UnsupportedResponseType, "response_type must be code")),
        None => Err(invalid("response_type is missing")),
    }
}

/// RFC 6749 §4.1.2.1.
pub(super) fn may_use_codes(client: &Client) -> Result<(), OAuthError> {
    if client.may_use(GrantType::AuthorizationCode) {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client may not use the authorization code flow"))
}

/// Multiple Response Type Encoding Practices §2.1.
pub(super) fn response_mode(params: &Params) -> Result<ResponseMode, OAuthError> {
    match params.one("response_mode")? {
        None => Ok(ResponseMode::default()),
        Some(mode) => ResponseMode::named(mode).ok_or_else(|| {
            OAuthError::new(ErrorCode::UnsupportedResponseMode, "response_mode must be query or fragment")
        }),
    }
}

/// `openid` must be asked for. Scopes that the client may not have, or that nobody knows, are left out instead of
/// refused (RFC 6749 §3.3, OIDC Core §3.1.2.1); the token response says which there are. Those of a tenant's API go with
/// that API alone (RFC 8707 §2), and it with them.
pub(super) fn scope(params: &Params, client: &Client, api: Option<&str>) -> Result<ScopeSet, OAuthError> {
    let asked = ScopeSet::parse(params.one("scope")?.unwrap_or_default())?;
    if !asked.contains(OPENID) {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "scope must contain openid"));
    }
    let mut granted = asked.only(&client.scopes);
    match api {
        Some(api) => drop(Target::Api(api.to_owned()).narrow(&granted)?),
        None => granted = granted.iter().filter(|scope| !API.contains(scope)).collect(),
    }
    if !granted.contains(OPENID) {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "this client may not ask for openid"));
    }
    Ok(if may_stay(client, &prompt(params)?) { granted } else { granted.without(OFFLINE_ACCESS) })
}

/// OIDC Core §11: `offline_access` is ignored unless the person is asked: an outside application on the web must send
/// `prompt=consent`, so that a consent of long ago never gives it in passing; a native one is asked about as any scope is. A
/// tenant's own applications ask for no consent at all (DESIGN §3.4): the tenant decides what they may have.
fn may_stay(client: &Client, prompt: &BTreeSet<Prompt>) -> bool {
    let asks = client.kind == ClientKind::PlatformApplication && !client.native;
    client.may_use(GrantType::RefreshToken) && (!asks || prompt.contains(&Prompt::Consent))
}

/// RFC 7636 §4.3, S256 alone. A method that is left out means `plain`, and a method without challenge is a challenge that
/// somebody took out (RFC 9700 §4.8.2, OA-07).
pub(super) fn code_challenge(params: &Params, client: &Client) -> Result<Option<String>, OAuthError> {
    match (params.one("code_challenge")?, params.one("code_challenge_method")?) {
        (None, None) if client.must_use_pkce() => Err(invalid("code_challenge is missing")),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(invalid("code_challenge_method came without code_challenge")),
        (Some(_), method) if method != Some(pkce::METHOD) => Err(invalid("code_challenge_method must be S256")),
        (Some(challenge), _) if !pkce::is_challenge(challenge) => Err(invalid("code_challenge is malformed")),
        (Some(challenge), _) => Ok(Some(challenge.to_owned())),
    }
}

/// OIDC Core §3.1.2.1: `none` stands alone. Values that nobody knows are left out.
pub(super) fn prompt(params: &Params) -> Result<BTreeSet<Prompt>, OAuthError> {
    let words: BTreeSet<&str> = params.one("prompt")?.unwrap_or_default().split_whitespace().collect();
    if words.contains(Prompt::None.as_str()) && words.len() > 1 {
        return Err(invalid("prompt=none cannot be combined with other values"));
    }
    Ok(words.into_iter().filter_map(Prompt::named).collect())
}

/// OIDC Core §3.1.2.1. Numbers that are too long for us are as good as endless.
pub(super) fn max_age(params: &Params) -> Result<Option<u64>, OAuthError> {
    match params.one("max_age")? {
        None => Ok(None),
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(digits.parse().unwrap_or(u64::MAX))),
        Some(_) => Err(invalid("max_age must be a number of seconds")),
    }
}

/// OIDC Core §5.5.
pub(super) fn claims(params: &Params, client: &Client) -> Result<RequestedClaims, OAuthError> {
    match params.one("claims")? {
        None => Ok(RequestedClaims::default()),
        Some(json) => RequestedClaims::parse(json, client),
    }
}

/// Ours. An application of a tenant leads to that tenant whatever it says here; only platform-wide ones have a choice.
pub(super) fn tenant(params: &Params, client: &Client) -> Result<Option<String>, OAuthError> {
    if client.kind != ClientKind::PlatformApplication {
        return Ok(None);
    }
    match params.one("tenant")? {
        Some(slug) if !is_slug(slug) => Err(invalid("tenant is malformed")),
        slug => Ok(slug.map(str::to_owned)),
    }
}

/// A label of a host name in lower case (RFC 1123 §2.1).
fn is_slug(slug: &str) -> bool {
    (1..=63).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
}
