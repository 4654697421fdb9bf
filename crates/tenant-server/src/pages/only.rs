use webkit::{Failure, Message};

/// How much of a word that cannot be read is repeated, in characters.
const REPEATED: usize = 60;

/// Which lines of a job or an import are asked for.
pub(super) fn only<T>(asked: Option<&str>, parse: impl Fn(&str) -> Option<T>, all: &str) -> webkit::Result<Option<T>> {
    chosen(asked, parse, "only-unread", (all, "only-all"))
}

/// Which part of a list is asked for. A word that is none is told; all of it is not shown in its place.
pub(super) fn chosen<T>(
    asked: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    why: &'static str,
    (all, next): (&str, &'static str),
) -> webkit::Result<Option<T>> {
    let Some(word) = asked.filter(|word| !word.is_empty()) else { return Ok(None) };
    let unread = || {
        let value: String = word.chars().take(REPEATED).map(|c| if c.is_control() { ' ' } else { c }).collect();
        Failure::bad_request(Message::new(why).with("value", value)).next(all, next)
    };
    parse(word).map(Some).ok_or_else(unread)
}
