use audit::Actor;
use futures_util::future::join_all;
use identity::accounts::EmailAddress;
use identity::administrators::{self, Changed, First};
use tenant::members::MemberState;

use crate::harness::{HOUR, World};

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

#[tokio::test]
async fn az_01_for_everybody_else_there_is_no_platform() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let mut admin_of_a_tenant = world.admin_of(&world.acme).await;
    for path in [
        "/admin",
        "/admin/tenants",
        "/admin/tenants/acme",
        "/admin/tenants/acme/export",
        "/admin/applications",
        "/admin/administrators",
    ] {
        tove.opens(&world.id.url(path)).await.answers(200).is(path);
        admin_of_a_tenant.opens(&world.id.url(path)).await.answers(404).is(path);
        let mut nobody = world.browser();
        nobody.opens(&world.id.url(path)).await.is("/login");
    }
    let csrf = admin_of_a_tenant.opens(&world.id.url("/account")).await.csrf();
    for path in [
        "/admin/tenants/acme/suspend",
        "/admin/tenants/acme/rename",
        "/admin/tenants/acme/code",
        "/admin/administrators",
    ] {
        let page = admin_of_a_tenant.post(world.id.url(path), &[("csrf", &csrf), ("name", "Mine")]).await;
        page.answers(404);
    }
    assert_eq!(world.audited("tenant.suspended").await + world.audited("tenant.renamed").await, 0);
    assert_eq!(world.identity_texts("SELECT name FROM tenant WHERE slug = 'acme'").await, ["Acme Library"]);
}

#[tokio::test]
async fn in_05_the_platform_opens_to_a_recent_proof_alone() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let csrf = tove.opens(&world.id.url("/admin/tenants/acme")).await.csrf();
    world.passes(HOUR);
    tove.post(world.id.url("/admin/tenants/acme/suspend"), &[("csrf", &csrf)]).await.answers(401);
    assert_eq!(world.audited("tenant.suspended").await, 0);
    // The page is asked for again after the proof, and comes.
    tove.opens(&world.id.url("/admin/tenants/acme?done=renamed")).await.is("/login");
    tove.proves_who_they_are().await.is("/admin/tenants/acme").answers(200);
}

#[tokio::test]
async fn the_first_administrator_is_made_once_however_many_ask() {
    let world = World::new().await;
    world.account("tove").await;
    let identity = world.identity.identity();
    let asked = (0..32).map(|_| administrators::first(identity, address("tove@people.test"), "en"));
    let made: Vec<First> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(made.iter().filter(|one| **one == First::Account).count(), 1);
    assert_eq!(made.iter().filter(|one| **one == First::NotTheFirst).count(), 31);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM platform_administrator").await, 1);
    assert_eq!(world.audited("administrator.first").await, 1);
}

#[tokio::test]
async fn a_first_administrator_without_an_account_makes_it_by_the_operators_link() {
    let world = World::new().await;
    let identity = world.identity.identity();
    let first = administrators::first(identity, address("tove@people.test"), "en").await.unwrap();
    let First::Invited { link } = first else { panic!("{first:?}") };
    assert!(world.mails_to("tove@people.test").await.is_empty(), "the operator has the link, no mail has it");
    // Whoever signs up under another address becomes nothing.
    let mut eve = world.sign_up("eve").await;
    eve.opens(&world.id.url("/admin")).await.answers(404);
    let mut tove = world.stranger("tove");
    tove.opens(&link).await;
    tove.completes_sign_up().await;
    tove.opens(&world.id.url("/admin")).await.answers(200).sees("The platform");
    assert_eq!(world.audited("administrator.added").await, 1);
    let mut again = world.stranger("tove");
    again.opens(&link).await.answers(410);
}

#[tokio::test]
async fn az_04_the_last_administrator_stays_however_many_leave_at_once() {
    let world = World::new().await;
    let identity = world.identity.identity();
    let mut accounts = Vec::new();
    for name in ["tove", "olaf", "siri"] {
        let person = world.member(name, &world.acme, MemberState::Active, &[]).await;
        let account = world.account_of(&person).await;
        assert_eq!(administrators::add(identity, Actor::Operator, &account).await.unwrap(), Changed::Done);
        assert_eq!(administrators::add(identity, Actor::Operator, &account).await.unwrap(), Changed::AsBefore);
        accounts.push(account.id);
    }
    let left =
        join_all(accounts.iter().map(|account| administrators::remove(identity, Actor::Operator, *account))).await;
    let left: Vec<Changed> = left.into_iter().map(Result::unwrap).collect();
    assert_eq!(left.iter().filter(|one| **one == Changed::Done).count(), 2, "{left:?}");
    assert_eq!(left.iter().filter(|one| **one == Changed::LastOne).count(), 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM platform_administrator").await, 1);
    assert_eq!(world.identity_count("SELECT number FROM administrator_guard").await, 1);
}

#[tokio::test]
async fn az_04_administrators_are_added_and_removed_on_a_page_and_all_of_them_hear_of_it() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let mut olaf = world.account("olaf").await;
    let page = world.id.url("/admin/administrators");
    tove.opens(&world.id.url("/admin")).await.clicks("administrators").await.is("/admin/administrators");
    tove.sees("tove@people.test").sees("The operator").sees("The only administrator cannot be removed");
    tove.submits("add-administrator", &[("email", " OLAF@people.test")]).await.answers(200).sees("Added.");
    assert!(tove.text_of("administrators").contains("Olaf Doe olaf@people.test"), "{:?}", tove.page);
    let by = "SELECT granter.email FROM platform_administrator JOIN account granter ON granter.id = granted_by";
    assert_eq!(world.identity_texts(by).await, ["tove@people.test"]);
    let subject = |mails: Vec<mail::Outgoing>| mails.last().unwrap().letter.subject.clone();
    assert_eq!(subject(world.mails_to("olaf@people.test").await), "You can now run Latchkey");
    assert_eq!(subject(world.mails_to("tove@people.test").await), "Olaf Doe now runs Latchkey too");
    // The new one takes the right from the one who gave it.
    let id = world.account_id(&tove).await.0;
    olaf.enters(&page).await.is("/admin/administrators").sees("Tove Doe");
    olaf.opens(&world.id.url(&format!("/admin/administrators/{id}/remove")))
        .await
        .sees("Take the right away from Tove Doe?");
    olaf.submits("remove-administrator", &[]).await.is("/admin/administrators").sees("The right is taken away");
    tove.opens(&world.id.url("/admin")).await.answers(404);
    assert_eq!(subject(world.mails_to("tove@people.test").await), "You no longer run Latchkey");
    assert_eq!(subject(world.mails_to("olaf@people.test").await), "Tove Doe no longer runs Latchkey");
    assert_eq!(world.audited("administrator.removed").await, 1);
    // The last one stays, even by an address that the page does not offer.
    let me = world.account_id(&olaf).await.0;
    olaf.opens(&page).await.page.sees_not("Remove …");
    olaf.opens(&world.id.url(&format!("/admin/administrators/{me}/remove"))).await.sees("Give up your own right?");
    olaf.submits("remove-administrator", &[]).await.answers(409).sees("The last administrator stays");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM platform_administrator").await, 1);
    assert_eq!(world.audited("administrator.removed").await, 1);
    for nobody in [id.to_string(), "nonsense".to_owned()] {
        olaf.opens(&world.id.url(&format!("/admin/administrators/{nobody}/remove"))).await.answers(404);
    }
}

#[tokio::test]
async fn whoever_gives_up_their_own_right_comes_to_their_account() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let _olaf = world.platform_admin("olaf").await;
    let id = world.account_id(&tove).await.0;
    tove.opens(&world.id.url(&format!("/admin/administrators/{id}/remove"))).await;
    tove.submits("remove-administrator", &[]).await.is("/account").answers(200);
    tove.opens(&world.id.url("/admin/administrators")).await.answers(404);
}

#[tokio::test]
async fn az_04_only_an_account_that_exists_becomes_an_administrator() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    for (email, says) in [
        ("nobody@people.test", "There is no account with this address"),
        ("nonsense", "Enter one e-mail address"),
        ("tove@people.test", "They are an administrator already"),
    ] {
        tove.opens(&world.id.url("/admin/administrators"))
            .await
            .submits("add-administrator", &[("email", email)])
            .await;
        tove.answers(422).sees(says);
        assert_eq!(tove.attribute("email", "value"), email);
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM platform_administrator").await, 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM administrator_invitation").await, 0);
    // IN-05: an old proof is not enough.
    world.account("olaf").await;
    let csrf = tove.csrf();
    world.passes(HOUR);
    let fields = [("csrf", &*csrf), ("email", "olaf@people.test")];
    tove.post(world.id.url("/admin/administrators"), &fields).await.answers(401);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM platform_administrator").await, 1);
}
