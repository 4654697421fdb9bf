use axum::http::StatusCode;
use tenant::members::{MemberId, MemberState};

use super::browser::Browser;
use super::world::World;

/// Posts the selection, then what it is switched to: the job's address.
async fn makes_job(admin: &mut Browser, members: &[MemberId]) -> String {
    let page = admin.get("/members").await;
    assert!(page.has("#bulk-switch"));
    let mut fields = vec![("deed", "switch")];
    let ids: Vec<String> = members.iter().map(ToString::to_string).collect();
    fields.extend(ids.iter().map(|id| ("member[]", id.as_str())));
    let asked = admin.post("/jobs", &page, &fields).await;
    assert!(asked.has("input[value=contoso]") && asked.has("input[name='member[]']"), "{}", asked.body);
    fields.push(("asked", "yes"));
    assert_eq!(admin.post("/jobs", &asked, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "which one?");
    fields.push(("provider", "contoso"));
    admin.post("/jobs", &asked, &fields).await.sent_to().to_owned()
}

#[tokio::test]
async fn pp_06_id_03_many_are_sorted_switched_and_switched_back() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let bo = world.seed("acme", "bo", MemberState::Active, &["viewer"]).await;
    let lost = world.seed("acme", "lost", MemberState::Active, &["viewer"]).await;
    world.idp.tell(|told| {
        told.claimed = vec!["subject-of-bo".into()];
        told.unprovable = vec!["subject-of-lost".into()];
    });
    let job = makes_job(&mut ada, &[mina, bo, lost]).await;
    world.server.deliver_all().await.unwrap();
    let page = ada.get(&job).await;
    assert_eq!(page.text("#job-to").as_deref(), Some("Contoso"));
    let outcomes = page.text("#outcomes").unwrap().replace(' ', "");
    for said in ["1Willlink", "1Needsproof", "1Wouldlosethelastwayin"] {
        assert!(outcomes.contains(said), "{said}: {outcomes}");
    }
    assert!(page.text("#job-affects").unwrap().contains("2 of 3"));
    let only = ada.get(&format!("{job}?only=last_way_in")).await;
    assert!(only.text("#items").unwrap().contains("lost Test") && !only.body.contains("bo Test"));
    ada.post(&format!("{job}/start"), &page, &[]).await.sent_to();
    world.server.deliver_all().await.unwrap();
    assert_eq!(ada.get(&format!("/members/{mina}")).await.text("#provider").as_deref(), Some("Contoso"));
    assert_eq!(ada.get(&format!("/members/{lost}")).await.text("#provider").as_deref(), Some("Latchkey"));
    let told = world.idp.tell(|told| told.members.clone());
    let told: Vec<_> = told.iter().filter(|it| it["provider"] == "contoso").map(|it| it["subject"].clone()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    let page = ada.get(&job).await;
    let undo = ada.post(&format!("{job}/undo"), &page, &[]).await.sent_to().to_owned();
    world.server.deliver_all().await.unwrap();
    ada.post(&format!("{undo}/start"), &page, &[]).await.sent_to();
    world.server.deliver_all().await.unwrap();
    assert_eq!(ada.get(&format!("/members/{mina}")).await.text("#provider").as_deref(), Some("Latchkey"));
}

#[tokio::test]
async fn id_03_a_list_that_is_given_says_who_is_who_or_changes_nothing() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    let bo = world.seed("acme", "bo", MemberState::Active, &["viewer"]).await;
    let job = makes_job(&mut ada, &[mina, bo]).await;
    world.server.deliver_all().await.unwrap();
    let (at, page) = (format!("{job}/subjects"), ada.get(&job).await);
    assert!(page.has("#give-subjects") && !page.has("#has-subjects"));
    for (list, said) in [
        ("", "There is nothing in this list"),
        ("mina@people.example,one\nnonsense,two\n", "Line 2 is not"),
        ("mina@people.example,one\nbo@people.example,one\n", "Line 2 names"),
    ] {
        let refused = ada.post_file(&at, &page, list).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
    }
    assert!(ada.get(&job).await.text("#job-affects").unwrap().contains("2 of 2"), "nothing was changed");
    assert_eq!(ada.post_file(&at, &page, "email,subject\nmina@people.example,one\n").await.sent_to(), job);
    world.server.deliver_all().await.unwrap();
    let page = ada.get(&job).await;
    assert!(page.has("#has-subjects") && page.text("#job-affects").unwrap().contains("1 of 2"), "{}", page.body);
    ada.post(&format!("{job}/start"), &page, &[]).await.sent_to();
    world.server.deliver_all().await.unwrap();
    let told = world.idp.tell(|told| told.members.last().cloned().unwrap());
    assert_eq!((&told["subject"], &told["preset"]), (&"subject-of-mina".into(), &"one".into()));
    assert_eq!(ada.get(&format!("/members/{bo}")).await.text("#provider").as_deref(), Some("Latchkey"));
    assert_eq!(ada.post_file(&at, &page, "mina@people.example,two\n").await.status, StatusCode::CONFLICT, "too late");
}

#[tokio::test]
async fn sw_05_while_nobody_can_say_who_would_be_locked_out_a_job_waits() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    world.idp.tell(|told| told.deaf = true);
    let job = makes_job(&mut ada, &[mina]).await;
    world.server.deliver_all().await.unwrap();
    let page = ada.get(&job).await;
    assert_eq!(page.text("#job-state").as_deref(), Some("Asking"));
    assert!(!page.has("#start") && page.has("#cancel"));
    assert_eq!(ada.post(&format!("{job}/start"), &page, &[]).await.status, StatusCode::CONFLICT);
    world.idp.tell(|told| told.deaf = false);
    world.server.deliver_all().await.unwrap();
    assert!(ada.get(&job).await.has("#start"));
}
