/// Those that tenant servers ship (a test compares the two lists).
const SHIPPED: [&str; 2] = ["asset-library", "gallery-studio"];

/// The blueprints that a tenant can be made of, by name. What stands in them tenant servers know alone: those that ship, and those
/// that operators bring along, who name them here too. So a slip is found before a tenant is made that nobody can serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blueprints(Vec<String>);

impl Default for Blueprints {
    fn default() -> Self {
        Self(SHIPPED.map(str::to_owned).to_vec())
    }
}

impl Blueprints {
    /// Those that ship, and these beside them.
    ///
    /// # Errors
    /// What is wrong with one of the names.
    pub fn beside(own: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut all = Self::default();
        for name in own {
            if !is_name(&name) {
                return Err(format!(
                    "{name:?} is no name of a blueprint: lower-case letters, digits, `.`, `_` and `-`, at most 64"
                ));
            }
            if all.contains(&name) {
                let why = if SHIPPED.contains(&name.as_str()) { "that one ships" } else { "it stands there twice" };
                return Err(format!("{name:?}: {why}"));
            }
            all.0.push(name);
        }
        Ok(all)
    }

    /// Whether a tenant can be made of it.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }

    /// All, those that ship first.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// As a blueprint's own rules have it.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 64
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_name_further_blueprints_once_each() {
        let own = |names: &[&str]| Blueprints::beside(names.iter().map(|name| (*name).to_owned()));
        let known = own(&["quick-library", "zoo"]).unwrap();
        assert_eq!(known.names(), ["asset-library", "gallery-studio", "quick-library", "zoo"]);
        assert!(known.contains("zoo") && !known.contains("Zoo"));
        for (names, expected) in [
            (&["Zoo"][..], "no name of a blueprint"),
            (&[""], "no name of a blueprint"),
            (&["zoo", "zoo"], "twice"),
            (&["asset-library"], "ships"),
        ] {
            let refused = own(names).unwrap_err();
            assert!(refused.contains(expected), "{refused}");
        }
    }
}
