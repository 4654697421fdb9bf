//! IN-04: whatever ends an access × whatever could still open something. Rows and columns come from the code (a new state of a
//! member, a new standing of a tenant, a new grant fails the build or the test until it has its place here); what is to be
//! expected stands in the table, by hand.

use evil_provider::Person as Upstream;
use futures_util::{StreamExt, stream};
use identity::grants::ACCESS_TOKEN_LIFETIME;
use oidc::client::GrantType;
use oidc::scope::MEMBERS_READ;
use serde_json::{Value, json};
use tenant::control::Standing;
use tenant::members::MemberState;
use url::Url;

use crate::api::{acting, serving};
use crate::applications::{tell, tenant_api};
use crate::harness::{MINUTE, Person, Rp, SECOND, World, claims, refreshing, staying, text};

/// `+` it works, `-` it is refused, `.` does not apply.
const TABLE: &str = "
                      password half-done silent waiting tenant callback code refresh offline userinfo introspect upstream away link person service api bystander
    nothing              +         +       +       +      +       +      +      +       +       +         +         +     +    +     +       +     +      +
    logged-out           +         +       -       -      -       -      -      -       +       -         -         +     +    +     +       +     +      +
    ended-elsewhere      +         +       -       -      -       -      -      -       -       -         -         -     +    +     +       +     +      +
    session-ran-out      +         +       -       -      +       -      -      -       +       -         -         -     +    +     +       +     +      +
    password-changed     -         -       -       -      -       -      -      -       -       -         -         -     +    -     +       +     +      +
    role-removed         +         +       +       +      +       +      +      +       +       +         +         +     +    +     .       +     +      +
    member-locked        -         -       -       -      -       -      -      -       -       -         -         -     -    -     -       +     +      +
    member-suspended     -         -       -       -      .       .      -      -       -       -         -         -     -    -     .       +     +      +
    member-rejected      -         -       -       -      .       .      -      -       -       -         -         -     -    -     .       +     +      +
    member-deleted       -         -       -       -      .       .      -      -       -       -         -         -     -    -     .       +     +      +
    member-to_review     -         -       -       -      .       .      -      -       -       -         -         -     -    -     .       +     +      +
    member-invited       -         -       -       -      .       .      -      -       -       -         -         -     -    -     .       +     +      +
    tenant-suspended     -         -       -       -      -       -      -      -       -       -         -         -     -    -     -       -     -      -
    tenant-deleted       -         -       -       -      -       -      -      -       -       -         -         -     -    -     -       -     -      -
    client-disabled      -         -       -       -      +       +      -      -       -       -         -         -     -    -     +       +     +      -
    client-revokes       +         +       +       +      +       +      +      -       -       -         -         +     +    +     +       +     +      +
    provider-disabled    +         +       +       +      +       +      +      +       +       +         +         -     -    -     +       +     +      +
    unlinked             +         +       +       +      +       +      +      +       +       +         +         -     -    +     +       +     +      +
    member-switched      -         -       -       -      -       -      -      -       -       -         -         -     -    -     -       +     +      +
    account-switched     -         -       -       -      -       -      -      -       -       -         -         -     -    -     +       +     +      +
    break-glass          -         -       -       -      -       -      -      -       -       -         -         -     -    -     -       +     +      +
    asked-to-leave       -         -       -       -      -       -      -      -       -       -         -         -     -    -     -       +     +      +
";
// The members whose state was only told have their sessions ended by their own tenant, which did not tell it itself here.
// The tenant's API hears of what the account's own ends within five minutes: see below.
// A tenant's session has an end of its own: it outlives the identity server's that has run out, as an application's does.

/// The column that shows a grant's end.
const fn column_of(grant: GrantType) -> &'static str {
    match grant {
        GrantType::AuthorizationCode => "code",
        GrantType::RefreshToken => "refresh",
        GrantType::ClientCredentials => "api",
    }
}

/// The row of a tenant that stands so.
const fn row_of(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "nothing",
        Standing::Suspended => "tenant-suspended",
        Standing::Deleted => "tenant-deleted",
    }
}

/// What is expected at each entry, in the order in which they are tried.
type Row = Vec<(&'static str, char)>;

fn table() -> Vec<(&'static str, Row)> {
    let mut lines =
        TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty());
    let columns = lines.next().unwrap();
    let row = |words: Vec<&'static str>| {
        assert_eq!(words.len(), columns.len() + 1, "{words:?}");
        let cells = words[1..].iter().map(|word| word.chars().next().unwrap());
        (words[0], columns.iter().copied().zip(cells).collect())
    };
    lines.map(row).collect()
}

#[test]
fn in_04_the_matrix_has_a_place_for_everything_that_there_is() {
    let table = table();
    for grant in GrantType::ALL {
        assert!(table[0].1.iter().any(|(column, _)| *column == column_of(*grant)), "{grant:?}");
    }
    let has = |row: &str| table.iter().any(|(name, _)| *name == row);
    for standing in Standing::ALL {
        assert!(has(row_of(*standing)), "{standing:?}");
    }
    for state in MemberState::ALL.iter().filter(|state| **state != MemberState::Active) {
        assert!(has(&format!("member-{}", state.word())), "{state:?}");
    }
    assert!(table[0].1.iter().all(|(_, cell)| *cell == '+'), "the control");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn in_04_what_ends_an_access_ends_it_at_every_entry() {
    // Each row has a world of its own.
    let rows = stream::iter(table()).map(|(end, row)| tokio::spawn(wrong_in(end, row))).buffered(3);
    let wrong: Vec<Vec<String>> = rows.map(Result::unwrap).collect().await;
    assert_eq!(wrong.concat(), Vec::<String>::new());
}

/// Where a row does not come out as the table says.
async fn wrong_in(end: &'static str, row: Row) -> Vec<String> {
    let mut wrong = Vec::new();
    let world = World::new().await;
    let mut held = Held::of(&world).await;
    happens(end, &world, &mut held).await;
    for (entry, expected) in row.into_iter().filter(|(_, expected)| *expected != '.') {
        let found = if held.opens(&world, entry).await { '+' } else { '-' };
        if found != expected {
            wrong.push(format!("{end} × {entry}: {found}"));
        }
    }
    assert_eq!(world.audited("refresh.replayed").await, 0, "{end}: no replay");
    wrong
}

/// A tenant's API believes a token by its signature: of what it is not told, it hears when the token has run out.
#[tokio::test]
async fn in_04_what_a_tenant_is_not_told_of_leaves_its_api_open_for_five_minutes_at_most() {
    assert_eq!(ACCESS_TOKEN_LIFETIME, 5 * MINUTE);
    for end in ["logged-out", "password-changed", "account-switched"] {
        let world = World::new().await;
        let mut held = Held::of(&world).await;
        happens(end, &world, &mut held).await;
        assert!(held.opens(&world, "person").await, "{end}: until it has run out");
        held.console.refresh(&text(&held.person, "refresh_token")).await.is_error(400, "invalid_grant");
        // With what their clocks may differ by.
        world.passes(ACCESS_TOKEN_LIFETIME + 6 * SECOND);
        assert!(!held.opens(&world, "person").await, "{end}");
    }
}

/// Everything that somebody holds, or has begun, when it happens.
struct Held {
    alice: Person,
    /// Signed in nowhere: asked for the password.
    half_done: Person,
    /// Signed in, asked for consent.
    waiting: Person,
    callback: String,
    bound: Rp,
    access: String,
    refresh: String,
    subject: String,
    code: String,
    verifier: String,
    stays: Rp,
    offline: String,
    api: (Rp, String),
    bystander: String,
    /// Signed in by a provider that is linked with the account.
    upstream: Person,
    /// At that provider; and the way back from it.
    away: (Person, Url),
    /// Another provider states the account's address: asked for a proof.
    link: Person,
    /// For the tenant's API: of the person, by whose application it may be renewed; and of a service account.
    person: Value,
    console: Rp,
    service: String,
}

impl Held {
    async fn of(world: &World) -> Self {
        let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer", "support"]).await;
        let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
        for person in [&mut alice, &mut bob] {
            person.enters(&world.acme).await.sees("Viewer");
        }
        // What is begun from here on is begun by a proof of before.
        world.passes(MINUTE);
        for (key, evil, domains) in [
            ("contoso", &world.contoso, &[][..]),
            ("works", &world.evil, &["people.test"][..]),
            ("annex", &world.evil, &[][..]),
        ] {
            world.platform_provider(key, evil, domains).await;
        }
        let bound = world.client_at(&world.acme, "bound", refreshing).await;
        let stays = world.client_at(&world.acme, "stays", staying).await;
        let outside = world.platform_client("outside", |_| {}).await;
        let tokens = bound.tokens(&mut alice).await;
        let request = bound.request(&[]);
        let code = bound.code(&mut alice, &request).await;
        let mut half_done = alice.elsewhere(world);
        half_done.opens(&bound.request(&[]).url()).await;
        let email = half_done.email.clone();
        half_done.submits("next", &[("username", &email)]).await.is("/login/password");
        let mut waiting = alice.elsewhere(world);
        waiting.jar = alice.jar.clone();
        waiting.opens(&outside.request(&[("tenant", Some("acme"))]).url()).await.is("/consent");
        let console = world.client_at(&world.acme, "console", acting).await;
        let (upstream, away) = by_contoso(world, &mut alice, &bound).await;
        Self {
            link: asked_for_a_proof(world, &alice, &bound).await,
            person: console.acts_for(&mut alice, &world.acme, MEMBERS_READ).await,
            console,
            service: service_account(world).await,
            upstream,
            away,
            callback: callback(&mut alice, world).await,
            access: text(&tokens, "access_token"),
            refresh: text(&tokens, "refresh_token"),
            subject: text(&claims(&tokens["id_token"]), "sub"),
            verifier: request.verifier,
            offline: text(&stays.tokens(&mut alice).await, "refresh_token"),
            api: tenant_api(world, &world.acme, "acme-api").await,
            bystander: text(&stays.tokens(&mut bob).await, "refresh_token"),
            alice,
            half_done,
            waiting,
            bound,
            code,
            stays,
        }
    }

    async fn opens(&mut self, world: &World, entry: &str) -> bool {
        // At the application's address, which is outside; a provider's answer has one too.
        let got_a_code = |person: &Person| person.page.status == 0 && person.page.query("code").is_some();
        match entry {
            "password" => {
                let mut anew = self.alice.elsewhere(world);
                anew.opens(&self.bound.request(&[]).url()).await;
                if anew.page.has("next") {
                    anew.proves_who_they_are().await;
                }
                got_a_code(&anew)
            }
            "half-done" => {
                let password = self.half_done.password.clone();
                got_a_code(self.half_done.submits("login", &[("password", &password)]).await)
            }
            "silent" => got_a_code(self.alice.opens(&self.bound.request(&[("prompt", Some("none"))]).url()).await),
            "waiting" => got_a_code(self.waiting.submits("allow", &[]).await),
            "callback" => {
                let mut back = self.alice.elsewhere(world);
                back.jar = self.alice.jar.clone();
                back.opens(&self.callback).await;
                !back.passed("/login") && back.page.text().contains("Viewer")
            }
            "tenant" => {
                let page = self.alice.get(world.acme.url("/")).await;
                page.status == 200 && page.text().contains("Viewer")
            }
            "code" => self.bound.redeem(&self.code, &self.verifier).await.status == 200,
            "refresh" => self.bound.refresh(&self.refresh).await.status == 200,
            "offline" => self.stays.refresh(&self.offline).await.status == 200,
            "userinfo" => self.bound.userinfo(&self.access).await.status == 200,
            "introspect" => {
                let answer = self.bound.asks("/introspect", &[("token", &self.access)]).await;
                answer.status == 200 && answer.json()["active"] == true
            }
            "upstream" => got_a_code(self.upstream.opens(&self.bound.request(&[("prompt", Some("none"))]).url()).await),
            "away" => got_a_code(self.away.0.opens(self.away.1.as_str()).await),
            "link" => {
                let password = self.link.password.clone();
                got_a_code(self.link.submits("link", &[("password", &password)]).await)
            }
            "person" => {
                let token = text(&self.person, "access_token");
                world.gets(&world.acme, "/members", &token).await.status == 200
            }
            "service" => world.gets(&world.acme, "/members", &self.service).await.status == 200,
            "api" => tell(world, &self.api.0, &self.api.1, &json!({ "members": [] })).await.status == 200,
            "bystander" => self.stays.refresh(&self.bystander).await.status == 200,
            unknown => panic!("no such entry: {unknown}"),
        }
    }
}

/// A browser that was signed in by a provider which is linked with the account; and one that is there, on the way to the tenant's
/// application, with the address that leads it back.
async fn by_contoso(world: &World, alice: &mut Person, bound: &Rp) -> (Person, (Person, Url)) {
    alice.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("alice"));
    alice.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
    let mut upstream = alice.elsewhere(world);
    upstream.opens(&bound.request(&[]).url()).await.comes_by("contoso", &world.contoso, Upstream::named("alice")).await;
    assert!(upstream.query("code").is_some(), "{:?}", upstream.page);
    let mut away = alice.elsewhere(world);
    away.opens(&bound.request(&[]).url()).await.is("/login");
    let begin = world.id.url(&format!("/login/provider?{}", away.url.query().unwrap()));
    let gone = away.post(begin, &[("csrf", &*away.csrf()), ("provider", "contoso")]).await;
    let back = world.contoso.authorize(&gone.continues_to().unwrap());
    (upstream, (away, back))
}

/// On the way to the tenant's application, by a provider that states the account's address.
async fn asked_for_a_proof(world: &World, alice: &Person, bound: &Rp) -> Person {
    let mut link = alice.elsewhere(world);
    let stated = Upstream::named("alice.at.works").with_email(&alice.email, true);
    link.opens(&bound.request(&[]).url()).await.comes_by("works", &world.evil, stated).await.is("/link");
    link
}

/// The token of a service account that may see members.
async fn service_account(world: &World) -> String {
    let (_, token) = world.api_admin(&world.acme, "setup").await;
    let robot = world.client_at(&world.acme, "robot", serving).await;
    let new = json!({ "name": "Robot", "client_id": "robot", "roles": ["support"] });
    world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    robot.serves_at(&world.acme, MEMBERS_READ).await
}

/// The address by which a browser that is signed in comes back to the tenant; it has not gone there yet.
async fn callback(alice: &mut Person, world: &World) -> String {
    let mut next = alice.get(world.acme.url("/auth/login")).await.location().unwrap();
    for _ in 0..5 {
        if next.path() == "/auth/callback" {
            return next.into();
        }
        let page = alice.get(next.as_str()).await;
        next = page.location().or_else(|| page.continues_to()).unwrap_or_else(|| panic!("{page:?}"));
    }
    panic!("no callback: {next}")
}

async fn happens(end: &str, world: &World, held: &mut Held) {
    match end {
        "nothing" => {}
        "logged-out" => {
            held.alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
        }
        "ended-elsewhere" => {
            let mut other = held.alice.elsewhere(world);
            other.signs_in(world).await.opens(&world.id.url("/account/sessions")).await;
            other.clicks("end-others").await.submits("end", &[]).await;
        }
        "session-ran-out" => {
            let alices = "UPDATE session SET expires_at = 1 WHERE account_id IN
                          (SELECT id FROM account WHERE email = 'alice@people.test')";
            world.identity_change(alices).await;
        }
        "password-changed" => {
            let mut other = held.alice.elsewhere(world);
            other.signs_in(world).await.opens(&world.id.url("/account/password")).await;
            let entries = [("current", &*held.alice.password), ("password", "alice keeps another secret")];
            other.submits("change-password", &entries).await.is("/account/password/done");
        }
        "role-removed" => told(world, &held.subject, "active").await,
        "member-locked" => {
            let mut admin = world.admin_of(&world.acme).await;
            admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await.submits("lock", &[]).await;
        }
        "provider-disabled" => {
            world.enables("contoso", false).await;
            world.enables("works", false).await;
        }
        "unlinked" => {
            let mut other = held.alice.elsewhere(world);
            other.signs_in(world).await.opens(&world.id.url("/account/sign-in")).await;
            other.submits("unlink-contoso", &[]).await.sees("It is unlinked");
        }
        "member-switched" => {
            let mut admin = world.admin_of(&world.acme).await;
            admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await.clicks("switch-provider").await;
            admin.submits("look", &[("provider", "annex")]).await.submits("switch", &[]).await;
            assert_eq!(admin.text_of("provider"), "annex");
        }
        "account-switched" => {
            let mut tove = world.platform_admin("tove").await;
            tove.opens(&world.id.url("/admin/accounts?email=alice@people.test")).await;
            tove.submits("switch", &[("provider", "annex")]).await.sees("The account is switched");
        }
        "break-glass" => {
            let mut admin = world.admin_of(&world.acme).await;
            admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await;
            admin.clicks("set-break-glass").await.submits("glass-set", &[]).await;
        }
        "asked-to-leave" => {
            let mut other = held.alice.elsewhere(world);
            other.enters(&world.acme).await.opens(&world.acme.url("/leave")).await;
            other.submits("leave-now", &[]).await.is("/leave/done");
        }
        "tenant-suspended" | "tenant-deleted" => {
            let mut tove = world.platform_admin("tove").await;
            if end == "tenant-suspended" {
                tove.opens(&world.id.url("/admin/tenants/acme")).await.clicks("suspend").await;
                tove.submits("suspend-do", &[]).await.sees("Nobody can enter now");
            } else {
                tove.opens(&world.id.url("/admin/tenants/acme/delete")).await;
                tove.submits("delete-do", &[("slug", "acme")]).await.sees("Deleted");
            }
            world.identity.settle().await.unwrap();
            world.tenants.renew_leases().await.unwrap();
            return;
        }
        "client-disabled" => {
            let ours = "UPDATE client SET disabled_at = 1 WHERE client_id IN ('bound', 'stays', 'outside')";
            world.identity_change(ours).await;
        }
        "client-revokes" => {
            for (rp, token) in [(&held.bound, &held.refresh), (&held.stays, &held.offline)] {
                assert_eq!(rp.asks("/revoke", &[("token", token)]).await.status, 200);
            }
        }
        told_of => told(world, &held.subject, told_of.strip_prefix("member-").unwrap()).await,
    }
    world.settle().await;
}

/// The tenant tells of a member's state; without roles.
async fn told(world: &World, subject: &str, state: &str) {
    let (rp, token) = tenant_api(world, &world.acme, "acme-teller").await;
    let member = json!({ "subject": subject, "version": 1_000, "state": state, "roles": [], "groups": [] });
    let answer = tell(world, &rp, &token, &json!({ "members": [member] })).await;
    assert_eq!(answer.json()["applied"][0]["version"], 1_000, "{answer:?}");
}
