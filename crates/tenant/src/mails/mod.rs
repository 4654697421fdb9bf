//! The mails of a tenant. None carries a secret: those come from the identity server alone (DESIGN §4.5).
//!
//! Worded and sealed before the write door (`prepare`), queued inside it.

mod texts;

use std::collections::BTreeSet;
use std::time::Duration;

use mail::{Action, Allowance, Letter, Parcel};
use store::{StoreError, TenantTx};

use crate::Context;
use crate::access::rejected;
use crate::members::Member;
use texts::Texts;

/// Which mail a member gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// A request was approved.
    Approved,
    /// A request was rejected.
    Rejected,
    /// Locked (PP-11).
    Locked,
    /// Unlocked (PP-11).
    Unlocked,
    /// Deleted (PD-05).
    Deleted,
    /// Signs in by another provider from now on (PP-06).
    Switched,
}

/// What became of somebody's flag *break-glass*, for the administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glass {
    /// It was set.
    Set,
    /// It was taken away.
    Unset,
    /// They signed in.
    Used,
}

/// What a mail tells besides its kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Told<'a> {
    /// Keys of roles.
    pub roles: Option<&'a BTreeSet<String>>,
    /// A rejection's reason.
    pub reason: Option<&'a str>,
    /// The name of the one provider that opens the tenant to them; none: their account does.
    pub provider: Option<&'a str>,
}

/// How many mails of one kind a mailbox gets in a day: no administrator writes to somebody as often as they press a button (WEB-25).
const A_DAY: i64 = 10;
const DAY: Duration = Duration::from_hours(24);

/// Queues mails about what somebody does, as many as each mailbox is allowed; what was done is done, and their page tells them.
pub(crate) async fn tell<'a>(
    tx: &mut TenantTx<'_>,
    context: &Context,
    parcels: impl IntoIterator<Item = &'a Parcel>,
) -> Result<(), StoreError> {
    mail::queue_within(tx, parcels, Allowance { most: A_DAY, since: context.now.minus(DAY) }).await
}

/// Words and seals the mail to a member. `None` if their address cannot take mail: what happened to them happens all the
/// same, and their page tells them.
pub(crate) fn prepare(context: &Context, kind: MailKind, member: &Member, told: Told<'_>) -> Option<Parcel> {
    if member.email.is_empty() {
        // Another system, or somebody who was erased.
        return None;
    }
    let texts = Texts::of(&member.locale)
        .with("tenant", context.tenant.name.clone())
        .with("name", member.name())
        .with("provider", told.provider.unwrap_or_default().to_owned());
    let (purpose, paragraphs, action) = match kind {
        MailKind::Approved => ("member.approved", approved(context, &texts, member, told), Some("/")),
        MailKind::Rejected => ("member.rejected", turned_down(context, &texts, member, told), Some("/")),
        MailKind::Locked => ("member.locked", vec![texts.text("mail-locked-text")], None),
        MailKind::Deleted => ("member.deleted", vec![texts.text("mail-deleted-text")], None),
        MailKind::Switched => ("member.switched", switched(&texts, told), Some("/")),
        MailKind::Unlocked => ("member.unlocked", vec![texts.text("mail-unlocked-text")], Some("/")),
    };
    let name = kind.name();
    let action =
        action.map(|path| Action { label: texts.text(&format!("mail-{name}-action")), url: context.tenant.page(path) });
    let subject = texts.text(&format!("mail-{name}-subject"));
    let closing = texts.text("mail-closing");
    seal(context, purpose, member, &texts, Body { subject, paragraphs, action, closing })
}

impl MailKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Locked => "locked",
            Self::Unlocked => "unlocked",
            Self::Deleted => "deleted",
            Self::Switched => "switched",
        }
    }
}

fn approved(context: &Context, texts: &Texts, member: &Member, told: Told<'_>) -> Vec<String> {
    let mut paragraphs = vec![texts.text("mail-approved-text")];
    let known = told.roles.into_iter().flatten().filter_map(|key| context.tenant.blueprint.role(key));
    let labels: Vec<&str> = known.map(|role| role.label.text(&member.locale)).collect();
    if !labels.is_empty() {
        let labels = labels.join(", ");
        paragraphs.push(Texts::of(&member.locale).with("roles", labels).text("mail-approved-roles"));
    }
    paragraphs
}

fn switched(texts: &Texts, told: Told<'_>) -> Vec<String> {
    let first = if told.provider.is_some() { "mail-switched-text" } else { "mail-switched-back" };
    vec![texts.text(first), texts.text("mail-switched-next")]
}

fn turned_down(context: &Context, texts: &Texts, member: &Member, told: Told<'_>) -> Vec<String> {
    let mut paragraphs = vec![texts.text("mail-rejected-text")];
    paragraphs.extend(told.reason.map(str::to_owned));
    if rejected(member, &context.tenant.blueprint.strangers, context.now).may_ask_again_at.is_some() {
        paragraphs.push(texts.text("mail-rejected-again"));
    }
    paragraphs
}

/// How many people the gathered mail names; the rest are a number.
const NAMED: usize = 20;

/// The gathered mail about new requests, to one of those who may review.
pub(crate) fn prepare_requests(context: &Context, reviewer: &Member, new: &[Member]) -> Option<Parcel> {
    let texts = Texts::of(&reviewer.locale)
        .with("tenant", context.tenant.name.clone())
        .with("name", reviewer.name())
        .with("first", new.first().map(Member::name).unwrap_or_default())
        .with("n", i64::try_from(new.len()).unwrap_or(i64::MAX));
    let mut paragraphs = vec![texts.text("mail-requests-text")];
    paragraphs.extend(new.iter().take(NAMED).map(|member| {
        let person = Texts::of(&reviewer.locale).with("name", member.name()).with("email", member.email.clone());
        match &member.stated_by {
            Some(key) => {
                person.with("provider", context.providers.name_of(key).to_owned()).text("mail-requests-person-stated")
            }
            None => person.text("mail-requests-person"),
        }
    }));
    if let Some(more) = new.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let more = Texts::of(&reviewer.locale).with("n", i64::try_from(more).unwrap_or(i64::MAX));
        paragraphs.push(more.text("mail-requests-more"));
    }
    let action = Some(Action { label: texts.text("mail-requests-action"), url: context.tenant.page("/requests") });
    let subject = texts.text("mail-requests-subject");
    let closing = texts.text("mail-closing-reviewer");
    seal(context, "requests.gathered", reviewer, &texts, Body { subject, paragraphs, action, closing })
}

/// A member's address, in the language of whoever reads of it; and whose word it is, where nobody has proved it (DESIGN §4.2).
fn address(context: &Context, reader: &Member, of: &Member) -> String {
    let Some(key) = &of.stated_by else { return of.email.clone() };
    let texts = Texts::of(&reader.locale).with("email", of.email.clone());
    texts.with("provider", context.providers.name_of(key).to_owned()).text("mail-address-stated")
}

/// PP-14: a member has asked for their own deletion; to one of those who decide.
pub(crate) fn prepare_deletion_asked(context: &Context, manager: &Member, member: &Member) -> Option<Parcel> {
    let texts = Texts::of(&manager.locale)
        .with("tenant", context.tenant.name.clone())
        .with("name", manager.name())
        .with("person", member.name())
        .with("email", address(context, manager, member));
    let url = context.tenant.page(&format!("/members/{}", member.id));
    let body = Body {
        subject: texts.text("mail-deletion-asked-subject"),
        paragraphs: vec![texts.text("mail-deletion-asked-text"), texts.text("mail-deletion-asked-next")],
        action: Some(Action { label: texts.text("mail-deletion-asked-action"), url }),
        closing: texts.text("mail-closing-manager"),
    };
    seal(context, "member.deletion_asked", manager, &texts, body)
}

/// Somebody is kept for the day when providers fail, is no longer, or has come in; to one of those who run the tenant.
pub(crate) fn prepare_break_glass(
    context: &Context,
    administrator: &Member,
    member: &Member,
    what: Glass,
) -> Option<Parcel> {
    let texts = Texts::of(&administrator.locale)
        .with("tenant", context.tenant.name.clone())
        .with("name", administrator.name())
        .with("person", member.name())
        .with("email", address(context, administrator, member));
    let (purpose, name) = match what {
        Glass::Set => ("break_glass.set", "glass-set"),
        Glass::Unset => ("break_glass.unset", "glass-unset"),
        Glass::Used => ("break_glass.used", "glass-used"),
    };
    let url = context.tenant.page(&format!("/members/{}", member.id));
    let body = Body {
        subject: texts.text(&format!("mail-{name}-subject")),
        paragraphs: vec![texts.text(&format!("mail-{name}-text")), texts.text("mail-glass-next")],
        action: Some(Action { label: texts.text("mail-glass-action"), url }),
        closing: texts.text("mail-closing-administrator"),
    };
    seal(context, purpose, administrator, &texts, body)
}

struct Body {
    subject: String,
    paragraphs: Vec<String>,
    action: Option<Action>,
    closing: String,
}

fn seal(context: &Context, purpose: &'static str, to: &Member, texts: &Texts, body: Body) -> Option<Parcel> {
    let letter = Letter {
        to: to.email.clone(),
        to_name: Some(to.name()),
        subject: body.subject,
        greeting: texts.text("mail-greeting"),
        paragraphs: body.paragraphs,
        action: body.action,
        closing: body.closing,
        language: texts.language(),
    };
    match mail::seal(&letter, purpose, &context.master_key, &context.ambient) {
        Ok(parcel) => Some(parcel),
        Err(error) => {
            tracing::warn!(%error, member = %to.id, purpose, "a mail cannot be written");
            None
        }
    }
}
