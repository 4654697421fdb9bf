use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, SET_COOKIE};
use url::Url;

/// A browser's cookies: by host, since cookies ignore ports (RFC 6265 §8.5).
#[derive(Clone, Default, Debug)]
pub struct Jar(BTreeMap<String, BTreeMap<String, Kept>>);

#[derive(Clone, Debug)]
struct Kept {
    value: String,
    /// It has a `Max-Age`: it outlives the browser.
    lasting: bool,
}

impl Jar {
    /// Keeps what an answer sets, and deletes what it clears.
    pub fn take(&mut self, url: &Url, headers: &HeaderMap) {
        let host = self.0.entry(host(url)).or_default();
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            let max_age = attributes.split(';').find_map(|attribute| {
                let (name, value) = attribute.trim().split_once('=')?;
                name.eq_ignore_ascii_case("max-age").then(|| value.to_owned())
            });
            if max_age.as_deref() == Some("0") {
                host.remove(name.trim());
            } else {
                let kept = Kept { value: value.trim().to_owned(), lasting: max_age.is_some() };
                host.insert(name.trim().to_owned(), kept);
            }
        }
    }

    /// The `Cookie` header for an address.
    pub fn header(&self, url: &Url) -> Option<String> {
        let cookies = self.0.get(&host(url)).filter(|cookies| !cookies.is_empty())?;
        Some(cookies.iter().map(|(name, kept)| format!("{name}={}", kept.value)).collect::<Vec<_>>().join("; "))
    }

    /// The value of one cookie.
    pub fn get(&self, url: &str, name: &str) -> Option<String> {
        self.0.get(&host(&url.parse().unwrap()))?.get(name).map(|kept| kept.value.clone())
    }

    /// The browser is closed: what does not last is gone.
    pub fn close(&mut self) {
        self.0.values_mut().for_each(|host| host.retain(|_, kept| kept.lasting));
    }

    /// Sets a cookie as an attacker with a neighbouring host could.
    pub fn plant(&mut self, url: &str, name: &str, value: &str) {
        self.0
            .entry(host(&url.parse().unwrap()))
            .or_default()
            .insert(name.to_owned(), Kept { value: value.to_owned(), lasting: false });
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
