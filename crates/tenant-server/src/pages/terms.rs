//! What everyone may read: the tenant's terms and its privacy policy (PP-19).

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tenant::terms::{self, Block, Kind, Version, blocks};
use webkit::{Brand, Failure, Shell, Visit, html};

use crate::instance::App;
use crate::visitor::database;

#[derive(Template)]
#[template(path = "tenant/terms.html")]
struct TermsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    title: String,
    kind: Kind,
    version: Version,
    blocks: Vec<Block>,
    /// The number of the newest version, if this is an older one.
    newest: Option<i64>,
}

#[derive(Deserialize)]
pub(crate) struct Params {
    version: Option<String>,
}

/// `/terms`.
pub(crate) async fn terms(app: State<App>, visit: Visit, params: Query<Params>) -> webkit::Result<Response> {
    show(app, visit, params, Kind::Terms).await
}

/// `/privacy`.
pub(crate) async fn privacy(app: State<App>, visit: Visit, params: Query<Params>) -> webkit::Result<Response> {
    show(app, visit, params, Kind::Privacy).await
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(params): Query<Params>,
    kind: Kind,
) -> webkit::Result<Response> {
    let mut read = app.store.read().await.map_err(database)?;
    let Some(newest) = terms::current(&mut read, kind).await.map_err(database)? else { return nothing(&app, kind) };
    let asked: Option<i64> = match params.version {
        Some(number) => Some(number.parse().map_err(|_| Failure::not_found())?),
        None => None,
    };
    let number = newest.number;
    let version = match asked {
        Some(asked) if asked != number => {
            terms::version(&mut read, kind, asked).await.map_err(database)?.ok_or_else(Failure::not_found)?
        }
        _ => newest,
    };
    Ok(html(TermsPage {
        newest: (version.number != number).then_some(number),
        blocks: version.body.as_deref().map(blocks).unwrap_or_default(),
        brand: app.brand.clone(),
        shell: Shell::default(),
        title: title_of(&visit, kind),
        version,
        kind,
        visit,
    }))
}

/// Nothing was published here: whoever runs the platform may have named an address for this tenant.
fn nothing(app: &App, kind: Kind) -> webkit::Result<Response> {
    match elsewhere(app, kind) {
        Some(address) => Ok(axum::response::Redirect::to(address).into_response()),
        None => Err(Failure::not_found().title("terms-none").detail("terms-none-detail")),
    }
}

/// The address that whoever runs the platform has named for it.
pub(super) fn elsewhere(app: &App, kind: Kind) -> Option<&str> {
    match kind {
        Kind::Terms => app.told.terms.as_deref(),
        Kind::Privacy => app.told.privacy.as_deref(),
    }
}

/// What a text is called.
pub(super) fn title_of(visit: &Visit, kind: Kind) -> String {
    visit.t(&format!("{}-of", kind.word()))
}

/// Where a version stands for everyone.
pub(super) fn page_of(version: &Version) -> String {
    format!("/{}?version={}", version.kind.word(), version.number)
}
