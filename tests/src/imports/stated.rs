//! An address that a provider merely states leads no line to whoever states it (DESIGN §4.1).

use evil_provider::Person as Upstream;
use tenant::members::MemberState;

use super::{imports, looks, numbers};
use crate::harness::{Person, World};

const RUN_IT: &str = "SELECT COUNT(*) FROM member_role WHERE role = 'administrator'";
const WAITING: &str = "SELECT COUNT(*) FROM member WHERE stated_by = 'acme.corp' AND authorization_state = 'to_review'";

/// Somebody comes by the tenant's own provider, which states an address, and asks to join.
async fn asks(world: &World, name: &str, stated: &str) -> Person {
    let mut person = world.browser();
    let upstream = Upstream::named(name).with_email(stated, true);
    person.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, upstream).await.is("/join");
    person.submits("allow", &[]).await.sees("You asked to join");
    person
}

#[tokio::test]
async fn tn_01_a_line_of_a_file_gives_nothing_to_who_merely_states_its_address() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let known = world.member("known", &world.acme, MemberState::Active, &["viewer"]).await;
    // One comes by the same provider, and has followed our mail: that address is proved.
    world.names_for_newcomers(&mut admin, &world.acme, "acme.corp").await;
    let mut mina = world.stranger("mina");
    world.invites_address(&mut admin, &world.acme, &mina.email, &["viewer"]).await;
    let link = world.invitation_link(&mina).await;
    world.contoso.has(Upstream::named("mina").with_email(&mina.email, true));
    mina.opens(&link).await.submits("continue-with", &[]).await.is("/").sees("Viewer");
    // One waits; one has been let in, with a small role; each states an address that is somebody else's.
    asks(&world, "sam", "chief@people.test").await;
    let list = admin.opens(&world.acme.url("/requests")).await;
    list.follows("Review").await.submits("approve", &[("role", "supplier")]).await;
    asks(&world, "eve", "boss@people.test").await;
    let stated = "SELECT COUNT(*) FROM member WHERE stated_by = 'acme.corp'";
    assert_eq!(world.tenant_count(&world.acme, stated).await, 3);

    let file = format!(
        "email,state,roles\nboss@people.test,active,administrator\nchief@people.test,active,administrator\n\
         {},active,editor\n{},active,editor\n",
        known.email, mina.email
    );
    let path = looks(&world, &mut admin, &world.acme, true, file.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("email: Whoever has this address has it by the word of a provider alone");
    assert_eq!(numbers(page), [0, 2, 0, 2]);
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(
        numbers(admin.opens(&world.acme.url(&path)).await),
        [0, 2, 0, 2],
        "also in the transaction that does it"
    );
    assert_eq!(world.tenant_count(&world.acme, RUN_IT).await, 1, "the administrator's own");
    assert_eq!(world.tenant_count(&world.acme, WAITING).await, 1);
    // The control: whose address is proved, by their account or by our mail.
    let editors = "SELECT COUNT(*) FROM member_role WHERE role = 'editor'";
    assert_eq!(world.tenant_count(&world.acme, editors).await, 2);

    // Nor is the real one kept out: they are invited, and from then on the line is about them.
    world.invites_address(&mut admin, &world.acme, "boss@people.test", &[]).await;
    world.settle().await;
    assert_eq!(world.mails_to("boss@people.test").await.len(), 1);
    let path = looks(&world, &mut admin, &world.acme, true, file.as_bytes()).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&path)).await), [0, 1, 2, 1]);
    imports(&world, &mut admin, &world.acme, &path).await;
    let theirs = "SELECT COUNT(*) FROM member_role r JOIN member m ON m.tenant_id = r.tenant_id AND m.id = r.member_id
                  WHERE r.role = 'administrator' AND m.subject IS NULL";
    assert_eq!(world.tenant_count(&world.acme, theirs).await, 1);
    assert_eq!(world.tenant_count(&world.acme, WAITING).await, 1, "who states it waits as before");

    // Nor does an export, whose line about who states an address says so, lead to whoever has it by now.
    world.invites_address(&mut admin, &world.acme, "chief@people.test", &["administrator"]).await;
    let chiefs = "SELECT COUNT(*) FROM member m JOIN member_role r ON r.tenant_id = m.tenant_id AND r.member_id = m.id
                  WHERE m.email = 'chief@people.test' AND m.subject IS NULL AND r.role = 'administrator'";
    assert_eq!(world.tenant_count(&world.acme, chiefs).await, 1);
    for file in ["export.csv", "export.jsonl"] {
        let file = admin.get(world.acme.url(&format!("/members/{file}"))).await.body;
        let path = looks(&world, &mut admin, &world.acme, true, file.as_bytes()).await;
        let page = admin.opens(&world.acme.url(&path)).await;
        let [new, changed, _, wrong] = numbers(page);
        assert_eq!((new, changed, wrong, page.has("start")), (0, 0, 3, false), "Mina, Sam and Eve: {}", page.text());
    }
    assert_eq!(world.tenant_count(&world.acme, chiefs).await, 1);
}
