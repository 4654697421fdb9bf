//! What is done over and over: a complete login, a login with a session, the exchange of a code.

use std::cell::Cell;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limit::{Outcome, base64url};
use serde::Deserialize;
use url::form_urlencoded;

use crate::browser::{Browser, Person};
use crate::http::Connection;

/// PKCE: one verifier for all, since only the server's work counts.
const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";

/// What a provider says of itself, and the client that was registered there.
#[derive(Debug, Deserialize)]
pub struct Target {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub client_id: String,
    pub client_secret: String,
    pub redirect_uri: String,
    pub scope: String,
}

/// The answer of the token endpoint.
#[derive(Debug, Deserialize)]
pub struct Tokens {
    pub access_token: String,
    pub id_token: String,
}

/// One user of the benchmark: a browser, an application's connection to the token endpoint, a person.
pub struct User<'a> {
    target: &'a Target,
    person: &'a Person,
    browser: Browser,
    back: Connection,
    path: String,
    headers: String,
    number: Cell<u64>,
}

impl<'a> User<'a> {
    pub fn new(target: &'a Target, person: &'a Person) -> Outcome<Self> {
        let token_endpoint = url::Url::parse(&target.token_endpoint)?;
        let host = token_endpoint.host_str().unwrap_or_default();
        let port = token_endpoint.port_or_known_default().unwrap_or(80);
        let basic = STANDARD.encode(format!("{}:{}", target.client_id, target.client_secret));
        Ok(Self {
            target,
            person,
            browser: Browser::default(),
            back: Connection::to(&format!("{host}:{port}")),
            path: token_endpoint.path().to_owned(),
            headers: format!(
                "authorization: Basic {basic}\r\naccept: application/json\r\ncontent-type: application/x-www-form-urlencoded\r\n"
            ),
            number: Cell::new(0),
        })
    }

    /// The next request's number: state and nonce differ each time.
    fn request(&self) -> String {
        self.number.set(self.number.get() + 1);
        let challenge = base64url(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes()));
        let target = self.target;
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &target.client_id)
            .append_pair("redirect_uri", &target.redirect_uri)
            .append_pair("scope", &target.scope)
            .append_pair("state", &format!("state-{}", self.number.get()))
            .append_pair("nonce", &self.nonce())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        format!("{}?{query}", target.authorization_endpoint)
    }

    /// That of the last request.
    pub fn nonce(&self) -> String {
        format!("nonce-{}", self.number.get())
    }

    /// An authorization request until its code: with the session that the browser holds, or by signing in.
    pub async fn code(&mut self) -> Outcome<String> {
        let (request, until) = (self.request(), format!("{}?", self.target.redirect_uri));
        let arrived = self.browser.visit(&request, &until, self.person).await?;
        let find = |wanted: &str| {
            arrived.url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        if find("state") != Some(format!("state-{}", self.number.get())) {
            let text: String = arrived.answer.body.chars().take(300).collect();
            return Err(format!("no answer to the request, but {} {}: {text}", arrived.answer.status, arrived.url).into());
        }
        find("code").ok_or_else(|| format!("no code: {}", arrived.url).into())
    }

    /// A code becomes tokens.
    pub async fn exchange(&mut self, code: &str) -> Outcome<String> {
        let mut body = String::with_capacity(300);
        let redirect_uri: String = form_urlencoded::byte_serialize(self.target.redirect_uri.as_bytes()).collect();
        let _infallible = write!(
            body,
            "grant_type=authorization_code&code={code}&redirect_uri={redirect_uri}&code_verifier={VERIFIER}"
        );
        let answer = self.back.send("POST", &self.path, &self.headers, &body).await?.expect(200, "token endpoint")?;
        if answer.body.contains("\"id_token\"") { Ok(answer.body) } else { Err("an answer without an ID token".into()) }
    }

    /// A person in a browser that was never here: everything from the authorization request to the tokens.
    pub async fn log_in(&mut self) -> Outcome<String> {
        self.browser.forget();
        self.log_in_again().await
    }

    /// The same with the session that the browser holds.
    pub async fn log_in_again(&mut self) -> Outcome<String> {
        let code = self.code().await?;
        self.exchange(&code).await
    }
}
