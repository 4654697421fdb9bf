use std::collections::BTreeSet;
use std::time::Duration;

use store::{StoreError, TenantRead, params};

use super::world::World;
use crate::members::{
    self, Authorization, Holds, Lifecycle, MemberFilter, MemberId, MemberState, PageAfter, Place, Profile, Stage,
    list_members,
};
use crate::roles;

const DAY: Duration = Duration::from_hours(24);

/// So many people, of whom every seventh waits, every fiftieth is locked, and a few are suppliers.
async fn crowd(world: &World, people: usize) {
    let context = world.context();
    world
        .store
        .write::<_, _, StoreError, _>((context, people), |mut tx, (context, people)| {
            Box::pin(async move {
                for n in 0..*people {
                    let id = MemberId(context.ambient.row_id());
                    // Many share a name: the id decides then.
                    let (given, family) = (format!("Given{}", n % 40), format!("Family{:03}", n % 97));
                    let profile = Profile::new(&given, &family, &format!("p{n}@people.example"), "en", None);
                    let state = if n % 7 == 0 { Authorization::ToReview } else { Authorization::Reviewed };
                    members::insert(&mut tx, id, Some(&format!("s{n}")), state, &profile, context.now).await?;
                    if n % 50 == 0 {
                        let sql = "UPDATE member SET locked = TRUE WHERE tenant_id = $1 AND id = $2";
                        tx.execute(sql, params![id]).await?;
                    }
                    if n % 3 != 0 {
                        roles::grant(&mut tx, context, id, "viewer", None).await?;
                    }
                    if n % 500 == 0 {
                        roles::grant(&mut tx, context, id, "supplier", None).await?;
                        roles::grant(&mut tx, context, id, "support", None).await?;
                        let sql = "UPDATE member SET provider = 'corp' WHERE tenant_id = $1 AND id = $2";
                        tx.execute(sql, params![id]).await?;
                    }
                    if n % 300 == 0 {
                        let sql = "UPDATE member SET kept_by = 'directory', last_sign_in = $3
                                   WHERE tenant_id = $1 AND id = $2";
                        tx.execute(sql, params![id, context.now.plus(DAY)]).await?;
                    }
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

/// Every page from the first to the last, then back; each member once each way, in order.
async fn walk(world: &World, filter: &MemberFilter) -> Vec<MemberId> {
    let mut read = world.store.read().await.unwrap();
    let (mut there, mut place, mut last) = (Vec::new(), Place::Start, None);
    for _ in 0..10_000 {
        let page = list_members(&mut read, filter, &place).await.unwrap();
        assert!(page.rows.len() <= 50);
        there.extend(page.rows.iter().map(|row| row.member.clone()));
        last = page.rows.first().map(|row| PageAfter::of(&row.member)).or(last);
        match page.next {
            Some(next) => place = Place::After(next),
            None => break,
        }
    }
    let key = |member: &members::Member| (PageAfter::of(member).key, member.id);
    assert!(there.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])), "in order, no duplicates: {filter:?}");
    let mut back: Vec<MemberId> = Vec::new();
    let mut end = last;
    while let Some(before) = end {
        let page = list_members(&mut read, filter, &Place::Before(before)).await.unwrap();
        let ids: Vec<MemberId> = page.rows.iter().map(|row| row.member.id).collect();
        back.splice(0..0, ids.into_iter().filter(|id| !back.contains(id)).collect::<Vec<_>>());
        end = page.previous;
    }
    let there: Vec<MemberId> = there.into_iter().map(|member| member.id).collect();
    assert!(back.iter().all(|id| there.contains(id)), "{filter:?}");
    let covered: BTreeSet<MemberId> = back.iter().copied().collect();
    let missing = there.iter().filter(|id| !covered.contains(id)).count();
    assert!(missing <= 50, "the way back covers all but the last page: {missing} of {} {filter:?}", there.len());
    there
}

#[tokio::test]
async fn pp_04_some_thousand_members_in_pages_without_gaps_or_duplicates() {
    let world = World::new().await;
    crowd(&world, 3_000).await;
    let all = walk(&world, &MemberFilter::default()).await;
    assert_eq!(all.len(), 3_000);
    let helps = |role: &str| Some(Holds { role: role.into(), held: true });
    let (text, none) =
        (|text: &str| MemberFilter { text: text.into(), ..MemberFilter::default() }, MemberFilter::default);
    let table = [
        (MemberFilter { locked: Some(true), ..none() }, 60, "few: by the index of locks"),
        (MemberFilter { locked: Some(false), ..none() }, 2_940, "many: walked"),
        (MemberFilter { state: Some(Authorization::ToReview), ..none() }, 429, "few: by state"),
        (MemberFilter { state: Some(Authorization::Reviewed), ..none() }, 2_571, "many"),
        (MemberFilter { lifecycle: Some(Stage::Deleted), ..none() }, 0, "nobody"),
        (MemberFilter { role: Some("supplier".into()), ..none() }, 6, "few: by role"),
        (MemberFilter { role: Some("viewer".into()), ..none() }, 2_000, "many: the road of a role"),
        (MemberFilter { role: Some("supplier".into()), locked: Some(true), ..none() }, 6, "both"),
        (MemberFilter { role: Some("viewer".into()), locked: Some(true), ..none() }, 40, "both"),
        (
            MemberFilter { role: Some("viewer".into()), locked: Some(false), ..none() },
            1_960,
            "the road of a role, and another",
        ),
        (
            MemberFilter { role: Some("viewer".into()), text: "given1 people".into(), ..none() },
            550,
            "the road of a role, and two words",
        ),
        (MemberFilter { support: helps("support"), ..none() }, 6, "few: by role"),
        (MemberFilter { support: Some(Holds { role: "support".into(), held: false }), ..none() }, 2_994, "walked"),
        (MemberFilter { support: helps("viewer"), ..none() }, 2_000, "many: the road of a role"),
        (MemberFilter { support: helps("viewer"), locked: Some(true), ..none() }, 40, "both"),
        (MemberFilter { support: helps("viewer"), role: Some("supplier".into()), ..none() }, 4, "both by role"),
        (MemberFilter { support: helps("viewer"), role: Some("viewer".into()), ..none() }, 2_000, "one road twice"),
        (MemberFilter { federated: Some(true), ..none() }, 6, "few: by provider"),
        (MemberFilter { federated: Some(false), ..none() }, 2_994, "walked"),
        (MemberFilter { provider: Some("corp".into()), ..none() }, 6, "few: by provider"),
        (MemberFilter { provider: Some("corp".into()), federated: Some(false), ..none() }, 0, "both"),
        (MemberFilter { read_only: Some(true), ..none() }, 10, "few: by keeper"),
        (MemberFilter { read_only: Some(false), ..none() }, 2_990, "walked"),
        (MemberFilter { read_only: Some(true), federated: Some(true), ..none() }, 2, "both"),
        (
            MemberFilter { inactive_since: Some(world.context().now.plus(DAY)), ..none() },
            2_990,
            "walked: nobody else came",
        ),
        (MemberFilter { inactive_since: Some(world.context().now), ..none() }, 0, "nobody is older"),
        (text("family042"), 31, "a word"),
        (text("FAMILY04 given2"), 0, "two beginnings of words, checked below"),
        (text("people"), 3_000, "everybody's word: walked"),
        (text("p2999@people.example"), 1, "an address"),
        (text("nobody"), 0, "none"),
        (text("---"), 0, "signs alone"),
        (MemberFilter { text: "@ 🙂".into(), locked: Some(true), ..none() }, 0, "and a filter"),
    ];
    for (filter, expected, what) in table {
        let found = walk(&world, &filter).await;
        let expected = if filter.text.starts_with("FAMILY04") {
            (0..3_000).filter(|n| n % 97 / 10 == 4 && (n % 40 == 2 || (20..30).contains(&(n % 40)))).count()
        } else {
            expected
        };
        assert_eq!(found.len(), expected, "{what}: {filter:?}");
        assert_eq!(through_windows(&world, &filter).await, found.into_iter().collect(), "{what}: {filter:?}");
    }
}

/// Everybody has each of them: more than a page looks for.
const FIVE_WORDS: &str = "people given family example p";

/// Whether one of the crowd has a word that begins so, for each of these.
fn has_words(n: usize, text: &str) -> bool {
    let (given, family, address) = (format!("given{}", n % 40), format!("family{:03}", n % 97), format!("p{n}"));
    let words = [given.as_str(), &family, &address, "people", "example", "twin"];
    text.split(' ').all(|typed| words.iter().any(|word| word.starts_with(typed)))
}

#[tokio::test]
async fn pp_04_whatever_road_leads_to_a_page_it_holds_whoever_fits() {
    let world = World::new().await;
    crowd(&world, 6_000).await;
    // So that most of those with one word stand before whoever has the other too, and few are on each of two roads.
    let sql = "UPDATE member SET locked = (sort_name > 'family04'), provider = CASE WHEN sort_name < 'family06' THEN 'corp' END
               WHERE tenant_id = $1";
    world.store.write(sql, |mut tx, sql| Box::pin(async move { tx.execute(sql, params![]).await })).await.unwrap();
    // Everybody has two words that begin alike.
    let twins = world.store.write((), |mut tx, ()| {
        Box::pin(async move {
            let insert = "INSERT INTO member_word (tenant_id, member_id, sort_name, word)
                          SELECT tenant_id, id, sort_name, $2 FROM member WHERE tenant_id = $1";
            for word in ["twin", "twinned"] {
                tx.execute(insert, params![word.as_bytes().to_vec()]).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    twins.await.unwrap();
    let family = |n: usize| n % 97;
    let (locked, corp) = (move |n| family(n) >= 40, move |n| family(n) < 60);
    let texts = [
        "people example",
        "family09 people",
        "people family03 given1",
        "family0 given3",
        "p given2 family",
        "given",
        "twin",
        "twin given2",
        FIVE_WORDS,
    ];
    for text in texts {
        let words = MemberFilter { text: text.into(), ..MemberFilter::default() };
        let viewer = |n: usize| !n.is_multiple_of(3);
        let cases: [(MemberFilter, &dyn Fn(usize) -> bool); 6] = [
            (words.clone(), &|_| true),
            (MemberFilter { locked: Some(true), ..words.clone() }, &|n| locked(n)),
            (MemberFilter { locked: Some(true), provider: Some("corp".into()), ..words.clone() }, &|n| {
                locked(n) && corp(n)
            }),
            (MemberFilter { role: Some("viewer".into()), locked: Some(false), ..words.clone() }, &|n| {
                viewer(n) && !locked(n)
            }),
            (MemberFilter { support: Some(Holds { role: "support".into(), held: false }), ..words.clone() }, &|n| {
                n % 500 != 0
            }),
            (
                MemberFilter { state: Some(Authorization::ToReview), role: Some("viewer".into()), ..words.clone() },
                &|n| n % 7 == 0 && viewer(n),
            ),
        ];
        for (filter, fits) in cases {
            let expected = (0..6_000).filter(|n| has_words(*n, text) && fits(*n)).count();
            assert_eq!(walk(&world, &filter).await.len(), expected, "{filter:?}");
        }
    }
    // Who has two words that begin so is met twice, and the page is full all the same.
    let twins = MemberFilter { text: "twin".into(), ..MemberFilter::default() };
    let page = list_members(&mut world.store.read().await.unwrap(), &twins, &Place::Start).await.unwrap();
    assert_eq!(page.rows.len(), 50);
    // A thousand have addresses that begin so, each another: they are looked up, though an order by name leads along the other word.
    let filter = MemberFilter { text: "people p1".into(), ..MemberFilter::default() };
    let page = list_members(&mut world.store.read().await.unwrap(), &filter, &Place::Start).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (50, Some(1_111)));
}

#[tokio::test]
async fn pp_04_who_has_two_frequent_names_is_on_the_first_page_wherever_they_stand() {
    let world = World::new().await;
    crowd(&world, 97).await;
    let sql = "SELECT id, sort_name FROM member WHERE tenant_id = $1 AND sort_name > 'family090' ORDER BY sort_name";
    let both: Vec<(MemberId, String)> = world.store.read().await.unwrap().all(sql, params![]).await.unwrap();
    assert_eq!(both.len(), 7);
    // More have the one name before them than a page walks past, and more the other behind them than are looked up.
    let ambient = world.context().ambient;
    let mut rows: Vec<(MemberId, String, &str)> = Vec::new();
    rows.extend((0..11_000).map(|_| (MemberId(ambient.row_id()), "adams zora".to_owned(), "zora")));
    rows.extend((0..2_500).map(|_| (MemberId(ambient.row_id()), "young quill".to_owned(), "quill")));
    rows.extend(both.iter().flat_map(|(id, name)| ["zora", "quill"].map(|word| (*id, name.clone(), word))));
    let insert = "INSERT INTO member_word (tenant_id, member_id, sort_name, word) VALUES ($1, $2, $3, $4)";
    let writes = world.store.write::<_, _, StoreError, _>(rows, move |mut tx, rows| {
        Box::pin(async move {
            for (id, name, word) in rows {
                tx.execute(insert, params![id, name, word.as_bytes().to_vec()]).await?;
            }
            Ok(())
        })
    });
    writes.await.unwrap();
    for text in ["zora quill", "Quill ZORA", "zor quil people"] {
        let filter = MemberFilter { text: text.into(), ..MemberFilter::default() };
        let page = list_members(&mut world.store.read().await.unwrap(), &filter, &Place::Start).await.unwrap();
        let found: Vec<MemberId> = page.rows.iter().map(|row| row.member.id).collect();
        assert_eq!(found, both.iter().map(|(id, _)| *id).collect::<Vec<_>>(), "{text}");
        assert_eq!(walk(&world, &filter).await, found, "and none behind it: {text}");
    }
    // Of the one name alone, the first page leads on; and whoever turns round on an empty one meets who stood at its edge.
    let filter = MemberFilter { text: "zora".into(), ..MemberFilter::default() };
    let page = async |place: Place| {
        let page = list_members(&mut world.store.read().await.unwrap(), &filter, &place).await.unwrap();
        (page.rows.iter().map(|row| row.member.id).collect::<Vec<_>>(), page.previous, page.next)
    };
    let all: Vec<MemberId> = both.iter().map(|(id, _)| *id).collect();
    let (first, _, next) = page(Place::Start).await;
    let (second, previous, end) = page(Place::After(next.unwrap())).await;
    assert_eq!((first, &second, end), (Vec::new(), &all, None));
    let (between, _, next) = page(Place::Before(previous.unwrap())).await;
    let (again, ..) = page(Place::After(next.unwrap())).await;
    assert_eq!((between, again), (Vec::new(), all));
}

#[tokio::test]
async fn pp_04_no_name_stands_behind_the_end_of_a_list() {
    let world = World::new().await;
    crowd(&world, 250).await;
    let context = world.context();
    let last = MemberId(context.ambient.row_id());
    let profile = Profile::new("Zz", &"\u{10ffff}".repeat(200), "last@people.example", "en", None);
    let write = world.store.write::<_, _, StoreError, _>((context, profile), move |mut tx, (context, profile)| {
        Box::pin(async move {
            members::insert(&mut tx, last, Some("last"), Authorization::Reviewed, profile, context.now).await
        })
    });
    write.await.unwrap();
    let found = walk(&world, &MemberFilter { locked: Some(false), ..MemberFilter::default() }).await;
    assert_eq!((found.len(), found.last()), (246, Some(&last)));
}

#[tokio::test]
async fn pp_04_who_is_not_deleted_is_found_whatever_else_they_are() {
    let world = World::new().await;
    let admin = world.admin().await;
    let suspended = world.member("Sue", MemberState::Suspended, &[]).await;
    let locked = world.member("Lo", MemberState::Locked, &[]).await;
    let deleted = world.member("Del", MemberState::Active, &[]).await;
    world.does(admin, deleted, crate::lifecycle::Deed::Delete).await.unwrap();
    for (stage, expected) in [
        (None, vec![admin, suspended, locked, deleted]),
        (Some(Stage::NotDeleted), vec![admin, suspended, locked]),
        (Some(Stage::Active), vec![admin, locked]),
        (Some(Stage::Suspended), vec![suspended]),
        (Some(Stage::Deleted), vec![deleted]),
        (Some(Stage::Purged), vec![]),
    ] {
        let filter = MemberFilter { lifecycle: stage, ..MemberFilter::default() };
        let expected: BTreeSet<MemberId> = expected.into_iter().collect();
        assert_eq!(walk(&world, &filter).await.into_iter().collect::<BTreeSet<_>>(), expected, "{filter:?}");
        assert_eq!(through_windows(&world, &filter).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn pp_04_many_of_a_rare_state_are_walked_in_an_order_of_their_own() {
    let world = World::new().await;
    crowd(&world, 2_500).await;
    let rare = "UPDATE member SET authorization_state = 'to_review', locked = TRUE, lifecycle = 'deleted'
                WHERE tenant_id = $1 AND email <> 'p9@people.example'";
    world.store.write(rare, |mut tx, sql| Box::pin(async move { tx.execute(sql, params![]).await })).await.unwrap();
    let none = MemberFilter::default;
    for (filter, expected, what) in [
        (MemberFilter { state: Some(Authorization::ToReview), ..none() }, 2_499, "by state"),
        (MemberFilter { lifecycle: Some(Stage::Deleted), ..none() }, 2_499, "by lifecycle"),
        (MemberFilter { locked: Some(true), ..none() }, 2_499, "by lock"),
        (MemberFilter { locked: Some(true), read_only: Some(false), ..none() }, 2_490, "and another filter"),
        (MemberFilter { locked: Some(true), text: "people example".into(), ..none() }, 2_499, "two frequent words"),
        (MemberFilter { locked: Some(true), text: "p8@People.example".into(), ..none() }, 1, "somebody's address"),
        (MemberFilter { text: "p8@people.exampl".into(), ..none() }, 111, "the beginning of one is words"),
        (MemberFilter { locked: Some(false), ..none() }, 1, "everybody is walked"),
    ] {
        assert_eq!(walk(&world, &filter).await.len(), expected, "{what}: {filter:?}");
    }
}

/// Whether this one of the crowd is erased below.
fn is_erased(n: usize) -> bool {
    format!("p{n}@people.example").as_str() < "p4"
}

#[tokio::test]
async fn pp_04_who_was_erased_is_seen_only_where_they_are_asked_for() {
    let world = World::new().await;
    crowd(&world, 4_800).await;
    let erased = (0..4_800).filter(|n| is_erased(*n)).count();
    assert!(erased > 3_000, "more than a page looks up, and than one walks past at first: {erased}");
    let sql = ["UPDATE member SET lifecycle = 'purged', given_name = '', family_name = '', sort_name = '', email = '',
                    provider = NULL, kept_by = NULL, last_sign_in = NULL, locked = TRUE, authorization_state = 'to_review'
                WHERE tenant_id = $1 AND email < 'p4'",
        "DELETE FROM member_word WHERE tenant_id = $1
             AND member_id IN (SELECT id FROM member WHERE tenant_id = $1 AND lifecycle = 'purged')",
        "DELETE FROM member_role WHERE tenant_id = $1
             AND member_id IN (SELECT id FROM member WHERE tenant_id = $1 AND lifecycle = 'purged')",
    ];
    for sql in sql {
        world.store.write(sql, |mut tx, sql| Box::pin(async move { tx.execute(sql, params![]).await })).await.unwrap();
    }
    let living = |fits: fn(usize) -> bool| (0..4_800).filter(|n| !is_erased(*n) && fits(*n)).count();
    let none = MemberFilter::default;
    let purged = || MemberFilter { lifecycle: Some(Stage::Purged), ..none() };
    let waits = Some(Authorization::ToReview);
    for (filter, expected, what) in [
        (none(), living(|_| true), "everybody"),
        (MemberFilter { lifecycle: Some(Stage::Active), ..none() }, living(|_| true), "walked"),
        (MemberFilter { lifecycle: Some(Stage::NotDeleted), ..none() }, living(|_| true), "walked"),
        (MemberFilter { locked: Some(true), ..none() }, living(|n| n % 50 == 0), "by lock"),
        (MemberFilter { locked: Some(false), ..none() }, living(|n| n % 50 != 0), "walked"),
        (MemberFilter { state: waits, ..none() }, living(|n| n % 7 == 0), "by state"),
        (MemberFilter { federated: Some(false), ..none() }, living(|n| n % 500 != 0), "walked"),
        (MemberFilter { text: "given".into(), ..none() }, living(|_| true), "by a word"),
        (purged(), erased, "asked for"),
        (MemberFilter { locked: Some(true), ..purged() }, erased, "with a lock, which they keep"),
        (MemberFilter { state: waits, federated: Some(false), ..purged() }, erased, "with a state"),
        (MemberFilter { locked: Some(false), ..purged() }, 0, "none of them"),
        (MemberFilter { text: "given".into(), ..purged() }, 0, "of whom no word is left"),
    ] {
        let found = walk(&world, &filter).await;
        assert_eq!(found.len(), expected, "{what}: {filter:?}");
        assert_eq!(through_windows(&world, &filter).await, found.into_iter().collect(), "{what}: {filter:?}");
    }
    let mut read = world.store.read().await.unwrap();
    // The other one is there alone; and a place among the erased, that somebody made up, leads to nobody of them.
    let locks = MemberFilter { locked: Some(true), ..none() };
    let total = list_members(&mut read, &locks, &Place::Start).await.unwrap().total;
    assert_eq!(total, i64::try_from(living(|n| n % 50 == 0)).ok());
    for (filter, id) in
        [(none(), 0), (none(), u128::MAX), (locks, 0), (MemberFilter { locked: Some(false), ..none() }, 0)]
    {
        let at = PageAfter { key: String::new(), id: MemberId(uuid::Uuid::from_u128(id)) };
        for place in [Place::After(at.clone()), Place::Before(at)] {
            let page = list_members(&mut read, &filter, &place).await.unwrap();
            assert!(page.rows.iter().all(|row| row.member.lifecycle != Lifecycle::Purged), "{filter:?} {place:?}");
            let whole = if filter.locked == Some(true) { living(|n| n % 50 == 0) } else { 50 };
            assert_eq!(page.rows.len(), whole, "{filter:?} {place:?}");
        }
    }
}

async fn through_windows(world: &World, filter: &MemberFilter) -> BTreeSet<MemberId> {
    let mut read = world.store.read().await.unwrap();
    let (mut found, mut after) = (BTreeSet::new(), members::BEFORE_ALL);
    while let (rows, Some(end)) = members::window(&mut read, filter, after).await.unwrap() {
        found.extend(rows.iter().map(|row| row.member.id));
        after = end;
    }
    found
}

#[tokio::test]
async fn pp_04_who_has_neither_name_nor_address_is_on_the_list_and_who_was_erased_comes_back_to_it() {
    let world = World::with(|blueprint| blueprint.lifecycle.reactivate_within = None).await;
    let admin = world.admin().await;
    let (_, mina) = world.enters("Mina").await;
    let comes = async |name: &str| {
        // A provider need state nothing.
        let nothing = Profile::new("", "", "", "", None);
        let arrival = crate::logins::Arrival { profile: nothing, ..world.arrival(name) };
        crate::logins::sign_in(&world.store, world.context(), arrival).await.unwrap();
    };
    let listed = async |filter: &MemberFilter| -> Vec<MemberId> {
        let page = list_members(&mut world.store.read().await.unwrap(), filter, &Place::Start).await.unwrap();
        assert_eq!(page.total, i64::try_from(page.rows.len()).ok(), "{filter:?}");
        page.rows.into_iter().map(|row| row.member.id).collect()
    };
    let everybody = MemberFilter::default();
    let purged = MemberFilter { lifecycle: Some(Stage::Purged), ..MemberFilter::default() };
    comes("Nobody").await;
    let all = listed(&everybody).await;
    assert_eq!(all.len(), 3);
    assert!(all.contains(&admin) && all.contains(&mina));
    world.does(admin, mina, crate::lifecycle::Deed::Delete).await.unwrap();
    assert_eq!((listed(&everybody).await.len(), listed(&purged).await), (2, vec![mina]));
    comes("Mina").await;
    assert!(listed(&everybody).await.contains(&mina), "there again, whatever is known of them");
    assert!(listed(&purged).await.is_empty());
    for filter in [everybody, purged] {
        walk(&world, &filter).await;
    }
}

#[tokio::test]
async fn pp_04_the_total_is_told_where_it_is_cheap() {
    let world = World::new().await;
    crowd(&world, 2_500).await;
    let total = async |filter: MemberFilter| {
        list_members(&mut world.store.read().await.unwrap(), &filter, &Place::Start).await.unwrap().total
    };
    assert_eq!(total(MemberFilter::default()).await, Some(members::COUNTED + 1));
    assert_eq!(total(MemberFilter { locked: Some(true), ..MemberFilter::default() }).await, Some(50));
    assert_eq!(total(MemberFilter { locked: Some(false), ..MemberFilter::default() }).await, None);
}

#[tokio::test]
async fn words_follow_the_name_and_old_records_get_theirs() {
    let world = World::new().await;
    world.member("Mina", MemberState::Active, &["viewer"]).await;
    let find = async |text: &str| {
        let filter = MemberFilter { text: text.into(), ..MemberFilter::default() };
        list_members(&mut world.store.read().await.unwrap(), &filter, &Place::Start).await.unwrap().rows.len()
    };
    assert_eq!((find("min").await, find("people").await, find("wil").await), (1, 1, 0));
    let mut arrival = world.arrival("Mina");
    arrival.profile = Profile::new("Wilhelmina", "Test", "w@elsewhere.example", "en", None);
    crate::logins::sign_in(&world.store, world.context(), arrival).await.unwrap();
    assert_eq!((find("min").await, find("people").await, find("wil").await), (0, 0, 1));
    assert_eq!(world.misplaced().await, 0, "so do roles");

    world
        .store
        .write::<_, _, StoreError, _>((), |mut tx, ()| {
            Box::pin(async move {
                tx.execute("DELETE FROM member_word WHERE tenant_id = $1", params![]).await?;
                tx.execute("UPDATE member_role SET sort_name = '' WHERE tenant_id = $1", params![]).await?;
                tx.execute("UPDATE member SET has_words = FALSE WHERE tenant_id = $1", params![]).await
            })
        })
        .await
        .unwrap();
    assert_eq!(find("wil").await, 0);
    while members::add_missing_words(&world.store).await.unwrap() {}
    assert_eq!(find("wil").await, 1);
    assert_eq!(world.misplaced().await, 1, "the control");
    crate::housekeeping::sweep(&world.store, world.context().now).await.unwrap();
    assert_eq!(world.misplaced().await, 0);
}
