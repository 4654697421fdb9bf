//! What the types of a blueprint cannot say, as a list of rules.

use std::collections::BTreeSet;

use super::field::BUILT_IN;
use super::{Blueprint, Granted, LONGEST_VALUE, MOST_FIELDS, permission};
use crate::members::{Authorization, Lifecycle, MemberState};
use crate::providers::is_key;

/// A rule that is broken: at which key, by which value, and how.
pub(super) struct Fault {
    pub key: String,
    pub value: String,
    pub reason: String,
}

fn fault(key: impl Into<String>, value: &str, reason: impl Into<String>) -> Fault {
    Fault { key: key.into(), value: value.to_owned(), reason: reason.into() }
}

type Rule = fn(&Blueprint) -> Result<(), Fault>;

const RULES: [Rule; 12] = [
    keys_are_plain,
    permissions_are_unique,
    built_in_permissions_are_listed,
    roles_are_unique,
    roles_use_the_catalogue,
    somebody_can_review,
    somebody_runs_it,
    providers_are_for_those_who_run_it,
    labels_name_states,
    one_role_is_support,
    fields_are_few_and_new,
    newcomers_come_by_a_platforms_provider,
];

pub(super) fn check(blueprint: &Blueprint) -> Result<(), Fault> {
    RULES.iter().try_for_each(|rule| rule(blueprint))
}

fn keys_are_plain(blueprint: &Blueprint) -> Result<(), Fault> {
    let plain = |key: &str| {
        key.starts_with(|first: char| first.is_ascii_lowercase())
            && key.len() <= 64
            && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
    };
    let permissions = blueprint.permissions.iter().map(|permission| ("permission.key", &permission.key));
    let roles = blueprint.roles.iter().map(|role| ("role.key", &role.key));
    let fields = blueprint.fields.iter().map(|field| ("field.key", &field.key));
    let mut all = [("name", &blueprint.name)].into_iter().chain(permissions).chain(roles).chain(fields);
    match all.find(|(_, key)| !plain(key)) {
        Some((at, key)) => Err(fault(at, key, "keys are lower-case letters, digits, `.`, `_` and `-`, at most 64")),
        None => Ok(()),
    }
}

fn first_repeated<'k>(keys: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let mut seen = BTreeSet::new();
    keys.into_iter().find(|key| !seen.insert(*key))
}

fn permissions_are_unique(blueprint: &Blueprint) -> Result<(), Fault> {
    match first_repeated(blueprint.permissions.iter().map(|permission| permission.key.as_str())) {
        Some(key) => Err(fault("permission.key", key, "this permission stands in the catalogue twice")),
        None => Ok(()),
    }
}

fn built_in_permissions_are_listed(blueprint: &Blueprint) -> Result<(), Fault> {
    let listed = |key: &str| blueprint.permissions.iter().any(|permission| permission.key == key);
    match permission::BUILT_IN.into_iter().find(|key| !listed(key)) {
        Some(key) => Err(fault("permission", key, format!("the catalogue must contain `{key}`"))),
        None => Ok(()),
    }
}

fn roles_are_unique(blueprint: &Blueprint) -> Result<(), Fault> {
    match first_repeated(blueprint.roles.iter().map(|role| role.key.as_str())) {
        Some(key) => Err(fault("role.key", key, "there are two roles of this key")),
        None => Ok(()),
    }
}

fn roles_use_the_catalogue(blueprint: &Blueprint) -> Result<(), Fault> {
    let catalogue: BTreeSet<&str> = blueprint.permissions.iter().map(|permission| permission.key.as_str()).collect();
    for role in &blueprint.roles {
        if let Some(key) = role.permissions.iter().find(|key| !catalogue.contains(key.as_str())) {
            let at = format!("role {}: permissions", role.key);
            return Err(fault(at, key, format!("`{key}` is not in the catalogue of permissions")));
        }
    }
    Ok(())
}

/// Who says who vouches for whom could come in as anybody (AZ-01).
fn providers_are_for_those_who_run_it(blueprint: &Blueprint) -> Result<(), Fault> {
    let holds = |role: &super::Role, key: &str| role.permissions.contains(key);
    let short = |role: &&super::Role| {
        holds(role, permission::PROVIDERS_MANAGE)
            && !(holds(role, permission::MEMBERS_MANAGE) && holds(role, permission::ROLES_MANAGE))
    };
    match blueprint.roles.iter().find(short) {
        Some(role) => {
            let reason = "`providers.manage` goes with `members.manage` and `roles.manage`, and with no less";
            Err(fault(format!("role {}: permissions", role.key), permission::PROVIDERS_MANAGE, reason))
        }
        None => Ok(()),
    }
}

fn labels_name_states(blueprint: &Blueprint) -> Result<(), Fault> {
    let whole = MemberState::ALL.iter().map(|state| state.word());
    let on_axes = Authorization::ALL.iter().map(|state| state.word()).chain(Lifecycle::ALL.iter().map(|it| it.word()));
    let known: BTreeSet<&str> = whole.chain(on_axes).collect();
    match blueprint.lifecycle.labels.keys().find(|key| !known.contains(key.as_str())) {
        Some(key) => Err(fault("lifecycle.labels", key, format!("there is no state `{key}`"))),
        None => Ok(()),
    }
}

fn one_role_is_support(blueprint: &Blueprint) -> Result<(), Fault> {
    match blueprint.roles.iter().filter(|role| role.support).nth(1) {
        Some(role) => Err(fault("role.support", &role.key, "one role at most is the role of support users")),
        None => Ok(()),
    }
}

fn fields_are_few_and_new(blueprint: &Blueprint) -> Result<(), Fault> {
    let fields = &blueprint.fields;
    if let Some(key) = first_repeated(fields.iter().map(|field| field.key.as_str())) {
        return Err(fault("field.key", key, "there are two fields of this key"));
    }
    if let Some(field) = fields.iter().find(|field| BUILT_IN.contains(&field.key.as_str())) {
        return Err(fault("field.key", &field.key, "this comes from the account and cannot be a field"));
    }
    if let Some(field) = fields.iter().find(|field| !(1..=LONGEST_VALUE).contains(&field.longest)) {
        return Err(fault("field.longest", &field.key, format!("1 to {LONGEST_VALUE} characters")));
    }
    match fields.get(MOST_FIELDS) {
        Some(field) => Err(fault("field", &field.key, format!("there are more than {MOST_FIELDS} fields"))),
        None => Ok(()),
    }
}

/// A tenant's own providers are set up in a tenant that is there already.
fn newcomers_come_by_a_platforms_provider(blueprint: &Blueprint) -> Result<(), Fault> {
    match blueprint.newcomers.provider.as_deref().filter(|key| !is_key(key) || key.contains('.')) {
        Some(key) => Err(fault("newcomers.provider", key, "this is no key of one of the platform's providers")),
        None => Ok(()),
    }
}

/// A tenant begins with one administrator, who is invited with that role.
fn somebody_runs_it(blueprint: &Blueprint) -> Result<(), Fault> {
    if blueprint.administrator().is_none() {
        let reason = format!("no role runs the tenant: one has all of {}", permission::BUILT_IN.join(", "));
        return Err(fault("role", "role", reason));
    }
    Ok(())
}

/// Without it, requests would pile up that nobody may decide, and no role could be given to anyone who asks.
fn somebody_can_review(blueprint: &Blueprint) -> Result<(), Fault> {
    if blueprint.roles_with(permission::MEMBERS_REVIEW).next().is_none() {
        return Err(fault("role", permission::MEMBERS_REVIEW, "no role may review requests"));
    }
    if !blueprint.roles.iter().any(|role| role.granted == Granted::ByHand) {
        return Err(fault("role.granted", "by_transfer", "no role can be granted by hand"));
    }
    Ok(())
}
