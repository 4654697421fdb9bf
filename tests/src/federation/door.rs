//! The sign-in page: what was used last in this browser, and the mail that says how one signs in.

use audit::Actor;
use evil_provider::Person as Upstream;
use identity::providers::{self, Shown};

use crate::harness::{DAY, HOUR, Person, World};

const COOKIE: &str = "lk_identity_ways";

async fn signs_out(person: &mut Person, world: &World) {
    person.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await.is("/logout/done");
}

/// What the page marks: the button that it describes, or the field.
fn marked(person: &Person) -> String {
    if !person.has("last-used") {
        return "nothing".to_owned();
    }
    let button = person.find("button[aria-describedby='last-used']", |it| it.value().attr("value").unwrap().to_owned());
    button.unwrap_or_else(|| "password".to_owned())
}

#[tokio::test]
async fn id_04_what_was_used_last_in_this_browser_is_marked_and_comes_first() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = world.account("mina").await;
    mina.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(marked(&mina), "nothing");
    assert!(!mina.has("forget-browser"), "there is nothing to forget");
    mina.proves_who_they_are().await.is("/account");
    signs_out(&mut mina, &world).await;
    mina.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(marked(&mina), "password");
    // Somebody else comes by the provider, in the same browser: what was used, not by whom.
    mina.comes_by("contoso", &world.contoso, Upstream::named("nils")).await.is("/account");
    signs_out(&mut mina, &world).await;
    // It is marked and comes first, and no page is left out.
    mina.opens(&world.id.url("/account")).await.is("/login").sees("Last used in this browser");
    assert_eq!(marked(&mina), "contoso");
    let place = |text: &str| mina.body.find(text).unwrap();
    assert!(place("id=\"by-contoso\"") < place("id=\"next\""));
    // Whatever address is typed, known or not: the same page.
    let mut pages = Vec::new();
    for email in ["mina@people.test", "nobody@people.test"] {
        mina.opens(&world.id.url("/account")).await.submits("next", &[("username", email)]).await.is("/login/password");
        pages.push((marked(&mina), mina.text().replace(email, "ADDRESS").replace("MI", "NO")));
    }
    assert_eq!(pages[0].0, "contoso");
    assert_eq!(pages[0].1.len(), pages[1].1.len(), "{pages:#?}");
    // A disabled provider is none that could be marked.
    let identity = world.identity.identity();
    let provider = providers::find(&mut identity.store.read().await.unwrap(), "contoso").await.unwrap().unwrap();
    assert!(providers::set_enabled(identity, Actor::Operator, &provider, false).await.unwrap());
    mina.opens(&world.id.url("/account")).await;
    assert_eq!((marked(&mina).as_str(), mina.has("by-contoso")), ("password", false));
}

#[tokio::test]
async fn id_04_a_browser_forgets_what_was_used_there_and_a_failed_sign_in_is_not_remembered() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.opens(&world.id.url("/account")).await;
    let email = mina.email.clone();
    mina.submits("next", &[("username", &email)]).await.submits("login", &[("password", "not the one")]).await;
    assert_eq!(mina.jar.get(&world.id.base, COOKIE), None, "a guess");
    let own = Upstream::named("mina").with_email(&email, true);
    mina.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, own).await.is("/link");
    assert_eq!(mina.jar.get(&world.id.base, COOKIE), None, "not proved yet");
    let password = mina.password.clone();
    mina.submits("link", &[("password", &password)]).await.is("/account");
    let kept = mina.jar.get(&world.id.base, COOKIE).unwrap();
    signs_out(&mut mina, &world).await;
    // In another browser it says nothing.
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await;
    eve.jar.plant(&world.id.base, COOKIE, &kept);
    eve.opens(&world.id.url("/account")).await;
    assert_eq!(marked(&eve), "nothing");
    for forged in ["platform", "platform:", "contoso:AAAA", "%00~~:"] {
        eve.jar.plant(&world.id.base, COOKIE, forged);
        eve.opens(&world.id.url("/account")).await.answers(200);
        assert_eq!(marked(&eve), "nothing", "{forged}");
    }
    // At a library: after signing out, or on the sign-in page.
    let mut library = world.browser();
    library.jar = mina.jar.clone();
    library.opens(&world.id.url("/logout/done")).await.submits("forget-browser", &[]).await;
    library.is("/logout/done").sees("remembers nothing");
    for name in [COOKIE, "lk_identity_device"] {
        assert_eq!(library.jar.get(&world.id.base, name), None);
    }
    mina.opens(&world.id.url("/account")).await;
    assert_eq!(marked(&mina), "contoso", "the control");
    mina.submits("forget-browser", &[]).await.is("/login");
    assert_eq!((marked(&mina).as_str(), mina.has("forget-browser")), ("nothing", false));
}

#[tokio::test]
async fn tn_01_a_tenants_provider_is_marked_on_the_way_to_that_tenant_alone() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.id.url("/account")).await;
    signs_out(&mut mina, &world).await;
    let own = Upstream::named("mina").with_email("mina@corp.test", true);
    mina.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own).await;
    assert!(mina.is("/link/address").jar.get(&world.id.base, COOKIE).unwrap().starts_with("platform:"));
    let verified = Upstream { email: None, ..Upstream::named("mina") };
    mina.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, verified).await.is("/join");
    mina.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(marked(&mina), "password", "elsewhere, what was used elsewhere");
    // There it is named as what they are signed in by elsewhere, and is no way in.
    mina.opens(&world.studio).await.is("/login").sees("which opens Acme Library alone");
    assert!(!mina.has("by-acme.corp"));
    assert_eq!(marked(&mina), "password");
    let mut closed = mina.elsewhere(&world);
    closed.jar = mina.jar.clone();
    signs_out(&mut closed, &world).await;
    closed.opens(&world.acme).await.is("/login");
    assert_eq!(marked(&closed), "acme.corp", "the control");
}

async fn asks_how(person: &mut Person, at: &(impl crate::harness::Address + ?Sized), email: &str) {
    person.opens(at).await.clicks("how").await.is("/login/how");
    person.submits("send", &[("email", email)]).await.is("/login/how/sent").answers(200);
}

/// What the newest letter to an address says, without greeting and farewell.
async fn said(world: &World, email: &str) -> String {
    world.mails_to(email).await.last().unwrap().letter.paragraphs[1..].join(" ")
}

#[tokio::test]
async fn id_04_how_do_i_sign_in_here_is_answered_by_mail() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["contoso.example"]).await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    let mut asks = world.browser();
    asks_how(&mut asks, &world.acme, "mina@people.test").await;
    let mail = world.mails_to(&mina.email).await.pop().unwrap();
    assert_eq!(mail.letter.subject, "How you sign in to Acme Library");
    assert!(mail.letter.action.unwrap().url.starts_with(&world.acme.base), "back to that door");
    assert!(said(&world, &mina.email).await.contains("and your password"));
    // What is linked is named; what opens another tenant alone is not.
    mina.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("mina"));
    mina.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
    world.passes(DAY);
    asks_how(&mut asks, &world.studio, "mina@people.test").await;
    let at_studio = said(&world, &mina.email).await;
    assert!(at_studio.contains("password") && at_studio.contains("contoso") && !at_studio.contains("corp"));
    // Switched there: that provider, and nothing else, for that door.
    world.switches(&world.acme, &mina, Some(&corp), false).await;
    asks_how(&mut asks, &world.acme, "mina@people.test").await;
    assert!(said(&world, &mina.email).await.contains("With corp, and nothing else"));
    asks_how(&mut asks, &world.id.url("/account"), "mina@people.test").await;
    assert!(!said(&world, &mina.email).await.contains("corp"));
    // Nobody's address; and one of a domain that leads somewhere.
    asks_how(&mut asks, &world.acme, "nobody@people.test").await;
    assert!(said(&world, "nobody@people.test").await.contains("There is no account"));
    asks_how(&mut asks, &world.acme, "new@contoso.example").await;
    assert!(said(&world, "new@contoso.example").await.contains("continue with contoso"));
    // In the person's language, and without a login that waits.
    asks.opens(&world.id.url("/login/how")).await.is("/login/how");
    asks.opens(&world.id.url("/login/how?ui_locales=de")).await;
    assert_eq!(world.audited("sign_in.asked_how").await, 6);
}

#[tokio::test]
async fn id_04_of_a_provider_that_is_merely_all_that_is_offered_the_mail_does_not_say_that_nothing_else_counts() {
    let world = World::new().await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    world.identity_change("UPDATE provider SET shown = 'forced'").await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.id.url("/account")).await;
    mina.opens(&world.acme).await.submits("allow", &[]).await;
    let mut asks = world.browser();
    asks_how(&mut asks, &world.acme, &mina.email).await;
    let offered = said(&world, &mina.email).await;
    assert!(
        offered.contains("the sign-in page offers nothing else") && !offered.contains("and nothing else"),
        "{offered}"
    );
    world.passes(DAY);
    world.switches(&world.acme, &mina, Some(&corp), false).await;
    asks_how(&mut asks, &world.acme, &mina.email).await;
    assert!(said(&world, &mina.email).await.contains("With corp, and nothing else"), "the control: it is decided");
}

#[tokio::test]
async fn tn_01_the_mail_that_says_how_to_sign_in_names_no_provider_of_another_tenant() {
    let world = World::new().await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let hidden = world.own_provider(&world.studio, "annex", &world.evil, &[]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    mina.enters(&world.studio).await.submits("allow", &[]).await;
    // She has an identity at the one tenant's provider.
    world.switches(&world.acme, &mina, Some(&corp), false).await;
    let own = Upstream::named("mina").with_email(&mina.email, true);
    mina.elsewhere(&world).opens(&world.acme).await.comes_by(&corp, &world.contoso, own).await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 1);
    let mut asks = world.browser();
    asks_how(&mut asks, &world.acme, &mina.email).await;
    assert!(said(&world, &mina.email).await.contains("corp"), "the control: at its own door");
    world.passes(DAY);
    asks_how(&mut asks, &world.studio, &mina.email).await;
    let at_studio = said(&world, &mina.email).await;
    assert!(!at_studio.contains("corp") && at_studio.contains("password"), "{at_studio}");
    // A tenant that names another's provider by its key opens nothing by it, and nobody reads its name.
    world.identity_change("UPDATE provider SET name = 'Secret Society' WHERE key = 'studio.annex'").await;
    world.switches(&world.acme, &mina, Some(&hidden), false).await;
    world.passes(DAY);
    asks_how(&mut asks, &world.acme, &mina.email).await;
    let at_acme = said(&world, &mina.email).await;
    assert!(!at_acme.contains("Secret Society"), "{at_acme}");
    asks_how(&mut asks, &world.id.url("/account"), &mina.email).await;
    assert!(!said(&world, &mina.email).await.contains("Secret Society"));
}

#[tokio::test]
async fn web_25_how_to_sign_in_sends_a_few_mails_to_an_address_and_from_a_network() {
    let world = World::new().await;
    world.account("alice").await;
    for spelling in ["alice@people.test", "ALICE@people.test", "alice+x@people.test", " alice@PEOPLE.test"] {
        let mut eve = world.browser();
        asks_how(&mut eve, &world.id.url("/account"), spelling).await;
        eve.submits("resend", &[]).await.is("/login/how/sent").answers(200);
    }
    world.settle().await;
    assert_eq!(world.mail.sent().len(), 3);
    for number in 0..40 {
        let mut eve = world.browser();
        asks_how(&mut eve, &world.id.url("/account"), &format!("victim{number}@people.test")).await;
    }
    world.settle().await;
    assert_eq!(world.mail.sent().len(), 3 + 30 - 8, "from one network");
    world.passes(HOUR);
    asks_how(&mut world.browser(), &world.id.url("/account"), "alice@people.test").await;
    world.settle().await;
    assert_eq!(world.mail.sent().len(), 26, "the control: later there are more");
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await.clicks("how").await;
    for text in ["alice@people.test,eve@evil.test", "alice@people.test\r\nBcc: eve@evil.test"] {
        let (csrf, url) = (eve.csrf(), eve.url.to_string());
        eve.post(&url, &[("csrf", &csrf), ("email", text)]).await.answers(422);
    }
}

#[tokio::test]
async fn id_04_a_forced_provider_is_the_only_way_offered_into_its_tenant_and_the_platform_stays_open() {
    let world = World::new().await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    let mut mina = world.account("mina").await;
    // The control, before it: all ways are there.
    mina.opens(&world.acme).await.is("/login");
    assert!(mina.has("by-acme.corp") && mina.has("by-works") && mina.has("next") && mina.has("create-account"));
    world.shows(&corp, Shown::Forced).await;
    mina.opens(&world.acme).await.is("/login");
    assert!(mina.has("by-acme.corp") && !mina.has("by-works") && !mina.has("next") && !mina.has("create-account"));
    // Whoever posts what no page offers is led back, and nothing is looked at.
    let (csrf, query) = (mina.csrf(), mina.url.query().unwrap().to_owned());
    let (email, password) = (mina.email.clone(), mina.password.clone());
    mina.post(world.id.url(&format!("/login?{query}")), &[("csrf", &csrf), ("username", &email)]).await;
    let typed = [("csrf", csrf.as_str()), ("password", &password)];
    let posted = mina.post(world.id.url(&format!("/login/password?{query}")), &typed).await;
    assert_eq!((posted.status, posted.location().unwrap().path()), (303, "/login"));
    mina.opens(&world.id.url(&format!("/login/password?{query}"))).await.is("/login");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, 0);
    // By it one comes in.
    let mut by_it = world.browser();
    let nobody = Upstream { email: None, ..Upstream::named("nils") };
    by_it.opens(&world.acme).await.comes_by(&corp, &world.contoso, nobody).await.is("/join");
    // Elsewhere nothing is forced: another tenant, and whatever is the platform's.
    for door in [world.studio.url("/"), world.id.url("/account")] {
        let mut other = mina.elsewhere(&world);
        other.opens(&door).await.is("/login");
        assert!(other.has("by-works") && other.has("next") && !other.has("by-acme.corp"), "{door}");
    }
    // It is routing, and shuts nobody out: who is signed in already is let in as their policy says.
    mina.signs_in(&world).await.opens(&world.acme).await.is("/join");
}

#[tokio::test]
async fn id_04_the_platforms_forced_provider_is_forced_into_tenants_and_whoever_runs_it_gets_in_without() {
    let world = World::new().await;
    world.platform_provider("works", &world.evil, &["people.example"]).await;
    world.shows("works", Shown::Forced).await;
    for door in [&world.acme, &world.studio] {
        let mut mina = world.browser();
        mina.opens(door).await.is("/login");
        assert!(mina.has("by-works") && !mina.has("next"));
        mina.comes_by("works", &world.evil, Upstream::named("mina")).await.is("/join");
    }
    // The provider is away: the platform is run by who has a password.
    world.evil.plays(evil_provider::Trick::Away);
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin")).await.is("/admin");
}

#[tokio::test]
async fn id_04_a_hidden_provider_has_no_button_and_is_reached_by_a_domain_or_a_policy() {
    let world = World::new().await;
    world.platform_provider("works", &world.evil, &["works.example"]).await;
    let mut mina = world.account("mina").await;
    mina.opens(&world.id.url("/account")).await;
    assert!(mina.has("by-works"), "the control: shown");
    world.shows("works", Shown::Hidden).await;
    let mut nils = world.browser();
    for door in [world.id.url("/account"), world.acme.url("/")] {
        nils.opens(&door).await.is("/login").sees_not("works");
        nils.submits("next", &[("username", "nils@elsewhere.example")]).await.is("/login/password").sees_not("works");
        nils.opens(&door).await.submits("next", &[("username", "nils@works.example")]).await;
        assert!(nils.is("/login/password").has("of-domain"), "{door}");
    }
    nils.opens(&world.id.url("/account")).await.submits("next", &[("username", "nils@works.example")]).await;
    world.evil.has(Upstream::named("nils").with_email("nils@works.example", true));
    nils.submits("of-domain", &[]).await.is("/account").sees("Hello, nils");
    // By a policy: the page that says which one opens the tenant to her.
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    world.switches(&world.acme, &mina, Some("works"), false).await;
    let mut mina = mina.elsewhere(&world);
    mina.signs_in(&world).await.opens(&world.acme).await.is("/login/elsewhere").sees("works opens Acme Library");
    world.evil.has(Upstream::named("mina"));
    assert!(mina.has("continue-with"));
    mina.submits("continue-with", &[]).await.is("/link/address");
}

#[tokio::test]
async fn tn_01_a_domain_that_a_tenant_trusts_its_provider_for_leads_there_in_its_own_login_alone() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["corp.example"]).await;
    let mut nina = world.browser();
    nina.opens(&world.acme).await.submits("next", &[("username", "nina@corp.example")]).await.is("/login/password");
    assert!(nina.has("of-domain"), "the control: in its own");
    for door in [world.studio.url("/"), world.id.url("/account"), world.inkwell.url("/login")] {
        let mut nina = world.browser();
        nina.opens(&door).await.submits("next", &[("username", "nina@corp.example")]).await.is("/login/password");
        assert!(!nina.has("of-domain") && !nina.has("by-acme.corp"), "{door}");
        nina.sees_not("corp.example opens").sees_not("Continue with");
        // The mail that says how one signs in names it neither.
        asks_how(&mut nina, &door, "nina@corp.example").await;
    }
    let mails = world.mails_to("nina@corp.example").await;
    assert!(!mails.is_empty() && mails.iter().all(|mail| !mail.letter.paragraphs.join(" ").contains("with corp")));
    // Where the platform has confirmed the domain, it leads to the platform's, and in the tenant to the tenant's.
    world.platform_provider("works", &world.evil, &["corp.example"]).await;
    for (door, key) in [(world.studio.url("/"), "works"), (world.acme.url("/"), "acme.corp")] {
        let mut nina = world.browser();
        nina.opens(&door).await.submits("next", &[("username", "nina@corp.example")]).await;
        assert_eq!(nina.attribute("of-domain", "value"), key);
    }
}
