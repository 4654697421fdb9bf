//! Profile fields that a tenant keeps (PP-16): a member's own, an administrator's view of them, and fields that are added.

use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{Person, World, text};

const VALUES: &str = "SELECT COUNT(*) FROM member_field";
const CHANGES: &str = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.fields_changed'";

async fn opens_member(admin: &mut Person, world: &World, name: &str) -> String {
    admin.opens(&world.acme.url("/members")).await.follows(name).await;
    admin.url.path().to_owned()
}

#[tokio::test]
async fn pp_16_a_member_fills_in_their_profile_and_an_administrator_sees_it() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    mina.enters(&world.acme).await.opens(&world.acme.url("/profile")).await;
    for label in ["Telephone", "Company", "Department", "Address", "Alternative address", "ZIP code", "City", "Country"]
    {
        mina.sees(label);
    }
    assert_eq!(mina.page.attribute("field.telephone", "autocomplete"), "tel");
    let new = [("field.telephone", "+43 316 1234"), ("field.company", "Hollis & Söhne"), ("field.city", "Graz")];
    mina.submits("save-fields", &new).await.is("/profile").sees("The profile is saved.");
    assert_eq!(mina.page.attribute("field.company", "value"), "Hollis & Söhne");
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 3);
    assert_eq!(world.tenant_count(&world.acme, CHANGES).await, 1);
    mina.submits("save-fields", &[]).await.is("/profile");
    assert_eq!(world.tenant_count(&world.acme, CHANGES).await, 1, "nothing changed, nothing told");
    // Too long: said beside the field, what was typed stays, nothing is kept.
    let long = "9".repeat(41);
    let wrong = [("field.telephone", &*long), ("field.city", "Wien")];
    mina.submits("save-fields", &wrong).await.answers(422).sees("At most 40 characters.");
    assert_eq!(mina.page.attribute("field.telephone", "value"), long);
    assert_eq!(mina.page.attribute("field.telephone", "aria-invalid"), "true");
    assert_eq!(mina.page.attribute("field.city", "value"), "Wien");
    assert_eq!(world.tenant_count(&world.acme, CHANGES).await, 1);
    opens_member(&mut admin, &world, "Mina Doe").await;
    let shown = admin.page.text_of("member-fields");
    assert!(shown.contains("+43 316 1234") && shown.contains("Hollis & Söhne") && shown.contains("Graz"), "{shown}");
    admin.sees("Profile changed");
    admin.clicks("edit-fields").await.sees("Profile of Mina Doe");
    assert_eq!(admin.page.attribute("field.telephone", "autocomplete"), "off");
    admin.submits("save", &[("field.department", "Press"), ("field.city", "")]).await.sees("The profile is saved.");
    let shown = admin.page.text_of("member-fields");
    assert!(shown.contains("Press") && !shown.contains("Graz"), "{shown}");
    // Which fields, and nothing of what stands in them.
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.fields_changed'
                  AND (detail LIKE '%Press%' OR detail LIKE '%316%' OR detail LIKE '%Hollis%')";
    assert_eq!(world.tenant_count(&world.acme, told).await, 0);
    // The other kind of tenant asks for nothing.
    let mut tess = world.member("tess", &world.studio, MemberState::Active, &["member"]).await;
    tess.enters(&world.studio).await.opens(&world.studio.url("/profile")).await.answers(200);
    assert!(!tess.page.has("save-fields"));
}

#[tokio::test]
async fn az_01_a_profile_takes_its_fields_and_nothing_else() {
    let world = World::new().await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let csrf = mina.enters(&world.acme).await.opens(&world.acme.url("/profile")).await.csrf();
    for (name, value) in [
        ("field.email", "else@people.test"),
        ("field.given_name", "Else"),
        ("field.locked", "false"),
        ("field.", "x"),
        ("city", "Graz"),
        ("email", "else@people.test"),
        ("role[]", "administrator"),
    ] {
        let form = [("csrf", &*csrf), ("field.city", "Graz"), (name, value)];
        let answer = mina.post(world.acme.url("/profile"), &form).await;
        answer.answers(400).sees("Nothing was changed");
    }
    assert_eq!(mina.post(world.acme.url("/profile"), &[("field.city", "Graz")]).await.status, 403, "WEB-05: no token");
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 0);
    // The control.
    mina.post(world.acme.url("/profile"), &[("csrf", &csrf), ("field.city", "Graz")]).await.answers(303);
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 1);
    // Somebody who waits fills in nothing yet, and nobody fills in others'.
    let mut waits = world.member("waits", &world.acme, MemberState::ToReview, &[]).await;
    let csrf_of_waits = waits.enters(&world.acme).await.opens(&world.acme.url("/profile")).await.csrf();
    assert!(!waits.page.has("save-fields"));
    let form = [("csrf", &*csrf_of_waits), ("field.city", "Graz")];
    waits.post(world.acme.url("/profile"), &form).await.answers(403);
    let mut admin = world.admin_of(&world.acme).await;
    let of_waits = opens_member(&mut admin, &world, "Waits Doe").await;
    mina.get(world.acme.url(&format!("{of_waits}/fields"))).await.answers(403);
    let form = [("csrf", &*csrf), ("field.city", "Graz")];
    mina.post(world.acme.url(&format!("{of_waits}/fields")), &form).await.answers(403);
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 1);
}

#[tokio::test]
async fn web_16_what_stands_in_a_profile_is_text_wherever_it_is_shown() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let script = "<script>alert(1)</script>\"'><img src=x>";
    mina.enters(&world.acme).await.opens(&world.acme.url("/profile")).await;
    mina.submits("save-fields", &[("field.company", script)]).await;
    assert_eq!(mina.page.attribute("field.company", "value"), script);
    opens_member(&mut admin, &world, "Mina Doe").await;
    assert!(admin.page.text_of("member-fields").contains(script));
    let shown = admin.page.clone();
    admin.clicks("edit-fields").await;
    let edited = admin.page.clone();
    admin.opens(&world.acme.url("/settings/fields")).await;
    admin.submits("add-field", &[("label", "<b>Bold</b><script>x</script>")]).await.sees("<b>Bold</b><script>");
    for page in [&mina.page, &shown, &edited, &admin.page] {
        assert_eq!(page.find("script:not([src]), main img[src=x], main b", |_| ()), None, "{page:?}");
    }
}

#[tokio::test]
async fn pp_31_what_is_kept_elsewhere_is_changed_there() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut kim = world.member("kim", &world.acme, MemberState::Active, &["viewer"]).await;
    let csrf = kim.enters(&world.acme).await.opens(&world.acme.url("/profile")).await.csrf();
    kim.submits("save-fields", &[("field.city", "Graz")]).await;
    world.tenant_change(&world.acme, "UPDATE member SET kept_by = 'Directory' WHERE given_name = 'Kim'").await;
    kim.opens(&world.acme.url("/profile")).await.sees("These are kept by Directory").sees("Graz");
    assert!(!kim.page.has("save-fields"));
    let form = [("csrf", &*csrf), ("field.city", "Wien")];
    kim.post(world.acme.url("/profile"), &form).await.answers(409);
    let path = opens_member(&mut admin, &world, "Kim Doe").await;
    assert!(admin.page.has("member-fields") && !admin.page.has("edit-fields"));
    let csrf = admin.csrf();
    let url = world.acme.url(&format!("{path}/fields"));
    admin.get(&url).await.answers(409);
    admin.post(&url, &[("csrf", &csrf), ("field.city", "Wien")]).await.answers(409);
    let vienna = "SELECT COUNT(*) FROM member_field WHERE value = 'Wien'";
    assert_eq!(world.tenant_count(&world.acme, vienna).await, 0);
    world.tenant_change(&world.acme, "UPDATE member SET kept_by = NULL WHERE given_name = 'Kim'").await;
    admin.post(&url, &[("csrf", &csrf), ("field.city", "Wien")]).await.answers(303);
    assert_eq!(world.tenant_count(&world.acme, vienna).await, 1, "the control");
}

#[tokio::test]
async fn pp_16_a_tenant_adds_a_field_and_requires_it() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    mina.enters(&world.acme).await;
    assert!(!mina.page.has("fill-in"));
    admin.opens(&world.acme.url("/settings/fields")).await.sees("Telephone");
    assert!(!admin.page.has("remove-telephone"), "the blueprint's own stay");
    admin.submits("add-field", &[("label", " ")]).await.answers(422).sees("A label of 1 to 60 characters.");
    admin.submits("add-field", &[("label", "telephone")]).await.answers(422).sees("There is a field of that name.");
    let new = [("label", "Cost centre"), ("required", "1")];
    admin.submits("add-field", &new).await.sees("The field is there.").sees("Required");
    // Whoever lacks it is asked for it, and is not kept out.
    mina.opens(&world.acme).await.is("/").sees("Your profile is not complete");
    mina.clicks("fill-in").await.is("/profile");
    mina.submits("save-fields", &[("field.city", "Graz")]).await.answers(422).sees("Please fill this in.");
    assert_eq!(mina.page.attribute("field.city", "value"), "Graz");
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 0);
    mina.submits("save-fields", &[("field.cost_centre", "4711")]).await.sees("The profile is saved.");
    mina.opens(&world.acme).await;
    assert!(!mina.page.has("fill-in"));
    // TN-02: neither tenant's administrator touches the other's.
    let mut owner = world.admin_of(&world.studio).await;
    let csrf = owner.opens(&world.studio.url("/settings/fields")).await.csrf();
    owner.page.sees_not("Cost centre");
    let foreign = owner.post(world.studio.url("/settings/fields/cost_centre/remove"), &[("csrf", &csrf)]).await;
    let nobodys = owner.post(world.studio.url("/settings/fields/no_such/remove"), &[("csrf", &csrf)]).await;
    assert_eq!((foreign.status, nobodys.status), (404, 404));
    let change = [("csrf", &*csrf), ("label", "Mine")];
    owner.post(world.studio.url("/settings/fields/cost_centre"), &change).await.answers(404);
    owner.get(world.studio.url("/settings/fields/cost_centre")).await.answers(404);
    let there = "SELECT COUNT(*) FROM tenant_field WHERE removed_at IS NULL";
    assert_eq!(world.tenant_count(&world.acme, there).await, 1);
    // Whoever may not write settings sees none of it.
    let csrf = mina.opens(&world.acme.url("/profile")).await.csrf();
    mina.get(world.acme.url("/settings/fields")).await.answers(403);
    mina.post(world.acme.url("/settings/fields"), &[("csrf", &csrf), ("label", "Mine")]).await.answers(403);
    let gone = world.acme.url("/settings/fields/cost_centre/remove");
    mina.post(&gone, &[("csrf", &csrf)]).await.answers(403);
    let other = world.acme.url("/settings/fields/cost_centre");
    mina.get(&other).await.answers(403);
    mina.post(&other, &[("csrf", &csrf), ("label", "Mine")]).await.answers(403);
    // It is called otherwise, and then not required any more: whoever lacks it is not asked.
    let mut nils = world.member("nils", &world.acme, MemberState::Active, &["viewer"]).await;
    assert!(nils.enters(&world.acme).await.page.has("fill-in"));
    admin
        .opens(&world.acme.url("/settings/fields"))
        .await
        .clicks("change-cost_centre")
        .await
        .is("/settings/fields/cost_centre");
    assert_eq!(admin.page.attribute("label", "value"), "Cost centre");
    admin.submits("save-field", &[("label", "Telephone")]).await.answers(422).sees("There is a field of that name.");
    assert_eq!(admin.page.attribute("label", "value"), "Telephone", "as it was typed");
    admin
        .submits("save-field", &[("label", "Kostenstelle")])
        .await
        .is("/settings/fields")
        .sees("The field is changed.");
    admin.page.sees("Kostenstelle").sees("Required").sees_not("Cost centre");
    let csrf = admin.csrf();
    let free = [("csrf", &*csrf), ("label", "Kostenstelle"), ("was_label", "Kostenstelle"), ("was_required", "1")];
    admin.post(&other, &free).await.answers(303);
    nils.opens(&world.acme).await;
    assert!(!nils.page.has("fill-in"));
    // Whoever had opened the form before, and changes the other thing, changes nothing back.
    let late = [("csrf", &*csrf), ("label", "Cost centre"), ("was_label", "Cost centre"), ("required", "1")];
    admin.post(&other, &late).await.answers(303);
    let both = "SELECT COUNT(*) FROM tenant_field WHERE label = 'Kostenstelle' AND required";
    assert_eq!(world.tenant_count(&world.acme, both).await, 1);
    mina.opens(&world.acme.url("/profile")).await.sees("Kostenstelle");
    assert_eq!(mina.page.attribute("field.cost_centre", "value"), "4711");
    for nobodys in ["telephone", "no_such"] {
        let url = world.acme.url(&format!("/settings/fields/{nobodys}"));
        admin.get(&url).await.answers(404);
        let csrf = admin.csrf();
        admin.post(&url, &[("csrf", &csrf), ("label", "Mine")]).await.answers(404);
    }
    admin.opens(&world.acme.url("/settings/fields")).await;
    admin.submits("remove-cost_centre", &[]).await.sees("The field is removed.");
    assert_eq!(world.tenant_count(&world.acme, there).await, 0);
    mina.opens(&world.acme.url("/profile")).await.page.sees_not("Cost centre");
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 2, "what stood in it is erased with its member");
    admin.opens(&world.acme.url("/audit?action=field.added")).await.sees("Added a profile field");
}

#[tokio::test]
async fn pp_16_the_api_reads_and_changes_profile_fields() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let path = format!("/members/{bob}/fields");
    let new = json!({ "fields": { "company": "Acme", "city": "Graz" } });
    let done = world.posts(&world.acme, &path, &token, &new).await.done(200);
    assert_eq!((&done["changed"], &done["member"]["fields"]), (&json!(true), &new["fields"]));
    let again = world.posts(&world.acme, &path, &token, &new).await.done(200);
    assert_eq!(again["changed"], json!(false));
    let emptied = json!({ "fields": { "city": "" } });
    world.posts(&world.acme, &path, &token, &emptied).await.done(200);
    let shown = world.gets(&world.acme, &format!("/members/{bob}"), &token).await.done(200);
    assert_eq!(shown["fields"], json!({ "company": "Acme" }), "what is not named stays");
    let listed = world.gets(&world.acme, "/members?q=bob", &token).await.done(200);
    assert_eq!(listed["members"][0].get("fields"), None);
    for fields in [json!({ "email": "x" }), json!({ "zip": "9".repeat(21) }), json!({ "city": null }), json!([])] {
        let body = json!({ "fields": fields });
        let refused = world.posts(&world.acme, &path, &token, &body).await;
        assert!(!text(&refused.refuses(422, "invalid_body").json(), "detail").is_empty());
    }
    let (mut viewer, rp) = (
        world.member("vera", &world.acme, MemberState::Active, &["support"]).await,
        world.client_at(&world.acme, "narrow", crate::api::acting).await,
    );
    viewer.enters(&world.acme).await;
    let theirs = text(&rp.acts_for(&mut viewer, &world.acme, "members:read members:write").await, "access_token");
    world.posts(&world.acme, &path, &theirs, &new).await.refuses(403, "forbidden");
    world.tenant_change(&world.acme, "UPDATE member SET kept_by = 'Directory' WHERE given_name = 'Bob'").await;
    world.posts(&world.acme, &path, &token, &new).await.refuses(409, "kept_elsewhere");
    let value = "SELECT COUNT(*) FROM member_field WHERE value = 'Graz'";
    assert_eq!(world.tenant_count(&world.acme, value).await, 0);
}

/// What was written about an invited person stays when they turn out to be here already.
#[tokio::test]
async fn pp_16_a_profile_goes_over_to_whoever_accepts_the_invitation() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.sign_up("alice").await;
    let office = world.stranger("alice.office");
    let invited = world.invites(&mut admin, &world.acme, &office, &["supplier"]).await;
    admin.clicks("edit-fields").await.submits("save", &[("field.company", "Hollis")]).await.is(&invited);
    let link = world.invitation_link(&office).await;
    alice.opens(&link).await.submits("accept", &[]).await.is("/").sees("Supplier");
    alice.opens(&world.acme.url("/profile")).await;
    assert_eq!(alice.page.attribute("field.company", "value"), "Hollis");
    let merged = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.merged'";
    assert_eq!(world.tenant_count(&world.acme, merged).await, 1);
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 1);
}
