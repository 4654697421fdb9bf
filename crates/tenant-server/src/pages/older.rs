//! Lists whose newest come first, page by page.

use serde::Deserialize;
use uuid::Uuid;

/// Where a page of such a list begins: what is no place is the beginning (WEB-18).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Older {
    #[serde(default)]
    before: Option<String>,
}

impl Older {
    /// The row before which it begins.
    pub(super) fn than(&self) -> Option<Uuid> {
        Uuid::parse_str(self.before.as_deref()?).ok()
    }
}

/// The page that these rows begin, of which one more was asked for than it holds, and the row before which the next one begins.
pub(super) fn cut<T>(mut rows: Vec<T>, size: i64, id: impl FnOnce(&T) -> Uuid) -> (Vec<T>, Option<Uuid>) {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    let last = rows.last().filter(|_| more).map(id);
    (rows, last)
}
