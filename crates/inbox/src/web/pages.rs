use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse, Response};
use webkit::{Brand, ContentSecurityPolicy, Shell, Visit, html};

use crate::Message;

/// Messages on one page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "inbox/list.html")]
struct List {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    count: usize,
    rows: Vec<Arc<Message>>,
    to: String,
    older: Option<String>,
}

/// The list, newest first.
pub fn list(visit: Visit, messages: Vec<Arc<Message>>, to: &str, before: Option<&str>) -> Response {
    let count = messages.len();
    let mut rest = messages.into_iter().skip_while(|mail| before.is_some_and(|before| mail.id.as_str() >= before));
    let rows: Vec<_> = rest.by_ref().take(PAGE).collect();
    let older = rest.next().and(rows.last()).map(|last| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("to", to)
            .append_pair("before", &last.id)
            .finish();
        format!("/?{query}")
    });
    html(List { brand: brand(&visit), visit, shell: Shell::default(), count, rows, to: to.to_owned(), older })
}

#[derive(Template)]
#[template(path = "inbox/message.html")]
struct Single<'a> {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    subject: String,
    mail: &'a Message,
}

/// One message. Its page may frame this origin, for the HTML part.
pub fn message(visit: Visit, mail: &Message, policy: ContentSecurityPolicy) -> Response {
    let subject = if mail.subject.is_empty() { visit.t("no-subject") } else { mail.subject.clone() };
    let page = html(Single { brand: brand(&visit), visit, shell: Shell::default(), subject, mail });
    (Extension(policy), page).into_response()
}

fn brand(visit: &Visit) -> Brand {
    Brand { logo_icon: "inbox".into(), ..Brand::named(&visit.t("inbox-name")) }
}
