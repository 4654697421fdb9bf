//! Where administrators write the terms and the privacy policy (PP-19), with a preview, the history, and who accepted what.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use store::StoreError;
use tenant::blueprint::permission;
use tenant::lifecycle::Denied;
use tenant::members::{Taken, note_taken};
use tenant::terms::{self, Acceptance, Block, Draft, Kind, ON_A_PAGE, Version, Wrong, blocks};
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::csv::line;
use super::request::failure;
use super::terms::title_of;
use super::{Done, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

#[derive(Template)]
#[template(path = "tenant/terms_settings.html")]
struct SettingsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    title: String,
    kind: Kind,
    versions: Vec<Version>,
    typed: Typed,
    /// The number that it would have.
    next: i64,
    preview: Option<Vec<Block>>,
    errors: FieldErrors,
}

/// What stands in the form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    kind: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    address: String,
    required: Option<String>,
    /// The newest version when the page was opened.
    after: i64,
    preview: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Params {
    kind: Option<String>,
    #[serde(flatten)]
    done: Done,
}

fn kind_of(word: Option<&str>) -> webkit::Result<Kind> {
    word.map_or(Ok(Kind::Terms), |word| Kind::of(word).ok_or_else(Failure::not_found))
}

/// The newest version to go on from, and those before it.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Query(params): Query<Params>,
) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    let kind = kind_of(params.kind.as_deref())?;
    let mut read = app.store.read().await.map_err(database)?;
    let newest = terms::current(&mut read, kind).await.map_err(database)?;
    drop(read);
    let typed = Typed {
        kind: kind.word().to_owned(),
        body: newest.as_ref().and_then(|it| it.body.clone()).unwrap_or_default(),
        address: newest.as_ref().and_then(|it| it.address.clone()).unwrap_or_default(),
        required: Some("1".to_owned()),
        after: newest.map_or(0, |it| it.number),
        preview: None,
    };
    Ok(html(page(&app, admitted, kind, typed, FieldErrors::none(), &params.done).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    kind: Kind,
    typed: Typed,
    errors: FieldErrors,
    done: &Done,
) -> webkit::Result<SettingsPage> {
    let shell = shell(app, &visit, &visitor, done).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let versions = terms::versions(&mut read, kind, None, ON_A_PAGE).await.map_err(database)?;
    let preview = typed.preview.is_some().then(|| blocks(&typed.body));
    let title = title_of(&visit, kind);
    let (next, brand) = (typed.after.saturating_add(1), app.brand.clone());
    Ok(SettingsPage { title, brand, visit, shell, kind, versions, typed, next, preview, errors })
}

/// Shows what it would look like, or publishes it.
pub(crate) async fn publish(
    State(app): State<App>,
    admitted: Admitted,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    let kind = kind_of(Some(&typed.kind))?;
    let new = Draft::new(kind, &typed.body, &typed.address, typed.required.is_some(), typed.after);
    let new = match (new, typed.preview.is_some()) {
        (Ok(new), false) => new,
        (new, previewed) => {
            let errors = new.err().map_or_else(FieldErrors::none, wrong);
            let status = if errors.is_empty() && previewed { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            let page = page(&app, admitted, kind, typed, errors, &Done::default()).await?;
            return Ok(html_with_status(status, page));
        }
    };
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    match terms::publish(&app.store, context, by, new).await {
        Ok(version) => Ok(see_other(&format!("/settings/terms?kind={}&done=published", version.kind.word()))),
        Err(Denied::ChangedSince) => {
            let next = format!("/settings/terms?kind={}", kind.word());
            Err(Failure::conflict("terms-overtaken").next(next, "terms-look-again"))
        }
        Err(denied) => Err(failure(denied, "")),
    }
}

fn wrong(wrong: Wrong) -> FieldErrors {
    match wrong {
        Wrong::Empty => FieldErrors::one("body", "terms-empty"),
        Wrong::Both => FieldErrors::one("address", "terms-both"),
        Wrong::TooLong => FieldErrors::one("body", "terms-too-long"),
        Wrong::Address => FieldErrors::one("address", "terms-address-wrong"),
    }
}

/// Who accepted what, to keep (CSV, RFC 4180). Written page by page, however many there are.
pub(crate) async fn acceptances(State(app): State<App>, admitted: Admitted) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    admitted.require(permission::MEMBERS_VIEW)?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    note_taken(&app.store, context, by, Taken::Acceptances).await.map_err(database)?;
    let head = Bytes::from(line(["member", "name", "email", "kind", "version", "accepted_at"]));
    let pages = stream::try_unfold(Some(None), move |after| {
        let app = app.clone();
        async move {
            let Some(after) = after else { return Ok::<_, StoreError>(None) };
            let rows = terms::acceptances(&mut app.store.read().await?, after, ON_A_PAGE).await?;
            let next = rows.last().map(|last| Some(last.place()));
            Ok(next.map(|next| (Bytes::from(rows.iter().map(written).collect::<String>()), Some(next))))
        }
    });
    let body = Body::from_stream(stream::iter([Ok::<_, StoreError>(head)]).chain(pages));
    let name = "attachment; filename=\"acceptances.csv\"";
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, name)], body).into_response())
}

fn written(row: &Acceptance) -> String {
    let (id, name, number) = (row.member_id.to_string(), row.name(), row.accepted.number.to_string());
    let at = row.accepted.accepted_at.to_rfc3339();
    line([&*id, &*name, &*row.email, row.accepted.kind.word(), &*number, &*at])
}
