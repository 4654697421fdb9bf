//! A member has forgotten their password: the identity server mails them a link (TP-09).

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::lifecycle::Denied;
use webkit::{Failure, Form, Message, see_other};

use super::request::{failure, find};
use crate::auth::logout::Nothing;
use crate::delivery::{self, NotAsked};
use crate::instance::App;
use crate::visitor::Admitted;

/// When to try again while the identity server is away.
const LATER: Duration = Duration::from_secs(5);

/// Asks for the mail.
pub(crate) async fn send(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    app.catalogue_for(&member).await;
    let back = format!("/members/{}", member.id);
    match delivery::reset(&app, app.context(&admitted.visit), admitted.visitor.member.id, member.id).await {
        Ok(()) => Ok(see_other(&format!("{back}?done=reset"))),
        Err(NotAsked::Denied(Denied::ProviderOwns(provider))) => {
            let message = Message::new("reset-by-provider").with("provider", provider);
            Err(Failure::conflict(message).code("federated").next(back, "see-member"))
        }
        Err(NotAsked::Denied(denied)) => Err(failure(denied, &id)),
        Err(NotAsked::Away) => Err(Failure::unavailable(LATER).detail("reset-away")),
    }
}
