use ambient::content_hash;
use audit::Actor;
use identity::clients::ClientRowId;
use identity::tenants;
use tenant::members::MemberState;

use crate::harness::{HOUR, Place, World, multipart};

const UPLOAD: &str = "/admin/tenants/acme/logo";
const BRANDING: &str = "/admin/tenants/acme/branding";

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    [&u32::try_from(data.len()).unwrap().to_be_bytes(), kind, data, b"crc!"].concat()
}

/// A picture as far as its frame goes: nothing here draws it.
fn a_png(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")].concat();
    [b"\x89PNG\r\n\x1a\n", &chunks[..]].concat()
}

impl World {
    /// A place has the picture, as what it is and as nothing else (WEB-16).
    async fn shows_picture(&self, place: &Place, bytes: &[u8]) {
        let url = place.url(&format!("/brand/{}", content_hash(bytes)));
        let answer = self.net.http.get(&url).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{url}");
        for (name, value) in [
            ("content-type", "image/png"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "public, max-age=31536000, immutable"),
        ] {
            assert_eq!(answer.headers()[name], value, "{url}");
        }
        assert_eq!(answer.bytes().await.unwrap(), bytes);
    }

    async fn has_no_picture(&self, place: &Place, bytes: &[u8]) {
        let url = place.url(&format!("/brand/{}", content_hash(bytes)));
        assert_eq!(self.net.http.get(&url).send().await.unwrap().status().as_u16(), 404, "{url}");
    }
}

#[tokio::test]
async fn pp_19_a_tenants_logo_shows_on_its_own_pages_and_on_ours_until_it_is_removed() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let logo = a_png(64, 32);
    let picture = format!("<img src=\"/brand/{}\" alt=\"\">", content_hash(&logo));
    tove.opens(&world.id.url(BRANDING)).await.uploads("upload-logo", &logo).await;
    tove.is(BRANDING).answers(200).sees("The logo is changed");
    assert!(tove.body.contains(&picture));
    // On ours at once, on the way into the tenant and in the list of one's instances.
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.opens(&world.acme).await.is("/login");
    assert!(alice.body.contains(&picture) && alice.header("content-security-policy").contains("img-src 'self'"));
    world.shows_picture(&world.id, &logo).await;
    // On its own with the next renewal of the lease, from its own origin; nowhere else.
    alice.proves_who_they_are().await.is("/");
    assert!(!alice.body.contains("/brand/"));
    world.has_no_picture(&world.acme, &logo).await;
    world.tenants.renew_leases().await.unwrap();
    alice.opens(&world.acme).await.answers(200);
    assert!(alice.body.contains(&picture) && alice.header("content-security-policy").contains("img-src 'self'"));
    world.shows_picture(&world.acme, &logo).await;
    world.has_no_picture(&world.studio, &logo).await;
    alice.opens(&world.id.url("/account/instances")).await.answers(200);
    assert!(alice.body.contains(&picture));
    // Another picture takes its place.
    let other = a_png(48, 48);
    tove.opens(&world.id.url(BRANDING)).await.uploads("upload-logo", &other).await.answers(200);
    world.tenants.renew_leases().await.unwrap();
    world.shows_picture(&world.acme, &other).await;
    world.has_no_picture(&world.acme, &logo).await;
    world.has_no_picture(&world.id, &logo).await;
    // Taken away: the icon is the logo again, and nothing of the picture is kept.
    tove.opens(&world.id.url(BRANDING)).await.submits("remove-logo", &[]).await.sees("The icon is the logo again");
    assert!(!tove.body.contains("/brand/") && !tove.has("remove-logo"));
    world.tenants.renew_leases().await.unwrap();
    assert!(!alice.opens(&world.acme).await.answers(200).body.contains("/brand/"));
    world.has_no_picture(&world.acme, &other).await;
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant_logo").await, 0);
    assert_eq!((world.audited("tenant.logo_changed").await, world.audited("tenant.logo_removed").await), (2, 1));
}

#[tokio::test]
async fn web_16_a_logo_is_a_picture_by_its_own_bytes_whatever_is_said_of_it() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let png = a_png(9, 9);
    let html = b"<!doctype html><script>alert(1)</script>";
    for (bytes, says) in [
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec(),
            "SVG files can hold scripts",
        ),
        ([html, &png[..]].concat(), "This is no PNG"),
        (b"GIF89a".to_vec(), "This is no PNG"),
        (png[..png.len() - 12].to_vec(), "cut off or damaged"),
        ([&png[..], html].concat(), "cut off or damaged"),
        (a_png(2_001, 9), "more than 2000 pixels"),
        ([&png[..], &vec![0; 200_000]].concat(), "more than 200 kB"),
        (Vec::new(), "Choose a picture"),
    ] {
        tove.opens(&world.id.url(BRANDING)).await.uploads("upload-logo", &bytes).await;
        tove.answers(422).sees(says);
        assert!(!tove.body.contains("<script>"), "{says}");
    }
    tove.opens(&world.id.url(BRANDING)).await.uploads("upload-logo", &vec![0; 5_000_000]).await.answers(413);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant_logo").await, 0);
    assert_eq!(world.audited("tenant.logo_changed").await, 0);
    tove.opens(&world.id.url(BRANDING))
        .await
        .uploads("upload-logo", &png)
        .await
        .answers(200)
        .sees("The logo is changed");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant_logo").await, 1);
}

#[tokio::test]
async fn az_01_an_upload_needs_the_pages_token_first_and_a_platform_administrator() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let mut olaf = world.platform_admin("olaf").await;
    let (mine, theirs) =
        (tove.opens(&world.id.url(BRANDING)).await.csrf(), olaf.opens(&world.id.url(BRANDING)).await.csrf());
    let png = a_png(9, 9);
    let file = ("file", Some("logo.png"), &png[..]);
    let token = |token: &'static str| ("csrf", None, token.as_bytes());
    let (mine, theirs) = (("csrf", None, mine.as_bytes()), ("csrf", None, theirs.as_bytes()));
    for (fields, status) in [
        (vec![file], 403),
        (vec![token("nonsense"), file], 403),
        (vec![theirs, file], 403),
        (vec![file, mine], 403),
        (vec![mine], 400),
        (vec![mine, file, file], 400),
        (vec![mine, mine, file], 400),
        (vec![mine, ("tenant", None, b"studio"), file], 400),
    ] {
        tove.post_file(world.id.url(UPLOAD), &multipart(&fields)).await.answers(status);
    }
    tove.post(world.id.url(UPLOAD), &[("csrf", "x")]).await.answers(415);
    // A tenant's own administrator finds nothing here.
    let mut admin = world.admin_of(&world.acme).await;
    let csrf = admin.opens(&world.id.url("/account")).await.csrf();
    admin.post_file(world.id.url(UPLOAD), &multipart(&[("csrf", None, csrf.as_bytes()), file])).await.answers(404);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant_logo").await, 0);
    tove.post_file(world.id.url(UPLOAD), &multipart(&[mine, file])).await.answers(303);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant_logo").await, 1);
    // IN-05: an old proof is not enough.
    world.passes(HOUR);
    tove.post_file(world.id.url(UPLOAD), &multipart(&[mine, file])).await.answers(401);
}

#[tokio::test]
async fn tn_03_a_logo_is_told_to_the_tenants_own_server_alone_and_to_one_that_enrols_later() {
    let world = World::new().await;
    let identity = world.identity.identity();
    let (acme, logo) = (world.tenant_id("acme").await, a_png(9, 9));
    tenants::set_logo(identity, Actor::Operator, acme, logo.clone()).await.unwrap().unwrap();
    let hash = content_hash(&logo);
    let url = world.id.url(&format!("/api/v1/tenant-servers/logos/{hash}"));
    assert_eq!(world.net.http.get(&url).send().await.unwrap().status().as_u16(), 401);
    let nonsense = world.net.http.get(&url).header("authorization", "Bearer nonsense");
    assert_eq!(nonsense.send().await.unwrap().status().as_u16(), 401);
    let stranger = ClientRowId(world.ambient.row_id());
    let mut conn = identity.store.read().await.unwrap();
    assert!(tenants::logo_for(&mut conn, stranger, &hash).await.unwrap().is_none());
    drop(conn);
    // Enrolled anew, before any lease has told of it.
    let code = tenants::new_code(identity, Actor::Operator, acme).await.unwrap();
    let request = serde_json::to_value(world.tenants.enrolment("acme", &code).unwrap()).unwrap();
    let enrolled = tenants::enrol(identity, serde_json::from_value(request).unwrap()).await.unwrap().unwrap();
    let answer = serde_json::to_value(enrolled).unwrap();
    world.tenants.adopt(serde_json::from_value(answer).unwrap(), None).await.unwrap();
    world.has_no_picture(&world.acme, &logo).await;
    world.tenants.renew_leases().await.unwrap();
    world.shows_picture(&world.acme, &logo).await;
    // It goes with the tenant.
    tenants::delete(identity, Actor::Operator, acme).await.unwrap();
    while tenants::end_some(identity).await.unwrap() {}
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM tenant_logo").await, 0);
    world.tenants.renew_leases().await.unwrap();
    world.has_no_picture(&world.acme, &logo).await;
}
