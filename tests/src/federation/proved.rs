//! What is a proof when it is acted on (DESIGN §4.5), whatever it was when the page was sent.

use evil_provider::Person as Upstream;
use identity::authorize::InteractionId;
use identity::linking::{LinkDecision, Refusal, Scope, Ways};
use identity::sessions::Device;
use identity::upstream::{self, Given, Place};

use crate::harness::World;

#[tokio::test]
async fn lk_05_a_credential_proves_its_own_account_under_the_credentials_of_now_and_once() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let (mina, eve) = (world.account("mina").await, world.account("eve").await);
    let mut browser = world.browser();
    browser.opens(&world.id.url("/account")).await;
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    browser.comes_by("contoso", &world.contoso, stated).await.is("/link");
    let identity = world.identity.identity();
    let interaction = InteractionId(world.identity_id("SELECT interaction_id FROM upstream_login").await);
    let id = browser.jar.get(&world.id.base, "lk_identity_browser").unwrap();
    let waiting = upstream::waiting(identity, interaction, &id).await.unwrap().unwrap();
    let (account, epoch) = waiting.candidate.unwrap();
    let other = world.account_id(&eve).await;
    let device = Device::default();
    let proves = async |whose, under| {
        let place = Place { tenant: None, sessions: &[], device: &device, reference: "", invitation: None };
        upstream::prove(identity, &waiting, Given::Credential(whose, under), place).await.unwrap()
    };
    // As when the rows change between the check of a password and the transaction that trusts it.
    for (whose, under) in [(other, epoch), (account, epoch - 1)] {
        let settled = proves(whose, under).await;
        assert_eq!((settled.decision, settled.session), (LinkDecision::Offer(Ways::Credential), None), "{under}");
    }
    // The control; and once: whoever sends the same page a second time at the same moment has nothing of it (DESIGN §4.6).
    let settled = proves(account, epoch).await;
    assert_eq!((settled.decision, settled.account), (LinkDecision::Tie(Scope::Everywhere), Some(account)));
    let settled = proves(account, epoch).await;
    assert_eq!((settled.decision, settled.session), (LinkDecision::Refuse(Refusal::Disabled), None));
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, 1);
}
