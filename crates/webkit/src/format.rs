use std::fmt;

use ambient::Timestamp;
use askama::filters::HtmlSafe;

use crate::{Lang, Visit};

/// A moment as a page shows it: `<time datetime="…" title="…">3 minutes ago</time>`. Safe to write into HTML.
#[derive(Debug, Clone)]
pub struct Time {
    datetime: String,
    title: String,
    text: String,
}

impl Time {
    /// The words alone, for texts that can't hold an element.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (datetime, title, text) = (&self.datetime, escape(&self.title), escape(&self.text));
        write!(f, "<time datetime=\"{datetime}\" title=\"{title}\">{text}</time>")
    }
}

impl HtmlSafe for Time {}

/// Escapes for element content and double-quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// "14 Nov 2026" in the visitor's language (UTC; the exact minute is in its `title`).
pub(crate) fn date(visit: &Visit, at: Timestamp) -> Time {
    Time { datetime: at.to_rfc3339(), title: date_time_words(visit, at), text: date_words(visit, at) }
}

/// "14 Nov 2026, 08:12 UTC".
pub(crate) fn date_time(visit: &Visit, at: Timestamp) -> Time {
    let words = date_time_words(visit, at);
    Time { datetime: at.to_rfc3339(), title: words.clone(), text: words }
}

/// "3 minutes ago", up to a week; then the date. A moment that lies ahead is shown as "in 3 minutes".
pub(crate) fn ago(visit: &Visit, at: Timestamp) -> Time {
    let (passed, ahead) = (visit.now.since(at).as_secs(), at.since(visit.now).as_secs());
    let (seconds, direction) = if ahead > 0 { (ahead, "in") } else { (passed, "ago") };
    let n = |unit: u64| i64::try_from(seconds / unit).unwrap_or(i64::MAX);
    let text = match seconds {
        0..45 => visit.t(if ahead > 0 { "in-moments" } else { "ago-moments" }),
        45..3_600 => visit.t_with(&format!("{direction}-minutes"), [("n", n(60).max(1))]),
        3_600..86_400 => visit.t_with(&format!("{direction}-hours"), [("n", n(3_600))]),
        86_400..604_800 => visit.t_with(&format!("{direction}-days"), [("n", n(86_400))]),
        _ => date_words(visit, at),
    };
    Time { datetime: at.to_rfc3339(), title: date_time_words(visit, at), text }
}

fn date_words(visit: &Visit, at: Timestamp) -> String {
    let date = at.date();
    let month = visit.t(&format!("month-{}", u8::from(date.month())));
    let args = [("day", date.day().to_string()), ("month", month), ("year", date.year().to_string())];
    visit.t_with("date", args)
}

fn date_time_words(visit: &Visit, at: Timestamp) -> String {
    let clock = at.date();
    let time = format!("{:02}:{:02}", clock.hour(), clock.minute());
    visit.t_with("date-time", [("date", date_words(visit, at)), ("time", time)])
}

/// A whole number with its thousands apart: `82,416`, in German `82.416`.
pub(crate) fn grouped(number: i64, lang: Lang) -> String {
    let digits = number.unsigned_abs().to_string();
    let separator = match lang {
        Lang::En => ',',
        Lang::De => '.',
    };
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// Whether a bidirectional algorithm would lay the text out from right to left (Hebrew, Arabic and their neighbours).
pub(crate) fn first_strong_is_rtl(text: &str) -> bool {
    text.chars().find(|c| c.is_alphabetic()).is_some_and(
        |c| matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x1_0800..=0x1_0FFF),
    )
}

/// Up to two letters for a picture that stands for a person: of the first and the last word, else of the address.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name
        .split(|c: char| c.is_whitespace() || c == '@')
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = if name.contains('@') { words.next() } else { words.next_back() };
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        for (number, en, de) in
            [(0, "0", "0"), (999, "999", "999"), (82_416, "82,416", "82.416"), (-1_000, "-1,000", "-1.000")]
        {
            assert_eq!(grouped(number, Lang::En), en);
            assert_eq!(grouped(number, Lang::De), de);
        }
    }

    #[test]
    fn initials_of_all_kinds_of_names() {
        for (name, expected) in [
            ("Mina Hollis", "MH"),
            ("Bartholomäus von Kestenholz", "BK"),
            ("mina@hollis.studio", "MH"),
            ("Özil", "Ö"),
            ("  ", ""),
            ("🦊 fox", "F"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
