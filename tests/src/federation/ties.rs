//! A tie in a tenant's scope ends with what it was made under: a policy, a link, an account that is not to be trusted.

use audit::Actor;
use evil_provider::Person as Upstream;
use identity::providers;
use serde_json::{Value, json};
use tenant::members::MemberState;

use crate::harness::{Person, Place, Rp, World, encode, staying, text};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";

/// How an administrator of a tenant switches one of its members, until the identity server knows.
pub(super) struct Switches<'a> {
    world: &'a World,
    pub token: String,
    pub at: String,
}

impl<'a> Switches<'a> {
    pub async fn of(world: &'a World, name: &str) -> (Self, Person) {
        let (admin, token) = world.api_admin(&world.acme, "console").await;
        let id = world.id_by_api(&world.acme, name, &token).await;
        (Self { world, token, at: format!("/members/{id}/provider") }, admin)
    }

    pub async fn to(&self, body: Value) -> u16 {
        self.world.gets(&self.world.acme, "/providers", &self.token).await.done(200);
        let status = self.world.posts(&self.world.acme, &self.at, &self.token, &body).await.status;
        self.world.settle().await;
        status
    }
}

/// Comes to the tenant by a provider, and proves it by the password where one is asked for.
async fn proves(mut person: Person, at: &Place, (key, evil): (&str, &evil_provider::Evil), who: Upstream) -> Person {
    person.opens(at).await.comes_by(key, evil, who).await.is("/link");
    let password = person.password.clone();
    person.submits("link", &[("password", &password)]).await;
    person
}

async fn links(person: &mut Person, world: &World, key: &str, evil: &evil_provider::Evil, who: &str) {
    person.opens(&world.id.url("/account/sign-in")).await;
    evil.has(Upstream::named(who));
    person.submits(&format!("link-{key}"), &[]).await.sees("from now on it opens your account too");
}

#[tokio::test]
async fn lk_08_a_claim_ends_with_the_switch_back_and_with_the_link() {
    for back_first in [true, false] {
        let world = World::new().await;
        world.platform_provider("works", &world.evil, &["people.test"]).await;
        let mut mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
        let (switches, _ada) = Switches::of(&world, "mina").await;
        mina.signs_in(&world).await;
        links(&mut mina, &world, "works", &world.evil, "mina").await;
        assert_eq!(switches.to(json!({ "provider": "works" })).await, 200);
        let works = ("works", &world.evil);
        let mut by_it = proves(mina.elsewhere(&world), &world.acme, works, Upstream::named("mina")).await;
        by_it.is("/").sees("Editor");
        assert_eq!(world.identity_count(TIES).await, 2, "of the account, and of the member");
        // Known by both from now on: it is the account that is opened, at once and whenever they come again.
        by_it.opens(&world.id.url("/account")).await.is("/account");
        let mut known = mina.elsewhere(&world);
        known.opens(&world.acme).await.comes_by("works", &world.evil, Upstream::named("mina")).await.is("/");
        if back_first {
            assert_eq!(switches.to(json!({ "provider": "platform" })).await, 200);
            assert_eq!(world.identity_count(TIES).await, 1);
            // The control: what is linked with the account opens the tenant, as the account does.
            by_it = mina.elsewhere(&world);
            by_it.opens(&world.acme).await.comes_by("works", &world.evil, Upstream::named("mina")).await.is("/");
        }
        mina.opens(&world.id.url("/account/sign-in")).await.submits("unlink-works", &[]).await.sees("It is unlinked");
        assert_eq!(world.identity_count(TIES).await, 0, "{back_first}");
        by_it.opens(&world.id.url("/account")).await.is("/login");
        known.opens(&world.id.url("/account")).await.is("/login");
        let mut again = world.browser();
        again.opens(&world.acme).await.comes_by("works", &world.evil, Upstream::named("mina")).await;
        again.is("/link/address");
    }
}

#[tokio::test]
async fn sw_05_id_04_removing_the_one_provider_of_an_account_has_to_be_confirmed_whatever_its_password() {
    let world = World::new().await;
    for (key, evil) in [("works", &world.evil), ("contoso", &world.contoso)] {
        world.platform_provider(key, evil, &[]).await;
    }
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    links(&mut mina, &world, "works", &world.evil, "mina").await;
    links(&mut mina, &world, "contoso", &world.contoso, "mina").await;
    let mut tove = world.platform_admin("tove").await;
    let stranded = async |key: &str| {
        let mut conn = world.identity.identity().store.read().await.unwrap();
        let it = providers::find(&mut conn, key).await.unwrap().unwrap();
        providers::stranded(&mut conn, &it).await.unwrap().count
    };
    assert_eq!((stranded("works").await, stranded("contoso").await), (0, 0), "her password opens it");
    tove.opens(&world.id.url("/admin/accounts?email=mina@people.test")).await;
    tove.submits("switch", &[("provider", "works")]).await.sees("The account is switched");
    assert_eq!((stranded("works").await, stranded("contoso").await), (1, 0), "works alone does, now");
    let identity = world.identity.identity();
    let works = providers::find(&mut identity.store.read().await.unwrap(), "works").await.unwrap().unwrap();
    let removed = providers::remove(identity, Actor::Operator, &works, false).await.unwrap();
    assert!(matches!(removed, providers::Removed::Strands(stranded) if stranded.count == 1));
    tove.opens(&world.id.url("/admin/providers/works/remove")).await.sees("One person has no other way in");
    assert!(!tove.opens(&world.id.url("/admin/providers/contoso/remove")).await.has("stranded"), "the control");
}

#[tokio::test]
async fn id_04_the_only_way_into_a_switched_account_is_told_as_what_it_is() {
    let world = World::new().await;
    world.platform_provider("works", &world.evil, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    links(&mut mina, &world, "works", &world.evil, "mina").await;
    mina.opens(&world.id.url("/account/sign-in")).await;
    let tie = mina.hidden("tie");
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin/accounts?email=mina@people.test")).await;
    tove.submits("switch", &[("provider", "works")]).await.sees("The account is switched");
    mina.opens(&world.id.url("/account")).await.comes_by("works", &world.evil, Upstream::named("mina")).await;
    mina.opens(&world.id.url("/account/sign-in")).await.sees("Your only way in");
    let csrf = mina.csrf();
    let refused = mina.post(world.id.url("/account/sign-in/unlink"), &[("csrf", &csrf), ("tie", &tie)]).await;
    refused.answers(409).sees("works opens your account, and it alone").sees_not("Set a password");
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn sw_05_a_first_claim_ends_with_the_switch_back() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    let (switches, _ada) = Switches::of(&world, "mina").await;
    assert_eq!(switches.to(json!({ "provider": "acme.corp" })).await, 200);
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    let mut eve = world.browser();
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated.clone()).await.is("/");
    eve.sees("Editor");
    assert_eq!(world.identity_count(TIES).await, 1);
    assert_eq!(switches.to(json!({ "provider": "platform" })).await, 200);
    assert_eq!(world.identity_count(TIES).await, 0);
    eve.opens(&world.acme).await.is("/login");
    eve.comes_by("acme.corp", &world.contoso, stated).await.is("/link");
    // The control: whose member it is.
    mina.elsewhere(&world).enters(&world.acme).await.is("/").sees("Editor");
}

#[tokio::test]
async fn sw_05_on_the_way_back_what_was_claimed_is_void_if_it_was_compromised() {
    for (compromised, left) in [(false, 1), (true, 0)] {
        let world = World::new().await;
        world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
        let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
        let (switches, mut ada) = Switches::of(&world, "mina").await;
        // She has proved herself to the tenant's own provider before: a plain switch, there and back, leaves that.
        let stated = Upstream::named("mina").with_email(&mina.email, true);
        let corp = ("acme.corp", &world.contoso);
        proves(mina.elsewhere(&world), &world.acme, corp, stated).await.is("/");
        assert_eq!(switches.to(json!({ "provider": "acme.corp" })).await, 200);
        assert_eq!(world.identity_count(TIES).await, 1);
        ada.enters(&world.acme).await.opens(&world.acme.url(&switches.at)).await;
        let mut chosen = vec![("provider", "platform")];
        if compromised {
            chosen.push(("compromised", "1"));
        }
        ada.submits("look", &chosen).await;
        assert_eq!(ada.text_of("effects").contains("is void"), compromised);
        ada.submits("switch", &[]).await;
        world.settle().await;
        assert_eq!(world.identity_count(TIES).await, left, "{compromised}");
        mina.elsewhere(&world).enters(&world.acme).await.is("/").sees("Editor");
    }
}

#[tokio::test]
async fn sw_05_whoever_has_claimed_a_member_wrongly_is_put_out_without_a_way_round() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    let (switches, _ada) = Switches::of(&world, "mina").await;
    let as_mina = |name: &str| Upstream::named(name).with_email(&mina.email, true);
    assert_eq!(switches.to(json!({ "provider": "acme.corp" })).await, 200);
    let mut eve = world.browser();
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, as_mina("eve")).await.is("/").sees("Editor");
    assert_eq!(switches.to(json!({ "provider": "acme.corp" })).await, 409, "the control: it is so already");
    assert_eq!(world.identity_count(TIES).await, 1);
    // Not believed any more: a mail to the member's address decides.
    assert_eq!(switches.to(json!({ "provider": "acme.corp", "compromised": true })).await, 200);
    assert_eq!(world.identity_count(TIES).await, 0);
    eve.opens(&world.acme).await.is("/login");
    eve.comes_by("acme.corp", &world.contoso, as_mina("eve")).await.is("/link");
    assert!(!eve.has("link") && eve.has("by-mail"));
    // Or whoever is named.
    assert_eq!(switches.to(json!({ "provider": "acme.corp", "subject": "subject-of-mina" })).await, 200);
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, as_mina("eve")).await.answers(403);
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, as_mina("mina")).await.is("/").sees("Editor");
}

#[tokio::test]
async fn sw_05_who_is_known_to_the_tenant_alone_keeps_their_only_way_in() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    let mut nils = world.browser();
    nils.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named("nils")).await.is("/join");
    nils.submits("allow", &[]).await.sees("You asked to join");
    world.settle().await;
    let (switches, _ada) = Switches::of(&world, "nils").await;
    assert_eq!(switches.to(json!({ "provider": "acme.corp" })).await, 409, "DESIGN 4.2: it is so from the start");
    for compromised in [false, true] {
        assert_eq!(switches.to(json!({ "provider": "platform", "compromised": compromised })).await, 200);
        assert_eq!(world.identity_count(TIES).await, 1, "{compromised}");
        assert_eq!(switches.to(json!({ "provider": "acme.corp" })).await, 200);
        assert_eq!(world.identity_count(TIES).await, 1, "{compromised}");
    }
    // Whom the tenant has named besides is not needed after it.
    assert_eq!(switches.to(json!({ "provider": "works", "subject": "subject-of-eve" })).await, 200);
    assert_eq!(world.identity_count(TIES).await, 2);
    assert_eq!(switches.to(json!({ "provider": "platform" })).await, 200);
    assert_eq!(world.identity_count(TIES).await, 1);
    nils.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named("nils")).await;
    nils.sees("You asked to join");
}

#[tokio::test]
async fn sw_05_whom_the_tenant_names_anew_is_named_once_and_a_name_in_vain_takes_nothing() {
    const NAMED: &str = "SELECT provider.key || ' ' || subject FROM external_identity
                         JOIN provider ON provider.id = provider_id WHERE proved_by = 'preset'";
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    world.own_provider(&world.acme, "annex", &world.evil, &["works.example"]).await;
    let olga = Upstream::named("olga").with_email("olga@works.example", true);
    let come = [("acme.corp", &world.contoso, Upstream::named("nils")), ("acme.annex", &world.evil, olga)];
    for (key, evil, who) in come {
        let mut person = world.browser();
        person.opens(&world.acme).await.comes_by(key, evil, who).await.is("/join");
        person.submits("allow", &[]).await.sees("You asked to join");
    }
    world.settle().await;
    let (switches, _ada) = Switches::of(&world, "nils").await;
    // The tenant alone knows him: the name is all that he has.
    assert_eq!(switches.to(json!({ "provider": "acme.corp", "subject": "subject-of-bo" })).await, 200);
    assert_eq!(world.identity_texts(NAMED).await, ["acme.corp subject-of-bo"]);
    // In vain: that is somebody else. What he has stays.
    assert_eq!(switches.to(json!({ "provider": "acme.annex", "subject": "subject-of-olga" })).await, 200);
    assert_eq!(world.identity_texts(NAMED).await, ["acme.corp subject-of-bo"]);
    // Named elsewhere, he needs it no more.
    assert_eq!(switches.to(json!({ "provider": "acme.annex", "subject": "subject-of-cleo" })).await, 200);
    assert_eq!(world.identity_texts(NAMED).await, ["acme.annex subject-of-cleo"]);
}

#[tokio::test]
async fn sw_02_a_whole_account_that_is_compromised_loses_what_was_claimed_in_tenants() {
    for (compromised, left) in [(false, 1), (true, 0)] {
        let world = World::new().await;
        world.platform_provider("works", &world.evil, &["people.test"]).await;
        world.platform_provider("contoso", &world.contoso, &[]).await;
        let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
        let (switches, _ada) = Switches::of(&world, "mina").await;
        assert_eq!(switches.to(json!({ "provider": "works" })).await, 200);
        let stated = Upstream::named("mina").with_email(&mina.email, true);
        proves(mina.elsewhere(&world), &world.acme, ("works", &world.evil), stated).await.is("/").sees("Editor");
        assert_eq!(world.identity_count(TIES).await, 1);
        let mut tove = world.platform_admin("tove").await;
        tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await;
        let mut how = vec![("provider", "contoso")];
        if compromised {
            how.push(("compromised", "yes"));
        }
        tove.submits("switch", &how).await.sees("The account is switched");
        assert_eq!(world.identity_count(TIES).await, left, "{compromised}");
    }
}

/// Somebody whose account a provider opens gives an application what outlives their session, and signs out.
async fn stays(world: &World, rp: &Rp, person: &mut Person) -> String {
    person.opens(&world.id.url("/account")).await;
    person.comes_by("works", &world.evil, Upstream::named("mina")).await.is("/account");
    let request = rp.request(&[("prompt", Some("consent"))]);
    person.opens(&request.url()).await.submits("allow", &[]).await;
    let code = person.page.query("code").unwrap();
    text(&rp.redeem(&code, &request.verifier).await.json(), "refresh_token")
}

async fn goes_on(rp: &Rp, token: &str) -> String {
    let refreshed = rp.refresh(token).await;
    assert_eq!(refreshed.status, 200, "the control: {}", refreshed.body);
    text(&refreshed.json(), "refresh_token")
}

#[tokio::test]
async fn id_04_what_opens_one_tenant_is_unlinked_there_and_a_mail_tells_of_it() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    let own = || Upstream::named("mina").with_email("mina@people.test", true);
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own()).await.is("/link");
    by_it.submits("link", &[("password", &mina.password)]).await.sees("You asked to join");
    let told = |mails: Vec<mail::Outgoing>| mails.last().unwrap().letter.subject.clone();
    assert_eq!(told(world.mails_to(&mina.email).await), "corp now opens Acme Library to you");
    assert_eq!(world.identity_count(TIES).await, 1);
    // Whom the tenant has named stays named: it is not the person's word.
    mina.opens(&world.id.url("/account/sign-in")).await.sees("corp");
    let (csrf, tie) = (mina.csrf(), world.identity_id("SELECT id FROM external_identity").await.to_string());
    let unlink = [("csrf", csrf.as_str()), ("tie", &tie)];
    world.identity_change("UPDATE external_identity SET proved_by = 'preset'").await;
    mina.opens(&world.id.url("/account/sign-in")).await.sees("Named by whoever runs it");
    assert!(!mina.has("unlink-here-acme.corp"));
    mina.post(world.id.url("/account/sign-in/unlink"), &unlink).await.answers(404);
    world.identity_change("UPDATE external_identity SET proved_by = 'credential'").await;
    // Nor the last way into the account, and nobody else's.
    let mut eve = world.account("eve").await;
    let csrf = eve.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await.csrf();
    eve.post(world.id.url("/account/sign-in/unlink"), &[("csrf", &*csrf), ("tie", &*tie)]).await.answers(404);
    assert_eq!(world.identity_count(TIES).await, 1);
    mina.opens(&world.id.url("/account/sign-in"))
        .await
        .submits("unlink-here-acme.corp", &[])
        .await
        .sees("It is unlinked");
    assert_eq!(world.identity_count(TIES).await, 0);
    assert_eq!(told(world.mails_to(&mina.email).await), "corp no longer opens Acme Library to you");
    assert_eq!(world.audited("identity.unlinked").await, 1);
    world.settle().await;
    let open = "SELECT COUNT(*) FROM session WHERE scope_id IS NOT NULL AND ended_at IS NULL";
    assert_eq!(world.identity_count(open).await, 0, "what it had opened has ended");
    by_it.opens(&world.acme).await.is("/login");
    // The control: her own sessions go on.
    mina.opens(&world.acme).await.sees("You asked to join");
}

#[tokio::test]
async fn id_04_what_opens_one_tenant_is_no_last_way_in() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    let own = Upstream::named("mina").with_email("mina@people.test", true);
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own).await.is("/link");
    by_it.submits("link", &[("password", &mina.password)]).await.sees("You asked to join");
    // As if her password had gone: the provider is all that she has.
    world.identity_change("DELETE FROM password").await;
    mina.opens(&world.id.url("/account/sign-in")).await.submits("unlink-here-acme.corp", &[]).await.answers(409);
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn lk_08_with_a_link_ends_what_it_was_granted_after_signing_out() {
    let world = World::new().await;
    world.platform_provider("works", &world.evil, &[]).await;
    let rp = world.platform_client("stays", staying).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    links(&mut mina, &world, "works", &world.evil, "mina").await;
    let (mut one, mut other) = (world.browser(), world.browser());
    let signed_out = stays(&world, &rp, &mut one).await;
    one.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    let asks = stays(&world, &rp, &mut other).await;
    let (signed_out, asks) = (goes_on(&rp, &signed_out).await, goes_on(&rp, &asks).await);
    // From the very session that it has opened: that goes on, without what outlives it.
    other.opens(&world.id.url("/account/sign-in")).await.submits("unlink-works", &[]).await.sees("It is unlinked");
    for token in [&signed_out, &asks] {
        rp.refresh(token).await.is_error(400, "invalid_grant");
    }
}

#[tokio::test]
async fn lk_13_with_a_provider_ends_what_it_was_granted_after_signing_out() {
    let world = World::new().await;
    world.platform_provider("works", &world.evil, &["people.example"]).await;
    let rp = world.platform_client("stays", staying).await;
    let mut mina = world.browser();
    let token = stays(&world, &rp, &mut mina).await;
    mina.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    let token = goes_on(&rp, &token).await;
    let identity = world.identity.identity();
    let provider = providers::find(&mut identity.store.read().await.unwrap(), "works").await.unwrap().unwrap();
    assert!(providers::set_enabled(identity, Actor::Operator, &provider, false).await.unwrap());
    rp.refresh(&token).await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn id_04_the_one_provider_of_a_switched_account_is_its_last_way_in() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    let mut mina = world.account("mina").await;
    mina.signs_in(&world).await;
    links(&mut mina, &world, "works", &world.evil, "mina").await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await;
    tove.submits("switch", &[("provider", "contoso")]).await.sees("The account is switched");
    let as_mina = |name: &str| Upstream::named(name).with_email(&mina.email, true);
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, as_mina("mina")).await.is("/link");
    by_it.submits("link", &[("password", &mina.password)]).await.is("/account");
    by_it.opens(&world.id.url("/account/sign-in")).await.sees("Your only way in");
    assert!(!by_it.has("unlink-contoso"));
    let sql =
        "SELECT tie.id FROM external_identity tie JOIN provider ON provider.id = provider_id WHERE key = 'contoso'";
    let (csrf, tie) = (by_it.csrf(), world.identity_ids(sql).await.remove(0));
    let forced = by_it.post(world.id.url("/account/sign-in/unlink"), &[("csrf", &csrf), ("tie", &tie)]).await;
    forced.answers(409).sees("last way in");
    assert_eq!(world.identity_count(TIES).await, 2);
    // The old password serves nobody else.
    let mut eve = mina.elsewhere(&world);
    eve.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, as_mina("eve")).await.answers(403);
    // The control: what opens nothing goes.
    by_it.opens(&world.id.url("/account/sign-in")).await.submits("unlink-works", &[]).await.sees("It is unlinked");
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn tn_03_a_logout_token_tells_nobody_which_providers_there_are() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let post = async |key: &str, token: &str| {
        let to = world.id.url(&format!("/upstream/{key}/backchannel-logout"));
        let request = world.net.http.post(&to).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(encode([("logout_token", token)])).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let forged = world.evil.logout_token("latchkey", "subject-of-mina", |_| {});
    for token in ["a.b.c", "", &*forged] {
        let (there, not) = (post("acme.corp", token).await, post("acme.none", token).await);
        assert_eq!((there.0, &there), (400, &not), "{token}");
    }
    let good = world.contoso.logout_token("latchkey", "subject-of-mina", |_| {});
    assert_eq!(post("acme.corp", &good).await.0, 200, "the control");
}

#[tokio::test]
async fn tn_03_a_tenant_that_names_anothers_provider_reads_of_it_as_of_none() {
    const TOLD: &str = "SELECT COUNT(*) FROM ended_login";
    let world = World::new().await;
    let annex = world.own_provider(&world.studio, "annex", &world.evil, &[]).await;
    let corp = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    for key in [annex.as_str(), "studio.none"] {
        world.switches(&world.acme, &mina, Some(key), false).await;
        mina.elsewhere(&world).enters(&world.acme).await.answers(403);
        assert_eq!(world.identity_count(TOLD).await, 0, "{key}");
    }
    // The control: its own, which is disabled.
    world.identity_change("UPDATE provider SET disabled_at = 1 WHERE key = 'acme.corp'").await;
    world.switches(&world.acme, &mina, Some(&corp), false).await;
    mina.elsewhere(&world).enters(&world.acme).await.answers(403);
    assert_eq!(world.identity_count(TOLD).await, 1);
}

/// Who was switched to a provider and has never come by it loses their way in with it as well.
#[tokio::test]
async fn sw_05_who_was_switched_and_never_came_is_counted_before_a_provider_is_removed() {
    let world = World::new().await;
    world.platform_provider("works", &world.evil, &["people.test"]).await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let own = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let stranded = async |key: &str| {
        let mut conn = world.identity.identity().store.read().await.unwrap();
        let it = providers::find(&mut conn, key).await.unwrap().unwrap();
        let stranded = providers::stranded(&mut conn, &it).await.unwrap();
        (stranded.count, stranded.sample.len())
    };
    // A whole account.
    let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin/accounts?email=mina@people.test")).await;
    tove.submits("switch", &[("provider", "contoso")]).await.sees("The account is switched");
    assert_eq!((stranded("contoso").await, stranded("works").await), ((1, 0), (0, 0)));
    tove.opens(&world.id.url("/admin/providers/contoso/remove")).await.sees("One person has no other way in");
    tove.opens(&world.id.url("/admin/accounts?email=mina@people.test")).await;
    tove.submits("switch", &[("provider", "")]).await.sees("The account is switched");
    assert_eq!(stranded("contoso").await, (0, 0), "the control: her password opens it");
    // A member of the provider's own tenant. Who has a password has another way into their account, though not into the tenant: the
    // tenant counts them beside these, as switched to it.
    world.switches(&world.acme, &mina, Some(&own), false).await;
    assert_eq!(stranded(&own).await, (0, 0));
    world
        .identity_change(
            "DELETE FROM password WHERE account_id = (SELECT id FROM account WHERE email_key = 'mina@people.test')",
        )
        .await;
    assert_eq!(stranded(&own).await, (1, 1), "and is named");
    // Once she has come by it, she is counted once.
    let mut by_it = mina.elsewhere(&world);
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    by_it.opens(&world.acme).await.comes_by(&own, &world.contoso, stated).await;
    assert_eq!(world.identity_count(TIES).await, 1, "{:?}", by_it.page);
    assert_eq!(stranded(&own).await, (1, 1));
}
