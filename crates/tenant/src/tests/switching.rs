use store::{TenantRead, params};

use super::world::{DAY, World};
use crate::access::{Closed, Entry};
use crate::batches;
use crate::lifecycle::{Deed, Denied, Refusal};
use crate::logins::{Arrival, SignIn, sign_in};
use crate::members::{Member, MemberId, MemberState};
use crate::providers;
use crate::sessions::resume;
use crate::snapshots::{self, Applied, Receipt};

fn to(key: &str) -> Deed {
    let to = (key != "platform").then(|| key.to_owned());
    Deed::Switch { to, compromised: false, preset: None }
}

impl World {
    /// Ada switches somebody.
    async fn switches(&self, by: MemberId, member: MemberId, key: &str) -> Member {
        self.does(by, member, to(key)).await.unwrap()
    }

    /// By that provider, as an identity server that knew so much.
    fn by(&self, name: &str, idp: &str, member_version: i64) -> Arrival {
        Arrival { idp: idp.into(), member_version, ..self.arrival(name) }
    }

    async fn comes(&self, arrival: Arrival) -> SignIn {
        sign_in(&self.store, self.context(), arrival).await.unwrap()
    }

    /// The identity server hears of everything.
    async fn tells(&self) -> Vec<snapshots::Snapshot> {
        let now = self.context().now;
        let batch = snapshots::next_batch(&mut self.store.read().await.unwrap(), now).await.unwrap();
        let line = |one: &snapshots::Snapshot| Applied { subject: one.subject.clone(), version: one.version };
        let receipt = Receipt { applied: batch.iter().map(line).collect(), unknown: vec![] };
        snapshots::settle(&self.store, batch.clone(), receipt, now).await.unwrap();
        batch
    }
}

fn refusal(result: Result<Member, Denied>) -> Refusal {
    match result {
        Err(Denied::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn id_03_a_switch_is_one_deed_with_all_that_belongs_to_it() {
    let world = World::new().await;
    let ada = world.admin().await;
    let (session, mina) = world.enters("Mina").await;
    world.approves(ada, mina, "viewer").await.unwrap();
    let (again, _) = world.enters("Mina").await;
    world.tells().await;
    let before = world.get(mina).await;

    let deed = Deed::Switch { to: Some("contoso".into()), compromised: true, preset: Some("upn-7".into()) };
    let after = world.does(ada, mina, deed).await.unwrap();
    assert_eq!((after.provider.as_deref(), after.version), (Some("contoso"), before.version + 1));
    assert_eq!((after.switched_version, after.switched_at), (after.version, Some(world.context().now)));
    assert_eq!(after, world.get(mina).await);
    for session in [session, again] {
        assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none(), "SW-01: every session ends");
    }
    assert_eq!(world.audited(mina).await.last().unwrap(), "member.provider_switched");
    assert_eq!(world.mails("member.switched").await, 1);
    let told = world.tells().await;
    let told = serde_json::to_value(&told).unwrap();
    assert_eq!(told[0]["provider"], "contoso");
    assert_eq!(told[0]["switched"], after.version);
    assert_eq!((&told[0]["compromised"], &told[0]["preset"]), (&true.into(), &"upn-7".into()));
    assert_eq!(world.get(mina).await.switch_told_at, Some(world.context().now));
    // Whoever was never switched is told of as ever: an older identity server takes it.
    let bo = world.enters("Bo").await.1;
    world.does(ada, bo, Deed::Approve { roles: ["viewer".to_owned()].into() }).await.unwrap();
    let told = serde_json::to_value(world.tells().await).unwrap();
    for left_out in ["switched", "compromised", "preset"] {
        assert!(told[0].get(left_out).is_none(), "{told}");
    }
}

#[tokio::test]
async fn sw_01_only_the_one_provider_opens_the_tenant_and_only_after_the_switch() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let first = world.switches(ada, mina, "contoso").await;
    let count = "SELECT COUNT(*) FROM session WHERE tenant_id = $1";
    for (idp, version) in
        [("platform", 0), ("platform", first.version), ("fabrikam", first.version), ("contoso", first.version - 1)]
    {
        let arrival = world.by("Mina", idp, version);
        assert_eq!(world.comes(arrival.clone()).await, SignIn::OneMoment(mina), "{idp} {version}");
        let once_more = Arrival { once_more: true, ..arrival };
        let expected = SignIn::OtherWay { provider: Some("contoso".into()) };
        assert_eq!(world.comes(once_more).await, expected, "{idp} {version}: there is no third time");
    }
    assert_eq!(world.count(count).await, 0, "and no session");
    let refused = world.audited(mina).await.iter().filter(|action| *action == "session.refused").count();
    assert_eq!(refused, 8, "each is audited");
    // The control.
    assert!(matches!(world.comes(world.by("Mina", "contoso", first.version)).await, SignIn::In { .. }));
    // Back again: what the old provider vouched for before ends, and what was known before does not count.
    let SignIn::In { session, .. } = world.comes(world.by("Mina", "contoso", first.version)).await else { panic!() };
    let back = world.switches(ada, mina, "platform").await;
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none());
    let expected = SignIn::OneMoment(mina);
    assert_eq!(world.comes(world.by("Mina", "contoso", first.version)).await, expected, "SW-05: not the old one too");
    assert!(matches!(world.comes(world.by("Mina", "platform", back.version)).await, SignIn::In { .. }));
}

#[tokio::test]
async fn sw_02_whoever_comes_by_the_wrong_way_learns_nothing_and_changes_nothing() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Locked, &["viewer"]).await;
    let switched = world.switches(ada, mina, "contoso").await;
    let mut arrival = world.by("Mina", "platform", switched.version);
    arrival.profile.email = "evil@people.example".into();
    assert_eq!(world.comes(arrival).await, SignIn::OneMoment(mina), "not that they are locked");
    assert_eq!(world.get(mina).await, switched, "nor is anything taken over");
    let right = world.comes(world.by("Mina", "contoso", switched.version)).await;
    assert_eq!(right, SignIn::Closed(Closed::Locked), "the control");
}

#[tokio::test]
async fn sw_04_another_tenants_member_is_not_there() {
    let world = World::new().await;
    let ada = world.admin().await;
    let stranger = MemberId(world.context().ambient.row_id());
    assert!(matches!(world.does(ada, stranger, to("contoso")).await, Err(Denied::NotFound)));
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    assert_eq!(refusal(world.does(ada, mina, to("globex.corp")).await), Refusal::ProviderUnknown);
    assert!(matches!(world.does(mina, ada, to("contoso")).await, Err(Denied::Forbidden)), "without the right");
}

#[tokio::test]
async fn pp_06_the_locked_stay_locked_without_a_mail_and_the_invited_keep_it() {
    let world = World::new().await;
    let ada = world.admin().await;
    let lo = world.member("Lo", MemberState::Locked, &["viewer"]).await;
    let after = world.switches(ada, lo, "contoso").await;
    assert_eq!((after.state(), world.mails("member.switched").await), (MemberState::Locked, 0));

    let new = crate::invitations::NewInvitation {
        profile: crate::members::Profile::new("Ina", "Test", "ina@people.example", "en", None),
        roles: vec!["viewer".into()],
        message: String::new(),
        send_now: true,
    };
    let ina = crate::invitations::invite(&world.store, world.context(), ada, new).await.unwrap();
    let switched = world.switches(ada, ina, "contoso").await;
    assert_eq!(world.mails("member.switched").await, 0, "they hear of it when they come");
    let sql = "SELECT id FROM invitation WHERE tenant_id = $1 AND member_id = $2";
    let (id,): (uuid::Uuid,) = world.store.read().await.unwrap().one(sql, params![ina]).await.unwrap();
    let accepted = |idp: &str, version| Arrival { invitations: vec![id], ..world.by("Ina", idp, version) };
    assert_eq!(world.comes(accepted("platform", 0)).await, SignIn::OneMoment(ina), "accepted, and not in yet");
    let told = serde_json::to_value(world.tells().await).unwrap();
    let told = told.as_array().unwrap().iter().find(|one| one["subject"] == "subject-of-Ina").unwrap().clone();
    assert_eq!((&told["provider"], &told["switched"]), (&"contoso".into(), &switched.switched_version.into()));
    let now = world.get(ina).await.version;
    let SignIn::In { entry, .. } = world.comes(accepted("contoso", now)).await else { panic!() };
    assert_eq!(entry, Entry::Admit);
}

#[tokio::test]
async fn sw_05_nobody_is_left_without_a_way_in() {
    let world = World::new().await;
    let ada = world.admin().await;
    assert_eq!(refusal(world.does(ada, ada, to("contoso")).await), Refusal::LastWayIn, "the only administrator");
    // Another administrator who has been switched, and has not come yet, is no way in.
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let switched = world.switches(ada, bea, "contoso").await;
    assert_eq!(refusal(world.does(ada, ada, to("contoso")).await), Refusal::LastWayIn);
    world.clock.advance(DAY);
    assert!(matches!(world.comes(world.by("Bea", "contoso", switched.version)).await, SignIn::In { .. }));
    let after = world.switches(ada, ada, "contoso").await;
    assert_eq!(after.provider.as_deref(), Some("contoso"), "now that somebody has proved the way");
    // Two administrators switch each other at once: one of them stays as they are.
    let world = World::new().await;
    let ada = world.admin().await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let (one, two) = tokio::join!(world.does(ada, bea, to("contoso")), world.does(bea, ada, to("contoso")));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

#[tokio::test]
async fn pp_06_a_break_glass_member_is_never_switched_and_never_used_unseen() {
    let world = World::new().await;
    let ada = world.admin().await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let glass = |by, member, on| {
        let world = &world;
        async move { providers::set(&world.store, world.context(), by, member, on).await }
    };
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    assert!(matches!(glass(mina, bea, true).await, Err(Denied::Forbidden)), "who may not manage roles");
    glass(ada, bea, true).await.unwrap();
    assert_eq!(world.mails("break_glass.set").await, 2, "to every administrator");
    assert!(matches!(glass(ada, bea, true).await, Err(Denied::Refused(Refusal::AlreadySo))));
    assert_eq!(refusal(world.does(ada, bea, to("contoso")).await), Refusal::BreakGlass);
    assert_eq!(refusal(world.does(ada, bea, Deed::Delete).await), Refusal::LastBreakGlass);
    world.enters("Bea").await;
    assert_eq!(world.mails("break_glass.used").await, 2);
    let done = world.audited(bea).await;
    assert!(done.contains(&"member.break_glass_set".into()) && done.contains(&"member.break_glass_used".into()));
    // With a second one, one may go.
    glass(bea, ada, true).await.unwrap();
    world.does(ada, bea, Deed::Delete).await.unwrap();
    assert_eq!(refusal(world.does(ada, ada, to("contoso")).await), Refusal::BreakGlass);
    glass(ada, ada, false).await.unwrap();
    assert_eq!(world.mails("break_glass.unset").await, 1);
    world.switches(ada, mina, "contoso").await;
    assert!(matches!(glass(ada, mina, true).await, Err(Denied::Refused(Refusal::Federated))));
}

#[tokio::test]
async fn sw_05_of_two_deletions_at_once_one_break_glass_member_stays() {
    let world = World::new().await;
    let ada = world.admin().await;
    let (one, two) = (
        world.member("One", MemberState::Active, &["viewer"]).await,
        world.member("Two", MemberState::Active, &["viewer"]).await,
    );
    for member in [one, two] {
        providers::set(&world.store, world.context(), ada, member, true).await.unwrap();
    }
    let (first, second) = tokio::join!(world.does(ada, one, Deed::Delete), world.does(ada, two, Deed::Delete));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}

#[tokio::test]
async fn pp_06_a_batch_switches_many_and_takes_back_what_nobody_changed_since() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let bo = world.member("Bo", MemberState::Active, &["viewer"]).await;
    let gone = world.member("Gone", MemberState::Deleted, &["viewer"]).await;
    let stranger = MemberId(world.context().ambient.row_id());
    let picked = batches::Selection::Picked(vec![ada, mina, bo, bo, gone, stranger]);
    let id = batches::create(&world.store, world.context(), ada, to("contoso"), picked).await.unwrap();
    batches::start(&world.store, world.context(), ada, id).await.unwrap();
    while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    let done = batches::by_id(&mut world.store.read().await.unwrap(), id).await.unwrap().unwrap();
    assert_eq!((done.items, done.changed, done.refused()), (5, 2, 3), "the last administrator, the deleted, nobody");
    assert_eq!(world.get(ada).await.provider, None);
    world.does(ada, bo, Deed::Lock).await.unwrap();
    let version = world.get(mina).await.version;
    let undo = batches::undo(&world.store, world.context(), ada, id).await.unwrap();
    batches::start(&world.store, world.context(), ada, undo).await.unwrap();
    while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    let mina = world.get(mina).await;
    assert_eq!((mina.provider, mina.version, mina.switched_version), (None, version + 1, version + 1));
    assert_eq!(world.get(bo).await.provider.as_deref(), Some("contoso"), "changed since");
}
