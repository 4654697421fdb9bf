//! A provider knows us by a key of ours: each request to its token endpoint carries an assertion (RFC 7523, OIDC Core §9).

use evil_provider::{Client, Evil, Person as Upstream};
use futures_util::future::join_all;
use jose::{Algorithm, JwkSet, SigningKey};
use serde_json::{Value, json};

use crate::harness::{World, claims, text};

const PRIVATE: &str = "PRIVATE KEY";

impl World {
    /// What stands at an address that everybody may read.
    async fn fetches(&self, url: &str) -> (u16, String, String) {
        let answer = self.net.http.get(url).send().await.unwrap();
        let caching =
            answer.headers().get("cache-control").map_or_else(String::new, |it| it.to_str().unwrap().to_owned());
        (answer.status().as_u16(), caching, answer.text().await.unwrap())
    }

    /// The keys that are published for a provider.
    async fn published(&self, key: &str) -> JwkSet {
        let (status, _, body) = self.fetches(&self.id.url(&format!("/upstream/{key}/jwks.json"))).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }
}

/// What our last request to the token endpoint proved itself by.
fn asserted(evil: &Evil) -> Value {
    let form = evil.last_form();
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert!(!form.contains_key("client_secret"));
    claims(&json!(form["client_assertion"]))
}

fn key_of(evil: &Evil) -> String {
    let form = evil.last_form();
    let header = form["client_assertion"].split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&jose::from_base64url(header).unwrap()).unwrap();
    text(&header, "kid")
}

fn pem(algorithm: Algorithm) -> String {
    let key = SigningKey::generate(algorithm, &ambient::Ambient::system()).unwrap();
    jose::pem(PRIVATE, &key.to_pkcs8().unwrap())
}

#[tokio::test]
async fn id_04_the_platform_has_a_key_made_and_the_provider_knows_us_by_its_public_half() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let typed = [
        ("name", "Contoso"),
        ("key", "contoso"),
        ("domains", "people.example"),
        ("issuer", world.contoso.issuer()),
        ("client_id", "latchkey"),
        ("method", "private_key_jwt"),
        ("private_key", "no key at all"),
    ];
    tove.opens(&world.id.url("/admin/providers/new?preset=generic")).await.submits("add-provider", &typed).await;
    tove.answers(422).sees("This is no private key that can be used").sees("the private key is no PKCS#8 key");
    assert_eq!(tove.page.attribute("private_key", "aria-invalid"), "true", "at the field");
    tove.submits("add-provider", &[("method", "private_key_jwt"), ("private_key", "")]).await;
    tove.is("/admin/providers/contoso").sees("Register at the provider");
    let uri = world.id.url("/upstream/contoso/jwks.json");
    assert_eq!(tove.page.text_of("jwks-uri"), uri);
    // The same keys on the page and at the address, which everybody may keep for a while.
    let (status, caching, body) = world.fetches(&uri).await;
    assert_eq!((status, caching.as_str()), (200, "public, max-age=300"));
    let shown: Value = serde_json::from_str(&tove.page.text_of("key-set")).unwrap();
    assert_eq!(shown, serde_json::from_str::<Value>(&body).unwrap());
    assert_eq!((&shown["keys"][0]["alg"], &shown["keys"][0]["d"]), (&"ES256".into(), &Value::Null));
    assert!(tove.page.body.contains("BEGIN PUBLIC KEY") && !tove.page.body.contains(PRIVATE));
    let first = world.published("contoso").await;
    world.contoso.knows(Client::with_keys("latchkey", first.clone()));
    tove.submits("test", &[]).await;
    assert!(!tove.page.text_of("checks").contains("Wrong"), "{}", tove.page.text_of("checks"));
    // Each login has an assertion of its own, for this provider, for a minute.
    let mut seen = Vec::new();
    for name in ["mina", "noel"] {
        let mut person = world.browser();
        person.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, Upstream::named(name)).await;
        person.is("/account");
        let claims = asserted(&world.contoso);
        assert_eq!((&claims["iss"], &claims["sub"]), (&"latchkey".into(), &"latchkey".into()));
        assert_eq!(claims["aud"], world.contoso.issuer());
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
        seen.push(text(&claims, "jti"));
    }
    assert_ne!(seen[0], seen[1]);
    // The next key is published before anything is signed with it.
    tove.opens(&world.id.url("/admin/providers/contoso"))
        .await
        .submits("next-key", &[])
        .await
        .sees("The next key is made");
    let both = world.published("contoso").await;
    assert_eq!((both.keys.len(), &both.keys[0]), (2, &first.keys[0]));
    tove.submits("test", &[]).await;
    assert!(!tove.page.text_of("checks").contains("Wrong"), "the first one signs on");
    tove.opens(&world.id.url("/admin/providers/contoso")).await.submits("use-key", &[]).await.sees("signs from now on");
    let second = world.published("contoso").await;
    assert_eq!(second.keys, both.keys[1..]);
    tove.submits("test", &[]).await;
    assert!(tove.page.text_of("checks").contains("Wrong"), "the control: the provider does not know it yet");
    world.contoso.knows(Client::with_keys("latchkey", second.clone()));
    tove.submits("test", &[]).await;
    assert!(!tove.page.text_of("checks").contains("Wrong"), "{}", tove.page.text_of("checks"));
    assert_eq!(Some(key_of(&world.contoso)), second.keys[0].kid);
    // A key is never taken for a secret: one is asked for.
    let at = world.id.url("/admin/providers/contoso");
    tove.opens(&at).await.submits("save", &[("method", "client_secret_post")]).await.answers(422);
    assert_eq!(tove.page.attribute("client_secret", "aria-invalid"), "true");
    assert_eq!(world.published("contoso").await, second, "nothing has changed");
    tove.opens(&at).await.submits("save", &[("method", "client_secret_post"), ("client_secret", "a secret")]).await;
    tove.is("/admin/providers/contoso");
    assert!(!tove.has("jwks-uri") && !tove.has("next-key"));
    for gone in [uri, world.id.url("/upstream/nobody/jwks.json")] {
        assert_eq!(world.fetches(&gone).await.0, 404, "{gone}");
    }
    let found = |bytes: &[u8]| bytes.windows(PRIVATE.len()).any(|window| window == PRIVATE.as_bytes());
    assert!(!found(&world.dump().await), "sealed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rel_09_a_tenant_has_one_key_made_at_a_time_and_none_for_what_cannot_be_added() {
    const AT_ONCE: usize = 8;
    const MADE: &str = "SELECT COUNT(*) FROM provider";
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    // Auth0's keys are RSA: each takes up to a second.
    let body = |key: &str| {
        let settings = json!({ "domain": "corp.eu.auth0.com", "client_id": "latchkey", "method": "private_key_jwt" });
        json!({ "preset": "auth0", "key": key, "name": "Contoso", "settings": settings })
    };
    let all = |keys: Vec<String>| {
        join_all(keys.into_iter().map(|key| {
            let (world, token, body) = (&world, &token, body(&key));
            async move { world.posts(&world.acme, "/providers", token, &body).await.status }
        }))
    };
    let answers = all((0..AT_ONCE).map(|at| format!("key{at}")).collect()).await;
    let count = |status| answers.iter().filter(|it| **it == status).count();
    assert!(count(201) >= 1 && count(429) >= 1 && count(201) + count(429) == AT_ONCE, "{answers:?}");
    assert_eq!(world.identity_count(MADE).await, i64::try_from(count(201)).unwrap());
    // What can't be added is refused whether or not anything is being made: no turn is taken for it.
    let bad = all((0..AT_ONCE).map(|at| format!("Bad {at}")).collect()).await;
    assert!(bad.iter().all(|status| *status == 422), "{bad:?}");
    // The control: one after the other.
    assert_eq!(all(vec!["last".to_owned()]).await, [201]);
}

#[tokio::test]
async fn id_04_the_api_takes_a_key_and_another_issuer_gets_another() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let (at, turn) = ("/providers/acme.corp", "/providers/acme.corp/key");
    let body = |private_key: &str| {
        json!({
            "preset": "generic", "key": "corp", "name": "Contoso",
            "settings": {
                "issuer": world.contoso.issuer(), "client_id": "latchkey", "method": "private_key_jwt",
                "key_id": "ours", "private_key": private_key,
            },
        })
    };
    let ours = pem(Algorithm::ES256);
    for wrong in ["no key", &ours.replace(PRIVATE, "EC PRIVATE KEY"), &pem(Algorithm::EdDSA)] {
        let refused = world.posts(&world.acme, "/providers", &token, &body(wrong)).await;
        let problem = refused.refuses(422, "provider_unfit").json();
        assert_eq!((&problem["field"], &problem["reason"]), (&"private_key".into(), &"private_key".into()));
    }
    let made = world.posts(&world.acme, "/providers", &token, &body(&ours)).await.done(201);
    assert_eq!((&made["jwks"]["keys"][0]["kid"], &made["has_secret"]), (&"ours".into(), &true.into()));
    assert_eq!(made["jwks_uri"], world.id.url("/upstream/acme.corp/jwks.json"));
    assert_eq!(made["settings"]["method"], "private_key_jwt");
    assert!(!made.to_string().contains(PRIVATE));
    let first = world.published("acme.corp").await;
    world.contoso.knows(Client::with_keys("latchkey", first.clone()));
    let test = format!("{at}/test");
    assert_eq!(world.posts(&world.acme, &test, &token, &json!({})).await.done(200)["ok"], true);
    assert_eq!(key_of(&world.contoso), "ours");
    // What is not named stays, the key too.
    world.posts(&world.acme, at, &token, &json!({ "name": "Directory" })).await.done(200);
    assert_eq!(world.published("acme.corp").await, first);
    // The next one, taken back, and made once more.
    for (step, keys) in [("next", 2), ("drop", 1), ("next", 2), ("use", 1)] {
        let turned = world.posts(&world.acme, turn, &token, &json!({ "turn": step })).await.done(200);
        assert_eq!(turned["jwks"]["keys"].as_array().unwrap().len(), keys, "{step}");
    }
    for step in ["use", "drop"] {
        let refused = world.posts(&world.acme, turn, &token, &json!({ "turn": step })).await;
        assert_eq!(refused.refuses(422, "provider_unfit").json()["reason"], "without_next_key");
    }
    world.posts(&world.acme, turn, &token, &json!({ "turn": "around" })).await.refuses(422, "invalid_body");
    let second = world.published("acme.corp").await;
    assert_ne!(second, first);
    // What one issuer knows us by, no other sees.
    let moved = json!({ "settings": { "issuer": world.evil.issuer() } });
    world.posts(&world.acme, at, &token, &moved).await.done(200);
    let third = world.published("acme.corp").await;
    assert!(third.keys.len() == 1 && third.keys[0].kid != second.keys[0].kid, "another key");
    world.evil.knows(Client::with_keys("latchkey", third.clone()));
    assert_eq!(world.posts(&world.acme, &test, &token, &json!({})).await.done(200)["ok"], true);
    assert_eq!(Some(key_of(&world.evil)), third.keys[0].kid);
    // Nor is a key sent as a secret; and by a secret, no key turns.
    let by_secret = |secret: &str| json!({ "settings": { "method": "client_secret_basic", "client_secret": secret } });
    let refused = world.posts(&world.acme, at, &token, &by_secret("")).await.refuses(422, "provider_unfit").json();
    assert_eq!((&refused["field"], &refused["reason"]), (&"client_secret".into(), &"secret_missing".into()));
    let changed = world.posts(&world.acme, at, &token, &by_secret("a secret")).await.done(200);
    assert_eq!((&changed["jwks"], &changed["jwks_uri"]), (&Value::Null, &Value::Null));
    let refused = world.posts(&world.acme, turn, &token, &json!({ "turn": "next" })).await;
    assert_eq!(refused.refuses(422, "provider_unfit").json()["reason"], "without_keys");
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'provider.key_turned' AND actor_kind = 'member'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 4);
    let log = world.gets(&world.acme, "/audit", &token).await.done(200).to_string();
    assert!(!log.contains(PRIVATE));
}

#[tokio::test]
async fn id_04_a_provider_shows_what_is_registered_there() {
    let world = World::new().await;
    let (mut ada, token) = world.api_admin(&world.acme, "console").await;
    let settings = json!({ "issuer": world.contoso.issuer(), "client_id": "us", "client_secret": "a secret" });
    let new = json!({ "preset": "generic", "key": "corp", "name": "Contoso", "settings": settings });
    let made = world.posts(&world.acme, "/providers", &token, &new).await.done(201);
    let (redirect, told) =
        (world.id.url("/upstream/acme.corp/callback"), world.id.url("/upstream/acme.corp/backchannel-logout"));
    let expected = [
        ("redirect_uri", "callback", redirect.as_str()),
        ("post_logout_redirect_uri", "post-logout", &world.id.url("/logout/upstream")),
        ("backchannel_logout_uri", "backchannel-logout", told.as_str()),
    ];
    ada.opens(&world.acme.url("/providers/acme.corp")).await;
    for (member, id, value) in expected {
        assert_eq!((&made[member], ada.page.text_of(id).as_str()), (&value.into(), value), "{member}");
    }
    ada.sees("Without it, nobody can sign in.").sees("Without it, they stay there.");
    // Of a vendor that signs nobody out for others, only what it has a field for.
    let settings = json!({ "client_id": "us", "client_secret": "a secret" });
    let new = json!({ "preset": "google", "key": "google", "name": "Google", "settings": settings });
    let made = world.posts(&world.acme, "/providers", &token, &new).await.done(201);
    for member in ["post_logout_redirect_uri", "backchannel_logout_uri", "jwks_uri", "jwks"] {
        assert_eq!(made[member], Value::Null, "{member}");
    }
    ada.opens(&world.acme.url("/providers/acme.google")).await;
    assert!(ada.page.has("callback") && !ada.page.has("post-logout") && !ada.page.has("backchannel-logout"));
}
