use ambient::Timestamp;
use openidconnect::RefreshToken;
use openidconnect::core::CoreIdToken;
use serde_json::{Map, Value};

use crate::claims;

/// Someone who is signed in here.
#[derive(Clone)]
pub struct SignedIn {
    /// The claims that the ID token carries.
    pub id_token_claims: Map<String, Value>,
    /// The claims that UserInfo gave.
    pub userinfo: Map<String, Value>,
    /// The ID token itself: the hint for logout.
    pub id_token: CoreIdToken,
    /// What the next tokens are had for, if there is one. It never leaves this process.
    pub refresh_token: Option<RefreshToken>,
    /// Since when.
    pub since: Timestamp,
}

impl SignedIn {
    /// What to call them: the name, else the e-mail, else the subject.
    pub fn name(&self) -> String {
        ["name", "email", "sub"].into_iter().find_map(|claim| claims::text(&self.userinfo, claim)).unwrap_or_default()
    }

    /// One claim as text, of UserInfo or else of the ID token.
    pub fn claim(&self, name: &str) -> Option<String> {
        claims::text(&self.userinfo, name).or_else(|| claims::text(&self.id_token_claims, name))
    }

    /// One claim as a list.
    pub fn list(&self, name: &str) -> Vec<String> {
        claims::list(&self.userinfo, name)
    }
}
