use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::access::Closed;
use webkit::{Brand, Failure, Visit, html_with_status};

use super::audit_login::is_reference;
use crate::instance::App;

#[derive(Template)]
#[template(path = "tenant/closed.html")]
struct ClosedPage {
    visit: Visit,
    brand: Brand,
    title: String,
    detail: String,
    other_instances_url: String,
    reference: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Refused {
    /// Of the request that was refused, whose reason the audit log has.
    #[serde(default)]
    reference: String,
}

/// There is no way in, and this is why. Says nothing about anyone, so it may be read by everyone.
pub(crate) async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(why): Path<String>,
    Query(refused): Query<Refused>,
) -> webkit::Result<Response> {
    let closed = Closed::ALL.iter().find(|closed| closed.word() == why).ok_or_else(Failure::not_found)?;
    let other_instances_url = app.identity_page("/account/instances");
    let (title, detail) = (format!("closed-{}-title", closed.word()), format!("closed-{}-detail", closed.word()));
    // Ten letters and digits, or it is none of ours.
    let reference = if is_reference(&refused.reference) { refused.reference } else { visit.request_id.clone() };
    let page = ClosedPage { visit, brand: app.brand.clone(), title, detail, other_instances_url, reference };
    Ok(html_with_status(StatusCode::FORBIDDEN, page))
}
