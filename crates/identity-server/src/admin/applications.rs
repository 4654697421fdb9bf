use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use identity::clients::{self, Line, Search};
use serde::Deserialize;
use url::form_urlencoded;
use uuid::Uuid;
use webkit::{Brand, Shell, Visit, html};

use super::door::{Administrator, Done};
use crate::fault;
use crate::state::IdentityServer;

#[derive(Default, Deserialize)]
pub struct Address {
    #[serde(default)]
    q: String,
    /// Name and row that the page before ended with.
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    row: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "admin/applications.html")]
struct ApplicationsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    rows: Vec<Line>,
    words: String,
    next: Option<String>,
}

/// All applications, by name.
pub async fn list(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(address): Query<Address>,
) -> webkit::Result<Response> {
    let search = Search { words: address.q, after: address.after.zip(address.row) };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let list = clients::list(&mut conn, &search).await.map_err(fault::failure)?;
    let next = list.next.map(|(name, row)| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &search.words).append_pair("after", &name).append_pair("row", &row.to_string());
        format!("/admin/applications?{}", query.finish())
    });
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    let page =
        ApplicationsPage { visit: administrator.visit, brand, shell, rows: list.rows, words: search.words, next };
    Ok(html(page))
}
