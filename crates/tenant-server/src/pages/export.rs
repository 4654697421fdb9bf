//! The list as a file: everybody whom its filters leave, written stretch by stretch, however many there are. An import reads
//! what stands here.

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use store::StoreError;
use tenant::blueprint::permission;
use tenant::members::{self, Lifecycle, MemberRow};

use super::csv::line;
use super::members_address::read;
use crate::instance::App;
use crate::visitor::{Admitted, database};

const HEAD: [&str; 12] = [
    "id",
    "given_name",
    "family_name",
    "email",
    "language",
    "state",
    "roles",
    "provider",
    "authorization",
    "locked",
    "lifecycle",
    "last_sign_in",
];

/// One member, as JSON.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    given_name: &'a str,
    family_name: &'a str,
    email: &'a str,
    language: &'a str,
    state: &'static str,
    roles: Vec<String>,
    provider: Option<&'a str>,
    authorization: &'static str,
    locked: bool,
    lifecycle: &'static str,
    last_sign_in: Option<String>,
}

/// What the file is written in.
#[derive(Clone, Copy)]
enum Format {
    /// RFC 4180.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

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
    let filter = read(query.as_deref().unwrap_or_default(), &app.tenant.blueprint).filter;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    members::note_export(&app.store, context, by, &filter).await.map_err(database)?;
    let (ending, kind, head) = match format {
        Format::Csv => ("csv", "text/csv; charset=utf-8", line(HEAD)),
        Format::JsonLines => ("jsonl", "application/jsonl; charset=utf-8", String::new()),
    };
    let name = format!("attachment; filename=\"members-{}.{ending}\"", app.tenant.slug);
    let stretches = stream::try_unfold(Some(members::BEFORE_ALL), move |after| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let Some(after) = after else { return Ok::<_, StoreError>(None) };
            let (rows, end) = members::window(&mut app.store.read().await?, &filter, after).await?;
            // Of whoever was erased there is nothing to tell.
            let known = rows.iter().filter(|row| row.member.lifecycle != Lifecycle::Purged);
            Ok(Some((Bytes::from(known.map(|row| written(row, format)).collect::<String>()), end)))
        }
    });
    let head = stream::iter([Ok(Bytes::from(head))]);
    let body = Body::from_stream(head.chain(stretches));
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

fn written(row: &MemberRow, format: Format) -> String {
    let member = &row.member;
    let told = Line {
        id: member.id.to_string(),
        given_name: &member.given_name,
        family_name: &member.family_name,
        email: &member.email,
        language: &member.locale,
        state: member.state().word(),
        roles: row.roles(),
        provider: member.provider.as_deref(),
        authorization: member.authorization.word(),
        locked: member.locked,
        lifecycle: member.lifecycle.word(),
        last_sign_in: member.last_sign_in.map(|at| at.to_rfc3339()),
    };
    match format {
        Format::Csv => line([
            told.id.as_str(),
            told.given_name,
            told.family_name,
            told.email,
            told.language,
            told.state,
            &told.roles.join(" "),
            told.provider.unwrap_or_default(),
            told.authorization,
            if told.locked { "yes" } else { "no" },
            told.lifecycle,
            told.last_sign_in.as_deref().unwrap_or_default(),
        ]),
        // Texts and flags alone: they are always written.
        Format::JsonLines => serde_json::to_string(&told).map(|line| line + "\n").unwrap_or_default(),
    }
}
