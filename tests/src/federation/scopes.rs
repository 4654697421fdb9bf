use evil_provider::Person as Upstream;

use crate::harness::World;

#[tokio::test]
async fn tn_01_a_tenants_provider_opens_that_tenant_and_nothing_else() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    assert_eq!(key, "acme.corp");
    let mut mina = world.account("mina").await;
    mina.enters(&world.studio).await.submits("allow", &[]).await;
    // It is not offered elsewhere, nor to be reached there.
    let mut eve = world.browser();
    eve.opens(&world.studio).await.is("/login");
    assert!(!eve.has("by-acme.corp"));
    let (csrf, query) = (eve.csrf(), eve.url.query().unwrap().to_owned());
    let begin = world.id.url(&format!("/login/provider?{query}"));
    eve.post(&begin, &[("csrf", &csrf), ("provider", "acme.corp")]).await.answers(410);
    // Whoever it says sits there, with whatever address: a person of that tenant alone.
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/join");
    eve.submits("allow", &[]).await.sees("You asked to join");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL AND email = ''").await, 1);
    assert_eq!(
        world.identity_count("SELECT COUNT(*) FROM session WHERE scope_id IS NOT NULL AND ended_at IS NULL").await,
        1
    );
    for elsewhere in [world.id.url("/account"), world.id.url("/account/sign-in"), world.studio.url("/")] {
        eve.opens(&elsewhere).await.is("/login");
    }
    eve.opens(&world.id.url("/admin")).await.is("/login");
    // The tenant itself stays open: the control.
    eve.opens(&world.acme).await.sees("You asked to join");
    // Mina's account is untouched, and another person.
    let mut elsewhere = mina.elsewhere(&world);
    elsewhere.enters(&world.id.url("/account")).await.sees("Hello, Mina");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 2);
}

#[tokio::test]
async fn tn_01_whoever_a_provider_says_sits_where_somebody_else_is_signed_in_is_asked_which_account() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    world.switches(&world.acme, &mina, Some(&key), false).await;
    let mut mina = mina.elsewhere(&world);
    mina.enters(&world.id.url("/account")).await.is("/account");
    // At the provider, somebody else is signed in.
    world.contoso.has(Upstream::named("eve").with_email("eve@people.test", true));
    let issued = "SELECT COUNT(*) FROM authorization_code";
    let before = world.identity_count(issued).await;
    mina.opens(&world.acme).await.is("/login/elsewhere").submits("continue-with", &[]).await;
    mina.is("/login/accounts").sees("Continue as eve").sees("Continue as Mina");
    assert_eq!(world.identity_count(issued).await, before, "nobody is taken for the other");
    mina.submits("choose", &[]).await.is("/join");
    // What opens everything is still hers.
    mina.opens(&world.id.url("/account")).await.sees("Hello, Mina");
    // The control: the same person is asked nothing.
    let mut again = mina.elsewhere(&world);
    again.enters(&world.id.url("/account")).await.is("/account");
    world.contoso.has(Upstream::named("mina").with_email(&mina.email, true));
    again.opens(&world.acme).await.is("/login/elsewhere").submits("continue-with", &[]).await;
    again.sees("You asked to join");
}

#[tokio::test]
async fn tn_01_an_address_of_a_member_offers_and_opens_nothing() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    let mut eve = world.browser();
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/link");
    eve.opens(&world.acme).await.is("/login");
    // She proves it: the tie opens that tenant alone.
    let (password, own) = (mina.password.clone(), Upstream::named("mina").with_email(&mina.email, true));
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own).await.is("/link");
    by_it.submits("link", &[("password", &password)]).await.sees("You asked to join");
    by_it.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
}

#[tokio::test]
async fn tn_01_an_address_that_a_provider_states_is_nowhere_shown_as_proved() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let stated = Upstream::named("eve").with_email("ada@people.test", true);
    let mut eve = world.browser();
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/join");
    eve.submits("allow", &[]).await.sees("You asked to join");
    let list = admin.opens(&world.acme.url("/requests")).await;
    list.sees("ada@people.test").sees("as corp states");
    list.follows("Review").await.sees("By corp").sees("Nobody has proved that the address is theirs");
    let of_eve = admin.url.clone();
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    // The control: her account has proved hers.
    let stated = "SELECT COUNT(*) FROM member WHERE stated_by = 'acme.corp'";
    assert_eq!(world.tenant_count(&world.acme, stated).await, 1);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE stated_by IS NULL").await, 2);
    admin.opens(of_eve.as_str()).await.submits("approve", &[("role", "viewer")]).await;
    let id = of_eve.path().rsplit('/').next().unwrap().to_owned();
    let page = admin.opens(&world.acme.url(&format!("/members/{id}"))).await;
    assert!(page.has("stated-by"));
}
