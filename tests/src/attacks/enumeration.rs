use crate::harness::{HOUR, Page, Person, World};

/// A page without what is random in it (tokens, ids, references) and without the address that was typed.
fn neutral(page: &Page, person: &Person) -> String {
    let interaction = crate::harness::query(&page.url, "i").unwrap();
    let text = without_values(&page.body, "name=\"csrf\" value=\"");
    let text = text.replace(page.header("x-request-id"), "REFERENCE").replace(&interaction, "INTERACTION");
    text.replace(&person.email, "ADDRESS")
}

/// Whatever stands between `before` and the next quote is taken out.
fn without_values(text: &str, before: &str) -> String {
    let mut parts = text.split(before);
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |clean, part| clean + before + &part[part.find('"').unwrap()..])
}

/// What an attempt showed and did: status, page, rows written by table, mails, password hashes.
type Traces = (u16, String, Vec<(&'static str, i64)>, usize, u64);

async fn traces(world: &World, person: &mut Person, button: &str, entries: &[(&str, &str)]) -> Traces {
    let (rows, mails) = (world.identity_rows().await, world.mail.sent().len());
    let hasher = &world.identity.identity().hasher;
    let hashes = hasher.hashed();
    person.submits(button, entries).await;
    let page = neutral(&person.page, person);
    let status = person.status;
    let queued = world.identity_rows().await;
    world.settle().await;
    let written = queued.iter().zip(rows).map(|((table, after), (_, before))| (*table, after - before)).collect();
    (status, page, written, world.mail.sent().len() - mails, hasher.hashed() - hashes)
}

#[tokio::test]
async fn web_05_login_answers_and_works_alike_for_known_and_unknown_addresses() {
    let world = World::new().await;
    let known = world.account("aknown").await;
    let unknown = world.stranger("astranger");
    let mut seen = Vec::new();
    for person in [known, unknown] {
        let mut eve = person.elsewhere(&world);
        eve.opens(&world.acme).await;
        let email = eve.email.clone();
        let first = traces(&world, &mut eve, "next", &[("username", &email)]).await;
        let second = traces(&world, &mut eve, "login", &[("password", "a guess that is wrong")]).await;
        let third = traces(&world, &mut eve, "login", &[("password", &"x".repeat(300))]).await;
        seen.push([first, second, third]);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0][1].0, 422);
    let hashes: Vec<u64> = seen[0].iter().map(|traces| traces.4).collect();
    assert_eq!(hashes, [0, 1, 1], "one for each password, whether there is an account or not");
    assert!(seen[0][1].1.contains("match"), "the control: it is the refusal that was compared");
}

#[tokio::test]
async fn web_05_sign_up_answers_and_works_alike_for_known_and_unknown_addresses() {
    let world = World::new().await;
    let known = world.account("aknown").await;
    let unknown = world.stranger("astranger");
    let mut seen = Vec::new();
    for person in [known, unknown] {
        let mut eve = person.elsewhere(&world);
        eve.opens(&world.acme).await.clicks("create-account").await;
        let mut all = Vec::new();
        let email = eve.email.clone();
        all.push(traces(&world, &mut eve, "send", &[("email", &email)]).await);
        for _ in 0..3 {
            all.push(traces(&world, &mut eve, "resend", &[]).await);
        }
        seen.push(all);
    }
    assert_eq!(seen[0], seen[1]);
    let mails: Vec<usize> = seen[0].iter().map(|traces| traces.3).collect();
    assert_eq!(mails, [1, 1, 1, 0]);
    assert!(seen[0].iter().all(|traces| traces.4 == 0), "nothing is hashed before the address is proved");
    assert_eq!(world.mail.sent_to("aknown@people.test")[0].purpose, "account_exists", "the control: the mails differ");
    assert_eq!(world.mail.sent_to("astranger@people.test")[0].purpose, "sign_up");
}

#[tokio::test]
async fn web_05_used_up_guesses_look_like_a_wrong_password() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let email = alice.email.clone();
    alice.opens(&world.acme).await.submits("next", &[("username", &email)]).await;
    let mut guess = Vec::new();
    for _ in 0..12 {
        guess.push(traces(&world, &mut alice, "login", &[("password", "not the one")]).await);
    }
    assert!(guess.iter().all(|seen| *seen == guess[0]));
    world.passes(HOUR);
    let password = alice.password.clone();
    alice.submits("login", &[("password", &password)]).await.is("/join");
}

#[tokio::test]
async fn web_05_recovery_answers_and_works_alike_for_known_and_unknown_addresses() {
    let world = World::new().await;
    let known = world.account("aknown").await;
    let unknown = world.stranger("astranger");
    let mut seen = Vec::new();
    for person in [known, unknown] {
        let mut eve = person.elsewhere(&world);
        let email = eve.email.clone();
        eve.opens(&world.acme).await.submits("next", &[("username", &email)]).await.clicks("forgotten").await;
        let mut all = Vec::new();
        all.push(traces(&world, &mut eve, "send", &[("email", &email)]).await);
        for _ in 0..3 {
            all.push(traces(&world, &mut eve, "resend", &[]).await);
        }
        seen.push(all);
    }
    assert_eq!(seen[0], seen[1]);
    let mails: Vec<usize> = seen[0].iter().map(|traces| traces.3).collect();
    assert_eq!(mails, [1, 1, 1, 0]);
    assert!(seen[0].iter().all(|traces| traces.4 == 0), "nothing is hashed before the address is proved");
    let mail = &world.mail.sent_to("aknown@people.test")[0];
    assert_eq!(mail.purpose, "recovery", "the control: the mails differ");
    let note = &world.mail.sent_to("astranger@people.test")[0];
    assert_eq!((note.purpose.as_str(), note.letter.action.is_none()), ("recovery_unknown", true));
}

#[tokio::test]
async fn web_05_how_to_sign_in_answers_and_works_alike_for_known_and_unknown_addresses() {
    let world = World::new().await;
    let known = world.account("aknown").await;
    let unknown = world.stranger("astranger");
    let mut seen = Vec::new();
    for person in [known, unknown] {
        let mut eve = person.elsewhere(&world);
        let email = eve.email.clone();
        eve.opens(&world.acme).await.submits("next", &[("username", &email)]).await.clicks("how").await;
        let mut all = Vec::new();
        all.push(traces(&world, &mut eve, "send", &[("email", &email)]).await);
        for _ in 0..3 {
            all.push(traces(&world, &mut eve, "resend", &[]).await);
        }
        seen.push(all);
    }
    assert_eq!(seen[0], seen[1]);
    let mails: Vec<usize> = seen[0].iter().map(|traces| traces.3).collect();
    assert_eq!(mails, [1, 1, 1, 0]);
    let letter = |to: &str| world.mail.sent_to(to)[0].letter.clone();
    let (one, other) = (letter("aknown@people.test"), letter("astranger@people.test"));
    assert_ne!(one.paragraphs, other.paragraphs, "the control: the mails differ");
    for letter in [one, other] {
        assert_eq!(letter.action.unwrap().url, world.acme.base, "no secret is in it");
    }
}
