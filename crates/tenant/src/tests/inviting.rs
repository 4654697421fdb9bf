//! Invitations, one and many, and machines beside people.

use store::{TenantRead, params};

use super::world::World;
use crate::batches::{self, BatchId, Outcome, Selection};
use crate::imports::{self, NewImport, Reader, Standing};
use crate::invitations::{NewInvitation, correct_email, invite};
use crate::lifecycle::{Deed, Denied, Refusal};
use crate::members::{MemberId, MemberState, Profile};
use crate::service_accounts::{self, NewServiceAccount};

impl World {
    async fn invites_at(&self, by: MemberId, email: &str) -> Result<MemberId, Denied> {
        let profile = Profile::new("Mina", "Hollis", email, "en", None);
        let new = NewInvitation { profile, roles: vec!["viewer".into()], message: String::new(), send_now: false };
        invite(&self.store, self.context(), by, new).await
    }

    async fn machine(&self, by: MemberId, role: &str) -> Result<MemberId, Denied> {
        let new = NewServiceAccount {
            name: "Payroll".into(),
            client_id: format!("payroll-{role}"),
            roles: vec![role.into()],
        };
        service_accounts::create(&self.store, self.context(), by, new).await
    }

    async fn at_work(&self) {
        while batches::tick(&self.store, self.context(), &self.pace).await.unwrap() {}
        while imports::tick(&self.store, self.context(), &self.pace).await.unwrap() {}
    }

    async fn starts(&self, by: MemberId, id: BatchId) -> batches::Batch {
        batches::start(&self.store, self.context(), by, id).await.unwrap();
        self.at_work().await;
        batches::by_id(&mut self.store.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    async fn outcomes_of(&self, id: BatchId, of: &[MemberId]) -> Vec<Outcome> {
        let page = batches::items(&mut self.store.read().await.unwrap(), id, None, 0).await.unwrap();
        let outcome = |member: &MemberId| page.items.iter().find(|item| item.member_id == *member).unwrap().outcome();
        of.iter().map(outcome).collect()
    }

    async fn open(&self, of: MemberId) -> i64 {
        let sql = "SELECT COUNT(*) FROM invitation WHERE tenant_id = $1 AND member_id = $2 AND state = 'open'";
        self.store.read().await.unwrap().one::<(i64,)>(sql, params![of]).await.unwrap().0
    }
}

#[tokio::test]
async fn pp_08_an_invitation_that_somebody_else_has_sent_since_is_not_taken_back() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut people = Vec::new();
    for name in ["again", "moved", "same"] {
        people.push(world.invites_at(admin, &format!("{name}@people.example")).await.unwrap());
    }
    let picked = || Selection::Picked(people.clone());
    let make = |deed| batches::create(&world.store, world.context(), admin, deed, picked());
    // Nobody has been sent one yet.
    let id = make(Deed::Withdraw).await.unwrap();
    assert_eq!(world.outcomes_of(id, &people).await, vec![Outcome::Refused(Refusal::AlreadySo); 3]);
    let id = make(Deed::Invite).await.unwrap();
    assert_eq!(world.starts(admin, id).await.changed, 3);
    world.does(admin, people[0], Deed::Invite).await.unwrap();
    correct_email(&world.store, world.context(), admin, people[1], "there@people.example".into()).await.unwrap();
    let undo = batches::undo(&world.store, world.context(), admin, id).await.unwrap();
    world.at_work().await;
    let expected = [Outcome::ChangedSince, Outcome::ChangedSince, Outcome::Fits];
    assert_eq!(world.outcomes_of(undo, &people).await, expected);
    assert_eq!(world.starts(admin, undo).await.changed, 1);
    assert_eq!((world.open(people[0]).await, world.open(people[1]).await, world.open(people[2]).await), (1, 1, 0));
    // Two are open, of three who were picked; and by a search likewise.
    let expected = [Outcome::Fits, Outcome::Fits, Outcome::Refused(Refusal::AlreadySo)];
    let id = make(Deed::Withdraw).await.unwrap();
    assert_eq!(world.outcomes_of(id, &people).await, expected);
    let search = Selection::Search("state:invited".into());
    let id = batches::create(&world.store, world.context(), admin, Deed::Withdraw, search).await.unwrap();
    world.at_work().await;
    assert_eq!(world.outcomes_of(id, &people).await, expected);
    let done = world.starts(admin, id).await;
    assert_eq!((done.fitting, done.changed, done.refused()), (2, 2, 1));
}

#[tokio::test]
async fn pp_03_one_address_is_one_person_however_it_is_spelled() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.invites_at(admin, "mina@müller.example").await.unwrap();
    assert_eq!(world.get(mina).await.email, "mina@xn--mller-kva.example");
    for email in ["Mina@MÜLLER.example", "mina@xn--mller-kva.example"] {
        let again = world.invites_at(admin, email).await;
        assert!(matches!(again, Err(Denied::AlreadyHere(known)) if known == mina), "{email}: {again:?}");
    }
    let other = world.invites_at(admin, "other@people.example").await.unwrap();
    let corrected = correct_email(&world.store, world.context(), admin, other, "mina@müller.example".into()).await;
    assert!(matches!(corrected, Err(Denied::AlreadyHere(known)) if known == mina), "{corrected:?}");
    let found = world.brings_one(admin, "email,roles\nmina@müller.example,viewer\n").await;
    assert_eq!(found, [Standing::Unchanged]);
}

impl World {
    /// What the lines of a file come to.
    async fn brings_one(&self, by: MemberId, file: &str) -> Vec<Standing> {
        let new = NewImport { file_name: "people.csv".into(), invites: false };
        let id = imports::begin(&self.store, self.context(), by, new).await.unwrap();
        let (mut reader, mut lines) = (Reader::default(), Vec::new());
        reader.feed(file.as_bytes(), &mut lines).unwrap();
        reader.end(&mut lines).unwrap();
        imports::stage(&self.store, &self.context().tenant.blueprint, id, lines).await.unwrap();
        imports::finish(&self.store, self.context(), by, id, reader.ignored()).await.unwrap();
        self.at_work().await;
        imports::start(&self.store, self.context(), by, id, false).await.unwrap();
        self.at_work().await;
        let mut read = self.store.read().await.unwrap();
        let import = imports::by_id(&mut read, id).await.unwrap().unwrap();
        let page = imports::lines(&mut read, &import, None, (0, imports::LINES_ON_A_PAGE)).await.unwrap();
        page.lines.iter().filter_map(|line| line.standing).collect()
    }
}

#[tokio::test]
async fn pp_28_a_machine_unseats_nobody_who_is_the_last_and_the_log_names_it() {
    let world = World::new().await;
    let ada = world.admin().await;
    let bo = world.member("Bo", MemberState::Active, &["administrator"]).await;
    let machine = world.machine(ada, "administrator").await.unwrap();
    // One of two falls, whichever comes first; the machine itself is no reason to let the other one go.
    for deed in [Deed::Lock, Deed::Delete] {
        let search = Selection::Search("role:administrator".into());
        let id = batches::create(&world.store, world.context(), machine, deed, search).await.unwrap();
        world.at_work().await;
        let done = world.starts(machine, id).await;
        let outcomes = world.outcomes_of(id, &[ada, bo]).await;
        assert!(outcomes.contains(&Outcome::Refused(Refusal::LastAdministrator)), "{outcomes:?}");
        assert!(done.changed <= 1, "{outcomes:?}");
    }
    let sql = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND locked";
    assert_eq!(world.count(sql).await, 1);
    // What it brings by a file stands in the log under its client, as what it does to many.
    assert_eq!(world.brings_one(machine, "email,roles\nnew@people.example,viewer\n").await, [Standing::New]);
    let sql = "SELECT COUNT(*) FROM audit_entry WHERE tenant_id = $1 AND action IN ('member.imported', 'member.locked')
                   AND actor_kind = 'client' AND actor_id = 'payroll-administrator'";
    assert_eq!(world.count(sql).await, 2);
}
