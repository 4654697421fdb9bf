//! The tenant's one provider for new members, and a file's own (TP-04).

use serde_json::json;
use tenant::members::MemberState;

use super::{imports, looks, numbers};
use crate::harness::World;

#[tokio::test]
async fn tp_04_a_file_brings_new_members_by_the_provider_of_the_tenant_or_its_own() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    world.platform_provider("everyones", &world.contoso, &[]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let known = world.member("known", &world.acme, MemberState::Active, &["viewer"]).await;
    world.names_for_newcomers(&mut admin, &world.acme, &key).await;
    let file = format!(
        "email,given_name,provider,roles\r\nmina@people.test,,,viewer\r\nnils@people.test,Nils,everyones,viewer\r\n{},,,editor\r\n",
        known.email
    );
    let path = looks(&world, &mut admin, &world.acme, true, file.as_bytes()).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&path)).await), [2, 1, 0, 0]);
    imports(&world, &mut admin, &world.acme, &path).await;
    let by = "SELECT COUNT(*) FROM member WHERE (email = 'mina@people.test' AND provider = 'acme.corp')
                  OR (email = 'nils@people.test' AND provider = 'everyones') OR (email = 'known@people.test' AND provider IS NULL)";
    assert_eq!(world.tenant_count(&world.acme, by).await, 3);
    for (email, name) in [("mina@people.test", "corp"), ("nils@people.test", "everyones")] {
        let mail = world.mails_to(email).await.pop().unwrap().letter;
        assert!(mail.paragraphs[0].contains(&format!("with {name}, as {email}")), "TP-07: {mail:?}");
    }
    assert!(world.mails_to(&known.email).await.is_empty());
}

#[tokio::test]
async fn tp_04_a_file_adds_nobody_by_a_provider_that_is_disabled_or_is_not_there() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.names_for_newcomers(&mut admin, &world.acme, &key).await;
    let file =
        b"email,given_name,provider,roles\r\nmina@people.test,,,viewer\r\nnils@people.test,Nils,everyones,viewer\r\n";
    let path = looks(&world, &mut admin, &world.acme, true, file).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&path)).await), [1, 0, 0, 1]);
    admin.sees("There is no such provider.");
    // It is judged once more when it is done.
    world.posts(&world.acme, &format!("/providers/{key}/disable"), &token, &json!({})).await.done(200);
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&path)).await), [0, 0, 0, 2]);
    admin.sees("Nobody can sign in with this provider at the moment.");
    let added = "SELECT COUNT(*) FROM member WHERE authorization_state = 'invited'";
    assert_eq!(world.tenant_count(&world.acme, added).await, 0);
    for email in ["mina@people.test", "nils@people.test"] {
        assert!(world.mails_to(email).await.is_empty(), "{email}");
    }
}
