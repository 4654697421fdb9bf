//! The list as a file: everybody whom its filters leave, written stretch by stretch, however many there are.

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use store::StoreError;
use tenant::blueprint::permission;
use tenant::members::{self, MemberRow};

use super::csv::line;
use super::members_address::read;
use crate::instance::App;
use crate::visitor::{Admitted, database};

const HEAD: [&str; 11] = [
    "id",
    "given_name",
    "family_name",
    "email",
    "language",
    "authorization",
    "locked",
    "lifecycle",
    "roles",
    "provider",
    "last_sign_in",
];

/// The members of this view, as CSV (RFC 4180).
pub(crate) async fn csv(
    State(app): State<App>,
    admitted: Admitted,
    RawQuery(query): RawQuery,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let filter = read(query.as_deref().unwrap_or_default(), &app.tenant.blueprint).filter;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    members::note_export(&app.store, context, by, &filter).await.map_err(database)?;
    let name = format!("attachment; filename=\"members-{}.csv\"", app.tenant.slug);
    let stretches = stream::try_unfold(Some(members::BEFORE_ALL), move |after| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let Some(after) = after else { return Ok::<_, StoreError>(None) };
            let (rows, end) = members::window(&mut app.store.read().await?, &filter, after).await?;
            Ok(Some((Bytes::from(rows.iter().map(written).collect::<String>()), end)))
        }
    });
    let head = stream::iter([Ok(Bytes::from(line(HEAD)))]);
    let body = Body::from_stream(head.chain(stretches));
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

fn written(row: &MemberRow) -> String {
    let member = &row.member;
    let (id, roles) = (member.id.to_string(), row.roles().join(" "));
    let seen = member.last_sign_in.map(|at| at.to_rfc3339()).unwrap_or_default();
    line([
        id.as_str(),
        &member.given_name,
        &member.family_name,
        &member.email,
        &member.locale,
        member.authorization.word(),
        if member.locked { "yes" } else { "no" },
        member.lifecycle.word(),
        &roles,
        member.provider.as_deref().unwrap_or_default(),
        &seen,
    ])
}
