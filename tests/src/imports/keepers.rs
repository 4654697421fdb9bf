//! Who keeps a record, in an export and in a file that is imported (PP-31).

use tenant::members::MemberState;

use super::{FORM, imports, looks, numbers};
use crate::harness::World;

const KEPT: &str = "SELECT COUNT(*) FROM member WHERE kept_by = 'Payroll, \"north\"'";

#[tokio::test]
async fn pp_31_an_export_carries_the_keeper_and_comes_back_in() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("kim", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("free", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows("Kim Doe").await;
    admin.submits("name-keeper", &[("kept_by", "Payroll, \"north\"")]).await.sees("kept by Payroll");
    let csv = admin.get(world.acme.url("/members/export.csv")).await.body;
    assert!(csv.lines().next().unwrap().contains(",provider,kept_by,authorization,"), "{csv}");
    let json = admin.get(world.acme.url("/members/export.jsonl")).await.body;
    for file in [&csv, &json] {
        let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
        assert_eq!(numbers(admin.opens(&world.acme.url(&path)).await), [0, 0, 3, 0], "{}", admin.text());
        let elsewhere = World::new().await;
        let mut boss = elsewhere.admin_of(&elsewhere.acme).await;
        let path = looks(&elsewhere, &mut boss, &elsewhere.acme, false, file.as_bytes()).await;
        imports(&elsewhere, &mut boss, &elsewhere.acme, &path).await;
        assert_eq!(numbers(boss.opens(&elsewhere.acme.url(&path)).await), [2, 0, 1, 0], "{}", boss.text());
        assert_eq!(elsewhere.tenant_count(&elsewhere.acme, KEPT).await, 1);
        let there = boss.get(elsewhere.acme.url("/members/export.jsonl")).await.body;
        assert!(there.contains(r#""kept_by":"Payroll, \"north\"""#) && there.contains(r#""kept_by":null"#), "{there}");
    }
}

#[tokio::test]
async fn pp_31_a_file_names_the_keeper_of_who_is_new_and_changes_nobody_elses() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for name in ["kim", "free"] {
        world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
    }
    world.tenant_change(&world.acme, "UPDATE member SET kept_by = 'Payroll' WHERE given_name = 'Kim'").await;
    let file = "email,given_name,state,kept_by\n\
        new@people.test,New,active,Payroll\n\
        plain@people.test,Plain,active,\n\
        free@people.test,,,Payroll\n\
        kim@people.test,,,Directory\n\
        odd@people.test,Odd,active,\"two\nlines\"\n";
    let path = looks(&world, &mut admin, &world.acme, true, file.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await;
    admin.sees("kept_by: Who keeps the record of somebody who is here is not changed by a file.");
    admin.sees("kept_by: Whoever keeps a record is named on one line");
    assert_eq!(numbers(&admin.page), [2, 0, 0, 3], "{}", admin.text());
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&path)).await), [2, 0, 0, 3]);
    let kept = "SELECT COUNT(*) FROM member WHERE kept_by = 'Payroll' AND given_name IN ('Kim', 'New')";
    assert_eq!(world.tenant_count(&world.acme, kept).await, 2);
    let all = "SELECT COUNT(*) FROM member WHERE kept_by IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, all).await, 2);
    assert_eq!(world.mails_to("new@people.test").await.len(), 1, "the import invites them, if that was chosen");

    // From then on a file has no hold on them, and what is left empty releases nobody.
    let file = "email,state,field.city,roles,kept_by\n\
        kim@people.test,suspended,,viewer,Payroll\n\
        new@people.test,,Graz,,\n\
        plain@people.test,,Graz,,\n";
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await.sees("state: Their record is kept elsewhere.");
    admin.sees("field.city: Their record is kept elsewhere.");
    assert_eq!(numbers(&admin.page), [0, 1, 0, 2], "{}", admin.text());
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&path)).await), [0, 1, 0, 2]);
    assert_eq!(world.tenant_count(&world.acme, all).await, 2);
    admin.opens(&world.acme.url(FORM)).await.sees("Who keeps the record of somebody new elsewhere");
}

#[tokio::test]
async fn pp_31_the_keeper_goes_over_to_whoever_accepts_the_invitation_and_was_no_member() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    // One had asked to join, one is a member.
    let mut asks = world.member("asks", &world.acme, MemberState::ToReview, &[]).await;
    let mut here = world.member("here", &world.acme, MemberState::Active, &["viewer"]).await;
    let file = "email,kept_by\nasks.office@people.test,Payroll\nhere.office@people.test,Payroll\n";
    let path = looks(&world, &mut admin, &world.acme, true, file.as_bytes()).await;
    imports(&world, &mut admin, &world.acme, &path).await;
    for who in [&mut asks, &mut here] {
        who.enters(&world.acme).await;
        let office = world.stranger(&format!("{}.office", who.given_name.to_lowercase()));
        let link = world.invitation_link(&office).await;
        who.opens(&link).await.submits("accept", &[]).await.is("/");
    }
    let merged = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.merged'";
    assert_eq!(world.tenant_count(&world.acme, merged).await, 2);
    let told = "SELECT COUNT(*) FROM audit_personal WHERE value LIKE '%.office@people.test'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 0, "WEB-22: nobody's erasure would reach it");
    let kept = "SELECT COUNT(*) FROM member WHERE kept_by = 'Payroll' AND given_name = 'Asks'";
    assert_eq!(world.tenant_count(&world.acme, kept).await, 1);
    let all = "SELECT COUNT(*) FROM member WHERE kept_by IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, all).await, 1, "a member is given to nobody by an invitation");
}
