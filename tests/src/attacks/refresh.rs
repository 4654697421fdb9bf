use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenant::members::MemberState;

use crate::harness::{HOUR, MINUTE, Person, Rp, SECOND, World, refreshing, staying, text};

async fn ready(world: &World) -> (Person, Rp) {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    (alice, world.client_at(&world.acme, "app", staying).await)
}

/// What happens to a family whose first token is number 0.
enum Event {
    /// Its client exchanges this one; what comes back gets the next number.
    Exchanges(usize),
    Waits(Duration),
}

#[tokio::test]
async fn oa_03_each_order_of_uses_ends_the_family_or_does_not() {
    use Event::{Exchanges, Waits};
    let moment = Duration::from_millis(1);
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let thief = world.client_at(&world.acme, "thief", staying).await;
    // What happens, which token is shown then, by whom, the number of the token that it gets, whether the family lives.
    type Case<'a> = (&'static str, &'a [Event], usize, &'a Rp, Option<usize>, bool);
    let table: &[Case<'_>] = &[
        ("the current one", &[], 0, &rp, Some(1), true),
        ("the predecessor at once", &[Exchanges(0)], 0, &rp, Some(1), true),
        ("the predecessor within 10 s", &[Exchanges(0), Waits(SECOND * 10)], 0, &rp, Some(1), true),
        ("twice within 10 s", &[Exchanges(0), Exchanges(0)], 0, &rp, Some(1), true),
        ("the predecessor's predecessor's place", &[Exchanges(0), Exchanges(1)], 1, &rp, Some(2), true),
        ("after 10 s", &[Exchanges(0), Waits(SECOND * 10), Waits(moment)], 0, &rp, None, false),
        ("the successor was used", &[Exchanges(0), Exchanges(1)], 0, &rp, None, false),
        ("the predecessor's predecessor", &[Exchanges(0), Exchanges(1), Exchanges(2)], 1, &rp, None, false),
        ("an old ancestor", &[Exchanges(0), Exchanges(1), Exchanges(2), Waits(HOUR)], 0, &rp, None, false),
        ("another client, the current one", &[], 0, &thief, None, true),
        ("another client, the predecessor", &[Exchanges(0)], 0, &thief, None, true),
        ("another client, an ancestor", &[Exchanges(0), Exchanges(1), Waits(HOUR)], 0, &thief, None, true),
    ];
    let mails_before = world.mails_to(&alice.email).await.len();
    let mut ended = 0;
    for (what, events, shown, by, gets, lives) in table {
        let first = rp.tokens(&mut alice).await;
        let (mut refresh, mut access) = (vec![text(&first, "refresh_token")], vec![text(&first, "access_token")]);
        let mut waited = Duration::ZERO;
        for event in *events {
            match event {
                Exchanges(number) => {
                    let answer = rp.refresh(&refresh[*number]).await;
                    assert_eq!(answer.status, 200, "{what}: {answer:?}");
                    refresh.push(text(&answer.json(), "refresh_token"));
                    access.push(text(&answer.json(), "access_token"));
                }
                Waits(time) => {
                    waited += *time;
                    world.passes(*time);
                }
            }
        }
        let answer = by.refresh(&refresh[*shown]).await;
        match gets {
            None => {
                answer.is_error(400, "invalid_grant");
            }
            Some(number) => {
                assert_eq!(answer.status, 200, "{what}: {answer:?}");
                refresh.push(text(&answer.json(), "refresh_token"));
                assert_eq!(refresh.last(), refresh.get(*number), "{what}: the same one again");
                access.push(text(&answer.json(), "access_token"));
            }
        }
        ended += i64::from(!lives);
        assert_eq!(world.audited("refresh.replayed").await, ended, "{what}");
        let newest = rp.refresh(refresh.last().unwrap()).await;
        assert_eq!(newest.status, if *lives { 200 } else { 400 }, "{what}: {newest:?}");
        if waited < MINUTE {
            assert_eq!(rp.userinfo(access.last().unwrap()).await.status, if *lives { 200 } else { 401 }, "{what}");
        }
        if !lives {
            // Once ended it stays so, without a second entry or mail.
            by.refresh(&refresh[*shown]).await.is_error(400, "invalid_grant");
        }
        // Her session at the identity server rests for too long; the family outlives it.
        world.passes(HOUR);
        alice.signs_in(&world).await;
    }
    assert_eq!(ended, 4);
    assert_eq!(world.audited("refresh.replayed").await, ended);
    let told = world.mails_to(&alice.email).await;
    assert_eq!(told.len() - mails_before, 4);
    assert!(told.last().unwrap().letter.subject.contains("The app"), "{:?}", told.last());
}

#[tokio::test]
async fn oa_03_a_made_up_token_with_a_right_family_ends_nothing() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let first = text(&rp.tokens(&mut alice).await, "refresh_token");
    let second = text(&rp.refresh(&first).await.json(), "refresh_token");
    world.passes(HOUR);
    let end = first.len() - 1;
    let made_up = [
        format!("{}{}", &first[..22], "A".repeat(first.len() - 22)),
        format!("{}{}", &first[..end], if first.ends_with('A') { "B" } else { "A" }),
        format!("{}{}", &second[..64], &first[64..]),
        first[..64].to_owned(),
        String::from("nonsense"),
    ];
    let before = world.identity_rows().await;
    for token in &made_up {
        rp.refresh(token).await.is_error(400, "invalid_grant");
        assert!(!rp.is_active(token).await);
    }
    assert_eq!(world.identity_rows().await, before, "and nothing is written");
    assert_eq!(rp.refresh(&second).await.status, 200, "the family goes on");
    rp.refresh(&first).await.is_error(400, "invalid_grant");
    assert_eq!(world.audited("refresh.replayed").await, 1, "the control: the real one ends it");
}

#[tokio::test]
async fn oa_02_a_refresh_token_is_worth_nothing_without_its_client() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let public = world
        .client_at(&world.acme, "public", |client| {
            staying(client);
            client.auth_method = oidc::client::AuthMethod::None;
        })
        .await;
    let codes_only = world.client_at(&world.acme, "codes-only", |_| {}).await;
    let token = text(&rp.tokens(&mut alice).await, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &*token)];
    rp.call(reqwest::Method::POST, "/token", &[], Some(&fields)).await.is_error(401, "invalid_client");
    for (client_id, status, error) in [("app", 401, "invalid_client"), ("public", 400, "invalid_grant")] {
        let with_id = [fields[0], fields[1], ("client_id", client_id)];
        rp.call(reqwest::Method::POST, "/token", &[], Some(&with_id)).await.is_error(status, error);
    }
    let two = [fields[0], fields[1], ("client_id", "public")];
    rp.token(&two).await.is_error(400, "invalid_request");
    codes_only.refresh(&token).await.is_error(400, "unauthorized_client");
    let twice = [fields[0], fields[1], fields[1]];
    rp.token(&twice).await.is_error(400, "invalid_request");
    assert_eq!(rp.refresh(&token).await.status, 200, "the control: its own client, and nothing was burnt");

    // A public client's tokens are rotated as any others (RFC 9700 §4.14.2).
    let request = public.request(&[]);
    let code = public.code(&mut alice, &request).await;
    let redeem = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", public.redirect_uri()),
        ("code_verifier", &*request.verifier),
        ("client_id", "public"),
    ];
    let first = public.call(reqwest::Method::POST, "/token", &[], Some(&redeem)).await.json();
    let by_public = |token: String| {
        let public = &public;
        async move {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", &*token), ("client_id", "public")];
            public.call(reqwest::Method::POST, "/token", &[], Some(&fields)).await
        }
    };
    let second = by_public(text(&first, "refresh_token")).await;
    assert_eq!(second.status, 200, "{second:?}");
    world.passes(HOUR);
    by_public(text(&first, "refresh_token")).await.is_error(400, "invalid_grant");
    by_public(text(&second.json(), "refresh_token")).await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn oa_03_a_refusal_of_anything_else_leaves_the_token_as_it_was() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let token = text(&rp.tokens(&mut alice).await, "refresh_token");
    let wider = [("grant_type", "refresh_token"), ("refresh_token", &*token), ("scope", "openid phone")];
    rp.token(&wider).await.is_error(400, "invalid_scope");
    world.passes(HOUR);
    let generation = "SELECT generation FROM refresh_family";
    assert_eq!(world.identity_count(generation).await, 0);
    assert_eq!(rp.refresh(&token).await.status, 200, "an hour later it still counts");
    assert_eq!(world.identity_count(generation).await, 1);
}

#[tokio::test]
async fn web_28_nothing_in_the_database_is_a_refresh_token_or_leads_to_one() {
    let world = World::new().await;
    let (mut alice, _) = ready(&world).await;
    let rp = world.client_at(&world.acme, "bound", refreshing).await;
    let first = text(&rp.tokens(&mut alice).await, "refresh_token");
    let second = text(&rp.refresh(&first).await.json(), "refresh_token");
    let dump = world.dump().await;
    let stands = |bytes: &[u8]| dump.windows(bytes.len()).any(|window| window == bytes);
    for token in [&first, &second] {
        let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
        let (secret, seal) = (&bytes[16..48], &bytes[48..]);
        let hash = ambient::Opaque::parse(&token[..64]).unwrap().hash();
        assert!(stands(hash.as_bytes()), "the control: the secret's hash is found");
        assert!(!stands(secret) && !stands(seal) && !stands(token.as_bytes()) && !stands(&token.as_bytes()[22..64]));
    }
}
