use std::borrow::Cow;

use crate::{Message, Visit};

/// What is wrong with the fields of a form, by field name, in the order of the form: the first one gets the focus.
#[derive(Debug, Clone, Default)]
pub struct FieldErrors(Vec<(Cow<'static, str>, Message)>);

impl FieldErrors {
    /// None.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One.
    #[must_use]
    pub fn one(field: impl Into<Cow<'static, str>>, message: impl Into<Message>) -> Self {
        let mut errors = Self::none();
        errors.add(field, message);
        errors
    }

    /// Adds one; the first of a field stays.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<Message>) {
        let field = field.into();
        if !self.has(&field) {
            self.0.push((field, message.into()));
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with `field`.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(name, _)| name == field)
    }

    /// Whether `field` is the first wrong one, which gets the focus.
    #[must_use]
    pub fn is_first(&self, field: &str) -> bool {
        self.0.first().is_some_and(|(name, _)| name == field)
    }

    /// What to tell about `field`; empty if nothing is wrong with it.
    #[must_use]
    pub fn text(&self, visit: &Visit, field: &str) -> String {
        self.0.iter().find(|(name, _)| name == field).map(|(_, message)| visit.message(message)).unwrap_or_default()
    }
}
