use serde::Deserialize;
use store::StoreError;
use tenant::blueprint::permission;
use tenant::requests;
use tenant::sessions::Visitor;
use webkit::{NavItem, Notice, Person, Shell, SignOut, Visit, initials};

use crate::instance::App;

/// Before the word of what was done to a service account.
const TO_A_SERVICE: &str = "service-";

/// What the last form did: `?done=approved`. Only these words have an effect.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: Option<String>,
}

impl Done {
    /// The same, done to another system: it has no sessions and gets no mail (PP-28).
    pub(super) fn about_a_service(self) -> Self {
        let told = ["lock", "unlock", "suspend", "resume", "delete", "reactivate"];
        let done = self.done.map(|done| if told.contains(&&*done) { format!("{TO_A_SERVICE}{done}") } else { done });
        Self { done }
    }

    /// Whether it was something that is done to a member, from which there can be a way back.
    pub(super) fn was_a_deed(&self) -> bool {
        let deeds = ["lock", "unlock", "suspend", "resume", "delete", "reactivate", "roles", "invite"];
        let switches = ["switched", "switched-back"];
        let done = self.done.as_deref().map(|done| done.strip_prefix(TO_A_SERVICE).unwrap_or(done));
        done.is_some_and(|done| deeds.contains(&done) || switches.contains(&done))
    }

    fn notice(&self) -> Option<Notice> {
        let key = match self.done.as_deref()? {
            "approved" => "done-approved",
            "rejected" => "done-rejected",
            "message" => "done-message",
            "asked" => "done-asked",
            "lock" => "done-locked",
            "unlock" => "done-unlocked",
            "suspend" => "done-suspended",
            "resume" => "done-resumed",
            "delete" => "done-deleted",
            "reactivate" => "done-reactivated",
            "keep" => "done-kept",
            "invite" => "done-invited",
            "withdraw" => "done-withdrawn",
            "roles" => "done-roles",
            "created" => "done-created",
            "service" => "done-service",
            "service-lock" => "done-service-lock",
            "service-unlock" => "done-service-unlock",
            "service-suspend" => "done-service-suspend",
            "service-resume" => "done-service-resume",
            "service-delete" => "done-service-delete",
            "service-reactivate" => "done-service-reactivate",
            "invited" => "done-invited",
            "corrected" => "done-corrected",
            "details" => "done-details",
            "published" => "done-published",
            "fields" => "done-fields",
            "switched" => "done-switched",
            "switched-back" => "done-switched-back",
            "reset" => "done-reset",
            "keeper" => "done-keeper",
            "released" => "done-released",
            "glass-set" => "done-glass-set",
            "glass-unset" => "done-glass-unset",
            "provider-added" => "done-provider-added",
            "provider-changed" => "done-provider-changed",
            "provider-mapped" => "done-provider-mapped",
            "provider-key-next" => "done-provider-key-next",
            "provider-key-use" => "done-provider-key-use",
            "provider-key-drop" => "done-provider-key-drop",
            "provider-enabled" => "done-provider-enabled",
            "provider-disabled" => "done-provider-disabled",
            "provider-removed" => "done-provider-removed",
            "newcomers" => "done-newcomers",
            "group-mapped" => "done-group-mapped",
            "group-unmapped" => "done-group-unmapped",
            "field-added" => "done-field-added",
            "field-changed" => "done-field-changed",
            "field-removed" => "done-field-removed",
            _ => return None,
        };
        Some(Notice::good(key))
    }
}

/// The frame of someone who is in: navigation by their rights, and how many requests wait.
pub(crate) async fn shell(app: &App, visit: &Visit, visitor: &Visitor, done: &Done) -> Result<Shell, StoreError> {
    let may = |permission| visitor.rights.has(permission);
    let waiting =
        if may(permission::MEMBERS_REVIEW) { requests::waiting(&mut app.store.read().await?).await? } else { 0 };
    let badge = (waiting > 0).then(|| glanced(visit, waiting));
    let mut nav = vec![item(visit, "/", "house", "nav-home")];
    if may(permission::MEMBERS_REVIEW) {
        nav.push(NavItem { badge, ..item(visit, "/requests", "inbox", "nav-requests") });
    }
    if may(permission::MEMBERS_VIEW) {
        nav.push(item(visit, "/members", "users", "nav-members"));
        nav.push(item(visit, "/jobs", "list-checks", "nav-jobs"));
        nav.push(item(visit, "/roles", "shield", "nav-roles"));
    }
    if may(permission::ROLES_MANAGE) {
        nav.push(item(visit, "/service-accounts", "webhook", "nav-service-accounts"));
    }
    if may(permission::PROVIDERS_MANAGE) {
        nav.push(item(visit, "/providers", "log-in", "nav-providers"));
    }
    if may(permission::AUDIT_VIEW) {
        nav.push(item(visit, "/audit", "scroll-text", "nav-audit"));
    }
    if may(permission::TENANT_SETTINGS) {
        nav.push(item(visit, "/settings/fields", "id-card", "nav-fields"));
        nav.push(item(visit, "/settings/terms", "file-text", "nav-terms"));
    }
    nav.push(item(visit, "/profile", "user", "nav-profile"));
    Ok(Shell { nav, sidebar: true, notice: done.notice(), ..small_shell(app, visit, visitor, done) })
}

/// The frame of someone who is not in yet: who they are, and the way out.
pub(crate) fn small_shell(app: &App, visit: &Visit, visitor: &Visitor, done: &Done) -> Shell {
    let name = visitor.member.name();
    let person = Person {
        initials: initials(&name),
        name,
        email: visitor.member.email.clone(),
        profile_url: "/profile".to_owned(),
        sign_out: SignOut::Post("/logout".to_owned()),
    };
    let nav = vec![item(visit, "/", "house", "nav-request"), item(visit, "/profile", "user", "nav-profile")];
    Shell {
        nav,
        person: Some(person),
        other_instances_url: Some(app.identity_page("/account/instances")),
        notice: done.notice(),
        ..Shell::default()
    }
}

/// A number that was counted up to a limit.
pub(crate) fn counted(visit: &Visit, number: i64) -> String {
    up_to(visit, number, tenant::members::COUNTED)
}

/// How many requests wait, beside other things.
pub(crate) fn glanced(visit: &Visit, number: i64) -> String {
    up_to(visit, number, requests::GLANCED)
}

fn up_to(visit: &Visit, number: i64, limit: i64) -> String {
    if number > limit { format!("{}+", visit.number(limit)) } else { visit.number(number) }
}

fn item(visit: &Visit, href: &str, icon: &'static str, label: &str) -> NavItem {
    let active = if href == "/" { visit.path == "/" } else { visit.path.starts_with(href) };
    NavItem { href: href.to_owned(), icon, label: visit.t(label), active, ..NavItem::default() }
}
