//! An administrator of a tenant asks for a new password of a member (TP-09).

use evil_provider::Person as Upstream;
use serde_json::json;
use tenant::members::MemberState;

use crate::api::{acting, everything};
use crate::federation::begins_to_link;
use crate::harness::{DAY, MINUTE, Person, World, refreshing, text};

const BEGUN: &str = "SELECT COUNT(*) FROM recovery";

/// On the member's page.
async fn asks(admin: &mut Person, world: &World, name: &str) {
    admin.opens(&world.acme.url("/members")).await.follows(name).await.submits("send-reset", &[]).await;
    admin.sees("The mail is asked for");
}

/// An administrator of Acme, and Mina, who views; both have come in.
async fn both_in(world: &World) -> (Person, Person) {
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    admin.enters(&world.acme).await.is("/");
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    mina.enters(&world.acme).await.is("/");
    (admin, mina)
}

#[tokio::test]
async fn tp_09_a_members_administrator_asks_for_the_mail_and_of_a_federated_one_the_refusal_names_the_provider() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    let (mut admin, mut mina) = both_in(&world).await;
    asks(&mut admin, &world, "Mina Doe").await;
    assert_eq!(
        world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.reset_asked'").await,
        1
    );
    // The identity server mails the secret, to the account's own address; until she follows it, the old one does not open this place.
    assert_eq!(world.mails_to(&mina.email).await.pop().unwrap().letter.subject, "Choose a new password");
    mina.elsewhere(&world).enters(&world.acme).await.is("/login/new-password");
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

/// DESIGN §4.9: of an account that is not the tenant's own, the password is refused for that tenant until it is changed.
#[tokio::test]
async fn ps_06_a_refused_password_opens_that_tenant_no_more_and_everything_else_as_before() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    admin.enters(&world.acme).await.is("/");
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&mina, &world.studio, MemberState::Active, &["member"]).await;
    mina.enters(&world.acme).await.is("/").opens(&world.studio).await.is("/");
    world.contoso.has(Upstream::named("mina"));
    mina.opens(&world.id.url("/account/sign-in")).await.submits("link-contoso", &[]).await;
    let here = world.client_at(&world.acme, "here", refreshing).await;
    let there = world.client_at(&world.studio, "there", refreshing).await;
    let (of_here, of_there) = (here.tokens(&mut mina).await, there.tokens(&mut mina).await);
    let request = here.request(&[]);
    let on_its_way = here.code(&mut mina, &request).await;

    asks(&mut admin, &world, "Mina Doe").await;
    // What is open there has ended, at the applications too; and the session of elsewhere opens it no more.
    here.refresh(&text(&of_here, "refresh_token")).await.is_error(400, "invalid_grant");
    here.redeem(&on_its_way, &request.verifier).await.is_error(400, "invalid_grant");
    mina.opens(&world.acme).await.is("/login/new-password").sees("We have sent a mail to mina@people.test");
    let silent = here.request(&[("prompt", Some("none"))]);
    mina.opens(&silent.url()).await;
    assert_eq!(mina.page.query("error").as_deref(), Some("login_required"));
    // Nor does the right password in another browser: said after it, and to nobody before.
    let mut other = mina.elsewhere(&world);
    other.enters(&world.acme).await.is("/login/new-password");
    let mut eve = mina.elsewhere(&world);
    eve.password = "what eve would choose".to_owned();
    eve.enters(&world.acme).await.answers(422).is("/login/password").sees_not("We have sent");
    // The control: everything else is as it was.
    assert_eq!(there.refresh(&text(&of_there, "refresh_token")).await.status, 200);
    mina.opens(&world.studio).await.is("/").opens(&world.id.url("/account")).await.sees("Hello, Mina");
    other.opens(&world.studio).await.is("/");
    // What else opens the account opens that tenant too.
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/");
    // And so does the new password, in the login that waits.
    other.opens(&world.acme).await.is("/login/new-password").submits("resend", &[]).await.is("/recover/sent");
    other.opens(&world.mailed_link(&mina.email).await).await;
    other.submits("reset", &[("password", "a sentence that is new")]).await.is("/account/password/done");
    other.opens(&world.acme).await.is("/");
}

/// No mail is sent to a mailbox that had many, and yet the password is refused: nobody keeps an administrator from it (WEB-25).
#[tokio::test]
async fn ps_06_too_many_mails_keep_no_password_from_being_refused() {
    let world = World::new().await;
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    admin.enters(&world.acme).await.is("/");
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    for _ in 0..3 {
        asks(&mut admin, &world, "Mina Doe").await;
    }
    mina.opens(&world.mailed_link(&mina.email).await).await;
    mina.submits("reset", &[("password", "a sentence that is new")]).await.is("/account/password/done");
    mina.password = "a sentence that is new".to_owned();
    mina.enters(&world.acme).await.is("/");
    let before = world.mails_to(&mina.email).await.len();
    asks(&mut admin, &world, "Mina Doe").await;
    assert_eq!(world.mails_to(&mina.email).await.len(), before, "no mail any more");
    mina.enters(&world.acme).await.is("/login/new-password");
}

/// Whoever knows what is refused, and no more than that, lifts nothing by it and makes no further way in.
#[tokio::test]
async fn ps_06_a_refused_password_does_not_lift_its_refusal_and_proves_nothing_towards_that_tenant() {
    const TIES: &str = "SELECT COUNT(*) FROM external_identity";
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let (mut admin, mina) = both_in(&world).await;
    asks(&mut admin, &world, "Mina Doe").await;

    // No further way in for the account.
    let mut thief = mina.elsewhere(&world);
    thief.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await.submits("link-contoso", &[]).await;
    thief.answers(403).sees("refuses your password until it is changed");
    // No proof of an offer, on the way there: and the page says why.
    let stated = || Upstream::named("mina").with_email(&mina.email, true);
    let mut offered = world.browser();
    offered.opens(&world.acme).await.comes_by("contoso", &world.contoso, stated()).await.is("/link");
    offered.submits("link", &[("password", &mina.password)]).await.answers(422);
    offered.is("/link").sees("One of your instances refuses this password until it is changed");
    // Nor on the way to anywhere else: what it would link opens that tenant too.
    let mut elsewhere = world.browser();
    elsewhere.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, stated()).await.is("/link");
    elsewhere.submits("link", &[("password", &mina.password)]).await.answers(422).sees("refuses this password");
    assert_eq!(world.identity_count(TIES).await, 0);
    // Changed by itself alone, to whatever: refused as before.
    for new in [mina.password.clone(), "what a thief would choose".to_owned()] {
        thief.opens(&world.id.url("/account/password")).await;
        thief.submits("change-password", &[("current", &thief.password.clone()), ("password", &new)]).await;
        thief.is("/account/password/done");
        thief.password = new;
        thief.elsewhere(&world).enters(&world.acme).await.is("/login/new-password");
    }
    // By the mail, another one: the controls.
    let mut own = thief.elsewhere(&world);
    own.enters(&world.acme).await.submits("resend", &[]).await.is("/recover/sent");
    own.opens(&world.mailed_link(&mina.email).await).await;
    own.submits("reset", &[("password", &thief.password)]).await.answers(422).sees("choose another one");
    own.submits("reset", &[("password", "a sentence that is new")]).await.is("/account/password/done");
    own.opens(&world.acme).await.is("/").opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("mina"));
    own.submits("link-contoso", &[]).await;
    assert_eq!(world.identity_count(TIES).await, 1);
}

/// What was under way when a tenant refused the password it may have begun by is over (DESIGN §4.9).
#[tokio::test]
async fn ps_06_who_is_away_to_link_when_the_password_is_refused_comes_back_to_nothing() {
    const TIES: &str = "SELECT COUNT(*) FROM external_identity";
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let (mut admin, mina) = both_in(&world).await;
    world.contoso.has(Upstream::named("mina"));
    let mut away = mina.elsewhere(&world);
    away.signs_in(&world).await;
    let callback = begins_to_link(&world, &mut away).await;
    asks(&mut admin, &world, "Mina Doe").await;
    away.opens(callback.as_str()).await;
    assert_eq!(world.identity_count(TIES).await, 0, "{:?}", away.page);
    // It is nobody's fault but that link's: another one, by whoever has proved more, is the control in the test before.
    let ended = "SELECT COUNT(*) FROM upstream_login WHERE linking IS NOT NULL AND finished_at IS NOT NULL";
    assert_eq!(world.identity_count(ended).await, 1);
}

/// An application that was given a token by who knew the password has nothing by it any more, at once.
#[tokio::test]
async fn ps_06_what_an_application_holds_of_a_member_ends_with_their_password_and_the_api_asks_for_that_too() {
    let world = World::new().await;
    let (admin, token) = world.api_admin(&world.acme, "console").await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["support"]).await;
    mina.enters(&world.acme).await.is("/");
    let rp = world.client_at(&world.acme, "console2", acting).await;
    let hers = text(&rp.acts_for(&mut mina, &world.acme, &everything()).await, "access_token");
    let id = world.id_by_api(&world.acme, &mina.email, &hers).await;
    let path = format!("/members/{id}/reset");
    // Not who merely looks at members, and nobody's own superior.
    world.posts(&world.acme, &path, &hers, &json!({})).await.refuses(403, "forbidden");
    let told = world.posts(&world.acme, &path, &token, &json!({})).await.done(200);
    assert_eq!(told["changed"], json!(true));
    world.gets(&world.acme, "/members", &hers).await.refuses(401, "invalid_token");
    assert_eq!(world.mails_to(&mina.email).await.pop().unwrap().letter.subject, "Choose a new password");
    // With a new password, a new token works: the control.
    mina.opens(&world.mailed_link(&mina.email).await).await;
    mina.submits("reset", &[("password", "a sentence that is new")]).await.is("/account/password/done");
    mina.password = "a sentence that is new".to_owned();
    world.passes(MINUTE);
    let mut again = mina.elsewhere(&world);
    again.enters(&world.acme).await.is("/");
    let new = text(&rp.acts_for(&mut again, &world.acme, &everything()).await, "access_token");
    world.gets(&world.acme, "/members", &new).await.done(200);
    world.gets(&world.acme, "/members", &token).await.done(200);
    const ASKED: &str = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.reset_asked'";
    assert_eq!(world.tenant_count(&world.acme, ASKED).await, 1);
    drop(admin);
}

/// What administrators ask for uses up nobody's own mails (WEB-07).
#[tokio::test]
async fn web_07_a_tenants_resets_leave_a_member_their_own_mails() {
    let world = World::new().await;
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    admin.enters(&world.acme).await.is("/");
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let before = world.mails_to(&mina.email).await.len();
    for _ in 0..5 {
        asks(&mut admin, &world, "Mina Doe").await;
    }
    let asked = world.mails_to(&mina.email).await.len();
    assert_eq!(asked - before, 3, "so many an hour");
    world.browser().opens(&world.id.url("/recover")).await.submits("send", &[("email", &mina.email)]).await;
    assert_eq!(world.mails_to(&mina.email).await.len() - asked, 1);
}
