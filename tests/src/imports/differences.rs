//! What exactly a line changes stands beside it: before the word, and after.

use tenant::members::MemberState;

use super::{imports, looks, numbers};
use crate::harness::{Page, World};

#[tokio::test]
async fn pp_05_each_line_says_what_it_changes_of_whom_before_and_after_it_is_done() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for name in ["ada", "bob", "cleo", "dora"] {
        world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
    }
    let file = "email,given_name,state,roles,field.city\r\n\
        ada@people.test,Ada,locked,editor,\r\n\
        bob@people.test,Robert,,,Graz\r\n\
        cleo@people.test,Cleo,,viewer,\r\n\
        dora@people.test,Theodora,,,\r\n\
        nora@elsewhere.test,Nora,,viewer editor,Linz\r\n\
        lars@elsewhere.test,Lars,locked,,\r\n\
        nobody,,,,\r\n";
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    let expected = [
        "Becomes: Locked Gets: Editor Loses: Viewer",
        "Filled in: City The name stays: they, or their provider, state it",
        "–",
        "The name stays: they, or their provider, state it",
        "Becomes: Invited Gets: Editor, Viewer Filled in: City",
        "Becomes: Locked",
        "–",
    ];
    let told = |page: &Page| {
        page.every("#lines td.change", |cell| {
            cell.text().map(str::trim).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
        })
    };
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [2, 2, 2, 1], "{}", page.text());
    assert_eq!(told(page), expected.map(str::to_owned));
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE locked").await, 0, "nothing is done");
    imports(&world, &mut admin, &world.acme, &path).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!((numbers(page), told(page)), ([2, 2, 2, 1], expected.map(str::to_owned).to_vec()));
    let report = admin.get(world.acme.url(&format!("{path}/report.csv"))).await.body;
    assert!(report.contains(",changed,yes,\"Becomes: Locked; Gets: Editor; Loses: Viewer\",,\r\n"), "{report}");

    // Once more: there is nothing to tell but what stays.
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 0, 6, 1], "{}", page.text());
    let stays: Vec<String> = told(page).into_iter().filter(|change| change != "–").collect();
    assert_eq!(stays, [expected[3], expected[3]]);
    // What is empty is not there: nobody loses their roles, or their name, by it. “-” takes them all.
    let bare = "email,given_name,family_name,roles\r\nnora@elsewhere.test,,,\r\nlars@elsewhere.test,,,\r\nada@people.test,,,-\r\n";
    let of_bare = looks(&world, &mut admin, &world.acme, false, bare.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&of_bare)).await;
    assert_eq!((numbers(page), &*told(page)), ([0, 1, 2, 0], &["–", "–", "Loses: Editor"].map(str::to_owned)[..]));
    let lines = "{\"email\":\"ada@people.test\",\"roles\":[]}\n{\"email\":\"bob@people.test\",\"roles\":null,\"given_name\":\"\"}\n";
    let of_lines = looks(&world, &mut admin, &world.acme, false, lines.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&of_lines)).await;
    assert_eq!((numbers(page), &*told(page)), ([0, 1, 1, 0], &["Loses: Editor", "–"].map(str::to_owned)[..]));
    // Nor does a file call somebody otherwise of whom a provider says it (PP-07).
    world.tenant_change(&world.acme, "UPDATE member SET provider = 'corp' WHERE given_name = 'Nora'").await;
    let other = file.replace("Nora,,viewer editor", "Eleonora,,viewer editor");
    let path = looks(&world, &mut admin, &world.acme, false, other.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!((numbers(page), &*told(page)[4]), ([0, 0, 6, 1], expected[3]), "{}", page.text());
    // A server of the version before, which has come to a line meanwhile, left what it does not know: that is of another standing.
    let other = "UPDATE import_line SET standing = 'wrong', difference = '{\"of\":\"changed\",\"difference\":{\"details\":true}}' WHERE line = 5";
    world.tenant_change(&world.acme, other).await;
    assert_eq!(told(admin.opens(&world.acme.url(&path)).await)[3], "–");
    // In German.
    let page = admin.opens(&world.acme.url(&format!("{path}?ui_locales=de"))).await;
    page.sees("Der Name bleibt");
}

#[tokio::test]
async fn az_03_a_line_that_would_take_the_last_administrator_says_so_before_the_word() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let file = |email: &str| format!("email,roles\r\n{email},viewer\r\n");
    let alone = file(&admin.email);
    let path = looks(&world, &mut admin, &world.acme, false, alone.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 1, 0, 0], "{}", page.text());
    let unless = "Unless a line before it clears that, it is not done. Nobody would be left who may manage members";
    page.sees(unless);
    imports(&world, &mut admin, &world.acme, &path).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 0, 0, 1], "{}", page.text());
    page.sees("Nobody would be left who may manage members and roles.").sees_not("Unless a line").sees_not("Loses:");
    // The control: beside another one, it is a change.
    world.member("second", &world.acme, MemberState::Active, &["administrator"]).await;
    let path = looks(&world, &mut admin, &world.acme, false, alone.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 1, 0, 0], "{}", page.text());
    page.sees("Loses: Administrator").sees_not("Unless a line");

    // Handed over by one file, line after line: what clears it stands before it.
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("heir", &world.acme, MemberState::Active, &["viewer"]).await;
    let over = format!("email,roles\r\nheir@people.test,administrator\r\n{},viewer\r\n", admin.email);
    let path = looks(&world, &mut admin, &world.acme, false, over.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 2, 0, 0], "{}", page.text());
    page.sees(unless);
    imports(&world, &mut admin, &world.acme, &path).await;
    let others = "SELECT COUNT(*) FROM import_line WHERE standing = 'changed' AND fault IS NULL";
    assert_eq!(world.tenant_count(&world.acme, others).await, 2, "both are done");
}
