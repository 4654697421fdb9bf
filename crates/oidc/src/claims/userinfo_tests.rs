use ambient::Timestamp;
use serde_json::json;

use super::*;
use crate::claims::Membership;

fn complete() -> Profile {
    let text = |text: &str| Some(text.to_owned());
    Profile {
        sub: "s1".into(),
        name: text("Ada King"),
        given_name: text("Ada"),
        family_name: text("King"),
        middle_name: text("Augusta"),
        nickname: text("ada"),
        preferred_username: text("ada"),
        profile: text("https://ada.test"),
        picture: text("https://ada.test/p"),
        website: text("https://ada.test/w"),
        gender: text("female"),
        birthdate: text("1815-12-10"),
        zoneinfo: text("Europe/London"),
        locale: text("en"),
        updated_at: Some(Timestamp::from_micros(1_700_000_000_900_000)),
        email: text("ada@ada.test"),
        email_verified: true,
        address: Some(Address { locality: text("London"), country: text(" "), ..Address::default() }),
        phone_number: text("+441"),
        phone_number_verified: false,
        membership: Some(Membership { tenant: "acme".into(), roles: vec!["admin".into()], groups: vec![] }),
    }
}

fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

#[test]
fn each_scope_gives_every_claim_of_it_and_no_other() {
    for (scope, claims) in SCOPE_CLAIMS {
        let answer = userinfo(&complete(), &scopes(&format!("openid {scope}")), &BTreeSet::new());
        let mut expected: Vec<&str> = claims.iter().copied().chain(["sub"]).collect();
        expected.sort_unstable();
        let mut given: Vec<_> = answer.keys().map(String::as_str).collect();
        given.sort_unstable();
        assert_eq!(given, expected, "{scope}");
    }
    let bare = userinfo(&complete(), &scopes("openid"), &BTreeSet::new());
    assert_eq!(Value::from(bare), json!({"sub": "s1"}));
}

#[test]
fn types_are_those_of_the_specification() {
    let answer = userinfo(&complete(), &scopes("openid profile email address phone membership"), &BTreeSet::new());
    assert_eq!(answer["updated_at"], json!(1_700_000_000));
    assert_eq!(answer["email_verified"], json!(true));
    assert_eq!(answer["phone_number_verified"], json!(false));
    assert_eq!(answer["address"], json!({"locality": "London"}));
    assert_eq!(answer["roles"], json!(["admin"]));
    assert_eq!(answer["groups"], json!([]));
}

#[test]
fn blanks_are_left_out_and_with_them_what_speaks_of_them() {
    let blank = Profile {
        sub: "s1".into(),
        name: Some(String::new()),
        nickname: Some("  ".into()),
        email: Some(String::new()),
        email_verified: true,
        address: Some(Address::default()),
        phone_number_verified: true,
        ..Profile::default()
    };
    let answer = userinfo(&blank, &scopes("openid profile email address phone membership"), &BTreeSet::new());
    assert_eq!(Value::from(answer), json!({"sub": "s1"}));
}

#[test]
fn a_single_claim_can_be_had_without_its_scope_and_sub_is_never_another() {
    let requested: BTreeSet<String> = ["name", "shoe_size", "sub"].map(str::to_owned).into();
    let answer = userinfo(&complete(), &scopes("openid"), &requested);
    assert_eq!(Value::from(answer), json!({"sub": "s1", "name": "Ada King"}));
}
