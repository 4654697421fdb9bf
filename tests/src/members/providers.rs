//! The list by what opens the tenant to its members (PP-04).

use tenant::members::MemberState;

use crate::harness::{Person, World, words};

/// The choices of a filter's menu, as they are sent and as they are read.
fn choices(admin: &Person, menu: &str) -> Vec<(String, String)> {
    let value = |option: scraper::ElementRef<'_>| option.value().attr("value").unwrap_or_default().to_owned();
    admin.page.every(&format!("#filters select[name={menu}] option"), |option| (value(option), words(option)))
}

#[tokio::test]
async fn pp_04_a_provider_is_chosen_from_the_menu_and_stays_in_the_address() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    world.platform_provider("company", &world.evil, &[]).await;
    world.own_provider(&world.studio, "theirs", &world.contoso, &[]).await;
    for (name, provider) in [("cleo", &*corp), ("ede", "company"), ("olga", "gone-since"), ("own", "")] {
        world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
        if !provider.is_empty() {
            let to = format!("UPDATE member SET provider = '{provider}' WHERE email = '{name}@people.test'");
            world.tenant_change(&world.acme, to.leak()).await;
        }
    }
    let is_listed = |admin: &Person, expected: &str| {
        for name in ["Cleo Doe", "Ede Doe", "Olga Doe", "Own Doe"] {
            assert_eq!(admin.text_of("members").contains(name), name == expected, "{name}: {:?}", admin.page);
        }
    };
    admin.opens(&world.acme.url("/members")).await;
    let offered = choices(&admin, "provider");
    assert_eq!(offered[0], (String::new(), "Any".to_owned()));
    let mut keys: Vec<&str> = offered[1..].iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["acme.corp", "company"], "another tenant's is not named");
    // As the form sends it, without a script.
    admin
        .opens(&world.acme.url("/members?q=&state=&locked=&role=viewer&federated=&provider=acme.corp&inactive="))
        .await;
    assert_eq!(admin.url.query(), Some("role=viewer&provider=acme.corp"));
    is_listed(&admin, "Cleo Doe");
    let chosen = |admin: &Person| admin.page.find("#filters select[name=provider] option[selected]", words);
    assert_eq!(chosen(&admin).as_deref(), Some("corp"));
    admin.sees("Provider: corp");
    let selector = ".chip a[aria-label*='Provider']";
    let without = admin.page.find(selector, |a| a.value().attr("href").unwrap().to_owned()).unwrap();
    assert_eq!(without, "/members?role=viewer");
    // Disabled, it still has members.
    world.enables("company", false).await;
    admin.opens(&world.acme.url("/members?provider=company")).await.sees("Provider: company");
    is_listed(&admin, "Ede Doe");
    // Removed, it is in the menu while it is asked for: showing the form again does not drop it.
    admin.opens(&world.acme.url("/members?provider=gone-since")).await.sees("Provider: gone-since");
    assert_eq!(chosen(&admin).as_deref(), Some("gone-since"));
    is_listed(&admin, "Olga Doe");
    admin.opens(&world.acme.url("/members")).await;
    assert!(!choices(&admin, "provider").iter().any(|(key, _)| key == "gone-since"));
    // Where there is none, there is no menu.
    let other = World::new().await;
    let mut admin = other.admin_of(&other.acme).await;
    admin.opens(&other.acme.url("/members")).await;
    assert!(choices(&admin, "provider").is_empty() && !choices(&admin, "role").is_empty());
}
