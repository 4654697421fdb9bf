//! The list that an administrator lives in: by name, in pages, narrowed by filters. What a page costs is bounded however
//! many members there are (DESIGN §7).
//!
//! ```text
//! no filter ─────────────────────────▶ the next 51 in the order by name
//! some filter names few (≤ FEW) ─────▶ those, looked up by its index, the other filters asked of each, sorted
//! all name many ─────────────────────▶ the order by name, at most SCANNED members of it; the page may be short, and goes on
//! ```
//! Order and content do not depend on the way taken, so pages may take different ones.

use store::{StoreError, TenantRead, Value, params};

use super::statements::{
    ALL, BY_FEDERATION, BY_KEEPER, BY_LIFECYCLE, BY_LOCK, BY_PROVIDER, BY_ROLE, BY_STATE, BY_SUPPORT, BY_WORD,
    COUNT_ALL, Source, WALK, WALKED,
};
use super::words::range;
use super::{
    Authorization, COUNTED, Lifecycle, MEMBERS_ON_A_PAGE, MemberFilter, MemberId, MemberRow, PageAfter, statements,
};
use uuid::Uuid;

/// As many members as one page may look up and sort.
const FEW: i64 = 2_000;
/// As many as one page may walk past.
const SCANNED: i64 = 10_000;

/// Which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// The first.
    #[default]
    Start,
    /// That begins after this member.
    After(PageAfter),
    /// That ends before this member.
    Before(PageAfter),
}

/// A page of members.
#[derive(Debug, Clone, Default)]
pub struct MemberPage {
    /// Its rows, by name.
    pub rows: Vec<MemberRow>,
    /// How many there are on all pages, counted up to [`COUNTED`]; `None` where counting would cost more than the page.
    pub total: Option<i64>,
    /// Where the next page begins. It may stand behind a page that is not full: looking went on as far as one page may.
    pub next: Option<PageAfter>,
    /// Where the previous page ends.
    pub previous: Option<PageAfter>,
}

/// How many words [`residual`] has places for: the rarest count.
const WORDS: usize = 3;

fn conditions(filter: &MemberFilter, words: &[(i64, String)]) -> Vec<Value> {
    let mut values = params![filter.state, filter.lifecycle, filter.locked, filter.role];
    for index in 0..WORDS {
        let (from, to) = words.get(index).map(|(_, word)| range(word)).unzip();
        values.extend(params![from, to]);
    }
    let (support, held) = filter.support.as_ref().map(|holds| (&holds.role, holds.held)).unzip();
    values.extend(params![support, held, filter.federated, filter.provider, filter.read_only, filter.inactive_since]);
    values
}

/// The words of a search with how many members' words they begin, counted up to [`FEW`]; the rarest first.
async fn by_rarity(read: &mut impl TenantRead, filter: &MemberFilter) -> Result<Vec<(i64, String)>, StoreError> {
    let mut counted = Vec::new();
    for word in filter.words() {
        let (from, to) = range(&word);
        let (count,): (i64,) = read.one(BY_WORD.count, params![from, to, FEW + 1]).await?;
        counted.push((count, word));
    }
    counted.sort_by_key(|(count, _)| *count);
    Ok(counted)
}

/// A page of the members whom a filter leaves, by name.
///
/// # Errors
/// What the database says.
pub async fn list_members(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    place: &Place,
) -> Result<MemberPage, StoreError> {
    let (page, size) = (list_some(read, filter, place, MEMBERS_ON_A_PAGE).await?, MEMBERS_ON_A_PAGE);
    match place {
        // Back at the beginning: the first page is a whole one.
        Place::Before(_) if page.previous.is_none() => list_some(read, filter, &Place::Start, size).await,
        // Behind the end: whoever stood there is gone.
        Place::After(_) if filter.is_empty() && page.rows.is_empty() => {
            list_some(read, filter, &Place::Start, size).await
        }
        _ => Ok(page),
    }
}

/// The same in pages of another size, and nothing but what stands there: behind the end is nothing.
///
/// # Errors
/// What the database says.
pub async fn list_some(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    place: &Place,
    size: i64,
) -> Result<MemberPage, StoreError> {
    if !filter.text.is_empty() && filter.words().is_empty() {
        // Signs alone: no name begins with them.
        return Ok(MemberPage { total: Some(0), ..MemberPage::default() });
    }
    page_of(read, filter, place, size).await
}

async fn page_of(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    place: &Place,
    size: i64,
) -> Result<MemberPage, StoreError> {
    if filter.is_empty() {
        let (total,): (i64,) = read.one(COUNT_ALL, params![COUNTED + 1]).await?;
        let mut values = bounds(place);
        values.extend(params![size + 1]);
        let rows = read.all(directed(&ALL, place), values).await?;
        return Ok(cut(rows, place, size, None, Some(total)));
    }
    let words = by_rarity(read, filter).await?;
    let mut values = conditions(filter, &words);
    if let Some(source) = few(read, filter, words.first().map(|(count, _)| *count)).await? {
        let (total,): (i64,) = read.one(source.fitting, values.clone()).await?;
        values.extend(bounds(place));
        values.extend(params![size + 1]);
        let rows = read.all(directed(&source.pages, place), values).await?;
        return Ok(cut(rows, place, size, None, Some(total)));
    }
    walk(read, values, place, size).await
}

/// The filter that names fewest, if that is few. `rarest` is the count of the rarest word.
async fn few(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    rarest: Option<i64>,
) -> Result<Option<&'static Source>, StoreError> {
    let mut asked: Vec<(&'static Source, Vec<Value>)> = Vec::new();
    if let Some(role) = &filter.role {
        asked.push((&BY_ROLE, params![role]));
    }
    if let Some(state) = filter.state.filter(|state| *state != Authorization::Reviewed) {
        asked.push((&BY_STATE, params![state]));
    }
    if let Some(lifecycle) = filter.lifecycle.filter(|lifecycle| *lifecycle != Lifecycle::Active) {
        asked.push((&BY_LIFECYCLE, params![lifecycle]));
    }
    if filter.locked == Some(true) {
        asked.push((&BY_LOCK, params![]));
    }
    if let Some(holds) = filter.support.as_ref().filter(|holds| holds.held) {
        asked.push((&BY_SUPPORT, params![holds.role]));
    }
    match &filter.provider {
        Some(provider) => asked.push((&BY_PROVIDER, params![provider])),
        None if filter.federated == Some(true) => asked.push((&BY_FEDERATION, params![])),
        None => {}
    }
    if filter.read_only == Some(true) {
        asked.push((&BY_KEEPER, params![]));
    }
    let mut fewest = rarest.filter(|count| *count <= FEW).map(|count| (count, &BY_WORD));
    for (source, mut values) in asked {
        values.extend(params![FEW + 1]);
        let (count,): (i64,) = read.one(source.count, values).await?;
        if count <= FEW && fewest.is_none_or(|(least, _)| count < least) {
            fewest = Some((count, source));
        }
    }
    Ok(fewest.map(|(_, source)| source))
}

async fn walk(
    read: &mut impl TenantRead,
    mut values: Vec<Value>,
    place: &Place,
    size: i64,
) -> Result<MemberPage, StoreError> {
    let mut from = bounds(place);
    values.extend(from.clone());
    from.extend(params![SCANNED]);
    let end: Option<(String, Uuid, i64)> = read.maybe(directed(&WALK, place), from).await?;
    let Some((key, id, passed)) = end else { return Ok(cut(Vec::new(), place, size, None, None)) };
    values.extend(params![size + 1, key, id]);
    let rows = read.all(directed(&WALKED, place), values).await?;
    let goes_on = (passed == SCANNED).then_some(PageAfter { key, id: MemberId(id) });
    Ok(cut(rows, place, size, goes_on, None))
}

/// How many members a window walks past.
const WINDOW: i64 = 2_000;

/// The members of the next window, by id, and where it ends; `None` at the end. For going through everybody whom a filter
/// leaves, however many: what one window costs is bounded.
///
/// # Errors
/// What the database says.
pub async fn window(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    after: MemberId,
) -> Result<(Vec<MemberRow>, Option<MemberId>), StoreError> {
    let end: Option<(MemberId,)> = read
        .maybe(
            "SELECT id FROM (SELECT id FROM member WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS walked
             ORDER BY id DESC LIMIT 1",
            params![after, WINDOW],
        )
        .await?;
    let Some((end,)) = end else { return Ok((Vec::new(), None)) };
    let words = by_rarity(read, filter).await?;
    let mut values = conditions(filter, &words);
    values.extend(params![after, end]);
    Ok((read.all(statements::WINDOW, values).await?, Some(end)))
}

/// Of two statements, the one that reads in the page's direction.
const fn directed(statements: &[&'static str; 2], place: &Place) -> &'static str {
    let [forwards, backwards] = *statements;
    if matches!(place, Place::Before(_)) { backwards } else { forwards }
}

/// Where the page begins, as key and id. Nothing sorts before an empty key with the nil id.
fn bounds(place: &Place) -> Vec<Value> {
    match place {
        Place::Start => params!["", Uuid::nil()],
        Place::After(at) | Place::Before(at) => params![at.key, at.id],
    }
}

/// Takes the row that only tells that there are more, and says where the neighbours are. `goes_on` is where looking ended
/// before the list did.
fn cut(
    mut rows: Vec<MemberRow>,
    place: &Place,
    size: i64,
    goes_on: Option<PageAfter>,
    total: Option<i64>,
) -> MemberPage {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    let last = rows.last().filter(|_| more).map(|row| PageAfter::of(&row.member)).or(goes_on);
    let first = rows.first().map(|row| PageAfter::of(&row.member));
    let (next, previous) = match place {
        Place::Start => (last, None),
        Place::After(at) => (last, Some(first.unwrap_or_else(|| at.clone()))),
        Place::Before(at) => {
            rows.reverse();
            (Some(first.unwrap_or_else(|| at.clone())), last)
        }
    };
    let whole = next.is_none() && previous.is_none();
    let total = total.or_else(|| i64::try_from(rows.len()).ok().filter(|_| whole));
    MemberPage { rows, total, next, previous }
}
