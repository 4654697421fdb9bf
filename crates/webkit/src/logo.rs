use std::fmt;

use askama::filters::HtmlSafe;
use axum::Extension;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::assets::FOR_EVER;
use crate::{ContentSecurityPolicy, Failure, icon};

/// A logo, decorative: the name stands beside it.
#[derive(Debug, Clone, Copy)]
pub struct Logo<'a> {
    icon: &'a str,
    picture: Option<&'a str>,
    size: &'a str,
}

/// `{{ webkit::logo(tenant.icon.as_str(), tenant.logo.as_ref(), "small") }}` in a template: the picture with this hash where
/// there is one, else an icon of the sprite.
#[must_use]
pub fn logo<'a>(icon: &'a str, picture: Option<&'a String>, size: &'a str) -> Logo<'a> {
    Logo { icon, picture: picture.map(String::as_str), size }
}

impl fmt::Display for Logo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(picture) = self.picture else {
            return write!(f, "<span class=\"logo {}\">{}</span>", self.size, icon(self.icon));
        };
        let hash: String = picture.chars().filter(char::is_ascii_alphanumeric).collect();
        write!(f, "<span class=\"logo picture {}\"><img src=\"/brand/{hash}\" alt=\"\"></span>", self.size)
    }
}

impl HtmlSafe for Logo<'_> {}

/// The answer with a picture that somebody uploaded, at an address that holds its hash. Browsers must not guess what it is,
/// and it can do nothing when it is opened by itself (WEB-16).
#[must_use]
pub fn picture(media_type: &str, bytes: Vec<u8>) -> Response {
    let Ok(media_type) = HeaderValue::from_str(media_type) else { return Failure::not_found().into_response() };
    let headers = [(CONTENT_TYPE, media_type), (CACHE_CONTROL, HeaderValue::from_static(FOR_EVER))];
    (Extension(ContentSecurityPolicy::default().sealed()), headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_a_picture_or_an_icon_and_no_markup() {
        assert!(logo("leaf", None, "small").to_string().starts_with("<span class=\"logo small\"><svg"));
        let odd = "ab12\"><script>".to_owned();
        let picture = logo("leaf", Some(&odd), "").to_string();
        assert!(picture.contains("<img src=\"/brand/ab12script\" alt=\"\">"), "{picture}");
    }
}
