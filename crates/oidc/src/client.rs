//! What a registered client is for the protocol.

use jose::{Algorithm, JwkSet};
use serde::{Deserialize, Serialize};

named! {
    /// Whose application it is (DESIGN §1).
    pub enum ClientKind {
        /// A tenant instance itself.
        TenantInstance = "tenant_instance",
        /// An application of one tenant.
        TenantApplication = "tenant_application",
        /// An application of the platform; may name a tenant by our parameter `tenant`.
        PlatformApplication = "platform_application",
        /// A process that serves tenants: it renews their lease, and signs nobody in.
        TenantServer = "tenant_server",
    }
}

named! {
    /// How it proves itself at the token endpoint (OIDC Core §9). Exactly one way: a client that could use a weaker one
    /// as well is as weak as that one.
    pub enum AuthMethod {
        /// RFC 6749 §2.3.1, in the header.
        ClientSecretBasic = "client_secret_basic",
        /// RFC 6749 §2.3.1, in the body.
        ClientSecretPost = "client_secret_post",
        /// RFC 7523.
        PrivateKeyJwt = "private_key_jwt",
        /// A public client: it cannot keep a secret (RFC 6749 §2.1).
        None = "none",
    }
}

named! {
    /// What it may bring to the token endpoint.
    pub enum GrantType {
        /// RFC 6749 §4.1.
        AuthorizationCode = "authorization_code",
        /// RFC 6749 §6. A client that has it gets a refresh token with each code.
        RefreshToken = "refresh_token",
        /// RFC 6749 §4.4.
        ClientCredentials = "client_credentials",
    }
}

/// A registered client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// Shown to people.
    pub name: String,
    /// Whose it is.
    pub kind: ClientKind,
    /// How it proves itself.
    pub auth_method: AuthMethod,
    /// Where answers may go, byte for byte.
    pub redirect_uris: Vec<String>,
    /// Where a browser may go after logout, byte for byte.
    pub post_logout_redirect_uris: Vec<String>,
    /// What its ID tokens are signed with.
    pub id_token_alg: Algorithm,
    /// Whether it must use PKCE; see [`Client::must_use_pkce`].
    pub require_pkce: bool,
    /// What it may bring to the token endpoint.
    pub grant_types: Vec<GrantType>,
    /// The scopes that it may ask for.
    pub scopes: Vec<String>,
    /// Its public keys, for `private_key_jwt`.
    pub jwks: Option<JwkSet>,
    /// Where it hears of logouts (OpenID Connect Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Whether it runs on the person's own device (RFC 8252).
    pub native: bool,
}

impl Client {
    /// Public and native clients use PKCE whatever their row says (RFC 9700 §2.1.1, RFC 8252 §8.1): nothing else ties
    /// their codes to the instance that asked.
    #[must_use]
    pub fn must_use_pkce(&self) -> bool {
        self.require_pkce || self.native || self.auth_method == AuthMethod::None
    }

    /// Whether it may use `grant`. A public client never gets `client_credentials` (RFC 6749 §4.4).
    #[must_use]
    pub fn may_use(&self, grant: GrantType) -> bool {
        let public = self.auth_method == AuthMethod::None;
        self.grant_types.contains(&grant) && !(public && grant == GrantType::ClientCredentials)
    }

    /// Whether it may ask for `scope`.
    #[must_use]
    pub fn may_ask_for(&self, scope: &str) -> bool {
        self.scopes.iter().any(|allowed| allowed == scope)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A confidential web client; tests change what they are about.
    pub(crate) fn web() -> Client {
        Client {
            client_id: "rp".into(),
            name: "Relying Party".into(),
            kind: ClientKind::TenantApplication,
            auth_method: AuthMethod::ClientSecretBasic,
            redirect_uris: vec!["https://rp.test/cb".into(), "https://rp.test/cb?flow=2".into()],
            post_logout_redirect_uris: vec!["https://rp.test/bye".into(), "https://rp.test/bye?x=1".into()],
            id_token_alg: Algorithm::RS256,
            require_pkce: false,
            grant_types: vec![GrantType::AuthorizationCode],
            scopes: ["openid", "profile", "email"].map(str::to_owned).into(),
            jwks: None,
            backchannel_logout_uri: None,
            native: false,
        }
    }

    #[test]
    fn public_clients_use_pkce_and_get_no_tokens_of_their_own() {
        let mut client = web();
        client.grant_types.push(GrantType::ClientCredentials);
        assert!(!client.must_use_pkce() && client.may_use(GrantType::ClientCredentials));
        client.auth_method = AuthMethod::None;
        assert!(client.must_use_pkce() && !client.may_use(GrantType::ClientCredentials));
        assert!(client.may_use(GrantType::AuthorizationCode));
    }

    #[test]
    fn names_are_those_of_the_registry_in_json_too() {
        assert_eq!(serde_json::to_string(&AuthMethod::PrivateKeyJwt).unwrap(), r#""private_key_jwt""#);
        assert_eq!(AuthMethod::named("none"), Some(AuthMethod::None));
        assert_eq!(AuthMethod::named("None"), None);
        for kind in ClientKind::ALL {
            assert_eq!(ClientKind::named(kind.as_str()), Some(*kind));
        }
        let json = serde_json::to_string(&web()).unwrap();
        assert_eq!(serde_json::from_str::<Client>(&json).unwrap(), web());
    }
}
