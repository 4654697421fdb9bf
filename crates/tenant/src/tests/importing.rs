//! Members from a file.

use std::collections::BTreeMap;

use store::{TenantRead, params};

use super::world::{DAY, World};
use crate::imports::{self, BeginError, Fate, FileFault, Import, ImportId, ImportState, NewImport, Reader, Standing};
use crate::lifecycle::{Deed, HowRoles};
use crate::members::{Authorization, Lifecycle, MemberId, MemberState};
use crate::{housekeeping, roles};

mod providers;

impl World {
    /// A file that came in, in pieces.
    async fn brings(&self, by: MemberId, invites: bool, file: &[u8]) -> Result<ImportId, BeginError> {
        let blueprint = &self.context().tenant.blueprint;
        let new = NewImport { file_name: "people.csv".into(), invites };
        let id = imports::begin(&self.store, self.context(), by, new).await?;
        let (mut reader, mut lines) = (Reader::default(), Vec::new());
        for piece in file.chunks(1_000) {
            reader.feed(piece, &mut lines)?;
            imports::stage(&self.store, blueprint, id, std::mem::take(&mut lines)).await?;
        }
        reader.end(&mut lines)?;
        imports::stage(&self.store, blueprint, id, lines).await?;
        imports::finish(&self.store, self.context(), by, id, reader.ignored()).await?;
        Ok(id)
    }

    async fn looks(&self, by: MemberId, invites: bool, file: &str) -> Import {
        let id = self.brings(by, invites, file.as_bytes()).await.unwrap();
        self.import_works().await;
        self.import(id).await
    }

    async fn imports(&self, by: MemberId, file: &str) -> Import {
        let looked = self.looks(by, false, file).await;
        self.begins(by, looked.id).await
    }

    async fn begins(&self, by: MemberId, id: ImportId) -> Import {
        imports::start(&self.store, self.context(), by, id, false).await.unwrap();
        self.import_works().await;
        self.import(id).await
    }

    async fn import_works(&self) {
        while imports::tick(&self.store, self.context(), &self.pace).await.unwrap() {}
    }

    async fn import(&self, id: ImportId) -> Import {
        imports::by_id(&mut self.store.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    /// What the lines came to: `new`, or what is wrong.
    async fn lines(&self, import: &Import) -> BTreeMap<i64, String> {
        let page = imports::lines(&mut self.store.read().await.unwrap(), import, None, (0, imports::LINES_ON_A_PAGE))
            .await
            .unwrap();
        let word = |line: &imports::Shown| match line.fault() {
            Some(fault) => format!("{} {}", fault.why.word(), fault.about.unwrap_or_default()).trim().to_owned(),
            None => line.standing.map_or("", Standing::word).to_owned(),
        };
        page.lines.iter().map(|line| (line.line, word(line))).collect()
    }

    async fn of_address(&self, email: &str) -> crate::members::Member {
        let sql = "SELECT id FROM member WHERE tenant_id = $1 AND lower(email) = $2 ORDER BY id DESC LIMIT 1";
        let (id,): (MemberId,) = self.store.read().await.unwrap().one(sql, params![email]).await.unwrap();
        self.get(id).await
    }

    async fn roles_of(&self, id: MemberId) -> Vec<String> {
        roles::of_member(&mut self.store.read().await.unwrap(), id).await.unwrap()
    }
}

fn counted(import: &Import) -> [i64; 4] {
    [import.to_add, import.to_change, import.to_keep, import.to_fail]
}

fn done(import: &Import) -> [i64; 4] {
    [import.added, import.changed, import.kept, import.failed]
}

const PEOPLE: &str = "email,given_name,family_name,state,roles\n\
    mina@people.example,Mina,Test,active,viewer\n\
    new@people.example,New,Person,active,editor viewer\n\
    locked@people.example,Locked,Person,locked,viewer\n\
    NEW@people.example,New,Again,active,viewer\n\
    nobody,No,Body,active,viewer\n\
    king@people.example,King,Person,active,king\n";

#[tokio::test]
async fn a_file_is_looked_at_and_then_done_and_done_again_changes_nothing() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["supplier"]).await;
    let before = world.audited_all().await;
    let looked = world.looks(admin, false, PEOPLE).await;
    assert_eq!((looked.state, looked.lines, counted(&looked)), (ImportState::Ready, 6, [2, 1, 0, 3]));
    let expected: BTreeMap<i64, String> =
        [(2, "changed"), (3, "new"), (4, "new"), (5, "doubled 3"), (6, "email_wrong nobody"), (7, "role_unknown king")]
            .map(|(line, word)| (line, word.to_owned()))
            .into();
    assert_eq!(world.lines(&looked).await, expected);
    assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 2, "nothing is done");
    assert_eq!(world.roles_of(mina).await, ["supplier"]);
    assert_eq!(world.audited_all().await, before + 1, "but that the file came");

    let import = world.begins(admin, looked.id).await;
    assert_eq!((import.state, done(&import)), (ImportState::Done, [2, 1, 0, 3]));
    assert_eq!(world.lines(&import).await, expected);
    assert_eq!(world.roles_of(mina).await, ["viewer"], "these roles and no others");
    let new = world.of_address("new@people.example").await;
    assert_eq!((new.authorization, new.subject.clone()), (Authorization::Invited, None), "nobody is in by a file");
    assert_eq!(
        (new.name(), world.roles_of(new.id).await),
        ("New Person".into(), vec!["editor".into(), "viewer".into()])
    );
    assert!(world.of_address("locked@people.example").await.locked);
    assert_eq!(world.audited(new.id).await, ["member.imported"]);
    assert_eq!(world.count("SELECT COUNT(*) FROM invitation WHERE tenant_id = $1").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM mail_outbox WHERE tenant_id = $1").await, 0);
    let words = "SELECT COUNT(*) FROM member_word w JOIN member m ON m.tenant_id = w.tenant_id AND m.id = w.member_id
                 WHERE w.tenant_id = $1 AND m.email = 'new@people.example'";
    assert!(world.count(words).await >= 3, "they are found");

    let again = world.imports(admin, PEOPLE).await;
    assert_eq!(done(&again), [0, 0, 3, 3]);
    assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 4);
    assert!(imports::start(&world.store, world.context(), admin, again.id, false).await.is_err(), "once");
}

#[tokio::test]
async fn the_new_ones_are_invited_if_that_was_chosen() {
    let world = World::new().await;
    let admin = world.admin().await;
    let looked = world.looks(admin, true, PEOPLE).await;
    world.begins(admin, looked.id).await;
    let new = world.of_address("new@people.example").await;
    assert_eq!(world.audited(new.id).await, ["member.imported", "member.invitation_queued"]);
    let open = "SELECT COUNT(*) FROM invitation WHERE tenant_id = $1 AND state = 'open' AND due_at IS NOT NULL";
    assert_eq!(world.count(open).await, 2, "not whoever is locked");
}

#[tokio::test]
async fn rel_04_an_import_that_was_interrupted_goes_on_and_does_nobody_twice() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut file = "email,roles\n".to_owned();
    for n in 0..450 {
        file.push_str(&format!("p{n}@people.example,viewer\n"));
    }
    let id = world.brings(admin, true, file.as_bytes()).await.unwrap();
    assert!(imports::tick(&world.store, world.context(), &world.pace).await.unwrap());
    let looked = world.import(id).await;
    assert_eq!((looked.state, looked.looked_at()), (ImportState::Ready, 450));
    imports::start(&world.store, world.context(), admin, id, false).await.unwrap();
    imports::tick(&world.store, world.context(), &world.pace).await.unwrap();
    let stopped = world.import(id).await;
    assert_eq!((stopped.state, stopped.come_to()), (ImportState::Running, 50), "the process ends here");
    // Two nodes come back at once.
    let nodes =
        futures_util::future::join_all((0..6).map(|_| imports::tick(&world.store, world.context(), &world.pace))).await;
    assert!(nodes.into_iter().all(|node| node.is_ok()));
    world.import_works().await;
    let import = world.import(id).await;
    assert_eq!((import.state, done(&import)), (ImportState::Done, [450, 0, 0, 0]));
    assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 451);
    let imported = "SELECT COUNT(*) FROM audit_entry WHERE tenant_id = $1 AND action = 'member.imported'";
    assert_eq!(world.count(imported).await, 450);
    assert_eq!(world.count("SELECT COUNT(*) FROM invitation WHERE tenant_id = $1").await, 450);
}

#[tokio::test]
async fn a_stopped_import_leaves_the_rest_alone() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut file = "email\n".to_owned();
    for n in 0..300 {
        file.push_str(&format!("p{n}@people.example\n"));
    }
    let looked = world.looks(admin, false, &file).await;
    imports::start(&world.store, world.context(), admin, looked.id, false).await.unwrap();
    imports::tick(&world.store, world.context(), &world.pace).await.unwrap();
    imports::cancel(&world.store, world.context(), admin, looked.id).await.unwrap();
    world.import_works().await;
    assert_eq!(world.import(looked.id).await.state, ImportState::Cancelled);
    assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 51);
    assert!(imports::cancel(&world.store, world.context(), admin, looked.id).await.is_err());
}

#[tokio::test]
async fn pp_08_a_file_that_somebody_waits_to_look_at_does_not_wait_for_another() {
    let world = World::new().await;
    let admin = world.admin().await;
    let file: String = (0..300).map(|n| format!("p{n}@people.example\n")).collect();
    let long = world.looks(admin, false, &format!("email\n{file}")).await.id;
    imports::start(&world.store, world.context(), admin, long, false).await.unwrap();
    let few = world.brings(admin, false, b"email\nlea@people.example\n").await.unwrap();
    imports::tick(&world.store, world.context(), &world.pace).await.unwrap();
    let (few, long) = (world.import(few).await, world.import(long).await);
    assert_eq!((few.state, long.state, long.added), (ImportState::Ready, ImportState::Running, 50));
}

#[tokio::test]
async fn pp_08_lines_that_a_stopped_import_did_not_come_to_are_said_to_be_none_of_those_done() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut file = "email\n".to_owned();
    for n in 0..60 {
        file.push_str(&format!("p{n}@people.example\n"));
    }
    file.push_str("nobody\n");
    let numbers = async |import: &Import| {
        let mut numbers = Vec::new();
        for fate in Fate::all() {
            let mut read = world.store.read().await.unwrap();
            let page = imports::lines(&mut read, import, Some(fate), (0, 100)).await.unwrap();
            assert!(page.lines.iter().all(|line| import.fate(line) == Some(fate)), "{fate:?}");
            numbers.push(page.lines.len());
        }
        numbers
    };
    let before = world.looks(admin, false, &file).await;
    assert_eq!(numbers(&before).await, [60, 0, 0, 0, 1, 0], "before the word");
    imports::start(&world.store, world.context(), admin, before.id, false).await.unwrap();
    imports::tick(&world.store, world.context(), &world.pace).await.unwrap();
    assert_eq!(numbers(&world.import(before.id).await).await, [50, 0, 0, 0, 0, 0], "while it runs");
    imports::cancel(&world.store, world.context(), admin, before.id).await.unwrap();
    let stopped = world.import(before.id).await;
    assert_eq!((numbers(&stopped).await, stopped.left()), (vec![50, 0, 0, 0, 0, 11], 11));
    // From a place beyond what was done, too.
    let mut read = world.store.read().await.unwrap();
    let rest = imports::lines(&mut read, &stopped, Some(Fate::NotReached), (60, 100)).await.unwrap().lines;
    assert_eq!(rest.iter().map(|line| line.line).collect::<Vec<_>>(), [61, 62]);
    drop(read);
    let never = world.looks(admin, false, &file).await;
    imports::cancel(&world.store, world.context(), admin, never.id).await.unwrap();
    assert_eq!(numbers(&world.import(never.id).await).await, [0, 0, 0, 0, 0, 61], "stopped before the word");
}

#[tokio::test]
async fn az_01_rights_are_those_of_the_moment_and_the_last_administrator_stays() {
    let world = World::new().await;
    let admin = world.admin().await;
    let other = world.member("Otto", MemberState::Active, &["administrator"]).await;
    let file = "email,state,roles\n\
        ada@people.example,active,viewer\n\
        otto@people.example,locked,administrator\n\
        new@people.example,active,viewer\n";
    // Whoever takes their own rights away does so as of the next line.
    let import = world.imports(admin, file).await;
    let lines = world.lines(&import).await;
    assert_eq!((lines[&2].as_str(), lines[&3].as_str(), lines[&4].as_str()), ("changed", "not_allowed", "not_allowed"));
    assert_eq!(world.roles_of(admin).await, ["viewer"]);
    // Of the last one, neither state nor roles are taken.
    let last = "email,state,roles\notto@people.example,active,viewer\nada@people.example,locked,viewer\n";
    let import = world.imports(other, last).await;
    let lines = world.lines(&import).await;
    assert_eq!((lines[&2].as_str(), lines[&3].as_str()), ("last_administrator", "changed"));
    assert_eq!(world.roles_of(other).await, ["administrator"]);
    // Who has lost the right cannot give the word, nor bring a file.
    assert!(imports::start(&world.store, world.context(), admin, import.id, false).await.is_err());
    let viewer = world.member("Vera", MemberState::Active, &["editor"]).await;
    assert!(world.brings(viewer, false, PEOPLE.as_bytes()).await.is_err());
    // Lost between the word and the deed.
    let third = world.member("Tess", MemberState::Active, &["administrator"]).await;
    let looked = world.looks(third, false, "email\nlate@people.example\n").await;
    imports::start(&world.store, world.context(), third, looked.id, false).await.unwrap();
    world.does(other, third, Deed::Roles { how: HowRoles::Set, roles: ["viewer".to_owned()].into() }).await.unwrap();
    world.import_works().await;
    let import = world.import(looked.id).await;
    assert_eq!((done(&import), import.state), ([0, 0, 0, 1], ImportState::Done));
}

#[tokio::test]
async fn states_change_by_the_lifecycles_door_and_without_a_mail() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (mina, lo) = (
        world.member("Mina", MemberState::Active, &["viewer"]).await,
        world.member("Lo", MemberState::Locked, &["viewer"]).await,
    );
    let (_, asks) = world.enters("Asks").await;
    let gone = world.member("Gone", MemberState::Active, &["viewer"]).await;
    world.does(admin, gone, Deed::Delete).await.unwrap();
    let file = "{\"email\":\"mina@people.example\",\"state\":\"locked\"}\n\
        {\"email\":\"lo@people.example\",\"state\":\"suspended\"}\n\
        {\"email\":\"asks@people.example\",\"state\":\"active\",\"roles\":[\"viewer\"]}\n\
        {\"email\":\"gone@people.example\",\"state\":\"active\"}\n\
        {\"email\":\"ada@people.example\",\"state\":\"deleted\"}\n";
    let mails = world.count("SELECT COUNT(*) FROM mail_outbox WHERE tenant_id = $1").await;
    let looked = world.looks(admin, false, file).await;
    assert_eq!((counted(&looked), looked.to_reopen), ([0, 3, 0, 1], 1), "{:?}", world.lines(&looked).await);
    imports::start(&world.store, world.context(), admin, looked.id, true).await.unwrap();
    world.import_works().await;
    let import = world.import(looked.id).await;
    assert_eq!((done(&import), import.reopened), ([0, 3, 0, 1], 1), "{:?}", world.lines(&import).await);
    assert!(world.get(mina).await.locked);
    assert_eq!(world.audited(mina).await.last().unwrap(), "member.locked");
    assert_eq!(world.get(lo).await.lifecycle, Lifecycle::Suspended);
    assert_eq!(world.get(asks).await.authorization, Authorization::Reviewed);
    assert_eq!(world.roles_of(asks).await, ["viewer"]);
    assert_eq!(world.get(gone).await.lifecycle, Lifecycle::Active);
    assert_eq!(world.count("SELECT COUNT(*) FROM mail_outbox WHERE tenant_id = $1").await, mails, "no mail");
    let snapshots = "SELECT COUNT(*) FROM snapshot WHERE tenant_id = $1 AND state = 'locked'";
    assert_eq!(world.count(snapshots).await, 2, "the identity server is told: Lo as seeded, Mina now");
}

#[tokio::test]
async fn another_tenant_sees_nothing_of_it() {
    let world = World::new().await;
    let admin = world.admin().await;
    let looked = world.looks(admin, false, PEOPLE).await;
    let mut other = world.other.read().await.unwrap();
    assert!(imports::by_id(&mut other, looked.id).await.unwrap().is_none());
    assert!(imports::before(&mut other, None, 20).await.unwrap().is_empty());
    assert!(imports::lines(&mut other, &looked, None, (0, 100)).await.unwrap().lines.is_empty());
}

#[tokio::test]
async fn what_an_import_knows_of_people_goes_after_a_time() {
    let world = World::new().await;
    let admin = world.admin().await;
    let import = world.imports(admin, PEOPLE).await;
    let count = async || world.count("SELECT COUNT(*) FROM import_line WHERE tenant_id = $1").await;
    let sweep = async || while housekeeping::sweep(&world.store, world.context().now).await.unwrap() {};
    sweep().await;
    assert_eq!(count().await, 6);
    // Whoever is erased is erased there too.
    let new = world.of_address("new@people.example").await;
    world.does(admin, new.id, Deed::Delete).await.unwrap();
    world.clock.advance(DAY * 31);
    while crate::lifecycle::purge_some(&world.store, world.context()).await.unwrap() {}
    assert_eq!(count().await, 5);
    sweep().await;
    assert_eq!(count().await, 0);
    assert!(imports::by_id(&mut world.store.read().await.unwrap(), import.id).await.unwrap().is_none());
    // A file that never came as a whole goes sooner.
    let new = NewImport { file_name: String::new(), invites: false };
    let refused = imports::begin(&world.store, world.context(), admin, new.clone()).await.unwrap();
    let (mut reader, mut lines) = (Reader::default(), Vec::new());
    reader.feed("email\na@people.example\n".repeat(1_200).as_bytes(), &mut lines).unwrap();
    imports::stage(&world.store, &world.context().tenant.blueprint, refused, lines).await.unwrap();
    assert!(world.count("SELECT COUNT(*) FROM import_line WHERE tenant_id = $1").await > 1_200);
    imports::discard(&world.store, world.context(), refused).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM import_line WHERE tenant_id = $1").await, 0, "it goes at once");
    imports::begin(&world.store, world.context(), admin, new).await.unwrap();
    assert!(
        imports::before(&mut world.store.read().await.unwrap(), None, 20).await.unwrap().is_empty(),
        "nobody sees them"
    );
    world.clock.advance(std::time::Duration::from_hours(2));
    sweep().await;
    assert_eq!(world.count("SELECT COUNT(*) FROM import WHERE tenant_id = $1").await, 0);
    assert_eq!(world.misplaced().await, 0);
}

#[tokio::test]
async fn rel_19_the_same_address_a_thousand_times_is_one_person() {
    let world = World::new().await;
    let admin = world.admin().await;
    let file = ["email\n".to_owned(), "same@people.example\n".repeat(2_000)].concat();
    let import = world.imports(admin, &file).await;
    assert_eq!(done(&import), [1, 0, 0, 1_999]);
    assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 2);
    assert!(matches!(world.brings(admin, false, b"name\nMina\n").await, Err(BeginError::File(FileFault::NoEmail))));
    for _ in 0..18 {
        world.brings(admin, false, b"email\na@b.example\n").await.unwrap();
    }
    world.brings(admin, false, b"email\na@b.example\n").await.unwrap();
    let full = world.brings(admin, false, b"email\na@b.example\n").await;
    assert!(matches!(full, Err(BeginError::TooMany)), "{full:?}");
}

#[tokio::test]
async fn every_line_is_found_by_an_index_and_so_is_whoever_has_its_address() {
    let world = World::on_sqlite().await;
    let mut read = world.store.read().await.unwrap();
    for sql in imports::STATEMENTS.into_iter().chain(crate::fields::STATEMENTS) {
        let explain: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {sql}").into_boxed_str());
        let plan: Vec<(i64, i64, i64, String)> = read.all(explain, params![]).await.unwrap();
        let steps: Vec<_> = plan.into_iter().map(|(.., step)| step).collect();
        assert!(steps.iter().all(|step| !step.starts_with("SCAN")), "{steps:#?}");
        let members = steps.iter().filter(|step| step.starts_with("SEARCH m "));
        assert!(
            members.into_iter().all(|step| step.contains("member_by_email (tenant_id=? AND <expr>=?)")),
            "{steps:#?}"
        );
    }
}

/// Everybody but the last line's is changed by few statements; she by one after the other.
#[tokio::test]
async fn pp_16_profile_fields_come_from_a_file_and_nobody_shut_out_comes_back_with_them() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let lo = world.member("Lo", MemberState::Locked, &["viewer"]).await;
    let gone = world.member("Gone", MemberState::Active, &["viewer"]).await;
    let both = world.member("Both", MemberState::Active, &["viewer"]).await;
    world.does(admin, gone, Deed::Delete).await.unwrap();
    let file = "email,state,roles,field.city,field.company,field.shoe\n\
        mina@people.example,active,viewer,Graz,Acme,\n\
        lo@people.example,active,editor,Linz,,\n\
        gone@people.example,active,viewer,Wels,,\n\
        new@people.example,active,viewer,Enns,,\n\
        odd@people.example,active,viewer,Enns,,41\n\
        both@people.example,locked,editor,Ried,,\n";
    let values = async |id: MemberId| {
        let values = crate::fields::values_of(&mut world.store.read().await.unwrap(), id).await.unwrap();
        values.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    };
    let looked = world.looks(admin, false, file).await;
    assert_eq!((counted(&looked), looked.to_reopen), ([1, 2, 0, 1], 2), "{:?}", world.lines(&looked).await);
    let import = world.begins(admin, looked.id).await;
    assert_eq!((done(&import), import.reopened), ([1, 3, 1, 1], 0), "{:?}", world.lines(&import).await);
    let lines = world.lines(&import).await;
    assert_eq!((lines[&3].as_str(), lines[&4].as_str()), ("unlocks", "reactivates"));
    assert_eq!(lines[&6], "field_unknown shoe");
    assert!(world.get(lo).await.locked);
    assert_eq!(world.get(gone).await.lifecycle, Lifecycle::Deleted);
    assert_eq!(world.roles_of(lo).await, ["editor"], "what lets nobody in is done");
    let new = world.of_address("new@people.example").await.id;
    for (id, expected) in
        [(mina, "city=Graz company=Acme"), (lo, "city=Linz"), (gone, ""), (new, "city=Enns"), (both, "city=Ried")]
    {
        assert_eq!(values(id).await, expected);
    }
    assert!(world.get(both).await.locked);
    assert_eq!(world.audited(mina).await.last().unwrap(), "member.fields_changed");
    let told = "SELECT COUNT(*) FROM audit_entry WHERE tenant_id = $1 AND detail LIKE '%Graz%'";
    assert_eq!(world.count(told).await, 0, "which fields, and not what stands in them");
    // With the word for it, the same file brings both back.
    let looked = world.looks(admin, false, file).await;
    assert_eq!((counted(&looked), looked.to_reopen), ([0, 0, 3, 1], 2), "{:?}", world.lines(&looked).await);
    imports::start(&world.store, world.context(), admin, looked.id, true).await.unwrap();
    world.import_works().await;
    let import = world.import(looked.id).await;
    assert_eq!((done(&import), import.reopened), ([0, 0, 3, 1], 2), "{:?}", world.lines(&import).await);
    assert_eq!((world.get(lo).await.locked, world.get(gone).await.lifecycle), (false, Lifecycle::Active));
    assert_eq!(values(gone).await, "city=Wels");
}
