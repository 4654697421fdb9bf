//! *Make this my own account* (DESIGN §4.2): from a tenant's own provider to an account of one's own.

use std::sync::Arc;

use evil_provider::Person as Upstream;
use futures_util::future::join_all;
use tokio::sync::Barrier;

use crate::api::{acting, api, everything};
use crate::harness::{HOUR, Person, World};

const AT_ONCE: usize = 32;
const SCOPED: &str = "SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL";

/// A world whose tenant has a provider of its own; and somebody whom it alone knows, as a member, signed in.
async fn a_world() -> (World, Person) {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    world.names_for_newcomers(&mut admin, &world.acme, "acme.corp").await;
    let mut mina = world.stranger("mina");
    world.invites_address(&mut admin, &world.acme, &mina.email, &["editor"]).await;
    let link = world.invitation_link(&mina).await;
    world.contoso.has(upstream(&mina));
    mina.opens(&link).await.submits("continue-with", &[]).await.is("/").sees("Editor");
    world.settle().await;
    (world, mina)
}

fn upstream(person: &Person) -> Upstream {
    Upstream::named("mina").with_email(&person.email, true)
}

/// On the page where one begins, to the mail: its link.
async fn asks(world: &World, who: &mut Person, email: &str) -> String {
    who.opens(&world.id.url("/account/own")).await.sees("Acme Library knows you by corp alone");
    who.submits("send", &[("email", email)]).await.answers(200).sees("We sent a mail to");
    world.mailed_link(email).await
}

/// The subjects by which tenants know people, how many a tenant alone knows, and the addresses of accounts.
async fn rows(world: &World) -> (Vec<String>, i64, Vec<String>) {
    let subjects = world.identity_texts("SELECT subject FROM subject ORDER BY subject").await;
    let emails = world.identity_texts("SELECT email FROM account ORDER BY email").await;
    (subjects, world.identity_count(SCOPED).await, emails)
}

#[tokio::test]
async fn tn_01_where_nobody_has_the_address_the_account_becomes_ones_own_and_the_tenant_knows_the_same_member() {
    let (world, mut mina) = a_world().await;
    let before = rows(&world).await.0;
    mina.opens(&world.id.url("/account")).await.is("/login").clicks("make-own").await.is("/account/own");
    let link = asks(&world, &mut mina, "mina@home.test").await;
    mina.opens(&link).await.sees("mina@home.test is your address").sees("There is no account with this address yet");
    let password = mina.password.clone();
    mina.submits("make", &[("password", "short")]).await.answers(422);
    mina.submits("make", &[("password", &password), ("given_name", "Mina"), ("family_name", "Doe")]).await;
    mina.is("/account").sees("Hello, Mina");
    assert_eq!(rows(&world).await.0, before, "the subject is unchanged");
    assert_eq!(world.identity_count(SCOPED).await, 0);
    let tied = "SELECT COUNT(*) FROM external_identity JOIN account ON account.id = account_id
                WHERE email_key = 'mina@home.test' AND external_identity.scope_id IN (SELECT id FROM tenant)";
    assert_eq!(world.identity_count(tied).await, 1, "it opens that tenant alone, as before");
    assert_eq!(world.audited("own_account.made").await, 1);
    let told = world.mails_to("mina@home.test").await.pop().unwrap().letter;
    assert_eq!(told.subject, "Acme Library belongs to your account now");
    mina.opens(&link).await.answers(410);
    // The member is the same; that provider opens the tenant, and the password does not.
    mina.opens(&world.acme).await.is("/login/elsewhere");
    world.contoso.has(upstream(&mina));
    mina.submits("continue-with", &[]).await.is("/").sees("Editor");
    let members = "SELECT COUNT(*) FROM member";
    assert_eq!(world.tenant_count(&world.acme, members).await, 2);
    // The provider opens nothing else; the password does.
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream(&mina)).await.is("/").sees("Editor");
    by_it.opens(&world.id.url("/account")).await.is("/login");
    let mut by_password = world.browser();
    (by_password.email, by_password.password) = ("mina@home.test".to_owned(), password);
    by_password.signs_in(&world).await.opens(&world.id.url("/account/instances")).await.sees("Acme Library");
}

#[tokio::test]
async fn tn_01_where_an_account_has_the_address_its_owner_proves_it_and_the_subject_moves_there() {
    let (world, mut mina) = a_world().await;
    let mut own = world.account("own").await;
    own.enters(&world.studio).await.submits("allow", &[]).await;
    let before = rows(&world).await;
    let link = asks(&world, &mut mina, &own.email).await;
    mina.opens(&link).await.sees("You have an account with this address");
    assert!(!mina.has("make") && mina.find("input[type=password]", |_| ()).is_none());
    // The form for a new one does not take the account.
    let (csrf, token) = (mina.csrf(), mina.hidden("token"));
    let mut typed = vec![("csrf", csrf.as_str()), ("token", token.as_str()), ("given_name", "E"), ("family_name", "V")];
    typed.extend([("locale", "en"), ("password", "what eve would choose")]);
    mina.post(world.id.url("/account/own/make"), &typed).await.answers(410);
    assert_eq!(rows(&world).await, before);
    mina.submits("sign-in-to-move", &[]).await.is("/login");
    mina.submits("next", &[("username", &own.email)]).await.submits("login", &[("password", "a guess")]).await;
    mina.answers(422).submits("login", &[("password", &own.password)]).await.is("/account/own/move");
    assert_eq!(rows(&world).await, before, "nothing moves before they say so");
    mina.sees("own@people.test")
        .submits("move", &[])
        .await
        .is("/account/instances")
        .sees("Acme Library")
        .sees("Nordlys");
    let after = rows(&world).await;
    assert_eq!(before.0, after.0, "subjects are unchanged");
    let moved = "SELECT COUNT(*) FROM subject JOIN account ON account.id = subject.account_id
                 JOIN external_identity ON external_identity.account_id = account.id AND external_identity.scope_id = sector_id
                 WHERE email_key = 'own@people.test'";
    assert_eq!(world.identity_count(moved).await, 1);
    assert_eq!(
        (world.audited("own_account.moved").await, world.identity_count("SELECT COUNT(*) FROM link").await),
        (1, 3)
    );
    assert_eq!(
        world.mails_to(&own.email).await.pop().unwrap().letter.subject,
        "Acme Library belongs to your account now"
    );
    // The same member; the policy stays: that provider, and nothing else.
    let mut again = own.elsewhere(&world);
    again.enters(&world.acme).await.is("/login/elsewhere");
    world.contoso.has(upstream(&mina));
    again.submits("continue-with", &[]).await.is("/").sees("Editor");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member").await, 2);
    mina.opens(&link).await.answers(410);
}

#[tokio::test]
async fn tn_01_who_asked_to_join_by_a_tenants_provider_comes_by_it_alone_also_with_an_account_of_their_own() {
    const KEPT: &str = "SELECT COUNT(*) FROM member WHERE provider = 'acme.corp' AND switched_version = 0";
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut eve = world.stranger("eve");
    let upstream = || Upstream::named("eve").with_email("eve@people.test", true);
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream()).await.is("/join");
    eve.submits("allow", &[]).await.sees("You asked to join");
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 1, "DESIGN 4.2: the policy is that provider");
    assert_eq!(
        world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.provider_kept'").await,
        1
    );
    // Let in, found by the provider, and said to be opened by it.
    admin.opens(&world.acme.url("/members?provider=acme.corp")).await.sees("eve@people.test");
    assert_eq!(admin.text_of("total"), "1");
    admin
        .opens(&world.acme.url("/requests"))
        .await
        .follows("Review")
        .await
        .submits("approve", &[("role", "viewer")])
        .await;
    world.settle().await;
    eve.opens(&world.acme).await.is("/").sees("Viewer");
    // Somebody else asks with an account of their own, by the same provider: their policy stays their own.
    let mut mina = world.account("mina").await;
    let password = mina.password.clone();
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/link");
    by_it.submits("link", &[("password", &password)]).await.sees("You asked to join");
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 1, "whose account is their own");
    // She makes the account her own: her password opens the account, and not the tenant.
    let link = asks(&world, &mut eve, "eve@home.test").await;
    let chosen = eve.password.clone();
    eve.opens(&link).await;
    eve.submits("make", &[("password", &chosen), ("given_name", "Eve"), ("family_name", "Doe")]).await.is("/account");
    let mut by_password = world.browser();
    (by_password.email, by_password.password) = ("eve@home.test".to_owned(), chosen);
    by_password.signs_in(&world).await.opens(&world.acme).await.is("/login/elsewhere");
    // The control: the provider does; and once the tenant has disabled it, nothing.
    let mut again = world.browser();
    again.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream()).await.is("/").sees("Viewer");
    admin.opens(&world.acme.url("/providers/acme.corp")).await.submits("disable", &[]).await.sees("opens nothing");
    by_password.opens(&world.acme).await;
    assert_ne!(by_password.url.path(), "/", "not by her password");
}

#[tokio::test]
async fn tn_01_who_was_let_in_before_is_kept_to_the_provider_at_their_next_sign_in() {
    const KEPT: &str = "SELECT COUNT(*) FROM member WHERE provider = 'acme.corp'";
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let upstream = || Upstream::named("eve").with_email("eve@people.test", true);
    let mut eve = world.browser();
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream()).await.submits("allow", &[]).await;
    world.settle().await;
    world.tenant_change(&world.acme, "UPDATE member SET provider = NULL").await;
    let mut again = world.browser();
    again.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream()).await.sees("You asked to join");
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 1);
    // Not whom an administrator has switched back since.
    world.tenant_change(&world.acme, "UPDATE member SET provider = NULL, switched_version = 1").await;
    let mut later = world.browser();
    later.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream()).await;
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 0);
}

#[tokio::test]
async fn lk_02_the_link_does_nothing_in_another_browser_nor_without_the_tenants_session() {
    let (world, mut mina) = a_world().await;
    let mut victim = world.account("victim").await;
    victim.signs_in(&world).await;
    let before = rows(&world).await;
    // Whoever gives somebody else's address: that person's browser does nothing with the mail.
    let link = asks(&world, &mut mina, &victim.email).await;
    victim.opens(&link).await.answers(410);
    victim.opens(&world.id.url("/account/own/move")).await.answers(410);
    let unknown = asks(&world, &mut mina, "nobody@people.test").await;
    world.browser().opens(&unknown).await.answers(410);
    assert_eq!(rows(&world).await, before);
    // Neutral before proof: the page and the mail are the same whoever has the address.
    let said = |email: &str| world.mail.sent_to(email).pop().unwrap().letter.paragraphs;
    assert_eq!(said(&victim.email), said("nobody@people.test"));
    // Nor in the browser that began, once the tenant's session is over: its provider is disabled (LK-13).
    world.identity_change("UPDATE session SET ended_at = 1 WHERE scope_id IS NOT NULL").await;
    mina.opens(&link).await.answers(410);
    mina.opens(&world.id.url("/account/own")).await.answers(403).sees("nothing to take over");
    assert_eq!(rows(&world).await, before);
    // Nor when it is old.
    let mut again = world.browser();
    again.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream(&mina)).await.is("/");
    let old = asks(&world, &mut again, "late@people.test").await;
    again.opens(&old).await.answers(200);
    world.passes(2 * HOUR);
    again.opens(&old).await.answers(410);
}

#[tokio::test]
async fn tn_01_whose_account_is_their_own_has_nothing_to_take_over_and_nothing_of_it_is_shown() {
    const MAILS: &str = "SELECT COUNT(*) FROM own_account";
    let (world, mut known) = a_world().await;
    let mut mina = world.account("rosa").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    // Whoever runs the tenant's provider has an identity of it that is tied to her there.
    let stated = Upstream::named("rosa").with_email(&mina.email, true);
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated.clone()).await.is("/link");
    by_it.submits("link", &[("password", &mina.password)]).await.sees("You asked to join");
    let mut evil = world.browser();
    evil.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.sees("You asked to join");
    evil.opens(&world.id.url("/account/own")).await.answers(403).sees("nothing to take over");
    evil.sees_not(&mina.given_name).sees_not(&mina.family_name);
    let session = world.identity_id("SELECT id FROM session WHERE scope_id IS NOT NULL ORDER BY id DESC LIMIT 1").await;
    let (csrf, session) = (evil.opens(&world.id.url("/account")).await.is("/login").csrf(), session.to_string());
    let fields = [("csrf", &*csrf), ("session", &*session), ("email", "evil@people.test")];
    evil.post(world.id.url("/account/own"), &fields).await.answers(410);
    assert_eq!(world.identity_count(MAILS).await, 0, "and no mail in her name");
    // The control: whom the provider alone knows.
    asks(&world, &mut known, "known@home.test").await;
    assert_eq!(world.identity_count(MAILS).await, 1);
}

#[tokio::test]
async fn lk_13_a_provider_that_is_disabled_meanwhile_lets_nothing_be_taken_over() {
    let (world, mut mina) = a_world().await;
    let before = rows(&world).await;
    let link = asks(&world, &mut mina, "mina@home.test").await;
    mina.opens(&link).await.answers(200);
    let mut admin = world.admin_of(&world.acme).await;
    admin.opens(&world.acme.url("/providers/acme.corp")).await.submits("disable", &[]).await.sees("opens nothing");
    let now = rows(&world).await;
    let password = mina.password.clone();
    mina.submits("make", &[("password", &password), ("given_name", "Mina"), ("family_name", "Doe")]).await.answers(410);
    assert_eq!(rows(&world).await, now);
    assert_eq!(before.1, now.1);
}

#[tokio::test]
async fn lk_01_another_account_than_that_of_the_address_takes_nothing_over() {
    let (world, mut mina) = a_world().await;
    let (own, eve) = (world.account("own").await, world.account("eve").await);
    let before = rows(&world).await;
    let link = asks(&world, &mut mina, &own.email).await;
    mina.opens(&link).await.submits("sign-in-to-move", &[]).await;
    mina.submits("next", &[("username", &eve.email)]).await.submits("login", &[("password", &eve.password)]).await;
    mina.is("/account/own/move").submits("move", &[]).await.answers(403).sees("another account").sees_not("eve@");
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn tn_01_an_account_that_is_a_member_there_already_keeps_its_own_and_nothing_moves() {
    let (world, mut mina) = a_world().await;
    let mut own = world.account("own").await;
    own.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    let before = rows(&world).await;
    let link = asks(&world, &mut mina, &own.email).await;
    mina.opens(&link).await.submits("sign-in-to-move", &[]).await;
    mina.submits("next", &[("username", &own.email)]).await.submits("login", &[("password", &own.password)]).await;
    mina.is("/account/own/move").submits("move", &[]).await.answers(409).sees("is a member of Acme Library already");
    assert_eq!(rows(&world).await, before);
    assert_eq!(world.identity_count(SCOPED).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_01_of_32_at_once_exactly_one_takes_it_over() {
    let (world, mut mina) = a_world().await;
    let link = asks(&world, &mut mina, "mina@home.test").await;
    mina.opens(&link).await.answers(200);
    let (csrf, token) = (mina.csrf(), mina.hidden("token"));
    let start = Arc::new(Barrier::new(AT_ONCE));
    let send = |index: usize| {
        let mut browser = world.browser();
        (browser.jar, browser.page) = (mina.jar.clone(), mina.page.clone());
        let (start, url) = (start.clone(), world.id.url("/account/own/make"));
        let (csrf, token) = (csrf.clone(), token.clone());
        tokio::spawn(async move {
            let password = format!("password number {index}");
            let fields = [
                ("csrf", csrf.as_str()),
                ("token", token.as_str()),
                ("given_name", "Mina"),
                ("family_name", "Doe"),
                ("locale", "en"),
                ("password", password.as_str()),
            ];
            start.wait().await;
            browser.post(&url, &fields).await.status
        })
    };
    let answers: Vec<u16> = join_all((0..AT_ONCE).map(send)).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 303 | 410)), "{answers:?}");
    assert_eq!(world.audited("own_account.made").await, 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account WHERE email_key = 'mina@home.test'").await, 1);
}

#[tokio::test]
async fn tn_01_a_session_of_a_tenants_provider_shows_what_it_states_and_nothing_of_the_account() {
    let (world, mut mina) = a_world().await;
    let link = asks(&world, &mut mina, "mina@home.test").await;
    let password = mina.password.clone();
    mina.opens(&link).await;
    mina.submits("make", &[("password", &password), ("given_name", "Private"), ("family_name", "Person")]).await;
    mina.is("/account").sees("Hello, Private");
    world.settle().await;
    // Whoever runs the directory signs in there as her.
    let mut operator = world.browser();
    operator.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream(&mina)).await.is("/");
    let console = world.client_at(&world.acme, "console", acting).await;
    let (scope, resource) = (format!("openid {}", everything()), api(&world.acme));
    let acts = [("scope", Some(scope.as_str())), ("resource", Some(resource.as_str()))];
    let chooses = [acts.as_slice(), &[("prompt", Some("select_account"))]].concat();
    operator.opens(&console.request(&chooses).url()).await.is("/login/accounts");
    operator.sees("mina@people.test").sees_not("mina@home.test").sees_not("Private");
    operator.submits("choose", &[]).await.is("/consent");
    operator.sees("mina@people.test").sees_not("mina@home.test").sees_not("Private");
    // The control: she herself, by her own password, at an application of the platform.
    let ink = world.platform_client("ink", |_| {}).await;
    let mut own = world.browser();
    (own.email, own.password) = ("mina@home.test".to_owned(), password);
    own.signs_in(&world).await.opens(&ink.request(&[("prompt", Some("select_account"))]).url()).await;
    own.is("/login/accounts").sees("mina@home.test").sees("Continue as Private").submits("choose", &[]).await;
    own.is("/consent").sees("mina@home.test");
}
