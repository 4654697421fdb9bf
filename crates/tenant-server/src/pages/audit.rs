//! The audit log as sentences: who did what when, to whom (PP-17).

use ambient::Timestamp;
use askama::Template;
use audit::Line;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::members::MemberId;
use tenant::roles::Rights;
use webkit::{Brand, FieldErrors, Shell, Visit, html_with_status};

use super::audit_login::reason;
use super::log_filter::LogFilter;
use super::log_known::{Known, Who, target};
use super::log_words::work;
use super::timeline::{ACTIONS, sentence, words};
use super::{Done, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// How many entries a page has.
const ON_A_PAGE: u16 = 50;

/// An entry as it is shown.
pub(super) struct Entry {
    pub(super) icon: &'static str,
    pub(super) text: String,
    /// The name of the action, where there is no sentence for it.
    pub(super) code: bool,
    pub(super) at: Timestamp,
    pub(super) by: Option<Named>,
    /// The page of who did it, if that is another system and no person (PP-28).
    pub(super) service: Option<String>,
    pub(super) target: Option<Named>,
    pub(super) personal: Vec<String>,
    pub(super) reference: Option<String>,
    /// Why it went so, where that is told.
    pub(super) why: Option<String>,
}

/// Somebody or something that is named.
pub(super) struct Named {
    pub(super) name: String,
    /// Where that leads.
    pub(super) to: Option<String>,
}

impl Named {
    /// A member, to whose page it leads whoever may look at members.
    pub(super) fn member(rights: &Rights, id: MemberId, name: String) -> Self {
        Self { name, to: page_of(rights, id) }
    }
}

fn page_of(rights: &Rights, id: MemberId) -> Option<String> {
    rights.has(permission::MEMBERS_VIEW).then(|| format!("/members/{id}"))
}

/// The member whom a view of the log is about.
struct About {
    /// Its field, and theirs of the other view: what was done to them, and what they have done.
    field: &'static str,
    other: &'static str,
    id: String,
    name: String,
    /// The address without them.
    without: String,
}

struct Choice {
    value: &'static str,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "tenant/audit.html")]
struct AuditPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    entries: Vec<Entry>,
    actions: Vec<Choice>,
    /// What was asked for and is none of them.
    other_action: Option<String>,
    since: String,
    until: String,
    /// Whose deeds these are, or what was done to whom.
    about: Option<About>,
    is_filtered: bool,
    export: String,
    next: Option<String>,
}

/// A page of the log, the newest first.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    RawQuery(query): RawQuery,
) -> webkit::Result<Response> {
    admitted.require(permission::AUDIT_VIEW)?;
    let filter = LogFilter::read(query.as_deref().unwrap_or_default());
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let mut lines = filter.lines(&mut read, None, ON_A_PAGE + 1).await.map_err(database)?;
    let more = lines.len() > usize::from(ON_A_PAGE);
    lines.truncate(usize::from(ON_A_PAGE));
    let next = lines.last().filter(|_| more).map(|last| format!("/audit?{}", filter.write(Some(last.id))));
    let about_whom = filter.member.or(filter.by).map(MemberId);
    let known = Known::of(&app, &mut read, &lines, about_whom).await.map_err(database)?;
    drop(read);
    let names_provider = ["member.provider_switched", "newcomers.provider_set"];
    let is_provider = |line: &Line| line.target_kind.as_deref() == Some("provider");
    let in_words = |line: &Line| line.action.contains("group") || names_provider.contains(&line.action.as_str());
    if lines.iter().any(|line| is_provider(line) || in_words(line)) {
        // What a provider is called.
        app.catalogue(Age::ToShow).await;
    }
    let status = if filter.unread().is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(html_with_status(
        status,
        AuditPage {
            errors: filter.errors(),
            entries: lines.into_iter().map(|line| entry((&app, &visit, &visitor.rights), &known, line)).collect(),
            actions: actions(&visit, &filter),
            other_action: filter.typed("action").filter(|_| filter.action.is_none()),
            since: filter.typed("since").or(filter.since.map(|day| day.day())).unwrap_or_default(),
            until: filter.typed("until").or(filter.until.map(|day| day.day())).unwrap_or_default(),
            about: about(&filter, &known),
            is_filtered: filter.is_on(),
            export: format!("/audit/export.csv?{}", filter.write(None)),
            next,
            brand: app.brand.clone(),
            shell,
            visit,
        },
    ))
}

pub(super) fn entry((app, visit, rights): (&App, &Visit, &Rights), known: &Known, line: Line) -> Entry {
    let by = known.actor(&line);
    let to_themselves = |id: &MemberId| by.as_ref().and_then(|by| by.id) == Some(*id);
    let member = target(&line).filter(|id| !to_themselves(id)).map(|id| Named::member(rights, id, known.name(id)));
    let target = member.or_else(|| provider(app, &line)).or_else(|| work(visit, rights, known, &line));
    let words = words(&line.action);
    let mut text = sentence(app, visit, known, &line)
        .unwrap_or_else(|| words.map_or_else(|| line.action.clone(), |(_, key)| visit.t(key)));
    if target.is_some() && text.ends_with('.') {
        // It goes on with a colon.
        text.pop();
    }
    Entry {
        icon: words.map_or("circle-help", |(icon, _)| icon),
        text,
        code: words.is_none(),
        at: line.at,
        service: by.as_ref().filter(|by| by.is_service).and_then(|by| page_of(rights, by.id?)),
        by: by.map(did),
        target,
        why: reason(visit, &line),
        personal: line.personal.into_values().filter(|value| !value.is_empty()).collect(),
        reference: line.reference,
    }
}

/// Whoever did it leads to all that they did.
fn did(by: Who) -> Named {
    Named { name: by.name, to: by.id.map(|id| format!("/audit?by={id}")) }
}

/// The provider that it was done to; a sentence about its groups names it already.
fn provider(app: &App, line: &Line) -> Option<Named> {
    let key = line.target_id.as_deref().filter(|_| line.target_kind.as_deref() == Some("provider"))?;
    let is_named = line.action.starts_with("group.");
    (!is_named).then(|| Named { name: app.providers.latest().name_of(key).to_owned(), to: None })
}

fn actions(visit: &Visit, filter: &LogFilter) -> Vec<Choice> {
    let chosen = |action: &str| filter.action.as_deref() == Some(action);
    let choice = |(action, _, key): &(&'static str, &'static str, &'static str)| Choice {
        value: action,
        label: visit.t(key),
        chosen: chosen(action),
    };
    ACTIONS.iter().map(choice).collect()
}

fn about(filter: &LogFilter, known: &Known) -> Option<About> {
    let to = filter.member.map(|id| ("member", "by", id));
    let (field, other, id) = to.or(filter.by.map(|id| ("by", "member", id)))?;
    let without = format!("/audit?{}", filter.of_everybody().write(None));
    Some(About { field, other, id: id.to_string(), name: known.name(MemberId(id)), without })
}
