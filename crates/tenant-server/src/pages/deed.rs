//! What administrators do to one member: a button each, a page that asks first where it cannot be taken back easily.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use tenant::Context;
use tenant::blueprint::permission;
use tenant::fields::may_edit;
use tenant::lifecycle::{Deed, Denied, Refusal, Target, act, judge, may_name_keeper, offers};
use tenant::members::{Authorization, Lifecycle, Member};
use tenant::providers::may_set;
use tenant::resets::may_ask;
use tenant::roles::{self, Acting};
use tenant::service_accounts::client_of;
use tenant::sessions::Visitor;
use webkit::{Brand, Failure, Form, Shell, Visit, html, see_other};

use super::request::{failure, find};
use super::{Done, shell};
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A button of a deed.
pub(crate) struct Button {
    pub name: &'static str,
    pub label: String,
    pub icon: &'static str,
    pub kind: &'static str,
    /// It leads to a page that asks first.
    pub asks: bool,
}

/// The deeds that are a button of their own, with its icon and kind.
const BUTTONS: [(&str, &str, &str); 7] = [
    ("unlock", "lock-open", "plain"),
    ("resume", "play", "plain"),
    ("reactivate", "undo-2", "primary"),
    ("keep", "user-check", "plain"),
    ("suspend", "pause", "plain"),
    ("lock", "lock", "danger"),
    ("delete", "trash-2", "danger"),
];

/// What a page offers somebody to do to a member; the rule decides again when it is done.
pub(crate) struct Offers<'a> {
    context: &'a Context,
    acting: Acting,
    target: Target<'a>,
}

impl<'a> Offers<'a> {
    pub(crate) fn of(context: &'a Context, visitor: &Visitor, target: Target<'a>) -> Self {
        let acting = Acting::new(visitor.member.clone(), visitor.rights.clone());
        Self { context, acting, target }
    }

    pub(crate) fn offers(&self, deed: &Deed) -> bool {
        offers(self.context, &self.acting, self.target, deed)
    }

    /// Why it would be refused, as far as that can be said before.
    pub(crate) fn refusal(&self, deed: &Deed) -> Option<Refusal> {
        judge(self.context, &self.acting, self.target, deed).err()
    }

    /// Whether their profile fields may be changed (PP-16).
    pub(crate) fn fields(&self) -> Result<(), Refusal> {
        if !self.acting.rights.has(permission::MEMBERS_MANAGE) {
            return Err(Refusal::OutOfReach);
        }
        may_edit(self.context, &self.acting, self.target)
    }

    /// Whether another provider could be chosen for them; which ones there are, the next page knows.
    pub(crate) fn may_switch(&self) -> bool {
        let member = self.target.member;
        let there = matches!(member.lifecycle, Lifecycle::Active | Lifecycle::Suspended);
        let could = there && member.is_person() && !member.break_glass && member.kept_by.is_none();
        could && self.fields().is_ok()
    }

    /// Whether a mail that replaces a forgotten password can be asked for (TP-09).
    pub(crate) fn may_reset(&self) -> bool {
        self.acting.rights.has(permission::MEMBERS_MANAGE) && may_ask(self.context, &self.acting, self.target).is_ok()
    }

    /// Whether it can be said who keeps the record elsewhere, or if somebody does, that they do no longer (PP-31).
    pub(crate) fn may_name_keeper(&self) -> bool {
        let names = self.target.member.kept_by.is_none();
        let allowed = self.acting.rights.has(permission::MEMBERS_MANAGE);
        allowed && may_name_keeper(self.context, &self.acting, self.target, names).is_ok()
    }

    /// Whether the flag *break-glass* can be set or taken away.
    pub(crate) fn may_set_glass(&self) -> bool {
        let allowed = self.acting.rights.has(permission::ROLES_MANAGE);
        allowed && may_set(self.context, &self.acting, self.target, !self.target.member.break_glass).is_ok()
    }

    /// For one member.
    pub(crate) fn buttons(&self) -> Vec<Button> {
        let offered = BUTTONS.iter().filter(|(name, ..)| Deed::plain(name).is_some_and(|deed| self.offers(&deed)));
        let button = |(name, icon, kind): &(&'static str, &'static str, &'static str)| Button {
            name,
            label: format!("deed-{name}"),
            icon,
            kind,
            asks: *name == "delete",
        };
        offered.map(button).collect()
    }
}

#[derive(Template)]
#[template(path = "tenant/delete.html")]
struct DeletePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    /// For how many days they can be brought back; none: for good.
    days: Option<u64>,
    /// Whether they get a mail of it (PD-05).
    is_told: bool,
    is_invited: bool,
    /// The name of the one provider that opens the tenant to them (TP-10).
    provider: Option<String>,
    /// Whether it is another system and no person (PP-28).
    is_service: bool,
}

/// For how many days somebody who was deleted can be brought back (PP-13); none: deleting is for good.
pub(super) fn days_to_return(app: &App) -> Option<u64> {
    app.tenant.blueprint.lifecycle.reactivate_within.map(|span| span.0.as_secs() / 86_400)
}

/// Asks before somebody is deleted. Whatever else is asked for has its button on the member's page.
pub(crate) async fn ask(
    State(app): State<App>,
    admitted: Admitted,
    Path((id, deed)): Path<(String, String)>,
) -> webkit::Result<Response> {
    let deed = Deed::plain(&deed).ok_or_else(Failure::not_found)?;
    admitted.require(deed.permission())?;
    let member = find(&app, &id).await?;
    if deed != Deed::Delete {
        return Ok(see_other(&format!("/members/{}", member.id)));
    }
    let Admitted { visit, visitor } = admitted;
    let held = roles::of_member(&mut app.store.read().await.map_err(database)?, member.id).await.map_err(database)?;
    let context = app.context(&visit);
    let target = Target { member: &member, roles: &held, follows: &[] };
    if let Some(refusal) = Offers::of(&context, &visitor, target).refusal(&deed) {
        return Err(failure(Denied::Refused(refusal), &id));
    }
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let known = app.catalogue_for(&member).await;
    let client = client_of(&mut app.store.read().await.map_err(database)?, member.id).await.map_err(database)?;
    Ok(html(DeletePage {
        is_service: client.is_some(),
        provider: member.provider.as_deref().map(|key| known.name_of(key).to_owned()),
        days: days_to_return(&app),
        is_told: app.tenant.blueprint.lifecycle.deletion_mail,
        is_invited: member.authorization == Authorization::Invited,
        brand: app.brand.clone(),
        visit,
        shell,
        member,
    }))
}

/// Does it.
pub(crate) async fn done(
    State(app): State<App>,
    admitted: Admitted,
    Path((id, deed)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let deed = Deed::plain(&deed).ok_or_else(Failure::not_found)?;
    admitted.require(deed.permission())?;
    let member = find(&app, &id).await?;
    let (by, context, name) = (admitted.visitor.member.id, app.context(&admitted.visit), deed.name());
    act(&app.store, context, by, member.id, deed).await.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done={name}", member.id)))
}
