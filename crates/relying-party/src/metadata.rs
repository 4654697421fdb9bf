use jose::Algorithm;
use serde_json::{Map, Value};
use url::Url;

use crate::fault::shown;
use crate::{Endpoint, Fault, Problem, Settings};

/// What a provider says of itself (OIDC Discovery §3), as far as it is used here, and checked.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Where the browser goes.
    pub authorization_endpoint: Url,
    /// Where the code goes.
    pub token_endpoint: Url,
    /// Says who it is; not every provider has one.
    pub userinfo_endpoint: Option<Url>,
    /// Its keys; none where plain OAuth is spoken.
    pub jwks_uri: Option<Url>,
    /// RP-Initiated Logout §2.1.
    pub end_session_endpoint: Option<Url>,
    /// What an ID token may be signed with: what is offered, and asked for, and taken here.
    pub algorithms: Vec<Algorithm>,
    /// Whether answers carry `iss` (RFC 9207 §3).
    pub iss_in_answers: bool,
    /// `code_challenge_methods_supported`, if it says so (RFC 8414 §2).
    pub pkce_methods: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`, if it says so.
    pub client_authentication: Option<Vec<String>>,
    /// `token_endpoint_auth_signing_alg_values_supported`, if it says so.
    pub assertion_algorithms: Option<Vec<String>>,
    /// `scopes_supported`, if it says so.
    pub scopes: Option<Vec<String>>,
    /// `response_types_supported`, if it says so.
    pub response_types: Option<Vec<String>>,
    /// `prompt_values_supported`, if it says so (Initiating User Registration 1.0 §4).
    pub prompts: Option<Vec<String>>,
    /// Whether it sends logout tokens (Back-Channel Logout §2.1).
    pub backchannel_logout: bool,
}

/// `/.well-known/openid-configuration` of an issuer (OIDC Discovery §4.1).
pub(crate) fn address(issuer: &str) -> Result<Url, Fault> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    Url::parse(&address).map_err(|error| Fault::Settings(format!("the issuer is no address: {error}")))
}

impl Metadata {
    /// Reads a discovery document.
    pub(crate) fn read(document: &Map<String, Value>, settings: &Settings) -> Result<Self, Fault> {
        let issuer = document.get("issuer").and_then(Value::as_str).ok_or(Fault::Metadata("issuer"))?;
        // §4.3: identical to the one that was asked for, or another server speaks for it.
        if issuer != settings.issuer {
            return Err(Fault::IssuerDiffers { expected: settings.issuer.clone(), got: shown(issuer) });
        }
        let at = |name, endpoint| endpoint_of(document, settings, name, endpoint);
        let needed = |name, endpoint| at(name, endpoint)?.ok_or(Fault::at(endpoint, Problem::Missing));
        Ok(Self {
            authorization_endpoint: needed("authorization_endpoint", Endpoint::Authorization)?,
            token_endpoint: needed("token_endpoint", Endpoint::Token)?,
            userinfo_endpoint: at("userinfo_endpoint", Endpoint::UserInfo)?,
            jwks_uri: Some(needed("jwks_uri", Endpoint::Keys)?),
            end_session_endpoint: at("end_session_endpoint", Endpoint::EndSession)?,
            algorithms: algorithms(document, settings)?,
            iss_in_answers: flag(document, "authorization_response_iss_parameter_supported"),
            pkce_methods: texts(document, "code_challenge_methods_supported")?,
            client_authentication: texts(document, "token_endpoint_auth_methods_supported")?,
            assertion_algorithms: texts(document, "token_endpoint_auth_signing_alg_values_supported")?,
            scopes: texts(document, "scopes_supported")?,
            response_types: texts(document, "response_types_supported")?,
            prompts: texts(document, "prompt_values_supported")?,
            backchannel_logout: flag(document, "backchannel_logout_supported"),
        })
    }

    /// Where plain OAuth is spoken, it is what the settings say.
    pub(crate) fn of_oauth(settings: &Settings) -> Option<Self> {
        let endpoints = settings.endpoints.as_ref()?;
        Some(Self {
            authorization_endpoint: endpoints.authorization.clone(),
            token_endpoint: endpoints.token.clone(),
            userinfo_endpoint: Some(endpoints.user.clone()),
            jwks_uri: None,
            end_session_endpoint: None,
            algorithms: Vec::new(),
            iss_in_answers: false,
            pkce_methods: None,
            client_authentication: None,
            assertion_algorithms: None,
            scopes: None,
            response_types: None,
            prompts: None,
            backchannel_logout: false,
        })
    }
}

/// An address that browsers or codes are sent to: `https`, unless the issuer itself is plain `http`, which the guarded
/// client reaches only if the operator has listed it.
fn endpoint_of(
    document: &Map<String, Value>,
    settings: &Settings,
    name: &'static str,
    endpoint: Endpoint,
) -> Result<Option<Url>, Fault> {
    let Some(value) = document.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let text = value.as_str().ok_or(Fault::Metadata(name))?;
    let unusable = || Fault::at(endpoint, Problem::Address(shown(text)));
    let url = Url::parse(text).map_err(|_| unusable())?;
    if url.host().is_none() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(unusable());
    }
    match url.scheme() {
        "https" => Ok(Some(url)),
        "http" if settings.issuer.starts_with("http://") => Ok(Some(url)),
        _ => Err(Fault::at(endpoint, Problem::Insecure(shown(text)))),
    }
}

/// OIDC Core §3.1.3.7, 7: what was asked for, of what is offered. `none` and HS* are not among what is taken at all.
fn algorithms(document: &Map<String, Value>, settings: &Settings) -> Result<Vec<Algorithm>, Fault> {
    // §3 of Discovery wants the member and RS256 in it; a provider that leaves it out gets the default.
    let offered = texts(document, "id_token_signing_alg_values_supported")?;
    let offered = offered.unwrap_or_else(|| vec![Algorithm::RS256.name().to_owned()]);
    let taken: Vec<_> = offered
        .iter()
        .filter_map(|name| Algorithm::foreign(name))
        .filter(|algorithm| settings.algorithms.is_empty() || settings.algorithms.contains(algorithm))
        .collect();
    if taken.is_empty() { Err(Fault::NoAlgorithm(shown(&offered.join(", ")))) } else { Ok(taken) }
}

fn flag(document: &Map<String, Value>, name: &str) -> bool {
    document.get(name) == Some(&Value::Bool(true))
}

fn texts(document: &Map<String, Value>, name: &'static str) -> Result<Option<Vec<String>>, Fault> {
    match document.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => serde_json::from_value(value.clone()).map(Some).map_err(|_| Fault::Metadata(name)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ClientAuthentication;

    fn read(issuer: &str, changes: &[(&str, Value)]) -> Result<Metadata, String> {
        let settings = Settings::generic(issuer, "us", ClientAuthentication::None);
        let mut document = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS512", "PS256", "EdDSA"],
        });
        changes.iter().for_each(|(name, value)| document[*name] = value.clone());
        Metadata::read(document.as_object().unwrap(), &settings).map_err(|fault| fault.code())
    }

    #[test]
    fn what_a_document_must_state_and_in_which_form() {
        let id = "https://id.example";
        let good = read(id, &[]).unwrap();
        assert_eq!(good.algorithms, [Algorithm::PS256, Algorithm::EdDSA]);
        assert!(good.userinfo_endpoint.is_none() && good.pkce_methods.is_none() && !good.iss_in_answers);
        assert_eq!(
            read(id, &[("id_token_signing_alg_values_supported", Value::Null)]).unwrap().algorithms,
            [Algorithm::RS256]
        );
        for (name, value, code) in [
            ("issuer", json!("https://id.example/"), "discovery_issuer"),
            ("issuer", json!("HTTPS://id.example"), "discovery_issuer"),
            ("issuer", json!(7), "discovery_incomplete"),
            ("authorization_endpoint", Value::Null, "authorization_missing"),
            ("authorization_endpoint", json!("http://id.example/authorize"), "authorization_insecure"),
            ("authorization_endpoint", json!("javascript:alert(1)"), "authorization_address"),
            ("authorization_endpoint", json!("/authorize"), "authorization_address"),
            ("authorization_endpoint", json!("https://id.example/#a"), "authorization_address"),
            ("token_endpoint", json!("https://user:secret@id.example/token"), "token_address"),
            ("token_endpoint", json!("http://id.example/token"), "token_insecure"),
            ("token_endpoint", json!(["https://id.example/token"]), "discovery_incomplete"),
            ("jwks_uri", json!("file:///etc/passwd"), "keys_address"),
            ("userinfo_endpoint", json!("http://id.example/me"), "user_info_insecure"),
            ("end_session_endpoint", json!("ftp://id.example/bye"), "end_session_insecure"),
            ("id_token_signing_alg_values_supported", json!(["none", "HS256"]), "discovery_algorithms"),
            ("id_token_signing_alg_values_supported", json!("RS256"), "discovery_incomplete"),
        ] {
            assert_eq!(read(id, &[(name, value.clone())]).unwrap_err(), code, "{name} {value}");
        }
        // Plain http is for those whom the operator has listed: the client would not have fetched the document otherwise.
        assert!(read("http://127.0.0.1:1", &[]).is_ok());
    }
}
