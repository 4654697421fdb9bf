//! A list of who is called what at a provider: lines of a member's id or address, and a subject.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use csv_core::{ReadRecordResult, Reader};
use store::{ManyRows, StoreError, TenantStore, params};
use uuid::Uuid;

use super::{BatchId, BatchState, read};
use crate::Context;
use crate::invitations::is_address;
use crate::lifecycle::{Denied, Refusal};
use crate::members::MemberId;
use crate::providers::LONGEST_SUBJECT;
use crate::roles;

/// How many lines a list may have.
pub const MOST_MATCHES: usize = 100_000;
/// How many of them one transaction writes.
const TOGETHER: usize = 500;
/// The longest line, in bytes.
const LONGEST: usize = 4_096;

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// In the file.
    line: i64,
    who: Who,
    subject: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Member(MemberId),
    /// In lower case.
    Email(String),
}

store::words! {
    /// Why a list is not taken: all of it or nothing.
    MatchFault {
        /// There is no line in it.
        Empty = "empty",
        /// More than a hundred thousand lines.
        TooMany = "too_many",
        /// A line that is no member's id or address, and a subject.
        Unreadable = "unreadable",
        /// Two lines are about the same member, or name the same subject: which of them counts, nobody could say.
        Twice = "twice",
    }
}

/// Reads a list (CSV with a comma, a semicolon or a tab). A first line that names nobody is its head.
///
/// # Errors
/// What is wrong, and in which line.
pub fn read_matches(text: &[u8]) -> Result<Vec<Match>, (MatchFault, i64)> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().find(|one| first.contains(one)).unwrap_or(b',');
    let mut records = Records { core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(), rest: text };
    let (mut matches, mut whos, mut subjects) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    let mut line = 0_i64;
    while let Some(cells) = records.next() {
        line += 1;
        let cells = cells.ok_or((MatchFault::Unreadable, line))?;
        let Some(found) = read_line(&cells, line) else {
            if line == 1 {
                continue;
            }
            return Err((MatchFault::Unreadable, line));
        };
        if whos.insert(found.who.clone(), ()).is_some() || subjects.insert(found.subject.clone(), ()).is_some() {
            return Err((MatchFault::Twice, line));
        }
        matches.push(found);
        if matches.len() > MOST_MATCHES {
            return Err((MatchFault::TooMany, line));
        }
    }
    if matches.is_empty() { Err((MatchFault::Empty, line.max(1))) } else { Ok(matches) }
}

fn read_line(cells: &[String], line: i64) -> Option<Match> {
    let [who, subject, rest @ ..] = cells else { return None };
    let (who, subject) = (who.trim(), subject.trim());
    let plain = !subject.is_empty() && subject.len() <= LONGEST_SUBJECT && !subject.chars().any(char::is_control);
    if !plain || rest.iter().any(|cell| !cell.trim().is_empty()) {
        return None;
    }
    let who = match Uuid::parse_str(who) {
        Ok(id) => Who::Member(MemberId(id)),
        Err(_) if is_address(who) => Who::Email(who.to_lowercase()),
        Err(_) => return None,
    };
    Some(Match { line, who, subject: subject.to_owned() })
}

/// The records of a text, one after the other; of one that cannot be read, nothing.
struct Records<'a> {
    core: Reader,
    rest: &'a [u8],
}

impl Records<'_> {
    fn next(&mut self) -> Option<Option<Vec<String>>> {
        let (mut text, mut ends) = ([0; LONGEST], [0; 16]);
        let (mut filled, mut cells) = (0, 0);
        loop {
            let (room, places) = (text.get_mut(filled..)?, ends.get_mut(cells..)?);
            let (result, read, wrote, ended) = self.core.read_record(self.rest, room, places);
            self.rest = self.rest.get(read..).unwrap_or_default();
            (filled, cells) = (filled + wrote, cells + ended);
            match result {
                // The reader asks once more with nothing, to know that this was all.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return Some(None),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return None,
            }
        }
        let mut begin = 0;
        let mut record = Vec::with_capacity(cells);
        for end in ends.get(..cells)? {
            let cell = std::str::from_utf8(text.get(begin..*end)?).ok().map(str::to_owned);
            begin = *end;
            match cell {
                Some(cell) => record.push(cell),
                None => return Some(None),
            }
        }
        Some(Some(record))
    }
}

static MATCHES: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "INSERT INTO batch_match (tenant_id, batch_id, list, added_at, line, member_id, email, subject) VALUES ";
    ManyRows::new(before, "$1, $2, $3, $4, ", 3, 4, "")
});

/// Gives a batch that waits a list: it is sorted anew by it. For whoever made it.
///
/// # Errors
/// [`Denied`]; [`Refusal::AlreadySo`] if it does not wait any more.
pub async fn give_matches(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    id: BatchId,
    matches: Vec<Match>,
) -> Result<(), Denied> {
    let mut read = store.read().await?;
    let batch = read::by_id(&mut read, id).await?.ok_or(Denied::NotFound)?;
    let deed = batch.deed()?;
    roles::acting(&mut read, &context, by, deed.permission()).await?;
    drop(read);
    if batch.made_by != by {
        return Err(Denied::Forbidden);
    }
    if !batch.can_be_sorted()? || !matches!(batch.state, BatchState::Ready | BatchState::Sorting) {
        return Err(Denied::Refused(Refusal::AlreadySo));
    }
    // Of two at once, the later moment counts; the rows of the other are swept.
    let list = context.now.as_micros();
    for some in matches.chunks(TOGETHER) {
        let rows = (id, list, context.now, some.to_vec());
        store
            .write::<_, _, StoreError, _>(rows, |mut tx, (id, list, now, some)| {
                Box::pin(async move {
                    let row = |one: &Match| {
                        let (member, email) = match &one.who {
                            Who::Member(member) => (Some(*member), None),
                            Who::Email(email) => (None, Some(email.clone())),
                        };
                        params![one.line, member, email, one.subject]
                    };
                    let rows: Vec<_> = some.iter().map(row).collect();
                    tx.execute_many(&MATCHES, &params![*id, *list, *now], &rows).await.map(drop)
                })
            })
            .await?;
    }
    store
        .write((context, by, id, list, (matches.len(), deed.name())), |mut tx, (context, by, id, list, about)| {
            Box::pin(async move {
                let sql = "UPDATE batch SET state = 'sorting', sorted = 0, matches = $3
                           WHERE tenant_id = $1 AND id = $2 AND state IN ('ready', 'sorting') AND matches < $3";
                if tx.execute(sql, params![id, list]).await? == 0 {
                    return Err(Denied::Refused(Refusal::AlreadySo));
                }
                let entry = context.audit(audit::Actor::Member(by.0), "batch.subjects_given").on("batch", id);
                let (lines, deed) = *about;
                Ok(audit::record(&mut tx, &entry.detail(serde_json::json!({ "deed": deed, "lines": lines }))).await?)
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_members_by_id_or_address_each_once() {
        let id = "01900000-0000-7000-8000-000000000000";
        let read =
            read_matches(format!("\u{feff}member;subject\r\n{id};one\r\nMina@Test.example;\"t;wo\"\r\n").as_bytes());
        let read = read.unwrap();
        assert_eq!(read.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(), ["one", "t;wo"]);
        assert_eq!(read[0].who, Who::Member(MemberId(Uuid::parse_str(id).unwrap())));
        assert_eq!(read[1].who, Who::Email("mina@test.example".into()));
        assert_eq!(read_matches(b"a@b.example,x").unwrap().len(), 1, "without a head and a last line end");
        let long = format!("a@b.example,{}", "x".repeat(256));
        let huge = format!("a@b.example,{}", "x".repeat(5_000));
        for (text, fault, line) in [
            ("", MatchFault::Empty, 1),
            ("email,subject\n", MatchFault::Empty, 1),
            ("a@b.example,x\nnobody,y\n", MatchFault::Unreadable, 2),
            ("a@b.example,x\nb@b.example\n", MatchFault::Unreadable, 2),
            ("a@b.example,x\nb@b.example,\n", MatchFault::Unreadable, 2),
            ("a@b.example,x\nb@b.example,y,z\n", MatchFault::Unreadable, 2),
            ("email,subject\n\u{fffd}@x,y\n", MatchFault::Unreadable, 2),
            ("a@b.example,x\nA@B.example,y\n", MatchFault::Twice, 2),
            ("a@b.example,x\nb@b.example,x\n", MatchFault::Twice, 2),
            (&format!("email,subject\n{long}"), MatchFault::Unreadable, 2),
            (&format!("email,subject\n{huge}"), MatchFault::Unreadable, 2),
        ] {
            assert_eq!(read_matches(text.as_bytes()), Err((fault, line)), "{text:.60}");
        }
    }
}
