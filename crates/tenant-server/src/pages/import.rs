//! Members from a file: what it has to look like, and the file itself, which is read as it comes.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tenant::blueprint::{Blueprint, Granted, Role, permission};
use tenant::fields;
use tenant::imports::{self, BeginError, Column, Import, ImportId, ImportState, NewImport};
use tenant::lifecycle::Denied;
use tenant::members::{self, MemberId, MemberState};
use webkit::{Brand, FieldErrors, FileStream, Message, Shell, StreamError, Visit, html, html_with_status, see_other};

use super::csv::line;
use super::older::{Older, cut};
use super::request::failure;
use super::{Done, shell};
use crate::incoming::{self, Refused};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// How many imports a page has.
const ON_A_PAGE: i64 = 20;

/// An import as a line of the list.
struct Past {
    import: Import,
    state: String,
}

#[derive(Template)]
#[template(path = "tenant/import_new.html")]
struct NewPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    roles: Vec<Role>,
    states: String,
    /// The columns of profile fields.
    fields: Vec<Column>,
    /// In megabytes.
    most: u64,
    past: Vec<Past>,
    next: Option<String>,
}

/// The form, and the imports so far, the newest first.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Query(older): Query<Older>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    Ok(html(page(&app, admitted, FieldErrors::none(), &older).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    errors: FieldErrors,
    older: &Older,
) -> webkit::Result<NewPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let past = imports::before(&mut read, older.than().map(ImportId), ON_A_PAGE + 1).await.map_err(database)?;
    let (past, last) = cut(past, ON_A_PAGE, |import| import.id.0);
    let next = last.map(|last| format!("/members/import?before={last}#past-heading"));
    let fields = fields::of_tenant(&mut read, &app.tenant.blueprint).await.map_err(database)?;
    let makers = members::some(&mut read, past.iter().map(|import| import.made_by)).await.map_err(database)?;
    drop(read);
    let by = |import: &Import| makers.get(&import.made_by).map_or_else(String::new, |row| row.member.name());
    let fields = fields.iter().map(|field| Column::field(&field.key)).collect();
    let told = |import: &Import| state(&visit, (import, &by(import)), visitor.member.id);
    let past = past.into_iter().map(|import| Past { state: told(&import), import }).collect();
    let roles = by_hand(&app.tenant.blueprint).cloned().collect();
    let states = [MemberState::Active, MemberState::Invited, MemberState::Locked, MemberState::Suspended];
    let suspends = |state: &MemberState| *state != MemberState::Suspended || app.tenant.blueprint.lifecycle.suspension;
    let states: Vec<_> = states.into_iter().filter(suspends).map(MemberState::word).collect();
    let (brand, most, states) = (app.brand.clone(), megabytes(app.largest_import), states.join(", "));
    Ok(NewPage { visit, brand, shell, errors, roles, states, fields, most, past, next })
}

/// How far it is, in a word; where it waits, for whom: whoever looks, or else who brought it.
pub(super) fn state(visit: &Visit, (import, by): (&Import, &str), looks: MemberId) -> String {
    if import.state == ImportState::Ready && import.made_by != looks {
        return visit.t_with("import-state-ready-other", [("name", by)]);
    }
    visit.t(&format!("import-state-{}", import.state.word()))
}

const fn megabytes(bytes: u64) -> u64 {
    bytes / 1_000_000
}

fn by_hand(blueprint: &Blueprint) -> impl DoubleEndedIterator<Item = &Role> {
    blueprint.roles.iter().filter(|role| role.granted == Granted::ByHand)
}

/// A file to begin with, with roles of this tenant.
pub(crate) async fn example(State(app): State<App>, admitted: Admitted) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let keys: Vec<&str> = by_hand(&app.tenant.blueprint).map(|role| role.key.as_str()).rev().take(2).collect();
    let one = keys.first().copied().unwrap_or_default();
    let text = [
        line(["email", "given_name", "family_name", "language", "state", "roles"]),
        line(["mina@example.com", "Mina", "Hollis", "en", "active", one]),
        line(["jonas@example.com", "Jonas", "Weber", "de", "locked", &keys.join(" ")]),
    ];
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"members-example.csv\""),
    ];
    Ok((headers, text.concat()).into_response())
}

/// Takes a file. Nothing is done to anybody yet: the next page shows what it would come to.
pub(crate) async fn receive(
    State(app): State<App>,
    admitted: Admitted,
    mut file: FileStream,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let new = NewImport { file_name: file.file_name().to_owned(), invites: file.field("invite").is_some() };
    let who = (app.context(&admitted.visit), admitted.visitor.member.id);
    let taken = match file.at_most(app.largest_import) {
        Ok(()) => incoming::take(&app, who, new, &mut file).await,
        Err(error) => Err(Refused::Stream(error)),
    };
    match taken {
        Ok(id) => Ok(see_other(&format!("/members/import/{id}"))),
        Err(refused) => {
            file.drain().await;
            let (status, why) = told(&app, refused)?;
            let page = page(&app, admitted, FieldErrors::one("file", why), &Older::default()).await?;
            Ok(html_with_status(status, page))
        }
    }
}

/// What is said about it, beside the field.
pub(super) fn told(app: &App, refused: Refused) -> webkit::Result<(StatusCode, Message)> {
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(match refused {
        Refused::Stream(StreamError::TooLarge) => {
            let most = i64::try_from(megabytes(app.largest_import)).unwrap_or(i64::MAX);
            (StatusCode::PAYLOAD_TOO_LARGE, Message::new("import-too-large").with("most", most))
        }
        Refused::Stream(StreamError::Broken) => (StatusCode::BAD_REQUEST, Message::new("import-broken")),
        Refused::Begin(BeginError::File(fault)) => {
            (unprocessable, Message::new(format!("import-file-{}", fault.word())))
        }
        Refused::Begin(BeginError::TooMany) => (StatusCode::CONFLICT, Message::new("import-too-many")),
        Refused::Begin(BeginError::Denied(Denied::Store(error))) => return Err(database(error)),
        Refused::Begin(BeginError::Denied(denied)) => return Err(failure(denied, "")),
    })
}
