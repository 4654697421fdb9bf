use std::time::Duration;

use audit::Actor;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use identity::accounts::{Account, AccountId};
use identity::administrators;
use identity::tenants::{self, Managed, Reach};
use serde::Deserialize;
use webkit::{Brand, Failure, NavItem, Notice, Person, Shell, SignOut, Visit, initials};

use crate::account::ask_who;
use crate::browser::Browser;
use crate::fault;
use crate::state::IdentityServer;

/// How long ago the proof of who they are may lie.
const RECENT: Duration = Duration::from_secs(60 * 60);

/// A platform administrator who has proved lately who they are.
pub struct Administrator {
    pub visit: Visit,
    pub account: Account,
}

impl FromRequestParts<IdentityServer> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &IdentityServer) -> Result<Self, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, server).await;
        let browser = Browser::from_request_parts(parts, server).await.map_err(IntoResponse::into_response)?;
        if browser.sessions.is_empty() {
            return Err(sign_in_first(parts, server, &browser).await);
        }
        let accounts: Vec<AccountId> = browser.sessions.iter().map(|session| session.account.id).collect();
        let found = async {
            let mut conn = server.identity.store.read().await?;
            administrators::among(&mut conn, &accounts).await
        };
        let found = found.await.map_err(|error| fault::store_failure(error).into_response())?;
        // For everybody else there is no such page: who runs the platform is nobody's business.
        let session = browser.sessions.iter().find(|session| Some(session.account.id) == found);
        let session = session.ok_or_else(|| Failure::not_found().into_response())?;
        if visit.now.since(session.authenticated_at()) >= RECENT {
            return Err(sign_in_first(parts, server, &browser).await);
        }
        let account = session.account.clone();
        Ok(Self { visit: visit.prefer(Some(&account.locale)), account })
    }
}

/// A page is come back to after signing in; a form is not sent again by itself.
async fn sign_in_first(parts: &Parts, server: &IdentityServer, browser: &Browser) -> Response {
    if !parts.method.is_safe() {
        return Failure::new(StatusCode::UNAUTHORIZED)
            .title("admin-stale-title")
            .detail("admin-stale-detail")
            .next("/admin", "sign-in-again")
            .into_response();
    }
    let here = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let path = here.path_and_query().map_or("/admin", |path| path.as_str());
    ask_who(server, browser, path).await.unwrap_or_else(IntoResponse::into_response)
}

/// What the last form did: `?done=renamed`. Only these words have an effect.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: Option<String>,
}

impl Done {
    fn notice(&self) -> Option<Notice> {
        let key = match self.done.as_deref()? {
            "renamed" => "done-renamed",
            "branded" => "done-branded",
            "logo" => "done-logo",
            "logo-removed" => "done-logo-removed",
            "administrator-added" => "done-administrator-added",
            "administrator-removed" => "done-administrator-removed",
            "suspended" => "done-suspended",
            "resumed" => "done-resumed",
            "deleted" => "done-deleted",
            "disabled" => "done-disabled",
            "enabled" => "done-enabled",
            "account-switched" => "done-account-switched",
            "provider-added" => "done-provider-added",
            "provider-changed" => "done-provider-changed",
            "provider-key-next" => "done-provider-key-next",
            "provider-key-use" => "done-provider-key-use",
            "provider-key-drop" => "done-provider-key-drop",
            "provider-mapped" => "done-provider-mapped",
            "provider-disabled" => "done-provider-disabled",
            "provider-enabled" => "done-provider-enabled",
            "provider-removed" => "done-provider-removed",
            _ => return None,
        };
        Some(Notice::good(key))
    }
}

impl Administrator {
    /// Who acts, for the audit log.
    pub fn actor(&self) -> Actor {
        Actor::Account(self.account.id.0)
    }

    /// The face of these pages: the product's.
    pub fn brand(&self, server: &IdentityServer) -> Brand {
        Brand { home_url: "/admin".to_owned(), ..server.kit.brand() }
    }

    /// The frame of these pages.
    pub fn shell(&self, done: &Done) -> Shell {
        let item = |href: &str, icon: &'static str, label: &str| NavItem {
            active: if href == "/admin" { self.visit.path == href } else { self.visit.path.starts_with(href) },
            href: href.to_owned(),
            icon,
            label: self.visit.t(label),
            ..NavItem::default()
        };
        let name = self.account.full_name();
        Shell {
            nav: vec![
                item("/admin", "house", "admin-overview"),
                item("/admin/tenants", "building-2", "admin-tenants"),
                item("/admin/accounts", "users", "admin-accounts"),
                item("/admin/providers", "log-in", "admin-providers"),
                item("/admin/logins", "scroll-text", "admin-logins"),
                item("/admin/applications", "blocks", "admin-applications"),
                item("/admin/administrators", "shield", "admin-administrators"),
            ],
            sidebar: true,
            person: Some(Person {
                initials: initials(&name),
                name,
                email: self.account.email.clone(),
                profile_url: "/account".to_owned(),
                sign_out: SignOut::Link("/logout".to_owned()),
            }),
            notice: done.notice(),
            ..Shell::default()
        }
    }
}

/// The tenant that an address names; 404 for none.
pub async fn tenant(server: &IdentityServer, slug: &str) -> webkit::Result<(Managed, Reach)> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let found = tenants::detail(&mut conn, slug, server.identity.ambient.now()).await.map_err(fault::store_failure)?;
    found.ok_or_else(Failure::not_found)
}

/// How a tenant's standing looks: tone, icon, word.
pub struct Pill {
    pub tone: &'static str,
    pub icon: &'static str,
    pub word: &'static str,
}

/// The pill of a standing; a tenant that no server has enrolled yet waits, which is no trouble.
pub const fn pill(reach: Reach, enrolled: bool) -> Pill {
    let (tone, icon, word) = match reach {
        Reach::Open => ("good", "check", "reach-open"),
        Reach::Suspended => ("warn", "pause", "reach-suspended"),
        Reach::CutOff if enrolled => ("bad", "unlink", "reach-cut-off"),
        Reach::CutOff => ("neutral", "hourglass", "reach-waiting"),
    };
    Pill { tone, icon, word }
}
