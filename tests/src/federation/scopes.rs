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
    // In the list, in files and in the API; the control: the others' addresses are theirs.
    let list = admin.opens(&world.acme.url("/members")).await.text();
    assert_eq!((list.matches("as corp states").count(), list.matches("mina@people.test").count()), (1, 1), "{list}");
    let csv = admin.get(world.acme.url("/members/export.csv")).await.body;
    let of = |address: &str| csv.lines().find(|line| line.contains(address)).unwrap_or_default().to_owned();
    assert!(csv.starts_with("id,") && csv.contains(",lifecycle,email_stated_by,last_sign_in"), "{csv}");
    assert!(of("ada@people.test").contains(",active,acme.corp,"), "{csv}");
    assert!(of("mina@people.test").contains(",active,,"), "{csv}");
    let json = admin.get(world.acme.url("/members/export.jsonl")).await.body;
    assert_eq!(json.matches("\"email_stated_by\":\"acme.corp\"").count(), 1, "{json}");
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let told = world.gets(&world.acme, &format!("/members/{id}"), &token).await.done(200);
    assert_eq!((&told["email"], &told["email_stated_by"]), (&"ada@people.test".into(), &"acme.corp".into()));
    let told = world.gets(&world.acme, "/members?q=mina", &token).await.done(200);
    assert_eq!(told["members"][0]["email_stated_by"], serde_json::Value::Null);
    // And in the mail to those who decide when she asks for her deletion.
    eve.opens(&world.acme.url("/profile"))
        .await
        .clicks("leave")
        .await
        .submits("leave-now", &[])
        .await
        .is("/leave/done");
    let told = world.mails_to(&admin.email).await.pop().unwrap().letter;
    assert!(
        told.paragraphs[0].contains("(ada@people.test, as ")
            && told.paragraphs[0].contains("nobody has proved that it is theirs"),
        "{told:?}"
    );
}
