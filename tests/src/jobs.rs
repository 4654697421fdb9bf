//! Deeds done to many, as an administrator does them: from the list of members to the job and back.

mod deeds;
mod details;
pub mod superiors;

use tenant::members::MemberState;

use crate::harness::{Person, Place, World};

impl World {
    /// Some members of Acme, by name.
    async fn crowd(&self, names: &[&str], state: MemberState, roles: &[&str]) {
        for name in names {
            self.member(name, &self.acme, state, roles).await;
        }
    }
}

/// Posts to a page of that place with its token.
async fn post(who: &mut Person, at: &Place, path: &str, fields: &[(&str, &str)]) -> crate::harness::Page {
    let csrf = who.opens(&at.url("/profile")).await.csrf();
    let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
    who.post(&at.url(path), &fields).await
}

/// The job that a post led to.
async fn job(who: &mut Person, at: &Place, fields: &[(&str, &str)]) -> String {
    let made = post(who, at, "/jobs", fields).await;
    made.location().expect("a job was made").path().to_owned()
}

/// The id of a member, as the list of members leads to it.
async fn id_of(who: &mut Person, at: &Place, name: &str) -> String {
    let mut name = format!("{name} Doe");
    name[..1].make_ascii_uppercase();
    who.opens(&at.url("/members")).await.follows(&name).await;
    who.url.path().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn pp_08_everybody_who_fits_is_locked_by_one_job_and_unlocked_by_its_undoing() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut one = world.member("one", &world.acme, MemberState::Active, &["supplier"]).await;
    one.enters(&world.acme).await.sees("Your role here");
    world.crowd(&["two", "three"], MemberState::Active, &["supplier"]).await;
    world.crowd(&["four"], MemberState::Locked, &["supplier"]).await;
    world.crowd(&["other"], MemberState::Active, &["viewer"]).await;
    let list = admin.opens(&world.acme.url("/members?role=supplier")).await;
    assert!(
        list.has("bulk-lock") && list.has("bulk-delete") && list.has("bulk-roles"),
        "what can be done to a selection"
    );
    let path = job(&mut admin, &world.acme, &[("deed", "lock"), ("all", "yes"), ("search", "role:supplier")]).await;
    world.settle().await;
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("This will affect 3 of 4.").sees("So already");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE locked").await, 1, "nothing yet");
    post(&mut admin, &world.acme, &format!("{path}/start"), &[]).await.answers(303);
    world.settle().await;
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("Changed: 3. So already: 1. Not done: 0.").sees("1 So already");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE locked").await, 4);
    one.opens(&world.acme.url("/")).await.sees_not("Your role here");

    let report = admin.get(world.acme.url(&format!("{path}/report.csv"))).await;
    assert_eq!(report.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(report.body.matches(",changed").count(), 3, "{}", report.body);
    let undo = post(&mut admin, &world.acme, &format!("{path}/undo"), &[]).await.location().unwrap();
    let undo = undo.path().to_owned();
    world.settle().await;
    post(&mut admin, &world.acme, &format!("{undo}/start"), &[]).await.answers(303);
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE locked").await, 1, "as before");
}

#[tokio::test]
async fn az_01_whoever_lacks_the_permission_makes_no_job_and_starts_no_others() {
    let world = World::new().await;
    let mut owner = world.admin_of(&world.acme).await;
    let mut editor = world.member("editor", &world.acme, MemberState::Active, &["editor"]).await;
    editor.enters(&world.acme).await;
    for deed in ["lock", "delete", "roles", "approve"] {
        let refused =
            post(&mut editor, &world.acme, "/jobs", &[("deed", deed), ("all", "yes"), ("asked", "yes")]).await;
        refused.answers(403);
    }
    // The same from somebody who may.
    let path = job(&mut owner, &world.acme, &[("deed", "lock"), ("all", "yes"), ("search", "role:editor")]).await;
    world.settle().await;
    post(&mut editor, &world.acme, &format!("{path}/start"), &[]).await.answers(403);
    post(&mut owner, &world.acme, &format!("{path}/start"), &[]).await.answers(303);
}

#[tokio::test]
async fn az_01_unknown_fields_and_deeds_are_refused() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for fields in [
        &[("deed", "lock"), ("all", "yes"), ("made_by", "somebody")][..],
        &[("deed", "exchange"), ("all", "yes")],
        &[("deed", "purge"), ("all", "yes")],
        &[("deed", "lock"), ("all", "yes"), ("search", "isNonsense:true")],
        &[("deed", "lock")],
        &[("deed", "roles"), ("all", "yes"), ("asked", "yes"), ("role[]", "no-such-role")],
        &[("deed", "reject"), ("all", "yes"), ("asked", "yes"), ("reason", " ")],
    ] {
        let answer = post(&mut admin, &world.acme, "/jobs", fields).await;
        assert!(matches!(answer.status, 400 | 422), "{fields:?}: {}", answer.status);
    }
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM batch").await, 0);
    job(&mut admin, &world.acme, &[("deed", "lock"), ("all", "yes"), ("search", "")]).await;
}

#[tokio::test]
async fn pp_13_deleting_asks_first_and_can_be_taken_back_on_the_members_page() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows(&mina.name()).await;
    let path = admin.url.path().to_owned();
    admin.opens(&world.acme.url(&format!("{path}/delete"))).await.sees("For 30 days you can bring them back");
    post(&mut admin, &world.acme, &format!("{path}/delete"), &[]).await.answers(303);
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("They can be brought back.");
    assert_eq!(page.text_of("member-state"), "Inactive", "the blueprint's own word");
    assert!(page.has("reactivate") && !page.has("lock") && !page.has("delete"));
    post(&mut admin, &world.acme, &format!("{path}/lock"), &[]).await.answers(409).sees("They are deleted.");
    // What can't be is not asked about: neither once more, nor of oneself.
    admin.get(world.acme.url(&format!("{path}/delete"))).await.answers(409);
    let name = admin.name();
    let own = admin.opens(&world.acme.url("/members")).await.follows(&name).await.url.path().to_owned();
    admin.get(world.acme.url(&format!("{own}/delete"))).await.answers(403);
    post(&mut admin, &world.acme, &format!("{path}/reactivate"), &[]).await.answers(303);
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("Brought back");
    assert!(page.has("lock"));
}

#[tokio::test]
async fn pd_05_a_studio_deletes_for_good_says_so_by_mail_and_has_nobody_nameless_on_its_lists() {
    let world = World::new().await;
    let (mut owner, token) = world.api_admin(&world.studio, "console").await;
    let mina = world.member("mina", &world.studio, MemberState::Active, &["member"]).await;
    let nils = world.member("nils", &world.studio, MemberState::Active, &["member"]).await;
    owner.opens(&world.studio.url("/members")).await.follows(&mina.name()).await;
    let path = owner.url.path().to_owned();
    owner.clicks("delete").await.sees("erased now, for good").sees("They get a mail.");
    owner.submits("delete", &[]).await.is(&path).sees("No name");
    owner.page.sees_not("Mina").sees_not(&mina.email);
    let mails = world.mails_to(&mina.email).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].letter.subject.starts_with("You are no longer part of"), "{:?}", mails[0].letter.subject);
    for (left, sql) in [
        (
            1,
            "SELECT COUNT(*) FROM member WHERE lifecycle = 'purged' AND email = '' AND given_name = '' AND family_name = ''",
        ),
        (0, "SELECT COUNT(*) FROM member WHERE given_name = 'Mina'"),
        (0, "SELECT COUNT(*) FROM member_word w JOIN member m ON m.id = w.member_id WHERE m.lifecycle = 'purged'"),
        (2, "SELECT COUNT(*) FROM member_role"),
    ] {
        assert_eq!(world.tenant_count(&world.studio, sql).await, left, "{sql}");
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM membership WHERE state = 'deleted'").await, 1);

    // The page, the API and everybody who fits: nobody without a name, and the number is right.
    owner.opens(&world.studio.url("/members")).await.sees(&nils.name()).sees_not("No name");
    assert_eq!(owner.text_of("total"), "2");
    assert!(!owner.body.contains("aria-label=\"\""));
    let listed = world.gets(&world.studio, "/members", &token).await.done(200);
    let names: Vec<&str> =
        listed["members"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.len() == 2 && names.contains(&nils.name().as_str()) && !names.contains(&""), "{names:?}");
    assert_eq!(listed["total"], 2);
    job(&mut owner, &world.studio, &[("deed", "lock"), ("all", "yes"), ("search", "")]).await;
    world.settle().await;
    assert_eq!(world.tenant_count(&world.studio, "SELECT items FROM batch").await, 2);
    let file = owner.get(world.studio.url("/members/export.csv")).await;
    assert_eq!(file.body.lines().count(), 3, "{}", file.body);

    // Where they are asked for, there they are.
    owner.opens(&world.studio.url("/members?q=lifecycle:purged")).await.follows("No name").await.is(&path);
    assert_eq!(owner.text_of("axis-lifecycle"), "Erased");
    let erased = world.gets(&world.studio, "/members?lifecycle=purged", &token).await.done(200);
    assert_eq!((erased["members"].as_array().unwrap().len(), &erased["total"]), (1, &serde_json::json!(1)));
    assert!(path.ends_with(erased["members"][0]["id"].as_str().unwrap()));
}

#[tokio::test]
async fn pp_05_roles_are_changed_on_the_members_page() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows(&mina.name()).await;
    let path = admin.url.path().to_owned();
    admin.opens(&world.acme.url(&format!("{path}/roles"))).await.sees("Roles of");
    let fields = [("role[]", "editor"), ("role[]", "supplier")];
    post(&mut admin, &world.acme, &format!("{path}/roles"), &fields).await.answers(303);
    let page = admin.opens(&world.acme.url(&path)).await;
    let held = page.text_of("member-roles");
    assert!(held.contains("Editor") && held.contains("Supplier") && !held.contains("Viewer"), "{held}");
    post(&mut admin, &world.acme, &format!("{path}/roles"), &[("role[]", "owner")]).await.answers(422);
}

#[tokio::test]
async fn pp_04_the_list_is_a_file_that_a_spreadsheet_takes_for_text() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one", "two"], MemberState::Active, &["supplier"]).await;
    world.crowd(&["other"], MemberState::Locked, &["viewer"]).await;
    let evil = tenant_server::SeedMember {
        subject: Some("evil".into()),
        email: "evil@people.test".into(),
        given_name: "=HYPERLINK(\"http://evil.test\")".into(),
        family_name: "+1".into(),
        locale: "en".into(),
        state: MemberState::Active,
        roles: vec!["supplier".into()],
        reason: None,
    };
    world.tenants.seed_member("acme", evil).await.unwrap();
    let file = admin.get(world.acme.url("/members/export.csv?role=supplier")).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.body.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{}", file.body);
    assert!(lines[0].starts_with("id,given_name,family_name,email"));
    assert!(file.body.contains("\"'=HYPERLINK(\"\"http://evil.test\"\")\",'+1,evil@people.test"), "{}", file.body);
    assert!(!file.body.contains("Other"), "whoever does not fit is not in it");
    let exports = "SELECT COUNT(*) FROM audit_entry WHERE action = 'members.exported'";
    assert_eq!(world.tenant_count(&world.acme, exports).await, 1);
    let mut viewer = world.member("viewer", &world.acme, MemberState::Active, &["viewer"]).await;
    viewer.enters(&world.acme).await;
    viewer.get(world.acme.url("/members/export.csv")).await.answers(403);
}
