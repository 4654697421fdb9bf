use audit::Actor;
use futures_util::future::join_all;
use identity::tenants::{self, Creation, FirstAdministrator, NewTenant};
use jose::{Algorithm, Jwk, SigningKey};
use serde_json::{Value, json};
use tenant_server::{EnrolError, TenantServer};
use tokio_util::sync::CancellationToken;

use crate::harness::{DAY, HOUR, MINUTE, Place, World, claims};

async fn created(world: &World, slug: &str, base_url: &str) -> String {
    let new = NewTenant {
        slug: slug.to_owned(),
        name: "Fjord Archive".to_owned(),
        base_url: base_url.to_owned(),
        blueprint: "gallery-studio".to_owned(),
        first_administrator: FirstAdministrator {
            email: "ada@fjord.example".to_owned(),
            given_name: "Ada".to_owned(),
            family_name: "Fjord".to_owned(),
            locale: "en".to_owned(),
        },
    };
    match tenants::create(world.identity.identity(), Actor::Operator, new).await.unwrap() {
        Creation::Created(created) => created.code,
        wrong => panic!("{wrong:?}"),
    }
}

/// A tenant that waits for a server, and a server that waits for a tenant.
pub async fn waiting(world: &World, stop: &CancellationToken) -> (String, TenantServer, Place) {
    let server = world.another_server("second").await;
    let place = world.new_place("fjord", &server, stop).await;
    (created(world, "fjord", &place.base).await, server, place)
}

#[tokio::test]
async fn a_tenant_server_redeems_a_code_and_serves_the_tenant_without_a_restart() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let (code, server, fjord) = waiting(&world, &stop).await;
    let mut ida = world.who_knows(world.stranger("ida"), &fjord);
    ida.opens(&fjord).await.answers(421);
    assert_eq!(server.enrol(&world.id.base, &code).await.unwrap(), "fjord");
    ida.opens(&fjord).await.is("/login").sees("Sign in to Fjord Archive");
    let mut ida = world.who_knows(world.account("ida").await, &fjord);
    ida.enters(&fjord).await.submits("allow", &[]).await.is("/").sees("asked to join");
    server.deliver_all().await.unwrap();
    let state = "SELECT state FROM membership WHERE tenant_id IN (SELECT id FROM tenant WHERE slug = 'fjord')";
    assert_eq!(world.identity_texts(state).await, ["to_review"]);
    assert_eq!(world.audited("tenant.enrolled").await, 3);
    // The first administrator stands there as invited, with what the blueprint gives to whoever runs such a tenant.
    let invited = "SELECT COUNT(*) FROM member JOIN member_role ON member_role.member_id = member.id
                   WHERE authorization_state = 'invited' AND email = 'ada@fjord.example' AND role = 'owner'";
    assert_eq!(world.count_in("second", "fjord", invited).await, 1);
    stop.cancel();
}

#[tokio::test]
async fn the_first_administrator_is_invited_and_runs_the_tenant() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let (code, server, fjord) = waiting(&world, &stop).await;
    server.enrol(&world.id.base, &code).await.unwrap();
    server.deliver_all().await.unwrap();
    let link = world.mailed_link("ada@fjord.example").await;
    let mut ada = world.who_knows(world.stranger("ada"), &fjord);
    ada.opens(&link).await.sees("Fjord Archive").submits("create", &[("password", "ada opens the fjord")]).await;
    ada.opens(&fjord.url("/members")).await.answers(200).sees("Ada Fjord").sees("Owner");
    let runs = "SELECT COUNT(*) FROM member WHERE authorization_state = 'reviewed' AND decided_by IS NULL";
    assert_eq!(world.count_in("second", "fjord", runs).await, 1);
    // Enrolled anew somewhere, they are not invited again.
    let new =
        tenants::new_code(world.identity.identity(), Actor::Operator, world.tenant_id("fjord").await).await.unwrap();
    server.enrol(&world.id.base, &new).await.unwrap();
    server.deliver_all().await.unwrap();
    assert_eq!(world.mails_to("ada@fjord.example").await.len(), 1);
    ada.opens(&fjord.url("/members")).await.answers(200).sees("Owner");
    stop.cancel();
}

#[tokio::test]
async fn an_answer_that_is_lost_costs_nobody_the_tenant() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let (code, server, _fjord) = waiting(&world, &stop).await;
    // Another server redeems the code, and ends before it has written the answer down.
    let lost = world.another_server("lost").await;
    lost.enrol(&world.id.base, &code).await.unwrap();
    drop(lost);
    let next =
        tenants::new_code(world.identity.identity(), Actor::Operator, world.tenant_id("fjord").await).await.unwrap();
    server.enrol(&world.id.base, &next).await.unwrap();
    let invited = "SELECT COUNT(*) FROM member WHERE authorization_state = 'invited' AND email = 'ada@fjord.example'";
    assert_eq!(world.count_in("second", "fjord", invited).await, 1);
    // Once more at the same server: nobody is invited twice.
    let third =
        tenants::new_code(world.identity.identity(), Actor::Operator, world.tenant_id("fjord").await).await.unwrap();
    server.enrol(&world.id.base, &third).await.unwrap();
    assert_eq!(world.count_in("second", "fjord", invited).await, 1);
    stop.cancel();
}

#[tokio::test]
async fn the_address_of_a_deleted_tenant_is_free() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let (code, server, fjord) = waiting(&world, &stop).await;
    server.enrol(&world.id.base, &code).await.unwrap();
    let id = world.tenant_id("fjord").await;
    tenants::delete(world.identity.identity(), Actor::Operator, id).await.unwrap();
    server.renew_leases().await.unwrap();
    let mut ida = world.who_knows(world.stranger("ida"), &fjord);
    ida.opens(&fjord).await.answers(410);
    let code = created(&world, "fjord-two", &fjord.base).await;
    assert_eq!(server.enrol(&world.id.base, &code).await.unwrap(), "fjord-two");
    ida.opens(&fjord).await.is("/login").sees("Sign in to Fjord Archive");
    stop.cancel();
}

#[tokio::test]
async fn an_enrolled_tenant_is_still_served_after_a_restart() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let (code, server, fjord) = waiting(&world, &stop).await;
    server.enrol(&world.id.base, &code).await.unwrap();
    drop(server);
    let again = world.another_server("second").await;
    let (place, listener) = Place::bind("fjord", "Fjord Archive", "127.0.0.7", "127.0.0.7").await;
    place.serve(listener, again.router(), &stop);
    let host = fjord.authority().to_owned();
    let url: url::Url = place.url("/").parse().unwrap();
    let answer = world.browser().send(reqwest::Method::GET, url, &[("host", &host)], None).await;
    assert_eq!(answer.location().unwrap().path(), "/auth/login");
    again.renew_leases().await.unwrap();
    stop.cancel();
}

async fn refused(server: &TenantServer, world: &World, code: &str) {
    let refused = server.enrol(&world.id.base, code).await;
    assert!(matches!(refused, Err(EnrolError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn in_01_an_enrolment_code_works_once_and_for_a_day() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let (code, server, _fjord) = waiting(&world, &stop).await;
    let rows = "SELECT COUNT(*) FROM client";
    let before = world.identity_count(rows).await;
    let mut altered = code.clone();
    altered.replace_range(40..41, if &code[40..41] == "A" { "B" } else { "A" });
    for bad in ["", "nonsense", &altered] {
        refused(&server, &world, bad).await;
    }
    // 32 at once: one gets the tenant.
    let stranger = world.another_server("third").await;
    let races = (0..32).map(|number| if number % 2 == 0 { &server } else { &stranger });
    let won = join_all(races.map(|server| server.enrol(&world.id.base, &code))).await;
    assert_eq!(won.iter().filter(|one| one.is_ok()).count(), 1, "{won:?}");
    assert_eq!(world.identity_count(rows).await, before + 2, "one server, one tenant's client");
    refused(&server, &world, &code).await;
    let old = created(&world, "old", "https://old.example").await;
    world.passes(DAY);
    refused(&server, &world, &old).await;
    let new =
        tenants::new_code(world.identity.identity(), Actor::Operator, world.tenant_id("old").await).await.unwrap();
    let newer =
        tenants::new_code(world.identity.identity(), Actor::Operator, world.tenant_id("old").await).await.unwrap();
    refused(&server, &world, &new).await;
    world.passes(HOUR);
    server.enrol(&world.id.base, &newer).await.unwrap();
    stop.cancel();
}

#[tokio::test]
async fn az_01_an_enrolment_brings_public_keys_and_nothing_else() {
    let world = World::new().await;
    let code = created(&world, "fjord", "https://fjord.example").await;
    let good = serde_json::to_value(world.tenants.enrolment("acme", &code).unwrap()).unwrap();
    let url = world.id.url("/api/v1/tenant-servers/enrol");
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let symmetric = json!({ "kty": "oct", "kid": "k", "k": "c2VjcmV0" });
    for bad in [
        with("tenant_id", json!(world.acme.id())),
        with("server_key", symmetric.clone()),
        with("client_keys", json!({ "keys": [] })),
        with("client_keys", json!({ "keys": [symmetric] })),
        with("code", json!(null)),
        json!([]),
    ] {
        let answer = world.net.http.post(&url).header("content-type", "application/json").body(bad.to_string()).send();
        assert_eq!(answer.await.unwrap().status().as_u16(), 400, "{bad}");
    }
    assert_eq!(world.audited("tenant.enrolled").await, 2);
    // The control: the code was not spent by any of that.
    let answer = world.net.http.post(&url).header("content-type", "application/json").body(good.to_string()).send();
    let answer: Value = serde_json::from_str(&answer.await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!((answer["slug"].as_str(), answer["client_id"].as_str()), (Some("fjord"), Some("fjord")));
}

#[tokio::test]
async fn az_01_whoever_knows_a_servers_public_key_alone_joins_no_tenant_to_it() {
    let world = World::new().await;
    let code = created(&world, "fjord", "https://fjord.example").await;
    let other = created(&world, "sound", "https://sound.example").await;
    let shows = |code: &str| serde_json::to_value(world.tenants.enrolment("acme", code).unwrap()).unwrap();
    let url = world.id.url("/api/v1/tenant-servers/enrol");
    let send = async |body: &Value| {
        let request = world.net.http.post(&url).header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap())
    };
    let good = shows(&code);
    let with = |proof: Value| {
        let mut body = good.clone();
        body["proof"] = proof;
        body
    };
    let mine = SigningKey::generate(Algorithm::ES256, &world.ambient).unwrap();
    let server_key: Jwk = serde_json::from_value(good["server_key"].clone()).unwrap();
    let mut forged = claims(&good["proof"]);
    let by_another = mine.sign("latchkey-enrolment+jwt", &forged).unwrap();
    forged["iss"] = mine.public_jwk().unwrap().thumbprint().into();
    let for_another = mine.sign("latchkey-enrolment+jwt", &forged).unwrap();
    for bad in [
        with(Value::Null),
        with(by_another.into()),
        with(for_another.into()),
        with(shows(&other)["proof"].clone()),
        with("a.b.c".into()),
    ] {
        let (status, answer) = send(&bad).await;
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_proof")), "{bad}");
    }
    world.passes(10 * MINUTE);
    assert_eq!(send(&good).await.1["error"], "invalid_proof", "an old one");
    let unused = "SELECT COUNT(*) FROM enrolment_code WHERE used_at IS NULL";
    assert_eq!((world.audited("tenant.enrolled").await, world.identity_count(unused).await), (2, 2));
    // The controls: that server itself; and one of before, which proves nothing, with a key that nobody has shown yet.
    let (status, answer) = send(&shows(&code)).await;
    assert_eq!((status, &answer["slug"]), (200, &json!("fjord")), "{answer}");
    let public = mine.public_jwk().unwrap();
    assert_ne!(public.thumbprint(), server_key.thumbprint());
    let old = json!({ "code": other, "server_key": public, "client_keys": { "keys": [public] } });
    let (status, answer) = send(&old).await;
    assert_eq!((status, &answer["slug"]), (200, &json!("sound")), "{answer}");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant_server").await, 2);
}

#[tokio::test]
async fn a_tenant_server_enrols_at_an_identity_server_that_knows_no_proofs_yet() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let (code, server, fjord) = waiting(&world, &stop).await;
    world.wire.knows_no_proofs();
    assert_eq!(server.enrol(&world.id.base, &code).await.unwrap(), "fjord");
    let mut ida = world.who_knows(world.stranger("ida"), &fjord);
    ida.opens(&fjord).await.is("/login").sees("Sign in to Fjord Archive");
    stop.cancel();
}

#[tokio::test]
async fn web_26_no_code_and_no_key_stands_in_the_audit_log_or_in_clear_in_the_database() {
    let world = World::new().await;
    let code = created(&world, "fjord", "https://fjord.example").await;
    let (dump, secret) = (world.dump().await, code.as_bytes());
    assert!(dump.windows(5).any(|window| window == b"fjord"), "the control: what is no secret is found");
    assert!(!dump.windows(secret.len()).any(|window| window == secret));
}
