use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};
use url::Url;

use crate::{Brand, Failure, Visit};

/// A page.
pub fn html(template: impl Template) -> Response {
    html_with_status(StatusCode::OK, template)
}

/// A page with another status, such as 422 for a form with wrong fields.
pub fn html_with_status(status: StatusCode, template: impl Template) -> Response {
    match template.render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(error) => Failure::internal(error).into_response(),
    }
}

/// 303 to a path of this server (RFC 9700 §4.12: never 307 after credentials). Anything else is refused as our own
/// mistake: this function can't become an open redirector (SECURITY-BAR OA-06). For elsewhere: [`continue_to`].
pub fn see_other(path: &str) -> Response {
    match local_path(path) {
        Some(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        None => Failure::internal("a redirect to something that is no path of this server").into_response(),
    }
}

/// `path`, if it stays on this origin: it begins with exactly one `/`, and has no backslash (browsers read it as `/`),
/// no control character and nothing outside ASCII. Use it on every `next` and `return_to`.
#[must_use]
pub fn local_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (plain && !rest.starts_with('/')).then_some(path)
}

/// A short page that goes on to another origin by itself, and has a link for those where it doesn't. Instead of a 303
/// after a POST: Chromium checks `form-action` on every hop of the redirects that follow one (DESIGN §8).
///
/// The caller has validated `url` (a registered redirect URI); here, only http and https pass.
pub fn continue_to(visit: &Visit, url: &str) -> Response {
    let Some(target) = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http")) else {
        return Failure::internal("a page that continues to something that is no http address").into_response();
    };
    let host = target.host_str().unwrap_or_default().to_owned();
    let page = html(Continue { visit, brand: visit.kit().brand(), host, url });
    ([(CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")], page).into_response()
}

#[derive(Template)]
#[template(path = "continue.html")]
struct Continue<'a> {
    visit: &'a Visit,
    brand: Brand,
    host: String,
    url: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_origin_are_followed() {
        for path in ["/", "/members?q=a%20b", "/a//b", "/login?next=https://evil.example"] {
            assert_eq!(local_path(path), Some(path));
        }
        for path in [
            "",
            "members",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example",
            "/\t/evil.example",
            "/\n",
            "/ä",
            "\\/x",
            " /x",
        ] {
            assert_eq!(local_path(path), None, "{path}");
        }
    }

    #[test]
    fn a_redirect_elsewhere_is_refused() {
        assert_eq!(see_other("//evil.example").status(), StatusCode::INTERNAL_SERVER_ERROR);
        let response = see_other("/account");
        assert_eq!(
            (response.status(), &response.headers()[LOCATION]),
            (StatusCode::SEE_OTHER, &"/account".parse().unwrap())
        );
    }
}
