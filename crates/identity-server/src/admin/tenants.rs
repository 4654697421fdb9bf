use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use identity::tenants::{self, Managed, Search};
use serde::Deserialize;
use url::form_urlencoded;
use webkit::{Brand, Shell, Visit, html};

use super::door::{Administrator, Done, Pill, pill};
use crate::fault;
use crate::state::IdentityServer;

#[derive(Default, Deserialize)]
pub struct Address {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: Option<String>,
}

struct Row {
    it: Managed,
    pill: Pill,
}

#[derive(Template)]
#[template(path = "admin/tenants.html")]
struct TenantsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    rows: Vec<Row>,
    words: String,
    next: Option<String>,
}

/// All tenants, by short name; the address holds what is looked for.
pub async fn list(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(address): Query<Address>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let search = Search { words: address.q, after: address.after };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let list = tenants::list(&mut conn, &search).await.map_err(fault::store_failure)?;
    let now = administrator.visit.now;
    let rows = list.rows.into_iter().map(|it| Row { pill: pill(it.reach(now), it.server.is_some()), it }).collect();
    let next = list.next.map(|after| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !search.words.is_empty() {
            query.append_pair("q", &search.words);
        }
        format!("/admin/tenants?{}", query.append_pair("after", &after).finish())
    });
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&done));
    Ok(html(TenantsPage { visit: administrator.visit, brand, shell, rows, words: search.words, next }))
}
