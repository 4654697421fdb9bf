//! Why a login ended here, for whoever runs the tenant.

use evil_provider::{Person as Upstream, Trick};
use serde_json::Value;
use tenant::members::MemberState;

use crate::harness::{Person, Place, World};

/// What the page says of a reference id.
async fn reads(admin: &mut Person, at: &Place, reference: &str) -> String {
    admin.opens(&at.url(&format!("/audit/login?reference={reference}"))).await.answers(200);
    admin.text()
}

#[tokio::test]
async fn id_04_whoever_runs_a_tenant_reads_why_a_login_ended_by_the_reference_id_that_the_person_saw() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut other = world.admin_of(&world.studio).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    mina.enters(&world.acme).await.is("/");
    world.switches(&world.acme, &mina, Some(&key), false).await;
    let own = Upstream::named("mina").with_email(&mina.email, true);
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by(&key, &world.contoso, own).await;
    // Somebody else with her address (SW-02).
    let mut eve = world.browser();
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    eve.opens(&world.acme).await.comes_by(&key, &world.contoso, stated).await.answers(403);
    let reference = eve.text_of("error-reference");
    admin.opens(&world.acme.url("/audit")).await.clicks("ended-logins").await.is("/audit/login");
    admin.sees(&reference).sees("has claimed this member").sees("By corp");
    let told = reads(&mut admin, &world.acme, &reference.to_lowercase()).await;
    assert!(told.contains("has claimed this member") && told.contains("About mina Test"), "{told}");
    // The person is one click away.
    admin.follows("About mina Test").await.sees("mina");
    // Nobody else's administrator finds anything.
    for unknown in [reference.as_str(), "AAAAA-BBBBB", "nonsense", "%3Cb%3E"] {
        let told = reads(&mut other, &world.studio, unknown).await;
        assert!(told.contains("Nothing is known here of"), "{unknown}: {told}");
    }
    other.opens(&world.studio.url("/audit/login")).await.sees("No login has ended");
    assert!(reads(&mut admin, &world.acme, "AAAAA-BBBBB").await.contains("Nothing is known here of AAAAA-BBBBB"));
    // Who may not read the log may not read this.
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    viewer.enters(&world.acme).await.opens(&world.acme.url("/audit/login")).await.answers(403);
}

#[tokio::test]
async fn id_04_what_a_tenants_own_provider_answered_is_told_with_its_code() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    world.platform_provider("wide", &world.evil, &[]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut eve = world.browser();
    for (trick, sentence, code) in [
        (Trick::Nonce, "failed a check", "id_token_nonce"),
        (Trick::Denied, "declined there", "denied"),
        (Trick::InvalidClient, "settings don’t fit", "client_refused"),
    ] {
        world.contoso.plays(trick);
        eve.opens(&world.acme).await.comes_by(&key, &world.contoso, Upstream::named("eve")).await;
        world.contoso.behaves();
        let reference = eve.text_of("error-reference");
        let told = reads(&mut admin, &world.acme, &reference).await;
        assert!(told.contains(sentence) && told.contains(code), "{trick:?}: {told}");
    }
    // Of the platform's provider, with nobody proved to be a member: not the tenant's to know.
    world.evil.plays(Trick::Nonce);
    eve.opens(&world.acme).await.comes_by("wide", &world.evil, Upstream::named("eve")).await;
    let reference = eve.text_of("error-reference");
    assert!(reads(&mut admin, &world.acme, &reference).await.contains("Nothing is known here"));
    assert_eq!(world.audited("upstream.failed").await, 4, "the platform's log has all");
    let kept = "SELECT COUNT(*) FROM audit_entry WHERE action = 'upstream.failed' AND reference = $1";
    assert_eq!(world.identity_count_of(kept, store::params![reference]).await, 1);
}

#[tokio::test]
async fn tn_01_by_an_address_alone_a_tenants_provider_learns_nothing_of_an_account() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    world.platform_provider("works", &world.evil, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    // Another one comes by it and has proved who they are.
    let nils = world.member("nils", &world.acme, MemberState::Active, &["viewer"]).await;
    let own = Upstream::named("nils").with_email(&nils.email, true);
    let mut by_it = nils.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by(&key, &world.contoso, own.clone()).await.is("/link");
    by_it.submits("link", &[("password", &nils.password)]).await.is("/");
    let mut tove = world.platform_admin("tove").await;
    for who in [&mina, &nils] {
        tove.opens(&world.id.url(&format!("/admin/accounts?email={}", who.email))).await;
        tove.submits("switch", &[("provider", "works")]).await.sees("The account is switched");
    }
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    let mut eve = world.browser();
    eve.opens(&world.acme).await.comes_by(&key, &world.contoso, stated).await.answers(403);
    // Nor whoever sits there: which way it is, is answered by mail.
    eve.sees("corp does not sign you in here").sees("How do I sign in here?");
    eve.page.sees_not("another provider").sees_not("works").sees_not("mina");
    let told = reads(&mut admin, &world.acme, &eve.text_of("error-reference")).await;
    assert!(
        told.contains("stated an address") && !told.contains("About mina") && !told.contains("platform decides"),
        "{told}"
    );
    let named = "SELECT COUNT(*) FROM ended_login WHERE subject IS NOT NULL OR why = 'account_elsewhere'";
    assert_eq!(world.identity_count(named).await, 0);
    // The control: of whom it is tied to, the tenant hears.
    let mut by_it = world.browser();
    by_it.opens(&world.acme).await.comes_by(&key, &world.contoso, own).await.answers(403);
    let told = reads(&mut admin, &world.acme, &by_it.text_of("error-reference")).await;
    assert!(told.contains("platform decides") && told.contains("About nils"), "{told}");
}

#[tokio::test]
async fn id_04_a_refusal_at_the_tenants_own_door_is_found_by_the_reference_id_on_the_page() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut locked = world.member("lars", &world.acme, MemberState::Locked, &["viewer"]).await;
    locked.enters(&world.acme).await.is("/closed/locked");
    let reference = locked.text_of("error-reference");
    let told = reads(&mut admin, &world.acme, &reference).await;
    assert!(told.contains("They are locked") && told.contains("Lars Doe") && told.contains(&reference), "{told}");
    // What somebody writes into the address is not shown as ours.
    locked.opens(&world.acme.url("/closed/locked?reference=%3Cb%3Ecall%20555%3C%2Fb%3E")).await.sees_not("555");
}

#[tokio::test]
async fn tn_03_the_decisions_of_a_tenant_are_told_to_its_own_client_alone() {
    let world = World::new().await;
    let url = world.id.url("/api/v1/tenant/decisions");
    assert_eq!(world.browser().get(&url).await.status, 401);
    let machine = async |at: &Place, name: &'static str| {
        let rp = world
            .client_at(at, name, |client| {
                client.kind = oidc::client::ClientKind::TenantInstance;
                client.grant_types.push(oidc::client::GrantType::ClientCredentials);
                client.scopes = vec!["members".to_owned()];
            })
            .await;
        let token = rp.token(&[("grant_type", "client_credentials")]).await.json();
        format!("Bearer {}", token["access_token"].as_str().unwrap())
    };
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let mut eve = world.browser();
    world.contoso.plays(Trick::Nonce);
    for _ in 0..55 {
        eve.opens(&world.acme).await.comes_by(&key, &world.contoso, Upstream::named("eve")).await.answers(502);
    }
    let (acme, studio) = (machine(&world.acme, "one").await, machine(&world.studio, "two").await);
    let ask = async |token: &str, query: &str| -> Value {
        let request = world.net.http.get(format!("{url}?{query}")).header("authorization", token);
        serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap()
    };
    let first = ask(&acme, "").await;
    assert_eq!(first["decisions"].as_array().unwrap().len(), 50);
    let second = ask(&acme, &format!("before={}", first["next"].as_str().unwrap())).await;
    assert_eq!((second["decisions"].as_array().unwrap().len(), second["next"].is_null()), (5, true));
    let newest = &first["decisions"][0];
    assert_eq!((newest["provider"].as_str(), newest["why"].as_str()), (Some("acme.corp"), Some("untrusted")));
    let reference = format!("reference={}", newest["reference"].as_str().unwrap());
    assert_eq!(ask(&acme, &reference).await["decisions"].as_array().unwrap().len(), 1, "the control");
    for query in ["", &reference, &format!("before={}", first["next"].as_str().unwrap())] {
        assert_eq!(ask(&studio, query).await["decisions"].as_array().unwrap().len(), 0, "{query}");
    }
}

#[tokio::test]
async fn id_04_whoever_runs_the_platform_reads_the_decision_and_its_facts() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let mina = world.account("mina").await;
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await;
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    eve.comes_by("contoso", &world.contoso, stated).await.is("/link");
    let reference = world.identity_texts("SELECT reference FROM audit_entry WHERE action = 'link.decided'").await;
    let mut tove = world.platform_admin("tove").await;
    let page = world.id.url(&format!("/admin/logins?reference={}", reference[0].to_lowercase()));
    tove.opens(&page).await.sees("They were asked to prove that the account is theirs.");
    tove.sees("What was known").sees("Offer(Credential)").sees_not(&mina.email);
    tove.opens(&world.id.url("/admin/logins?reference=AAAAA-BBBBB")).await.sees("Nothing is known of AAAAA-BBBBB");
    eve.opens(&page).await;
    assert!(!eve.has("found"));
}

#[tokio::test]
async fn id_03_where_two_decisions_name_different_providers_whoever_is_signed_in_reads_both() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    world.platform_provider("works", &world.evil, &["people.test"]).await;
    world.platform_provider("annex", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url(&format!("/admin/accounts?email={}", mina.email))).await;
    tove.submits("switch", &[("provider", "works")]).await.sees("The account is switched");
    let (own, password) = (Upstream::named("mina").with_email(&mina.email, true), mina.password.clone());
    let mut mina = mina.elsewhere(&world);
    mina.opens(&world.id.url("/account")).await.comes_by("works", &world.evil, own.clone()).await.is("/link");
    mina.submits("link", &[("password", &password)]).await.is("/account");
    world.switches(&world.acme, &mina, Some(&key), false).await;
    world.contoso.has(own.clone());
    mina.opens(&world.acme).await.is("/login/elsewhere").submits("continue-with", &[]).await.answers(403);
    mina.sees("Two providers would have to open Acme Library");
    mina.sees("Acme Library wants corp, and your account is opened by works alone");
    // Of the account alone, as whoever is signed in tries to link another one.
    mina.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("mina"));
    mina.submits("link-annex", &[]).await.answers(403).sees("works opens your account, and it alone");
}
