//! New members come by one provider (TP-04): how a tenant says so, and what inviting is then.

use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{Person, Place, World};

impl World {
    /// An administrator names the provider by which new members come.
    pub async fn names_for_newcomers(&self, admin: &mut Person, at: &Place, provider: &str) {
        admin.opens(&at.url("/settings/newcomers")).await;
        admin.submits("save-newcomers", &[("provider", provider)]).await.sees("Kept.");
    }

    /// An administrator invites an address, and nothing else; answers with the member's path.
    pub async fn invites_address(&self, admin: &mut Person, at: &Place, email: &str, roles: &[&str]) -> String {
        let csrf = admin.opens(&at.url("/members/invite")).await.csrf();
        let mut fields = vec![("csrf", csrf.as_str()), ("email", email), ("locale", "en"), ("send_now", "yes")];
        fields.extend(roles.iter().map(|role| ("role[]", *role)));
        let made = admin.post(at.url("/members/invite"), &fields).await;
        let page = made.location().unwrap_or_else(|| panic!("{made:?}"));
        admin.opens(page.as_str()).await.answers(200);
        page.path().to_owned()
    }
}

const BY_IT: &str = "SELECT COUNT(*) FROM member WHERE provider = 'acme.corp' AND authorization_state = 'invited'";

#[tokio::test]
async fn tp_04_the_page_asks_for_the_address_alone_and_the_mail_says_how_one_signs_in() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["editor"]).await;
    bob.enters(&world.acme).await.opens(&world.acme.url("/settings/newcomers")).await.answers(403);
    let csrf = bob.opens(&world.acme.url("/profile")).await.csrf();
    let forced = bob.post(world.acme.url("/settings/newcomers"), &[("csrf", &csrf), ("provider", &key)]).await;
    forced.answers(403);
    admin.opens(&world.acme.url("/members/invite")).await;
    assert!(admin.find("input[name=given_name]", |_| ()).is_some());

    admin.opens(&world.acme.url("/providers")).await.clicks("newcomers").await.is("/settings/newcomers");
    assert_eq!(admin.find("input[name=provider][value=platform][checked]", |_| ()), Some(()));
    let csrf = admin.csrf();
    for wrong in ["acme.none", "studio.corp", "No Key"] {
        let answer = admin.post(world.acme.url("/settings/newcomers"), &[("csrf", &csrf), ("provider", wrong)]).await;
        assert_eq!(answer.status, 409, "{wrong}: {answer:?}");
    }
    admin.post(world.acme.url("/settings/newcomers"), &[("csrf", &csrf)]).await.answers(422);
    world.names_for_newcomers(&mut admin, &world.acme, &key).await;
    assert_eq!(admin.find("input[name=provider][value='acme.corp'][checked]", |_| ()), Some(()));
    let said = "SELECT COUNT(*) FROM audit_entry WHERE action = 'newcomers.provider_set'";
    assert_eq!(world.tenant_count(&world.acme, said).await, 1);
    admin.opens(&world.acme.url("/audit")).await.sees("Chose how new members come in");
    // PP-06: it moves nobody.
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE provider IS NOT NULL").await, 0);

    admin.opens(&world.acme.url("/members/invite")).await.sees("They come in by corp");
    for absent in ["given_name", "family_name", "telephone"] {
        assert!(admin.find(&format!("input[name={absent}]"), |_| ()).is_none(), "{absent}");
    }
    let page = world.invites_address(&mut admin, &world.acme, "mina@people.test", &["editor"]).await;
    admin.sees("mina@people.test").sees("Editor");
    assert_eq!(admin.text_of("provider"), "corp");
    assert_eq!(world.tenant_count(&world.acme, BY_IT).await, 1);
    world.settle().await;
    let mail = world.mails_to("mina@people.test").await.pop().unwrap().letter;
    assert!(mail.paragraphs[0].contains("You sign in there with corp, as mina@people.test"), "TP-07: {mail:?}");
    assert!(mail.paragraphs.iter().all(|text| !text.contains("account")), "{mail:?}");

    // Back again: the next one is asked for names, and whoever was invited before keeps what counted then.
    world.names_for_newcomers(&mut admin, &world.acme, "platform").await;
    admin.opens(&world.acme.url("/members/invite")).await;
    assert!(admin.find("input[name=given_name]", |_| ()).is_some());
    let nils = world.stranger("nils");
    world.invites(&mut admin, &world.acme, &nils, &[]).await;
    assert_eq!(world.tenant_count(&world.acme, BY_IT).await, 1);
    world.settle().await;
    let mail = world.mails_to(&nils.email).await.pop().unwrap().letter;
    assert!(mail.paragraphs[0].contains("account"), "the control: {mail:?}");
    admin.opens(&world.acme.url(&page)).await;
    assert_eq!(admin.text_of("provider"), "corp");
}

#[tokio::test]
async fn tp_04_the_api_says_so_too_and_whoever_may_not_says_nothing() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let at = "/newcomers";
    assert_eq!(world.gets(&world.acme, at, &token).await.done(200), json!({ "provider": "platform" }));
    let named = json!({ "provider": key });
    let bare = json!({ "email": "mina@people.test", "locale": "en" });
    world.posts(&world.acme, "/members", &token, &bare).await.refuses(422, "invalid_body");
    assert_eq!(world.posts(&world.acme, at, &token, &named).await.done(200)["changed"], true);
    assert_eq!(world.posts(&world.acme, at, &token, &named).await.done(200)["changed"], false);
    assert_eq!(world.gets(&world.acme, at, &token).await.done(200), named);
    world.posts(&world.acme, at, &token, &json!({ "provider": "studio.corp" })).await.refuses(409, "provider_unknown");
    let made = world.posts(&world.acme, "/members", &token, &bare).await.done(201);
    assert_eq!((&made["provider"], &made["state"]), (&key.as_str().into(), &"invited".into()));
    // A provider that opens nothing takes nobody in.
    world.posts(&world.acme, "/providers/acme.corp/disable", &token, &json!({})).await.done(200);
    let other = json!({ "email": "nils@people.test", "locale": "en" });
    world.posts(&world.acme, "/members", &token, &other).await.refuses(409, "provider_disabled");
    world.posts(&world.acme, at, &token, &json!({ "provider": "platform" })).await.done(200);
    world.posts(&world.acme, "/members", &token, &other).await.refuses(422, "invalid_body");
    let full = json!({ "email": "nils@people.test", "locale": "en", "given_name": "Nils", "family_name": "Doe" });
    assert_eq!(world.posts(&world.acme, "/members", &token, &full).await.done(201)["provider"], json!(null));

    let mut ed = world.member("ed", &world.acme, MemberState::Active, &["editor"]).await;
    ed.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "other-console", crate::api::acting).await;
    let theirs = rp.acts_for(&mut ed, &world.acme, &crate::api::everything()).await["access_token"].clone();
    let theirs = theirs.as_str().unwrap();
    world.posts(&world.acme, at, theirs, &named).await.refuses(403, "forbidden");
    let log = "SELECT COUNT(*) FROM audit_entry WHERE action = 'newcomers.provider_set'";
    assert_eq!(world.tenant_count(&world.acme, log).await, 2);
}

#[tokio::test]
async fn az_03_who_chose_the_provider_of_new_members_vouches_for_nobody_who_becomes_more_than_they_could_make_them() {
    const NEW: &str = "SELECT COUNT(*) FROM member WHERE authorization_state = 'invited'";
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut kim = world.admin_of(&world.acme).await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.names_for_newcomers(&mut kim, &world.acme, &key).await;
    // As if Kim were an editor who may set up providers: what she chose stands, and her rights are those of now.
    let less = "UPDATE member_role SET role = 'editor' WHERE member_id = (SELECT set_by FROM newcomer_policy)";
    world.tenant_change(&world.acme, less).await;
    let boss = |role: &str| json!({ "email": format!("{role}@people.test"), "locale": "en", "roles": [role] });
    let refused = world.posts(&world.acme, "/members", &token, &boss("administrator")).await;
    refused.refuses(409, "chosen_by_lesser");
    let csrf = admin.opens(&world.acme.url("/members/invite")).await.csrf();
    let fields = [("csrf", &*csrf), ("email", "boss@people.test"), ("locale", "en"), ("role[]", "administrator")];
    admin.post(world.acme.url("/members/invite"), &fields).await.answers(409).sees("choose the provider yourself");
    let file = "email,roles\nchief@people.test,administrator\nvera@people.test,viewer\n";
    let made = world.files(&world.acme, "/imports", &token, "text/csv", file).await.done(201);
    world.settle().await;
    let at = format!("/imports/{}", made["id"].as_str().unwrap());
    let looked = world.gets(&world.acme, &at, &token).await.done(200);
    assert_eq!((&looked["ahead"]["new"], &looked["ahead"]["wrong"]), (&json!(1), &json!(1)), "{looked}");
    let wrong = world.gets(&world.acme, &format!("{at}/lines?outcome=wrong"), &token).await.done(200);
    assert_eq!(wrong["lines"][0]["problem"]["code"], "chosen_by_lesser");
    assert_eq!(world.tenant_count(&world.acme, NEW).await, 0);
    // The control: what an editor could give; and, once an administrator stands for the provider, everything.
    world.posts(&world.acme, "/members", &token, &boss("viewer")).await.done(201);
    assert_eq!(
        world.posts(&world.acme, "/newcomers", &token, &json!({ "provider": key })).await.done(200)["changed"],
        true
    );
    let made = world.posts(&world.acme, "/members", &token, &boss("administrator")).await.done(201);
    assert_eq!(made["provider"], key.as_str());
    world.posts(&world.acme, &format!("{at}/start"), &token, &json!({})).await.done(200);
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, NEW).await, 4, "judged with the rights of that moment");
}
