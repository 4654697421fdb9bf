//! One batch: what it would come to, how far it is, what became of each, and the ways back.

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use store::{StoreError, TenantRead};
use tenant::batches::{self, Batch, BatchId, BatchState, Counts, Item, Outcome};
use tenant::blueprint::permission;
use tenant::lifecycle::{Deed, Refusal};
use tenant::members::{self, Taken};
use tenant::providers::Catalogue;
use uuid::Uuid;
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, see_other};

use super::csv::line;
use super::deed::days_to_return;
use super::job_details::{Detail, Word, change_words, details, word};
use super::jobs::{refused, state, title};
use super::only::only;
use super::request::failure;
use super::{Done, shell, state_word};
use crate::auth::logout::Nothing;
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// An outcome with its number, and the address of those who have it.
struct Group {
    word: &'static str,
    icon: &'static str,
    tone: &'static str,
    label: String,
    number: String,
    chosen: bool,
}

/// What became of those that it has come to, in one sentence: of the same outcomes as the groups.
#[derive(Default)]
struct Tally {
    changed: i64,
    /// Those that were so before, whatever the rules say of that.
    unchanged: i64,
    refused: i64,
}

impl Tally {
    fn of(counted: &[(Outcome, i64)]) -> Self {
        let mut tally = Self::default();
        for (outcome, number) in counted {
            match outcome {
                Outcome::Changed => tally.changed += number,
                Outcome::Unchanged | Outcome::Refused(Refusal::AlreadySo) => tally.unchanged += number,
                _ => tally.refused += number,
            }
        }
        tally
    }
}

/// One member of it.
struct Row {
    id: String,
    name: Option<String>,
    email: String,
    icon: &'static str,
    tone: &'static str,
    label: String,
    /// What changes for them, where that is not the same for all.
    changes: Vec<String>,
}

#[derive(Template)]
#[template(path = "tenant/job.html")]
struct JobPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    title: String,
    state: String,
    by: String,
    groups: Vec<Group>,
    tally: Tally,
    /// How many it did not come to before it was stopped.
    left: i64,
    rows: Vec<Row>,
    next: Option<String>,
    /// Whether this visitor may give the word, stop it, take it back.
    may_act: bool,
    may_undo: bool,
    /// Whether trying once more can come to anything.
    may_retry: bool,
    /// What it takes back or repeats, and what takes it back.
    others: Vec<Other>,
    /// Whether this visitor made it: the word is theirs.
    may_start: bool,
    /// What is done, in words, and whether a list of subjects can be given.
    details: Vec<Detail>,
    takes_subjects: bool,
    /// The button that gives the word.
    word: Word,
    /// Whether some have changes of their own.
    tells_changes: bool,
    /// Whether it goes on while one looks.
    is_moving: bool,
    batch: Batch,
}

#[derive(Deserialize)]
pub(crate) struct View {
    #[serde(default)]
    only: Option<String>,
    #[serde(default)]
    after: i64,
}

/// A batch.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Query(view): Query<View>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let batch = find(&app, &id).await?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let only = only(view.only.as_deref(), Outcome::parse, &format!("/jobs/{}", batch.id))?;
    let counts = batches::counts(&mut read, batch.id).await.map_err(database)?;
    let page = batches::items(&mut read, batch.id, only, view.after).await.map_err(database)?;
    let by = members::by_id(&mut read, batch.made_by).await.map_err(database)?;
    let blueprint = &app.tenant.blueprint;
    let taken_back_by = batches::taken_back_by(&mut read, batch.id).await.map_err(database)?;
    let others = others(&visit, &mut read, &batch, taken_back_by.as_ref()).await?;
    let changes = batches::changes(&mut read, blueprint, &batch, &page.items).await.map_err(database)?;
    drop(read);
    let deed = batch.deed().map_err(database)?;
    let known = named(&app, &deed).await;
    let said = |outcome: Outcome| state_word(&visit, blueprint, "outcome", outcome.word());
    let words = |item: &Item| {
        let change = changes.get(&item.position);
        change.map_or_else(Vec::new, |change| change_words(&app, &visit, &known, change))
    };
    let rows: Vec<Row> = page.items.iter().map(|item| row(item, said(item.outcome()), words(item))).collect();
    let (counted, left) = shown(&batch, &counts);
    let here = |after: i64| {
        let only = only.map(|only| format!("&only={}", only.word())).unwrap_or_default();
        format!("/jobs/{}?after={after}{only}", batch.id)
    };
    let may_act = visitor.rights.has(deed.permission());
    let by = by.map_or_else(String::new, |member| member.name());
    let waits = matches!(batch.state, BatchState::Ready | BatchState::Sorting);
    Ok(html(JobPage {
        errors: FieldErrors::none(),
        title: title(&visit, &batch)?,
        state: state(&visit, (&batch, &by), visitor.member.id),
        by,
        groups: counted.iter().map(|(one, n)| group(*one, said(*one), visit.number(*n), only == Some(*one))).collect(),
        tally: Tally::of(&counts.behind),
        left,
        next: page.next.map(here),
        tells_changes: rows.iter().any(|row| !row.changes.is_empty()),
        rows,
        details: details((&app, &visit, &visitor), &known, &batch, &deed),
        word: word(&app, &visit, &batch, &deed),
        takes_subjects: waits
            && may_act
            && batch.made_by == visitor.member.id
            && batch.can_be_sorted().map_err(database)?,
        may_start: batch.made_by == visitor.member.id,
        may_act,
        may_undo: may_act && batch.changed > 0 && taken_back_by.is_none() && takes_back(&app, &batch)?,
        may_retry: may_act && batch.ended_at.is_some() && may_come_to_more(&batch, &counts),
        others,
        is_moving: matches!(batch.state, BatchState::Gathering | BatchState::Sorting | BatchState::Running),
        brand: app.brand.clone(),
        batch,
        shell,
        visit,
    }))
}

/// Another batch that this one is about, or that is about it.
struct Other {
    id: &'static str,
    label: String,
    href: String,
    name: String,
}

/// What it takes back or repeats, while that is there; and what takes it back.
async fn others(
    visit: &Visit,
    read: &mut impl TenantRead,
    batch: &Batch,
    taken_back_by: Option<&Batch>,
) -> webkit::Result<Vec<Other>> {
    let known = batches::some(read, [batch.undo_of, batch.retry_of].into_iter().flatten()).await.map_err(database)?;
    let one = |of: Option<BatchId>| of.and_then(|id| known.get(&id));
    let back = if taken_back_by.is_some_and(|by| by.changed > 0) { "job-taken-back" } else { "job-may-be-taken-back" };
    let all = [("job-takes-back", one(batch.undo_of)), ("job-retries", one(batch.retry_of)), (back, taken_back_by)];
    let other = |(id, of): (&'static str, &Batch)| {
        Ok(Other { id, label: visit.t(id), href: format!("/jobs/{}", of.id), name: title(visit, of)? })
    };
    all.into_iter().filter_map(|(id, of)| Some((id, of?))).map(other).collect()
}

/// Whether somebody was not come to, or refused for a reason that can pass. Who was changed since is never taken back by this batch.
fn may_come_to_more(batch: &Batch, counts: &Counts) -> bool {
    let is_over = |outcome| outcome == Outcome::ChangedSince && batch.undo_of.is_some();
    let passes = |(outcome, _): &(Outcome, i64)| outcome.may_pass() && !is_over(*outcome);
    batch.not_reached() > 0 || counts.behind.iter().any(passes)
}

/// The outcomes that are told, and how many it did not come to before it was stopped.
fn shown(batch: &Batch, counts: &Counts) -> (Vec<(Outcome, i64)>, i64) {
    if batch.ended_at.is_none() {
        return (counts.ahead.clone(), 0);
    }
    let left = counts.ahead.iter().map(|(_, number)| number).sum();
    let not_reached = Some((Outcome::NotReached, left)).filter(|_| left > 0);
    (counts.behind.iter().copied().chain(not_reached).collect(), left)
}

/// The providers, where the page names some.
async fn named(app: &App, deed: &Deed) -> Arc<Catalogue> {
    match deed {
        Deed::Switch { .. } => app.catalogue(Age::ToShow).await,
        _ => app.providers.latest(),
    }
}

/// Whether there is a way back from such a deed, in this kind of tenant.
fn takes_back(app: &App, batch: &Batch) -> webkit::Result<bool> {
    Ok(match batch.deed().map_err(database)?.name() {
        "approve" | "reject" | "keep" | "withdraw" => false,
        "delete" => days_to_return(app).is_some(),
        _ => true,
    })
}

fn group(outcome: Outcome, label: String, number: String, chosen: bool) -> Group {
    let (icon, tone) = looks(outcome);
    Group { word: outcome.word(), icon, tone, label, number, chosen }
}

const fn looks(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Fits => ("arrow-right", "accent"),
        Outcome::WillLink => ("link", "good"),
        Outcome::NeedsProof => ("key-round", "accent"),
        Outcome::NoMatch => ("unlink", "warn"),
        Outcome::Changed => ("check", "good"),
        Outcome::Unchanged => ("minus", "neutral"),
        Outcome::NotReached => ("pause", "neutral"),
        Outcome::Gone | Outcome::NotAllowed | Outcome::ChangedSince | Outcome::Refused(_) => ("ban", "warn"),
    }
}

fn row(item: &Item, label: String, changes: Vec<String>) -> Row {
    let (icon, tone) = looks(item.outcome());
    Row {
        id: item.member_id.to_string(),
        name: item.name(),
        email: item.email().unwrap_or_default().to_owned(),
        icon,
        tone,
        label,
        changes,
    }
}

pub(super) async fn find(app: &App, id: &str) -> webkit::Result<Batch> {
    let id = BatchId(Uuid::parse_str(id).map_err(|_| Failure::not_found())?);
    let mut read = app.store.read().await.map_err(database)?;
    batches::by_id(&mut read, id).await.map_err(database)?.ok_or_else(Failure::not_found)
}

/// What is done with a batch as a whole.
pub(crate) async fn turn(
    State(app): State<App>,
    admitted: Admitted,
    Path((id, what)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let batch = find(&app, &id).await?;
    admitted.require(batch.deed().map_err(database)?.permission())?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let id = match what.as_str() {
        "start" => batches::start(&app.store, context, by, batch.id).await.map(|()| batch.id).map_err(stopped)?,
        "cancel" => batches::cancel(&app.store, context, by, batch.id).await.map(|()| batch.id).map_err(stopped)?,
        "undo" => batches::undo(&app.store, context, by, batch.id).await.map_err(refused)?,
        "retry" => batches::retry(&app.store, context, by, batch.id).await.map_err(refused)?,
        _ => return Err(Failure::not_found()),
    };
    app.batches.ring();
    Ok(see_other(&format!("/jobs/{id}")))
}

/// Somebody else was faster.
pub(super) fn stopped(denied: tenant::lifecycle::Denied) -> Failure {
    match denied {
        tenant::lifecycle::Denied::Refused(_) => Failure::conflict("job-moved-on").next("/jobs", "nav-jobs"),
        other => failure(other, ""),
    }
}

/// The outcome of each and what it changed, to keep (CSV, RFC 4180), for whoever may do such a thing; the log says who took it. Written page
/// by page, however many there are.
pub(crate) async fn report(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let batch = find(&app, &id).await?;
    let deed = batch.deed().map_err(database)?;
    admitted.require(deed.permission())?;
    let (context, by) = (app.context(&admitted.visit), admitted.visitor.member.id);
    members::note_taken(&app.store, context, by, Taken::Batch(&batch)).await.map_err(database)?;
    let known = named(&app, &deed).await;
    let head = Bytes::from(line(["member", "name", "email", "outcome", "change"]));
    let told = Arc::new((app, admitted.visit, known, batch));
    let pages = stream::try_unfold(Some(0_i64), move |after| {
        let told = Arc::clone(&told);
        async move {
            let Some(after) = after else { return Ok::<_, StoreError>(None) };
            let (app, visit, known, batch) = &*told;
            let mut read = app.store.read().await?;
            let page = batches::items(&mut read, batch.id, None, after).await?;
            let changes = batches::changes(&mut read, &app.tenant.blueprint, batch, &page.items).await?;
            drop(read);
            let written = |item: &Item| {
                let change = changes.get(&item.position);
                written(item, &change.map_or_else(Vec::new, |change| change_words(app, visit, known, change)))
            };
            Ok(Some((Bytes::from(page.items.iter().map(written).collect::<String>()), page.next)))
        }
    });
    let head = stream::iter([Ok::<_, StoreError>(head)]);
    let body = Body::from_stream(futures_util::StreamExt::chain(head, pages));
    let name = format!("attachment; filename=\"job-{id}.csv\"");
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

/// What changes for them stands in the words of the page: each job has its own.
fn written(item: &Item, changes: &[String]) -> String {
    let (id, name) = (item.member_id.to_string(), item.name().unwrap_or_default());
    line([&*id, &*name, item.email().unwrap_or_default(), item.outcome().word(), &changes.join("; ")])
}
