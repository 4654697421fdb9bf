use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

/// What a browser shows: the last answer, with its address.
#[derive(Clone)]
pub struct Page {
    pub url: Url,
    /// 0: an address outside the world, which was not fetched.
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// An address that belongs to nobody here: the browser stops before it.
    pub fn outside(url: Url) -> Self {
        Self { url, status: 0, headers: HeaderMap::new(), body: String::new() }
    }

    fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The first element that a selector finds, as `read` sees it.
    pub fn find<T>(&self, selector: &str, read: impl FnOnce(ElementRef<'_>) -> T) -> Option<T> {
        let selector = Selector::parse(selector).unwrap();
        self.html().select(&selector).next().map(read)
    }

    /// Every element that a selector finds, as `read` sees it.
    pub fn every<T>(&self, selector: &str, read: impl Fn(ElementRef<'_>) -> T) -> Vec<T> {
        let selector = Selector::parse(selector).unwrap();
        self.html().select(&selector).map(read).collect()
    }

    pub fn has(&self, id: &str) -> bool {
        self.find(&format!("[id='{id}']"), |_| ()).is_some()
    }

    /// The words of an element.
    #[track_caller]
    pub fn text_of(&self, id: &str) -> String {
        self.find(&format!("[id='{id}']"), words).unwrap_or_else(|| panic!("no #{id} on {self:?}"))
    }

    #[track_caller]
    pub fn attribute(&self, id: &str, name: &str) -> String {
        let value = self.find(&format!("[id='{id}']"), |it| it.value().attr(name).map(str::to_owned));
        value.flatten().unwrap_or_else(|| panic!("no #{id} with {name} on {self:?}"))
    }

    /// Where the link with these words leads.
    #[track_caller]
    pub fn link(&self, text: &str) -> String {
        let (html, links) = (self.html(), Selector::parse("a[href]").unwrap());
        let link = html.select(&links).find(|link| words(*link) == text);
        let href = link.and_then(|link| link.value().attr("href").map(str::to_owned));
        href.unwrap_or_else(|| panic!("no link “{text}” on {self:?}"))
    }

    /// All words of the page.
    pub fn text(&self) -> String {
        self.find("body", words).unwrap_or_default()
    }

    #[track_caller]
    pub fn sees(&self, text: &str) -> &Self {
        assert!(self.text().contains(text), "“{text}” is not on {self:?}");
        self
    }

    #[track_caller]
    pub fn sees_not(&self, text: &str) -> &Self {
        assert!(!self.text().contains(text), "“{text}” is on {self:?}");
        self
    }

    #[track_caller]
    pub fn is(&self, path: &str) -> &Self {
        assert_eq!(self.url.path(), path, "{self:?}");
        self
    }

    #[track_caller]
    pub fn answers(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// One value of the address's query; fails if it stands there twice.
    #[track_caller]
    pub fn query(&self, name: &str) -> Option<String> {
        query(&self.url, name)
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Where a redirect leads, resolved.
    pub fn location(&self) -> Option<Url> {
        self.headers.get("location").map(|to| self.url.join(to.to_str().unwrap()).unwrap())
    }

    /// Where a "continuing" page leads at once.
    pub fn continues_to(&self) -> Option<Url> {
        let content = self.find("meta[http-equiv=refresh]", |it| it.value().attr("content").map(str::to_owned))??;
        content.strip_prefix("0;url=").map(|to| self.url.join(to).unwrap())
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let selector = format!("input[type=hidden][name={name}]");
        self.find(&selector, |input| input.value().attr("value").unwrap_or_default().to_owned()).unwrap_or_default()
    }

    /// The token that this browser's forms carry.
    #[track_caller]
    pub fn csrf(&self) -> String {
        let token = self.find("input[name=csrf]", |it| it.value().attr("value").map(str::to_owned));
        token.flatten().unwrap_or_else(|| panic!("no form on {self:?}"))
    }
}

/// One value of a query; fails if it stands there twice.
#[track_caller]
pub fn query(url: &Url, name: &str) -> Option<String> {
    let mut values = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let first = values.next();
    assert_eq!(values.next(), None, "{name} stands twice in {url}");
    first
}

/// Text without markup, spaces folded.
pub fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.text().chars().take(600).collect();
        write!(f, "{} ({}): {text}", self.url, self.status)
    }
}
