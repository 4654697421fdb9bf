//! The REST API of a tenant: its tokens, what it does, and what it refuses.

mod audit;
mod bodies;
mod document;
mod export;
mod fields;
mod imports;
mod invitations;
mod jobs;
mod limits;
mod members;
mod people;
mod places;
mod service_accounts;
mod terms;
mod tokens;
mod views;

use oidc::client::GrantType;
use oidc::scope::API;
use reqwest::Method;
use serde_json::Value;

use crate::harness::{Answer, Person, Place, Rp, World, refreshing, text};

/// The identifier of a tenant's API.
pub fn api(of: &Place) -> String {
    of.url("/api/v1")
}

/// Registers a tenant's application that may act for people at the API.
pub fn acting(client: &mut oidc::client::Client) {
    refreshing(client);
    client.scopes.extend(API.iter().map(|scope| (*scope).to_owned()));
}

/// Registers a client that acts for itself at the API.
pub fn serving(client: &mut oidc::client::Client) {
    client.grant_types = vec![GrantType::ClientCredentials];
    client.scopes = API.iter().map(|scope| (*scope).to_owned()).collect();
}

/// All scopes of the API.
pub fn everything() -> String {
    API.join(" ")
}

impl Rp {
    /// The tokens of somebody who is signed in, for the API of a tenant. They consent if they are asked.
    pub async fn acts_for(&self, who: &mut Person, at: &Place, scope: &str) -> Value {
        let request = self.request(&[("scope", Some(&format!("openid {scope}"))), ("resource", Some(&api(at)))]);
        who.opens(&request.url()).await;
        if who.url.path() == "/consent" {
            who.submits("allow", &[]).await;
        }
        let code = who.query("code").unwrap_or_else(|| panic!("no code: {:?}", who.page));
        let answer = self.redeem(&code, &request.verifier).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// A token of a client for itself.
    pub async fn serves_at(&self, at: &Place, scope: &str) -> String {
        let resource = api(at);
        let fields = [("grant_type", "client_credentials"), ("resource", &*resource), ("scope", scope)];
        let answer = self.token(&fields).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        text(&answer.json(), "access_token")
    }
}

impl World {
    /// An administrator of a tenant with a token for everything there.
    pub async fn api_admin(&self, of: &Place, client_id: &'static str) -> (Person, String) {
        let mut admin = self.admin_of(of).await;
        let rp = self.client_at(of, client_id, acting).await;
        let token = text(&rp.acts_for(&mut admin, of, &everything()).await, "access_token");
        (admin, token)
    }

    /// Any call of a tenant's API.
    pub async fn calls(
        &self,
        at: &Place,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut request = self.net.http.request(method, format!("{}{path}", api(at)));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        assert!(!headers.contains_key("set-cookie"), "a program keeps none: {headers:?}");
        Answer { status, headers, body: answer.text().await.unwrap() }
    }

    pub async fn gets(&self, at: &Place, path: &str, token: &str) -> Answer {
        self.calls(at, (Method::GET, path), &[("authorization", &format!("Bearer {token}"))], None).await
    }

    pub async fn posts(&self, at: &Place, path: &str, token: &str, body: &Value) -> Answer {
        self.calls(at, (Method::POST, path), &[("authorization", &format!("Bearer {token}"))], Some(body)).await
    }

    /// Brings a file of members.
    pub async fn files(&self, at: &Place, path: &str, token: &str, kind: &str, file: &str) -> Answer {
        let request = self.net.http.post(format!("{}{path}", api(at))).bearer_auth(token);
        let answer = request.header("content-type", kind).body(file.to_owned()).send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, body: answer.text().await.unwrap() }
    }

    /// The id of the one member whom this search finds.
    pub async fn id_by_api(&self, at: &Place, q: &str, token: &str) -> String {
        let query: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let found = self.gets(at, &format!("/members?q={query}"), token).await.json();
        let members = found["members"].as_array().unwrap();
        assert_eq!(members.len(), 1, "{found}");
        members[0]["id"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    /// A problem with its status and code.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.json()["code"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(!self.json()["detail"].as_str().unwrap().starts_with('['), "a sentence is missing: {self:?}");
        self
    }

    #[track_caller]
    pub fn done(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }
}
