use audit::Actor;
use evil_provider::{Person as Upstream, Trick};
use identity::providers;

use crate::harness::{HOUR, MINUTE, World};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";

#[tokio::test]
async fn id_04_a_person_links_a_provider_signs_in_by_it_and_unlinks_it() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    mina.opens(&world.id.url("/account/sign-in")).await.sees("Link another way in");
    world.contoso.has(Upstream::named("mina"));
    mina.submits("link-contoso", &[]).await.is("/account/sign-in").sees("from now on it opens your account too");
    assert_eq!(world.identity_count(TIES).await, 1);
    mina.sees("mina").sees("Linked: 15 Jun 2025").sees("Last used:");
    // It lists no prompts, so that it is asked for one that every provider knows.
    assert_eq!(world.contoso.last_request()["prompt"], "login");
    assert!(world.mails_to(&mina.email).await.iter().any(|mail| mail.letter.subject.contains("contoso now opens")));

    // In another browser, by the provider alone; whatever address it states meanwhile.
    let mut elsewhere = mina.elsewhere(&world);
    elsewhere.opens(&world.id.url("/account")).await;
    let moved = Upstream::named("mina").with_email("somebody@else.example", true);
    elsewhere.comes_by("contoso", &world.contoso, moved).await.is("/account").sees("Hello, Mina");
    // The last way in but one goes, and with it what it had opened (LK-08).
    mina.opens(&world.id.url("/account/sign-in")).await.submits("unlink-contoso", &[]).await;
    mina.sees("It is unlinked");
    let told = world.mails_to(&mina.email).await.pop().unwrap().letter;
    assert!(told.subject.starts_with("contoso no longer opens your"), "{}", told.subject);
    assert_eq!(told.action.unwrap().url, world.id.url("/account/sign-in"));
    elsewhere.opens(&world.id.url("/account")).await.is("/login");
    elsewhere.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/link/address");
    assert_eq!(world.identity_count(TIES).await, 0);
}

#[tokio::test]
async fn ph_06_an_address_alone_links_nothing_it_offers() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    // Whoever the provider says has that address: nobody is signed in by it.
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await;
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    eve.comes_by("contoso", &world.contoso, stated.clone()).await.is("/link").sees("Is this you?");
    eve.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(world.identity_count(TIES).await, 0);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
    // A wrong password neither.
    eve.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, stated).await;
    eve.submits("link", &[("password", "what eve would choose")]).await.answers(422);
    assert_eq!(world.identity_count(TIES).await, 0);
    // Its owner proves it, and is signed in: the control.
    let password = mina.password.clone();
    mina.opens(&world.id.url("/account")).await;
    let own = Upstream::named("mina").with_email(&mina.email, true);
    mina.comes_by("contoso", &world.contoso, own.clone()).await.is("/link");
    mina.submits("link", &[("password", &password)]).await.is("/account").sees("Hello, Mina");
    assert_eq!(world.identity_count(TIES).await, 1);
    // The identity that eve's provider account had is still nobody's.
    let mut again = mina.elsewhere(&world);
    again.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, own).await.is("/account");
}

#[tokio::test]
async fn ph_05_an_untrusted_address_gets_the_same_page_whoever_has_it() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["trusted.example"]).await;
    let mina = world.account("mina").await;
    let mut tove = world.platform_admin("tove").await;
    let mut texts = Vec::new();
    for (email, verified) in [
        (mina.email.as_str(), true),
        ("nobody@people.test", true),
        ("nobody@trusted.example", false),
        (mina.email.as_str(), false),
    ] {
        let mut eve = world.browser();
        eve.opens(&world.id.url("/account")).await;
        let stated = Upstream::named("eve").with_email(email, verified);
        eve.comes_by("contoso", &world.contoso, stated).await.is("/link/address").answers(200);
        let reference = eve.text_of("error-reference");
        texts.push(eve.text().replace(email, "…").replace(&reference, "…"));
        // It is the answer's, which the log has; and it stays what it was when the address is mistyped.
        tove.opens(&world.id.url(&format!("/admin/logins?reference={reference}"))).await.sees("CheckMail");
        let (csrf, page) = (eve.csrf(), eve.url.to_string());
        let wrong = eve.post(&page, &[("csrf", &csrf), ("email", "no address")]).await;
        assert_eq!(wrong.answers(422).text_of("error-reference"), reference);
        eve.submits("send", &[("email", email)]).await.is("/link/sent");
        texts.push(eve.text().replace(email, "…"));
    }
    assert!(texts.iter().step_by(2).all(|text| *text == texts[0]), "{texts:#?}");
    assert!(texts.iter().skip(1).step_by(2).all(|text| *text == texts[1]), "{texts:#?}");
    assert_eq!(world.identity_count(TIES).await, 0);
}

#[tokio::test]
async fn lk_05_a_mail_proves_one_address_for_one_identity_in_the_browser_that_began() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await;
    eve.comes_by("contoso", &world.contoso, Upstream::named("eve")).await.is("/link/address");
    eve.submits("send", &[("email", "victim@people.test")]).await.is("/link/sent");
    let link = world.mailed_link("victim@people.test").await;
    // Followed in another browser it does nothing: not there, and not for who waits.
    let mut victim = world.browser();
    victim.opens(&link).await.answers(410);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 0);
    // The control: who began and has the mailbox.
    let mut nils = world.browser();
    nils.opens(&world.id.url("/account")).await;
    nils.comes_by("contoso", &world.contoso, Upstream::named("nils")).await;
    nils.submits("send", &[("email", "nils@people.test")]).await;
    nils.opens(&world.mailed_link("nils@people.test").await).await.is("/link/mail");
    nils.submits("confirm", &[]).await.is("/account").sees("Hello, nils");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account WHERE email_key = 'nils@people.test'").await, 1);
    // It worked once.
    nils.opens(&world.mailed_link("nils@people.test").await).await.answers(410);
    // An old one does not.
    world.passes(2 * HOUR);
    eve.opens(&link).await.answers(410);
}

#[tokio::test]
async fn lk_01_lk_02_a_callback_belongs_to_the_browser_that_began_and_works_once() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut victim = world.account("victim").await;
    victim.signs_in(&world).await;
    // Eve begins to link her own, and stops before the callback.
    let mut eve = world.account("eve").await;
    eve.signs_in(&world).await;
    eve.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("eve"));
    let csrf = eve.csrf();
    let away = eve.post(world.id.url("/account/sign-in/link"), &[("csrf", &csrf), ("provider", "contoso")]).await;
    let callback = world.contoso.authorize(&away.continues_to().unwrap());
    victim.opens(callback.as_str()).await.answers(410);
    let asked = world.contoso.asked("/token");
    assert_eq!(
        (world.identity_count(TIES).await, asked),
        (0, 0),
        "nothing is asked before the state is this browser's"
    );
    // The control: her own browser; and a second time does nothing.
    eve.opens(callback.as_str()).await.sees("from now on it opens your account too");
    eve.opens(callback.as_str()).await.answers(410);
    assert_eq!(world.identity_count(TIES).await, 1);
    // Hers opens hers.
    let mut elsewhere = world.browser();
    elsewhere.opens(&world.id.url("/account")).await;
    elsewhere.comes_by("contoso", &world.contoso, Upstream::named("eve")).await.sees("Hello, Eve");
    // Linked elsewhere: refused without a word on whose it is.
    victim.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("eve"));
    victim.submits("link-contoso", &[]).await.answers(403).sees("can’t be linked here").sees_not("eve@people.test");
    victim.sees("You are signed in as victim@people.test").sees("Take another sign-in at contoso");
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn in_05_linking_asks_for_a_proof_of_ten_minutes_at_most() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    mina.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("mina"));
    world.passes(11 * MINUTE);
    mina.submits("link-contoso", &[]).await.is("/login");
    assert_eq!(world.identity_count(TIES).await, 0);
    mina.proves_who_they_are().await.is("/account/sign-in");
    mina.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
}

#[tokio::test]
async fn lk_13_a_disabled_provider_opens_nothing_that_was_begun_before_either() {
    let world = World::new().await;
    let key = world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    world.contoso.has(Upstream::named("mina"));
    mina.opens(&world.id.url("/account/sign-in")).await.submits("link-contoso", &[]).await;
    let mut by_it = world.browser();
    by_it.opens(&world.id.url("/account")).await;
    by_it.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.sees("Hello, Mina");
    // One is away when it is disabled.
    let mut away = world.browser();
    away.opens(&world.id.url("/account")).await;
    let (csrf, url) = (away.csrf(), away.url.clone());
    let begin = world.id.url(&format!("/login/provider?{}", url.query().unwrap()));
    let gone = away.post(begin, &[("csrf", &csrf), ("provider", "contoso")]).await;
    let callback = world.contoso.authorize(&gone.continues_to().unwrap());
    let identity = world.identity.identity();
    let provider = providers::find(&mut identity.store.read().await.unwrap(), &key).await.unwrap().unwrap();
    assert!(providers::set_enabled(identity, Actor::Operator, &provider, false).await.unwrap());

    away.opens(callback.as_str()).await.answers(403).sees("can’t be used any more");
    by_it.opens(&world.id.url("/account")).await.is("/login");
    assert!(!by_it.has("by-contoso"), "no button");
    mina.opens(&world.id.url("/account/sign-in")).await.sees("Disabled");
    // The control: enabled again, a fresh login works.
    assert!(providers::set_enabled(identity, Actor::Operator, &provider, true).await.unwrap());
    by_it.opens(&world.id.url("/account")).await;
    by_it.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.sees("Hello, Mina");
}

#[tokio::test]
async fn lk_10_an_answer_that_fails_a_check_signs_nobody_in_and_says_so() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    for (trick, status) in [
        (Trick::Nonce, 502),
        (Trick::Aud, 502),
        (Trick::Iss, 502),
        (Trick::AlgNone, 502),
        (Trick::Hs256, 502),
        (Trick::ForeignKey, 502),
        (Trick::UserInfoSub, 502),
        (Trick::AnswerIss, 502),
        (Trick::Denied, 403),
        (Trick::TokenAway, 502),
        (Trick::InvalidClient, 502),
    ] {
        world.contoso.behaves();
        world.contoso.plays(trick);
        let mut mina = world.browser();
        mina.opens(&world.id.url("/account")).await;
        mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await;
        assert_eq!(mina.status, status, "{trick:?}: {:?}", mina.page);
        mina.sees("Reference").sees("Another way in");
        mina.opens(&world.id.url("/account")).await.is("/login");
        assert_eq!(world.identity_count(TIES).await, 0, "{trick:?}");
    }
    world.contoso.behaves();
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await;
    mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account").sees("Hello, mina");
}

#[tokio::test]
async fn lk_10_a_provider_that_is_away_is_told_of_before_the_browser_leaves() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("mina"));
    mina.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
    let mut by_it = mina.elsewhere(&world);
    for (trick, status) in [(Trick::Away, 502), (Trick::MetadataGarbage, 502)] {
        // Longer than an answer of a moment ago counts.
        world.passes(MINUTE);
        world.contoso.plays(trick);
        by_it.opens(&world.id.url("/account")).await;
        by_it.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.answers(status).is("/login/provider");
        by_it.sees("Reference").sees("Another way in");
        world.contoso.behaves();
    }
    world.passes(MINUTE);
    by_it.opens(&world.id.url("/account")).await;
    by_it.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account").sees("Hello, Mina");
}

#[tokio::test]
async fn id_04_the_last_way_in_stays() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await;
    mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account");
    mina.opens(&world.id.url("/account/sign-in")).await.sees("Your only way in");
    assert!(!mina.has("unlink-contoso"));
    let tie: (uuid::Uuid,) = {
        let mut conn = world.identity.identity().store.read().await.unwrap();
        conn.one("SELECT id FROM external_identity", vec![]).await.unwrap()
    };
    let (csrf, tie) = (mina.csrf(), tie.0.to_string());
    let refused = mina.post(world.id.url("/account/sign-in/unlink"), &[("csrf", &csrf), ("tie", &tie)]).await;
    refused.answers(409).sees("last way in");
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn ph_05_after_our_mail_an_address_with_an_account_asks_for_its_credential() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    let (email, password) = (mina.email.clone(), mina.password.clone());
    mina.opens(&world.id.url("/account")).await;
    mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/link/address");
    mina.submits("send", &[("email", &email)]).await;
    mina.opens(&world.mailed_link(&email).await).await.submits("confirm", &[]).await.is("/link");
    assert_eq!(world.identity_count(TIES).await, 0, "the mail alone links nothing");
    mina.submits("link", &[("password", &password)]).await.is("/account");
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn lk_10_lk_11_no_trick_of_an_evil_provider_signs_anybody_in() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    for trick in Trick::ATTACKS {
        // What is known of the provider is old by then, and asked for anew.
        world.passes(11 * MINUTE);
        world.contoso.behaves();
        world.contoso.plays(*trick);
        let mut mina = world.browser();
        mina.opens(&world.id.url("/account")).await;
        mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await;
        assert!(mina.status >= 400, "{trick:?}: {:?}", mina.page);
        mina.opens(&world.id.url("/account")).await.is("/login");
        let left = "SELECT (SELECT COUNT(*) FROM external_identity) + (SELECT COUNT(*) FROM account) + (SELECT COUNT(*) FROM session)";
        assert_eq!(world.identity_count(left).await, 0, "{trick:?}");
    }
    world.passes(11 * MINUTE);
    world.contoso.behaves();
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await;
    mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account");
}

#[tokio::test]
async fn lk_10_what_is_unusual_and_right_signs_in() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    for (number, trick) in Trick::CONTROLS.iter().enumerate() {
        world.passes(11 * MINUTE);
        world.contoso.behaves();
        world.contoso.plays(*trick);
        let mut person = world.browser();
        person.opens(&world.id.url("/account")).await;
        person.comes_by("contoso", &world.contoso, Upstream::named(&format!("person{number}"))).await;
        // What states no verified address is followed by our mail, and is believed as to who it is.
        let expected = match trick {
            Trick::TextVerified | Trick::NoEmail | Trick::TwoEmails => "/link/address",
            _ => "/account",
        };
        assert_eq!(person.url.path(), expected, "{trick:?}: {:?}", person.page);
    }
}

/// DESIGN §4.1: an address is contact data. Another one is noted, told to its person, and changes nothing.
#[tokio::test]
async fn id_04_another_address_at_the_provider_is_told_and_changes_nothing() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mina = world.account("mina").await;
    let other = world.account("other").await;
    let mut tove = world.platform_admin("tove").await;
    let mut mina = mina.elsewhere(&world);
    mina.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("mina").with_email(&mina.email, true));
    mina.submits("link-contoso", &[]).await;
    let comes = async |email: Option<&str>| {
        let mut by_it = world.browser();
        let who = Upstream::named("mina");
        let who = email.map_or(Upstream { email: None, ..who.clone() }, |email| who.with_email(email, true));
        by_it.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, who).await;
        by_it.is("/account").sees("Hello, Mina").opens(&world.id.url("/account/sign-in")).await;
        by_it
    };
    // The same one, written otherwise, or none at all: nothing has changed.
    let mails = world.mails_to(&other.email).await.len();
    for same in [None, Some(mina.email.as_str()), Some("MINA@people.test")] {
        assert!(!comes(same).await.has("moved-contoso"), "{same:?}");
    }
    assert_eq!(world.audited("identity.address_changed").await, 0);
    // Another person's, verified, of a domain that the provider is trusted for.
    let mut by_it = comes(Some(&other.email)).await;
    by_it.sees("contoso now says other@people.test, and no longer").sees("The address of your account stays as it is");
    assert_eq!(world.audited("identity.address_changed").await, 1);
    assert_eq!(world.identity_count(TIES).await, 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account WHERE email_key = 'mina@people.test'").await, 1);
    assert_eq!(world.mails_to(&other.email).await.len(), mails, "nobody is mailed there");
    // Whoever runs the platform reads it beside the decision.
    let reference =
        world.identity_texts("SELECT reference FROM audit_entry WHERE action = 'identity.address_changed'").await;
    tove.opens(&world.id.url(&format!("/admin/logins?reference={}", reference[0]))).await;
    tove.sees("identity.address_changed").sees("contoso");
    // It is told once: until they come by it again.
    assert!(!comes(Some(&other.email)).await.has("moved-contoso"));
    assert_eq!(world.audited("identity.address_changed").await, 1);
}
