//! Other systems that act for themselves at the API (PP-28). Their roles, lock and deletion are on their member's page.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::{Role, permission};
use tenant::lifecycle::Denied;
use tenant::members::{self, MemberRow};
use tenant::roles::grantable;
use tenant::service_accounts::{self, NewServiceAccount, ON_A_PAGE, ServiceAccount};
use webkit::{Brand, FieldErrors, Form, Many, Shell, Visit, html, html_with_status, see_other};

use super::request::failure;
use super::{Done, StatePill, role_labels, shell, state_pill};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// One with how it stands.
struct Line {
    account: ServiceAccount,
    state: Option<StatePill>,
    /// What its roles are called.
    roles: String,
}

#[derive(Template)]
#[template(path = "tenant/service_accounts.html")]
struct AccountsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    accounts: Vec<Line>,
    /// Where the next page begins.
    next: Option<String>,
    roles: Vec<Role>,
    typed: New,
    /// What the operator types.
    register: String,
    /// The audience of a token for the API.
    api: String,
}

/// One as it was typed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    #[serde(default)]
    name: String,
    #[serde(default)]
    client_id: String,
    #[serde(rename = "role[]", default)]
    roles: Many,
}

#[derive(Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    after: String,
}

/// Those that there are, and the form for another one.
pub(crate) async fn list(
    State(app): State<App>,
    admitted: Admitted,
    Query(After { after }): Query<After>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    Ok(html(page(&app, admitted, &after, New::default(), FieldErrors::none()).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    after: &str,
    typed: New,
    errors: FieldErrors,
) -> webkit::Result<AccountsPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let mut accounts = service_accounts::list(&mut read, after, ON_A_PAGE).await.map_err(database)?;
    let size = usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    let more = accounts.len() > size;
    accounts.truncate(size);
    let next = accounts.last().filter(|_| more).map(|last| {
        let after = url::form_urlencoded::Serializer::new(String::new()).append_pair("after", &last.client_id).finish();
        format!("/service-accounts?{after}")
    });
    let rows = members::some(&mut read, accounts.iter().map(|account| account.member_id)).await.map_err(database)?;
    let accounts =
        accounts.into_iter().map(|account| line(app, &visit, rows.get(&account.member_id), account)).collect();
    let roles = grantable(&app.tenant.blueprint, &visitor.rights).into_iter().cloned().collect();
    let (brand, api) = (app.brand.clone(), crate::api::audience(app));
    let register = format!("latchkey clients create --service --tenant {} --name …", app.tenant.slug);
    Ok(AccountsPage { visit, brand, shell, errors, accounts, next, roles, typed, register, api })
}

fn line(app: &App, visit: &Visit, row: Option<&MemberRow>, account: ServiceAccount) -> Line {
    let blueprint = &app.tenant.blueprint;
    let roles = row.map(MemberRow::roles).unwrap_or_default();
    Line {
        state: row.map(|row| state_pill(visit, blueprint, &row.member)),
        roles: role_labels(visit, blueprint, &roles).join(", "),
        account,
    }
}

/// Lets a client act here.
pub(crate) async fn create(
    State(app): State<App>,
    admitted: Admitted,
    Form(typed): Form<New>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let new = NewServiceAccount {
        name: typed.name.trim().to_owned(),
        client_id: typed.client_id.trim().to_owned(),
        roles: typed.roles.0.iter().filter(|role| !role.is_empty()).cloned().collect(),
    };
    let errors = if !service_accounts::is_fit(&NewServiceAccount { client_id: "-".to_owned(), ..new.clone() }) {
        FieldErrors::one("name", "service-name-wrong")
    } else if !service_accounts::is_fit(&new) {
        FieldErrors::one("client_id", "service-client-wrong")
    } else {
        let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
        match service_accounts::create(&app.store, context, by, new).await {
            Ok(id) => return Ok(see_other(&format!("/members/{id}?done=service"))),
            Err(Denied::AlreadyHere(_)) => FieldErrors::one("client_id", "service-client-here"),
            Err(denied) => return Err(failure(denied, "")),
        }
    };
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page(&app, admitted, "", typed, errors).await?))
}
