//! The order by name is walked along until the page is full, where whatever is asked for names many.

use std::ops::Range;

use store::{StoreError, TenantRead, Value, params};
use uuid::Uuid;

use super::profile::LONGEST;
use super::search::{Place, bounds, directed};
use super::statements::Road;
use super::{MemberId, MemberRow, PageAfter};

/// How far a walk goes, each from where the one before ended: where everybody fits the first fills the page, where every tenth does
/// the second. A page walks past 10,000 at most.
const WALKS: [i64; 4] = [100, 500, 1_800, LONGEST_WALK];
pub(super) const LONGEST_WALK: i64 = 7_600;
/// Sorts after every name, however many of it a name begins with.
const BEHIND_ALL: &str = "\u{10ffff}";

/// Key and id: a place in the order by name.
type At = (String, Uuid);

/// A road that leads along whoever fits one of the conditions.
pub(super) struct Along {
    pub road: Road,
    /// What its members share, as its places.
    pub of: Vec<Value>,
    /// The places of the condition that need not be asked of whoever is on it.
    pub own: Range<usize>,
}

/// The ways to a page: whoever fits is on all of the roads.
pub(super) struct Ways {
    roads: Vec<Along>,
    filter: Vec<Value>,
    front: Uuid,
    place: Place,
}

impl Ways {
    /// `filter` are the conditions, `front` is where the order begins.
    pub(super) const fn new(roads: Vec<Along>, filter: Vec<Value>, front: Uuid, place: Place) -> Self {
        Self { roads, filter, front, place }
    }

    /// The next `size` who fit, in the page's direction, and where looking ended if that was before the list did.
    pub(super) async fn walk(
        &self,
        read: &mut impl TenantRead,
        size: i64,
    ) -> Result<(Vec<MemberRow>, Option<PageAfter>), StoreError> {
        let mut rows: Vec<MemberRow> = Vec::new();
        let mut at = bounds(&self.place, self.front);
        for far in WALKS {
            let Some(from) = self.leap(read, at).await? else { return Ok((rows, None)) };
            let Some((along, end)) = self.sparsest(read, &from, far).await? else { return Ok((rows, None)) };
            let wanted = size - i64::try_from(rows.len()).unwrap_or(size);
            let found =
                read.all(directed(&along.road.walked, &self.place), self.walked(along, from, &end, wanted)).await?;
            rows.extend(found);
            let Some(end) = end else { return Ok((rows, None)) };
            at = end;
            if i64::try_from(rows.len()).is_ok_and(|found| found >= size) {
                break;
            }
        }
        let (key, id) = at;
        Ok((rows, Some(PageAfter { key, id: MemberId(id) })))
    }

    /// Where to walk from: nobody fits before the first whom each of the roads meets. `None`: one of them meets nobody any more.
    async fn leap(&self, read: &mut impl TenantRead, mut from: At) -> Result<Option<At>, StoreError> {
        for along in self.roads.iter().filter(|_| self.roads.len() > 1) {
            let Some((name, _)) = self.end(read, along, &from, 1).await? else { return Ok(None) };
            // They themselves are still to be met.
            from = if self.is_back() { from.min((name, Uuid::max())) } else { from.max((name, Uuid::nil())) };
        }
        Ok(Some(from))
    }

    /// The road that leads furthest within as many members, and where it comes to; to no place: it ends before.
    async fn sparsest(
        &self,
        read: &mut impl TenantRead,
        from: &At,
        far: i64,
    ) -> Result<Option<(&Along, Option<At>)>, StoreError> {
        let mut furthest: Option<(&Along, Option<At>)> = None;
        for along in &self.roads {
            let Some(end) = self.end(read, along, from, far).await? else { return Ok(Some((along, None))) };
            let further = |so_far: &At| if self.is_back() { end < *so_far } else { end > *so_far };
            if furthest.as_ref().and_then(|(_, so_far)| so_far.as_ref()).is_none_or(further) {
                furthest = Some((along, Some(end)));
            }
        }
        Ok(furthest)
    }

    /// Where the `nth` on a road stands, the first behind `from` being 1; nowhere: it ends before.
    async fn end(
        &self,
        read: &mut impl TenantRead,
        along: &Along,
        from: &At,
        nth: i64,
    ) -> Result<Option<At>, StoreError> {
        let mut values = params![from.0, from.1, nth - 1];
        values.extend(along.of.clone());
        read.maybe(directed(&along.road.ends, &self.place), values).await
    }

    /// The values of the statement that reads who fits between two places.
    fn walked(&self, along: &Along, from: At, end: &Option<At>, wanted: i64) -> Vec<Value> {
        let (name, id) = end.clone().unwrap_or_else(|| self.end_of_list());
        let mut values = self.filter.clone();
        for own in values.get_mut(along.own.clone()).into_iter().flatten() {
            *own = own.as_null();
        }
        values.extend(params![from.0, from.1, wanted, name, id]);
        if along.road.again {
            values.extend(along.of.clone());
        }
        values
    }

    /// Where the list ends in the direction of the page.
    fn end_of_list(&self) -> At {
        if self.is_back() { (String::new(), self.front) } else { (BEHIND_ALL.repeat(LONGEST + 1), Uuid::max()) }
    }

    const fn is_back(&self) -> bool {
        matches!(self.place, Place::Before(_))
    }
}
