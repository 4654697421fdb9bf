use super::columns::{Cells, Ignored};
use super::csv::CsvReader;
use super::json::JsonReader;
use super::{Fault, FileFault};

/// The longest line, in bytes. A longer one is its own error, and is never held as a whole.
pub(super) const LONGEST: usize = 64 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A line of a file: what it says, or why it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it begins in the file, from 1.
    pub number: i64,
    /// What it says.
    pub read: Result<Cells, Fault>,
}

/// Reads a file piece by piece, whatever its size: CSV with a line of names before the others, or JSON objects, one a line.
/// Which of them it is, the first character says.
pub struct Reader {
    stage: Stage,
    ignored: Ignored,
}

enum Stage {
    /// The first line has not come as a whole.
    Head(Vec<u8>),
    Csv(Box<CsvReader>),
    Json(JsonReader),
}

impl Default for Reader {
    fn default() -> Self {
        Self { stage: Stage::Head(Vec::new()), ignored: Ignored::default() }
    }
}

impl Reader {
    /// Takes the next piece, and adds the lines that are complete with it.
    ///
    /// # Errors
    /// [`FileFault`]: the file as a whole cannot be read.
    pub fn feed(&mut self, input: &[u8], lines: &mut Vec<Line>) -> Result<(), FileFault> {
        match &mut self.stage {
            Stage::Csv(reader) => reader.feed(input, &mut self.ignored, lines),
            Stage::Json(reader) => {
                reader.feed(input, &mut self.ignored, lines);
                Ok(())
            }
            Stage::Head(head) => {
                // Of a first line that is too long, what tells so is enough.
                let room = (LONGEST + BOM.len()).saturating_sub(head.len());
                let (first, rest) = input.split_at(input.len().min(room));
                let begins = head.len() <= BOM.len();
                head.extend_from_slice(first);
                let more = rest.is_empty() && head.len() < LONGEST;
                // A long first line that comes byte by byte is not looked through each time.
                if more && !begins && !first.iter().any(|byte| matches!(byte, b'\r' | b'\n' | b'{')) {
                    return Ok(());
                }
                match decide(head, more)? {
                    Some((stage, from)) => self.begin(stage, from, rest, lines),
                    None => Ok(()),
                }
            }
        }
    }

    /// No more is coming.
    ///
    /// # Errors
    /// As [`Reader::feed`].
    pub fn end(&mut self, lines: &mut Vec<Line>) -> Result<(), FileFault> {
        if let Stage::Head(head) = &mut self.stage {
            let (stage, from) = decide(head, false)?.ok_or(FileFault::Empty)?;
            self.begin(stage, from, &[], lines)?;
        }
        match &mut self.stage {
            Stage::Csv(reader) => reader.end(&mut self.ignored, lines),
            Stage::Json(reader) => {
                reader.end(&mut self.ignored, lines);
                Ok(())
            }
            Stage::Head(_) => Err(FileFault::Empty),
        }
    }

    /// Names of columns that mean nothing here.
    #[must_use]
    pub fn ignored(&self) -> Vec<String> {
        self.ignored.names()
    }

    /// Goes on with what was held back, from a place in it.
    fn begin(&mut self, stage: Stage, from: usize, rest: &[u8], lines: &mut Vec<Line>) -> Result<(), FileFault> {
        if let Stage::Head(head) = std::mem::replace(&mut self.stage, stage) {
            self.feed(head.get(from..).unwrap_or_default(), lines)?;
        }
        self.feed(rest, lines)
    }
}

/// What kind of file it is and where its text begins, once that can be told; `more` may be coming.
fn decide(head: &[u8], more: bool) -> Result<Option<(Stage, usize)>, FileFault> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(FileFault::Utf16);
    }
    if more && BOM.starts_with(head) {
        return Ok(None);
    }
    let start = if head.starts_with(BOM) { BOM.len() } else { 0 };
    let text = head.get(start..).unwrap_or_default();
    let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let (before, text) = text.split_at(blank);
    let line = 1 + i64::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
    match text.first() {
        None if more => Ok(None),
        None => Err(FileFault::Empty),
        Some(b'{') => Ok(Some((Stage::Json(JsonReader::new(line)), start + blank))),
        Some(_) => {
            let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let first = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
            if end.is_none() && more {
                return Ok(None);
            }
            let reader = CsvReader::new(CsvReader::delimiter(first), line);
            Ok(Some((Stage::Csv(Box::new(reader)), start + blank)))
        }
    }
}

#[cfg(test)]
mod tests;
