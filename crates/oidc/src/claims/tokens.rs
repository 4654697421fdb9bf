use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::scope::ScopeSet;

/// The header's `typ` of an ID token.
pub const ID_TOKEN_TYPE: &str = "JWT";
/// The header's `typ` of an access token (RFC 9068 §2.1): no other token passes for one (TN-03).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";
/// `typ` of what a tenant server shows when it enrols: that it holds the private half of its key.
pub const ENROLMENT_PROOF_TYPE: &str = "latchkey-enrolment+jwt";
/// The header's `typ` of a logout token (Back-Channel Logout §2.4).
pub const LOGOUT_TOKEN_TYPE: &str = "logout+jwt";
/// The one event of a logout token (Back-Channel Logout §2.4).
pub const BACKCHANNEL_LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// An ID token (OIDC Core §2). Names and e-mail are not in it: they stand at UserInfo. Times are seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The person, pairwise.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// Not to be taken from then on.
    pub exp: i64,
    /// When it was issued.
    pub iat: i64,
    /// When the person proved who they are.
    pub auth_time: i64,
    /// That of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How strongly they did.
    pub acr: String,
    /// By what means (RFC 8176).
    pub amr: Vec<String>,
    /// The session, pairwise (Front-Channel Logout §3).
    pub sid: String,
    /// Left half of the access token's hash (OIDC Core §3.1.3.6): [`jose::left_half_hash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// For tenant instances alone: `platform` or a provider's slug (DESIGN §4.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp: Option<String>,
    /// For tenant instances alone, of a break-glass member: they have nothing of their own to sign in by, so that a provider is all that
    /// they can come by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_by_provider: Option<bool>,
    /// For tenant instances alone: their own providers alone know who this is (DESIGN §4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_here: Option<bool>,
    /// For tenant instances alone: the last member snapshot applied, 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_version: Option<i64>,
}

/// An access token (RFC 9068 §2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The person, pairwise; the client itself where it acts for itself.
    pub sub: String,
    /// The resource it is for.
    pub aud: String,
    /// Not to be taken from then on.
    pub exp: i64,
    /// When it was issued.
    pub iat: i64,
    /// Its identifier.
    pub jti: String,
    /// Who it was issued to.
    pub client_id: String,
    /// What it allows.
    pub scope: ScopeSet,
    /// When the person proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How strongly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By what means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// The grant that it belongs to: with it, every token of a replayed code dies (OA-01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// The tenant's slug, with the scope `membership`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The person's roles there (RFC 9068 §2.2.3.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The person's groups there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
}

/// A logout token (Back-Channel Logout §2.4). It has no nonce, so no ID token passes for one, nor the reverse (OA-19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The client.
    pub aud: String,
    /// When it was issued.
    pub iat: i64,
    /// Not to be taken from then on.
    pub exp: i64,
    /// Its identifier; counts once.
    pub jti: String,
    /// The person, pairwise.
    pub sub: String,
    /// The session, pairwise.
    pub sid: String,
    /// What happened.
    pub events: LogoutEvents,
}

/// The `events` of a logout token: the logout event with an empty object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutEvents {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    logout: Map<String, Value>,
}

impl LogoutEvents {
    /// One logout.
    #[must_use]
    pub fn logout() -> Self {
        Self { logout: Map::new() }
    }
}
