//! A member has forgotten their password: the identity server mails them a link (TP-09).

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::lifecycle::Denied;
use tenant::resets;
use webkit::{Failure, Form, Message, see_other};

use super::request::{failure, find};
use crate::auth::logout::Nothing;
use crate::delivery;
use crate::instance::App;
use crate::visitor::Admitted;

/// When to try again while the identity server is away.
const LATER: Duration = Duration::from_secs(5);

/// Asks for the mail. The answer is the same whatever the account has: how it is opened is between it and the identity server.
pub(crate) async fn send(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    app.catalogue_for(&member).await;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let back = format!("/members/{}", member.id);
    let subject = resets::ask(&app.store, context, by, member.id).await.map_err(|denied| match denied {
        Denied::ProviderOwns(provider) => {
            let message = Message::new("reset-by-provider").with("provider", provider);
            Failure::conflict(message).code("federated").next(back.clone(), "see-member")
        }
        other => failure(other, &id),
    })?;
    match delivery::ask_for_reset(&app, &subject).await {
        Ok(()) => Ok(see_other(&format!("{back}?done=reset"))),
        Err(error) => {
            tracing::warn!(%error, tenant = %app.tenant.slug, "the identity server could not be asked for a reset");
            Err(Failure::unavailable(LATER).detail("reset-away"))
        }
    }
}
