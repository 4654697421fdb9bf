//! A browser without eyes: cookies, redirects, forms, and pages that go on by themselves. Real cookies, real CSRF tokens.

use std::collections::HashMap;
use std::fmt::Write;

use limit::Outcome;
use url::{Url, form_urlencoded};

use crate::http::{Answer, Connection};
use crate::page;

const MOST_HOPS: usize = 20;

/// Who sits before it.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Person {
    pub email: String,
    pub password: String,
}

/// Connections outlive the cookies: [`Browser::forget`] makes a new browser on them.
#[derive(Default)]
pub struct Browser {
    connections: HashMap<String, Connection>,
    /// A cookie belongs to a host, whatever the port. Paths: the longest are sent everywhere below, which is all of them here.
    jar: Vec<(String, String, String)>,
}

/// Where a visit ended.
pub struct Arrived {
    pub url: Url,
    pub answer: Answer,
}

impl Browser {
    /// A new person sits down: no cookie is left.
    pub fn forget(&mut self) {
        self.jar.clear();
    }

    /// The `Cookie` header for an address.
    pub fn cookies(&self, url: &Url) -> String {
        let host = url.host_str().unwrap_or_default();
        let mut line = String::new();
        for (_, name, value) in self.jar.iter().filter(|(owner, ..)| owner == host) {
            let separator = if line.is_empty() { "" } else { "; " };
            let _infallible = write!(line, "{separator}{name}={value}");
        }
        line
    }

    /// Goes to `start` and on until an address begins with `until` or nothing goes on; signs in as `person` where asked.
    pub async fn visit(&mut self, start: &str, until: &str, person: &Person) -> Outcome<Arrived> {
        let mut url = Url::parse(start)?;
        let mut form: Option<String> = None;
        for _ in 0..MOST_HOPS {
            if !until.is_empty() && url.as_str().starts_with(until) {
                return Ok(Arrived { url, answer: Answer::default() });
            }
            let answer = self.ask(&url, form.take().as_deref()).await?;
            let next = answer.header("location").map(str::to_owned).or_else(|| page::refresh(&answer.body));
            if let Some(next) = next {
                url = url.join(&next)?;
            } else if let Some(found) = page::form(&answer.body, &person.email, &person.password) {
                if answer.status != 200 {
                    return Ok(Arrived { url, answer });
                }
                url = url.join(&found.action)?;
                form = Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(found.fields).finish());
            } else {
                return Ok(Arrived { url, answer });
            }
        }
        Err(format!("more than {MOST_HOPS} hops, the last to {url}").into())
    }

    async fn ask(&mut self, url: &Url, form: Option<&str>) -> Outcome<Answer> {
        let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
        let mut headers = String::from("accept: text/html\r\n");
        let cookies = self.cookies(url);
        if !cookies.is_empty() {
            let _infallible = write!(headers, "cookie: {cookies}\r\n");
        }
        if form.is_some() {
            let origin = url.origin().ascii_serialization();
            let _infallible = write!(
                headers,
                "origin: {origin}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n"
            );
        }
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let connection = self.connections.entry(host.clone()).or_insert_with(|| Connection::to(&host));
        let method = if form.is_some() { "POST" } else { "GET" };
        let answer = connection.send(method, &path, &headers, form.unwrap_or_default()).await?;
        self.keep(url.host_str().unwrap_or_default(), &answer);
        if answer.status >= 400 {
            return answer.expect(200, url.path());
        }
        Ok(answer)
    }

    fn keep(&mut self, host: &str, answer: &Answer) {
        for line in answer.headers("set-cookie") {
            let Some((name, value)) = line.split(';').next().and_then(|cookie| cookie.split_once('=')) else { continue };
            self.jar.retain(|(owner, known, _)| owner != host || known != name);
            let ended = line.to_ascii_lowercase();
            if !value.is_empty() && !ended.contains("max-age=0") && !ended.contains("expires=thu, 01 jan 1970") {
                self.jar.push((host.to_owned(), name.to_owned(), value.to_owned()));
            }
        }
    }
}
