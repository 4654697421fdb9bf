//! The ledger of all invitations, as a page.

use tenant::members::MemberState;

use crate::harness::{DAY, MINUTE, Person, World};

/// The addresses that the page lists, in its order.
fn listed(who: &Person) -> Vec<String> {
    who.page.every("#ledger tbody td:first-child .who > :last-child", crate::harness::words)
}

impl World {
    /// Time passes, and the identity server is asked again.
    async fn waits_for_mail(&self) {
        self.settle().await;
        self.passes(3 * MINUTE);
        self.settle().await;
    }
}

#[tokio::test]
async fn pp_03_the_ledger_of_the_tenant_is_a_page_with_a_way_to_each_member() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    admin.opens(&world.acme.url("/members")).await.clicks("see-invitations").await.is("/members/invitations");
    admin.sees("Nobody has been invited yet");
    let (mut mina, nils, olga) = (world.stranger("mina"), world.stranger("nils"), world.stranger("olga"));
    let of_mina = world.invites(&mut admin, &world.acme, &mina, &["viewer"]).await;
    let of_nils = world.invites(&mut admin, &world.acme, &nils, &["viewer"]).await;
    let ledger = async |admin: &mut Person, state: &str| {
        let query = if state.is_empty() { String::new() } else { format!("?state={state}") };
        admin.opens(&world.acme.url(&format!("/members/invitations{query}"))).await.answers(200);
        assert_eq!(
            admin.page.find("#states [aria-current]", |tab| tab.value().attr("id").unwrap().to_owned()).unwrap(),
            format!("state-{}", if state.is_empty() { "all" } else { state })
        );
        listed(admin)
    };
    assert_eq!(ledger(&mut admin, "waiting").await.len(), 2);
    world.waits_for_mail().await;
    assert_eq!(ledger(&mut admin, "sent").await.len(), 2);
    let by = admin.name();
    admin.sees("Works until").sees(&by);
    let link = world.invitation_link(&mina).await;
    mina.opens(&link).await;
    world.waits_for_mail().await;
    assert_eq!(ledger(&mut admin, "opened").await, [mina.email.as_str()]);
    mina.makes_an_account().await.is("/");
    admin.opens(&world.acme.url(&of_nils)).await.submits("withdraw", &[]).await;
    world.invites(&mut admin, &world.acme, &olga, &["viewer"]).await;
    world.waits_for_mail().await;
    world.passes(8 * DAY);
    admin.enters(&world.acme).await;
    assert_eq!(ledger(&mut admin, "").await, [olga.email.as_str(), &nils.email, &mina.email], "the newest first");
    for (state, who) in [("expired", &olga), ("withdrawn", &nils), ("accepted", &mina)] {
        assert_eq!(ledger(&mut admin, state).await, [who.email.as_str()], "{state}");
    }
    for state in ["waiting", "sent", "opened", "failed", "replaced"] {
        admin.opens(&world.acme.url(&format!("/members/invitations?state={state}"))).await.sees("None of that kind");
    }
    // Each leads to its member.
    ledger(&mut admin, "accepted").await;
    admin.follows(&mina.name()).await.is(&of_mina);

    // What is no state is told; who sees no members sees none of their invitations.
    admin.get(world.acme.url("/members/invitations?state=bounced")).await.answers(400).sees("“bounced”");
    admin.get(world.acme.url("/members/invitations?before=%27")).await.answers(200).sees(&olga.email);
    let mut support = world.member("sam", &world.acme, MemberState::Active, &["support"]).await;
    support.enters(&world.acme).await.opens(&world.acme.url("/members")).await;
    support.clicks("see-invitations").await.answers(200).sees(&olga.email);
    assert!(!support.has("invite"));
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    viewer.enters(&world.acme).await.get(world.acme.url("/members/invitations")).await.answers(403);
}

#[tokio::test]
async fn pp_03_pages_of_the_ledger_lead_on_with_their_filter() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let addresses: Vec<String> = (0..53).map(|n| format!("p{n}@elsewhere.test")).collect();
    let csrf = admin.opens(&world.acme.url("/members/invite/many")).await.csrf();
    let fields = [("csrf", &*csrf), ("addresses", &addresses.join(" , ")), ("locale", "en"), ("send_now", "yes")];
    let path = admin.post(world.acme.url("/members/invite/many"), &fields).await.location().unwrap().path().to_owned();
    world.settle().await;
    admin.opens(&world.acme.url(&path)).await.submits("start", &[]).await;
    let sent = "SELECT COUNT(*) FROM invitation WHERE status = 'sent'";
    for _ in 0..5 {
        world.waits_for_mail().await;
    }
    assert_eq!(world.tenant_count(&world.acme, sent).await, 53);
    let mut expected = addresses;
    expected.sort();
    for query in ["", "?state=sent"] {
        let start = format!("/members/invitations{query}");
        let mut seen = Vec::new();
        admin.opens(&world.acme.url(&start)).await;
        seen.extend(listed(&admin));
        assert_eq!(seen.len(), 50);
        admin.clicks("next-page").await.answers(200);
        seen.extend(listed(&admin));
        assert!(!admin.has("next-page"));
        let tab = admin.page.find("#states [aria-current]", |tab| tab.value().attr("href").unwrap().to_owned());
        assert_eq!(tab.as_deref(), Some(&*start), "the filter stays");
        seen.sort();
        assert_eq!(seen, expected, "{query}: each of them once");
    }
}
