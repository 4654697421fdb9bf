//! Profile fields in an export, and in a file that is imported (PP-16).

use tenant::members::MemberState;

use super::{FORM, MEMBERS, imports, looks, numbers};
use crate::harness::World;

const VALUES: &str = "SELECT COUNT(*) FROM member_field WHERE value <> ''";

#[tokio::test]
async fn pp_16_an_export_carries_profile_fields_and_comes_back_in_unchanged() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    admin.opens(&world.acme.url("/settings/fields")).await;
    admin.submits("add-field", &[("label", "Cost centre")]).await.sees("The field is there.");
    admin.submits("add-field", &[("label", "Badge")]).await.sees("The field is there.");
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut lars = world.member("lars", &world.acme, MemberState::Active, &["viewer"]).await;
    let evil = "=HYPERLINK(\"http://evil.test\"); '+1";
    let of_mina = [("field.company", evil), ("field.cost_centre", "4711, \"north\""), ("field.badge", "B-1")];
    for (who, fields) in [(&mut mina, &of_mina[..]), (&mut lars, &[("field.city", "Größe 🏳️‍🌈 'Hooft")])] {
        who.enters(&world.acme).await.opens(&world.acme.url("/profile")).await;
        who.submits("save-fields", fields).await.sees("The profile is saved.");
    }
    admin.opens(&world.acme.url("/settings/fields")).await.submits("remove-badge", &[]).await;
    let count = world.tenant_count(&world.acme, MEMBERS).await;
    let csv = admin.get(world.acme.url("/members/export.csv")).await.body;
    let head = csv.lines().next().unwrap();
    assert!(
        head.ends_with(
            "last_sign_in,field.telephone,field.company,field.department,field.address,\
        field.alternative_address,field.zip,field.city,field.country,field.cost_centre"
        ),
        "{head}"
    );
    assert!(csv.contains("\"'=HYPERLINK(\"\"http://evil.test\"\");' '+1\""), "a spreadsheet takes it for text: {csv}");
    let json = admin.get(world.acme.url("/members/export.jsonl")).await.body;
    let line = json.lines().find(|line| line.contains(&mina.email)).unwrap();
    let said: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(said["fields"], serde_json::json!({ "company": evil, "cost_centre": "4711, \"north\"" }));
    assert!(!csv.contains("B-1") && !json.contains("B-1"), "a field that was removed is not told");

    let written = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.fields_changed'";
    for file in [&csv, &json] {
        let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
        let page = admin.opens(&world.acme.url(&path)).await;
        assert_eq!(numbers(page), [0, 0, count, 0], "{}", page.text());
        assert!(!page.has("ignored") && !page.has("start"));
    }
    assert_eq!(world.tenant_count(&world.acme, written).await, 2, "as they themselves wrote");

    // Both formats bring the same into a tenant where nobody of them is; what it does not have is told.
    for file in [&csv, &json] {
        let elsewhere = World::new().await;
        let mut boss = elsewhere.admin_of(&elsewhere.acme).await;
        let path = looks(&elsewhere, &mut boss, &elsewhere.acme, false, file.as_bytes()).await;
        boss.opens(&elsewhere.acme.url(&path))
            .await
            .sees("field.cost_centre: There is no profile field “cost_centre”.");
        assert_eq!(numbers(&boss.page), [1, 0, 1, 1], "{}", boss.text());
        boss.opens(&elsewhere.acme.url("/settings/fields"))
            .await
            .submits("add-field", &[("label", "Cost centre")])
            .await;
        let path = looks(&elsewhere, &mut boss, &elsewhere.acme, false, file.as_bytes()).await;
        imports(&elsewhere, &mut boss, &elsewhere.acme, &path).await;
        assert_eq!(numbers(boss.opens(&elsewhere.acme.url(&path)).await), [2, 0, 1, 0], "{}", boss.text());
        assert_eq!(elsewhere.tenant_count(&elsewhere.acme, VALUES).await, 3);
        let there = boss.get(elsewhere.acme.url("/members/export.jsonl")).await.body;
        let line = there.lines().find(|line| line.contains(&mina.email)).unwrap();
        let again: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(again["fields"], said["fields"]);
    }
}

#[tokio::test]
async fn pp_16_a_file_fills_in_profile_fields_and_says_what_does_not_fit() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for name in ["mina", "lars", "fed", "kept"] {
        world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
    }
    // Of a provider that nobody knows any more, everything is owned (PP-07).
    world.tenant_change(&world.acme, "UPDATE member SET provider = 'corp' WHERE given_name = 'Fed'").await;
    world.tenant_change(&world.acme, "UPDATE member SET kept_by = 'Directory' WHERE given_name = 'Kept'").await;
    let csv = format!(
        "email;field.city;Field.ZIP;field.shoe\r\nmina@people.test;Graz;8010;\r\nlars@people.test;Linz;{};\r\n\
         fed@people.test;Wels;;\r\nkept@people.test;Ried;;\r\nnew@people.test;Enns;;41\r\n",
        "9".repeat(21)
    );
    let json = "{\"email\":\"mina@people.test\",\"fields\":{\"city\":\"Wien\",\"zip\":null}}\n\
        {\"email\":\"lars@people.test\",\"field.city\":\"Linz\"}\n\
        {\"email\":\"new@people.test\",\"fields\":{\"city\":\"Enns\",\"zip\":7}}\n\
        {\"email\":\"odd@people.test\",\"fields\":{\"city\":\"Enns\"},\"field.city\":\"Ried\"}\n";
    let city = |city: &'static str| {
        let sql = format!("SELECT COUNT(*) FROM member_field WHERE key = 'city' AND value = '{city}'");
        &*Box::leak(sql.into_boxed_str())
    };
    let path = looks(&world, &mut admin, &world.acme, false, csv.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await.sees("field.zip: At most 20 characters.");
    admin.sees("field.city: corp owns this.").sees("field.shoe: There is no profile field “shoe”.");
    assert_eq!(numbers(&admin.page), [0, 1, 0, 4], "{}", admin.text());
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 0, "nothing is done");
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 2);
    assert_eq!(world.tenant_count(&world.acme, city("Graz")).await, 1);
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.fields_changed' AND detail NOT LIKE '%Graz%'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 1, "which fields, and not what stands in them");

    let path = looks(&world, &mut admin, &world.acme, false, json.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await.sees("field.zip: A text belongs here.").sees("This is said twice.");
    assert_eq!(numbers(&admin.page), [0, 2, 0, 2], "{}", admin.text());
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(world.tenant_count(&world.acme, VALUES).await, 3, "what is empty stays as it is");
    for (name, number) in [("Wien", 1), ("Linz", 1), ("Graz", 0), ("Wels", 0), ("Ried", 0)] {
        assert_eq!(world.tenant_count(&world.acme, city(name)).await, number, "{name}");
    }
    admin.opens(&world.acme.url("/members?q=mina")).await.follows("Mina Doe").await;
    assert!(admin.page.text_of("member-fields").contains("Wien"));
    admin.opens(&world.acme.url(FORM)).await.sees("field.alternative_address");
}
