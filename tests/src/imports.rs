//! Members from a file and into one, as an administrator does it: upload, look, import; and what bad files come to.

use tenant::members::MemberState;

use crate::harness::{Page, Person, Place, World, multipart};

mod differences;
mod keepers;
mod newcomers;
mod only;
mod profiles;
mod reopening;
mod stated;
mod stopped;

const FORM: &str = "/members/import";

const PEOPLE: &str = "email,given_name,family_name,language,state,roles\r\n\
    nora@elsewhere.test,Nora,New,en,active,editor viewer\r\n\
    lars@elsewhere.test,Lars,Locked,de,locked,viewer\r\n";

/// Brings a file; what was answered.
async fn brings(who: &mut Person, at: &Place, invites: bool, file: &[u8]) -> Page {
    let csrf = who.opens(&at.url("/profile")).await.csrf();
    let mut fields = vec![("csrf", None, csrf.as_bytes())];
    if invites {
        fields.push(("invite", None, b"yes".as_slice()));
    }
    fields.push(("file", Some("people.csv"), file));
    who.post_file(at.url(FORM), &multipart(&fields)).await
}

/// Brings a file that is taken, and lets it be looked at: its page.
async fn looks(world: &World, who: &mut Person, at: &Place, invites: bool, file: &[u8]) -> String {
    let answer = brings(who, at, invites, file).await;
    let path = answer.answers(303).location().unwrap().path().to_owned();
    world.settle().await;
    path
}

/// Gives the word, and lets it be done.
async fn imports(world: &World, who: &mut Person, at: &Place, path: &str) {
    turns(who, at, &format!("{path}/start")).await.answers(303);
    world.settle().await;
}

async fn turns(who: &mut Person, at: &Place, path: &str) -> Page {
    let csrf = who.opens(&at.url("/profile")).await.csrf();
    who.post(&at.url(path), &[("csrf", &csrf)]).await
}

/// How many lines are `new`, `changed`, `unchanged` or `wrong`, as the page shows it.
fn number(page: &Page, standing: &str) -> i64 {
    let id = format!("only-{standing}");
    if !page.has(&id) {
        return 0;
    }
    page.text_of(&id).split_whitespace().next().unwrap().replace(',', "").parse().unwrap()
}

fn numbers(page: &Page) -> [i64; 4] {
    ["new", "changed", "unchanged", "wrong"].map(|standing| number(page, standing))
}

const MEMBERS: &str = "SELECT COUNT(*) FROM member";
const INVITATIONS: &str = "SELECT COUNT(*) FROM invitation";

#[tokio::test]
async fn an_import_is_looked_at_first_then_done_and_twice_is_harmless() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let before = world.tenant_count(&world.acme, MEMBERS).await;
    let list = admin.opens(&world.acme.url("/members")).await;
    list.clicks("import").await.is(FORM).sees("administrator");
    let file = format!("{PEOPLE}{},,,,,supplier\r\nnobody,,,,,\r\n", mina.email);
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("This will do something for 3 of 4 lines.").sees("“nobody” is not one plain address");
    assert_eq!(numbers(page), [2, 1, 0, 1]);
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, before, "nothing is done");
    let changed = "SELECT COUNT(*) FROM member_role WHERE role = 'supplier'";
    assert_eq!(world.tenant_count(&world.acme, changed).await, 0);

    imports(&world, &mut admin, &world.acme, &path).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(page.text_of("import-state"), "Done");
    assert_eq!(numbers(page), [2, 1, 0, 1]);
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, before + 2);
    assert_eq!(world.tenant_count(&world.acme, changed).await, 1);
    assert_eq!(world.tenant_count(&world.acme, INVITATIONS).await, 0);
    assert!(world.mails_to("nora@elsewhere.test").await.is_empty(), "nobody gets a mail");
    admin.opens(&world.acme.url("/members?q=nora")).await.sees("Nora New").follows("Nora New").await;
    admin.sees("Imported from a file").sees("Editor");

    let again = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&again)).await), [0, 0, 3, 1]);
    assert!(!admin.has("start"), "there is nothing to do");
    turns(&mut admin, &world.acme, &format!("{path}/start")).await.answers(409);
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, before + 2);
    let audited =
        "SELECT COUNT(*) FROM audit_entry WHERE action IN ('import.received', 'import.started', 'import.done')";
    assert_eq!(world.tenant_count(&world.acme, audited).await, 4);
    admin.opens(&world.acme.url(FORM)).await.sees("people.csv");
}

#[tokio::test]
async fn the_new_ones_are_invited_if_that_was_chosen_and_come_in_as_the_file_says() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let path = looks(&world, &mut admin, &world.acme, true, PEOPLE.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await.sees("Whoever is new gets one");
    assert!(world.mails_to("nora@elsewhere.test").await.is_empty(), "not before somebody gives the word");
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(world.mails_to("nora@elsewhere.test").await.len(), 1);
    assert!(world.mails_to("lars@elsewhere.test").await.is_empty(), "whoever is locked is not invited");
    let mut nora = world.stranger("nora");
    nora.email = "nora@elsewhere.test".into();
    let link = world.invitation_link(&nora).await;
    let bound = "SELECT COUNT(*) FROM member WHERE email = 'nora@elsewhere.test' AND subject IS NOT NULL
                     AND authorization_state = 'reviewed'";
    assert_eq!(world.tenant_count(&world.acme, bound).await, 0, "nobody is in by a file");
    nora.opens(&link).await.makes_an_account().await.is("/").sees("Editor");
    assert_eq!(world.tenant_count(&world.acme, bound).await, 1, "an account is bound by whoever has it");
    // The same file again, once she has come.
    let again = looks(&world, &mut admin, &world.acme, true, PEOPLE.as_bytes()).await;
    assert_eq!(numbers(admin.opens(&world.acme.url(&again)).await), [0, 0, 2, 0]);
}

#[tokio::test]
async fn bad_lines_say_what_is_wrong_and_stop_nobody_else() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let file = [
        b"email,given_name,roles,shoe_size\n".as_slice(),
        b"good@elsewhere.test,Good,viewer,41\n",
        b"GOOD@elsewhere.test,Doubled,viewer,41\n",
        b"latin@elsewhere.test,J\xf6rg,viewer,41\n",
        b"king@elsewhere.test,King,king,41\n",
        b"short@elsewhere.test\n",
        &[b"long@elsewhere.test,".as_slice(), &vec![b'x'; 100_000], b",viewer,41\n"].concat(),
        b"<script>alert(1)</script>,<b>x</b>,viewer,41\n",
        b"last@elsewhere.test,\"=HYPERLINK(\"\"http://evil.test\"\")\",viewer,41",
    ]
    .concat();
    let path = looks(&world, &mut admin, &world.acme, false, &file).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(numbers(page), [2, 0, 0, 6]);
    for words in [
        "Line 2 has the same address.",
        "given_name: This is not in UTF-8.",
        "roles: There is no role “king”.",
        "The line has another number of cells than the first one.",
        "The line is longer than 64 kB.",
        "shoe_size",
    ] {
        page.sees(words);
    }
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<b>x"), "foreign text is text");
    let wrong = admin.get(world.acme.url(&format!("{path}/report.csv?only=wrong"))).await;
    assert_eq!(wrong.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(wrong.body.trim_end().split("\r\n").count(), 7, "{}", wrong.body);
    assert!(wrong.body.contains("\r\n3,GOOD@elsewhere.test,Doubled,wrong,no,,email,Line 2 has the same address.\r\n"));
    let whole = admin.get(world.acme.url(&format!("{path}/report.csv"))).await;
    assert!(whole.body.contains("\"'=HYPERLINK"), "a spreadsheet takes it for text: {}", whole.body);
    imports(&world, &mut admin, &world.acme, &path).await;
    let added = "SELECT COUNT(*) FROM member WHERE email LIKE '%elsewhere.test'";
    assert_eq!(world.tenant_count(&world.acme, added).await, 2);
    admin.opens(&world.acme.url(&format!("{path}?only=wrong"))).await.sees_not("last@elsewhere.test");
}

#[tokio::test]
async fn rel_19_a_file_that_cannot_be_taken_is_told_and_leaves_nothing() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let utf16: Vec<u8> = "\u{feff}email\r\na@b.test\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    // The file is larger than this server takes (4 MB), with many lines, and as one line without end.
    let lines = [b"email\n".as_slice(), &b"somebody@elsewhere.test\n".repeat(200_000)].concat();
    let endless = [b"email\n".as_slice(), &vec![b'x'; 5_000_000]].concat();
    for (file, status, words) in [
        (b"".as_slice(), 422, "There is nothing in this file."),
        (b"email,roles\n", 422, "There is nothing in this file."),
        (&utf16, 422, "This file is in UTF-16."),
        (b"name,roles\nMina,viewer\n", 422, "has no column “email”"),
        (&lines, 413, "The file is larger than 4 MB."),
        (&endless, 413, "The file is larger than 4 MB."),
    ] {
        brings(&mut admin, &world.acme, false, file).await.answers(status).sees(words);
    }
    let open = "SELECT COUNT(*) FROM import WHERE state <> 'receiving' OR ended_at IS NULL";
    assert_eq!(world.tenant_count(&world.acme, open).await, 0);
    assert!(!admin.opens(&world.acme.url(FORM)).await.has("imports"), "nobody sees what was staged");
    // The control: a file of the largest size.
    let most = [b"email\n".as_slice(), &vec![b'\n'; 3_900_000], b"a@elsewhere.test\n"].concat();
    looks(&world, &mut admin, &world.acme, false, &most).await;
}

#[tokio::test]
async fn az_01_whoever_may_not_invite_brings_no_file_and_another_tenants_import_is_not_there() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut owner = world.admin_of(&world.studio).await;
    let mut editor = world.member("editor", &world.acme, MemberState::Active, &["editor"]).await;
    editor.enters(&world.acme).await;
    let path = looks(&world, &mut admin, &world.acme, false, PEOPLE.as_bytes()).await;
    for page in [FORM, "/members/import/example.csv", &path, &format!("{path}/report.csv"), "/members/export.jsonl"] {
        editor.get(world.acme.url(page)).await.answers(403);
    }
    brings(&mut editor, &world.acme, false, PEOPLE.as_bytes()).await.answers(403);
    turns(&mut editor, &world.acme, &format!("{path}/start")).await.answers(403);
    for page in [path.clone(), format!("{path}/report.csv")] {
        owner.get(world.studio.url(&page)).await.answers(404);
    }
    turns(&mut owner, &world.studio, &format!("{path}/start")).await.answers(404);
    // Without the page's token, nothing is read.
    let fields = [("csrf", None, b"forged".as_slice()), ("file", Some("a.csv"), PEOPLE.as_bytes())];
    admin.post_file(world.acme.url(FORM), &multipart(&fields)).await.answers(403);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM import").await, 1);
    // A role is only handed over: no file gives it (PD-01).
    let crown = b"email,roles\nking@elsewhere.test,owner\nfriend@elsewhere.test,member\n";
    let path = looks(&world, &mut owner, &world.studio, false, crown).await;
    assert_eq!(numbers(owner.opens(&world.studio.url(&path)).await), [1, 0, 0, 1]);
    owner.sees("only handed over by its holder");
    // The control.
    imports(&world, &mut owner, &world.studio, &path).await;
    let friend = "SELECT COUNT(*) FROM member WHERE email LIKE '%@elsewhere.test'";
    assert_eq!(world.tenant_count(&world.studio, friend).await, 1);
}

#[tokio::test]
async fn pp_03_several_people_are_invited_by_pasted_addresses() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let form = world.acme.url("/members/invite/many");
    let mut paste = async |addresses: &str| {
        let csrf = admin.opens(&form).await.csrf();
        let (look, roles) =
            ([("csrf", csrf.as_str()), ("addresses", addresses)], [("role[]", "viewer"), ("role[]", "supplier")]);
        let fields = [&look[..], &[("locale", "de"), ("send_now", "yes")], &roles].concat();
        admin.post(form.clone(), &fields).await
    };
    paste(" ,; \n").await.answers(422).sees("Nobody is named here yet");
    let here = world.member("here", &world.acme, MemberState::Active, &["editor"]).await;
    let crowd = format!("Nora New <nora@elsewhere.test>, lars@elsewhere.test;\nno.address {}", here.email);
    let path = paste(&crowd).await.answers(303).location().unwrap().path().to_owned();
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, INVITATIONS).await, 0, "nothing before the word is given");
    let before = world.tenant_count(&world.acme, MEMBERS).await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!((number(page, "new"), number(page, "wrong")), (2, 1), "{}", page.text());
    assert_eq!(number(page, "unchanged"), 1, "who is in needs no invitation: {}", page.text());
    page.sees("no.address");
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, before + 2);
    let nora = "SELECT COUNT(*) FROM member m JOIN member_role r ON r.member_id = m.id WHERE m.email = 'nora@elsewhere.test'
                AND m.given_name = 'Nora' AND m.family_name = 'New' AND m.locale = 'de' AND m.authorization_state = 'invited'";
    assert_eq!(world.tenant_count(&world.acme, nora).await, 2, "with both roles");
    for address in ["nora@elsewhere.test", "lars@elsewhere.test"] {
        assert_eq!(world.mails_to(address).await.len(), 1, "{address}");
    }
    let of_here = "SELECT SUM(CASE r.role WHEN 'editor' THEN 1 ELSE 100 END) FROM member m
                   JOIN member_role r ON r.member_id = m.id WHERE m.given_name = 'Here'";
    assert_eq!(world.tenant_count(&world.acme, of_here).await, 1, "an editor and nothing else, as before");
    // Whoever may not invite pastes nobody.
    let mut editor = world.member("editor", &world.acme, MemberState::Active, &["editor"]).await;
    editor.enters(&world.acme).await;
    editor.get(form.clone()).await.answers(403);
    let csrf = editor.opens(&world.acme.url("/profile")).await.csrf();
    editor
        .post(form.clone(), &[("csrf", &csrf), ("addresses", "x@elsewhere.test"), ("locale", "en")])
        .await
        .answers(403);
}

#[tokio::test]
async fn pp_03_a_bare_address_calls_nobody_otherwise_who_is_invited_already() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let nora = world.stranger("nora");
    world.invites(&mut admin, &world.acme, &nora, &["viewer"]).await;
    let csrf = admin.opens(&world.acme.url("/members/invite/many")).await.csrf();
    let addresses = format!("{}\n\"Ö, Ä\" <other@elsewhere.test>", nora.email);
    let fields = [("csrf", &*csrf), ("addresses", &*addresses), ("locale", "en"), ("send_now", "yes")];
    let looked = admin.post(world.acme.url("/members/invite/many"), &fields).await.answers(303).location().unwrap();
    world.settle().await;
    let page = admin.opens(looked.as_str()).await;
    assert_eq!(numbers(page), [1, 0, 1, 0], "{}", page.text());
    imports(&world, &mut admin, &world.acme, looked.path()).await;
    let names = "SELECT COUNT(*) FROM member WHERE (given_name = 'Nora' AND family_name = 'Doe')
                 OR (given_name = 'Ä' AND family_name = 'Ö')";
    assert_eq!(world.tenant_count(&world.acme, names).await, 2);
    let roles = "SELECT COUNT(*) FROM member_role WHERE role = 'viewer'";
    assert_eq!(world.tenant_count(&world.acme, roles).await, 1, "what nobody ticked takes nothing");
}

#[tokio::test]
async fn an_export_comes_back_in_unchanged_and_makes_the_same_list_elsewhere() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for (name, state, roles) in [
        ("anna", MemberState::Active, &["viewer", "editor"][..]),
        ("bert", MemberState::Locked, &["supplier"]),
        ("carl", MemberState::Suspended, &[]),
        ("dora", MemberState::ToReview, &[]),
        ("emil", MemberState::Rejected, &[]),
        ("fred", MemberState::Deleted, &["viewer"]),
    ] {
        world.member(name, &world.acme, state, roles).await;
    }
    // One word for both.
    world.tenant_change(&world.acme, "UPDATE member SET locked = TRUE WHERE given_name = 'Carl'").await;
    let evil = tenant_server::SeedMember {
        subject: Some("evil".into()),
        email: "evil@people.test".into(),
        given_name: "=HYPERLINK(\"http://evil.test\")".into(),
        family_name: "'+1, \"quoted\"".into(),
        locale: "en".into(),
        state: MemberState::Active,
        roles: vec!["supplier".into()],
        reason: None,
    };
    world.tenants.seed_member("acme", evil).await.unwrap();
    let count = world.tenant_count(&world.acme, MEMBERS).await;
    let before = world.tenant_count(&world.acme, "SELECT CAST(SUM(version) AS BIGINT) FROM member").await;
    for name in ["export.csv", "export.jsonl"] {
        let file = admin.get(world.acme.url(&format!("/members/{name}"))).await;
        file.answers(200);
        let path = looks(&world, &mut admin, &world.acme, false, file.body.as_bytes()).await;
        let page = admin.opens(&world.acme.url(&path)).await;
        assert_eq!(numbers(page), [0, 0, count, 0], "{name}: {}", page.text());
        assert!(!page.has("ignored") && !page.has("start"), "{name}");
    }
    let after = world.tenant_count(&world.acme, "SELECT CAST(SUM(version) AS BIGINT) FROM member").await;
    assert_eq!(after, before, "nobody was changed");

    // Into a tenant where nobody of them is. Who only was somebody with an account stays behind, and is told.
    let elsewhere = World::new().await;
    let mut boss = elsewhere.admin_of(&elsewhere.acme).await;
    let file = admin.get(world.acme.url("/members/export.csv")).await;
    let path = looks(&elsewhere, &mut boss, &elsewhere.acme, false, file.body.as_bytes()).await;
    imports(&elsewhere, &mut boss, &elsewhere.acme, &path).await;
    // The administrators of both have the same address.
    assert_eq!(numbers(boss.opens(&elsewhere.acme.url(&path)).await), [count - 4, 0, 1, 3], "{}", boss.text());
    let line = |body: &str, email: &str| -> Vec<String> {
        let line = body.lines().find(|line| line.contains(email)).unwrap_or_default();
        let said: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        ["email", "given_name", "family_name", "language", "roles", "locked"].map(|key| said[key].to_string()).into()
    };
    let there = boss.get(elsewhere.acme.url("/members/export.jsonl")).await.body;
    let here = admin.get(world.acme.url("/members/export.jsonl")).await.body;
    for email in ["anna@people.test", "bert@people.test", "carl@people.test", "evil@people.test"] {
        assert_eq!(line(&there, email), line(&here, email), "{email}");
    }
    let path = looks(&elsewhere, &mut boss, &elsewhere.acme, false, there.as_bytes()).await;
    let page = boss.opens(&elsewhere.acme.url(&path)).await;
    assert_eq!(numbers(page), [0, 0, count - 3, 0], "{}", page.text());
}

#[tokio::test]
async fn the_example_is_a_file_that_can_be_imported() {
    let world = World::new().await;
    for (at, who) in [(&world.acme, "acme"), (&world.studio, "studio")] {
        let mut admin = world.admin_of(at).await;
        let example = admin.get(at.url("/members/import/example.csv")).await;
        let path = looks(&world, &mut admin, at, false, example.body.as_bytes()).await;
        assert_eq!(numbers(admin.opens(&at.url(&path)).await), [2, 0, 0, 0], "{who}: {}", admin.text());
    }
}

#[tokio::test]
async fn az_01_only_whoever_brought_a_file_gives_the_word() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut other = world.admin_of(&world.acme).await;
    let path = looks(&world, &mut admin, &world.acme, false, PEOPLE.as_bytes()).await;
    other.opens(&world.acme.url(&path)).await.sees("people.csv");
    assert!(!other.has("start") && other.has("cancel"), "what is wrong by the rights of one may be right by another's");
    turns(&mut other, &world.acme, &format!("{path}/start")).await.answers(403);
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, 2);
    admin.opens(&world.acme.url(&path)).await;
    assert!(admin.has("start"));
    imports(&world, &mut admin, &world.acme, &path).await;
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, 4);
}

#[tokio::test]
async fn a_cell_that_is_longer_than_any_name_is_an_error_of_its_line() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let file = format!("email,roles\nmina@elsewhere.test,{}\nlars@elsewhere.test,viewer\n", "viewer ".repeat(1_000));
    let path = looks(&world, &mut admin, &world.acme, false, file.as_bytes()).await;
    admin.opens(&world.acme.url(&path)).await.sees("2,000 bytes at most");
    assert_eq!(numbers(&admin.page), [1, 0, 0, 1]);
}
