//! How one's account is opened: its password, and the providers that are linked with it.

use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use identity::accounts;
use identity::authorize::{self, Errand};
use identity::linking::{self, Linked, TieId, Unlinked};
use identity::passwords;
use identity::providers::{self, Provider};
use identity::sessions::Session;
use identity::upstream::Errand as Upstream;
use serde::Deserialize;
use webkit::{Brand, Failure, Form, Message, Notice, Shell, Visit, html, see_other};

use super::ask_who;
use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;
use crate::upstream::{self, Offered};

const HERE: &str = "/account/sign-in";

/// How long ago the proof may lie of who links or unlinks a way in (IN-05).
const RECENT: Duration = Duration::from_secs(10 * 60);

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    has_password: bool,
    linked: Vec<Linked>,
    /// How many of everywhere there are that can be used.
    ways: usize,
    /// The key of the one provider that opens the account, if it was switched as a whole.
    opener: Option<String>,
    others: Vec<Offered>,
}

impl SignInPage {
    /// Whether something would be left if this one went.
    fn may_unlink(&self, one: &Linked) -> bool {
        self.opener.as_ref().map_or(self.ways > 1, |opener| *opener != one.key)
    }

    /// The tenants that stay shut once this one is unlinked, until their administrators decide anew; none: there are none.
    fn shuts(&self, one: &Linked) -> Option<String> {
        let goes = |other: &&Linked| {
            let same = one.tenant.is_none() && (&other.key, &other.subject) == (&one.key, &one.subject);
            other.claims && (other.id == one.id || same)
        };
        let doors: Vec<&str> = self.linked.iter().filter(goes).filter_map(|other| other.tenant.as_deref()).collect();
        (!doors.is_empty()).then(|| doors.join(", "))
    }
}

#[derive(Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: Option<String>,
}

/// All ways in, on one page.
pub async fn show(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return ask_who(&server, &browser, HERE).await };
    let account = &session.account;
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let linked = linking::of_account(&mut conn, account.id).await.map_err(fault::store_failure)?;
    let has_password = passwords::has_one(&mut conn, account.id).await.map_err(fault::store_failure)?;
    let platform = providers::of_owner(&mut conn, None).await.map_err(fault::store_failure)?;
    let opened_by = accounts::opened_by(&mut conn, account.id).await.map_err(fault::store_failure)?;
    drop(conn);
    let key = |id| platform.iter().find(|one| one.id == id).map(|one| one.key.clone()).unwrap_or_default();
    let opener = opened_by.map(key);
    let free = |provider: &Provider| {
        !provider.disabled && !linked.iter().any(|one| one.key == provider.key && one.tenant.is_none())
    };
    let others = platform.into_iter().filter(free).map(Offered::from).collect();
    let ways = linked.iter().filter(|one| one.tenant.is_none() && one.usable).count() + usize::from(has_password);
    let visit = visit.prefer(Some(&account.locale));
    let mut shell = super::shell(&visit, account, HERE);
    shell.notice = match done.done.as_deref() {
        Some("linked") => Some(Notice::good("way-in-linked")),
        Some("unlinked") => Some(Notice::good("way-in-unlinked")),
        _ => None,
    };
    let brand = brand(&server.kit, None, None);
    Ok(html(SignInPage { visit, brand, shell, has_password, linked, ways, opener, others }))
}

/// Whoever changes how an account is opened has proved lately who they are.
pub(super) fn lately(visit: &Visit, session: &Session) -> bool {
    visit.now.since(session.authenticated_at()) < RECENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    provider: String,
}

/// Sends the browser to the provider; what it brings back becomes a way into this account, and no other.
pub async fn link(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<Link>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first().filter(|session| lately(&visit, session)).cloned() else {
        return ask_who(&server, &browser, HERE).await;
    };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let provider = providers::find(&mut conn, &form.provider).await.map_err(fault::store_failure)?;
    drop(conn);
    let provider = provider.filter(|provider| provider.serves(None)).ok_or_else(gone)?;
    let errand = Errand::Visit { path: HERE.to_owned() };
    let id = authorize::begin(&server.identity, &browser.id, &browser.device, None, &errand).await;
    let flow = Flow::of(&server, visit, browser, id.map_err(fault::failure)?).await?;
    upstream::go(&server, &flow, &provider, Upstream::Link(&session)).await
}

fn gone() -> Failure {
    Failure::gone("provider-gone").title("provider-gone-title").next(HERE, "back-to-sign-in-ways")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlink {
    tie: TieId,
}

/// Takes a way in away, unless it is the last one.
pub async fn unlink(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<Unlink>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first().filter(|session| lately(&visit, session)) else {
        return ask_who(&server, &browser, HERE).await;
    };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let linked = linking::of_account(&mut conn, session.account.id).await.map_err(fault::store_failure)?;
    drop(conn);
    let one = linked.into_iter().find(|one| one.id == form.tie).ok_or_else(Failure::not_found)?;
    let unlinked = match &one.tenant {
        None => linking::unlink(&server.identity, session, one.id, &one.provider).await,
        Some(door) => linking::unlink_here(&server.identity, session, one.id, (&one.provider, door)).await,
    };
    match unlinked.map_err(fault::failure)? {
        Unlinked::Done => Ok(see_other("/account/sign-in?done=unlinked")),
        Unlinked::Gone => Err(Failure::not_found()),
        Unlinked::SignedOut => ask_who(&server, &browser, HERE).await,
        Unlinked::LastWay => {
            let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
            let switched = accounts::opened_by(&mut conn, session.account.id).await.map_err(fault::store_failure)?;
            // Of one that is switched as a whole, neither a password nor another provider would be a way in.
            let key = if switched.is_some() { "last-way-switched" } else { "last-way" };
            let message = Message::new(key).with("provider", one.provider);
            Err(Failure::conflict(message)
                .title("last-way-title")
                .code("last_way_in")
                .next(HERE, "back-to-sign-in-ways"))
        }
    }
}
