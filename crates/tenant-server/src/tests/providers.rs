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
    pub(super) async fn with_mina(&self) -> (Browser, MemberId) {
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
pub(super) async fn switches(admin: &mut Browser, member: MemberId, fields: &[(&str, &str)]) -> Answer {
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
    assert!(page.text("#timeline").unwrap().contains("Switched to Contoso"));
    world.server.deliver_all().await.unwrap();
    assert!(world.was_mailed("mina", "is now Contoso"));
    // A second switch to the same is refused, and so is one to a provider that is not there.
    let again = ada.get(&format!("{at}/provider")).await;
    for (provider, status) in [("contoso", 409), ("globex.corp", 409), ("No Key", 409)] {
        let answer = ada.post(&format!("{at}/provider"), &again, &[("provider", provider)]).await;
        assert_eq!(answer.status.as_u16(), status, "{provider}");
    }
    switches(&mut ada, mina, &[("provider", "platform")]).await;
    let page = ada.get(&at).await;
    assert_eq!(page.text("#provider").as_deref(), Some("Latchkey"));
    assert!(page.text("#timeline").unwrap().contains("Switched from Contoso back to their own account"));
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
