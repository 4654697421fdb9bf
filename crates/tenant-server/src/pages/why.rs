use ambient::Timestamp;
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
}

/// Every right that these grants carry, in the visit's language.
pub(super) fn explained(app: &App, visit: &Visit, grants: &[Grant]) -> Vec<Why> {
    let lang = visit.lang.code();
    let reasons = why(&app.tenant.blueprint, grants).into_iter().map(|reason| Why {
        right: reason.permission.label.text(lang).to_owned(),
        through: reason
            .through
            .iter()
            .map(|(role, grant)| Through {
                role: role.label.text(lang).to_owned(),
                by: grant.granter(),
                at: grant.granted_at,
            })
            .collect(),
    });
    reasons.collect()
}
