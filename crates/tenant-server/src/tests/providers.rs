use axum::http::StatusCode;
use serde_json::{Value, json};
use tenant::members::{MemberId, MemberState};

use super::browser::{Answer, Browser};
use super::world::World;
use crate::SeedMember;

fn known(enabled: bool) -> Value {
    json!([
        { "key": "contoso", "name": "Contoso", "owner": "platform", "preset": "entra", "enabled": enabled,
          "fields": ["given_name", "family_name", "email", "company"], "logo": "ignored" },
        { "key": "acme.corp", "name": "Corporate", "owner": "tenant", "preset": "oidc", "enabled": true, "fields": [] },
    ])
}

impl World {
    /// An administrator and somebody to be switched.
    async fn with_mina(&self) -> (Browser, MemberId) {
        self.idp.tell(|told| told.providers = Some(known(true)));
        let ada = self.admin().await;
        (ada, self.seed("acme", "mina", MemberState::Active, &["viewer"]).await)
    }

    fn was_mailed(&self, person: &str, words: &str) -> bool {
        let mails = self.mails.sent_to(&format!("{person}@people.example"));
        mails.iter().any(|mail| mail.letter.paragraphs.iter().any(|text| text.contains(words)))
    }

    /// By that provider, as the identity server will say.
    fn proves(&self, person: &str, provider: &str) {
        self.idp.tell(|told| told.idps.insert(person.to_owned(), provider.to_owned()));
    }
}

/// Both pages of a switch.
async fn switches(admin: &mut Browser, member: MemberId, fields: &[(&str, &str)]) -> Answer {
    let at = format!("/members/{member}/provider");
    let page = admin.get(&at).await;
    let confirm = admin.post(&at, &page, fields).await;
    assert_eq!(confirm.status, StatusCode::OK, "{}", confirm.body);
    let mut all = fields.to_vec();
    all.push(("confirmed", "1"));
    admin.post(&at, &confirm, &all).await.sent_to();
    confirm
}

#[tokio::test]
async fn sw_01_one_moment_then_in_by_the_new_provider_and_never_by_the_old_one() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let mut browser = world.browser();
    browser.signs_in(&world.idp, "mina").await.sent_to();
    assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
    world.server.deliver_all().await.unwrap();
    switches(&mut ada, mina, &[("provider", "contoso")]).await;
    browser.get("/profile").await.sent_to();

    // The identity server has not heard of it, and lets them in by the old credential.
    let before = world.idp.tell(|told| told.members.len());
    let answer = browser.signs_in(&world.idp, "mina").await;
    assert_eq!(answer.sent_to(), "/auth/login?return_to=%2F&once_more=1");
    let snapshot = world.idp.tell(|told| told.members[before..].to_vec());
    assert_eq!(snapshot.len(), 1, "told at once, of this member alone: {snapshot:?}");
    assert_eq!((&snapshot[0]["provider"], &snapshot[0]["subject"]), (&"contoso".into(), &"subject-of-mina".into()));
    assert_eq!(snapshot[0]["switched"], snapshot[0]["version"]);

    // Once more, and only once, even if the identity server went on like that.
    let path = answer.sent_to().to_owned();
    let request = browser.goes(&path).await;
    assert_eq!(request["prompt"], "login");
    let code = world.idp.code("mina", &request);
    let refused = browser.comes_back(&world.idp, &code, &request["state"]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Your sign-in for acme is Contoso"), "{}", refused.body);
    let reference = refused.text("#error-reference").unwrap();
    browser.get("/profile").await.sent_to();
    let log = ada.get("/audit?action=session.refused").await;
    assert!(log.body.contains(&reference), "the reference stands in the log: {reference}");

    world.proves("mina", "contoso");
    browser.signs_in(&world.idp, "mina").await.sent_to();
    assert!(browser.get("/profile").await.text("#own-provider").unwrap().starts_with("Contoso"));
    // The control: others are let in as before.
    world.seed("acme", "bo", MemberState::Active, &["viewer"]).await;
    let mut bo = world.browser();
    bo.signs_in(&world.idp, "bo").await.sent_to();
    assert_eq!(bo.get("/profile").await.status, StatusCode::OK);
}

#[tokio::test]
async fn sw_01_whoever_is_at_the_door_while_the_identity_server_is_busy_is_told_of_in_time() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    switches(&mut ada, mina, &[("provider", "contoso")]).await;
    world.idp.tell(|told| told.busy = 2);
    let answer = world.browser().signs_in(&world.idp, "mina").await;
    assert!(answer.sent_to().ends_with("once_more=1"));
    let told = world.idp.tell(|told| told.members.iter().filter(|it| it["provider"] == "contoso").count());
    assert_eq!(told, 1, "at the third try");
}

#[tokio::test]
async fn sw_02_another_provider_with_the_members_subject_is_another_provider() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    switches(&mut ada, mina, &[("provider", "contoso")]).await;
    world.server.deliver_all().await.unwrap();
    for idp in ["platform", "acme.corp", "acme.contoso", "contoso.contoso"] {
        world.proves("mina", idp);
        let mut browser = world.browser();
        let path = browser.signs_in(&world.idp, "mina").await.sent_to().to_owned();
        let request = browser.goes(&path).await;
        let code = world.idp.code("mina", &request);
        assert_eq!(
            browser.comes_back(&world.idp, &code, &request["state"]).await.status,
            StatusCode::FORBIDDEN,
            "{idp}"
        );
        browser.get("/profile").await.sent_to();
    }
    world.proves("mina", "contoso");
    assert_eq!(world.browser().signs_in(&world.idp, "mina").await.sent_to(), "/");
}

#[tokio::test]
async fn sw_01_a_code_from_before_the_switch_is_worth_nothing() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    world.proves("mina", "contoso");
    let mut browser = world.browser();
    let request = browser.goes_to_sign_in("/").await;
    let code = world.idp.code("mina", &request);
    switches(&mut ada, mina, &[("provider", "contoso")]).await;
    // The code is from before the switch: right provider, old version.
    let answer = browser.comes_back(&world.idp, &code, &request["state"]).await;
    assert!(answer.sent_to().ends_with("once_more=1"));
    let path = answer.sent_to().to_owned();
    let request = browser.goes(&path).await;
    let code = world.idp.code("mina", &request);
    assert_eq!(browser.comes_back(&world.idp, &code, &request["state"]).await.sent_to(), "/");
}

#[tokio::test]
async fn pp_06_tp_02_the_pages_say_what_will_happen() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let at = format!("/members/{mina}");
    let page = ada.get(&at).await;
    assert_eq!(page.text("#provider").as_deref(), Some("Latchkey"));
    assert!(!page.has("#provider-since") && page.has("#switch-provider"));
    let form = ada.get(&format!("{at}/provider")).await;
    assert!(form.has("input[value=contoso]") && form.has("input[value='acme.corp']"));
    assert!(form.has("input[value=platform][disabled]"), "there already");
    let nothing = ada.post(&format!("{at}/provider"), &form, &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let confirm = switches(&mut ada, mina, &[("provider", "contoso"), ("compromised", "1"), ("subject", "")]).await;
    let effects = confirm.text("#effects").unwrap();
    for said in ["Contoso alone opens acme", "sessions at acme end", "Their old credential is not accepted", "Company"]
    {
        assert!(effects.contains(said), "{said}: {effects}");
    }
    let page = ada.get(&at).await;
    assert_eq!(page.text("#provider").as_deref(), Some("Contoso"));
    assert!(page.has("#provider-since"));
    assert!(page.text("#provider-locks").unwrap().contains("Contoso"), "TP-02");
    assert!(page.text("#timeline").unwrap().contains("Switched to another way to sign in"));
    world.server.deliver_all().await.unwrap();
    assert!(world.was_mailed("mina", "is now Contoso"));
    // A second switch to the same is refused, and so is one to a provider that is not there.
    let again = ada.get(&format!("{at}/provider")).await;
    for (provider, status) in [("contoso", 409), ("globex.corp", 409), ("No Key", 409)] {
        let answer = ada.post(&format!("{at}/provider"), &again, &[("provider", provider)]).await;
        assert_eq!(answer.status.as_u16(), status, "{provider}");
    }
    switches(&mut ada, mina, &[("provider", "platform")]).await;
    assert_eq!(ada.get(&at).await.text("#provider").as_deref(), Some("Latchkey"));
}

#[tokio::test]
async fn pp_07_tp_08_what_the_provider_owns_is_read_and_not_changed() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let at = format!("/members/{mina}/fields");
    let free = ada.get(&at).await;
    ada.post(&at, &free, &[("field.company", "Acme")]).await.sent_to();
    switches(&mut ada, mina, &[("provider", "contoso")]).await;
    world.server.deliver_all().await.unwrap();
    let page = ada.get(&at).await;
    assert!(!page.has("input[name='field.company']") && page.has("input[name='field.city']"));
    assert!(page.text(".owned").unwrap().contains("Contoso owns this"));
    let changed = ada.post(&at, &page, &[("field.company", "Other")]).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert!(changed.body.contains("Contoso owns this"), "{}", changed.body);
    // What stands there may be sent along, and what the provider does not own is changed.
    ada.post(&at, &page, &[("field.company", "Acme"), ("field.city", "Oslo")]).await.sent_to();

    world.proves("mina", "contoso");
    let mut browser = world.browser();
    browser.signs_in(&world.idp, "mina").await.sent_to();
    let own = browser.get("/profile").await;
    assert!(!own.has("input[name='field.company']") && own.has("input[name='field.city']"));
    assert!(own.text("#own-owned").unwrap().contains("First name, Last name, E-mail, Company"));
    let changed = browser.post("/profile", &own, &[("field.company", "Other")]).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    browser.post("/profile", &own, &[("field.city", "Bergen")]).await.sent_to();
    // TP-08: roles and locks stay the tenant's. The control: back, everything can be changed.
    let detail = ada.get(&format!("/members/{mina}")).await;
    assert!(detail.has("#assign-roles") && detail.has("#lock") && detail.has("#delete"), "TP-08");
    switches(&mut ada, mina, &[("provider", "platform")]).await;
    let page = ada.get(&at).await;
    ada.post(&at, &page, &[("field.company", "Other")]).await.sent_to();
}

#[tokio::test]
async fn tp_09_tp_10_what_the_provider_does_is_done_there() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let ina = SeedMember {
        subject: None,
        email: "ina@people.example".into(),
        given_name: "Ina".into(),
        family_name: "Test".into(),
        locale: "en".into(),
        state: MemberState::Invited,
        roles: vec![],
        reason: None,
    };
    let ina = world.server.seed_member("acme", ina).await.unwrap();
    for member in [mina, ina] {
        switches(&mut ada, member, &[("provider", "contoso")]).await;
    }
    let delete = ada.get(&format!("/members/{mina}/delete")).await;
    assert!(delete.text("#delete-federated").unwrap().contains("Their user at Contoso is not touched"), "TP-10");
    let new = [("email", "new@people.example")];
    let refused = ada.post(&format!("/members/{ina}/email"), &delete, &new).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("Contoso owns this"), "TP-09 names the provider: {}", refused.body);
    // The control: with their own account it is corrected here.
    switches(&mut ada, ina, &[("provider", "platform")]).await;
    ada.post(&format!("/members/{ina}/email"), &delete, &new).await.sent_to();
}

#[tokio::test]
async fn az_03_switching_takes_the_right_and_no_more_rights_than_ones_own() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    world.seed("acme", "ed", MemberState::Active, &["editor"]).await;
    let mut editor = world.browser();
    editor.signs_in(&world.idp, "ed").await.sent_to();
    let page = editor.get("/profile").await;
    for path in ["provider", "break-glass"] {
        let at = format!("/members/{mina}/{path}");
        assert_eq!(editor.get(&at).await.status, StatusCode::FORBIDDEN);
        let answer = editor.post(&at, &page, &[("provider", "contoso"), ("confirmed", "1")]).await;
        assert!(matches!(answer.status.as_u16(), 403 | 400 | 422), "{path}: {}", answer.status);
    }
    assert_eq!(ada.get(&format!("/members/{mina}")).await.text("#provider").as_deref(), Some("Latchkey"));
}

#[tokio::test]
async fn sw_05_a_provider_that_was_disabled_a_moment_ago_is_not_switched_to() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let at = format!("/members/{mina}/provider");
    let page = ada.get(&at).await;
    let asked = world.idp.tell(|told| told.asked_for_providers);
    ada.get(&at).await;
    assert_eq!(world.idp.tell(|told| told.asked_for_providers), asked, "kept for a while");
    world.idp.tell(|told| told.providers = Some(known(false)));
    world.clock.advance(std::time::Duration::from_secs(6));
    let fields = [("provider", "contoso"), ("confirmed", "1")];
    assert_eq!(ada.post(&at, &page, &fields).await.status, StatusCode::CONFLICT);
    // Away: what it said last counts.
    world.idp.tell(|told| told.providers = None);
    world.clock.advance(std::time::Duration::from_mins(2));
    assert!(ada.get(&at).await.has("input[value='acme.corp']"));
}

#[tokio::test]
async fn pp_06_the_flag_break_glass_is_set_seen_and_mailed() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let at = format!("/members/{mina}/break-glass");
    let page = ada.get(&at).await;
    ada.post(&at, &page, &[("on", "true")]).await.sent_to();
    let detail = ada.get(&format!("/members/{mina}")).await;
    assert_eq!(detail.text("#break-glass").as_deref(), Some("Yes"));
    assert!(!detail.has("#switch-provider"));
    let delete = ada.get(&format!("/members/{mina}/delete")).await;
    assert_eq!(ada.post(&format!("/members/{mina}/delete"), &delete, &[]).await.status, StatusCode::CONFLICT);
    world.browser().signs_in(&world.idp, "mina").await.sent_to();
    world.server.deliver_all().await.unwrap();
    assert!(world.was_mailed("ada", "was made a break-glass member"));
    assert!(world.was_mailed("ada", "has just signed in"));
    let page = ada.get(&at).await;
    ada.post(&at, &page, &[("on", "false")]).await.sent_to();
    assert!(ada.get(&format!("/members/{mina}")).await.has("#switch-provider"));
}

/// Posts the selection, then what it is switched to: the job's address.
async fn makes_job(admin: &mut Browser, members: &[MemberId]) -> String {
    let page = admin.get("/members").await;
    assert!(page.has("#bulk-switch"));
    let mut fields = vec![("deed", "switch")];
    let ids: Vec<String> = members.iter().map(ToString::to_string).collect();
    fields.extend(ids.iter().map(|id| ("member[]", id.as_str())));
    let asked = admin.post("/jobs", &page, &fields).await;
    assert!(asked.has("input[value=contoso]") && asked.has("input[name='member[]']"), "{}", asked.body);
    fields.push(("asked", "yes"));
    assert_eq!(admin.post("/jobs", &asked, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "which one?");
    fields.push(("provider", "contoso"));
    admin.post("/jobs", &asked, &fields).await.sent_to().to_owned()
}

#[tokio::test]
async fn pp_06_id_03_many_are_sorted_switched_and_switched_back() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let bo = world.seed("acme", "bo", MemberState::Active, &["viewer"]).await;
    let lost = world.seed("acme", "lost", MemberState::Active, &["viewer"]).await;
    world.idp.tell(|told| {
        told.claimed = vec!["subject-of-bo".into()];
        told.unprovable = vec!["subject-of-lost".into()];
    });
    let job = makes_job(&mut ada, &[mina, bo, lost]).await;
    world.server.deliver_all().await.unwrap();
    let page = ada.get(&job).await;
    assert_eq!(page.text("#job-to").as_deref(), Some("Contoso"));
    let outcomes = page.text("#outcomes").unwrap().replace(' ', "");
    for said in ["1Willlink", "1Needsproof", "1Wouldlosethelastwayin"] {
        assert!(outcomes.contains(said), "{said}: {outcomes}");
    }
    assert!(page.text("#job-affects").unwrap().contains("2 of 3"));
    let only = ada.get(&format!("{job}?only=last_way_in")).await;
    assert!(only.text("#items").unwrap().contains("lost Test") && !only.body.contains("bo Test"));
    ada.post(&format!("{job}/start"), &page, &[]).await.sent_to();
    world.server.deliver_all().await.unwrap();
    assert_eq!(ada.get(&format!("/members/{mina}")).await.text("#provider").as_deref(), Some("Contoso"));
    assert_eq!(ada.get(&format!("/members/{lost}")).await.text("#provider").as_deref(), Some("Latchkey"));
    let told = world.idp.tell(|told| told.members.clone());
    let told: Vec<_> = told.iter().filter(|it| it["provider"] == "contoso").map(|it| it["subject"].clone()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    let page = ada.get(&job).await;
    let undo = ada.post(&format!("{job}/undo"), &page, &[]).await.sent_to().to_owned();
    world.server.deliver_all().await.unwrap();
    ada.post(&format!("{undo}/start"), &page, &[]).await.sent_to();
    world.server.deliver_all().await.unwrap();
    assert_eq!(ada.get(&format!("/members/{mina}")).await.text("#provider").as_deref(), Some("Latchkey"));
}

#[tokio::test]
async fn id_03_a_list_that_is_given_says_who_is_who_or_changes_nothing() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let bo = world.seed("acme", "bo", MemberState::Active, &["viewer"]).await;
    let job = makes_job(&mut ada, &[mina, bo]).await;
    world.server.deliver_all().await.unwrap();
    let (at, page) = (format!("{job}/subjects"), ada.get(&job).await);
    assert!(page.has("#give-subjects") && !page.has("#has-subjects"));
    for (list, said) in [
        ("", "There is nothing in this list"),
        ("mina@people.example,one\nnonsense,two\n", "Line 2 is not"),
        ("mina@people.example,one\nbo@people.example,one\n", "Line 2 names"),
    ] {
        let refused = ada.post_file(&at, &page, list).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
    }
    assert!(ada.get(&job).await.text("#job-affects").unwrap().contains("2 of 2"), "nothing was changed");
    assert_eq!(ada.post_file(&at, &page, "email,subject\nmina@people.example,one\n").await.sent_to(), job);
    world.server.deliver_all().await.unwrap();
    let page = ada.get(&job).await;
    assert!(page.has("#has-subjects") && page.text("#job-affects").unwrap().contains("1 of 2"), "{}", page.body);
    ada.post(&format!("{job}/start"), &page, &[]).await.sent_to();
    world.server.deliver_all().await.unwrap();
    let told = world.idp.tell(|told| told.members.last().cloned().unwrap());
    assert_eq!((&told["subject"], &told["preset"]), (&"subject-of-mina".into(), &"one".into()));
    assert_eq!(ada.get(&format!("/members/{bo}")).await.text("#provider").as_deref(), Some("Latchkey"));
    assert_eq!(ada.post_file(&at, &page, "mina@people.example,two\n").await.status, StatusCode::CONFLICT, "too late");
}

#[tokio::test]
async fn sw_05_while_nobody_can_say_who_would_be_locked_out_a_job_waits() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    world.idp.tell(|told| told.deaf = true);
    let job = makes_job(&mut ada, &[mina]).await;
    world.server.deliver_all().await.unwrap();
    let page = ada.get(&job).await;
    assert_eq!(page.text("#job-state").as_deref(), Some("Asking"));
    assert!(!page.has("#start") && page.has("#cancel"));
    assert_eq!(ada.post(&format!("{job}/start"), &page, &[]).await.status, StatusCode::CONFLICT);
    world.idp.tell(|told| told.deaf = false);
    world.server.deliver_all().await.unwrap();
    assert!(ada.get(&job).await.has("#start"));
}

impl World {
    /// A token for acme's API of somebody who consented, issued now.
    fn token(&self, person: &str, scope: &str) -> String {
        let now = self.ambient.now().as_seconds();
        let claims = json!({
            "iss": self.idp.issuer(), "sub": format!("subject-of-{person}"), "aud": "http://acme.test:8401/api/v1",
            "exp": now + 300, "iat": now, "jti": self.ambient.identifier(), "client_id": "console", "scope": scope,
            "grant": "a-grant",
        });
        self.idp.sign("at+jwt", &claims)
    }

    async fn posts(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        self.browser().calls("POST", &format!("/api/v1{path}"), token, Some(body)).await
    }

    async fn gets(&self, path: &str, token: &str) -> (u16, Value) {
        self.browser().calls("GET", &format!("/api/v1{path}"), token, None).await
    }
}

const ALL: &str = "members:read members:write roles:write jobs:read";

#[tokio::test]
async fn id_03_the_api_switches_and_says_why_not() {
    let world = World::new().await;
    let (_ada, mina) = world.with_mina().await;
    let token = world.token("ada", ALL);
    let at = format!("/members/{mina}/provider");
    let (status, known) = world.gets("/providers", &token).await;
    assert_eq!((status, &known["providers"][0]["key"]), (200, &"contoso".into()));
    let (status, done) = world.posts(&at, &token, &json!({ "provider": "contoso", "subject": "upn-7" })).await;
    assert_eq!((status, &done["changed"], &done["member"]["provider"]), (200, &true.into(), &"contoso".into()));
    assert!(done["member"]["provider_since"].is_string());
    for (body, status, code) in [
        (json!({ "provider": "contoso" }), 409, "already_so"),
        (json!({ "provider": "globex.corp" }), 409, "provider_unknown"),
        (json!({ "provider": "platform", "compromised": true }), 422, "invalid_body"),
        (json!({}), 422, "invalid_body"),
        (json!({ "provider": null }), 422, "invalid_body"),
        (json!({ "provider": "contoso", "fields": {} }), 422, "invalid_body"),
    ] {
        let (answered, problem) = world.posts(&at, &token, &body).await;
        assert_eq!((answered, &problem["code"]), (status, &code.into()), "{body}");
        assert!(!problem["detail"].as_str().unwrap().starts_with('['), "{problem}");
    }
    // PP-07: what the provider owns is refused here too, and by name.
    let fields = format!("/members/{mina}/fields");
    let (status, problem) = world.posts(&fields, &token, &json!({ "fields": { "company": "Other" } })).await;
    assert_eq!((status, &problem["code"]), (409, &"provider_owns".into()));
    assert!(problem["detail"].as_str().unwrap().contains("Contoso"));
    assert_eq!(world.posts(&fields, &token, &json!({ "fields": { "city": "Oslo" } })).await.0, 200);
    // Scopes and flags.
    assert_eq!(world.posts(&at, &world.token("ada", "members:read"), &json!({ "provider": "platform" })).await.0, 403);
    assert_eq!(world.posts(&at, &token, &json!({ "provider": "platform" })).await.0, 200);
    let glass = format!("/members/{mina}/break-glass");
    let (status, done) = world.posts(&glass, &token, &json!({ "on": true })).await;
    assert_eq!((status, &done["member"]["break_glass"]), (200, &true.into()));
    let (status, problem) = world.posts(&at, &token, &json!({ "provider": "contoso" })).await;
    assert_eq!((status, &problem["code"]), (409, &"break_glass".into()));
    let deletes = format!("/members/{mina}/delete");
    assert_eq!(world.posts(&deletes, &token, &json!({})).await.1["code"], "last_break_glass");
    let job = json!({ "deed": "switch", "provider": "contoso", "members": [mina] });
    let (status, job) = world.posts("/jobs", &token, &job).await;
    assert_eq!((status, &job["state"]), (201, &"sorting".into()));
}

#[tokio::test]
async fn az_03_the_api_lets_nobody_switch_a_superior() {
    let world = World::new().await;
    let (_ada, _) = world.with_mina().await;
    let bea = world.seed("acme", "bea", MemberState::Active, &["administrator"]).await;
    world.seed("acme", "ed", MemberState::Active, &["editor"]).await;
    let at = format!("/members/{bea}/provider");
    let body = json!({ "provider": "contoso" });
    assert_eq!(world.posts(&at, &world.token("ed", ALL), &body).await.0, 403);
    assert_eq!(world.posts(&at, &world.token("ada", ALL), &body).await.0, 200, "the control");
}

#[tokio::test]
async fn sw_01_a_token_from_before_the_switch_opens_nothing() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    world.seed("acme", "bea", MemberState::Active, &["administrator"]).await;
    let bea = ada.get("/members?q=bea").await;
    let bea = bea.body.split("/members/").find_map(|it| it.get(..36).filter(|id| uuid::Uuid::parse_str(id).is_ok()));
    let bea = MemberId(uuid::Uuid::parse_str(bea.unwrap()).unwrap());
    assert_ne!(bea, mina);
    let before = world.token("bea", ALL);
    assert_eq!(world.gets("/members", &before).await.0, 200);
    switches(&mut ada, bea, &[("provider", "contoso")]).await;
    assert_eq!(world.gets("/members", &before).await.0, 401);
    // Nor one that the identity server gives while it has not heard of it.
    world.clock.advance(std::time::Duration::from_secs(2));
    let between = world.token("bea", ALL);
    assert_eq!(world.gets("/members", &between).await.0, 401);
    world.clock.advance(std::time::Duration::from_secs(2));
    world.server.deliver_all().await.unwrap();
    for token in [&before, &between] {
        assert_eq!(world.gets("/members", token).await.0, 401, "nor later");
    }
    world.clock.advance(std::time::Duration::from_secs(2));
    assert_eq!(world.gets("/members", &world.token("bea", ALL)).await.0, 200, "one by the new provider does");
    assert_eq!(world.gets("/members", &world.token("ada", ALL)).await.0, 200, "and nobody else is touched");
}
