//! Terms that are new: they are asked before anything else (PP-19).

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::logins::ReturnTo;
use tenant::terms::{self, Block, Kind, Version, blocks};
use webkit::{Brand, Failure, Form, Shell, Visit, html, see_other};

use super::Done;
use super::shell::small_shell;
use super::terms::page_of;
use crate::instance::App;
use crate::visitor::{Present, database};

/// One text to accept.
struct Shown {
    version: Version,
    page: String,
    blocks: Vec<Block>,
}

#[derive(Template)]
#[template(path = "tenant/accept.html")]
struct AcceptPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    shown: Vec<Shown>,
    return_to: String,
    may_leave: bool,
}

#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    return_to: String,
}

/// What is to be accepted.
pub(crate) async fn ask(
    State(app): State<App>,
    Present { visit, visitor }: Present,
    Query(params): Query<Params>,
) -> webkit::Result<Response> {
    let return_to = ReturnTo::parse(&params.return_to);
    if !visitor.must_accept {
        return Ok(see_other(return_to.as_str()));
    }
    let mut read = app.store.read().await.map_err(database)?;
    let pending = terms::pending(&mut read, visitor.member.id).await.map_err(database)?;
    let shown = |version: Version| Shown {
        blocks: version.body.as_deref().map(blocks).unwrap_or_default(),
        page: page_of(&version),
        version,
    };
    let shell = Shell { nav: Vec::new(), ..small_shell(&app, &visit, &visitor, &Done::default()) };
    Ok(html(AcceptPage {
        shown: pending.into_iter().map(shown).collect(),
        return_to: return_to.as_str().to_owned(),
        may_leave: app.tenant.blueprint.lifecycle.self_deletion && visitor.entry == tenant::access::Entry::Admit,
        brand: app.brand.clone(),
        shell,
        visit,
    }))
}

/// The versions that the page showed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    terms: Option<i64>,
    privacy: Option<i64>,
    #[serde(default)]
    return_to: String,
}

/// Yes.
pub(crate) async fn accept(
    State(app): State<App>,
    Present { visit, visitor }: Present,
    Form(form): Form<Accepted>,
) -> webkit::Result<Response> {
    let shown = [(Kind::Terms, form.terms), (Kind::Privacy, form.privacy)];
    let shown = shown.into_iter().filter_map(|(kind, number)| Some((kind, number?))).collect();
    match terms::accept(&app.store, app.context(&visit), visitor.member.id, shown).await {
        // What was published meanwhile is asked for next.
        Ok(()) => Ok(see_other(ReturnTo::parse(&form.return_to).as_str())),
        Err(tenant::lifecycle::Denied::Store(error)) => Err(database(error)),
        Err(other) => Err(Failure::internal(other)),
    }
}
