use store::{TenantRead, params};

use super::world::{DAY, MINUTE, World};
use crate::access::{Closed, Entry};
use std::collections::BTreeMap;

use crate::batches::{self, BatchId, BatchState};
use crate::lifecycle::{Deed, Denied, Refusal};
use crate::logins::{Arrival, SignIn, Way, sign_in};
use crate::members::{Member, MemberId, MemberState};
use crate::providers;
use crate::sessions::resume;
use crate::snapshots::{self, Applied, Receipt};

pub(super) fn to(key: &str) -> Deed {
    let to = (key != "platform").then(|| key.to_owned());
    Deed::Switch { to, compromised: false, preset: None }
}

impl World {
    /// Ada switches somebody.
    pub(super) async fn switches(&self, by: MemberId, member: MemberId, key: &str) -> Member {
        self.does(by, member, to(key)).await.unwrap()
    }

    /// By that provider, as an identity server that knew so much.
    pub(super) fn by(&self, name: &str, idp: &str, member_version: i64) -> Arrival {
        Arrival { idp: idp.into(), member_version, ..self.arrival(name) }
    }

    pub(super) async fn comes(&self, arrival: Arrival) -> SignIn {
        sign_in(&self.store, self.context(), arrival).await.unwrap()
    }

    /// The identity server says who can prove themselves; how many times it was asked.
    pub(super) async fn sorts(&self, claimed: &[&str], unprovable: &[&str]) -> usize {
        let of = |names: &[&str]| names.iter().map(|name| format!("subject-of-{name}")).collect();
        let claims = batches::Claims { claimed: of(claimed), unprovable: of(unprovable), ..batches::Claims::default() };
        self.hears(&claims).await
    }

    async fn hears(&self, claims: &batches::Claims) -> usize {
        let mut asked = 0;
        loop {
            let next = batches::unsorted(&mut self.store.read().await.unwrap(), &self.context()).await.unwrap();
            let Some(next) = next else { return asked };
            asked += usize::from(!next.subjects().is_empty());
            batches::sort(&self.store, next, claims).await.unwrap();
        }
    }

    pub(super) async fn makes(&self, by: MemberId, deed: Deed, members: &[MemberId]) -> BatchId {
        let picked = batches::Selection::Picked(members.to_vec());
        batches::create(&self.store, self.context(), by, deed, picked).await.unwrap()
    }

    pub(super) async fn runs(&self, by: MemberId, id: BatchId) {
        batches::start(&self.store, self.context(), by, id).await.unwrap();
        while batches::tick(&self.store, self.context(), &self.pace).await.unwrap() {}
    }

    /// What becomes, or became, of each.
    pub(super) async fn came_to(&self, id: BatchId) -> BTreeMap<MemberId, &'static str> {
        let page = batches::items(&mut self.store.read().await.unwrap(), id, None, 0).await.unwrap();
        page.items.iter().map(|item| (item.member_id, item.outcome().word())).collect()
    }

    pub(super) async fn look_up(&self, id: BatchId) -> batches::Batch {
        batches::by_id(&mut self.store.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    /// The identity server hears of everything.
    pub(super) async fn tells(&self) -> Vec<snapshots::Snapshot> {
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
        let expected = SignIn::OtherWay(Way::Provider("contoso".into()));
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
async fn pp_06_whoever_had_asked_before_comes_in_as_the_invitation_says_and_a_member_stays_as_they_are() {
    let world = World::new().await;
    let ada = world.admin().await;
    for (name, state, provider) in
        [("Tora", MemberState::ToReview, Some("contoso")), ("Mina", MemberState::Active, None)]
    {
        let known = world.member(name, state, &[]).await;
        let new = crate::invitations::NewInvitation {
            profile: crate::members::Profile::new(name, "Test", &format!("{name}@work.example"), "en", None),
            roles: vec!["viewer".into()],
            message: String::new(),
            send_now: true,
        };
        let invited = crate::invitations::invite(&world.store, world.context(), ada, new).await.unwrap();
        world.switches(ada, invited, "contoso").await;
        let sql = "SELECT id FROM invitation WHERE tenant_id = $1 AND member_id = $2";
        let (id,): (uuid::Uuid,) = world.store.read().await.unwrap().one(sql, params![invited]).await.unwrap();
        let came = world.comes(Arrival { invitations: vec![id], ..world.arrival(name) }).await;
        assert_eq!(came == SignIn::OneMoment(known), provider.is_some(), "{name}: {came:?}");
        assert_eq!(world.get(known).await.provider.as_deref(), provider, "{name}");
    }
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
    // Not by a session that is there, nor by a provider that vouches for them: by a proof of this login.
    let fresh = Arrival { auth_time: Some(world.context().now), ..world.arrival("Bea") };
    let (old, linked) = (fresh.auth_time.map(|at| at.minus(5 * MINUTE)), "contoso".to_owned());
    for (arrival, why) in [
        (Arrival { auth_time: old, ..fresh.clone() }, "an old proof"),
        (Arrival { auth_time: None, ..fresh.clone() }, "nobody says when"),
        (Arrival { idp: linked, ..fresh.clone() }, "a provider"),
    ] {
        let arrives = async |once_more| {
            let arrival = Arrival { once_more, ..arrival.clone() };
            sign_in(&world.store, world.context(), arrival).await.unwrap()
        };
        assert_eq!(arrives(false).await, SignIn::OneMoment(bea), "{why}");
        assert_eq!(arrives(true).await, SignIn::OtherWay(Way::BreakGlass), "{why}");
    }
    assert_eq!(world.mails("break_glass.used").await, 0);
    let came = sign_in(&world.store, world.context(), fresh).await.unwrap();
    assert!(matches!(came, SignIn::In { member, .. } if member == bea));
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
    let person = async |name: &str, state| world.member(name, state, &["viewer"]).await;
    let (mina, bo) = (person("Mina", MemberState::Active).await, person("Bo", MemberState::Locked).await);
    let (lost, there) = (person("Lost", MemberState::Active).await, person("There", MemberState::Active).await);
    let gone = person("Gone", MemberState::Deleted).await;
    world.switches(ada, there, "contoso").await;
    let nobody = MemberId(world.context().ambient.row_id());
    let id = world.makes(ada, to("contoso"), &[ada, mina, bo, bo, lost, there, gone, nobody]).await;
    assert_eq!(world.look_up(id).await.state, BatchState::Sorting);
    let early = batches::start(&world.store, world.context(), ada, id).await;
    assert!(matches!(early, Err(Denied::Refused(Refusal::AlreadySo))), "not before the identity server was asked");
    assert_eq!(world.sorts(&["Bo"], &["Lost"]).await, 1);
    let looked = world.came_to(id).await;
    let expected = [
        (ada, "last_way_in"),
        (mina, "needs_proof"),
        (bo, "will_link"),
        (lost, "last_way_in"),
        (there, "already_so"),
        (gone, "deleted"),
        (nobody, "gone"),
    ];
    assert_eq!(looked, expected.into_iter().collect());
    assert_eq!((world.look_up(id).await.state, world.look_up(id).await.fitting), (BatchState::Ready, 2));
    world.runs(ada, id).await;
    let done = world.look_up(id).await;
    assert_eq!((done.items, done.changed, done.refused()), (7, 2, 5));
    for (member, provider) in [(ada, None), (lost, None), (mina, Some("contoso")), (bo, Some("contoso"))] {
        assert_eq!(world.get(member).await.provider.as_deref(), provider);
    }
    assert_eq!(world.get(bo).await.state(), MemberState::Locked, "stays so");

    world.does(ada, bo, Deed::Unlock).await.unwrap();
    let version = world.get(mina).await.version;
    let undo = batches::undo(&world.store, world.context(), ada, id).await.unwrap();
    assert_eq!(
        world.sorts(&[], &["Mina"]).await,
        1,
        "whether anybody has claimed; that they can prove nothing hinders nobody"
    );
    world.runs(ada, undo).await;
    let mina = world.get(mina).await;
    assert_eq!((mina.provider, mina.version, mina.switched_version), (None, version + 1, version + 1));
    assert_eq!(world.get(bo).await.provider.as_deref(), Some("contoso"), "changed since");
    assert_eq!(world.came_to(undo).await[&bo], "changed_since");
}

#[tokio::test]
async fn pp_06_a_claim_is_a_change_that_is_not_taken_back() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mut people = Vec::new();
    for name in ["Mina", "Bo", "Cleo", "Dan", "Eva", "Fritz"] {
        people.push(world.member(name, MemberState::Active, &["viewer"]).await);
    }
    let [mina, _, _, dan, ..] = people[..] else { panic!() };
    world.clock.advance(MINUTE);
    let id = world.makes(ada, to("contoso"), &people).await;
    world.sorts(&["Fritz"], &[]).await;
    world.runs(ada, id).await;
    let switched = world.context().now;
    world.clock.advance(MINUTE);
    let comes = async |name: &str, member| {
        let version = world.get(member).await.version;
        assert!(matches!(world.comes(world.by(name, "contoso", version)).await, SignIn::In { .. }));
        assert_eq!(world.get(member).await.version, version, "a sign-in raises none");
    };
    comes("Mina", mina).await;
    let undo = batches::undo(&world.store, world.context(), ada, id).await.unwrap();
    assert_eq!(world.came_to(undo).await[&mina], "changed_since", "who has come here is known here");
    assert_eq!((world.look_up(undo).await.state, world.look_up(undo).await.fitting), (BatchState::Sorting, 5));
    // Bo has got no further than the identity server; Cleo came before; nobody has come by what is merely named.
    let used = [("Bo", switched.plus(MINUTE)), ("Cleo", switched.minus(MINUTE)), ("Fritz", switched)];
    let used = used.map(|(name, at)| (format!("subject-of-{name}"), at)).into();
    let claims =
        batches::Claims { claimed: ["subject-of-Fritz".to_owned()].into(), used, ..batches::Claims::default() };
    assert_eq!(world.hears(&claims).await, 1);
    assert_eq!(world.look_up(undo).await.fitting, 4);
    // Between the look and the word.
    comes("Dan", dan).await;
    world.runs(ada, undo).await;
    let expected = ["changed_since", "changed_since", "changed", "changed_since", "changed", "changed"];
    assert_eq!(world.came_to(undo).await, people.iter().copied().zip(expected).collect());
    let now = futures_util::future::join_all(people.iter().map(|id| world.get(*id))).await;
    let stay: Vec<_> = now.iter().map(|it| it.provider.is_some()).collect();
    assert_eq!(stay, [true, true, false, true, false, false]);
    // To try it once more changes nothing about that.
    let again = batches::retry(&world.store, world.context(), ada, undo).await.unwrap();
    world.hears(&claims).await;
    world.runs(ada, again).await;
    assert!(world.came_to(again).await.values().all(|word| *word == "changed_since"));
}

#[tokio::test]
async fn sw_05_what_changes_midway_is_each_ones_own_outcome() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mut people = Vec::new();
    for name in ["A", "B", "C", "D", "E", "F"] {
        people.push(world.member(name, MemberState::Active, &["viewer"]).await);
    }
    let id = world.makes(ada, to("contoso"), &people).await;
    world.sorts(&[], &[]).await;
    // Since it was looked at: one deleted, one switched elsewhere, one made break-glass, one an administrator by another's hand.
    world.does(ada, people[0], Deed::Delete).await.unwrap();
    world.switches(ada, people[1], "contoso").await;
    providers::set(&world.store, world.context(), ada, people[2], true).await.unwrap();
    world.runs(ada, id).await;
    let expected = ["deleted", "already_so", "break_glass", "changed", "changed", "changed"];
    assert_eq!(world.came_to(id).await, people.iter().copied().zip(expected).collect());

    // Removed while it is asked about: there is nothing to wait for.
    let gone = world.makes(ada, to("fabrikam"), &people[1..2]).await;
    let without = || world.context().knowing(std::sync::Arc::default());
    let next = batches::unsorted(&mut world.store.read().await.unwrap(), &without()).await.unwrap().unwrap();
    assert!(next.subjects().is_empty());
    batches::sort(&world.store, next, &batches::Claims::default()).await.unwrap();
    assert_eq!(world.came_to(gone).await[&people[1]], "provider_unknown");
    assert_eq!((world.look_up(gone).await.state, world.look_up(gone).await.fitting), (BatchState::Ready, 0));

    // The provider is disabled before the word is given: nobody moves.
    let back = batches::undo(&world.store, world.context(), ada, id).await.unwrap();
    world.sorts(&[], &[]).await;
    world.runs(ada, back).await;
    let off = world.makes(ada, to("contoso"), &people[3..]).await;
    world.sorts(&[], &[]).await;
    batches::start(&world.store, world.context(), ada, off).await.unwrap();
    while batches::tick(&world.store, without(), &world.pace).await.unwrap() {}
    assert_eq!(world.look_up(off).await.changed, 0);
    assert!(world.came_to(off).await.values().all(|word| *word == "provider_unknown"));
    for person in &people[3..] {
        assert_eq!(world.get(*person).await.provider, None, "and the old way is the one");
    }
}

#[tokio::test]
async fn az_05_a_batch_switches_with_the_rights_of_the_moment() {
    let world = World::new().await;
    let ada = world.admin().await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let id = world.makes(bea, to("contoso"), &[mina]).await;
    world.sorts(&[], &[]).await;
    batches::start(&world.store, world.context(), bea, id).await.unwrap();
    let none = Deed::Roles { how: crate::lifecycle::HowRoles::Set, roles: Default::default() };
    world.does(ada, bea, none).await.unwrap();
    while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    assert_eq!(world.came_to(id).await[&mina], "not_allowed");
    assert_eq!(world.get(mina).await.provider, None);
}
