//! Presets against imitations of the vendors, written from their public documentation. Nothing here was tried live.

use std::sync::Arc;

use evil_provider::{Authentication, Client, Person, Vendor};
use jose::{Algorithm, JwkSet, SigningKey};
use url::Url;

use super::Stage;
use crate::presets::{Input, Preset, Weakness};
use crate::{Ask, ClientAuthentication, Credential, Endpoints, Fault, LogoutType, Outcome, Settings};

const DIRECTORY: &str = "3f2c1b0a-9d8e-4c7b-8a69-584736251403";

/// Everything that any preset asks for.
const TYPED: &[(Input, &str)] = &[
    (Input::Issuer, "https://id.example"),
    (Input::Domain, "https://acme.example/"),
    (Input::Directory, DIRECTORY),
    (Input::Server, "https://login.acme.example/"),
    (Input::Realm, "acme"),
    (Input::ClientId, "us"),
    (Input::ClientSecret, "a secret: with % and +"),
    (Input::TeamId, "TEAM123456"),
    (Input::KeyId, "KEY1234567"),
    (Input::PrivateKey, "-"),
];

#[test]
fn a_preset_makes_settings_of_what_is_typed_and_says_what_is_missing() {
    let issuers = [
        (Preset::Google, "https://accounts.google.com"),
        (Preset::Entra, "https://login.microsoftonline.com/3f2c1b0a-9d8e-4c7b-8a69-584736251403/v2.0"),
        (Preset::Apple, "https://appleid.apple.com"),
        (Preset::Github, "https://github.com"),
        (Preset::Okta, "https://acme.example"),
        (Preset::Auth0, "https://acme.example/"),
        (Preset::Keycloak, "https://login.acme.example/realms/acme"),
        (Preset::Gitlab, "https://login.acme.example"),
        (Preset::Generic, "https://id.example"),
    ];
    assert_eq!(issuers.map(|(preset, _)| preset), Preset::ALL);
    for (preset, issuer) in issuers {
        let settings = preset.settings(TYPED).unwrap();
        assert_eq!(settings.issuer, issuer, "{preset:?}");
        let stored = serde_json::to_string(&settings).unwrap();
        assert!(!stored.contains("a secret"), "{stored}");
        assert_eq!(serde_json::from_str::<Settings>(&stored).unwrap(), settings);
        // Nor the method: without one, it is the usual one.
        let secrets = [Input::ClientSecret, Input::PrivateKey, Input::KeyId, Input::Method];
        for input in preset.description().asks.iter().filter(|input| !secrets.contains(input)) {
            let without: Vec<_> = TYPED.iter().copied().filter(|(which, _)| which != input).collect();
            assert!(matches!(preset.settings(&without), Err(Fault::Settings(_))), "{preset:?} without {input:?}");
        }
    }
}

#[test]
fn many_directories_at_once_are_refused() {
    for directory in ["common", "organizations", "consumers", "contoso.onmicrosoft.com", "", "a/b"] {
        let refused = Preset::Entra.settings(&[(Input::Directory, directory), (Input::ClientId, "us")]);
        assert!(matches!(refused, Err(Fault::Settings(_))), "{directory}: {refused:?}");
    }
    for issuer in ["https://login.microsoftonline.com/common/v2.0", "https://login.microsoftonline.com/"] {
        let settings =
            Settings { preset: Preset::Entra, ..Settings::generic(issuer, "us", ClientAuthentication::None) };
        assert!(matches!(settings.check(), Err(Fault::Settings(_))), "{issuer}");
    }
}

/// A preset's settings, turned to the imitation.
async fn stage(preset: Preset, vendor: Vendor) -> Stage {
    Stage::with(vendor, |settings| {
        let issuer = settings.issuer.clone();
        *settings = Settings { issuer, ..preset.settings(TYPED).unwrap() };
    })
    .await
}

#[tokio::test]
async fn somebody_comes_in_through_each_imitation() {
    for (preset, vendor, in_logout) in [
        (Preset::Google, Vendor::Google, false),
        (Preset::Entra, Vendor::Entra, true),
        (Preset::Okta, Vendor::Okta, true),
        (Preset::Auth0, Vendor::Auth0, true),
        (Preset::Keycloak, Vendor::Keycloak, true),
        (Preset::Gitlab, Vendor::Gitlab, false),
    ] {
        let stage = stage(preset, vendor).await;
        stage.evil.has(Person::named("mina").in_groups(&["staff"]));
        let identity = stage.login().await.unwrap_or_else(|fault| panic!("{preset:?}: {fault}"));
        assert_eq!(identity.issuer, stage.evil.issuer(), "{preset:?}");
        assert_eq!((identity.subject.as_str(), identity.name.as_deref()), ("subject-of-mina", Some("mina Test")));
        assert_eq!(identity.email.as_deref(), Some("mina@people.example"), "{preset:?}");
        assert_eq!(identity.email_verified, preset.may_vouch_for_email(), "{preset:?}");
        assert_eq!(identity.claims["groups"], serde_json::json!(["staff"]), "{preset:?}");
        // Where the vendor's documentation names a claim for groups, it is read.
        let read = if preset.description().groups.is_empty() { &[][..] } else { &["staff"] };
        assert_eq!(identity.groups.names, read, "{preset:?}");
        let out = stage.party.end_session_url(None, "https://us.example/out", "s").await;
        assert_eq!((out.is_ok(), preset.description().logout), (in_logout, in_logout), "{preset:?}");
        let found = stage.party.test().await;
        assert!(found.iter().all(|check| check.outcome != Outcome::Wrong), "{preset:?}: {found:?}");
        assert!(preset.weaknesses().is_empty() && !preset.description().source.is_empty());
    }
}

#[tokio::test]
async fn google_calls_itself_by_two_names_and_nobody_else_does() {
    let mut stage = stage(Preset::Google, Vendor::Google).await;
    let ask = Ask { extra: &[("hd", "people.example")], ..Ask::default() };
    let identity = stage.login_asking(ask).await.unwrap();
    assert_eq!((identity.issuer.as_str(), &identity.claims["hd"]), (stage.evil.issuer(), &"people.example".into()));
    assert_eq!(stage.evil.last_request()["hd"], "people.example");
    let generic = Settings { preset: Preset::Generic, ..stage.party.settings().clone() };
    stage.anew_with(generic, stage.party.credential.clone());
    assert_eq!(stage.login().await.unwrap_err().code(), "id_token_iss");
}

#[tokio::test]
async fn the_slash_of_auth0_belongs_to_its_issuer() {
    let mut stage = stage(Preset::Auth0, Vendor::Auth0).await;
    stage.login().await.unwrap();
    let issuer = stage.evil.base();
    let without = Settings { issuer, ..stage.party.settings().clone() };
    stage.anew_with(without, stage.party.credential.clone());
    let fault = stage.login().await.unwrap_err();
    assert_eq!(fault.code(), "discovery_issuer");
    assert!(fault.to_string().contains(stage.evil.issuer()), "it says what to type: {fault}");
}

#[tokio::test]
async fn keycloak_sends_logout_tokens() {
    let stage = stage(Preset::Keycloak, Vendor::Keycloak).await;
    let token = stage.evil.logout_token("us", "subject-of-mina", |_| {});
    let logout = stage.party.verify_logout_token(&token, LogoutType::Lax).await.unwrap();
    assert_eq!(logout.subject.as_deref(), Some("subject-of-mina"));
}

#[tokio::test]
async fn apple_gets_a_signed_secret_posts_its_answer_and_says_true_in_its_own_way() {
    let mut stage = stage(Preset::Apple, Vendor::Apple).await;
    let key = Arc::new(SigningKey::generate(Algorithm::ES256, &stage.ambient).unwrap());
    let keys = JwkSet { keys: vec![key.public_jwk().unwrap()] };
    stage.evil.knows(Client::new("us", Authentication::Apple("TEAM123456".into(), keys)));
    stage.anew_with(stage.party.settings().clone(), Credential::Key(key));
    let identity = stage.login().await.unwrap();
    assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("mina@people.example"), true));
    assert_eq!(identity.name, None, "the name comes unsigned, so it is not taken");
    let request = stage.evil.last_request();
    assert_eq!((request["response_mode"].as_str(), request["scope"].as_str()), ("form_post", "openid name email"));
    assert_eq!(stage.evil.last_form()["client_secret"].split('.').count(), 3);
    stage.evil.has(Person::named("mina").with_email("mina@people.example", false));
    assert!(!stage.login().await.unwrap().email_verified, "the text \"false\"");
    assert_eq!(stage.party.weaknesses(), [Weakness::PkceUnchecked, Weakness::NoFreshProof]);
    assert!(stage.party.end_session_url(None, "https://us.example/out", "s").await.is_err());
    // By any other preset the text counts for nothing.
    let generic = Settings { preset: Preset::Generic, ..stage.party.settings().clone() };
    stage.evil.has(Person::named("mina"));
    stage.anew_with(generic, stage.party.credential.clone());
    assert!(!stage.login().await.unwrap().email_verified);
}

#[test]
fn apples_key_is_read_from_its_file() {
    use base64::Engine;
    let key = SigningKey::generate(Algorithm::ES256, &ambient::Ambient::system()).unwrap();
    let body = base64::engine::general_purpose::STANDARD.encode(key.to_pkcs8().unwrap());
    let (first, second) = body.split_at(64);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{first}\r\n{second}\n-----END PRIVATE KEY-----\n");
    let Credential::Key(read) = Credential::key_from_pem("KEY1234567", &pem).unwrap() else { panic!("no key") };
    let same = |jwk: jose::Jwk| (jwk.x, jwk.y);
    assert_eq!(same(read.public_jwk().unwrap()), same(key.public_jwk().unwrap()));
    assert_eq!(read.kid(), "KEY1234567");
    for wrong in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", &pem.replace("PRIVATE", "PUBLIC")]
    {
        let refused = Credential::key_from_pem("k", wrong).unwrap_err();
        assert!(!refused.to_string().contains(first));
    }
}

/// GitHub's settings, turned to the imitation.
async fn github() -> Stage {
    let stage = Stage::with(Vendor::Github, |settings| {
        let base = Url::parse(&settings.issuer).unwrap();
        let at = |path: &str| base.join(path).unwrap();
        *settings = Preset::Github.settings(TYPED).unwrap();
        settings.endpoints = Some(Endpoints {
            authorization: at("/login/oauth/authorize"),
            token: at("/login/oauth/access_token"),
            user: at("/user"),
            emails: at("/user/emails"),
        });
    })
    .await;
    stage.evil.has(Person { subject: "583231".into(), ..Person::named("mina") });
    stage
}

#[tokio::test]
async fn github_is_asked_by_its_api_and_only_its_primary_verified_address_counts() {
    let stage = github().await;
    let identity = stage.login().await.unwrap();
    assert_eq!((identity.issuer.as_str(), identity.subject.as_str()), ("https://github.com", "583231"));
    assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("mina@people.example"), true));
    assert_eq!((identity.preferred_username.as_deref(), identity.id_token), (Some("mina"), None));
    let request = stage.evil.last_request();
    assert!(!request["scope"].contains("openid") && request["code_challenge_method"] == "S256", "{request:?}");
    let person = |email: Option<&str>, verified| Person {
        subject: "583231".into(),
        email: email.map(str::to_owned),
        email_verified: verified,
        ..Person::named("mina")
    };
    for nobodys in [person(Some("mina@people.example"), false), person(None, true)] {
        stage.evil.has(nobodys);
        let identity = stage.login().await.unwrap();
        // Neither the public profile's address nor an old verified one.
        assert_eq!((identity.email, identity.email_verified), (None, false));
    }
    for subject in ["0", "mina"] {
        stage.evil.has(Person { subject: subject.into(), ..Person::named("mina") });
        assert_eq!(stage.login().await.unwrap_err().code(), "user_info_sub_missing", "{subject}");
    }
}

#[tokio::test]
async fn github_refuses_with_success_and_is_understood() {
    let mut stage = github().await;
    assert!(stage.party.weaknesses().contains(&Weakness::NoIdToken));
    let words = |found: Vec<crate::Check>| found.into_iter().map(|it| (it.word, it.outcome)).collect::<Vec<_>>();
    let good = words(stage.party.test().await);
    assert_eq!(good, [("settings", Outcome::Ok), ("discovery", Outcome::Note), ("client", Outcome::Ok)]);
    stage.evil.plays(evil_provider::Trick::InvalidGrant);
    assert_eq!(stage.login().await.unwrap_err(), Fault::TokenRefused("bad_verification_code".into()));
    stage.evil.behaves();
    stage.anew_with(stage.party.settings().clone(), Credential::secret("another"));
    assert_eq!(stage.login().await.unwrap_err().code(), "client_refused");
    assert_eq!(words(stage.party.test().await).last(), Some(&("client", Outcome::Wrong)));
    let token = stage.evil.logout_token("us", "583231", |_| {});
    assert!(stage.party.verify_logout_token(&token, LogoutType::Lax).await.is_err());
}
