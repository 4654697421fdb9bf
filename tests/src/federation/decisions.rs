//! Each decision about an external identity leaves an entry in the log, and each that ends a login its page, with the reference id
//! that leads to the entry.

use evil_provider::{Evil, Person as Upstream};
use tenant::members::MemberState;
use url::Url;

use super::decided;
use crate::harness::{Person, World};

const DECIDED: &str = "link.decided";

/// The page on which a login has ended: its title, and the decision in the log under its reference id.
async fn ended(world: &World, person: &Person, (title, code): (&str, &str), decision: &str) {
    person.page.answers(403).sees(title);
    assert_eq!(person.text_of("error-code"), code, "{:?}", person.page);
    assert!(person.has("error-next"), "another way in: {:?}", person.page);
    let sql = "SELECT COUNT(*) FROM audit_entry WHERE action = 'link.decided' AND reference = $1 AND detail LIKE $2";
    let kept = store::params![person.text_of("error-reference"), format!("%\"decision\":\"{decision}\"%")];
    assert_eq!(world.identity_count_of(sql, kept).await, 1, "{decision}: {:?}", person.page);
    assert_eq!(decided(world, decision).await, 1, "{decision}");
}

/// Away to link somebody's identity, and the address that leads back.
async fn begins(world: &World, person: &mut Person, who: &str) -> Url {
    person.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named(who));
    let fields = [("csrf", &*person.csrf()), ("provider", "contoso")];
    let away = person.post(world.id.url("/account/sign-in/link"), &fields).await;
    world.contoso.authorize(&away.continues_to().unwrap())
}

/// Somebody comes to a door by a provider, in a browser of their own.
async fn comes(world: &World, door: &str, (key, evil): (&str, &Evil), who: Upstream) -> Person {
    let mut person = world.browser();
    person.opens(door).await.comes_by(key, evil, who).await;
    person
}

#[tokio::test]
async fn lk_06_each_end_of_a_link_says_which_and_what_to_do() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    let to = begins(&world, &mut mina, "mina").await;
    mina.opens(to.as_str()).await.sees("from now on it opens your account too");
    assert_eq!(decided(&world, "Tie(Everywhere)").await, 1);
    let to = begins(&world, &mut mina, "mina").await;
    mina.opens(to.as_str()).await.sees("is linked with mina@people.test");
    ended(&world, &mina, ("contoso opens your account already", "already_linked"), "Refuse(AlreadyLinked)").await;
    let to = begins(&world, &mut mina, "another").await;
    mina.opens(to.as_str()).await.sees("Unlink the other one first");
    let another = ("Another sign-in at contoso is linked", "another_identity");
    ended(&world, &mina, another, "Refuse(AnotherOfThisProvider)").await;
    let mut nils = world.account("nils").await;
    nils.signs_in(&world).await;
    let to = begins(&world, &mut nils, "mina").await;
    nils.opens(to.as_str()).await.sees("You are signed in as nils@people.test").sees_not(&mina.email);
    ended(&world, &nils, ("can’t be used", "linked_elsewhere"), "Refuse(LinkedElsewhere)").await;
    // LK-01: while somebody is away, they are signed out here from elsewhere; or another one is signed in.
    let to = begins(&world, &mut nils, "nils").await;
    let mut elsewhere = nils.elsewhere(&world);
    elsewhere.signs_in(&world).await.opens(&world.id.url("/account/sessions")).await;
    elsewhere.clicks("end-others").await.submits("end", &[]).await;
    nils.opens(to.as_str()).await.sees("Nothing was linked. Begin again.");
    ended(&world, &nils, ("Somebody else is signed in now", "other_person"), "Refuse(OtherPerson)").await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 1);
    assert_eq!(world.audited(DECIDED).await, 5);
    // The control: begun anew.
    nils.signs_in(&world).await;
    let to = begins(&world, &mut nils, "nils").await;
    nils.opens(to.as_str()).await.sees("from now on it opens your account too");
}

#[tokio::test]
async fn sw_02_each_end_of_a_login_of_somebody_who_was_switched_says_why() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let by_corp = (corp.as_str(), &world.contoso);
    let (door, account) = (world.acme.url("/"), world.id.url("/account"));
    let mut tove = world.platform_admin("tove").await;
    let mut switch = async |who: &Person| {
        tove.opens(&world.id.url(&format!("/admin/accounts?email={}", who.email))).await;
        tove.submits("switch", &[("provider", "works")]).await.sees("The account is switched");
    };
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let stated = |who: &Person, name: &str| Upstream::named(name).with_email(&who.email, true);
    // The control: of who is opened by whatever they have, a proof is asked for.
    for (at, by) in [(&door, by_corp), (&account, ("contoso", &world.contoso))] {
        comes(&world, at, by, stated(&mina, "mina")).await.is("/link");
    }
    // The member by another; then claimed here; then the whole account by another.
    world.switches(&world.acme, &mina, Some("works"), false).await;
    let page = comes(&world, &door, by_corp, stated(&mina, "mina")).await;
    let other = ("corp does not open Acme Library to you", "member_elsewhere");
    ended(&world, &page, other, "Refuse(MemberElsewhere)").await;
    world.switches(&world.acme, &mina, Some(&corp), false).await;
    comes(&world, &door, by_corp, stated(&mina, "mina")).await.is("/");
    switch(&mina).await;
    let page = comes(&world, &door, by_corp, stated(&mina, "mina")).await;
    let both = ("corp does not sign you in here", "not_opened");
    ended(&world, &page, both, "Refuse(PoliciesDiffer)").await;
    let page = comes(&world, &account, ("contoso", &world.contoso), stated(&mina, "mina")).await;
    let elsewhere = ("contoso does not open your account", "account_elsewhere");
    ended(&world, &page, elsewhere, "Refuse(AccountElsewhere)").await;

    // Another identity of a provider that she has linked.
    let olga = world.account("olga").await;
    let mut by_it = comes(&world, &account, ("contoso", &world.contoso), stated(&olga, "olga")).await;
    by_it.is("/link").submits("link", &[("password", &olga.password)]).await.is("/account");
    let page = comes(&world, &account, ("contoso", &world.contoso), stated(&olga, "eve")).await;
    let another = ("Another sign-in at contoso is linked", "another_identity");
    ended(&world, &page, another, "Refuse(AnotherOfThisProvider)").await;
}

/// Nothing that the pages do leaves somebody so: a person of one tenant alone whose account is switched. If rows ever say so, nobody
/// is let in by them.
#[tokio::test]
async fn sw_05_who_has_nothing_left_to_prove_by_is_held_for_an_administrator() {
    let world = World::new().await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let nils = || Upstream { email: None, ..Upstream::named("nils") };
    let by_corp = (corp.as_str(), &world.contoso);
    comes(&world, &world.acme.url("/"), by_corp, nils()).await.is("/join");
    let switched =
        "UPDATE account SET compromised = TRUE, provider_id = (SELECT id FROM provider WHERE key = 'acme.corp')
                    WHERE scope_id IS NOT NULL";
    world.identity_change(switched).await;
    let page = comes(&world, &world.acme.url("/"), by_corp, nils()).await;
    page.page.answers(403).sees("An administrator has to help").sees("Ask an administrator of Acme Library");
    assert_eq!((page.text_of("error-code").as_str(), decided(&world, "Hold").await), ("held", 1));
    let told = "SELECT COUNT(*) FROM ended_login WHERE why = 'held' AND reference = $1";
    assert_eq!(world.identity_count_of(told, store::params![page.text_of("error-reference")]).await, 1);
    world
        .identity_change("UPDATE account SET compromised = FALSE, provider_id = NULL WHERE scope_id IS NOT NULL")
        .await;
    comes(&world, &world.acme.url("/"), by_corp, nils()).await.is("/join");
}

#[tokio::test]
async fn id_04_each_decision_that_goes_on_leaves_an_entry_too() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let corp = world.own_provider(&world.acme, "corp", &world.evil, &["people.test"]).await;
    let (by_contoso, by_corp) = (("contoso", &world.contoso), (corp.as_str(), &world.evil));
    let (door, account) = (world.acme.url("/"), world.id.url("/account"));
    let stated = |name: &str| Upstream::named(name).with_email(&format!("{name}@people.test"), true);
    let without = |name: &str| Upstream { email: None, ..Upstream::named(name) };
    let mut expected = Vec::new();
    let mut is = async |decision: &'static str, count: i64| {
        assert_eq!(decided(&world, decision).await, count, "{decision}");
        expected.push(decision);
        assert_eq!(world.audited(DECIDED).await, i64::try_from(expected.len()).unwrap(), "{expected:?}");
    };
    comes(&world, &account, by_contoso, stated("nils")).await.is("/account");
    is("Create(Everywhere)", 1).await;
    comes(&world, &account, by_contoso, stated("nils")).await.is("/account");
    is("SignIn(Everywhere)", 1).await;
    comes(&world, &account, by_contoso, without("olga")).await.is("/link/address");
    is("CheckMail", 1).await;
    comes(&world, &door, by_corp, without("pia")).await.is("/join");
    is("Create(Tenant)", 1).await;
    comes(&world, &door, by_corp, without("pia")).await.is("/join");
    is("SignIn(Tenant)", 1).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut by_it = comes(&world, &account, by_contoso, stated("mina")).await;
    is("Offer(Credential)", 1).await;
    by_it.is("/link").submits("link", &[("password", &mina.password)]).await.is("/account");
    is("Tie(Everywhere)", 1).await;
    world.switches(&world.acme, &mina, Some(&corp), false).await;
    comes(&world, &door, by_corp, stated("mina")).await.is("/");
    is("Tie(Tenant)", 1).await;
    world.switches(&world.acme, &mina, Some("contoso"), false).await;
    comes(&world, &door, by_contoso, stated("mina")).await.is("/link");
    is("Offer(CredentialOrMail)", 1).await;
    world.switches(&world.acme, &mina, Some("contoso"), true).await;
    comes(&world, &door, by_contoso, stated("mina")).await.is("/link");
    is("Offer(Mail)", 1).await;
    let bare = "SELECT COUNT(*) FROM audit_entry WHERE action = 'link.decided'
                AND (reference IS NULL OR detail NOT LIKE '%\"facts\"%' OR detail NOT LIKE '%\"provider\"%')";
    assert_eq!(world.identity_count(bare).await, 0, "each has its facts, and the reference of its page");
}
