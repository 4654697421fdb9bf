use std::sync::Arc;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use store::MasterKey;
use uuid::Uuid;

use super::*;
use crate::Tenant;
use crate::blueprint::Blueprint;
use crate::fields::Field;
use crate::imports::{Difference, Why};
use crate::members::MemberId;
use crate::providers::{Catalogue, Owner, Provider};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn context(blueprint: &str) -> Context {
    let tenant = Tenant {
        id: Uuid::from_u128(1),
        slug: "acme".into(),
        name: "Acme".into(),
        base_url: "https://acme.example".parse().unwrap(),
        blueprint: Blueprint::shipped(blueprint).unwrap(),
        gather_requests_for: std::time::Duration::ZERO,
    };
    let ambient = Ambient::new(Arc::new(FixedClock::at(NOW)), Arc::new(SeededRandom::from_seed(7)));
    Context::new(Arc::new(tenant), ambient, Arc::new(MasterKey::from_bytes(&[3; 32])))
}

fn acting(context: &Context, roles: &[&str]) -> Acting {
    let member = Member { id: MemberId(Uuid::from_u128(99)), ..Member::sample(NOW) };
    Acting::new(member, Rights::of_roles(&context.tenant.blueprint, roles))
}

/// What a line comes to with every word that can be given.
fn plan(context: &Context, acting: Option<&Acting>, row: &Row, known: &[MemberRow]) -> Plan {
    super::plan(&Ground { context, acting, profiles: &Profiles::default(), reopens: true, newcomers: None }, row, known)
}

fn row(state: Option<MemberState>, roles: Option<&[&str]>) -> Row {
    Row {
        locked: false,
        email: "mina@hollis.example".into(),
        given_name: None,
        family_name: None,
        locale: None,
        state,
        roles: roles.map(|keys| keys.iter().map(ToString::to_string).collect()),
        provider: None,
        kept_by: None,
        fields: Values::new(),
    }
}

fn stands(authorization: Authorization, locked: bool, lifecycle: Lifecycle) -> Member {
    let deleted_at = (lifecycle == Lifecycle::Deleted).then_some(NOW);
    Member { authorization, locked, lifecycle, deleted_at, ..Member::sample(NOW) }
}

/// In short: the state of somebody new, the names of the deeds, or the word of what is wrong.
fn short(plan: &Plan) -> String {
    match plan {
        Plan::Add(axes, roles, ..) => {
            format!("new {} {} {} {}", axes.authorization.word(), axes.locked, axes.lifecycle.word(), roles.join(" "))
        }
        Plan::Keep => "unchanged".to_owned(),
        Plan::Wrong(fault) => format!("! {} {}", fault.why.word(), fault.column.as_ref().map_or("", Column::word)),
        Plan::Change(changes) => {
            let deeds: Vec<_> = changes.deeds.iter().map(|(deed, _)| deed.name()).collect();
            let profile = if changes.profile.is_some() { " profile" } else { "" };
            let fields: String = changes.fields.keys().map(|key| format!(" +{key}")).collect();
            let left = changes.left.map(|left| format!(" ({})", left.word())).unwrap_or_default();
            format!("{}{profile}{fields}{left}", deeds.join(" "))
        }
    }
    .trim()
    .to_owned()
}

#[test]
fn somebody_new_can_only_be_what_somebody_is_who_has_not_come() {
    use MemberState::{Active, Deleted, Invited, Locked, Rejected, Suspended, ToReview};
    let cases = [
        (None, "new invited false active", "new invited false active"),
        (Some(Invited), "new invited false active", "new invited false active"),
        (Some(Active), "new invited false active", "new invited false active"),
        (Some(Locked), "new invited true active", "new invited true active"),
        (Some(Suspended), "new invited false suspended", "! not_here state"),
        (Some(ToReview), "! needs_account state", "! needs_account state"),
        (Some(Rejected), "! needs_account state", "! needs_account state"),
        (Some(Deleted), "! deletes_nobody state", "! deletes_nobody state"),
    ];
    for (blueprint, admin) in [("asset-library", "administrator"), ("gallery-studio", "owner")] {
        let context = context(blueprint);
        let acting = acting(&context, &[admin]);
        for (state, library, studio) in cases {
            let planned = plan(&context, Some(&acting), &row(state, None), &[]);
            let expected = if blueprint == "asset-library" { library } else { studio };
            assert_eq!(short(&planned), expected, "{blueprint} {state:?}");
        }
    }
}

#[test]
fn pp_03_who_is_in_is_not_invited_and_gets_nothing_that_was_to_come_with_it() {
    let context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    let viewer =
        |state: (Authorization, bool, Lifecycle)| [MemberRow::sample(stands(state.0, state.1, state.2), &["viewer"])];
    let (is_in, waits) =
        ((Authorization::Reviewed, false, Lifecycle::Active), (Authorization::Invited, false, Lifecycle::Active));
    for (known, wanted, expected) in [
        (is_in, MemberState::Invited, "unchanged"),
        (is_in, MemberState::Active, "roles"),
        (waits, MemberState::Invited, "roles"),
    ] {
        let planned = plan(&context, Some(&acting), &row(Some(wanted), Some(&["editor"])), &viewer(known));
        assert_eq!(short(&planned), expected, "{known:?} {wanted:?}");
    }
}

#[test]
fn a_member_becomes_what_the_line_says_by_deeds_alone() {
    use Authorization::{Invited, Rejected, Reviewed, ToReview, UserDeletion};
    use Lifecycle::{Active, Deleted, Suspended};
    // From where; and what leads to: active, invited, locked, suspended, to_review, rejected.
    let cases = [
        (
            (Reviewed, false, Active),
            ["unchanged", "unchanged", "lock", "suspend", "! state_stays state", "! state_stays state"],
        ),
        (
            (Reviewed, true, Active),
            ["unlock", "unlock", "unchanged", "suspend", "! state_stays state", "! state_stays state"],
        ),
        (
            (Reviewed, false, Suspended),
            ["resume", "resume", "resume lock", "unchanged", "! state_stays state", "! state_stays state"],
        ),
        (
            (Reviewed, true, Suspended),
            ["resume unlock", "resume unlock", "resume", "unchanged", "! state_stays state", "! state_stays state"],
        ),
        ((ToReview, false, Active), ["approve", "approve", "lock", "suspend", "unchanged", "! state_stays state"]),
        (
            (Rejected, false, Active),
            ["! state_stays state", "! state_stays state", "lock", "suspend", "! state_stays state", "unchanged"],
        ),
        (
            (Invited, false, Active),
            ["unchanged", "unchanged", "lock", "suspend", "! state_stays state", "! state_stays state"],
        ),
        (
            (UserDeletion, true, Active),
            ["keep", "keep", "unchanged", "! asked_for_deletion state", "! state_stays state", "! state_stays state"],
        ),
        (
            (Reviewed, false, Deleted),
            [
                "reactivate",
                "reactivate",
                "reactivate lock",
                "reactivate suspend",
                "! state_stays state",
                "! state_stays state",
            ],
        ),
    ];
    let context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    use MemberState as State;
    let wanted = [State::Active, State::Invited, State::Locked, State::Suspended, State::ToReview, State::Rejected];
    for ((authorization, locked, lifecycle), expected) in cases {
        let known = [MemberRow::sample(stands(authorization, locked, lifecycle), &["viewer"])];
        for (wanted, expected) in wanted.into_iter().zip(expected) {
            let planned = plan(&context, Some(&acting), &row(Some(wanted), None), &known);
            let said = format!("{authorization:?} {locked} {lifecycle:?} to {wanted:?}");
            assert_eq!(short(&planned), expected, "{said}");
        }
        let nothing = plan(&context, Some(&acting), &row(None, None), &known);
        assert_eq!(nothing, Plan::Keep, "nothing is said, nothing is done");
        let deleted = plan(&context, Some(&acting), &row(Some(State::Deleted), None), &known);
        let expected = if lifecycle == Deleted { "unchanged" } else { "! deletes_nobody state" };
        assert_eq!(short(&deleted), expected);
    }
}

#[test]
fn az_01_a_file_reaches_no_further_than_its_importer() {
    let context = context("asset-library");
    let administrator = acting(&context, &["administrator"]);
    let mut inviter = acting(&context, &["editor"]);
    let manages = Rights::of_roles(&context.tenant.blueprint, &["administrator"]);
    assert!(!inviter.rights.cover(&manages));
    let known = |roles: &[&str]| [MemberRow::sample(stands(Authorization::Reviewed, false, Lifecycle::Active), roles)];
    let said = |acting: &Acting, row: &Row, known: &[MemberRow]| short(&plan(&context, Some(acting), row, known));
    // Nobody new gets a role that its giver lacks.
    assert_eq!(said(&inviter, &row(None, Some(&["administrator"])), &[]), "! out_of_reach roles");
    assert_eq!(said(&inviter, &row(None, Some(&["viewer"])), &[]), "new invited false active viewer");
    assert_eq!(
        said(&administrator, &row(None, Some(&["administrator"])), &[]),
        "new invited false active administrator"
    );
    // Roles of members are for those who may assign them, states for those who may manage members.
    assert_eq!(said(&inviter, &row(None, Some(&["editor"])), &known(&["viewer"])), "! not_allowed roles");
    assert_eq!(said(&inviter, &row(Some(MemberState::Locked), None), &known(&["viewer"])), "! not_allowed state");
    assert_eq!(said(&inviter, &row(None, Some(&["viewer"])), &known(&["viewer"])), "unchanged");
    // Whoever has more rights is out of reach; the importer's own state too.
    inviter.rights = Rights::of_roles(&context.tenant.blueprint, &["administrator"]);
    assert_eq!(said(&administrator, &row(Some(MemberState::Locked), None), &known(&["administrator"])), "lock");
    let own = [MemberRow::sample(administrator.member.clone(), &["administrator"])];
    assert_eq!(said(&administrator, &row(Some(MemberState::Locked), None), &own), "! yourself state");
    assert_eq!(short(&plan(&context, None, &row(None, None), &[])), "! not_allowed");
}

#[test]
fn an_address_that_two_have_is_nobodys() {
    let context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    let here = MemberRow::sample(stands(Authorization::Reviewed, false, Lifecycle::Active), &[]);
    let gone = MemberRow::sample(stands(Authorization::Reviewed, false, Lifecycle::Deleted), &[]);
    let said = |known: &[MemberRow], state| short(&plan(&context, Some(&acting), &row(state, None), known));
    assert_eq!(said(&[here.clone(), here.clone()], None), "! ambiguous email");
    assert_eq!(said(&[gone.clone(), here.clone()], None), "unchanged");
    assert_eq!(said(&[gone.clone(), here], Some(MemberState::Deleted)), "unchanged", "that is the other one");
    assert_eq!(said(&[gone.clone(), gone], Some(MemberState::Active)), "reactivate");
}

#[test]
fn tn_01_who_merely_states_an_address_is_not_reached_by_it() {
    let context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    let states = |authorization, provider: Option<&str>| {
        let stood = stands(authorization, false, Lifecycle::Active);
        MemberRow::sample(Member { stated_by: provider.map(str::to_owned), ..stood }, &["viewer"])
    };
    let said = |known: MemberRow, state, roles| short(&plan(&context, Some(&acting), &row(state, roles), &[known]));
    let editor: Option<&[&str]> = Some(&["editor"]);
    // What the line says; of somebody whose address is proved, and of somebody who states it.
    for (authorization, state, roles, proved, stated) in [
        (Authorization::ToReview, Some(MemberState::Active), None, "approve", "! address_not_proved email"),
        (Authorization::ToReview, None, editor, "roles", "! address_not_proved email"),
        (Authorization::Reviewed, None, editor, "roles", "! address_not_proved email"),
        (Authorization::Reviewed, Some(MemberState::Locked), None, "lock", "! address_not_proved email"),
        (Authorization::Rejected, Some(MemberState::Active), None, "! state_stays state", "! address_not_proved email"),
        (Authorization::Reviewed, Some(MemberState::Active), None, "unchanged", "unchanged"),
        (Authorization::ToReview, None, None, "unchanged", "unchanged"),
    ] {
        assert_eq!(said(states(authorization, None), state, roles), proved, "{authorization:?} {state:?}");
        assert_eq!(said(states(authorization, Some("acme.corp")), state, roles), stated, "{authorization:?} {state:?}");
    }
}

#[test]
fn names_are_those_of_whoever_has_not_come() {
    let context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    let mut named = row(None, None);
    named.given_name = Some("Wilhelmina".into());
    let come = MemberRow::sample(stands(Authorization::Reviewed, false, Lifecycle::Active), &[]);
    assert_eq!(plan(&context, Some(&acting), &named, &[come]), Plan::Keep);
    let mut invited = stands(Authorization::Invited, false, Lifecycle::Active);
    invited.subject = None;
    let invited = [MemberRow::sample(invited, &[])];
    assert_eq!(short(&plan(&context, Some(&acting), &named, &invited)), "profile");
    named.provider = Some("corporate".into());
    let planned = plan(&context, Some(&acting), &named, &invited);
    let Plan::Wrong(fault) = planned else { panic!("{planned:?}") };
    assert_eq!(fault.why, Why::Line(Trouble::ProviderStays));
}

#[test]
fn whoever_is_shut_out_stays_so_without_a_word_of_its_own() {
    use Authorization::{Reviewed, ToReview, UserDeletion};
    use Lifecycle::{Active, Deleted, Suspended};
    let context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    // Who; what the line says; with the word, and without.
    let cases = [
        ((Reviewed, true, Active), MemberState::Active, "unlock roles", "roles (unlocks)"),
        ((Reviewed, true, Suspended), MemberState::Active, "resume unlock roles", "roles (resumes)"),
        ((Reviewed, false, Suspended), MemberState::Locked, "resume lock roles", "roles (resumes)"),
        ((Reviewed, false, Deleted), MemberState::Active, "reactivate roles", "(reactivates)"),
        ((UserDeletion, true, Active), MemberState::Active, "keep roles", "roles (keeps)"),
        ((ToReview, false, Active), MemberState::Active, "approve roles", "approve roles"),
        ((Reviewed, false, Active), MemberState::Locked, "lock roles", "lock roles"),
    ];
    for ((authorization, locked, lifecycle), wanted, with, without) in cases {
        let known = [MemberRow::sample(stands(authorization, locked, lifecycle), &["viewer"])];
        let line = row(Some(wanted), Some(&["editor"]));
        for (reopens, expected) in [(true, with), (false, without)] {
            let ground = Ground {
                context: &context,
                acting: Some(&acting),
                profiles: &Profiles::default(),
                reopens,
                newcomers: None,
            };
            let said = format!("{authorization:?} {locked} {lifecycle:?} to {wanted:?}");
            let planned = super::plan(&ground, &line, &known);
            assert_eq!(short(&planned), expected, "{said}");
            let Plan::Change(changes) = planned else { panic!("{said}") };
            let standing = match (with == without, reopens, lifecycle) {
                (true, ..) | (false, false, Active | Suspended) => Standing::Changed,
                (false, true, _) => Standing::Reopened,
                (false, false, _) => Standing::Unchanged,
            };
            assert_eq!(changes.standing().0, standing, "{said}");
        }
    }
}

#[test]
fn pp_16_profile_fields_are_what_the_tenant_has_and_the_provider_leaves() {
    let mut context = context("asset-library");
    context.providers = Arc::new(Catalogue::new(vec![Provider {
        key: "corp".into(),
        name: "Contoso".into(),
        owner: Owner::Platform,
        preset: "oidc".into(),
        enabled: true,
        fields: vec!["company".into()],
        groups: false,
    }]));
    let acting = acting(&context, &["administrator"]);
    let fields: Vec<Field> = context.tenant.blueprint.fields.iter().map(Field::from).collect();
    let mut member = stands(Authorization::Reviewed, false, Lifecycle::Active);
    let stood = Values::from([("city".to_owned(), "Graz".to_owned()), ("company".to_owned(), "Acme".to_owned())]);
    let profiles = Profiles { fields, values: [(member.id, stood)].into() };
    let said = |known: &[MemberRow], provider: Option<&str>, said: &[(&str, &str)]| {
        let fields = said.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let line = Row { fields, provider: provider.map(str::to_owned), ..row(None, None) };
        let ground =
            Ground { context: &context, acting: Some(&acting), profiles: &profiles, reopens: false, newcomers: None };
        short(&super::plan(&ground, &line, known))
    };
    let here = |member: &Member| [MemberRow::sample(member.clone(), &[])];
    assert_eq!(said(&here(&member), None, &[("city", "Graz"), ("company", "Acme")]), "unchanged");
    assert_eq!(said(&here(&member), None, &[("city", "Wien"), ("company", "Acme")]), "+city");
    assert_eq!(said(&here(&member), None, &[("shoe", "41")]), "! field_unknown field.shoe");
    assert_eq!(said(&here(&member), None, &[("zip", &"9".repeat(21))]), "! field_too_long field.zip");
    assert!(said(&[], None, &[("city", "Wien")]).starts_with("new"));
    assert_eq!(said(&[], None, &[("shoe", "41")]), "! field_unknown field.shoe");
    assert_eq!(said(&[], Some("corp"), &[("company", "Else")]), "! provider_owns field.company");
    member.provider = Some("corp".into());
    assert_eq!(said(&here(&member), None, &[("company", "Acme"), ("city", "Wien")]), "+city", "the same is no change");
    assert_eq!(said(&here(&member), None, &[("company", "Else"), ("city", "Wien")]), "! provider_owns field.company");
    member.kept_by = Some("Directory".into());
    assert_eq!(said(&here(&member), None, &[("city", "Wien")]), "! kept_elsewhere field.city");
}

#[test]
fn pp_07_of_a_name_and_a_language_the_provider_keeps_what_it_states() {
    let mut context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    let sample = Member::sample(NOW);
    let invited = Member {
        provider: Some("corp".into()),
        subject: None,
        ..stands(Authorization::Invited, false, Lifecycle::Active)
    };
    for (owned, expected) in [
        (&[][..], ("Wilhelmina", "Hollister", "xx")),
        (&["given_name", "family_name"], (&*sample.given_name, &*sample.family_name, "xx")),
        (&["given_name"], (&*sample.given_name, "Hollister", "xx")),
        (&["locale"], ("Wilhelmina", "Hollister", &*sample.locale)),
    ] {
        context.providers = Arc::new(Catalogue::new(vec![Provider {
            key: "corp".into(),
            name: "Contoso".into(),
            owner: Owner::Platform,
            preset: "oidc".into(),
            enabled: true,
            fields: owned.iter().map(|field| (*field).to_owned()).collect(),
            groups: false,
        }]));
        let said = |text: &str| Some(text.to_owned());
        let (given_name, family_name, locale) = (said("Wilhelmina"), said("Hollister"), said("xx"));
        let line = Row { given_name, family_name, locale, ..row(None, None) };
        let known = [MemberRow::sample(invited.clone(), &[])];
        let planned = plan(&context, Some(&acting), &line, &known);
        let difference = Difference::of(&line, known.first(), &planned);
        let Plan::Change(changes) = planned else { panic!("{owned:?}") };
        let after = changes.profile.unwrap();
        assert_eq!((&*after.given_name, &*after.family_name, &*after.locale), expected, "{owned:?}");
        assert_eq!((difference.details, difference.name_stays), (true, owned.contains(&"given_name")), "{owned:?}");
    }
}

#[test]
fn pp_31_a_file_names_the_keeper_of_who_is_new_and_of_nobody_else() {
    let context = context("asset-library");
    let acting = acting(&context, &["administrator"]);
    let said = |known: Option<Option<&str>>, kept_by: Option<&str>, state| {
        let kept = |keeper: Option<&str>| Member { kept_by: keeper.map(str::to_owned), ..Member::sample(NOW) };
        let known: Vec<_> = known.map(|keeper| MemberRow::sample(kept(keeper), &[])).into_iter().collect();
        let line = Row { kept_by: kept_by.map(str::to_owned), ..row(state, None) };
        short(&plan(&context, Some(&acting), &line, &known))
    };
    let (payroll, other) = (Some("Payroll"), Some("Directory"));
    assert!(said(None, payroll, None).starts_with("new"));
    assert_eq!(said(Some(payroll), payroll, None), "unchanged");
    assert_eq!(said(Some(payroll), None, None), "unchanged", "what is left empty releases nobody");
    assert_eq!(said(Some(payroll), other, None), "! keeper_stays kept_by");
    assert_eq!(said(Some(None), payroll, None), "! keeper_stays kept_by");
    assert_eq!(said(Some(payroll), payroll, Some(MemberState::Suspended)), "! kept_elsewhere state");
    assert_eq!(said(Some(None), None, Some(MemberState::Suspended)), "suspend", "the control");
}
