//! An administrator of a tenant asks for a new password of a member (TP-09).

use tenant::members::MemberState;

use crate::harness::{DAY, Person, World};

const BEGUN: &str = "SELECT COUNT(*) FROM recovery";

/// On the member's page.
async fn asks(admin: &mut Person, world: &World, name: &str) {
    admin.opens(&world.acme.url("/members")).await.follows(name).await.submits("send-reset", &[]).await;
    admin.sees("The mail is asked for");
}

#[tokio::test]
async fn tp_09_a_members_administrator_asks_for_the_mail_and_of_a_federated_one_the_refusal_names_the_provider() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    admin.enters(&world.acme).await.is("/");
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    mina.enters(&world.acme).await.is("/");
    asks(&mut admin, &world, "Mina Doe").await;
    assert_eq!(
        world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.reset_asked'").await,
        1
    );
    // The identity server mails the secret, to the account's own address; nothing has changed until she follows it.
    assert_eq!(world.mails_to(&mina.email).await.pop().unwrap().letter.subject, "Choose a new password");
    mina.elsewhere(&world).enters(&world.acme).await.is("/");
    let link = world.mailed_link(&mina.email).await;
    mina.opens(&link).await.submits("reset", &[("password", "a sentence that is new")]).await;
    mina.is("/account/password/done");
    // Of an account that one provider opens, the administrator is told the same, and the mail says so.
    world.passes(DAY);
    admin = admin.elsewhere(&world);
    admin.enters(&world.acme).await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin/accounts?email=mina@people.test")).await;
    tove.submits("switch", &[("provider", "works")]).await.sees("The account is switched");
    asks(&mut admin, &world, "Mina Doe").await;
    assert_eq!(world.mails_to(&mina.email).await.pop().unwrap().letter.subject, "works opens your account");
    assert_eq!(world.identity_count(BEGUN).await, 2);
    // Whom a provider opens this tenant to: refused, by its name.
    world.tenant_change(&world.acme, "UPDATE member SET provider = 'acme.corp' WHERE email = 'mina@people.test'").await;
    admin.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
    assert!(!admin.has("send-reset"));
    admin.sees("corp looks after their password");
    let (csrf, page) = (admin.csrf(), admin.url.to_string());
    let refused = admin.post(format!("{page}/reset"), &[("csrf", &csrf)]).await;
    refused.answers(409).sees("corp looks after their password: it is reset there");
    world.settle().await;
    assert_eq!(world.identity_count(BEGUN).await, 2, "and nothing was begun");
}

#[tokio::test]
async fn az_03_nobody_asks_for_a_new_password_of_whom_they_may_not_touch() {
    let world = World::new().await;
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    viewer.enters(&world.acme).await.is("/");
    admin.enters(&world.acme).await.opens(&world.acme.url("/members")).await.follows("Vera Doe").await;
    let page = admin.url.to_string();
    let csrf = viewer.opens(&world.acme.url("/profile")).await.csrf();
    viewer.post(format!("{page}/reset"), &[("csrf", &csrf)]).await.answers(403);
    assert_eq!(world.identity_count(BEGUN).await, 0);
    // The control.
    admin.submits("send-reset", &[]).await.sees("The mail is asked for");
    assert_eq!(world.identity_count(BEGUN).await, 1);
}
