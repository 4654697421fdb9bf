use std::sync::Arc;

use futures_util::future::join_all;
use tenant::members::MemberState;
use tokio::sync::Barrier;

use crate::harness::{Person, World, refreshing, text};

const AT_ONCE: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn oa_01_of_32_redemptions_at_once_exactly_one_succeeds() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let rp = Arc::new(world.client_at(&world.acme, "app", |_| {}).await);
    for round in 0..5 {
        let request = rp.request(&[]);
        let code = rp.code(&mut alice, &request).await;
        let start = Arc::new(Barrier::new(AT_ONCE));
        let redeem = |_| {
            let (rp, code, verifier, start) = (rp.clone(), code.clone(), request.verifier.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                rp.redeem(&code, &verifier).await
            })
        };
        let answers = join_all((0..AT_ONCE).map(redeem)).await;
        let won: Vec<_> =
            answers.iter().map(|answer| answer.as_ref().unwrap()).filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "round {round}");
        let token = won[0].json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(rp.userinfo(&token).await.status, 401, "31 replays have ended it");
    }
    assert_eq!(world.audited("code.replayed").await, 5 * (AT_ONCE as i64 - 1));
    rp.tokens(&mut alice).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rel_02_of_32_refreshes_at_once_all_get_the_one_successor_and_no_family_ends() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let rp = Arc::new(world.client_at(&world.acme, "app", refreshing).await);
    let mut token = text(&rp.tokens(&mut alice).await, "refresh_token");
    for round in 0..5 {
        let start = Arc::new(Barrier::new(AT_ONCE));
        let refresh = |_| {
            let (rp, token, start) = (rp.clone(), token.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                rp.refresh(&token).await
            })
        };
        let answers = join_all((0..AT_ONCE).map(refresh)).await;
        let mut successors = std::collections::BTreeSet::new();
        for answer in answers.iter().map(|answer| answer.as_ref().unwrap()) {
            assert_eq!(answer.status, 200, "round {round}: {answer:?}");
            successors.insert(text(&answer.json(), "refresh_token"));
            assert_eq!(rp.userinfo(&text(&answer.json(), "access_token")).await.status, 200);
        }
        assert_eq!(successors.len(), 1, "round {round}");
        assert!(!successors.contains(&token));
        token = successors.pop_first().unwrap();
    }
    assert_eq!(world.audited("refresh.replayed").await, 0);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM refresh_family").await, 1);
    assert_eq!(world.identity_count("SELECT generation FROM refresh_family").await, 5);
}

/// The same form from one browser, many times at once.
async fn all_at_once(world: &World, from: &Person, url: &str, fields: &[(&str, &str)]) -> Vec<u16> {
    let start = Arc::new(Barrier::new(AT_ONCE));
    let send = |_| {
        let mut browser = world.browser();
        (browser.jar, browser.page) = (from.jar.clone(), from.page.clone());
        let (start, url) = (start.clone(), url.to_owned());
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        tokio::spawn(async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            start.wait().await;
            browser.post(&url, &fields).await.status
        })
    };
    join_all((0..AT_ONCE).map(send)).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ph_01_a_link_confirmed_32_times_at_once_makes_one_account() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await;
    alice.opens(&world.mailed_link(&alice.email).await).await;
    let token = alice.page.find("input[name=token]", |it| it.value().attr("value").unwrap().to_owned()).unwrap();
    let csrf = alice.csrf();
    let fields = [
        ("csrf", &*csrf),
        ("token", &*token),
        ("given_name", "Alice"),
        ("family_name", "Doe"),
        ("locale", "en"),
        ("password", "twelve letters"),
    ];
    let answers = all_at_once(&world, &alice, &world.id.url("/signup/confirm"), &fields).await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [303, 410, 503].contains(status)), "{answers:?}");
    for table in ["SELECT COUNT(*) FROM account", "SELECT COUNT(*) FROM password", "SELECT COUNT(*) FROM session"] {
        assert_eq!(world.identity_count(table).await, 1, "{table}");
    }
    assert_eq!(world.audited("sign_up.completed").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ph_01_two_links_to_one_address_at_once_make_one_account() {
    let world = World::new().await;
    let mut links = Vec::new();
    for _ in 0..3 {
        let mut alice = world.stranger("alice");
        alice.asks_for_sign_up(&world.acme).await;
        alice.opens(&world.mailed_link("alice@people.test").await).await;
        links.push(alice);
    }
    let start = Arc::new(Barrier::new(links.len()));
    let confirm = links.into_iter().map(|mut alice| {
        let start = start.clone();
        tokio::spawn(async move {
            start.wait().await;
            alice.completes_sign_up().await.status
        })
    });
    let answers: Vec<_> = join_all(confirm).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(
        answers.iter().all(|status| [200, 410].contains(status)),
        "the others hear that theirs is spent: {answers:?}"
    );
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn web_06_of_32_guesses_at_once_no_more_than_ten_count() {
    let world = World::new().await;
    let alice = world.account("alice").await;
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await.submits("next", &[("username", &alice.email)]).await;
    let (csrf, url) = (eve.csrf(), eve.url.to_string());
    all_at_once(&world, &eve, &url, &[("csrf", &csrf), ("password", "a wrong guess of eve's")]).await;
    let counted = "SELECT used FROM allowance WHERE kind = 'password_guess'";
    assert_eq!(world.identity_count(counted).await, 10);
    let refused =
        "SELECT COUNT(*) FROM audit_entry WHERE action = 'sign_in.refused' AND detail LIKE '%\"guesses_left\":true%'";
    assert_eq!(world.identity_count(refused).await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn web_25_of_32_requests_at_once_three_send_a_mail() {
    let world = World::new().await;
    let mut eve = world.browser();
    eve.opens(&world.acme).await.clicks("create-account").await;
    let (csrf, url) = (eve.csrf(), eve.url.to_string());
    let answers = all_at_once(&world, &eve, &url, &[("csrf", &csrf), ("email", "victim@people.test")]).await;
    assert!(answers.iter().all(|status| *status == 303), "{answers:?}");
    assert_eq!(world.mails_to("victim@people.test").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pp_02_first_sign_ins_at_once_make_one_member() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.enters(&world.acme).await.is("/join").submits("allow", &[]).await;
    let mut callbacks = Vec::new();
    let mut bob = world.account("bob").await;
    bob.enters(&world.acme).await.is("/join");
    let (csrf, session, url) = (bob.csrf(), bob.hidden("session"), bob.url.to_string());
    let first =
        bob.post(&url, &[("csrf", &csrf), ("session", &session), ("answer", "allow")]).await.continues_to().unwrap();
    callbacks.push(first);
    for _ in 0..7 {
        let authorize = bob.get(world.acme.url("/auth/login")).await.location().unwrap();
        callbacks.push(bob.get(authorize).await.location().unwrap());
    }
    let start = Arc::new(Barrier::new(callbacks.len()));
    let arrive = callbacks.into_iter().map(|callback| {
        let mut tab = world.browser();
        tab.jar = bob.jar.clone();
        let start = start.clone();
        tokio::spawn(async move {
            start.wait().await;
            tab.get(callback).await.status
        })
    });
    let answers: Vec<_> = join_all(arrive).await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|status| *status == 303), "{answers:?}");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 2);
}
