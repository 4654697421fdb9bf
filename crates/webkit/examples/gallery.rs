//! Every layout and every part on 127.0.0.1, to be looked at. `cargo run -p webkit --example gallery [PORT]`.
//! The people and their words are samples; real pages hold no text.
#![expect(clippy::print_stdout, reason = "an example, which says where it listens")]

use std::time::Duration;

use ambient::{Ambient, Timestamp};
use askama::Template;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::response::Response;
use axum::routing::{get, post};
use fluent_templates::static_loader;
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Kit, KitConfig, NavItem, Notice, Person, Shell, SignOut, Visit, html};

static_loader! {
    static LOCALES = { locales: "./locales", fallback_language: "en", customise: |bundle| { webkit::customise(bundle); } };
}

#[derive(Clone)]
struct Gallery {
    kit: Kit,
}

impl FromRef<Gallery> for Kit {
    fn from_ref(gallery: &Gallery) -> Self {
        gallery.kit.clone()
    }
}

struct Member {
    name: &'static str,
    email: &'static str,
    tone: &'static str,
    icon: &'static str,
    state: &'static str,
    roles: &'static str,
    provider: &'static str,
    selected: bool,
}

#[rustfmt::skip]
fn members() -> Vec<Member> {
    let row = |name, email, tone, icon, state, roles, provider, selected| Member { name, email, tone, icon, state, roles, provider, selected };
    vec![
        row("Mina Hollis", "mina@hollis.studio", "warn", "hourglass", "To review", "–", "Latchkey", true),
        row("Jonas Okafor", "jonas.okafor@aurora.example", "good", "check", "Active", "Editor", "Contoso", true),
        row("Lucía Romero", "lucia@romero.photo", "good", "check", "Active", "Supplier B", "Latchkey", true),
        row("Aiko Nakamura", "aiko.n@aurora.example", "bad", "lock", "Locked", "Editor, Approver", "Contoso", false),
        row("Bartholomäus von Kestenholz-Sommerfeld", "b.vonkestenholz@partner.example", "neutral", "mail", "Invited", "Supplier B", "Latchkey", true),
        row("שירה לוי", "shira@aurora.example", "good", "check", "Active", "Administrator", "Contoso", false),
        row("Tom Whitaker", "tom@whitaker.media", "neutral", "trash-2", "Deleted · 12 days left", "Viewer", "Latchkey", false),
        row("Yusuf Erdem 🦊", "y.erdem@aurora.example", "good", "check", "Active", "Viewer", "Contoso", false),
    ]
}

macro_rules! pages {
    ($($name:ident $path:literal { $($field:ident: $type:ty),* })*) => {$(
        #[derive(Template)]
        #[template(path = $path)]
        struct $name { visit: Visit, brand: Brand, $($field: $type),* }
    )*};
}
pages! {
    Login "gallery/login.html" { errors: FieldErrors }
    Password "gallery/password.html" { errors: FieldErrors }
    Join "gallery/join.html" {}
    Account "gallery/account.html" { shell: Shell }
    Members "gallery/members.html" { shell: Shell, members: Vec<Member>, then: Timestamp }
    Switch "gallery/switch.html" { shell: Shell, members: Vec<Member>, then: Timestamp }
    Parts "gallery/parts.html" { shell: Shell, errors: FieldErrors }
}

fn brand(icon: &str) -> Brand {
    let url = || Some("/login".to_owned());
    Brand {
        logo_icon: icon.into(),
        terms_url: url(),
        privacy_url: url(),
        help_url: url(),
        ..Brand::named("Aurora Library")
    }
}

fn green() -> Brand {
    Brand { accent: Some("#2fbf71".into()), ..brand("leaf") }
}

fn shell(sidebar: bool, active: &str) -> Shell {
    let item = |icon: &'static str, label: &str| NavItem {
        href: "/members".into(),
        icon,
        label: label.into(),
        active: label == active,
        ..NavItem::default()
    };
    let nav = if sidebar {
        vec![
            item("house", "Home"),
            NavItem { badge: Some("7".into()), ..item("inbox", "Requests") },
            item("users", "Members"),
            item("shield", "Roles"),
            item("building-2", "Sign-in providers"),
            item("list-checks", "Jobs"),
            item("armchair", "Seats"),
            item("scroll-text", "Audit log"),
            NavItem { heading: Some("Settings".into()), ..item("palette", "Branding") },
            item("file-text", "Terms and privacy"),
            item("mail", "Mails"),
            item("webhook", "Webhooks"),
        ]
    } else {
        ["Overview", "Sign-in", "Sessions", "Applications", "Profile", "Activity", "Privacy"]
            .map(|label| item("user", label))
            .into()
    };
    Shell {
        nav,
        sidebar,
        person: Some(Person {
            name: "Tove Olsen".into(),
            email: "tove@aurora.example".into(),
            initials: webkit::initials("Tove Olsen"),
            profile_url: "/account".into(),
            sign_out: SignOut::Post("/parts".into()),
        }),
        other_instances_url: sidebar.then(|| "/account".into()),
        search_url: sidebar.then(|| "/members".into()),
        notice: None,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    #[serde(rename = "username")]
    _username: String,
}

async fn signed_in(Form(_): Form<Typed>) -> Response {
    webkit::see_other("/password")
}

async fn parts(visit: Visit) -> Response {
    let mut errors = FieldErrors::one("email", "error-400-title");
    errors.add("password", "error-429-title");
    let mut shell = shell(true, "Home");
    shell.notice = Some(Notice::good("error-nothing-lost").undo("/parts"));
    html(Parts { visit, brand: green(), shell, errors })
}

async fn fail() -> webkit::Result<()> {
    Err(Failure::internal("the gallery fails on demand"))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "0".into());
    let kit = Kit::new(KitConfig {
        texts: &LOCALES,
        product: "Latchkey".into(),
        cookie_prefix: "lk_gallery".into(),
        secure: false,
        csrf_key: Ambient::system().bytes(),
        ambient: Ambient::system(),
    });
    let app = Router::new()
        .route("/", get(parts))
        .route("/parts", get(parts).post(|_: Form<Typed>| async {}))
        .route(
            "/login",
            get(|visit: Visit| async { html(Login { visit, brand: brand("aperture"), errors: FieldErrors::none() }) }),
        )
        .route("/login", post(signed_in))
        .route(
            "/password",
            get(|visit: Visit| async {
                html(Password {
                    visit,
                    brand: brand("aperture"),
                    errors: FieldErrors::one("password", "error-400-title"),
                })
            }),
        )
        .route("/join", get(|visit: Visit| async { html(Join { visit, brand: brand("sunrise") }) }))
        .route(
            "/account",
            get(|visit: Visit| async {
                html(Account { visit, brand: Brand::named("Latchkey"), shell: shell(false, "Overview") })
            }),
        )
        .route(
            "/members",
            get(|State(g): State<Gallery>, visit: Visit| async move {
                html(Members {
                    visit,
                    brand: brand("aperture"),
                    shell: shell(true, "Members"),
                    members: members(),
                    then: g.kit.ambient().now().minus(Duration::from_secs(200)),
                })
            }),
        )
        .route(
            "/switch",
            get(|State(g): State<Gallery>, visit: Visit| async move {
                html(Switch {
                    visit,
                    brand: brand("aperture"),
                    shell: shell(true, "Jobs"),
                    members: members(),
                    then: g.kit.ambient().now().minus(Duration::from_secs(90_000)),
                })
            }),
        )
        .route("/fail", get(fail))
        .route("/busy", get(|| async { webkit::Result::<()>::Err(Failure::unavailable(Duration::from_secs(30))) }))
        .route(
            "/old",
            get(|| async {
                webkit::Result::<()>::Err(
                    Failure::gone("error-410-detail").code("invalid_request").next("/login", "continue-detail"),
                )
            }),
        )
        .route(
            "/continue",
            get(|visit: Visit| async move { webkit::continue_to(&visit, "https://app.example/callback?code=1") }),
        )
        .merge(webkit::routes())
        .with_state(Gallery { kit: kit.clone() });
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, webkit::layers(app, &kit, &[])).await
}
