//! *Undo* in the notice about what was just done to one member.

use axum::extract::{Path, State};
use axum::response::Response;
use store::{StoreError, TenantRead};
use tenant::blueprint::permission;
use tenant::lifecycle::{Deed, take_back, way_back};
use tenant::members::{Member, MemberId};
use webkit::{Failure, Form, Shell, see_other};

use super::Done;
use super::deed::Offers;
use super::request::{failure, find};
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::Admitted;

/// Puts the way back into the notice, where there is one that this visitor may take: they did it, it was the last thing that
/// happened to the member, and the rules allow its opposite.
pub(super) async fn offer(
    read: &mut impl TenantRead,
    shell: &mut Shell,
    done: &Done,
    (by, member): (MemberId, &Member),
    offers: &Offers<'_>,
) -> Result<(), StoreError> {
    let Some(notice) = shell.notice.take_if(|_| done.was_a_deed()) else { return Ok(()) };
    let back = way_back(read, by, member).await?.filter(|deed| offers.offers(deed));
    shell.notice = Some(match back {
        Some(_) => notice.undo(format!("/members/{}/undo/{}", member.id, member.version)),
        None => notice,
    });
    Ok(())
}

/// Takes it back, if nobody has changed the member since.
pub(crate) async fn undo(
    State(app): State<App>,
    admitted: Admitted,
    Path((id, version)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let version = version.parse().map_err(|_| Failure::not_found())?;
    let member = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let deed = take_back(&app.store, context, by, member.id, version).await.map_err(|denied| failure(denied, &id))?;
    app.ring();
    let done = if let Deed::Exchange { .. } = deed { "roles" } else { deed.name() };
    Ok(see_other(&format!("/members/{}?done={done}", member.id)))
}
