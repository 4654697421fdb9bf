//! Somebody's account, as whoever runs the platform sees it: what opens it, and the switch to one provider.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::accounts::{self, Account, AccountId, EmailAddress, Flagged, How, Switched};
use identity::linking::{self, Linked};
use identity::passwords;
use identity::providers::{self, Provider};
use identity::tenants::TenantId;
use serde::Deserialize;
use uuid::Uuid;
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done};
use crate::fault;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct FindPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    email: String,
}

#[derive(Default, Deserialize)]
pub struct Search {
    #[serde(default)]
    email: String,
}

/// By its address: accounts are not browsed.
pub async fn find(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(search): Query<Search>,
) -> webkit::Result<Response> {
    let mut errors = FieldErrors::none();
    if !search.email.is_empty() {
        let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
        let found = match EmailAddress::parse(&search.email) {
            Some(email) => accounts::find_by_email(&mut conn, &email).await.map_err(fault::store_failure)?,
            None => None,
        };
        if let Some(account) = found {
            return Ok(see_other(&format!("/admin/accounts/{}", account.id)));
        }
        errors.add("email", "account-unknown");
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    Ok(html_with_status(status, FindPage { visit: administrator.visit, brand, shell, errors, email: search.email }))
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Account,
    has_password: bool,
    linked: Vec<Linked>,
    /// The one provider that opens it.
    opener: Option<Provider>,
    others: Vec<Provider>,
    errors: FieldErrors,
    /// A switch that these tenants stand against.
    against: Option<Against>,
}

/// What was asked for, and the tenants that count on the account when providers fail.
struct Against {
    provider: String,
    compromised: bool,
    tenants: Vec<Flagged>,
}

impl Against {
    /// As the form repeats them.
    fn named(&self) -> String {
        let ids: Vec<String> = self.tenants.iter().map(|tenant| tenant.id.to_string()).collect();
        ids.join(",")
    }
}

async fn load(server: &IdentityServer, id: Uuid) -> webkit::Result<Account> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let found = accounts::find(&mut conn, AccountId(id)).await.map_err(fault::store_failure)?;
    found.ok_or_else(Failure::not_found)
}

pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(id): Path<Uuid>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let it = load(&server, id).await?;
    Ok(html(page(&server, administrator, it, &done, None).await?))
}

async fn page(
    server: &IdentityServer,
    administrator: Administrator,
    it: Account,
    done: &Done,
    against: Option<Against>,
) -> webkit::Result<AccountPage> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let has_password = passwords::has_one(&mut conn, it.id).await.map_err(fault::store_failure)?;
    let linked = linking::of_account(&mut conn, it.id).await.map_err(fault::store_failure)?;
    let opened_by = accounts::opened_by(&mut conn, it.id).await.map_err(fault::store_failure)?;
    let opener = match opened_by {
        Some(id) => providers::find_by_id(&mut conn, id).await.map_err(fault::store_failure)?,
        None => None,
    };
    let all = providers::of_owner(&mut conn, None).await.map_err(fault::store_failure)?;
    drop(conn);
    let others = all.into_iter().filter(|one| !one.disabled && Some(one.id) != opened_by).collect();
    let (brand, shell) = (administrator.brand(server), administrator.shell(done));
    let (visit, errors) = (administrator.visit, FieldErrors::none());
    Ok(AccountPage { visit, brand, shell, it, has_password, linked, opener, others, errors, against })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// A provider's key; empty: back to its own credentials.
    #[serde(default)]
    provider: String,
    #[serde(default)]
    compromised: Option<String>,
    /// Ids of the tenants that are not to stand in the way, as the page has named them, between commas.
    #[serde(default)]
    despite: String,
}

pub async fn switch(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(id): Path<Uuid>,
    Form(form): Form<Switch>,
) -> webkit::Result<Response> {
    let it = load(&server, id).await?;
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let to = match form.provider.as_str() {
        "" => None,
        key => {
            let found = providers::find(&mut conn, key).await.map_err(fault::store_failure)?;
            Some(found.filter(|one| one.tenant.is_none()).ok_or_else(Failure::not_found)?)
        }
    };
    drop(conn);
    let here = format!("/admin/accounts/{id}");
    let compromised = form.compromised.is_some();
    let despite = form.despite.split(',').filter_map(|id| id.parse().ok().map(TenantId)).collect();
    let how = How { compromised, despite };
    let switched = accounts::switch(&server.identity, administrator.actor(), it.clone(), to.as_ref(), how).await;
    let wrong = match switched.map_err(fault::failure)? {
        Switched::Done => return Ok(see_other(&format!("{here}?done=account-switched"))),
        Switched::AlreadyThere => "switch-already",
        Switched::NotUsable => "switch-not-usable",
        Switched::BreakGlass(tenants) => {
            let against = Against { provider: form.provider, compromised, tenants };
            let page = page(&server, administrator, it, &Done::default(), Some(against)).await?;
            return Ok(html_with_status(StatusCode::CONFLICT, page));
        }
        Switched::LastWay => "switch-last-way",
        Switched::Changed => "switch-changed",
    };
    Err(Failure::conflict(wrong).next(here, "back"))
}
