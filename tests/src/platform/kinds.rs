//! Kinds of tenants that operators bring along.

use tenant::blueprint::Blueprint;
use tenant::members::MemberState;
use tenant_server::SeedMember;
use tokio_util::sync::CancellationToken;

use crate::harness::{DAY, Person, Place, Unusual, World};

/// An asset library of another name, where deleted members can be brought back for a week.
fn week_library() -> Vec<Blueprint> {
    let text = Blueprint::text("asset-library").unwrap();
    let text = text.replacen("name = \"asset-library\"", "name = \"week-library\"", 1).replacen("\"30d\"", "\"7d\"", 1);
    Blueprint::own(&[("week-library.toml".to_owned(), text)]).unwrap()
}

/// A member of it, deleted on their page; the path of that.
async fn deleted(world: &World, admin: &mut Person, of: &Place, name: &str) -> String {
    let member = SeedMember {
        subject: None,
        email: format!("{name}@fjord.example"),
        given_name: name.to_owned(),
        family_name: "Doe".to_owned(),
        locale: "en".to_owned(),
        state: MemberState::Active,
        roles: vec!["viewer".to_owned()],
        reason: None,
    };
    world.tenants.seed_member(of.slug, member).await.unwrap();
    admin.opens(&of.url("/members")).await.follows(&format!("{name} Doe")).await;
    let path = admin.url.path().to_owned();
    admin.clicks("delete").await.sees("For 7 days you can bring them back");
    admin.submits("delete", &[]).await.is(&path).sees("They can be brought back");
    path
}

#[tokio::test]
async fn pp_13_how_long_a_deleted_member_can_come_back_is_the_word_of_the_operators_own_blueprint() {
    let world = World::unusual(Unusual { blueprints: week_library(), ..Unusual::default() }).await;
    let stop = CancellationToken::new();
    let fjord = world.new_place("fjord", &world.tenants, &stop).await;
    let mut tove = world.platform_admin("tove").await;
    let new = [
        ("name", "Fjord Archive"),
        ("slug", "fjord"),
        ("base_url", &fjord.base),
        ("blueprint", "week-library"),
        ("email", "ada@fjord.example"),
        ("given_name", "Ada"),
        ("family_name", "Fjord"),
    ];
    tove.clicks("new-tenant").await.sees("week-library").submits("create-tenant", &new).await.answers(200);
    let code = tove.text_of("enrolment-code");
    assert_eq!(world.tenants.enrol(&world.id.base, &code).await.unwrap(), "fjord");
    world.tenants.deliver_all().await.unwrap();
    let link = world.mailed_link("ada@fjord.example").await;
    let mut ada = world.who_knows(world.stranger("ada"), &fjord);
    ada.email = "ada@fjord.example".to_owned();
    ada.opens(&link).await.submits("create", &[("password", "ada opens the fjord")]).await;
    ada.password = "ada opens the fjord".to_owned();

    let mina = deleted(&world, &mut ada, &fjord, "Mina").await;
    let nils = deleted(&world, &mut ada, &fjord, "Nils").await;
    world.passes(6 * DAY);
    ada.enters(&fjord.url(&mina)).await.submits("reactivate", &[]).await.is(&mina).sees("Brought back");
    assert!(ada.opens(&fjord.url(&nils)).await.has("reactivate"), "the sixth day");
    world.passes(2 * DAY);
    ada.enters(&fjord.url(&nils)).await.is(&nils);
    assert!(!ada.page.has("reactivate"), "the eighth day");
    let csrf = ada.csrf();
    let late = ada.post(fjord.url(&format!("{nils}/reactivate")), &[("csrf", &csrf)]).await;
    late.answers(409).sees("The time to bring them back is over");

    // Housekeeping erases whoever is due, and nobody else.
    let done = CancellationToken::new();
    let workers = world.tenants.spawn_workers(&done);
    while ada.opens(&fjord.url(&nils)).await.text_of("axis-lifecycle") != "Erased" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    done.cancel();
    for worker in workers {
        worker.stopped().await;
    }
    ada.page.sees("No name").sees_not("Nils");
    ada.opens(&fjord.url(&mina)).await.sees("Mina Doe");
    let erased = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.purged'";
    assert_eq!(world.count_in("", "fjord", erased).await, 1);
    stop.cancel();
}
