//! Many at once: who claims one member at the same moment, and what a batch finds before it switches anybody.

use std::collections::BTreeSet;

use evil_provider::Person as Upstream;
use tenant::members::MemberState;

use super::{AT_ONCE, all_come, decided};
use crate::harness::{Person, World};

const TIES: &str = "SELECT COUNT(*) FROM external_identity";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sw_02_of_32_subjects_that_claim_a_member_at_once_exactly_one_does() {
    let world = World::new().await;
    let key = world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    let mut mina = world.account("mina").await;
    mina.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    for round in 1..=3 {
        // Each switch begins anew: what was claimed under the one before counts no more.
        world.switches(&world.acme, &mina, None, false).await;
        world.switches(&world.acme, &mina, Some(&key), false).await;
        assert_eq!(world.identity_count(TIES).await, 0, "round {round}");
        let mut waiting = Vec::new();
        for number in 0..AT_ONCE {
            let mut browser = world.browser();
            browser.opens(&world.acme).await.is("/login");
            let begin = world.id.url(&format!("/login/provider?{}", browser.url.query().unwrap()));
            let gone = browser.post(begin, &[("csrf", &*browser.csrf()), ("provider", &key)]).await;
            world.contoso.has(Upstream::named(&format!("mina{number}")).with_email(&mina.email, true));
            waiting.push((browser, world.contoso.authorize(&gone.continues_to().unwrap())));
        }
        let (mut won, mut references) = (Vec::new(), BTreeSet::new());
        for (browser, page) in all_come(waiting).await {
            if page.status == 403 {
                page.sees("Another sign-in at corp was accepted first, and it alone counts").sees_not(&mina.email);
                references.insert(page.text_of("error-reference"));
            } else {
                won.push((browser, page));
            }
        }
        assert_eq!((won.len(), references.len()), (1, AT_ONCE - 1), "round {round}");
        let claims = "SELECT COUNT(*) FROM external_identity WHERE proved_by = 'first_claim'";
        assert_eq!((world.identity_count(TIES).await, world.identity_count(claims).await), (1, 1), "round {round}");
        let sessions = "SELECT COUNT(*) FROM session WHERE scope_id IS NOT NULL AND ended_at IS NULL";
        assert_eq!(world.identity_count(sessions).await, 1, "round {round}");
        let lost = round * (AT_ONCE as i64 - 1);
        assert_eq!((decided(&world, "Tie(Tenant)").await, decided(&world, "Refuse(Claimed)").await), (round, lost));
        let told = "SELECT COUNT(*) FROM ended_login WHERE why = 'claimed'";
        assert_eq!(world.identity_count(told).await, lost, "the tenant may read of each");
        for reference in &references {
            let entry = "SELECT COUNT(*) FROM audit_entry WHERE action = 'link.decided' AND reference = $1";
            assert_eq!(world.identity_count_of(entry, store::params![reference.clone()]).await, 1, "{reference}");
        }
        // The control: the winner is in.
        let (browser, _) = &mut won[0];
        browser.opens(&world.acme).await.sees("You asked to join");
    }
}

/// A job that switches these of a tenant's members is looked at; its page.
async fn looks(world: &World, admin: &mut Person, members: &[&str], (key, compromised): (&str, bool)) -> String {
    admin.opens(&world.acme.url("/members")).await;
    let csrf = admin.csrf();
    let mut fields = vec![("csrf", csrf.as_str()), ("deed", "switch"), ("asked", "yes"), ("provider", key)];
    if compromised {
        fields.push(("compromised", "1"));
    }
    fields.extend(members.iter().map(|id| ("member[]", *id)));
    let made = admin.post(world.acme.url("/jobs"), &fields).await;
    let job = made.location().unwrap_or_else(|| panic!("{made:?}"));
    world.settle().await;
    admin.opens(job.as_str()).await.answers(200);
    job.into()
}

/// Who of these is listed with such an outcome, by their place.
async fn listed(admin: &mut Person, job: &str, outcome: &str, members: &[&str]) -> Vec<usize> {
    admin.opens(&format!("{job}?only={outcome}")).await.answers(200);
    let is = |id: &str| admin.find(&format!("#items a[href='/members/{id}']"), |_| ()).is_some();
    members.iter().enumerate().filter(|(_, id)| is(id)).map(|(place, _)| place).collect()
}

#[tokio::test]
async fn pp_06_a_batch_asks_who_is_claimed_and_learns_nothing_of_what_an_account_has_elsewhere() {
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.test"]).await;
    world.platform_provider("works", &world.evil, &[]).await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut people = Vec::new();
    for name in ["mina", "bo", "cleo"] {
        people.push(world.member(name, &world.acme, MemberState::Active, &["viewer"]).await);
    }
    let mut ids = Vec::new();
    for name in ["Mina Doe", "Bo Doe", "Cleo Doe"] {
        admin.opens(&world.acme.url("/members")).await.follows(name).await;
        ids.push(admin.url.path().rsplit('/').next().unwrap().to_owned());
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    // Mina has proved herself to the tenant's own provider; Bo's account is linked with the platform's, everywhere.
    let own = Upstream::named("mina").with_email(&people[0].email, true);
    let mut mina = people[0].elsewhere(&world);
    mina.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own.clone()).await.is("/link");
    mina.submits("link", &[("password", &people[0].password)]).await.is("/");
    people[1].signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await;
    world.evil.has(Upstream::named("bo"));
    people[1].submits("link-works", &[]).await.sees("from now on it opens your account too");
    assert_eq!(world.identity_count(TIES).await, 2);

    let job = looks(&world, &mut admin, &ids, ("acme.corp", false)).await;
    assert_eq!(listed(&mut admin, &job, "will_link", &ids).await, [0]);
    assert_eq!(listed(&mut admin, &job, "needs_proof", &ids).await, [1, 2]);
    // As compromised, what was claimed counts for nothing.
    let compromised = looks(&world, &mut admin, &ids, ("acme.corp", true)).await;
    assert_eq!(listed(&mut admin, &compromised, "will_link", &ids).await, [] as [usize; 0]);
    assert_eq!(listed(&mut admin, &compromised, "needs_proof", &ids).await, [0, 1, 2]);
    // What an account is linked with elsewhere is not the tenant's to know: who has it is like who has not.
    let works = looks(&world, &mut admin, &ids, ("works", false)).await;
    assert_eq!(listed(&mut admin, &works, "will_link", &ids).await, [] as [usize; 0]);
    assert_eq!(listed(&mut admin, &works, "needs_proof", &ids).await, [0, 1, 2]);
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let id = works.rsplit('/').next().unwrap();
    let items = world.gets(&world.acme, &format!("/jobs/{id}/items"), &token).await.body;
    assert!(items.contains("needs_proof") && !items.contains("will_link"), "{items}");

    // Nobody was switched by looking. Then it is done: who will link comes in, who needs a proof is asked for it.
    let switched = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND provider IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, switched).await, 0);
    admin.opens(&job).await.submits("start", &[]).await;
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, switched).await, 3);
    let mut again = world.browser();
    again.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, own).await.is("/").sees("Viewer");
    people[1].opens(&world.acme).await.is("/login/elsewhere").sees("corp");
}
