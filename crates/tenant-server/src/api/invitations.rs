use ambient::Timestamp;
use oidc::scope::ROLES_WRITE;
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::invitations::{self, Details, Invitation, InvitationId, Progress, Which};
use tenant::members::{MemberId, by_id};
use uuid::Uuid;

use super::cursor::{After, Cursor};
use super::members::{fit_language, fit_name, time, told};
use super::problem::Problem;
use super::serve::{Call, Reply};

/// The words of the filter.
pub(super) fn progress() -> Vec<&'static str> {
    Progress::ALL.iter().map(|progress| progress.word()).collect()
}

/// What is said of the mail is what is known: that a server took it, never that somebody read it.
fn invitation(it: &Invitation, now: Timestamp) -> Value {
    json!({
        "id": it.id,
        "member": it.member_id,
        "email": it.email,
        "state": it.progress(now),
        "mail": it.status,
        "invited_by": it.inviter(),
        "made_at": time(Some(it.created_at)),
        "taken_at": time(it.taken_at),
        "sent_at": time(it.sent_at),
        "opened_at": time(it.opened_at),
        "expires_at": time(it.expires_at),
        "accepted_at": time(it.accepted_at),
        "ended_at": time(it.ended_at),
        "ended_by": it.ender(),
    })
}

/// GET /invitations: the newest first; all, those of one member, or those that have come so far.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let (after, limit) = (After::read(call.query.cursor())?.map(|after| InvitationId(after.0)), call.query.limit());
    let member = call.query.get("member").and_then(|id| Uuid::parse_str(id).ok()).map(MemberId);
    let state = call.query.get("state").and_then(|word| Progress::ALL.iter().find(|it| it.word() == word));
    let which = match (member, state) {
        (None, None) => Which::All,
        (Some(member), None) => Which::Of(member),
        (None, Some(progress)) => Which::At(*progress),
        (Some(_), Some(_)) => return Err(Problem::invalid("invalid_parameter", "one of member, state")),
    };
    let now = call.app.kit.ambient().now();
    let mut found = invitations::some(&mut call.app.store.read().await?, which, (after, limit + 1), now).await?;
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more).map(|last| After(last.id.0).write());
    let all: Vec<Value> = found.iter().map(|it| invitation(it, now)).collect();
    Ok(Reply::ok(json!({ "invitations": all, "next": next })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectEmail {
    email: String,
}

/// POST /members/{id}/email: whoever has that address gets the roles that wait there.
pub(super) async fn correct_email(call: Call) -> Result<Reply, Problem> {
    call.caller.needs_scope(&[ROLES_WRITE])?;
    let CorrectEmail { email } = call.json()?;
    if !invitations::is_address(&email) {
        return Err(Problem::unfit("email: not an address that can be mailed"));
    }
    let id = MemberId(call.uuid()?);
    let found = by_id(&mut call.app.store.read().await?, id).await?;
    if let Some(member) = found {
        call.app.catalogue_for(&member).await;
    }
    invitations::correct_email(&call.app.store, call.context(), call.caller.id(), id, email).await?;
    told(call, id, true).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectDetails {
    given_name: Option<String>,
    family_name: Option<String>,
    locale: Option<String>,
}

/// POST /members/{id}/details: nobody is mailed.
pub(super) async fn correct_details(call: Call) -> Result<Reply, Problem> {
    let CorrectDetails { given_name, family_name, locale } = call.json()?;
    let id = MemberId(call.uuid()?);
    let member = by_id(&mut call.app.store.read().await?, id).await?.ok_or_else(Problem::not_found)?;
    for name in [&given_name, &family_name].into_iter().flatten() {
        fit_name(name, member.provider.is_some())?;
    }
    if let Some(tag) = &locale {
        fit_language(tag)?;
    }
    call.app.catalogue_for(&member).await;
    let details = Details { given_name, family_name, locale };
    let (store, by) = (&call.app.store, call.caller.id());
    let changed = invitations::correct_details(store, call.context(), by, id, details).await?;
    told(call, id, changed).await
}
