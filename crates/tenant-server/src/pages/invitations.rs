//! All invitations of the tenant: to whom they went, by whom, and what became of them (PP-03).

use std::collections::BTreeMap;

use ambient::Timestamp;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::invitations::{self, Invitation, InvitationId, Progress, Which};
use tenant::members::{self, MemberId, MemberRow};
use webkit::{Brand, Shell, Visit, html};

use super::ledger::{Step, last_step};
use super::older::{Older, cut};
use super::only::chosen;
use super::{Done, StatePill, called, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// How many a page has.
const ON_A_PAGE: i64 = 50;
const HERE: &str = "/members/invitations";

/// How far invitations can have come, as a choice.
struct Tab {
    id: &'static str,
    href: String,
    label: String,
    here: bool,
}

/// An invitation as a line.
struct Line {
    /// Whom it is for, if they are still here: their id, and what they are called.
    member: Option<(String, String)>,
    email: String,
    state: StatePill,
    /// The last thing that is known of its way.
    last: Step,
    made_at: Timestamp,
    by: String,
    sent_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "tenant/invitations.html")]
struct InvitationsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    /// Whether all of them are asked for.
    is_all: bool,
    may_invite: bool,
    next: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct View {
    #[serde(default)]
    state: Option<String>,
}

/// The ledger, the newest first: all of it, or those that have come so far.
pub(crate) async fn list(
    State(app): State<App>,
    admitted: Admitted,
    Query(view): Query<View>,
    Query(older): Query<Older>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let Admitted { visit, visitor } = admitted;
    let parse = |word: &str| Progress::ALL.iter().copied().find(|progress| progress.word() == word);
    let state = chosen(view.state.as_deref(), parse, "ledger-unread", (HERE, "ledger-show-all"))?;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let now = app.kit.ambient().now();
    let (which, after) = (state.map_or(Which::All, Which::At), older.than().map(InvitationId));
    let mut read = app.store.read().await.map_err(database)?;
    let found = invitations::some(&mut read, which, (after, ON_A_PAGE + 1), now).await.map_err(database)?;
    let (found, last) = cut(found, ON_A_PAGE, |invitation| invitation.id.0);
    let people = found.iter().flat_map(|it| [Some(it.member_id), it.inviter(), it.ender()]).flatten();
    let people = members::some(&mut read, people.collect::<Vec<_>>()).await.map_err(database)?;
    drop(read);
    let next = |last| match state {
        Some(state) => format!("{HERE}?state={}&before={last}", state.word()),
        None => format!("{HERE}?before={last}"),
    };
    Ok(html(InvitationsPage {
        tabs: tabs(&visit, state),
        lines: found.iter().map(|it| line(&visit, it, &people, now)).collect(),
        is_all: state.is_none(),
        may_invite: visitor.rights.has(permission::MEMBERS_MANAGE),
        next: last.map(next),
        brand: app.brand.clone(),
        shell,
        visit,
    }))
}

fn tabs(visit: &Visit, state: Option<Progress>) -> Vec<Tab> {
    let tab = |progress: Option<Progress>| {
        let word = progress.map_or("all", |progress| progress.word());
        Tab {
            id: word,
            href: progress.map_or_else(|| HERE.to_owned(), |progress| format!("{HERE}?state={}", progress.word())),
            label: visit.t(&format!("ledger-{word}")),
            here: progress == state,
        }
    };
    [None].into_iter().chain(Progress::ALL.iter().copied().map(Some)).map(tab).collect()
}

fn line(visit: &Visit, it: &Invitation, people: &BTreeMap<MemberId, MemberRow>, now: Timestamp) -> Line {
    let name = |id: MemberId| people.get(&id).map(|row| called(visit, &row.member));
    let progress = it.progress(now);
    let (tone, icon) = looks(progress);
    Line {
        member: name(it.member_id).map(|name| (it.member_id.to_string(), name)),
        email: it.email.clone(),
        state: StatePill { tone, icon, label: visit.t(&format!("ledger-{}", progress.word())) },
        last: last_step(visit, it, name, now),
        made_at: it.created_at,
        by: it.inviter().and_then(name).unwrap_or_default(),
        sent_at: it.sent_at,
        opened_at: it.opened_at,
    }
}

const fn looks(progress: Progress) -> (&'static str, &'static str) {
    match progress {
        Progress::Waiting => ("neutral", "clock"),
        Progress::Sent => ("accent", "send"),
        Progress::Opened => ("accent", "eye"),
        Progress::Failed => ("bad", "circle-alert"),
        Progress::Expired => ("warn", "hourglass"),
        Progress::Accepted => ("good", "user-check"),
        Progress::Withdrawn => ("neutral", "undo-2"),
        Progress::Replaced => ("neutral", "refresh-cw"),
    }
}
