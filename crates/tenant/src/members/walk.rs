//! The order by name is walked along until the page is full, where whatever is asked for names many.

use std::ops::Range;

use store::{StoreError, TenantRead, Value, params};
use uuid::Uuid;

use super::roads::{LENGTHS, Road, Walk};
use super::search::{Place, bounds};
use super::{MemberId, MemberRow, PageAfter};

/// Key and id: a place in the order by name.
type At = (String, Uuid);

/// A road that leads along whoever fits one of the conditions.
pub(super) struct Along {
    pub road: &'static Road,
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
        let mut from = bounds(&self.place, self.front);
        for nth in 0..LENGTHS.len() {
            let Some(start) = self.leap(read, from).await? else { return Ok((rows, None)) };
            let Some(along) = self.sparsest(read, nth, &start).await? else { return Ok((rows, None)) };
            from = start;
            let wanted = size - as_i64(rows.len());
            let found = read.all(&self.walk_of(along, nth).walked, self.values_of_walk(along, &from, wanted)).await?;
            let is_cut = as_i64(found.len()) == wanted;
            rows.extend(found);
            rows.dedup_by_key(|row| row.member.id);
            if as_i64(rows.len()) == size {
                return Ok((rows, None));
            }
            from = match rows.last().filter(|_| is_cut) {
                Some(last) => (last.member.sort_name(), last.member.id.0),
                None => match self.end(read, along, nth, &from).await? {
                    Some(end) => end,
                    None => return Ok((rows, None)),
                },
            };
        }
        let (key, id) = from;
        Ok((rows, Some(PageAfter { key, id: MemberId(id) })))
    }

    fn walk_of(&self, along: &Along, nth: usize) -> &'static Walk {
        &along.road.towards(&self.place).walks[nth]
    }

    /// Where to walk from: nobody fits before the first whom each of the roads meets. `None`: one of them meets nobody any more.
    async fn leap(&self, read: &mut impl TenantRead, mut from: At) -> Result<Option<At>, StoreError> {
        for along in self.roads.iter().filter(|_| self.roads.len() > 1) {
            let first: Option<At> = read.maybe(&along.road.towards(&self.place).first, places(along, &from)).await?;
            let Some((name, _)) = first else { return Ok(None) };
            // They themselves are still to be met.
            from = if self.is_back() { from.min((name, Uuid::max())) } else { from.max((name, Uuid::nil())) };
        }
        Ok(Some(from))
    }

    /// The road on which a walk of that length leads furthest, or ends.
    async fn sparsest(&self, read: &mut impl TenantRead, nth: usize, from: &At) -> Result<Option<&Along>, StoreError> {
        if let [only] = self.roads.as_slice() {
            return Ok(Some(only));
        }
        let mut furthest: Option<(&Along, At)> = None;
        for along in &self.roads {
            let Some(end) = self.end(read, along, nth, from).await? else { return Ok(Some(along)) };
            let further = |so_far: &At| if self.is_back() { end < *so_far } else { end > *so_far };
            if furthest.as_ref().is_none_or(|(_, so_far)| further(so_far)) {
                furthest = Some((along, end));
            }
        }
        Ok(furthest.map(|(along, _)| along))
    }

    /// Where a walk of that length ends; nowhere: the road ends before.
    async fn end(
        &self,
        read: &mut impl TenantRead,
        along: &Along,
        nth: usize,
        from: &At,
    ) -> Result<Option<At>, StoreError> {
        read.maybe(&self.walk_of(along, nth).end, places(along, from)).await
    }

    fn values_of_walk(&self, along: &Along, from: &At, wanted: i64) -> Vec<Value> {
        let mut values = self.filter.clone();
        for own in values.get_mut(along.own.clone()).into_iter().flatten() {
            *own = own.as_null();
        }
        values.extend(params![from.0, from.1, wanted]);
        values.extend(along.of.clone());
        values
    }

    const fn is_back(&self) -> bool {
        matches!(self.place, Place::Before(_))
    }
}

/// The values of a statement that asks where somebody stands.
fn places(along: &Along, from: &At) -> Vec<Value> {
    let mut values = params![from.0, from.1];
    values.extend(along.of.clone());
    values
}

fn as_i64(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
