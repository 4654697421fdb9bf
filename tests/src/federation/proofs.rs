//! An offered link is proved by another provider that is linked with the account (DESIGN §4.1): within that link alone (§4.5), and
//! without a word on how an account signs in before its address is proved (§3.2, §4.11).

use audit::Actor;
use evil_provider::{Evil, Person as Upstream};
use identity::accounts::{self, How, Switched};
use identity::providers::{self, Shown};
use url::Url;

use crate::harness::{Person, World};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";
const EMAIL: &str = "mina@people.test";

fn at_works(name: &str) -> Upstream {
    Upstream::named(name).with_email(&format!("{name}@people.test"), true)
}

/// Mina's account has no password: the provider `works` opens it. `contoso` is another one, and trusted for nothing.
async fn without_password() -> World {
    let world = World::new().await;
    world.platform_provider("works", &world.evil, &["people.test"]).await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    for name in ["mina", "eve"] {
        let mut person = world.browser();
        person.opens(&world.id.url("/account")).await;
        person.comes_by("works", &world.evil, at_works(name)).await.is("/account");
    }
    world
}

/// Comes by contoso, follows our mail, and is asked to prove the account.
async fn is_asked(world: &World) -> Person {
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await;
    comes_by_contoso(&mut mina, world, "mina").await;
    mina
}

async fn comes_by_contoso(mina: &mut Person, world: &World, subject: &str) {
    mina.comes_by("contoso", &world.contoso, Upstream::named(subject)).await.is("/link/address");
    mina.submits("send", &[("email", EMAIL)]).await;
    mina.opens(&world.mailed_link(EMAIL).await).await.submits("confirm", &[]).await.is("/link");
}

/// Away from the page that asks; the callback that the provider answers with, not opened yet.
async fn away(person: &mut Person, world: &World, (key, evil): (&str, &Evil), who: Upstream) -> Option<Url> {
    evil.has(who);
    let (csrf, login, query) = (person.csrf(), person.hidden("login"), person.url.query().unwrap().to_owned());
    let to = world.id.url(&format!("/link/provider?{query}"));
    let gone = person.post(to, &[("csrf", &csrf), ("login", &login), ("provider", key)]).await;
    gone.continues_to().map(|to| evil.authorize(&to))
}

#[tokio::test]
async fn ph_06_a_link_is_proved_by_another_provider_and_by_nobody_elses() {
    let world = without_password().await;
    let mut mina = is_asked(&world).await;
    assert!(
        !mina.has("link") && !mina.has("prove-contoso") && mina.has("prove-works"),
        "what there is: {:?}",
        mina.page
    );
    // Somebody else's there, be they known here or not: one answer, and nothing is linked.
    let mut texts = Vec::new();
    for other in ["eve", "nobody"] {
        world.evil.has(at_works(other));
        mina.submits("prove-works", &[]).await.answers(403).sees("does not show that this account is yours");
        let reference = mina.text_of("error-reference");
        texts.push(mina.text().replace(&reference, "…"));
        mina.follows("Another way in").await.is("/link");
    }
    assert_eq!(texts[0], texts[1]);
    assert_eq!(world.identity_count(TIES).await, 2);
    // The control: their own.
    world.evil.has(at_works("mina"));
    mina.submits("prove-works", &[]).await.is("/account").sees("Hello, mina");
    assert_eq!(world.identity_count(TIES).await, 3);
    let proved = "SELECT COUNT(*) FROM external_identity WHERE proved_by = 'credential'";
    assert_eq!(world.identity_count(proved).await, 1);
    assert_eq!(world.evil.last_request()["prompt"], "login", "which account of theirs it is, they choose");
    let by_works = "SELECT COUNT(*) FROM authentication WHERE provider = 'works'";
    assert_eq!(world.identity_count(by_works).await, 2, "the proof has signed nobody in by itself");
    // From then on contoso opens it.
    let mut again = world.browser();
    again.opens(&world.id.url("/account")).await;
    again.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account");
}

#[tokio::test]
async fn lk_01_lk_02_a_proof_belongs_to_the_browser_and_the_link_that_asked_for_it_and_works_once() {
    let world = without_password().await;
    let mut mina = is_asked(&world).await;
    let callback = away(&mut mina, &world, ("works", &world.evil), at_works("mina")).await.unwrap();
    let mut eve = is_asked(&world).await;
    eve.opens(callback.as_str()).await.answers(410);
    assert_eq!(world.identity_count(TIES).await, 2);
    // The control: the browser that began; a second time it does nothing.
    mina.opens(callback.as_str()).await.is("/account");
    assert_eq!(world.identity_count(TIES).await, 3);
    mina.opens(callback.as_str()).await.answers(410);
    assert_eq!(world.identity_count(TIES).await, 3);
}

#[tokio::test]
async fn lk_05_a_proof_that_was_asked_for_one_link_proves_no_other() {
    let world = without_password().await;
    let mut mina = is_asked(&world).await;
    let sign_in = world.id.url(&format!("/login?{}", mina.url.query().unwrap()));
    let callback = away(&mut mina, &world, ("works", &world.evil), at_works("mina")).await.unwrap();
    // Another sign-in at contoso waits in the same login meanwhile.
    mina.opens(&sign_in).await;
    comes_by_contoso(&mut mina, &world, "another").await;
    mina.opens(callback.as_str()).await.answers(410);
    assert_eq!(world.identity_count(TIES).await, 2);
}

#[tokio::test]
async fn lk_13_a_provider_that_is_disabled_meanwhile_proves_nothing() {
    let world = without_password().await;
    let mut mina = is_asked(&world).await;
    let asks = mina.url.to_string();
    let callback = away(&mut mina, &world, ("works", &world.evil), at_works("mina")).await.unwrap();
    world.enables("works", false).await;
    mina.opens(callback.as_str()).await.answers(403).sees("Nothing was linked");
    mina.follows("Another way in").await.is("/link");
    // It is no way any more; a new password by mail is left.
    assert!(!mina.has("prove-works") && mina.has("new-password"), "{:?}", mina.page);
    assert_eq!(world.identity_count(TIES).await, 2);
    // The control.
    world.enables("works", true).await;
    world.evil.has(at_works("mina"));
    mina.opens(&asks).await.submits("prove-works", &[]).await.is("/account");
}

#[tokio::test]
async fn ph_06_no_provider_proves_itself_and_no_tenants_own_proves_an_account() {
    let world = without_password().await;
    let own = world.own_provider(&world.acme, "corp", &world.inside, &["people.test"]).await;
    let mut mina = is_asked(&world).await;
    let (csrf, login, query) = (mina.csrf(), mina.hidden("login"), mina.url.query().unwrap().to_owned());
    for key in ["contoso", &own, "no-such-provider"] {
        let to = world.id.url(&format!("/link/provider?{query}"));
        let page = mina.post(to, &[("csrf", &csrf), ("login", &login), ("provider", key)]).await;
        page.answers(410).sees("can’t be used here");
    }
    assert_eq!(world.identity_count(TIES).await, 2);
    world.evil.has(at_works("mina"));
    mina.submits("prove-works", &[]).await.is("/account");
}

#[tokio::test]
async fn sw_01_a_switch_meanwhile_voids_the_proof() {
    let world = without_password().await;
    let mut mina = is_asked(&world).await;
    let callback = away(&mut mina, &world, ("works", &world.evil), at_works("mina")).await.unwrap();
    let identity = world.identity.identity();
    let mut conn = identity.store.read().await.unwrap();
    let works = providers::find(&mut conn, "works").await.unwrap().unwrap();
    let id = accounts::EmailAddress::parse(EMAIL).unwrap();
    let account = accounts::find_by_email(&mut conn, &id).await.unwrap().unwrap();
    drop(conn);
    let switched = accounts::switch(identity, Actor::Operator, account, Some(&works), How::default()).await.unwrap();
    assert_eq!(switched, Switched::Done);
    mina.opens(callback.as_str()).await.answers(410);
    assert_eq!(world.identity_count(TIES).await, 2);
    // The control: what the account was switched to opens it.
    let mut by_it = world.browser();
    by_it.opens(&world.id.url("/account")).await;
    by_it.comes_by("works", &world.evil, at_works("mina")).await.is("/account");
}

#[tokio::test]
async fn sw_02_a_compromised_switch_takes_no_other_provider_for_a_proof() {
    let world = without_password().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.browser();
    mina.email = EMAIL.to_owned();
    mina.opens(&world.acme).await.comes_by("works", &world.evil, at_works("mina")).await.submits("allow", &[]).await;
    for compromised in [true, false] {
        world.switches(&world.acme, &mina, Some(&key), compromised).await;
        let mut by_it = world.browser();
        let stated = Upstream::named("mina").with_email(EMAIL, compromised);
        by_it.opens(&world.acme).await.comes_by(&key, &world.contoso, stated).await;
        if compromised {
            assert!(by_it.is("/link").has("by-mail") && !by_it.has("prove-works"), "{:?}", by_it.page);
            assert!(away(&mut by_it, &world, ("works", &world.evil), at_works("mina")).await.is_none());
        } else {
            // The control: nothing was lost.
            by_it.submits("send", &[("email", EMAIL)]).await;
            by_it.opens(&world.mailed_link(EMAIL).await).await.submits("confirm", &[]).await;
        }
    }
    let tied = "SELECT COUNT(*) FROM external_identity WHERE scope_id IN (SELECT id FROM tenant)";
    assert_eq!(world.identity_count(tied).await, 1, "the control alone");
}

/// DESIGN §3.2, §4.11: a provider's word for an address tells nobody how its account signs in.
#[tokio::test]
async fn web_05_before_our_mail_the_page_is_the_same_for_every_account() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    for key in ["works", "hidden"] {
        world.platform_provider(key, &world.evil, &[]).await;
    }
    // One has a password, one the provider `works`, one another that no page shows.
    let with_password = world.account("paula").await;
    for (name, key) in [("wanda", "works"), ("hedda", "hidden")] {
        let mut person = world.browser();
        person.opens(&world.id.url("/account")).await;
        person.comes_by(key, &world.evil, Upstream::named(name)).await.is("/link/address");
        let email = format!("{name}@people.test");
        person.submits("send", &[("email", &email)]).await;
        person.opens(&world.mailed_link(&email).await).await.submits("confirm", &[]).await.is("/account");
    }
    world.shows("hidden", Shown::Hidden).await;
    let mut texts = Vec::new();
    for email in [with_password.email.as_str(), "wanda@people.test", "hedda@people.test"] {
        let mut eve = world.browser();
        eve.opens(&world.id.url("/account")).await;
        eve.comes_by("contoso", &world.contoso, Upstream::named("eve").with_email(email, true)).await.is("/link");
        assert!(eve.has("link") && eve.has("prove-works") && !eve.has("prove-hidden"), "{:?}", eve.page);
        let initial = email.chars().next().unwrap().to_uppercase().to_string();
        texts.push(eve.text().replace(email, "…").replace(&format!("{initial}P …"), "…"));
        world.evil.has(Upstream::named("somebody"));
        eve.submits("prove-works", &[]).await.answers(403);
        let reference = eve.text_of("error-reference");
        texts.push(eve.text().replace(&reference, "…"));
    }
    assert!(texts.iter().step_by(2).all(|text| *text == texts[0]), "{texts:#?}");
    assert!(texts.iter().skip(1).step_by(2).all(|text| *text == texts[1]), "{texts:#?}");
    // The control: who it is proves it from that page, without a password.
    let mut wanda = world.browser();
    wanda.opens(&world.id.url("/account")).await;
    let stated = Upstream::named("w").with_email("wanda@people.test", true);
    wanda.comes_by("contoso", &world.contoso, stated).await.is("/link");
    world.evil.has(Upstream::named("wanda"));
    wanda.submits("prove-works", &[]).await.is("/account");
}
