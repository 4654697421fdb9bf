use super::check::Fault;

/// Why a blueprint is refused, with the place to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlueprintError {
    /// There is no blueprint of that name.
    #[error("there is no blueprint {name:?}; there are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// It is not TOML, or has a key that is unknown, missing or of the wrong type.
    #[error("{file}:{line}: {reason}")]
    Form {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The key and what is wrong with it.
        reason: String,
    },
    /// It is well formed, but contradicts itself.
    #[error("{file}:{line}: {key}: {reason}")]
    Content {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl BlueprintError {
    /// None of these names is that one.
    #[must_use]
    pub fn unknown<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        Self::Unknown { name: name.to_owned(), known: known.into_iter().collect::<Vec<_>>().join(", ") }
    }

    pub(super) fn of_name(file: &str, text: &str, reason: String) -> Self {
        let line = text.lines().position(|line| line.trim_start().starts_with("name")).map_or(1, |at| at + 1);
        Self::Content { file: file.to_owned(), line, key: "name".to_owned(), reason }
    }

    pub(super) fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        Self::Form { file: file.to_owned(), line, reason: error.message().to_owned() }
    }

    pub(super) fn of_fault(file: &str, text: &str, fault: Fault) -> Self {
        // The value stands in the file as it was written; its last occurrence is the one that contradicts an earlier one.
        let quoted = format!("\"{}\"", fault.value);
        let line = text.rfind(&quoted).map_or(1, |at| line_of(text, at));
        Self::Content { file: file.to_owned(), line, key: fault.key, reason: fault.reason }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
