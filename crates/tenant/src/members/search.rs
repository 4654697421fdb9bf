//! The list that an administrator lives in: by name, in pages, narrowed by filters. What a page costs is bounded however
//! many members there are (DESIGN §7).
//!
//! ```text
//! no filter ─────────────────────────▶ the next 51 in the order by name
//! some filter names few (≤ FEW) ─────▶ those, looked up by its index, the other filters asked of each, sorted
//! all name many ─────────────────────▶ the orders by name of those who fit one of them, or of everybody: a short walk along whichever
//!                                      leads furthest (`walk`), and if that does not fill the page, longer ones, past at most 10,000
//!                                      members; the page may be short, and goes on
//! ```
//! Order and content do not depend on the way taken, so pages may take different ones.

use std::ops::Range;

use store::{StoreError, TenantRead, ToValue, Value, params};

use super::profile::canonical;
use super::roads::{
    EVERYBODY, OF_FEDERATION, OF_KEEPER, OF_LIFECYCLE, OF_LOCK, OF_PROVIDER, OF_ROLE, OF_STATE, Road, WORDS_UNDER,
    of_some_words,
};
use super::statements::{
    ALL, BY_ADDRESS, BY_FEDERATION, BY_KEEPER, BY_LIFECYCLE, BY_LOCK, BY_PROVIDER, BY_ROLE, BY_STATE, BY_SUPPORT,
    BY_WORD, COUNT_ALL, FEW, LARGEST_PAGE, Source,
};
use super::walk::{Along, Ways};
use super::words::{has_all, range, words_of};
use super::{Authorization, COUNTED, MEMBERS_ON_A_PAGE, MemberFilter, MemberId, MemberRow, PageAfter, statements};
use uuid::Uuid;

/// [`FEW`] where a road leads along them in the order by name: beyond it the road is shorter, however many they are.
const FEW_BESIDE_A_ROAD: i64 = 200;

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

/// How many words the filter has places for: of more, the rarest count on a page.
const WORDS: usize = 3;

/// What is looked for by text: an address that somebody has, or words, the rarest first.
#[derive(Default)]
struct Sought {
    address: Option<String>,
    words: Vec<SoughtWord>,
}

/// The beginning of a word that somebody typed.
struct SoughtWord {
    typed: String,
    /// How often words occur that begin so, counted up to a limit.
    count: i64,
    /// Which these are, up to one more than a road has places for.
    under: Vec<Vec<u8>>,
}

fn conditions(filter: &MemberFilter, sought: &Sought) -> Vec<Value> {
    let mut values = params![filter.state, filter.lifecycle, filter.locked, filter.role];
    for index in 0..WORDS {
        let (from, to) = sought.words.get(index).map(|word| range(&word.typed)).unzip();
        values.extend(params![from, to]);
    }
    let (support, held) = filter.support.as_ref().map(|holds| (&holds.role, holds.held)).unzip();
    values.extend(params![
        support,
        held,
        filter.federated,
        filter.provider,
        filter.read_only,
        filter.inactive_since,
        sought.address
    ]);
    values
}

/// Whoever types a whole address means whoever has it; anything else is words, by the beginnings of which people are found.
async fn sought(read: &mut impl TenantRead, filter: &MemberFilter) -> Result<Sought, StoreError> {
    let address = canonical(filter.text.trim()).to_ascii_lowercase();
    if address.contains('@') && !address.contains(char::is_whitespace) {
        let (count,): (i64,) = read.one(BY_ADDRESS.count, params![address, FEW + 1]).await?;
        if (1..=FEW).contains(&count) {
            return Ok(Sought { address: Some(address), words: Vec::new() });
        }
    }
    let mut words: Vec<SoughtWord> = Vec::new();
    for typed in filter.words() {
        let (from, to) = range(&typed);
        // Beyond the rarest so far it does not matter how many.
        let far = words.iter().map(|word| word.count).fold(FEW, i64::min);
        let under: Vec<(Vec<u8>, i64)> = read.all(&WORDS_UNDER, params![from, to, far + 1]).await?;
        let count = under.first().map_or(0, |(_, count)| *count);
        words.push(SoughtWord { typed, count, under: under.into_iter().map(|(word, _)| word).collect() });
    }
    words.sort_by_key(|word| word.count);
    words.truncate(WORDS);
    Ok(Sought { address: None, words })
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

/// The same in pages of another size, 500 at most, and nothing but what stands there: behind the end is nothing.
///
/// # Errors
/// What the database says.
pub async fn list_some(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    place: &Place,
    size: i64,
) -> Result<MemberPage, StoreError> {
    if filter.finds_nobody() {
        return Ok(MemberPage { total: Some(0), ..MemberPage::default() });
    }
    page_of(read, filter, place, size.min(LARGEST_PAGE)).await
}

async fn page_of(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    place: &Place,
    size: i64,
) -> Result<MemberPage, StoreError> {
    if filter.is_empty() {
        let (total,): (i64,) = read.one(COUNT_ALL, params![COUNTED + 1]).await?;
        let (key, id) = bounds(place, front(filter));
        let rows = read.all(directed(&ALL, place), params![key, id, size + 1]).await?;
        return Ok(cut(rows, place, size, None, Some(total)));
    }
    let sought = sought(read, filter).await?;
    let values = conditions(filter, &sought);
    let (few, named) = named(read, filter, &sought).await?;
    let roads = if few.is_some() { Vec::new() } else { roads(filter, &sought) };
    if let Some(source) = few.or_else(|| roads.is_empty().then_some(&BY_WORD)) {
        let mut of_page = values.clone();
        let (key, id) = bounds(place, front(filter));
        of_page.extend(params![key, id, size + 1]);
        let rows = read.all(directed(&source.pages, place), of_page).await?;
        let mut page = cut(rows, place, size, None, named);
        if page.total.is_none() {
            let (fitting,): (i64,) = read.one(source.fitting, values).await?;
            page.total = Some(fitting);
        }
        return Ok(page);
    }
    let ways = Ways::new(roads, values, front(filter), place.clone());
    let (rows, goes_on) = ways.walk(read, size + 1).await?;
    Ok(cut(rows, place, size, goes_on, named))
}

/// Where the role stands among the values of the filter.
const OWN_ROLE: Range<usize> = 3..4;
/// Where that of support users stands.
const OWN_SUPPORT: Range<usize> = 10..11;

/// Where the nth word stands among the values of the filter.
const fn own_word(nth: usize) -> Range<usize> {
    4 + 2 * nth..6 + 2 * nth
}

/// The order of those who have a word that begins as this one; `None`: there are too many such words.
fn along_words(nth: usize, word: &SoughtWord) -> Option<Along> {
    let (road, places) = of_some_words(word.under.len())?;
    // A place that is left over is for no word: none is empty.
    let words = word.under.iter().cloned().chain(std::iter::repeat(Vec::new())).take(places);
    Some(Along { road, of: words.map(|word| word.to_value()).collect(), own: own_word(nth) })
}

/// The orders to walk along: all filters name many. None: it is cheaper to look up whoever has the rarest word.
fn roads(filter: &MemberFilter, sought: &Sought) -> Vec<Along> {
    let along = |road: &'static Road, of| Along { road, of, own: 0..0 };
    let stage = filter.lifecycle.filter(|stage| stage.is_rare());
    if filter.asks_for_erased() {
        // No other order says where they begin.
        return stage.map(|stage| along(&OF_LIFECYCLE, params![stage])).into_iter().collect();
    }
    let mut roads = Vec::new();
    for (nth, word) in sought.words.iter().enumerate() {
        match along_words(nth, word) {
            Some(along) => roads.push(along),
            None if nth == 0 && word.count <= FEW => return roads,
            None => {}
        }
    }
    if let Some(stage) = stage {
        roads.push(along(&OF_LIFECYCLE, params![stage]));
    }
    if let Some(state) = filter.state.filter(|state| *state != Authorization::Reviewed) {
        roads.push(along(&OF_STATE, params![state]));
    }
    if filter.locked == Some(true) {
        roads.push(along(&OF_LOCK, params![]));
    }
    match &filter.provider {
        Some(provider) => roads.push(along(&OF_PROVIDER, params![provider])),
        None if filter.federated == Some(true) => roads.push(along(&OF_FEDERATION, params![])),
        None => {}
    }
    if filter.read_only == Some(true) {
        roads.push(along(&OF_KEEPER, params![]));
    }
    if let Some(role) = &filter.role {
        roads.push(Along { road: &OF_ROLE, of: params![role], own: OWN_ROLE });
    }
    if let Some(holds) = filter.support.as_ref().filter(|holds| holds.held) {
        roads.push(Along { road: &OF_ROLE, of: params![holds.role], own: OWN_SUPPORT });
    }
    if roads.is_empty() {
        roads.push(along(&EVERYBODY, params![]));
    }
    roads
}

/// The filter that names fewest, if that is few; and how many there are, up to [`COUNTED`], if one filter alone says it.
async fn named(
    read: &mut impl TenantRead,
    filter: &MemberFilter,
    sought: &Sought,
) -> Result<(Option<&'static Source>, Option<i64>), StoreError> {
    if sought.address.is_some() {
        return Ok((Some(&BY_ADDRESS), None));
    }
    let mut asked: Vec<(&'static Source, Vec<Value>, i64)> = Vec::new();
    if let Some(role) = &filter.role {
        asked.push((&BY_ROLE, params![role], FEW_BESIDE_A_ROAD));
    }
    // The index of locks and that of states leave the erased out.
    let living = !filter.asks_for_erased();
    if let Some(state) = filter.state.filter(|state| living && *state != Authorization::Reviewed) {
        asked.push((&BY_STATE, params![state], FEW_BESIDE_A_ROAD));
    }
    if let Some(lifecycle) = filter.lifecycle.filter(|stage| stage.is_rare()) {
        asked.push((&BY_LIFECYCLE, params![lifecycle], FEW_BESIDE_A_ROAD));
    }
    if living && filter.locked == Some(true) {
        asked.push((&BY_LOCK, params![], FEW_BESIDE_A_ROAD));
    }
    if let Some(holds) = filter.support.as_ref().filter(|holds| holds.held) {
        asked.push((&BY_SUPPORT, params![holds.role], FEW_BESIDE_A_ROAD));
    }
    match &filter.provider {
        Some(provider) => asked.push((&BY_PROVIDER, params![provider], FEW_BESIDE_A_ROAD)),
        None if filter.federated == Some(true) => asked.push((&BY_FEDERATION, params![], FEW_BESIDE_A_ROAD)),
        None => {}
    }
    if filter.read_only == Some(true) {
        asked.push((&BY_KEEPER, params![], FEW_BESIDE_A_ROAD));
    }
    let rarest = sought.words.first().map(|word| word.count);
    let few = if sought.words.len() > 1 { FEW_BESIDE_A_ROAD } else { FEW };
    let mut fewest = rarest.filter(|count| *count <= few).map(|count| (count, &BY_WORD));
    let alone = filter.text.is_empty() && filter.fields().len() == 1;
    let mut total = None;
    for (source, mut values, few) in asked {
        let far = if alone { few.max(COUNTED) } else { few };
        values.extend(params![far + 1]);
        let (count,): (i64,) = read.one(source.count, values).await?;
        total = Some(count).filter(|_| alone);
        if count <= few && fewest.is_none_or(|(least, _)| count < least) {
            fewest = Some((count, source));
        }
    }
    Ok((fewest.map(|(_, source)| source), total))
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
    if filter.finds_nobody() {
        return Ok((Vec::new(), None));
    }
    // Whoever holds a role is walked by it.
    let end: Option<(MemberId,)> = match &filter.role {
        Some(role) => read.maybe(statements::WINDOW_OF_ROLE_ENDS, params![after, WINDOW, role]).await?,
        None => read.maybe(statements::WINDOW_ENDS, params![after, WINDOW]).await?,
    };
    let Some((end,)) = end else { return Ok((Vec::new(), None)) };
    let sought = sought(read, filter).await?;
    let mut values = conditions(filter, &sought);
    values.extend(params![after, end]);
    let sql = if filter.role.is_some() { statements::WINDOW_OF_ROLE } else { statements::WINDOW };
    let mut rows: Vec<MemberRow> = read.all(sql, values).await?;
    let words = words_of(&filter.text);
    if sought.address.is_none() && words.len() > WORDS {
        // What a page shows beyond is looked at by somebody.
        rows.retain(|row| has_all(&row.member, &words));
    }
    Ok((rows, Some(end)))
}

/// Of two statements, the one that reads in the page's direction.
pub(super) const fn directed(statements: &[&'static str; 2], place: &Place) -> &'static str {
    let [forwards, backwards] = *statements;
    if matches!(place, Place::Before(_)) { backwards } else { forwards }
}

/// Where the order by name begins for a filter, as the id at the empty name, which those who were erased have and nobody else: behind
/// them all, or before them where they are asked for.
const fn front(filter: &MemberFilter) -> Uuid {
    if filter.asks_for_erased() { Uuid::nil() } else { Uuid::max() }
}

/// Where the page begins, as key and id: never before the front, whatever place an address names.
pub(super) fn bounds(place: &Place, front: Uuid) -> (String, Uuid) {
    match place {
        Place::Start => (String::new(), front),
        Place::After(at) if at.key.is_empty() => (String::new(), at.id.0.max(front)),
        Place::After(at) | Place::Before(at) => (at.key.clone(), at.id.0),
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
        // Behind an empty page, whoever stands at its place is still to be met from the other side.
        Place::After(at) => (last, Some(first.unwrap_or_else(|| at.next_id()))),
        Place::Before(at) => {
            rows.reverse();
            (Some(first.unwrap_or_else(|| at.previous_id())), last)
        }
    };
    let whole = next.is_none() && previous.is_none();
    let total = total.or_else(|| i64::try_from(rows.len()).ok().filter(|_| whole));
    MemberPage { rows, total, next, previous }
}
