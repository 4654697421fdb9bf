//! Signing up: e-mail first, then a mailed link, and only there a name and a password.

use crate::harness::{DAY, HOUR, MINUTE, SECOND, World};

/// What exists once somebody has an account; must stay empty until the address is proved.
const SOMEBODY: &str = "SELECT (SELECT COUNT(*) FROM account) + (SELECT COUNT(*) FROM password)
    + (SELECT COUNT(*) FROM session) + (SELECT COUNT(*) FROM link) + (SELECT COUNT(*) FROM subject)";

#[tokio::test]
async fn nothing_exists_before_the_address_is_proved() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await.is("/signup/sent").sees("alice@people.test");
    let mails = world.mails_to(&alice.email).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].letter.subject, "Confirm your e-mail for Acme Library");
    assert_eq!(world.identity_count(SOMEBODY).await, 0);
    let link = world.mailed_link("alice@people.test").await;
    alice.opens(&link).await.completes_sign_up().await.is("/join");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
    let phc = world.identity_texts("SELECT phc FROM password").await;
    assert!(phc[0].starts_with("$argon2id$"), "{phc:?}");
}

#[tokio::test]
async fn opening_the_link_changes_nothing_however_often() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await;
    let link = world.mailed_link(&alice.email).await;
    let before = world.identity_rows().await;
    for _ in 0..3 {
        let mut scanner = world.browser();
        scanner.opens(&link).await.answers(200);
        let head = reqwest::Method::HEAD;
        scanner.send(head, link.parse().unwrap(), &[], None).await.answers(200);
    }
    assert_eq!(world.identity_rows().await, before);
    alice.opens(&link).await.completes_sign_up().await.is("/join");
}

#[tokio::test]
async fn a_link_opened_on_another_device_signs_in_that_device_alone() {
    let world = World::new().await;
    let mut laptop = world.stranger("alice");
    laptop.asks_for_sign_up(&world.acme).await;
    let mut phone = laptop.elsewhere(&world);
    phone.opens(&world.mailed_link(&laptop.email).await).await.completes_sign_up().await;
    phone.is("/signup/welcome").sees("You are signed in on this device").sees("Open Acme Library");
    phone.opens(&world.id.url("/account")).await.is("/account");

    assert!(laptop.get(world.id.url("/account")).await.location().is_some(), "the waiting browser has no session");
    laptop.clicks("confirmed").await.is("/login/password");
    let password = laptop.password.clone();
    laptop.submits("login", &[("password", &password)]).await.is("/join");
    laptop.submits("allow", &[]).await.sees("You asked to join Acme Library");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, 2);
}

#[tokio::test]
async fn the_link_works_for_24_hours() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await;
    let link = world.mailed_link(&alice.email).await;
    world.passes(DAY - SECOND);
    alice.opens(&link).await.answers(200);
    world.passes(SECOND);
    alice.completes_sign_up().await.answers(410).sees("This link does not work any more");
    alice.opens(&link).await.answers(410);
    assert_eq!(world.identity_count(SOMEBODY).await, 0);

    alice.asks_for_sign_up(&world.acme).await;
    let fresh = world.mailed_link(&alice.email).await;
    assert_ne!(fresh, link);
    alice.opens(&fresh).await.completes_sign_up().await.is("/join");
}

#[tokio::test]
async fn a_link_works_once_and_ends_all_others_to_its_address() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await;
    let first = world.mailed_link(&alice.email).await;
    alice.submits("resend", &[]).await.is("/signup/sent");
    let second = world.mailed_link(&alice.email).await;
    assert_ne!(first, second);
    let mut again = alice.elsewhere(&world);
    again.opens(&second).await;
    alice.opens(&second).await.completes_sign_up().await.is("/join");
    again.completes_sign_up().await.answers(410);
    for link in [first, second] {
        alice.opens(&link).await.answers(410);
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
    assert_eq!(world.audited("sign_up.completed").await, 1);
}

#[tokio::test]
async fn passwords_have_12_to_256_characters() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await;
    let link = world.mailed_link(&alice.email).await;
    for (password, words) in [
        ("x".repeat(11), "At least 12"),
        ("ü".repeat(11), "At least 12"),
        (String::new(), "At least 12"),
        ("x".repeat(257), "At most 256"),
        ("x".repeat(60_000), "At most 256"),
        ("Alice@People.Test".to_owned(), "Your address is no password"),
    ] {
        alice.opens(&link).await;
        alice.password.clone_from(&password);
        alice.completes_sign_up().await.answers(422).sees(words).sees_not(&"x".repeat(11));
        assert_eq!(world.identity_count(SOMEBODY).await, 0, "{words}");
    }
    let token = alice.page.find("input[name=token]", |it| it.value().attr("value").unwrap().to_owned()).unwrap();
    let csrf = alice.csrf();
    let big = "x".repeat(1_000_000);
    let fields = [("csrf", &*csrf), ("token", &token), ("password", &big)];
    alice.post(world.id.url("/signup/confirm"), &fields).await.answers(413);
    assert_eq!(world.identity.identity().hasher.hashed(), 0, "refused before hashing");

    for (name, password) in [("bob", "x".repeat(12)), ("carol", "ü".repeat(256))] {
        let mut person = world.stranger(name);
        person.asks_for_sign_up(&world.acme).await;
        person.password = password;
        person.opens(&world.mailed_link(&person.email).await).await.completes_sign_up().await.is("/join");
        person.elsewhere(&world).enters(&world.acme).await.is("/join");
    }
}

#[tokio::test]
async fn names_and_language_are_needed_and_kept() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await;
    let link = world.mailed_link(&alice.email).await;
    let good = [("given_name", "Zoë"), ("family_name", "O’Neil"), ("locale", "de"), ("password", "twelve letters")];
    for (field, bad, words) in [
        ("given_name", " ", "Enter a name"),
        ("family_name", "", "Enter a name"),
        ("given_name", "a\u{7}b", "A name has at most"),
        ("given_name", "a\u{202e}b", "A name has at most"),
        ("family_name", "\u{2066}b", "A name has at most"),
        ("family_name", &*"x".repeat(101), "A name has at most"),
        ("locale", "tlh", "Choose one of the languages"),
    ] {
        let entries = good.map(|(name, value)| (name, if name == field { bad } else { value }));
        alice.opens(&link).await.submits("create", &entries).await.answers(422).sees(words);
    }
    assert_eq!(world.identity_count(SOMEBODY).await, 0);
    let whole_tag = good.map(|(name, value)| (name, if name == "locale" { "de-AT-\u{202e}<script>" } else { value }));
    alice.opens(&link).await.submits("create", &whole_tag).await.is("/join");
    let kept = "SELECT given_name || '|' || family_name || '|' || locale FROM account";
    assert_eq!(world.identity_texts(kept).await, ["Zoë|O’Neil|de"]);
}

#[tokio::test]
async fn az_01_a_form_takes_no_other_fields_and_needs_its_token() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.asks_for_sign_up(&world.acme).await;
    alice.opens(&world.mailed_link(&alice.email).await).await;
    let (csrf, confirm) = (alice.csrf(), world.id.url("/signup/confirm"));
    let token = alice.page.find("input[name=token]", |it| it.value().attr("value").unwrap().to_owned()).unwrap();
    let good = [
        ("token", &*token),
        ("given_name", "A"),
        ("family_name", "D"),
        ("locale", "en"),
        ("password", "twelve letters"),
    ];
    let with = |more: &[(&'static str, &'static str)]| {
        let mut fields: Vec<(&str, String)> = good.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields
    };
    for (fields, status) in [
        (with(&[]), 403),
        (with(&[("csrf", "nonsense")]), 403),
        (with(&[("csrf", "CSRF"), ("email", "eve@people.test")]), 400),
        (with(&[("csrf", "CSRF"), ("role", "administrator")]), 400),
        (with(&[("csrf", "CSRF"), ("password", "another twelve")]), 400),
        (with(&[("csrf", "CSRF"), ("csrf", "CSRF")]), 403),
    ] {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| (*name, if value == "CSRF" { &*csrf } else { value })).collect();
        alice.post(&confirm, &fields).await.answers(status);
        assert_eq!(world.identity_count(SOMEBODY).await, 0, "{fields:?}");
    }
    let mut eve = world.browser();
    let mut stolen = vec![("csrf", &*csrf)];
    stolen.extend(good);
    eve.post(&confirm, &stolen).await.answers(403);
    alice.post(&confirm, &stolen).await.answers(303);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
}

#[tokio::test]
async fn an_address_that_has_an_account_gets_a_mail_that_says_so() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    world.passes(HOUR);
    for spelling in ["alice@people.test", " ALICE@People.test "] {
        alice.opens(&world.acme).await.clicks("create-account").await.submits("send", &[("email", spelling)]).await;
        alice.is("/signup/sent");
    }
    let mut mails = world.mails_to("alice@people.test").await;
    mails.extend(world.mails_to("ALICE@people.test").await);
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert_eq!(mail.letter.subject, "You already have an account");
        assert_eq!(mail.letter.action.unwrap().url, world.id.url("/account"), "no link that makes anything");
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
}

#[tokio::test]
async fn what_is_no_address_is_refused_on_the_page() {
    let world = World::new().await;
    let mut alice = world.browser();
    alice.opens(&world.acme).await.clicks("create-account").await;
    for text in [
        "",
        "alice",
        "a@x.test,b@y.test",
        "a@x.test b@y.test",
        "\"a\"@x.test",
        "<a@x.test>",
        "a@x.test\r\nBcc: b@y.test",
    ] {
        alice.submits("send", &[("email", text)]).await.answers(422).sees("Enter one e-mail address");
    }
    world.settle().await;
    assert!(world.mail.sent().is_empty());
    world.passes(MINUTE);
    alice.submits("send", &[("email", "a@x.test")]).await.is("/signup/sent");
}
