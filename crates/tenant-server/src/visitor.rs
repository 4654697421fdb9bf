//! Who is asking. Handlers say by their extractor whom they are for: [`Anyone`], [`SignedIn`] or [`Admitted`].

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use store::StoreError;
use tenant::access::Entry;
use tenant::logins::ReturnTo;
use tenant::sessions::{SessionId, Visitor, resume};
use tower_sessions::Session;
use url::form_urlencoded;
use webkit::{Failure, Visit, see_other};

use crate::instance::App;

/// The one thing that a web session's record holds while someone is signed in: the id of our session row.
const SESSION: &str = "session";
/// After a sign-out: the id of the row that ended, for *sign out everywhere*.
const ENDED: &str = "ended";

/// The browser's web session.
pub(crate) struct Web(pub Session);

impl Web {
    pub(crate) async fn session(&self) -> Result<Option<SessionId>, Failure> {
        self.0.get(SESSION).await.map_err(Failure::internal)
    }

    /// Begins a signed-in session under a **fresh** id: one that was set before signing in is worth nothing after (WEB-02).
    pub(crate) async fn sign_in(&self, id: SessionId) -> Result<(), Failure> {
        self.0.clear().await;
        self.0.cycle_id().await.map_err(Failure::internal)?;
        self.0.insert(SESSION, id).await.map_err(Failure::internal)
    }

    /// Forgets the session but for the way to end it everywhere.
    pub(crate) async fn sign_out(&self, id: Option<SessionId>) -> Result<(), Failure> {
        self.0.clear().await;
        self.0.cycle_id().await.map_err(Failure::internal)?;
        match id {
            Some(id) => self.0.insert(ENDED, id).await.map_err(Failure::internal),
            None => Ok(()),
        }
    }

    pub(crate) async fn ended(&self) -> Result<Option<SessionId>, Failure> {
        self.0.get(ENDED).await.map_err(Failure::internal)
    }

    pub(crate) async fn forget(&self) -> Result<(), Failure> {
        self.0.flush().await.map_err(Failure::internal)
    }
}

impl FromRequestParts<App> for Web {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let session = Session::from_request_parts(parts, app).await;
        session.map(Self).map_err(|(_, reason)| Failure::internal(reason))
    }
}

/// Whoever it is.
pub(crate) struct Anyone {
    pub visit: Visit,
    pub web: Web,
    pub visitor: Option<Visitor>,
}

impl FromRequestParts<App> for Anyone {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        let web = Web::from_request_parts(parts, app).await?;
        let visitor = match web.session().await? {
            Some(id) => resume(&app.store, &app.context(&visit), id).await.map_err(database)?,
            None => None,
        };
        let locale = visitor.as_ref().map(|visitor| visitor.member.locale.clone());
        Ok(Self { visit: visit.prefer(locale.as_deref()), web, visitor })
    }
}

/// Someone with a live session: a member, or someone who waits to become one.
pub(crate) struct SignedIn {
    pub visit: Visit,
    pub visitor: Visitor,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Anyone { visit, visitor, .. } =
            Anyone::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        match visitor {
            Some(visitor) => Ok(Self { visit, visitor }),
            None => Err(sign_in_first(parts)),
        }
    }
}

/// A page is come back to after signing in. A form is not sent on through other sites: who posted it signs in and then
/// sees how things stand.
fn sign_in_first(parts: &Parts) -> Response {
    if !parts.method.is_safe() {
        return Failure::new(StatusCode::UNAUTHORIZED)
            .title("signed-out-meanwhile")
            .detail("signed-out-meanwhile-detail")
            .next("/auth/login", "sign-in-again")
            .into_response();
    }
    let here = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let path = here.path_and_query().map_or("/", |path| path.as_str());
    see_other(&login_path(&ReturnTo::parse(path)))
}

/// Where signing in begins, to come back to that page.
pub(crate) fn login_path(return_to: &ReturnTo) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to.as_str()).finish();
    format!("/auth/login?{query}")
}

/// A member who is in. Others are told so.
pub(crate) struct Admitted {
    pub visit: Visit,
    pub visitor: Visitor,
}

impl FromRequestParts<App> for Admitted {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let SignedIn { visit, visitor } = SignedIn::from_request_parts(parts, app).await?;
        if visitor.entry == Entry::Admit {
            Ok(Self { visit, visitor })
        } else {
            Err(Failure::forbidden("not-in-yet").next("/", "see-your-request").into_response())
        }
    }
}

impl Admitted {
    /// Refuses whoever lacks a permission. Deeds check once more, where they are done.
    pub(crate) fn require(&self, permission: &str) -> Result<(), Failure> {
        if self.visitor.rights.has(permission) { Ok(()) } else { Err(forbidden()) }
    }
}

/// 403: signed in, but not entitled.
pub(crate) fn forbidden() -> Failure {
    Failure::forbidden("no-permission")
}

/// A database that is busy or away: 503; anything else is a defect.
pub(crate) fn database(error: StoreError) -> Failure {
    match error {
        StoreError::Unavailable(reason) => {
            tracing::warn!(reason, "the database is not available");
            Failure::unavailable(std::time::Duration::from_secs(5))
        }
        other => Failure::internal(other),
    }
}
