use std::borrow::Borrow;
use std::convert::Infallible;

use ambient::Timestamp;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use url::form_urlencoded;

use crate::layers::Clues;
use crate::{Args, Cookie, Kit, Lang, Message, Time, Value, csrf, format, texts};

/// The colour scheme that a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its value in the cookie, in `data-theme` and in the preferences form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The icon that stands for it.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::System => "monitor",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }
}

/// Who looks at a page, and how: language, colour scheme, the CSRF token of its forms, the reference id of the
/// request. Every page has one as its field `visit`.
#[derive(Clone)]
pub struct Visit {
    /// The language: `ui_locales` of the address, else the cookie, else [`Visit::prefer`], else `Accept-Language`.
    pub lang: Lang,
    /// The colour scheme.
    pub theme: Theme,
    /// The value of the field `csrf`. Fresh for every page, so that gzip can't be made to reveal it (BREACH).
    pub csrf: String,
    /// The reference id that error pages show and logs carry.
    pub request_id: String,
    /// The path, without its query.
    pub path: String,
    /// Path and query: where the language and theme forms come back to.
    pub here: String,
    /// When the request came.
    pub now: Timestamp,
    chosen: bool,
    kit: Kit,
}

impl Visit {
    /// The message `key`; `[key]` if there is none.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        texts::lookup(self.kit.texts(), self.lang, key, &[])
    }

    /// The message `key` with arguments: `visit.t_with("greeting", [("name", &name)])`.
    #[must_use]
    pub fn t_with(&self, key: &str, args: impl Args) -> String {
        texts::lookup(self.kit.texts(), self.lang, key, &args.pairs())
    }

    /// A [`Message`] in this visit's language.
    #[must_use]
    pub fn message(&self, message: &Message) -> String {
        texts::lookup(self.kit.texts(), self.lang, &message.key, &message.args)
    }

    /// The date: "14 Nov 2026", as a `<time>` element.
    #[must_use]
    pub fn date(&self, at: impl Borrow<Timestamp>) -> Time {
        format::date(self, *at.borrow())
    }

    /// Date and time of day (UTC), as a `<time>` element.
    #[must_use]
    pub fn date_time(&self, at: impl Borrow<Timestamp>) -> Time {
        format::date_time(self, *at.borrow())
    }

    /// How long ago: "3 minutes ago", after a week the date, as a `<time>` element.
    #[must_use]
    pub fn ago(&self, at: impl Borrow<Timestamp>) -> Time {
        format::ago(self, *at.borrow())
    }

    /// A whole number, grouped: `82,416`.
    #[must_use]
    pub fn number(&self, number: impl Into<Value>) -> String {
        match number.into() {
            Value::Number(number) => format::grouped(number, self.lang),
            Value::Text(text) => text,
        }
    }

    /// Takes the language that an application asked for (`ui_locales`), unless this person chose one here.
    #[must_use]
    pub fn prefer(mut self, ui_locales: Option<&str>) -> Self {
        if let (false, Some(lang)) = (self.chosen, ui_locales.and_then(Lang::from_ui_locales)) {
            self.lang = lang;
        }
        self
    }

    /// The product's name, for "Secured by …".
    #[must_use]
    pub fn product(&self) -> &str {
        self.kit.product()
    }

    /// The server's settings.
    #[must_use]
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    pub(crate) fn new(kit: &Kit, clues: &Clues) -> Self {
        let query = clues.uri.query().unwrap_or_default();
        let explicit = form_urlencoded::parse(query.as_bytes())
            .find_map(|(name, value)| if name == "ui_locales" { Lang::from_ui_locales(&value) } else { None })
            .or_else(|| Cookie::new(kit, "lang").read(&clues.headers).and_then(Lang::from_tag));
        let accepted = clues.header("accept-language").and_then(Lang::from_accept_language);
        let theme = Cookie::new(kit, "theme").read(&clues.headers).and_then(Theme::from_code);
        Self {
            lang: explicit.or(accepted).unwrap_or_default(),
            theme: theme.unwrap_or_default(),
            csrf: csrf::token(kit, &clues.context.browser),
            request_id: clues.context.request_id.to_string(),
            path: clues.uri.path().to_owned(),
            here: clues.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            now: kit.ambient().now(),
            chosen: explicit.is_some(),
            kit: kit.clone(),
        }
    }
}

/// A visit of a program: it sends no form back, so no cookie is set for it.
pub struct Formless(pub Visit);

impl<S> FromRequestParts<S> for Formless
where
    S: Sync,
    Kit: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let kit = Kit::from_ref(state);
        Ok(Self(Visit::new(&kit, &Clues::of(parts, &kit))))
    }
}

impl<S> FromRequestParts<S> for Visit
where
    S: Sync,
    Kit: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let kit = Kit::from_ref(state);
        let clues = Clues::of(parts, &kit);
        clues.context.browser.remember();
        Ok(Self::new(&kit, &clues))
    }
}
