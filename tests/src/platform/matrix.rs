//! TN-02: whatever ids of another tenant are brought to whichever address, the answer is that of ids that don't exist. The
//! addresses are read from the code; what each of them takes stands here, by hand. One that is missing fails the test.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tenant::members::MemberState;

use super::routes::{TENANT_ROUTES, routes};
use crate::harness::{Page, Person, Place, World, multipart, query};

/// What an address takes that could name something of another tenant.
enum Takes {
    /// Nothing: no id in path, query or body.
    Nothing,
    /// A member's id in the path (`{id}`), and with a POST these fields.
    Member(&'static [(&'static str, &'static str)]),
    /// A place in a list, in the query, by that name: `after` somebody, or `before` a row.
    Cursor(&'static str),
    /// A job's id in the path.
    Job,
    /// An import's id in the path.
    Import,
    /// Members' ids in the body, for a job.
    Selection,
    /// A member's id in the query, by that name.
    Named(&'static str),
    /// A saved view's id in the path.
    View,
    /// Ids in the query of the log: of who did it, and of whom it was done to.
    Log,
    /// A provider's key in the path, and with a POST these fields.
    Provider(&'static [(&'static str, &'static str)]),
}
use Takes::{Cursor, Import, Job, Log, Member, Named, Nothing, Provider, Selection, View};

/// What `{deed}` and `{what}` of a path stand for.
const DEEDS: &[&str] = &["lock", "unlock", "suspend", "resume", "delete", "reactivate", "keep", "invite", "withdraw"];
const TURNS: &[&str] = &["start", "cancel", "undo", "retry"];

/// Every address of a tenant server.
const TENANT: &[(&str, &str, Takes)] = &[
    ("GET", "/", Nothing),
    ("POST", "/message", Nothing),
    ("POST", "/ask-again", Nothing),
    ("GET", "/requests", Cursor("after")),
    ("GET", "/requests/{id}", Member(&[])),
    ("POST", "/requests/{id}/approve", Member(&[("role", "viewer")])),
    ("POST", "/requests/{id}/reject", Member(&[("reason", "because")])),
    ("GET", "/members", Cursor("after")),
    ("GET", "/members/export.csv", Nothing),
    // A saved view of one's own: a name, a search.
    ("POST", "/members/views", Nothing),
    ("POST", "/members/views/{id}/forget", View),
    ("GET", "/members/export.jsonl", Nothing),
    ("GET", "/members/import", Cursor("before")),
    ("POST", "/members/import", Nothing),
    ("GET", "/members/import/example.csv", Nothing),
    ("GET", "/members/import/{id}", Import),
    ("GET", "/members/import/{id}/report.csv", Import),
    ("POST", "/members/import/{id}/{what}", Import),
    ("GET", "/members/invitations", Cursor("before")),
    ("GET", "/members/invite", Nothing),
    ("POST", "/members/invite", Nothing),
    ("GET", "/members/invite/many", Nothing),
    ("POST", "/members/invite/many", Nothing),
    ("GET", "/members/states", Named("member")),
    ("GET", "/members/{id}", Member(&[])),
    ("POST", "/members/{id}/email", Member(&[("email", "else@people.test")])),
    ("GET", "/members/{id}/details", Member(&[])),
    ("POST", "/members/{id}/details", Member(&[("given_name", "Else"), ("family_name", "Where"), ("locale", "de")])),
    ("POST", "/members/{id}/reset", Member(&[])),
    ("GET", "/members/{id}/roles", Member(&[])),
    ("POST", "/members/{id}/roles", Member(&[("role[]", "viewer")])),
    ("GET", "/members/{id}/fields", Member(&[])),
    ("POST", "/members/{id}/fields", Member(&[("field.city", "Elsewhere")])),
    ("GET", "/members/{id}/provider", Member(&[])),
    ("POST", "/members/{id}/provider", Member(&[("provider", "platform"), ("confirmed", "1")])),
    ("POST", "/members/{id}/keeper", Member(&[("kept_by", "Payroll")])),
    ("GET", "/members/{id}/break-glass", Member(&[])),
    ("POST", "/members/{id}/break-glass", Member(&[("on", "true")])),
    ("POST", "/members/{id}/undo/{version}", Member(&[])),
    ("GET", "/members/{id}/{deed}", Member(&[])),
    ("POST", "/members/{id}/{deed}", Member(&[])),
    ("GET", "/jobs", Cursor("before")),
    ("POST", "/jobs", Selection),
    ("GET", "/jobs/{id}", Job),
    ("GET", "/jobs/{id}/report.csv", Job),
    ("POST", "/jobs/{id}/subjects", Job),
    ("POST", "/jobs/{id}/{what}", Job),
    ("GET", "/providers/{key}/groups", Provider(&[])),
    ("POST", "/providers/{key}/groups", Provider(&[("group", "staff"), ("role", "viewer")])),
    ("POST", "/providers/{key}/groups/remove", Provider(&[("group", "staff"), ("role", "viewer")])),
    ("GET", "/roles", Nothing),
    // A client's id is the identity server's, and the same for every tenant.
    ("GET", "/service-accounts", Nothing),
    ("POST", "/service-accounts", Nothing),
    ("GET", "/providers", Nothing),
    ("GET", "/providers/new", Nothing),
    ("POST", "/providers/new", Nothing),
    ("GET", "/providers/{key}", Provider(&[])),
    ("POST", "/providers/{key}", Provider(&[("name", "Mine"), ("client_id", "x")])),
    ("POST", "/providers/{key}/test", Provider(&[])),
    ("GET", "/providers/{key}/mapping", Provider(&[])),
    ("POST", "/providers/{key}/mapping", Provider(&[("groups", "teams")])),
    ("POST", "/providers/{key}/key", Provider(&[("turn", "next")])),
    ("POST", "/providers/{key}/enable", Provider(&[])),
    ("POST", "/providers/{key}/disable", Provider(&[])),
    ("GET", "/providers/{key}/remove", Provider(&[])),
    ("POST", "/providers/{key}/remove", Provider(&[("confirm_stranded", "true")])),
    ("GET", "/audit", Log),
    ("GET", "/audit/export.csv", Log),
    // The reference id of another tenant's login: federation/ended.rs shows that it is not there.
    ("GET", "/audit/login", Nothing),
    ("GET", "/profile", Nothing),
    ("POST", "/profile", Nothing),
    ("GET", "/accept", Nothing),
    ("POST", "/accept", Nothing),
    ("GET", "/terms", Nothing),
    ("GET", "/privacy", Nothing),
    ("GET", "/help", Nothing),
    ("GET", "/settings/newcomers", Nothing),
    ("POST", "/settings/newcomers", Nothing),
    ("GET", "/settings/fields", Nothing),
    ("POST", "/settings/fields", Nothing),
    // A word that is the same in every tenant: fields.rs shows that another's stays.
    ("GET", "/settings/fields/{key}", Nothing),
    ("POST", "/settings/fields/{key}", Nothing),
    ("POST", "/settings/fields/{key}/remove", Nothing),
    ("GET", "/settings/terms", Nothing),
    ("POST", "/settings/terms", Nothing),
    ("GET", "/settings/terms/acceptances.csv", Nothing),
    ("GET", "/leave", Nothing),
    ("POST", "/leave", Nothing),
    ("GET", "/leave/done", Nothing),
    ("GET", "/auth/login", Nothing),
    ("GET", "/auth/callback", Nothing),
    ("POST", "/logout", Nothing),
    ("POST", "/logout/everywhere", Nothing),
    ("GET", "/signed-out", Nothing),
    // A word that says why, the same for everyone.
    ("GET", "/closed/{why}", Nothing),
    // Signed by the identity server for one client: attacks/… shows the others' (OA-19).
    ("POST", "/backchannel-logout", Nothing),
    ("GET", "/health", Nothing),
    // The hash of a picture: logos.rs shows that another tenant's is not there.
    ("GET", "/brand/{hash}", Nothing),
];

/// What stays open to those who have terms to accept first (PP-19), by hand: reading and accepting them, going away, and what is
/// there without any session.
const BEFORE_ACCEPTING: &[(&str, &str)] = &[
    ("GET", "/accept"),
    ("POST", "/accept"),
    ("GET", "/terms"),
    ("GET", "/privacy"),
    ("GET", "/help"),
    ("GET", "/leave"),
    ("POST", "/leave"),
    ("GET", "/leave/done"),
    ("GET", "/auth/login"),
    ("GET", "/auth/callback"),
    ("POST", "/logout"),
    ("POST", "/logout/everywhere"),
    ("GET", "/signed-out"),
    ("GET", "/closed/{why}"),
    ("POST", "/backchannel-logout"),
    ("GET", "/health"),
    ("GET", "/brand/{hash}"),
];

/// Every address of the identity server's tenant API, with what a body can name.
const API: &[(&str, &str)] = &[
    ("POST", "/api/v1/tenant/members"),
    ("POST", "/api/v1/tenant/invitations"),
    ("GET", "/api/v1/tenant/providers"),
    ("POST", "/api/v1/tenant/claims"),
    // With a key in the path: federation/own_providers.rs shows that another owner's is like none.
    ("POST", "/api/v1/tenant/own-providers"),
    ("GET", "/api/v1/tenant/own-providers/{key}"),
    ("POST", "/api/v1/tenant/own-providers/{key}"),
    ("POST", "/api/v1/tenant/own-providers/{key}/test"),
    ("POST", "/api/v1/tenant/own-providers/{key}/mapping"),
    ("POST", "/api/v1/tenant/own-providers/{key}/key"),
    ("POST", "/api/v1/tenant/own-providers/{key}/enable"),
    ("POST", "/api/v1/tenant/own-providers/{key}/disable"),
    ("POST", "/api/v1/tenant/own-providers/{key}/remove"),
    ("POST", "/api/v1/tenant/resets"),
    ("GET", "/api/v1/tenant/decisions"),
    ("POST", "/api/v1/tenant/groups"),
];

fn assert_listed(what: &str, source: &str, under: &str, listed: impl Fn(&str, &str) -> bool) {
    let found: Vec<_> = routes(source).into_iter().filter(|(_, path)| path.starts_with(under)).collect();
    assert!(!found.is_empty(), "{what}: the routes could not be read");
    for (method, path) in found {
        assert!(listed(&method, &path), "{what}: {method} {path} has no entry in this table (TN-02)");
    }
}

#[test]
fn tn_02_every_address_has_an_entry() {
    let tenant = TENANT_ROUTES;
    assert_listed("tenant server", tenant, "/", |method, path| {
        TENANT.iter().any(|(known, route, _)| *known == method && *route == path)
    });
    let identity = include_str!("../../../crates/identity-server/src/lib.rs");
    assert_listed("identity server", identity, "/api/v1/tenant/", |method, path| API.contains(&(method, path)));
    let (method, path) = ("GET".to_owned(), "/members/{id}".to_owned());
    assert!(routes(tenant).contains(&(method, path)), "the reader works");
}

#[tokio::test]
async fn tn_02_another_tenants_ids_answer_like_ids_that_do_not_exist_on_every_address() {
    let world = World::new().await;
    let mut eve = world.admin_of(&world.acme).await;
    let mut owner = world.admin_of(&world.studio).await;
    // Two of the other tenant's: one who waits, one who is in.
    let waits = world.member("waits", &world.studio, MemberState::ToReview, &[]).await;
    let foreign = id_at(&mut owner, &world.studio, &waits.name()).await;
    let own = world.member("own", &world.acme, MemberState::ToReview, &[]).await;
    let own = id_at(&mut eve, &world.acme, &own.name()).await;
    let csrf = eve.opens(&world.acme.url("/profile")).await.csrf();
    let nobody = "01900000-0000-7000-8000-000000000000";
    let job_there = job(&mut owner, &world.studio.url(""), &foreign).await;
    let view_there = view(&mut owner, &world.studio).await;
    let import_there = import(&mut owner, &world.studio).await;
    let provider_there = world.own_provider(&world.studio, "corp", &world.contoso, &[]).await;
    let provider_before = world.identity_texts("SELECT name || version FROM provider").await;
    let before = world.everything_of(&world.studio).await;
    for (method, route, takes) in TENANT {
        let ids = [&*foreign, nobody];
        let answers = match takes {
            Nothing => continue,
            Member(_) | Job | Import | View => {
                let (ids, fields) = match takes {
                    Member(fields) => (ids, *fields),
                    View => ([&*view_there, nobody], &[][..]),
                    Import => ([&*import_there, nobody], &[][..]),
                    _ => ([&*job_there, nobody], &[][..]),
                };
                let mut answers = Vec::new();
                for word in words_of(route) {
                    for id in ids {
                        let path = route.replace("{id}", id).replace("{deed}", word).replace("{what}", word);
                        let path = path.replace("{version}", word);
                        answers.push(told(&asked(&mut eve, method, &world.acme.url(&path), fields, &csrf).await, id));
                    }
                    assert_eq!(answers[0].0, 404, "{method} {route} {word}");
                    assert!(answers.iter().all(|answer| *answer == answers[0]), "{method} {route} {word}");
                }
                answers
            }
            Provider(fields) => {
                let mut answers = Vec::new();
                for key in [&*provider_there, "studio.none", "acme.none"] {
                    let path = route.replace("{key}", key);
                    answers.push(told(&asked(&mut eve, method, &world.acme.url(&path), fields, &csrf).await, key));
                }
                assert_eq!(answers[0].0, 404, "{method} {route}");
                assert_eq!(answers[0], answers[2], "{method} {route}");
                answers
            }
            Log => {
                let mut answers = Vec::new();
                for id in ids {
                    for name in ["member", "by"] {
                        let url = world.acme.url(&format!("{route}?{name}={id}"));
                        answers.push(told(&asked(&mut eve, method, &url, &[], &csrf).await, id));
                    }
                }
                assert!(!answers[0].1.contains(&waits.name()) && !answers[0].1.contains(&waits.email));
                assert_eq!(answers[1], answers[3], "{method} {route} by");
                vec![answers[0].clone(), answers[2].clone()]
            }
            Selection => {
                let mut answers = Vec::new();
                for id in ids {
                    let made = job(&mut eve, &world.acme.url(""), id).await;
                    let page = eve.opens(&world.acme.url(&format!("/jobs/{made}"))).await;
                    answers.push((200, page.text_of("items").replace(id, "ID")));
                }
                assert!(answers[0].1.contains("Nobody of that id is here"), "{}", answers[0].1);
                answers
            }
            Named(name) => {
                let mut answers = Vec::new();
                for id in ids {
                    let path = world.acme.url(&format!("{route}?{name}={id}"));
                    answers.push(told(&asked(&mut eve, method, &path, &[], &csrf).await, id));
                }
                assert_eq!(answers[0].0, 404, "{method} {route}");
                answers
            }
            Cursor(name) => {
                let mut answers = Vec::new();
                for id in ids {
                    let place = if *name == "before" { id.to_owned() } else { cursor(id) };
                    let url = world.acme.url(&format!("{route}?{name}={place}"));
                    answers.push(told(&asked(&mut eve, method, &url, &[], &csrf).await, id));
                }
                assert!(!answers[0].1.contains("Nordlys") && !answers[0].1.contains(&waits.email));
                answers
            }
        };
        assert_eq!(answers[0], answers[1], "{method} {route}");
    }
    assert_eq!(world.everything_of(&world.studio).await, before, "nothing was changed there");
    assert_eq!(world.identity_texts("SELECT name || version FROM provider").await, provider_before);
    // The control: the same with an id of one's own.
    asked(&mut eve, "GET", &world.acme.url(&format!("/requests/{own}")), &[], &csrf).await.answers(200);
    let url = world.acme.url(&format!("/requests/{own}/approve"));
    asked(&mut eve, "POST", &url, &[("role", "viewer")], &csrf).await.answers(303);
}

#[tokio::test]
async fn pp_19_no_address_leads_past_terms_that_are_to_be_accepted() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let csrf = admin.opens(&world.acme.url("/settings/terms")).await.csrf();
    let first = [("kind", "terms"), ("after", "0"), ("body", "Be kind."), ("required", "1")];
    asked(&mut admin, "POST", &world.acme.url("/settings/terms"), &first, &csrf).await.answers(303);
    let before = world.everything_of(&world.acme).await;
    for accepted in [false, true] {
        for (method, route, _) in TENANT {
            if BEFORE_ACCEPTING.contains(&(method, route)) {
                continue;
            }
            let path = route.replace("{id}", "01900000-0000-7000-8000-000000000000").replace("{key}", "acme.none");
            let path = path.replace("{deed}", "lock").replace("{what}", "start").replace("{version}", "1");
            let page = asked(&mut admin, method, &world.acme.url(&path), &[], &csrf).await;
            let asks = match page.location() {
                Some(to) if to.path() == "/accept" => query(&to, "return_to").as_deref() == Some(&*path),
                _ => page.status == 409 && page.body.contains("There are new terms"),
            };
            assert_eq!(asks, !accepted, "{method} {route}: {page:?}");
        }
        if !accepted {
            assert_eq!(world.everything_of(&world.acme).await, before, "nothing was done");
            // What the list leaves open is open.
            admin.get(world.acme.url("/terms")).await.answers(200);
            admin.opens(&world.acme).await.is("/accept").submits("accept", &[]).await.is("/");
        }
    }
}

#[tokio::test]
async fn tn_02_a_tenants_api_knows_its_own_subjects_alone() {
    let world = World::new().await;
    world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("bob", &world.studio, MemberState::Active, &["member"]).await;
    let one = async |of: &'static str| world.identity_texts(of).await.into_iter().next().unwrap();
    let own = one("SELECT subject FROM membership JOIN tenant ON tenant.id = tenant_id WHERE slug = 'acme'").await;
    let foreign =
        one("SELECT subject FROM membership JOIN tenant ON tenant.id = tenant_id WHERE slug = 'studio'").await;
    let rp = world.client_at(&world.acme, "machine", |client| {
        client.kind = oidc::client::ClientKind::TenantInstance;
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes = vec!["members".to_owned()];
    });
    let token = rp.await.token(&[("grant_type", "client_credentials")]).await.json();
    let token = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let line =
        |subject: &str| json!({ "subject": subject, "version": 99, "state": "locked", "roles": [], "groups": [] });
    let url = world.id.url("/api/v1/tenant/members");
    let body = json!({ "members": [line(&own), line(&foreign), line("nobody")] }).to_string();
    let request = world.net.http.post(&url).header("authorization", token).header("content-type", "application/json");
    let heard: Value = serde_json::from_str(&request.body(body).send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(heard["applied"][0]["subject"], json!(own), "the control");
    assert_eq!(heard["unknown"], json!([foreign, "nobody"]));
    let locked = "SELECT slug FROM membership JOIN tenant ON tenant.id = tenant_id WHERE state = 'locked'";
    assert_eq!(world.identity_texts(locked).await, ["acme"]);
}

fn words_of(route: &str) -> &'static [&'static str] {
    match route {
        _ if route.contains("{deed}") => DEEDS,
        _ if route.contains("{what}") => TURNS,
        _ if route.contains("{version}") => &["1"],
        _ => &[""],
    }
}

/// Somebody saves a view of their members.
async fn view(who: &mut Person, at: &Place) -> String {
    who.opens(&at.url("/members?locked=true")).await;
    who.submits("save", &[("name", "Locked here"), ("shared", "yes")]).await;
    let forget = who.page.find("form[action$='/forget']", |form| form.value().attr("action").unwrap().to_owned());
    let forget = forget.unwrap();
    forget.split('/').nth(3).unwrap().to_owned()
}

/// Somebody makes a job that would lock this member.
async fn job(who: &mut Person, origin: &str, member: &str) -> String {
    let csrf = who.opens(&format!("{origin}/profile")).await.csrf();
    let fields = [("deed", "lock"), ("member[]", member)];
    let page = asked(who, "POST", &format!("{origin}/jobs"), &fields, &csrf).await;
    let at = page.location().expect("a job was made");
    at.path().strip_prefix("/jobs/").unwrap().to_owned()
}

/// Somebody brings a file of one line.
async fn import(who: &mut Person, at: &Place) -> String {
    let csrf = who.opens(&at.url("/profile")).await.csrf();
    let file = b"email\nnobody@elsewhere.test\n".as_slice();
    let form = multipart(&[("csrf", None, csrf.as_bytes()), ("file", Some("people.csv"), file)]);
    let page = who.post_file(at.url("/members/import"), &form).await;
    page.location().expect("it was taken").path().rsplit('/').next().unwrap().to_owned()
}

async fn asked(who: &mut Person, method: &str, url: &str, fields: &[(&str, &str)], csrf: &str) -> Page {
    if method == "GET" {
        return who.get(url).await;
    }
    assert_eq!(Method::POST.as_str(), method);
    let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf)]).collect();
    who.post(url, &fields).await
}

/// Status and words, without what differs anyway: the id that was asked for, and the reference.
fn told(page: &Page, id: &str) -> (u16, String) {
    let reference = page.header("x-request-id").to_owned();
    (page.status, page.text().replace(&reference, "REFERENCE").replace(id, "ID"))
}

/// A place in a list that ends with this id: as the pages write it, name and id.
fn cursor(id: &str) -> String {
    url::form_urlencoded::byte_serialize(format!("a~{id}").as_bytes()).collect()
}

async fn id_at(admin: &mut Person, at: &Place, name: &str) -> String {
    admin.opens(&at.url("/members")).await.follows(name).await;
    admin.url.path().rsplit('/').next().unwrap().to_owned()
}

impl World {
    /// How many rows of each kind a tenant has, and what its members stand at.
    async fn everything_of(&self, of: &Place) -> BTreeMap<&'static str, i64> {
        let mut rows = BTreeMap::new();
        for sql in [
            "SELECT COUNT(*) FROM member",
            "SELECT COUNT(*) FROM member WHERE locked",
            "SELECT COUNT(*) FROM member WHERE authorization_state = 'to_review'",
            "SELECT COUNT(*) FROM member_role",
            "SELECT COUNT(*) FROM member_field",
            "SELECT COUNT(*) FROM audit_entry",
            "SELECT CAST(SUM(version) AS BIGINT) FROM member",
        ] {
            rows.insert(sql, self.tenant_count(of, sql).await);
        }
        rows
    }
}

#[tokio::test]
async fn tn_02_a_tenant_hears_of_no_other_tenants_providers_and_claims() {
    let world = World::new().await;
    world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("bob", &world.studio, MemberState::Active, &["member"]).await;
    world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    world.own_provider(&world.studio, "corp", &world.evil, &[]).await;
    let one = async |of: &'static str| world.identity_texts(of).await.into_iter().next().unwrap();
    let foreign =
        one("SELECT subject FROM membership JOIN tenant ON tenant.id = tenant_id WHERE slug = 'studio'").await;
    let rp = world.client_at(&world.acme, "machine", |client| {
        client.kind = oidc::client::ClientKind::TenantInstance;
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes = vec!["members".to_owned()];
    });
    let token = rp.await.token(&[("grant_type", "client_credentials")]).await.json();
    let token = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let listed = world.net.http.get(world.id.url("/api/v1/tenant/providers")).header("authorization", &token);
    let listed: Value = serde_json::from_str(&listed.send().await.unwrap().text().await.unwrap()).unwrap();
    let keys: Vec<_> = listed["providers"].as_array().unwrap().iter().map(|it| it["key"].clone()).collect();
    assert_eq!(keys, [json!("acme.corp")]);
    let ask = async |provider: &str| {
        let body = json!({ "provider": provider, "subjects": [foreign, "nobody"] }).to_string();
        let request = world.net.http.post(world.id.url("/api/v1/tenant/claims")).header("authorization", &token);
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(ask("acme.corp").await, (200, json!({ "claimed": [], "unprovable": [], "used": {} }).to_string()));
    let (there, gone) = (ask("studio.corp").await.0, ask("studio.none").await.0);
    assert_eq!((there, gone), (404, 404), "another's provider is none");
}
