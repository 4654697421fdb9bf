//! A tenant's own terms: written, read by everyone, accepted by members, asked again when they change.

use reqwest::Method;
use scraper::ElementRef;
use tenant::members::MemberState;
use url::Url;

use crate::harness::{HOUR, Page, Person, World, query};

/// An administrator publishes a text.
pub async fn publishes(admin: &mut Person, world: &World, kind: &str, body: &str, required: bool) {
    admin.opens(&world.acme.url(&format!("/settings/terms?kind={kind}"))).await;
    let csrf = admin.csrf();
    let after = admin.hidden("after");
    let mut form = vec![("csrf", &*csrf), ("kind", kind), ("after", &*after), ("body", body), ("address", "")];
    if required {
        form.push(("required", "1"));
    }
    admin.post(world.acme.url("/settings/terms"), &form).await.answers(303);
}

const ACCEPTANCES: &str = "SELECT COUNT(*) FROM terms_acceptance";

#[tokio::test]
async fn pp_19_new_terms_are_asked_before_anything_else_and_once() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.enters(&world.acme).await.sees("Viewer");
    publishes(&mut admin, &world, "terms", "# House rules\n\nBe kind.", true).await;
    let profile = world.acme.url("/profile");
    bob.opens(&profile).await.is("/accept").sees("House rules").sees("Be kind.").sees("Version 1");
    // A form that was open meanwhile is not done either.
    let csrf = bob.csrf();
    bob.post(world.acme.url("/message"), &[("csrf", &csrf), ("message", "x")]).await.answers(409);
    bob.submits("accept", &[]).await.is("/profile");
    assert_eq!(world.tenant_count(&world.acme, ACCEPTANCES).await, 1);
    bob.opens(&profile).await.is("/profile");
    // A change that need not be accepted asks nobody; one that must asks again.
    admin.submits_nothing_while_asked(&world).await;
    publishes(&mut admin, &world, "terms", "Be kind, please.", false).await;
    bob.opens(&profile).await.is("/profile");
    publishes(&mut admin, &world, "terms", "Be very kind.", true).await;
    publishes_privacy_too(&mut admin, &world).await;
    bob.opens(&profile).await.is("/accept").sees("Be very kind.").sees("Version 3").sees("We keep nothing.");
    bob.submits("accept", &[]).await.is("/profile");
    assert_eq!(
        world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry WHERE action = 'terms.published'").await,
        4
    );
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'terms.accepted'";
    assert_eq!(world.tenant_count(&world.acme, told).await, world.tenant_count(&world.acme, ACCEPTANCES).await);
}

async fn publishes_privacy_too(admin: &mut Person, world: &World) {
    admin.submits_nothing_while_asked(world).await;
    publishes(admin, world, "privacy", "We keep nothing.", true).await;
}

impl Person {
    /// Whoever publishes is asked like everybody.
    async fn submits_nothing_while_asked(&mut self, world: &World) {
        self.opens(&world.acme.url("/")).await;
        if self.page.has("accept") {
            self.submits("accept", &[]).await;
        }
    }
}

#[tokio::test]
async fn pp_19_acceptances_are_kept_shown_and_exported() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = world.member("=bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.enters(&world.acme).await;
    publishes(&mut admin, &world, "terms", "Be kind.", true).await;
    admin.submits_nothing_while_asked(&world).await;
    world.passes(HOUR);
    bob.opens(&world.acme).await.is("/accept").submits("accept", &[]).await;
    admin.opens(&world.acme.url("/members")).await.follows(&bob.name()).await;
    assert!(admin.text_of("accepted").contains("Terms of use, version 1"), "{:?}", admin.page);
    assert!(admin.text_of("timeline").contains("Accepted Terms of use, version 1"));
    let csv = admin.get(world.acme.url("/settings/terms/acceptances.csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.body.starts_with("member,name,email,kind,version,accepted_at\r\n"));
    assert!(csv.body.contains(",'=bob Doe,'=bob@people.test,terms,1,2025-"), "WEB-18: {}", csv.body);
    assert_eq!(csv.body.lines().count(), 3);
}

#[tokio::test]
async fn pp_19_everyone_reads_the_published_texts_and_older_versions() {
    let world = World::new().await;
    let mut anyone = world.browser();
    anyone.opens(&world.acme.url("/terms")).await.answers(404).sees("Nothing published yet");
    let mut admin = world.admin_of(&world.acme).await;
    publishes(&mut admin, &world, "terms", "First <script>alert(1)</script>", false).await;
    publishes(&mut admin, &world, "terms", "Second", false).await;
    anyone.opens(&world.acme.url("/terms")).await.answers(200).sees("Second").sees("Version 2").sees_not("First");
    anyone
        .opens(&world.acme.url("/terms?version=1"))
        .await
        .sees("First <script>alert(1)</script>")
        .sees("older version");
    assert!(!anyone.body.contains("<script>alert"), "WEB-16");
    for version in ["3", "0", "-1", "x", "99999999999999999999"] {
        anyone.opens(&world.acme.url(&format!("/terms?version={version}"))).await.answers(404);
    }
    // Linked at the foot of its pages, and another tenant's are others.
    admin.opens(&world.acme.url("/members")).await.follows("Terms").await.is("/terms");
    anyone.opens(&world.studio.url("/terms")).await.answers(404);
}

#[tokio::test]
async fn pp_19_only_who_may_writes_and_nobody_overwrites_unseen() {
    let world = World::new().await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["editor"]).await;
    let csrf = bob.enters(&world.acme).await.opens(&world.acme.url("/profile")).await.csrf();
    let form = [("csrf", &*csrf), ("kind", "terms"), ("after", "0"), ("body", "Mine"), ("address", "")];
    let url = world.acme.url("/settings/terms");
    bob.get(&url).await.answers(403);
    bob.post(&url, &form).await.answers(403);
    bob.get(world.acme.url("/settings/terms/acceptances.csv")).await.answers(403);
    let published = "SELECT COUNT(*) FROM terms_version";
    assert_eq!(world.tenant_count(&world.acme, published).await, 0);
    let mut admin = world.admin_of(&world.acme).await;
    let csrf = admin.opens(&url).await.csrf();
    let typed =
        |body, address| [("csrf", &*csrf), ("kind", "terms"), ("after", "0"), ("body", body), ("address", address)];
    for (body, address) in
        [("", ""), ("x", "https://acme.example"), ("", "javascript:alert(1)"), ("", "http://acme.example")]
    {
        admin.post(&url, &typed(body, address)).await.answers(422);
    }
    // A preview publishes nothing.
    let preview: Vec<_> = typed("Look", "").into_iter().chain([("preview", "1")]).collect();
    admin.post(&url, &preview).await.answers(200).sees("Look");
    assert_eq!(world.tenant_count(&world.acme, published).await, 0);
    // The control, and whoever had the page open at the same time.
    admin.post(&url, &typed("Ours", "")).await.answers(303);
    admin.post(&url, &typed("Theirs", "")).await.answers(409);
    assert_eq!(world.tenant_count(&world.acme, published).await, 1);
}

#[tokio::test]
async fn pp_19_who_does_not_accept_can_still_sign_out_or_leave() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut eve = world.member("eve", &world.acme, MemberState::ToReview, &[]).await;
    bob.enters(&world.acme).await;
    publishes(&mut admin, &world, "privacy", "We sell it all.", true).await;
    bob.opens(&world.acme).await.is("/accept").follows("Leave Acme Library").await.is("/leave");
    bob.submits("leave-now", &[]).await.is("/leave/done");
    // Who waits to come in is asked too.
    eve.enters(&world.acme).await.is("/accept").submits("sign-out", &[]).await.is("/signed-out");
    assert_eq!(world.tenant_count(&world.acme, ACCEPTANCES).await, 0);
}

/// Where the page that asks would lead back to.
fn back(page: &Page) -> String {
    let value = |field: ElementRef<'_>| field.value().attr("value").unwrap_or_default().to_owned();
    page.find("form[action='/accept'] input[name=return_to]", value).unwrap()
}

#[tokio::test]
async fn pp_19_accepting_leads_back_to_what_was_asked_for_and_nowhere_else() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.enters(&world.acme).await.sees("Viewer");
    let csrf = bob.csrf();
    publishes(&mut admin, &world, "terms", "Be kind.", true).await;
    // A page, with its query; signing in before that changes nothing.
    let mut elsewhere = bob.elsewhere(&world);
    elsewhere.enters(&world.acme.url("/profile?done=saved")).await.is("/accept");
    assert_eq!(back(&elsewhere), "/profile?done=saved");
    // A form that was open meanwhile: the page that it stood on.
    let url = |path: &str| -> Url { world.acme.url(path).parse().unwrap() };
    for (said, there) in [
        (world.acme.url("/profile?done=saved"), "/profile?done=saved"),
        ("https://evil.test//evil.test/".to_owned(), "/"),
        ("nonsense".to_owned(), "/"),
    ] {
        let body = format!("csrf={csrf}&message=x");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("referer", &*said)];
        let told = bob.send(Method::POST, url("/message"), &headers, Some(body)).await;
        assert_eq!(told.status, 409, "{told:?}");
        let next: Url = url("/").join(&told.link("Read them")).unwrap();
        assert_eq!((next.path(), query(&next, "return_to").as_deref()), ("/accept", Some(there)), "{said}");
    }
    // OA-06: neither the page nor the form leads to another origin.
    for evil in ["//evil.test", "/\\evil.test", "https://evil.test/", "javascript:alert(1)", "/%0a/evil.test\r\nx: y"] {
        let asked: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        bob.opens(&world.acme.url(&format!("/accept?return_to={asked}"))).await.is("/accept");
        assert_eq!(back(&bob), "/", "{evil}");
        let sent = bob.post(url("/accept"), &[("csrf", &csrf), ("return_to", evil)]).await;
        assert_eq!((sent.status, sent.location()), (303, Some(url("/"))), "{evil}");
    }
    assert_eq!(world.tenant_count(&world.acme, ACCEPTANCES).await, 0);
    // The control.
    bob.opens(&world.acme.url("/profile?done=saved")).await.submits("accept", &[]).await.is("/profile");
    assert_eq!(bob.url.query(), Some("done=saved"));
    bob.opens(&world.acme.url("/accept?return_to=/accept")).await.is("/");
}

#[tokio::test]
async fn pp_19_an_application_is_no_way_round_what_its_person_has_to_accept() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.gets(&world.acme, "/members", &token).await.done(200);
    publishes(&mut admin, &world, "terms", "Be kind.", true).await;
    let lock = format!("/members/{}/lock", uuid::Uuid::nil());
    for told in [
        world.gets(&world.acme, "/members", &token).await,
        world.posts(&world.acme, &lock, &token, &serde_json::json!({})).await,
    ] {
        assert_eq!(told.refuses(403, "terms_not_accepted").json()["accept_at"], world.acme.url("/accept"));
    }
    admin.opens(&world.acme).await.submits("accept", &[]).await;
    world.gets(&world.acme, "/members", &token).await.done(200);
}

#[tokio::test]
async fn pp_19_nobody_accepts_for_another_nor_what_does_not_exist() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    publishes(&mut admin, &world, "terms", "First.", true).await;
    admin.opens(&world.acme).await.submits("accept", &[]).await;
    publishes(&mut admin, &world, "terms", "Second.", true).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let csrf = bob.enters(&world.acme).await.is("/accept").csrf();
    let accept = world.acme.url("/accept");
    let count = async || world.tenant_count(&world.acme, ACCEPTANCES).await;
    // Another site sends the form, without the token and with somebody else's.
    let mut eve = world.member("eve", &world.acme, MemberState::Active, &["viewer"]).await;
    let foreign = eve.enters(&world.acme).await.csrf();
    for token in ["", &*foreign] {
        bob.post(&accept, &[("csrf", token), ("terms", "2")]).await.answers(403);
    }
    // Nobody who is signed in: a browser of this tenant without a session, and with the session of another tenant.
    let mut owner = world.admin_of(&world.studio).await;
    let there = owner.opens(&world.studio.url("/profile")).await.csrf();
    owner.post(world.studio.url("/accept"), &[("csrf", &there), ("terms", "2")]).await.answers(303);
    owner.post(&accept, &[("csrf", &there), ("terms", "2")]).await.answers(401);
    assert_eq!(count().await, 1, "the administrator's alone");
    assert_eq!(world.tenant_count(&world.studio, ACCEPTANCES).await, 0, "what is not there is not accepted");
    // Versions that do not exist, that are over, that are no numbers.
    for number in ["3", "0", "-1", "9223372036854775807"] {
        bob.post(&accept, &[("csrf", &csrf), ("terms", number)]).await.answers(303);
    }
    bob.post(&accept, &[("csrf", &csrf), ("terms", "x")]).await.answers(400);
    bob.post(&accept, &[("csrf", &csrf), ("terms", "2"), ("member", "x")]).await.answers(400);
    assert_eq!(count().await, 1);
    bob.post(&accept, &[("csrf", &csrf), ("terms", "1")]).await.answers(303);
    bob.opens(&world.acme).await.is("/accept").sees("Second.");
    // The control, twice: once is written down.
    for _ in 0..2 {
        bob.post(&accept, &[("csrf", &csrf), ("terms", "2")]).await.answers(303);
    }
    bob.opens(&world.acme).await.is("/");
    assert_eq!(count().await, 3);
}
