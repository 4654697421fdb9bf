use std::sync::LazyLock;

use ambient::Timestamp;
use mail::Parcel;
use store::{ManyRows, StoreError, TenantTx, Value, params};

use super::change::{entry, next};
use super::{By, Change, Deed, Effect, Step};
use crate::members::{Member, MemberId, MemberRow};
use crate::roles::{self, Rights};
use crate::{Context, groups, invitations, mails, providers, snapshots};

/// What becomes of many members by one person's deeds, as rows: all of it is made before the write door, so that the door is held
/// for the statements alone. What [`carry_out`](super::carry_out) does for one member after the other, but for what has to look
/// around first ([`Many::takes`]).
#[derive(Debug, Default)]
pub(crate) struct Many {
    moves: Vec<Vec<Value>>,
    roled: Vec<Vec<Value>>,
    switched: Vec<Vec<Value>>,
    gives: Vec<(MemberId, String)>,
    takes: Vec<(MemberId, String)>,
    leaving: Vec<MemberId>,
    leave_groups: Vec<MemberId>,
    entries: Vec<audit::Entry>,
    snapshots: Vec<Vec<Value>>,
    mails: Vec<Parcel>,
}

/// A row's version is what its change was decided on: whoever was changed since is not found.
static MOVES: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member SET authorization_state = v.column3, locked = v.column4, lifecycle = v.column5,
             decided_at = v.column6, decided_by = v.column7, decision_reason = v.column8, deleted_at = v.column9,
             deleted_by = v.column10, deletion_asked_at = v.column11, shut_out_at = v.column12, changed_at = $2,
             epoch = epoch + 1, version = version + 1
         FROM (VALUES ";
    ManyRows::new(before, "", 1, 12, FOUND)
});
static ROLED: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member SET changed_at = $2, version = version + 1 FROM (VALUES ";
    ManyRows::new(before, "", 1, 2, FOUND)
});
static SWITCHED: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member SET provider = v.column3, compromised = v.column4, preset_subject = v.column5,
             compromised_version = CASE WHEN v.column4 THEN version + 1 ELSE compromised_version END,
             switched_version = version + 1, switched_at = $2, switch_told_at = NULL, changed_at = $2, epoch = epoch + 1,
             version = version + 1
         FROM (VALUES ";
    ManyRows::new(before, "", 1, 6, AND_NOT_COME)
});
const FOUND: &str = ") AS v WHERE member.tenant_id = $1 AND member.id = v.column1 AND member.version = v.column2";
/// A sign-in raises no version: whoever has come by their one provider since is not found either, where it is taken from them.
const AND_NOT_COME: &str = ") AS v WHERE member.tenant_id = $1 AND member.id = v.column1 AND member.version = v.column2
    AND (member.provider IS NULL OR COALESCE(member.last_sign_in, 0) = v.column6)";

impl Many {
    /// Whether this step of this member can be done with others': nothing has to be asked for it but what is known of them.
    pub(crate) fn takes(context: &Context, row: &MemberRow, deed: &Deed, step: &Step) -> bool {
        let plain = match step {
            Step::Roles { .. } | Step::Switch(_) => true,
            Step::Move(step, _) => {
                step.effects.iter().all(|effect| matches!(effect, Effect::Mail(_) | Effect::EndInvitations))
            }
            Step::Invite | Step::Withdraw | Step::Nothing => false,
        };
        // Whether another one is left for the day when providers fail.
        let alone = row.member.break_glass && *deed == Deed::Delete;
        let runs = || roles::runs_tenant(&Rights::of_roles(&context.tenant.blueprint, &row.roles()));
        plain && !alone && !(deed.may_unseat() && runs())
    }

    /// Adds what [`Many::takes`] has taken; answers with the member's version after it. `mail` words the mail about it.
    pub(crate) fn add(
        &mut self,
        context: &Context,
        by: MemberId,
        row: &MemberRow,
        (deed, step): (&Deed, Step),
        mail: impl FnOnce() -> Option<Parcel>,
    ) -> i64 {
        match step {
            Step::Move(step, roles) => {
                let reason = if let Deed::Reject { reason } = deed { Some(reason.as_str()) } else { None };
                let roles = roles.iter().map(String::as_str).collect();
                let change = Change { member: &row.member, step, by: By::Member(by), reason, roles, mail: None };
                if step.effects.iter().any(|effect| matches!(effect, Effect::Mail(_))) {
                    self.mails.extend(mail());
                }
                self.move_one(context, row, &change)
            }
            Step::Roles { give, take } => {
                let id = row.member.id;
                self.roled.push(params![id, row.member.version]);
                self.entries.push(roles::entry(context, by, id, &give, &take));
                let (mut held, by_group) = (row.roles(), row.by_group());
                held.retain(|role| !take.contains(role) || by_group.contains(role));
                held.extend(give.iter().filter(|role| !by_group.contains(*role)).cloned());
                self.gives.extend(give.into_iter().map(|role| (id, role)));
                self.takes.extend(take.into_iter().map(|role| (id, role)));
                let after = Member { version: row.member.version + 1, ..row.member.clone() };
                self.tell(context, &after, held)
            }
            Step::Switch(switch) => {
                let (id, version) = (row.member.id, row.member.version);
                let after = providers::switched(context, &row.member, &switch);
                self.entries.push(providers::entry(context, by, id, &switch));
                let came = row.member.last_sign_in.map_or(0, Timestamp::as_micros);
                self.switched.push(params![id, version, switch.to, switch.compromised, switch.preset, came]);
                if providers::is_told(&after) {
                    self.mails.extend(mail());
                }
                self.leave_groups.push(id);
                self.tell(context, &after, row.by_hand())
            }
            Step::Invite | Step::Withdraw | Step::Nothing => row.member.version,
        }
    }

    fn move_one(&mut self, context: &Context, row: &MemberRow, change: &Change<'_>) -> i64 {
        let mut after = next(change, context);
        self.moves.push(params![
            after.id,
            after.version,
            after.authorization,
            after.locked,
            after.lifecycle,
            after.decided_at,
            after.decided_by,
            after.decision_reason,
            after.deleted_at,
            after.deleted_by,
            after.deletion_asked_at,
            after.shut_out_at,
        ]);
        self.entries.push(entry(context, change));
        if change.step.effects.contains(&Effect::EndInvitations) {
            self.leaving.push(after.id);
        }
        let (mut held, by_hand, by_group) = (row.roles(), row.by_hand(), row.by_group());
        let new: Vec<String> =
            change.roles.iter().copied().map(str::to_owned).filter(|role| !by_hand.contains(role)).collect();
        self.gives.extend(new.iter().map(|role| (after.id, role.clone())));
        held.extend(new.into_iter().filter(|role| !by_group.contains(role)));
        after.version += 1;
        self.tell(context, &after, held)
    }

    fn tell(&mut self, context: &Context, after: &Member, mut held: Vec<String>) -> i64 {
        held.sort();
        self.snapshots.extend(snapshots::row(context, after, &held));
        after.version
    }

    /// Writes all of it. False: somebody was changed since; what was written has to be rolled back.
    pub(crate) async fn write(
        &self,
        tx: &mut TenantTx<'_>,
        context: &Context,
        by: MemberId,
    ) -> Result<bool, StoreError> {
        let shared = params![context.now];
        let found = tx.execute_many(&MOVES, &shared, &self.moves).await?
            + tx.execute_many(&ROLED, &shared, &self.roled).await?
            + tx.execute_many(&SWITCHED, &shared, &self.switched).await?;
        if usize::try_from(found) != Ok(self.moves.len() + self.roled.len() + self.switched.len()) {
            return Ok(false);
        }
        groups::end(tx, &self.leave_groups).await?;
        invitations::tell_again(tx, context, &self.leave_groups).await?;
        roles::grant_all(tx, context, &self.gives, by).await?;
        roles::take_all(tx, &self.takes).await?;
        invitations::end_with_all(tx, context, &self.leaving, by).await?;
        audit::record_all(tx, &self.entries).await?;
        snapshots::write_all(tx, &self.snapshots).await?;
        mails::tell(tx, context, &self.mails).await?;
        Ok(true)
    }
}
