use std::time::Duration;

use evil_provider::Person as Upstream;
use identity::providers;
use tenant::members::MemberState;

use crate::harness::{Person, World};

#[tokio::test]
async fn id_03_sw_01_after_a_switch_that_provider_alone_opens_the_tenant() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    mina.enters(&world.studio).await.submits("allow", &[]).await;
    let mut lightbox = mina.elsewhere(&world);
    world.switches(&world.acme, &mina, Some(&key), false).await;
    // The old credential opens everything but that tenant.
    lightbox.enters(&world.id.url("/account")).await.sees("Hello, Mina");
    lightbox.opens(&world.studio).await;
    assert_ne!(lightbox.url.path(), "/login/elsewhere");
    lightbox
        .opens(&world.lightbox)
        .await
        .clicks("sign-in")
        .await
        .is("/login/elsewhere")
        .sees("acme.corp".trim_start_matches("acme."));
    // First claim: a verified address, of a domain that the tenant's own provider is trusted for.
    let own = Upstream::named("mina").with_email(&mina.email, true);
    world.contoso.has(own.clone());
    lightbox.submits("continue-with", &[]).await;
    assert_ne!(lightbox.url.path(), "/login/elsewhere", "{:?}", lightbox.page);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity WHERE proved_by = 'first_claim'").await, 1);
    // From then on any other subject is refused, with the same address (SW-02).
    let mut eve = world.browser();
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    eve.opens(&world.acme)
        .await
        .comes_by("acme.corp", &world.contoso, stated)
        .await
        .answers(403)
        .sees("it alone counts");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 1);
}

#[tokio::test]
async fn sw_02_a_compromised_switch_believes_a_mail_alone() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    world.switches(&world.acme, &mina, Some(&key), true).await;
    let own = Upstream::named("mina").with_email(&mina.email, true);
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own).await.is("/link");
    assert!(!by_it.has("link"), "no password is taken");
    let (csrf, query) = (by_it.csrf(), by_it.url.query().unwrap().to_owned());
    let password = mina.password.clone();
    let login = by_it.hidden("login");
    let forced = by_it
        .post(world.id.url(&format!("/link?{query}")), &[("csrf", &csrf), ("login", &login), ("password", &password)])
        .await;
    forced.answers(410);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 0);
    by_it.submits("by-mail", &[]).await.is("/link/sent");
    let link = world.mailed_link(&mina.email).await;
    by_it.opens(&link).await.submits("confirm", &[]).await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity WHERE proved_by = 'mail'").await, 1);
}

#[tokio::test]
async fn id_03_pp_06_an_administrator_switches_a_member_on_the_page_and_back() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    mina.enters(&world.acme).await.is("/");
    admin.enters(&world.acme).await.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
    let page = admin.url.to_string();
    admin.clicks("switch-provider").await.submits("look", &[("provider", &key)]).await.sees("corp");
    admin.submits("switch", &[]).await;
    assert_eq!(admin.text_of("provider"), "corp");
    // Her session here has ended with the commit; the password opens everything but this tenant.
    mina.opens(&world.acme).await.is("/login/elsewhere");
    mina.opens(&world.id.url("/account")).await.is("/account");
    world.settle().await;
    assert!(world.mails_to(&mina.email).await.iter().any(|mail| mail.letter.subject.contains("sign in")
        || mail.letter.paragraphs.iter().any(|said| said.contains("corp"))));
    let own = Upstream::named("mina").with_email(&mina.email, true);
    world.contoso.has(own.clone());
    mina.opens(&world.acme).await.submits("continue-with", &[]).await.is("/").sees("Your role here: Editor");
    // Back: what the provider had opened ends, and her own password opens again.
    admin
        .opens(&page)
        .await
        .clicks("switch-provider")
        .await
        .submits("look", &[("provider", "platform")])
        .await
        .submits("switch", &[])
        .await;
    mina.opens(&world.acme).await;
    assert_ne!(mina.url.path(), "/login/elsewhere");
    let mut again = mina.elsewhere(&world);
    again.enters(&world.acme).await.is("/");
}

/// Posts to a page of Acme's with its token; answers where that led.
async fn posts(who: &mut Person, world: &World, path: &str, fields: &[(&str, &str)]) -> String {
    let csrf = who.opens(&world.acme.url("/profile")).await.csrf();
    let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
    let page = who.post(&world.acme.url(path), &fields).await;
    let to = page.location().unwrap_or_else(|| panic!("{}", page.body)).path().to_owned();
    world.settle().await;
    to
}

#[tokio::test]
async fn pp_06_a_claim_is_a_change_that_the_undoing_of_a_batch_leaves_alone() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    admin.enters(&world.acme).await.is("/");
    let mut people = Vec::new();
    for (name, state) in [("mina", MemberState::Active), ("lotte", MemberState::Locked), ("bo", MemberState::Active)] {
        let mut person = world.member(name, &world.acme, state, &["supplier"]).await;
        person.enters(&world.acme).await;
        people.push(person);
    }
    world.passes(Duration::from_secs(60));
    let fields =
        [("deed", "switch"), ("all", "yes"), ("search", "role:supplier"), ("asked", "yes"), ("provider", &*key)];
    let job = posts(&mut admin, &world, "/jobs", &fields).await;
    posts(&mut admin, &world, &format!("{job}/start"), &[]).await;
    let switched = "SELECT COUNT(*) FROM member WHERE provider IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, switched).await, 3);
    world.passes(Duration::from_secs(60));
    // Mina comes in by it. Lotte is locked: she gets as far as the identity server, which the tenant does not see.
    for (person, (name, ends)) in people.iter_mut().zip([("mina", "Your role here"), ("lotte", "locked")]) {
        world.contoso.has(Upstream::named(name).with_email(&person.email, true));
        person.opens(&world.acme).await.submits("continue-with", &[]).await.sees(ends);
    }
    let claimed = "SELECT COUNT(*) FROM external_identity WHERE proved_by = 'first_claim'";
    assert_eq!(world.identity_count(claimed).await, 2);
    let undo = posts(&mut admin, &world, &format!("{job}/undo"), &[]).await;
    admin.opens(&world.acme.url(&undo)).await.sees("This will affect 1 of 3.").sees("Changed or claimed since");
    posts(&mut admin, &world, &format!("{undo}/start"), &[]).await;
    admin.opens(&world.acme.url(&undo)).await.sees("Changed: 1.");
    assert_eq!(world.tenant_count(&world.acme, switched).await, 2);
    assert_eq!(world.identity_count(claimed).await, 2, "what they have claimed stays theirs");
    people[0].opens(&world.acme).await.is("/").sees("Your role here");
    people[2].opens(&world.acme).await;
    assert_ne!(people[2].url.path(), "/login/elsewhere", "the control");
}

#[tokio::test]
async fn sw_01_the_door_wants_the_identity_that_was_claimed() {
    let world = World::new().await;
    let key = world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    // Somebody who knew her password linked an identity of theirs, and comes by it.
    let mut eve = mina.elsewhere(&world);
    eve.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("eve"));
    eve.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
    let mut by_it = world.browser();
    by_it.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, Upstream::named("eve")).await;
    by_it.is("/account");
    world.switches(&world.acme, &mina, Some(&key), true).await;
    by_it.opens(&world.acme).await.is("/login/elsewhere");
    by_it.submits("continue-with", &[]).await.is("/link");
    assert!(!by_it.has("link"), "her password proves nothing any more");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity WHERE proved_by = 'mail'").await, 0);
    // The control: whoever has the mailbox.
    by_it.submits("by-mail", &[]).await;
    let link = world.mailed_link(&mina.email).await;
    by_it.opens(&link).await.submits("confirm", &[]).await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity WHERE proved_by = 'mail'").await, 1);
}

#[tokio::test]
async fn id_03_the_platform_switches_a_whole_account() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    mina.opens(&world.id.url("/account")).await.is("/account");
    let mut asked = mina.elsewhere(&world);
    asked.opens(&world.id.url("/recover")).await.submits("send", &[("email", &mina.email)]).await;
    let old_link = world.mailed_link(&mina.email).await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await.sees("Password");
    tove.submits("switch", &[("provider", "contoso")]).await.sees("The account is switched");
    // What opened it before does not any more: the session, the password, a link in the mailbox.
    mina.opens(&world.id.url("/account")).await.is("/login");
    asked.opens(&old_link).await.answers(410);
    let password = mina.password.clone();
    let mut by_password = mina.elsewhere(&world);
    by_password.enters(&world.id.url("/account")).await.sees("contoso").is("/login/password");
    assert!(by_password.has("continue-with"));
    // By the provider, after the old password, once.
    let own = Upstream::named("mina").with_email(&mina.email, true);
    mina.comes_by("contoso", &world.contoso, own.clone()).await.is("/link");
    mina.submits("link", &[("password", &password)]).await.is("/account");
    let mut again = world.browser();
    again.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, own).await.is("/account");
    let provider = {
        let mut conn = world.identity.identity().store.read().await.unwrap();
        providers::find(&mut conn, "contoso").await.unwrap().unwrap()
    };
    assert_eq!(provider.key, "contoso");
}

#[tokio::test]
async fn oa_19_a_providers_logout_ends_what_it_has_opened_and_nothing_else() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, Upstream::named("mina")).await;
    let mut nils = world.browser();
    nils.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, Upstream::named("nils")).await;
    let to = world.id.url("/upstream/contoso/backchannel-logout");
    let post = async |token: &str| {
        let body = crate::harness::encode([("logout_token", token)]);
        let request = world.net.http.post(&to).header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send().await.unwrap().status().as_u16()
    };
    let forged = world.evil.logout_token("latchkey", "subject-of-mina", |claims| {
        claims.insert("iss".to_owned(), world.contoso.issuer().into());
    });
    assert_eq!(post(&forged).await, 400, "another's key");
    mina.opens(&world.id.url("/account")).await.is("/account");
    let good = world.contoso.logout_token("latchkey", "subject-of-mina", |_| {});
    assert_eq!(post(&good).await, 200);
    mina.opens(&world.id.url("/account")).await.is("/login");
    nils.opens(&world.id.url("/account")).await.is("/account");
    assert_eq!(post(&good).await, 400, "once");
}

#[tokio::test]
async fn oa_19_a_logout_by_the_session_alone_ends_that_one_and_no_other() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    world.platform_provider("works", &world.evil, &["works.example"]).await;
    let mut at = Vec::new();
    let olga = Upstream::named("olga").with_email("olga@works.example", true);
    for (key, evil, who, sid) in [
        ("contoso", &world.contoso, Upstream::named("mina"), "desk"),
        ("contoso", &world.contoso, Upstream::named("mina"), "phone"),
        ("contoso", &world.contoso, Upstream::named("nils"), "tablet"),
        ("works", &world.evil, olga, "desk"),
    ] {
        let mut person = world.browser();
        let who = who.in_session(sid);
        person.opens(&world.id.url("/account")).await.comes_by(key, evil, who).await.is("/account");
        at.push(person);
    }
    let logs_out = async |evil: &evil_provider::Evil, key: &str, sid: &str| {
        let sid = sid.to_owned();
        let token = evil.logout_token("latchkey", "nobody", |claims| {
            claims.remove("sub");
            claims.insert("sid".to_owned(), sid.into());
        });
        let body = crate::harness::encode([("logout_token", token.as_str())]);
        let to = world.id.url(&format!("/upstream/{key}/backchannel-logout"));
        let request = world.net.http.post(to).header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send().await.unwrap().status().as_u16()
    };
    // Of a session that nobody has it ends nothing, nor does one provider's word end another's.
    assert_eq!(logs_out(&world.contoso, "contoso", "watch").await, 200);
    assert_eq!(logs_out(&world.evil, "contoso", "desk").await, 400, "another's key");
    for person in &mut at {
        person.opens(&world.id.url("/account")).await.is("/account");
    }
    assert_eq!(logs_out(&world.contoso, "contoso", "desk").await, 200);
    for (person, path) in at.iter_mut().zip(["/login", "/account", "/account", "/account"]) {
        person.opens(&world.id.url("/account")).await.is(path);
    }
    let ended = "SELECT COUNT(*) FROM session WHERE ended_at IS NOT NULL";
    assert_eq!((world.identity_count(ended).await, world.audited("sessions.ended_upstream").await), (1, 1));
}

/// What a switch of a whole account has voided as compromised, a switch back does not restore.
#[tokio::test]
async fn sw_05_a_switch_back_brings_nothing_again_that_was_compromised() {
    // Marked on the way there, on the way back, or (the control) never.
    for (there, back) in [(true, false), (false, true), (false, false)] {
        let world = World::new().await;
        world.platform_provider("works", &world.evil, &[]).await;
        world.platform_provider("contoso", &world.contoso, &[]).await;
        let mut mina = world.account("mina").await;
        mina.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await;
        world.contoso.has(Upstream::named("mina"));
        mina.submits("link-contoso", &[]).await;
        let mut tove = world.platform_admin("tove").await;
        for (to, compromised) in [("works", there), ("", back)] {
            let marked = if compromised { &[("compromised", "yes")][..] } else { &[] };
            let how: Vec<_> = [("provider", to)].into_iter().chain(marked.iter().copied()).collect();
            tove.opens(&world.id.url("/admin/accounts?email=mina@people.test")).await.submits("switch", &how).await;
            tove.sees("The account is switched");
        }
        let mut by_password = mina.elsewhere(&world);
        by_password.enters(&world.id.url("/account")).await;
        let mut by_contoso = mina.elsewhere(&world);
        by_contoso.opens(&world.id.url("/account")).await;
        by_contoso.comes_by("contoso", &world.contoso, Upstream::named("mina")).await;
        if !there && !back {
            by_password.is("/account");
            by_contoso.is("/account");
            continue;
        }
        by_password.answers(422);
        by_contoso.is("/link/address");
        // She has a way: a new password, by mail.
        by_password.opens(&world.id.url("/recover")).await.submits("send", &[("email", &mina.email)]).await;
        by_password.opens(&world.mailed_link(&mina.email).await).await;
        by_password.submits("reset", &[("password", "a sentence that is new")]).await.is("/account/password/done");
        assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 0);
    }
}
