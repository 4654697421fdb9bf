//! What can be done to the invitation of someone who has not come yet: send it, take it back, correct where it goes.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::invitations;
use tenant::members::Member;
use webkit::{Failure, Form, see_other};

use super::request::{failure, find};
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::Admitted;

fn done(app: &App, member: &Member, what: &str) -> Response {
    app.ring();
    see_other(&format!("/members/{}?done={what}", member.id))
}

/// Sends the invitation, for the first time or once more.
pub(crate) async fn send(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let sent = invitations::send(&app.store, context, by, member.id).await;
    sent.map_err(|denied| failure(denied, &id))?;
    Ok(done(&app, &member, "invited"))
}

/// Takes it back.
pub(crate) async fn withdraw(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let withdrawn = invitations::withdraw(&app.store, context, by, member.id).await;
    withdrawn.map_err(|denied| failure(denied, &id))?;
    Ok(done(&app, &member, "withdrawn"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    email: String,
}

/// Corrects the address, and invites there.
pub(crate) async fn correct_email(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(form): Form<Correction>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let email = form.email.trim().to_owned();
    if !invitations::is_address(&email) {
        let back = format!("/members/{}", member.id);
        return Err(Failure::bad_request("email-wrong").next(back, "see-member"));
    }
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let corrected = invitations::correct_email(&app.store, context, by, member.id, email).await;
    corrected.map_err(|denied| failure(denied, &id))?;
    Ok(done(&app, &member, "corrected"))
}
