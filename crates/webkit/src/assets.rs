//! Stylesheet, script, font and icons, each under an address that holds the hash of its content: such an answer may be
//! kept for ever, and a new release is seen at once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::sync::LazyLock;

use askama::filters::HtmlSafe;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::{Colour, Failure, Palette};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// Answers with a hash in their address never change (RFC 8246).
pub(crate) const FOR_EVER: &str = "public, max-age=31536000, immutable";

struct Asset {
    address: String,
    content_type: String,
    bytes: Cow<'static, [u8]>,
}

static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let mut assets: HashMap<String, Asset> = HashMap::new();
    // The stylesheet comes last: it names the others by their hashed addresses.
    let (styles, others): (Vec<_>, Vec<_>) = Files::iter().partition(|name| name.ends_with(".css"));
    for name in others.into_iter().chain(styles) {
        let Some(file) = Files::get(&name) else { continue };
        let mut bytes = file.data;
        if name.ends_with(".css") {
            let mut css = String::from_utf8_lossy(&bytes).into_owned();
            for (other, asset) in &assets {
                css = css.replace(&format!("url(\"{other}\")"), &format!("url(\"{}\")", asset.address));
            }
            bytes = Cow::Owned(css.into_bytes());
        }
        let address = address(&name, &bytes);
        assets.insert(name.to_string(), Asset { address, content_type: content_type(&name).to_owned(), bytes });
    }
    assets
});

/// `app.css` → `/assets/app.0123456789abcdef.css`.
fn address(name: &str, bytes: &[u8]) -> String {
    let hash = digest(&SHA256, bytes).as_ref().iter().take(8).fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    });
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("/assets/{stem}.{hash}.{extension}")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The address of an asset by its plain name, such as `app.css`.
#[must_use]
pub fn asset(name: &str) -> &'static str {
    ASSETS.get(name).map_or_else(
        || {
            tracing::error!(name, "no such asset");
            "/assets/missing"
        },
        |asset| asset.address.as_str(),
    )
}

/// The address of the stylesheet for a brand colour `#rrggbb`; `None` if it isn't one.
#[must_use]
pub fn brand_css(colour: &str) -> Option<String> {
    Colour::parse(colour).map(|colour| format!("/assets/brand/{colour}.css"))
}

/// An icon of the sprite, decorative: words stand beside it, or the control has a label.
#[derive(Debug, Clone, Copy)]
pub struct Icon<'a>(&'a str);

/// `{{ webkit::icon("check") }}` in a template.
#[must_use]
pub fn icon(name: &str) -> Icon<'_> {
    Icon(name)
}

impl fmt::Display for Icon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name: String = self.0.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        write!(f, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{}#{name}\"></use></svg>", asset("icons.svg"))
    }
}

impl HtmlSafe for Icon<'_> {}

pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(file)).route("/assets/brand/{name}", get(brand))
}

/// Whatever hash is asked for, there is only the current content; another hash is a page of the release before.
async fn file(Path(name): Path<String>) -> Response {
    let address = format!("/assets/{name}");
    let mut parts = name.rsplitn(3, '.');
    let (extension, _hash, stem) = (parts.next(), parts.next(), parts.next());
    let plain = format!("{}.{}", stem.unwrap_or_default(), extension.unwrap_or_default());
    let Some(asset) = ASSETS.get(&plain) else { return Failure::not_found().into_response() };
    let caching = if asset.address == address { FOR_EVER } else { "no-cache" };
    answer(caching, &asset.content_type, asset.bytes.clone().into_owned())
}

async fn brand(Path(name): Path<String>) -> Response {
    let Some(colour) = name.strip_suffix(".css").filter(|hex| !hex.starts_with('#')).and_then(Colour::parse) else {
        return Failure::not_found().into_response();
    };
    answer(FOR_EVER, content_type(&name), Palette::of(colour).css().into_bytes())
}

fn answer(caching: &str, content_type: &str, bytes: Vec<u8>) -> Response {
    let mut headers = HeaderMap::new();
    for (name, value) in [(CACHE_CONTROL, caching), (CONTENT_TYPE, content_type)] {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_with_the_content_alone() {
        assert_eq!(address("app.css", b"a"), address("app.css", b"a"));
        assert_ne!(address("app.css", b"a"), address("app.css", b"b"));
        assert!(address("a.b.css", b"a").starts_with("/assets/a.b."));
    }

    #[test]
    fn the_stylesheet_names_its_fonts_by_hash() {
        let css = String::from_utf8_lossy(&ASSETS["app.css"].bytes).into_owned();
        assert!(css.contains(asset("inter-latin-wght-normal.woff2")));
        assert!(!css.contains("url(\"inter"));
    }

    #[test]
    fn every_icon_that_a_template_or_this_crate_names_is_in_the_sprite() {
        let sprite = String::from_utf8_lossy(&ASSETS["icons.svg"].bytes).into_owned();
        let has = |name: &str| assert!(sprite.contains(&format!("id=\"{name}\"")), "{name}");
        crate::Theme::ALL.into_iter().for_each(|theme| has(theme.icon()));
        for tone in ["good", "info", "warn", "bad"] {
            has(crate::Notice { tone, text: "home".into(), undo: None }.icon());
        }
        has(&crate::Brand::named("x").logo_icon);
        for template in std::fs::read_dir("templates").unwrap() {
            let text = std::fs::read_to_string(template.unwrap().path()).unwrap();
            text.split("webkit::icon(\"").skip(1).for_each(|after| has(after.split('"').next().unwrap()));
        }
    }
}
