//! One import: what its lines would come to, how far it is, what became of each.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use store::StoreError;
use tenant::blueprint::permission;
use tenant::fields;
use tenant::imports::{self, Fate, Fault, Import, ImportId, ImportState, LINES_ON_A_PAGE, Shown, Standing, Why};
use tenant::lifecycle::Denied;
use tenant::members::{self, Taken};
use uuid::Uuid;
use webkit::{Brand, Failure, Form, Shell, Visit, html, see_other};

use super::csv::line;
use super::import::state;
use super::import_difference::words;
use super::only::only;
use super::request::failure;
use super::{Done, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// What lines came to, with their number and the address of them.
struct Group {
    word: &'static str,
    icon: &'static str,
    tone: &'static str,
    label: String,
    number: String,
    chosen: bool,
}

/// One line of the file.
struct Row {
    line: i64,
    name: String,
    email: String,
    /// The member's id, if they are here.
    member: Option<String>,
    icon: &'static str,
    tone: &'static str,
    label: String,
    /// What changes for them, or has changed.
    changes: Vec<String>,
    problem: String,
}

#[derive(Template)]
#[template(path = "tenant/import.html")]
struct ImportPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    state: String,
    by: String,
    ignored: String,
    /// How many lines would let somebody back in, or did, as the page writes it; nothing: none.
    reopens: String,
    groups: Vec<Group>,
    /// Whether some lines are wrong, so that they can be downloaded.
    has_wrong: bool,
    rows: Vec<Row>,
    /// Whether some lines change anything.
    tells_changes: bool,
    next: Option<String>,
    /// Whether this visitor brought it: the word is theirs.
    may_start: bool,
    /// Whether it goes on while one looks.
    is_moving: bool,
    import: Import,
}

#[derive(Deserialize)]
pub(crate) struct View {
    #[serde(default)]
    only: Option<String>,
    #[serde(default)]
    after: i64,
}

/// What lines are asked for that came to one thing.
fn fate(word: Option<&str>, import: &Import) -> webkit::Result<Option<Fate>> {
    only(word, Fate::parse, &format!("/members/import/{}", import.id))
}

/// An import.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Query(view): Query<View>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let import = find(&app, &id).await?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let only = fate(view.only.as_deref(), &import)?;
    let page = imports::lines(&mut read, &import, only, (view.after, LINES_ON_A_PAGE)).await.map_err(database)?;
    let by = members::by_id(&mut read, import.made_by).await.map_err(database)?;
    let fields = fields::of_tenant(&mut read, &app.tenant.blueprint).await.map_err(database)?;
    drop(read);
    let row = |line: &Shown| row(&visit, &import, line, words(&app, &visit, &fields, &import.difference(line)));
    let rows: Vec<Row> = page.lines.iter().map(row).collect();
    let by = by.map_or_else(String::new, |member| member.name());
    let here = |after: i64| {
        let only = only.map(|only| format!("&only={}", only.word())).unwrap_or_default();
        format!("/members/import/{}?after={after}{only}", import.id)
    };
    Ok(html(ImportPage {
        state: state(&visit, (&import, &by), visitor.member.id),
        by,
        ignored: import.ignored().collect::<Vec<_>>().join(", "),
        reopens: Some(import.to_reopen).filter(|n| *n > 0).map(|n| visit.number(n)).unwrap_or_default(),
        groups: groups(&visit, &import, only),
        has_wrong: import.failed > 0 || (import.ended_at.is_none() && import.to_fail > 0),
        tells_changes: rows.iter().any(|row| !row.changes.is_empty()),
        rows,
        next: page.next.map(here),
        may_start: import.made_by == visitor.member.id,
        is_moving: matches!(import.state, ImportState::Looking | ImportState::Running),
        brand: app.brand.clone(),
        import,
        shell,
        visit,
    }))
}

/// As it was done, or before that, as it looks; and what was not come to before the end.
fn groups(visit: &Visit, import: &Import, only: Option<Fate>) -> Vec<Group> {
    let behind = [import.added, import.changed, import.reopened, import.kept, import.failed];
    let ahead = [import.to_add, import.to_change, import.to_reopen, import.to_keep, import.to_fail];
    let is_behind = import.started_at.is_some() || import.ended_at.is_some();
    let numbers = if is_behind { behind } else { ahead };
    let group = |(fate, number): (Fate, i64)| Group {
        word: fate.word(),
        icon: looks(fate).0,
        tone: looks(fate).1,
        label: label(visit, is_behind, fate),
        number: visit.number(number),
        chosen: only == Some(fate),
    };
    let numbers = numbers.into_iter().chain([import.left()]);
    Fate::all().zip(numbers).filter(|(_, number)| *number > 0).map(group).collect()
}

const fn looks(fate: Fate) -> (&'static str, &'static str) {
    match fate {
        Fate::Stands(Standing::New) => ("user-plus", "accent"),
        Fate::Stands(Standing::Changed) => ("pencil", "good"),
        Fate::Stands(Standing::Reopened) => ("lock-open", "warn"),
        Fate::Stands(Standing::Unchanged) => ("minus", "neutral"),
        Fate::Stands(Standing::Wrong) => ("circle-alert", "warn"),
        Fate::NotReached => ("pause", "neutral"),
    }
}

fn label(visit: &Visit, is_behind: bool, fate: Fate) -> String {
    match fate {
        Fate::Stands(standing) if is_behind => visit.t(&format!("import-was-{}", standing.word())),
        Fate::Stands(standing) => visit.t(&format!("import-will-{}", standing.word())),
        Fate::NotReached => visit.t("import-not_reached"),
    }
}

fn row(visit: &Visit, import: &Import, line: &Shown, changes: Vec<String>) -> Row {
    let fate = import.fate(line);
    let (icon, tone) = fate.map_or(("hourglass", "neutral"), looks);
    let is_behind = import.has_done(line.line);
    Row {
        line: line.line,
        name: line.name(),
        email: line.email.clone().unwrap_or_default(),
        member: line.member_id.map(|id| id.to_string()),
        icon,
        tone,
        label: fate.map_or_else(|| visit.t("import-not-looked"), |it| label(visit, is_behind, it)),
        changes,
        problem: to_know(import, line).map(|fault| problem(visit, tense(import, line), &fault)).unwrap_or_default(),
    }
}

/// What is wrong with a line, or to be known of it. Whoever was not reached is let in by nobody's choice, and not left out by it either.
pub(crate) fn to_know(import: &Import, line: &Shown) -> Option<Fault> {
    let may_pass = |fault: &Fault| match fault.why {
        Why::Reopens(_) => true,
        Why::Refused(_) => line.standing == Some(Standing::Changed),
        Why::Line(_) => false,
    };
    let is_open = |fault: &Fault| may_pass(fault) && import.fate(line) == Some(Fate::NotReached);
    line.fault().filter(|fault| !is_open(fault))
}

/// Whether somebody will be let back in by a line, was, or is not; and whether something may stand in the way of it.
const fn tense(import: &Import, line: &Shown) -> &'static str {
    match line.standing {
        Some(Standing::Reopened) if import.has_done(line.line) => "was",
        Some(Standing::Reopened) if import.started_at.is_none() || import.reopens => "will",
        // What may stand in the way of a line that is to be done.
        Some(Standing::Changed) if !import.has_done(line.line) => "unless",
        _ => "left",
    }
}

/// What is wrong with a line, or else to be known of it, without its column.
pub(crate) fn sentence(visit: &Visit, import: &Import, line: &Shown) -> Option<String> {
    let bare = to_know(import, line).map(|fault| Fault { column: None, ..fault });
    bare.map(|fault| problem(visit, tense(import, line), &fault))
}

/// What is wrong, in a sentence that begins with the column; or what else there is to know.
fn problem(visit: &Visit, tense: &str, fault: &Fault) -> String {
    let about = fault.about.clone().unwrap_or_default();
    let words = match fault.why {
        Why::Line(trouble) => visit.t_with(&format!("trouble-{}", trouble.word()), [("about", about)]),
        Why::Refused(refusal) if tense == "unless" => {
            let why = visit.t(&format!("refusal-{}", refusal.word()));
            visit.t_with("import-unless", [("problem", why)])
        }
        Why::Refused(refusal) => visit.t(&format!("refusal-{}", refusal.word())),
        Why::Reopens(reopening) => visit.t(&format!("reopen-{tense}-{}", reopening.word())),
    };
    match &fault.column {
        Some(column) => visit.t_with("import-in-column", [("column", column.word().to_owned()), ("problem", words)]),
        None => words,
    }
}

async fn find(app: &App, id: &str) -> webkit::Result<Import> {
    let id = ImportId(Uuid::parse_str(id).map_err(|_| Failure::not_found())?);
    let mut read = app.store.read().await.map_err(database)?;
    imports::by_id(&mut read, id).await.map_err(database)?.ok_or_else(Failure::not_found)
}

/// What comes with the word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    #[serde(default)]
    reopen: String,
}

/// The word is given, or it is stopped.
pub(crate) async fn turn(
    State(app): State<App>,
    admitted: Admitted,
    Path((id, what)): Path<(String, String)>,
    Form(word): Form<Word>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let import = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let turned = match what.as_str() {
        "start" => imports::start(&app.store, context, by, import.id, word.reopen == "yes").await,
        "cancel" => imports::cancel(&app.store, context, by, import.id).await,
        _ => return Err(Failure::not_found()),
    };
    turned.map_err(|denied| match denied {
        Denied::Refused(_) => Failure::conflict("job-moved-on").next("/members/import", "import-title"),
        other => failure(other, ""),
    })?;
    app.batches.ring();
    Ok(see_other(&format!("/members/import/{id}")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    #[serde(default)]
    only: Option<String>,
}

/// What became of each line, or of those that came to one thing, to keep (CSV, RFC 4180).
pub(crate) async fn report(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let import = find(&app, &id).await?;
    let only = fate(wanted.only.as_deref(), &import)?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    members::note_taken(&app.store, context, by, Taken::Import(&import)).await.map_err(database)?;
    let visit = admitted.visit;
    let head = Bytes::from(line(["line", "email", "name", "outcome", "done", "change", "column", "problem"]));
    let blueprint = &app.tenant.blueprint;
    let fields =
        fields::of_tenant(&mut app.store.read().await.map_err(database)?, blueprint).await.map_err(database)?;
    let pages = stream::try_unfold(Some(0_i64), move |after| {
        let (app, import, visit, fields) = (app.clone(), import.clone(), visit.clone(), fields.clone());
        async move {
            let Some(after) = after else { return Ok::<_, StoreError>(None) };
            let page = imports::lines(&mut app.store.read().await?, &import, only, (after, LINES_ON_A_PAGE)).await?;
            let told = |line: &Shown| words(&app, &visit, &fields, &import.difference(line)).join("; ");
            let text: String = page.lines.iter().map(|line| written(&visit, &import, line, &told(line))).collect();
            Ok(Some((Bytes::from(text), page.next)))
        }
    });
    let body = Body::from_stream(stream::iter([Ok::<_, StoreError>(head)]).chain(pages));
    let name = format!("attachment; filename=\"import-{id}.csv\"");
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

fn written(visit: &Visit, import: &Import, shown: &Shown, changes: &str) -> String {
    let fault = to_know(import, shown);
    let problem = sentence(visit, import, shown);
    line([
        shown.line.to_string().as_str(),
        shown.email.as_deref().unwrap_or_default(),
        &shown.name(),
        import.fate(shown).map_or("", Fate::word),
        if import.is_done(shown) { "yes" } else { "no" },
        changes,
        fault.as_ref().and_then(|fault| fault.column.as_ref()).map_or("", |column| column.word()),
        &problem.unwrap_or_default(),
    ])
}
