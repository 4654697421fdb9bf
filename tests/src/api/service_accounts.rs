use jose::{Algorithm, JwkSet, SigningKey};
use oidc::client::AuthMethod;
use serde_json::{Value, json};
use tenant::members::MemberState;

use super::{acting, api, everything, serving};
use crate::harness::{Answer, MINUTE, Rp, World, text};

#[tokio::test]
async fn pp_28_another_system_holds_roles_as_people_do_and_acts_under_its_own_name() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let robot = world.client_at(&world.acme, "robot", serving).await;
    let its = robot.serves_at(&world.acme, &everything()).await;
    world.gets(&world.acme, "/members", &its).await.refuses(403, "not_admitted");

    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["viewer"] });
    let made = world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    let member = text(&made, "member");
    let again = world.posts(&world.acme, "/service-accounts", &token, &new).await;
    assert_eq!(again.refuses(409, "already_here").json()["member"], json!(member));
    let list = world.gets(&world.acme, "/service-accounts", &token).await.done(200);
    assert_eq!(list["service_accounts"][0]["client_id"], "robot");
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    world.posts(&world.acme, &format!("/members/{bob}/lock"), &its, &json!({})).await.refuses(403, "forbidden");

    // Its roles are given and taken as anybody's, from the next request on.
    let roles = json!({ "how": "set", "roles": ["administrator"] });
    world.posts(&world.acme, &format!("/members/{member}/roles"), &token, &roles).await.done(200);
    world.posts(&world.acme, &format!("/members/{bob}/lock"), &its, &json!({})).await.done(200);
    let job = json!({ "deed": "unlock", "members": [bob] });
    let job = text(&world.posts(&world.acme, "/jobs", &its, &job).await.done(201), "id");
    world.posts(&world.acme, &format!("/jobs/{job}/start"), &its, &json!({})).await.done(200);
    world.settle().await;
    let log = world.gets(&world.acme, &format!("/audit?member={bob}"), &token).await.done(200);
    for action in ["member.locked", "member.unlocked"] {
        let entry = log["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == action).unwrap();
        assert_eq!(entry["actor"], json!({ "kind": "client", "id": "robot", "member": member }), "{action}");
    }
    // Nobody signs in by it, so it comes by no provider.
    let switch = json!({ "provider": "platform" });
    let refused = world.posts(&world.acme, &format!("/members/{member}/provider"), &token, &switch).await;
    refused.refuses(409, "no_person");
    // It counts as nobody who runs the tenant, and hears of no requests.
    let own = world.id_by_api(&world.acme, &admin.email, &token).await;
    let leave = json!({ "how": "remove", "roles": ["administrator"] });
    world.posts(&world.acme, &format!("/members/{own}/roles"), &its, &leave).await.refuses(409, "last_administrator");

    admin.opens(&world.acme.url(&format!("/members/{member}"))).await.sees("Payroll").submits("lock", &[]).await;
    world.gets(&world.acme, "/members", &its).await.refuses(403, "not_admitted");
}

#[tokio::test]
async fn pp_28_a_service_account_is_told_from_a_person_in_the_list_on_its_page_by_the_api_and_in_files() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["viewer"] });
    let member = text(&world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201), "member");
    let listed = world.gets(&world.acme, "/members?role=viewer", &token).await.done(200);
    let kinds = listed["members"].as_array().unwrap().iter().map(|it| (text(it, "name"), text(it, "kind")));
    let expected = [("Payroll", "service_account"), ("Bob Doe", "person")];
    let mut kinds: Vec<(String, String)> = kinds.collect();
    kinds.sort_by(|one, other| other.1.cmp(&one.1));
    assert_eq!(kinds, expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())));
    let one = world.gets(&world.acme, &format!("/members/{member}"), &token).await.done(200);
    assert_eq!(one["kind"], "service_account");

    admin.opens(&world.acme.url("/members?role=viewer")).await.sees(&bob.name());
    assert_eq!(admin.text_of(&format!("kind-{member}")), "Service account");
    assert_eq!(admin.body.matches("id=\"kind-").count(), 1, "people have no mark");
    admin.opens(&world.acme.url(&format!("/members/{member}"))).await;
    assert_eq!(admin.text_of("member-kind"), "Service account");
    admin.opens(&world.acme.url("/members?q=bob")).await.follows(&bob.name()).await;
    assert!(!admin.page.has("member-kind"));

    // A file lets none in, and says so.
    let csv = world.gets(&world.acme, "/members/export?role=viewer", &token).await.body;
    let line = |of: &str| csv.lines().find(|line| line.contains(of)).unwrap();
    assert!(
        line(&member).contains(",regular,service_account,") && line(&bob.email).contains(",regular,person,"),
        "{csv}"
    );
    let import = world.files(&world.acme, "/imports", &token, "text/csv", &csv).await.done(201);
    world.settle().await;
    let import = world.gets(&world.acme, &format!("/imports/{}", text(&import, "id")), &token).await.done(200);
    let ahead = ["unchanged", "wrong"].map(|standing| import["ahead"][standing].clone());
    assert_eq!((&import["ignored_columns"], ahead), (&json!([]), [json!(1), json!(1)]), "{import}");
    let lines = format!("/imports/{}/lines?outcome=wrong", text(&import, "id"));
    let lines = world.gets(&world.acme, &lines, &token).await.done(200);
    assert!(lines.to_string().contains("\"service_account\""), "{lines}");
}

#[tokio::test]
async fn az_01_nobody_makes_a_service_account_with_more_rights_than_their_own() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut editor = world.member("editor", &world.acme, MemberState::Active, &["editor"]).await;
    editor.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "console", acting).await;
    let token = text(&rp.acts_for(&mut editor, &world.acme, &everything()).await, "access_token");
    let new = json!({ "name": "Back door", "client_id": "robot", "roles": ["administrator"] });
    world.posts(&world.acme, "/service-accounts", &token, &new).await.refuses(403, "forbidden");
    let count = "SELECT COUNT(*) FROM service_account";
    assert_eq!(world.tenant_count(&world.acme, count).await, 0);
    let token = text(&rp.acts_for(&mut admin, &world.acme, &everything()).await, "access_token");
    world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    // Another tenant's client of the same name gets no token for this tenant, whatever stands here.
    let foreign = world.client_at(&world.studio, "foreign", serving).await;
    let studio = foreign.serves_at(&world.studio, &everything()).await;
    world.gets(&world.acme, "/members", &studio).await.refuses(401, "invalid_token");
}

/// A token of a client that proves itself by an assertion (RFC 7523 §2.2), with no secret anywhere.
async fn by_assertion(world: &World, rp: &Rp, assertion: &str) -> Answer {
    let resource = api(&world.acme);
    let fields = [
        ("grant_type", "client_credentials"),
        ("resource", &*resource),
        ("scope", "members:read members:write"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    rp.call(reqwest::Method::POST, "/token", &[], Some(&fields)).await
}

#[tokio::test]
async fn pp_28_another_system_proves_itself_with_a_key_of_its_own() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let key = SigningKey::generate(Algorithm::ES256, &world.ambient).unwrap();
    let other = SigningKey::generate(Algorithm::ES256, &world.ambient).unwrap();
    let keys = JwkSet { keys: vec![key.public_jwk().unwrap()] };
    let robot = world.client_at(&world.acme, "robot", |client| {
        serving(client);
        (client.auth_method, client.jwks) = (AuthMethod::PrivateKeyJwt, Some(keys));
    });
    let robot = robot.await;
    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["administrator"] });
    let member = text(&world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201), "member");
    let claims = |change: Value| {
        let now = world.ambient.now().as_seconds();
        let mut claims = json!({
            "iss": "robot", "sub": "robot", "aud": world.id.base, "iat": now, "exp": now + 60, "jti": world.ambient.identifier(),
        });
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        claims
    };
    let good = key.sign("JWT", &claims(json!({}))).unwrap();
    let answer = by_assertion(&world, &robot, &good).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let its = text(&answer.json(), "access_token");
    // It acts under its own name.
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &its).await;
    world.posts(&world.acme, &format!("/members/{bob}/lock"), &its, &json!({})).await.done(200);
    let log = world.gets(&world.acme, &format!("/audit?member={bob}"), &token).await.done(200);
    let locked = log["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == "member.locked").unwrap();
    assert_eq!(locked["actor"], json!({ "kind": "client", "id": "robot", "member": member }));
    // Once, for us, in time, with its own key: anything else is nobody.
    for (wrong, what) in [
        (good, "the same one again"),
        (other.sign("JWT", &claims(json!({}))).unwrap(), "another key"),
        (key.sign("JWT", &claims(json!({ "aud": "https://elsewhere.test" }))).unwrap(), "another audience"),
        (key.sign("JWT", &claims(json!({ "exp": world.ambient.now().as_seconds() - 120 }))).unwrap(), "too late"),
        (key.sign("JWT", &claims(json!({ "iss": "console" }))).unwrap(), "another issuer"),
        (key.sign("JWT", &claims(json!({ "sub": "console" }))).unwrap(), "another client"),
    ] {
        let answer = by_assertion(&world, &robot, &wrong).await;
        assert_eq!((answer.status, &answer.json()["error"]), (401, &json!("invalid_client")), "{what}: {answer:?}");
    }
    let fields = [("grant_type", "client_credentials"), ("resource", &*api(&world.acme)), ("scope", "members:read")];
    robot.token(&fields).await.is_error(401, "invalid_client");
    // Another tenant's API is not to be had by it.
    let elsewhere = key.sign("JWT", &claims(json!({}))).unwrap();
    let fields = [
        ("grant_type", "client_credentials"),
        ("resource", &*api(&world.studio)),
        ("scope", "members:read"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &elsewhere),
    ];
    robot.call(reqwest::Method::POST, "/token", &[], Some(&fields)).await.is_error(400, "invalid_target");
    // Taken out, it is out: from the next request on, whatever its key signs.
    world.posts(&world.acme, &format!("/members/{member}/lock"), &token, &json!({})).await.done(200);
    world.gets(&world.acme, "/members", &its).await.refuses(403, "not_admitted");
    world.passes(MINUTE);
    let again = by_assertion(&world, &robot, &key.sign("JWT", &claims(json!({}))).unwrap()).await.done(200);
    world.gets(&world.acme, "/members", &text(&again, "access_token")).await.refuses(403, "not_admitted");
}
