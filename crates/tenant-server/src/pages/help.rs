//! Help (PP-19): how one signs in, what applies here, whom one asks, and the keys that the pages know. It names nobody: whoever may
//! see the members is led to those who run the tenant.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use store::TenantRead;
use tenant::access::Entry;
use tenant::blueprint::permission;
use tenant::sessions::Visitor;
use tenant::terms::{self, Kind, Version};
use webkit::{Brand, Shell, Visit, html};

use super::terms::{elsewhere, title_of};
use super::{Done, bulk, shell, small_shell};
use crate::instance::App;
use crate::visitor::{Anyone, database};

/// A text that applies here.
struct Text {
    kind: Kind,
    title: String,
    /// None of its own: it stands at an address that the platform has named.
    version: Option<Version>,
}

/// Whose list an administrator's role leads to.
struct Run {
    role: String,
    href: String,
}

#[derive(Template)]
#[template(path = "tenant/help.html")]
struct HelpPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    is_signed_in: bool,
    account_url: String,
    texts: Vec<Text>,
    run: Option<Run>,
    /// Which pages with keys of their own this visitor has.
    reviews: bool,
    lists: bool,
    selects: bool,
}

/// For everyone; the more one may, the more it tells.
pub(crate) async fn show(State(app): State<App>, Anyone { visit, visitor, .. }: Anyone) -> webkit::Result<Response> {
    let is_in = |visitor: &&Visitor| visitor.entry == Entry::Admit && !visitor.must_accept;
    let admitted = visitor.as_ref().filter(is_in);
    let may = |permission| admitted.is_some_and(|visitor| visitor.rights.has(permission));
    let shell = match (admitted, &visitor) {
        (Some(visitor), _) => shell(&app, &visit, visitor, &Done::default()).await.map_err(database)?,
        (None, Some(visitor)) => small_shell(&app, &visit, visitor, &Done::default()),
        (None, None) => Shell::default(),
    };
    let mut read = app.store.read().await.map_err(database)?;
    let terms = text(&app, &visit, &mut read, Kind::Terms).await?;
    let privacy = text(&app, &visit, &mut read, Kind::Privacy).await?;
    let runs = app.tenant.blueprint.administrator().filter(|_| may(permission::MEMBERS_VIEW));
    Ok(html(HelpPage {
        is_signed_in: visitor.is_some(),
        account_url: app.identity_page("/account/sign-in"),
        texts: terms.into_iter().chain(privacy).collect(),
        run: runs.map(|role| Run {
            role: role.label.text(visit.lang.code()).to_owned(),
            href: format!("/members?role={}", role.key),
        }),
        reviews: may(permission::MEMBERS_REVIEW),
        lists: may(permission::MEMBERS_VIEW),
        selects: may(permission::MEMBERS_VIEW)
            && admitted.is_some_and(|visitor| !bulk::offered(&app, visitor).is_empty()),
        brand: app.brand.clone(),
        shell,
        visit,
    }))
}

/// The text of that kind, where there is one.
async fn text(app: &App, visit: &Visit, read: &mut impl TenantRead, kind: Kind) -> webkit::Result<Option<Text>> {
    let version = terms::current(read, kind).await.map_err(database)?;
    let is_there = version.is_some() || elsewhere(app, kind).is_some();
    Ok(is_there.then(|| Text { kind, title: title_of(visit, kind), version }))
}
