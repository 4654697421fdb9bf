//! A browser before the application: cookies, links, forms.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use scraper::{Html, Selector};
use tower::ServiceExt;
use url::Url;

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// The text of the first element that matches; empty if none does.
    pub fn text(&self, selector: &str) -> String {
        let words = Html::parse_document(&self.body)
            .select(&Selector::parse(selector).unwrap())
            .next()
            .map(|element| element.text().collect::<String>())
            .unwrap_or_default();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let page = Html::parse_document(&self.body);
        let found = page.select(&Selector::parse(selector).unwrap()).next().and_then(|element| element.attr(name));
        found.unwrap_or_default().to_owned()
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Where it goes on to, be it a redirect or a page that continues.
    pub fn onward(&self) -> Url {
        let target =
            if self.location().is_empty() { self.attribute("#continue", "href") } else { self.location().to_owned() };
        Url::parse(&target).unwrap()
    }
}

pub struct Browser {
    app: Router,
    cookies: HashMap<String, String>,
}

impl Browser {
    pub fn new(app: &Router) -> Self {
        Self { app: app.clone(), cookies: HashMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Posts a form with the token of the page at `from`.
    pub async fn post_from(&mut self, from: &str, to: &str, fields: &str) -> Page {
        let csrf = self.get(from).await.attribute("[name=csrf]", "value");
        self.post(to, &format!("csrf={csrf}&{fields}")).await
    }

    pub async fn post(&mut self, to: &str, body: &str) -> Page {
        let request = Request::post(to).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub fn cookie(&self, name: &str) -> String {
        self.cookies[name].clone()
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.into(), value.into());
    }

    async fn send(&mut self, mut request: Request<Body>) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.into(), value.into())
            };
        }
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Page { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}
