//! The ledger of invitations by the API, and an address that is corrected (PP-03).

use serde_json::{Value, json};
use tenant::members::MemberState;

use super::{acting, everything, serving};
use crate::harness::{Answer, DAY, HOUR, MINUTE, Person, Rp, World, text};

/// A system that may everything here, at every hour: its tokens last for five minutes.
struct Robot<'a> {
    world: &'a World,
    rp: Rp,
    member: String,
}

impl<'a> Robot<'a> {
    async fn at(world: &'a World) -> Self {
        let (_, token) = world.api_admin(&world.acme, "console").await;
        let rp = world.client_at(&world.acme, "robot", serving).await;
        let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["administrator"] });
        let made = world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
        Self { world, rp, member: text(&made, "member") }
    }

    async fn token(&self) -> String {
        self.rp.serves_at(&self.world.acme, &everything()).await
    }

    async fn gets(&self, path: &str) -> Answer {
        self.world.gets(&self.world.acme, path, &self.token().await).await
    }

    async fn posts(&self, path: &str, body: &Value) -> Answer {
        self.world.posts(&self.world.acme, path, &self.token().await, body).await
    }

    /// Somebody whom it invites.
    async fn invites(&self, name: &str, send: bool) -> (Person, String) {
        let who = self.world.stranger(name);
        let new = json!({
            "given_name": who.given_name, "family_name": who.family_name, "email": who.email, "locale": "en", "send": send,
        });
        let made = self.posts("/members", &new).await.done(201);
        (who, text(&made, "id"))
    }

    async fn lists(&self, query: &str) -> Vec<Value> {
        let page = self.gets(&format!("/invitations{query}")).await.done(200);
        assert_eq!(page["next"], json!(null), "{page}");
        page["invitations"].as_array().unwrap().clone()
    }

    /// Time passes, and the identity server is asked again.
    async fn waits(&self) {
        self.world.settle().await;
        self.world.passes(3 * MINUTE);
        self.world.settle().await;
    }
}

fn states(of: &[Value]) -> Vec<&str> {
    of.iter().map(|one| one["state"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pp_03_the_ledger_says_what_became_of_each_invitation_and_by_whom() {
    let world = World::new().await;
    let robot = Robot::at(&world).await;
    let own = robot.member.clone();
    let (mut mina, of_mina) = robot.invites("mina", true).await;
    let waiting = robot.lists("").await;
    assert_eq!((states(&waiting), &waiting[0]["mail"]), (vec!["waiting"], &json!(null)));
    // What one word finds is what is called so.
    let ledger = async || {
        let one = robot.lists(&format!("?member={of_mina}")).await.remove(0);
        assert_eq!(robot.lists(&format!("?state={}", text(&one, "state"))).await, std::slice::from_ref(&one));
        one
    };
    ledger().await;
    robot.waits().await;
    let sent = ledger().await;
    assert_eq!((&sent["state"], &sent["mail"], &sent["email"]), (&json!("sent"), &json!("sent"), &json!(mina.email)));
    assert_eq!((&sent["invited_by"], &sent["member"]), (&json!(own), &json!(of_mina)));
    assert!(sent["sent_at"].is_string() && sent["expires_at"].is_string() && sent["opened_at"].is_null(), "{sent}");
    let link = world.invitation_link(&mina).await;
    mina.opens(&link).await;
    robot.waits().await;
    assert_eq!(states(&[ledger().await]), ["opened"]);
    mina.makes_an_account().await.is("/");
    robot.waits().await;
    let accepted = ledger().await;
    assert_eq!(states(std::slice::from_ref(&accepted)), ["accepted"]);
    assert!(accepted["accepted_at"].is_string() && accepted["ended_at"].is_string(), "{accepted}");

    // One is taken back, one replaced by a newer one that runs out, one never sent.
    let (_, nils) = robot.invites("nils", true).await;
    robot.waits().await;
    robot.posts(&format!("/members/{nils}/withdraw"), &json!({})).await.done(200);
    let (_, olga) = robot.invites("olga", true).await;
    robot.waits().await;
    robot.posts(&format!("/members/{olga}/invite"), &json!({})).await.done(200);
    robot.waits().await;
    robot.invites("unsent", false).await;
    world.passes(8 * DAY);
    let all = robot.lists("").await;
    assert_eq!(states(&all), ["expired", "replaced", "withdrawn", "accepted"], "the newest first");
    assert_eq!((&all[2]["ended_by"], &all[2]["member"]), (&json!(own), &json!(nils)));
    assert_eq!(robot.lists(&format!("?member={olga}")).await, all[..2]);
    for state in ["waiting", "sent", "opened", "failed", "expired", "accepted", "withdrawn", "replaced"] {
        let expected: Vec<Value> = all.iter().filter(|one| one["state"] == state).cloned().collect();
        assert_eq!(robot.lists(&format!("?state={state}")).await, expected, "{state}");
    }

    // By pages, each once.
    let (mut seen, mut at) = (Vec::new(), "/invitations?limit=3".to_owned());
    loop {
        let page = robot.gets(&at).await.done(200);
        seen.extend(page["invitations"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        at = format!("/invitations?limit=3&cursor={next}");
    }
    assert_eq!(seen, all);
    for (query, code) in [
        ("state=bounced", "invalid_parameter"),
        ("member=nobody", "invalid_parameter"),
        ("state=sent&member=01900000-0000-7000-8000-000000000000", "invalid_parameter"),
        ("cursor=nonsense", "invalid_cursor"),
        ("q=mina", "unknown_parameter"),
    ] {
        robot.gets(&format!("/invitations?{query}")).await.refuses(400, code);
    }
    // TN-02: another tenant's ledger has none of it.
    let (_, theirs) = world.api_admin(&world.studio, "their-console").await;
    let page = world.gets(&world.studio, "/invitations", &theirs).await.done(200);
    assert_eq!(page["invitations"], json!([]));
}

#[tokio::test]
async fn pp_03_a_wrong_address_bounces_and_is_corrected_by_the_api() {
    let world = World::new().await;
    let robot = Robot::at(&world).await;
    let (mina, of_mina) = robot.invites("mnia", true).await;
    world.mail.fail_with(Some(mail::Undelivered::Refused("550 no such mailbox".to_owned())));
    // A refusal is believed after some hours of trying.
    for _ in 0..9 {
        world.settle().await;
        world.passes(HOUR);
    }
    world.mail.fail_with(None);
    let failed = robot.lists("?state=failed").await;
    assert_eq!((failed.len(), &failed[0]["mail"], &failed[0]["member"]), (1, &json!("failed"), &json!(of_mina)));

    let email = format!("/members/{of_mina}/email");
    for wrong in ["", "nonsense", "a@b.test\r\nBcc: c@d.test"] {
        let body = json!({ "email": wrong });
        robot.posts(&email, &body).await.refuses(422, "invalid_body");
    }
    world.member("here", &world.acme, MemberState::Active, &[]).await;
    let here = world.id_by_api(&world.acme, "here", &robot.token().await).await;
    let taken = robot.posts(&email, &json!({ "email": "HERE@people.test" })).await;
    assert_eq!(taken.refuses(409, "already_here").json()["member"], json!(here));
    let right = json!({ "email": "mina@people.test" });
    robot.posts(&format!("/members/{here}/email"), &right).await.refuses(409, "not_invited");
    let done = robot.posts(&email, &right).await.done(200);
    assert_eq!((&done["changed"], &done["member"]["email"]), (&json!(true), &right["email"]));
    world.settle().await;
    assert_eq!(world.mails_to("mina@people.test").await.len(), 1);
    let both = robot.lists(&format!("?member={of_mina}")).await;
    assert_eq!(
        (states(&both)[1], &both[0]["email"], &both[1]["email"]),
        ("replaced", &right["email"], &json!(mina.email))
    );
    // Whose record another system keeps, is not edited here (PP-31).
    let keeper = json!({ "kept_by": "Payroll" });
    robot.posts(&format!("/members/{of_mina}/keeper"), &keeper).await.done(200);
    let again = json!({ "email": "other@people.test" });
    robot.posts(&email, &again).await.refuses(409, "kept_elsewhere");
    // Nor by whoever manages nobody.
    let mut looks = world.member("looks", &world.acme, MemberState::Active, &["support"]).await;
    looks.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "console2", acting).await;
    let theirs = text(&rp.acts_for(&mut looks, &world.acme, &everything()).await, "access_token");
    world.posts(&world.acme, &email, &theirs, &again).await.refuses(403, "forbidden");
    world.gets(&world.acme, "/invitations", &theirs).await.done(200);
    assert!(world.mails_to("other@people.test").await.is_empty());
}

#[tokio::test]
async fn pp_03_name_and_language_are_corrected_by_the_api_of_whoever_has_not_come() {
    let world = World::new().await;
    let robot = Robot::at(&world).await;
    let (mina, of_mina) = robot.invites("mnia", true).await;
    world.settle().await;
    let details = format!("/members/{of_mina}/details");
    for wrong in [
        json!({ "given_name": "" }),
        json!({ "family_name": "two\nlines" }),
        json!({ "locale": "xx" }),
        json!({ "name": "Mina" }),
    ] {
        robot.posts(&details, &wrong).await.refuses(422, "invalid_body");
    }
    let right = json!({ "given_name": "Mina", "locale": "de" });
    let done = robot.posts(&details, &right).await.done(200);
    let member = &done["member"];
    assert_eq!(
        (&done["changed"], &member["given_name"], &member["locale"]),
        (&json!(true), &json!("Mina"), &json!("de"))
    );
    let again = robot.posts(&details, &right).await.done(200);
    assert_eq!(again["changed"], json!(false));
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.details_corrected'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 1, "nothing was written the second time");
    world.settle().await;
    assert_eq!(world.mails_to(&mina.email).await.len(), 1, "no mail for it");
    // Whoever is here states it; whose record another system keeps is not edited here (PP-31).
    world.member("here", &world.acme, MemberState::Active, &[]).await;
    let here = world.id_by_api(&world.acme, "here", &robot.token().await).await;
    robot.posts(&format!("/members/{here}/details"), &right).await.refuses(409, "not_invited");
    robot.posts(&format!("/members/{of_mina}/keeper"), &json!({ "kept_by": "Payroll" })).await.done(200);
    robot.posts(&details, &json!({ "given_name": "Else" })).await.refuses(409, "kept_elsewhere");
}
