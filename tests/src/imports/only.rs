//! Which lines of an import, or members of a job, are asked for.

use serde_json::json;
use tenant::members::MemberState;

use super::looks;
use crate::harness::{World, text};

#[tokio::test]
async fn web_18_a_page_that_is_asked_for_what_nothing_comes_to_says_so_and_shows_nothing_in_its_place() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let file = b"email,roles\r\nnora@elsewhere.test,viewer\r\nnobody,viewer\r\n";
    let import = looks(&world, &mut admin, &world.acme, false, file).await;
    let bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let id = world.id_by_api(&world.acme, "bob", &token).await;
    let new = json!({ "deed": "lock", "members": [id] });
    let job = text(&world.posts(&world.acme, "/jobs", &token, &new).await.done(201), "id");
    world.settle().await;
    let job = format!("/jobs/{job}");
    let report = format!("{import}/report.csv");
    for (path, fits, shows) in
        [(&import, "new", "nora@elsewhere.test"), (&job, "fits", &*bob.email), (&report, "new", "nora@elsewhere.test")]
    {
        for asked in ["", "?only=", &format!("?only={fits}")] {
            let page = admin.get(world.acme.url(&format!("{path}{asked}"))).await;
            assert!(page.answers(200).body.contains(shows), "the control: {path}{asked}");
        }
        for garbage in ["nonsense", "%27+OR+1%3D1--", "%00"] {
            let page = admin.get(world.acme.url(&format!("{path}?only={garbage}"))).await;
            page.answers(400).sees("Show all of them");
            assert!(!page.body.contains(shows), "{path}?only={garbage}");
        }
    }
    let misspelt = admin.get(world.acme.url(&format!("{report}?onyl=new"))).await;
    assert!(!misspelt.answers(400).body.contains("nora@elsewhere.test"), "nor all of them for a filter that is none");
    for path in [&import, &job] {
        // A place behind the end is an empty page, and one that is no number is no page.
        for (after, status) in [("9223372036854775807", 200), ("-1", 200), ("x", 400), ("%27", 400), ("1&after=2", 400)]
        {
            let page = admin.get(world.acme.url(&format!("{path}?after={after}"))).await;
            assert_eq!(page.status, status, "{path}?after={after}");
        }
    }
    let taken = "SELECT COUNT(*) FROM audit_entry WHERE action = 'import.reported'";
    assert_eq!(world.tenant_count(&world.acme, taken).await, 3, "what was refused was not taken along");
}
