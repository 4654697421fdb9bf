use ambient::Timestamp;
use jobs::{Progress, Wake};
use store::{PLATFORM, StoreError, TenantRead, params};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{ACME, World, letter};
use crate::{AddressHash, Allowance, LetterError, PostError, Undelivered, queue, queue_within, seal};

#[tokio::test]
async fn a_queued_letter_is_delivered_once_and_then_erased() {
    let world = World::new().await;
    let id = world.queue(ACME, &letter("alice@example.test")).await;
    let postman = world.postman();
    assert_eq!(postman.round().await.unwrap(), Progress::More);
    assert_eq!(postman.round().await.unwrap(), Progress::Idle);
    world.pass(86_400 * 30);
    assert_eq!(postman.round().await.unwrap(), Progress::Idle);
    let sent = world.relay.sent_to("alice@example.test");
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].id, sent[0].purpose.as_str()), (id, "sign_up.verify"));
    assert!(sent[0].letter.action.as_ref().unwrap().url.ends_with("token=s3cret"));
    assert_eq!(sent[0].envelope.to()[0].as_ref() as &str, "alice@example.test");
    let row = world.row(id).await;
    assert_eq!((row.letter, row.next_at, row.attempt, row.failed_at), (None, None, 1, None));
    assert!(row.sent_at.is_some());
}

#[tokio::test]
async fn a_letter_whose_transaction_fails_is_never_sent() {
    let world = World::new().await;
    let parcel = seal(&letter("alice@example.test"), "x.y", &world.key, &world.ambient).unwrap();
    let failed: Result<(), StoreError> = world
        .store
        .write(parcel, |tx, parcel| {
            Box::pin(async move {
                queue(&mut tx.scoped(PLATFORM), parcel).await?;
                Err(StoreError::Damaged("on purpose".into()))
            })
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(world.postman().round().await.unwrap(), Progress::Idle);
}

#[tokio::test]
async fn web_28_the_resting_row_tells_neither_address_nor_secret() {
    let world = World::new().await;
    let id = world.queue(ACME, &letter("alice@example.test")).await;
    let text = format!("{:?}", world.row(id).await.letter.map(|it| String::from_utf8_lossy(&it).into_owned()));
    assert!(!text.contains("alice") && !text.contains("s3cret"));
    let parcel = seal(&letter("alice@example.test"), "x.y", &world.key, &world.ambient).unwrap();
    assert!(!format!("{parcel:?} {:?}", letter("alice@example.test")).contains("alice"));
}

#[tokio::test]
async fn web_14_a_letter_to_no_address_or_with_no_link_is_refused() {
    let world = World::new().await;
    let refused = |letter| seal(&letter, "x.y", &world.key, &world.ambient).map(|_| ()).unwrap_err();
    assert_eq!(refused(letter("alice@example.test, eve@evil.test")), LetterError::Address);
    let mut script = letter("alice@example.test");
    script.action.as_mut().unwrap().url = "javascript:alert(1)".to_owned();
    assert_eq!(refused(script), LetterError::Link);
}

#[tokio::test]
async fn rel_06_two_postmen_at_once_send_each_letter_once() {
    let world = World::new().await;
    for number in 0..40 {
        let tenant = Uuid::from_u128(number % 3);
        world.queue(tenant, &letter(&format!("n{number}@example.test"))).await;
    }
    let (one, other) = (world.postman(), world.postman());
    for _ in 0..6 {
        let (a, b) = tokio::join!(one.round(), other.round());
        assert!(a.is_ok() && b.is_ok());
    }
    let mut to: Vec<_> = world.relay.sent().into_iter().map(|mail| mail.letter.to).collect();
    to.sort();
    to.dedup();
    assert_eq!((world.relay.sent().len(), to.len()), (40, 40));
}

#[tokio::test]
async fn rel_13_while_the_relay_is_away_letters_wait_longer_each_time_and_none_is_lost() {
    let world = World::new().await;
    let id = world.queue(ACME, &letter("alice@example.test")).await;
    let postman = world.postman();
    world.relay.fail_with(Some(Undelivered::Unreachable("connection refused".into())));
    for (attempt, wait) in [(1, 15), (2, 30), (3, 60)] {
        assert!(matches!(postman.round().await, Err(PostError::RelayAway(_))));
        assert_eq!(postman.round().await.unwrap(), Progress::Idle, "not due again at once");
        let row = world.row(id).await;
        assert_eq!((row.attempt, row.trouble.is_some(), row.letter.is_some()), (attempt, true, true));
        world.pass(wait - 1);
        assert_eq!(postman.round().await.unwrap(), Progress::Idle);
        world.pass(1);
    }
    world.relay.fail_with(None);
    postman.round().await.unwrap();
    assert_eq!(world.relay.sent().len(), 1);
    assert_eq!(world.row(id).await.trouble, None);
}

#[tokio::test]
async fn a_letter_is_given_up_after_days_and_a_refused_one_after_hours() {
    for (trouble, seconds) in
        [(Undelivered::Deferred("451".into()), 5 * 86_400), (Undelivered::Refused("550".into()), 6 * 3_600)]
    {
        let world = World::new().await;
        let id = world.queue(ACME, &letter("alice@example.test")).await;
        world.relay.fail_with(Some(trouble));
        let postman = world.postman();
        postman.round().await.unwrap();
        world.pass(seconds - 1);
        postman.round().await.unwrap();
        assert_eq!(world.row(id).await.failed_at, None);
        world.pass(3_600);
        postman.round().await.unwrap();
        let row = world.row(id).await;
        assert!(row.failed_at.is_some() && row.letter.is_none() && row.next_at.is_none() && row.sent_at.is_none());
    }
}

#[tokio::test]
async fn rel_06_the_letter_of_a_postman_that_died_is_sent_by_the_next_one_after_its_lease() {
    let world = World::new().await;
    let id = world.queue(ACME, &letter("alice@example.test")).await;
    let now = world.ambient.now();
    let lease = now.plus(std::time::Duration::from_secs(300));
    let due = crate::outbox::due(&world.store, now, 16).await.unwrap();
    let claimed = crate::outbox::claim(&world.store, due.clone(), now, lease).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(crate::outbox::claim(&world.store, due, now, lease).await.unwrap().is_empty(), "one row, one lease");
    world.pass(299);
    assert_eq!(world.postman().round().await.unwrap(), Progress::Idle);
    world.pass(1);
    assert_eq!(world.postman().round().await.unwrap(), Progress::More);
    assert_eq!((world.relay.sent().len(), world.row(id).await.attempt), (1, 2));
}

#[tokio::test]
async fn a_wrong_master_key_loses_no_letter() {
    let mut world = World::new().await;
    let id = world.queue(ACME, &letter("alice@example.test")).await;
    let right = std::mem::replace(&mut world.key, std::sync::Arc::new(store::MasterKey::from_bytes(&[8; 32])));
    world.postman().round().await.unwrap();
    assert!(world.row(id).await.letter.is_some());
    world.key = right;
    world.pass(3_600);
    world.postman().round().await.unwrap();
    assert_eq!(world.relay.sent().len(), 1);
}

#[tokio::test]
async fn web_25_a_mailbox_gets_its_share_in_any_spelling_and_no_more() {
    let world = World::new().await;
    let tell = async |tenant, to: &str, purpose, since| {
        let parcel = seal(&letter(to), purpose, &world.key, &world.ambient).unwrap();
        let allowance = Allowance { most: 2, since };
        let store = world.store.for_tenant(tenant);
        let count = "SELECT COUNT(*) FROM mail_outbox WHERE tenant_id = $1";
        let before: (i64,) = store.read().await.unwrap().one(count, params![]).await.unwrap();
        store
            .write((parcel, allowance), |mut tx, (parcel, allowance)| {
                Box::pin(async move { queue_within(&mut tx, [&*parcel], *allowance).await })
            })
            .await
            .unwrap();
        let after: (i64,) = store.read().await.unwrap().one(count, params![]).await.unwrap();
        after.0 - before.0
    };
    let begin = Timestamp::from_seconds(0);
    assert_eq!(tell(ACME, "alice@example.test", "lock", begin).await, 1);
    assert_eq!(tell(ACME, "Alice@Example.test", "lock", begin).await, 1);
    assert_eq!(tell(ACME, "ALICE@EXAMPLE.TEST", "lock", begin).await, 0, "it has two");
    assert_eq!(tell(ACME, "bob@example.test", "lock", begin).await, 1, "another mailbox");
    assert_eq!(tell(ACME, "alice@example.test", "unlock", begin).await, 1, "for something else");
    assert_eq!(tell(uuid::Uuid::from_u128(7), "alice@example.test", "lock", begin).await, 1, "from another tenant");
    world.pass(10);
    assert_eq!(tell(ACME, "alice@example.test", "lock", world.ambient.now()).await, 1, "a day later");
    let hash = |key: u8| AddressHash::of("alice@example.test", &store::MasterKey::from_bytes(&[key; 32]));
    assert_ne!(hash(7), hash(8), "keyed");
}

#[tokio::test]
async fn a_ring_makes_a_running_postman_go() {
    let world = World::new().await;
    let (wake, cancel) = (Wake::new(), CancellationToken::new());
    let worker = world.postman().run(wake.clone(), &cancel);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    world.queue(ACME, &letter("alice@example.test")).await;
    wake.ring();
    for _ in 0..1_000 {
        if !world.relay.sent().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(world.relay.sent().len(), 1);
    cancel.cancel();
    worker.stopped().await;
}

#[tokio::test]
async fn rel_13_a_relay_that_answers_garbage_delays_a_mail_and_no_longer() {
    let world = World::new().await;
    let id = world.queue(ACME, &letter("alice@example.test")).await;
    let garbage = format!("\u{0}\u{1b}[2J 999 \r\n{}", "x".repeat(100_000));
    world.relay.fail_with(Some(Undelivered::Unreachable(garbage)));
    assert!(matches!(world.postman().round().await, Err(PostError::RelayAway(_))));
    let row = world.row(id).await;
    let trouble = row.trouble.unwrap();
    assert!(!trouble.chars().any(char::is_control) && trouble.chars().count() <= 300, "{trouble:?}");
    world.relay.fail_with(None);
    world.pass(15);
    world.postman().round().await.unwrap();
    let row = world.row(id).await;
    assert!(row.sent_at.is_some() && row.attempt == 2, "{row:?}");
    assert_eq!(world.relay.sent().len(), 1, "once");
}
