use std::collections::BTreeMap;

use store::{StoreError, TenantRead};

use super::lines::{Staged, target};
use super::{Column, Fault, Trouble};
use crate::Context;
use crate::fields::{self, Field, Values, Wrong, check};
use crate::lifecycle::Target;
use crate::members::{Member, MemberId, MemberRow};
use crate::roles::Acting;

/// The tenant's profile fields, and what stands in them of those whom a stretch of lines is about.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    pub fields: Vec<Field>,
    pub values: BTreeMap<MemberId, Values>,
}

impl Profiles {
    /// Read for a stretch of lines; nothing is, if none of them says anything about fields.
    pub(super) async fn of(
        read: &mut impl TenantRead,
        context: &Context,
        staged: &[Staged],
        known: &BTreeMap<i64, Vec<MemberRow>>,
    ) -> Result<Self, StoreError> {
        let told: Vec<&Staged> = staged.iter().filter(|line| line.tells_of_fields()).collect();
        if told.is_empty() {
            return Ok(Self::default());
        }
        let about = told.iter().filter_map(|line| target(known.get(&line.line)?));
        let members: Vec<MemberId> = about.map(|row| row.member.id).collect();
        Ok(Self {
            fields: fields::of_tenant(read, &context.tenant.blueprint).await?,
            values: fields::values_of_many(read, members).await?,
        })
    }

    /// What somebody new is to have.
    pub(super) fn of_newcomer(
        &self,
        context: &Context,
        provider: Option<&str>,
        said: &Values,
    ) -> Result<Values, Fault> {
        let values = self.checked(said)?;
        not_owned(&values, |key| context.providers.owns(provider?, key))?;
        Ok(values)
    }

    /// What changes of somebody who is here, with the roles that they have.
    pub(super) fn changes(
        &self,
        context: &Context,
        acting: &Acting,
        (member, known): (&Member, &MemberRow),
        said: &Values,
    ) -> Result<Values, Fault> {
        let mut changes = self.checked(said)?;
        let have = self.values.get(&member.id);
        changes.retain(|key, value| have.and_then(|have| have.get(key)) != Some(value));
        if let Some(first) = changes.keys().next() {
            let target = Target { member, roles: &known.roles(), follows: &known.follows() };
            fields::may_edit(context, acting, target)
                .map_err(|refusal| Fault::in_column(refusal, Column::field(first)))?;
        }
        not_owned(&changes, |key| context.providers.owner_of(member, key))?;
        Ok(changes)
    }

    fn checked(&self, said: &Values) -> Result<Values, Fault> {
        check(&self.fields, said)
            .map_err(|wrong| wrong.into_iter().next().map_or_else(|| Trouble::FieldUnknown.into(), fault))
    }
}

fn fault((key, wrong): (String, Wrong)) -> Fault {
    let at = |trouble| Fault::in_column(trouble, Column::field(&key));
    match wrong {
        Wrong::Unknown => at(Trouble::FieldUnknown).about(&key),
        Wrong::Missing => at(Trouble::NotText),
        Wrong::TooLong(longest) => at(Trouble::FieldTooLong).about(&longest.to_string()),
    }
}

/// What the provider owns is written there (PP-07).
fn not_owned<'a>(values: &Values, owner: impl Fn(&str) -> Option<&'a str>) -> Result<(), Fault> {
    match values.keys().find_map(|key| Some((key, owner(key)?))) {
        Some((key, owner)) => Err(Fault::in_column(Trouble::ProviderOwns, Column::field(key)).about(owner)),
        None => Ok(()),
    }
}
