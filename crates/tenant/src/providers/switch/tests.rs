use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use store::MasterKey;
use uuid::Uuid;

use super::*;
use crate::Tenant;
use crate::blueprint::Blueprint;
use crate::lifecycle::{Deed, Step, Target, judge};
use crate::members::Authorization;
use crate::providers::{Catalogue, Owner, Provider};
use crate::roles::{Acting, Rights};

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn provider(key: &str, enabled: bool) -> Provider {
    Provider {
        key: key.into(),
        name: key.to_uppercase(),
        owner: Owner::Platform,
        preset: "oidc".into(),
        enabled,
        fields: vec![],
        groups: false,
    }
}

fn context() -> Context {
    let tenant = Tenant {
        id: Uuid::from_u128(1),
        slug: "acme".into(),
        name: "Acme".into(),
        base_url: "https://acme.example".parse().unwrap(),
        blueprint: Blueprint::shipped("asset-library").unwrap(),
        gather_requests_for: Duration::from_mins(2),
    };
    let ambient = Ambient::new(Arc::new(FixedClock::at(NOW)), Arc::new(SeededRandom::from_seed(1)));
    let known = Catalogue::new(vec![provider("contoso", true), provider("acme.corp", true), provider("off", false)]);
    Context::new(Arc::new(tenant), ambient, Arc::new(MasterKey::from_bytes(&[1; 32]))).knowing(Arc::new(known))
}

fn acting(context: &Context, roles: &[&str]) -> Acting {
    let member = Member { id: MemberId(Uuid::from_u128(100)), ..Member::sample(NOW) };
    Acting::new(member, Rights::of_roles(&context.tenant.blueprint, roles))
}

fn to(key: Option<&str>) -> Deed {
    Deed::Switch { to: key.map(str::to_owned), compromised: false, preset: None }
}

#[test]
fn pp_06_who_is_switched_and_who_is_not() {
    let context = context();
    let ada = acting(&context, &["administrator"]);
    let plain = || Member::sample(NOW);
    let at = |key: &str| Member { provider: Some(key.into()), ..plain() };
    let table = [
        ("a member", plain(), Some("contoso"), Ok(())),
        ("to the tenant's own", plain(), Some("acme.corp"), Ok(())),
        ("from one to another", at("contoso"), Some("acme.corp"), Ok(())),
        ("back", at("contoso"), None, Ok(())),
        ("back from one that is gone", at("gone"), None, Ok(())),
        ("locked: stays so", Member { locked: true, ..plain() }, Some("contoso"), Ok(())),
        ("suspended", Member { lifecycle: Lifecycle::Suspended, ..plain() }, Some("contoso"), Ok(())),
        (
            "invited: for when they come",
            Member { subject: None, authorization: Authorization::Invited, ..plain() },
            Some("contoso"),
            Ok(()),
        ),
        ("oneself", ada.member.clone(), Some("contoso"), Ok(())),
        ("already there", at("contoso"), Some("contoso"), Err(Refusal::AlreadySo)),
        ("already back", plain(), None, Err(Refusal::AlreadySo)),
        ("unknown", plain(), Some("nobody"), Err(Refusal::ProviderUnknown)),
        ("another tenant's", plain(), Some("globex.corp"), Err(Refusal::ProviderUnknown)),
        ("disabled", plain(), Some("off"), Err(Refusal::ProviderDisabled)),
        ("deleted", Member { lifecycle: Lifecycle::Deleted, ..plain() }, Some("contoso"), Err(Refusal::Deleted)),
        ("purged", Member { lifecycle: Lifecycle::Purged, ..plain() }, Some("contoso"), Err(Refusal::Purged)),
        ("read-only", Member { kept_by: Some("hr".into()), ..plain() }, Some("contoso"), Err(Refusal::KeptElsewhere)),
        ("break-glass", Member { break_glass: true, ..plain() }, Some("contoso"), Err(Refusal::BreakGlass)),
    ];
    for (what, member, key, expected) in table {
        let judged = judge(&context, &ada, Target { member: &member, roles: &[], follows: &[] }, &to(key));
        assert_eq!(judged.map(drop), expected, "{what}");
    }
}

#[test]
fn sw_05_once_more_to_the_same_provider_is_a_switch_if_it_says_anything() {
    let context = context();
    let ada = acting(&context, &["administrator"]);
    let (contoso, own) = (Some("contoso"), None);
    let table = [
        ("nothing", contoso, None, (contoso, false, None), None),
        ("nothing, and somebody was named", contoso, Some("mina"), (contoso, false, None), None),
        ("the same subject", contoso, Some("mina"), (contoso, false, Some("mina")), None),
        ("compromised", contoso, None, (contoso, true, None), Some((true, None))),
        ("compromised, and somebody was named", contoso, Some("mina"), (contoso, true, None), Some((true, None))),
        ("a subject", contoso, None, (contoso, false, Some("mina")), Some((false, Some("mina")))),
        ("another subject", contoso, Some("eve"), (contoso, false, Some("mina")), Some((false, Some("mina")))),
        ("back already", own, None, (own, false, None), None),
        ("back already, compromised", own, None, (own, true, None), Some((true, None))),
        ("back, compromised", contoso, None, (own, true, None), Some((true, None))),
    ];
    for (what, at, named, (to, compromised, preset), expected) in table {
        let member =
            Member { provider: at.map(str::to_owned), preset_subject: named.map(str::to_owned), ..Member::sample(NOW) };
        let deed = Deed::Switch { to: to.map(str::to_owned), compromised, preset: preset.map(str::to_owned) };
        let judged = judge(&context, &ada, Target { member: &member, roles: &[], follows: &[] }, &deed);
        let judged = judged.map(|step| match step {
            Step::Switch(switch) => (switch.compromised, switch.preset),
            other => panic!("{what}: {other:?}"),
        });
        let expected = expected.map(|(compromised, preset)| (compromised, preset.map(str::to_owned)));
        assert_eq!(judged, expected.ok_or(Refusal::AlreadySo), "{what}");
    }
}

#[test]
fn az_03_nobody_switches_somebody_with_more_rights() {
    let context = context();
    let member = Member::sample(NOW);
    let target = [String::from("administrator")];
    let target = Target { member: &member, roles: &target, follows: &[] };
    let judged = judge(&context, &acting(&context, &["editor"]), target, &to(Some("contoso")));
    assert_eq!(judged, Err(Refusal::Superior));
    assert!(judge(&context, &acting(&context, &["administrator"]), target, &to(Some("contoso"))).is_ok());
}

#[test]
fn pp_06_what_takes_a_switch_back_is_a_switch() {
    let context = context();
    let member =
        Member { provider: Some("contoso".into()), preset_subject: Some("mina".into()), ..Member::sample(NOW) };
    let deed = Deed::Switch { to: Some("acme.corp".into()), compromised: true, preset: Some("m".into()) };
    let step = judge(
        &context,
        &acting(&context, &["administrator"]),
        Target { member: &member, roles: &[], follows: &[] },
        &deed,
    );
    let step = step.unwrap();
    let Step::Switch(switch) = &step else { panic!("{step:?}") };
    assert_eq!((switch.compromised, switch.preset.as_deref()), (true, Some("m")));
    let back = Deed::Switch { to: Some("contoso".into()), compromised: false, preset: Some("mina".into()) };
    assert_eq!(deed.inverse(&step), Some(back));
}

#[test]
fn what_means_nothing_without_a_provider_is_left_out() {
    let tidied = |to: Option<&str>, preset: &str| {
        let mut preset = Some(preset.to_owned());
        tidy(&to.map(str::to_owned), &mut preset).map(|()| preset)
    };
    assert_eq!(tidied(None, "x").unwrap(), None);
    assert_eq!(tidied(Some("contoso"), "  a\nb ").unwrap(), Some("ab".into()));
    assert_eq!(tidied(Some("contoso"), " ").unwrap(), None);
    let refused = |result: Result<_, Denied>| match result {
        Err(Denied::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(tidied(Some("No Key"), "")), Refusal::ProviderUnknown);
    assert_eq!(refused(tidied(Some("platform"), "")), Refusal::ProviderUnknown);
    assert_eq!(refused(tidied(Some("contoso"), &"x".repeat(256))), Refusal::SubjectTooLong);
}

#[test]
fn sw_01_a_switch_ends_what_was_before_it_and_has_still_to_be_told() {
    let context = context();
    let switch = Switch {
        from: Some("contoso".into()),
        from_preset: Some("mina".into()),
        to: Some("acme.corp".into()),
        compromised: true,
        preset: Some("m".into()),
    };
    let long_ago = Timestamp::from_seconds(1);
    let before = Member {
        provider: switch.from.clone(),
        preset_subject: switch.from_preset.clone(),
        switch_told_at: Some(long_ago),
        epoch: 7,
        version: 5,
        ..Member::sample(long_ago)
    };
    let after = Member {
        provider: Some("acme.corp".into()),
        compromised: true,
        compromised_version: 6,
        preset_subject: Some("m".into()),
        switched_version: 6,
        switched_at: Some(NOW),
        switch_told_at: None,
        changed_at: NOW,
        epoch: 8,
        version: 6,
        ..before.clone()
    };
    assert_eq!(switched(&context, &before, &switch), after);
}

#[test]
fn a_subject_has_a_longest_length() {
    for (length, expected) in [(LONGEST_SUBJECT, Ok(())), (LONGEST_SUBJECT + 1, Err(Refusal::SubjectTooLong))] {
        let mut preset = Some("s".repeat(length));
        let tidied = tidy(&Some("contoso".into()), &mut preset);
        let tidied = tidied.map_err(|denied| match denied {
            Denied::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        });
        assert_eq!(tidied, expected, "{length} bytes");
    }
}
