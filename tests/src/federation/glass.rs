//! A break-glass member comes in through the tenant's instance alone, each time anew, and whoever runs the tenant hears of it
//! (DESIGN §4.3).

use evil_provider::Person as Upstream;
use serde_json::json;
use tenant::members::MemberState;

use crate::api::{acting, api, everything};
use crate::harness::{Person, Rp, World, refreshing, text};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";
const FLAGGED: &str = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND break_glass";
const USED: &str = "SELECT COUNT(*) FROM audit_entry WHERE tenant_id = $1 AND action = 'member.break_glass_used'";

async fn flags(world: &World, admin: &mut Person, button: &str) {
    admin.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
    admin.clicks("set-break-glass").await.submits(button, &[]).await;
}

/// A browser in which Mina has come by a provider that is linked with her account.
async fn by_provider(world: &World, mina: &Person) -> Person {
    let mut by_it = mina.elsewhere(world);
    by_it.opens(&world.id.url("/account")).await;
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    by_it.comes_by("contoso", &world.contoso, stated).await.is("/link");
    by_it.submits("link", &[("password", &mina.password)]).await.is("/account");
    let mut again = world.browser();
    again.opens(&world.id.url("/account")).await;
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    again.comes_by("contoso", &world.contoso, stated).await.is("/account");
    again
}

/// How a request to act for them at the tenant's API ends.
async fn asks_to_act(world: &World, rp: &Rp, who: &mut Person, more: &[(&str, Option<&str>)]) {
    let (scope, resource) = (format!("openid {}", everything()), api(&world.acme));
    let mut changes = vec![("scope", Some(scope.as_str())), ("resource", Some(resource.as_str()))];
    changes.extend(more);
    let request = rp.request(&changes);
    who.opens(&request.url()).await;
}

#[tokio::test]
async fn id_03_no_application_and_no_api_opens_to_a_break_glass_member_whoever_vouches() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["administrator"]).await;
    let mut by_it = by_provider(&world, &mina).await;
    let console = world.client_at(&world.acme, "console", acting).await;
    let lens = world.client_at(&world.acme, "lens", refreshing).await;
    let ink = world.platform_client("ink", |_| {}).await;
    // The control: before she was one, all of it opened.
    let acts = console.acts_for(&mut by_it, &world.acme, &everything()).await;
    let token = text(&acts, "access_token");
    let mina_id = world.id_by_api(&world.acme, "mina", &token).await;
    let sees = lens.tokens(&mut by_it).await;
    assert_eq!(lens.userinfo(&text(&sees, "access_token")).await.status, 200);
    let others = text(&console.acts_for(&mut admin, &world.acme, &everything()).await, "access_token");
    let early = lens.request(&[]);
    let code = lens.code(&mut by_it, &early).await;

    flags(&world, &mut admin, "glass-set").await;
    // At the tenant at once, whatever the identity server knows.
    let glass = format!("/members/{mina_id}/break-glass");
    for answer in [
        world.gets(&world.acme, "/members", &token).await,
        world.posts(&world.acme, &glass, &token, &json!({ "on": false })).await,
    ] {
        assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("break_glass_member")), "{answer:?}");
        assert_eq!(answer.json()["open_at"], world.acme.url("/"));
    }
    assert_eq!(world.tenant_count(&world.acme, FLAGGED).await, 1);
    assert_eq!(world.gets(&world.acme, "/members", &others).await.status, 200, "the control: another administrator");
    // At the identity server: what was given has ended, and nothing new is.
    world.settle().await;
    console.refresh(&text(&acts, "refresh_token")).await.is_error(400, "invalid_grant");
    lens.refresh(&text(&sees, "refresh_token")).await.is_error(400, "invalid_grant");
    lens.redeem(&code, &early.verifier).await.is_error(400, "invalid_grant");
    assert_eq!(lens.userinfo(&text(&sees, "access_token")).await.status, 401);
    asks_to_act(&world, &console, &mut by_it, &[]).await;
    by_it.is("/not-a-member").sees("break-glass member of Acme Library");
    by_it.submits("deny", &[]).await;
    assert_eq!(by_it.query("error").as_deref(), Some("access_denied"), "{:?}", by_it.page);
    asks_to_act(&world, &console, &mut by_it, &[("prompt", Some("none"))]).await;
    assert_eq!(by_it.query("error").as_deref(), Some("interaction_required"), "{:?}", by_it.page);
    by_it.opens(&lens.request(&[]).url()).await.is("/not-a-member");
    by_it.opens(&ink.request(&[("tenant", Some("acme"))]).url()).await.submits("allow", &[]).await;
    by_it.is("/not-a-member");
    // Not by her own password either: an application would tell nobody of it.
    asks_to_act(&world, &console, &mut mina, &[("prompt", Some("login"))]).await;
    mina.is("/login").proves_who_they_are().await.is("/not-a-member");
    assert_eq!(world.tenant_count(&world.acme, USED).await, 0);

    // The controls: the instance, by her password, and it is told; an application that asks for no tenant; and without the flag.
    let used =
        |mails: Vec<mail::Outgoing>| mails.iter().filter(|it| it.letter.subject.contains("has signed in")).count();
    mina.opens(&world.acme).await;
    if mina.url.path() == "/login" {
        mina.proves_who_they_are().await;
    }
    mina.is("/").sees("Your role here: Administrator");
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, USED).await, 1);
    assert_eq!(used(world.mails_to(&admin.email).await), 1);
    by_it.opens(&ink.request(&[]).url()).await;
    if by_it.url.path() == "/consent" {
        by_it.submits("allow", &[]).await;
    }
    assert!(by_it.query("code").is_some(), "{:?}", by_it.page);
    flags(&world, &mut admin, "glass-unset").await;
    world.settle().await;
    let acts = console.acts_for(&mut by_it, &world.acme, &everything()).await;
    assert_eq!(world.gets(&world.acme, "/members", &text(&acts, "access_token")).await.status, 200);
}

#[tokio::test]
async fn id_03_a_compromised_account_is_switched_in_spite_of_a_tenants_flag_that_is_named() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    by_provider(&world, &mina).await;
    flags(&world, &mut admin, "glass-set").await;
    world.settle().await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await;
    tove.submits("switch", &[("provider", "contoso"), ("compromised", "yes")]).await.answers(409);
    assert!(tove.text_of("switch-against").contains("Acme Library"), "{}", tove.text_of("switch-against"));
    assert_eq!((world.audited("account.switched").await, world.identity_count(TIES).await), (0, 1));
    tove.submits("switch-despite", &[]).await.sees("The account is switched");
    let said = world.identity_texts("SELECT detail FROM audit_entry WHERE action = 'account.switched'").await;
    assert!(said[0].contains(r#""despite":["acme"]"#) && said[0].contains(r#""compromised":true"#), "{said:?}");
    assert_eq!(world.identity_count(TIES).await, 0, "what was linked before is void");
}

#[tokio::test]
async fn id_03_what_a_member_is_in_by_already_ends_with_the_flag() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    let mut by_it = by_provider(&world, &mina).await;
    by_it.enters(&world.acme).await.is("/").sees("Your role here: Editor");
    by_it.opens(&world.acme).await.is("/");
    flags(&world, &mut admin, "glass-set").await;
    by_it.opens(&world.acme).await.is("/login");
    world.settle().await;
    by_it.opens(&world.acme).await.is("/login");
    assert_eq!(world.tenant_count(&world.acme, USED).await, 0);
    // The control: by her password, and taking the flag away ends nothing.
    mina.opens(&world.acme).await.is("/login").proves_who_they_are().await.is("/");
    assert_eq!(world.tenant_count(&world.acme, USED).await, 1);
    flags(&world, &mut admin, "glass-unset").await;
    mina.opens(&world.acme).await.is("/").sees("Your role here: Editor");
}
