//! The list as a file ([`crate::outgoing`]).

use axum::extract::{RawQuery, State};
use axum::response::Response;
use tenant::blueprint::permission;
use webkit::Failure;

use super::members_address::read;
use crate::instance::App;
use crate::outgoing::{self, Format};
use crate::visitor::{Admitted, database};

/// The members of this view, as CSV.
pub(crate) async fn csv(app: State<App>, admitted: Admitted, query: RawQuery) -> webkit::Result<Response> {
    export(app, admitted, query, Format::Csv).await
}

/// The same as JSON lines.
pub(crate) async fn json_lines(app: State<App>, admitted: Admitted, query: RawQuery) -> webkit::Result<Response> {
    export(app, admitted, query, Format::JsonLines).await
}

async fn export(
    State(app): State<App>,
    admitted: Admitted,
    RawQuery(query): RawQuery,
    format: Format,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let query = query.unwrap_or_default();
    let address = read(&query, &app.tenant.blueprint, &[]);
    if let Some(unread) = address.unread {
        return Err(Failure::bad_request(unread).next(format!("/members?{query}"), "back-to-members"));
    }
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    outgoing::file(&app, context, by, address.filter, format).await.map_err(database)
}
