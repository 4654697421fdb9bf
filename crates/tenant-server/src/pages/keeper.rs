//! Who keeps a member's record elsewhere, or that nobody does any longer (PP-31).

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::lifecycle::{Keeper, name_keeper};
use webkit::{Failure, Form, see_other};

use super::request::{failure, find};
use crate::instance::App;
use crate::visitor::Admitted;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    /// Not there: the record is released.
    kept_by: Option<String>,
}

/// Names a keeper, or releases the record.
pub(crate) async fn save(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Named { kept_by }): Form<Named>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let back = format!("/members/{}", member.id);
    let wrong = || Failure::bad_request("keeper-wrong").next(back.clone(), "see-member");
    let keeper = kept_by.map(|text| Keeper::parse(&text).ok_or_else(wrong)).transpose()?;
    let done = if keeper.is_some() { "keeper" } else { "released" };
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    name_keeper(&app.store, context, by, member.id, keeper).await.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("{back}?done={done}")))
}
