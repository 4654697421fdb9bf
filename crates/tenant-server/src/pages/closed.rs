use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenant::access::Closed;
use webkit::{Brand, Failure, Visit, html_with_status};

use crate::instance::App;

#[derive(Template)]
#[template(path = "tenant/closed.html")]
struct ClosedPage {
    visit: Visit,
    brand: Brand,
    title: String,
    detail: String,
    other_instances_url: String,
}

/// There is no way in, and this is why. Says nothing about anyone, so it may be read by everyone.
pub(crate) async fn show(State(app): State<App>, visit: Visit, Path(why): Path<String>) -> webkit::Result<Response> {
    let closed = Closed::ALL.iter().find(|closed| closed.word() == why).ok_or_else(Failure::not_found)?;
    let other_instances_url = app.identity_page("/account/instances");
    let (title, detail) = (format!("closed-{}-title", closed.word()), format!("closed-{}-detail", closed.word()));
    let page = ClosedPage { visit, brand: app.brand.clone(), title, detail, other_instances_url };
    Ok(html_with_status(StatusCode::FORBIDDEN, page))
}
