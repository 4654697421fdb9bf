//! Inviting people: an administrator types who it is, the identity server mails the link, whoever accepts is a member.

mod ledger;

use tenant::members::MemberState;

use crate::harness::{DAY, HOUR, MINUTE, Person, Place, World};

impl World {
    /// An administrator invites somebody, and looks at them; answers with their page's path.
    pub async fn invites(&self, admin: &mut Person, at: &Place, who: &Person, roles: &[&str]) -> String {
        admin.opens(&at.url("/members/invite")).await.answers(200);
        let csrf = admin.csrf();
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("given_name", who.given_name.as_str()),
            ("family_name", who.family_name.as_str()),
            ("email", who.email.as_str()),
            ("locale", "en"),
            ("message", "See you on Monday."),
            ("send_now", "yes"),
        ];
        fields.extend(roles.iter().map(|role| ("role[]", *role)));
        let made = admin.post(at.url("/members/invite"), &fields).await;
        let page = made.location().unwrap_or_else(|| panic!("{made:?}"));
        admin.opens(page.as_str()).await.answers(200);
        page.path().to_owned()
    }

    /// The link of the newest invitation to an address.
    pub async fn invitation_link(&self, to: &Person) -> String {
        self.settle().await;
        self.mailed_link(&to.email).await
    }
}

impl Person {
    /// On the page of an invitation, without an account.
    pub async fn makes_an_account(&mut self) -> &mut Self {
        let password = self.password.clone();
        self.submits("create", &[("password", &password)]).await
    }
}

const MEMBERS: &str = "SELECT COUNT(*) FROM member";
const ACCOUNTS: &str = "SELECT COUNT(*) FROM account";
const LINKS: &str = "SELECT COUNT(*) FROM link";

#[tokio::test]
async fn pp_03_an_administrator_invites_and_whoever_follows_the_mail_is_in() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.stranger("mina");
    let page = world.invites(&mut admin, &world.acme, &mina, &["editor"]).await;
    admin.sees("The invitation is on its way").sees("Invited").sees("Editor").sees("Waits to be handed");
    assert_eq!(admin.text_of("axis-authorization"), "Invited");
    let bare = "SELECT COUNT(*) FROM member WHERE authorization_state = 'invited' AND subject IS NULL";
    assert_eq!(world.tenant_count(&world.acme, bare).await, 1, "what the administrator typed, and no more");
    assert_eq!(world.identity_count(LINKS).await, 1, "the administrator's own");

    let link = world.invitation_link(&mina).await;
    assert!(link.starts_with(&world.id.base), "the identity server alone mails secrets");
    let mail = world.mails_to(&mina.email).await.pop().unwrap();
    assert_eq!(mail.letter.subject, "Acme Library invites you to join");
    let by = format!("According to Acme Library, the invitation comes from {}.", admin.name());
    assert!(mail.letter.paragraphs.contains(&by), "{:?}", mail.letter.paragraphs);
    assert!(mail.letter.paragraphs.iter().any(|text| text == "> See you on Monday."));
    world.passes(3 * MINUTE);
    world.settle().await;
    admin.opens(&world.acme.url(&page)).await.sees("The mail server took the mail");

    mina.opens(&link).await.sees("Join Acme Library").sees("mina@people.test");
    assert_eq!(world.identity_count(ACCOUNTS).await, 1);
    world.passes(3 * MINUTE);
    world.settle().await;
    admin.opens(&world.acme.url(&page)).await.sees("The link was opened");
    mina.makes_an_account().await.is("/");
    assert!(mina.url.as_str().starts_with(&world.acme.base), "{:?}", mina.page);
    assert_eq!(mina.text_of("own-roles"), "Your role here: Editor");

    let reviewed = "SELECT COUNT(*) FROM member WHERE authorization_state = 'reviewed' AND subject IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, reviewed).await, 2, "PP-26: no second approval");
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, 2);
    let by = format!("Given by {}", admin.name());
    admin.opens(&world.acme.url(&page)).await.sees("Accepted").sees(&by);
    assert_eq!(admin.text_of("axis-authorization"), "Reviewed");
    assert!(!admin.has("send-invitation") && !admin.has("withdraw"));
    world.settle().await;
    let settled = "SELECT COUNT(*) FROM invitation WHERE settled_at IS NOT NULL AND accepted_by IS NOT NULL";
    assert_eq!(world.identity_count(settled).await, 1);
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action IN
        ('member.invited', 'member.invitation_queued', 'member.invitation_accepted')";
    assert_eq!((world.tenant_count(&world.acme, told).await, world.audited("invitation.accepted").await), (3, 1));
    let mut elsewhere = mina.elsewhere(&world);
    elsewhere.enters(&world.acme).await.sees("Editor");
}

#[tokio::test]
async fn pp_03_unless_the_checkbox_is_off_and_then_a_button_sends_it() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.stranger("mina");
    admin.opens(&world.acme.url("/members/invite")).await;
    assert_eq!(admin.page.find("input[name=send_now][checked]", |_| ()), Some(()), "on by default");
    let csrf = admin.csrf();
    let fields = [
        ("csrf", csrf.as_str()),
        ("given_name", "Mina"),
        ("family_name", "Doe"),
        ("email", mina.email.as_str()),
        ("locale", "de"),
    ];
    let made = admin.post(world.acme.url("/members/invite"), &fields).await.location().unwrap();
    admin.opens(made.as_str()).await.sees("has not been sent yet").sees("No invitation has been sent yet");
    world.settle().await;
    assert!(world.mails_to(&mina.email).await.is_empty());
    admin.submits("send-invitation", &[]).await.sees("The invitation is on its way");
    world.settle().await;
    let mails = world.mails_to(&mina.email).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].letter.subject.contains("Acme Library lädt Sie ein"), "in the invited person's language");
}

#[tokio::test]
async fn pp_03_required_fields_and_roles_one_may_not_give_are_refused() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.studio).await;
    let mut writer = world.member("writer", &world.studio, MemberState::Active, &["member-writing"]).await;
    world.member("known", &world.studio, MemberState::Active, &[]).await;
    admin.opens(&world.studio.url("/members/invite")).await.sees_not_role("owner");
    let csrf = admin.csrf();
    let good =
        [("given_name", "A"), ("family_name", "B"), ("email", "a@b.test"), ("locale", "en"), ("send_now", "yes")];
    for (field, value, status) in [
        ("given_name", " ", 422),
        ("family_name", "", 422),
        ("family_name", "B\r\nBcc: eve@evil.test", 422),
        ("email", "nonsense", 422),
        ("email", "a@b.test, c@d.test", 422),
        ("email", "a@b.test\r\nBcc: c@d.test", 422),
        ("email", "KNOWN@people.test", 422),
        ("locale", "tlh", 422),
        ("role[]", "owner", 403),
        ("role[]", "no-such-role", 422),
        ("is_admin", "true", 400),
        ("member_id", "1", 400),
    ] {
        let mut fields: Vec<_> = good.iter().copied().filter(|(name, _)| *name != field).collect();
        fields.extend([(field, value), ("csrf", &*csrf)]);
        let answer = admin.post(world.studio.url("/members/invite"), &fields).await;
        assert_eq!(answer.status, status, "{field}={value:?}: {answer:?}");
    }
    writer.enters(&world.studio).await;
    let theirs = writer.csrf();
    let fields: Vec<_> = good.into_iter().chain([("csrf", &*theirs)]).collect();
    writer.opens(&world.studio.url("/members/invite")).await.answers(403);
    assert_eq!(writer.post(world.studio.url("/members/invite"), &fields).await.status, 403, "PD-08, TP-03");
    assert_eq!(world.tenant_count(&world.studio, MEMBERS).await, 3);
    let fields: Vec<_> = good.into_iter().chain([("csrf", &*csrf)]).collect();
    assert_eq!(admin.post(world.studio.url("/members/invite"), &fields).await.status, 303, "the control");
}

impl Person {
    fn sees_not_role(&mut self, role: &str) -> &mut Self {
        assert_eq!(self.page.find(&format!("input[name='role[]'][value='{role}']"), |_| ()), None);
        self
    }
}

#[tokio::test]
async fn pd_04_who_has_an_account_keeps_it_and_lands_in_the_instance() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.studio).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    world.invites(&mut admin, &world.studio, &bob, &["member"]).await;
    let link = world.invitation_link(&bob).await;
    bob.opens(&link).await.sees("You have an account with this address");
    assert!(!bob.has("create"));
    bob.submits("sign-in-to-accept", &[]).await;
    let password = bob.password.clone();
    if bob.has("next") {
        bob.submits("next", &[]).await;
    }
    bob.submits("login", &[("password", &password)]).await.is("/invitation/accept").sees("bob@people.test");
    assert!(!bob.url.as_str().contains("token"));
    bob.submits("accept", &[]).await.is("/").sees("Team member");
    assert!(bob.url.as_str().starts_with(&world.studio.base));
    assert!(!bob.passed("/join"));
    bob.opens(&world.id.url("/account/instances")).await.sees("Acme Library").sees("Nordlys Studio");
    bob.elsewhere(&world).enters(&world.studio).await.sees("Team member");
    assert_eq!(world.identity_count(ACCOUNTS).await, 2);
}

#[tokio::test]
async fn pd_03_an_account_with_another_address_may_accept_since_the_link_proves_the_invited_one() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.account("mina").await;
    let office = world.stranger("mina.office");
    world.invites(&mut admin, &world.acme, &office, &["viewer"]).await;
    let link = world.invitation_link(&office).await;
    mina.signs_in(&world).await.opens(&link).await.sees("mina.office@people.test").sees("mina@people.test");
    mina.submits("accept", &[]).await.is("/").sees("Viewer");
    assert_eq!(world.identity_count(ACCOUNTS).await, 2, "no second account");
    let known = "SELECT COUNT(*) FROM member WHERE email = 'mina@people.test' AND authorization_state = 'reviewed'";
    assert_eq!(world.tenant_count(&world.acme, known).await, 1, "the account says how she is reached");
}

#[tokio::test]
async fn pp_26_who_asked_before_is_answered_by_the_invitation_and_stays_one_member() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.sign_up("alice").await;
    alice.sees("You asked to join");
    let office = world.stranger("alice.office");
    let page = world.invites(&mut admin, &world.acme, &office, &["supplier"]).await;
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, 3);
    let link = world.invitation_link(&office).await;
    alice.opens(&link).await.submits("accept", &[]).await.is("/").sees("Supplier");
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, 2, "the invited record went up in hers");
    admin.opens(&world.acme.url(&page)).await.answers(404);
    admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await.sees("Accepted").sees("Supplier");
    admin.sees("someone who was known here already");
    assert_eq!(admin.text_of("axis-authorization"), "Reviewed");
}

#[tokio::test]
async fn while_the_identity_server_is_away_an_invitation_waits_and_goes_out_once() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.stranger("mina");
    world.id.goes_down();
    let page = world.invites(&mut admin, &world.acme, &mina, &[]).await;
    assert!(world.tenants.deliver_all().await.is_err());
    admin.opens(&world.acme.url(&page)).await.sees("Waits to be handed");
    world.id.comes_back();
    world.passes(DAY);
    for _ in 0..3 {
        world.settle().await;
        world.passes(20 * MINUTE);
    }
    assert_eq!(world.mails_to(&mina.email).await.len(), 1, "asked about again and again, mailed once");
    let link = world.invitation_link(&mina).await;
    mina.opens(&link).await.makes_an_account().await.is("/").sees("you have no role yet");
}

#[tokio::test]
async fn pp_03_a_name_that_was_mistyped_is_corrected_before_they_come() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut mina = world.stranger("mina");
    let page = world.invites(&mut admin, &world.acme, &mina, &[]).await;
    world.settle().await;
    let details = format!("{page}/details");
    admin.opens(&world.acme.url(&page)).await.clicks("correct-details").await;
    for (given, family, locale, said) in [
        ("", "Hollis", "de", "Enter a name."),
        ("Mina\nHollis", "Hollis", "de", "no line breaks"),
        ("Mina", &*"x".repeat(101), "de", "at most 100 characters"),
        ("Mina", "Hollis", "xx", "Choose one of the languages."),
    ] {
        admin.opens(&world.acme.url(&details)).await;
        let typed = [("given_name", given), ("family_name", family), ("locale", locale)];
        admin.submits("save", &typed).await.answers(422).sees(said);
    }
    let typed = [("given_name", "Mina"), ("family_name", "O’Hollis"), ("locale", "de")];
    admin.opens(&world.acme.url(&details)).await.submits("save", &typed).await.sees("Corrected.").sees("Mina O’Hollis");
    admin.sees("Name or language corrected");
    assert_eq!(world.mails_to(&mina.email).await.len(), 1, "the invitation, and nothing since");
    // It is found by what it is called now; the next mail goes by it.
    admin.opens(&world.acme.url("/members?q=o’hollis")).await.sees("Mina O’Hollis");
    admin.opens(&world.acme.url(&page)).await.submits("send-invitation", &[]).await;
    world.settle().await;
    let mails = world.mails_to(&mina.email).await;
    let subjects: Vec<&str> = mails.iter().map(|mail| &*mail.letter.subject).collect();
    assert!(subjects.len() == 2 && subjects[1].ends_with("lädt Sie ein"), "{subjects:?}");
    // Whoever has come states it themselves.
    let link = world.invitation_link(&mina).await;
    // The link that they have goes by what was corrected since.
    let typed = [("given_name", "Mina"), ("family_name", "Hollis"), ("locale", "de")];
    admin.opens(&world.acme.url(&details)).await.submits("save", &typed).await;
    world.settle().await;
    mina.opens(&link).await;
    assert_eq!(mina.page.attribute("family_name", "value"), "Hollis", "{:?}", mina.page);
    assert_eq!(world.mails_to(&mina.email).await.len(), 2, "and no mail tells of it");
    mina.makes_an_account().await;
    admin.opens(&world.acme.url(&page)).await;
    assert!(!admin.has("correct-details"));
    admin.opens(&world.acme.url(&details)).await.answers(409);
    let csrf = admin.opens(&world.acme.url("/profile")).await.csrf();
    let typed = [("csrf", &*csrf), ("given_name", "Somebody"), ("family_name", "Else"), ("locale", "en")];
    admin.post(&world.acme.url(&details), &typed).await.answers(409);
    admin.opens(&world.acme.url(&page)).await.sees("Mina").sees_not("Somebody");
}

#[tokio::test]
async fn pp_03_what_somebody_invited_is_called_is_corrected_by_whoever_may_and_keeps_what_it_is_not_about() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.stranger("mina");
    let page = world.invites(&mut admin, &world.acme, &mina, &[]).await;
    let details = world.acme.url(&format!("{page}/details"));
    // A language by a longer tag, and one that no page knows, are left alone.
    for (tag, shown) in [("de-AT", "de"), ("ja", "")] {
        let set = format!("UPDATE member SET locale = '{tag}' WHERE email = '{}'", mina.email);
        world.tenant_change(&world.acme, Box::leak(set.into_boxed_str())).await;
        admin.opens(&details).await;
        let chosen = admin.page.find("#locale option[selected]", |it| it.value().attr("value").unwrap().to_owned());
        assert_eq!(chosen.as_deref(), Some(shown), "{tag}");
        let typed = [("given_name", tag), ("family_name", "Hollis"), ("locale", shown)];
        admin.submits("save", &typed).await.sees("Corrected.");
        let kept = format!("SELECT COUNT(*) FROM member WHERE locale = '{tag}' AND given_name = '{tag}'");
        assert_eq!(world.tenant_count(&world.acme, Box::leak(kept.into_boxed_str())).await, 1, "{tag}");
    }
    admin.opens(&details).await.submits("save", &[("locale", "de")]).await.sees("Corrected.");
    admin.opens(&details).await.submits("save", &[]).await.is(&page);
    assert!(!admin.page.text().contains("Corrected."), "nothing was otherwise");
    // Why not, as it is; before anything that was typed is judged.
    for (deed, undo, why) in [("lock", "unlock", "They are locked."), ("suspend", "resume", "They are deactivated.")] {
        admin.opens(&world.acme.url(&page)).await.submits(deed, &[]).await;
        admin.get(&details).await.answers(409).sees(why);
        let csrf = admin.opens(&world.acme.url("/profile")).await.csrf();
        let typed = [("csrf", &*csrf), ("given_name", ""), ("family_name", ""), ("locale", "xx")];
        admin.post(&details, &typed).await.answers(409).sees(why);
        admin.opens(&world.acme.url(&page)).await.submits(undo, &[]).await;
    }
    world.settle().await;
    assert_eq!(world.mails_to(&mina.email).await.len(), 1, "the invitation, and nothing of a lock");
    // What a provider says is said there, here of one that owns everything; whatever the form brings along (PP-07).
    world.tenant_change(&world.acme, "UPDATE member SET provider = 'corp' WHERE authorization_state = 'invited'").await;
    admin.opens(&details).await.sees("corp says what they are called.");
    assert!(!admin.page.has("given_name"));
    let csrf = admin.csrf();
    let typed = [("csrf", &*csrf), ("given_name", "Evil"), ("family_name", "Name"), ("locale", "de")];
    admin.post(&details, &typed).await.answers(303);
    admin.post(&details, &[("csrf", &*csrf), ("locale", "en")]).await.answers(409).sees("corp");
    let kept = "SELECT COUNT(*) FROM member WHERE given_name = 'ja' AND locale = 'de'";
    assert_eq!(world.tenant_count(&world.acme, kept).await, 1);
}

#[tokio::test]
async fn the_ledger_tells_withdrawn_expired_and_refused_ones() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mina = world.stranger("mina");
    let page = world.invites(&mut admin, &world.acme, &mina, &[]).await;
    world.settle().await;
    admin.opens(&world.acme.url(&page)).await.submits("withdraw", &[]).await.sees("does not work any more");
    let name = admin.name();
    admin.sees(&name).sees("Withdrawn");
    admin.submits("send-invitation", &[]).await;
    world.settle().await;
    world.mail.fail_with(Some(mail::Undelivered::Refused("550 no such mailbox".to_owned())));
    // What cannot be is said at the field, and what was typed stays there.
    let here = world.member("here", &world.acme, MemberState::Active, &[]).await;
    for (typed, why) in [("no address", "not one"), (&*here.email, "already")] {
        admin.opens(&world.acme.url(&page)).await.submits("correct-email", &[("email", typed)]).await.answers(422);
        assert_eq!(
            (admin.page.attribute("email", "value"), admin.page.has("known-member")),
            (typed.to_owned(), typed == here.email),
            "{why}"
        );
        assert!(admin.page.has("email-error"), "{:?}", admin.page);
        // Whoever chooses a language there comes back to the member, as from the address of an undo.
        admin.opens(admin.url.clone().as_str()).await.is(&page);
        admin.opens(&world.acme.url(&format!("{page}/undo/7"))).await.is(&page);
    }
    admin.submits("correct-email", &[("email", "mnia@people.test")]).await.sees("A new invitation is on its way");
    admin.sees("Replaced by a newer one").sees("mnia@people.test");
    // A refusal is believed after some hours of trying.
    for _ in 0..9 {
        world.settle().await;
        world.passes(HOUR);
    }
    admin.opens(&world.acme.url(&page)).await.sees("The mail server refused the mail");
    world.mail.fail_with(None);
    admin.submits("send-invitation", &[]).await;
    world.settle().await;
    world.passes(8 * DAY);
    world.settle().await;
    admin.enters(&world.acme.url(&page)).await.sees("Expired");
}
