use evil_provider::Person as Upstream;

use crate::harness::World;

#[tokio::test]
async fn id_03_sw_01_after_a_switch_that_provider_alone_opens_the_tenant() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    mina.enters(&world.studio).await.submits("allow", &[]).await;
    let mut lightbox = mina.elsewhere(&world);
    world.switches(&world.acme, &mina, Some(&key), false).await;
    // The old credential opens everything but that tenant.
    lightbox.enters(&world.id.url("/account")).await.sees("Hello, Mina");
    lightbox.opens(&world.studio).await;
    assert_ne!(lightbox.url.path(), "/login/elsewhere");
    lightbox
        .opens(&world.lightbox)
        .await
        .clicks("sign-in")
        .await
        .is("/login/elsewhere")
        .sees("acme.corp".trim_start_matches("acme."));
    // First claim: a verified address, of a domain that the tenant's own provider is trusted for.
    let own = Upstream::named("mina").with_email(&mina.email, true);
    world.contoso.has(own.clone());
    lightbox.submits("continue-with", &[]).await;
    assert_ne!(lightbox.url.path(), "/login/elsewhere", "{:?}", lightbox.page);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity WHERE proved_by = 'first_claim'").await, 1);
    // From then on any other subject is refused, with the same address (SW-02).
    let mut eve = world.browser();
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    eve.opens(&world.acme)
        .await
        .comes_by("acme.corp", &world.contoso, stated)
        .await
        .answers(403)
        .sees("it alone counts");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 1);
}

#[tokio::test]
async fn sw_02_a_compromised_switch_believes_a_mail_alone() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    world.switches(&world.acme, &mina, Some(&key), true).await;
    let own = Upstream::named("mina").with_email(&mina.email, true);
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own).await.is("/link");
    assert!(!by_it.has("link"), "no password is taken");
    let (csrf, query) = (by_it.csrf(), by_it.url.query().unwrap().to_owned());
    let password = mina.password.clone();
    let forced = by_it.post(world.id.url(&format!("/link?{query}")), &[("csrf", &csrf), ("password", &password)]).await;
    forced.answers(410);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity").await, 0);
    by_it.submits("by-mail", &[]).await.is("/link/sent");
    let link = world.mailed_link(&mina.email).await;
    by_it.opens(&link).await.submits("confirm", &[]).await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM external_identity WHERE proved_by = 'mail'").await, 1);
}
