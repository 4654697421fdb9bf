//! Which ways in were used in a browser, the last one first: what the sign-in page marks, and offers first (DESIGN §3.2). They
//! stand in a cookie of that browser and nowhere else, so that they say nothing of any account, and are the same whatever address
//! is typed. Whoever forges or copies them moves a mark and opens nothing; they count in their own browser alone nevertheless.

use ambient::SecretHash;
use store::MasterKey;

/// How many of them are kept. Which of them can be used depends on where the person wants to go: a tenant's own provider is one
/// way to that tenant alone.
const MOST: usize = 5;
/// Stands between the keys of providers, which have no such sign in them.
const SEPARATOR: &str = "~";
/// Stands before what shows that we wrote them.
const MARK: char = ':';

/// The keys of the ways used, ours included, the last one first; none if the value is not what we wrote for this browser.
#[must_use]
pub fn ways_used(key: &MasterKey, browser: &str, presented: &str) -> Vec<String> {
    let Some((ways, mark)) = presented.rsplit_once(MARK) else { return Vec::new() };
    if !SecretHash::of(&mark_of(key, browser, ways)).matches(&SecretHash::of(mark)) {
        return Vec::new();
    }
    ways.split(SEPARATOR).take(MOST).map(str::to_owned).collect()
}

/// What the browser keeps from now on: what it had, and this way first.
#[must_use]
pub fn note_way(key: &MasterKey, browser: &str, presented: &str, way: &str) -> String {
    let before = ways_used(key, browser, presented);
    let others = before.iter().map(String::as_str).filter(|other| *other != way).take(MOST - 1);
    let ways = std::iter::once(way).chain(others).collect::<Vec<_>>().join(SEPARATOR);
    let mark = mark_of(key, browser, &ways);
    format!("{ways}{MARK}{mark}")
}

fn mark_of(key: &MasterKey, browser: &str, ways: &str) -> String {
    jose::base64url(&key.derive(&format!("ways used in {browser}: {ways}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_28_the_last_way_comes_first_each_stands_once_and_only_what_we_wrote_counts() {
        let (key, other) = (MasterKey::from_bytes(&[1; 32]), MasterKey::from_bytes(&[2; 32]));
        let mut kept = String::new();
        for way in ["platform", "contoso", "acme.corp", "platform", "d", "e", "f"] {
            kept = note_way(&key, "a browser", &kept, way);
        }
        assert_eq!(ways_used(&key, "a browser", &kept), ["f", "e", "d", "platform", "acme.corp"]);
        assert!(kept.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)), "a cookie's value");
        let (ways, mark) = kept.rsplit_once(':').unwrap();
        for forged in ["", ":", "platform", ways, &format!("contoso:{mark}"), &format!("{ways}~x:{mark}")] {
            assert!(ways_used(&key, "a browser", forged).is_empty(), "{forged}");
        }
        assert!(ways_used(&key, "another", &kept).is_empty() && ways_used(&other, "a browser", &kept).is_empty());
        assert_eq!(note_way(&key, "a browser", "forged:x", "contoso"), note_way(&key, "a browser", "", "contoso"));
    }
}
