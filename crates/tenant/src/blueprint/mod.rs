//! What kind of tenant this is: a TOML file with its roles, permissions and rules. Five ship in the end; a sixth needs no
//! code: a tenant server's operator brings it along ([`Blueprint::own`]). Two are needed so far, and both are embedded.
//!
//! A blueprint is checked whole when it is read ([`Blueprint::parse`]): whoever holds one needs no more checks.

mod check;
mod error;
mod field;
mod lifecycle;
mod span;

use std::collections::BTreeSet;

use serde::Deserialize;

pub use error::BlueprintError;
pub(crate) use field::{BUILT_IN as BUILT_IN_FIELDS, usual as usual_length};
pub use field::{LONGEST_VALUE, MOST_FIELDS, ProfileField};
pub use lifecycle::LifecycleRules;
pub use span::Span;

/// The permissions that Latchkey itself asks for. A blueprint's catalogue contains them all, beside its own.
pub mod permission {
    /// See the list of members, their details and the matrix of roles.
    pub const MEMBERS_VIEW: &str = "members.view";
    /// Approve and reject requests; get the mail about new ones.
    pub const MEMBERS_REVIEW: &str = "members.review";
    /// Invite, lock and unlock.
    pub const MEMBERS_MANAGE: &str = "members.manage";
    /// Give and take roles.
    pub const ROLES_MANAGE: &str = "roles.manage";
    /// Set up the tenant's own providers, who say of people who they are: whoever does could become anybody here, so that the roles
    /// that hold it run the tenant.
    pub const PROVIDERS_MANAGE: &str = "providers.manage";
    /// Write the tenant's terms and settings.
    pub const TENANT_SETTINGS: &str = "tenant.settings";
    /// Read and export the audit log.
    pub const AUDIT_VIEW: &str = "audit.view";
    /// All of the above.
    pub const BUILT_IN: [&str; 7] =
        [MEMBERS_VIEW, MEMBERS_REVIEW, MEMBERS_MANAGE, ROLES_MANAGE, PROVIDERS_MANAGE, TENANT_SETTINGS, AUDIT_VIEW];
}

/// A text in every language that ships.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

impl Label {
    /// The text in the language of a BCP 47 tag; English for those that do not ship.
    #[must_use]
    pub fn text(&self, tag: &str) -> &str {
        if tag.starts_with("de") { &self.de } else { &self.en }
    }

    /// Whether it is this text in any language, however it is capitalized.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        [&self.en, &self.de].into_iter().any(|label| label.to_lowercase() == text.to_lowercase())
    }
}

/// What someone without a member record gets who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrangerEntry {
    /// A member is created *to review* (PP-02).
    ToReview,
    /// A page that says so; nothing is created.
    InviteOnly,
}

/// The rules for those who were not invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strangers {
    /// Whether they may ask.
    pub entry: StrangerEntry,
    /// How long after a rejection they may ask again; without it, never.
    #[serde(default)]
    pub ask_again_after: Option<Span>,
}

/// The rules for those who are invited or imported.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Newcomers {
    /// The key of the platform's provider by which they come (TP-04), until an administrator chooses otherwise. Without it:
    /// whatever their account allows.
    pub provider: Option<String>,
}

/// One entry of the catalogue of rights.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// `area.verb`, as code and tokens name it.
    pub key: String,
    /// As people read it.
    pub label: Label,
    /// Whether whoever holds it edits or administers: a core user (PP-18).
    #[serde(default)]
    pub core: bool,
}

/// What a member counts as in a licence (PP-18). Roles alone decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeatClass {
    /// Looks and contributes; there may be any number of them.
    Regular,
    /// Edits or administers.
    Core,
}

impl SeatClass {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Regular, Self::Core];

    /// As files and the API name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Core => "core",
        }
    }
}

/// How a role comes to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granted {
    /// Whoever may assign roles gives and takes it.
    #[default]
    ByHand,
    /// It has exactly one holder, who hands it over (PD-01, PS-01). No form offers it.
    ByTransfer,
}

/// A set of permissions with a name. Nobody has rights but through roles (PP-01).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// As the database, tokens and relying applications name it.
    pub key: String,
    /// As people read it.
    pub label: Label,
    /// One sentence about it.
    pub about: Label,
    /// How it is given.
    #[serde(default)]
    pub granted: Granted,
    /// Keys of the catalogue.
    pub permissions: BTreeSet<String>,
    /// Whether its holders are marked as support users (PP-25). One role at most.
    #[serde(default)]
    pub support: bool,
}

/// A kind of tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blueprint {
    /// Its name in configurations.
    pub name: String,
    /// Its name for people.
    pub label: Label,
    /// Who may ask to join.
    pub strangers: Strangers,
    /// How those come who are invited.
    #[serde(default)]
    pub newcomers: Newcomers,
    /// What may happen to members.
    pub lifecycle: LifecycleRules,
    /// The profile fields, in the order in which pages list them (PP-16).
    #[serde(rename = "field", default)]
    pub fields: Vec<ProfileField>,
    /// The catalogue of rights, in the order in which pages list them.
    #[serde(rename = "permission")]
    pub permissions: Vec<Permission>,
    /// The roles, in the order in which pages list them.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
}

const SHIPPED: [(&str, &str); 2] = [
    ("asset-library", include_str!("../../blueprints/asset-library.toml")),
    ("gallery-studio", include_str!("../../blueprints/gallery-studio.toml")),
];

impl Blueprint {
    /// One of those that ship.
    ///
    /// # Errors
    /// [`BlueprintError::Unknown`] lists the names that exist.
    pub fn shipped(name: &str) -> Result<Self, BlueprintError> {
        Self::parse(&format!("{name}.toml"), Self::text(name)?)
    }

    /// Reads and checks one; `file` is named in errors.
    ///
    /// # Errors
    /// [`BlueprintError`] names file, line and key.
    pub fn parse(file: &str, text: &str) -> Result<Self, BlueprintError> {
        let blueprint: Self = toml::from_str(text).map_err(|error| BlueprintError::of_toml(file, text, &error))?;
        check::check(&blueprint).map_err(|fault| BlueprintError::of_fault(file, text, fault))?;
        Ok(blueprint)
    }

    /// Reads and checks those that an operator brings along, each as its file's name and text. A name that two have, or one that
    /// ships, is refused: which of them is meant must not be a matter of order.
    ///
    /// # Errors
    /// [`BlueprintError`] names file, line and key.
    pub fn own(files: &[(String, String)]) -> Result<Vec<Self>, BlueprintError> {
        let mut own: Vec<Self> = Vec::with_capacity(files.len());
        for (file, text) in files {
            let blueprint = Self::parse(file, text)?;
            let name = &blueprint.name;
            if SHIPPED.iter().any(|(shipped, _)| shipped == name) {
                return Err(BlueprintError::of_name(file, text, format!("a blueprint {name:?} ships already")));
            }
            if own.iter().any(|other| other.name == *name) {
                return Err(BlueprintError::of_name(file, text, format!("another file has a blueprint {name:?} too")));
            }
            own.push(blueprint);
        }
        Ok(own)
    }

    /// The file of one that ships: to read, and to begin another with.
    ///
    /// # Errors
    /// [`BlueprintError::Unknown`] lists the names that exist.
    pub fn text(name: &str) -> Result<&'static str, BlueprintError> {
        let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
        shipped.map(|(_, text)| *text).ok_or_else(|| BlueprintError::unknown(name, Self::names()))
    }

    /// The names of those that ship.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        SHIPPED.iter().map(|(name, _)| *name).collect()
    }

    /// The role of whoever runs a tenant of this kind: the one that is handed over, if there is one, else the first that
    /// carries everything that Latchkey itself asks for.
    #[must_use]
    pub fn administrator(&self) -> Option<&Role> {
        let runs = |role: &&Role| permission::BUILT_IN.iter().all(|one| role.permissions.contains(*one));
        let handed_over = self.roles.iter().filter(runs).find(|role| role.granted == Granted::ByTransfer);
        handed_over.or_else(|| self.roles.iter().find(runs))
    }

    /// The role of that key.
    #[must_use]
    pub fn role(&self, key: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.key == key)
    }

    /// The role of support users, if this kind of tenant has any.
    #[must_use]
    pub fn support(&self) -> Option<&Role> {
        self.roles.iter().find(|role| role.support)
    }

    /// What the holder of these roles counts as.
    #[must_use]
    pub fn seat_class<'r>(&self, roles: impl IntoIterator<Item = &'r str>) -> SeatClass {
        let core: BTreeSet<&str> = self
            .permissions
            .iter()
            .filter(|permission| permission.core)
            .map(|permission| permission.key.as_str())
            .collect();
        let mut held = roles.into_iter().filter_map(|key| self.role(key)).flat_map(|role| &role.permissions);
        if held.any(|key| core.contains(key.as_str())) { SeatClass::Core } else { SeatClass::Regular }
    }

    /// The keys of the roles that carry a permission.
    pub fn roles_with<'b>(&'b self, permission: &'b str) -> impl Iterator<Item = &'b str> {
        self.roles.iter().filter(move |role| role.permissions.contains(permission)).map(|role| role.key.as_str())
    }
}

#[cfg(test)]
mod tests;
