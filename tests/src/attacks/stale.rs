//! A session that was looked at before the write door does nothing after a reset or a sign-out that was first at it (DESIGN §4.6).

use ambient::Opaque;
use evil_provider::Person as Upstream;
use identity::accounts::EmailAddress;
use identity::authorize::{self, Errand, InteractionId, Situation, Step};
use identity::invitations::{self, Accepted};
use identity::linking::{self, TieId, Unlinked};
use identity::own_account::{self, Beginning, Made};
use identity::sessions::{self, Device, Session, SessionId};
use identity::{clients, links};
use uuid::Uuid;

use crate::harness::{Person, World, query};

/// What is done to Mina's sessions while a deed waits for the write door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    Reset,
    SignedOut,
}

async fn looked_at(world: &World, id: Uuid) -> Session {
    let identity = world.identity.identity();
    let mut conn = identity.store.read().await.unwrap();
    sessions::load(&mut conn, &[SessionId(id)], identity.ambient.now()).await.unwrap().remove(0)
}

async fn happens(world: &World, mina: &mut Person, what: Meanwhile) {
    match what {
        Meanwhile::Nothing => {}
        Meanwhile::Reset => {
            let password = mina.password.clone();
            let mut other = mina.elsewhere(world);
            other.signs_in(world).await.opens(&world.id.url("/account/password")).await;
            other.submits("change-password", &[("current", &*password), ("password", "one that eve has not")]).await;
        }
        Meanwhile::SignedOut => {
            mina.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
        }
    }
}

fn link_of(address: &str) -> Opaque {
    Opaque::parse(&query(&address.parse().unwrap(), "token").unwrap()).unwrap()
}

#[tokio::test]
async fn ph_02_nothing_is_unlinked_joined_accepted_or_consented_to_in_a_session_that_has_ended_since() {
    for what in [Meanwhile::Nothing, Meanwhile::Reset, Meanwhile::SignedOut] {
        let goes_on = what == Meanwhile::Nothing;
        let world = World::new().await;
        world.platform_provider("contoso", &world.contoso, &[]).await;
        world.own_provider(&world.acme, "corp", &world.evil, &["people.test"]).await;
        let mut admin = world.admin_of(&world.studio).await;
        let mut mina = world.account("mina").await;
        mina.enters(&world.acme).await.submits("allow", &[]).await;
        let mut by_corp = mina.elsewhere(&world);
        let stated = Upstream::named("mina").with_email(&mina.email, true);
        by_corp.opens(&world.acme).await.comes_by("acme.corp", &world.evil, stated).await.is("/link");
        by_corp.submits("link", &[("password", &mina.password)]).await;
        mina.opens(&world.id.url("/account/sign-in")).await;
        world.contoso.has(Upstream::named("mina"));
        mina.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
        world.invites(&mut admin, &world.studio, &mina, &["member"]).await;
        let invited = link_of(&world.invitation_link(&mina).await);
        let rp = world.platform_client("ink", |_| {}).await;
        mina.opens(&rp.request(&[]).url()).await.is("/consent");

        let identity = world.identity.identity();
        let mine = "SELECT session.id FROM session JOIN account ON account.id = account_id
                    WHERE email_key = 'mina@people.test' AND session.scope_id IS NULL AND ended_at IS NULL";
        let session = looked_at(&world, world.identity_id(mine).await).await;
        let waits = "SELECT interaction.id FROM interaction JOIN client ON client.id = interaction.client_id
                     WHERE client.client_id = 'ink'";
        let interaction = InteractionId(world.identity_id(waits).await);
        let request = "SELECT request FROM interaction JOIN client ON client.id = interaction.client_id
                       WHERE client.client_id = 'ink'";
        let errand: Errand = serde_json::from_str(&world.identity_texts(request).await.remove(0)).unwrap();
        let Errand::Authorize(request) = errand else { panic!("an application sent her") };
        let mut conn = identity.store.read().await.unwrap();
        let client = clients::find(&mut conn, "ink").await.unwrap().unwrap();
        drop(conn);
        let invitation = invitations::look(identity, &invited).await.unwrap().unwrap();
        let tie = async |key: &str| {
            let all = linking::of_account(&mut identity.store.read().await.unwrap(), session.account.id).await.unwrap();
            all.into_iter().find(|one| one.key == key).map_or(TieId(Uuid::nil()), |one| one.id)
        };
        let (contoso, corp) = (tie("contoso").await, tie("acme.corp").await);

        happens(&world, &mut mina, what).await;
        let unlinked = if goes_on { Unlinked::Done } else { Unlinked::SignedOut };
        let here = ("corp", "Acme Library");
        assert_eq!(linking::unlink_here(identity, &session, corp, here).await.unwrap(), unlinked, "{what:?}");
        assert_eq!(linking::unlink(identity, &session, contoso, "contoso").await.unwrap(), unlinked, "{what:?}");
        assert_eq!(tie("contoso").await == contoso, !goes_on, "{what:?}");
        assert_eq!(tie("acme.corp").await == corp, !goes_on, "{what:?}");
        let accepted = invitations::accept(identity, invitation, &session).await.unwrap();
        let expected = if goes_on { Accepted::Welcome(session.id) } else { Accepted::SignedOut };
        assert_eq!(accepted, expected, "{what:?}");
        let (step, opener, tenant) = (Step::Consent, None, None);
        let situation = Situation { client: &client, request: &request, tenant, session: Some(&session), opener, step };
        assert_eq!(authorize::consent(identity, interaction, &situation).await.unwrap(), goes_on, "{what:?}");
        assert_eq!(world.audited("consent.given").await, i64::from(goes_on), "{what:?}");
        let joins = world.tenant_id(world.studio.slug).await;
        authorize::join(identity, joins, &session).await.unwrap();
        let mut conn = identity.store.read().await.unwrap();
        assert_eq!(links::linked(&mut conn, joins, session.account.id).await.unwrap(), goes_on, "{what:?}");
    }
}

#[tokio::test]
async fn ph_02_nobody_is_moved_into_an_account_whose_session_has_ended_since() {
    for what in [Meanwhile::Nothing, Meanwhile::Reset, Meanwhile::SignedOut] {
        let world = World::new().await;
        world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
        let mut nils = world.browser();
        nils.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named("nils")).await.is("/join");
        nils.submits("allow", &[]).await.sees("You asked to join");
        let mut mina = world.account("mina").await;
        mina.signs_in(&world).await;
        let scoped = world.identity_id("SELECT id FROM session WHERE scope_id IS NOT NULL").await;
        let own = world.identity_id("SELECT id FROM session WHERE scope_id IS NULL").await;
        let (scoped, session) = (looked_at(&world, scoped).await, looked_at(&world, own).await);
        let identity = world.identity.identity();
        let email = EmailAddress::parse(&mina.email).unwrap();
        let (browser, locale, device, door) = ("a browser", "en", &Device::default(), "Acme Library");
        let begins = Beginning { session: &scoped, browser, email, locale, device, door };
        own_account::begin(identity, begins).await.unwrap();
        let link = link_of(&world.mailed_link(&mina.email).await);
        let held = [scoped];
        let pending = own_account::look(identity, &link, browser, &held).await.unwrap().unwrap();
        happens(&world, &mut mina, what).await;
        let expected = if what == Meanwhile::Nothing { Made::Moved } else { Made::OtherPerson };
        assert_eq!(own_account::move_to(identity, pending, &session).await.unwrap(), expected, "{what:?}");
        let moved = "SELECT COUNT(*) FROM subject JOIN account ON account.id = account_id WHERE scope_id IS NULL
                        AND sector_id IN (SELECT id FROM tenant)";
        assert_eq!(world.identity_count(moved).await, i64::from(what == Meanwhile::Nothing), "{what:?}");
    }
}
