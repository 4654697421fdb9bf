use csv_core::ReadRecordResult;

use super::columns::{Cells, Heading, Ignored, MOST_CELLS, heading};
use super::reader::{LONGEST, Line};
use super::{Column, Fault, FileFault, Trouble};

/// Lines of CSV (RFC 4180), as they come in. Holds one line at most, and of one that is too long nothing.
pub(super) struct CsvReader {
    core: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    filled: usize,
    cells: usize,
    /// The line of the file that is being read, and the one in which the present record began.
    line: i64,
    begun: i64,
    is_between: bool,
    /// Whether the last byte was a carriage return.
    after_return: bool,
    over: Option<Trouble>,
    headings: Option<Vec<Heading>>,
}

impl CsvReader {
    /// A reader whose first line is yet to come. `line` is its number.
    pub(super) fn new(delimiter: u8, line: i64) -> Self {
        Self {
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; LONGEST],
            ends: vec![0; MOST_CELLS],
            filled: 0,
            cells: 0,
            line,
            begun: line,
            is_between: true,
            after_return: false,
            over: None,
            headings: None,
        }
    }

    /// What a spreadsheet of this language writes between cells, by the first line.
    pub(super) fn delimiter(first_line: &[u8]) -> u8 {
        let count = |delimiter: u8| first_line.iter().filter(|byte| **byte == delimiter).count();
        [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
    }

    pub(super) fn feed(
        &mut self,
        mut input: &[u8],
        ignored: &mut Ignored,
        lines: &mut Vec<Line>,
    ) -> Result<(), FileFault> {
        loop {
            if self.is_between {
                let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                self.pass(input.get(..blank).unwrap_or_default());
                input = input.get(blank..).unwrap_or_default();
            }
            if input.is_empty() {
                return Ok(());
            }
            if std::mem::take(&mut self.is_between) {
                self.begun = self.line;
            }
            let (result, read) = self.step(input);
            self.pass(input.get(..read).unwrap_or_default());
            input = input.get(read..).unwrap_or_default();
            if result == ReadRecordResult::Record {
                self.record(ignored, lines)?;
            }
        }
    }

    /// No more is coming.
    pub(super) fn end(&mut self, ignored: &mut Ignored, lines: &mut Vec<Line>) -> Result<(), FileFault> {
        while !self.is_between {
            match self.step(&[]).0 {
                ReadRecordResult::Record => self.record(ignored, lines)?,
                ReadRecordResult::End => break,
                _ => {}
            }
        }
        if self.headings.is_some() { Ok(()) } else { Err(FileFault::Empty) }
    }

    /// Counts line ends that went by: CR, LF, or both together.
    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            self.line += i64::from(*byte == b'\r' || (*byte == b'\n' && !after_return));
        }
    }

    /// Reads on in the present record. What has no room is let go: then the record is too long, and its rest goes by.
    fn step(&mut self, input: &[u8]) -> (ReadRecordResult, usize) {
        let (text, ends) = (self.text.get_mut(self.filled..), self.ends.get_mut(self.cells..));
        let (result, read, filled, cells) =
            self.core.read_record(input, text.unwrap_or_default(), ends.unwrap_or_default());
        self.filled += filled;
        self.cells += cells;
        match result {
            ReadRecordResult::OutputFull => (self.filled, self.over) = (0, Some(Trouble::TooLong)),
            ReadRecordResult::OutputEndsFull => {
                (self.cells, self.over) = (0, self.over.or(Some(Trouble::CellCount)));
            }
            _ => {}
        }
        (result, read)
    }

    /// A record is complete.
    fn record(&mut self, ignored: &mut Ignored, lines: &mut Vec<Line>) -> Result<(), FileFault> {
        let (cells, over) = (std::mem::take(&mut self.cells), self.over.take());
        self.filled = 0;
        self.is_between = true;
        let mut from = 0;
        let ends = self.ends.get(..cells).unwrap_or_default();
        let record: Vec<&[u8]> = ends
            .iter()
            .map(|end| self.text.get(std::mem::replace(&mut from, *end)..*end).unwrap_or_default())
            .collect();
        match &self.headings {
            None => self.headings = Some(head(&record, over, ignored)?),
            Some(headings) => {
                let read = match over {
                    Some(trouble) => Err(trouble.into()),
                    None => row(headings, &record),
                };
                if !read.as_ref().is_ok_and(Cells::is_blank) {
                    lines.push(Line { number: self.begun, read });
                }
            }
        }
        Ok(())
    }
}

/// The first line: what stands in which column.
fn head(record: &[&[u8]], over: Option<Trouble>, ignored: &mut Ignored) -> Result<Vec<Heading>, FileFault> {
    if over.is_some() {
        return Err(FileFault::HeadTooLong);
    }
    let mut headings = Vec::with_capacity(record.len());
    for name in record {
        let name = std::str::from_utf8(name).map_err(|_| FileFault::NotUtf8)?;
        let heading = heading(name);
        match heading {
            Heading::Read(_) if headings.contains(&heading) => return Err(FileFault::ColumnTwice),
            Heading::Unknown => ignored.add(name),
            _ => {}
        }
        headings.push(heading);
    }
    if headings.contains(&Heading::Read(Column::Email)) { Ok(headings) } else { Err(FileFault::NoEmail) }
}

fn row(headings: &[Heading], record: &[&[u8]]) -> Result<Cells, Fault> {
    let mut cells = Cells::default();
    for (heading, cell) in headings.iter().zip(record) {
        if let Heading::Read(column) = heading {
            let text = std::str::from_utf8(cell).map_err(|_| Fault::in_column(Trouble::NotUtf8, column.clone()))?;
            cells.put(column.clone(), unguarded(text))?;
        }
    }
    // A spreadsheet may write empty cells at the end of one line and not of another.
    let beyond = record.get(headings.len()..).unwrap_or_default();
    let is_whole = record.len() >= headings.len() && beyond.iter().all(|cell| cell.is_empty());
    if is_whole || cells.is_blank() { Ok(cells) } else { Err(Trouble::CellCount.into()) }
}

/// Whether a spreadsheet would calculate what begins here, or has been kept from it.
fn calculates(text: &str) -> bool {
    text.trim_start_matches(['\'', '"', ' ']).starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Where a cell begins, for a spreadsheet of one country or another: at the start, after a semicolon, after a tab.
fn begins_after(before: Option<char>) -> bool {
    matches!(before, None | Some(';' | '\t'))
}

/// A cell that a spreadsheet takes for text: where it would calculate, an apostrophe stands before.
#[must_use]
pub fn guarded(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len());
    let mut before = None;
    for (at, sign) in text.char_indices() {
        if begins_after(before) && text.get(at..).is_some_and(calculates) {
            guarded.push('\'');
        }
        guarded.push(sign);
        before = Some(sign);
    }
    guarded
}

/// What [`guarded`] was made of.
fn unguarded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut before = None;
    for (at, sign) in text.char_indices() {
        let guard = sign == '\'' && begins_after(before) && text.get(at + 1..).is_some_and(calculates);
        if guard {
            // The next sign begins the cell, and is none of ours.
            before = Some('\'');
            continue;
        }
        plain.push(sign);
        before = Some(sign);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_cell_reads_as_it_was() {
        for text in [
            "=1+1",
            "+49",
            "-1",
            "@SUM",
            "'=1",
            "''=1",
            "'Hooft",
            "'",
            "",
            "Mina",
            "O'Neil",
            "\t=1",
            "Mina;=1",
            "a;b",
            "a; \"=1;'+2",
            "\t'=1",
            "＝1",
        ] {
            assert_eq!(unguarded(&guarded(text)), text, "{text}");
        }
        assert_eq!(guarded("=1"), "'=1");
        assert_eq!(guarded("'Hooft"), "'Hooft");
        assert_eq!(guarded("Mina;=1;\t@x"), "Mina;'=1;'\t'@x");
    }
}
