//! A tenant's administrators set up its own providers, by page and by API.

use std::collections::BTreeSet;
use std::time::Duration;

use evil_provider::{Client, Evil, Person as Upstream};
use oidc::client::{ClientKind, GrantType};
use reqwest::Method;
use serde_json::{Value, json};
use tenant::members::MemberState;

use crate::api::{acting, everything, serving};
use crate::harness::{Person, Place, World, text};

const SECRET: &str = "never shown again: 7f4a1";

/// The provider knows us by this secret.
fn knows_us(evil: &Evil) {
    evil.knows(Client::with_secret("latchkey", SECRET));
}

fn corp(evil: &Evil) -> Value {
    let settings = json!({ "issuer": evil.issuer(), "client_id": "latchkey", "client_secret": SECRET });
    json!({ "preset": "generic", "key": "corp", "name": "Contoso", "domains": ["people.example"], "settings": settings })
}

/// Somebody comes by the provider for the first time, and asks to join.
async fn joins_by_it(world: &World, name: &str) -> Person {
    let mut person = world.browser();
    let who = Upstream::named(name);
    person.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, who).await.is("/join");
    person.submits("allow", &[]).await.sees("You asked to join");
    person
}

/// The actions of a tenant's log that are about providers, oldest first.
async fn told(world: &World, of: &Place, token: &str) -> Vec<(String, Value)> {
    let log = world.gets(of, "/audit", token).await.done(200);
    let entries = log["entries"].as_array().unwrap().iter().rev();
    let ours = entries.filter(|entry| text(entry, "action").starts_with("provider."));
    ours.map(|entry| (text(entry, "action"), entry["actor"].clone())).collect()
}

#[tokio::test]
async fn id_04_a_tenants_administrator_sets_a_provider_up_on_the_page_and_people_come_by_it() {
    let world = World::new().await;
    knows_us(&world.contoso);
    let mut ada = world.admin_of(&world.acme).await;
    ada.opens(&world.acme).await.follows("Providers").await.is("/providers").sees("None of your own yet");
    ada.clicks("new-provider").await.clicks("new-generic").await.is("/providers/new");
    let typed = [
        ("name", "Contoso"),
        ("key", "corp"),
        ("issuer", world.contoso.issuer()),
        ("client_id", "latchkey"),
        ("client_secret", "not the right one"),
        ("domains", "people.example"),
    ];
    ada.submits("add-provider", &typed).await.is("/providers/acme.corp").sees("Register the redirect address");
    assert_eq!(ada.text_of("callback"), world.id.url("/upstream/acme.corp/callback"));
    // The test says exactly what is wrong; corrected, nothing is.
    ada.submits("test", &[]).await;
    let found = ada.text_of("checks");
    assert!(found.contains("client") && found.contains("Wrong") && found.contains("issuer"), "{found}");
    ada.opens(&world.acme.url("/providers/acme.corp")).await.submits("save", &[("client_secret", SECRET)]).await;
    ada.is("/providers/acme.corp").sees("It is changed").submits("test", &[]).await;
    assert!(!ada.text_of("checks").contains("Wrong"), "{}", ada.text_of("checks"));
    // It is offered at once, and known at once where members are switched.
    let mut mina = joins_by_it(&world, "mina").await;
    ada.opens(&world.acme.url("/providers")).await.sees("Contoso").sees("acme.corp");
    // One who is away when it is disabled finds a page that says so; what it had opened has ended.
    let mut away = world.browser();
    away.opens(&world.acme).await;
    let (csrf, query) = (away.csrf(), away.url.query().unwrap().to_owned());
    let begin = world.id.url(&format!("/login/provider?{query}"));
    let gone = away.post(begin, &[("csrf", &csrf), ("provider", "acme.corp")]).await;
    let callback = world.contoso.authorize(&gone.continues_to().unwrap());
    ada.opens(&world.acme.url("/providers/acme.corp"))
        .await
        .submits("disable", &[])
        .await
        .sees("It opens nothing any more");
    away.opens(callback.as_str()).await.answers(403).sees("can’t be used any more");
    world.settle().await;
    mina.opens(&world.acme).await.is("/login");
    assert!(!mina.has("by-acme.corp"), "no button");
    ada.submits("enable", &[]).await.sees("It opens again");
    mina.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named("mina")).await;
    // Removing it says first whom nothing else opens.
    ada.clicks("remove").await.sees("One person has no other way in");
    assert!(ada.text_of("sample").contains("mina"), "{}", ada.text_of("sample"));
    ada.submits("remove-provider", &[])
        .await
        .is("/providers")
        .sees("The provider is removed")
        .sees("None of your own yet");
    world.settle().await;
    mina.opens(&world.acme.url("/profile")).await.is("/login");
    for action in ["provider.added", "provider.changed", "provider.disabled", "provider.enabled", "provider.removed"] {
        assert_eq!(world.audited(action).await, 1, "{action} at the identity server");
    }
    let by = "SELECT DISTINCT actor_kind FROM audit_entry WHERE action LIKE 'provider.%'";
    assert_eq!(world.identity_texts(by).await, ["account"], "the member, as the tenant says");
    let ours = "SELECT COUNT(*) FROM audit_entry WHERE target_kind = 'provider' AND actor_kind = 'member'";
    assert_eq!(world.tenant_count(&world.acme, ours).await, 7);
    ada.opens(&world.acme.url("/audit")).await.sees("Removed an identity provider").sees("acme.corp");
    assert!(!ada.body.contains(r#"href="/members/""#), "a provider is no member");
}

#[tokio::test]
async fn id_04_the_api_sets_providers_up_too_and_gives_no_secret_away() {
    let world = World::new().await;
    knows_us(&world.contoso);
    let (mut ada, token) = world.api_admin(&world.acme, "console").await;
    let made = world.posts(&world.acme, "/providers", &token, &corp(&world.contoso)).await.done(201);
    assert_eq!(
        (text(&made, "key"), &made["has_secret"], &made["enabled"]),
        ("acme.corp".into(), &true.into(), &true.into())
    );
    let at = "/providers/acme.corp";
    let shown = world.gets(&world.acme, at, &token).await.done(200);
    assert_eq!(
        shown["settings"],
        json!({ "issuer": world.contoso.issuer(), "client_id": "latchkey", "method": "client_secret_basic" })
    );
    let listed = world.gets(&world.acme, "/providers", &token).await.done(200);
    assert_eq!(
        (&listed["providers"][0]["key"], &listed["providers"][0]["owner"]),
        (&"acme.corp".into(), &"tenant".into())
    );
    let checked = world.posts(&world.acme, &format!("{at}/test"), &token, &json!({})).await.done(200);
    assert_eq!(checked["ok"], true, "{checked}");
    // What is wrong is said by its word.
    let with = |change: Value| {
        let mut body = corp(&world.contoso);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (body, field, reason) in [
        (with(json!({ "key": "Not a key" })), "key", "key"),
        (with(json!({})), "key", "key_taken"),
        (with(json!({ "key": "two", "name": "" })), "name", "name"),
        (with(json!({ "key": "two", "domains": ["no domain"] })), "domains", "domain"),
        (with(json!({ "key": "two" })), "domains", "domain_taken"),
        (with(json!({ "key": "two", "preset": "nonsense" })), "settings", "settings"),
        (with(json!({ "key": "two", "shown": "everywhere" })), "settings", "settings"),
    ] {
        let refused = world.posts(&world.acme, "/providers", &token, &body).await;
        let problem = refused.refuses(422, "provider_unfit").json();
        assert_eq!((&problem["field"], &problem["reason"]), (&field.into(), &reason.into()), "{problem}");
    }
    world
        .posts(&world.acme, "/providers", &token, &with(json!({ "tenant": "studio" })))
        .await
        .refuses(422, "invalid_body");
    // A wrong secret is found; and a secret never goes to another issuer than the one that it was typed for.
    let wrong = json!({ "settings": { "client_secret": "not the right one" } });
    world.posts(&world.acme, at, &token, &wrong).await.done(200);
    let checked = world.posts(&world.acme, &format!("{at}/test"), &token, &json!({})).await.done(200);
    let last = checked["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&checked["ok"], &last["check"], &last["outcome"]), (&false.into(), &"client".into(), &"wrong".into()));
    world.posts(&world.acme, at, &token, &json!({ "settings": { "client_secret": SECRET } })).await.done(200);
    let moved = json!({ "settings": { "issuer": world.evil.issuer() } });
    let refused = world.posts(&world.acme, at, &token, &moved).await.refuses(422, "provider_unfit").json();
    assert_eq!(refused["reason"], "secret_for_issuer");
    world.posts(&world.acme, &format!("{at}/test"), &token, &json!({})).await.done(200);
    assert_eq!(world.evil.asked("/token"), 0, "nothing was sent there");
    // Somebody comes by it: from then on its issuer stays.
    joins_by_it(&world, "mina").await;
    let moved = json!({ "settings": { "issuer": world.evil.issuer(), "client_secret": "theirs" } });
    let refused = world.posts(&world.acme, at, &token, &moved).await.refuses(422, "provider_unfit").json();
    assert_eq!(refused["reason"], "issuer_in_use");
    let renamed = world.posts(&world.acme, at, &token, &json!({ "name": "Directory" })).await.done(200);
    assert_eq!((&renamed["name"], &renamed["domains"]), (&"Directory".into(), &json!(["people.example"])));
    let old = json!({ "name": "Old", "version": 1 });
    world.posts(&world.acme, at, &token, &old).await.refuses(409, "changed_since");
    for (way, on) in [("disable", false), ("enable", true)] {
        let turned = world.posts(&world.acme, &format!("{at}/{way}"), &token, &json!({})).await.done(200);
        assert_eq!(turned["enabled"], on);
        let listed = world.gets(&world.acme, "/providers", &token).await.done(200);
        assert_eq!(listed["providers"][0]["enabled"], on, "known at once");
    }
    let remove = format!("{at}/remove");
    let refused = world.posts(&world.acme, &remove, &token, &json!({})).await.refuses(409, "stranded").json();
    assert_eq!((&refused["stranded"], &refused["switched"]), (&1.into(), &1.into()));
    let removed = world.posts(&world.acme, &remove, &token, &json!({ "confirm_stranded": true })).await.done(200);
    assert_eq!(removed["stranded"], 1);
    world.gets(&world.acme, at, &token).await.refuses(404, "not_found");
    // No secret stands in an answer, a page, a log, a database or an export.
    ada.opens(&world.acme.url("/audit")).await.page.sees_not(SECRET);
    let log = world.gets(&world.acme, "/audit", &token).await.done(200).to_string();
    let answers = [made, shown, listed, checked, renamed, removed].map(|answer| answer.to_string()).concat();
    assert!(!answers.contains(SECRET) && !log.contains(SECRET));
    let found = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
    assert!(!found(&world.dump().await));
    let told = told(&world, &world.acme, &token).await;
    let actions: BTreeSet<&str> = told.iter().map(|(action, _)| action.as_str()).collect();
    let words = ["added", "changed", "disabled", "enabled", "removed", "tested"];
    assert_eq!(actions, words.map(|word| format!("provider.{word}")).iter().map(String::as_str).collect());
}

#[tokio::test]
async fn id_04_a_service_account_acts_under_its_own_name_on_both_sides() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let robot = world.client_at(&world.acme, "robot", serving).await;
    let new = json!({ "name": "Setup", "client_id": "robot", "roles": ["administrator"] });
    let member = text(&world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201), "member");
    let its = robot.serves_at(&world.acme, &everything()).await;
    world.posts(&world.acme, "/providers", &its, &corp(&world.contoso)).await.done(201);
    let robot = json!({ "kind": "client", "id": "robot", "member": member });
    assert_eq!(told(&world, &world.acme, &token).await, [("provider.added".to_owned(), robot)]);
    let by = "SELECT actor_id FROM audit_entry WHERE action = 'provider.added' AND actor_kind = 'client'";
    assert_eq!(world.identity_texts(by).await, ["robot"]);
}

#[tokio::test]
async fn az_01_whoever_lacks_the_right_or_the_scope_sets_nothing_up() {
    let world = World::new().await;
    let (mut ada, token) = world.api_admin(&world.acme, "console").await;
    world.posts(&world.acme, "/providers", &token, &corp(&world.contoso)).await.done(201);
    let mut ed = world.member("ed", &world.acme, MemberState::Active, &["editor"]).await;
    let csrf = ed.enters(&world.acme).await.opens(&world.acme.url("/profile")).await.csrf();
    assert!(!ed.page.text().contains("Providers"), "not in the navigation");
    for path in [
        "/providers",
        "/providers/new",
        "/providers/acme.corp",
        "/providers/acme.corp/mapping",
        "/providers/acme.corp/remove",
    ] {
        ed.get(world.acme.url(path)).await.answers(403);
    }
    for path in [
        "/new",
        "/acme.corp",
        "/acme.corp/test",
        "/acme.corp/mapping",
        "/acme.corp/enable",
        "/acme.corp/disable",
        "/acme.corp/remove",
    ] {
        ed.post(world.acme.url(&format!("/providers{path}")), &[("csrf", &csrf)]).await.answers(403);
    }
    let turn = [("csrf", csrf.as_str()), ("turn", "next")];
    ed.post(world.acme.url("/providers/acme.corp/key"), &turn).await.answers(403);
    let rp = world.client_at(&world.acme, "other-console", acting).await;
    let theirs = text(&rp.acts_for(&mut ed, &world.acme, &everything()).await, "access_token");
    let narrow = text(&rp.acts_for(&mut ada, &world.acme, "members:read members:write").await, "access_token");
    for (path, body) in [
        ("/providers", corp(&world.evil)),
        ("/providers/acme.corp", json!({ "name": "Mine" })),
        ("/providers/acme.corp/test", json!({})),
        ("/providers/acme.corp/disable", json!({})),
        ("/providers/acme.corp/remove", json!({ "confirm_stranded": true })),
    ] {
        world.posts(&world.acme, path, &theirs, &body).await.refuses(403, "forbidden");
        world.posts(&world.acme, path, &narrow, &body).await.refuses(403, "insufficient_scope");
    }
    world.gets(&world.acme, "/providers/acme.corp", &theirs).await.refuses(403, "forbidden");
    assert_eq!(world.identity_texts("SELECT name FROM provider WHERE disabled_at IS NULL").await, ["Contoso"]);
}

#[tokio::test]
async fn id_04_lk_10_of_a_provider_by_oauth_alone_it_is_said_which_checks_do_not_apply() {
    let world = World::new().await;
    let (mut ada, token) = world.api_admin(&world.acme, "console").await;
    let mut tove = world.platform_admin("tove").await;
    let places = [(&mut ada, world.acme.url("/providers/new")), (&mut tove, world.id.url("/admin/providers"))];
    for (admin, choice) in places {
        admin.opens(&choice).await;
        assert!(admin.text_of("new-github").contains("OAuth, weaker"));
        for whole in ["new-generic", "new-apple"] {
            assert!(!admin.text_of(whole).contains("weaker"), "{whole}");
        }
        admin.clicks("new-github").await;
        let said = admin.text_of("weaknesses");
        for one in ["OAuth, weaker", "no ID token", "No nonce", "(iss)", "fresh sign-in"] {
            assert!(said.contains(one), "{one}: {said}");
        }
        assert!(!said.contains("not known to check PKCE"));
        admin.opens(&choice).await.clicks("new-apple").await;
        assert!(admin.text_of("weaknesses").contains("not known to check PKCE"));
        admin.opens(&choice).await.clicks("new-keycloak").await;
        assert!(!admin.has("weaknesses"), "the control");
    }
    let settings = json!({ "client_id": "latchkey", "client_secret": SECRET });
    let body = json!({ "preset": "github", "key": "hub", "name": "GitHub", "settings": settings });
    world.posts(&world.acme, "/providers", &token, &body).await.done(201);
    let told = world.gets(&world.acme, "/providers/acme.hub", &token).await.done(200);
    assert_eq!(told["weaknesses"], json!(["no_id_token", "no_nonce", "no_issuer", "no_fresh_proof"]));
    ada.opens(&world.acme.url("/providers/acme.hub")).await.sees("GitHub (OAuth, weaker)");
    assert!(ada.text_of("weaknesses").contains("no ID token"));
    world.posts(&world.acme, "/providers", &token, &corp(&world.contoso)).await.done(201);
    assert_eq!(world.gets(&world.acme, "/providers/acme.corp", &token).await.done(200)["weaknesses"], json!([]));
    let typed = [("name", "GitHub"), ("key", "hub"), ("client_id", "latchkey"), ("client_secret", SECRET)];
    tove.opens(&world.id.url("/admin/providers/new?preset=github")).await.submits("add-provider", &typed).await;
    tove.is("/admin/providers/hub").sees("GitHub (OAuth, weaker)");
    assert!(tove.text_of("weaknesses").contains("no ID token"));
}

#[tokio::test]
async fn tn_02_another_owners_provider_is_like_none_at_the_identity_server() {
    let world = World::new().await;
    world.own_provider(&world.studio, "corp", &world.contoso, &[]).await;
    world.platform_provider("everyones", &world.contoso, &[]).await;
    world.own_provider(&world.acme, "ours", &world.contoso, &[]).await;
    world.member("ada", &world.acme, MemberState::Active, &["administrator"]).await;
    world.member("bob", &world.studio, MemberState::Active, &["owner"]).await;
    let one = async |of: &'static str| world.identity_texts(of).await.into_iter().next().unwrap();
    let ours = one("SELECT subject FROM membership JOIN tenant ON tenant.id = tenant_id WHERE slug = 'acme'").await;
    let theirs = one("SELECT subject FROM membership JOIN tenant ON tenant.id = tenant_id WHERE slug = 'studio'").await;
    let rp = world.client_at(&world.acme, "machine", |client| {
        client.kind = ClientKind::TenantInstance;
        client.grant_types.push(GrantType::ClientCredentials);
        client.scopes = vec!["members".to_owned()];
    });
    let token = text(&rp.await.token(&[("grant_type", "client_credentials")]).await.json(), "access_token");
    let ask = async |method: Method, path: String, body: Option<Value>| {
        let url = world.id.url(&format!("/api/v1/tenant/own-providers{path}"));
        let mut request = world.net.http.request(method, url).header("authorization", format!("Bearer {token}"));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let by = json!({ "subject": ours });
    let typed = json!({ "name": "Mine", "issuer": world.evil.issuer(), "client_id": "x", "client_secret": "y" });
    let before = world.identity_texts("SELECT key || version FROM provider ORDER BY key").await;
    for at in ["", "/test", "/mapping", "/key", "/enable", "/disable", "/remove"] {
        let body = match at {
            "/mapping" => json!({ "by": by, "mapping": { "groups": "teams" } }),
            "/key" => json!({ "by": by, "turn": "next" }),
            "" => json!({ "by": by, "provider": typed }),
            "/remove" => json!({ "by": by, "confirm_stranded": true }),
            _ => json!({ "by": by }),
        };
        let mut answers = Vec::new();
        for key in ["studio.corp", "everyones", "acme.none", "studio.none"] {
            answers.push(ask(Method::POST, format!("/{key}{at}"), Some(body.clone())).await);
        }
        assert_eq!(answers[0].0, 404, "{at}: {answers:?}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{at}: {answers:?}");
    }
    for key in ["studio.corp", "everyones", "acme.none"] {
        assert_eq!(ask(Method::GET, format!("/{key}"), None).await.0, 404, "{key}");
    }
    // Nobody acts whom this tenant does not know: not another's member, nor another's client.
    for stranger in [json!({ "subject": theirs }), json!({ "subject": "nobody" }), json!({ "client": "inkwell" })] {
        assert_eq!(ask(Method::POST, "/acme.ours/disable".into(), Some(json!({ "by": stranger }))).await.0, 403);
    }
    assert_eq!(world.identity_texts("SELECT key || version FROM provider ORDER BY key").await, before);
    // The control, and what a tenant calls its own is its own whatever it types.
    assert_eq!(ask(Method::GET, "/acme.ours".into(), None).await.0, 200);
    assert_eq!(ask(Method::POST, "/acme.ours/disable".into(), Some(json!({ "by": by }))).await.0, 200);
    let dotted = json!({ "by": by, "provider": { "preset": "generic", "key": "studio.mine", "name": "M", "issuer": "https://a.example", "client_id": "x", "client_secret": "y" } });
    assert_eq!(ask(Method::POST, String::new(), Some(dotted)).await.0, 422);
}

#[tokio::test]
async fn tn_02_an_administrator_of_another_tenant_neither_sees_nor_touches_it() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.posts(&world.acme, "/providers", &token, &corp(&world.contoso)).await.done(201);
    let (mut owner, theirs) = world.api_admin(&world.studio, "their-console").await;
    owner.opens(&world.studio.url("/providers")).await.sees("None of your own yet").page.sees_not("acme.corp");
    let csrf = owner.csrf_of(&world.studio).await;
    for key in ["acme.corp", "studio.none", "acme.none", "corp", "../acme.corp", "studio.corp%2F..%2Facme.corp"] {
        owner.get(world.studio.url(&format!("/providers/{key}"))).await.answers(404);
        world.gets(&world.studio, &format!("/providers/{key}"), &theirs).await.refuses(404, "not_found");
    }
    for at in ["/test", "/disable", "/remove"] {
        owner.post(world.studio.url(&format!("/providers/acme.corp{at}")), &[("csrf", &csrf)]).await.answers(404);
    }
    world.posts(&world.studio, "/providers/acme.corp/disable", &theirs, &json!({})).await.refuses(404, "not_found");
    assert_eq!(world.gets(&world.acme, "/providers/acme.corp", &token).await.done(200)["enabled"], true, "the control");
}

#[tokio::test]
async fn pp_06_the_provider_of_all_who_run_the_tenant_is_not_closed() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    let mut ada = world.admin_of(&world.acme).await;
    world.tenant_change(&world.acme, "UPDATE member SET provider = 'acme.corp'").await;
    ada.opens(&world.acme.url("/providers/acme.corp")).await.submits("disable", &[]).await.answers(409);
    ada.sees("Everyone who runs this instance comes in by this provider");
    assert_eq!(world.audited("provider.disabled").await, 0);
    world.tenant_change(&world.acme, "UPDATE member SET provider = NULL").await;
    ada.opens(&world.acme.url("/providers/acme.corp"))
        .await
        .submits("disable", &[])
        .await
        .sees("It opens nothing any more");
}

impl Person {
    /// The token of this browser's forms at a place.
    async fn csrf_of(&mut self, at: &Place) -> String {
        self.opens(&at.url("/profile")).await.csrf()
    }
}

/// Whoever hangs up before the answer comes has done it all the same: the tenant's own log says so.
#[tokio::test]
async fn pp_17_a_deed_at_a_provider_is_in_the_log_also_if_nobody_waits_for_its_end() {
    const ADDED: &str = "SELECT COUNT(*) FROM audit_entry WHERE action = 'provider.added'";
    let world = World::new().await;
    knows_us(&world.contoso);
    let (_ada, token) = world.api_admin(&world.acme, "console").await;
    world.gets(&world.acme, "/providers", &token).await.done(200);
    world.wire.holds_answers();
    let body = corp(&world.contoso);
    tokio::select! {
        answer = world.posts(&world.acme, "/providers", &token, &body) => panic!("it did not wait: {answer:?}"),
        // The identity server has done it.
        () = world.wire.holds(1) => {}
    }
    assert_eq!(world.tenant_count(&world.acme, ADDED).await, 0, "its end is not known here");
    world.wire.lets_go();
    let written = async {
        while world.tenant_count(&world.acme, ADDED).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), written).await.expect("an entry in the tenant's log");
    // The control: it is there.
    assert_eq!(text(&world.gets(&world.acme, "/providers/acme.corp", &token).await.done(200), "key"), "acme.corp");
}
