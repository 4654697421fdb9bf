use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use crate::mailbox::Mailbox;

/// No scripts, no forms, nothing from the network; an origin of its own even where it isn't framed. Only a link's new
/// tab leaves the sandbox.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'self'; \
                      sandbox allow-popups allow-popups-to-escape-sandbox";

/// The HTML part, for the frame of its message's page.
pub async fn show(mailbox: State<Arc<Mailbox>>, Path(id): Path<String>) -> Response {
    let html = mailbox.get(&id).and_then(|mail| mail.html.as_deref().map(in_new_tabs));
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    html.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |html| (headers, html).into_response())
}

/// Links open in a new tab: the pages they lead to refuse to be framed.
fn in_new_tabs(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    let lower = html.to_ascii_lowercase();
    let head = lower.match_indices("<head").map(|(at, _)| at).find(|at| {
        lower.get(at + 5..).is_some_and(|rest| rest.starts_with(|c: char| c == '>' || c.is_ascii_whitespace()))
    });
    let after = head.and_then(|at| lower.get(at..)?.find('>').map(|end| at + end + 1));
    match after.and_then(|after| html.split_at_checked(after)) {
        Some((before, rest)) => format!("{before}{BASE}{rest}"),
        None => format!("<!doctype html>{BASE}{html}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_open_in_a_new_tab() {
        assert_eq!(
            in_new_tabs("<html><HEAD lang=x><title>ä</title>"),
            "<html><HEAD lang=x><base target=\"_blank\"><title>ä</title>"
        );
        assert_eq!(in_new_tabs("<header>x</header>"), "<!doctype html><base target=\"_blank\"><header>x</header>");
        assert_eq!(in_new_tabs("<p>x"), "<!doctype html><base target=\"_blank\"><p>x");
    }
}
