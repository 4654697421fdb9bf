use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong with the configuration: file, line or key, reason.
#[derive(Debug)]
pub struct Problem {
    file: PathBuf,
    place: Place,
    reason: String,
}

#[derive(Debug)]
enum Place {
    File,
    Line { line: usize, column: usize },
    Key(String),
    Variable(String),
}

impl Problem {
    pub(super) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        let hint = if error.kind() == std::io::ErrorKind::NotFound {
            "; --config names another, `latchkey config` prints one to begin with"
        } else {
            ""
        };
        Self { file: file.to_owned(), place: Place::File, reason: format!("{error}{hint}") }
    }

    pub(super) fn whole(file: &Path, reason: &str) -> Self {
        Self { file: file.to_owned(), place: Place::File, reason: reason.to_owned() }
    }

    pub(super) fn at_offset(file: &Path, text: &str, offset: usize, reason: &str) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { file: file.to_owned(), place: Place::Line { line, column }, reason: reason.to_owned() }
    }

    pub(super) fn at_key(file: &Path, key: &str, reason: &dyn fmt::Display) -> Self {
        Self { file: file.to_owned(), place: Place::Key(key.to_owned()), reason: reason.to_string() }
    }

    pub(super) fn at_variable(file: &Path, variable: &str, reason: &str) -> Self {
        Self { file: file.to_owned(), place: Place::Variable(variable.to_owned()), reason: reason.to_owned() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.place {
            Place::File => write!(f, "{file}: {}", self.reason),
            Place::Line { line, column } => write!(f, "{file}:{line}:{column}: {}", self.reason),
            Place::Key(key) => write!(f, "{file}: {key}: {}", self.reason),
            Place::Variable(variable) => write!(f, "environment variable {variable}: {}", self.reason),
        }
    }
}

impl std::error::Error for Problem {}
