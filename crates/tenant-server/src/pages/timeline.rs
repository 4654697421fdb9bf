use std::collections::BTreeMap;

use ambient::Timestamp;
use store::{StoreError, TenantRead};
use tenant::members::{Member, MemberId, by_id};
use uuid::Uuid;
use webkit::Visit;

/// How many events a page shows.
const SHOWN: u16 = 30;

/// Something that happened, as a sentence.
pub(super) struct Event {
    pub icon: &'static str,
    pub text: String,
    pub at: Timestamp,
    /// Who did it, unless it was the member.
    pub by: Option<String>,
    /// A reason that was given.
    pub reason: Option<String>,
}

/// What happened to a member, newest first. `in_full` adds what only those who decide may read.
pub(super) async fn timeline(
    visit: &Visit,
    read: &mut impl TenantRead,
    member: &Member,
    in_full: bool,
) -> Result<Vec<Event>, StoreError> {
    let lines = audit::for_target(read, "member", &member.id.to_string(), None, SHOWN).await?;
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut events = Vec::with_capacity(lines.len());
    for line in lines {
        let Some((icon, key)) = words(&line.action) else { continue };
        let by = match line.actor_id.filter(|id| line.actor_kind == "member" && *id != member.id.to_string()) {
            Some(id) => Some(name(read, &mut names, id).await?),
            None => None,
        };
        let reason = line.personal.get("reason").filter(|_| in_full).cloned();
        events.push(Event { icon, text: visit.t(key), at: line.at, by, reason });
    }
    Ok(events)
}

async fn name(
    read: &mut impl TenantRead,
    names: &mut BTreeMap<String, String>,
    id: String,
) -> Result<String, StoreError> {
    if let Some(known) = names.get(&id) {
        return Ok(known.clone());
    }
    let member = match Uuid::parse_str(&id) {
        Ok(uuid) => by_id(read, MemberId(uuid)).await?,
        Err(_) => None,
    };
    let name = member.map_or_else(String::new, |member| member.name());
    names.insert(id, name.clone());
    Ok(name)
}

/// Deeds that are told, with their icon and sentence.
fn words(action: &str) -> Option<(&'static str, &'static str)> {
    Some(match action {
        "member.requested" => ("user-plus", "event-requested"),
        "member.request_message_changed" => ("pencil", "event-message"),
        "member.approved" => ("circle-check", "event-approved"),
        "member.rejected" => ("x", "event-rejected"),
        "member.imported" => ("upload", "event-imported"),
        "member.details_imported" => ("upload", "event-details-imported"),
        "member.asked_again" => ("user-plus", "event-asked-again"),
        "member.invitation_accepted" => ("user-check", "event-invitation-accepted"),
        "member.invited" => ("user-plus", "event-invited"),
        "member.invitation_queued" => ("mail", "event-invitation-queued"),
        "member.invitation_withdrawn" => ("undo-2", "event-invitation-withdrawn"),
        "member.email_corrected" => ("pencil", "event-email-corrected"),
        "member.role_not_given" => ("shield-alert", "event-role-not-given"),
        "member.merged" => ("users", "event-merged"),
        "member.locked" => ("lock", "event-locked"),
        "member.unlocked" => ("lock-open", "event-unlocked"),
        "member.suspended" => ("pause", "event-suspended"),
        "member.resumed" => ("play", "event-resumed"),
        "member.deletion_asked" => ("user-x", "event-deletion-asked"),
        "member.kept" => ("user-check", "event-kept"),
        "member.deleted" => ("trash-2", "event-deleted"),
        "member.reactivated" => ("undo-2", "event-reactivated"),
        "member.purged" => ("trash-2", "event-purged"),
        "member.roles_changed" => ("shield", "event-roles-changed"),
        "member.seeded" => ("user-plus", "event-seeded"),
        "session.began" => ("log-in", "event-signed-in"),
        "session.signed_out" => ("log-out", "event-signed-out"),
        "session.ended_by_identity_server" => ("log-out", "event-signed-out-everywhere"),
        _ => return None,
    })
}
