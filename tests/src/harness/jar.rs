use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, SET_COOKIE};
use url::Url;

/// A browser's cookies: by host, since cookies ignore ports (RFC 6265 §8.5).
#[derive(Clone, Default, Debug)]
pub struct Jar(BTreeMap<String, BTreeMap<String, String>>);

impl Jar {
    /// Keeps what an answer sets, and deletes what it clears.
    pub fn take(&mut self, url: &Url, headers: &HeaderMap) {
        let host = self.0.entry(host(url)).or_default();
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.split(';').any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0")) {
                host.remove(name.trim());
            } else {
                host.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    /// The `Cookie` header for an address.
    pub fn header(&self, url: &Url) -> Option<String> {
        let cookies = self.0.get(&host(url)).filter(|cookies| !cookies.is_empty())?;
        Some(cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "))
    }

    /// The value of one cookie.
    pub fn get(&self, url: &str, name: &str) -> Option<String> {
        self.0.get(&host(&url.parse().unwrap()))?.get(name).cloned()
    }

    /// Sets a cookie as an attacker with a neighbouring host could.
    pub fn plant(&mut self, url: &str, name: &str, value: &str) {
        self.0.entry(host(&url.parse().unwrap())).or_default().insert(name.to_owned(), value.to_owned());
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
