use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Address, Profile};
use crate::scope::{ADDRESS, EMAIL, MEMBERSHIP, PHONE, PROFILE, ScopeSet};

/// Which claims a scope gives (OIDC Core §5.4; `membership` is ours).
pub const SCOPE_CLAIMS: &[(&str, &[&str])] = &[
    (
        PROFILE,
        &[
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    (EMAIL, &["email", "email_verified"]),
    (ADDRESS, &["address"]),
    (PHONE, &["phone_number", "phone_number_verified"]),
    (MEMBERSHIP, &["tenant", "roles", "groups"]),
];

/// The scope that a claim belongs to.
#[must_use]
pub fn scope_of(claim: &str) -> Option<&'static str> {
    SCOPE_CLAIMS.iter().find(|(_, claims)| claims.contains(&claim)).map(|(scope, _)| *scope)
}

/// The UserInfo answer: `sub`, every claim of `scopes` that has a value, and the `requested` ones (the request's
/// [`crate::authorize::RequestedClaims::userinfo`]). No blanks and no nulls (OIDC Core §5.3.2).
#[must_use]
pub fn userinfo(profile: &Profile, scopes: &ScopeSet, requested: &BTreeSet<String>) -> Map<String, Value> {
    let asked = |claim: &str| requested.contains(claim) || scope_of(claim).is_some_and(|scope| scopes.contains(scope));
    let mut answer: Map<String, Value> = everything(profile).into_iter().filter(|(claim, _)| asked(claim)).collect();
    answer.insert("sub".to_owned(), profile.sub.as_str().into());
    answer
}

/// Every claim that has a value.
fn everything(profile: &Profile) -> Map<String, Value> {
    let mut all = texts(&[
        ("name", &profile.name),
        ("given_name", &profile.given_name),
        ("family_name", &profile.family_name),
        ("middle_name", &profile.middle_name),
        ("nickname", &profile.nickname),
        ("preferred_username", &profile.preferred_username),
        ("profile", &profile.profile),
        ("picture", &profile.picture),
        ("website", &profile.website),
        ("gender", &profile.gender),
        ("birthdate", &profile.birthdate),
        ("zoneinfo", &profile.zoneinfo),
        ("locale", &profile.locale),
        ("email", &profile.email),
        ("phone_number", &profile.phone_number),
    ]);
    let mut put = |claim: &str, value: Value| all.insert(claim.to_owned(), value);
    if let Some(updated_at) = profile.updated_at {
        put("updated_at", updated_at.as_seconds().into());
    }
    if present(&profile.email) {
        put("email_verified", profile.email_verified.into());
    }
    if present(&profile.phone_number) {
        put("phone_number_verified", profile.phone_number_verified.into());
    }
    if let Some(address) = profile.address.as_ref().map(address).filter(|address| !address.is_empty()) {
        put("address", address.into());
    }
    if let Some(membership) = &profile.membership {
        put("tenant", membership.tenant.as_str().into());
        put("roles", membership.roles.as_slice().into());
        put("groups", membership.groups.as_slice().into());
    }
    all
}

fn address(address: &Address) -> Map<String, Value> {
    texts(&[
        ("formatted", &address.formatted),
        ("street_address", &address.street_address),
        ("locality", &address.locality),
        ("region", &address.region),
        ("postal_code", &address.postal_code),
        ("country", &address.country),
    ])
}

fn texts(claims: &[(&str, &Option<String>)]) -> Map<String, Value> {
    claims
        .iter()
        .filter(|(_, text)| present(text))
        .map(|(claim, text)| ((*claim).to_owned(), text.as_deref().into()))
        .collect()
}

fn present(text: &Option<String>) -> bool {
    text.as_deref().is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
#[path = "userinfo_tests.rs"]
mod tests;
