//! What entries of the log tell beyond their action: which roles, which field, which version, which job. An entry from before it was
//! written down keeps its action's own sentence.

use audit::Line;
use serde_json::Value as Json;
use tenant::batches::{Batch, BatchId};
use tenant::blueprint::permission;
use tenant::imports::{Import, ImportId};
use tenant::roles::Rights;
use tenant::terms::Kind;
use webkit::{Value, Visit};

use super::audit::Named;
use super::jobs::title_of as job_title;
use super::log_known::{Known, target_of};
use super::role_labels;
use super::terms::title_of;
use crate::instance::App;

/// The sentence of an entry; none: its action's own is all.
pub(super) fn sentence(app: &App, visit: &Visit, known: &Known, line: &Line) -> Option<String> {
    let as_roles = |key| some_roles(app, visit, line, key);
    match line.action.as_str() {
        "member.roles_changed" => roles_changed(app, visit, line),
        "member.approved" => as_roles("event-approved-as"),
        "member.invited" => as_roles("event-invited-as"),
        "member.imported" => as_roles("event-imported-as"),
        "member.role_not_given" => as_roles("event-role-not-given-one"),
        "service_account.created" => as_roles("event-service-account-as"),
        "member.fields_changed" => {
            let labels: Vec<String> = list(line, "fields").iter().map(|key| known.field(visit, key)).collect();
            let told = || visit.t_with("event-fields-changed-some", ("fields", labels.join(", ")));
            (!labels.is_empty()).then(told)
        }
        "field.added" => field(visit, line, "event-field-added-one"),
        "field.changed" if text(line, "was").is_some() => field(visit, line, "event-field-renamed"),
        "field.changed" => field(visit, line, "event-field-changed-one"),
        "field.removed" => field(visit, line, "event-field-removed-one"),
        "terms.accepted" => version(visit, "event-terms-accepted-one", text(line, "kind")?, number(line, "number")?),
        "terms.published" => {
            let number = line.target_id.as_deref()?.parse().ok()?;
            version(visit, "event-terms-published-one", line.target_kind.as_deref()?, number)
        }
        _ => None,
    }
}

/// The job or import that it was done to, in words; it leads there while it can be looked at, and by this visitor.
pub(super) fn work(visit: &Visit, rights: &Rights, known: &Known, line: &Line) -> Option<Named> {
    if let Some(id) = target_of(line, "batch") {
        let batch = known.jobs.get(&BatchId(id));
        let to = batch.filter(|_| rights.has(permission::MEMBERS_VIEW)).map(|batch| format!("/jobs/{}", batch.id));
        return Some(Named { name: job(visit, batch, line)?, to });
    }
    let import = known.imports.get(&ImportId(target_of(line, "import")?));
    let may_look = rights.has(permission::MEMBERS_MANAGE);
    let to = import.filter(|_| may_look).map(|import| format!("/members/import/{}", import.id));
    Some(Named { name: file(visit, import, line)?, to })
}

fn text<'a>(line: &'a Line, name: &str) -> Option<&'a str> {
    line.detail.get(name).and_then(Json::as_str)
}

fn number(line: &Line, name: &str) -> Option<i64> {
    line.detail.get(name).and_then(Json::as_i64)
}

fn list(line: &Line, name: &str) -> Vec<String> {
    let list = line.detail.get(name).and_then(Json::as_array);
    list.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

fn labels(app: &App, visit: &Visit, keys: &[String]) -> String {
    role_labels(visit, &app.tenant.blueprint, keys).join(", ")
}

/// "Approved as Viewer"
fn some_roles(app: &App, visit: &Visit, line: &Line, key: &str) -> Option<String> {
    let one = text(line, "role").map(str::to_owned);
    let keys: Vec<String> = list(line, "roles").into_iter().chain(one).collect();
    let told = || visit.t_with(key, ("roles", labels(app, visit, &keys)));
    (!keys.is_empty()).then(told)
}

/// "Roles changed (Editor given, Viewer taken)"
fn roles_changed(app: &App, visit: &Visit, line: &Line) -> Option<String> {
    let (given, taken) = (list(line, "given"), list(line, "taken"));
    let only = |key: &str, keys: &[String]| {
        visit.t_with(key, [("roles", Value::from(labels(app, visit, keys))), ("n", keys.len().into())])
    };
    match (given.is_empty(), taken.is_empty()) {
        (true, true) => None,
        (false, true) => Some(only("event-roles-given", &given)),
        (true, false) => Some(only("event-roles-taken", &taken)),
        (false, false) => {
            let args = [("given", labels(app, visit, &given)), ("taken", labels(app, visit, &taken))];
            Some(visit.t_with("event-roles-given-taken", args))
        }
    }
}

fn field(visit: &Visit, line: &Line, key: &str) -> Option<String> {
    let label = text(line, "label").or(line.target_id.as_deref())?;
    Some(visit.t_with(key, [("label", label), ("was", text(line, "was").unwrap_or_default())]))
}

fn version(visit: &Visit, key: &str, kind: &str, number: i64) -> Option<String> {
    let what = title_of(visit, Kind::of(kind)?);
    Some(visit.t_with(key, [("what", Value::from(what)), ("n", number.into())]))
}

/// "Lock members (12)"
fn job(visit: &Visit, batch: Option<&Batch>, line: &Line) -> Option<String> {
    let of_row =
        batch.and_then(|batch| Some((batch.deed().ok()?.name(), (batch.undo_of.is_some(), batch.retry_of.is_some()))));
    let has = |name: &str| line.detail.get(name).is_some_and(|of| !of.is_null());
    let of_line = || Some((text(line, "deed")?, (has("undo_of"), has("retry_of"))));
    let (deed, kind) = of_row.or_else(of_line)?;
    let job = job_title(visit, deed, kind);
    let items = || number(line, "items").or(batch.map(|batch| batch.items));
    let with = |key: &str, n: i64| {
        let changed = number(line, "changed").unwrap_or_default();
        visit.t_with(key, [("job", Value::from(job.clone())), ("n", n.into()), ("changed", changed.into())])
    };
    let told = match line.action.as_str() {
        "batch.done" => items().map(|n| with("event-job-outcome", n)),
        "batch.subjects_given" => number(line, "lines").map(|n| with("event-job-lines", n)),
        _ => items().map(|n| with("event-job-items", n)),
    };
    Some(told.unwrap_or(job))
}

/// "12 lines, 3 new, 2 changed"
fn file(visit: &Visit, import: Option<&Import>, line: &Line) -> Option<String> {
    let with = |key: &str, names: &[&'static str]| {
        let args: Option<Vec<_>> = names.iter().map(|name| Some((*name, Value::from(number(line, name)?)))).collect();
        Some(visit.t_with(key, args?.as_slice()))
    };
    match line.action.as_str() {
        "import.started" | "import.cancelled" => with("event-import-plan", &["lines", "new", "changed"]),
        "import.done" => with("event-import-result", &["new", "changed", "reopened", "unchanged", "wrong"]),
        _ => {
            let lines = number(line, "lines").or(import.map(|import| import.lines))?;
            Some(visit.t_with("event-import-lines", ("lines", lines)))
        }
    }
}
