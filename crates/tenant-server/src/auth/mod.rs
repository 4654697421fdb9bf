//! Signing in and out.

pub(crate) mod backchannel;
pub(crate) mod callback;
pub(crate) mod login;
pub(crate) mod logout;

use std::time::Duration;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use tenant::logins::ReturnTo;
use webkit::{Brand, Cookie, Kit, SetCookie, Visit};

use crate::instance::App;
use crate::visitor::login_path;

/// Marks a browser whose last session here ended by signing out: the next sign-in asks which account it is.
fn left(kit: &Kit) -> Cookie {
    Cookie::new(kit, "left")
}

/// The same as a header.
pub(crate) fn leave_mark(kit: &Kit) -> SetCookie {
    left(kit).set("1", Some(LEFT))
}

/// How long that is remembered.
const LEFT: Duration = Duration::from_hours(30 * 24);

/// The identity server is away: a page that tries again by itself, and forgets nothing of where one was going.
#[derive(Template)]
#[template(path = "tenant/away.html")]
struct AwayPage {
    visit: Visit,
    brand: Brand,
    again: String,
    seconds: u64,
}

fn away(app: &App, visit: Visit, return_to: &ReturnTo) -> Response {
    const SECONDS: u64 = 10;
    let page = AwayPage { visit, brand: app.brand.clone(), again: login_path(return_to), seconds: SECONDS };
    let page = webkit::html_with_status(StatusCode::SERVICE_UNAVAILABLE, page);
    ([(RETRY_AFTER, SECONDS.to_string())], page).into_response()
}
