//! The order by name is walked along until the page is full, where whatever is asked for names many.

use std::ops::Range;

use store::{StoreError, TenantRead, Value, params};
use uuid::Uuid;

use super::profile::LONGEST;
use super::roads::{LENGTHS, Road, Walk};
use super::search::{Place, bounds};
use super::{MemberId, MemberRow, PageAfter};

/// Sorts after every name, however many of it a name begins with.
const BEHIND_ALL: &str = "\u{10ffff}";

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
        let size = usize::try_from(size).unwrap_or_default();
        let mut from = bounds(&self.place, self.front);
        let mut lengths = 0..LENGTHS.len();
        if let [only] = self.roads.as_slice() {
            // Most pages are full before anybody has to know where the walk would have ended. The others begin anew, with an end that is known
            // before: asked for after, it might be that of an order in which others stand by then.
            let mut rows = Vec::new();
            let tried = &only.road.towards(&self.place).tried;
            self.meet(read, only, tried, (&from, &self.end_of_list()), &mut rows, size).await?;
            if rows.len() == size {
                return Ok((rows, None));
            }
            lengths.start = 1;
        }
        let mut rows: Vec<MemberRow> = Vec::new();
        for nth in lengths {
            let Some(start) = self.leap(read, from).await? else { return Ok((rows, None)) };
            let Some((along, end)) = self.sparsest(read, nth, &start).await? else { return Ok((rows, None)) };
            let until = end.clone().unwrap_or_else(|| self.end_of_list());
            let walked = &self.walk_of(along, nth).walked;
            self.meet(read, along, walked, (&start, &until), &mut rows, size).await?;
            if rows.len() == size {
                return Ok((rows, None));
            }
            let Some(end) = end else { return Ok((rows, None)) };
            from = end;
        }
        let (key, id) = from;
        Ok((rows, Some(PageAfter { key, id: MemberId(id) })))
    }

    /// Adds who fits between two places, each once, until there are `size`.
    async fn meet(
        &self,
        read: &mut impl TenantRead,
        along: &Along,
        walked: &'static str,
        (start, end): (&At, &At),
        rows: &mut Vec<MemberRow>,
        size: usize,
    ) -> Result<(), StoreError> {
        let mut from = start.clone();
        while rows.len() < size {
            let missing = size - rows.len();
            let mut values = self.filter.clone();
            for own in values.get_mut(along.own.clone()).into_iter().flatten() {
                *own = own.as_null();
            }
            values.extend(params![from.0, from.1, as_i64(missing), end.0, end.1]);
            values.extend(along.of.clone());
            let found: Vec<MemberRow> = read.all(walked, values).await?;
            let last =
                found.last().filter(|_| found.len() == missing).map(|row| (row.member.sort_name(), row.member.id.0));
            for row in found {
                // Whoever has two of the words is met twice; so is who gets another name meanwhile.
                if rows.iter().all(|known| known.member.id != row.member.id) {
                    rows.push(row);
                }
            }
            match last.filter(|last| self.is_further(last, &from)) {
                Some(last) => from = last,
                None => break,
            }
        }
        Ok(())
    }

    #[expect(clippy::indexing_slicing, reason = "`nth` counts the lengths")]
    fn walk_of(&self, along: &Along, nth: usize) -> &'static Walk {
        &along.road.towards(&self.place).walks[nth]
    }

    /// Where to walk from: nobody fits before the first whom each of the roads meets. `None`: one of them meets nobody any more.
    async fn leap(&self, read: &mut impl TenantRead, mut from: At) -> Result<Option<At>, StoreError> {
        for along in self.roads.iter().filter(|_| self.roads.len() > 1) {
            let first: Option<At> =
                read.maybe(&along.road.towards(&self.place).first, values_of_place(along, &from)).await?;
            let Some((name, _)) = first else { return Ok(None) };
            // They themselves are still to be met.
            from = if self.is_back() { from.min((name, Uuid::max())) } else { from.max((name, Uuid::nil())) };
        }
        Ok(Some(from))
    }

    /// The first road that ends within a walk of that length, or else the one that leads furthest, and where to.
    async fn sparsest(
        &self,
        read: &mut impl TenantRead,
        nth: usize,
        from: &At,
    ) -> Result<Option<(&Along, Option<At>)>, StoreError> {
        let mut furthest: Option<(&Along, At)> = None;
        for along in &self.roads {
            let Some(end) = self.end(read, along, nth, from).await? else { return Ok(Some((along, None))) };
            if furthest.as_ref().is_none_or(|(_, so_far)| self.is_further(&end, so_far)) {
                furthest = Some((along, end));
            }
        }
        Ok(furthest.map(|(along, end)| (along, Some(end))))
    }

    /// Where a walk of that length ends; nowhere: the road ends before.
    async fn end(
        &self,
        read: &mut impl TenantRead,
        along: &Along,
        nth: usize,
        from: &At,
    ) -> Result<Option<At>, StoreError> {
        read.maybe(&self.walk_of(along, nth).end, values_of_place(along, from)).await
    }

    /// Where the list ends in the direction of the page.
    fn end_of_list(&self) -> At {
        if self.is_back() { (String::new(), self.front) } else { (BEHIND_ALL.repeat(LONGEST + 1), Uuid::max()) }
    }

    fn is_further(&self, one: &At, other: &At) -> bool {
        if self.is_back() { one < other } else { one > other }
    }

    const fn is_back(&self) -> bool {
        matches!(self.place, Place::Before(_))
    }
}

/// The values of a statement that asks where somebody stands.
fn values_of_place(along: &Along, from: &At) -> Vec<Value> {
    let mut values = params![from.0, from.1];
    values.extend(along.of.clone());
    values
}

fn as_i64(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
