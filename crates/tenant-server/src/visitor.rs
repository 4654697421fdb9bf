//! Who is asking. Handlers say by their extractor whom they are for: [`Anyone`], [`Present`], [`SignedIn`]
//! or [`Admitted`].

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::StatusCode;
use axum::http::header::REFERER;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use store::StoreError;
use tenant::access::Entry;
use tenant::logins::ReturnTo;
use tenant::sessions::{SessionId, Visitor, resume};
use tower_sessions::Session;
use url::{Position, Url, form_urlencoded};
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

/// Someone with a live session, whatever they have still to accept.
pub(crate) struct Present {
    pub visit: Visit,
    pub visitor: Visitor,
}

impl FromRequestParts<App> for Present {
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

/// Someone with a live session who has accepted what there is to accept: a member, or someone who waits to become one.
pub(crate) struct SignedIn {
    pub visit: Visit,
    pub visitor: Visitor,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Present { visit, visitor } = Present::from_request_parts(parts, app).await?;
        if visitor.must_accept { Err(accept_first(parts)) } else { Ok(Self { visit, visitor }) }
    }
}

/// The terms are new (PP-19). A page is come back to after accepting them. A form was not done: what is come back to is the page
/// that it stood on.
fn accept_first(parts: &Parts) -> Response {
    if parts.method.is_safe() {
        return see_other(&and_back("/accept", &here(parts)));
    }
    let words = Failure::conflict("accept-first-detail").title("accept-first");
    words.next(and_back("/accept", &came_from(parts)), "accept-look").into_response()
}

/// The page that was asked for.
fn here(parts: &Parts) -> ReturnTo {
    let here = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    ReturnTo::parse(here.path_and_query().map_or("/", |path| path.as_str()))
}

/// The page that a form was sent from, as the browser says. Of whatever it says, only the path counts.
fn came_from(parts: &Parts) -> ReturnTo {
    let said = parts.headers.get(REFERER).and_then(|said| Url::parse(said.to_str().ok()?).ok());
    said.map_or_else(ReturnTo::home, |url| ReturnTo::parse(&url[Position::BeforePath..Position::AfterQuery]))
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
    see_other(&login_path(&here(parts)))
}

/// A page that leads back to another in the end.
fn and_back(path: &str, return_to: &ReturnTo) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to.as_str()).finish();
    format!("{path}?{query}")
}

/// Where signing in begins, to come back to that page.
pub(crate) fn login_path(return_to: &ReturnTo) -> String {
    and_back("/auth/login", return_to)
}

/// Where one proves once more who one is, to come back to that page (IN-05).
pub(crate) fn prove_path(return_to: &ReturnTo) -> String {
    format!("{}&fresh=1", login_path(return_to))
}

/// Where one signs in a second time, after the identity server was told of a switch of provider.
pub(crate) fn once_more_path(return_to: &ReturnTo) -> String {
    format!("{}&once_more=1", login_path(return_to))
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
