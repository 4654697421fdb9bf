use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::authorize::Step;
use identity::tenants::{Reach, Tenant};
use webkit::{Brand, Failure, Visit, html_with_status};

use crate::flow::Flow;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "door/closed.html")]
struct ClosedPage {
    visit: Visit,
    brand: Brand,
    tenant: Tenant,
    application: String,
    suspended: bool,
    again: String,
}

/// The tenant opens to nobody at the moment. The request waits: the page can be loaded again.
pub async fn show(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    let Step::Closed(reach) = situation.step else {
        return Ok(flow.advance(&server).await?.after_post(&flow.visit));
    };
    // Deleted while the request waited: the page would have nothing to name.
    let tenant = situation.tenant.ok_or_else(|| Failure::gone("client-gone"))?;
    let (brand, application, again) = (flow.brand(&server), flow.destination(&server), flow.page("/closed"));
    let suspended = reach == Reach::Suspended;
    let status = if suspended { StatusCode::FORBIDDEN } else { StatusCode::SERVICE_UNAVAILABLE };
    let page = ClosedPage { visit: flow.visit, brand, tenant, application, suspended, again };
    Ok(html_with_status(status, page))
}
