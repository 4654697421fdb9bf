use audit::Actor;
use identity::tenants::{self, Blueprints};
use tenant::blueprint::Blueprint;
use tenant::members::MemberState;

use crate::harness::World;

const NEW: [(&str, &str); 7] = [
    ("name", "Fjord Archive"),
    ("slug", "fjord"),
    ("base_url", "https://fjord.example"),
    ("blueprint", "asset-library"),
    ("email", "ada@fjord.example"),
    ("given_name", "Ada"),
    ("family_name", "Fjord"),
];

#[test]
fn both_sides_know_the_same_blueprints_and_each_has_somebody_to_run_it() {
    let mut shipped = Blueprint::names();
    let known = Blueprints::default();
    let mut known: Vec<&str> = known.names().iter().map(String::as_str).collect();
    shipped.sort_unstable();
    known.sort_unstable();
    assert_eq!(shipped, known);
    for name in known {
        assert!(Blueprint::shipped(name).unwrap().administrator().is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_tenant_is_created_on_a_page_that_shows_its_code_once() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    tove.clicks("new-tenant").await.submits("create-tenant", &NEW).await;
    let code = tove.answers(200).sees("shown once").text_of("enrolment-code");
    let mut stored = world.identity_texts("SELECT first_administrator FROM tenant WHERE slug = 'fjord'").await;
    stored.extend(world.identity_texts("SELECT detail FROM audit_entry").await);
    assert!(!stored.iter().any(|text| text.contains(&code)), "WEB-28: the code itself rests nowhere");
    tove.clicks("code-done").await.is("/admin/tenants/fjord").sees("Waits for its server").sees("asset-library");
    tove.page.sees_not(&code);
    tove.opens(&world.id.url("/admin/tenants?q=JORD")).await.sees("Fjord Archive").page.sees_not("Acme Library");
    assert_eq!(world.audited("tenant.created").await, 1);
    let personal = "SELECT value FROM audit_personal WHERE name = 'first_administrator'";
    assert_eq!(world.identity_texts(personal).await, ["ada@fjord.example"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_tenant_is_said_beside_its_field_and_what_was_typed_stays() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    for (field, bad, says) in [
        ("slug", "Fjord", "2 to 40 lower-case letters"),
        ("slug", "acme", "is, or was, another"),
        ("slug", "lightbox", "is, or was, another"),
        ("slug", "new", "2 to 40 lower-case letters"),
        ("name", " ", "1 to 80 characters"),
        ("base_url", "http://fjord.example", "An address without a path"),
        ("base_url", "https://fjord.example/app", "An address without a path"),
        ("base_url", &world.acme.base.clone(), "Another tenant lives"),
        ("email", "nobody", "one e-mail address"),
    ] {
        let entered: Vec<_> =
            NEW.iter().map(|(name, value)| (*name, if *name == field { bad } else { value })).collect();
        tove.opens(&world.id.url("/admin/tenants/new")).await.submits("create-tenant", &entered).await;
        tove.answers(422).sees(says);
        assert_eq!(tove.attribute("family_name", "value"), "Fjord", "{field}");
    }
    // AZ-01: fields that no page has are refused.
    let csrf = tove.csrf();
    let mut fields = NEW.to_vec();
    fields.extend([("csrf", &*csrf), ("id", "00000000-0000-7000-8000-000000000000")]);
    tove.post(world.id.url("/admin/tenants/new"), &fields).await.answers(400);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant").await, 2);
}

#[tokio::test]
async fn the_list_goes_on_where_the_page_before_ended() {
    let world = World::new().await;
    let identity = world.identity.identity();
    for number in 0..60 {
        let new = tenants::NewTenant {
            slug: format!("many-{number:02}"),
            name: format!("Many {number}"),
            base_url: format!("https://many-{number}.example"),
            blueprint: "asset-library".to_owned(),
            first_administrator: tenants::FirstAdministrator { email: "a@many.example".into(), ..Default::default() },
        };
        assert!(matches!(
            tenants::create(identity, Actor::Operator, new).await.unwrap(),
            tenants::Creation::Created(_)
        ));
    }
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin/tenants")).await.sees("Acme Library").sees("Many 0").page.sees_not("Many 59");
    tove.clicks("next-page").await.sees("Many 59").sees("Nordlys Studio").page.sees_not("Many 10 ");
    assert!(!tove.has("next-page"));
    // A wildcard is a letter like any other.
    tove.opens(&world.id.url("/admin/tenants?q=%25")).await.sees("No tenant found");
}

#[tokio::test]
async fn pp_19_a_tenants_face_shows_on_its_own_pages_and_on_ours() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let face = [
        ("icon", "sunrise"),
        ("accent", "#0f766e"),
        ("terms_url", "https://acme.example/terms"),
        ("privacy_url", "https://acme.example/privacy"),
    ];
    tove.opens(&world.id.url("/admin/tenants/acme/branding")).await.submits("save", &face).await;
    tove.is("/admin/tenants/acme").sees("Its own pages follow within a minute");
    tove.opens(&world.id.url("/admin/tenants/acme")).await.submits("rename", &[("name", "Acme Archive")]).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    // On ours at once, on the way into the tenant.
    alice.opens(&world.acme).await.is("/login").sees("Sign in to Acme Archive");
    assert_eq!(alice.link("Terms"), world.acme.url("/terms"));
    assert_eq!(alice.link("Privacy"), world.acme.url("/privacy"));
    assert!(alice.body.contains("/assets/brand/0f766e.css") && alice.body.contains("#sunrise"));
    // On its own with the next renewal of the lease.
    alice.proves_who_they_are().await.is("/").sees("Acme Library");
    world.tenants.renew_leases().await.unwrap();
    alice.opens(&world.acme).await.answers(200).sees("Acme Archive").page.sees_not("Acme Library");
    assert!(alice.body.contains("/assets/brand/0f766e.css") && alice.body.contains("#sunrise"));
    let mut guest = world.browser();
    guest.opens(&world.acme.url("/closed/locked")).await;
    assert_eq!(guest.link("Privacy"), "/privacy");
    for page in ["terms", "privacy"] {
        let led = guest.get(world.acme.url(&format!("/{page}"))).await.location();
        assert_eq!(
            led.unwrap().as_str(),
            format!("https://acme.example/{page}"),
            "until it publishes its own: terms.rs"
        );
    }
    assert_eq!(world.audited("tenant.face_changed").await, 1);
}

#[tokio::test]
async fn web_16_a_face_takes_no_script_and_no_foreign_scheme() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    for (field, bad) in [
        ("icon", "x\"><script>alert(1)</script>"),
        ("accent", "red;}"),
        ("terms_url", "javascript:alert(1)"),
        ("privacy_url", "data:text/html,x"),
    ] {
        let page = tove.opens(&world.id.url("/admin/tenants/acme/branding")).await;
        let csrf = page.csrf();
        let mut fields =
            vec![("csrf", &*csrf), ("icon", "library"), ("accent", ""), ("terms_url", ""), ("privacy_url", "")];
        fields.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, value)| *value = bad);
        let page = tove.post(world.id.url("/admin/tenants/acme/branding"), &fields).await;
        assert_eq!(page.status, 422, "{field}");
        assert!(!page.body.contains("<script>"), "{field}");
    }
    assert_eq!(world.audited("tenant.face_changed").await, 0);
}
