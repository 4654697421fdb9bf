//! A blueprint's own words for states, wherever a state is shown (DESIGN: a blueprint says the labels).

use std::collections::BTreeMap;

use tenant::blueprint::Label;
use tenant::members::MemberState;

use crate::harness::{Person, World, words};

/// Words that no text of ours has, in both languages.
const OWN: [(&str, &str, &str); 6] = [
    ("active", "On board", "An Bord"),
    ("to_review", "In the queue", "In der Reihe"),
    ("reviewed", "Confirmed", "Bestätigt"),
    ("locked", "Blocked", "Geblockt"),
    ("suspended", "On leave", "Beurlaubt"),
    ("deleted", "Retired", "Im Ruhestand"),
];

/// A library with those words, its administrator, and somebody who waits there.
async fn with_own_words() -> (World, Person, Person) {
    let label = |en: &str, de: &str| Label { en: en.to_owned(), de: de.to_owned() };
    let own: BTreeMap<String, Label> = OWN.iter().map(|(key, en, de)| ((*key).to_owned(), label(en, de))).collect();
    let world = World::with(|blueprint| blueprint.lifecycle.labels = own).await;
    let dora = world.member("dora", &world.acme, MemberState::ToReview, &[]).await;
    for (name, state) in [("elin", MemberState::Deleted), ("fay", MemberState::Suspended), ("lea", MemberState::Locked)]
    {
        world.member(name, &world.acme, state, &["viewer"]).await;
    }
    let admin = world.admin_of(&world.acme).await;
    (world, admin, dora)
}

/// The words of somebody's row.
fn row(admin: &Person, name: &str) -> String {
    let rows = admin.page.every("#members tbody tr", words);
    rows.into_iter().find(|row| row.contains(name)).unwrap_or_else(|| panic!("no {name} on {:?}", admin.page))
}

#[tokio::test]
async fn pp_26_a_blueprints_words_for_states_stand_in_the_list_its_columns_filters_and_chips() {
    let (world, mut admin, _) = with_own_words().await;
    let columns = "columns=state+authorization+locked+lifecycle";
    admin.opens(&world.acme.url(&format!("/members?{columns}"))).await;
    for (name, expected) in [
        ("Dora", "In the queue In the queue No On board"),
        ("Elin", "Retired Confirmed No Retired"),
        ("Fay", "On leave Confirmed No On leave"),
        ("Lea", "Blocked Confirmed Yes On board"),
    ] {
        assert!(row(&admin, name).ends_with(expected), "{}", row(&admin, name));
    }
    assert_eq!(admin.page.find("#members thead", words).unwrap(), "Name State Authorization Blocked Lifecycle");
    let choices = |who: &Person, menu: &str| who.page.find(&format!("#filters [name={menu}]"), words).unwrap();
    assert_eq!(choices(&admin, "state"), "Any Invited In the queue Confirmed Rejected Asked for their own deletion");
    assert_eq!(choices(&admin, "lifecycle"), "Any On board On leave Retired Erased Not “Retired”");
    admin.sees("Blocked").sees_not("Locked");
    for (query, chip) in [
        ("state=reviewed", "Authorization: Confirmed"),
        ("lifecycle=deleted", "Lifecycle: Retired"),
        ("lifecycle=not_deleted", "Lifecycle: Not “Retired”"),
        ("locked=true", "Blocked: Yes"),
        // What the page says, the search field understands.
        ("q=lifecycle:retired", "Lifecycle: Retired"),
        ("q=state:best%C3%A4tigt", "Authorization: Confirmed"),
    ] {
        admin.opens(&world.acme.url(&format!("/members?{query}"))).await.answers(200);
        assert_eq!(admin.page.find(".chip", words).as_deref(), Some(chip), "{query}");
    }
    admin.opens(&world.acme.url(&format!("/members?{columns}&ui_locales=de"))).await;
    assert!(row(&admin, "Lea").ends_with("Geblockt Bestätigt Ja An Bord"), "{}", row(&admin, "Lea"));
    assert!(choices(&admin, "lifecycle").ends_with("Nicht „Im Ruhestand“"));
    // Files and the API keep the keys: a file is read again, whatever the blueprint calls them.
    let file = admin.get(world.acme.url("/members/export.csv")).await.body;
    let elin = file.lines().find(|line| line.contains("Elin")).unwrap();
    assert!(elin.contains("deleted") && elin.contains("reviewed") && !elin.contains("Retired"), "{elin}");
}

#[tokio::test]
async fn pp_26_a_blueprints_words_for_states_stand_on_every_page_of_a_member_and_of_a_job() {
    let (world, mut admin, mut dora) = with_own_words().await;
    admin.opens(&world.acme.url("/members")).await.follows("Elin Doe").await;
    let elin = admin.url.path().rsplit('/').next().unwrap().to_owned();
    for (id, expected) in [("axis-authorization", "Confirmed"), ("axis-locked", "No"), ("axis-lifecycle", "Retired")] {
        assert_eq!(admin.text_of(id), expected, "{id}");
    }
    admin.sees("Blocked");
    admin.opens(&world.acme.url(&format!("/members/states?member={elin}"))).await;
    for word in ["Retired", "Confirmed", "On leave", "On board", "In the queue", "Blocked", "Not “Blocked”"] {
        admin.sees(word);
    }
    // What keeps a job from somebody is their state, by the same word.
    let csrf = admin.page.csrf();
    let job = admin
        .post(world.acme.url("/jobs"), &[("csrf", &csrf), ("deed", "lock"), ("member[]", &elin), ("search", "")])
        .await;
    let job = job.location().unwrap();
    world.settle().await;
    admin.opens(job.as_str()).await.sees("Retired").sees_not("Deleted");
    // Whoever waits reads it too.
    dora.enters(&world.acme).await;
    assert!(dora.text_of("request-standing").starts_with("In the queue"), "{:?}", dora.page);
}
