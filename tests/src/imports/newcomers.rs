//! The tenant's one provider for new members, and a file's own (TP-04).

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
