//! A file of members as it goes out, whether a page or the API is asked for it: everybody whom a filter leaves, written stretch by
//! stretch, however many there are. An import reads what stands here.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use store::StoreError;
use tenant::Context;
use tenant::blueprint::Blueprint;
use tenant::fields::{self, Field, Values};
use tenant::imports::Column;
use tenant::members::{self, Lifecycle, MemberFilter, MemberId, MemberRow};

use crate::instance::App;
use crate::pages::csv::line;

/// What every tenant's file tells; the columns of its profile fields follow.
const HEAD: [&str; 16] = [
    "id",
    "given_name",
    "family_name",
    "email",
    "language",
    "state",
    "roles",
    "seat_class",
    "kind",
    "provider",
    "kept_by",
    "authorization",
    "locked",
    "lifecycle",
    "email_stated_by",
    "last_sign_in",
];

/// One member, as JSON.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    given_name: &'a str,
    family_name: &'a str,
    email: &'a str,
    language: &'a str,
    state: &'static str,
    roles: Vec<String>,
    seat_class: &'static str,
    /// A person's or another system's (PP-28).
    kind: &'static str,
    provider: Option<&'a str>,
    /// Who keeps the record elsewhere (PP-31).
    kept_by: Option<&'a str>,
    authorization: &'static str,
    locked: bool,
    lifecycle: &'static str,
    /// The provider by whose word alone that address is theirs.
    email_stated_by: Option<&'a str>,
    last_sign_in: Option<String>,
    fields: Values,
}

/// What the file is written in.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    /// RFC 4180.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// How the file's name ends, and what an address calls it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// As `Content-Type` has it, without the encoding.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::JsonLines => "application/jsonl",
        }
    }
}

/// The file, for somebody who may have it: the log says first that they took it.
///
/// # Errors
/// What the database says before the first line; what it says later ends the file in the middle.
pub(crate) async fn file(
    app: &App,
    context: Context,
    by: MemberId,
    filter: MemberFilter,
    format: Format,
) -> Result<Response, StoreError> {
    members::note_export(&app.store, context, by, &filter).await?;
    let fields = fields::of_tenant(&mut app.store.read().await?, &app.tenant.blueprint).await?;
    let head = match format {
        Format::Csv => head(&fields),
        Format::JsonLines => String::new(),
    };
    let kind = format!("{}; charset=utf-8", format.kind());
    let name = format!("attachment; filename=\"members-{}.{}\"", app.tenant.slug, format.word());
    let app = app.clone();
    let stretches = stream::try_unfold(Some(members::BEFORE_ALL), move |after| {
        let (app, filter, fields) = (app.clone(), filter.clone(), fields.clone());
        async move {
            let Some(after) = after else { return Ok::<_, StoreError>(None) };
            let mut read = app.store.read().await?;
            let (mut rows, end) = members::window(&mut read, &filter, after).await?;
            // Of whoever was erased there is nothing to tell.
            rows.retain(|row| row.member.lifecycle != Lifecycle::Purged);
            let ids = rows.iter().map(|row| row.member.id).filter(|_| !fields.is_empty());
            let mut values = fields::values_of_many(&mut read, ids).await?;
            drop(read);
            let told = |row: &MemberRow| {
                let values = values.remove(&row.member.id).unwrap_or_default();
                written(&app.tenant.blueprint, row, (&fields, values), format)
            };
            Ok(Some((Bytes::from(rows.iter().map(told).collect::<String>()), end)))
        }
    });
    let head = stream::iter([Ok(Bytes::from(head))]);
    let body = Body::from_stream(head.chain(stretches));
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], body).into_response())
}

fn head(fields: &[Field]) -> String {
    let fields: Vec<Column> = fields.iter().map(|field| Column::field(&field.key)).collect();
    line(HEAD.into_iter().chain(fields.iter().map(Column::word)))
}

/// One member; of fields that were removed nothing is told.
fn written(blueprint: &Blueprint, row: &MemberRow, (fields, mut values): (&[Field], Values), format: Format) -> String {
    let member = &row.member;
    values.retain(|key, _| fields.iter().any(|field| field.key == *key));
    let told = Line {
        id: member.id.to_string(),
        given_name: &member.given_name,
        family_name: &member.family_name,
        email: &member.email,
        language: &member.locale,
        state: member.state().word(),
        roles: row.roles(),
        seat_class: row.seat_class(blueprint).word(),
        kind: row.kind().word(),
        provider: member.provider.as_deref(),
        kept_by: member.kept_by.as_deref(),
        authorization: member.authorization.word(),
        locked: member.locked,
        lifecycle: member.lifecycle.word(),
        email_stated_by: member.stated_by.as_deref(),
        last_sign_in: member.last_sign_in.map(|at| at.to_rfc3339()),
        fields: values,
    };
    match format {
        Format::Csv => {
            let filled = fields.iter().map(|field| told.fields.get(&field.key).map_or("", String::as_str));
            line(
                [
                    told.id.as_str(),
                    told.given_name,
                    told.family_name,
                    told.email,
                    told.language,
                    told.state,
                    &told.roles.join(" "),
                    told.seat_class,
                    told.kind,
                    told.provider.unwrap_or_default(),
                    told.kept_by.unwrap_or_default(),
                    told.authorization,
                    if told.locked { "yes" } else { "no" },
                    told.lifecycle,
                    told.email_stated_by.unwrap_or_default(),
                    told.last_sign_in.as_deref().unwrap_or_default(),
                ]
                .into_iter()
                .chain(filled),
            )
        }
        // Texts and flags alone: they are always written.
        Format::JsonLines => serde_json::to_string(&told).map(|line| line + "\n").unwrap_or_default(),
    }
}
