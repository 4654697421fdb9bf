//! The order by name of those who have one of a few words: each word is in that order by itself, and they are merged.

use std::sync::LazyLock;

use super::statements::{OF_OTHERS, OF_ROW, ROWS_FROM, Road};
use super::walk::LONGEST_WALK;

/// How many words are merged at most. A beginning that more words have is frequent enough to be met among everybody.
pub(super) const BRANCHES: usize = 32;

/// The words between `$2` and `$3`, at most `$4`: from each one on to the next, however many have it.
pub(super) const WORDS_UNDER: &str = "WITH RECURSIVE under (word) AS (
         SELECT word FROM (SELECT w.word FROM member_word w WHERE w.tenant_id = $1 AND w.word >= $2 AND w.word < $3
             ORDER BY w.word LIMIT 1) AS begun
         UNION ALL
         SELECT (SELECT w.word FROM member_word w WHERE w.tenant_id = $1 AND w.word > under.word AND w.word < $3
             ORDER BY w.word LIMIT 1) FROM under WHERE under.word IS NOT NULL
     ) SELECT word FROM under WHERE word IS NOT NULL LIMIT $4";

pub(super) static WORD_ROAD: LazyLock<WordRoad> =
    LazyLock::new(|| WordRoad { ends: WAYS.map(|way| ends(&way)), walked: WAYS.map(|way| walked(&way)) });

/// The statements of the road, as [`Road`] has them.
pub(super) struct WordRoad {
    ends: [String; 2],
    walked: [String; 2],
}

impl WordRoad {
    pub(super) fn road(&'static self) -> Road {
        let texts = |two: &'static [String; 2]| two.each_ref().map(String::as_str);
        Road { ends: texts(&self.ends), walked: texts(&self.walked), again: true }
    }
}

/// Forwards and backwards.
struct Way {
    beyond: char,
    within: &'static str,
    down: &'static str,
}

const WAYS: [Way; 2] = [Way { beyond: '>', within: "<=", down: "" }, Way { beyond: '<', within: ">=", down: " DESC" }];

/// Where a walk ends: the words are `$5` and following. No branch has to be read further than the walk may go. Whoever has two of the
/// words is passed twice.
fn ends(Way { beyond, down, .. }: &Way) -> String {
    let branch = |n: usize| {
        format!(
            "SELECT * FROM (SELECT sort_name, member_id FROM member_word WHERE tenant_id = $1 AND word = ${}
                 AND (sort_name, member_id) {beyond} ($2, $3) ORDER BY sort_name{down}, member_id{down} LIMIT $4 + 1) AS b{n}",
            n + 5
        )
    };
    let order = format!("ORDER BY sort_name{down}, member_id{down} LIMIT 1 OFFSET $4");
    format!("SELECT sort_name, member_id FROM ({}) AS merged {order}", merged(" UNION ALL ", branch))
}

/// Those of a walk who fit, each once: the words are `$24` and following. Whole rows are read of a page alone, and what a walk meets is
/// asked once what other tables say of it, as of the few. That it is never longer, PostgreSQL cannot know: it would read everybody.
fn walked(Way { beyond, within, down }: &Way) -> String {
    let branch = |n: usize| {
        format!(
            "SELECT sort_name, member_id FROM member_word WHERE tenant_id = $1 AND word = ${}
                 AND (sort_name, member_id) {beyond} ($19, $20) AND (sort_name, member_id) {within} ($22, $23)",
            n + 24
        )
    };
    format!(
        "{ROWS_FROM}(WITH met AS MATERIALIZED (SELECT sort_name, member_id FROM ({}) AS merged WHERE TRUE {OF_OTHERS} LIMIT {LONGEST_WALK})
             SELECT met.sort_name, met.member_id AS id FROM met
             CROSS JOIN member m WHERE m.tenant_id = $1 AND m.id = met.member_id {OF_ROW}
             ORDER BY met.sort_name{down}, met.member_id{down} LIMIT $21) AS page
         CROSS JOIN member m WHERE m.tenant_id = $1 AND m.id = page.id ORDER BY page.sort_name{down}, page.id{down}",
        merged(" UNION ", branch)
    )
}

fn merged(union: &str, branch: impl Fn(usize) -> String) -> String {
    (0..BRANCHES).map(branch).collect::<Vec<_>>().join(union)
}
