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
        bob@people.test,Robert,,viewer,Graz\r\n\
        cleo@people.test,Cleo,,viewer,\r\n\
        dora@people.test,Theodora,,viewer,\r\n\
        nora@elsewhere.test,Nora,,viewer editor,Linz\r\n\
        lars@elsewhere.test,Lars,locked,,\r\n\
        nobody,,,,\r\n";
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    let expected = [
        "Becomes: Locked Gets: Editor Loses: Viewer",
        "Filled in: City The name stays: whoever has come in states it themselves",
        "–",
        "The name stays: whoever has come in states it themselves",
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
    // In German, and in words of the blueprint's.
    let page = admin.opens(&world.acme.url(&format!("{path}?ui_locales=de"))).await;
    page.sees("Der Name bleibt");
}

#[tokio::test]
async fn az_03_a_line_that_would_take_the_last_administrator_is_wrong_before_the_word() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let file = |email: &str| format!("email,roles\r\n{email},viewer\r\n");
    let alone = file(&admin.email);
    let path = looks(&world, &mut admin, &world.acme, false, alone.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 0, 0, 1], "{}", page.text());
    page.sees("Nobody would be left who may manage members and roles.");
    // The control: beside another one, it is a change.
    world.member("second", &world.acme, MemberState::Active, &["administrator"]).await;
    let path = looks(&world, &mut admin, &world.acme, false, alone.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 1, 0, 0], "{}", page.text());
    page.sees("Loses: Administrator");
}
