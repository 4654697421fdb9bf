//! Profile fields (PP-16) on pages: as facts, and in the forms of a member's own profile and of a member's page.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use store::{StoreError, TenantRead};
use tenant::blueprint::{Blueprint, permission};
use tenant::fields::{self, EditError, Field, Wrong};
use tenant::lifecycle::{Denied, Target};
use tenant::members::Member;
use tenant::providers::Catalogue;
use tenant::roles;
use webkit::{Brand, Failure, FieldErrors, Form, Message, Shell, Visit, html, html_with_status, see_other};

use super::deed::Offers;
use super::request::{failure, find};
use super::{Done, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// What stands before a field's key in forms, so that none meets another name there.
const PREFIX: &str = "field.";

/// A form's fields as they came, by name.
pub(crate) type Entered = BTreeMap<String, String>;

/// A field with what stands in it.
pub(super) struct FieldRow {
    /// In forms.
    pub name: String,
    pub label: String,
    pub value: String,
    pub required: bool,
    /// What a browser may fill in where it is one's own.
    pub purpose: &'static str,
    /// The provider that owns it: it is changed there (PP-07).
    pub owner: Option<String>,
}

/// Every field of the tenant, with what stands in it for somebody.
pub(super) async fn rows(
    visit: &Visit,
    read: &mut impl TenantRead,
    (blueprint, known): (&Blueprint, &Catalogue),
    member: &Member,
) -> Result<Vec<FieldRow>, StoreError> {
    let fields = fields::of_tenant(read, blueprint).await?;
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = fields::values_of(read, member.id).await?;
    let row = |field: Field| FieldRow {
        name: format!("{PREFIX}{}", field.key),
        label: field.label.text(visit.lang.code()).to_owned(),
        value: values.remove(&field.key).unwrap_or_default(),
        required: field.required,
        purpose: purpose(&field),
        owner: known.owner_of(member, &field.key).map(str::to_owned),
    };
    Ok(fields.into_iter().map(row).collect())
}

/// The words of HTML's autofill for fields of the shipped kinds (WCAG 2.2, 1.3.5).
fn purpose(field: &Field) -> &'static str {
    match field.key.as_str() {
        _ if field.added => "off",
        "telephone" => "tel",
        "company" => "organization",
        "address" => "address-line1",
        "alternative_address" => "address-line2",
        "zip" => "postal-code",
        "city" => "address-level2",
        "country" => "country-name",
        _ => "off",
    }
}

/// What was typed stays in the form.
pub(super) fn put_back(rows: &mut [FieldRow], entered: &Entered) {
    for row in rows {
        if let Some(typed) = entered.get(&row.name) {
            row.value.clone_from(typed);
        }
    }
}

/// By key. A name that no form of ours has is refused with the whole form (AZ-01).
pub(super) fn typed(entered: &Entered) -> webkit::Result<BTreeMap<String, String>> {
    let key = |name: &String| name.strip_prefix(PREFIX).map(str::to_owned).ok_or_else(unknown);
    entered.iter().map(|(name, value)| Ok((key(name)?, value.clone()))).collect()
}

fn unknown() -> Failure {
    Failure::bad_request("fields-unknown")
}

/// What to say beside the fields, or what to answer instead of the form. `id`: the member whose page leads on.
pub(super) fn wrong(error: EditError, id: &str) -> webkit::Result<FieldErrors> {
    let wrong = match error {
        EditError::Denied(denied) => return Err(failure(denied, id)),
        EditError::Wrong(wrong) => wrong,
    };
    let mut errors = FieldErrors::none();
    for (key, wrong) in wrong {
        let message = match wrong {
            Wrong::Unknown => return Err(unknown()),
            Wrong::Missing => Message::new("fields-missing"),
            Wrong::TooLong(most) => Message::new("fields-too-long").with("n", most),
        };
        errors.add(format!("{PREFIX}{key}"), message);
    }
    Ok(errors)
}

#[derive(Template)]
#[template(path = "tenant/member_fields.html")]
struct FieldsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    fields: Vec<FieldRow>,
    errors: FieldErrors,
}

/// The fields of a member, to change.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let held = roles::of_member(&mut app.store.read().await.map_err(database)?, member.id).await.map_err(database)?;
    let context = app.context(&admitted.visit);
    let target = Target { member: &member, roles: &held, follows: &[] };
    let allowed = Offers::of(&context, &admitted.visitor, target).fields();
    allowed.map_err(|refusal| failure(Denied::Refused(refusal), &id))?;
    Ok(html(page(&app, admitted, member, None, FieldErrors::none()).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    member: Member,
    entered: Option<&Entered>,
    errors: FieldErrors,
) -> webkit::Result<FieldsPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let known = app.catalogue_for(&member).await;
    let mut read = app.store.read().await.map_err(database)?;
    let mut fields = rows(&visit, &mut read, (&app.tenant.blueprint, &known), &member).await.map_err(database)?;
    // An administrator's browser has nothing of this person to fill in.
    fields.iter_mut().for_each(|field| field.purpose = "off");
    if let Some(entered) = entered {
        put_back(&mut fields, entered);
    }
    Ok(FieldsPage { brand: app.brand.clone(), visit, shell, member, fields, errors })
}

/// Changes them.
pub(crate) async fn save(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(entered): Form<Entered>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    app.catalogue_for(&member).await;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    match fields::edit(&app.store, context, by, member.id, typed(&entered)?).await {
        Ok(_) => Ok(see_other(&format!("/members/{}?done=fields", member.id))),
        Err(error) => {
            let errors = wrong(error, &id)?;
            let page = page(&app, admitted, member, Some(&entered), errors).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}
