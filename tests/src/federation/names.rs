//! What a tenant calls its provider stands in our mails, to whomever: nothing in it is a link, or looks like ours (WEB-14).

use evil_provider::Person as Upstream;
use serde_json::json;

use crate::harness::World;

const EVIL: &str = "Latchkey Support: your account is locked, see https://evil.example/x";

#[tokio::test]
async fn web_14_a_tenants_provider_has_no_name_that_is_an_address_or_a_link() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let body = |key: &str, name: &str| {
        let settings =
            json!({ "issuer": world.contoso.issuer(), "client_id": "latchkey", "client_secret": "a long secret" });
        json!({ "preset": "generic", "key": key, "name": name, "settings": settings })
    };
    for (at, name) in [EVIL, "evil.example", "Corp\u{202e}proc", "<b>", "eve@evil"].into_iter().enumerate() {
        let refused = world.posts(&world.acme, "/providers", &token, &body(&format!("one{at}"), name)).await;
        let problem = refused.refuses(422, "provider_unfit").json();
        assert_eq!((&problem["field"], &problem["reason"]), (&"name".into(), &"name_not_plain".into()), "{name}");
    }
    // The control; and a change is judged alike.
    world.posts(&world.acme, "/providers", &token, &body("corp", "Contoso (directory) 2.0")).await.done(201);
    let renamed = world.posts(&world.acme, "/providers/acme.corp", &token, &json!({ "name": EVIL })).await;
    renamed.refuses(422, "provider_unfit");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM provider").await, 1);
    // One that was called so before keeps it, whatever else is changed.
    world.identity_change("UPDATE provider SET name = 'Support: evil.example', version = version + 1").await;
    world.posts(&world.acme, "/providers/acme.corp", &token, &json!({ "domains": ["people.test"] })).await.done(200);
}

#[tokio::test]
async fn web_14_a_mail_names_a_tenants_provider_without_anything_to_click_and_says_whose_it_is() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["trusted.example"]).await;
    // From before such names were refused.
    world
        .identity_change(
            "UPDATE provider SET name = 'Latchkey Support: your account is locked, see https://evil.example/x'",
        )
        .await;
    let mut eve = world.browser();
    let stated = Upstream::named("eve").with_email("eve@untrusted.example", true);
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/link/address");
    eve.submits("send", &[("email", "victim@people.test")]).await.is("/link/sent");
    let letter = world.mails_to("victim@people.test").await.pop().unwrap().letter;
    let text = format!("{} {} {}", letter.subject, letter.greeting, letter.paragraphs.join(" "));
    assert!(!text.contains("://") && !text.contains("evil.example"), "{text}");
    assert!(
        text.contains("You came from the sign-in of Acme Library, which calls it “Latchkey Support your account"),
        "{text}"
    );
    assert!(letter.action.unwrap().url.starts_with(&world.id.base), "the control: our own link works");
}

#[tokio::test]
async fn tp_08_who_comes_by_a_tenants_provider_is_called_there_as_it_states_first_and_last_name_apart() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let mut wei = world.browser();
    wei.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, wei_there()).await.submits("allow", &[]).await;
    let id = world.id_by_api(&world.acme, "wei", &token).await;
    let member = world.gets(&world.acme, &format!("/members/{id}"), &token).await.done(200);
    let told = ["given_name", "family_name", "locale", "email"].map(|name| member[name].clone());
    assert_eq!(told, ["wei", "Test", "en", "wei@people.test"].map(|text| json!(text)));
    // Told anew at each login, and nothing is kept of what is not stated any more.
    let renamed = Upstream { family_name: String::new(), given_name: "Wei-Lin".to_owned(), ..wei_there() };
    wei = world.browser();
    wei.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, renamed).await;
    let member = world.gets(&world.acme, &format!("/members/{id}"), &token).await.done(200);
    assert_eq!((&member["given_name"], &member["family_name"]), (&json!("Wei-Lin"), &json!("")));
}

fn wei_there() -> Upstream {
    Upstream::named("wei").with_email("wei@people.test", true)
}
