use serde::{Deserialize, Serialize};

use crate::Mapping;

/// A [`Mapping`] as an administrator types it, on whichever page or by whichever API. Empty: the standard's claim, or no groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedMapping {
    /// The first name.
    pub given_name: String,
    /// The last name.
    pub family_name: String,
    /// The whole name.
    pub full_name: String,
    /// The address.
    pub email: String,
    /// The language.
    pub locale: String,
    /// The groups.
    pub groups: String,
}

impl From<&TypedMapping> for Mapping {
    fn from(typed: &TypedMapping) -> Self {
        let claim = |text: &str| text.trim().to_owned();
        Self {
            given_name: claim(&typed.given_name),
            family_name: claim(&typed.family_name),
            name: claim(&typed.full_name),
            email: claim(&typed.email),
            locale: claim(&typed.locale),
            groups: claim(&typed.groups),
        }
    }
}

impl From<Mapping> for TypedMapping {
    fn from(mapping: Mapping) -> Self {
        let Mapping { given_name, family_name, name, email, locale, groups } = mapping;
        Self { given_name, family_name, full_name: name, email, locale, groups }
    }
}
