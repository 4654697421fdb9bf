//! A claim of a switched member is made once: neither its undoing nor whoever has lost what proved it begins anew (DESIGN §4.3).

use evil_provider::Person as Upstream;
use serde_json::json;
use tenant::members::MemberState;

use super::decided;
use super::ties::Switches;
use crate::harness::{Person, Place, World};

const CLAIMS: &str = "SELECT COUNT(*) FROM external_identity JOIN tenant ON tenant.id = scope_id";
const SPENT: &str = "SELECT COUNT(*) FROM membership WHERE spent";

/// How somebody else may come, who has the password, the mailbox, or the address at the tenant's own provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Has {
    Password,
    Mailbox,
    Address,
}

fn stated(name: &str, mina: &Person) -> Upstream {
    Upstream::named(name).with_email(&mina.email, true)
}

/// Comes to the tenant by the provider, and proves it by what they have.
async fn comes(world: &World, mina: &Person, key: &str, name: &str, has: Has) -> Person {
    let mut by_it = mina.elsewhere(world);
    by_it.opens(&world.acme).await.comes_by(key, &world.contoso, stated(name, mina)).await;
    match has {
        Has::Password if by_it.has("link") => {
            let password = by_it.password.clone();
            by_it.submits("link", &[("password", &password)]).await;
        }
        Has::Mailbox if by_it.has("by-mail") => {
            by_it.submits("by-mail", &[]).await.is("/link/sent");
            by_it.opens(&world.mailed_link(&mina.email).await).await.submits("confirm", &[]).await;
        }
        _ => {}
    }
    by_it
}

/// Whoever is signed in links an identity of the platform's provider everywhere.
async fn links(person: &mut Person, world: &World, name: &str) {
    person.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named(name));
    person.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
}

async fn unlinks(world: &World, mina: &Person, button: &str, door: &Place) -> Person {
    let mut eve = mina.elsewhere(world);
    eve.signs_in(world).await.opens(&world.id.url("/account/sign-in")).await;
    eve.sees(&format!("Unlinking can’t be taken back: {} opens to you by this alone", door.name));
    eve.submits(button, &[]).await.sees("It is unlinked");
    eve
}

#[tokio::test]
async fn sw_02_who_has_unlinked_a_claim_does_not_claim_anew_by_password_mail_or_address() {
    let ways = [Has::Password, Has::Mailbox, Has::Address];
    let all = [false, true].into_iter().flat_map(|own| ways.map(|has| (own, has)));
    for (own, has) in all.filter(|(own, has)| *own || *has != Has::Address) {
        for compromised in [false, true] {
            let what = format!("{own} {has:?} {compromised}");
            let world = World::new().await;
            let key = match own {
                true => world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await,
                false => world.platform_provider("contoso", &world.contoso, &["people.test"]).await,
            };
            let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
            let (switches, _ada) = Switches::of(&world, "mina").await;
            assert_eq!(switches.to(json!({ "provider": key, "compromised": compromised })).await, 200, "{what}");
            let proof = if compromised { Has::Mailbox } else { Has::Password };
            comes(&world, &mina, &key, "mina", proof).await.is("/").sees("Editor");
            assert_eq!((world.identity_count(CLAIMS).await, world.identity_count(SPENT).await), (1, 0), "{what}");
            unlinks(&world, &mina, &format!("unlink-here-{key}"), &world.acme).await;
            assert_eq!((world.identity_count(CLAIMS).await, world.identity_count(SPENT).await), (0, 1), "{what}");
            let mut eve = comes(&world, &mina, &key, "eve", has).await;
            assert_eq!(eve.text_of("error-code"), "held", "{what}");
            eve.sees("switch you to another way in and then to").sees("again");
            assert_eq!((world.identity_count(CLAIMS).await, decided(&world, "Hold").await), (0, 1), "{what}");
            // Nor Mina herself; but whoever runs the tenant lets her begin anew.
            assert_eq!(comes(&world, &mina, &key, "mina", proof).await.text_of("error-code"), "held", "{what}");
            assert_eq!(switches.to(json!({ "provider": key, "compromised": true })).await, 200, "{what}");
            comes(&world, &mina, &key, "mina", Has::Mailbox).await.is("/").sees("Editor");
            assert_eq!((world.identity_count(CLAIMS).await, world.identity_count(SPENT).await), (1, 0), "{what}");
        }
    }
}

#[tokio::test]
async fn sw_02_unlinking_an_identity_everywhere_spends_its_claims_and_a_change_of_roles_gives_none_back() {
    let world = World::new().await;
    let key = world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    let (switches, _ada) = Switches::of(&world, "mina").await;
    let mut linked = mina.elsewhere(&world);
    linked.signs_in(&world).await;
    links(&mut linked, &world, "mina").await;
    assert_eq!(switches.to(json!({ "provider": key })).await, 200);
    // Where nobody has claimed themselves yet, nothing is spent, and nothing is warned of: the control.
    linked.opens(&world.id.url("/account/sign-in")).await.sees("contoso");
    assert!(!linked.page.body.contains("can’t be taken back"), "the control");
    linked.submits("unlink-contoso", &[]).await.sees("It is unlinked");
    assert_eq!(world.identity_count(SPENT).await, 0, "the control");
    links(&mut linked, &world, "mina").await;
    comes(&world, &mina, &key, "mina", Has::Password).await.is("/").sees("Editor");
    assert_eq!(world.identity_count(CLAIMS).await, 1);

    // The attack as it was found: the claim goes with the identity, another one is linked, and claims by the password.
    let mut eve = unlinks(&world, &mina, "unlink-contoso", &world.acme).await;
    assert_eq!((world.identity_count(CLAIMS).await, world.identity_count(SPENT).await), (0, 1));
    links(&mut eve, &world, "eve").await;
    assert_eq!(comes(&world, &mina, &key, "eve", Has::Password).await.text_of("error-code"), "held");
    // Whatever else the tenant tells of her.
    let roles = switches.at.replace("/provider", "/roles");
    let changed = world.posts(&world.acme, &roles, &switches.token, &json!({ "roles": ["viewer"] })).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    world.settle().await;
    let told = "SELECT COUNT(*) FROM membership WHERE spent AND roles LIKE '%viewer%'";
    assert_eq!(world.identity_count(told).await, 1);
    assert_eq!(comes(&world, &mina, &key, "eve", Has::Password).await.text_of("error-code"), "held");
}
