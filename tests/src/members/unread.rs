//! Filters that cannot be read, and garbage beside them.

use tenant::members::MemberState;

use crate::harness::World;

#[tokio::test]
async fn pp_04_a_filter_that_cannot_be_read_is_told_and_nobody_is_looked_for_by_the_rest() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let bea = world.member("bea", &world.acme, MemberState::Active, &["supplier"]).await;
    let long = format!("q={}", "bea ".repeat(300));
    for (query, typed, told) in [
        (
            "q=isHappy:true+bea",
            "isHappy:true bea",
            "Not understood: isHappy:true. Understood would be: state:…, isLocked:…",
        ),
        (
            "locked=maybe",
            "isLocked:maybe",
            "Not understood: isLocked:maybe. Understood would be: isLocked:true, isLocked:false",
        ),
        (
            "q=bea&role=supplier&state=x",
            "bea role:supplier state:x",
            "Not understood: state:x. Understood would be: state:invited",
        ),
        (
            "q=role:viewer+role:supplier",
            "role:viewer role:supplier",
            "Something else is asked for at the same time: role:supplier.",
        ),
        ("role=viewer&role=supplier", "role:viewer role:supplier", "Each filter can be there once."),
        ("inactive=never", "inactiveSince:never", "Understood would be: inactiveSince:2026-01-31"),
        ("role=../../x", "role:../../x", "Not understood: role:../../x. Understood would be: role:"),
        (&*long, "", "at most 1,000 characters"),
    ] {
        admin.opens(&world.acme.url(&format!("/members?{query}"))).await.answers(400).sees("Nobody is listed");
        assert!(admin.text_of("q-error").contains(told), "{query}: {}", admin.text_of("q-error"));
        assert_eq!(admin.page.attribute("q", "aria-describedby"), "q-error");
        if !typed.is_empty() {
            assert_eq!(admin.page.attribute("q", "value"), typed, "as it was typed");
        }
        // Nobody, and nothing that could be done to anybody.
        assert!(!admin.body.contains(&bea.email) && !admin.page.has("total"), "{query}");
        for there in ["bulk", "bulk-lock", "selection", "export", "save-view"] {
            assert!(!admin.page.has(there), "{query}: {there}");
        }
        for file in ["csv", "jsonl"] {
            let answer = admin.get(world.acme.url(&format!("/members/export.{file}?{query}"))).await;
            answer.answers(400).sees(told);
            assert!(!answer.body.contains(&bea.email), "{query}: no row is written");
        }
    }
    let taken = "SELECT COUNT(*) FROM audit_entry WHERE action = 'members.exported'";
    assert_eq!(world.tenant_count(&world.acme, taken).await, 0, "what was refused was not taken along");
    admin
        .opens(&world.acme.url("/members?locked=maybe"))
        .await
        .clicks("no-filter")
        .await
        .is("/members")
        .sees(&bea.email);
    // A view whose words are no filters any more leads to where that is said.
    admin.opens(&world.acme.url("/members?q=bea")).await.submits("save", &[("name", "Mine")]).await;
    world.tenant_change(&world.acme, "UPDATE member_view SET search = 'bea role:gone'").await;
    admin.opens(&world.acme.url("/members")).await.follows("Mine").await.answers(400);
    assert!(admin.text_of("q-error").contains("Not understood: role:gone"), "{}", admin.text_of("q-error"));
    // What is typed goes before what was chosen.
    admin.opens(&world.acme.url("/members?role=viewer&q=role:supplier")).await.is("/members").sees(&bea.email);
    assert_eq!(admin.url.query(), Some("role=supplier"));
    // Each way to write a place is one address.
    for tilde in ["~", "%7E"] {
        let place = format!("/members?after=01900000-0000-7000-8000-000000000000{tilde}a");
        admin.get(world.acme.url(&place)).await.answers(200);
    }
    // A name of the search field says the same in an address; and the file of a filter that can be read is there.
    let file = admin.get(world.acme.url("/members/export.csv?isLocked=false&q=bea")).await;
    assert!(file.answers(200).body.contains(&bea.email) && file.body.lines().count() == 2, "{}", file.body);
}

#[tokio::test]
async fn pp_04_a_slip_in_a_filters_name_lists_nobody_and_makes_no_file_of_everybody() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let bea = world.member("bea", &world.acme, MemberState::Active, &["supplier"]).await;
    for (query, told) in [
        ("lokced=true", "Not understood: lokced:true. Understood would be: state:…, isLocked:…"),
        ("role=supplier&lokced=true", "Not understood: lokced:true."),
        ("lokced=", "Not understood: lokced:."),
        ("q=bea&cursor=x", "Not understood: cursor:x."),
        ("is%00locked=true", "Not understood: is locked:true."),
    ] {
        for file in ["csv", "jsonl"] {
            let answer = admin.get(world.acme.url(&format!("/members/export.{file}?{query}"))).await;
            answer.answers(400).sees(told);
            assert!(!answer.body.contains(&bea.email), "{query}: no row is written");
        }
        admin.opens(&world.acme.url(&format!("/members?{query}"))).await.answers(400).sees("Nobody is listed");
        assert!(admin.text_of("q-error").contains(told), "{query}: {}", admin.text_of("q-error"));
        assert!(!admin.body.contains(&bea.email) && !admin.page.has("bulk"), "{query}");
    }
    // The file of the whole log is no more to be had by a slip.
    let log = admin.get(world.acme.url("/audit/export.csv?memebr=01900000-0000-7000-8000-000000000000")).await;
    log.answers(400).sees("Not understood: memebr. Understood would be: member, by, action, since, until");
    let taken = "SELECT COUNT(*) FROM audit_entry WHERE action IN ('members.exported', 'audit.exported')";
    assert_eq!(world.tenant_count(&world.acme, taken).await, 0, "what was refused was not taken along");
    // The control: whatever the list and the log put into their own addresses.
    admin.opens(&world.acme.url("/members?q=bea&role=supplier&columns=name&columns=state")).await;
    let link = admin.page.attribute("export-csv", "href");
    let place = "after=01900000-0000-7000-8000-000000000000~a&before=&columns=state&ui_locales=de&locked=";
    for query in [link.split_once('?').unwrap().1, &format!("role=supplier&{place}"), "isLocked=false&q=bea"] {
        let file = admin.get(world.acme.url(&format!("/members/export.csv?{query}"))).await;
        assert!(file.answers(200).body.contains(&bea.email) && file.body.lines().count() == 2, "{query}: {file:?}");
    }
    for query in ["", "action=member.seeded&until=2999-01-01&before=x&ui_locales=de&member="] {
        admin.get(world.acme.url(&format!("/audit/export.csv?{query}"))).await.answers(200);
    }
}

#[tokio::test]
async fn web_18_garbage_in_filters_is_told_and_in_cursors_dropped_and_injects_nothing() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let name = admin.name();
    let long = "x".repeat(5_000);
    for query in [
        "state=%27&locked=maybe&lifecycle=%00&role=../../x",
        "provider=%27%3B+DROP&q=%00%1b",
        "sort=name%3B&order=1&limit=-1&offset=999999999999999999999",
        "%00=%00&=&&&",
        &format!("q={long}"),
        &format!("{long}={long}"),
    ] {
        admin.opens(&world.acme.url(&format!("/members?{query}"))).await.answers(400);
        assert!(!admin.body.contains('\u{1b}') && !admin.body.contains('\0'), "{query}");
        assert!(!admin.text_of("members").contains(&name), "{query}");
    }
    for query in [
        "after=nonsense",
        "after=01900000-0000-7000-8000-000000000000~%00",
        "before=%27%20OR%201%3D1%20--~x",
        "after=a&after=b&before=c",
        "q=%00%01%1b%5B0m",
        "q=%25&q=_",
        "q=%27%3B%20DROP%20TABLE%20member%3B--",
        "q=%ff%fe",
        &format!("after=01900000-0000-7000-8000-000000000000~{long}"),
    ] {
        admin.opens(&world.acme.url(&format!("/members?{query}"))).await.answers(200);
        assert_eq!(admin.url.path(), "/members", "{query}");
        assert!(!admin.body.contains('\u{1b}') && !admin.body.contains('\0'), "{query}");
    }
    admin.opens(&world.acme.url("/members?q=%3Cscript%3Ealert(1)%3C/script%3E")).await.answers(200);
    assert!(!admin.body.contains("<script>alert"), "WEB-16");
    for query in ["after=nonsense", "before='", "state=&locked="] {
        admin.opens(&world.acme.url(&format!("/members?{query}"))).await.sees(&name);
    }
    let far = "after=01900000-0000-7000-8000-000000000000~%F4%8F%BF%BF";
    admin.opens(&world.acme.url(&format!("/members?{far}"))).await.answers(200);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member").await, 1);
}
