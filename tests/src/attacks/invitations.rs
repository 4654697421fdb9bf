use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};
use store::StoreError;
use tenant::members::MemberState;
use tokio::sync::Barrier;

use crate::harness::{Answer, DAY, HOUR, Person, Place, Rp, World};

const AT_ONCE: usize = 32;
const ACCEPTED: &str = "SELECT COUNT(*) FROM invitation WHERE accepted_at IS NOT NULL";
const BOUND: &str = "SELECT COUNT(*) FROM member WHERE authorization_state <> 'invited'";

/// What an attempt at a link may change: nothing but the note that it was opened.
async fn rows(world: &World) -> Vec<(&'static str, i64)> {
    let mut rows = world.identity_rows().await;
    rows.push(("accepted", world.identity_count(ACCEPTED).await));
    rows
}

#[tokio::test]
async fn in_01_an_altered_replayed_withdrawn_replaced_or_expired_link_opens_nothing() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.stranger("mina");
    let page = world.acme.url(&world.invites(&mut admin, &world.acme, &mina, &["administrator"]).await);
    let first = world.invitation_link(&mina).await;
    admin.opens(&page).await.submits("send-invitation", &[]).await;
    let second = world.invitation_link(&mina).await;
    assert_ne!(first, second);
    admin.submits("withdraw", &[]).await;
    world.settle().await;
    admin.submits("send-invitation", &[]).await;
    let expiring = world.invitation_link(&mina).await;
    let mut altered = expiring.clone();
    let last = altered.pop().unwrap();
    altered.push(if last == 'A' { 'B' } else { 'A' });
    let other = {
        let bob = world.stranger("bob");
        world.invites(&mut admin, &world.acme, &bob, &[]).await;
        world.invitation_link(&bob).await
    };
    // One's id with another's secret.
    let spliced = format!("{}{}", &other[..other.len() - 42], &expiring[expiring.len() - 42..]);
    let before = rows(&world).await;
    for (link, what) in [(&first, "replaced"), (&second, "withdrawn"), (&altered, "altered"), (&spliced, "spliced")] {
        refused(&world, &mina, link, what).await;
    }
    world.passes(7 * DAY - HOUR);
    mina.elsewhere(&world).opens(&expiring).await.answers(200).sees("Join Acme Library");
    world.passes(HOUR);
    refused(&world, &mina, &expiring, "expired").await;
    let after: Vec<_> = rows(&world).await;
    let grew: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert!(grew.iter().all(|(row, _)| matches!(row.0, "interaction")), "{grew:?}");
    assert_eq!(world.tenant_count(&world.acme, BOUND).await, 1, "the administrator alone");

    admin.enters(&page).await.submits("send-invitation", &[]).await;
    let good = world.invitation_link(&mina).await;
    let mut mina = mina.elsewhere(&world);
    mina.opens(&good).await.makes_an_account().await.is("/").sees("Administrator");
    refused(&world, &mina, &good, "replayed").await;
}

/// Neither page nor form takes this link, in a browser whose forms are otherwise good.
async fn refused(world: &World, of: &Person, link: &str, what: &str) {
    let mut browser = of.elsewhere(world);
    browser.opens(link).await.answers(410).sees("does not work any more");
    browser.opens(&world.id.url("/account")).await;
    let csrf = browser.csrf();
    let token = link.split_once("token=").unwrap().1;
    let person = [("given_name", "A"), ("family_name", "B"), ("locale", "en"), ("password", "long enough for all")];
    let new: Vec<_> = person.into_iter().chain([("csrf", csrf.as_str()), ("token", token)]).collect();
    let session = "01900000-0000-7000-8000-000000000000";
    let accept = [("csrf", csrf.as_str()), ("token", token), ("session", session)];
    for (path, fields) in
        [("/invitation/new", &new[..]), ("/invitation/accept", &accept), ("/invitation/sign-in", &accept[..2])]
    {
        let answer = browser.post(world.id.url(path), fields).await;
        assert_eq!(answer.status, 410, "{what} at {path}: {answer:?}");
    }
}

#[tokio::test]
async fn in_01_opening_the_link_spends_nothing() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.stranger("mina");
    world.invites(&mut admin, &world.acme, &mina, &[]).await;
    let link = world.invitation_link(&mina).await;
    let before = rows(&world).await;
    for _ in 0..3 {
        world.browser().opens(&link).await.answers(200);
    }
    assert_eq!(rows(&world).await, before, "a mail scanner changes nothing");
    mina.opens(&link).await.makes_an_account().await.is("/");
}

#[tokio::test]
async fn in_01_without_the_link_nobody_accepts() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.stranger("mina");
    world.invites(&mut admin, &world.acme, &mina, &[]).await;
    world.settle().await;
    let mut eve = world.account("eve").await;
    eve.signs_in(&world).await;
    eve.opens(&world.id.url("/invitation/accept")).await.answers(410);
    eve.opens(&world.id.url("/invitation")).await.answers(410);
    eve.opens(&world.id.url("/account")).await;
    let csrf = eve.csrf();
    let fields = [("csrf", csrf.as_str()), ("token", ""), ("session", "01900000-0000-7000-8000-000000000000")];
    assert_eq!(eve.post(world.id.url("/invitation/accept"), &fields).await.status, 410);
    assert_eq!(world.identity_count(ACCEPTED).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_01_of_32_acceptances_at_once_exactly_one_counts() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for round in 0..2 {
        let mut mina = world.stranger(&format!("mina{round}"));
        world.invites(&mut admin, &world.acme, &mina, &["viewer"]).await;
        let link = world.invitation_link(&mina).await;
        mina.opens(&link).await;
        let (csrf, token) = (mina.csrf(), mina.hidden("token"));
        let start = Arc::new(Barrier::new(AT_ONCE));
        let send = |index: usize| {
            let mut browser = world.browser();
            (browser.jar, browser.page) = (mina.jar.clone(), mina.page.clone());
            let (start, url) = (start.clone(), world.id.url("/invitation/new"));
            let (csrf, token) = (csrf.clone(), token.clone());
            tokio::spawn(async move {
                let password = format!("password number {index}");
                let fields = [
                    ("csrf", csrf.as_str()),
                    ("token", token.as_str()),
                    ("given_name", "Mina"),
                    ("family_name", "Doe"),
                    ("locale", "en"),
                    ("password", password.as_str()),
                ];
                start.wait().await;
                browser.post(&url, &fields).await.status
            })
        };
        let answers: Vec<u16> = join_all((0..AT_ONCE).map(send)).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|status| matches!(status, 200 | 410)), "{answers:?}");
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 3);
    assert_eq!(world.audited("invitation.accepted").await, 2);
}

/// Writes to a tenant's database what no page of it does.
async fn execute(world: &World, of: &Place, sql: &'static str) {
    let store = world.tenant_store(of).await;
    let done = store.write::<_, _, StoreError, _>((), move |tx, ()| Box::pin(tx.execute(sql, vec![])));
    assert!(done.await.unwrap() > 0, "{sql}");
}

#[tokio::test]
async fn in_01_rights_are_compared_again_when_it_is_accepted() {
    let world = World::new().await;
    let mut second = world.admin_of(&world.acme).await;
    for (deed, told) in [
        ("UPDATE member SET locked = TRUE WHERE given_name = 'Inviter'", "locked"),
        ("UPDATE member SET lifecycle = 'deleted' WHERE given_name = 'Inviter'", "deleted"),
        (
            "UPDATE member_role SET role = 'viewer' WHERE member_id =
            (SELECT id FROM member WHERE given_name = 'Inviter')",
            "demoted",
        ),
    ] {
        let mut inviter = world.member(told, &world.acme, MemberState::Active, &["administrator"]).await;
        inviter.enters(&world.acme).await;
        let name = format!("UPDATE member SET given_name = 'Inviter' WHERE email = '{}'", inviter.email);
        execute(&world, &world.acme, Box::leak(name.into_boxed_str())).await;
        let mut mina = world.stranger(&format!("by.{told}"));
        let page = world.invites(&mut inviter, &world.acme, &mina, &["administrator"]).await;
        let link = world.invitation_link(&mina).await;
        execute(&world, &world.acme, deed).await;
        mina.opens(&link).await.makes_an_account().await.sees("You asked to join Acme Library");
        second.opens(&world.acme.url(&page)).await.sees("The role Administrator was not given").sees("No role.");
        assert_eq!(second.text_of("axis-authorization"), "To review", "{told}");
        second.opens(&world.acme.url("/requests")).await.sees(&mina.email).sees("Invited by Inviter");
        let request = page.replace("/members/", "/requests/");
        second.opens(&world.acme.url(&request)).await.sees("Invited by Inviter");
        let gone = format!("UPDATE member SET given_name = 'Past' WHERE email = '{}'", inviter.email);
        execute(&world, &world.acme, Box::leak(gone.into_boxed_str())).await;
    }
}

#[tokio::test]
async fn in_01_a_role_whose_giver_lost_the_right_is_not_given() {
    let world = World::new().await;
    let mut first = world.member("first", &world.acme, MemberState::Active, &["administrator"]).await;
    first.enters(&world.acme).await;
    let mut second = world.admin_of(&world.acme).await;
    let mut mina = world.stranger("mina");
    let page = world.invites(&mut first, &world.acme, &mina, &["editor"]).await;
    second.opens(&world.acme.url(&page)).await.submits("send-invitation", &[]).await;
    let link = world.invitation_link(&mina).await;
    second.opens(&world.acme.url("/members")).await.follows("First Doe").await.submits("lock", &[]).await;
    mina.opens(&link).await.makes_an_account().await.is("/").sees("you have no role yet");
    second.opens(&world.acme.url(&page)).await.sees("The role Editor was not given");
    assert_eq!(second.text_of("axis-authorization"), "Reviewed", "who invited last still may");
}

#[tokio::test]
async fn in_03_an_invitation_is_no_way_round_a_lock_or_a_deletion() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for (state, path) in [(MemberState::Deleted, "/closed/deleted"), (MemberState::Locked, "/closed/locked")] {
        let mut bob = world.member(&format!("bob{}", path.len()), &world.acme, state, &["viewer"]).await;
        let office = world.stranger(&format!("office{}", path.len()));
        world.invites(&mut admin, &world.acme, &office, &["administrator"]).await;
        let link = world.invitation_link(&office).await;
        bob.signs_in(&world).await.opens(&link).await.submits("accept", &[]).await.is(path).answers(403);
    }
    let roles = "SELECT COUNT(*) FROM member_role WHERE role = 'administrator' AND granted_by IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, roles).await, 2, "they stand at the invited records alone");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM invitation WHERE state = 'open'").await, 2);
}

async fn told(world: &World, rp: &Rp, items: Value) -> Answer {
    let token = rp.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = world.id.url("/api/v1/tenant/invitations");
    let request = world.net.http.post(url).header("authorization", format!("Bearer {token}"));
    let body = json!({ "invitations": items }).to_string();
    let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: answer.text().await.unwrap() }
}

fn item(id: u128, email: &str) -> Value {
    json!({ "id": uuid::Uuid::from_u128(id), "state": "open", "email": email, "given_name": "Mina", "family_name": "Hollis",
            "locale": "en", "invited_by": "Ada", "message": "" })
}

fn api_client(client: &mut oidc::client::Client) {
    client.kind = oidc::client::ClientKind::TenantInstance;
    client.grant_types.push(oidc::client::GrantType::ClientCredentials);
    client.scopes.push("members".to_owned());
}

#[tokio::test]
async fn in_02_the_tenant_learns_nothing_of_accounts_and_links_nobody() {
    let world = World::new().await;
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    world.account("known").await;
    let mut seen = Vec::new();
    for (id, email) in [(1, "known@people.test"), (2, "nobody@people.test")] {
        let before = world.identity_rows().await;
        let answer = told(&world, &rp, json!([item(id, email)])).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut standing = answer.json()["invitations"][0].clone();
        standing["id"] = Value::Null;
        let after = world.identity_rows().await;
        let grew: Vec<_> = before.iter().zip(&after).map(|(before, after)| (before.0, after.1 - before.1)).collect();
        world.settle().await;
        let mail = world.mail.sent_to(email).pop().unwrap().letter;
        seen.push((standing, grew, mail.subject.clone(), mail.paragraphs.clone()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM link").await, 0);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM subject").await, 0);
}

#[tokio::test]
async fn tn_02_one_tenants_invitations_are_nothing_to_another() {
    let world = World::new().await;
    let acme = world.client_at(&world.acme, "acme-api", api_client).await;
    let studio = world.client_at(&world.studio, "studio-api", api_client).await;
    told(&world, &acme, json!([item(7, "mina@people.test")])).await;
    world.settle().await;
    let link = world.mailed_link("mina@people.test").await;
    let mut withdrawn = item(7, "mina@people.test");
    withdrawn["state"] = "withdrawn".into();
    let (foreign, unknown) = (told(&world, &studio, json!([withdrawn.clone()])).await, {
        let mut other = item(8, "mina@people.test");
        other["state"] = "withdrawn".into();
        told(&world, &studio, json!([other])).await
    });
    let strip = |answer: &Answer| answer.json()["invitations"][0]["mail"].clone();
    assert_eq!((foreign.status, strip(&foreign)), (unknown.status, strip(&unknown)));
    world.browser().opens(&link).await.answers(200).sees("Acme Library");
    told(&world, &acme, json!([withdrawn])).await;
    world.browser().opens(&link).await.answers(410);
    told(&world, &acme, json!([item(7, "mina@people.test")])).await;
    world.browser().opens(&link).await.answers(410);
    assert_eq!(world.mails_to("mina@people.test").await.len(), 1, "withdrawn is final, and told twice is mailed once");
    for (body, status) in [
        (json!([{ "id": 1 }]), 422),
        (json!("x"), 422),
        (json!((0..101).map(|n| item(100 + n, "a@b.test")).collect::<Vec<_>>()), 413),
    ] {
        assert_eq!(told(&world, &acme, body).await.status, status);
    }
}

#[tokio::test]
async fn web_14_no_name_or_message_makes_a_header() {
    let world = World::new().await;
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    let mut evil = item(1, "mina@people.test");
    let injected = "Ada\r\nBcc: eve@evil.test\r\n\r\n<script>alert(1)</script>\u{202e}";
    for field in ["given_name", "family_name", "invited_by", "message"] {
        evil[field] = injected.into();
    }
    assert_eq!(told(&world, &rp, json!([evil])).await.status, 200);
    let mut lists = Vec::new();
    for (id, email) in
        [(2, "a@b.test,eve@evil.test"), (3, "a@b.test\r\nBcc: eve@evil.test"), (4, "Eve <eve@evil.test>")]
    {
        lists.push(told(&world, &rp, json!([item(id, email)])).await.json()["invitations"][0]["mail"].clone());
    }
    assert_eq!(lists, ["unmailable", "unmailable", "unmailable"]);
    world.settle().await;
    let sent = world.mail.sent();
    assert_eq!(sent.len(), 1, "nobody else got anything");
    let letter = &sent[0].letter;
    assert_eq!(letter.to, "mina@people.test");
    for line in [&letter.subject, &letter.greeting, letter.to_name.as_ref().unwrap()] {
        assert!(!line.contains(['\r', '\n', '\u{202e}']), "{line:?}");
    }
    let link = letter.action.as_ref().unwrap().url.clone();
    let mut browser = world.browser();
    browser.opens(&link).await.answers(200);
    assert!(!browser.body.contains("<script>alert"), "WEB-16");
    let typed = browser.find("input[name=given_name]", |it| it.value().attr("value").unwrap_or_default().to_owned());
    assert!(typed.is_some_and(|typed| typed.contains("<script>alert(1)</script>")), "as it was stated, and escaped");
}

#[tokio::test]
async fn web_14_a_tenant_invites_as_itself_and_nothing_that_it_says_can_be_clicked() {
    let world = World::new().await;
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    let mut evil = item(1, "mina@people.test");
    evil["invited_by"] = "Latchkey Security Team <security@latchkey.example>".into();
    evil["given_name"] = "Mina, see https://evil.example".into();
    evil["message"] = "Your account is at risk.\nhttps://evil.example/now or www.evil.example, eve@evil.example".into();
    assert_eq!(told(&world, &rp, json!([evil])).await.status, 200);
    world.settle().await;
    let letter = world.mail.sent_to("mina@people.test").pop().unwrap().letter;
    assert_eq!(letter.subject, "Acme Library invites you to join");
    assert!(letter.paragraphs[0].starts_with("Acme Library invites you to join."), "{:?}", letter.paragraphs);
    let by = "According to Acme Library, the invitation comes from Latchkey Security Team.";
    let said = [
        "Acme Library passes these words on:",
        "> Your account is at risk.",
        "> https[://]evil[.]example/now or www[.]evil[.]example, eve[at]evil[.]example",
    ];
    assert_eq!(letter.paragraphs[1], by);
    assert_eq!(letter.paragraphs[2..5], said);
    let all = [&letter.greeting, letter.to_name.as_ref().unwrap(), &letter.subject];
    for text in letter.paragraphs.iter().chain(all) {
        assert!(!text.contains("evil.example") && !text.contains("://e") && !text.contains('@'), "{text:?}");
    }
    // The control: the one link is the identity server's own, and the page says the same.
    let link = letter.action.as_ref().unwrap().url.clone();
    assert!(link.starts_with(&world.id.base));
    let mut browser = world.browser();
    browser.opens(&link).await.answers(200);
    let lead = browser.text_of("invited-by");
    assert!(lead.starts_with("Acme Library invites mina@people.test. According to it"), "{lead}");
    assert!(lead.ends_with("Latchkey Security Team."), "{lead}");
}

#[tokio::test]
async fn web_25_nobodys_mailbox_is_bombed_by_invitations() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.stranger("mina");
    let page = world.acme.url(&world.invites(&mut admin, &world.acme, &mina, &[]).await);
    for _ in 0..8 {
        world.settle().await;
        admin.opens(&page).await.submits("send-invitation", &[]).await.answers(200);
    }
    world.settle().await;
    assert_eq!(world.mails_to(&mina.email).await.len(), 3);
    admin.opens(&page).await.sees("this address got several invitations lately");
    // Nor by other spellings, nor by several tenants together.
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    for n in 0..5 {
        told(&world, &rp, json!([item(n, &format!("MINA+{n}@People.Test"))])).await;
    }
    world.settle().await;
    assert_eq!(world.mail.sent().iter().filter(|mail| mail.letter.to.to_lowercase().starts_with("mina")).count(), 3);
    world.passes(DAY);
    admin.enters(&page).await.submits("send-invitation", &[]).await;
    world.settle().await;
    assert_eq!(world.mails_to(&mina.email).await.len(), 4, "tomorrow it works again");
}

#[tokio::test]
async fn az_01_a_tenants_invitation_takes_nothing_from_the_first_administrator() {
    let world = World::new().await;
    let identity = world.identity.identity();
    let email = identity::accounts::EmailAddress::parse("tove@people.test").unwrap();
    let first = identity::administrators::first(identity, email, "en").await.unwrap();
    assert!(matches!(first, identity::administrators::First::Invited { .. }), "{first:?}");
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    let items = json!([item(1, "tove@people.test"), item(2, "eve@people.test")]);
    assert_eq!(told(&world, &rp, items).await.status, 200);
    for (name, status) in [("eve", 404), ("tove", 200)] {
        let mut person = world.stranger(name);
        person.opens(&world.mailed_link(&person.email.clone()).await).await.completes_sign_up().await;
        person.opens(&world.id.url("/admin")).await.answers(status);
    }
    assert_eq!(world.audited("administrator.added").await, 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM administrator_invitation").await, 0);
}

#[tokio::test]
async fn web_14_what_a_tenant_calls_a_language_is_one() {
    let world = World::new().await;
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    let mut evil = item(1, "mina@people.test");
    evil["locale"] = format!("de-{}\u{202e}", "x".repeat(5_000)).into();
    let mut good = item(2, "ada@people.test");
    good["locale"] = "de-AT".into();
    assert_eq!(told(&world, &rp, json!([evil, good])).await.status, 200);
    assert_eq!(world.identity_texts("SELECT locale FROM invitation ORDER BY external_id").await, ["en", "de-AT"]);
}
