use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{Request, StatusCode};
use scraper::{Html, Selector};
use serde_json::Value;
use tower::ServiceExt;
use url::Url;

use super::idp::Idp;

/// A browser without JavaScript, at one tenant.
pub(super) struct Browser {
    router: Router,
    host: String,
    pub cookies: BTreeMap<String, String>,
}

/// What it was answered.
pub(super) struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub(super) fn text(&self, selector: &str) -> Option<String> {
        let page = Html::parse_document(&self.body);
        let found = page.select(&Selector::parse(selector).unwrap()).next()?;
        Some(found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(super) fn has(&self, selector: &str) -> bool {
        self.text(selector).is_some()
    }

    pub(super) fn csrf(&self) -> String {
        let page = Html::parse_document(&self.body);
        let field = Selector::parse("input[name=csrf]").unwrap();
        page.select(&field).next().and_then(|field| field.attr("value")).unwrap_or_default().to_owned()
    }

    pub(super) fn sent_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        &self.location
    }
}

impl Browser {
    pub(super) fn new(router: &Router, host: &str) -> Self {
        Self { router: router.clone(), host: host.to_owned(), cookies: BTreeMap::new() }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Posts a form that a page showed, with that page's token.
    pub(super) async fn post(&mut self, path: &str, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let csrf = page.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post_raw(path, &all).await
    }

    pub(super) async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(HOST, &self.host).header(COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let guarded = cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax");
            assert!(guarded || cookie.contains("Max-Age=0"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() || cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = parts.headers.get(LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, location, headers: parts.headers, body }
    }

    /// Posts a form with one file, as `multipart/form-data`.
    pub(super) async fn post_file(&mut self, path: &str, page: &Answer, file: &str) -> Answer {
        let part = |name: &str, value: &str| {
            format!("--x-1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = format!("{}{}--x-1--\r\n", part("csrf", &page.csrf()), part("file\"; filename=\"list.csv", file));
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=x-1");
        self.send(request, Body::from(body)).await
    }

    /// A call of the API, with a token and without cookies: status and JSON.
    pub(super) async fn calls(&mut self, method: &str, path: &str, token: &str, body: Option<&Value>) -> (u16, Value) {
        let request = Request::builder().method(method).uri(path).header(AUTHORIZATION, format!("Bearer {token}"));
        let request = request.header(CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answer = self.send(request, body).await;
        (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap())
    }

    /// Goes to the identity server: the parameters of the authorization request.
    pub(super) async fn goes_to_sign_in(&mut self, return_to: &str) -> HashMap<String, String> {
        self.goes(&format!("/auth/login?return_to={return_to}")).await
    }

    /// The same by whichever address.
    pub(super) async fn goes(&mut self, path: &str) -> HashMap<String, String> {
        let answer = self.get(path).await;
        let url = Url::parse(answer.sent_to()).unwrap();
        assert_eq!(url.path(), "/authorize");
        url.query_pairs().into_owned().collect()
    }

    /// Comes back with a code.
    pub(super) async fn comes_back(&mut self, idp: &Idp, code: &str, state: &str) -> Answer {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("code", code), ("state", state), ("iss", idp.issuer())])
            .finish();
        self.get(&format!("/auth/callback?{query}")).await
    }

    pub(super) async fn signs_in(&mut self, idp: &Idp, person: &str) -> Answer {
        let request = self.goes_to_sign_in("/").await;
        let code = idp.code(person, &request);
        self.comes_back(idp, &code, &request["state"]).await
    }
}
