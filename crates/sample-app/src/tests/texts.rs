use crate::claims::EXPLAINED;

const EN: &str = include_str!("../../locales/en/sample-app.ftl");
const DE: &str = include_str!("../../locales/de/sample-app.ftl");

#[test]
fn both_languages_have_the_same_messages() {
    webkit::assert_same_keys(EN, DE);
}

#[test]
fn every_claim_that_is_explained_and_every_text_of_a_template_is_there() {
    let keys: Vec<&str> = EN.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
    for claim in EXPLAINED {
        assert!(keys.contains(&format!("claim-{}", claim.replace('_', "-")).as_str()), "{claim}");
    }
    let shared = ["sign-out"];
    for page in
        [include_str!("../../templates/app/signed_in.html"), include_str!("../../templates/app/signed_out.html")]
    {
        for (at, call) in [("t(\"", 3), ("t_with(\"", 8)]
            .into_iter()
            .flat_map(|(call, len)| page.match_indices(call).map(move |(at, _)| (at, len)))
        {
            let key = page[at + call..].split('"').next().unwrap();
            assert!(keys.contains(&key) || shared.contains(&key), "{key}");
        }
    }
}

#[test]
fn every_refusal_has_a_title_and_an_explanation() {
    for name in [
        "unknown-login",
        "wrong-issuer",
        "malformed",
        "denied",
        "needs-person",
        "refused",
        "code-refused",
        "bad-tokens",
        "away",
    ] {
        assert!(
            EN.contains(&format!("\nrefusal-{name} = ")) && EN.contains(&format!("\nrefusal-{name}-title = ")),
            "{name}"
        );
    }
}
