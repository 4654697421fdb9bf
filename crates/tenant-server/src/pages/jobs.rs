//! Deeds done to many: what was done lately, and a new one from a selection in the list of members.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::batches::{self, Batch, BatchId, BatchState, CreateError, Selection};
use tenant::blueprint::{Role, permission};
use tenant::lifecycle::{Deed, HowRoles};
use tenant::members::{self, MemberId};
use tenant::roles;
use uuid::Uuid;
use webkit::{Brand, Failure, FieldErrors, Form, Many, Shell, Visit, html, html_with_status, see_other};

use super::older::{Older, cut};
use super::provider::{Choice, PLATFORM, of_many};
use super::request::failure;
use super::{Done, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// How many batches a page has.
const ON_A_PAGE: i64 = 50;

/// A batch as a line.
struct Line {
    batch: Batch,
    deed: String,
    state: String,
    by: String,
}

#[derive(Template)]
#[template(path = "tenant/jobs.html")]
struct JobsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    lines: Vec<Line>,
    next: Option<String>,
}

/// The batches, the newest first.
pub(crate) async fn list(
    State(app): State<App>,
    admitted: Admitted,
    Query(older): Query<Older>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let batches = batches::before(&mut read, older.than().map(BatchId), ON_A_PAGE + 1).await.map_err(database)?;
    let (batches, last) = cut(batches, ON_A_PAGE, |batch| batch.id.0);
    let next = last.map(|last| format!("/jobs?before={last}"));
    let makers = members::some(&mut read, batches.iter().map(|batch| batch.made_by)).await.map_err(database)?;
    let mut lines = Vec::new();
    for batch in batches {
        let by = makers.get(&batch.made_by).map_or_else(String::new, |row| row.member.name());
        let state = state(&visit, (&batch, &by), visitor.member.id);
        lines.push(Line { deed: title(&visit, &batch)?, state, by, batch });
    }
    let brand = app.brand.clone();
    Ok(html(JobsPage { visit, brand, shell, lines, next }))
}

/// How far it is, in a word; where it waits, for whom: whoever looks, or else who made it.
pub(super) fn state(visit: &Visit, (batch, by): (&Batch, &str), looks: MemberId) -> String {
    if batch.state == BatchState::Ready && batch.made_by != looks {
        return visit.t_with("job-state-ready-other", [("name", by)]);
    }
    visit.t(&format!("job-state-{}", batch.state.word()))
}

/// What a batch does, as a heading.
pub(super) fn title(visit: &Visit, batch: &Batch) -> webkit::Result<String> {
    let deed = batch.deed().map_err(database)?;
    Ok(title_of(visit, deed.name(), (batch.undo_of.is_some(), batch.retry_of.is_some())))
}

/// The same by the name of the deed, whether such a one is taken back, and whether that is tried again.
pub(super) fn title_of(visit: &Visit, deed: &str, (takes_back, retries): (bool, bool)) -> String {
    let of = |key: &str, name: String| visit.t_with(key, [("deed", name.as_str())]);
    let name = visit.t(&format!("job-{deed}"));
    let name = if takes_back { of("job-undo-of", name) } else { name };
    if retries { of("job-retry-of", name) } else { name }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewJob {
    deed: String,
    #[serde(rename = "member[]", default)]
    members: Many,
    /// Everybody whom `search` finds, whoever is ticked.
    #[serde(default)]
    all: Option<String>,
    #[serde(default)]
    search: String,
    #[serde(rename = "role[]", default)]
    roles: Many,
    #[serde(default)]
    how: HowRoles,
    #[serde(default)]
    reason: String,
    /// What members are switched to.
    #[serde(default)]
    provider: String,
    #[serde(default)]
    compromised: Option<String>,
    /// Whether the details of the deed were asked for already.
    #[serde(default)]
    asked: Option<String>,
}

#[derive(Template)]
#[template(path = "tenant/new_job.html")]
struct NewJobPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    title: String,
    form: NewJob,
    roles: Vec<Role>,
    providers: Vec<Choice>,
}

impl NewJob {
    /// Whether it needs to be known which roles, or why.
    fn has_details(&self) -> bool {
        matches!(self.deed.as_str(), "approve" | "reject" | "roles" | "switch")
    }

    fn deed(&self) -> webkit::Result<Deed> {
        let roles: BTreeSet<String> = self.roles.0.iter().filter(|key| !key.is_empty()).cloned().collect();
        match self.deed.as_str() {
            "approve" => Ok(Deed::Approve { roles }),
            "switch" => Ok(Deed::Switch {
                to: (self.provider != PLATFORM).then(|| self.provider.clone()),
                compromised: self.compromised.is_some(),
                preset: None,
            }),
            "reject" => Ok(Deed::Reject { reason: self.reason.clone() }),
            "roles" => Ok(Deed::Roles { how: self.how, roles }),
            plain => Deed::plain(plain).ok_or_else(|| Failure::new(StatusCode::UNPROCESSABLE_ENTITY)),
        }
    }

    /// What is no id is somebody who is not here: their outcome says so.
    fn selection(&self) -> Selection {
        if self.all.is_some() {
            return Selection::Search(self.search.clone());
        }
        let ids = self.members.0.iter().filter(|id| !id.is_empty());
        Selection::Picked(ids.map(|id| MemberId(Uuid::parse_str(id).unwrap_or_default())).collect())
    }
}

/// Makes a batch of a selection, after asking for what the deed needs.
pub(crate) async fn create(
    State(app): State<App>,
    admitted: Admitted,
    Form(form): Form<NewJob>,
) -> webkit::Result<Response> {
    let deed = form.deed()?;
    admitted.require(deed.permission())?;
    if form.has_details() && form.asked.is_none() {
        return Ok(html(ask(&app, admitted, form, FieldErrors::none()).await?));
    }
    if form.deed == "switch" {
        if form.provider.is_empty() {
            let page = ask(&app, admitted, form, FieldErrors::one("provider", "provider-missing")).await?;
            return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
        app.catalogue(Age::ToDo).await;
    }
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    match batches::create(&app.store, context, by, deed, form.selection()).await {
        Ok(id) => {
            app.batches.ring();
            Ok(see_other(&format!("/jobs/{id}")))
        }
        Err(CreateError::Denied(tenant::lifecycle::Denied::NoReason)) => {
            let page = ask(&app, admitted, form, FieldErrors::one("reason", "reason-missing")).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(CreateError::NoRoles) => {
            let page = ask(&app, admitted, form, FieldErrors::one("roles", "job-choose-roles")).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(error) => Err(refused(error)),
    }
}

async fn ask(app: &App, admitted: Admitted, form: NewJob, errors: FieldErrors) -> webkit::Result<NewJobPage> {
    let Admitted { visit, visitor } = admitted;
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let roles = roles::grantable(&app.tenant.blueprint, &visitor.rights).into_iter().cloned().collect();
    let title = visit.t(&format!("job-{}", form.deed));
    let providers = if form.deed == "switch" { of_many(app, &visit).await } else { Vec::new() };
    Ok(NewJobPage { providers, title, visit, brand: app.brand.clone(), shell, errors, form, roles })
}

/// Why there is no batch, as a page.
pub(super) fn refused(error: CreateError) -> Failure {
    let back = |failure: Failure| failure.next("/members", "back-to-members");
    match error {
        CreateError::Nobody => back(Failure::bad_request("job-nobody")),
        CreateError::NoRoles => back(Failure::bad_request("job-choose-roles")),
        CreateError::TooMany => back(Failure::bad_request("job-too-many")),
        CreateError::NotUnderstood(words) => {
            back(Failure::bad_request(webkit::Message::new("filter-unknown").with("words", words.join(", "))))
        }
        CreateError::TooManyOpen => Failure::conflict("job-too-many-open").next("/jobs", "nav-jobs"),
        CreateError::NothingToUndo => Failure::conflict("job-nothing-left").next("/jobs", "nav-jobs"),
        CreateError::Denied(denied) => failure(denied, ""),
    }
}
