//! Signing out at the provider too.

use evil_provider::{Person as Upstream, Trick};
use serde_json::Value;

use crate::harness::{HOUR, MINUTE, Person, World, claims};

const HINTS: &str = "SELECT COUNT(*) FROM upstream_hint";

/// Signed in by the provider.
async fn by_contoso(world: &World, name: &str) -> Person {
    let mut person = world.browser();
    person.opens(&world.id.url("/account")).await;
    person.comes_by("contoso", &world.contoso, Upstream::named(name)).await.is("/account");
    person
}

async fn signs_out(person: &mut Person, world: &World) {
    person.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await.is("/logout/done");
}

#[tokio::test]
async fn id_04_who_signs_out_may_sign_out_at_the_provider_too() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = by_contoso(&world, "mina").await;
    assert_eq!(world.identity_count(HINTS).await, 1);
    signs_out(&mut mina, &world).await;
    // Ours is done, and nothing was asked of the provider yet.
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
    assert_eq!((world.identity_count(HINTS).await, world.contoso.asked("/logout")), (0, 0));
    mina.sees("Sign out at contoso, too").submits("sign-out-contoso", &[]).await.is("/logout/done");
    assert!(mina.passed("/logout") && mina.passed("/logout/upstream") && !mina.has("sign-out-contoso"));
    let told = world.contoso.last_logout();
    assert_eq!(told["post_logout_redirect_uri"], world.id.url("/logout/upstream"));
    assert_eq!(told["client_id"], "latchkey");
    let hint = claims(&Value::from(told["id_token_hint"].clone()));
    assert_eq!((hint["sub"].as_str(), hint["aud"].as_str()), (Some("subject-of-mina"), Some("latchkey")));
    // Whoever proved it by password hears nothing of it; nor does who came by a provider that has no logout.
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    signs_out(&mut alice, &world).await;
    alice.sees_not("too");
    world.passes(11 * MINUTE);
    world.contoso.plays(Trick::NoLogout);
    let mut nils = by_contoso(&world, "nils").await;
    assert_eq!(world.identity_count(HINTS).await, 0);
    signs_out(&mut nils, &world).await;
    assert!(!nils.has("providers"));
}

#[tokio::test]
async fn id_01_the_application_that_began_gets_the_person_back_in_the_end() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = by_contoso(&world, "mina").await;
    mina.opens(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    mina.submits("sign-out", &[]).await.submits("sign-out-everywhere", &[]).await.is("/logout/done");
    assert!(mina.has("sign-out-contoso"));
    let mut impatient = world.browser();
    (impatient.jar, impatient.page) = (mina.jar.clone(), mina.page.clone());
    impatient.clicks("go-on").await.is("/signed-out");
    mina.submits("sign-out-contoso", &[]).await.is("/signed-out");
    assert!(mina.url.as_str().starts_with(&world.acme.base) && mina.query("state").is_some(), "{}", mina.url);
    assert!(mina.passed("/logout/upstream"));
}

#[tokio::test]
async fn oa_06_a_providers_logout_leads_nowhere_that_we_have_not_chosen() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    // Another `state` than ours: the page that says what is done, and nothing goes on.
    let mut mina = by_contoso(&world, "mina").await;
    mina.opens(&world.acme).await.submits("allow", &[]).await;
    mina.submits("sign-out", &[]).await.submits("sign-out-everywhere", &[]).await;
    world.contoso.plays(Trick::LogoutState);
    mina.submits("sign-out-contoso", &[]).await.is("/logout/done");
    assert!(!mina.has("go-on") && mina.url.query().is_none());
    let state = world.contoso.last_logout()["state"].clone();
    let used = "SELECT COUNT(*) FROM upstream_logout WHERE returned_at IS NOT NULL";
    assert_eq!(world.identity_count(used).await, 0);
    // The right one, in another browser, and together with addresses of somebody's choice.
    let back = world.id.url(&format!("/logout/upstream?state={state}"));
    let mut eve = world.browser();
    eve.opens(&format!("{back}&post_logout_redirect_uri=https://evil.test&redirect=https://evil.test")).await;
    eve.is("/logout/done");
    assert_eq!(world.identity_count(used).await, 0);
    // In its own: once.
    mina.opens(&back).await.is("/signed-out");
    assert_eq!(world.identity_count(used).await, 1);
    mina.opens(&back).await.is("/logout/done");
    world.contoso.behaves();
    // Another browser finds nothing under the address of somebody's sign-out.
    let mut nils = by_contoso(&world, "nils").await;
    signs_out(&mut nils, &world).await;
    eve.opens(nils.url.as_str()).await.answers(200);
    assert!(!eve.has("sign-out-contoso"));
    let (departure, csrf) = (nils.hidden("o"), eve.opens(&world.id.url("/login/how")).await.csrf());
    let asked = world.contoso.asked("/logout");
    let to = world.id.url("/logout/upstream");
    let sent = eve.post(&to, &[("csrf", &csrf), ("o", &departure), ("provider", "contoso")]).await;
    assert!(sent.continues_to().is_none(), "{sent:?}");
    assert_eq!(world.contoso.asked("/logout"), asked);
    // The control.
    nils.submits("sign-out-contoso", &[]).await.is("/logout/done");
    assert_eq!(world.contoso.asked("/logout"), asked + 1);
}

#[tokio::test]
async fn oa_06_a_logout_that_is_a_script_is_never_opened_and_a_late_or_doubled_one_neither() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = by_contoso(&world, "mina").await;
    signs_out(&mut mina, &world).await;
    // What it says of itself later is asked anew, and fails a check: what was known counts.
    world.passes(11 * MINUTE);
    world.contoso.plays(Trick::LogoutScript);
    let (csrf, departure) = (mina.csrf(), mina.hidden("o"));
    let form = [("csrf", &*csrf), ("o", &departure), ("provider", "contoso")];
    let sent = mina.post(world.id.url("/logout/upstream"), &form).await;
    assert!(!sent.body.contains("javascript:"), "{sent:?}");
    assert!(sent.continues_to().is_some_and(|to| to.as_str().starts_with(&world.contoso.base())));
    let again = mina.post(world.id.url("/logout/upstream"), &form).await;
    assert!(again.continues_to().is_none(), "once");
    // A provider that says so from the beginning signs nobody in at all (lk_10_lk_11).
    world.contoso.behaves();
    world.passes(11 * MINUTE);
    let mut nils = by_contoso(&world, "nils").await;
    signs_out(&mut nils, &world).await;
    world.passes(2 * HOUR);
    nils.submits("sign-out-contoso", &[]).await.is("/logout/done");
    assert!(!nils.passed("/logout"), "too late");
}

#[tokio::test]
async fn web_28_an_id_token_rests_sealed_and_goes_with_its_session() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = by_contoso(&world, "mina").await;
    let mut second = by_contoso(&world, "mina").await;
    assert_eq!(world.identity_count(HINTS).await, 2);
    let dump = world.dump().await;
    let holds = |needle: &[u8]| dump.windows(needle.len()).any(|window| window == needle);
    assert!(holds(b"subject-of-mina"), "the control: what is no secret is found");
    for header in [b"eyJhbGciOi", b"eyJ0eXAiOi", b"eyJraWQiOi"] {
        assert!(!holds(header), "no token stands in the clear");
    }
    // Ended from elsewhere, by the provider, or by running out.
    second.opens(&world.id.url("/account/sessions")).await.follows("End session").await;
    second.submits("end", &[]).await;
    assert_eq!(world.identity_count(HINTS).await, 1);
    let token = world.contoso.logout_token("latchkey", "subject-of-mina", |_| {});
    let body = crate::harness::encode([("logout_token", &*token)]);
    let to = world.id.url("/upstream/contoso/backchannel-logout");
    let request = world.net.http.post(&to).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 200);
    assert_eq!(world.identity_count(HINTS).await, 0);
    mina.opens(&world.id.url("/account")).await.is("/login");
    by_contoso(&world, "nils").await;
    world.passes(11 * HOUR);
    while identity::housekeeping::sweep(world.identity.identity()).await.unwrap() {}
    assert_eq!(world.identity_count(HINTS).await, 0);
}
