use std::collections::BTreeMap;

use mail::Parcel;
use store::{StoreError, TenantRead, params};

use super::chunk::who;
use super::item::{Outcome, Settled, has_changed};
use super::{Batch, read_deed, write_deed};
use crate::Context;
use crate::lifecycle::{self, Deed, Many, Step, Target, judge};
use crate::members::{self, MemberId, MemberRow};
use crate::roles::{Acting, Rights};

/// How many items of one transaction are done one by one at most: each takes about ten statements.
const ONE_BY_ONE: usize = 50;

/// How the items of a chunk are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Judged before the write door, and written together, but for those that have to look around first.
    Together,
    /// Judged and written one after the other inside it.
    OneByOne,
}

/// Everything that one transaction does, made outside the write door.
#[derive(Default)]
pub(super) struct Chunk {
    /// How many items it comes to.
    pub items: i64,
    /// The position of the last one.
    pub reached: i64,
    /// Whether there may be items after it.
    pub more: bool,
    /// The rights on which all of it was judged; none: the actor may not do such a thing any more.
    pub rights: Option<Rights>,
    /// What is done together, and what becomes of it.
    pub together: Many,
    pub outcomes: Vec<Settled>,
    pub changed: i64,
    pub unchanged: i64,
    /// What is done one by one.
    pub one_by_one: Vec<Prepared>,
}

/// An item that is up.
#[derive(sqlx::FromRow)]
struct Next {
    position: i64,
    member_id: MemberId,
    deed: Option<String>,
    since: Option<i64>,
    outlook: String,
}

/// The same, ready for the write door: its mail is worded and sealed.
pub(super) struct Prepared {
    pub position: i64,
    pub member: MemberId,
    pub deed: Deed,
    pub since: Option<i64>,
    /// It was said that nothing would be done to them.
    pub left_out: Option<Outcome>,
    pub mail: Option<Parcel>,
}

/// Plans the next chunk, of at most `size` items. It ends before the actor's own item, which is a chunk of its own: their rights
/// may be others after it.
pub(super) async fn plan(
    read: &mut impl TenantRead,
    context: &Context,
    batch: &Batch,
    size: i64,
    way: Way,
) -> Result<Chunk, StoreError> {
    let sql = "SELECT position, member_id, deed, since, outlook FROM batch_item
               WHERE tenant_id = $1 AND batch_id = $2 AND position > $3 ORDER BY position LIMIT $4";
    let next: Vec<Next> = read.all(sql, params![batch.id, batch.reached, size]).await?;
    let more = i64::try_from(next.len()).unwrap_or(size) == size;
    let acting = who(read, context, batch).await?;
    let here = members::some(read, next.iter().map(|next| next.member_id)).await?;
    let rights = acting.as_ref().map(|acting| acting.rights.clone());
    let mut chunk = Chunk { reached: batch.reached, more, rights, ..Chunk::default() };
    let general = batch.deed()?;
    for Next { position, member_id: member, deed, since, outlook } in next {
        let deed = deed.as_deref().map(read_deed).transpose()?.unwrap_or_else(|| general.clone());
        let own = member == batch.made_by;
        let left_out = Outcome::parse(&outlook).filter(|outlook| outlook.is_left_out());
        let item = Prepared { position, member, deed, since, left_out, mail: None };
        let full = chunk.one_by_one.len() >= ONE_BY_ONE || (own && chunk.items > 0);
        if full {
            chunk.more = true;
            break;
        }
        chunk.take(context, acting.as_ref(), &here, item, if own { Way::OneByOne } else { way })?;
        if own {
            chunk.more = true;
            break;
        }
    }
    Ok(chunk)
}

impl Chunk {
    fn take(
        &mut self,
        context: &Context,
        acting: Option<&Acting>,
        here: &BTreeMap<MemberId, MemberRow>,
        item: Prepared,
        way: Way,
    ) -> Result<(), StoreError> {
        (self.items, self.reached) = (self.items + 1, item.position);
        let row = here.get(&item.member);
        let mail = |row: &MemberRow| lifecycle::prepare(context, &item.deed, &row.member);
        let judged = judged(context, acting, row, &item);
        match (judged, row) {
            (Ok(step), Some(row)) if way == Way::Together && step != Step::Nothing => {
                if Many::takes(context, row, &item.deed, &step) {
                    let undo = item.deed.inverse(&step).as_ref().map(write_deed).transpose()?;
                    let by = acting.map_or(item.member, |acting| acting.member.id);
                    let version = self.together.add(context, by, row, (&item.deed, step), || mail(row));
                    self.changed += 1;
                    let outcome = Outcome::Changed;
                    self.outcomes.push(Settled { position: item.position, outcome, undo, version: Some(version) });
                } else {
                    let mail = mail(row);
                    self.one_by_one.push(Prepared { mail, ..item });
                }
            }
            (judged, _) if way == Way::Together => {
                let outcome = judged.map_or_else(|outcome| outcome, |_nothing| Outcome::Unchanged);
                self.unchanged += i64::from(outcome == Outcome::Unchanged);
                self.outcomes.push(Settled { position: item.position, outcome, undo: None, version: None });
            }
            (_, row) => {
                let mail = row.and_then(mail);
                self.one_by_one.push(Prepared { mail, ..item });
            }
        }
        Ok(())
    }
}

/// What an item comes to as everything stands.
fn judged(
    context: &Context,
    acting: Option<&Acting>,
    row: Option<&MemberRow>,
    item: &Prepared,
) -> Result<Step, Outcome> {
    let acting = acting.ok_or(Outcome::NotAllowed)?;
    let row = row.ok_or(Outcome::Gone)?;
    if let Some(left_out) = item.left_out {
        return Err(left_out);
    }
    if has_changed(row, item.since, &item.deed) {
        return Err(Outcome::ChangedSince);
    }
    let target = Target { member: &row.member, roles: &row.roles(), follows: &row.follows() };
    judge(context, acting, target, &item.deed).map_err(Outcome::Refused)
}
