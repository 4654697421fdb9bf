//! What ends with what: proofs that wait, grants, sessions, and ways in that nobody would notice losing.

use audit::Actor;
use evil_provider::Person as Upstream;
use identity::providers;
use tenant::members::MemberState;

use crate::harness::{MINUTE, Person, World, staying, text};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";

/// Somebody at a provider that is trusted for Mina's domain states her address: they are asked for a credential of hers.
async fn is_asked(world: &World, mina: &Person) -> Person {
    is_asked_at(world, mina, &world.id.url("/account")).await
}

async fn is_asked_at(world: &World, mina: &Person, door: &str) -> Person {
    let mut other = mina.elsewhere(world);
    other.opens(door).await;
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    other.comes_by("contoso", &world.contoso, stated).await.is("/link");
    other
}

#[tokio::test]
async fn lk_05_what_waits_for_a_proof_is_void_after_a_change_of_password() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    let (old, new) = (mina.password.clone(), "a new one that nobody knows");
    let mut waits = is_asked(&world, &mina).await;
    mina.signs_in(&world).await.opens(&world.id.url("/account/password")).await;
    let fields = [("current", old.as_str()), ("password", new)];
    mina.submits("change-password", &fields).await;
    waits.submits("link", &[("password", new)]).await.answers(410);
    assert_eq!(world.identity_count(TIES).await, 0);
    // The control: what was begun after it.
    let mut again = is_asked(&world, &mina).await;
    again.submits("link", &[("password", new)]).await.is("/account");
    assert_eq!(world.identity_count(TIES).await, 1);
}

#[tokio::test]
async fn lk_05_a_mail_proves_the_login_that_it_was_sent_for() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let address = "mina@people.test";
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await;
    let door = mina.url.clone();
    mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/link/address");
    mina.submits("send", &[("email", address)]).await.is("/link/sent");
    let link = world.mailed_link(address).await;
    // In the same browser, for the same request, somebody else comes back from the provider meanwhile.
    mina.opens(door.as_str())
        .await
        .comes_by("contoso", &world.contoso, Upstream::named("eve"))
        .await
        .is("/link/address");
    mina.opens(&link).await.answers(410);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 0);
    // The control: a mail of its own.
    mina.opens(door.as_str()).await.comes_by("contoso", &world.contoso, Upstream::named("mina")).await;
    mina.submits("send", &[("email", address)]).await.is("/link/sent");
    mina.opens(&world.mailed_link(address).await).await.submits("confirm", &[]).await.is("/account");
}

#[tokio::test]
async fn sw_01_a_switch_voids_the_links_that_wait_on_the_way_to_that_tenant() {
    // Also a switch to the very provider by which they came: it is to be proved under the new policy.
    for key in ["contoso", "acme.corp"] {
        let world = World::new().await;
        world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
        world.own_provider(&world.acme, "corp", &world.evil, &["people.test"]).await;
        let mut mina = world.account("mina").await;
        mina.enters(&world.acme).await.submits("allow", &[]).await;
        let door = world.acme.url("/");
        let mut waits = is_asked_at(&world, &mina, &door).await;
        let mut elsewhere = is_asked(&world, &mina).await;
        world.switches(&world.acme, &mina, Some(key), false).await;
        waits.submits("link", &[("password", &mina.password)]).await.answers(410);
        assert_eq!(world.identity_count(TIES).await, 0, "{key}");
        if key == "contoso" {
            let mut again = is_asked_at(&world, &mina, &door).await;
            again.submits("link", &[("password", &mina.password)]).await.sees("You asked to join");
            assert_eq!(world.identity_count(TIES).await, 1, "the control: begun after it");
        } else {
            // What leads to the account is no business of the tenant's: the control.
            elsewhere.submits("link", &[("password", &mina.password)]).await.is("/account");
            assert_eq!(world.identity_count(TIES).await, 1);
        }
    }
}

#[tokio::test]
async fn sw_01_a_switch_takes_what_the_instance_was_granted() {
    const LIVING: &str = "SELECT COUNT(*) FROM access_grant JOIN client ON client.id = access_grant.client_id
                          WHERE revoked_at IS NULL AND client.kind = 'tenant_instance'";
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    mina.enters(&world.studio).await.submits("allow", &[]).await;
    assert_eq!(world.identity_count(LIVING).await, 2);
    world.switches(&world.acme, &mina, Some(&key), false).await;
    assert_eq!(world.identity_count(LIVING).await, 1, "the other tenant's stays");
}

#[tokio::test]
async fn lk_13_with_a_provider_ends_what_was_granted_to_outlive_the_session() {
    let world = World::new().await;
    let key = world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let rp = world.platform_client("stays", staying).await;
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await;
    mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account");
    let request = rp.request(&[("prompt", Some("consent"))]);
    mina.opens(&request.url()).await.submits("allow", &[]).await;
    let code = mina.page.query("code").unwrap();
    let tokens = rp.redeem(&code, &request.verifier).await.json();
    // The session has run out by then: what was granted to outlive it goes on.
    world.passes(60 * 24 * 2 * MINUTE);
    let refreshed = rp.refresh(&text(&tokens, "refresh_token")).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    let identity = world.identity.identity();
    let provider = providers::find(&mut identity.store.read().await.unwrap(), &key).await.unwrap().unwrap();
    assert!(providers::set_enabled(identity, Actor::Operator, &provider, false).await.unwrap());
    rp.refresh(&text(&refreshed.json(), "refresh_token")).await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn tn_01_what_a_tenants_provider_states_is_told_to_that_tenant_and_nothing_of_the_account() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    world.switches(&world.acme, &mina, Some(&key), false).await;
    let mut stated = Upstream::named("wilhelmina").with_email(&mina.email, true);
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated.clone()).await;
    // Claimed; from now on the provider states another address, and none of the account's is told.
    stated.email = None;
    let mut again = world.browser();
    again.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await;
    let told =
        world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND email <> ''").await;
    assert_eq!(told, 0);
    let named = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND given_name LIKE 'wilhelmina%'";
    assert_eq!(world.tenant_count(&world.acme, named).await, 1);
}

#[tokio::test]
async fn web_06_a_tenants_provider_makes_no_browser_known_to_the_account() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    world.switches(&world.acme, &mina, Some(&key), false).await;
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await;
    // Everybody's guesses at her account are used up: only browsers that she has signed in with may go on.
    let mut guesser = world.browser();
    for _ in 0..40 {
        guesser.opens(&world.id.url("/account")).await.submits("next", &[("username", &mina.email)]).await;
        guesser.submits("login", &[("password", "a wrong guess at it")]).await;
    }
    let right = mina.password.clone();
    let tries = async |browser: &mut Person| {
        browser.opens(&world.id.url("/account")).await.submits("next", &[("username", &mina.email)]).await;
        browser.submits("login", &[("password", &right)]).await.url.path().to_owned()
    };
    assert_ne!(tries(&mut by_it).await, "/account");
    let mut known = mina;
    known.opens(&world.id.url("/account")).await;
    assert_eq!(known.url.path(), "/account", "the control: her own browser");
}

#[tokio::test]
async fn id_03_sw_05_nobody_is_switched_who_could_prove_nothing() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    let key = world.platform_provider("works", &world.evil, &[]).await;
    let mut admin = world.admin_of(&world.acme).await;
    // Known through the tenant's own provider alone: no address, no password.
    let mut nils = world.browser();
    nils.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named("nils")).await.is("/join");
    nils.submits("allow", &[]).await.sees("You asked to join");
    admin.enters(&world.acme).await.opens(&world.acme.url("/members?state=to_review")).await.follows("nils Test").await;
    let page = admin.url.to_string();
    for compromised in [&[][..], &[("compromised", "1")]] {
        admin.opens(&page).await.clicks("switch-provider").await;
        let fields: Vec<_> = compromised.iter().copied().chain([("provider", key.as_str())]).collect();
        admin.submits("look", &fields).await.answers(409).sees("could prove nothing to that provider");
    }
    let switched = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND switched_version > 0";
    assert_eq!(world.tenant_count(&world.acme, switched).await, 0);
    // The control: whoever says who they are there leaves them a way in.
    admin.opens(&page).await.clicks("switch-provider").await;
    admin.submits("look", &[("provider", &key), ("subject", "subject-of-nils")]).await.submits("switch", &[]).await;
    world.settle().await;
    // What the old provider had opened has ended.
    nils.opens(&world.acme).await.is("/login");
    nils.comes_by("works", &world.evil, Upstream::named("nils")).await.sees("You asked to join");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL").await, 1);
}

#[tokio::test]
async fn id_03_a_break_glass_member_proves_each_use_and_their_account_is_not_switched() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    admin.enters(&world.acme).await.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
    admin.clicks("set-break-glass").await.submits("glass-set", &[]).await;
    world.settle().await;
    // A session that is there opens her account, and not this tenant: that takes a proof of now.
    mina.signs_in(&world).await;
    world.passes(5 * MINUTE);
    mina.opens(&world.acme).await.is("/login");
    mina.proves_who_they_are().await.is("/").sees("Your role here: Editor");
    // The platform cannot take that way in away.
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await;
    let page = tove.url.to_string();
    tove.submits("switch", &[("provider", "contoso")]).await.answers(409).sees("break-glass");
    // The control: when it is taken away, it can.
    admin.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
    admin.clicks("set-break-glass").await.submits("glass-unset", &[]).await;
    world.settle().await;
    tove.opens(&page).await.submits("switch", &[("provider", "contoso")]).await.sees("The account is switched");
}

#[tokio::test]
async fn id_03_a_tenants_flag_shuts_nobody_out_and_the_platform_goes_on_by_naming_it() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    let flags = async |admin: &mut Person, button: &str| {
        admin.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
        admin.clicks("set-break-glass").await.submits(button, &[]).await;
        world.settle().await;
    };
    flags(&mut admin, "glass-set").await;
    // Flagged, then switched: the page names the tenant, and whoever goes on names it too.
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await;
    let page = tove.url.to_string();
    tove.submits("switch", &[("provider", "contoso")]).await.answers(409).sees("break-glass");
    assert!(tove.text_of("switch-against").contains("Acme Library"), "{}", tove.text_of("switch-against"));
    let csrf = tove.csrf();
    let others =
        [("csrf", csrf.as_str()), ("provider", "contoso"), ("despite", "00000000-0000-0000-0000-000000000001")];
    tove.post(format!("{page}/switch"), &others).await.answers(409);
    assert_eq!(world.audited("account.switched").await, 0);
    tove.opens(&page).await.submits("switch", &[("provider", "contoso")]).await;
    tove.submits("switch-despite", &[]).await.sees("The account is switched");
    let said = world.identity_texts("SELECT detail FROM audit_entry WHERE action = 'account.switched'").await;
    assert!(said[0].contains(r#""despite":["acme"]"#), "{said:?}");
    // She comes by what she has: the flag asks for what there is not any more, and her use is seen.
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by("contoso", &world.contoso, stated.clone()).await.is("/link");
    by_it.submits("link", &[("password", &mina.password)]).await;
    let mut again = world.browser();
    again.opens(&world.acme).await.comes_by("contoso", &world.contoso, stated.clone()).await;
    again.is("/").sees("Your role here: Editor");
    world.settle().await;
    let used = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.break_glass_used'";
    assert!(world.tenant_count(&world.acme, used).await > 0);
    // Not by a session from before.
    world.passes(5 * MINUTE);
    again.opens(&world.acme.url("/auth/login")).await;
    assert_ne!(again.url.path(), "/", "{:?}", again.page);
}

#[tokio::test]
async fn id_03_a_flag_of_a_tenant_that_is_suspended_stands_in_no_way() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
    admin.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
    admin.clicks("set-break-glass").await.submits("glass-set", &[]).await;
    world.settle().await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await;
    let page = tove.url.to_string();
    tove.submits("switch", &[("provider", "contoso")]).await.answers(409);
    world.identity_change("UPDATE tenant SET suspended_at = 1 WHERE slug = 'acme'").await;
    tove.opens(&page).await.submits("switch", &[("provider", "contoso")]).await.sees("The account is switched");
}

#[tokio::test]
async fn sw_02_a_compromised_switch_voids_claims_though_another_one_follows_before_it_is_told() {
    for (compromised, left) in [(true, 0), (false, 1)] {
        let world = World::new().await;
        world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
        world.platform_provider("works", &world.evil, &[]).await;
        let (_, token) = world.api_admin(&world.acme, "console").await;
        let mina = world.member("mina", &world.acme, MemberState::Active, &["editor"]).await;
        let id = world.id_by_api(&world.acme, "mina", &token).await;
        let at = format!("/members/{id}/provider");
        let switch = async |body: serde_json::Value| world.posts(&world.acme, &at, &token, &body).await.done(200);
        // What she has proved by her credential stays after a plain switch.
        let stated = Upstream::named("mina").with_email(&mina.email, true);
        let mut by_it = mina.elsewhere(&world);
        by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/link");
        by_it.submits("link", &[("password", &mina.password)]).await.is("/");
        switch(serde_json::json!({ "provider": "acme.corp" })).await;
        world.settle().await;
        assert_eq!(world.identity_count(TIES).await, 1);
        world.gets(&world.acme, "/providers", &token).await.done(200);
        world.wire.is_cut();
        // Who names a subject asks nothing of the identity server.
        let body = serde_json::json!({ "provider": "works", "compromised": compromised, "subject": "another" });
        switch(body).await;
        switch(serde_json::json!({ "provider": "platform" })).await;
        world.wire.is_mended();
        world.passes(MINUTE);
        world.settle().await;
        assert_eq!(world.identity_count(TIES).await, left, "{compromised}");
        let told = "SELECT COUNT(*) FROM membership WHERE provider IS NULL AND NOT compromised AND switched > 0";
        assert_eq!(world.identity_count(told).await, 1, "the newest is in force");
    }
}
