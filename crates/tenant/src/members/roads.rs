//! The orders by name that a walk follows: of everybody, of those whom one axis sets apart, of those who have one of a few words.
//!
//! The statements are written out for each length of a walk, and not told it by a value: a database that reads in one how far it goes knows
//! that following the order is cheapest, whatever else it knows of the table.

use std::sync::LazyLock;

use super::search::Place;
use super::statements::{BY_WORD, OF_MEMBER, OF_WALK, ROWS_FROM};

/// How far a walk goes, each from where the one before ended: where every tenth fits, the first fills the page. A page walks past
/// some 10,000 at most.
pub(super) const LENGTHS: [usize; 3] = [600, 1_700, 7_700];
/// How many may be written into a walk between two statements: an import's largest piece is 2,000 people, with some words each.
const MEANWHILE: usize = 10_000;
/// How many words are merged into one order at most. A beginning that more words have is frequent enough to be met among everybody.
pub(super) const WORDS_OF_A_ROAD: usize = 32;
/// Roads are as wide as that: planning a statement for four words takes PostgreSQL an eighth of the time for all.
const WIDTHS: [usize; 4] = [4, 8, 16, WORDS_OF_A_ROAD];

/// The words between `$2` and `$3`, one more than a road has places for at most, from each one on to the next, however many have it; and with
/// each, how often all of them occur together, counted up to `$4`.
pub(super) static WORDS_UNDER: LazyLock<String> = LazyLock::new(|| {
    let (occurrences, most) = (BY_WORD.count, WORDS_OF_A_ROAD + 1);
    format!(
        "WITH RECURSIVE under (word) AS (
             SELECT word FROM (SELECT w.word FROM member_word w WHERE w.tenant_id = $1 AND w.word >= $2 AND w.word < $3
                 ORDER BY w.word LIMIT 1) AS begun
             UNION ALL
             SELECT (SELECT w.word FROM member_word w WHERE w.tenant_id = $1 AND w.word > under.word AND w.word < $3
                 ORDER BY w.word LIMIT 1) FROM under WHERE under.word IS NOT NULL
         ) SELECT word, ({occurrences}) FROM under WHERE word IS NOT NULL LIMIT {most}"
    )
});

/// An order by name, forwards and backwards.
pub(super) struct Road([Statements; 2]);

/// An order by name in one direction.
pub(super) struct Statements {
    /// Who stands first behind a place, which is `$2`, `$3`; `$4` and following are what the members of the road share.
    pub first: String,
    /// The first walk as it is tried without knowing its end: as `walked`, no further than its length.
    pub tried: String,
    /// Longer and longer walks.
    pub walks: [Walk; LENGTHS.len()],
}

/// A walk of one length.
pub(super) struct Walk {
    /// Who stands at its end, as the first is asked for. No row: the list ends before.
    pub end: String,
    /// Those between two places who fit, once for each of the words of the road that they have: `$2` to `$18` are the filter, `$19`, `$20` the
    /// place where the walk begins, `$21` how many at most, `$22`, `$23` its end, `$24` and following as above.
    pub walked: String,
}

impl Road {
    /// Those of the direction of a page.
    pub const fn towards(&self, place: &Place) -> &Statements {
        let Self([forwards, backwards]) = self;
        if matches!(place, Place::Before(_)) { backwards } else { forwards }
    }
}

/// Forwards and backwards, as SQL says it.
struct Way {
    beyond: char,
    within: &'static str,
    down: &'static str,
    /// Whether it ends at those who were erased.
    back: bool,
}

const WAYS: [Way; 2] = [
    Way { beyond: '>', within: "<=", down: "", back: false },
    Way { beyond: '<', within: ">=", down: " DESC", back: true },
];

/// Where an order stands.
#[derive(Clone, Copy)]
struct Order {
    table: &'static str,
    id: &'static str,
    /// Which rows; a `$` stands for the value that they share.
    of: &'static str,
    /// Whether those who were erased may be among them: elsewhere the way back ends before them.
    erased: bool,
    /// How many of these orders are merged, each with a value of its own.
    branches: usize,
}

impl Order {
    const fn of_members(of: &'static str) -> Self {
        Self { table: "member", id: "id", of, erased: false, branches: 1 }
    }

    fn road(self) -> Road {
        let [shortest, ..] = LENGTHS;
        let walk = |way: &Way, far| Walk { end: self.nth(way, far), walked: self.walked(way, far + MEANWHILE) };
        Road(WAYS.map(|way| Statements {
            first: self.nth(&way, 1),
            tried: self.walked(&way, shortest),
            walks: LENGTHS.map(|far| walk(&way, far)),
        }))
    }

    fn nth(&self, way: &Way, nth: usize) -> String {
        let (names, down) = (self.names(way, "sort_name, id", 2, 4, "", nth), way.down);
        let offset = nth - 1;
        format!(
            "SELECT sort_name, id FROM ({names}) AS walk ORDER BY sort_name{down}, id{down} LIMIT 1 OFFSET {offset}"
        )
    }

    /// An order of members' rows is walked along these themselves, which are met in its index; of another table, by their ids. How
    /// many there can be at most is what the database plans by.
    fn walked(&self, way: &Way, most: usize) -> String {
        let (down, within, id) = (way.down, way.within, self.id);
        let names =
            |columns| self.names(way, columns, 19, 24, &format!(" AND (sort_name, {id}) {within} ($22, $23)"), most);
        if self.table == "member" {
            let rows = names("*");
            return format!(
                "{ROWS_FROM}({rows}) AS m WHERE TRUE{OF_MEMBER}ORDER BY m.sort_name{down}, m.id{down} LIMIT $21"
            );
        }
        let names = names("sort_name, id");
        format!(
            "{ROWS_FROM}({names}) AS walk CROSS JOIN member m
             WHERE m.tenant_id = $1 AND m.id = walk.id{OF_WALK}ORDER BY walk.sort_name{down}, walk.id{down} LIMIT $21"
        )
    }

    /// The next `most` behind the place `$from`, which the databases read one by one. Of branches that are in order by themselves, they know
    /// that merging them is.
    fn names(&self, way: &Way, columns: &str, from: usize, of: usize, until: &str, most: usize) -> String {
        let Self { table, id, erased, branches, .. } = self;
        let Way { beyond, down, back, .. } = way;
        let columns = if *id == "id" { columns.to_owned() } else { format!("sort_name, {id} AS id") };
        let living = if *back && !erased { " AND sort_name > ''" } else { "" };
        let branch = |nth: usize| {
            let of = self.of.replace('$', &format!("${}", of + nth));
            let to = from + 1;
            format!(
                "SELECT {columns} FROM {table} WHERE tenant_id = $1{of} AND (sort_name, {id}) {beyond} (${from}, ${to}){until}{living}
                 ORDER BY sort_name{down}, {id}{down}"
            )
        };
        if *branches == 1 {
            return format!("{} LIMIT {most}", branch(0));
        }
        let branches = (0..*branches).map(|nth| format!("SELECT * FROM ({}) AS b{nth}", branch(nth)));
        let merged = branches.collect::<Vec<_>>().join(" UNION ALL ");
        format!("SELECT sort_name, id FROM ({merged}) AS merged ORDER BY sort_name{down}, id{down} LIMIT {most}")
    }
}

const fn of_words(branches: usize) -> Order {
    Order { table: "member_word", id: "member_id", of: " AND word = $", erased: false, branches }
}

pub(super) static EVERYBODY: LazyLock<Road> = LazyLock::new(|| Order::of_members("").road());
pub(super) static OF_STATE: LazyLock<Road> =
    LazyLock::new(|| Order::of_members(" AND authorization_state <> 'reviewed' AND authorization_state = $").road());
/// The erased are a state of their own here.
pub(super) static OF_LIFECYCLE: LazyLock<Road> = LazyLock::new(|| {
    Order { erased: true, ..Order::of_members(" AND lifecycle <> 'active' AND lifecycle = $") }.road()
});
pub(super) static OF_LOCK: LazyLock<Road> = LazyLock::new(|| Order::of_members(" AND locked").road());
pub(super) static OF_PROVIDER: LazyLock<Road> =
    LazyLock::new(|| Order::of_members(" AND provider IS NOT NULL AND provider = $").road());
pub(super) static OF_FEDERATION: LazyLock<Road> =
    LazyLock::new(|| Order::of_members(" AND provider IS NOT NULL").road());
pub(super) static OF_KEEPER: LazyLock<Road> = LazyLock::new(|| Order::of_members(" AND kept_by IS NOT NULL").road());
pub(super) static OF_ROLE: LazyLock<Road> = LazyLock::new(|| {
    Order { table: "member_role", id: "member_id", of: " AND role = $", erased: false, branches: 1 }.road()
});
static OF_WORDS: LazyLock<[Road; WIDTHS.len()]> = LazyLock::new(|| WIDTHS.map(|width| of_words(width).road()));

/// The road of so many words, and how many it has places for; `None`: they are too many for one.
pub(super) fn of_some_words(words: usize) -> Option<(&'static Road, usize)> {
    OF_WORDS.iter().zip(WIDTHS).find(|(_, width)| words <= *width)
}

/// Every statement, for a test that looks at their plans.
#[cfg(test)]
pub(super) fn statements_of_roads() -> impl Iterator<Item = &'static str> {
    let of_columns: [&'static Road; 8] =
        [&EVERYBODY, &OF_STATE, &OF_LIFECYCLE, &OF_LOCK, &OF_PROVIDER, &OF_FEDERATION, &OF_KEEPER, &OF_ROLE];
    of_columns.into_iter().chain(OF_WORDS.iter()).flat_map(|road| &road.0).flat_map(|way| {
        let walks = way.walks.iter().flat_map(|walk| [walk.end.as_str(), &walk.walked]);
        walks.chain([way.first.as_str(), &way.tried])
    })
}
