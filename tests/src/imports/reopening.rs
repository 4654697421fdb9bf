//! Who is locked or deleted stays so, whatever an old file says: letting somebody back in is a word of its own.

use tenant::members::MemberState;

use super::{looks, number, numbers, turns};
use crate::harness::World;

#[tokio::test]
async fn pp_04_an_old_export_lets_nobody_back_in_unless_that_is_said() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for name in ["ada", "bob", "cleo"] {
        world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
    }
    let old = admin.get(world.acme.url("/members/export.csv")).await.body;
    admin.opens(&world.acme.url("/members?q=ada")).await.follows("Ada Doe").await.submits("lock", &[]).await;
    admin.opens(&world.acme.url("/members?q=bob")).await.follows("Bob Doe").await;
    let bob = admin.url.path().to_owned();
    turns(&mut admin, &world.acme, &format!("{bob}/delete")).await.answers(303);
    let out = "SELECT COUNT(*) FROM member WHERE locked OR lifecycle = 'deleted'";
    let back = "SELECT COUNT(*) FROM audit_entry WHERE action IN ('member.unlocked', 'member.reactivated')";
    let old = old.replace(&format!("{},en,active,viewer", "cleo@people.test"), "cleo@people.test,en,active,editor");

    let path = looks(&world, &mut admin, &world.acme, false, old.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("Would be unlocked.").sees("Would be brought back after the deletion.");
    assert_eq!((numbers(page), number(page, "reopened")), ([0, 1, 1, 0], 2), "{}", page.text());
    admin.clicks("only-reopened").await.sees("Ada Doe").sees_not("Cleo Doe");
    admin.opens(&world.acme.url(&path)).await.submits("start", &[]).await;
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, out).await, 2, "the word for it was not given");
    assert_eq!(world.tenant_count(&world.acme, back).await, 0);
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("Stays locked: unlocking was not chosen.").sees("Stays deleted: letting back in was not chosen.");
    assert_eq!((numbers(page), number(page, "reopened")), ([0, 1, 3, 0], 0), "{}", page.text());
    assert_eq!(page.text_of("reopening"), "Nobody; whoever is shut out stays so");
    let editors = "SELECT COUNT(*) FROM member_role WHERE role = 'editor'";
    assert_eq!(world.tenant_count(&world.acme, editors).await, 1, "the rest is done");

    // The control: with the tick.
    let path = looks(&world, &mut admin, &world.acme, false, old.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await.submits("start", &[("reopen", "yes")]).await;
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, out).await, 0);
    assert_eq!(world.tenant_count(&world.acme, back).await, 2);
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("Unlocked.").sees("Brought back after the deletion.");
    assert_eq!((numbers(page), number(page, "reopened")), ([0, 0, 2, 0], 2), "{}", page.text());
    let report = admin.get(world.acme.url(&format!("{path}/report.csv?only=reopened"))).await.body;
    assert!(report.contains(",reopened,yes,Becomes: Active,,Unlocked.\r\n"), "{report}");
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'import.started' AND detail LIKE '%\"reopens\":true%'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 1);
}
