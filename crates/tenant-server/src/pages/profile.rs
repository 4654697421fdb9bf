use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenant::access::Entry;
use tenant::fields::edit_own;
use tenant::members::Member;
use tenant::sessions::Visitor;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::fields::{Entered, FieldRow, put_back, rows, typed, wrong};
use super::member::{HeldRole, held_roles};
use super::provider::ownership;
use super::{Done, StatePill, shell, small_shell, state_pill};
use crate::instance::App;
use crate::visitor::{Admitted, SignedIn, database};

#[derive(Template)]
#[template(path = "tenant/profile.html")]
struct ProfilePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    state: StatePill,
    roles: Vec<HeldRole>,
    account_url: String,
    instances_url: String,
    /// Whether they may ask to be deleted (PP-14).
    may_leave: bool,
    /// What the tenant keeps of them (PP-16).
    fields: Vec<FieldRow>,
    /// The name of the one provider that opens the tenant to them, and which details it owns (PP-07).
    provider: Option<(String, Option<String>)>,
    /// Whether they may change it: in, and not kept elsewhere.
    may_edit: bool,
    errors: FieldErrors,
}

/// One's own data and state; for everyone who is known here (PP-01).
pub(crate) async fn show(
    State(app): State<App>,
    SignedIn { visit, visitor }: SignedIn,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    Ok(html(page(&app, visit, visitor, None, FieldErrors::none(), &done).await?))
}

async fn page(
    app: &App,
    visit: Visit,
    visitor: Visitor,
    entered: Option<&Entered>,
    errors: FieldErrors,
    done: &Done,
) -> webkit::Result<ProfilePage> {
    let is_in = visitor.entry == Entry::Admit;
    let shell = if is_in {
        shell(app, &visit, &visitor, done).await.map_err(database)?
    } else {
        small_shell(app, &visit, &visitor, done)
    };
    let known = app.catalogue_for(&visitor.member).await;
    let mut read = app.store.read().await.map_err(database)?;
    let mut fields =
        rows(&visit, &mut read, (&app.tenant.blueprint, &known), &visitor.member).await.map_err(database)?;
    let labels = tenant::fields::of_tenant(&mut read, &app.tenant.blueprint).await.map_err(database)?;
    if let Some(entered) = entered {
        put_back(&mut fields, entered);
    }
    Ok(ProfilePage {
        may_leave: app.tenant.blueprint.lifecycle.self_deletion && is_in,
        may_edit: is_in && visitor.member.kept_by.is_none(),
        state: state_pill(&visit, &app.tenant.blueprint, &visitor.member),
        roles: held_roles(app, &visit, &visitor.roles),
        account_url: app.identity_page("/account"),
        instances_url: app.identity_page("/account/instances"),
        provider: ownership(&visit, &known, &labels, &visitor.member),
        brand: app.brand.clone(),
        member: visitor.member,
        fields,
        errors,
        shell,
        visit,
    })
}

/// Changes one's own fields.
pub(crate) async fn save(
    State(app): State<App>,
    Admitted { visit, visitor }: Admitted,
    Form(entered): Form<Entered>,
) -> webkit::Result<Response> {
    app.catalogue_for(&visitor.member).await;
    let (context, member) = (app.context(&visit), visitor.member.id);
    match edit_own(&app.store, context, member, typed(&entered)?).await {
        Ok(_) => Ok(see_other("/profile?done=fields")),
        Err(error) => {
            let errors = wrong(error, &member.to_string())?;
            let page = page(&app, visit, visitor, Some(&entered), errors, &Done::default()).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}
