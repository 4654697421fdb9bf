use evil_provider::{Client, Trick};

use super::Stage;
use crate::Outcome;

async fn outcomes(stage: &mut Stage, trick: Option<Trick>) -> Vec<(&'static str, Outcome)> {
    stage.anew();
    stage.evil.behaves();
    trick.into_iter().for_each(|trick| stage.evil.plays(trick));
    stage.party.test().await.into_iter().map(|check| (check.word, check.outcome)).collect()
}

#[tokio::test]
async fn the_test_button_finds_what_is_wrong() {
    let mut stage = Stage::new().await;
    let good = outcomes(&mut stage, None).await;
    assert!(good.iter().all(|(_, outcome)| *outcome == Outcome::Ok), "{good:?}");
    let words: Vec<_> = good.iter().map(|(word, _)| *word).collect();
    assert_eq!(
        words,
        [
            "settings",
            "discovery",
            "issuer",
            "endpoints",
            "algorithms",
            "code_flow",
            "pkce",
            "scopes",
            "client_method",
            "keys",
            "client"
        ]
    );
    for (trick, word, outcome) in [
        (Trick::Away, "discovery", Outcome::Wrong),
        (Trick::MetadataGarbage, "discovery", Outcome::Wrong),
        (Trick::MetadataIssuer, "issuer", Outcome::Wrong),
        (Trick::MetadataNoToken, "endpoints", Outcome::Wrong),
        (Trick::NoUserInfo, "endpoints", Outcome::Note),
        (Trick::OnlySymmetric, "algorithms", Outcome::Wrong),
        (Trick::KeysGarbage, "keys", Outcome::Wrong),
        (Trick::TwoKeysNoKid, "keys", Outcome::Note),
        (Trick::InvalidClient, "client", Outcome::Wrong),
        (Trick::TokenAway, "client", Outcome::Ok),
    ] {
        let found = outcomes(&mut stage, Some(trick)).await;
        let (_, got) = found.iter().find(|(one, _)| *one == word).unwrap_or_else(|| panic!("{trick:?}: {found:?}"));
        assert_eq!(*got, outcome, "{trick:?}: {found:?}");
    }
    // Nobody is asked whether they exist: an unknown client is told apart from a code that does not exist.
    stage.evil.knows(Client::with_secret("us", "another secret"));
    let found = outcomes(&mut stage, None).await;
    assert_eq!(found.last(), Some(&("client", Outcome::Wrong)));
}
