//! Where administrators add profile fields, change them and take them away (PP-16).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::{MOST_FIELDS, permission};
use tenant::fields::{self, AddError, Field, FieldChange, LONGEST_LABEL, MOST_EVER};
use tenant::lifecycle::Denied;
use webkit::{Brand, FieldErrors, Form, Message, Shell, Visit, html, html_with_status, see_other};

use super::request::failure;
use super::{Done, shell};
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::{Admitted, database};

#[derive(Template)]
#[template(path = "tenant/fields_settings.html")]
struct SettingsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    fields: Vec<Field>,
    typed: Typed,
    errors: FieldErrors,
}

/// What stands in the form.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    #[serde(default)]
    label: String,
    required: Option<String>,
    /// How it was when the form was shown: what is left as it was is not changed back to that.
    was_label: Option<String>,
    was_required: Option<String>,
}

impl Typed {
    fn of(label: String, required: bool) -> Self {
        let required = required.then(|| "1".to_owned());
        Self { was_label: Some(label.clone()), was_required: required.clone(), label, required }
    }

    fn change(&self) -> FieldChange {
        let label = Some(&self.label).filter(|label| Some(*label) != self.was_label.as_ref());
        let required = Some(self.required.is_some()).filter(|required| *required != self.was_required.is_some());
        FieldChange { label: label.cloned(), required }
    }
}

/// The fields that there are, and a form for one more.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    Ok(html(page(&app, admitted, Typed::default(), FieldErrors::none(), &done).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    typed: Typed,
    errors: FieldErrors,
    done: &Done,
) -> webkit::Result<SettingsPage> {
    let shell = shell(app, &visit, &visitor, done).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let fields = fields::of_tenant(&mut read, &app.tenant.blueprint).await.map_err(database)?;
    Ok(SettingsPage { brand: app.brand.clone(), visit, shell, fields, typed, errors })
}

/// Adds one.
pub(crate) async fn add(
    State(app): State<App>,
    admitted: Admitted,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let errors = match fields::add(&app.store, context, by, &typed.label, typed.required.is_some()).await {
        Ok(_) => return Ok(see_other("/settings/fields?done=field-added")),
        Err(error) => told(error)?,
    };
    let page = page(&app, admitted, typed, errors, &Done::default()).await?;
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// What is said at the label.
fn told(error: AddError) -> webkit::Result<FieldErrors> {
    let message = match error {
        AddError::Denied(denied) => return Err(failure(denied, "")),
        AddError::Label => Message::new("fields-label-wrong").with("n", LONGEST_LABEL),
        AddError::Taken => Message::new("fields-taken"),
        AddError::TooMany => Message::new("fields-too-many").with("n", MOST_FIELDS).with("ever", MOST_EVER),
    };
    Ok(FieldErrors::one("label", message))
}

#[derive(Template)]
#[template(path = "tenant/field_settings.html")]
struct FieldPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    key: String,
    /// What it is called now.
    label: String,
    typed: Typed,
    errors: FieldErrors,
}

/// A form with how a field is.
pub(crate) async fn ask_change(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    Ok(html(field_page(&app, admitted, key, None).await?))
}

async fn field_page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    key: String,
    wrong: Option<(Typed, FieldErrors)>,
) -> webkit::Result<FieldPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let fields = fields::of_tenant(&mut read, &app.tenant.blueprint).await.map_err(database)?;
    let field = fields.into_iter().find(|field| field.added && field.key == key);
    let field = field.ok_or_else(|| failure(Denied::NotFound, ""))?;
    let label = field.label.text(visit.lang.code()).to_owned();
    let as_it_is = || (Typed::of(label.clone(), field.required), FieldErrors::none());
    let (typed, errors) = wrong.unwrap_or_else(as_it_is);
    Ok(FieldPage { brand: app.brand.clone(), visit, shell, key, label, typed, errors })
}

/// Calls one otherwise, or requires it or not.
pub(crate) async fn change(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let errors = match fields::change(&app.store, context, by, key.clone(), typed.change()).await {
        Ok(_) => return Ok(see_other("/settings/fields?done=field-changed")),
        Err(error) => told(error)?,
    };
    let page = field_page(&app, admitted, key, Some((typed, errors))).await?;
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// Takes one away that was added.
pub(crate) async fn remove(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::TENANT_SETTINGS)?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    fields::remove(&app.store, context, by, key).await.map_err(|denied| failure(denied, ""))?;
    Ok(see_other("/settings/fields?done=field-removed"))
}
