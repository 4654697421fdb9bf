use super::Grant;
use crate::blueprint::{Blueprint, Permission, Role};

/// A right that somebody's roles carry, and why: which of them, and how each came (PP-01).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason<'a> {
    /// The right.
    pub permission: &'a Permission,
    /// The roles that carry it, with their grants.
    pub through: Vec<(&'a Role, &'a Grant)>,
}

/// Every right that these grants carry, in the catalogue's order.
#[must_use]
pub fn why<'a>(blueprint: &'a Blueprint, grants: &'a [Grant]) -> Vec<Reason<'a>> {
    let held: Vec<(&Role, &Grant)> =
        grants.iter().filter_map(|grant| Some((blueprint.role(&grant.role)?, grant))).collect();
    let reason = |permission: &'a Permission| {
        let carries = |(role, _): &&(&'a Role, &'a Grant)| role.permissions.contains(&permission.key);
        Reason { permission, through: held.iter().filter(carries).copied().collect() }
    };
    blueprint.permissions.iter().map(reason).filter(|reason| !reason.through.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use ambient::Timestamp;

    use super::*;

    #[test]
    fn pp_01_each_right_is_explained_by_every_role_that_carries_it() {
        let library = Blueprint::shipped("asset-library").unwrap();
        let grant = |role: &str| Grant {
            role: role.to_owned(),
            granted_at: Timestamp::from_seconds(1),
            granted_by: None,
            by_hand: true,
            by_group: false,
            given_name: None,
            family_name: None,
            email: None,
        };
        let grants = [grant("supplier"), grant("viewer"), grant("no-such-role")];
        let told: Vec<(&str, Vec<&str>)> = why(&library, &grants)
            .into_iter()
            .map(|one| (one.permission.key.as_str(), one.through.iter().map(|(role, _)| role.key.as_str()).collect()))
            .collect();
        assert_eq!(told, [("assets.view", vec!["supplier", "viewer"]), ("assets.upload", vec!["supplier"])]);
        assert!(why(&library, &[]).is_empty());
    }
}
