use ambient::Timestamp;
use askama::Template;
use axum::response::Response;
use serde_json::{Map, Value};
use webkit::{Brand, FieldErrors, Person, Shell, SignOut, Visit, html, html_with_status, initials};

use crate::claims::{self, Claim, Shown};
use crate::config::SampleApp;
use crate::session::SignedIn;

/// The page of those who are not signed in.
#[derive(Template)]
#[template(path = "app/signed_out.html")]
pub struct SignedOutPage {
    visit: Visit,
    brand: Brand,
    tenant: Option<String>,
    notice: Option<&'static str>,
    errors: FieldErrors,
    typed: String,
}

impl SignedOutPage {
    pub fn new(visit: Visit, config: &SampleApp) -> Self {
        let errors = FieldErrors::none();
        Self { visit, brand: brand(config), tenant: config.tenant.clone(), notice: None, errors, typed: String::new() }
    }

    pub const fn notice(mut self, key: &'static str) -> Self {
        self.notice = Some(key);
        self
    }

    pub fn show(self) -> Response {
        html(self)
    }

    /// The tenant's name was typed wrongly.
    pub fn wrong_tenant(mut self, typed: String) -> Response {
        self.errors = FieldErrors::one("tenant", "tenant-wrong");
        self.typed = typed;
        html_with_status(axum::http::StatusCode::UNPROCESSABLE_ENTITY, self)
    }
}

/// Everything that is known of who is signed in.
#[derive(Template)]
#[template(path = "app/signed_in.html")]
struct SignedInPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    name: String,
    email: String,
    verified: bool,
    subject: String,
    tenant: String,
    roles: Vec<String>,
    groups: Vec<String>,
    since: Timestamp,
    refreshes: bool,
    id_token: Vec<Claim>,
    id_token_json: String,
    userinfo: Vec<Claim>,
    userinfo_json: String,
}

pub fn signed_in(visit: Visit, config: &SampleApp, session: &SignedIn) -> Response {
    let name = session.name();
    let email = session.claim("email").unwrap_or_default();
    let person = Person {
        name: name.clone(),
        email: email.clone(),
        initials: initials(&name),
        profile_url: String::new(),
        sign_out: SignOut::Post("/logout".into()),
    };
    html(SignedInPage {
        visit,
        brand: brand(config),
        shell: Shell { person: Some(person), ..Shell::default() },
        name,
        email,
        verified: session.userinfo.get("email_verified") == Some(&Value::Bool(true)),
        subject: session.claim("sub").unwrap_or_default(),
        // What the identity server says counts, not what was asked for.
        tenant: session.claim("tenant").unwrap_or_default(),
        roles: session.list("roles"),
        groups: session.list("groups"),
        since: session.since,
        refreshes: session.refresh_token.is_some(),
        id_token: claims::rows(&session.id_token_claims),
        id_token_json: json(&session.id_token_claims),
        userinfo: claims::rows(&session.userinfo),
        userinfo_json: json(&session.userinfo),
    })
}

/// A colour of its own: one should see that this is another party.
pub fn brand(config: &SampleApp) -> Brand {
    Brand { logo_icon: "blocks".into(), accent: Some("#0f766e".into()), ..Brand::named(&config.name) }
}

fn json(claims: &Map<String, Value>) -> String {
    serde_json::to_string_pretty(claims).unwrap_or_default()
}
