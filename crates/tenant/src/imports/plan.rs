use std::collections::BTreeSet;

use super::profiles::Profiles;
use super::row::Row;
use super::{Column, Fault, Reopening, Standing, Trouble};
use crate::Context;
use crate::fields::Values;
use crate::lifecycle::{Axes, Deed, Event, HowRoles, Refusal, Step, Target, judge, transition};
use crate::members::{Authorization, Lifecycle, Member, MemberRow, MemberState, Profile};
use crate::providers::{Newcomers, open};
use crate::roles::{Acting, Rights, may_grant};

/// How many changes of state lead from any one to any other, at most.
const MOST_MOVES: usize = 4;

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    /// Somebody new, who stands so and has these roles, this one provider and these profile fields.
    Add(Axes, Vec<String>, Option<String>, Values),
    /// A member becomes what the line says.
    Change(Changes),
    /// It is so already.
    Keep,
    /// Nothing is done.
    Wrong(Fault),
}

/// What leads from a member as they are to what a line says: all of it, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// In this order, each as it was judged after those before it.
    pub deeds: Vec<(Deed, Step)>,
    /// Of somebody who has not come yet. Whoever has come states it themselves, at each sign-in.
    pub profile: Option<Profile>,
    /// Profile fields.
    pub fields: Values,
    /// The way back in that is not opened, and stays as it is with whatever it would have brought.
    pub left: Option<Reopening>,
}

impl Changes {
    /// What the line comes to with them, and what there is to know of it.
    pub(super) fn standing(&self) -> (Standing, Option<Fault>) {
        if let Some(reopening) = self.reopening() {
            return (Standing::Reopened, Some(reopening.into()));
        }
        let is_nothing = *self == Self { left: self.left, ..Self::default() };
        (if is_nothing { Standing::Unchanged } else { Standing::Changed }, self.left.map(Fault::from))
    }

    fn reopening(&self) -> Option<Reopening> {
        self.deeds.iter().find_map(|(deed, _)| Reopening::of(deed))
    }
}

/// What lines are judged by.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub context: &'a Context,
    /// Whoever gives the word; none, if they may not (any more).
    pub acting: Option<&'a Acting>,
    pub profiles: &'a Profiles,
    /// Whether they let those back in who are shut out.
    pub reopens: bool,
    /// The one provider that new members are for (TP-04).
    pub newcomers: Option<&'a Newcomers>,
}

/// What a line comes to, with those who have its address.
pub(super) fn plan(ground: &Ground<'_>, row: &Row, known: &[MemberRow]) -> Plan {
    let planned = match ground.acting {
        Some(acting) => decide(ground, acting, row, known),
        None => Err(Trouble::NotAllowed.into()),
    };
    planned.unwrap_or_else(Plan::Wrong)
}

fn decide(ground: &Ground<'_>, acting: &Acting, row: &Row, known: &[MemberRow]) -> Result<Plan, Fault> {
    let is_deleted = |row: &&MemberRow| row.member.lifecycle == Lifecycle::Deleted;
    let mut deleted = known.iter().filter(is_deleted);
    let mut here = known.iter().filter(|row| !is_deleted(row));
    if row.state == Some(MemberState::Deleted) {
        // Whoever wants somebody gone does that on purpose, in the list.
        let fault = || Fault::in_column(Trouble::DeletesNobody, Column::State);
        return if deleted.next().is_some() { Ok(Plan::Keep) } else { Err(fault()) };
    }
    match (here.next(), here.next()) {
        (Some(_), Some(_)) => Err(Fault::in_column(Trouble::Ambiguous, Column::Email)),
        (Some(member), None) => found(ground, acting, row, member),
        (None, _) => match deleted.next_back() {
            Some(member) => found(ground, acting, row, member),
            None => add(ground, acting, row),
        },
    }
}

/// Somebody who has not come yet is invited, and may be locked or deactivated. Whoever is in elsewhere is in here once they have
/// come: an account is bound by whoever has it, never by an address (DESIGN §4.1).
fn add(ground: &Ground<'_>, acting: &Acting, row: &Row) -> Result<Plan, Fault> {
    let context = ground.context;
    let start = Axes { authorization: Authorization::Invited, locked: false, lifecycle: Lifecycle::Active };
    let events: &[Event<'_>] = match row.state {
        None | Some(MemberState::Invited | MemberState::Active) => &[],
        Some(MemberState::Locked) => &[Event::Lock],
        // The worst axis gives the word (`MemberState`).
        Some(MemberState::Suspended) if row.locked => &[Event::Lock, Event::Suspend],
        Some(MemberState::Suspended) => &[Event::Suspend],
        Some(MemberState::ToReview | MemberState::Rejected | MemberState::Deleted) => {
            return Err(Fault::in_column(Trouble::NeedsAccount, Column::State));
        }
    };
    let refused = |refusal| Fault::in_column(Fault::from(refusal), Column::State);
    let rules = &context.tenant.blueprint.lifecycle;
    let step = |axes, event: &Event<'_>| transition(axes, *event, rules).map(|step| step.to).map_err(refused);
    let axes = events.iter().try_fold(start, step)?;
    let roles: Vec<String> = row.roles.iter().flatten().cloned().collect();
    let fits = |key: &String| context.tenant.blueprint.role(key).is_some_and(|role| may_grant(&acting.rights, role));
    if let Some(key) = roles.iter().find(|key| !fits(key)) {
        return Err(Fault::in_column(Fault::from(Refusal::OutOfReach), Column::Roles).about(key));
    }
    // A provider that the file names is its importer's choice, whose rights cover the roles.
    if let Some(newcomers) = ground.newcomers.filter(|_| row.provider.is_none()) {
        let known = |key: &&String| context.tenant.blueprint.role(key).is_some_and(|role| !newcomers.may_have(role));
        if let Some(key) = roles.iter().find(known) {
            return Err(Fault::in_column(Fault::from(Refusal::ChosenByLesser), Column::Roles).about(key));
        }
    }
    // What the line says counts before what the tenant says of everybody.
    let provider = row.provider.as_deref().or(ground.newcomers.and_then(|it| it.provider.as_deref()));
    if let Some(key) = provider {
        // As page and API: nobody is brought to a door that is shut.
        open(context, key).map_err(|refusal| Fault::in_column(refusal, Column::Provider).about(key))?;
    }
    let fields = ground.profiles.of_newcomer(context, provider, &row.fields)?;
    Ok(Plan::Add(axes, roles, provider.map(str::to_owned), fields))
}

/// Whom a line finds by their address. Whoever merely states it, by the word of a provider, may be anybody: nothing is done to them
/// by it (DESIGN §4.1).
fn found(ground: &Ground<'_>, acting: &Acting, row: &Row, known: &MemberRow) -> Result<Plan, Fault> {
    let planned = change(ground, acting, row, known);
    if known.member.stated_by.is_none() || matches!(planned, Ok(Plan::Keep)) {
        return planned;
    }
    Err(Fault::in_column(Trouble::AddressNotProved, Column::Email))
}

fn change(ground: &Ground<'_>, acting: &Acting, row: &Row, known: &MemberRow) -> Result<Plan, Fault> {
    let (context, held) = (ground.context, known.roles());
    if row.provider.as_ref().is_some_and(|provider| known.member.provider.as_ref() != Some(provider)) {
        return Err(Fault::in_column(Trouble::ProviderStays, Column::Provider));
    }
    // A file releases nobody, and takes nobody out of the hands of those who keep them here.
    if row.kept_by.is_some() && row.kept_by != known.member.kept_by {
        return Err(Fault::in_column(Trouble::KeeperStays, Column::KeptBy));
    }
    if row.state == Some(MemberState::Invited) && known.member.state() == MemberState::Active {
        // Who is in needs no invitation, and what was to come with it is not for them.
        return Ok(Plan::Keep);
    }
    let mut changes = Changes::default();
    let mut member = moved(context, acting, row.state, known, &mut changes.deeds)?;
    if !ground.reopens && changes.reopening().is_some() {
        changes.left = changes.reopening();
        changes.deeds.clear();
        if known.member.lifecycle == Lifecycle::Deleted {
            // Of whoever stays away, nothing else is changed.
            return Ok(Plan::Change(changes));
        }
        member = known.member.clone();
    }
    if let Some(roles) = row.roles.as_ref().filter(|roles| **roles != held.iter().cloned().collect::<BTreeSet<_>>()) {
        let deed = Deed::Roles { how: HowRoles::Set, roles: roles.clone() };
        match judged(context, acting, (&member, known), &deed, Column::Roles)? {
            Step::Nothing => {}
            step => changes.deeds.push((deed, step)),
        }
    }
    changes.fields = ground.profiles.changes(context, acting, (&member, known), &row.fields)?;
    changes.profile = profile(context, acting, row, known)?;
    if changes == Changes::default() { Ok(Plan::Keep) } else { Ok(Plan::Change(changes)) }
}

/// The member in the state that a line names, and the deeds that lead there.
fn moved(
    context: &Context,
    acting: &Acting,
    wanted: Option<MemberState>,
    known: &MemberRow,
    deeds: &mut Vec<(Deed, Step)>,
) -> Result<Member, Fault> {
    let mut member = known.member.clone();
    while let Some(deed) = move_towards(wanted, &member)? {
        let step = judged(context, acting, (&member, known), &deed, Column::State)?;
        let Step::Move(transition, _) = &step else { break };
        (member.authorization, member.locked, member.lifecycle) =
            (transition.to.authorization, transition.to.locked, transition.to.lifecycle);
        deeds.push((deed, step));
        if deeds.len() > MOST_MOVES {
            return Err(Fault::in_column(Trouble::StateStays, Column::State));
        }
    }
    Ok(member)
}

/// The next deed on the way to the state that a line names; none, if it is so already.
fn move_towards(wanted: Option<MemberState>, member: &Member) -> Result<Option<Deed>, Fault> {
    let Some(wanted) = wanted.filter(|wanted| *wanted != member.state()) else { return Ok(None) };
    let stays = || Fault::in_column(Trouble::StateStays, Column::State);
    match wanted {
        MemberState::ToReview | MemberState::Rejected | MemberState::Deleted => Err(stays()),
        _ if member.lifecycle == Lifecycle::Deleted => Ok(Some(Deed::Reactivate)),
        MemberState::Suspended => Ok(Some(Deed::Suspend)),
        _ if member.lifecycle == Lifecycle::Suspended => Ok(Some(Deed::Resume)),
        MemberState::Locked => Ok(Some(Deed::Lock)),
        // Invited or active: they are to be in, as soon as they come.
        _ if member.authorization == Authorization::UserDeletion => Ok(Some(Deed::Keep)),
        _ if member.locked => Ok(Some(Deed::Unlock)),
        _ => match member.authorization {
            Authorization::ToReview => Ok(Some(Deed::Approve { roles: BTreeSet::new() })),
            Authorization::Rejected => Err(stays()),
            Authorization::Invited | Authorization::Reviewed | Authorization::UserDeletion => Ok(None),
        },
    }
}

fn judged(
    context: &Context,
    acting: &Acting,
    (member, known): (&Member, &MemberRow),
    deed: &Deed,
    column: Column,
) -> Result<Step, Fault> {
    if !acting.rights.has(deed.permission()) {
        return Err(Fault::in_column(Trouble::NotAllowed, column));
    }
    let target = Target { member, roles: &known.roles(), follows: &known.follows() };
    judge(context, acting, target, deed).map_err(|refusal| Fault::in_column(refusal, column))
}

/// The names and the language of somebody who has not come yet, if the line has others.
fn profile(context: &Context, acting: &Acting, row: &Row, known: &MemberRow) -> Result<Option<Profile>, Fault> {
    let member = &known.member;
    if member.subject.is_some() || member.authorization != Authorization::Invited {
        return Ok(None);
    }
    // What their provider states is stated there (PP-07).
    let or = |field: &str, said: &Option<String>, had: &str| {
        said.clone().filter(|_| context.providers.owner_of(member, field).is_none()).unwrap_or_else(|| had.to_owned())
    };
    let told = Profile::new(
        &or("given_name", &row.given_name, &member.given_name),
        &or("family_name", &row.family_name, &member.family_name),
        &member.email,
        &or("locale", &row.locale, &member.locale),
        member.picture.as_deref(),
    );
    let same = (&told.given_name, &told.family_name, &told.locale)
        == (&member.given_name, &member.family_name, &member.locale);
    if same {
        return Ok(None);
    }
    if member.kept_by.is_some() {
        return Err(Refusal::KeptElsewhere.into());
    }
    if !acting.rights.cover(&Rights::of_roles(&context.tenant.blueprint, &known.roles())) {
        return Err(Refusal::Superior.into());
    }
    Ok(Some(told))
}

#[cfg(test)]
mod tests;
