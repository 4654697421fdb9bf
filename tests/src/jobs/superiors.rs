//! Who manages members and may less than an administrator: no kind of tenant that ships has such a role, a tenant may.

use serde_json::json;
use tenant::blueprint::{Granted, Label, Role};
use tenant::members::MemberState;

use super::{id_of, job, post};
use crate::api::{acting, everything};
use crate::harness::{Person, World, text};

/// What a lead may: whatever is about members and roles, of what the library is about only to look.
const LEAD: [&str; 5] = ["assets.view", "members.view", "members.review", "members.manage", "roles.manage"];

/// An asset library with a lead, who is signed in.
pub async fn with_lead() -> (World, Person) {
    let world = World::with(|blueprint| {
        let label = Label { en: "Lead".to_owned(), de: "Leitung".to_owned() };
        let (key, about) = ("lead".to_owned(), label.clone());
        let permissions = LEAD.map(str::to_owned).into();
        blueprint.roles.push(Role { key, label, about, granted: Granted::ByHand, permissions, support: false });
    });
    let world = world.await;
    let mut lead = world.member("lead", &world.acme, MemberState::Active, &["lead"]).await;
    lead.enters(&world.acme).await;
    (world, lead)
}

/// Everything about members that a deed could have changed.
async fn untouched(world: &World) {
    for (sql, expected) in [
        ("SELECT COUNT(*) FROM member WHERE locked OR lifecycle <> 'active' OR provider IS NOT NULL", 0),
        ("SELECT COUNT(*) FROM member WHERE break_glass OR kept_by IS NOT NULL OR authorization_state = 'rejected'", 0),
        ("SELECT COUNT(*) FROM member_role WHERE role = 'administrator'", 3),
        (
            "SELECT COUNT(*) FROM audit_entry WHERE action IN ('member.locked', 'member.deleted', 'member.roles_changed')",
            0,
        ),
    ] {
        assert_eq!(world.tenant_count(&world.acme, sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn az_03_nobody_acts_on_a_superior_by_page_or_api() {
    let (world, mut lead) = with_lead().await;
    let (mut boss, console) = world.api_admin(&world.acme, "console").await;
    world.member("mina", &world.acme, MemberState::ToReview, &["administrator"]).await;
    world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    let provider = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let new = json!({ "given_name": "Nora", "family_name": "Doe", "email": "nora@people.test", "locale": "en", "roles": ["administrator"] });
    let nora = text(&world.posts(&world.acme, "/members", &console, &new).await.done(201), "id");
    let name = boss.name();
    let above =
        boss.opens(&world.acme.url("/members")).await.follows(&name).await.url.path().rsplit('/').next().unwrap();
    let above = above.to_owned();
    let [mina, vera] = [id_of(&mut lead, &world.acme, "mina").await, id_of(&mut lead, &world.acme, "vera").await];
    let rp = world.client_at(&world.acme, "tool", acting).await;
    let token = text(&rp.acts_for(&mut lead, &world.acme, &everything()).await, "access_token");

    let confirmed = [("provider", &*provider), ("confirmed", "yes")];
    for (of, deed, fields) in [
        (&above, "lock", &[][..]),
        (&above, "suspend", &[]),
        (&above, "delete", &[]),
        (&above, "roles", &[("role[]", "viewer")]),
        (&above, "provider", &confirmed[..1]),
        (&above, "provider", &confirmed),
        (&above, "break-glass", &[("on", "true")]),
        (&above, "keeper", &[("kept_by", "Payroll")]),
        (&nora, "invite", &[]),
        (&nora, "withdraw", &[]),
        (&nora, "email", &[("email", "evil@people.test")]),
        (&nora, "details", &[("given_name", "Evil"), ("family_name", "Doe"), ("locale", "en")]),
    ] {
        let answer = post(&mut lead, &world.acme, &format!("/members/{of}/{deed}"), fields).await;
        answer.answers(403).sees("They have rights that you lack");
    }
    let reason = [("reason", "No.")];
    post(&mut lead, &world.acme, &format!("/requests/{mina}/reject"), &reason).await.answers(403);
    for (of, deed, body) in [
        (&above, "lock", json!({})),
        (&above, "suspend", json!({})),
        (&above, "delete", json!({})),
        (&above, "roles", json!({ "how": "set", "roles": ["viewer"] })),
        (&above, "provider", json!({ "provider": provider })),
        (&above, "break-glass", json!({ "on": true })),
        (&above, "keeper", json!({ "kept_by": "Payroll" })),
        (&above, "fields", json!({ "fields": { "telephone": "1" } })),
        (&mina, "approve", json!({})),
        (&mina, "reject", json!({ "reason": "No." })),
        (&nora, "invite", json!({})),
        (&nora, "withdraw", json!({})),
        (&nora, "email", json!({ "email": "evil@people.test" })),
        (&nora, "details", json!({ "given_name": "Evil" })),
    ] {
        let answer = world.posts(&world.acme, &format!("/members/{of}/{deed}"), &token, &body).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("superior")), "{deed}: {answer:?}");
    }
    untouched(&world).await;
    // Somebody who may no more than they do.
    for deed in ["lock", "unlock", "suspend"] {
        post(&mut lead, &world.acme, &format!("/members/{vera}/{deed}"), &[]).await.answers(303);
    }
    world.posts(&world.acme, &format!("/members/{vera}/delete"), &token, &json!({})).await.done(200);
}

#[tokio::test]
async fn az_03_a_job_leaves_superiors_alone_and_says_so() {
    let (world, mut lead) = with_lead().await;
    let (mut boss, console) = world.api_admin(&world.acme, "console").await;
    for name in ["vera", "wim"] {
        world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
    }
    let [vera, wim] = [id_of(&mut lead, &world.acme, "vera").await, id_of(&mut lead, &world.acme, "wim").await];
    for (deed, more) in [
        ("lock", &[][..]),
        ("suspend", &[]),
        ("delete", &[]),
        ("roles", &[("asked", "yes"), ("how", "set"), ("role[]", "viewer")]),
    ] {
        let fields = [("deed", deed), ("all", "yes"), ("search", "role:administrator")];
        let path = job(&mut lead, &world.acme, &[&fields[..], more].concat()).await;
        world.settle().await;
        lead.opens(&world.acme.url(&path)).await.sees("This will affect 0 of 1.").sees("Has rights that you lack");
        post(&mut lead, &world.acme, &format!("{path}/start"), &[]).await.answers(303);
        world.settle().await;
        lead.opens(&world.acme.url(&path)).await.sees("Not done: 1.").sees("Has rights that you lack");
    }
    // By the API, with somebody who comes to be above them between the look and the word.
    let rp = world.client_at(&world.acme, "tool", acting).await;
    let token = text(&rp.acts_for(&mut lead, &world.acme, &everything()).await, "access_token");
    let new = json!({ "deed": "lock", "members": [vera, wim] });
    let made = world.posts(&world.acme, "/jobs", &token, &new).await.done(201);
    assert_eq!(made["fitting"], 2);
    let raise = json!({ "roles": ["administrator"] });
    world.posts(&world.acme, &format!("/members/{wim}/roles"), &console, &raise).await.done(200);
    let at = format!("/jobs/{}", text(&made, "id"));
    world.posts(&world.acme, &format!("{at}/start"), &token, &json!({})).await.done(200);
    world.settle().await;
    let superior = world.gets(&world.acme, &format!("{at}/items?outcome=superior"), &token).await.done(200);
    assert_eq!((&superior["items"][0]["member"], superior["items"].as_array().unwrap().len()), (&json!(wim), 1));
    let locked = "SELECT COUNT(*) FROM member WHERE locked";
    assert_eq!(world.tenant_count(&world.acme, locked).await, 1, "the control: the other one is");
    let out = "SELECT COUNT(*) FROM member WHERE lifecycle <> 'active'";
    assert_eq!(world.tenant_count(&world.acme, out).await, 0);
    boss.opens(&world.acme.url("/members")).await.answers(200);
}

#[tokio::test]
async fn az_01_who_may_assign_roles_gives_nobody_more_than_they_have() {
    let (world, mut lead) = with_lead().await;
    let (_, console) = world.api_admin(&world.acme, "console").await;
    world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("tove", &world.acme, MemberState::ToReview, &[]).await;
    let [vera, tove] = [id_of(&mut lead, &world.acme, "vera").await, id_of(&mut lead, &world.acme, "tove").await];
    let own = id_of(&mut lead, &world.acme, "lead").await;
    let rp = world.client_at(&world.acme, "tool", acting).await;
    let token = text(&rp.acts_for(&mut lead, &world.acme, &everything()).await, "access_token");
    world.client_at(&world.acme, "robot", crate::api::serving).await;
    let roles = "SELECT COUNT(*) FROM member_role";
    let before = world.tenant_count(&world.acme, roles).await;
    // An editor may what a lead may not, too.
    for role in ["administrator", "editor"] {
        for id in [&vera, &own] {
            let answer = post(&mut lead, &world.acme, &format!("/members/{id}/roles"), &[("role[]", role)]).await;
            answer.answers(403).sees("One of these roles has rights that you lack");
            let body = json!({ "roles": [role] });
            let answer = world.posts(&world.acme, &format!("/members/{id}/roles"), &token, &body).await;
            answer.refuses(403, "out_of_reach");
        }
        let path = format!("/requests/{tove}/approve");
        post(&mut lead, &world.acme, &path, &[("role", role)]).await.answers(403);
        let body = json!({ "roles": [role] });
        let answer = world.posts(&world.acme, &format!("/members/{tove}/approve"), &token, &body).await;
        answer.refuses(403, "out_of_reach");
        let new = json!({ "given_name": "Nora", "family_name": "Doe", "email": "nora@people.test", "locale": "en", "roles": [role] });
        assert_eq!(world.posts(&world.acme, "/members", &token, &new).await.status, 403);
        let new = json!({ "name": "Back door", "client_id": "robot", "roles": [role] });
        assert_eq!(world.posts(&world.acme, "/service-accounts", &token, &new).await.status, 403);
        let fields = [("deed", "roles"), ("asked", "yes"), ("how", "add"), ("role[]", role), ("member[]", &*vera)];
        let path = job(&mut lead, &world.acme, &fields).await;
        post(&mut lead, &world.acme, &format!("{path}/start"), &[]).await.answers(303);
        world.settle().await;
        lead.opens(&world.acme.url(&path)).await.sees("Not done: 1.").sees("Role out of reach");
    }
    assert_eq!(world.tenant_count(&world.acme, roles).await, before);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM service_account").await, 0);
    // What they have, they give; and an administrator gives the rest.
    let both = [("role[]", "viewer"), ("role[]", "lead")];
    post(&mut lead, &world.acme, &format!("/members/{vera}/roles"), &both).await.answers(303);
    world
        .posts(&world.acme, &format!("/members/{vera}/roles"), &console, &json!({ "roles": ["editor"] }))
        .await
        .done(200);
    assert_eq!(world.tenant_count(&world.acme, roles).await, before + 2);
}
