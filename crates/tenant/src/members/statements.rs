//! The statements of the list. Whoever was erased has the empty name, and nobody else has (`erase`, `Profile::sort_name`): they stand
//! in front of the order by name, where a list begins behind them, and are seen where they are asked for alone.
//! In all of them `$1` is the tenant, `$2` to `$18` are the filter (`conditions` of the search),
//! `$19`, `$20` the place where a page begins or ends, and `$21` its size.

use super::columns;
#[cfg(test)]
use super::roads::{WORDS_UNDER, statements_of_roads};

/// The filter's conditions, bound to the same places in every statement, from `$2`.
macro_rules! residual {
    () => {
        residual!("m.id")
    };
    ($id:literal) => {
        concat!(of_row!(), of_others!($id))
    };
}

/// Those of the conditions that a member's row answers.
macro_rules! of_row {
    () => {
        " AND ($2 IS NULL OR m.authorization_state = $2)
          AND (m.lifecycle = $3 OR m.lifecycle <> 'purged'
              AND ($3 IS NULL OR $3 = 'not_deleted' AND m.lifecycle <> 'deleted'))
          AND ($4 IS NULL OR m.locked = $4)
          AND ($14 IS NULL OR (m.provider IS NOT NULL) = $14) AND ($15 IS NULL OR m.provider = $15)
          AND ($16 IS NULL OR (m.kept_by IS NOT NULL) = $16)
          AND ($17 IS NULL OR COALESCE(m.last_sign_in, m.created_at) < $17)
          AND ($18 IS NULL OR lower(m.email) = $18) "
    };
}

/// Those that other tables answer, by the id that is known before the row is: whoever has not the word costs no row. `OFFSET 0` keeps
/// PostgreSQL from reading everybody who has it first, to ask that of each, and `NULLIF` (no word is empty) from going through them by the
/// index of words each time: a member has a few words.
macro_rules! of_others {
    ($id:literal) => {
        concat!(
            " AND ($5 IS NULL OR EXISTS (SELECT 1 FROM member_role r
              WHERE r.tenant_id = $1 AND r.member_id = ",
            $id,
            " AND r.role = $5 LIMIT 1 OFFSET 0))
          AND ($6 IS NULL OR EXISTS (SELECT 1 FROM member_word w
              WHERE w.tenant_id = $1 AND w.member_id = ",
            $id,
            " AND NULLIF(w.word, '') >= $6 AND NULLIF(w.word, '') < $7 LIMIT 1 OFFSET 0))
          AND ($8 IS NULL OR EXISTS (SELECT 1 FROM member_word w
              WHERE w.tenant_id = $1 AND w.member_id = ",
            $id,
            " AND NULLIF(w.word, '') >= $8 AND NULLIF(w.word, '') < $9 LIMIT 1 OFFSET 0))
          AND ($10 IS NULL OR EXISTS (SELECT 1 FROM member_word w
              WHERE w.tenant_id = $1 AND w.member_id = ",
            $id,
            " AND NULLIF(w.word, '') >= $10 AND NULLIF(w.word, '') < $11 LIMIT 1 OFFSET 0))
          AND ($12 IS NULL OR EXISTS (SELECT 1 FROM member_role s
              WHERE s.tenant_id = $1 AND s.member_id = ",
            $id,
            " AND s.role = $12 LIMIT 1 OFFSET 0) = $13) "
        )
    };
}

/// The conditions, for the walks: of rows, and of ids.
pub(super) const OF_MEMBER: &str = residual!();
pub(super) const OF_WALK: &str = residual!("walk.id");
/// What a row of the list is made of.
pub(super) const ROWS_FROM: &str = columns!(roles from "", "");

/// How many there are, counted up to a value. As the walks (`roads`), it says itself how far it goes at most, which is as far as [`FEW`] is
/// counted: for an unknown limit, PostgreSQL plans anew each time. Whatever can be many is put in the order of an index, or else it may
/// read the table instead.
macro_rules! counted {
    ($ones:literal, $limit:literal) => {
        concat!("SELECT COUNT(*) FROM (SELECT one FROM (", $ones, " LIMIT 2001) AS most LIMIT ", $limit, ") AS counted")
    };
}
pub(crate) use counted;

/// As many members as one page may look up and sort.
pub(super) const FEW: i64 = 2_000;

/// How many rows a page has at most.
pub(super) const LARGEST_PAGE: i64 = 500;

/// Statements over the few members that one index names.
pub(super) struct Source {
    /// How many the index names, counted up to a limit; `$2` is the value (and `$3` the end of a range).
    pub count: &'static str,
    /// How many of them fit all conditions.
    pub fitting: &'static str,
    /// Those after a place, and before one.
    pub pages: [&'static str; 2],
}

/// The few, asked once what other tables say of them: without statistics, PostgreSQL would do it anew for each of another set.
macro_rules! few {
    ($ids:literal) => {
        concat!(
            "WITH few AS MATERIALIZED (SELECT found.id FROM (",
            $ids,
            ") AS found WHERE TRUE",
            of_others!("found.id"),
            ") "
        )
    };
}

/// Ids and names of a page of those who fit, in order.
macro_rules! page {
    ($ids:literal, $place:literal) => {
        concat!(
            "(",
            few!($ids),
            "SELECT m.id, m.sort_name FROM few CROSS JOIN member m WHERE m.tenant_id = $1 AND m.id = few.id",
            of_row!(),
            "AND (m.sort_name, m.id) ",
            $place,
            " LIMIT $21) AS page CROSS JOIN member m "
        )
    };
}

/// `$ones` is a row for each that has the value, `$ids` names them with the places of the filter.
macro_rules! source {
    ($limit:literal, $ones:literal, $ids:literal) => {
        Source {
            count: counted!($ones, $limit),
            fitting: concat!(
                few!($ids),
                "SELECT COUNT(*) FROM few CROSS JOIN member m WHERE m.tenant_id = $1 AND m.id = few.id",
                of_row!()
            ),
            // Whole rows are read of a page alone.
            pages: [
                columns!(roles from page!($ids, "> ($19, $20) ORDER BY m.sort_name, m.id"),
                    "WHERE m.tenant_id = $1 AND m.id = page.id ORDER BY page.sort_name, page.id"),
                columns!(roles from page!($ids, "< ($19, $20) ORDER BY m.sort_name DESC, m.id DESC"),
                    "WHERE m.tenant_id = $1 AND m.id = page.id ORDER BY page.sort_name DESC, page.id DESC"),
            ],
        }
    };
}

pub(super) const BY_WORD: Source = source!(
    "$4",
    "SELECT 1 AS one FROM member_word WHERE tenant_id = $1 AND word >= $2 AND word < $3
         ORDER BY word, sort_name, member_id",
    "SELECT DISTINCT member_id AS id FROM member_word WHERE tenant_id = $1 AND word >= $6 AND word < $7"
);
pub(super) const BY_ADDRESS: Source = source!(
    "$3",
    "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND lower(email) = $2",
    "SELECT id FROM member WHERE tenant_id = $1 AND lower(email) = $18"
);
pub(super) const BY_ROLE: Source = source!(
    "$3",
    "SELECT 1 AS one FROM member_role WHERE tenant_id = $1 AND role = $2 ORDER BY sort_name, member_id",
    "SELECT member_id AS id FROM member_role WHERE tenant_id = $1 AND role = $5"
);
/// But for the erased, as that of locks.
pub(super) const BY_STATE: Source = source!(
    "$3",
    "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND authorization_state <> 'reviewed' AND authorization_state = $2
         AND sort_name > '' ORDER BY sort_name, id",
    "SELECT id FROM member WHERE tenant_id = $1 AND authorization_state <> 'reviewed' AND authorization_state = $2
         AND sort_name > ''"
);
pub(super) const BY_LIFECYCLE: Source = source!(
    "$3",
    "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND lifecycle <> 'active' AND lifecycle = $2
         ORDER BY sort_name, id",
    "SELECT id FROM member WHERE tenant_id = $1 AND lifecycle <> 'active' AND lifecycle = $3"
);
pub(super) const BY_LOCK: Source = source!(
    "$2",
    "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND locked AND sort_name > '' ORDER BY sort_name, id",
    "SELECT id FROM member WHERE tenant_id = $1 AND locked AND sort_name > ''"
);

/// Those who hold a role (`$2`), by the place of support users.
pub(super) const BY_SUPPORT: Source = source!(
    "$3",
    "SELECT 1 AS one FROM member_role WHERE tenant_id = $1 AND role = $2 ORDER BY sort_name, member_id",
    "SELECT member_id AS id FROM member_role WHERE tenant_id = $1 AND role = $12"
);
pub(super) const BY_PROVIDER: Source = source!(
    "$3",
    "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND provider IS NOT NULL AND provider = $2
         ORDER BY sort_name, id",
    "SELECT id FROM member WHERE tenant_id = $1 AND provider IS NOT NULL AND provider = $15"
);
pub(super) const BY_FEDERATION: Source = source!(
    "$2",
    "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND provider IS NOT NULL ORDER BY sort_name, id",
    "SELECT id FROM member WHERE tenant_id = $1 AND provider IS NOT NULL"
);
pub(super) const BY_KEEPER: Source = source!(
    "$2",
    "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND kept_by IS NOT NULL ORDER BY sort_name, id",
    "SELECT id FROM member WHERE tenant_id = $1 AND kept_by IS NOT NULL"
);

/// Everybody, in the order by name: [`LARGEST_PAGE`] and one more at most, for which it is planned.
macro_rules! everybody {
    ($place:literal, $order:literal) => {
        columns!(roles from concat!(
            "(SELECT * FROM member WHERE tenant_id = $1 AND (sort_name, id) ", $place, " ORDER BY ", $order, " LIMIT 501) AS m "
        ), concat!("ORDER BY ", $order, " LIMIT $4"))
    };
}
pub(super) const ALL: [&str; 2] =
    [everybody!("> ($2, $3)", "sort_name, id"), everybody!("< ($2, $3) AND sort_name > ''", "sort_name DESC, id DESC")];
pub(super) const COUNT_ALL: &str =
    counted!("SELECT 1 AS one FROM member WHERE tenant_id = $1 AND sort_name > '' ORDER BY sort_name, id", "$2");

/// Those between two ids who fit.
pub(super) const WINDOW: &str = columns!(roles from "member m ", concat!(
    "WHERE m.tenant_id = $1", residual!(), "AND m.id > $19 AND m.id <= $20 ORDER BY m.id"
));

pub(super) const WINDOW_ENDS: &str =
    "SELECT id FROM (SELECT id FROM member WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS walked
     ORDER BY id DESC LIMIT 1";
/// The same of those who hold a role.
pub(super) const WINDOW_OF_ROLE: &str = columns!(roles from "member_role held CROSS JOIN member m ", concat!(
    "WHERE held.tenant_id = $1 AND held.role = $5 AND held.member_id > $19 AND held.member_id <= $20
         AND m.tenant_id = $1 AND m.id = held.member_id", residual!("held.member_id"), "ORDER BY held.member_id"
));
pub(super) const WINDOW_OF_ROLE_ENDS: &str =
    "SELECT member_id FROM (SELECT member_id FROM member_role WHERE tenant_id = $1 AND role = $4 AND member_id > $2
         ORDER BY member_id LIMIT $3) AS walked
     ORDER BY member_id DESC LIMIT 1";

/// Every statement, for a test that looks at their plans.
#[cfg(test)]
pub(crate) fn statements_of_the_list() -> Vec<&'static str> {
    let sources = [
        BY_WORD,
        BY_ADDRESS,
        BY_ROLE,
        BY_STATE,
        BY_LIFECYCLE,
        BY_LOCK,
        BY_SUPPORT,
        BY_PROVIDER,
        BY_FEDERATION,
        BY_KEEPER,
    ];
    let of_sources =
        sources.into_iter().flat_map(|source| [source.count, source.fitting].into_iter().chain(source.pages));
    of_sources
        .chain(statements_of_roads())
        .chain(ALL)
        .chain([COUNT_ALL, WINDOW, WORDS_UNDER.as_str(), WINDOW_ENDS, WINDOW_OF_ROLE, WINDOW_OF_ROLE_ENDS])
        .collect()
}
