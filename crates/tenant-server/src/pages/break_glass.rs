//! A member who gets in when a provider fails: the flag is set, and taken away, on a page that says what it means.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::members::Member;
use tenant::providers;
use webkit::{Brand, Form, Shell, Visit, html, see_other};

use super::request::{failure, find, is_somebody};
use super::{Done, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

#[derive(Template)]
#[template(path = "tenant/break_glass.html")]
struct BreakGlassPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
}

/// What it means.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let member = find(&app, &id).await?;
    is_somebody(&member)?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    Ok(html(BreakGlassPage { brand: app.brand.clone(), visit, shell, member }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flag {
    on: bool,
}

/// Sets it, or takes it away.
pub(crate) async fn save(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Flag { on }): Form<Flag>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let member = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    providers::set(&app.store, context, by, member.id, on).await.map_err(|denied| failure(denied, &id))?;
    app.ring();
    let done = if on { "glass-set" } else { "glass-unset" };
    Ok(see_other(&format!("/members/{}?done={done}", member.id)))
}
