//! *Undo* in the notice about what was just done to one member.

use axum::extract::{Path, State};
use axum::response::Response;
use store::{StoreError, TenantRead};
use tenant::blueprint::permission;
use tenant::lifecycle::{Deed, Switching, take_back, way_back};
use tenant::members::{Member, MemberId};
use webkit::{Failure, Form, Shell, see_other};

use super::Done;
use super::deed::Offers;
use super::provider::said;
use super::request::{failure, find};
use crate::auth::logout::Nothing;
use crate::catalogue::Age;
use crate::delivery::ask_about_the_way_back;
use crate::instance::App;
use crate::visitor::{Admitted, database};

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
    let switching = switching(&app, &admitted, &member).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let taken = take_back(&app.store, context, by, member.id, (switching, version)).await;
    let deed = taken.map_err(|denied| failure(denied, &id))?;
    app.ring();
    let done = match deed {
        Deed::Exchange { .. } => "roles",
        Deed::Switch { .. } => "switched-back",
        _ => deed.name(),
    };
    Ok(see_other(&format!("/members/{}?done={done}", member.id)))
}

/// Where a switch is taken back, by a switch: what the identity server says of it.
async fn switching(app: &App, admitted: &Admitted, member: &Member) -> webkit::Result<Option<Switching>> {
    let mut read = app.store.read().await.map_err(database)?;
    let back = way_back(&mut read, admitted.visitor.member.id, member).await.map_err(database)?;
    drop(read);
    let Some(deed @ Deed::Switch { .. }) = back else { return Ok(None) };
    admitted.require(deed.permission())?;
    app.catalogue(Age::ToDo).await;
    said(app, member, ask_about_the_way_back(app, member, deed).await).map(Some)
}
