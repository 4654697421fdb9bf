use serde_json::json;
use tenant::members::MemberState;

use super::{acting, everything, serving};
use crate::harness::{World, text};

#[tokio::test]
async fn pp_28_another_system_holds_roles_as_people_do_and_acts_under_its_own_name() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let robot = world.client_at(&world.acme, "robot", serving).await;
    let its = robot.serves_at(&world.acme, &everything()).await;
    world.gets(&world.acme, "/members", &its).await.refuses(403, "not_admitted");

    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["viewer"] });
    let made = world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    let member = text(&made, "member");
    let again = world.posts(&world.acme, "/service-accounts", &token, &new).await;
    assert_eq!(again.refuses(409, "already_here").json()["member"], json!(member));
    let list = world.gets(&world.acme, "/service-accounts", &token).await.done(200);
    assert_eq!(list["service_accounts"][0]["client_id"], "robot");
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    world.posts(&world.acme, &format!("/members/{bob}/lock"), &its, &json!({})).await.refuses(403, "forbidden");

    // Its roles are given and taken as anybody's, from the next request on.
    let roles = json!({ "how": "set", "roles": ["administrator"] });
    world.posts(&world.acme, &format!("/members/{member}/roles"), &token, &roles).await.done(200);
    world.posts(&world.acme, &format!("/members/{bob}/lock"), &its, &json!({})).await.done(200);
    let job = json!({ "deed": "unlock", "members": [bob] });
    let job = text(&world.posts(&world.acme, "/jobs", &its, &job).await.done(201), "id");
    world.posts(&world.acme, &format!("/jobs/{job}/start"), &its, &json!({})).await.done(200);
    world.settle().await;
    let log = world.gets(&world.acme, &format!("/audit?member={bob}"), &token).await.done(200);
    for action in ["member.locked", "member.unlocked"] {
        let entry = log["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == action).unwrap();
        assert_eq!(entry["actor"], json!({ "kind": "client", "id": "robot" }), "{action}");
    }
    // It counts as nobody who runs the tenant, and hears of no requests.
    let own = world.id_by_api(&world.acme, &admin.email, &token).await;
    let leave = json!({ "how": "remove", "roles": ["administrator"] });
    world.posts(&world.acme, &format!("/members/{own}/roles"), &its, &leave).await.refuses(409, "last_administrator");

    admin.opens(&world.acme.url(&format!("/members/{member}"))).await.sees("Payroll").submits("lock", &[]).await;
    world.gets(&world.acme, "/members", &its).await.refuses(403, "not_admitted");
}

#[tokio::test]
async fn az_01_nobody_makes_a_service_account_with_more_rights_than_their_own() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut editor = world.member("editor", &world.acme, MemberState::Active, &["editor"]).await;
    editor.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "console", acting).await;
    let token = text(&rp.acts_for(&mut editor, &world.acme, &everything()).await, "access_token");
    let new = json!({ "name": "Back door", "client_id": "robot", "roles": ["administrator"] });
    world.posts(&world.acme, "/service-accounts", &token, &new).await.refuses(403, "forbidden");
    let count = "SELECT COUNT(*) FROM service_account";
    assert_eq!(world.tenant_count(&world.acme, count).await, 0);
    let token = text(&rp.acts_for(&mut admin, &world.acme, &everything()).await, "access_token");
    world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    // Another tenant's client of the same name gets no token for this tenant, whatever stands here.
    let foreign = world.client_at(&world.studio, "foreign", serving).await;
    let studio = foreign.serves_at(&world.studio, &everything()).await;
    world.gets(&world.acme, "/members", &studio).await.refuses(401, "invalid_token");
}
