//! Providers that are slow, endless, or say nothing: each has its page, with a reference id that leads to the reason.

use std::time::Duration;

use evil_provider::{Person as Upstream, Trick};

use crate::harness::{MINUTE, Person, Unusual, World};

/// A world that waits for nobody, and reads little.
async fn impatient() -> World {
    let limits = outbound::Config { timeout: Duration::from_secs(2), ..outbound::Config::default() };
    let world = World::unusual(Unusual { limits, ..Unusual::default() }).await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    world
}

/// Why a login ended, by the reference id on its page.
async fn is_written_down(world: &World, person: &Person) {
    let fault = format!("%\"fault\":\"{}\"%", person.text_of("error-code"));
    let sql = "SELECT COUNT(*) FROM audit_entry
               WHERE action = 'upstream.failed' AND reference = $1 AND detail LIKE $2";
    let params = store::params![person.text_of("error-reference"), fault];
    assert_eq!(world.identity_count_of(sql, params).await, 1, "{:?}", person.page);
}

#[tokio::test]
async fn rel_14_a_provider_that_never_answers_ends_on_its_page_and_delays_nobody_else() {
    let world = impatient().await;
    let mut mina = world.account("mina").await;
    // Before the browser leaves; and when the provider has stopped while it was there.
    let mut there = world.browser();
    there.opens(&world.id.url("/account")).await;
    let begin = world.id.url(&format!("/login/provider?{}", there.url.query().unwrap()));
    world.contoso.has(Upstream::named("nils"));
    let gone = there.post(begin, &[("csrf", &*there.csrf()), ("provider", "contoso")]).await;
    let callback = world.contoso.authorize(&gone.continues_to().unwrap());
    world.contoso.plays(Trick::Slow);
    there.opens(callback.as_str()).await.answers(502).sees("contoso does not answer").sees("slow");
    assert_eq!(there.text_of("error-code"), "token_slow");
    is_written_down(&world, &there).await;
    world.passes(11 * MINUTE);
    let mut nils = world.browser();
    nils.opens(&world.id.url("/account")).await;
    let (by_it, by_password) =
        (nils.comes_by("contoso", &world.contoso, Upstream::named("nils")), mina.signs_in(&world));
    let (nils, _) = tokio::join!(by_it, by_password);
    nils.answers(502).sees("contoso does not answer").sees("Another way in");
    assert_eq!(nils.text_of("error-code"), "discovery_slow");
    is_written_down(&world, nils).await;
    // The control, when an answer of a moment ago counts no more.
    world.contoso.behaves();
    world.passes(MINUTE);
    let (mut again, who) = (world.browser(), Upstream::named("nils"));
    again.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, who).await.is("/account");
}

#[tokio::test]
async fn oa_13_a_gigabyte_of_metadata_is_not_read_and_ends_on_a_page() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    world.contoso.plays(Trick::MetadataHuge);
    let mut nils = world.browser();
    nils.opens(&world.id.url("/account")).await;
    nils.comes_by("contoso", &world.contoso, Upstream::named("nils")).await.answers(502).sees("contoso");
    nils.sees("Another way in");
    assert_eq!(nils.text_of("error-code"), "discovery_too_large");
    assert!(world.contoso.streamed() < 16 << 20, "{} bytes were taken", world.contoso.streamed());
    is_written_down(&world, &nils).await;
    world.contoso.behaves();
    world.passes(11 * MINUTE);
    nils.opens(&world.id.url("/account")).await;
    nils.comes_by("contoso", &world.contoso, Upstream::named("nils")).await.is("/account");
}

#[tokio::test]
async fn ph_05_a_provider_that_states_no_address_is_followed_by_our_mail_and_the_decision_is_kept() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let nobody = Upstream { email: None, ..Upstream::named("nils") };
    let mut nils = world.browser();
    nils.opens(&world.id.url("/account")).await;
    nils.comes_by("contoso", &world.contoso, nobody).await.is("/link/address");
    nils.sees("told us no address that we can rely on").sees("Another way in");
    assert_eq!(super::decided(&world, "CheckMail").await, 1);
    nils.submits("send", &[("email", "nils@people.test")]).await.is("/link/sent");
    nils.opens(&world.mailed_link("nils@people.test").await).await.submits("confirm", &[]).await.is("/account");
    assert_eq!(super::decided(&world, "Create(Everywhere)").await, 1);
}

/// Each kind of bad answer has a sentence of its own, with a reference that leads to the reason, and another way in.
#[tokio::test]
async fn lk_10_garbage_too_much_and_a_forgery_are_told_apart() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    for (trick, code, why, text) in [
        (Trick::MetadataGarbage, "discovery_not_json", "unreadable", "has not the form of an answer"),
        (Trick::TokenGarbage, "token_not_json", "unreadable", "has not the form of an answer"),
        (Trick::NoIdToken, "no_id_token", "unreadable", "has not the form of an answer"),
        (Trick::MetadataHuge, "discovery_too_large", "oversized", "longer than anything that is read here"),
        (Trick::ForeignKey, "id_token_signature", "untrusted", "it may be forged"),
        (Trick::Aud, "id_token_aud", "untrusted", "it may be forged"),
        (Trick::Away, "discovery_away", "away", "is away or slow"),
    ] {
        world.contoso.behaves();
        world.passes(11 * MINUTE);
        world.contoso.plays(trick);
        let mut nils = world.browser();
        nils.opens(&world.acme).await.comes_by(&key, &world.contoso, Upstream::named("nils")).await;
        nils.answers(502).sees(text).sees("Another way in").sees("Reference");
        assert_eq!(nils.text_of("error-code"), code, "{trick:?}");
        is_written_down(&world, &nils).await;
        // The tenant, whose provider it is, reads the same kind.
        let sql = "SELECT COUNT(*) FROM ended_login WHERE reference = $1 AND why = $2 AND detail LIKE $3";
        let params = store::params![nils.text_of("error-reference"), why, format!("{code}: %")];
        assert_eq!(world.identity_count_of(sql, params).await, 1, "{trick:?}");
    }
}
