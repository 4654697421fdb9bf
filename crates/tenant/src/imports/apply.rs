use std::collections::BTreeSet;

use store::{StoreError, TenantTx};

use super::lines::{Staged, target};
use super::plan::{Changes, Plan, plan};
use super::{Fault, Import};
use crate::Context;
use crate::lifecycle::{self, Denied, Many, Refusal, carry_out, unseats_the_last};
use crate::members::{self, MemberId, MemberRow, Newcomer, Profile};
use crate::roles::Acting;

/// What became of a line.
pub(super) enum Done {
    /// Somebody is to be made of it, with others of its chunk.
    New(Newcomer),
    /// It was done to the one whom it is about.
    Changed,
    /// It was so already.
    Unchanged,
    /// Nothing was done.
    Wrong(Fault),
}

/// What lines change with few statements, together with others of their chunk.
#[derive(Default)]
pub(super) struct Together {
    many: Many,
    /// Whom lines of this chunk have changed.
    members: BTreeSet<MemberId>,
}

impl Together {
    pub(super) async fn write(
        &mut self,
        tx: &mut TenantTx<'_>,
        context: &Context,
        by: MemberId,
    ) -> Result<(), StoreError> {
        // They were read in this transaction: they are as they were.
        if std::mem::take(&mut self.many).write(tx, context, by).await? {
            return Ok(());
        }
        Err(StoreError::RolledBack("a member of an import was changed meanwhile".to_owned()))
    }
}

/// One line, inside the transaction that does it: judged here, whatever was judged before.
pub(super) async fn line(
    tx: &mut TenantTx<'_>,
    context: &Context,
    (import, acting): (&Import, Option<&Acting>),
    together: &mut Together,
    line: &Staged,
    known: &[MemberRow],
) -> Result<Done, StoreError> {
    let row = match line.row() {
        Ok(row) => row,
        Err(fault) => return Ok(Done::Wrong(fault)),
    };
    match plan(context, acting, &row, known) {
        Plan::Wrong(fault) => Ok(Done::Wrong(fault)),
        Plan::Keep => Ok(Done::Unchanged),
        Plan::Add(axes, roles) => {
            let text = |said: &Option<String>| said.clone().unwrap_or_default();
            let names = (text(&row.given_name), text(&row.family_name), text(&row.locale));
            let profile = Profile::new(&names.0, &names.1, &row.email, &names.2, None);
            let id = MemberId(context.ambient.row_id());
            Ok(Done::New(Newcomer { id, profile, axes, roles, provider: row.provider }))
        }
        Plan::Change(changes) => match target(known) {
            Some(row) => change(tx, context, import.made_by, together, row, changes).await,
            None => Ok(Done::Wrong(Refusal::Purged.into())),
        },
    }
}

/// Everything that a line changes of a member, or nothing.
async fn change(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    together: &mut Together,
    row: &MemberRow,
    changes: Changes,
) -> Result<Done, StoreError> {
    let (id, held) = (row.member.id, row.roles());
    let first = together.members.insert(id);
    if let ([(deed, step)], None) = (&*changes.deeds, &changes.profile)
        && first
        && id != by
        && Many::takes(context, row, deed, step)
    {
        together.many.add(context, by, row, (deed, step.clone()), || None);
        return Ok(Done::Changed);
    }
    // Everything before it is done first: it may be about the same member, or about the actor.
    together.write(tx, context, by).await?;
    for (deed, step) in &changes.deeds {
        if deed.may_unseat() && unseats_the_last(tx, context, &row.member, &held, step).await? {
            return Ok(Done::Wrong(Refusal::LastAdministrator.into()));
        }
    }
    let mut member = row.member.clone();
    for (deed, step) in changes.deeds {
        // No mail: an import tells nobody anything.
        match carry_out(tx, context, by, (member.clone(), &held), &deed, step, None).await {
            Ok(lifecycle::Done::Changed(after)) => member = *after,
            Ok(lifecycle::Done::Unchanged) => {}
            Err(Denied::Store(error)) => return Err(error),
            // It was judged in this transaction; what was done of it before must not stay alone.
            Err(denied) => return Err(StoreError::RolledBack(denied.to_string())),
        }
    }
    if let Some(profile) = &changes.profile {
        members::update_profile(tx, id, profile, context.now).await?;
        let entry = context.audit(audit::Actor::Member(by.0), "member.details_imported").on("member", id);
        audit::record(tx, &entry).await?;
    }
    Ok(Done::Changed)
}
