//! The pages of somebody's own account.

mod device;
pub mod own;
pub mod password;
pub mod sessions;
pub mod sign_in;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use identity::accounts::Account;
use identity::administrators;
use identity::authorize::{self, Errand};
use identity::links::{self, Instance, MemberState};
use identity::passwords;
use identity::sessions::Session;
use webkit::{Brand, NavItem, Person, Shell, SignOut, Visit, html, initials, see_other};

use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::state::IdentityServer;

/// The bare address leads to the account.
pub async fn home() -> Response {
    see_other("/account")
}

#[derive(Template)]
#[template(path = "account/overview.html")]
struct OverviewPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    account: Account,
    instances: Vec<Instance>,
    sessions: i64,
    has_password: bool,
    /// Whether they run the platform.
    administers: bool,
}

/// The overview: one's instances, and whether the account is in good order.
pub async fn overview(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return ask_who(&server, &browser, "/account").await };
    let (account, instances) = (session.account.clone(), instances_of(&server, session).await?);
    let sessions = 1 + sessions::count_others(&server, session).await?;
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let has_password = passwords::has_one(&mut conn, account.id).await.map_err(fault::store_failure)?;
    let administers = administrators::among(&mut conn, &[account.id]).await.map_err(fault::store_failure)?.is_some();
    drop(conn);
    let visit = visit.prefer(Some(&account.locale));
    let shell = shell(&visit, &account, "/account");
    let brand = brand(&server.kit, None, None);
    Ok(html(OverviewPage { brand, shell, visit, account, instances, sessions, has_password, administers }))
}

#[derive(Template)]
#[template(path = "account/instances.html")]
struct InstancesPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    instances: Vec<Instance>,
}

/// The switcher that tenants link to. A tenant never lists the others (DESIGN §4.8).
pub async fn instances(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return ask_who(&server, &browser, "/account/instances").await };
    let instances = instances_of(&server, session).await?;
    let visit = visit.prefer(Some(&session.account.locale));
    let shell = shell(&visit, &session.account, "/account/instances");
    Ok(html(InstancesPage { brand: brand(&server.kit, None, None), shell, visit, instances }))
}

async fn instances_of(server: &IdentityServer, session: &Session) -> webkit::Result<Vec<Instance>> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    links::instances(&mut conn, session.account.id).await.map_err(fault::store_failure)
}

/// Shows the sign-in page, which comes back to `path`: whoever is signed in proves it anew.
pub async fn ask_who(server: &IdentityServer, browser: &Browser, path: &str) -> webkit::Result<Response> {
    wait_at(server, browser, "/login", path).await
}

/// Sends a browser to a page that begins a login, on the way to a page of ours.
pub async fn wait_at(server: &IdentityServer, browser: &Browser, page: &str, path: &str) -> webkit::Result<Response> {
    let errand = Errand::Visit { path: path.to_owned() };
    let id = authorize::begin(&server.identity, &browser.id, &browser.device, None, &errand).await;
    let id = id.map_err(fault::failure)?;
    Ok(see_other(&crate::flow::page(page, id)))
}

fn shell(visit: &Visit, account: &Account, here: &str) -> Shell {
    let item = |href: &str, icon: &'static str, label: String| NavItem {
        active: href == here,
        href: href.to_owned(),
        icon,
        label,
        ..NavItem::default()
    };
    let name = account.full_name();
    Shell {
        nav: vec![
            item("/account", "house", visit.t("nav-overview")),
            item("/account/instances", "building-2", visit.t("nav-instances")),
            item("/account/sessions", "monitor-smartphone", visit.t("nav-sessions")),
            item("/account/sign-in", "key-round", visit.t("nav-sign-in")),
        ],
        person: Some(Person {
            initials: initials(&name),
            name,
            email: account.email.clone(),
            profile_url: "/account".to_owned(),
            sign_out: SignOut::Link("/logout".to_owned()),
        }),
        ..Shell::default()
    }
}

/// How a state looks: tone and icon of its pill, and the key of its word.
struct Pill {
    tone: &'static str,
    icon: &'static str,
    word: &'static str,
}

const fn pill(state: Option<MemberState>) -> Pill {
    let (tone, icon, word) = match state {
        None => ("neutral", "clock", "state-new"),
        Some(MemberState::Invited) => ("neutral", "mail", "state-invited"),
        Some(MemberState::ToReview) => ("warn", "hourglass", "state-to-review"),
        Some(MemberState::Active) => ("good", "check", "state-active"),
        Some(MemberState::Rejected) => ("bad", "ban", "state-rejected"),
        Some(MemberState::Locked) => ("bad", "lock", "state-locked"),
        Some(MemberState::Suspended) => ("warn", "lock", "state-suspended"),
        Some(MemberState::Deleted) => ("neutral", "trash-2", "state-deleted"),
    };
    Pill { tone, icon, word }
}
