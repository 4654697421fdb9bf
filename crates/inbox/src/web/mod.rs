//! The pages and the JSON.

mod body;
mod host;
mod pages;

use std::sync::Arc;

use ambient::Ambient;
use axum::extract::{FromRef, Path, Query, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use fluent_templates::static_loader;
use serde::{Deserialize, Serialize};
use webkit::{ContentSecurityPolicy, Failure, Kit, KitConfig, Visit};

use crate::Message;
use crate::mailbox::Mailbox;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| { webkit::customise(bundle); },
    };
}

#[derive(Clone)]
struct Shared {
    kit: Kit,
    mailbox: Arc<Mailbox>,
}

impl FromRef<Shared> for Kit {
    fn from_ref(shared: &Shared) -> Self {
        shared.kit.clone()
    }
}

pub fn router(mailbox: Arc<Mailbox>, ambient: Ambient) -> Router {
    let kit = Kit::new(KitConfig {
        texts: &LOCALES,
        product: "Inbox".into(),
        cookie_prefix: "inbox".into(),
        secure: false,
        csrf_key: ambient.bytes(),
        ambient,
    });
    let pages = Router::new()
        .route("/", get(list))
        .route("/messages/{id}", get(message))
        .route("/messages/{id}/source", get(source))
        .route("/messages.json", get(json))
        .route("/inbox.css", get(|| async { ([(CONTENT_TYPE, "text/css")], include_str!("../../assets/inbox.css")) }))
        .merge(webkit::routes())
        .with_state(Shared { kit: kit.clone(), mailbox: Arc::clone(&mailbox) });
    // The body of a mail is the one answer that must not get the headers of our own pages.
    let bodies = Router::new().route("/messages/{id}/html", get(body::show)).with_state(mailbox);
    bodies.fallback_service(webkit::layers(pages, &kit, &[])).layer(from_fn(host::loopback_only))
}

/// `to`: one recipient. `before`: only mail older than that id.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    to: String,
    before: Option<String>,
}

impl Wanted {
    /// Newest first.
    fn select(&self, mailbox: &Mailbox) -> Vec<Arc<Message>> {
        let to = self.to.trim();
        let mut messages = mailbox.select(|mail| to.is_empty() || mail.is_to(to));
        messages.reverse();
        messages
    }
}

async fn list(shared: State<Shared>, visit: Visit, Query(wanted): Query<Wanted>) -> Response {
    pages::list(visit, wanted.select(&shared.mailbox), wanted.to.trim(), wanted.before.as_deref())
}

async fn message(
    shared: State<Shared>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> webkit::Result<Response> {
    let mail = shared.mailbox.get(&id).ok_or_else(gone)?;
    let origin = format!("http://{}", host::host(&request).unwrap_or_default());
    Ok(pages::message(visit, &mail, ContentSecurityPolicy::default().frame_src(&origin)))
}

async fn source(shared: State<Shared>, Path(id): Path<String>) -> webkit::Result<Response> {
    let mail = shared.mailbox.get(&id).ok_or_else(gone)?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], mail.source.clone()).into_response())
}

fn gone() -> Failure {
    Failure::not_found().title("gone-title").detail("gone").next("/", "all-mail")
}

/// A message as scripts get it; the time is RFC 3339.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    to: &'a [String],
    from: &'a str,
    subject: &'a str,
    text: &'a str,
    html: Option<&'a str>,
    links: &'a [String],
    received_at: String,
}

impl<'a> From<&'a Message> for Entry<'a> {
    fn from(mail: &'a Message) -> Self {
        let Message { id, to, from, subject, text, html, links, received_at, source: _ } = mail;
        Self { id, to, from, subject, text, html: html.as_deref(), links, received_at: received_at.to_rfc3339() }
    }
}

async fn json(shared: State<Shared>, Query(wanted): Query<Wanted>) -> Response {
    let messages = wanted.select(&shared.mailbox);
    Json(messages.iter().map(|mail| Entry::from(&**mail)).collect::<Vec<_>>()).into_response()
}
