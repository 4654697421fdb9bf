//! What has expired goes, and nothing else.

use identity::housekeeping::sweep;

use crate::harness::{DAY, World, staying};

const COUNTS: [&str; 7] = [
    "SELECT COUNT(*) FROM session",
    "SELECT COUNT(*) FROM authentication",
    "SELECT COUNT(*) FROM session_client",
    "SELECT COUNT(*) FROM logout_delivery",
    "SELECT COUNT(*) FROM access_grant",
    "SELECT COUNT(*) FROM refresh_family",
    "SELECT COUNT(*) FROM mail_outbox",
];

async fn swept(world: &World) -> [i64; 7] {
    while sweep(world.identity.identity()).await.unwrap() {}
    let mut counts = [0; 7];
    for (count, sql) in counts.iter_mut().zip(COUNTS) {
        *count = world.identity_count(sql).await;
    }
    counts
}

#[tokio::test]
async fn rel_18_what_is_over_goes_and_what_somebody_still_has_stays() {
    let world = World::new().await;
    let hears =
        |client: &mut oidc::client::Client| client.backchannel_logout_uri = Some("https://gone.example/out".into());
    let gone = world.client_at(&world.acme, "gone", hears).await;
    let kept = world.client_at(&world.acme, "kept", staying).await;
    let mut alice = world.member("alice", &world.acme, tenant::members::MemberState::Active, &["viewer"]).await;
    let mut bob = world.member("bob", &world.acme, tenant::members::MemberState::Active, &["viewer"]).await;
    for person in [&mut alice, &mut bob] {
        person.signs_in(&world).await;
        gone.tokens(person).await;
    }
    kept.tokens(&mut alice).await;
    bob.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    world.stranger("carol").asks_for_sign_up(&world.id.url("/account")).await;
    world.settle().await;
    // Somebody uses their refresh token now and then.
    world.identity_change("UPDATE refresh_family SET idle_until = 9000000000000000").await;
    let all = [2, 2, 3, 1, 3, 1, 1];
    assert_eq!(swept(&world).await, all);
    world.passes(29 * DAY);
    assert_eq!(swept(&world).await, all, "what ended lately is kept for its lists and its audit");

    world.passes(10 * DAY);
    assert_eq!(swept(&world).await, [2, 2, 3, 1, 1, 1, 1], "grants of which no token is left");
    world.passes(100 * DAY);
    assert_eq!(swept(&world).await, [1, 1, 2, 0, 1, 1, 0], "a session that a grant outlives stays under it");

    world.identity_change("UPDATE access_grant SET revoked_at = created_at").await;
    bob.signs_in(&world).await;
    world.passes(8 * DAY);
    assert_eq!(swept(&world).await, [1, 1, 0, 0, 0, 0, 0], "and the one of last week is there");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 2);
    assert!(world.audited("sign_in.password").await >= 3, "the audit log is nobody's to sweep");
}
