//! What the log tells beside the bare action: which roles, field, version and job (PP-17).

use audit::{Actor, Entry};
use serde_json::json;
use store::uuid::Uuid;
use tenant::blueprint::{Granted, Label, Role};
use tenant::members::MemberState;

use crate::harness::{DAY, Person, World, text, words};
use crate::terms::publishes;

/// The newest entry of an action, as the log tells it.
async fn newest(who: &mut Person, world: &World, action: &str) -> String {
    who.opens(&world.acme.url(&format!("/audit?action={action}"))).await.answers(200);
    who.page.find("#audit li p", words).unwrap_or_else(|| panic!("no {action}: {:?}", who.page))
}

#[tokio::test]
async fn pp_17_the_log_says_which_roles_were_given_and_taken() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("ria", &world.acme, MemberState::ToReview, &[]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let ria = world.id_by_api(&world.acme, "ria", &token).await;
    for (how, roles, told) in [
        ("add", json!(["editor"]), "Role Editor given"),
        ("remove", json!(["editor", "viewer"]), "Roles Editor, Viewer taken away"),
        ("set", json!(["viewer"]), "Role Viewer given"),
        ("set", json!(["supplier"]), "Roles changed (Supplier given, Viewer taken away)"),
    ] {
        let body = json!({ "how": how, "roles": roles });
        world.posts(&world.acme, &format!("/members/{bob}/roles"), &token, &body).await.done(200);
        assert_eq!(newest(&mut admin, &world, "member.roles_changed").await, format!("{told}: Bob Doe"));
        admin.opens(&world.acme.url(&format!("/members/{bob}"))).await;
        assert!(admin.text_of("timeline").contains(told), "{told}: {:?}", admin.page);
    }
    let approve = json!({ "roles": ["viewer", "editor"] });
    world.posts(&world.acme, &format!("/members/{ria}/approve"), &token, &approve).await.done(200);
    assert_eq!(newest(&mut admin, &world, "member.approved").await, "Approved as Editor, Viewer: Ria Doe");
    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["viewer"] });
    world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    let told = newest(&mut admin, &world, "service_account.created").await;
    assert_eq!(told, "Let a service account in as Viewer: Payroll");
    // In German.
    admin.opens(&world.acme.url(&format!("/audit?member={bob}&ui_locales=de"))).await;
    admin.sees("Rollen geändert (Zulieferung gegeben, Betrachtung genommen): Bob Doe");
}

#[tokio::test]
async fn pp_17_the_log_says_which_profile_field_and_which_version_of_the_terms() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let fields = world.acme.url("/settings/fields");
    admin.opens(&fields).await.submits("add-field", &[("label", "Cost centre")]).await;
    assert_eq!(newest(&mut admin, &world, "field.added").await, "Added the profile field “Cost centre”");
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let values = json!({ "fields": { "cost_centre": "4711", "company": "Acme" } });
    world.posts(&world.acme, &format!("/members/{bob}/fields"), &token, &values).await.done(200);
    let told = newest(&mut admin, &world, "member.fields_changed").await;
    assert_eq!(told, "Profile changed (Company, Cost centre): Bob Doe");
    assert!(!admin.text_of("audit").contains("4711"), "not what stands in it");
    let field = world.acme.url("/settings/fields/cost_centre");
    admin.opens(&field).await.submits("save-field", &[("required", "1")]).await;
    assert_eq!(newest(&mut admin, &world, "field.changed").await, "Changed the profile field “Cost centre”");
    admin.opens(&field).await.submits("save-field", &[("label", "Unit")]).await;
    let told = newest(&mut admin, &world, "field.changed").await;
    assert_eq!(told, "Renamed the profile field “Cost centre” to “Unit”");
    admin.opens(&fields).await.submits("remove-cost_centre", &[]).await;
    assert_eq!(newest(&mut admin, &world, "field.removed").await, "Removed the profile field “Unit”");
    // A field that is gone has its key alone.
    let told = newest(&mut admin, &world, "member.fields_changed").await;
    assert_eq!(told, "Profile changed (Company, cost_centre): Bob Doe");

    publishes(&mut admin, &world, "privacy", "We keep nothing.", false).await;
    publishes(&mut admin, &world, "privacy", "We keep little.", true).await;
    admin.opens(&world.acme.url("/")).await.submits("accept", &[]).await;
    assert_eq!(newest(&mut admin, &world, "terms.published").await, "Published Privacy policy, version 2");
    assert_eq!(newest(&mut admin, &world, "terms.accepted").await, "Accepted Privacy policy, version 2");
}

#[tokio::test]
async fn pp_17_the_log_leads_to_the_job_and_the_import_while_they_can_be_looked_at() {
    let auditor = |permissions: &[&str]| {
        let label = Label { en: "Auditor".to_owned(), de: "Revision".to_owned() };
        let permissions = permissions.iter().map(|it| (*it).to_owned()).collect();
        let (key, about) = ("auditor".to_owned(), label.clone());
        Role { key, label, about, granted: Granted::ByHand, permissions, support: false }
    };
    let world = World::with(|blueprint| blueprint.roles.push(auditor(&["audit.view"]))).await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("eve", &world.acme, MemberState::Locked, &["viewer"]).await;
    let mut reader = world.member("rita", &world.acme, MemberState::Active, &["auditor"]).await;
    reader.enters(&world.acme).await;
    let mut members = Vec::new();
    for name in ["bob", "eve"] {
        members.push(world.id_by_api(&world.acme, name, &token).await);
    }
    let body = json!({ "deed": "lock", "members": members });
    let job = text(&world.posts(&world.acme, "/jobs", &token, &body).await.done(201), "id");
    world.posts(&world.acme, &format!("/jobs/{job}/start"), &token, &json!({})).await.done(200);
    world.settle().await;
    let file = "email,roles\nnew@people.test,viewer\nno address,viewer\n";
    let import = world.files(&world.acme, "/imports", &token, "text/csv", file).await.done(201);
    let import = text(&import, "id");
    world.settle().await;
    world.posts(&world.acme, &format!("/imports/{import}/start"), &token, &json!({})).await.done(200);
    world.settle().await;
    let (job, import) = (format!("/jobs/{job}"), format!("/members/import/{import}"));
    admin.get(world.acme.url(&format!("{job}/report.csv"))).await.answers(200);
    admin.get(world.acme.url(&format!("{import}/report.csv"))).await.answers(200);

    let told = [
        ("batch.started", "Started a job", "Lock members (2)", &job),
        ("batch.done", "Finished a job", "Lock members (1 of 2 changed)", &job),
        ("batch.reported", "Took the report of a job along", "Lock members (2)", &job),
        ("import.received", "Uploaded a file of members", "2 lines", &import),
        ("import.started", "Started an import", "2 lines, 1 new, 0 to be changed", &import),
        ("import.done", "Finished an import", "1 new, 0 changed, 0 let back in, 0 so already, 1 not done", &import),
        ("import.reported", "Took the report of an import along", "2 lines", &import),
    ];
    let links =
        |who: &Person| who.page.every("#audit li p:first-child a", |a| a.value().attr("href").unwrap().to_owned());
    for (action, sentence, what, path) in told {
        assert_eq!(newest(&mut admin, &world, action).await, format!("{sentence}: {what}"));
        assert_eq!(links(&admin).as_slice(), std::slice::from_ref(path), "{action}");
        // Whoever may read the log and not the jobs reads the same, and is led nowhere.
        assert_eq!(newest(&mut reader, &world, action).await, format!("{sentence}: {what}"));
        assert_eq!(links(&reader), [] as [String; 0], "{action}");
        reader.get(world.acme.url(path)).await.answers(403);
    }
    // Nor to members, whom they may not look at.
    for (who, to) in [(&mut admin, vec![format!("/members/{}", members[0])]), (&mut reader, Vec::new())] {
        assert_eq!(newest(who, &world, "member.locked").await, "Locked: Bob Doe");
        assert_eq!(links(who), to);
    }
    // What is swept is told all the same.
    world.passes(366 * DAY);
    let of_acme = world.tenant_store(&world.acme).await.for_tenant(world.acme.id());
    while tenant::housekeeping::sweep(&of_acme, world.ambient.now()).await.unwrap() {}
    admin.enters(&world.acme).await;
    for (action, sentence, what, path) in told {
        assert_eq!(newest(&mut admin, &world, action).await, format!("{sentence}: {what}"));
        assert_eq!(links(&admin), [] as [String; 0], "{action}");
        admin.get(world.acme.url(path)).await.answers(404);
    }
}

/// Writes an entry as somebody did, or did once.
async fn writes(world: &World, entry: Entry) {
    let store = world.tenant_store(&world.acme).await.for_tenant(world.acme.id());
    let write = store.write::<_, _, store::StoreError, _>(entry, |mut tx, entry| {
        Box::pin(async move { audit::record(&mut tx, entry).await })
    });
    write.await.unwrap();
}

#[tokio::test]
async fn pp_17_entries_tell_what_stands_in_them_and_old_ones_their_plain_sentence() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let bob = Uuid::from_u128(7);
    let id = bob.to_string();
    let role = json!({ "role": "viewer" });
    for (action, kind, id, detail, told) in [
        ("batch.done", "batch", &*id, json!({ "changed": 1, "unchanged": 0 }), "Finished a job"),
        ("batch.reported", "", "", json!({}), "Took the report of a job along"),
        ("import.received", "import", &id, json!({}), "Uploaded a file of members"),
        ("import.started", "import", &id, json!({ "lines": "x" }), "Started an import"),
        // What is gone has its key.
        ("field.removed", "field", "cost_centre", json!({}), "Removed the profile field “cost_centre”"),
        ("member.roles_changed", "member", &id, json!({ "given": ["curator"] }), "Role curator given"),
        ("terms.published", "no_kind", "x", json!({}), "Published terms"),
        ("terms.accepted", "member", &id, json!({}), "Accepted terms"),
        ("member.approved", "member", &id, json!({}), "Approved"),
        ("member.approved", "member", &id, role.clone(), "Approved as Viewer"),
        ("member.fields_changed", "member", &id, json!({ "fields": [] }), "Profile changed"),
        ("member.invited", "member", &id, json!({ "roles": 7 }), "Invited"),
        ("member.invited", "member", &id, json!({ "roles": ["viewer"] }), "Invited as Viewer"),
        ("member.imported", "member", &id, json!({ "roles": ["viewer"] }), "Imported from a file as Viewer"),
        (
            "member.role_not_given",
            "member",
            &id,
            role,
            "The role Viewer was not given: whoever chose it may not give it any more",
        ),
        (
            "newcomers.provider_set",
            "tenant",
            &id,
            json!({ "from": "platform", "to": "contoso" }),
            "New members come in by contoso from then on",
        ),
        (
            "newcomers.provider_set",
            "tenant",
            &id,
            json!({ "from": "contoso", "to": "platform" }),
            "New members come in by an account of their own from then on",
        ),
        ("session.refused", "member", &id, json!({ "why": "locked" }), "Was refused at the door"),
    ] {
        let entry = Entry::new(&world.ambient, Actor::System, action).detail(detail);
        writes(&world, if kind.is_empty() { entry } else { entry.on(kind, id) }).await;
        let about = if kind == "member" { format!(": {bob}") } else { String::new() };
        assert_eq!(newest(&mut admin, &world, action).await, format!("{told}{about}"), "{action}");
    }
    assert!(admin.text_of("audit").contains("They are locked."), "and why: {:?}", admin.page);
    // A client of which nothing is known stands there as it was written.
    let lost = Actor::Client("lost".to_owned());
    writes(&world, Entry::new(&world.ambient, lost, "member.locked").on("member", bob)).await;
    newest(&mut admin, &world, "member.locked").await;
    assert!(admin.text_of("audit").contains("lost") && !admin.text_of("audit").contains("Service account"));
}
