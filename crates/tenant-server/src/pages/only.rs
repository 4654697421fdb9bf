use webkit::{Failure, Message};

/// How much of a word that cannot be read is repeated, in characters.
const REPEATED: usize = 60;

/// Which lines of a job or an import are asked for. A word that is none is told; all of them are not shown in its place.
pub(super) fn only<T>(asked: Option<&str>, parse: impl Fn(&str) -> Option<T>, all: &str) -> webkit::Result<Option<T>> {
    let Some(word) = asked.filter(|word| !word.is_empty()) else { return Ok(None) };
    let unread = || {
        let value: String = word.chars().take(REPEATED).map(|c| if c.is_control() { ' ' } else { c }).collect();
        Failure::bad_request(Message::new("only-unread").with("value", value)).next(all, "only-all")
    };
    parse(word).map(Some).ok_or_else(unread)
}
