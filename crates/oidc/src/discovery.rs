//! What the server says of itself (OpenID Connect Discovery 1.0 §3, RFC 8414). Only registered members, and only what is
//! true: a client that believes the document must not be refused for it.

use jose::Algorithm;
use serde::Serialize;

use crate::authorize::{Prompt, ResponseMode};
use crate::claims::SCOPE_CLAIMS;
use crate::client::{AuthMethod, GrantType};
use crate::scope;

/// Where the document is (OpenID Connect Discovery §4).
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// Where the same document is (RFC 8414 §3).
pub const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";

/// Paths below the issuer.
pub mod paths {
    /// Authorization endpoint.
    pub const AUTHORIZE: &str = "/authorize";
    /// Token endpoint.
    pub const TOKEN: &str = "/token";
    /// UserInfo endpoint.
    pub const USERINFO: &str = "/userinfo";
    /// Public keys.
    pub const JWKS: &str = "/jwks";
    /// Revocation (RFC 7009).
    pub const REVOKE: &str = "/revoke";
    /// Introspection (RFC 7662).
    pub const INTROSPECT: &str = "/introspect";
    /// Logout (`end_session_endpoint`).
    pub const LOGOUT: &str = "/logout";
}

/// Claims of the ID token.
const ID_TOKEN_CLAIMS: &[&str] = &["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of Discovery §3, RFC 8414 §2 and the extensions named beside")]
pub struct ProviderMetadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    pub revocation_endpoint: String,    // RFC 8414, RFC 7009
    pub introspection_endpoint: String, // RFC 8414, RFC 7662
    pub end_session_endpoint: String,   // RP-Initiated Logout §2.1
    pub scopes_supported: Vec<&'static str>,
    pub response_types_supported: Vec<&'static str>,
    pub response_modes_supported: Vec<&'static str>,
    pub grant_types_supported: Vec<&'static str>,
    pub acr_values_supported: Vec<String>,
    pub subject_types_supported: Vec<&'static str>,
    pub id_token_signing_alg_values_supported: Vec<&'static str>,
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub display_values_supported: Vec<&'static str>,
    pub claim_types_supported: Vec<&'static str>,
    pub claims_supported: Vec<&'static str>,
    pub ui_locales_supported: Vec<&'static str>,
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    pub request_uri_parameter_supported: bool,
    pub require_request_uri_registration: bool,
    pub code_challenge_methods_supported: Vec<&'static str>, // RFC 8414
    pub authorization_response_iss_parameter_supported: bool, // RFC 9207
    pub prompt_values_supported: Vec<&'static str>,          // Initiating User Registration §4
    pub backchannel_logout_supported: bool,                  // Back-Channel Logout §2.1
    pub backchannel_logout_session_supported: bool,
}

/// The document of `issuer`, which can reach `acr_values`.
#[must_use]
pub fn metadata(issuer: &str, acr_values: &[&str]) -> ProviderMetadata {
    let at = |path: &str| format!("{}{path}", issuer.trim_end_matches('/'));
    let algorithms: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
    let methods: Vec<_> = AuthMethod::ALL.iter().map(|method| method.as_str()).collect();
    // Introspection demands a proof (RFC 7662 §2.1).
    let proving = methods.iter().copied().filter(|method| *method != AuthMethod::None.as_str()).collect();
    let claims = SCOPE_CLAIMS.iter().flat_map(|(_, claims)| claims.iter());
    ProviderMetadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: at(paths::AUTHORIZE),
        token_endpoint: at(paths::TOKEN),
        userinfo_endpoint: at(paths::USERINFO),
        jwks_uri: at(paths::JWKS),
        revocation_endpoint: at(paths::REVOKE),
        introspection_endpoint: at(paths::INTROSPECT),
        end_session_endpoint: at(paths::LOGOUT),
        scopes_supported: scope::ALL.to_vec(),
        response_types_supported: vec!["code"],
        response_modes_supported: ResponseMode::ALL.iter().map(|mode| mode.as_str()).collect(),
        grant_types_supported: GrantType::ALL.iter().map(|grant| grant.as_str()).collect(),
        acr_values_supported: acr_values.iter().map(|&acr| acr.to_owned()).collect(),
        subject_types_supported: vec!["pairwise"],
        id_token_signing_alg_values_supported: algorithms.clone(),
        token_endpoint_auth_methods_supported: methods.clone(),
        token_endpoint_auth_signing_alg_values_supported: algorithms.clone(),
        revocation_endpoint_auth_methods_supported: methods,
        revocation_endpoint_auth_signing_alg_values_supported: algorithms.clone(),
        introspection_endpoint_auth_methods_supported: proving,
        introspection_endpoint_auth_signing_alg_values_supported: algorithms,
        display_values_supported: vec!["page"],
        claim_types_supported: vec!["normal"],
        claims_supported: ID_TOKEN_CLAIMS.iter().chain(claims).copied().collect(),
        ui_locales_supported: vec!["en", "de"],
        claims_parameter_supported: true,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        require_request_uri_registration: false,
        code_challenge_methods_supported: vec![crate::pkce::METHOD],
        authorization_response_iss_parameter_supported: true,
        prompt_values_supported: Prompt::ALL.iter().map(|prompt| prompt.as_str()).collect(),
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_is() {
        let json = serde_json::to_value(metadata("https://id.test", &["urn:x"])).unwrap();
        assert_eq!(json["issuer"], "https://id.test");
        assert_eq!(json["authorization_endpoint"], "https://id.test/authorize");
        assert_eq!(json["end_session_endpoint"], "https://id.test/logout");
        assert_eq!(json["response_types_supported"], serde_json::json!(["code"]));
        assert_eq!(json["id_token_signing_alg_values_supported"], serde_json::json!(["RS256", "ES256"]));
        assert_eq!(json["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        assert_eq!(json["request_uri_parameter_supported"], false, "its default is true");
        assert_eq!(json["subject_types_supported"], serde_json::json!(["pairwise"]));
        assert!(json.as_object().unwrap().values().all(|value| !value.is_null()));
    }
}
