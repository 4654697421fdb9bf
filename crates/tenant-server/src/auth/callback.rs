use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tenant::logins::{Arrival, Attempt, ReturnTo, SignIn, Way, consume, sign_in};
use tenant::sessions::{SessionId, seal_context};
use webkit::{BrowserId, Failure, Message, see_other};

use super::{away, left};
use crate::catalogue::Age;
use crate::delivery;
use crate::instance::App;
use crate::rp::{Proven, RpError};
use crate::visitor::{Anyone, database, login_path, once_more_path, prove_path};

#[derive(Deserialize)]
pub(crate) struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// The browser is back from the identity server.
pub(crate) async fn finish(
    State(app): State<App>,
    anyone: Anyone,
    BrowserId(browser): BrowserId,
    Query(answer): Query<Answer>,
) -> webkit::Result<Response> {
    // RFC 9207 §2.4: an answer of another issuer, or of none, is dropped before anything else of it is looked at.
    if answer.iss.as_deref() != Some(app.rp.issuer()) {
        return Err(over());
    }
    let state = answer.state.unwrap_or_default();
    let attempt = consume(&app.store, &app.context(&anyone.visit), &browser, &state).await.map_err(database)?;
    let Some(attempt) = attempt else {
        // Reloaded, or gone back to: whoever is in stays in.
        return if anyone.visitor.is_some() { Ok(see_other("/")) } else { Err(over()) };
    };
    let Some(code) = answer.code.filter(|_| answer.error.is_none()) else {
        return Err(not_signed_in(&attempt, answer.error.as_deref()));
    };
    match app.rp.redeem(&code, &attempt).await {
        Ok(proven) if !attempt.accepts(proven.auth_time) => Err(stale(&attempt)),
        Ok(proven) => enter(&app, anyone, &attempt, proven).await,
        Err(RpError::Away(reason)) => {
            tracing::warn!(reason, "a code could not be redeemed");
            Ok(away(&app, anyone.visit, &attempt.return_to))
        }
        Err(refused) => {
            tracing::warn!(%refused, "a sign-in was refused");
            Err(over().next(login_path(&attempt.return_to), "sign-in-again"))
        }
    }
}

async fn enter(app: &App, anyone: Anyone, attempt: &Attempt, proven: Proven) -> webkit::Result<Response> {
    let before = anyone.web.session().await?;
    let arrival = arrival(app, before, attempt, proven);
    let reference = anyone.visit.request_id.clone();
    let signed_in = sign_in(&app.store, app.context(&anyone.visit), arrival).await.map_err(database)?;
    // A first sign-in has made a member, and a snapshot of it.
    app.ring();
    match signed_in {
        SignIn::In { session, .. } => {
            anyone.web.sign_in(session).await?;
            Ok((left(&app.kit).clear(), see_other(attempt.return_to.as_str())).into_response())
        }
        SignIn::Closed(closed) => {
            anyone.web.forget().await?;
            // The page shows under which reference id the log has it.
            Ok(see_other(&format!("/closed/{}?reference={reference}", closed.word())))
        }
        SignIn::OneMoment(member) => {
            delivery::tell_of(app, member).await;
            Ok(see_other(&once_more_path(&attempt.return_to)))
        }
        SignIn::OtherWay(way) => {
            anyone.web.forget().await?;
            Err(other_way(app, way, &attempt.return_to).await)
        }
        SignIn::LoggedOut => Err(over().next(login_path(&attempt.return_to), "sign-in-again")),
    }
}

fn arrival(app: &App, replaces: Option<SessionId>, attempt: &Attempt, proven: Proven) -> Arrival {
    let ambient = app.kit.ambient();
    let session = SessionId(ambient.row_id());
    let sealed_id_token = app.master_key.seal(&seal_context(session), proven.id_token.as_bytes(), ambient);
    Arrival {
        session,
        replaces,
        subject: proven.subject,
        profile: proven.profile,
        invitations: proven.invitations,
        idp: proven.idp,
        groups: proven.groups,
        email_verified: proven.email_verified,
        only_by_provider: proven.only_by_provider,
        only_here: proven.only_here,
        member_version: proven.member_version,
        set_out: attempt.set_out,
        once_more: attempt.once_more,
        sid: proven.sid,
        auth_time: proven.auth_time,
        acr: proven.acr,
        amr: proven.amr,
        sealed_id_token,
    }
}

/// Twice they came by another way than the one that opens this tenant to them. The page names it, and has a reference id that
/// the audit log has too.
async fn other_way(app: &App, way: Way, return_to: &ReturnTo) -> Failure {
    let known = app.catalogue(Age::ToShow).await;
    let (title, detail) = match &way {
        Way::Provider(key) => (
            "sign-in-provider",
            Message::new("sign-in-provider-detail").with("provider", known.name_of(key).to_owned()),
        ),
        Way::Account => ("sign-in-account", Message::new("sign-in-account-detail")),
        Way::BreakGlass => ("sign-in-glass", Message::new("sign-in-glass-detail")),
    };
    let detail = detail.with("tenant", app.tenant.name.clone());
    Failure::forbidden(detail).title(title).next(login_path(return_to), "sign-in-again")
}

/// The attempt is unknown, used, too old, or another browser's; or what came back is not to be believed.
fn over() -> Failure {
    Failure::bad_request("sign-in-over-detail").title("sign-in-over").next("/auth/login", "sign-in-again")
}

/// A fresh proof was asked for (IN-05), and an old one came.
fn stale(attempt: &Attempt) -> Failure {
    let again = prove_path(&attempt.return_to);
    Failure::forbidden("sign-in-stale-detail").title("sign-in-stale").next(again, "prove-again")
}

/// The identity server answers with an error: most often, someone said no on its page.
fn not_signed_in(attempt: &Attempt, error: Option<&str>) -> Failure {
    let again = login_path(&attempt.return_to);
    if error == Some("access_denied") {
        return Failure::forbidden("sign-in-declined-detail").title("sign-in-declined").next(again, "sign-in-again");
    }
    let code: String =
        error.unwrap_or("no code").chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(64).collect();
    Failure::bad_request("sign-in-failed-detail").title("sign-in-failed").code(code).next(again, "sign-in-again")
}
