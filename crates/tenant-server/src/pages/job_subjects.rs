//! A list of who is called what at the provider, for a job that switches members and waits.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenant::batches::{MatchFault, give_matches, read_matches};
use tenant::blueprint::permission;
use webkit::{Failure, Message, Upload, see_other};

use super::job::{find, stopped};
use crate::instance::App;
use crate::visitor::Admitted;

/// The largest list, in bytes: a hundred thousand lines of usual length.
pub(crate) const MOST: usize = 8 * 1024 * 1024;

/// Takes it; the job's page shows what it comes to.
pub(crate) async fn give(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    file: Result<Upload<MOST>, Failure>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let batch = find(&app, &id).await?;
    let here = format!("/jobs/{}", batch.id);
    let refused = |status, why: Message| Failure::new(status).detail(why).next(here.clone(), "job-back");
    // Another tenant's job is not there, whatever is sent along (TN-02).
    let text = match file? {
        Upload::File(text) => text,
        Upload::Nothing => Vec::new(),
        Upload::TooLarge => return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "subjects-too_large".into())),
    };
    let matches = read_matches(&text).map_err(|(fault, line)| {
        let why = Message::new(key(fault)).with("line", line);
        refused(StatusCode::UNPROCESSABLE_ENTITY, why)
    })?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    give_matches(&app.store, context, by, batch.id, matches).await.map_err(stopped)?;
    app.batches.ring();
    Ok(see_other(&here))
}

fn key(fault: MatchFault) -> String {
    format!("subjects-{}", fault.word())
}
