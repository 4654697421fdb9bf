//! What a batch does with few statements is what a deed does, one after the other.

use std::collections::BTreeMap;

use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use super::world::World;
use crate::batches::{self, BatchState, Outcome, Selection};
use crate::invitations::{NewInvitation, invite};
use crate::lifecycle::{Deed, Denied, Done, HowRoles, Many, Step, Target, judge};
use crate::members::{self, MemberId, MemberState, Profile};
use crate::roles;

/// Everything that a deed can touch: whose it is, by whom it was, and the rest as text.
async fn written(world: &World) -> Vec<String> {
    let mut read = world.store.read().await.unwrap();
    let mut all = Vec::new();
    for sql in [
        "SELECT id, decided_by, authorization_state || lifecycle || ' ' || CAST(locked AS TEXT) || ' '
             || CAST(epoch AS TEXT) || ' ' || CAST(version AS TEXT) || ' ' || CAST(changed_at AS TEXT) || ' '
             || COALESCE(CAST(decided_at AS TEXT), '-') || COALESCE(decision_reason, '-')
             || COALESCE(CAST(deletion_asked_at AS TEXT), '-') || COALESCE(provider, '-')
             || CAST(switched_version AS TEXT) || COALESCE(CAST(switched_at AS TEXT), '-') || COALESCE(preset_subject, '-')
             || CAST(compromised AS TEXT) || CAST(compromised_version AS TEXT)
         FROM member WHERE tenant_id = $1 ORDER BY id",
        "SELECT id, deleted_by, COALESCE(CAST(deleted_at AS TEXT), '-') FROM member WHERE tenant_id = $1 ORDER BY id",
        "SELECT member_id, granted_by, role || CAST(granted_at AS TEXT) FROM member_role
         WHERE tenant_id = $1 ORDER BY member_id, role",
        "SELECT member_id, NULL, CAST(version AS TEXT) || subject || state || roles || CAST(due_at AS TEXT)
             || CAST(unheard AS TEXT) || COALESCE(provider, '-') || COALESCE(CAST(switched AS TEXT), '-')
             || CAST(compromised AS TEXT) || CAST(compromised_version AS TEXT) || COALESCE(preset, '-')
         FROM snapshot WHERE tenant_id = $1 ORDER BY member_id, version",
        "SELECT tenant_id, NULL, COALESCE(target_id, '-') || action || actor_kind || COALESCE(actor_id, '-') || detail
         FROM audit_entry WHERE tenant_id = $1 AND action LIKE 'member.%' ORDER BY target_id, action, detail",
        "SELECT tenant_id, NULL, purpose || CAST(COUNT(*) AS TEXT) FROM mail_outbox WHERE tenant_id = $1
         GROUP BY tenant_id, purpose ORDER BY purpose",
        "SELECT member_id, ended_by, state || CAST(revision AS TEXT) || COALESCE(CAST(due_at AS TEXT), '-')
         FROM invitation WHERE tenant_id = $1 ORDER BY member_id, revision, state",
    ] {
        let rows: Vec<(Uuid, Option<Uuid>, String)> = read.all(sql, params![]).await.unwrap();
        all.extend(rows.into_iter().map(|row| format!("{row:?}")));
    }
    all
}

async fn people(world: &World) -> (MemberId, Vec<MemberId>) {
    let admin = world.admin().await;
    let mut all = vec![admin];
    for (n, roles) in [&["viewer"][..], &["editor", "supplier"], &["administrator"], &[]].into_iter().enumerate() {
        for state in MemberState::ALL {
            all.push(world.member(&format!("P{n}{}", state.word()), *state, roles).await);
        }
    }
    (admin, all)
}

fn set(keys: &[&str]) -> std::collections::BTreeSet<String> {
    keys.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn pp_08_a_batch_writes_what_the_same_deeds_write_one_by_one() {
    let (single, many) = (World::new().await, World::new().await);
    let (admin, all) = people(&single).await;
    assert_eq!(people(&many).await, (admin, all.clone()), "the same people");
    let roles = |how, keys: &[&str]| Deed::Roles { how, roles: set(keys) };
    let deeds = [
        Deed::Lock,
        roles(HowRoles::Add, &["viewer", "supplier"]),
        Deed::Unlock,
        Deed::Approve { roles: set(&["supplier"]) },
        Deed::Suspend,
        roles(HowRoles::Remove, &["viewer"]),
        Deed::Resume,
        Deed::Delete,
        Deed::Reactivate,
        Deed::Keep,
        Deed::Exchange { give: set(&["viewer"]), take: set(&["editor"]) },
        Deed::Lock,
        Deed::Delete,
        Deed::Lock,
        Deed::Reactivate,
        roles(HowRoles::Set, &["editor"]),
        Deed::Switch { to: Some("contoso".into()), compromised: true, preset: None },
        Deed::Switch { to: Some("acme.corp".into()), compromised: false, preset: None },
        Deed::Switch { to: None, compromised: false, preset: None },
    ];
    for (turn, deed) in deeds.into_iter().enumerate() {
        let mut expected = BTreeMap::new();
        // Whoever stands first comes first; the actor's own item may change what they may do.
        let mut ordered = all.clone();
        ordered.sort();
        for member in ordered {
            let word = match single.acts(admin, member, deed.clone()).await {
                Ok(Done::Changed(_)) => "changed",
                Ok(Done::Unchanged) => "unchanged",
                Err(Denied::Refused(refusal)) => refusal.word(),
                Err(Denied::Forbidden) => "not_allowed",
                Err(other) => panic!("{deed:?}: {other}"),
            };
            expected.insert(member, word);
        }
        let picked = Selection::Picked(all.clone());
        let Ok(id) = batches::create(&many.store, many.context(), admin, deed.clone(), picked).await else {
            assert!(expected.values().all(|word| *word == "not_allowed"), "{deed:?}");
            continue;
        };
        while let Some(next) = batches::unsorted(&mut many.store.read().await.unwrap(), &many.context()).await.unwrap()
        {
            batches::sort(&many.store, next, &batches::Claims::default()).await.unwrap();
        }
        batches::start(&many.store, many.context(), admin, id).await.unwrap();
        while batches::tick(&many.store, many.context(), &many.pace).await.unwrap() {}
        let mut read = many.store.read().await.unwrap();
        assert_eq!(batches::by_id(&mut read, id).await.unwrap().unwrap().state, BatchState::Done);
        let items = batches::items(&mut read, id, None, 0).await.unwrap().items;
        let found: BTreeMap<_, _> = items.iter().map(|item| (item.member_id, item.outcome().word())).collect();
        assert_eq!(found, expected, "{turn}: {deed:?}");
        let (expected, found) = (written(&single).await, written(&many).await);
        let differ: Vec<_> = expected.iter().zip(&found).filter(|(left, right)| left != right).take(3).collect();
        assert_eq!((differ, found.len()), (vec![], expected.len()), "{turn}: {deed:?}");
    }
}

async fn invited_by(world: &World, admin: MemberId, n: usize) -> MemberId {
    let profile = Profile::new("New", "Test", &format!("new{n}@people.example"), "en", None);
    let new = NewInvitation { profile, roles: vec!["viewer".into()], message: String::new(), send_now: true };
    invite(&world.store, world.context(), admin, new).await.unwrap()
}

#[tokio::test]
async fn an_invitation_that_is_open_ends_with_a_deletion_in_a_batch() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut invited = Vec::new();
    for n in 0..3 {
        invited.push(invited_by(&world, admin, n).await);
    }
    let id =
        batches::create(&world.store, world.context(), admin, Deed::Delete, Selection::Picked(invited)).await.unwrap();
    batches::start(&world.store, world.context(), admin, id).await.unwrap();
    while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    let mut read = world.store.read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM invitation WHERE tenant_id = $1 AND state = 'withdrawn' AND due_at IS NOT NULL";
    let (withdrawn,): (i64,) = read.one(sql, params![]).await.unwrap();
    assert_eq!(withdrawn, 3);
}

#[tokio::test]
async fn az_05_what_was_planned_on_another_version_is_not_written() {
    let world = World::new().await;
    let admin = world.admin().await;
    let crowd =
        [world.member("A", MemberState::Active, &["viewer"]).await, world.member("B", MemberState::Active, &[]).await];
    let context = world.context();
    let mut read = world.store.read().await.unwrap();
    let acting = roles::acting(&mut read, &context, admin, Deed::Suspend.permission()).await.unwrap();
    let here = members::some(&mut read, crowd).await.unwrap();
    drop(read);
    let mut planned = Many::default();
    for row in here.values() {
        let target = Target { member: &row.member, roles: &row.roles(), follows: &[] };
        let step: Step = judge(&context, &acting, target, &Deed::Suspend).unwrap();
        assert!(Many::takes(&context, row, &Deed::Suspend, &step));
        planned.add(&context, admin, row, (&Deed::Suspend, step), || None);
    }
    // One of them gets another role before it is written.
    let add = Deed::Roles { how: HowRoles::Add, roles: set(&["supplier"]) };
    world.does(admin, crowd[1], add).await.unwrap();
    let before = written(&world).await;
    let done: Result<(), StoreError> = world
        .store
        .write((context, admin, planned), |mut tx, (context, admin, planned)| {
            Box::pin(async move {
                if planned.write(&mut tx, context, *admin).await? {
                    return Ok(());
                }
                Err(StoreError::RolledBack("changed since".to_owned()))
            })
        })
        .await;
    assert!(matches!(done, Err(StoreError::RolledBack(_))), "{done:?}");
    assert_eq!(written(&world).await, before, "nothing of it stays");
    // The batch itself judges anew, and does it.
    let id = batches::create(&world.store, world.context(), admin, Deed::Suspend, Selection::Picked(crowd.to_vec()))
        .await
        .unwrap();
    batches::start(&world.store, world.context(), admin, id).await.unwrap();
    while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    let mut read = world.store.read().await.unwrap();
    let items = batches::items(&mut read, id, Some(Outcome::Changed), 0).await.unwrap().items;
    assert_eq!(items.len(), 2);
}
