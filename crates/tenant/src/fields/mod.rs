//! Profile fields (PP-16): which there are, what members and administrators write into them, and adding further ones.
//!
//! The blueprint names some, the tenant's administrators add others ([`add`]). Values are the tenant's own: nothing of them goes
//! to the identity server, and a purge erases them.

mod edit;
mod many;
mod read;
mod tenants;
mod typed;

use crate::blueprint::{Label, ProfileField, usual_length};

pub use edit::{EditError, Edited, edit, edit_own, may_edit};
pub(crate) use many::{Many, write_all};
#[cfg(test)]
pub(crate) use read::STATEMENTS;
pub use read::{Values, lacking, of_tenant, values_of, values_of_many};
pub use tenants::{AddError, FieldChange, LONGEST_LABEL, MOST_EVER, add, change, remove};
pub use typed::{Wrong, check};

/// A profile field of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As the database and the API name it.
    pub key: String,
    /// As people read it.
    pub label: Label,
    /// Whether it may not be empty.
    pub required: bool,
    /// The longest value, in characters.
    pub longest: usize,
    /// Whether the tenant's administrators added it.
    pub added: bool,
}

impl From<&ProfileField> for Field {
    fn from(field: &ProfileField) -> Self {
        let ProfileField { key, label, required, longest } = field.clone();
        Self { key, label, required, longest, added: false }
    }
}

impl Field {
    /// One that was added: its label is the same in every language.
    fn added(key: String, label: String, required: bool) -> Self {
        Self { key, label: Label { en: label.clone(), de: label }, required, longest: usual_length(), added: true }
    }
}
