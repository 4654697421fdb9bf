use std::time::Duration;

use ambient::Timestamp;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use jose::{Algorithm, Expected, JwtError};
use oidc::claims::{ACCESS_TOKEN_TYPE, AccessTokenClaims};
use oidc::scope::ScopeSet;
use tenant::Context;
use tenant::access::{Entry, decide_entry};
use tenant::members::{self, Member, MemberId};
use tenant::roles::Rights;
use tenant::service_accounts::{self, Service};
use tenant::terms;
use webkit::Visit;

use super::audience;
use super::problem::Problem;
use crate::instance::App;
use crate::rp::Provider;

/// How far apart our clock and the identity server's may be.
const SKEW: Duration = Duration::from_secs(5);

/// Who calls: a person through an application, or a service account. What they may do, they may do at this moment.
pub(super) struct Caller {
    /// The application that holds the token.
    pub client_id: String,
    /// Their record; a service account has one too.
    pub member: Member,
    /// What they may do here.
    pub rights: Rights,
    /// If it is no person.
    service: Option<Service>,
    /// What the token is for.
    scope: ScopeSet,
}

impl Caller {
    /// The one behind the token, and in at this moment (TN-03).
    pub(super) async fn of(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let missing = || Problem::invalid_token().challenge("Bearer");
        let token = bearer(headers).ok_or_else(missing)?;
        let claims = verify(app, token).await?;
        let mut read = app.store.read().await?;
        let service = match of_client(&claims) {
            None => None,
            Some(client_id) => match service_accounts::of_client(&mut read, &client_id).await? {
                Some(member) => Some(Service { member, client_id }),
                None => return Err(not_in()),
            },
        };
        let id = match &service {
            Some(service) => Some(service.member),
            None => members::by_subject(&mut read, &claims.sub).await?.map(|member| member.id),
        };
        let row = match id {
            Some(id) => members::with_roles(&mut read, id).await?,
            None => None,
        };
        let blueprint = &app.tenant.blueprint;
        let admitted =
            |member: &Member| decide_entry(Some(member), &blueprint.strangers, app.kit.ambient().now()) == Entry::Admit;
        let row = row.filter(|row| admitted(&row.member)).ok_or_else(not_in)?;
        if is_from_before(&row.member, &claims) || service.is_none() && !is_of_now(&row.member, &claims) {
            return Err(Problem::invalid_token());
        }
        // Each use of a break-glass member is proved anew and told to whoever runs the tenant: no token does either (DESIGN §4.3).
        if service.is_none() && row.member.break_glass {
            return Err(on_pages_alone(app));
        }
        // An application is no way round what its person has still to accept (PP-19). A service account accepts nothing.
        if service.is_none() && terms::must_accept(&mut read, row.member.id).await? {
            return Err(not_accepted(app));
        }
        let rights = Rights::of_roles(blueprint, &row.roles());
        Ok(Self { client_id: claims.client_id, member: row.member, rights, service, scope: claims.scope })
    }

    /// Whether the token has this scope.
    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scope.contains(scope)
    }

    /// One of these scopes.
    pub(super) fn needs_scope(&self, scopes: &[&str]) -> Result<(), Problem> {
        if scopes.iter().any(|scope| self.scope.contains(scope)) {
            return Ok(());
        }
        Err(Problem::insufficient_scope(scopes.first().copied().unwrap_or_default()))
    }

    /// All of these rights. Deeds ask once more, where they are done.
    pub(super) fn needs(&self, permissions: &[&str]) -> Result<(), Problem> {
        if permissions.iter().all(|permission| self.rights.has(permission)) {
            Ok(())
        } else {
            Err(Problem::forbidden())
        }
    }

    pub(super) const fn id(&self) -> MemberId {
        self.member.id
    }

    /// What surrounds a deed of theirs.
    pub(super) fn context(&self, app: &App, visit: &Visit) -> Context {
        app.context(visit).by_service(self.service.clone())
    }
}

/// Whether a person's token is from after their last switch of provider, as far as the identity server knew of it (SW-01), and from
/// after their password was refused here (DESIGN §4.9): what it gave before, it gave to whoever came by what counts no more.
fn is_of_now(member: &Member, claims: &AccessTokenClaims) -> bool {
    let issued = Timestamp::from_seconds(claims.iat);
    let by_provider = member.switched_version == 0 || member.switch_told_at.is_some_and(|told| issued >= told);
    by_provider && member.reset_at.is_none_or(|reset| issued >= reset)
}

/// Whether a token is from before its holder was last shut out: whoever is let in again gets new ones (IN-03).
fn is_from_before(member: &Member, claims: &AccessTokenClaims) -> bool {
    member.shut_out_at.is_some_and(|out| Timestamp::from_seconds(claims.iat) < out)
}

/// The client that a token without a person speaks for.
fn of_client(claims: &AccessTokenClaims) -> Option<String> {
    (claims.grant.is_none() && claims.sub == claims.client_id).then(|| claims.client_id.clone())
}

/// In the header alone: what stands in addresses ends up in logs (RFC 9700 §4.3.2).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// RFC 9068 §4, by the keys that the relying party knows anyway.
async fn verify(app: &App, token: &str) -> Result<AccessTokenClaims, Problem> {
    let audience = audience(app);
    let check = |provider: &Provider| {
        let expected = Expected {
            typ: Some(ACCESS_TOKEN_TYPE),
            issuer: app.rp.issuer(),
            audiences: &[audience.as_str()],
            algorithms: &[Algorithm::ES256],
            now: app.kit.ambient().now(),
            leeway: SKEW,
        };
        jose::verify::<AccessTokenClaims>(token, &provider.keys, &expected)
    };
    let away = |error: crate::rp::RpError| {
        tracing::warn!(%error, "an access token could not be checked");
        Problem::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", 5)
    };
    let decided = match check(&*app.rp.provider().await.map_err(away)?) {
        Err(JwtError::UnknownKey(_)) => check(&*app.rp.with_new_keys().await.map_err(away)?),
        decided => decided,
    };
    // A person's token names its grant, a client's names nobody but the client: anything between is neither.
    let claims = decided.ok().filter(|claims| claims.grant.is_some() || claims.sub == claims.client_id);
    claims.ok_or_else(Problem::invalid_token)
}

fn not_accepted(app: &App) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "terms_not_accepted", "api-terms_not_accepted")
        .with("accept_at", app.tenant.page("/accept"))
}

fn on_pages_alone(app: &App) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "break_glass_member", "api-break_glass_member")
        .with("open_at", app.tenant.page("/"))
}

fn not_in() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "not_admitted", "api-not_admitted")
}
