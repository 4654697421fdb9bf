use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::claims::scope_of;
use crate::client::Client;
use crate::error::{ErrorCode, OAuthError};

/// What a `claims` parameter asks for, as far as we honour it (OIDC Core §5.5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedClaims {
    /// Claims to be had at UserInfo beside those of the scopes; only such as belong to a scope that the client may ask for.
    pub userinfo: BTreeSet<String>,
    /// The `acr` of the ID token.
    pub acr: Option<RequestedAcr>,
    /// The `sub` that the ID token must have (§5.5.1): for anybody else there is no answer but `login_required`.
    pub subject: Option<String>,
}

/// How the person must have proved themselves (OIDC Core §5.5.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedAcr {
    /// If it cannot be met, the request fails.
    pub essential: bool,
    /// One of these, in order of preference; none: any.
    pub values: Vec<String>,
}

impl RequestedClaims {
    /// Reads the parameter. Members that nobody knows are ignored (§5.5). A claim is as private as its scope: what a client
    /// may not ask for by scope it doesn't get this way round.
    pub(super) fn parse(json: &str, client: &Client) -> Result<Self, OAuthError> {
        let malformed = || OAuthError::new(ErrorCode::InvalidRequest, "claims must be a JSON object of objects");
        let claims: Map<String, Value> = serde_json::from_str(json).map_err(|_| malformed())?;
        let section = |name: &str| match claims.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(section)) => Ok(Some(section)),
            Some(_) => Err(malformed()),
        };
        let (userinfo, id_token) = (section("userinfo")?, section("id_token")?);
        let allowed = |name: &&String| scope_of(name).is_some_and(|scope| client.may_ask_for(scope));
        Ok(Self {
            userinfo: userinfo.into_iter().flat_map(Map::keys).filter(allowed).cloned().collect(),
            acr: id_token.and_then(|section| section.get("acr")).map(requested_acr),
            subject: [id_token, userinfo]
                .into_iter()
                .flatten()
                .find_map(|section| section.get("sub")?.get("value")?.as_str().map(str::to_owned)),
        })
    }
}

fn requested_acr(request: &Value) -> RequestedAcr {
    let many = request.get("values").and_then(Value::as_array).into_iter().flatten();
    RequestedAcr {
        essential: request.get("essential").and_then(Value::as_bool).unwrap_or(false),
        values: request.get("value").into_iter().chain(many).filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}
