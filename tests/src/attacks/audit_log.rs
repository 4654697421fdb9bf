//! The audit log says what was done, and shows when somebody has changed it.

use audit::{AuditKey, Checkpoint, How, PublicKey, Report, export_checkpoints, read_checkpoints, verify};
use reqwest::Method;
use store::{MasterKey, PLATFORM, Store, StoreError, params};
use uuid::Uuid;

use crate::harness::{MASTER_KEY, MINUTE, Person, World};

fn audit_key() -> PublicKey {
    AuditKey::of(&MasterKey::from_bytes(&MASTER_KEY)).public()
}

async fn checked(store: &Store, tenant: Uuid, held: &[Checkpoint]) -> Report {
    verify(store, tenant, &[audit_key()], held).await.unwrap()
}

async fn exported(store: &Store, tenant: Uuid) -> Vec<Checkpoint> {
    let mut file = Vec::new();
    export_checkpoints(store, tenant, &mut file).await.unwrap();
    read_checkpoints(file.as_slice()).unwrap()
}

/// Writes to a database past the product; says how many rows it reached.
async fn tamper(store: &Store, sql: &'static str) -> u64 {
    let done = store.write::<_, _, StoreError, _>((), move |tx, ()| Box::pin(tx.execute(sql, params![])));
    done.await.unwrap()
}

/// The one entry of this kind: its id and its number.
async fn sealed(store: &Store, action: &str) -> (Uuid, i64) {
    let sql = "SELECT id, seal_number FROM audit_entry WHERE action = $1 AND seal_number IS NOT NULL";
    store.read().await.unwrap().one(sql, params![action]).await.unwrap()
}

/// Alice signs up, is let in, locked, comes back in vain; somebody guesses at her password. The administrator acted.
async fn deeds(world: &World) -> Person {
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.sign_up("alice").await;
    admin.reviews(&world.acme, "Alice Doe").await.submits("approve", &[("role", "editor")]).await.is("/requests");
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await.submits("next", &[("username", "alice@people.test")]).await;
    eve.submits("login", &[("password", "alice keeps no secret")]).await.answers(422);
    admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await.submits("lock", &[]).await;
    alice.opens(&world.acme.url("/auth/login")).await.is("/closed/locked");
    world.passes(MINUTE);
    world.identity.seal_audit().await.unwrap();
    world.tenants.seal_audit().await.unwrap();
    alice
}

#[tokio::test]
async fn web_22_a_changed_entry_is_named_and_a_removed_one_is_missed() {
    let world = World::new().await;
    deeds(&world).await;
    let (identity, acme) = (world.identity.identity().store.clone(), world.tenant_store(&world.acme).await);
    for (store, tenant) in [(&identity, PLATFORM), (&acme, world.acme.id())] {
        let control = checked(store, tenant, &exported(store, tenant).await).await;
        assert!(control.is_whole() && control.unsealed == 0 && control.entries > 3 && control.held == 1, "{control}");
    }

    // The guess at Alice's password is made to look like something else.
    let (entry, number) = sealed(&identity, "sign_in.refused").await;
    assert_eq!(
        tamper(&identity, "UPDATE audit_entry SET action = 'mail.read' WHERE action = 'sign_in.refused'").await,
        1
    );
    let broken = checked(&identity, PLATFORM, &[]).await.broken.unwrap();
    assert_eq!((broken.entry, broken.number, broken.how), (Some(entry), number, How::Changed));
    assert_eq!(
        tamper(&identity, "UPDATE audit_entry SET action = 'sign_in.refused' WHERE action = 'mail.read'").await,
        1
    );
    assert!(checked(&identity, PLATFORM, &[]).await.is_whole(), "put back, it is whole again");

    // Another name is put where Alice's stood.
    let forged = "UPDATE audit_personal SET value = 'bob@people.test' WHERE entry_id IN
                    (SELECT id FROM audit_entry WHERE action = 'sign_in.refused')";
    assert_eq!(tamper(&identity, forged).await, 1);
    let broken = checked(&identity, PLATFORM, &[]).await.broken.unwrap();
    let how = How::PersonalForged { name: "email".to_owned() };
    assert_eq!((broken.entry, broken.how), (Some(entry), how));

    // At the tenant, the lock never happened.
    let (_, number) = sealed(&acme, "member.locked").await;
    assert_eq!(tamper(&acme, "DELETE FROM audit_entry WHERE action = 'member.locked'").await, 1);
    let broken = checked(&acme, world.acme.id(), &[]).await.broken.unwrap();
    assert_eq!((broken.number, broken.how), (number, How::Missing));
}

#[tokio::test]
async fn web_22_an_exported_checkpoint_shows_that_the_log_was_shortened() {
    let world = World::new().await;
    deeds(&world).await;
    let (acme, tenant) = (world.tenant_store(&world.acme).await, world.acme.id());
    let held = exported(&acme, tenant).await;
    let before = checked(&acme, tenant, &held).await;
    assert!(before.is_whole() && before.held == 1, "{before}");
    for sql in ["DELETE FROM audit_entry", "DELETE FROM audit_head", "DELETE FROM audit_checkpoint"] {
        tamper(&acme, sql).await;
    }
    assert!(checked(&acme, tenant, &[]).await.is_whole(), "an empty log says nothing of what it was");
    let broken = checked(&acme, tenant, &held).await.broken.unwrap();
    assert_eq!((broken.number, broken.how), (1, How::TailRemoved { until: before.entries, held: true }));
}

#[tokio::test]
async fn web_22_every_deed_of_these_stories_is_in_the_log() {
    let world = World::new().await;
    let mut alice = deeds(&world).await;
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await.is("/logout/done");
    let rp = world.platform_client("app", |_| {}).await;
    let mut bob = world.account("bob").await;
    bob.signs_in(&world).await;
    let request = rp.request(&[]);
    bob.opens(&request.url()).await.submits("allow", &[]).await;
    let code = bob.query("code").unwrap();
    // app:guess
    let guess = [("authorization", "Basic YXBwOmd1ZXNz")];
    for _ in 0..25 {
        let form = [("grant_type", "authorization_code"), ("code", &*code)];
        assert_eq!(rp.call(Method::POST, "/token", &guess, Some(&form)).await.status, 401);
    }
    assert_eq!(rp.redeem(&code, &request.verifier).await.status, 200);
    assert_eq!(rp.redeem(&code, &request.verifier).await.status, 400);
    for (action, times) in [
        ("key.made", 2),
        ("account.created", 2),
        ("sign_up.begun", 1),
        ("sign_up.completed", 1),
        ("sign_in.password", 2),
        ("sign_in.refused", 1),
        ("link.made", 1),
        ("consent.given", 1),
        ("code.replayed", 1),
        ("client.refused", 20),
        ("session.ended", 1),
    ] {
        assert_eq!(world.audited(action).await, times, "{action}");
    }
    let acme = world.tenant_store(&world.acme).await;
    for action in ["member.requested", "member.approved", "member.locked", "session.refused"] {
        let sql = "SELECT COUNT(*) FROM audit_entry WHERE action = $1 AND target_id IS NOT NULL";
        let (count,): (i64,) = acme.read().await.unwrap().one(sql, params![action]).await.unwrap();
        assert_eq!(count, 1, "{action}");
    }
}

#[tokio::test]
async fn web_28_a_dump_of_the_log_has_no_key_and_no_secret_and_a_purged_person_cannot_be_guessed_back() {
    let world = World::new().await;
    let alice = deeds(&world).await;
    let identity = world.identity.identity().store.clone();
    let dump =
        "SELECT COALESCE(detail, '') || COALESCE(actor_id, '') || COALESCE(target_id, '') || COALESCE(reference, '')
                FROM audit_entry";
    let lines = world.identity_texts(dump).await.join("\n");
    assert!(lines.contains("\"personal\"") && lines.contains("guesses_left"), "the control: {lines}");
    for secret in [&alice.password, &alice.email, "alice keeps no secret", "people.test", "Alice"] {
        assert!(!lines.contains(secret), "{secret} stands in an entry");
    }
    // The salts go with the values: what stays is a hash over 128 random bits that nobody has any more.
    assert!(tamper(&identity, "DELETE FROM audit_personal").await > 0);
    let report = checked(&identity, PLATFORM, &[]).await;
    assert!(report.is_whole() && report.personal == 0 && report.erased > 0, "{report}");
    let stored = "SELECT COUNT(*) FROM audit_head WHERE public_key <> signature AND length(public_key) = 32";
    assert_eq!(world.identity_count(stored).await, 1, "of the audit key, the public half alone");
    let seed = MasterKey::from_bytes(&MASTER_KEY).derive("audit checkpoints");
    assert!(!world.dump().await.windows(32).any(|window| window == seed), "the private half");
}
