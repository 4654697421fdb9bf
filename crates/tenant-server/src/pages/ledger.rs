use std::collections::BTreeMap;

use ambient::Timestamp;
use store::{StoreError, TenantRead};
use tenant::invitations::{Invitation, InvitationState, MailStatus, Progress, of_member};
use tenant::members::{MemberId, by_id};
use webkit::Visit;

/// An invitation as the ledger shows it: where it went, and what is known of its way, in order.
pub(super) struct Entry {
    pub email: String,
    pub steps: Vec<Step>,
}

/// One step of it.
pub(super) struct Step {
    pub icon: &'static str,
    pub text: String,
    pub at: Option<Timestamp>,
    pub by: Option<String>,
}

/// The ledger of a member's invitations, newest first, and whether one is open.
pub(super) async fn ledger(
    visit: &Visit,
    read: &mut impl TenantRead,
    member: MemberId,
    now: Timestamp,
) -> Result<(Vec<Entry>, bool), StoreError> {
    let invitations = of_member(read, member).await?;
    let mut names: BTreeMap<MemberId, String> = BTreeMap::new();
    let mut people: Vec<MemberId> =
        invitations.iter().flat_map(|it| [Some(it.invited_by), it.ended_by]).flatten().collect();
    people.sort();
    people.dedup();
    for id in people {
        if let Some(known) = by_id(read, id).await? {
            names.insert(id, known.name());
        }
    }
    let open = invitations.iter().any(|it| it.state == InvitationState::Open);
    let name = |id: MemberId| names.get(&id).cloned();
    let entry = |it: &Invitation| Entry { email: it.email.clone(), steps: steps(visit, it, name, now) };
    Ok((invitations.iter().map(entry).collect(), open))
}

fn steps(visit: &Visit, it: &Invitation, name: impl Fn(MemberId) -> Option<String>, now: Timestamp) -> Vec<Step> {
    let step = |icon, key: &str, at| Step { icon, text: visit.t(key), at, by: None };
    let made = Step { by: name(it.invited_by), ..step("user-plus", "invitation-made", Some(it.created_at)) };
    let mut steps = vec![made, of_mail(visit, it)];
    if it.opened_at.is_some() {
        steps.push(step("eye", "invitation-opened", it.opened_at));
    }
    steps.extend(end(visit, it, name, now));
    steps
}

/// What became of the mail: what is known is that a server took it, never that somebody read it.
fn of_mail(visit: &Visit, it: &Invitation) -> Step {
    let step = |icon, key: &str, at| Step { icon, text: visit.t(key), at, by: None };
    match it.status {
        None if it.state != InvitationState::Open => step("x", "invitation-never-sent", None),
        None => step("clock", "invitation-waits", None),
        Some(MailStatus::Queued) => step("clock", "invitation-queued", it.taken_at),
        Some(MailStatus::Sent) => step("send", "invitation-sent", it.sent_at),
        Some(MailStatus::Failed) => step("circle-alert", "invitation-failed", None),
        Some(MailStatus::Limited) => step("circle-alert", "invitation-limited", it.taken_at),
        Some(MailStatus::Unmailable) => step("circle-alert", "invitation-unmailable", it.taken_at),
    }
}

/// How it ended, or until when it works.
fn end(visit: &Visit, it: &Invitation, name: impl Fn(MemberId) -> Option<String>, now: Timestamp) -> Option<Step> {
    let step = |icon, key: &str, at| Step { icon, text: visit.t(key), at, by: None };
    match it.state {
        InvitationState::Accepted => Some(step("user-check", "invitation-accepted", it.ended_at)),
        InvitationState::Open if it.accepted_at.is_some() => {
            Some(step("user-check", "invitation-accepted-there", it.accepted_at))
        }
        InvitationState::Open => it.expires_at.map(|at| {
            let key = if at <= now { "invitation-expired" } else { "invitation-expires" };
            step("hourglass", key, Some(at))
        }),
        InvitationState::Withdrawn | InvitationState::Replaced => {
            let withdrawn = it.state == InvitationState::Withdrawn;
            let key = if withdrawn { "invitation-withdrawn" } else { "invitation-replaced" };
            Some(Step { by: it.ended_by.and_then(name), ..step("undo-2", key, it.ended_at) })
        }
    }
}

/// What there is to know of an invitation in one step: why no mail could go out, or else how it ended, or how far it is.
pub(super) fn last_step(
    visit: &Visit,
    it: &Invitation,
    name: impl Fn(MemberId) -> Option<String>,
    now: Timestamp,
) -> Step {
    let mail = of_mail(visit, it);
    if it.progress(now) == Progress::Failed { mail } else { end(visit, it, name, now).unwrap_or(mail) }
}
