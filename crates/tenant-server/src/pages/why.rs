use ambient::Timestamp;
use tenant::groups::Given;
use tenant::roles::{Grant, why};
use webkit::Visit;

use crate::instance::App;

/// "Why can she?" (PP-01): one right, and the roles that give it.
pub(super) struct Why {
    pub right: String,
    pub through: Vec<Through>,
}

/// A role, and how it came.
pub(super) struct Through {
    pub role: String,
    pub by: Option<String>,
    pub at: Timestamp,
    /// The groups that give it: group and provider.
    pub groups: Vec<(String, String)>,
    /// Whether a hand has given it.
    pub by_hand: bool,
}

/// Every right that these grants carry, in the visit's language.
pub(super) fn explained(app: &App, visit: &Visit, grants: &[Grant], sources: &[Given]) -> Vec<Why> {
    let (lang, known) = (visit.lang.code(), app.providers.latest());
    let reasons = why(&app.tenant.blueprint, grants).into_iter().map(|reason| Why {
        right: reason.permission.label.text(lang).to_owned(),
        through: reason
            .through
            .iter()
            .map(|(role, grant)| Through {
                role: role.label.text(lang).to_owned(),
                by: grant.granter(),
                at: grant.granted_at,
                by_hand: grant.by_hand,
                groups: sources
                    .iter()
                    .filter(|one| one.role == grant.role)
                    .map(|one| (one.group.clone(), known.name_of(&one.provider).to_owned()))
                    .collect(),
            })
            .collect(),
    });
    reasons.collect()
}
