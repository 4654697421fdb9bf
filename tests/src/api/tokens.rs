use serde_json::json;
use tenant::members::MemberState;

use super::{acting, api, everything, serving};
use crate::harness::{MINUTE, SECOND, World, claims, text};

#[tokio::test]
async fn tn_03_only_a_token_of_this_tenants_api_opens_it() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.make_member(&admin, &world.studio, MemberState::Active, &["owner"]).await;
    assert_eq!(world.gets(&world.acme, "/members", &token).await.status, 200, "the control");

    let plain = world.client_at(&world.acme, "plain", acting).await;
    let usual = plain.tokens(&mut admin).await;
    let elsewhere = world.client_at(&world.studio, "elsewhere", acting).await;
    let elsewhere = elsewhere.acts_for(&mut admin, &world.studio, &everything()).await;
    assert_eq!(world.gets(&world.studio, "/members", &text(&elsewhere, "access_token")).await.status, 200);
    let instance = world.client_at(&world.acme, "instance", |client| {
        client.kind = oidc::client::ClientKind::TenantInstance;
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes.push("members".to_owned());
    });
    let instance = instance.await.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await.json();
    let mut altered = token.clone();
    altered.replace_range(60..61, if &token[60..61] == "A" { "B" } else { "A" });
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", token.split('.').nth(1).unwrap());
    for (foreign, what) in [
        ("nonsense".to_owned(), "nonsense"),
        (text(&usual, "access_token"), "a token for the issuer"),
        (text(&usual, "id_token"), "an ID token"),
        (text(&elsewhere, "access_token"), "another tenant's token"),
        (text(&instance, "access_token"), "the token of a tenant's own instance"),
        (altered, "an altered one"),
        (unsigned, "an unsigned one"),
    ] {
        let answer = world.gets(&world.acme, "/members", &foreign).await;
        answer.refuses(401, "invalid_token");
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"", "{what}");
    }
    let none = world.calls(&world.acme, (reqwest::Method::GET, "/members"), &[], None).await;
    assert_eq!((none.status, none.header("www-authenticate")), (401, "Bearer"));
    let path = format!("/members?access_token={token}");
    let in_address = world.calls(&world.acme, (reqwest::Method::GET, &path), &[], None).await;
    assert_eq!(in_address.status, 401, "a token in an address is never looked at");
    world.passes(5 * MINUTE + 6 * SECOND);
    world.gets(&world.acme, "/members", &token).await.refuses(401, "invalid_token");
}

#[tokio::test]
async fn tn_03_a_token_for_the_api_opens_nothing_at_the_identity_server() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let rp = world.client_at(&world.acme, "console", acting).await;
    let tokens = rp.acts_for(&mut admin, &world.acme, "members:read").await;
    let token = text(&tokens, "access_token");
    let said = claims(&tokens["access_token"]);
    assert_eq!(said["aud"], json!(api(&world.acme)));
    assert_eq!(
        (&said["scope"], &said["tenant"], &said["client_id"]),
        (&json!("members:read"), &json!("acme"), &json!("console"))
    );
    assert_eq!(said["sub"], claims(&tokens["id_token"])["sub"], "pairwise, as everywhere in this tenant");
    assert_eq!(tokens["scope"], "members:read");
    assert_eq!(rp.userinfo(&token).await.status, 401);
    assert!(!rp.is_active(&token).await, "introspection is for tokens of the issuer");
    // One refresh token gives either, one at a time (RFC 8707 §2.2).
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &*text(&tokens, "refresh_token"))];
    let own = rp.token(&[refresh[0], refresh[1], ("resource", &*world.id.base)]).await.json();
    assert_eq!(claims(&own["access_token"])["scope"], "openid");
    assert_eq!(rp.userinfo(&text(&own, "access_token")).await.status, 200, "the control");
    world.gets(&world.acme, "/members", &text(&own, "access_token")).await.refuses(401, "invalid_token");
}

#[tokio::test]
async fn tn_03_no_token_for_a_tenants_api_opens_what_its_server_alone_may_say() {
    let world = World::new().await;
    let (mut admin, _) = world.api_admin(&world.acme, "console").await;
    let persons = world.client_at(&world.acme, "tool", acting).await;
    let persons = persons.acts_for(&mut admin, &world.acme, &everything()).await;
    let robot = world.client_at(&world.acme, "robot", serving).await.serves_at(&world.acme, &everything()).await;
    let plain = world.client_at(&world.acme, "plain", acting).await.tokens(&mut admin).await;
    let instance = world.client_at(&world.acme, "instance", |client| {
        client.kind = oidc::client::ClientKind::TenantInstance;
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes.push("members".to_owned());
    });
    let instance = instance.await.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await.json();
    let subject = world.identity_texts("SELECT subject FROM membership").await.pop().unwrap();
    let line = json!({ "subject": subject, "version": 99, "state": "locked", "roles": [], "groups": [] });
    let calls = [
        ("POST", "members", json!({ "members": [line] })),
        ("POST", "invitations", json!({ "invitations": [] })),
        ("GET", "providers", json!(null)),
        ("GET", "decisions", json!(null)),
        ("GET", "own-providers/acme.corp", json!(null)),
        ("POST", "own-providers/acme.corp/disable", json!({})),
        ("POST", "groups", json!({ "subjects": [subject] })),
        ("POST", "claims", json!({ "provider": "acme.corp", "subjects": [subject] })),
    ];
    let ask = async |(method, path, body): &(&str, &str, serde_json::Value), token: &str| {
        let url = world.id.url(&format!("/api/v1/tenant/{path}"));
        let request = world.net.http.request(method.parse().unwrap(), url).bearer_auth(token);
        let request = if body.is_null() { request } else { request.json(body) };
        request.send().await.unwrap().status().as_u16()
    };
    for call in &calls {
        for (token, what) in [
            (text(&persons, "access_token"), "a person's, for the tenant's API"),
            (robot.clone(), "a service account's"),
            (text(&plain, "access_token"), "a person's, for the issuer"),
            (text(&plain, "id_token"), "an ID token"),
        ] {
            let status = ask(call, &token).await;
            assert_eq!(status, 401, "{call:?}: {what}");
        }
    }
    let locked = "SELECT COUNT(*) FROM membership WHERE state = 'locked'";
    assert_eq!(world.identity_count(locked).await, 0);
    let own = text(&instance, "access_token");
    assert_eq!(ask(&calls[2], &own).await, 200, "the control");
    assert_eq!(ask(&calls[0], &own).await, 200, "the control");
    assert_eq!(world.identity_count(locked).await, 1);
}

#[tokio::test]
async fn rfc_8707_nobody_gets_a_token_for_an_api_that_is_not_their_tenants() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let outside = world.platform_client("outside", acting).await;
    let rp = world.client_at(&world.acme, "console", acting).await;
    let (acme, studio) = (api(&world.acme), api(&world.studio));
    for (rp, resource) in
        [(&outside, &*acme), (&rp, &*studio), (&rp, "https://evil.test/api/v1"), (&rp, &*format!("{acme}/"))]
    {
        let request = rp.request(&[("resource", Some(resource))]);
        admin.opens(&request.url()).await;
        assert_eq!(admin.query("error").as_deref(), Some("invalid_target"), "{resource}");
    }
    let request = rp.request(&[("resource", Some(&acme)), ("scope", Some("openid profile"))]);
    admin.opens(&request.url()).await;
    assert_eq!(admin.query("error").as_deref(), Some("invalid_scope"), "the API without a scope of it");
    // What was not asked for at the beginning is not given at the end.
    let request = rp.request(&[("scope", Some("openid members:read"))]);
    let code = rp.code(&mut admin, &request).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", rp.redirect_uri()),
        ("code_verifier", &*request.verifier),
        ("resource", &*acme),
    ];
    rp.token(&fields).await.is_error(400, "invalid_target");
    let robot = world.client_at(&world.acme, "robot", serving).await;
    for (resource, code) in [(Some(&*studio), "invalid_target"), (None, "invalid_scope")] {
        let resource = resource.map(|resource| ("resource", resource));
        let fields: Vec<_> = [("grant_type", "client_credentials")].into_iter().chain(resource).collect();
        robot.token(&fields).await.is_error(400, code);
    }
    assert_eq!(
        robot.token(&[("grant_type", "client_credentials"), ("resource", &acme)]).await.status,
        200,
        "the control"
    );
    let stored = "SELECT COUNT(*) FROM access_grant WHERE resource IS NOT NULL";
    assert_eq!(world.identity_count(stored).await, 0);
}

#[tokio::test]
async fn ik_08_a_person_is_asked_before_an_application_acts_in_their_name() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let rp = world.client_at(&world.acme, "console", acting).await;
    let identifier = api(&world.acme);
    let ask = [("scope", Some("openid members:read members:write")), ("resource", Some(&*identifier))];
    let silent = rp.request(&[ask[0], ask[1], ("prompt", Some("none"))]);
    admin.opens(&silent.url()).await;
    assert_eq!(admin.query("error").as_deref(), Some("consent_required"));
    admin.opens(&rp.request(&ask).url()).await.is("/consent");
    admin
        .sees("wants to act in your name at Acme Library")
        .sees("Invite, approve, lock and delete members in your name");
    admin.submits("deny", &[]).await;
    assert_eq!(admin.query("error").as_deref(), Some("access_denied"));
    admin.opens(&rp.request(&ask).url()).await.is("/consent").submits("allow", &[]).await;
    assert!(admin.query("code").is_some());
    admin.opens(&rp.request(&ask).url()).await;
    assert!(admin.query("code").is_some(), "remembered");
    let more = rp.request(&[("scope", Some("openid roles:write")), ask[1]]);
    admin.opens(&more.url()).await.is("/consent").sees("Give and take roles in your name");
}

#[tokio::test]
async fn az_05_scope_and_the_rights_of_the_moment_both_count() {
    let world = World::new().await;
    let (mut admin, _) = world.api_admin(&world.acme, "console").await;
    let rp = world.client_at(&world.acme, "reader", acting).await;
    let reading = text(&rp.acts_for(&mut admin, &world.acme, "members:read").await, "access_token");
    let refused =
        world.posts(&world.acme, "/members/01900000-0000-7000-8000-000000000000/lock", &reading, &json!({})).await;
    refused.refuses(403, "insufficient_scope");
    assert!(refused.header("www-authenticate").contains("scope=\"members:write\""), "{refused:?}");
    // A scope is no right: a viewer's token for everything is a viewer's.
    let mut viewer = world.member("viewer", &world.acme, MemberState::Active, &["viewer"]).await;
    viewer.enters(&world.acme).await;
    let all = text(&rp.acts_for(&mut viewer, &world.acme, &everything()).await, "access_token");
    world.gets(&world.acme, "/audit", &all).await.refuses(403, "forbidden");
    assert_eq!(world.gets(&world.acme, "/roles", &reading).await.status, 200, "the control");
    admin.opens(&world.acme.url("/members")).await.follows("Viewer Doe").await.submits("lock", &[]).await;
    world.gets(&world.acme, "/roles", &all).await.refuses(403, "not_admitted");
}

/// What writes tells nobody who they are: that is what `members:read` is for, and what a person consents to by it.
#[tokio::test]
async fn az_05_a_scope_that_writes_reads_nobody() {
    let world = World::new().await;
    let (mut admin, all) = world.api_admin(&world.acme, "console").await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let found = world.gets(&world.acme, "/members?q=mina", &all).await.done(200);
    let id = text(&found["members"][0], "id");
    let rp = world.client_at(&world.acme, "writer", acting).await;
    let writing = text(&rp.acts_for(&mut admin, &world.acme, "members:write roles:write").await, "access_token");
    let invited = json!({ "given_name": "New", "family_name": "Comer", "email": "new@people.example", "locale": "en", "roles": ["viewer"] });
    let deeds = [
        (format!("/members/{id}/roles"), json!({ "how": "add", "roles": ["viewer"] }), 200),
        (format!("/members/{id}/fields"), json!({ "fields": {} }), 200),
        (format!("/members/{id}/lock"), json!({}), 200),
        ("/members".to_owned(), invited, 201),
    ];
    for (path, body, status) in deeds {
        let told = world.posts(&world.acme, &path, &writing, &body).await.done(status);
        let member = if status == 201 { &told } else { &told["member"] };
        let mut keys: Vec<&String> = member.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["id", "state"], "{path}: {told}");
    }
    // The control: with `members:read` beside it, the same answer tells.
    let told = world.posts(&world.acme, &format!("/members/{id}/unlock"), &all, &json!({})).await.done(200);
    assert_eq!(told["member"]["given_name"], "Mina");
}

/// Where an invitation goes, and by what somebody is known, decides who has the roles that wait there.
#[tokio::test]
async fn az_05_a_token_that_gives_no_roles_hands_none_over() {
    let world = World::new().await;
    let (mut admin, all) = world.api_admin(&world.acme, "console").await;
    let provider = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let rp = world.client_at(&world.acme, "writer", acting).await;
    let writing = text(&rp.acts_for(&mut admin, &world.acme, "members:write").await, "access_token");
    let new = json!({ "given_name": "New", "family_name": "Comer", "email": "new@people.example", "locale": "en", "roles": ["administrator"] });
    let invited = text(&world.posts(&world.acme, "/members", &all, &new).await.done(201), "id");
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let mina = world.id_by_api(&world.acme, "mina", &all).await;
    let switch = json!({ "provider": provider, "subject": "mallory-at-corp" });
    let job = json!({ "deed": "switch", "provider": provider, "members": [mina] });
    let hands_over = [
        (format!("/members/{invited}/email"), json!({ "email": "mallory@people.example" }), 200),
        (format!("/members/{mina}/provider"), switch, 200),
        ("/jobs".to_owned(), job, 201),
    ];
    for (path, body, status) in hands_over {
        let refused = world.posts(&world.acme, &path, &writing, &body).await;
        refused.refuses(403, "insufficient_scope");
        assert!(refused.header("www-authenticate").contains("scope=\"roles:write\""), "{refused:?}");
        world.posts(&world.acme, &path, &all, &body).await.done(status);
    }
}

#[tokio::test]
async fn in_03_a_token_from_before_somebody_was_shut_out_opens_nothing_when_they_are_back() {
    let world = World::new().await;
    let (mut admin, all) = world.api_admin(&world.acme, "console").await;
    let robot = world.client_at(&world.acme, "robot", serving).await;
    let new = json!({ "name": "Robot", "client_id": "robot", "roles": ["administrator"] });
    let machine = text(&world.posts(&world.acme, "/service-accounts", &all, &new).await.done(201), "member");
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["administrator"]).await;
    mina.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "reader", acting).await;
    let person = world.id_by_api(&world.acme, "mina", &all).await;
    for (out, back) in [("lock", "unlock"), ("suspend", "resume"), ("delete", "reactivate")] {
        let hers = text(&rp.acts_for(&mut mina, &world.acme, &everything()).await, "access_token");
        let its = robot.serves_at(&world.acme, &everything()).await;
        for (id, token) in [(&person, &hers), (&machine, &its)] {
            assert_eq!(world.gets(&world.acme, "/roles", token).await.status, 200, "the control");
            world.passes(SECOND);
            world.posts(&world.acme, &format!("/members/{id}/{out}"), &all, &json!({})).await.done(200);
            world.gets(&world.acme, "/roles", token).await.refuses(403, "not_admitted");
            world.posts(&world.acme, &format!("/members/{id}/{back}"), &all, &json!({})).await.done(200);
            world.gets(&world.acme, "/roles", token).await.refuses(401, "invalid_token");
        }
        world.settle().await;
        world.passes(SECOND);
        mina.enters(&world.acme).await;
    }
    assert_eq!(world.gets(&world.acme, "/roles", &all).await.status, 200, "who was not shut out is as before");
    admin.opens(&world.acme.url("/members")).await;
}
