use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Standing;
use super::plan::{Changes, Plan};
use super::row::Row;
use crate::lifecycle::Step;
use crate::members::{Member, MemberRow, MemberState};

/// What a line changes of somebody, or brings whoever is new; once it is done, what it has changed (PP-05).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Difference {
    /// The state that they come into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<MemberState>,
    /// Keys of roles that they get.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub gives: BTreeSet<String>,
    /// Keys of roles that they lose.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub takes: BTreeSet<String>,
    /// The one provider by which somebody new comes in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Keys of profile fields that are filled in.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub fields: BTreeSet<String>,
    /// Whether they are called otherwise, or have another language.
    #[serde(skip_serializing_if = "is_not")]
    pub details: bool,
    /// Whether the line has another name than they, which they or their provider state: it stays.
    #[serde(skip_serializing_if = "is_not")]
    pub name_stays: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_not(said: &bool) -> bool {
    !*said
}

impl Difference {
    /// What a plan makes of whoever has the line's address.
    pub(super) fn of(row: &Row, target: Option<&MemberRow>, plan: &Plan) -> Self {
        match plan {
            Plan::Add(axes, roles, provider, fields) => Self {
                state: Some(axes.state()),
                gives: roles.iter().cloned().collect(),
                provider: provider.clone(),
                fields: fields.keys().cloned().collect(),
                ..Self::default()
            },
            Plan::Change(changes) => Self { name_stays: stays(row, target, changes), ..Self::from(changes) },
            Plan::Keep => Self { name_stays: stays(row, target, &Changes::default()), ..Self::default() },
            Plan::Wrong(_) => Self::default(),
        }
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What stands with a line. Another version that has come to the line since knows nothing of it: then it is of another standing.
    pub(super) fn read(text: Option<&str>, standing: Option<Standing>) -> Self {
        let kept = text.and_then(|text| serde_json::from_str::<Kept<Self>>(text).ok());
        kept.filter(|kept| Some(kept.of) == standing).map(|kept| kept.difference).unwrap_or_default()
    }

    pub(super) fn write(&self, of: Standing) -> Option<String> {
        (!self.is_nothing()).then(|| serde_json::json!(Kept { of, difference: self }).to_string())
    }
}

/// As it stands with a line.
#[derive(Serialize, Deserialize)]
struct Kept<D> {
    /// What the line came to with it.
    of: Standing,
    difference: D,
}

impl From<&Changes> for Difference {
    fn from(changes: &Changes) -> Self {
        let mut all = Self { details: changes.profile.is_some(), ..Self::default() };
        all.fields = changes.fields.keys().cloned().collect();
        for (_, step) in &changes.deeds {
            match step {
                Step::Move(transition, roles) => {
                    all.state = Some(transition.to.state());
                    all.gives.extend(roles.iter().cloned());
                }
                Step::Roles { give, take } => {
                    all.gives.retain(|key| !take.contains(key));
                    all.gives.extend(give.iter().cloned());
                    all.takes.extend(take.iter().cloned());
                }
                Step::Invite | Step::Withdraw | Step::Switch(_) | Step::Nothing => {}
            }
        }
        all
    }
}

/// Whether the line calls somebody otherwise who states it themselves, or whose provider does.
fn stays(row: &Row, target: Option<&MemberRow>, changes: &Changes) -> bool {
    let is_stated = |member: &&Member| member.subject.is_some() || member.provider.is_some();
    let Some(member) = target.map(|row| &row.member).filter(is_stated) else { return false };
    let (given_name, family_name) = match &changes.profile {
        Some(after) => (&after.given_name, &after.family_name),
        None => (&member.given_name, &member.family_name),
    };
    let other = |said: &Option<String>, is: &str| said.as_ref().is_some_and(|said| !said.is_empty() && said != is);
    other(&row.given_name, given_name) || other(&row.family_name, family_name)
}
