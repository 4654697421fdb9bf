use serde::Deserialize;

use super::Label;

/// How many profile fields a tenant has at most: the blueprint's and its own.
pub const MOST_FIELDS: usize = 30;
/// The longest value that a field can take, in characters.
pub const LONGEST_VALUE: usize = 1_000;

/// What every member has anyway: it comes from the account, and no field may look like it.
pub(crate) const BUILT_IN: [&str; 10] = [
    "name",
    "first_name",
    "given_name",
    "last_name",
    "family_name",
    "email",
    "language",
    "locale",
    "picture",
    "password",
];

/// A profile field (PP-16), kept by the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileField {
    /// As the database and the API name it.
    pub key: String,
    /// As people read it.
    pub label: Label,
    /// Whether it may not be empty.
    #[serde(default)]
    pub required: bool,
    /// The longest value, in characters.
    #[serde(default = "usual")]
    pub longest: usize,
}

pub(crate) const fn usual() -> usize {
    200
}
