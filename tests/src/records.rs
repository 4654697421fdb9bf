//! What was done, in the audit log's page and file, and the page of service accounts.

mod sentences;
mod services;

use tenant::members::MemberState;

use crate::harness::{DAY, Person, World};

#[tokio::test]
async fn pp_17_who_did_what_when_is_told_narrowed_and_taken_along() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut second = world.admin_of(&world.acme).await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("nils", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows("Mina Doe").await;
    let mina = admin.url.path().rsplit('/').next().unwrap().to_owned();
    admin.submits("lock", &[]).await.sees("Locked");
    world.passes(2 * DAY);
    second.enters(&world.acme).await;
    second.opens(&world.acme.url("/members")).await.follows("Nils Doe").await.submits("lock", &[]).await;
    let (by, other) = (admin.name(), second.name());

    let log = async |person: &mut crate::harness::Person, query: &str| {
        person.opens(&world.acme.url(&format!("/audit?{query}"))).await.answers(200);
        person.page.text_of("audit")
    };
    let all = log(&mut second, "").await;
    assert!(all.contains("Locked: Mina Doe") && all.contains("Locked: Nils Doe"), "{all}");
    assert!(all.find("Nils Doe").unwrap() < all.find("Mina Doe").unwrap(), "the newest first");
    let locked = log(&mut second, "action=member.locked").await;
    assert_eq!(locked.matches("Locked: ").count(), 2, "{locked}");
    assert!(!locked.contains("Signed in"));
    let of_mina = log(&mut second, &format!("member={mina}")).await;
    assert!(of_mina.contains(&by) && !of_mina.contains("Nils Doe"), "{of_mina}");
    let until = world.ambient.now().minus(DAY).day();
    let earlier = log(&mut second, &format!("action=member.locked&until={until}")).await;
    assert!(earlier.contains("Mina Doe") && !earlier.contains("Nils Doe"), "{earlier}");
    // A period: from that day on, of one kind or of one member, and in the file.
    let since = world.ambient.now().minus(DAY).day();
    let later = log(&mut second, &format!("action=member.locked&since={since}")).await;
    assert!(later.contains("Nils Doe") && !later.contains("Mina Doe"), "{later}");
    assert_eq!(second.page.attribute("since", "value"), since, "it stands in its field");
    let export = second.page.attribute("export", "href");
    let file = second.get(world.acme.url(&export)).await.body;
    assert_eq!(file.matches(",member.locked,").count(), 1, "{file}");
    assert!(!log(&mut second, &format!("member={mina}&since={since}")).await.contains("Locked"));
    assert_eq!(second.page.hidden("member"), mina, "another period of hers");
    assert!(log(&mut second, &format!("member={mina}&since={until}&until={since}")).await.contains("Nothing of that"));
    let file = second.get(world.acme.url(&format!("/audit/export.csv?member={mina}&since={since}"))).await.body;
    assert_eq!(file.lines().count(), 1, "{file}");
    second.opens(&world.acme.url("/audit?action=member.locked")).await.follows(&other).await;
    assert!(second.url.query().unwrap().starts_with("by="));
    let theirs = second.page.text_of("audit");
    assert!(theirs.contains("Nils Doe") && !theirs.contains("Mina Doe"), "{theirs}");
    log(&mut second, "before='&until=&action=").await;
    assert!(second.page.text().contains("Locked: Nils Doe"), "a place that is none is the beginning");

    let file = second.get(world.acme.url(&format!("/audit/export.csv?member={mina}"))).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines[0], "id,at,actor_kind,actor,action,target_kind,target,reference,detail,actor_member");
    assert!(lines[1..].iter().all(|line| line.contains(&mina)), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains(",member.locked,member,")), "{lines:?}");
    assert_eq!(log(&mut second, "action=audit.exported").await.matches("Took the audit log along").count(), 3);

    // Not for everybody who is in.
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["support"]).await;
    viewer.enters(&world.acme).await;
    for path in ["/audit", "/audit/export.csv"] {
        assert_eq!(viewer.get(world.acme.url(path)).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn web_18_a_filter_of_the_log_that_cannot_be_read_is_told_and_nothing_is_shown_by_the_rest() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows(&mina.name()).await.submits("lock", &[]).await;
    let id = admin.url.path().rsplit('/').next().unwrap().to_owned();
    let both = format!("member={id}&action=member.locked");
    for (query, at, told) in [
        ("action=nonsense&until=2999-01-01", "action-error", "“nonsense”. Understood would be one of this list."),
        ("action=member.locked&until=never", "until-error", "“never”. Understood would be a day, such as 2026-01-31."),
        ("action=member.locked&since=1.1.2026", "since-error", "“1.1.2026”. Understood would be a day"),
        ("member=%27+OR+1", "member-error", "“' OR 1”. Understood would be the ID of a member."),
        ("by=%00", "by-error", "Understood would be the ID of a member."),
        ("acton=member.locked", "filter-error", "acton"),
        (&*both, "action-error", "“member.locked” beside another."),
    ] {
        admin.opens(&world.acme.url(&format!("/audit?{query}"))).await.answers(400).sees("Nothing is shown");
        assert!(admin.text_of(at).contains(told), "{query}: {}", admin.text_of(at));
        assert!(!admin.text_of("audit").contains("Mina") && !admin.page.has("export"), "{query}");
        let file = admin.get(world.acme.url(&format!("/audit/export.csv?{query}"))).await;
        file.answers(400).sees(told);
        assert!(!file.body.contains("member.locked,member"), "{query}: no row is written");
    }
    // The filter stands there as it was typed, and what can be read is.
    admin.opens(&world.acme.url("/audit?action=nonsense")).await;
    let chosen = admin.page.find("#action option[selected]", |it| it.value().attr("value").unwrap().to_owned());
    assert_eq!(chosen.as_deref(), Some("nonsense"));
    admin
        .opens(&world.acme.url("/audit?action=member.locked&until=2999-01-01"))
        .await
        .answers(200)
        .sees("Locked: Mina Doe");
    admin.get(world.acme.url("/audit/export.csv?action=member.locked")).await.answers(200);
    let taken = "SELECT COUNT(*) FROM audit_entry WHERE action = 'audit.exported'";
    assert_eq!(world.tenant_count(&world.acme, taken).await, 1, "what was refused was not taken along");
}

#[tokio::test]
async fn pp_17_pages_of_the_log_lead_on() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for n in 0..60 {
        world.member(&format!("m{n}"), &world.acme, MemberState::Active, &[]).await;
    }
    admin.opens(&world.acme.url("/audit?action=member.seeded")).await;
    let first = admin.page.text_of("audit").matches("Added by the operator").count();
    admin.clicks("next-page").await;
    let second = admin.page.text_of("audit").matches("Added by the operator").count();
    assert_eq!((first, second, admin.has("next-page")), (50, 11, false));
}

#[tokio::test]
async fn pp_17_what_happened_to_a_member_leads_on_and_into_the_log() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows(&mina.name()).await;
    let page = admin.url.path().to_owned();
    for _ in 0..16 {
        admin.submits("lock", &[]).await.submits("unlock", &[]).await;
    }
    let events = |who: &Person| who.page.every("#timeline li", |_| ()).len();
    let mut support = world.member("sam", &world.acme, MemberState::Active, &["support"]).await;
    support.enters(&world.acme).await;
    for who in [&mut admin, &mut support] {
        who.opens(&world.acme.url(&page)).await;
        assert_eq!(events(who), 30);
        who.clicks("older").await.answers(200).sees("Added by the operator");
        assert_eq!((events(who), who.has("older")), (3, false));
    }
    assert!(!support.has("whole-log") && !support.has("own-log"), "only whoever may read it is led there");
    admin.clicks("whole-log").await.answers(200);
    assert_eq!(admin.page.text_of("audit").matches("Locked").count(), 16);
    let name = mina.name();
    admin.sees(&format!("About {name}"));
    admin.clicks("other-way").await.answers(200).sees(&format!("By {name}")).sees("Nothing of that kind");
    admin.opens(&world.acme.url(&page)).await.clicks("own-log").await.answers(200).sees(&format!("By {name}"));
}

#[tokio::test]
async fn pp_17_whoever_joins_or_is_in_reads_that_an_account_is_for_one() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.stranger("mina");
    world.invites(&mut admin, &world.acme, &mina, &["viewer"]).await;
    let link = world.invitation_link(&mina).await;
    mina.opens(&link).await.sees("The account is yours alone: whoever else needs one gets their own.");
    mina.makes_an_account().await.is("/");
    mina.opens(&world.acme.url("/profile")).await;
    assert!(mina.text_of("yours-alone").starts_with("Your account is for you alone"));
    let mut nils = world.sign_up("nils").await;
    let mut owner = world.admin_of(&world.studio).await;
    world.invites(&mut owner, &world.studio, &nils, &[]).await;
    let link = world.invitation_link(&nils).await;
    nils.opens(&link).await.sees("Your account is for you alone");
    let mut olga = world.account("olga").await;
    olga.enters(&world.acme).await.is("/join").sees("Your account is for you alone");
}

#[tokio::test]
async fn pp_28_a_system_is_let_in_by_the_page_and_is_locked_like_anybody() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    admin.opens(&world.acme.url("/service-accounts")).await.sees("No service accounts").sees("/api/v1");
    admin.submits("create", &[("name", " "), ("client_id", "robot")]).await.answers(422).sees("at most 80 characters");
    admin.submits("create", &[("name", "Payroll"), ("client_id", "ro bot")]).await.answers(422);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM service_account").await, 0);
    let new = [("name", "Payroll <b>"), ("client_id", "robot"), ("role[]", "viewer")];
    admin.submits("create", &new).await.sees("The service account is in.").sees("Payroll <b>").sees("Viewer");
    admin.submits("lock", &[]).await.sees("Locked");
    admin.opens(&world.acme.url("/service-accounts")).await.sees("Payroll <b>").sees("robot");
    admin.submits("create", &new).await.answers(422).sees("has a service account here already");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM service_account").await, 1);
    // Whoever gives roles gives what they hold.
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["support"]).await;
    viewer.enters(&world.acme).await;
    assert_eq!(viewer.get(world.acme.url("/service-accounts")).await.status, 403);
}
