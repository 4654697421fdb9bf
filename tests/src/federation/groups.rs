use evil_provider::{Evil, Person as Upstream, Trick};
use oidc::client::ClientKind;
use serde_json::{Value, json};
use tenant::members::MemberState;

use crate::harness::{Person, Place, World, text};

const MEMBER_OF: &str = "SELECT COUNT(*) FROM member_role WHERE role = 'editor'";

fn upstream(person: &Person, groups: &[&str]) -> Upstream {
    let name = person.given_name.to_lowercase();
    Upstream::named(&name).with_email(&person.email, true).in_groups(groups)
}

impl World {
    /// A member of a tenant who has proved once that an identity at its provider is theirs.
    async fn federated(&self, name: &str, of: &Place, key: &str, evil: &Evil, roles: &[&str]) -> Person {
        let member = self.member(name, of, MemberState::Active, roles).await;
        let mut browser = member.elsewhere(self);
        browser.opens(of).await.comes_by(key, evil, upstream(&member, &[])).await.is("/link");
        browser.submits("link", &[("password", &member.password)]).await.is("/");
        member
    }

    /// They come by it, in a browser that nobody has used; these are their groups now.
    async fn comes(&self, who: &Person, of: &Place, key: &str, evil: &Evil, groups: &[&str]) -> Person {
        let mut browser = who.elsewhere(self);
        browser.opens(of).await.comes_by(key, evil, upstream(who, groups)).await;
        browser
    }
}

/// An administrator lets a group give a role, on the page.
async fn maps(admin: &mut Person, at: &Place, key: &str, group: &str, role: &str) {
    admin.opens(&at.url(&format!("/providers/{key}/groups"))).await;
    admin.submits("add-group", &[("group", group), ("role", role)]).await;
}

#[tokio::test]
async fn id_04_roles_follow_the_groups_of_a_provider_and_what_a_hand_gave_stays() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mina = world.federated("mina", &world.acme, &key, &world.contoso, &["viewer"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    admin.opens(&world.acme.url("/roles")).await.clicks("groups-acme.corp").await.sees("No group gives a role yet");
    admin.submits("add-group", &[("group", " "), ("role", "editor")]).await.answers(422);
    maps(&mut admin, &world.acme, &key, "staff", "editor").await;
    admin.sees("Saved").sees("staff").sees("Gives the role");
    maps(&mut admin, &world.acme, &key, "staff", "viewer").await;
    world.settle().await;
    let mut her = world.comes(&mina, &world.acme, &key, &world.contoso, &["staff", "secret project"]).await;
    her.is("/").sees("Editor").sees("Viewer");
    // The identity server hears of it, as of any role.
    world.settle().await;
    let told = "SELECT roles FROM membership WHERE roles LIKE '%editor%'";
    assert_eq!(world.identity_texts(told).await, [r#"["editor","viewer"]"#]);
    // Her page says why, and no hand takes it away; the list, its file and the log know of it.
    admin.opens(&world.acme.url("/members?role=editor")).await.follows("mina Test").await;
    admin.sees("By group “staff” of corp").sees("can’t be taken away by hand").sees("Editor, by group “staff” of corp");
    admin.sees("Role Editor by group “staff” of corp.");
    let page = admin.url.to_string();
    admin.clicks("assign-roles").await.sees("can’t be taken away by hand");
    let csrf = admin.csrf();
    admin.post(format!("{page}/roles"), &[("csrf", &csrf), ("role[]", "viewer")]).await;
    assert_eq!(world.tenant_count(&world.acme, MEMBER_OF).await, 1, "set roles leaves it");
    let file = admin.get(world.acme.url("/members/export.csv?role=editor")).await;
    assert!(file.body.contains(&mina.email), "{}", file.body);
    admin.opens(&world.acme.url("/audit")).await.sees("Group “staff” of corp gives the role Editor");
    // In a session that goes on, with the rights of each moment: she comes elsewhere, without the group.
    let mut again = world.comes(&mina, &world.acme, &key, &world.contoso, &["secret project"]).await;
    again.is("/").sees("Viewer").sees_not("Editor");
    her.opens(&world.acme).await.is("/").sees_not("Editor");
    // By her password she comes without her groups.
    world.comes(&mina, &world.acme, &key, &world.contoso, &["staff"]).await.sees("Editor");
    let mut by_password = mina.elsewhere(&world);
    by_password.enters(&world.acme).await.is("/").sees_not("Editor");
    // What ends, ends at once.
    let mut her = world.comes(&mina, &world.acme, &key, &world.contoso, &["staff"]).await;
    her.sees("Editor");
    let csrf = admin.opens(&world.acme.url("/providers/acme.corp/groups")).await.csrf();
    let ended = [("csrf", &*csrf), ("group", "staff"), ("role", "editor")];
    admin.post(world.acme.url("/providers/acme.corp/groups/remove"), &ended).await.answers(303);
    her.opens(&world.acme).await.is("/").sees_not("Editor").sees("Viewer");
    // What nobody asked for was never told.
    let heard = "SELECT COUNT(*) FROM member_group WHERE group_name LIKE '%secret%'";
    assert_eq!(world.tenant_count(&world.acme, heard).await, 0);
}

#[tokio::test]
async fn pp_01_the_api_says_which_group_gives_a_right() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mina = world.federated("mina", &world.acme, &key, &world.contoso, &["viewer"]).await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    for role in ["editor", "viewer"] {
        maps(&mut admin, &world.acme, &key, "staff", role).await;
    }
    world.settle().await;
    world.comes(&mina, &world.acme, &key, &world.contoso, &["staff"]).await.is("/");
    let id = world.id_by_api(&world.acme, "mina", &token).await;
    let rights = world.gets(&world.acme, &format!("/members/{id}/rights"), &token).await.done(200);
    let view = rights["rights"].as_array().unwrap().iter().find(|one| one["permission"] == "assets.view").unwrap();
    let told: Vec<_> = view["through"].as_array().unwrap().iter().map(|one| (&one["role"], &one["by_hand"])).collect();
    let (editor, viewer) = (json!("editor"), json!("viewer"));
    assert_eq!(told, [(&editor, &json!(false)), (&viewer, &json!(true))]);
    for through in view["through"].as_array().unwrap() {
        assert_eq!(through["groups"], json!([{ "group": "staff", "provider": "acme.corp" }]), "{through}");
    }
}

#[tokio::test]
async fn az_01_nobody_maps_a_role_that_they_could_not_give() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let at = world.acme.url("/providers/acme.corp/groups");
    // Who manages no roles has no such page.
    let mut editor = world.member("ed", &world.acme, MemberState::Active, &["editor"]).await;
    let csrf = editor.enters(&world.acme).await.opens(&world.acme.url("/profile")).await.csrf();
    editor.get(&at).await.answers(403);
    for path in [at.clone(), format!("{at}/remove")] {
        editor.post(&path, &[("csrf", &csrf), ("group", "staff"), ("role", "viewer")]).await.answers(403);
    }
    // What manages people is confirmed by itself, on a page and by the API.
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    maps(&mut admin, &world.acme, &key, "bosses", "administrator").await;
    admin.sees("This role manages people").sees("decides who manages people here");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM group_role").await, 0);
    admin.submits("confirm", &[]).await.sees("Saved").sees("bosses");
    let body = json!({ "group": "chiefs", "role": "administrator" });
    let asked = world.posts(&world.acme, "/providers/acme.corp/groups", &token, &body).await;
    assert_eq!((asked.status, text(&asked.json(), "code").as_str()), (409, "needs_confirmation"));
    let body = json!({ "group": "chiefs", "role": "administrator", "confirm": true });
    let done = world.posts(&world.acme, "/providers/acme.corp/groups", &token, &body).await.done(200);
    assert_eq!((done["changed"].clone(), done["groups"].as_array().unwrap().len()), (json!(true), 2));
    for (body, status) in [
        (json!({ "group": "a", "role": "king" }), 422),
        (json!({ "group": "", "role": "viewer" }), 422),
        (json!({ "group": "x".repeat(201), "role": "viewer" }), 422),
        (json!({ "group": "a", "role": "viewer", "made_by": "me" }), 422),
        (json!({ "group": "a" }), 422),
    ] {
        let refused = world.posts(&world.acme, "/providers/acme.corp/groups", &token, &body).await;
        assert_eq!(refused.status, status, "{body}");
    }
    let body = json!({ "group": "chiefs", "role": "administrator" });
    world.posts(&world.acme, "/providers/acme.corp/groups/remove", &token, &body).await.done(200);
    assert_eq!(world.posts(&world.acme, "/providers/acme.corp/groups/remove", &token, &body).await.status, 404);
    // Whoever has mapped is demoted later: what they mapped rests, and says why.
    let mut bea = world.member("bea", &world.acme, MemberState::Active, &["administrator"]).await;
    bea.enters(&world.acme).await;
    maps(&mut bea, &world.acme, &key, "press", "editor").await;
    world.settle().await;
    let mina = world.federated("mina", &world.acme, &key, &world.contoso, &[]).await;
    world.comes(&mina, &world.acme, &key, &world.contoso, &["press"]).await.sees("Editor");
    let id = world.id_by_api(&world.acme, "bea", &token).await;
    let body = json!({ "roles": ["administrator"], "how": "remove" });
    world.posts(&world.acme, &format!("/members/{id}/roles"), &token, &body).await.done(200);
    admin.opens(&at).await.sees("Rests").sees("may not give this role by hand any more");
    let listed = world.gets(&world.acme, "/providers/acme.corp/groups", &token).await.done(200);
    let rests: Vec<&Value> = listed["groups"].as_array().unwrap().iter().map(|it| &it["rests"]).collect();
    assert_eq!(rests, [&Value::Null, &json!("maker_lacks")]);
    world.comes(&mina, &world.acme, &key, &world.contoso, &["press"]).await.is("/").sees_not("Editor");
    assert_eq!(world.tenant_count(&world.acme, MEMBER_OF).await, 1, "the editor by hand");
}

#[tokio::test]
async fn tn_01_a_tenant_hears_of_the_groups_that_it_asked_for_and_of_no_others() {
    let world = World::new().await;
    let key = world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    world.own_provider(&world.studio, "corp", &world.evil, &[]).await;
    let mut mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&mina, &world.studio, MemberState::Active, &["member"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    maps(&mut admin, &world.acme, &key, "staff", "editor").await;
    world.settle().await;
    world.contoso.has(upstream(&mina, &["staff", "secret project"]));
    mina.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await.submits("link-contoso", &[]).await;
    let mut browser = world.comes(&mina, &world.acme, &key, &world.contoso, &["staff", "secret project"]).await;
    browser.is("/").sees("Editor");
    let told = async |browser: &mut Person, place: &Place, id: &'static str, kind: ClientKind| {
        let rp = world.client_at(place, id, |client| client.kind = kind).await;
        let tokens = rp.tokens(browser).await;
        rp.userinfo(tokens["access_token"].as_str().unwrap()).await.json()["upstream_groups"].clone()
    };
    let acme = told(&mut browser, &world.acme, "acme-too", ClientKind::TenantInstance).await;
    assert_eq!((&acme["idp"], &acme["names"]), (&json!("contoso"), &json!(["staff"])));
    let other = told(&mut browser, &world.studio, "studio-too", ClientKind::TenantInstance).await;
    assert_eq!(other, Value::Null, "it has mapped nothing");
    let application = told(&mut browser, &world.acme, "acme-app", ClientKind::TenantApplication).await;
    assert_eq!(application, Value::Null, "for the instance alone");
    // Another tenant's provider is none: on the page, by the API, and where groups are asked for.
    let csrf = admin.opens(&world.acme.url("/profile")).await.csrf();
    for provider in ["studio.corp", "studio.none", "none"] {
        let at = world.acme.url(&format!("/providers/{provider}/groups"));
        admin.get(&at).await.answers(404);
        admin.post(&at, &[("csrf", &csrf), ("group", "a"), ("role", "viewer")]).await.answers(404);
        admin.post(format!("{at}/remove"), &[("csrf", &csrf), ("group", "a"), ("role", "viewer")]).await.answers(404);
    }
    let rp = world.client_at(&world.acme, "machine", |client| {
        client.kind = ClientKind::TenantInstance;
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes = vec!["members".to_owned()];
    });
    let token = rp.await.token(&[("grant_type", "client_credentials")]).await.json();
    let token = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let ask = async |provider: &str, version: i64, groups: Vec<String>| {
        let body = json!({ "provider": provider, "version": version, "groups": groups }).to_string();
        let request = world.net.http.post(world.id.url("/api/v1/tenant/groups")).header("authorization", &token);
        request.header("content-type", "application/json").body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!((ask("studio.corp", 1, vec![]).await, ask("studio.none", 1, vec![]).await), (404, 404));
    assert_eq!(ask("contoso", 1, vec!["everything".into()]).await, 200, "an older list");
    assert_eq!(world.identity_texts("SELECT names FROM asked_groups").await, [r#"["staff"]"#], "changes nothing");
    assert_eq!(ask("contoso", i64::MAX, vec!["x".into(); 201]).await, 413);
    assert_eq!(ask("contoso", i64::MAX, vec!["x".repeat(201)]).await, 422);
}

#[tokio::test]
async fn ph_05_groups_that_are_no_groups_give_nothing_and_the_log_says_so() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.evil, &["people.test"]).await;
    let mina = world.federated("mina", &world.acme, &key, &world.evil, &[]).await;
    let mut admin = world.admin_of(&world.acme).await;
    maps(&mut admin, &world.acme, &key, "staff", "editor").await;
    world.settle().await;
    let claiming = |groups: Value| {
        let mut who = upstream(&mina, &[]);
        who.more.insert("groups".to_owned(), groups);
        who
    };
    let many: Vec<String> = (0..5_000).map(|n| format!("g{n}")).chain(["staff".to_owned()]).collect();
    for (groups, said) in [
        (json!(7), "is no list"),
        (json!({ "staff": true }), "is no list"),
        (json!([["staff"], { "staff": "staff" }, 7, "Staff", "staff "]), "3 were left out"),
        (json!(many), "4,801 were left out"),
    ] {
        let mut browser = mina.elsewhere(&world);
        browser.opens(&world.acme).await.comes_by(&key, &world.evil, claiming(groups.clone())).await.is("/");
        assert_eq!(world.tenant_count(&world.acme, MEMBER_OF).await, 0, "{said}");
        admin.opens(&world.acme.url("/audit")).await.sees(said);
    }
    // Ten thousand are more than anybody reads; what UserInfo says of somebody else is nobody's word.
    let many: Vec<String> = (0..10_000).map(|n| format!("g{n}")).collect();
    let mut browser = mina.elsewhere(&world);
    browser.opens(&world.acme).await.comes_by(&key, &world.evil, claiming(json!(many))).await;
    assert!(browser.page.status >= 400, "{:?}", browser.page);
    world.evil.plays(Trick::UserInfoSub);
    let mut browser = mina.elsewhere(&world);
    browser.opens(&world.acme).await.comes_by(&key, &world.evil, claiming(json!(["staff"]))).await;
    assert!(browser.page.status >= 400, "{:?}", browser.page);
    assert_eq!(world.tenant_count(&world.acme, MEMBER_OF).await, 0);
    // The control: one text is one group.
    world.evil.behaves();
    let mut browser = mina.elsewhere(&world);
    browser.opens(&world.acme).await.comes_by(&key, &world.evil, claiming(json!("staff"))).await.is("/").sees("Editor");
}

#[tokio::test]
async fn sw_01_groups_of_the_provider_that_a_member_was_switched_from_end_with_it() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mina = world.federated("mina", &world.acme, &key, &world.contoso, &["viewer"]).await;
    let mut admin = world.admin_of(&world.acme).await;
    maps(&mut admin, &world.acme, &key, "staff", "editor").await;
    world.settle().await;
    world.comes(&mina, &world.acme, &key, &world.contoso, &["staff"]).await.sees("Editor");
    admin.opens(&world.acme.url("/members")).await.follows("mina Test").await;
    admin.clicks("switch-provider").await.submits("look", &[("provider", &key)]).await.submits("switch", &[]).await;
    assert_eq!(world.tenant_count(&world.acme, MEMBER_OF).await, 0, "at once");
    world.settle().await;
    world.comes(&mina, &world.acme, &key, &world.contoso, &["staff"]).await.is("/").sees("Editor");
    admin.clicks("switch-provider").await.submits("look", &[("provider", "platform")]).await;
    admin.submits("switch", &[]).await;
    assert_eq!(world.tenant_count(&world.acme, MEMBER_OF).await, 0);
}
