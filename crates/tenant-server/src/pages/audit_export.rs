//! The audit log as a file, written stretch by stretch, however long it is.

use audit::Line;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use store::StoreError;
use tenant::blueprint::permission;
use tenant::members::{Taken, note_taken};
use tenant::service_accounts::Actors;
use webkit::Failure;

use super::csv::line;
use super::log_filter::LogFilter;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// The last one is the id of the member who acted, also where that is a service account, which acts under its client.
const HEAD: [&str; 10] =
    ["id", "at", "actor_kind", "actor", "action", "target_kind", "target", "reference", "detail", "actor_member"];

/// As many as are read at once.
const STRETCH: u16 = 500;

/// The entries of this view, as CSV (RFC 4180), the newest first.
pub(crate) async fn csv(
    State(app): State<App>,
    admitted: Admitted,
    RawQuery(query): RawQuery,
) -> webkit::Result<Response> {
    admitted.require(permission::AUDIT_VIEW)?;
    let query = query.unwrap_or_default();
    let filter = LogFilter::read(&query);
    if let Some(unread) = filter.unread() {
        return Err(Failure::bad_request(unread).next(format!("/audit?{query}"), "nav-audit"));
    }
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    note_taken(&app.store, context, by, Taken::Log).await.map_err(database)?;
    let name = format!("attachment; filename=\"audit-{}.csv\"", app.tenant.slug);
    let stretches = stream::try_unfold(Some(None), move |before| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let Some(before) = before else { return Ok::<_, StoreError>(None) };
            let mut read = app.store.read().await?;
            let lines = filter.lines(&mut read, before, STRETCH).await?;
            let actors = Actors::of(&mut read, &lines).await?;
            drop(read);
            let next = lines.last().filter(|_| lines.len() == usize::from(STRETCH)).map(|last| Some(last.id));
            let text: String = lines.iter().map(|line| written(&actors, line)).collect();
            Ok(Some((Bytes::from(text), next)))
        }
    });
    let head = stream::iter([Ok(Bytes::from(line(HEAD)))]);
    let body = Body::from_stream(head.chain(stretches));
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

fn written(actors: &Actors, entry: &Line) -> String {
    let mut detail = entry.detail.clone();
    if let Some(detail) = detail.as_object_mut() {
        // In clear where it is not erased; the hash of it is for whoever checks the chain.
        detail.extend(entry.personal.iter().map(|(name, value)| (name.clone(), value.clone().into())));
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    line([
        entry.id.to_string().as_str(),
        &entry.at.to_rfc3339(),
        &entry.actor_kind,
        &text(&entry.actor_id),
        &entry.action,
        &text(&entry.target_kind),
        &text(&entry.target_id),
        &text(&entry.reference),
        &detail.to_string(),
        &actors.member(entry).map(|id| id.to_string()).unwrap_or_default(),
    ])
}
