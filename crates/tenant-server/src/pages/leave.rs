//! Asking for one's own deletion (PP-14): who has not just proved who they are does so first (IN-05), then a page says what
//! happens, then it is done and they are out.
//!
//! ```text
//! GET /leave ── not here, last administrator, kept elsewhere ──▶ a page that says so
//!     │ └── proof older than five minutes ──▶ "prove it is you" ──▶ /auth/login?fresh=1 ──▶ /leave
//!     └── what happens, a red button ── POST ──▶ asked for, sessions ended ──▶ /leave/done
//! ```

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use tenant::lifecycle::{Denied, Refusal, ask_deletion, why_not_leave};
use tenant::logins::ReturnTo;
use tenant::members::Member;
use tenant::sessions::is_fresh;
use webkit::{Brand, Failure, Form, Message, Shell, Visit, html, see_other};

use super::{Done, shell};
use crate::auth::leave_mark;
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::{Present, Web, database, prove_path};

#[derive(Template)]
#[template(path = "tenant/leave.html")]
struct LeavePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    /// For how many days an administrator can bring them back; none: for good.
    days: Option<u64>,
    /// Where to prove who they are, if they have not just done so.
    prove: Option<String>,
}

/// What happens, and a button.
pub(crate) async fn ask(State(app): State<App>, Present { visit, visitor }: Present) -> webkit::Result<Response> {
    let context = app.context(&visit);
    let mut read = app.store.read().await.map_err(database)?;
    if let Some(refusal) = why_not_leave(&mut read, &context, &visitor.member).await.map_err(database)? {
        return Err(refused(refusal));
    }
    drop(read);
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let fresh = is_fresh(visitor.session.auth_time, context.now);
    let window = app.tenant.blueprint.lifecycle.reactivate_within;
    Ok(html(LeavePage {
        days: window.map(|span| span.0.as_secs() / 86_400),
        prove: (!fresh).then(|| prove_path(&ReturnTo::parse("/leave"))),
        member: visitor.member,
        brand: app.brand.clone(),
        shell,
        visit,
    }))
}

/// Does it, and signs out here.
pub(crate) async fn done(
    State(app): State<App>,
    Present { visit, visitor }: Present,
    web: Web,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let (member, proved_at) = (visitor.member.id, visitor.session.auth_time);
    match ask_deletion(&app.store, app.context(&visit), member, proved_at).await {
        Ok(_) => {}
        // The page says how to prove it.
        Err(Denied::Refused(Refusal::ProofTooOld)) => return Ok(see_other("/leave")),
        Err(Denied::Refused(refusal)) => return Err(refused(refusal)),
        Err(Denied::Store(error)) => return Err(database(error)),
        Err(other) => return Err(Failure::internal(other)),
    }
    app.ring();
    web.forget().await?;
    Ok((leave_mark(&app.kit), see_other("/leave/done")).into_response())
}

fn refused(refusal: Refusal) -> Failure {
    let words = Message::new(match refusal {
        Refusal::NotHere => return Failure::not_found(),
        Refusal::LastAdministrator => "leave-last-administrator".to_owned(),
        Refusal::LastBreakGlass => "leave-last-break-glass".to_owned(),
        Refusal::KeptElsewhere => "leave-kept-elsewhere".to_owned(),
        other => format!("refusal-{}", other.word()),
    });
    Failure::conflict(words).title("leave-not-possible").next("/profile", "back-to-profile")
}

#[derive(Template)]
#[template(path = "tenant/left.html")]
struct LeftPage {
    visit: Visit,
    brand: Brand,
    account_url: String,
}

/// What happens now. Says nothing about anyone, so it may be read by everyone.
pub(crate) async fn told(State(app): State<App>, visit: Visit) -> webkit::Result<Response> {
    if !app.tenant.blueprint.lifecycle.self_deletion {
        return Err(Failure::not_found());
    }
    Ok(html(LeftPage { account_url: app.identity_page("/account"), brand: app.brand.clone(), visit }))
}
