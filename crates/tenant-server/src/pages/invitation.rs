//! Correcting where the invitation of someone goes who has not come yet.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::invitations;
use webkit::{Failure, Form, see_other};

use super::request::{failure, find};
use crate::instance::App;
use crate::visitor::Admitted;

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
    app.catalogue_for(&member).await;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let corrected = invitations::correct_email(&app.store, context, by, member.id, email).await;
    corrected.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done=corrected", member.id)))
}
