use axum::http::StatusCode;
use oidc::scope::{MEMBERS_READ, MEMBERS_WRITE, ROLES_WRITE};
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::imports::{self, BeginError, Difference, Fate, Import, ImportId, NewImport, Shown, Standing};
use uuid::Uuid;
use webkit::{Message, StreamError};

use super::cursor::{After, Cursor, Position, page};
use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::incoming::{self, Plain, Refused};
use crate::pages::import_job::{sentence, to_know};

/// What a file may be called in `Content-Type`. What it is, its first bytes say.
pub(super) const KINDS: &[&str] = &["text/csv", "application/jsonl", "application/x-ndjson"];

fn written(import: &Import) -> Value {
    json!({
        "id": import.id,
        "file_name": import.file_name,
        "ignored_columns": import.ignored().collect::<Vec<_>>(),
        "invites": import.invites,
        "state": import.state,
        "made_by": import.made_by,
        "made_at": time(Some(import.made_at)),
        "started_at": time(import.started_at),
        "ended_at": time(import.ended_at),
        "lines": import.lines,
        "ahead": tally([import.to_add, import.to_change, import.to_reopen, import.to_keep, import.to_fail]),
        "behind": tally([import.added, import.changed, import.reopened, import.kept, import.failed]),
    })
}

/// How many lines come to what.
fn tally(numbers: [i64; 5]) -> Value {
    Standing::ALL.iter().map(|standing| standing.word().to_owned()).zip(numbers.map(Value::from)).collect()
}

/// What a line changes, in the names of [`Difference`]'s fields; none: nothing.
fn difference(difference: &Difference) -> Option<Value> {
    (!difference.is_nothing()).then(|| json!(difference))
}

/// Who somebody is, `members:read` tells, and no other scope.
fn line(call: &Call, import: &Import, line: &Shown) -> Value {
    let names = call.caller.has_scope(MEMBERS_READ);
    let fault = to_know(import, line);
    let problem = fault.map(|fault| {
        json!({
            "code": fault.why.word(),
            "column": fault.column.as_ref().map(|column| column.word().to_owned()),
            // The sentence repeats what stands in the line.
            "detail": sentence(&call.visit, import, line).filter(|_| names),
        })
    });
    json!({
        "line": line.line,
        "email": line.email.as_ref().filter(|_| names),
        "name": Some(line.name()).filter(|_| names),
        "member": line.member_id,
        "done": import.is_done(line),
        "change": difference(&import.difference(line)).filter(|_| names),
        "outcome": import.fate(line).map(Fate::word),
        "problem": problem,
    })
}

async fn find(call: &Call, id: Uuid) -> Result<Import, Problem> {
    let found = imports::by_id(&mut call.app.store.read().await?, ImportId(id)).await?;
    found.ok_or_else(Problem::not_found)
}

/// GET /imports
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let (after, limit) = (After::read(call.query.cursor())?, call.query.limit());
    let mut read = call.app.store.read().await?;
    let found = imports::before(&mut read, after.map(|after| ImportId(after.0)), limit + 1).await?;
    let (found, next) = page(found, limit, |last| After(last.id.0));
    Ok(Reply::ok(json!({ "imports": found.iter().map(written).collect::<Vec<_>>(), "next": next })))
}

/// GET /imports/{id}
pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let import = find(&call, call.uuid()?).await?;
    Ok(Reply::ok(written(&import)))
}

/// What lines are counted by.
pub(super) fn standings() -> Vec<&'static str> {
    Standing::ALL.iter().map(|standing| standing.word()).collect()
}

/// What a line can have come to.
pub(super) fn outcomes() -> Vec<&'static str> {
    Fate::all().map(Fate::word).collect()
}

/// GET /imports/{id}/lines
pub(super) async fn lines(call: Call) -> Result<Reply, Problem> {
    let import = find(&call, call.uuid()?).await?;
    let only = call.query.get("outcome").and_then(Fate::parse);
    let after = Position::read(call.query.cursor())?.map_or(0, |position| position.0);
    let mut read = call.app.store.read().await?;
    let page = imports::lines(&mut read, &import, only, (after, call.query.limit())).await?;
    let lines: Vec<Value> = page.lines.iter().map(|one| line(&call, &import, one)).collect();
    Ok(Reply::ok(json!({ "lines": lines, "next": page.next.map(|next| Position(next).write()) })))
}

/// A file gives people roles: it takes a token for both.
fn needs_scopes(call: &Call) -> Result<(), Problem> {
    call.caller.needs_scope(&[MEMBERS_WRITE])?;
    call.caller.needs_scope(&[ROLES_WRITE])
}

/// POST /imports: the body is the file. It waits, looked at, until it is started.
pub(super) async fn create(mut call: Call) -> Result<Reply, Problem> {
    needs_scopes(&call)?;
    let file_name = call.query.get("file_name").unwrap_or_default().to_owned();
    let new = NewImport { file_name, invites: call.query.get("invite") == Some("true") };
    let mut file = Plain::new(call.take_file(), call.app.largest_import);
    let who = (call.context(), call.caller.id());
    let id = incoming::take(&call.app, who, new, &mut file).await.map_err(|refused| told(&call, refused))?;
    Ok(Reply::created(written(&find(&call, id.0).await?)))
}

fn told(call: &Call, refused: Refused) -> Problem {
    match refused {
        Refused::Stream(StreamError::TooLarge) => {
            let most = i64::try_from(call.app.largest_import / 1_000_000).unwrap_or(i64::MAX);
            let detail = Message::new("import-too-large").with("most", most);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", detail)
        }
        Refused::Stream(StreamError::Broken) => Problem::new(StatusCode::BAD_REQUEST, "broken_file", "import-broken"),
        Refused::Begin(BeginError::File(fault)) => {
            let detail = Message::new(format!("import-file-{}", fault.word()));
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, fault.word(), detail)
        }
        Refused::Begin(BeginError::TooMany) => Problem::new(StatusCode::CONFLICT, "too_many", "import-too-many"),
        Refused::Begin(BeginError::Denied(denied)) => denied.into(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    #[serde(default)]
    reopen: bool,
}

/// POST /imports/{id}/start
pub(super) async fn start(call: Call) -> Result<Reply, Problem> {
    needs_scopes(&call)?;
    let import = find(&call, call.uuid()?).await?;
    let Start { reopen } = call.json()?;
    imports::start(&call.app.store, call.context(), call.caller.id(), import.id, reopen).await?;
    turned(&call, import.id).await
}

/// POST /imports/{id}/cancel
pub(super) async fn cancel(call: Call) -> Result<Reply, Problem> {
    let import = find(&call, call.uuid()?).await?;
    imports::cancel(&call.app.store, call.context(), call.caller.id(), import.id).await?;
    turned(&call, import.id).await
}

async fn turned(call: &Call, id: ImportId) -> Result<Reply, Problem> {
    call.app.batches.ring();
    Ok(Reply::ok(written(&find(call, id.0).await?)))
}
