//! An import that was stopped, as its page and its report tell of it; and the list of all of them.

use std::collections::BTreeSet;

use super::{FORM, PEOPLE, brings, imports, looks, turns};
use crate::harness::{Person, World};

fn tiles(who: &Person) -> String {
    who.text_of("outcomes")
}

#[tokio::test]
async fn pp_08_lines_that_were_not_come_to_are_told_apart_from_those_done_on_page_and_report() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let file = format!("{PEOPLE}nobody,,,,,\r\n");
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await.sees("Will be added");
    assert_eq!(tiles(&admin), "2 Will be added 1 Wrong");
    // Before the word.
    turns(&mut admin, &world.acme, &format!("{path}/cancel")).await.answers(303);
    admin.opens(&world.acme.url(&path)).await.sees("0 of 3 lines gone through").sees("Not reached: 3.");
    assert!(!admin.page.text().contains("Will be added") && !admin.page.text().contains("This will do something"));
    assert_eq!(tiles(&admin), "3 Not reached");
    assert!(!admin.has("report-wrong"), "nothing was tried");
    admin.sees("“nobody” is not one plain address");
    let report = admin.get(world.acme.url(&format!("{path}/report.csv"))).await.body;
    assert!(report.starts_with("line,email,name,outcome,done,change,column,problem\r\n"), "{report}");
    assert_eq!(report.matches(",not_reached,no,").count(), 3, "{report}");

    // After the first line.
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(tiles(admin.opens(&world.acme.url(&path)).await), "2 Added 1 Not done");
    let report = admin.get(world.acme.url(&format!("{path}/report.csv"))).await.body;
    assert_eq!((report.matches(",new,yes,").count(), report.matches(",wrong,no,").count()), (2, 1), "{report}");
    let stopped = "UPDATE import SET state = 'cancelled', reached = 2, added = 1, failed = 0 WHERE state = 'done'";
    world.tenant_change(&world.acme, stopped).await;
    admin.opens(&world.acme.url(&path)).await.sees("1 of 3 lines gone through").sees("Not reached: 2.");
    assert_eq!(tiles(&admin), "1 Added 2 Not reached");
    for (only, lines) in [("new", 1), ("wrong", 0), ("not_reached", 2)] {
        admin.opens(&world.acme.url(&format!("{path}?only={only}"))).await.answers(200);
        assert_eq!(admin.page.every("#lines tbody tr", |_| ()).len(), lines, "{only}");
        let report = admin.get(world.acme.url(&format!("{path}/report.csv?only={only}"))).await.body;
        assert_eq!(report.lines().count(), 1 + lines, "{only}: {report}");
    }
}

#[tokio::test]
async fn pp_08_the_list_of_imports_goes_on_to_the_oldest() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut made = BTreeSet::new();
    for _ in 0..22 {
        let path =
            brings(&mut admin, &world.acme, false, PEOPLE.as_bytes()).await.location().unwrap().path().to_owned();
        turns(&mut admin, &world.acme, &format!("{path}/cancel")).await.answers(303);
        made.insert(path);
    }
    let past = |who: &Person| who.page.every("#imports td a", |link| link.value().attr("href").unwrap().to_owned());
    admin.opens(&world.acme.url(FORM)).await;
    let first = past(&admin);
    admin.clicks("next-page").await.answers(200);
    let second = past(&admin);
    assert_eq!((first.len(), second.len(), admin.has("next-page")), (20, 2, false));
    assert_eq!(first.into_iter().chain(second).collect::<BTreeSet<_>>(), made, "each of them once");
}
