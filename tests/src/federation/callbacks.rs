//! What comes back from a provider: to whom it belongs, when it is void, and who is first.

use evil_provider::Person as Upstream;
use url::Url;

use super::{AT_ONCE, all_come, decided};
use crate::harness::{Person, World};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lk_06_one_identity_that_32_link_at_once_has_one_owner() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut people = Vec::new();
    for number in 0..AT_ONCE {
        let mut person = world.account(&format!("person{number}")).await;
        person.signs_in(&world).await;
        people.push(person);
    }
    for round in 1..=3 {
        world.contoso.has(Upstream::named(&format!("mina{round}")));
        let mut waiting = Vec::new();
        for mut person in people.drain(..) {
            let callback = begins_to_link(&world, &mut person).await;
            waiting.push((person, callback));
        }
        for (person, page) in all_come(waiting).await {
            assert!(matches!(page.status, 303 | 403), "round {round}: {page:?}");
            if page.status == 403 {
                page.sees("can’t be linked here").sees(&person.email);
                assert!(page.has("error-reference"), "{page:?}");
            }
            people.push(person);
        }
        assert_eq!(world.identity_count(TIES).await, 1, "round {round}");
        let owner = world
            .identity_texts("SELECT email FROM account WHERE id IN (SELECT account_id FROM external_identity)")
            .await;
        // Its owner has it, and may let it go: the control.
        let winner = people.iter_mut().find(|person| person.email == owner[0]).unwrap();
        winner
            .opens(&world.id.url("/account/sign-in"))
            .await
            .submits("unlink-contoso", &[])
            .await
            .sees("It is unlinked");
        assert_eq!(
            (decided(&world, "Tie(Everywhere)").await, world.audited("identity.unlinked").await),
            (round, round)
        );
        assert_eq!(decided(&world, "Refuse(LinkedElsewhere)").await, round * (AT_ONCE as i64 - 1));
    }
}

/// Away to link, and the address that leads back; it is not opened yet.
pub async fn begins_to_link(world: &World, person: &mut Person) -> Url {
    person.opens(&world.id.url("/account/sign-in")).await;
    let fields = [("csrf", &*person.csrf()), ("provider", "contoso")];
    let away = person.post(world.id.url("/account/sign-in/link"), &fields).await;
    world.contoso.authorize(&away.continues_to().unwrap())
}

/// Away to sign in, and the request that the provider gets.
async fn begins_to_sign_in(world: &World, person: &mut Person, key: &str) -> Url {
    person.opens(&world.id.url("/account")).await.is("/login");
    let begin = world.id.url(&format!("/login/provider?{}", person.url.query().unwrap()));
    let gone = person.post(begin, &[("csrf", &*person.csrf()), ("provider", key)]).await;
    gone.continues_to().unwrap()
}

#[tokio::test]
async fn lk_09_what_one_provider_answers_comes_to_no_other_providers_callback() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    for provider in [&world.contoso, &world.evil] {
        provider.has(Upstream::named("mina"));
    }
    let asked = || (world.contoso.asked("/token"), world.evil.asked("/token"));
    let mut mina = world.browser();
    let request = begins_to_sign_in(&world, &mut mina, "contoso").await;
    let callback = world.contoso.authorize(&request);
    // The code of the honest one, at the callback of its rival: it is not brought there, by link or by form.
    let mut crossed = callback.clone();
    crossed.set_path("/upstream/works/callback");
    mina.opens(crossed.as_str()).await.answers(410);
    let fields: Vec<(String, String)> = callback.query_pairs().into_owned().collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    crossed.set_query(None);
    let posted = mina.post(crossed.as_str(), &fields).await.location().unwrap();
    mina.opens(posted.as_str()).await.answers(410);
    assert_eq!(asked(), (0, 0));
    // The attempt is still good at its own: the control.
    mina.opens(callback.as_str()).await.is("/account").sees("Hello, mina");
    assert_eq!(asked(), (1, 0));
    // The rival answers in its stead, with a code of its own: it says so, and nothing is asked of either.
    let mut nils = world.browser();
    let request = begins_to_sign_in(&world, &mut nils, "contoso").await;
    nils.opens(world.evil.authorize(&request).as_str()).await.answers(502).sees("can’t be believed");
    assert!(nils.has("error-reference"));
    assert_eq!(asked(), (1, 0));
    nils.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!((world.identity_count(TIES).await, world.audited("upstream.failed").await), (1, 1));
}

#[tokio::test]
async fn lk_13_a_disabled_provider_is_linked_by_nobody_before_or_after_the_way_there() {
    let world = World::new().await;
    let key = world.platform_provider("contoso", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    world.contoso.has(Upstream::named("mina"));
    let callback = begins_to_link(&world, &mut mina).await;
    mina.opens(&world.id.url("/account/sign-in")).await;
    let csrf = mina.csrf();
    world.enables(&key, false).await;
    // Away when it was disabled; and who begins now, from a page of before.
    mina.opens(callback.as_str()).await.answers(403).sees("can’t be used any more");
    assert_eq!(decided(&world, "Refuse(Disabled)").await, 1);
    let begun = mina.post(world.id.url("/account/sign-in/link"), &[("csrf", &csrf), ("provider", &key)]).await;
    begun.answers(410).sees("This provider can’t be used here");
    mina.opens(&world.id.url("/account/sign-in")).await;
    assert!(!mina.has("link-contoso"));
    // Disabled and enabled again while one is away: it was another provider when that began.
    world.enables(&key, true).await;
    let callback = begins_to_link(&world, &mut mina).await;
    world.enables(&key, false).await;
    world.enables(&key, true).await;
    mina.opens(callback.as_str()).await.answers(403).sees("can’t be used any more");
    assert_eq!((decided(&world, "Refuse(Disabled)").await, world.identity_count(TIES).await), (2, 0));
    // The control.
    let callback = begins_to_link(&world, &mut mina).await;
    mina.opens(callback.as_str()).await.sees("from now on it opens your account too");
    assert_eq!((decided(&world, "Tie(Everywhere)").await, world.identity_count(TIES).await), (1, 1));
}
