//! What exactly a job does, and to each of its people (PP-05); and what of it cannot be taken back.

use std::collections::BTreeSet;

use tenant::batches::{Batch, Change};
use tenant::blueprint::permission;
use tenant::lifecycle::{Deed, HowRoles};
use tenant::providers::Catalogue;
use tenant::sessions::Visitor;
use webkit::Visit;

use super::deed::days_to_return;
use super::role_labels;
use crate::instance::App;

/// A line of what a job does.
pub(super) struct Detail {
    pub id: &'static str,
    pub label: String,
    pub value: String,
}

/// What a job does to all of its people. One that takes another back has nothing of the kind: each of its items knows.
pub(super) fn details(
    (app, visit, visitor): (&App, &Visit, &Visitor),
    known: &Catalogue,
    batch: &Batch,
    deed: &Deed,
) -> Vec<Detail> {
    if batch.undo_of.is_some() {
        return Vec::new();
    }
    let detail = |id, label: &str, value| Detail { id, label: visit.t(label), value };
    let roles = |keys: &BTreeSet<String>| {
        let labels = labels(app, visit, keys);
        if labels.is_empty() { visit.t("job-no-roles") } else { labels }
    };
    match deed {
        Deed::Approve { roles: given } => vec![detail("job-roles", "column-roles", roles(given))],
        Deed::Roles { how, roles: keys } => {
            let how = match how {
                HowRoles::Add => "roles-how-add",
                HowRoles::Remove => "roles-how-remove",
                HowRoles::Set => "roles-how-set",
            };
            vec![detail("job-how", "roles-how", visit.t(how)), detail("job-roles", "column-roles", roles(keys))]
        }
        // Reasons are for those who decide on them.
        Deed::Reject { reason } if visitor.rights.has(permission::MEMBERS_REVIEW) => {
            vec![detail("job-reason", "reason", reason.clone())]
        }
        Deed::Switch { to, compromised, .. } => {
            let key = if *compromised { "job-compromised-yes" } else { "job-compromised-no" };
            vec![
                detail("job-to", "job-to", provider(visit, known, to.as_deref())),
                detail("job-compromised", "job-compromised", visit.t(key)),
            ]
        }
        _ => Vec::new(),
    }
}

fn labels(app: &App, visit: &Visit, keys: &BTreeSet<String>) -> String {
    let keys: Vec<String> = keys.iter().cloned().collect();
    role_labels(visit, &app.tenant.blueprint, &keys).join(", ")
}

fn provider(visit: &Visit, known: &Catalogue, key: Option<&str>) -> String {
    key.map_or_else(|| visit.t("provider-platform"), |key| known.name_of(key).to_owned())
}

/// What changes, or has changed, for one of them, in words.
pub(super) fn change_words(app: &App, visit: &Visit, known: &Catalogue, change: &Change) -> Vec<String> {
    match change {
        Change::Roles { give, take } => {
            let some = [("job-gets", give), ("job-loses", take)].into_iter().filter(|(_, keys)| !keys.is_empty());
            let words = some.map(|(key, keys)| {
                let roles = labels(app, visit, keys);
                visit.t_with(key, [("roles", roles.as_str())])
            });
            words.collect()
        }
        Change::Provider { from, to } => {
            let [from, to] = [from, to].map(|key| provider(visit, known, key.as_deref()));
            vec![visit.t_with("job-moves", [("from", from.as_str()), ("to", to.as_str())])]
        }
    }
}

/// The button that gives the word, and what whoever presses it has to know.
pub(super) struct Word {
    pub label: String,
    pub kind: &'static str,
    pub icon: &'static str,
    /// What cannot be taken back, or not for long; none: it is nothing of the kind.
    pub warning: Option<String>,
    /// What else comes of it.
    pub also: Vec<String>,
    /// Whether they get a mail.
    pub mails: String,
}

/// What is destroyed is said before (PP-12, PP-13, PP-20): the way back from a job that brought people back deletes them again.
pub(super) fn word(app: &App, visit: &Visit, batch: &Batch, deed: &Deed) -> Word {
    let (label, icon, (warning, also)) = match (deed, batch.undo_of.is_some()) {
        (Deed::Delete, false) | (Deed::Reactivate, true) => ("job-start-delete", "trash-2", of_deleting(app, visit)),
        (Deed::Reject { .. }, _) => ("job-start-reject", "x", of_rejecting(app, visit)),
        (Deed::Roles { how: HowRoles::Set, roles }, false) if roles.is_empty() => {
            ("job-start", "play", (Some(visit.t("job-roles-none")), Vec::new()))
        }
        _ => ("job-start", "play", (None, Vec::new())),
    };
    let kind = if warning.is_some() { "danger" } else { "primary" };
    let label = visit.t_with(label, [("n", batch.fitting)]);
    Word { label, kind, icon, warning, also, mails: visit.t(mails(app, deed, batch.undo_of.is_some())) }
}

/// What people hear of it, in whichever direction it is done.
fn mails(app: &App, deed: &Deed, is_undo: bool) -> &'static str {
    let is_mailed = match (deed, is_undo) {
        (Deed::Delete, false) | (Deed::Reactivate, true) => app.tenant.blueprint.lifecycle.deletion_mail,
        (Deed::Delete, true) => false,
        (Deed::Invite, false) => return "job-mails-invitation",
        // What takes back a lock or a switch is mailed as they are.
        _ => deed.is_mailed(),
    };
    if is_mailed { "job-mails" } else { "job-mails-nobody" }
}

fn of_deleting(app: &App, visit: &Visit) -> (Option<String>, Vec<String>) {
    let rules = &app.tenant.blueprint.lifecycle;
    let out = if rules.deletion_mail { "delete-out-told" } else { "delete-out" };
    let then = match days_to_return(app) {
        Some(days) => visit.t_with("job-delete-window", [("days", days)]),
        None => visit.t("job-delete-for-good"),
    };
    (Some(then), vec![visit.t(out), visit.t("delete-account-stays")])
}

fn of_rejecting(app: &App, visit: &Visit) -> (Option<String>, Vec<String>) {
    let again = app.tenant.blueprint.strangers.ask_again_after.map(|span| span.0.as_secs() / 86_400);
    let then = match again {
        Some(days) => visit.t_with("job-reject-again", [("days", days)]),
        None => visit.t("job-reject-never"),
    };
    (Some(visit.t("job-reject-final")), vec![then])
}
