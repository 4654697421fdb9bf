//! WEB-16 on the pages of whoever administers: what members, their administrators and a blueprint say is text there.

use tenant::blueprint::Label;
use tenant::members::MemberState;

use crate::harness::{Page, Person, World, multipart};

/// Markup that would run, and says where it came from.
fn evil(from: &str) -> String {
    format!("<script>alert('{from}')</script>\"'><img src=x onerror=a>")
}

/// The same in a statement.
fn quoted(from: &str) -> String {
    format!("'{}'", evil(from).replace('\'', "''"))
}

/// Whether anything on the page is markup that did not come from us.
fn runs(page: &Page) -> bool {
    let raw = ["<script>", "<img src=x", "onerror=a>"].iter().any(|raw| page.body.contains(raw));
    raw || ["script:not([src])", "[onerror]", "[onclick]"].iter().any(|it| page.find(it, |_| ()).is_some())
}

/// A library that says it in the names of its roles, rights and states.
async fn library() -> World {
    World::with(|blueprint| {
        let label = |from: &str| Label { en: evil(from), de: evil(from) };
        let viewer = blueprint.roles.iter_mut().find(|role| role.key == "viewer").unwrap();
        (viewer.label, viewer.about) = (label("role"), label("about"));
        let right = viewer.permissions.first().unwrap().clone();
        blueprint.permissions.iter_mut().find(|it| it.key == right).unwrap().label = label("right");
        blueprint.lifecycle.labels.insert("locked".to_owned(), label("state"));
        blueprint.fields[0].label = label("field");
    })
    .await
}

async fn posts(who: &mut Person, world: &World, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = who.opens(&world.acme.url("/profile")).await.csrf();
    let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
    who.post(&world.acme.url(path), &fields).await
}

async fn id_of(who: &mut Person, world: &World, name: &str) -> String {
    who.opens(&world.acme.url("/members")).await.follows(name).await;
    who.url.path().rsplit('/').next().unwrap().to_owned()
}

/// Whoever is here gets such a name, and asks with such words.
async fn all_say_it(world: &World, admin: &Person) {
    for (column, from, whose) in [
        ("given_name", "member", "given_name IN ('Mina', 'Rex')".to_owned()),
        ("request_text", "request", "given_name = 'Wim'".to_owned()),
        ("given_name", "maker", format!("email = '{}'", admin.email)),
    ] {
        let sql = format!("UPDATE member SET {column} = {} WHERE {whose}", quoted(from));
        world.tenant_change(&world.acme, sql.leak()).await;
    }
}

/// What an administrator does with them: the addresses of what came of it.
async fn deeds(world: &World, admin: &mut Person, mina: &str, rex: &str) -> [String; 3] {
    let reason = evil("reason");
    posts(admin, world, &format!("/requests/{rex}/reject"), &[("reason", &reason)]).await.answers(303);
    posts(admin, world, &format!("/members/{mina}/lock"), &[]).await.answers(303);
    let kept = [("name", &*evil("view")), ("search", "isLocked:true"), ("columns", "")];
    posts(admin, world, "/members/views", &kept).await.answers(303);
    let file = b"email,given_name,family_name\r\nnora@elsewhere.test,Nora,New\r\n";
    let csrf = admin.opens(&world.acme.url("/profile")).await.csrf();
    let fields = multipart(&[("csrf", None, csrf.as_bytes()), ("file", Some("list.csv"), file)]);
    let import = admin.post_file(world.acme.url("/members/import"), &fields).await.location().unwrap();
    let named = format!("UPDATE import SET file_name = {}", quoted("file"));
    world.tenant_change(&world.acme, named.leak()).await;
    let roles = [("deed", "roles"), ("asked", "yes"), ("how", "remove"), ("role[]", "viewer"), ("member[]", mina)];
    let roles = posts(admin, world, "/jobs", &roles).await.location().unwrap();
    let reject = [("deed", "reject"), ("asked", "yes"), ("reason", &*reason), ("member[]", mina)];
    let reject = posts(admin, world, "/jobs", &reject).await.location().unwrap();
    world.settle().await;
    [import, roles, reject].map(|url| url.path().to_owned())
}

#[tokio::test]
async fn web_16_what_people_and_blueprints_say_is_text_on_the_pages_of_an_administration() {
    let world = library().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("rex", &world.acme, MemberState::ToReview, &[]).await;
    world.member("wim", &world.acme, MemberState::ToReview, &[]).await;
    let mina = id_of(&mut admin, &world, "Mina Doe").await;
    let (rex, wim) = (id_of(&mut admin, &world, "Rex Doe").await, id_of(&mut admin, &world, "Wim Doe").await);
    all_say_it(&world, &admin).await;
    let [import, roles_job, reject_job] = deeds(&world, &mut admin, &mina, &rex).await;
    let invited = [("given_name", "Ina"), ("family_name", "Doe"), ("email", "ina@people.test"), ("locale", "en")];
    let invited = posts(&mut admin, &world, "/members/invite", &invited).await.location().unwrap().path().to_owned();

    // Where each is read as words: the control that it is there at all.
    for (path, said) in [
        ("/jobs".to_owned(), &["maker"][..]),
        (roles_job, &["maker", "member", "role"]),
        (reject_job, &["maker", "member", "reason"]),
        ("/audit".to_owned(), &["maker", "member", "reason"]),
        (format!("/audit?member={mina}"), &["maker", "member"]),
        (format!("/members/{mina}/delete"), &["maker", "member"]),
        (format!("/members/{mina}/roles"), &["member", "role", "about"]),
        (format!("/members/{mina}"), &["member", "role", "about", "right", "state", "field"]),
        (format!("/members/{rex}"), &["member", "reason"]),
        (format!("/members/states?member={mina}"), &["member", "state"]),
        (
            "/members?role=viewer&columns=state+authorization+locked+roles+field.telephone".to_owned(),
            &["role", "state", "view"],
        ),
        ("/roles".to_owned(), &["role", "about", "right"]),
        (format!("/requests/{wim}"), &["request", "role", "about"]),
        // The ledger.
        (invited, &["maker"]),
        (import, &["file"]),
        ("/members/import".to_owned(), &["file"]),
        ("/settings/fields".to_owned(), &["field"]),
        ("/help".to_owned(), &["maker"]),
        ("/".to_owned(), &["maker"]),
    ] {
        for language in ["en", "de"] {
            let joint = if path.contains('?') { '&' } else { '?' };
            admin.opens(&world.acme.url(&format!("{path}{joint}ui_locales={language}"))).await.answers(200);
            assert!(!runs(&admin), "{path}: {}", admin.body);
            for from in said {
                assert!(admin.text().contains(&evil(from)), "{from} is not on {path}: {:?}", admin.page);
            }
        }
    }
    let ask = posts(&mut admin, &world, "/jobs", &[("deed", "roles"), ("member[]", &mina)]).await;
    assert!(!runs(&ask) && ask.text().contains(&evil("role")));
    // A file is no page, whatever stands in it.
    for file in ["/audit/export.csv", "/members/export.csv"] {
        let file = admin.get(world.acme.url(file)).await;
        assert!(file.header("content-type").starts_with("text/csv") && file.body.contains("<script>alert('"));
        assert!(file.header("content-disposition").starts_with("attachment"), "{file:?}");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }
    // The control of the control: as markup, it would be seen.
    let raw = Page { body: format!("<p>{}</p>", evil("x")), ..admin.page.clone() };
    assert!(runs(&raw));
}
