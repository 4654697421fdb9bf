//! Members whose record another system keeps (PP-31): who says so, what is then not done here, and the way back.

use serde_json::json;
use tenant::members::MemberState;

use crate::api::{everything, serving};
use crate::harness::{Person, World, text};

const KEPT: &str = "SELECT COUNT(*) FROM member WHERE kept_by = 'Payroll'";

/// Opens a member's page; answers with its path.
async fn opens(admin: &mut Person, world: &World, name: &str) -> String {
    admin.opens(&world.acme.url("/members")).await.follows(name).await;
    admin.url.path().to_owned()
}

#[tokio::test]
async fn pp_31_a_record_is_given_to_its_keeper_and_released_on_the_members_page() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut kim = world.member("kim", &world.acme, MemberState::Active, &["viewer"]).await;
    kim.enters(&world.acme).await;
    let path = opens(&mut admin, &world, "Kim Doe").await;
    assert!(admin.page.has("delete") && admin.page.has("edit-fields") && admin.page.has("suspend"), "the control");
    let csrf = admin.csrf();
    for wrong in ["", " ", "two\nlines", &"x".repeat(81)] {
        let form = [("csrf", &*csrf), ("kept_by", wrong)];
        admin.post(world.acme.url(&format!("{path}/keeper")), &form).await.answers(400).sees("1 to 80 characters");
    }
    admin.submits("name-keeper", &[("kept_by", " Payroll ")]).await.is(&path);
    admin.sees("From now on the record is kept there.").sees("This record is kept by Payroll.");
    admin.sees("Kept elsewhere from then on");
    let page = &admin.page;
    assert!(!page.has("delete") && !page.has("edit-fields") && !page.has("suspend") && !page.has("switch-provider"));
    assert!(!page.has("name-keeper") && page.has("release") && page.has("lock") && page.has("assign-roles"));
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 1);
    admin.opens(&world.acme.url("/members?q=isReadOnly%3Atrue")).await.sees("Kim Doe");
    // What is not offered is not done.
    for deed in ["delete", "suspend"] {
        let url = world.acme.url(&format!("{path}/{deed}"));
        admin.post(&url, &[("csrf", &csrf)]).await.answers(409).sees("Their record is kept elsewhere.");
    }
    kim.opens(&world.acme.url("/profile")).await.sees("These are kept by Payroll");
    assert!(!kim.page.has("save-fields"), "her session goes on");
    // Nor is it told as something that can happen.
    let states = format!("/members/states?member={}", path.rsplit('/').next().unwrap());
    admin.opens(&world.acme.url(&states)).await;
    let (can, cannot) = (admin.text_of("can-happen"), admin.text_of("cannot-happen"));
    assert!(can.contains("Locked by") && !can.contains("Deleted") && !can.contains("Deactivated"), "{can}");
    assert!(cannot.contains("Deleted Their record is kept elsewhere."), "{cannot}");
    // Locked and unlocked they are here, too.
    for deed in ["lock", "unlock"] {
        admin.post(world.acme.url(&format!("{path}/{deed}")), &[("csrf", &csrf)]).await.answers(303);
    }
    admin.opens(&world.acme.url(&path)).await.submits("release", &[]).await.is(&path);
    admin.sees("The record is kept here again.").sees("Released: kept here again");
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 0);
    admin.clicks("delete").await.submits("delete", &[]).await.sees("Deleted.");
    assert!(!admin.page.has("name-keeper"), "whoever is deleted is given to nobody");
    let log = world.acme.url("/audit?action=member.keeper_named");
    admin.opens(&log).await.sees("Kept elsewhere from then on");
}

#[tokio::test]
async fn pp_31_only_who_manages_members_says_who_keeps_them_and_nobody_of_themselves() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("kim", &world.acme, MemberState::Active, &["viewer"]).await;
    let path = opens(&mut admin, &world, "Kim Doe").await;
    let mut looks = world.member("looks", &world.acme, MemberState::Active, &["support"]).await;
    let csrf = looks.enters(&world.acme).await.opens(&world.acme.url(&path)).await.csrf();
    assert!(!looks.page.has("name-keeper"));
    let form = [("csrf", &*csrf), ("kept_by", "Payroll")];
    looks.post(world.acme.url(&format!("{path}/keeper")), &form).await.answers(403);
    let name = admin.name();
    let own = opens(&mut admin, &world, &name).await;
    assert!(!admin.page.has("name-keeper"));
    let csrf = admin.csrf();
    let form = [("csrf", &*csrf), ("kept_by", "Payroll")];
    admin
        .post(world.acme.url(&format!("{own}/keeper")), &form)
        .await
        .answers(403)
        .sees("Nobody does this to themselves");
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 0);
    admin.post(world.acme.url(&format!("{path}/keeper")), &form).await.answers(303);
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 1, "the control");
}

#[tokio::test]
async fn pp_31_a_service_account_keeps_records_by_the_api_and_releases_them() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let robot = world.client_at(&world.acme, "robot", serving).await;
    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["administrator"] });
    world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    let its = robot.serves_at(&world.acme, &everything()).await;
    world.member("kim", &world.acme, MemberState::Active, &["viewer"]).await;
    let kim = world.id_by_api(&world.acme, "kim", &token).await;
    let keeper = format!("/members/{kim}/keeper");
    let before = world.gets(&world.acme, &format!("/members/{kim}"), &token).await.done(200);
    assert_eq!(before["kept_by"], json!(null));
    for body in [json!({}), json!({ "kept_by": "" }), json!({ "kept_by": "x".repeat(81) }), json!({ "kept_by": 7 })] {
        world.posts(&world.acme, &keeper, &its, &body).await.refuses(422, "invalid_body");
    }
    let named = json!({ "kept_by": "Payroll" });
    let done = world.posts(&world.acme, &keeper, &its, &named).await.done(200);
    assert_eq!((&done["changed"], &done["member"]["kept_by"]), (&json!(true), &json!("Payroll")));
    let again = world.posts(&world.acme, &keeper, &its, &named).await.done(200);
    assert_eq!(again["changed"], json!(false), "it was so already");
    world.posts(&world.acme, &keeper, &its, &json!({})).await.refuses(422, "invalid_body");
    let listed = world.gets(&world.acme, "/members?readonly=true", &token).await.done(200);
    assert_eq!(listed["members"].as_array().unwrap().len(), 1);
    assert_eq!(listed["members"][0]["kept_by"], json!("Payroll"));
    // Nobody edits or deletes, its keeper neither; roles and locks are this tenant's.
    for (deed, body) in [
        ("delete", json!({})),
        ("suspend", json!({})),
        ("fields", json!({ "fields": { "city": "Graz" } })),
        ("provider", json!({ "provider": "platform" })),
    ] {
        let path = format!("/members/{kim}/{deed}");
        world.posts(&world.acme, &path, &its, &body).await.refuses(409, "kept_elsewhere");
    }
    for (deed, body) in [("roles", json!({ "roles": ["editor"] })), ("lock", json!({})), ("unlock", json!({}))] {
        world.posts(&world.acme, &format!("/members/{kim}/{deed}"), &its, &body).await.done(200);
    }
    // A job that was looked at before finds them kept.
    let other = json!({ "kept_by": null });
    world.posts(&world.acme, &keeper, &token, &other).await.done(200);
    let job = json!({ "deed": "delete", "members": [kim] });
    let job = world.posts(&world.acme, "/jobs", &token, &job).await.done(201);
    assert_eq!(job["fitting"], 1);
    world.posts(&world.acme, &keeper, &its, &named).await.done(200);
    let job = format!("/jobs/{}", text(&job, "id"));
    world.posts(&world.acme, &format!("{job}/start"), &token, &json!({})).await.done(200);
    world.settle().await;
    let items = world.gets(&world.acme, &format!("{job}/items"), &token).await.done(200);
    assert_eq!(items["items"][0]["outcome"], json!("kept_elsewhere"), "{items}");
    // The log says who, and in the timeline.
    let log = world.gets(&world.acme, "/audit?action=member.keeper_named", &token).await.done(200);
    let first = &log["entries"][0];
    assert_eq!((&first["actor"]["id"], &first["personal"]["keeper"]), (&json!("robot"), &json!("Payroll")));
    let log = world.gets(&world.acme, "/audit?action=member.released", &token).await.done(200);
    assert_eq!(log["entries"].as_array().unwrap().len(), 1);
    admin.opens(&world.acme.url(&format!("/members/{kim}"))).await.sees("Released: kept here again");
}

#[tokio::test]
async fn pp_31_neither_the_deleted_nor_who_is_there_when_providers_fail_is_left_to_a_keeper() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    for name in ["kim", "gone", "glass"] {
        world.member(name, &world.acme, MemberState::Active, &["administrator"]).await;
    }
    let mut path = Vec::new();
    for name in ["kim", "gone", "glass"] {
        path.push(format!("/members/{}", world.id_by_api(&world.acme, name, &token).await));
    }
    let [kim, gone, glass] = [&path[0], &path[1], &path[2]];
    world.posts(&world.acme, &format!("{gone}/delete"), &token, &json!({})).await.done(200);
    world.posts(&world.acme, &format!("{glass}/break-glass"), &token, &json!({ "on": true })).await.done(200);
    let named = json!({ "kept_by": "Payroll" });
    for (who, code) in [(gone, "deleted"), (glass, "break_glass")] {
        world.posts(&world.acme, &format!("{who}/keeper"), &token, &named).await.refuses(409, code);
    }
    world.posts(&world.acme, &format!("{kim}/keeper"), &token, &named).await.done(200);
    assert_eq!(world.tenant_count(&world.acme, KEPT).await, 1, "the control");
}
