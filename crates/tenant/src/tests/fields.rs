//! Profile fields (PP-16): who may change them, and what becomes of what stands in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use store::{TenantRead, params};

use super::world::{DAY, World};
use crate::blueprint::Blueprint;
use crate::fields::{
    AddError, EditError, Edited, FieldChange, Wrong, add, change as change_field, edit, edit_own, lacking, of_tenant,
    remove, values_of,
};
use crate::lifecycle::{Deed, Denied, Refusal, purge_some};
use crate::members::{MemberId, MemberState};
use crate::{Context, Tenant};

fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A library whose support users may manage members.
fn with_managing_support(world: &World) -> Context {
    let text = include_str!("../../blueprints/asset-library.toml");
    let held = "permissions = [\"assets.view\", \"members.view\"]";
    assert!(text.contains(held));
    let text = text.replacen(held, "permissions = [\"assets.view\", \"members.view\", \"members.manage\"]", 1);
    let mut context = world.context();
    let blueprint = Blueprint::parse("library.toml", &text).unwrap();
    context.tenant = Arc::new(Tenant { blueprint, ..Tenant::clone(&context.tenant) });
    context
}

async fn values(world: &World, member: MemberId) -> BTreeMap<String, String> {
    values_of(&mut world.store.read().await.unwrap(), member).await.unwrap()
}

fn refusal(outcome: Result<Edited, EditError>) -> Refusal {
    match outcome {
        Err(EditError::Denied(Denied::Refused(refusal))) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn az_03_nobody_changes_the_profile_of_a_superior_or_without_the_right() {
    let world = World::new().await;
    let context = with_managing_support(&world);
    let admin = world.admin().await;
    let support = world.member("Sam", MemberState::Active, &["support"]).await;
    let viewer = world.member("Vera", MemberState::Active, &["viewer"]).await;
    let new = typed(&[("company", "Acme")]);
    let above = edit(&world.store, context.clone(), support, admin, new.clone()).await;
    assert_eq!(refusal(above), Refusal::Superior);
    let without = edit(&world.store, context.clone(), viewer, support, new.clone()).await;
    assert!(matches!(without, Err(EditError::Denied(Denied::Forbidden))), "{without:?}");
    assert!(values(&world, admin).await.is_empty() && values(&world, support).await.is_empty());
    // The control.
    assert_eq!(edit(&world.store, context.clone(), support, viewer, new.clone()).await.unwrap(), Edited::Yes);
    assert_eq!(edit(&world.store, context, admin, support, new.clone()).await.unwrap(), Edited::Yes);
    assert_eq!(values(&world, viewer).await, new);
    assert!(world.audited(viewer).await.contains(&"member.fields_changed".to_owned()));
}

#[tokio::test]
async fn pp_16_fields_change_for_those_who_are_in_and_one_by_one() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let own = async |pairs: &[(&str, &str)]| edit_own(&world.store, world.context(), mina, typed(pairs)).await;
    assert_eq!(own(&[("company", "Acme"), ("city", " Graz\n")]).await.unwrap(), Edited::Yes);
    assert_eq!(own(&[("city", "Graz")]).await.unwrap(), Edited::Unchanged);
    assert_eq!(own(&[("company", "")]).await.unwrap(), Edited::Yes);
    assert_eq!(values(&world, mina).await, typed(&[("city", "Graz")]));
    let wrong = own(&[("city", "Wien"), ("email", "x"), ("zip", "123456789012345678901")]).await;
    let Err(EditError::Wrong(wrong)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(wrong, [("email".to_owned(), Wrong::Unknown), ("zip".to_owned(), Wrong::TooLong(20))]);
    assert_eq!(values(&world, mina).await, typed(&[("city", "Graz")]), "all or nothing");
    let changed = world.audited(mina).await.iter().filter(|action| *action == "member.fields_changed").count();
    assert_eq!(changed, 2, "once for each change");
    world.does(admin, mina, Deed::Lock).await.unwrap();
    let locked = own(&[("city", "Wien")]).await;
    assert!(matches!(locked, Err(EditError::Denied(Denied::Forbidden))), "{locked:?}");
    world.does(admin, mina, Deed::Delete).await.unwrap();
    let deleted = edit(&world.store, world.context(), admin, mina, typed(&[("city", "Wien")])).await;
    assert_eq!(refusal(deleted), Refusal::Deleted);
    assert_eq!(values(&world, mina).await, typed(&[("city", "Graz")]), "who may come back keeps it");
    // WEB-22
    world.clock.advance(DAY * 31);
    purge_some(&world.store, world.context()).await.unwrap();
    let mut read = world.store.read().await.unwrap();
    let left = "SELECT COUNT(*) FROM member_field WHERE tenant_id = $1";
    assert_eq!(read.one::<(i64,)>(left, params![]).await.unwrap().0, 0);
    drop(read);
    let purged = edit(&world.store, world.context(), admin, mina, typed(&[("city", "Wien")])).await;
    assert_eq!(refusal(purged), Refusal::Purged);
}

#[tokio::test]
async fn pp_16_a_tenant_adds_fields_requires_them_and_takes_them_away() {
    let world = World::new().await;
    let admin = world.admin().await;
    let editor = world.member("Eli", MemberState::Active, &["editor"]).await;
    let adds = async |label: &str, required| add(&world.store, world.context(), admin, label, required).await;
    let not_theirs = add(&world.store, world.context(), editor, "Badge", true).await;
    assert!(matches!(not_theirs, Err(AddError::Denied(Denied::Forbidden))), "{not_theirs:?}");
    assert_eq!(adds("Badge", true).await.unwrap(), "badge");
    let lacks = async |member| {
        let blueprint = &world.context().tenant.blueprint;
        lacking(&mut world.store.read().await.unwrap(), blueprint, member).await.unwrap().len()
    };
    assert_eq!(lacks(editor).await, 1);
    let empty = edit_own(&world.store, world.context(), editor, typed(&[("badge", " ")])).await;
    assert!(matches!(&empty, Err(EditError::Wrong(wrong)) if wrong == &[("badge".to_owned(), Wrong::Missing)]));
    edit_own(&world.store, world.context(), editor, typed(&[("badge", "7")])).await.unwrap();
    assert_eq!(lacks(editor).await, 0);
    for (label, taken) in [("badge", true), ("Company", true), ("Firma", true), ("", false), (&"x".repeat(61), false)] {
        let outcome = adds(label, false).await;
        assert!(matches!(outcome, Err(AddError::Taken | AddError::Label)), "{label}: {outcome:?}");
        assert_eq!(matches!(outcome, Err(AddError::Taken)), taken, "{label}");
    }
    let changes = async |key: &str, label: Option<&str>, required| {
        let change = FieldChange { label: label.map(str::to_owned), required };
        change_field(&world.store, world.context(), admin, key.to_owned(), change).await
    };
    assert_eq!(adds("Locker", false).await.unwrap(), "locker");
    for (key, label) in [("badge", "locker"), ("badge", "Firma"), ("badge", " "), ("company", "Mine"), ("none", "Mine")]
    {
        assert!(changes(key, Some(label), None).await.is_err(), "{key}: {label}");
    }
    let both = edit_own(&world.store, world.context(), editor, typed(&[("locker", "12")])).await;
    assert!(both.is_ok(), "{both:?}");
    assert!(changes("locker", Some("Schrank"), Some(true)).await.unwrap());
    assert!(!changes("locker", Some("Schrank"), None).await.unwrap(), "so already");
    assert!(changes("locker", Some("SCHRANK"), None).await.unwrap(), "its own label is not taken");
    assert_eq!((lacks(editor).await, lacks(admin).await), (0, 2));
    assert_eq!(values(&world, editor).await, typed(&[("badge", "7"), ("locker", "12")]));
    let not_theirs = change_field(&world.store, world.context(), editor, "locker".into(), FieldChange::default()).await;
    assert!(matches!(not_theirs, Err(AddError::Denied(Denied::Forbidden))), "{not_theirs:?}");
    remove(&world.store, world.context(), admin, "locker".to_owned()).await.unwrap();
    assert!(matches!(changes("locker", None, Some(false)).await, Err(AddError::Denied(Denied::NotFound))));
    // Of two that were called alike, the one that was there last comes back.
    assert_eq!(adds("Two  words", false).await.unwrap(), "two_words");
    assert!(matches!(adds("Two words", false).await, Err(AddError::Taken)), "they look alike");
    remove(&world.store, world.context(), admin, "two_words".to_owned()).await.unwrap();
    world.clock.advance(DAY);
    assert_eq!(adds("Locker", false).await.unwrap_or_default(), "locker_2");
    assert!(changes("locker_2", Some("Two words"), None).await.unwrap());
    remove(&world.store, world.context(), admin, "locker_2".to_owned()).await.unwrap();
    world.clock.advance(DAY);
    assert_eq!(adds("Two words", false).await.unwrap(), "locker_2");
    remove(&world.store, world.context(), admin, "locker_2".to_owned()).await.unwrap();
    // The blueprint's own stay.
    let fixed = remove(&world.store, world.context(), admin, "company".to_owned()).await;
    assert!(matches!(fixed, Err(Denied::NotFound)), "{fixed:?}");
    remove(&world.store, world.context(), admin, "badge".to_owned()).await.unwrap();
    let gone = edit_own(&world.store, world.context(), editor, typed(&[("badge", "8")])).await;
    assert!(matches!(gone, Err(EditError::Wrong(_))), "{gone:?}");
    assert_eq!(adds("Badge", false).await.unwrap(), "badge", "it comes back");
    assert_eq!(values(&world, editor).await, typed(&[("badge", "7"), ("locker", "12")]), "with what stood in it");
    // Thirty in all, of which the blueprint has eight.
    for n in 0..21 {
        adds(&format!("Field {n}"), false).await.unwrap();
    }
    assert!(matches!(adds("One more", false).await, Err(AddError::TooMany)));
    let blueprint = &world.context().tenant.blueprint;
    assert_eq!(of_tenant(&mut world.store.read().await.unwrap(), blueprint).await.unwrap().len(), 30);
    let others = of_tenant(&mut world.other.read().await.unwrap(), blueprint).await.unwrap();
    assert_eq!(others.len(), 8, "TN-01: the other tenant has none of them");
}
