use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::accounts::{self, Account, AccountId, EmailAddress};
use identity::administrators::{self, Changed};
use serde::Deserialize;
use uuid::Uuid;
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done};
use super::tenant::Nothing;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "admin/administrators.html")]
struct AdministratorsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    rows: Vec<administrators::Administrator>,
    /// Who looks.
    me: AccountId,
    /// What stands in the field for another one.
    email: String,
}

/// Who runs the platform, since when and by whom.
pub async fn list(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    Ok(html(page(&server, administrator, &done, String::new(), FieldErrors::none()).await?))
}

async fn page(
    server: &IdentityServer,
    administrator: Administrator,
    done: &Done,
    email: String,
    errors: FieldErrors,
) -> webkit::Result<AdministratorsPage> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let rows = administrators::list(&mut conn).await.map_err(fault::store_failure)?;
    let (brand, shell) = (administrator.brand(server), administrator.shell(done));
    let me = administrator.account.id;
    Ok(AdministratorsPage { visit: administrator.visit, brand, shell, errors, rows, me, email })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    email: String,
}

/// Makes the account with an address an administrator. There has to be one: nobody becomes an administrator by an address that
/// somebody else proves later.
pub async fn add(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Form(Entered { email }): Form<Entered>,
) -> webkit::Result<Response> {
    let wrong = match EmailAddress::parse(&email) {
        None => "email-wrong",
        Some(address) => match account_of(&server, &address).await? {
            None => "wrong-no-account",
            Some(account) => {
                let added = administrators::add(&server.identity, administrator.actor(), &account).await;
                match added.map_err(fault::failure)? {
                    Changed::Done => return Ok(see_other("/admin/administrators?done=administrator-added")),
                    Changed::AsBefore | Changed::LastOne => "wrong-administrator-already",
                }
            }
        },
    };
    let errors = FieldErrors::one("email", wrong);
    let page = page(&server, administrator, &Done::default(), email, errors).await?;
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

async fn account_of(server: &IdentityServer, address: &EmailAddress) -> webkit::Result<Option<Account>> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    accounts::find_by_email(&mut conn, address).await.map_err(fault::store_failure)
}

#[derive(Template)]
#[template(path = "admin/remove_administrator.html")]
struct RemovePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: administrators::Administrator,
    is_me: bool,
}

/// Says what a removal does, and asks.
pub async fn ask(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let found = administrators::find(&mut conn, account_id(&id)?).await.map_err(fault::store_failure)?;
    let it = found.ok_or_else(Failure::not_found)?;
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    let is_me = it.account.id == administrator.account.id;
    Ok(html(RemovePage { visit: administrator.visit, brand, shell, it, is_me }))
}

pub async fn remove(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let account = account_id(&id)?;
    let removed = administrators::remove(&server.identity, administrator.actor(), account).await;
    match removed.map_err(fault::failure)? {
        // There is nothing here any more for somebody who has left.
        Changed::Done if account == administrator.account.id => Ok(see_other("/account")),
        Changed::Done => Ok(see_other("/admin/administrators?done=administrator-removed")),
        Changed::AsBefore => Err(Failure::not_found()),
        Changed::LastOne => Err(Failure::conflict("last-administrator-detail")
            .title("last-administrator-title")
            .next("/admin/administrators", "admin-administrators")),
    }
}

/// An id that is none names nobody.
fn account_id(id: &str) -> webkit::Result<AccountId> {
    Uuid::parse_str(id).map(AccountId).map_err(|_| Failure::not_found())
}
