//! Providers of vendors that are none in particular's, through the server: against imitations, written from the vendors' documents.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use evil_provider::{Authentication, Client, Person as Upstream, Trick, Vendor};
use jose::{Algorithm, Jwk, JwkSet, SigningKey};
use relying_party::presets::{Input, Preset};
use relying_party::{Endpoints, Settings};
use url::Url;

use super::decided;
use crate::harness::{MINUTE, Person, Unusual, World, claims};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";

async fn world_of(vendor: Vendor) -> World {
    World::unusual(Unusual { contoso: vendor, ..Unusual::default() }).await
}

/// Apple's provider is set up, with the key that Apple has given.
async fn apple() -> World {
    let world = world_of(Vendor::Apple).await;
    let key = SigningKey::generate(Algorithm::ES256, &world.ambient).unwrap();
    let public = Jwk { kid: Some("KEY1234567".to_owned()), ..key.public_jwk().unwrap() };
    let known = Authentication::Apple("TEAM123456".to_owned(), JwkSet { keys: vec![public] });
    world.contoso.knows(Client::new("example.web", known));
    let typed = [(Input::ClientId, "example.web"), (Input::TeamId, "TEAM123456")];
    let settings = Settings { issuer: world.contoso.issuer().to_owned(), ..Preset::Apple.settings(&typed).unwrap() };
    let body = STANDARD.encode(key.to_pkcs8().unwrap());
    let secret = format!("KEY1234567\n-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    world.vendors_provider("apple", &settings, &secret, &["people.example"]).await;
    world
}

/// At Apple, whose page posts the answer: it has not been posted yet.
async fn is_at_apple(world: &World, who: Upstream) -> Person {
    let mut person = world.browser();
    person.opens(&world.id.url("/account")).await.comes_by("apple", &world.contoso, who).await;
    assert!(person.has("go-back") && person.url.as_str().starts_with(&world.contoso.base()), "{:?}", person.page);
    person
}

#[tokio::test]
async fn id_04_somebody_comes_in_by_apple_which_posts_its_answer_and_gets_a_secret_made_anew() {
    let world = apple().await;
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let mut mina = is_at_apple(&world, Upstream::named("mina")).await;
        let request = world.contoso.last_request();
        assert_eq!((request["response_mode"].as_str(), request["scope"].as_str()), ("form_post", "openid name email"));
        // The form comes from another site, so without cookies; the way on brings them.
        mina.submits("go-back", &[]).await.is("/account").sees("Hello, mina");
        assert!(mina.passed("/upstream/apple/callback"));
        secrets.push(world.contoso.last_form()["client_secret"].clone());
        world.passes(MINUTE);
    }
    assert_eq!((decided(&world, "Create(Everywhere)").await, decided(&world, "SignIn(Everywhere)").await), (1, 1));
    let said: Vec<_> = secrets.iter().map(|secret| claims(&secret.as_str().into())).collect();
    for one in &said {
        assert_eq!((&one["iss"], &one["sub"]), (&"TEAM123456".into(), &"example.web".into()));
        assert_eq!(one["aud"], "https://appleid.apple.com");
    }
    assert!(said[0]["iat"].as_i64() < said[1]["iat"].as_i64(), "{said:?}");
    // What it says of an address it says as a text.
    let stated = Upstream::named("nils").with_email("nils@people.example", false);
    is_at_apple(&world, stated).await.submits("go-back", &[]).await.is("/link/address");
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn lk_01_lk_02_an_answer_that_is_posted_belongs_to_the_browser_that_began_too() {
    let world = apple().await;
    let mut eve = is_at_apple(&world, Upstream::named("eve")).await;
    // Her form, in the victim's browser: nothing is asked of the provider.
    let mut victim = world.account("victim").await;
    victim.signs_in(&world).await;
    let own = victim.page.clone();
    victim.page = eve.page.clone();
    victim.submits("go-back", &[]).await.answers(410);
    assert_eq!((world.contoso.asked("/token"), world.identity_count(TIES).await), (0, 0));
    victim.page = own;
    victim.opens(&world.id.url("/account")).await.sees("Hello, Victim");
    // The control: hers; and a second time does nothing.
    let form = eve.page.clone();
    eve.submits("go-back", &[]).await.is("/account").sees("Hello, eve");
    eve.page = form;
    eve.submits("go-back", &[]).await.answers(410);
    assert_eq!((world.contoso.asked("/token"), world.identity_count(TIES).await), (1, 1));
}

/// GitHub's provider is set up, with the endpoints of its imitation.
async fn github() -> World {
    let world = world_of(Vendor::Github).await;
    world.contoso.knows(Client::with_secret("latchkey", "a secret of that client"));
    let base: Url = world.contoso.base().parse().unwrap();
    let at = |path: &str| base.join(path).unwrap();
    let endpoints = Endpoints {
        authorization: at("/login/oauth/authorize"),
        token: at("/login/oauth/access_token"),
        user: at("/user"),
        emails: at("/user/emails"),
    };
    let settings = Preset::Github.settings(&[(Input::ClientId, "latchkey")]).unwrap();
    let settings = Settings { endpoints: Some(endpoints), ..settings };
    world.vendors_provider("github", &settings, "a secret of that client", &["people.example"]).await;
    world
}

fn numbered(number: &str, name: &str) -> Upstream {
    Upstream { subject: number.to_owned(), ..Upstream::named(name) }
}

async fn by_github(world: &World, who: Upstream) -> Person {
    let mut person = world.browser();
    person.opens(&world.id.url("/account")).await.comes_by("github", &world.contoso, who).await;
    person
}

#[tokio::test]
async fn id_04_somebody_comes_in_by_github_and_is_known_by_their_number() {
    let world = github().await;
    by_github(&world, numbered("583231", "mina")).await.is("/account").sees("Hello, mina");
    let known = world.identity_texts("SELECT issuer || ' ' || subject FROM external_identity").await;
    assert_eq!(known, ["https://github.com 583231"]);
    assert_eq!((world.contoso.asked("/user"), world.contoso.asked("/user/emails")), (1, 1));
    let request = world.contoso.last_request();
    assert!(!request["scope"].contains("openid") && request["code_challenge_method"] == "S256", "{request:?}");
    let account = "SELECT COUNT(*) FROM account WHERE email_key = 'mina@people.example'";
    assert_eq!(world.identity_count(account).await, 1, "not what the public profile shows, nor an old one");
    // Renamed there, with another address: the same person.
    let renamed = numbered("583231", "wilhelmina");
    by_github(&world, renamed).await.is("/account").sees("Hello, mina");
    assert_eq!((world.identity_count(TIES).await, decided(&world, "SignIn(Everywhere)").await), (1, 1));
}

#[tokio::test]
async fn ph_06_a_name_or_an_address_that_was_taken_over_at_github_opens_nothing() {
    let world = github().await;
    by_github(&world, numbered("583231", "mina")).await.is("/account");
    // Somebody else there has her name now, and her address.
    let mut eve = by_github(&world, numbered("7", "mina")).await;
    eve.answers(403).sees("Another sign-in at github is linked").opens(&world.id.url("/account")).await.is("/login");
    // Without an address that they have verified there; and without a number.
    let unverified = numbered("8", "eve").with_email("mina@people.example", false);
    by_github(&world, unverified).await.is("/link/address");
    by_github(&world, numbered("mina", "mina")).await.answers(502).sees("Reference");
    // It refuses with status 200.
    world.contoso.plays(Trick::InvalidGrant);
    by_github(&world, numbered("583231", "mina")).await.answers(403).sees("Reference");
    world.contoso.behaves();
    assert_eq!((world.identity_count(TIES).await, world.audited("upstream.failed").await), (1, 2));
    by_github(&world, numbered("583231", "mina")).await.is("/account").sees("Hello, mina");
}
