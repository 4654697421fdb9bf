//! Which groups of a provider give which roles (DESIGN §4.10).

use ambient::Timestamp;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use tenant::Context;
use tenant::blueprint::{Role, permission};
use tenant::groups::{self, Given, LONGEST_GROUP, MOST, MapError, Source, Standing, standing};
use tenant::lifecycle::Denied;
use tenant::members::{self, MemberId};
use tenant::roles::grantable;
use tracing::Instrument;
use webkit::{Brand, Failure, FieldErrors, Form, Message, Shell, Visit, html, html_with_status, see_other};

use super::request::failure;
use super::{Done, role_labels, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// The provider that the page is about.
struct Of {
    key: String,
    name: String,
    /// Whether groups are read of what it states.
    states: bool,
    /// Whether it is there.
    known: bool,
}

/// A group that gives a role.
struct Line {
    group: String,
    role: String,
    label: String,
    by: Option<String>,
    at: Timestamp,
    /// Why it gives nothing, if it does not.
    rests: Option<String>,
}

#[derive(Template)]
#[template(path = "tenant/groups.html")]
struct GroupsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    of: Of,
    lines: Vec<Line>,
    roles: Vec<Role>,
    typed: New,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "tenant/groups_confirm.html")]
struct ConfirmPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    of: Of,
    typed: New,
    label: String,
    /// What the role allows.
    rights: Vec<String>,
}

/// As it is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    #[serde(default)]
    group: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    confirmed: Option<String>,
}

impl New {
    fn given(&self, provider: &str) -> Given {
        Given { role: self.role.clone(), provider: provider.to_owned(), group: self.group.trim().to_owned() }
    }
}

/// A provider that this tenant knows, or of which something is left to take away. Any other's is nobody's (DESIGN §4.8).
async fn find(app: &App, key: &str) -> webkit::Result<(Of, Vec<Source>)> {
    let known = app.catalogue(Age::ToShow).await;
    let mapped = groups::mappings(&mut app.store.read().await.map_err(database)?, key).await.map_err(database)?;
    let provider = known.get(key);
    if provider.is_none() && mapped.is_empty() {
        return Err(Failure::not_found());
    }
    let of = Of {
        key: key.to_owned(),
        name: known.name_of(key).to_owned(),
        states: provider.is_none_or(|provider| provider.groups),
        known: provider.is_some(),
    };
    Ok((of, mapped))
}

/// What groups give.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let found = find(&app, &key).await?;
    Ok(html(page(&app, admitted, found, (New::default(), FieldErrors::none()), &done).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    (of, mapped): (Of, Vec<Source>),
    (typed, errors): (New, FieldErrors),
    done: &Done,
) -> webkit::Result<GroupsPage> {
    let shell = shell(app, &visit, &visitor, done).await.map_err(database)?;
    let lines = lines(app, &visit, mapped).await?;
    let roles = grantable(&app.tenant.blueprint, &visitor.rights).into_iter().cloned().collect();
    Ok(GroupsPage { brand: app.brand.clone(), visit, shell, of, lines, roles, typed, errors })
}

async fn lines(app: &App, visit: &Visit, mapped: Vec<Source>) -> webkit::Result<Vec<Line>> {
    let context = app.context(visit);
    let mut read = app.store.read().await.map_err(database)?;
    let makers = members::some(&mut read, mapped.iter().map(|one| one.made_by)).await.map_err(database)?;
    let line = |one: Source| Line {
        rests: match standing(&context, makers.get(&one.made_by), &one.given.role) {
            Standing::Gives => None,
            Standing::Rests(why) => Some(visit.t(&format!("group-rests-{}", why.word()))),
        },
        label: role_labels(visit, &app.tenant.blueprint, std::slice::from_ref(&one.given.role)).concat(),
        by: one.maker(),
        at: one.made_at,
        group: one.given.group,
        role: one.given.role,
    };
    Ok(mapped.into_iter().map(line).collect())
}

/// From now on a group gives a role; where that role manages people, a page asks first.
pub(crate) async fn add(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(typed): Form<New>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let found = find(&app, &key).await?;
    app.catalogue(Age::ToDo).await;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let mapped = groups::map(&app.store, context, by, typed.given(&key), typed.confirmed.is_some()).await;
    let (field, message) = match mapped {
        Ok(_) => {
            app.groups.ring();
            return Ok(see_other(&format!("/providers/{key}/groups?done=group-mapped")));
        }
        Err(MapError::Unconfirmed) => return confirm(&app, admitted, found.0, typed).await,
        Err(MapError::Group) => ("group", Message::new("group-wrong").with("n", LONGEST_GROUP)),
        Err(MapError::TooMany) => ("group", Message::new("group-too-many").with("n", MOST)),
        Err(MapError::Denied(Denied::UnknownRole)) => ("role", Message::new("role-missing")),
        Err(MapError::Denied(Denied::Refused(refusal))) => {
            ("role", Message::new(format!("refusal-{}", refusal.word())))
        }
        Err(MapError::Denied(denied)) => return Err(failure(denied, "")),
    };
    let page = page(&app, admitted, found, (typed, FieldErrors::one(field, message)), &Done::default()).await?;
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

async fn confirm(app: &App, Admitted { visit, visitor }: Admitted, of: Of, typed: New) -> webkit::Result<Response> {
    let blueprint = &app.tenant.blueprint;
    let role = blueprint.role(&typed.role).ok_or_else(Failure::not_found)?;
    let carried = blueprint.permissions.iter().filter(|permission| role.permissions.contains(&permission.key));
    let page = ConfirmPage {
        label: role.label.text(visit.lang.code()).to_owned(),
        rights: carried.map(|permission| permission.label.text(visit.lang.code()).to_owned()).collect(),
        shell: shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?,
        brand: app.brand.clone(),
        visit,
        of,
        typed,
    };
    Ok(html(page))
}

/// Takes a role from a group, and from whoever has it by that alone. Thousands of them take longer than anybody waits: whoever hangs up,
/// or is told to come back later, does not stop it.
pub(crate) async fn unmaps(app: &App, context: Context, by: MemberId, given: Given) -> Result<(), Denied> {
    let here = app.clone();
    let doing = tokio::spawn(
        async move {
            let unmapped = groups::unmap(&here.store, context, by, given).await;
            here.groups.ring();
            here.ring();
            unmapped
        }
        .in_current_span(),
    );
    doing.await.map_err(|error| StoreError::RolledBack(error.to_string()))?
}

/// A group gives a role no longer, to nobody, at once.
pub(crate) async fn remove(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(typed): Form<New>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let given = Given { group: typed.group.clone(), ..typed.given(&key) };
    unmaps(&app, context, by, given).await.map_err(|denied| failure(denied, ""))?;
    let left = groups::mappings(&mut app.store.read().await.map_err(database)?, &key).await.map_err(database)?;
    let known = app.catalogue(Age::ToShow).await.get(&key).is_some();
    // Of a provider that is gone, the page goes with its last line.
    let to =
        if known || !left.is_empty() { format!("/providers/{key}/groups?done=group-unmapped") } else { "/".to_owned() };
    Ok(see_other(&to))
}
