use evil_provider::Person as Upstream;
use serde_json::json;

use crate::harness::World;

#[tokio::test]
async fn id_04_the_platform_says_which_claims_count() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin/providers/contoso")).await.clicks("mapping").await.sees("Claims");
    tove.submits("save", &[("groups", "x\u{7}y")]).await.answers(422).sees("no name of a claim");
    let entries = [("given_name", "profile.first"), ("groups", "realm_access.roles"), ("email", "")];
    tove.submits("save", &entries).await.is("/admin/providers/contoso").sees("They count from the next sign-in on");
    tove.clicks("mapping").await.sees("realm_access.roles");
    assert_eq!(tove.page.attribute("groups", "value"), "realm_access.roles");
    // Somebody new is called as the mapping says.
    let mut who = Upstream::named("mina");
    who.more.insert("profile".to_owned(), json!({ "first": "Philomena" }));
    who.more.insert("realm_access".to_owned(), json!({ "roles": ["staff"] }));
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, who).await.sees("Hello, Philomena");
    let kept = "SELECT upstream_groups FROM authentication WHERE upstream_groups IS NOT NULL";
    assert_eq!(world.identity_texts(kept).await, [r#"{"names":["staff"],"left_out":0}"#]);
    assert_eq!(world.audited("provider.changed").await, 1);
}

#[tokio::test]
async fn ph_05_an_address_of_another_claim_is_stated_and_not_verified() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mina = world.account("mina").await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin/providers/contoso/mapping")).await.submits("save", &[("email", "upn")]).await;
    // Its administrator types whatever address into that claim, beside an address of their own that is verified.
    let mut eve = Upstream::named("eve");
    eve.more.insert("upn".to_owned(), json!(mina.email));
    let mut browser = world.browser();
    browser.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, eve).await;
    browser.is("/link/address");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 0);
}

#[tokio::test]
async fn id_04_a_tenant_says_which_claims_of_its_own_provider_count() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    let (mut ada, token) = world.api_admin(&world.acme, "console").await;
    ada.opens(&world.acme.url("/providers/acme.corp")).await.clicks("mapping").await.sees("Claims");
    ada.submits("save", &[("groups", "x\u{7}y")]).await.answers(422).sees("no name of a claim");
    let entries = [("given_name", "profile.first"), ("groups", "realm_access.roles")];
    ada.submits("save", &entries).await.is("/providers/acme.corp").sees("They count from the next sign-in on");
    ada.clicks("mapping").await;
    assert_eq!(ada.page.attribute("groups", "value"), "realm_access.roles");
    // By the API, what is not named stays.
    let at = format!("/providers/{key}");
    let mapped = json!({ "family_name": "profile.last" });
    world.posts(&world.acme, &format!("{at}/mapping"), &token, &mapped).await.done(200);
    let shown = world.gets(&world.acme, &at, &token).await.done(200);
    let expected = json!({
        "given_name": "profile.first", "family_name": "profile.last", "full_name": "", "email": "", "locale": "",
        "groups": "realm_access.roles",
    });
    assert_eq!(shown["mapping"], expected);
    let to = format!("{at}/mapping");
    let wrong = world.posts(&world.acme, &to, &token, &json!({ "email": "a\nb" })).await;
    wrong.refuses(422, "provider_unfit");
    world.posts(&world.acme, &to, &token, &json!({ "nickname": "nick" })).await.refuses(422, "invalid_body");
    // Somebody new is called as the mapping says, and their groups are read there.
    let mut who = Upstream::named("mina");
    who.more.insert("profile".to_owned(), json!({ "first": "Philomena", "last": "Hollis" }));
    who.more.insert("realm_access".to_owned(), json!({ "roles": ["staff"] }));
    let mut mina = world.browser();
    mina.opens(&world.acme).await.comes_by(&key, &world.contoso, who).await.is("/join").submits("allow", &[]).await;
    ada.opens(&world.acme.url("/requests")).await.sees("Philomena Hollis");
    let kept = "SELECT upstream_groups FROM authentication WHERE upstream_groups IS NOT NULL";
    assert_eq!(world.identity_texts(kept).await, [r#"{"names":["staff"],"left_out":0}"#]);
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'provider.mapped' AND actor_kind = 'member'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 2);
    ada.opens(&world.acme.url("/audit")).await.sees("Said which claims of an identity provider count");
}
