use tenant::members::{MemberId, PageAfter};
use tenant::terms::Kind;
use uuid::Uuid;

use super::problem::Problem;

/// A place in a list, as callers carry it from page to page: opaque to them, and for one kind of list alone. It names a place
/// in an order and no right: whoever makes one up sees the same list from elsewhere (WEB-18).
pub(super) trait Cursor: Sized {
    /// The kind of list.
    const KIND: char;
    fn text(&self) -> String;
    fn parse(text: &str) -> Option<Self>;

    fn write(&self) -> String {
        jose::base64url(format!("{}{}", Self::KIND, self.text()).as_bytes())
    }

    /// Reads what [`Cursor::write`] wrote; anything else is an error, and never the first page.
    fn read(text: Option<&str>) -> Result<Option<Self>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let read = jose::from_base64url(text).and_then(|bytes| String::from_utf8(bytes).ok());
        let place = read.as_deref().and_then(|text| text.strip_prefix(Self::KIND)).and_then(Self::parse);
        place.map(Some).ok_or_else(|| Problem::invalid("invalid_cursor", "cursor"))
    }
}

impl Cursor for PageAfter {
    const KIND: char = 'm';

    fn text(&self) -> String {
        self.to_text()
    }

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// After the row of that id: jobs and entries of the log.
pub(super) struct After(pub Uuid);

impl Cursor for After {
    const KIND: char = 'r';

    fn text(&self) -> String {
        self.0.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self)
    }
}

/// After that acceptance: whose, of what, and which version.
impl Cursor for (MemberId, Kind, i64) {
    const KIND: char = 'a';

    fn text(&self) -> String {
        format!("{} {} {}", self.0, self.1.word(), self.2)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let member = Uuid::parse_str(parts.next()?).ok()?;
        Some((MemberId(member), Kind::of(parts.next()?)?, parts.next()?.parse().ok()?))
    }
}

/// The page that these rows begin, of which one more was asked for than it holds, and where the next one begins.
pub(super) fn page<T, C: Cursor>(
    mut rows: Vec<T>,
    limit: i64,
    place: impl FnOnce(&T) -> C,
) -> (Vec<T>, Option<String>) {
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|last| place(last).write());
    (rows, next)
}

/// After that position: the items of a job, the versions of a text.
pub(super) struct Position(pub i64);

impl Cursor for Position {
    const KIND: char = 'p';

    fn text(&self) -> String {
        self.0.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|position| *position >= 0).map(Self)
    }
}

/// After that client: service accounts.
pub(super) struct Client(pub String);

impl Cursor for Client {
    const KIND: char = 'c';

    fn text(&self) -> String {
        self.0.clone()
    }

    fn parse(text: &str) -> Option<Self> {
        let plain = text.len() <= 200 && text.chars().all(|c| c.is_ascii_graphic());
        plain.then(|| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_18_a_cursor_is_read_where_it_was_written_and_nowhere_else() {
        let id = Uuid::from_u128(7);
        let here = After(id).write();
        assert_eq!(After::read(Some(&here)).unwrap().unwrap().0, id);
        assert!(After::read(None).unwrap().is_none());
        let plain = jose::base64url(id.to_string().as_bytes());
        let control = jose::base64url(format!("m{id}~a\u{0}").as_bytes());
        for bad in ["", "nonsense", "' OR 1=1 --", &plain, &Position(3).write(), &here[1..], &id.to_string()] {
            assert!(After::read(Some(bad)).is_err(), "{bad}");
        }
        assert!(PageAfter::read(Some(&control)).is_err());
        assert!(Position::read(Some(&jose::base64url(b"p-1"))).is_err());
        let accepted = (MemberId(id), Kind::Privacy, 3);
        assert_eq!(<(MemberId, Kind, i64)>::read(Some(&accepted.write())).unwrap(), Some(accepted));
        for bad in
            [format!("a{id} privacy"), format!("a{id} none 3"), "ax terms 3".to_owned(), format!("a{id} terms 3 4")]
        {
            assert!(<(MemberId, Kind, i64)>::read(Some(&jose::base64url(bad.as_bytes()))).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_tells_where_the_next_one_begins_if_there_is_one() {
        let pages = |rows: &[i64]| page(rows.to_vec(), 2, |last| Position(*last));
        assert_eq!(pages(&[1, 2, 3]), (vec![1, 2], Some(Position(2).write())));
        assert_eq!(pages(&[1, 2]), (vec![1, 2], None));
        assert_eq!(pages(&[]), (vec![], None));
    }
}
