//! The audit log as sentences: who did what when, to whom (PP-17).

use std::collections::BTreeMap;
use std::time::Duration;

use ambient::Timestamp;
use askama::Template;
use audit::{Line, Of};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use store::{StoreError, TenantRead};
use tenant::blueprint::permission;
use tenant::members::{self, MemberId, MemberRow};
use url::form_urlencoded::{Serializer, parse};
use uuid::Uuid;
use webkit::{Brand, FieldErrors, Shell, Visit, html};

use super::group_words::sentence;
use super::timeline::{ACTIONS, words};
use super::{Done, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// How many entries a page has.
const ON_A_PAGE: u16 = 50;

/// What the log is narrowed to: one of member, actor and action, and a last day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogFilter {
    member: Option<Uuid>,
    by: Option<Uuid>,
    action: Option<String>,
    until: Option<Timestamp>,
    /// Where the page begins.
    before: Option<Uuid>,
}

impl LogFilter {
    /// Reads a query. What cannot be understood is dropped (WEB-18); of member, actor and action the first counts.
    pub(super) fn read(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in parse(query.as_bytes()) {
            match name.as_ref() {
                "member" => filter.member = Uuid::parse_str(&value).ok(),
                "by" => filter.by = Uuid::parse_str(&value).ok(),
                "action" => filter.action = ACTIONS.iter().any(|(action, ..)| *action == value).then(|| value.into()),
                "until" => filter.until = Timestamp::of_day(&value),
                "before" => filter.before = Uuid::parse_str(&value).ok(),
                _ => {}
            }
        }
        if filter.member.is_some() {
            filter.by = None;
        }
        if filter.member.is_some() || filter.by.is_some() {
            filter.action = None;
        }
        filter
    }

    /// The query of the page that begins there.
    fn write(&self, before: Option<Uuid>) -> String {
        let mut query = Serializer::new(String::new());
        let fields = [
            ("member", self.member.map(|id| id.to_string())),
            ("by", self.by.map(|id| id.to_string())),
            ("action", self.action.clone()),
            ("until", self.until.map(|day| day.day())),
            ("before", before.map(|id| id.to_string())),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        query.finish()
    }

    /// So many entries after the given one, or from the beginning of the page.
    pub(super) async fn lines(
        &self,
        read: &mut impl TenantRead,
        before: Option<Uuid>,
        limit: u16,
    ) -> Result<Vec<Line>, StoreError> {
        let last_day = self.until.map(|day| audit::place_at(day.plus(Duration::from_hours(24))));
        let before = [before.or(self.before), last_day].into_iter().flatten().min();
        let (member, by) = (self.member.map(|id| id.to_string()), self.by.map(|id| id.to_string()));
        match (&member, &by, &self.action) {
            (Some(id), ..) => audit::page_of(read, Of::Target("member", id), before, limit).await,
            (_, Some(id), _) => audit::page_of(read, Of::Actor("member", id), before, limit).await,
            (.., Some(action)) => audit::page_of(read, Of::Action(action), before, limit).await,
            _ => audit::page(read, before, limit).await,
        }
    }
}

/// An entry as it is shown.
pub(super) struct Entry {
    pub(super) icon: &'static str,
    pub(super) text: String,
    /// The name of the action, where there is no sentence for it.
    pub(super) code: bool,
    pub(super) at: Timestamp,
    pub(super) by: Option<Named>,
    pub(super) target: Option<Named>,
    pub(super) personal: Vec<String>,
    pub(super) reference: Option<String>,
    /// Why it went so, where that is told.
    pub(super) why: Option<String>,
}

/// A member who is named, with their id.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
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
    until: String,
    /// Whose deeds these are, or what was done to whom.
    about: Option<(&'static str, String)>,
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
    let ids: Vec<MemberId> = whom(&lines).chain(filter.member.or(filter.by).map(MemberId)).collect();
    let here = members::some(&mut read, ids).await.map_err(database)?;
    drop(read);
    if lines.iter().any(|line| line.action.contains("group")) {
        // What a provider is called.
        app.catalogue(Age::ToShow).await;
    }
    Ok(html(AuditPage {
        errors: FieldErrors::none(),
        entries: lines.into_iter().map(|line| entry(&app, &visit, &here, line)).collect(),
        actions: actions(&visit, &filter),
        until: filter.until.map(|day| day.day()).unwrap_or_default(),
        about: about(&filter, &here),
        is_filtered: LogFilter { before: None, ..filter.clone() } != LogFilter::default(),
        export: format!("/audit/export.csv?{}", filter.write(None)),
        next,
        brand: app.brand.clone(),
        shell,
        visit,
    }))
}

/// All members whom these entries name.
pub(super) fn whom(lines: &[Line]) -> impl Iterator<Item = MemberId> {
    lines.iter().flat_map(|line| [actor(line), target(line)]).flatten()
}

/// The member who did it, if one did.
pub(super) fn actor(line: &Line) -> Option<MemberId> {
    let id = line.actor_id.as_deref().filter(|_| line.actor_kind == "member")?;
    Uuid::parse_str(id).ok().map(MemberId)
}

/// The member to whom it was done, if it was one.
fn target(line: &Line) -> Option<MemberId> {
    let id = line.target_id.as_deref().filter(|_| line.target_kind.as_deref() == Some("member"))?;
    Uuid::parse_str(id).ok().map(MemberId)
}

pub(super) fn named(here: &BTreeMap<MemberId, MemberRow>, id: MemberId) -> Named {
    let name = here.get(&id).map_or_else(String::new, |row| row.member.name());
    Named { id: id.to_string(), name: if name.is_empty() { id.to_string() } else { name } }
}

pub(super) fn entry(app: &App, visit: &Visit, here: &BTreeMap<MemberId, MemberRow>, line: Line) -> Entry {
    let (by, target) = (actor(&line), target(&line));
    let known = words(&line.action);
    Entry {
        icon: known.map_or("circle-help", |(icon, _)| icon),
        text: sentence(app, visit, &line)
            .unwrap_or_else(|| known.map_or_else(|| line.action.clone(), |(_, key)| visit.t(key))),
        code: known.is_none(),
        at: line.at,
        by: by.map(|id| named(here, id)).or_else(|| service(&line)),
        target: target.filter(|id| Some(*id) != by).map(|id| named(here, id)).or_else(|| provider(&line)),
        personal: line.personal.into_values().collect(),
        reference: line.reference,
        why: None,
    }
}

/// The provider that it was done to: by its key.
fn provider(line: &Line) -> Option<Named> {
    let key = line.target_id.clone().filter(|_| line.target_kind.as_deref() == Some("provider"))?;
    Some(Named { name: key, id: String::new() })
}

/// A service account that did it: by its client.
fn service(line: &Line) -> Option<Named> {
    let id = line.actor_id.clone().filter(|_| line.actor_kind == "client")?;
    Some(Named { name: id, id: String::new() })
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

fn about(filter: &LogFilter, here: &BTreeMap<MemberId, MemberRow>) -> Option<(&'static str, String)> {
    let by = filter.by.map(|id| ("audit-by", named(here, MemberId(id)).name));
    filter.member.map(|id| ("audit-to", named(here, MemberId(id)).name)).or(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_18_a_query_narrows_by_one_thing_and_a_day() {
        let id = "01900000-0000-7000-8000-000000000000";
        for (query, again) in [
            ("", ""),
            ("action=member.locked&until=2026-02-28", "action=member.locked&until=2026-02-28"),
            ("action=nonsense&until=yesterday&before=x&member='", ""),
            (&*format!("by={id}&action=member.locked"), &*format!("by={id}")),
            (&*format!("by={id}&member={id}"), &*format!("member={id}")),
        ] {
            assert_eq!(LogFilter::read(query).write(None), again, "{query}");
        }
    }
}
