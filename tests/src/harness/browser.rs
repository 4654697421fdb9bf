use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use ambient::FixedClock;
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST};
use reqwest::{Client, Method};
use url::Url;

use super::form::fill;
use super::jar::Jar;
use super::page::Page;
use super::place::Address;

/// What a browser needs of its world.
#[derive(Clone)]
pub struct Net {
    pub http: Client,
    pub clock: Arc<FixedClock>,
    /// `host:port` of every server there is. The browser stops before any other.
    pub known: Vec<String>,
}

/// Somebody with a browser: cookies by host, redirects followed by hand, the page on show. It derefs to that [`Page`].
///
/// A person's action takes a millisecond, so that what happens after it is later than what happened before.
pub struct Person {
    pub net: Arc<Net>,
    pub jar: Jar,
    pub page: Page,
    /// Every address that the last action went through, the page on show included.
    pub trail: Vec<Url>,
    pub email: String,
    pub password: String,
    pub given_name: String,
    pub family_name: String,
}

impl Deref for Person {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Person {
    pub fn new(net: Arc<Net>, name: &str) -> Self {
        let page = Page::outside(Url::parse("about:blank").unwrap());
        let mut given_name = name.to_owned();
        given_name[..1].make_ascii_uppercase();
        Self {
            net,
            jar: Jar::default(),
            page,
            trail: Vec::new(),
            email: format!("{name}@people.test"),
            password: format!("{name} keeps a secret"),
            given_name,
            family_name: "Doe".to_owned(),
        }
    }

    /// Goes to an address and follows where it leads.
    pub async fn opens(&mut self, to: &(impl Address + ?Sized)) -> &mut Self {
        let url = Url::parse(&to.address()).unwrap();
        self.act();
        self.show(url).await
    }

    /// Follows the link with this id.
    pub async fn clicks(&mut self, id: &str) -> &mut Self {
        let href = self.page.attribute(id, "href");
        let url = self.page.url.join(&href).unwrap();
        self.act();
        self.show(url).await
    }

    /// Follows the link with these words.
    pub async fn follows(&mut self, words: &str) -> &mut Self {
        let href = self.page.link(words);
        let url = self.page.url.join(&href).unwrap();
        self.act();
        self.show(url).await
    }

    /// Fills the form of the button with this id, and presses it.
    pub async fn submits(&mut self, button: &str, entries: &[(&str, &str)]) -> &mut Self {
        let form = fill(&self.page, button, entries);
        self.act();
        self.trail.push(form.action.clone());
        let answer = self.post_from(form.action.clone(), &form.fields).await;
        if let Some(to) = answer.location() {
            // Chromium checks the page's `form-action` on every redirect that follows a form.
            assert_eq!(to.origin(), form.action.origin(), "a form's answer redirects to another origin");
        }
        self.page = answer;
        self.follow().await
    }

    /// Fills the form of the button with this id with a file, and presses it.
    pub async fn uploads(&mut self, button: &str, file: &[u8]) -> &mut Self {
        let form = fill(&self.page, button, &[]);
        let csrf =
            form.fields.iter().find(|(name, _)| name == "csrf").map(|(_, token)| token.clone()).unwrap_or_default();
        self.act();
        self.page = self
            .post_file(form.action, &multipart(&[("csrf", None, csrf.as_bytes()), ("file", Some("logo"), file)]))
            .await;
        self.follow().await
    }

    /// A form with files, made by [`multipart`], sent with this browser's cookies; nothing is followed.
    pub async fn post_file(&mut self, url: impl AsRef<str>, body: &[u8]) -> Page {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [("content-type", kind.as_str()), ("sec-fetch-site", "same-origin")];
        self.request(Method::POST, Url::parse(url.as_ref()).unwrap(), &headers, Some(body.to_vec())).await
    }

    /// The page has these words.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        self.page.sees(text);
        self
    }

    /// The page has this path.
    #[track_caller]
    pub fn is(&mut self, path: &str) -> &mut Self {
        self.page.is(path);
        self
    }

    /// The page came with this status.
    #[track_caller]
    pub fn answers(&mut self, status: u16) -> &mut Self {
        self.page.answers(status);
        self
    }

    /// Whether the last action went through this path, on whichever server.
    pub fn passed(&self, path: &str) -> bool {
        self.trail.iter().any(|url| url.path() == path)
    }

    /// Shows another address and follows where it leads.
    async fn show(&mut self, url: Url) -> &mut Self {
        self.page = self.get_once(url).await;
        self.follow().await
    }

    async fn follow(&mut self) -> &mut Self {
        for _ in 0..15 {
            let Some(next) = self.page.location().or_else(|| self.page.continues_to()) else { return self };
            self.page = self.get_once(next).await;
        }
        panic!("went in circles: {:#?}", self.trail)
    }

    async fn get_once(&mut self, url: Url) -> Page {
        self.trail.push(url.clone());
        let known = url.host_str().is_some_and(|host| {
            let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
            self.net.known.contains(&authority)
        });
        if known { self.send(Method::GET, url, &[], None).await } else { Page::outside(url) }
    }

    fn act(&mut self) {
        self.net.clock.advance(Duration::from_millis(1));
        self.trail.clear();
    }

    /// One request with this browser's cookies; nothing is followed, the page on show stays.
    pub async fn get(&mut self, url: impl AsRef<str>) -> Page {
        self.send(Method::GET, Url::parse(url.as_ref()).unwrap(), &[], None).await
    }

    /// A form sent with this browser's cookies; nothing is followed, the page on show stays.
    pub async fn post(&mut self, url: impl AsRef<str>, fields: &[(&str, &str)]) -> Page {
        let body = encode(fields.iter().map(|(name, value)| (*name, *value)));
        self.send(Method::POST, Url::parse(url.as_ref()).unwrap(), &[], Some(body)).await
    }

    /// Another site's form comes without our cookies: they are `SameSite=Lax`.
    async fn post_from(&mut self, url: Url, fields: &[(String, String)]) -> Page {
        let own = url.origin() == self.page.url.origin();
        let body = encode(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let kept = if own { None } else { Some(std::mem::take(&mut self.jar)) };
        let site = if own { "same-origin" } else { "cross-site" };
        let answer = self.send(Method::POST, url, &[("sec-fetch-site", site)], Some(body)).await;
        if let Some(kept) = kept {
            self.jar = kept;
            self.jar.take(&answer.url, &answer.headers);
        }
        answer
    }

    /// Any request with this browser's cookies.
    pub async fn send(&mut self, method: Method, url: Url, headers: &[(&str, &str)], body: Option<String>) -> Page {
        self.request(method, url, headers, body.map(String::into_bytes)).await
    }

    async fn request(&mut self, method: Method, url: Url, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Page {
        let mut request = self.net.http.request(method, url.clone());
        if let Some(cookies) = self.jar.header(&url) {
            request = request.header(COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(if *name == "host" { HOST.as_str() } else { *name }, *value);
        }
        if let Some(body) = body {
            if headers.iter().all(|(name, _)| *name != "content-type") {
                request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            }
            request = request.body(body);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        self.jar.take(&url, &headers);
        Page { url, status, headers, body: answer.text().await.unwrap() }
    }
}

const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// The body of a form with files, as browsers write it: name, the file's name if it is one, value.
pub fn multipart(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, value) in fields {
        let file = file
            .map_or(String::new(), |file| format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream"));
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend([head.as_bytes(), value, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

/// A form's body.
pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
