use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::members::{MemberId, Page, PageAfter};
use tenant::providers::Catalogue;
use tenant::{invitations, requests};
use url::form_urlencoded;
use webkit::{Brand, Shell, Visit, html};

use super::shell::counted;
use super::{Done, request, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// Where a page of a list begins.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Paging {
    #[serde(default)]
    after: Option<String>,
}

impl Paging {
    pub(super) fn after(&self) -> Option<PageAfter> {
        PageAfter::parse(self.after.as_deref()?)
    }

    /// The address of the next page.
    pub(super) fn next(path: &str, page: &Page) -> Option<String> {
        let after = page.next.as_ref()?.to_text();
        Some(format!(
            "{path}?{}",
            form_urlencoded::Serializer::new(String::new()).append_pair("after", &after).finish()
        ))
    }
}

#[derive(Template)]
#[template(path = "tenant/requests.html")]
struct RequestsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    total: String,
    page: Page,
    next: Option<String>,
    providers: Arc<Catalogue>,
    /// By whose invitation they came.
    invited: BTreeMap<MemberId, String>,
}

/// The inbox: who waits, the longest first.
pub(crate) async fn list(
    State(app): State<App>,
    admitted: Admitted,
    Query(paging): Query<Paging>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_REVIEW)?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &done).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let page = requests::inbox(&mut read, paging.after().as_ref()).await.map_err(database)?;
    let (next, total) = (Paging::next("/requests", &page), counted(&visit, page.total));
    let people = page.rows.iter().map(|row| row.member.id);
    let invited = invitations::inviters(&mut read, people).await.map_err(database)?;
    let invited = invited.into_iter().map(|(id, by)| (id, request::invited(&visit, by.as_deref()))).collect();
    drop(read);
    let stated = page.rows.iter().find(|row| row.member.stated_by.is_some());
    let providers = match stated {
        Some(row) => app.catalogue_for(&row.member).await,
        None => Arc::default(),
    };
    Ok(html(RequestsPage { visit, brand: app.brand.clone(), shell, total, page, next, providers, invited }))
}
