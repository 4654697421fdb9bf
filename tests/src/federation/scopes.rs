use evil_provider::Person as Upstream;
use tenant::members::MemberState;

use crate::harness::World;

#[tokio::test]
async fn tn_01_a_tenants_provider_opens_that_tenant_and_nothing_else() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    assert_eq!(key, "acme.corp");
    let mut mina = world.account("mina").await;
    mina.enters(&world.studio).await.submits("allow", &[]).await;
    // It is not offered elsewhere, nor to be reached there.
    let mut eve = world.browser();
    eve.opens(&world.studio).await.is("/login");
    assert!(!eve.has("by-acme.corp"));
    let (csrf, query) = (eve.csrf(), eve.url.query().unwrap().to_owned());
    let begin = world.id.url(&format!("/login/provider?{query}"));
    eve.post(&begin, &[("csrf", &csrf), ("provider", "acme.corp")]).await.answers(410);
    // Whoever it says sits there, with whatever address: a person of that tenant alone.
    let stated = Upstream::named("mina").with_email(&mina.email, true);
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/join");
    eve.submits("allow", &[]).await.sees("You asked to join");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL AND email = ''").await, 1);
    assert_eq!(
        world.identity_count("SELECT COUNT(*) FROM session WHERE scope_id IS NOT NULL AND ended_at IS NULL").await,
        1
    );
    for elsewhere in [world.id.url("/account"), world.id.url("/account/sign-in"), world.studio.url("/")] {
        eve.opens(&elsewhere).await.is("/login");
    }
    eve.opens(&world.id.url("/admin")).await.is("/login");
    // The tenant itself stays open: the control.
    eve.opens(&world.acme).await.sees("You asked to join");
    // Mina's account is untouched, and another person.
    let mut elsewhere = mina.elsewhere(&world);
    elsewhere.enters(&world.id.url("/account")).await.sees("Hello, Mina");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 2);
}

#[tokio::test]
async fn tn_01_whoever_a_provider_says_sits_where_somebody_else_is_signed_in_is_asked_which_account() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    world.switches(&world.acme, &mina, Some(&key), false).await;
    let mut mina = mina.elsewhere(&world);
    mina.enters(&world.id.url("/account")).await.is("/account");
    // At the provider, somebody else is signed in.
    world.contoso.has(Upstream::named("eve").with_email("eve@people.test", true));
    let issued = "SELECT COUNT(*) FROM authorization_code";
    let before = world.identity_count(issued).await;
    mina.opens(&world.acme).await.is("/login/elsewhere").submits("continue-with", &[]).await;
    mina.is("/login/accounts").sees("Continue as eve").sees("Continue as Mina");
    assert_eq!(world.identity_count(issued).await, before, "nobody is taken for the other");
    mina.submits("choose", &[]).await.is("/join");
    // What opens everything is still hers.
    mina.opens(&world.id.url("/account")).await.sees("Hello, Mina");
    // The control: the same person is asked nothing.
    let mut again = mina.elsewhere(&world);
    again.enters(&world.id.url("/account")).await.is("/account");
    world.contoso.has(Upstream::named("mina").with_email(&mina.email, true));
    again.opens(&world.acme).await.is("/login/elsewhere").submits("continue-with", &[]).await;
    again.sees("You asked to join");
}

#[tokio::test]
async fn tn_01_an_address_of_a_member_offers_and_opens_nothing() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    let mut eve = world.browser();
    let stated = Upstream::named("eve").with_email(&mina.email, true);
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/link");
    eve.opens(&world.acme).await.is("/login");
    // She proves it: the tie opens that tenant alone.
    let (password, own) = (mina.password.clone(), Upstream::named("mina").with_email(&mina.email, true));
    let mut by_it = mina.elsewhere(&world);
    by_it.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own).await.is("/link");
    by_it.submits("link", &[("password", &password)]).await.sees("You asked to join");
    by_it.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
}

#[tokio::test]
async fn tn_01_an_address_that_a_provider_states_is_nowhere_shown_as_proved() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let stated = Upstream::named("eve").with_email("ada@people.test", true);
    let mut eve = world.browser();
    eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await.is("/join");
    eve.submits("allow", &[]).await.sees("You asked to join");
    let list = admin.opens(&world.acme.url("/requests")).await;
    list.sees("ada@people.test").sees("as corp states");
    list.follows("Review").await.sees("By corp").sees("Nobody has proved that the address is theirs");
    let of_eve = admin.url.clone();
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    // The control: her account has proved hers.
    let stated = "SELECT COUNT(*) FROM member WHERE stated_by = 'acme.corp'";
    assert_eq!(world.tenant_count(&world.acme, stated).await, 1);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE stated_by IS NULL").await, 2);
    admin.opens(of_eve.as_str()).await.submits("approve", &[("role", "viewer")]).await;
    let id = of_eve.path().rsplit('/').next().unwrap().to_owned();
    let page = admin.opens(&world.acme.url(&format!("/members/{id}"))).await;
    assert!(page.has("stated-by"));
    // In the list, in files and in the API; the control: the others' addresses are theirs.
    let list = admin.opens(&world.acme.url("/members")).await.text();
    assert_eq!((list.matches("as corp states").count(), list.matches("mina@people.test").count()), (1, 1), "{list}");
    let csv = admin.get(world.acme.url("/members/export.csv")).await.body;
    let of = |address: &str| csv.lines().find(|line| line.contains(address)).unwrap_or_default().to_owned();
    assert!(csv.starts_with("id,") && csv.contains(",lifecycle,email_stated_by,last_sign_in"), "{csv}");
    assert!(of("ada@people.test").contains(",active,acme.corp,"), "{csv}");
    assert!(of("mina@people.test").contains(",active,,"), "{csv}");
    let json = admin.get(world.acme.url("/members/export.jsonl")).await.body;
    assert_eq!(json.matches("\"email_stated_by\":\"acme.corp\"").count(), 1, "{json}");
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let told = world.gets(&world.acme, &format!("/members/{id}"), &token).await.done(200);
    assert_eq!((&told["email"], &told["email_stated_by"]), (&"ada@people.test".into(), &"acme.corp".into()));
    let told = world.gets(&world.acme, "/members?q=mina", &token).await.done(200);
    assert_eq!(told["members"][0]["email_stated_by"], serde_json::Value::Null);
    // And in the mail to those who decide when she asks for her deletion.
    eve.opens(&world.acme.url("/profile"))
        .await
        .clicks("leave")
        .await
        .submits("leave-now", &[])
        .await
        .is("/leave/done");
    let told = world.mails_to(&admin.email).await.pop().unwrap().letter;
    assert!(
        told.paragraphs[0].contains("(ada@people.test, as ")
            && told.paragraphs[0].contains("nobody has proved that it is theirs"),
        "{told:?}"
    );
}

#[tokio::test]
async fn tn_01_the_address_of_who_runs_the_platform_opens_nothing_of_theirs() {
    for member in [false, true] {
        let world = World::new().await;
        world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
        let mut tove = world.platform_admin("tove").await;
        if member {
            world.make_member(&tove, &world.acme, MemberState::Active, &["administrator"]).await;
        }
        let mut eve = world.browser();
        let stated = Upstream::named("eve").with_email(&tove.email, true);
        eve.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, stated).await;
        if member {
            // She has not been switched: an address offers, and her own password is asked for.
            eve.is("/link").submits("link", &[("password", "what eve would choose")]).await.answers(422);
        } else {
            eve.is("/join").submits("allow", &[]).await.sees("You asked to join");
        }
        for path in ["/admin", "/admin/tenants", "/admin/providers", "/admin/accounts", "/account"] {
            eve.opens(&world.id.url(path)).await.is("/login");
        }
        let everywhere = "SELECT COUNT(*) FROM session WHERE scope_id IS NULL";
        assert_eq!(world.identity_count(everywhere).await, 1, "{member}: her own");
        let of_tove = "SELECT COUNT(*) FROM external_identity JOIN account ON account.id = account_id
                       WHERE account.email_key = 'tove@people.test'";
        assert_eq!(world.identity_count(of_tove).await, 0, "{member}");
        tove.opens(&world.id.url("/admin")).await.is("/admin");
    }
}

#[tokio::test]
async fn tn_01_the_same_subject_at_another_provider_is_somebody_else() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    world.own_provider(&world.acme, "corp", &world.evil, &[]).await;
    // The tenant sets up the very provider that the platform has: the same issuer, the same subjects.
    world.own_provider(&world.acme, "twin", &world.contoso, &[]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await;
    mina.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("mina"));
    mina.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
    let same = Upstream { email: None, ..Upstream::named("mina") };
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await.comes_by("works", &world.evil, same.clone()).await.is("/link/address");
    eve.opens(&world.id.url("/account")).await.is("/login");
    for (key, evil) in [("acme.corp", &world.evil), ("acme.twin", &world.contoso)] {
        let mut eve = world.browser();
        eve.opens(&world.acme).await.comes_by(key, evil, same.clone()).await.is("/join");
        eve.submits("allow", &[]).await.sees("You asked to join");
        eve.opens(&world.id.url("/account")).await.is("/login");
    }
    let of_mina = "SELECT COUNT(*) FROM external_identity JOIN account ON account.id = account_id
                   WHERE account.email_key = 'mina@people.test'";
    let scoped = "SELECT COUNT(*) FROM account WHERE scope_id IS NOT NULL";
    assert_eq!((world.identity_count(of_mina).await, world.identity_count(scoped).await), (1, 2));
    // The control.
    let mut again = mina.elsewhere(&world);
    again.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, same).await.sees("Hello, Mina");
}

/// DESIGN §4.2: who is signed in by a tenant's own provider is told why that opens nothing else.
#[tokio::test]
async fn tn_01_who_is_signed_in_to_another_tenant_alone_is_told_why_they_are_asked() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let nobody = Upstream { email: None, ..Upstream::named("nils") };
    let mut nils = world.browser();
    nils.opens(&world.acme).await;
    assert!(!nils.has("signed-in-elsewhere"), "the control: nobody is signed in here");
    nils.comes_by("acme.corp", &world.contoso, nobody).await.is("/join").submits("allow", &[]).await;
    let told = "by corp, which opens Acme Library alone";
    nils.opens(&world.studio).await.is("/login").sees(told).sees("asks for a sign-in of its own");
    let csrf = nils.csrf();
    let wrong = nils.post(nils.url.to_string(), &[("csrf", &csrf), ("username", "no address")]).await;
    wrong.answers(422).sees(told);
    nils.opens(&world.id.url("/account")).await.is("/login").sees(told);
    // Nobody else's browser says so; nor does this one, of a session that opens where it leads.
    let mut eve = world.browser();
    eve.opens(&world.studio).await.is("/login");
    assert!(!eve.has("signed-in-elsewhere"));
    world.passes(crate::harness::DAY);
    nils.opens(&world.acme).await.is("/login");
    assert!(!nils.has("signed-in-elsewhere"), "it has run out");
}
