use ambient::Timestamp;
use audit::{Line, Of};
use serde_json::Value as Json;
use store::{StoreError, TenantRead};
use tenant::members::Member;
use uuid::Uuid;
use webkit::Visit;

use super::audit::Named;
use super::log_known::Known;
use super::older::cut;
use super::provider::PLATFORM;
use super::{group_words, log_words};
use crate::instance::App;

/// How many events a page shows.
const SHOWN: u16 = 30;

/// Something that happened, as a sentence.
pub(super) struct Event {
    pub icon: &'static str,
    pub text: String,
    pub at: Timestamp,
    /// Who did it, unless it was the member.
    pub by: Option<Named>,
    /// A reason that was given.
    pub reason: Option<String>,
}

/// What happened to a member before that, newest first, and before what the next page begins. `in_full` adds what only those who
/// decide may read.
pub(super) async fn timeline(
    (app, visit): (&App, &Visit),
    read: &mut impl TenantRead,
    (member, before): (&Member, Option<Uuid>),
    in_full: bool,
) -> Result<(Vec<Event>, Option<Uuid>), StoreError> {
    let lines = audit::page_of(read, Of::Target("member", &member.id.to_string()), before, SHOWN + 1).await?;
    let (lines, last) = cut(lines, i64::from(SHOWN), |line| line.id);
    let known = Known::of(app, read, &lines, None).await?;
    let mut events = Vec::with_capacity(lines.len());
    for line in lines {
        let Some((icon, key)) = words(&line.action) else { continue };
        let by = known.actor(&line).filter(|by| by.id != Some(member.id));
        let by = by.map(|by| Named { name: by.name, to: by.id.map(|id| format!("/members/{id}")) });
        let reason = line.personal.get("reason").filter(|_| in_full).cloned();
        let text = sentence(app, visit, &known, &line).unwrap_or_else(|| visit.t(key));
        events.push(Event { icon, text, at: line.at, by, reason });
    }
    Ok((events, last))
}

/// The sentence of an entry that tells more than its action; none: the action's own sentence is all.
pub(super) fn sentence(app: &App, visit: &Visit, known: &Known, line: &Line) -> Option<String> {
    match line.action.as_str() {
        "member.provider_switched" => switched(app, visit, line),
        "newcomers.provider_set" => newcomers(app, visit, line),
        _ => group_words::sentence(app, visit, line).or_else(|| log_words::sentence(app, visit, known, line)),
    }
}

/// "Switched from Contoso to Fabrikam"
fn switched(app: &App, visit: &Visit, line: &Line) -> Option<String> {
    let said = |name: &str| line.detail.get(name).and_then(Json::as_str);
    let (from, to) = (said("from")?, said("to")?);
    let key = match (from, to) {
        (_, PLATFORM) => "event-switched-back",
        // Once more to the same provider begins anew who has claimed them.
        _ if from == PLATFORM || from == to => "event-switched-to",
        _ => "event-switched-from-to",
    };
    let known = app.providers.latest();
    Some(visit.t_with(key, [("from", known.name_of(from)), ("to", known.name_of(to))]))
}

/// "New members come in by Contoso"
fn newcomers(app: &App, visit: &Visit, line: &Line) -> Option<String> {
    match line.detail.get("to").and_then(Json::as_str)? {
        PLATFORM => Some(visit.t("event-newcomers-own")),
        key => Some(visit.t_with("event-newcomers-by", ("provider", app.providers.latest().name_of(key)))),
    }
}

/// Deeds that are told: the action, its icon and its sentence.
pub(crate) const ACTIONS: &[(&str, &str, &str)] = &[
    ("member.requested", "user-plus", "event-requested"),
    ("member.request_message_changed", "pencil", "event-message"),
    ("member.approved", "circle-check", "event-approved"),
    ("member.rejected", "x", "event-rejected"),
    ("member.imported", "upload", "event-imported"),
    ("member.details_imported", "upload", "event-details-imported"),
    ("member.asked_again", "user-plus", "event-asked-again"),
    ("member.invitation_accepted", "user-check", "event-invitation-accepted"),
    ("member.invited", "user-plus", "event-invited"),
    ("member.invitation_queued", "mail", "event-invitation-queued"),
    ("member.invitation_withdrawn", "undo-2", "event-invitation-withdrawn"),
    ("member.email_corrected", "pencil", "event-email-corrected"),
    ("member.details_corrected", "pencil", "event-details-corrected"),
    ("member.role_not_given", "shield-alert", "event-role-not-given"),
    ("member.merged", "users", "event-merged"),
    ("member.locked", "lock", "event-locked"),
    ("member.unlocked", "lock-open", "event-unlocked"),
    ("member.suspended", "pause", "event-suspended"),
    ("member.resumed", "play", "event-resumed"),
    ("member.deletion_asked", "user-x", "event-deletion-asked"),
    ("member.kept", "user-check", "event-kept"),
    ("member.deleted", "trash-2", "event-deleted"),
    ("member.reactivated", "undo-2", "event-reactivated"),
    ("member.purged", "trash-2", "event-purged"),
    ("member.roles_changed", "shield", "event-roles-changed"),
    ("member.roles_by_group", "users", "event-roles-by-group"),
    ("member.groups_unread", "triangle-alert", "event-groups-unread"),
    ("group.mapped", "users", "event-group-mapped"),
    ("group.unmapped", "users", "event-group-unmapped"),
    ("member.keeper_named", "link", "event-keeper-named"),
    ("member.released", "undo-2", "event-released"),
    ("member.provider_switched", "key-round", "event-provider-switched"),
    ("member.provider_kept", "key-round", "event-provider-kept"),
    ("newcomers.provider_set", "user-plus", "event-newcomers"),
    ("provider.added", "log-in", "event-provider-added"),
    ("provider.changed", "log-in", "event-provider-changed"),
    ("provider.mapped", "id-card", "event-provider-mapped"),
    ("provider.key_turned", "key-round", "event-provider-key-turned"),
    ("provider.tested", "activity", "event-provider-tested"),
    ("provider.enabled", "play", "event-provider-enabled"),
    ("provider.disabled", "ban", "event-provider-disabled"),
    ("provider.removed", "trash-2", "event-provider-removed"),
    ("member.reset_asked", "mail", "event-reset-asked"),
    ("member.break_glass_set", "shield-alert", "event-glass-set"),
    ("member.break_glass_unset", "shield", "event-glass-unset"),
    ("member.break_glass_used", "shield-alert", "event-glass-used"),
    ("member.fields_changed", "id-card", "event-fields-changed"),
    ("field.added", "id-card", "event-field-added"),
    ("field.changed", "id-card", "event-field-changed"),
    ("field.removed", "id-card", "event-field-removed"),
    ("member.seeded", "user-plus", "event-seeded"),
    ("terms.accepted", "file-text", "event-terms-accepted"),
    ("session.began", "log-in", "event-signed-in"),
    ("session.signed_out", "log-out", "event-signed-out"),
    ("session.ended_by_identity_server", "log-out", "event-signed-out-everywhere"),
    ("members.exported", "download", "event-members-exported"),
    ("audit.exported", "download", "event-audit-exported"),
    ("service_account.created", "user-plus", "event-service-account"),
    ("session.refused", "shield-alert", "event-session-refused"),
    ("batch.started", "list-checks", "event-batch-started"),
    ("batch.subjects_given", "upload", "event-subjects-given"),
    ("batch.cancelled", "x", "event-batch-cancelled"),
    ("batch.done", "circle-check", "event-batch-done"),
    ("import.received", "upload", "event-import-received"),
    ("import.started", "list-checks", "event-import-started"),
    ("import.cancelled", "x", "event-import-cancelled"),
    ("import.done", "circle-check", "event-import-done"),
    ("import.reported", "download", "event-import-reported"),
    ("batch.reported", "download", "event-batch-reported"),
    ("terms.acceptances_exported", "download", "event-acceptances-exported"),
    ("terms.published", "file-text", "event-terms-published"),
];

/// The icon and sentence of an action.
pub(super) fn words(action: &str) -> Option<(&'static str, &'static str)> {
    ACTIONS.iter().find(|(known, ..)| *known == action).map(|(_, icon, sentence)| (*icon, *sentence))
}
