//! Somebody invited comes in by one provider, and accepts by it, without any password (TP-04, DESIGN §4.5).

use std::sync::Arc;

use evil_provider::Person as Upstream;
use futures_util::future::join_all;
use tenant::members::MemberState;
use tokio::sync::Barrier;

use crate::harness::{Person, World};

const AT_ONCE: usize = 32;
const ACCOUNTS: &str = "SELECT COUNT(*) FROM account";
const ACCEPTED: &str = "SELECT COUNT(*) FROM invitation WHERE accepted_at IS NOT NULL";
const TIES: &str = "SELECT COUNT(*) FROM external_identity";
const PASSWORDS: &str = "SELECT COUNT(*) FROM password";
const REVIEWED: &str = "SELECT COUNT(*) FROM member WHERE authorization_state = 'reviewed' AND subject IS NOT NULL";

/// A world whose tenant invites by a provider of its own, or of the platform; its key, and an administrator.
async fn a_world(own: bool, domains: &[&str]) -> (World, String, Person) {
    let world = World::new().await;
    let key = match own {
        true => world.own_provider(&world.acme, "corp", &world.contoso, domains).await,
        false => world.platform_provider("contoso", &world.contoso, domains).await,
    };
    let mut admin = world.admin_of(&world.acme).await;
    world.names_for_newcomers(&mut admin, &world.acme, &key).await;
    (world, key, admin)
}

/// Somebody of that name is invited, and has the link.
async fn invited(world: &World, admin: &mut Person, name: &str) -> (Person, String, String) {
    let person = world.stranger(name);
    let page = world.invites_address(admin, &world.acme, &person.email, &["editor"]).await;
    let link = world.invitation_link(&person).await;
    (person, link, page)
}

fn upstream(person: &Person, name: &str) -> Upstream {
    Upstream::named(name).with_email(&person.email, true)
}

/// Nothing of an invitation is used, and nobody is there but the administrator.
async fn nothing(world: &World, what: &str) {
    let there = [ACCOUNTS, ACCEPTED, TIES, PASSWORDS];
    let mut counts = Vec::new();
    for count in there {
        counts.push(world.identity_count(count).await);
    }
    assert_eq!(counts, [1, 0, 0, 1], "{what}");
    assert_eq!(world.tenant_count(&world.acme, REVIEWED).await, 1, "{what}");
}

#[tokio::test]
async fn tp_04_who_is_invited_to_a_tenants_own_provider_is_known_to_that_tenant_alone() {
    let (world, key, mut admin) = a_world(true, &["people.test"]).await;
    let (mut mina, link, page) = invited(&world, &mut admin, "mina").await;
    mina.opens(&link).await.sees("You sign in to Acme Library with corp, as mina@people.test");
    assert!(mina.has("continue-with") && !mina.has("create") && !mina.has("accept"));
    assert!(mina.find("input[type=password]", |_| ()).is_none(), "no password is asked for");
    world.contoso.has(upstream(&mina, "mina"));
    mina.submits("continue-with", &[]).await.is("/").sees("Your role here: Editor");
    assert!(mina.url.as_str().starts_with(&world.acme.base) && !mina.passed("/join"));
    let scoped = "SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL AND email = ''";
    assert_eq!((world.identity_count(scoped).await, world.identity_count(PASSWORDS).await), (1, 1));
    let tied =
        "SELECT COUNT(*) FROM external_identity WHERE proved_by = 'invitation' AND scope_id IN (SELECT id FROM tenant)";
    assert_eq!((world.identity_count(tied).await, world.identity_count(TIES).await), (1, 1));
    assert_eq!(world.audited("invitation.accepted").await, 1);
    admin.opens(&world.acme.url(&page)).await.sees("Accepted").sees("mina");
    assert_eq!(
        (admin.text_of("axis-authorization").as_str(), admin.text_of("provider").as_str()),
        ("Reviewed", "corp")
    );
    // It stays so once the tenant's news has arrived: the session, and the next login by the same identity alone.
    world.settle().await;
    mina.opens(&world.acme).await.is("/").sees("Editor");
    let mut again = mina.elsewhere(&world);
    again.opens(&world.acme).await.comes_by(&key, &world.contoso, upstream(&mina, "mina")).await.is("/").sees("Editor");
    for elsewhere in [world.id.url("/account"), world.studio.url("/")] {
        mina.opens(&elsewhere).await.is("/login");
    }
    let mut eve = world.browser();
    eve.opens(&world.acme).await.comes_by(&key, &world.contoso, upstream(&mina, "eve")).await;
    assert_ne!(eve.url.path(), "/", "SW-02: the same address, another subject");
    assert_eq!(world.tenant_count(&world.acme, REVIEWED).await, 2);
}

#[tokio::test]
async fn tp_04_who_is_invited_to_a_platforms_provider_gets_an_account_without_a_password() {
    let (world, key, mut admin) = a_world(false, &["people.test"]).await;
    let (mut mina, link, _) = invited(&world, &mut admin, "mina").await;
    world.contoso.has(upstream(&mina, "mina"));
    mina.opens(&link).await.submits("continue-with", &[]).await.is("/").sees("Your role here: Editor");
    assert_eq!(world.contoso.last_request()["login_hint"], "mina@people.test");
    // Nobody is tied to whoever the browser happens to be there: the provider asks. It lists no prompts.
    assert_eq!(world.contoso.last_request()["prompt"], "login");
    let told = world.mails_to(&mina.email).await.pop().unwrap().letter;
    assert_eq!(told.subject, "contoso opens your new Latchkey account");
    assert!(told.paragraphs[0].contains("at contoso, as mina Test"), "{told:?}");
    assert_eq!((world.identity_count(ACCOUNTS).await, world.identity_count(PASSWORDS).await), (2, 1));
    let claims = "SELECT COUNT(*) FROM external_identity WHERE proved_by = 'invitation'";
    assert_eq!((world.identity_count(TIES).await, world.identity_count(claims).await), (2, 2), "everywhere, and here");
    mina.opens(&world.id.url("/account")).await.is("/account").sees("Hello, mina");
    world.settle().await;
    // The tenant asks for that identity, and no other proof.
    let mut again = mina.elsewhere(&world);
    again.opens(&world.acme).await.comes_by(&key, &world.contoso, upstream(&mina, "mina")).await.is("/").sees("Editor");
    mina.opens(&world.acme).await.is("/").sees("Editor");
}

#[tokio::test]
async fn tn_01_a_tenants_word_on_who_somebody_is_at_the_platforms_provider_counts_beside_the_address() {
    const NAME_EVE: &str = "UPDATE member SET preset_subject = 'subject-of-eve' WHERE subject IS NULL";
    let (world, _, mut admin) = a_world(false, &["people.test"]).await;
    let mina = world.stranger("mina");
    world.invites_address(&mut admin, &world.acme, &mina.email, &["editor"]).await;
    // An evil tenant names the attacker's own identity there; the victim's browser is signed in as that.
    world.tenant_change(&world.acme, NAME_EVE).await;
    let link = world.invitation_link(&mina).await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM invitation WHERE preset = 'subject-of-eve'").await, 1);
    let mut victim = world.browser();
    world.contoso.has(Upstream::named("eve").with_email("eve@evil.test", true));
    victim.opens(&link).await.submits("continue-with", &[]).await.answers(403).sees("Somebody else was invited");
    nothing(&world, "named, and another address").await;
    world.contoso.has(upstream(&mina, "mina"));
    victim.opens(&link).await.submits("continue-with", &[]).await.answers(403);
    nothing(&world, "the address, and another than was named").await;
    // The control: both.
    world.contoso.has(upstream(&mina, "eve"));
    victim.opens(&link).await.submits("continue-with", &[]).await.is("/").sees("Editor");
    assert_eq!(world.identity_count(ACCEPTED).await, 1);
}

#[tokio::test]
async fn ph_05_the_link_proves_the_address_whatever_the_provider_is_trusted_for() {
    for own in [true, false] {
        let (world, key, mut admin) = a_world(own, &["elsewhere.example"]).await;
        let (mut mina, link, _) = invited(&world, &mut admin, "mina").await;
        // Without the link, the provider's word is worth nothing.
        for verified in [false, true] {
            let mut eve = world.browser();
            let stated = Upstream::named("eve").with_email(&mina.email, verified);
            eve.opens(&world.acme).await.comes_by(&key, &world.contoso, stated).await.is("/link/address");
            nothing(&world, "without the link").await;
        }
        // With it, the mail has proved it: the control.
        let stated = Upstream::named("mina").with_email(&mina.email.to_uppercase(), false);
        world.contoso.has(stated);
        mina.opens(&link).await.submits("continue-with", &[]).await.is("/").sees("Editor");
        assert_eq!(world.identity_count(ACCEPTED).await, 1);
    }
}

#[tokio::test]
async fn tp_04_a_link_that_was_passed_on_is_worth_nothing_to_who_has_another_address_there() {
    for own in [true, false] {
        let (world, _, mut admin) = a_world(own, &["people.test"]).await;
        let (mut mina, link, _) = invited(&world, &mut admin, "mina").await;
        for stated in [
            Upstream::named("eve").with_email("eve@people.test", true),
            Upstream::named("eve").with_email("mina@people.test.evil.test", true),
            Upstream { email: None, ..Upstream::named("eve") },
        ] {
            let mut eve = world.browser();
            world.contoso.has(stated);
            eve.opens(&link).await.submits("continue-with", &[]).await.answers(403);
            eve.sees("Somebody else was invited").sees("mina@people.test").sees("Back to the invitation");
            nothing(&world, "passed on").await;
            eve.opens(&world.acme).await.is("/login");
        }
        assert_eq!(world.audited("link.decided").await, 3);
        assert_eq!(super::decided(&world, "Refuse(NotInvited)").await, 3);
        // The invited one may use it still: the control.
        world.contoso.has(upstream(&mina, "mina"));
        mina.opens(&link).await.submits("continue-with", &[]).await.is("/").sees("Editor");
    }
}

#[tokio::test]
async fn tp_04_no_password_and_no_other_account_accepts_what_is_for_a_provider() {
    let (world, _, mut admin) = a_world(true, &["people.test"]).await;
    let (_, link, _) = invited(&world, &mut admin, "mina").await;
    let token = link.split_once("token=").unwrap().1.to_owned();
    let mut eve = world.account("eve").await;
    eve.signs_in(&world).await.opens(&link).await;
    assert!(!eve.has("accept") && eve.has("continue-with"), "another address");
    let csrf = eve.csrf();
    let session = world.identity_id("SELECT id FROM session ORDER BY id DESC LIMIT 1").await.to_string();
    let accept = [("csrf", csrf.as_str()), ("token", &token), ("session", &session)];
    eve.post(world.id.url("/invitation/accept"), &accept).await.answers(409);
    let mut typed = vec![("csrf", csrf.as_str()), ("token", &token)];
    typed.extend([("given_name", "E"), ("family_name", "V"), ("locale", "en"), ("password", "long enough for all")]);
    eve.post(world.id.url("/invitation/new"), &typed).await.answers(409);
    assert_eq!((world.identity_count(ACCEPTED).await, world.identity_count(ACCOUNTS).await), (0, 2));
    // By a provider that was not named neither.
    let other = [("csrf", csrf.as_str()), ("token", &token), ("provider", "acme.other")];
    eve.post(world.id.url("/invitation/provider"), &other).await.answers(410);
    // The control: the account of the invited address, after its own proof; the provider is asked for behind it.
    let mut mina = world.account("mina").await;
    mina.opens(&link).await.submits("sign-in-to-accept", &[]).await;
    let password = mina.password.clone();
    if mina.has("next") {
        mina.submits("next", &[]).await;
    }
    mina.submits("login", &[("password", &password)]).await.is("/invitation/accept").sees("corp asks who you are");
    mina.submits("accept", &[]).await;
    assert!(mina.url.path().starts_with("/login"), "{:?}", mina.page);
    assert_eq!(world.identity_count(ACCEPTED).await, 1);
    world.contoso.has(upstream(&mina, "mina"));
    let button = if mina.has("continue-with") { "continue-with" } else { "by-acme.corp" };
    mina.submits(button, &[]).await.is("/").sees("Editor");
}

#[tokio::test]
async fn ph_06_an_account_of_the_invited_address_is_linked_after_its_own_proof_alone() {
    let (world, key, mut admin) = a_world(false, &["people.test"]).await;
    let known = world.account("mina").await;
    let (_, link, _) = invited(&world, &mut admin, "mina").await;
    let mut by_link = world.browser();
    world.contoso.has(upstream(&known, "mina"));
    by_link.opens(&link).await.submits("continue-with", &[]).await.is("/link");
    assert_eq!((world.identity_count(TIES).await, world.identity_count(ACCEPTED).await), (0, 0));
    by_link.submits("link", &[("password", "what eve would choose")]).await.answers(422);
    assert_eq!((world.identity_count(TIES).await, world.identity_count(ACCEPTED).await), (0, 0));
    by_link.submits("link", &[("password", &known.password)]).await.is("/").sees("Editor");
    assert_eq!((world.identity_count(TIES).await, world.identity_count(ACCEPTED).await), (2, 1));
    assert_eq!(world.identity_count(ACCOUNTS).await, 2, "no second account");
    assert!(world.mails_to(&known.email).await.iter().any(|mail| mail.letter.subject.contains("contoso now opens")));
    let mut again = known.elsewhere(&world);
    again.opens(&world.acme).await.comes_by(&key, &world.contoso, upstream(&known, "mina")).await.is("/");
}

#[tokio::test]
async fn tn_01_a_tenants_own_provider_leaves_the_account_of_the_invited_address_alone() {
    let (world, _, mut admin) = a_world(true, &["people.test"]).await;
    let mut known = world.account("mina").await;
    let (_, link, _) = invited(&world, &mut admin, "mina").await;
    let mut by_link = world.browser();
    world.contoso.has(upstream(&known, "mina"));
    by_link.opens(&link).await.submits("continue-with", &[]).await.is("/").sees("Editor");
    let scoped = "SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL";
    assert_eq!((world.identity_count(scoped).await, world.identity_count(ACCOUNTS).await), (1, 3));
    let of_known =
        "SELECT COUNT(*) FROM external_identity JOIN account ON account.id = account_id WHERE account.scope_id IS NULL";
    assert_eq!(world.identity_count(of_known).await, 0);
    by_link.opens(&world.id.url("/account")).await.is("/login");
    known.signs_in(&world).await.sees("Hello, Mina");
}

#[tokio::test]
async fn in_01_withdrawn_used_disabled_or_taken_elsewhere_on_the_way_it_accepts_nothing() {
    let (world, key, mut admin) = a_world(true, &["people.test"]).await;
    let (mut mina, link, page) = invited(&world, &mut admin, "mina").await;
    let away = async |browser: &mut Person| {
        browser.opens(&link).await.answers(200);
        let (csrf, token) = (browser.csrf(), browser.hidden("token"));
        let fields = [("csrf", csrf.as_str()), ("token", &token), ("provider", &key)];
        let gone = browser.post(world.id.url("/invitation/provider"), &fields).await;
        world.contoso.has(upstream(&world.stranger("mina"), "mina"));
        world.contoso.authorize(&gone.continues_to().unwrap())
    };
    // LK-02: finished in another browser.
    let callback = away(&mut mina).await;
    world.browser().opens(callback.as_str()).await.answers(410);
    nothing(&world, "another browser").await;
    // Withdrawn while they are away.
    admin.opens(&world.acme.url(&page)).await.submits("withdraw", &[]).await;
    world.settle().await;
    mina.opens(callback.as_str()).await.answers(410).sees("does not work any more");
    nothing(&world, "withdrawn").await;
    // Disabled while they are away (LK-13).
    admin.opens(&world.acme.url(&page)).await.submits("send-invitation", &[]).await;
    let link = world.invitation_link(&mina).await;
    let begin = async |browser: &mut Person| {
        browser.opens(&link).await.answers(200);
        let (csrf, token) = (browser.csrf(), browser.hidden("token"));
        let fields = [("csrf", csrf.as_str()), ("token", &token), ("provider", &key)];
        let gone = browser.post(world.id.url("/invitation/provider"), &fields).await;
        world.contoso.authorize(&gone.continues_to().unwrap())
    };
    let callback = begin(&mut mina).await;
    admin.opens(&world.acme.url("/providers/acme.corp")).await.submits("disable", &[]).await;
    mina.opens(callback.as_str()).await.answers(403).sees("can’t be used any more");
    mina.opens(&link).await.sees("can’t be used at the moment");
    assert!(!mina.has("continue-with") && !mina.has("create"));
    nothing(&world, "disabled").await;
    admin.opens(&world.acme.url("/providers/acme.corp")).await.submits("enable", &[]).await;
    // Twice: one browser is in, the other one's callback comes too late.
    let mut other = world.browser();
    let (first, second) = (begin(&mut mina).await, begin(&mut other).await);
    mina.opens(first.as_str()).await.is("/").sees("Editor");
    other.opens(second.as_str()).await.answers(410).sees("does not work any more");
    other.opens(&link).await.answers(410);
    mina.opens(first.as_str()).await.answers(410);
    assert_eq!(super::decided(&world, "Refuse(InvitationOver)").await, 2, "withdrawn, and accepted by another");
    assert_eq!(super::decided(&world, "Refuse(Disabled)").await, 1);
    assert_eq!((world.identity_count(ACCEPTED).await, world.identity_count(TIES).await), (1, 1));
}

#[tokio::test]
async fn tn_01_another_tenants_provider_accepts_nothing_here() {
    let world = World::new().await;
    let foreign = world.own_provider(&world.studio, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.stranger("mina");
    world.invites(&mut admin, &world.acme, &mina, &["editor"]).await;
    world.tenant_change(&world.acme, "UPDATE member SET provider = 'studio.corp' WHERE subject IS NULL").await;
    let link = world.invitation_link(&mina).await;
    let mut eve = world.browser();
    eve.opens(&link).await.sees("can’t be used at the moment");
    assert!(!eve.has("continue-with") && !eve.has("create"));
    let (csrf, token) = (eve.csrf(), link.split_once("token=").unwrap().1);
    let fields = [("csrf", csrf.as_str()), ("token", token), ("provider", &foreign)];
    eve.post(world.id.url("/invitation/provider"), &fields).await.answers(410);
    nothing(&world, "another tenant's").await;
}

#[tokio::test]
async fn id_03_who_is_switched_while_they_are_invited_accepts_by_what_was_decided() {
    for compromised in [false, true] {
        let world = World::new().await;
        let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
        let mut admin = world.admin_of(&world.acme).await;
        let mut mina = world.stranger("mina");
        world.invites(&mut admin, &world.acme, &mina, &["editor"]).await;
        let link = world.invitation_link(&mina).await;
        mina.opens(&link).await;
        assert!(mina.has("create"));
        let mut chosen = vec![("provider", key.as_str())];
        if compromised {
            chosen.push(("compromised", "1"));
        }
        admin.clicks("switch-provider").await.submits("look", &chosen).await.submits("switch", &[]).await;
        world.settle().await;
        // The form that was open before does not count any more.
        let password = mina.password.clone();
        mina.submits("create", &[("password", &password)]).await.answers(409);
        mina.opens(&link).await;
        world.contoso.has(upstream(&mina, "mina"));
        // The tenant's news of the switch arrives with the first sign-in, which proves itself once more.
        mina.submits("continue-with", &[]).await;
        if mina.url.path() != "/" {
            let button = if mina.has("continue-with") { "continue-with" } else { "by-acme.corp" };
            mina.submits(button, &[]).await;
        }
        mina.is("/").sees("Editor");
        let mut again = mina.elsewhere(&world);
        again.opens(&world.acme).await.comes_by(&key, &world.contoso, upstream(&mina, "mina")).await.is("/");
        assert_eq!(world.identity_count("SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL").await, 1);
    }
}

#[tokio::test]
async fn pp_26_who_asked_before_and_is_invited_stays_one_member() {
    let (world, key, mut admin) = a_world(true, &["people.test"]).await;
    let mut mina = world.stranger("mina");
    let own = upstream(&mina, "mina");
    mina.opens(&world.acme).await.comes_by(&key, &world.contoso, own.clone()).await.is("/join");
    mina.submits("allow", &[]).await.sees("You asked to join");
    world.settle().await;
    world
        .tenant_change(
            &world.acme,
            "UPDATE member SET email = 'before@people.test' WHERE authorization_state = 'to_review'",
        )
        .await;
    let (_, link, page) = invited(&world, &mut admin, "mina").await;
    let mut by_link = mina.elsewhere(&world);
    world.contoso.has(upstream(&mina, "mina"));
    by_link.opens(&link).await.submits("continue-with", &[]).await;
    if by_link.url.path() != "/" {
        let button = if by_link.has("continue-with") { "continue-with" } else { "by-acme.corp" };
        by_link.submits(button, &[]).await;
    }
    by_link.is("/").sees("Editor");
    admin.opens(&world.acme.url(&page)).await.answers(404);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member").await, 2);
    assert_eq!(world.identity_count(ACCOUNTS).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_01_of_32_who_come_back_with_one_link_at_once_exactly_one_accepts() {
    for own in [true, false] {
        let (world, key, mut admin) = a_world(own, &[]).await;
        let (mina, link, _) = invited(&world, &mut admin, "mina").await;
        let mut waiting = Vec::new();
        for number in 0..AT_ONCE {
            let mut browser = world.browser();
            browser.opens(&link).await;
            let (csrf, token) = (browser.csrf(), browser.hidden("token"));
            let fields = [("csrf", csrf.as_str()), ("token", &token), ("provider", &key)];
            let gone = browser.post(world.id.url("/invitation/provider"), &fields).await;
            // Each is somebody else there, and all state the invited address.
            world.contoso.has(upstream(&mina, &format!("mina{number}")));
            waiting.push((browser, world.contoso.authorize(&gone.continues_to().unwrap())));
        }
        let start = Arc::new(Barrier::new(AT_ONCE));
        let come = waiting.into_iter().map(|(mut browser, callback)| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                browser.get(callback.as_str()).await.status
            })
        });
        let answers: Vec<u16> = join_all(come).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|status| matches!(status, 200 | 410)), "{answers:?}");
        assert_eq!((world.identity_count(ACCEPTED).await, world.identity_count(ACCOUNTS).await), (1, 2));
        assert_eq!(world.identity_count("SELECT COUNT(DISTINCT subject) FROM external_identity").await, 1);
        assert_eq!(world.audited("invitation.accepted").await, 1);
    }
}

#[tokio::test]
async fn in_03_a_member_who_is_locked_is_not_let_in_by_an_invitation_to_a_provider() {
    let (world, _, mut admin) = a_world(false, &["people.test"]).await;
    let bob = world.member("bob", &world.acme, MemberState::Locked, &["viewer"]).await;
    let office = world.stranger("bob.office");
    world.invites_address(&mut admin, &world.acme, &office.email, &["administrator"]).await;
    let link = world.invitation_link(&office).await;
    let mut by_link = bob.elsewhere(&world);
    by_link.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("bob"));
    by_link.submits("link-contoso", &[]).await;
    world.contoso.has(Upstream::named("bob").with_email(&office.email, true));
    by_link.opens(&link).await.submits("continue-with", &[]).await.is("/closed/locked").answers(403);
    let roles = "SELECT COUNT(*) FROM member_role JOIN member ON member.id = member_role.member_id
                 WHERE role = 'administrator' AND subject IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, roles).await, 1, "they stand at the invited record alone");
}
