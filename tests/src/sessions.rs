//! How long sessions last, and ending them from anywhere.

use std::time::Duration;

use reqwest::header::LOCATION;
use tenant::members::MemberState;

use crate::harness::{DAY, HOUR, MINUTE, Person, World};

const AT_ID: &str = "lk_identity_session";
const MOMENT: Duration = Duration::from_micros(1);
const LIVE: &str = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";

/// Whether the browser is signed in at the identity server, at this very moment: no time passes by asking.
async fn is_in(world: &World, person: &mut Person) -> bool {
    person.get(world.id.url("/account")).await.status == 200
}

async fn stays_signed_in(world: &World, person: &mut Person) {
    let (email, password) = (person.email.clone(), person.password.clone());
    person.opens(&world.id.url("/account")).await.submits("next", &[("username", &email)]).await;
    person.submits("login", &[("password", &password), ("remember", "yes")]).await.is("/account");
}

#[tokio::test]
async fn id_01_a_session_ends_half_an_hour_after_its_last_use() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    world.passes(30 * MINUTE - MOMENT);
    assert!(is_in(&world, &mut alice).await, "just before");
    world.passes(30 * MINUTE - MOMENT);
    assert!(is_in(&world, &mut alice).await, "its use has moved the end on");
    world.passes(30 * MINUTE);
    assert!(!is_in(&world, &mut alice).await);
    alice.opens(&world.id.url("/account")).await.is("/login");
}

#[tokio::test]
async fn id_01_use_is_written_down_after_a_tenth_of_the_idle_time_and_not_at_each_request() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let used = "SELECT used_at - created_at FROM session";
    world.passes(3 * MINUTE - MOMENT);
    assert!(is_in(&world, &mut alice).await);
    assert_eq!(world.identity_count(used).await, 0, "not yet");
    world.passes(MOMENT);
    assert!(is_in(&world, &mut alice).await);
    assert_eq!(world.identity_count(used).await, 3 * 60 * 1_000_000);
    world.passes(30 * MINUTE - MOMENT);
    assert!(is_in(&world, &mut alice).await, "counted from there");
}

#[tokio::test]
async fn id_01_a_session_ends_after_ten_hours_however_much_it_is_used() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    for _ in 0..29 {
        world.passes(20 * MINUTE);
        assert!(is_in(&world, &mut alice).await);
    }
    world.passes(20 * MINUTE - MOMENT);
    assert!(is_in(&world, &mut alice).await, "just before");
    world.passes(MOMENT);
    assert!(!is_in(&world, &mut alice).await);
    alice.opens(&world.id.url("/account")).await.proves_who_they_are().await.is("/account");
}

#[tokio::test]
async fn id_01_who_asks_to_stay_signed_in_rests_for_14_days_and_signs_in_again_after_90() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    stays_signed_in(&world, &mut alice).await;
    for _ in 0..6 {
        world.passes(14 * DAY - MOMENT);
        assert!(is_in(&world, &mut alice).await);
    }
    world.passes(6 * DAY + 5 * MOMENT);
    assert!(is_in(&world, &mut alice).await, "just before 90 days");
    world.passes(MOMENT);
    assert!(!is_in(&world, &mut alice).await);
    stays_signed_in(&world, &mut alice).await;
    world.passes(14 * DAY);
    assert!(!is_in(&world, &mut alice).await, "two weeks unused");
}

#[tokio::test]
async fn id_01_the_cookie_ends_with_the_browser_unless_its_person_asked_to_stay_signed_in() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    alice.jar.close();
    assert!(!is_in(&world, &mut alice).await);
    stays_signed_in(&world, &mut alice).await;
    alice.jar.close();
    assert!(is_in(&world, &mut alice).await);

    // Somebody who did not ask signs in to the same browser: what they opened does not outlive it.
    let bob = world.account("bob").await;
    let rp = world.platform_client("app", |_| {}).await;
    alice.opens(&rp.request(&[("prompt", Some("select_account"))]).url()).await.clicks("use-another").await;
    alice.submits("next", &[("username", &bob.email)]).await.submits("login", &[("password", &bob.password)]).await;
    alice.opens(&world.id.url("/account")).await.sees("Hello, Bob");
    alice.jar.close();
    assert!(!is_in(&world, &mut alice).await);
}

#[tokio::test]
async fn id_01_entering_an_application_counts_as_use_and_max_age_still_asks() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    for _ in 0..4 {
        world.passes(25 * MINUTE);
        let request = rp.request(&[("prompt", Some("none"))]);
        rp.code(&mut alice, &request).await;
    }
    alice.opens(&rp.request(&[("max_age", Some("3600")), ("prompt", Some("none"))]).url()).await;
    assert_eq!(alice.query("error").as_deref(), Some("login_required"), "used just now, but proved 100 minutes ago");
    alice.opens(&rp.request(&[("max_age", Some("36000")), ("prompt", Some("none"))]).url()).await;
    assert!(alice.query("code").is_some(), "the control");
    world.passes(30 * MINUTE);
    alice.opens(&rp.request(&[("prompt", Some("none"))]).url()).await;
    assert_eq!(alice.query("error").as_deref(), Some("login_required"), "unused for half an hour");
}

#[tokio::test]
async fn id_01_a_session_is_ended_from_another_browser_with_all_that_it_opened() {
    let world = World::new().await;
    let mut laptop = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut phone = laptop.elsewhere(&world);
    laptop.enters(&world.acme).await.sees("Viewer");
    phone.signs_in(&world).await;
    phone.opens(&world.id.url("/account/sessions")).await.sees("This browser").sees("127.0.0.1");
    phone.follows("End session").await.sees("Acme Library");
    assert_eq!(world.identity_count(LIVE).await, 2, "asking ends nothing");
    phone.submits("end", &[]).await.is("/account/sessions").sees("That session has ended").sees("nowhere else");
    world.settle().await;

    laptop.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(world.tenant_count(&world.acme, LIVE).await, 0, "the tenant has heard");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM access_grant WHERE revoked_at IS NULL").await, 0);
    assert_eq!(world.audited("session.ended").await, 1);
    assert!(is_in(&world, &mut phone).await);
}

#[tokio::test]
async fn id_01_all_other_sessions_are_ended_at_once() {
    let world = World::new().await;
    let mut here = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let mut other = here.elsewhere(&world);
        other.enters(&world.acme).await.sees("Viewer");
        others.push(other);
    }
    let mut bob = world.account("bob").await;
    bob.signs_in(&world).await;
    here.enters(&world.acme).await.opens(&world.id.url("/account/sessions")).await.sees("End 3 other sessions");
    here.clicks("end-others").await.sees("You stay signed in here");
    assert_eq!(world.identity_count(LIVE).await, 5, "asking ends nothing");
    here.submits("end", &[]).await.is("/account/sessions").sees("All other sessions have ended");
    world.settle().await;
    for mut other in others {
        assert!(!is_in(&world, &mut other).await);
        other.opens(&world.acme).await.is("/login");
    }
    assert!(is_in(&world, &mut here).await && is_in(&world, &mut bob).await, "this one and other people's go on");
    here.opens(&world.acme).await.sees("Viewer");
    assert_eq!(world.tenant_count(&world.acme, LIVE).await, 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM access_grant WHERE revoked_at IS NULL").await, 1);
    assert_eq!(world.audited("sessions.ended").await, 1);
}

const IDS: &str = "SELECT session.id FROM session JOIN account ON account.id = account_id WHERE email LIKE 'alice%' ORDER BY session.id";

#[tokio::test]
async fn tn_02_another_accounts_session_answers_like_one_that_does_not_exist() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = world.account("eve").await;
    alice.signs_in(&world).await;
    eve.signs_in(&world).await;
    let alices = world.identity_ids(IDS).await.pop().unwrap();
    eve.opens(&world.id.url("/account/password")).await;
    let csrf = eve.csrf();
    let mut answers = Vec::new();
    for id in [&*alices, "00000000-0000-7000-8000-000000000000", "nonsense"] {
        let url = world.id.url(&format!("/account/sessions/{id}"));
        let (asked, ended) = (eve.get(&url).await, eve.post(&url, &[("csrf", &csrf)]).await);
        answers.push(
            [&asked, &ended]
                .map(|page| (page.status, page.text_of("content").replace(page.header("x-request-id"), ""))),
        );
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!((answers[0][0].0, answers[0][1].0, answers[2][1].0), (404, 404, 404));
    assert!(is_in(&world, &mut alice).await);

    let mut other = alice.elsewhere(&world);
    other.signs_in(&world).await.opens(&world.id.url("/account/sessions")).await.follows("End session").await;
    let url = other.url.to_string();
    other.post(&url, &[]).await.answers(403);
    other.post(&url, &[("csrf", &csrf)]).await.answers(403);
    let token = other.csrf();
    other.post(&url, &[("csrf", &token), ("more", "1")]).await.answers(400);
    assert!(is_in(&world, &mut alice).await, "nobody ends it without the form");
    other.submits("end", &[]).await.is("/account/sessions");
    assert!(!is_in(&world, &mut alice).await, "the control");
}

#[tokio::test]
async fn id_01_ones_own_session_can_be_ended_too_and_a_long_list_has_pages() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    for _ in 0..21 {
        alice.elsewhere(&world).signs_in(&world).await;
    }
    let own = alice.signs_in(&world).await.jar.get(&world.id.base, AT_ID);
    assert!(own.is_some());
    alice.opens(&world.id.url("/account/sessions")).await.sees("End 21 other sessions");
    let listed = |person: &Person| person.body.matches("End session").count();
    assert_eq!(listed(&alice), 20);
    alice.clicks("older").await;
    assert_eq!(listed(&alice), 1);
    assert!(!alice.has("older"));
    alice.submits_end_of_own(&world).await;
    assert!(!is_in(&world, &mut alice).await);
}

impl Person {
    /// The newest session of Alice's is the one of this browser.
    async fn submits_end_of_own(&mut self, world: &World) {
        let mut all = world.identity_ids(IDS).await;
        all.sort();
        let own = all.pop().unwrap();
        self.opens(&world.id.url(&format!("/account/sessions/{own}"))).await.submits("end", &[]).await;
        self.is("/logout/done");
    }
}

#[tokio::test]
async fn in_04_an_ended_session_is_over_for_every_request_that_carries_its_cookie() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    stays_signed_in(&world, &mut alice).await;
    let mut stolen = world.browser();
    stolen.jar = alice.jar.clone();
    assert!(is_in(&world, &mut stolen).await, "the control");
    let mut other = alice.elsewhere(&world);
    other.signs_in(&world).await.opens(&world.id.url("/account/sessions")).await.clicks("end-others").await;
    other.submits("end", &[]).await;
    for browser in [&mut alice, &mut stolen] {
        for path in ["/account", "/account/sessions", "/account/password", "/account/instances"] {
            let answer = browser.get(world.id.url(path)).await;
            assert!(answer.headers[LOCATION].to_str().unwrap().starts_with("/login"), "{path}");
        }
    }
    world.passes(HOUR);
    assert!(!is_in(&world, &mut stolen).await);
}

#[tokio::test]
async fn id_01_signing_out_everywhere_reaches_what_an_expired_session_has_opened() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut other = alice.elsewhere(&world);
    for browser in [&mut alice, &mut other] {
        browser.enters(&world.acme).await.sees("Viewer");
    }
    world.passes(HOUR);
    assert!(!is_in(&world, &mut alice).await, "the identity server's session has expired");
    alice.opens(&world.acme).await.sees("Viewer").submits("sign-out", &[]).await;
    alice.submits("sign-out-everywhere", &[]).await.is("/signed-out");
    world.settle().await;
    assert_eq!(world.identity_count(LIVE).await, 1, "it has ended all the same");
    assert_eq!(world.tenant_count(&world.acme, LIVE).await, 1, "the other browser's goes on");

    // Who signs in again in the same browser goes on in the same session, so that signing out reaches all of it.
    other.signs_in(&world).await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, 2);
    world.passes(HOUR);

    // A new password ends that too, though nobody has used it for an hour.
    alice.signs_in(&world).await.opens(&world.id.url("/account/password")).await;
    let current = alice.password.clone();
    let entries = [("current", &*current), ("password", "another sentence to remember")];
    alice.submits("change-password", &entries).await.is("/account/password/done").sees("No other session was open");
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, LIVE).await, 0);
    other.opens(&world.acme).await.is("/login");
}
