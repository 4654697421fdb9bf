use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::columns::{Cells, Heading, Ignored, heading};
use super::reader::{LONGEST, Line};
use super::row::{NO_ROLES, YES};
use super::{Column, Fault, Trouble};

/// What an object of profile fields is called.
const FIELDS: &str = "fields";

/// Lines that are JSON objects, as they come in. Holds one line at most, and of one that is too long nothing.
pub(super) struct JsonReader {
    text: Vec<u8>,
    is_over: bool,
    line: i64,
}

impl JsonReader {
    /// A reader whose first line is yet to come. `line` is its number.
    pub(super) const fn new(line: i64) -> Self {
        Self { text: Vec::new(), is_over: false, line }
    }

    pub(super) fn feed(&mut self, input: &[u8], ignored: &mut Ignored, lines: &mut Vec<Line>) {
        for piece in input.split_inclusive(|byte| *byte == b'\n') {
            let (text, is_whole) = piece.strip_suffix(b"\n").map_or((piece, false), |text| (text, true));
            if self.is_over || self.text.len() + text.len() > LONGEST {
                self.is_over = true;
                self.text.clear();
            } else {
                self.text.extend_from_slice(text);
            }
            if is_whole {
                self.end(ignored, lines);
                self.line += 1;
            }
        }
    }

    /// A line is complete.
    pub(super) fn end(&mut self, ignored: &mut Ignored, lines: &mut Vec<Line>) {
        let (is_over, text) = (std::mem::take(&mut self.is_over), std::mem::take(&mut self.text));
        let read = if is_over { Err(Trouble::TooLong.into()) } else { row(&text, ignored) };
        if is_over || !text.trim_ascii().is_empty() {
            lines.push(Line { number: self.line, read });
        }
        self.text = text;
        self.text.clear();
    }

    /// How many bytes it holds.
    #[cfg(test)]
    pub(super) const fn held(&self) -> usize {
        self.text.capacity()
    }
}

/// An object's members as they stand: of a name that stands there twice, which would be meant?
struct Members<V>(Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(AsTheyStand(std::marker::PhantomData))
    }
}

struct AsTheyStand<V>(std::marker::PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for AsTheyStand<V> {
    type Value = Members<V>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut of: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = of.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Said {
    Object(Members<Value>),
    Plain(Value),
}

fn row(text: &[u8], ignored: &mut Ignored) -> Result<Cells, Fault> {
    let text = std::str::from_utf8(text).map_err(|_| Trouble::NotUtf8)?;
    let object: Members<Said> = serde_json::from_str(text).map_err(|_| Trouble::NotAnObject)?;
    let mut cells = Cells::default();
    once(&object, heading)?;
    for (name, said) in object.0 {
        match said {
            // Profile fields stand together, by their keys.
            Said::Object(fields) if name == FIELDS => {
                once(&fields, |key| heading(Column::field(key).word()))?;
                for (key, value) in fields.0 {
                    put(&mut cells, Column::field(&key).word(), Some(value), ignored)?;
                }
            }
            Said::Object(_) => put(&mut cells, &name, None, ignored)?,
            Said::Plain(value) => put(&mut cells, &name, Some(value), ignored)?,
        }
    }
    Ok(cells)
}

/// Nothing stands there twice, not even as nothing.
fn once<V>(members: &Members<V>, what: impl Fn(&str) -> Heading) -> Result<(), Fault> {
    let mut names = BTreeSet::new();
    match members.0.iter().find(|(name, _)| !names.insert(name)) {
        None => Ok(()),
        Some((name, _)) => match what(name) {
            Heading::Read(column) => Err(Fault::in_column(Trouble::Twice, column)),
            _ => Err(Trouble::Twice.into()),
        },
    }
}

/// Takes what was said under a name; none: it is an object, and no column's text.
fn put(cells: &mut Cells, name: &str, value: Option<Value>, ignored: &mut Ignored) -> Result<(), Fault> {
    match heading(name) {
        Heading::Read(column) if value.is_none() && column.is_told() => {}
        Heading::Read(column) => {
            let value = value.ok_or_else(|| Fault::in_column(Trouble::NotText, column.clone()))?;
            if let Some(text) = text_of(&column, value)? {
                cells.put(column, text)?;
            }
        }
        Heading::Told => {}
        Heading::Unknown => ignored.add(name),
    }
    Ok(())
}

fn text_of(column: &Column, value: Value) -> Result<Option<String>, Fault> {
    let wrong = || Fault::in_column(Trouble::NotText, column.clone());
    match value {
        Value::Null => Ok(None),
        Value::Bool(true) if *column == Column::Locked => Ok(Some(YES.to_owned())),
        Value::String(text) => Ok(Some(text)),
        Value::Array(items) if *column == Column::Roles => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            // A line end stands in no role's name.
            let text = texts.ok_or_else(wrong)?.join("\n");
            Ok(Some(if text.is_empty() { NO_ROLES.to_owned() } else { text }))
        }
        // Another system may mean something else by it.
        _ if column.is_told() => Ok(None),
        _ => Err(wrong()),
    }
}
