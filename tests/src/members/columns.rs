//! Which columns the list of members shows (PP-04).

use tenant::members::MemberState;

use crate::harness::{Person, World, words};

#[tokio::test]
async fn pp_04_columns_are_chosen_and_live_in_the_address_and_in_views() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["support"]).await;
    viewer.signs_in(&world).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Locked, &["supplier"]).await;
    world.tenant_change(&world.acme, "UPDATE member SET provider = 'corp' WHERE given_name = 'Mina'").await;
    world
        .tenant_change(
            &world.acme,
            "INSERT INTO member_field (tenant_id, member_id, key, value)
             SELECT tenant_id, id, 'city', '<b>Graz</b>' FROM member WHERE given_name = 'Mina'",
        )
        .await;
    mina.email = "mina@people.test".into();
    let heads = |who: &Person| who.page.find("#members thead", words).unwrap();
    admin.opens(&world.acme.url("/members")).await.sees(&mina.email);
    assert_eq!(heads(&admin), "Name State Roles Last sign-in");
    assert!(admin.has("columns-menu") && admin.has("apply-columns"));
    // As the form sends it, with a search and a filter; the address comes out in one spelling.
    let sent = "/members?q=&locked=true&columns=name&columns=roles&columns=created&columns=field.city&columns=provider";
    admin.opens(&world.acme.url(sent)).await.sees("<b>Graz</b>").sees("corp").sees_not(&mina.email);
    assert_eq!(admin.url.query(), Some("locked=true&columns=roles+provider+created+field.city"));
    assert_eq!(heads(&admin), "Name Roles Provider Created City");
    assert_eq!(admin.page.find("#members b", |_| ()), None, "foreign text is text");
    let ticked = "#columns-menu input[type=checkbox][checked]";
    assert_eq!(admin.page.find(ticked, |tick| tick.value().attr("value").unwrap().to_owned()).unwrap(), "roles");
    let without = admin.page.find(".chip a", |a| a.value().attr("href").unwrap().to_owned()).unwrap();
    assert_eq!(without, "/members?columns=roles+provider+created+field.city", "the choice stays with the list");
    assert_eq!(
        admin.page.attribute("export-csv", "href"),
        "/members/export.csv?locked=true",
        "a file tells everything"
    );
    // Kept under a name, for everybody.
    admin.submits("save", &[("name", "Towns"), ("shared", "yes")]).await.is("/members").sees("<b>Graz</b>");
    viewer.opens(&world.acme.url("/members")).await.sees("Towns");
    assert_eq!(heads(&viewer), "Name State Roles Last sign-in");
    let there = viewer.page.find(".view", |link| link.value().attr("href").unwrap().to_owned()).unwrap();
    viewer.opens(&world.acme.url(&there)).await.sees("<b>Graz</b>");
    assert_eq!(heads(&viewer), "Name Roles Provider Created City");
    // The name alone; then nonsense, which is the usual list.
    admin.opens(&world.acme.url("/members?columns=name")).await.sees("Mina Doe").sees_not(&mina.email);
    assert_eq!(heads(&admin), "Name");
    for nonsense in ["columns=%27+OR+1%3D1", "columns=field.shoe", "columns=", "columns=%00"] {
        admin.opens(&world.acme.url(&format!("/members?{nonsense}"))).await.answers(200).sees(&mina.email);
        assert_eq!(admin.url.query(), None, "{nonsense}");
    }
    // A field that is gone is no column any more, in a view neither.
    admin.opens(&world.acme.url("/settings/fields")).await.submits("add-field", &[("label", "Badge")]).await;
    admin.opens(&world.acme.url("/members?columns=roles+field.badge")).await;
    admin.submits("save", &[("name", "Badges")]).await;
    assert_eq!(heads(&admin), "Name Roles Badge");
    admin.opens(&world.acme.url("/settings/fields")).await.submits("remove-badge", &[]).await;
    admin.opens(&world.acme.url("/members?columns=roles+field.badge")).await;
    assert_eq!((heads(&admin).as_str(), admin.url.query()), ("Name Roles", Some("columns=roles")));
    admin.sees("Badges");
}
