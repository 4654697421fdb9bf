//! *Undo* after a single deed: in the notice about it, for whoever did it, as long as nobody has changed the member since.

use evil_provider::Person as Upstream;
use tenant::members::MemberState;

use crate::harness::{Person, Place, World};

const LOCKED: &str = "SELECT COUNT(*) FROM member WHERE locked";

/// The address of a member, by their name in the list.
async fn page_of(who: &mut Person, at: &Place, name: &str) -> String {
    who.opens(&at.url("/members")).await.follows(name).await.url.to_string()
}

#[tokio::test]
async fn pp_11_what_was_done_to_one_member_is_taken_back_from_its_notice() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    page_of(&mut admin, &world.acme, "Mina Doe").await;
    assert!(!admin.has("undo"), "nothing was done");
    admin.submits("lock", &[]).await.sees("Locked");
    assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 1);
    admin.submits("undo", &[]).await.sees("Unlocked");
    assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 0);
    // And that too.
    admin.submits("undo", &[]).await;
    assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 1);
    admin.submits("undo", &[]).await;
    admin.submits("suspend", &[]).await.submits("undo", &[]).await.sees("Activated again");
    admin
        .clicks("delete")
        .await
        .submits("delete", &[])
        .await
        .submits("undo", &[])
        .await
        .sees("Brought back, as they were");
    let as_before = "SELECT COUNT(*) FROM member WHERE NOT locked AND lifecycle = 'active'";
    assert_eq!(world.tenant_count(&world.acme, as_before).await, 2);
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action IN ('member.locked', 'member.unlocked',
        'member.suspended', 'member.resumed', 'member.deleted', 'member.reactivated')";
    assert_eq!(world.tenant_count(&world.acme, told).await, 8, "each is in the log");
}

#[tokio::test]
async fn pp_05_assigned_roles_are_taken_back_to_exactly_those_before() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer", "supplier"]).await;
    page_of(&mut admin, &world.acme, "Mina Doe").await;
    let roles = "SELECT COUNT(*) FROM member_role WHERE role IN ('viewer', 'supplier')";
    let path = admin.url.path().to_owned();
    let csrf = admin.csrf();
    let fields = [("csrf", &*csrf), ("role[]", "editor"), ("role[]", "supplier")];
    let done = admin.post(world.acme.url(&format!("{path}/roles")), &fields).await.location().unwrap();
    assert_eq!(world.tenant_count(&world.acme, roles).await, 1);
    admin.opens(done.as_str()).await.submits("undo", &[]).await.sees("The roles were changed");
    assert_eq!(world.tenant_count(&world.acme, roles).await, 2);
    let held = admin.text_of("member-roles");
    assert!(held.contains("Viewer") && held.contains("Supplier") && !held.contains("Editor"), "{held}");
}

#[tokio::test]
async fn az_03_who_has_changed_since_and_what_others_did_is_not_undone() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut other = world.admin_of(&world.acme).await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let mina = page_of(&mut admin, &world.acme, "Mina Doe").await;
    admin.submits("lock", &[]).await;
    let (notice, action) = (
        admin.url.clone(),
        admin.page.find("form[action*='/undo/']", |form| form.value().attr("action").unwrap().to_owned()),
    );
    let action = world.acme.url(&action.expect("there is a way back"));
    // Whoever follows the same link has done nothing, and takes nothing back.
    other.opens(notice.as_str()).await.sees("Locked");
    assert!(!other.has("undo"));
    let csrf = other.csrf();
    other.post(&action, &[("csrf", &csrf)]).await.answers(409);
    admin.post(&action, &[]).await.answers(403);
    let version = action.rsplit('/').next().unwrap().parse::<i64>().unwrap();
    let csrf = admin.csrf();
    for wrong in [(version - 1).to_string(), (version + 1).to_string()] {
        let action = action.replace(&format!("/undo/{version}"), &format!("/undo/{wrong}"));
        admin.post(&action, &[("csrf", &csrf)]).await.answers(409);
    }
    assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 1);
    // Somebody else acts on her meanwhile.
    other.opens(mina.as_str()).await.submits("suspend", &[]).await;
    admin.submits("undo", &[]).await.answers(409).sees("has changed");
    assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 1);
    assert!(!admin.opens(notice.as_str()).await.has("undo"));
    // No address talks anybody into a way back from what nobody did.
    for done in ["unlock", "delete", "roles", "nonsense"] {
        assert!(!admin.opens(&format!("{mina}?done={done}")).await.has("undo"), "{done}");
    }
    other.opens(&format!("{mina}?done=suspend")).await.submits("undo", &[]).await.sees("Activated again");
}

#[tokio::test]
async fn pd_05_from_what_is_for_good_there_is_no_way_back() {
    let world = World::new().await;
    let mut owner = world.admin_of(&world.studio).await;
    world.member("mina", &world.studio, MemberState::Active, &["member"]).await;
    page_of(&mut owner, &world.studio, "Mina Doe").await;
    owner.submits("lock", &[]).await;
    assert!(owner.has("undo"), "the control");
    owner.clicks("delete").await.submits("delete", &[]).await;
    assert!(!owner.has("undo"));
    assert_eq!(world.tenant_count(&world.studio, "SELECT COUNT(*) FROM member WHERE lifecycle = 'purged'").await, 1);
}

/// On a member's page: to that provider, as whoever it says.
async fn switches(admin: &mut Person, provider: &str, subject: &str) {
    let wanted = [("provider", provider), ("subject", subject)];
    admin.clicks("switch-provider").await.submits("look", &wanted).await.submits("switch", &[]).await;
}

const SWITCHED: &str = "SELECT COUNT(*) FROM member WHERE provider IS NOT NULL";

#[tokio::test]
async fn pp_06_a_switch_of_one_is_taken_back_by_another_switch_until_somebody_has_claimed() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut lotte = world.member("lotte", &world.acme, MemberState::Locked, &["viewer"]).await;
    mina.enters(&world.acme).await.is("/");
    lotte.signs_in(&world).await;
    let page = page_of(&mut admin, &world.acme, "Mina Doe").await;
    let epoch = "SELECT epoch FROM member WHERE given_name = 'Mina'";
    let before = world.tenant_count(&world.acme, epoch).await;
    switches(&mut admin, &key, "").await;
    assert_eq!(world.tenant_count(&world.acme, SWITCHED).await, 1);
    // The identity server is asked before; while it is away nothing is done.
    world.wire.is_cut();
    admin.submits("undo", &[]).await.answers(503);
    assert_eq!(world.tenant_count(&world.acme, SWITCHED).await, 1);
    world.wire.is_mended();
    admin.opens(&format!("{page}?done=switched")).await.submits("undo", &[]).await.answers(200).sees("Taken back");
    assert_eq!(world.tenant_count(&world.acme, SWITCHED).await, 0);
    assert_eq!(world.tenant_count(&world.acme, epoch).await, before + 2, "a switch of its own");
    world.settle().await;
    mina.elsewhere(&world).enters(&world.acme).await.is("/").sees("Your role here");
    // Lotte is locked: she gets as far as the identity server, and this tenant sees nothing of her claim.
    page_of(&mut admin, &world.acme, "Lotte Doe").await;
    switches(&mut admin, &key, "").await;
    let action = admin.page.find("form[action*='/undo/']", |form| form.value().attr("action").unwrap().to_owned());
    let action = world.acme.url(&action.expect("there is a way back"));
    world.settle().await;
    world.contoso.has(Upstream::named("lotte").with_email(&lotte.email, true));
    lotte.opens(&world.acme).await.submits("continue-with", &[]).await.sees("locked");
    let claimed = "SELECT COUNT(*) FROM external_identity WHERE proved_by = 'first_claim'";
    assert_eq!(world.identity_count(claimed).await, 1);
    let csrf = admin.csrf();
    admin.post(&action, &[("csrf", &csrf)]).await.answers(409).sees("has changed");
    assert_eq!(world.tenant_count(&world.acme, SWITCHED).await, 1);
}

#[tokio::test]
async fn sw_02_there_is_no_way_back_to_where_one_subject_alone_could_claim() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    page_of(&mut admin, &world.acme, "Mina Doe").await;
    switches(&mut admin, &key, "m-1").await;
    assert!(admin.has("undo"), "to her own account");
    switches(&mut admin, "platform", "").await;
    assert!(!admin.has("undo"), "the log does not say who that was");
    // The control: nobody was named.
    switches(&mut admin, &key, "").await;
    switches(&mut admin, "platform", "").await;
    admin.submits("undo", &[]).await;
    assert_eq!(world.tenant_count(&world.acme, SWITCHED).await, 1);
}

/// What was claimed before a switch as compromised is void: taking that back would have it claimed anew, by what is not.
#[tokio::test]
async fn sw_05_there_is_no_way_back_to_a_provider_from_what_was_compromised() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let other = world.own_provider(&world.acme, "works", &world.evil, &[]).await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    page_of(&mut admin, &world.acme, "Mina Doe").await;
    switches(&mut admin, &key, "").await;
    let wanted = [("provider", other.as_str()), ("compromised", "1")];
    admin.clicks("switch-provider").await.submits("look", &wanted).await.submits("switch", &[]).await;
    assert!(!admin.has("undo"));
    // The control: as not compromised.
    switches(&mut admin, &key, "").await;
    switches(&mut admin, &other, "").await;
    assert!(admin.has("undo"));
}
