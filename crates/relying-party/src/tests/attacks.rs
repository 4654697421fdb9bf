use std::time::Duration;

use evil_provider::{Client, Trick};
use jose::Algorithm;

use super::Stage;
use crate::{Ask, Class, Fault};

/// Every trick that must fail, and the one reason that it must fail for.
const TABLE: &[(Trick, &str, Class)] = &[
    (Trick::Away, "discovery_away", Class::Away),
    (Trick::MetadataGarbage, "discovery_not_json", Class::Unreadable),
    (Trick::MetadataHuge, "discovery_too_large", Class::Oversized),
    (Trick::MetadataDouble, "discovery_not_json", Class::Unreadable),
    (Trick::MetadataType, "discovery_content_type", Class::Unreadable),
    (Trick::MetadataRedirect, "discovery_moved", Class::Misconfigured),
    (Trick::MetadataIssuer, "discovery_issuer", Class::Misconfigured),
    (Trick::MetadataSlash, "discovery_issuer", Class::Misconfigured),
    (Trick::MetadataNoToken, "token_missing", Class::Misconfigured),
    (Trick::MetadataNoKeys, "keys_missing", Class::Misconfigured),
    (Trick::KeysInside, "keys_insecure", Class::Misconfigured),
    (Trick::KeysGarbage, "keys_not_json", Class::Unreadable),
    (Trick::OnlySymmetric, "discovery_algorithms", Class::Misconfigured),
    (Trick::LogoutScript, "end_session_address", Class::Misconfigured),
    (Trick::Denied, "denied", Class::Refused),
    (Trick::ServerError, "refused", Class::Refused),
    (Trick::AnswerNoIss, "answer_iss_missing", Class::Untrustworthy),
    (Trick::AnswerIss, "answer_iss", Class::Untrustworthy),
    (Trick::AnswerNoCode, "no_code", Class::Refused),
    (Trick::InvalidClient, "client_refused", Class::Misconfigured),
    (Trick::InvalidGrant, "token_refused", Class::Refused),
    (Trick::TokenAway, "token_away", Class::Away),
    (Trick::TokenGarbage, "token_not_json", Class::Unreadable),
    (Trick::TokenContentType, "token_content_type", Class::Unreadable),
    (Trick::NoAccessToken, "token_incomplete", Class::Unreadable),
    (Trick::TokenTypeMac, "token_incomplete", Class::Unreadable),
    (Trick::NoIdToken, "no_id_token", Class::Unreadable),
    (Trick::Iss, "id_token_iss", Class::Untrustworthy),
    (Trick::IssSlash, "id_token_iss", Class::Untrustworthy),
    (Trick::Aud, "id_token_aud", Class::Untrustworthy),
    (Trick::NoAud, "id_token_aud", Class::Untrustworthy),
    (Trick::AudExtra, "id_token_aud_extra", Class::Untrustworthy),
    (Trick::AudTwice, "id_token_azp_missing", Class::Untrustworthy),
    (Trick::Azp, "id_token_azp", Class::Untrustworthy),
    (Trick::NoSub, "id_token_sub_missing", Class::Untrustworthy),
    (Trick::EmptySub, "id_token_sub_unusable", Class::Untrustworthy),
    (Trick::LongSub, "id_token_sub_unusable", Class::Untrustworthy),
    (Trick::UmlautSub, "id_token_sub_unusable", Class::Untrustworthy),
    (Trick::NumberSub, "id_token_claim", Class::Untrustworthy),
    (Trick::Expired, "id_token_expired", Class::Untrustworthy),
    (Trick::NoExp, "id_token_exp_missing", Class::Untrustworthy),
    (Trick::TextExp, "id_token_claim", Class::Untrustworthy),
    (Trick::NotYet, "id_token_nbf", Class::Untrustworthy),
    (Trick::IatAhead, "id_token_iat_ahead", Class::Untrustworthy),
    (Trick::NoIat, "id_token_iat_missing", Class::Untrustworthy),
    (Trick::Nonce, "id_token_nonce", Class::Untrustworthy),
    (Trick::NoNonce, "id_token_nonce_missing", Class::Untrustworthy),
    (Trick::AtHash, "id_token_at_hash", Class::Untrustworthy),
    (Trick::CHash, "id_token_c_hash", Class::Untrustworthy),
    (Trick::AlgNone, "id_token_alg", Class::Untrustworthy),
    (Trick::Hs256, "id_token_alg", Class::Untrustworthy),
    (Trick::UnknownKid, "id_token_key_unknown", Class::Untrustworthy),
    (Trick::ForeignKey, "id_token_signature", Class::Untrustworthy),
    (Trick::ZeroSignature, "id_token_signature", Class::Untrustworthy),
    (Trick::Altered, "id_token_signature", Class::Untrustworthy),
    (Trick::EmbeddedJwk, "id_token_key_unknown", Class::Untrustworthy),
    (Trick::Jku, "id_token_key_unknown", Class::Untrustworthy),
    (Trick::Crit, "id_token_malformed", Class::Untrustworthy),
    (Trick::DoubleSub, "id_token_malformed", Class::Untrustworthy),
    (Trick::DoubleAlg, "id_token_malformed", Class::Untrustworthy),
    (Trick::TypAccess, "id_token_typ", Class::Untrustworthy),
    (Trick::Huge, "id_token_malformed", Class::Untrustworthy),
    (Trick::TwoKeysNoKid, "id_token_key_ambiguous", Class::Untrustworthy),
    (Trick::UserInfoSub, "user_info_sub", Class::Untrustworthy),
    (Trick::UserInfoNoSub, "user_info_sub_missing", Class::Untrustworthy),
    (Trick::UserInfoDouble, "user_info_not_json", Class::Unreadable),
    (Trick::UserInfoAway, "user_info_away", Class::Away),
    (Trick::UserInfoRefuses, "user_info_status", Class::Unreadable),
    (Trick::UserInfoGarbage, "user_info_not_json", Class::Unreadable),
    (Trick::UserInfoType, "user_info_content_type", Class::Unreadable),
    (Trick::UserInfoUnsigned, "user_info_alg", Class::Untrustworthy),
    (Trick::UserInfoForeign, "user_info_key_unknown", Class::Untrustworthy),
    (Trick::UserInfoAud, "user_info_aud", Class::Untrustworthy),
    (Trick::ManyGroups, "claims_too_large", Class::Oversized),
];

#[test]
fn every_attack_stands_in_the_table() {
    for trick in Trick::ATTACKS {
        assert_eq!(TABLE.iter().filter(|(one, ..)| one == trick).count(), 1, "{trick:?}");
    }
    assert_eq!(TABLE.len(), Trick::ATTACKS.len());
}

#[tokio::test]
async fn lk_10_every_rule_broken_by_itself_is_refused_for_that_reason() {
    let mut stage = Stage::new().await;
    for (trick, code, class) in TABLE {
        stage.anew();
        let good = stage.login().await;
        assert!(good.is_ok(), "before {trick:?}: {good:?}");
        stage.anew();
        stage.evil.plays(*trick);
        let fault = stage.login().await.map(|identity| identity.subject).expect_err(&format!("{trick:?}"));
        assert_eq!((fault.code().as_str(), fault.class()), (*code, *class), "{trick:?}: {fault}");
        let text = fault.to_string();
        assert!(text.len() < 600 && !text.contains("eyJ") && !text.contains("a secret"), "{trick:?}: {text}");
        stage.evil.behaves();
    }
}

#[tokio::test]
async fn oa_13_a_gigabyte_of_metadata_is_refused_early_and_silence_has_an_end() {
    let mut stage = Stage::new().await;
    stage.evil.plays(Trick::MetadataHuge);
    assert_eq!(stage.login().await.unwrap_err().code(), "discovery_too_large");
    let streamed = stage.evil.streamed();
    assert!((1 << 20..=16 << 20).contains(&streamed), "{streamed} bytes were taken");
    stage.evil.behaves();
    stage.evil.plays(Trick::Slow);
    let short = outbound::Config {
        exceptions: vec![stage.evil.origin()],
        timeout: Duration::from_millis(200),
        ..outbound::Config::default()
    };
    stage.anew();
    stage.party.http = outbound::Client::new(short).unwrap();
    let fault = stage.login().await.unwrap_err();
    assert_eq!((fault.code().as_str(), fault.class()), ("discovery_slow", Class::Away));
}

#[tokio::test]
async fn oa_13_a_provider_inside_the_network_is_not_asked() {
    let mut stage = Stage::new().await;
    for (issuer, code) in [
        ("https://127.0.0.1:9", "discovery_inside"),
        ("https://[::1]", "discovery_inside"),
        ("https://2130706433", "discovery_inside"),
        ("https://169.254.169.254", "discovery_inside"),
        ("http://id.example", "discovery_insecure"),
        ("http://127.0.0.1:9", "discovery_insecure"),
        ("ftp://id.example", "settings"),
        ("https://id.example?x", "settings"),
        ("https://user@id.example", "settings"),
        ("nonsense", "settings"),
    ] {
        let mut settings = stage.party.settings.clone();
        settings.issuer = issuer.to_owned();
        stage.anew_with(settings, stage.party.credential.clone());
        assert_eq!(stage.login().await.unwrap_err().code(), code, "{issuer}");
    }
}

#[tokio::test]
async fn oa_12_unknown_keys_make_it_ask_once_a_minute() {
    let stage = Stage::new().await;
    stage.login().await.unwrap();
    stage.evil.plays(Trick::UnknownKid);
    let before = stage.evil.asked("/jwks");
    for _ in 0..20 {
        assert_eq!(stage.login().await.unwrap_err().code(), "id_token_key_unknown");
        let token = stage.evil.logout_token("us", "subject-of-mina", |claims| drop(claims.remove("iss")));
        assert!(stage.party.verify_logout_token(&token, crate::LogoutType::Strict).await.is_err());
    }
    assert_eq!(stage.evil.asked("/jwks"), before + 1);
    stage.clock.advance(Duration::from_secs(61));
    assert!(stage.login().await.is_err());
    assert_eq!(stage.evil.asked("/jwks"), before + 2);
    stage.evil.behaves();
    stage.login().await.unwrap();
}

#[tokio::test]
async fn only_what_was_asked_for_may_sign() {
    let mut stage = Stage::new().await;
    for algorithm in Algorithm::FOREIGN {
        stage.evil.signs_with(*algorithm);
        stage.anew();
        stage.login().await.unwrap_or_else(|fault| panic!("{algorithm:?}: {fault}"));
        let mut settings = stage.party.settings.clone();
        settings.algorithms = Algorithm::FOREIGN.iter().copied().filter(|other| other != algorithm).collect();
        let asked_for = std::mem::replace(&mut stage.party.settings, settings.clone());
        stage.anew_with(settings, stage.party.credential.clone());
        assert_eq!(stage.login().await.unwrap_err().code(), "id_token_alg", "{algorithm:?}");
        stage.anew_with(asked_for, stage.party.credential.clone());
    }
}

#[tokio::test]
async fn oa_08_a_code_of_another_request_or_for_another_client_signs_nobody_in() {
    let mut stage = Stage::new().await;
    let secrets = crate::Secrets::fresh(&stage.ambient);
    let ask = Ask { state: &secrets.state, nonce: &secrets.nonce, verifier: &secrets.verifier, ..Ask::default() };
    let url = stage.party.authorization_url(&ask).await.unwrap();
    let code = super::answer(&stage.evil.authorize(&url)).code.unwrap();
    let other = crate::Secrets::fresh(&stage.ambient);
    let redeem = crate::Redeem { code: &code, nonce: &other.nonce, verifier: &other.verifier, max_age: None };
    assert_eq!(stage.party.redeem(&redeem).await.unwrap_err(), Fault::TokenRefused("invalid_grant".into()));

    let mut settings = stage.party.settings.clone();
    settings.client_id = "them".into();
    stage.evil.knows(Client::with_secret("them", "a secret: with % and +"));
    let code = super::answer(&stage.evil.authorize(&url)).code.unwrap();
    stage.anew_with(settings, stage.party.credential.clone());
    let redeem = crate::Redeem { code: &code, nonce: &secrets.nonce, verifier: &secrets.verifier, max_age: None };
    assert_eq!(stage.party.redeem(&redeem).await.unwrap_err().code(), "token_refused");
}

#[tokio::test]
async fn a_fresh_proof_that_was_asked_for_must_be_one() {
    let stage = Stage::new().await;
    let ask = Ask { max_age: Some(Duration::from_secs(300)), prompt: Some("login"), ..Ask::default() };
    let identity = stage.login_asking(ask).await.unwrap();
    assert_eq!(identity.auth_time, Some(stage.ambient.now()));
    let request = stage.evil.last_request();
    assert_eq!((request["max_age"].as_str(), request["prompt"].as_str()), ("300", "login"));
    stage.evil.plays(Trick::AuthTimeOld);
    assert_eq!(stage.login_asking(ask).await.unwrap_err().code(), "id_token_auth_time_old");
    stage.evil.behaves();
    stage.evil.plays(Trick::NoAuthTime);
    assert_eq!(stage.login_asking(ask).await.unwrap_err().code(), "id_token_auth_time_missing");
    stage.login().await.unwrap();
}
