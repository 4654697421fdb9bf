use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use oidc::client::{Client, ClientKind, GrantType};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::browser::{Person, encode};
use super::open::secret_of;
use super::place::Place;
use super::world::World;

/// A relying application that speaks the protocol by hand, so that a test can say every word wrong. Its redirect URI is
/// outside the world: browsers stop there, and the test reads the answer off the address.
pub struct Rp {
    pub client: Client,
    pub issuer: String,
    http: reqwest::Client,
    world_random: ambient::Ambient,
}

/// An authorization request, with what only the application knows.
pub struct Request {
    pub params: Vec<(String, String)>,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    endpoint: String,
}

/// An endpoint's answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl World {
    /// A platform-wide application, registered as `change` says.
    pub async fn platform_client(&self, client_id: &'static str, change: impl FnOnce(&mut Client)) -> Rp {
        self.rp(client_id, None, ClientKind::PlatformApplication, change).await
    }

    /// An application of a tenant: its people are not asked for consent.
    pub async fn client_at(&self, tenant: &Place, client_id: &'static str, change: impl FnOnce(&mut Client)) -> Rp {
        self.rp(client_id, Some(tenant), ClientKind::TenantApplication, change).await
    }

    async fn rp(
        &self,
        id: &'static str,
        tenant: Option<&Place>,
        kind: ClientKind,
        change: impl FnOnce(&mut Client),
    ) -> Rp {
        let mut client = self.client_of(&self.inkwell, kind);
        (client.client_id, client.name) = (id.to_owned(), format!("The {id}"));
        client.redirect_uris = vec![format!("https://{id}.example/cb")];
        client.post_logout_redirect_uris = vec![format!("https://{id}.example/bye")];
        change(&mut client);
        self.register(client.clone(), tenant).await;
        let (issuer, http) = (self.id.base.clone(), self.net.http.clone());
        Rp { client, issuer, http, world_random: self.ambient.clone() }
    }
}

impl Rp {
    pub fn redirect_uri(&self) -> &str {
        &self.client.redirect_uris[0]
    }

    /// A good request; `changes` replace parameters, or take them out with `None`.
    pub fn request(&self, changes: &[(&str, Option<&str>)]) -> Request {
        let [state, nonce] = [(); 2].map(|()| self.world_random.identifier());
        let verifier = jose::base64url(&self.world_random.bytes::<32>());
        let challenge = oidc::pkce::challenge_of(&verifier);
        let scope = self.client.scopes.join(" ");
        let base = [
            ("client_id", &*self.client.client_id),
            ("redirect_uri", self.redirect_uri()),
            ("response_type", "code"),
            ("scope", &scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let replaced = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
        let kept = base.into_iter().filter(|(name, _)| !replaced(name));
        let params = kept.chain(changes.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Request { params, state, nonce, verifier, endpoint: format!("{}/authorize", self.issuer) }
    }

    /// Sends a browser through a request, and gives the code that it comes back with.
    pub async fn code(&self, browser: &mut Person, request: &Request) -> String {
        browser.opens(&request.url()).await;
        browser.page.query("code").unwrap_or_else(|| panic!("no code: {:?}", browser.page))
    }

    /// Redeems a code as it should be done.
    pub async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri()),
            ("code_verifier", verifier),
        ];
        self.token(&fields).await
    }

    /// A token request with this client's own credentials.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.asks("/token", fields).await
    }

    /// Exchanges a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Whether introspection calls a token active.
    pub async fn is_active(&self, token: &str) -> bool {
        let answer = self.asks("/introspect", &[("token", token)]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["active"].as_bool().unwrap()
    }

    /// Any form with this client's own credentials.
    pub async fn asks(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let basic = format!("Basic {}", STANDARD.encode(self.basic()));
        self.call(Method::POST, path, &[("authorization", &basic)], Some(fields)).await
    }

    /// Form-urlencoded before base64 (RFC 6749 §2.3.1).
    fn basic(&self) -> String {
        let part = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!("{}:{}", part(&self.client.client_id), part(&secret_of(&self.client.client_id)))
    }

    /// The whole way for a browser that is signed in and has nothing to be asked.
    pub async fn tokens(&self, browser: &mut Person) -> Value {
        let request = self.request(&[]);
        let code = self.code(browser, &request).await;
        let answer = self.redeem(&code, &request.verifier).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        self.call(Method::GET, "/userinfo", &[("authorization", &format!("Bearer {token}"))], None).await
    }

    /// Any call of the identity server, without a browser.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.issuer));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(form) = form {
            let body = encode(form.iter().copied());
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, body: answer.text().await.unwrap() }
    }
}

impl Request {
    pub fn url(&self) -> String {
        format!("{}?{}", self.endpoint, self.body())
    }

    pub fn body(&self) -> String {
        encode(self.params.iter().map(|(name, value)| (&**name, &**value)))
    }
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// An OAuth error with its status.
    #[track_caller]
    pub fn is_error(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(code)), "{self:?}");
        assert!(self.json().get("access_token").is_none(), "{self:?}");
        self
    }
}

/// Registers a client for refresh tokens that end with the session.
pub fn refreshing(client: &mut Client) {
    client.grant_types.push(GrantType::RefreshToken);
}

/// Registers a client for refresh tokens that outlive the session.
pub fn staying(client: &mut Client) {
    refreshing(client);
    client.scopes.push("offline_access".to_owned());
}

/// A text of a token answer.
#[track_caller]
pub fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap_or_else(|| panic!("no {name}: {tokens}")).to_owned()
}

/// What a token says, unverified.
#[track_caller]
pub fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
