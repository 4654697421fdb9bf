//! A tenant's help: for everyone, and no more of it than its reader may know.

use tenant::members::MemberState;

use crate::harness::{Person, World};
use crate::terms::publishes;

/// Nothing on the page tells who is here.
#[track_caller]
fn names_nobody(page: &Person, admin: &Person) {
    for told in [&admin.email, &admin.name()] {
        assert!(!page.body.contains(told.as_str()), "{told}: {:?}", page.page);
    }
    assert!(!page.has("administrators"));
}

#[tokio::test]
async fn pp_19_help_leads_everyone_to_signing_in_and_to_what_applies() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut anyone = world.browser();
    // From the foot of any page, also of one that merely says no.
    anyone.opens(&world.acme.url("/closed/locked")).await.follows("Help").await.is("/help").answers(200);
    anyone.sees("Help for Acme Library");
    names_nobody(&anyone, &admin);
    assert!(!anyone.has("texts") && !anyone.has("keys"), "nothing is published, and nothing is at hand");
    publishes(&mut admin, &world, "terms", "Be kind.", false).await;
    publishes(&mut admin, &world, "privacy", "We keep nothing.", false).await;
    publishes(&mut admin, &world, "privacy", "We keep little.", false).await;
    anyone.opens(&world.acme.url("/help")).await;
    let texts = anyone.text_of("texts");
    assert!(texts.contains("Terms of use Version 1") && texts.contains("Privacy policy Version 2"), "{texts}");
    anyone.clicks("read-privacy").await.is("/privacy").sees("We keep little.");
    anyone.opens(&world.acme.url("/help?ui_locales=de")).await.sees("Hilfe zu Acme Library").sees("Was hier gilt");
    // Another tenant has its own.
    anyone.opens(&world.studio.url("/help")).await.sees("Help for Nordlys Studio");
    assert!(!anyone.has("texts"));
}

#[tokio::test]
async fn pp_19_terms_privacy_and_help_of_a_tenant_stand_at_its_sign_in_and_sign_up() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.opens(&world.acme.url("/help")).await.clicks("sign-in").await.is("/login");
    let linked = |who: &Person, at: &str| {
        for (words, path) in [("Terms", "/terms"), ("Privacy", "/privacy"), ("Help", "/help")] {
            assert_eq!(who.link(words), world.acme.url(path), "{at}");
        }
    };
    linked(&alice, "sign-in");
    alice.clicks("create-account").await.is("/signup");
    linked(&alice, "sign-up");
    alice.submits("send", &[("email", "alice@people.test")]).await.is("/signup/sent");
    linked(&alice, "mail sent");
    alice.follows("Help").await.is("/help").sees("Help for Acme Library");
    // Nobody's in particular: the account's own pages have none.
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.signs_in(&world).await.sees_not("Help");
}

#[tokio::test]
async fn pp_19_help_tells_each_what_they_may_know_and_which_keys_they_have() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut waits = world.member("wim", &world.acme, MemberState::ToReview, &[]).await;
    for who in [&mut viewer, &mut waits] {
        who.enters(&world.acme).await.follows("Help").await.is("/help").answers(200);
        names_nobody(who, &admin);
        let keys = who.text_of("keys");
        assert!(keys.contains("Esc") && !keys.contains("Space"), "{keys}");
        assert_eq!(who.page.attribute("account", "href"), world.id.url("/account/sign-in"));
    }
    admin.opens(&world.acme.url("/help")).await;
    let keys = admin.text_of("keys");
    for key in ["/ Goes to the search", "Shift + click Selects everyone", "j k Go to the next", "r Turn down"] {
        assert!(keys.contains(key), "{key}: {keys}");
    }
    let name = admin.name();
    admin.clicks("administrators").await.is("/members").sees(&name).sees_not("Vera Doe");
    // Whoever has terms to accept first can read help before.
    publishes(&mut admin, &world, "terms", "Be kind.", true).await;
    viewer.opens(&world.acme).await.is("/accept").follows("Help").await.is("/help");
    names_nobody(&viewer, &admin);
}
