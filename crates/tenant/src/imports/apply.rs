use std::collections::BTreeSet;

use store::{StoreError, TenantRead, TenantTx};

use super::lines::{Staged, target};
use super::plan::{Changes, Ground, Plan, plan};
use super::{Difference, Fault, Standing};
use crate::Context;
use crate::fields::{self, Values};
use crate::invitations;
use crate::lifecycle::{self, Deed, Denied, Many, Refusal, Step, Target, carry_out, unseats};
use crate::members::{self, MemberId, MemberRow, Newcomer, Profile};

/// What became of a line.
pub(super) enum Done {
    /// Somebody is to be made of it, with others of its chunk, and has these profile fields.
    New(Newcomer, Values, Difference),
    /// What it came to for whoever is here, what there is to know of it, and what was changed.
    Here(Standing, Option<Fault>, Difference),
}

impl From<Fault> for Done {
    fn from(fault: Fault) -> Self {
        Self::Here(Standing::Wrong, Some(fault), Difference::default())
    }
}

/// What lines change with few statements, together with others of their chunk.
#[derive(Default)]
pub(super) struct Together {
    many: Many,
    fields: fields::Many,
    /// Whom lines of this chunk have changed.
    members: BTreeSet<MemberId>,
}

impl Together {
    fn fill_in(&mut self, context: &Context, by: MemberId, row: &MemberRow, fields: &Values) {
        if !fields.is_empty() {
            self.fields.add(context, by, &row.member, fields);
        }
    }

    pub(super) async fn write(
        &mut self,
        tx: &mut TenantTx<'_>,
        context: &Context,
        by: MemberId,
    ) -> Result<(), StoreError> {
        // They were read in this transaction: they are as they were. Fields are found by the version that a deed raises.
        let fields = std::mem::take(&mut self.fields).write(tx, context).await?;
        if fields && std::mem::take(&mut self.many).write(tx, context, by).await? {
            return Ok(());
        }
        Err(StoreError::RolledBack("a member of an import was changed meanwhile".to_owned()))
    }
}

/// One line, inside the transaction that does it: judged here, whatever was judged before.
pub(super) async fn line(
    tx: &mut TenantTx<'_>,
    ground: &Ground<'_>,
    by: MemberId,
    together: &mut Together,
    line: &Staged,
    known: &[MemberRow],
) -> Result<Done, StoreError> {
    let context = ground.context;
    let row = match line.row() {
        Ok(row) => row,
        Err(fault) => return Ok(fault.into()),
    };
    let plan = plan(ground, &row, known);
    let difference = Difference::of(&row, target(known), &plan);
    match plan {
        Plan::Wrong(fault) => Ok(fault.into()),
        Plan::Keep => Ok(Done::Here(Standing::Unchanged, None, difference)),
        Plan::Add(axes, roles, provider, fields) => {
            let text = |said: &Option<String>| said.clone().unwrap_or_default();
            let names = (text(&row.given_name), text(&row.family_name), text(&row.locale));
            let profile = Profile::new(&names.0, &names.1, &row.email, &names.2, None);
            let id = MemberId(context.ambient.row_id());
            Ok(Done::New(Newcomer { id, profile, axes, roles, provider, kept_by: row.kept_by }, fields, difference))
        }
        Plan::Change(changes) => match target(known) {
            Some(row) => Ok(match change(tx, context, by, together, row, changes).await? {
                Ok((standing, note)) => Done::Here(standing, note, difference),
                Err(refusal) => Fault::from(refusal).into(),
            }),
            None => Ok(Fault::from(Refusal::Purged).into()),
        },
    }
}

/// Why somebody who runs the tenant is to go on doing so, if a line would end that.
pub(super) async fn is_missed(
    read: &mut impl TenantRead,
    context: &Context,
    row: &MemberRow,
    changes: &Changes,
) -> Result<Option<Refusal>, StoreError> {
    let (roles, follows) = (row.roles(), row.follows());
    let target = Target { member: &row.member, roles: &roles, follows: &follows };
    let unseats = |(deed, step): &(Deed, Step)| deed.may_unseat() && unseats(&context.tenant.blueprint, target, step);
    if changes.deeds.iter().any(unseats) { lifecycle::is_missed(read, context, row.member.id).await } else { Ok(None) }
}

/// Everything that a line changes of a member, or nothing: then why.
async fn change(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    together: &mut Together,
    row: &MemberRow,
    changes: Changes,
) -> Result<Result<(Standing, Option<Fault>), Refusal>, StoreError> {
    let (standing, note) = changes.standing();
    let (id, held) = (row.member.id, row.roles());
    let first = together.members.insert(id);
    let few = match (&*changes.deeds, &changes.profile) {
        ([], None) => first,
        ([(deed, step)], None) => first && id != by && Many::takes(context, row, deed, step),
        _ => false,
    };
    if few {
        together.fill_in(context, by, row, &changes.fields);
        if let [(deed, step)] = &*changes.deeds {
            together.many.add(context, by, row, (deed, step.clone()), || None);
        }
        return Ok(Ok((standing, note)));
    }
    // Everything before it is done first: it may be about the same member, or about the actor.
    together.write(tx, context, by).await?;
    let follows = row.follows();
    if let Some(refusal) = is_missed(tx, context, row, &changes).await? {
        return Ok(Err(refusal));
    }
    together.fill_in(context, by, row, &changes.fields);
    together.write(tx, context, by).await?;
    let mut member = row.member.clone();
    for (deed, step) in changes.deeds {
        // No mail: an import tells nobody anything.
        match carry_out(tx, context, by, (member.clone(), &held, &follows), &deed, step, None).await {
            Ok(lifecycle::Done::Changed(after)) => member = *after,
            Ok(lifecycle::Done::Unchanged) => {}
            Err(Denied::Store(error)) => return Err(error),
            // It was judged in this transaction; what was done of it before must not stay alone.
            Err(denied) => return Err(StoreError::RolledBack(denied.to_string())),
        }
    }
    if let Some(profile) = &changes.profile {
        members::update_profile(tx, id, profile, context.now).await?;
        invitations::tell_again(tx, context, &[id]).await?;
        let entry = context.audit(audit::Actor::Member(by.0), "member.details_imported").on("member", id);
        audit::record(tx, &entry).await?;
    }
    Ok(Ok((standing, note)))
}
