//! Forms that another site fills in.

use tenant::members::MemberState;

use crate::harness::{World, multipart};
use crate::platform::routes::{TENANT_ROUTES, routes};

/// What comes signed instead, by no browser; and a file that is not read before its job is found.
const OTHERS: &[&str] = &["/backchannel-logout", "/jobs/{id}/subjects"];

#[tokio::test]
async fn web_01_no_form_is_taken_without_the_word_that_its_page_carries() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let id = admin.opens(&world.acme.url("/members")).await.follows(&mina.name()).await;
    let id = id.url.path().rsplit('/').next().unwrap().to_owned();
    let forms: Vec<String> =
        routes(TENANT_ROUTES).into_iter().filter(|(method, _)| method == "POST").map(|(_, path)| path).collect();
    let (mut seen, before) = (0, world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry").await);
    for path in forms.iter().filter(|path| !OTHERS.contains(&path.as_str()) && !path.starts_with("/api/")) {
        let at = path.replace("{id}", &id).replace("{deed}", "lock").replace("{what}", "start");
        let at = at.replace("{version}", "1").replace("{key}", "corp");
        for fields in [&[][..], &[("csrf", "")], &[("csrf", "made-up")]] {
            let mut page = admin.post(&world.acme.url(&at), fields).await;
            if page.status == 415 {
                // A form with a file, which is never empty.
                if fields.is_empty() {
                    continue;
                }
                let form =
                    multipart(&fields.iter().map(|(name, word)| (*name, None, word.as_bytes())).collect::<Vec<_>>());
                page = admin.post_file(world.acme.url(&at), &form).await;
            }
            assert_eq!(page.status, 403, "POST {path} {fields:?}: {}", page.text());
        }
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry").await, before);
    // The control.
    admin.opens(&world.acme.url(&format!("/members/{id}"))).await.submits("lock", &[]).await;
    let locked = "SELECT COUNT(*) FROM member WHERE locked";
    assert_eq!(world.tenant_count(&world.acme, locked).await, 1);
}
