use mail::Letter;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::{InvitationId, InvitationState, OPERATOR, of_member};
use crate::blueprint::permission;
use crate::lifecycle::{Axes, Denied, Refusal, Target, not_above};
use crate::members::{self, Authorization, Lifecycle, Member, MemberId, Newcomer, Profile, columns, proved_address};
use crate::requests::clean_text;
use crate::roles::{self, Acting};
use crate::{Context, providers};

/// The longest personal message, in characters.
const LONGEST_MESSAGE: usize = 500;

/// Somebody to invite, as an administrator typed them.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Names, address, language. Of whoever comes by a provider, it says what they are called.
    pub profile: Profile,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// Words for the mail.
    pub message: String,
    /// Whether the invitation goes out at once (PP-03).
    pub send_now: bool,
}

/// Whether an invitation can be mailed there: one plain address, its local part in ASCII as the identity server asks.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let letter = Letter {
        to: text.to_owned(),
        to_name: None,
        subject: String::new(),
        greeting: String::new(),
        paragraphs: Vec::new(),
        action: None,
        closing: String::new(),
        language: String::new(),
    };
    letter.check().is_ok() && text.split_once('@').is_some_and(|(local, _)| local.is_ascii())
}

/// Makes a member *invited*: a record of what was typed, without subject and link, whether or not somebody has an account
/// with that address (IN-02). Of the roles, each must be one that the inviter may grant.
///
/// # Errors
/// [`Denied`]; [`Denied::AlreadyHere`] names the member with that address.
pub async fn invite(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    mut new: NewInvitation,
) -> Result<MemberId, Denied> {
    new.message = clean_text(&new.message, LONGEST_MESSAGE);
    store
        .write((context, by, new), |mut tx, (context, by, new)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_MANAGE).await?;
                for key in &new.roles {
                    let role = context.tenant.blueprint.role(key).ok_or(Denied::UnknownRole)?;
                    if !roles::may_grant(&acting.rights, role) {
                        return Err(Denied::Forbidden);
                    }
                }
                if let Some(known) = here_already(&mut tx, &new.profile.email).await? {
                    return Err(Denied::AlreadyHere(known));
                }
                let newcomers = providers::for_newcomers(&mut tx, context).await?;
                if let Some(key) = &newcomers.provider {
                    providers::open(context, key).map_err(Denied::Refused)?;
                }
                let known = new.roles.iter().filter_map(|key| context.tenant.blueprint.role(key));
                if known.into_iter().any(|role| !newcomers.may_have(role)) {
                    return Err(Denied::Refused(Refusal::ChosenByLesser));
                }
                create(&mut tx, context, *by, new, newcomers.provider).await
            })
        })
        .await
}

/// Invites whoever is to run a new tenant, in the name of the operator: nobody is there yet whose rights could be asked for.
/// Somebody with that address who is here already stays as they are.
///
/// # Errors
/// [`Denied`].
pub async fn invite_first(store: &TenantStore, context: Context, new: NewInvitation) -> Result<MemberId, Denied> {
    store
        .write((context, new), |mut tx, (context, new)| {
            Box::pin(async move {
                match here_already(&mut tx, &new.profile.email).await? {
                    Some(known) => Ok(known),
                    // They are to get in whatever happens, to set up how others do.
                    None => create(&mut tx, context, OPERATOR, new, None).await,
                }
            })
        })
        .await
}

/// Who granted it, if it was a member.
fn granter(by: MemberId) -> Option<MemberId> {
    (by != OPERATOR).then_some(by)
}

fn actor(by: MemberId) -> audit::Actor {
    granter(by).map_or(audit::Actor::Operator, |by| audit::Actor::Member(by.0))
}

/// Whoever merely states the address, by the word of a provider, is in nobody's way.
pub(super) async fn here_already(tx: &mut TenantTx<'_>, email: &str) -> Result<Option<MemberId>, StoreError> {
    // Ordered by id alone, SQLite would read every member of the tenant instead of the index of addresses.
    let sql = concat!(
        "SELECT m.id FROM member m WHERE m.tenant_id = $1 AND lower(m.email) = lower($2) AND m.lifecycle NOT IN ('deleted', 'purged')
             AND ",
        proved_address!(),
        " ORDER BY m.created_at, m.id LIMIT 1"
    );
    Ok(tx.maybe::<(MemberId,)>(sql, params![email]).await?.map(|(id,)| id))
}

async fn create(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    new: &NewInvitation,
    provider: Option<String>,
) -> Result<MemberId, Denied> {
    let id = MemberId(context.ambient.row_id());
    let detail = serde_json::json!({ "roles": new.roles, "provider": provider });
    let axes = Axes { authorization: Authorization::Invited, locked: false, lifecycle: Lifecycle::Active };
    let (profile, roles) = (new.profile.clone(), new.roles.clone());
    let newcomer = Newcomer { id, profile, axes, roles, provider, kept_by: None };
    members::insert_all(tx, &[newcomer], context.now).await?;
    for role in &new.roles {
        roles::grant(tx, context, id, role, granter(by)).await?;
    }
    let entry = context.audit(actor(by), "member.invited").on("member", id).detail(detail).personal(
        "email",
        new.profile.email.as_str(),
        &context.ambient,
    );
    audit::record(tx, &entry).await?;
    if new.send_now {
        put_on_its_way(tx, context, by, (id, &new.profile.email), &new.message).await?;
    }
    Ok(id)
}

/// Sends the invitation of someone who is merely invited, for the first time or once more: the link of the one before does
/// not work any longer.
pub(crate) async fn resend(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    member: &Member,
) -> Result<Member, Denied> {
    let member = hold(tx, context, member).await?;
    let message = of_member(tx, member.id).await?.into_iter().next().map(|last| last.message);
    put_on_its_way(tx, context, by, (member.id, &member.email), &message.unwrap_or_default()).await?;
    Ok(member)
}

/// Takes the invitation back: its link does not work any longer.
///
/// # Errors
/// [`Denied`]; [`Refusal::AlreadySo`]: none is open.
pub(crate) async fn take_back(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    member: &Member,
) -> Result<Member, Denied> {
    let member = hold(tx, context, member).await?;
    if end_open(tx, context, by, member.id, InvitationState::Withdrawn).await? == 0 {
        return Err(Denied::Refused(Refusal::AlreadySo));
    }
    let entry = context.audit(audit::Actor::Member(by.0), "member.invitation_withdrawn");
    audit::record(tx, &entry.on("member", member.id)).await?;
    Ok(member)
}

/// The actor with the rights of this moment, and the member, if they are still merely invited: the statement that says so
/// holds the row until the transaction ends, so that nobody comes in between.
pub(super) async fn merely_invited(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    id: MemberId,
) -> Result<(Acting, Member), Denied> {
    let acting = roles::acting(tx, context, by, permission::MEMBERS_MANAGE).await?;
    let sql = columns!("WHERE m.tenant_id = $1 AND m.id = $2");
    let member: Member = tx.maybe(sql, params![id]).await?.ok_or(Denied::NotFound)?;
    let held = roles::of_member(tx, id).await?;
    let target = Target { member: &member, roles: &held, follows: &[] };
    not_above(context, &acting, target).map_err(Denied::Refused)?;
    if member.kept_by.is_some() {
        return Err(Denied::Refused(Refusal::KeptElsewhere));
    }
    let member = hold(tx, context, &member).await?;
    Ok((acting, member))
}

/// Holds a row of someone merely invited until the transaction ends, so that nobody comes in between; it has another version from then on,
/// so that whoever takes an earlier deed back sees that the invitation is not theirs any more.
async fn hold(tx: &mut TenantTx<'_>, context: &Context, member: &Member) -> Result<Member, Denied> {
    let held = tx
        .execute(
            "UPDATE member SET changed_at = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $4
                 AND subject IS NULL AND authorization_state = 'invited' AND lifecycle = 'active' AND NOT locked",
            params![member.id, context.now, member.version],
        )
        .await?;
    if held == 1 {
        return Ok(Member { version: member.version + 1, changed_at: context.now, ..member.clone() });
    }
    let is_invited = member.subject.is_none() && member.authorization == Authorization::Invited;
    if is_invited && member.lifecycle == Lifecycle::Active && !member.locked {
        // Whoever read them was overtaken.
        return Err(Denied::ChangedSince);
    }
    Err(Denied::Refused(match (member.lifecycle, member.locked) {
        (Lifecycle::Active, true) => Refusal::Locked,
        (Lifecycle::Active, false) => Refusal::NotInvited,
        (Lifecycle::Suspended, _) => Refusal::Suspended,
        (Lifecycle::Deleted, _) => Refusal::Deleted,
        (Lifecycle::Purged, _) => Refusal::Purged,
    }))
}

pub(super) async fn put_on_its_way(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    (member, email): (MemberId, &str),
    message: &str,
) -> Result<(), StoreError> {
    end_open(tx, context, by, member, InvitationState::Replaced).await?;
    let id = InvitationId(context.ambient.row_id());
    tx.execute(
        "INSERT INTO invitation (tenant_id, id, member_id, invited_by, state, email, message, created_at, revision,
             attempts, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, $8)",
        params![id, member, by, InvitationState::Open, email, message, context.now],
    )
    .await?;
    let entry = context.audit(actor(by), "member.invitation_queued").on("member", member);
    audit::record(tx, &entry.detail(serde_json::json!({ "invitation": id }))).await
}

/// Withdraws what is open of a member who is deleted.
pub(crate) async fn end_with_member(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: MemberId,
    by: Option<MemberId>,
) -> Result<(), StoreError> {
    end_open(tx, context, by.unwrap_or(OPERATOR), member, InvitationState::Withdrawn).await?;
    Ok(())
}

/// Ends what is open of a member's; the identity server will be told.
async fn end_open(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    member: MemberId,
    state: InvitationState,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE invitation SET state = $3, ended_at = $4, ended_by = $5, revision = revision + 1, attempts = 0, due_at = $4
         WHERE tenant_id = $1 AND member_id = $2 AND state = 'open'",
        params![member, state, context.now, by],
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn web_14_one_plain_address_can_be_invited() {
        for good in ["mina@hollis.studio", "a.b+c@sub.example", "a@müller.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "mina", "a@b\r\nBcc: c@d.example", "a@b.example,c@d.example", "Mina <a@b.example>", "jürgen@b.example"]
        {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}
