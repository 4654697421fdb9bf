//! What the audit log is narrowed to, on its page and in its file.

use std::time::Duration;

use ambient::Timestamp;
use audit::{Line, Of};
use store::{StoreError, TenantRead};
use tenant::members::MemberId;
use tenant::service_accounts;
use url::form_urlencoded::{Serializer, parse};
use uuid::Uuid;
use webkit::{FieldErrors, Message};

use super::timeline::ACTIONS;

/// What the log is narrowed to: one of member, actor and action, and a first and a last day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogFilter {
    pub(super) member: Option<Uuid>,
    pub(super) by: Option<Uuid>,
    pub(super) action: Option<String>,
    pub(super) since: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    /// Where the page begins.
    before: Option<Uuid>,
    /// What cannot be read: then nothing is looked for by the rest.
    unread: Vec<Unread>,
    /// The names of what is no filter.
    strange: Vec<String>,
}

/// A part of the filter that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unread {
    /// The name of its field.
    field: &'static str,
    /// Why, as a text.
    why: &'static str,
    /// What stands there, on one line, as far as that can be read.
    value: String,
}

/// How much of such a value is repeated, in characters.
const REPEATED: usize = 60;

impl Unread {
    fn new(field: &'static str, why: &'static str, value: &str) -> Self {
        Self { field, why, value: plain(value) }
    }

    fn message(&self) -> Message {
        Message::new(self.why).with("value", self.value.clone())
    }
}

fn plain(value: &str) -> String {
    value.chars().take(REPEATED).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl LogFilter {
    /// Reads a query. A filter that cannot be read is told; a place that is none is the beginning (WEB-18).
    pub(super) fn read(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in parse(query.as_bytes()) {
            match (name.as_ref(), Field::ALL.iter().find(|field| field.words().0 == name)) {
                (_, Some(_)) if value.is_empty() => {}
                (_, Some(field)) => {
                    if let Err(unread) = filter.set(*field, &value) {
                        filter.unread.push(unread);
                    }
                }
                ("before", None) => filter.before = Uuid::parse_str(&value).ok(),
                // The page's language.
                ("ui_locales", None) => {}
                (name, None) => filter.strange.push(plain(name)),
            }
        }
        filter
    }

    /// What is no filter, and what would be: the whole log is not shown, or written into a file, by a slip of the pen.
    fn strange(&self) -> Option<Message> {
        let fits: Vec<&str> = Field::ALL.iter().map(|field| field.words().0).collect();
        let told =
            || Message::new("filter-unread").with("words", self.strange.join(", ")).with("fits", fits.join(", "));
        (!self.strange.is_empty()).then(told)
    }

    /// Of member, actor and action, one can be asked for.
    fn set(&mut self, field: Field, value: &str) -> Result<(), Unread> {
        let (name, why) = field.words();
        let read = match field {
            Field::Member => Uuid::parse_str(value).map(|id| self.member = Some(id)).is_ok(),
            Field::By => Uuid::parse_str(value).map(|id| self.by = Some(id)).is_ok(),
            Field::Action => {
                let known = ACTIONS.iter().any(|(action, ..)| *action == value);
                self.action = known.then(|| value.to_owned());
                known
            }
            Field::Since => Timestamp::of_day(value).map(|day| self.since = Some(day)).is_some(),
            Field::Until => Timestamp::of_day(value).map(|day| self.until = Some(day)).is_some(),
        };
        if !read {
            return Err(Unread::new(name, why, value));
        }
        let asked = [self.member.is_some(), self.by.is_some(), self.action.is_some()];
        let is_second = asked.iter().filter(|asked| **asked).count() > 1;
        if is_second { Err(Unread::new(name, "audit-unread-second", value)) } else { Ok(()) }
    }

    /// Why nothing is looked for, if a part of it cannot be read.
    pub(super) fn unread(&self) -> Option<Message> {
        self.unread.first().map(Unread::message).or_else(|| self.strange())
    }

    /// What is said at the fields.
    pub(super) fn errors(&self) -> FieldErrors {
        let mut errors = FieldErrors::none();
        for unread in &self.unread {
            errors.add(unread.field, unread.message());
        }
        if let Some(strange) = self.strange() {
            errors.add("filter", strange);
        }
        errors
    }

    /// What stands in a field that cannot be read.
    pub(super) fn typed(&self, field: &str) -> Option<String> {
        self.unread.iter().find(|unread| unread.field == field).map(|unread| unread.value.clone())
    }

    /// The query of the page that begins there.
    pub(super) fn write(&self, before: Option<Uuid>) -> String {
        let mut query = Serializer::new(String::new());
        let fields = [
            ("member", self.member.map(|id| id.to_string())),
            ("by", self.by.map(|id| id.to_string())),
            ("action", self.action.clone()),
            ("since", self.since.map(|day| day.day())),
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

    /// The same, whoever did it and whomever it was done to.
    pub(super) fn of_everybody(&self) -> Self {
        Self { member: None, by: None, ..self.clone() }
    }

    /// Whether anything is asked for.
    pub(super) fn is_on(&self) -> bool {
        Self { before: None, strange: Vec::new(), ..self.clone() } != Self::default()
    }

    /// So many entries after the given one, or from the beginning of the page; none, if a part of the filter cannot be read.
    pub(super) async fn lines(
        &self,
        read: &mut impl TenantRead,
        before: Option<Uuid>,
        limit: u16,
    ) -> Result<Vec<Line>, StoreError> {
        if self.unread().is_some() {
            return Ok(Vec::new());
        }
        let last_day = self.until.map(|day| audit::place_at(day.plus(Duration::from_hours(24))));
        let before = [before.or(self.before), last_day].into_iter().flatten().min();
        let member = self.member.map(|id| id.to_string());
        let mut lines = match (&member, &self.by, &self.action) {
            (Some(id), ..) => audit::page_of(read, Of::Target("member", id), before, limit).await,
            (_, Some(id), _) => service_accounts::done_by(read, MemberId(*id), before, limit).await,
            (.., Some(action)) => audit::page_of(read, Of::Action(action), before, limit).await,
            _ => audit::page(read, before, limit).await,
        }?;
        if let Some(since) = self.since.map(audit::place_at) {
            // The newest come first: with the first one that is older, the log ends.
            lines.retain(|line| line.id >= since);
        }
        Ok(lines)
    }
}

/// What the log can be narrowed by.
#[derive(Clone, Copy)]
enum Field {
    Member,
    By,
    Action,
    Since,
    Until,
}

impl Field {
    const ALL: [Self; 5] = [Self::Member, Self::By, Self::Action, Self::Since, Self::Until];

    /// Its name in addresses, and what is said where it cannot be read.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Member => ("member", "audit-unread-member"),
            Self::By => ("by", "audit-unread-member"),
            Self::Action => ("action", "audit-unread-action"),
            Self::Since => ("since", "audit-unread-until"),
            Self::Until => ("until", "audit-unread-until"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_18_a_query_narrows_by_one_thing_and_days() {
        let id = "01900000-0000-7000-8000-000000000000";
        for (query, again) in [
            ("", ""),
            ("action=member.locked&until=2026-02-28", "action=member.locked&until=2026-02-28"),
            ("action=&since=&until=&member=&before=x&sort=y", ""),
            ("until=2026-02-28&since=2026-02-01", "since=2026-02-01&until=2026-02-28"),
            (&*format!("by={id}"), &*format!("by={id}")),
            (&*format!("member={id}&until=2026-02-28"), &*format!("member={id}&until=2026-02-28")),
        ] {
            let filter = LogFilter::read(query);
            assert_eq!((filter.write(None).as_str(), filter.unread.len()), (again, 0), "{query}");
            assert_eq!(filter.unread().is_some(), query.contains("sort"), "{query}");
            // Whatever the page writes into its addresses is known there.
            let written = filter.write(Some(Uuid::nil()));
            assert_eq!(LogFilter::read(&format!("{written}&ui_locales=de")).unread(), None, "{query}");
        }
        for (query, fields) in [
            ("action=nonsense", &["action"][..]),
            ("until=yesterday&action=member.locked", &["until"]),
            ("since=2026-02-30&until=2026-02-28", &["since"]),
            ("member='&by=%00", &["member", "by"]),
            (&*format!("by={id}&action=member.locked"), &["action"]),
            (&*format!("by={id}&member={id}"), &["member"]),
        ] {
            let filter = LogFilter::read(query);
            let told: Vec<&str> = filter.unread.iter().map(|unread| unread.field).collect();
            assert_eq!(told, fields, "{query}");
            assert!(filter.unread().is_some() && fields.iter().all(|field| filter.errors().has(field)), "{query}");
        }
    }
}
