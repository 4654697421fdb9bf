//! Which of a provider's claims states what.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::providers::{self, Change, Provider, Saved};
use relying_party::Mapping;
use relying_party::presets::Description;
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done};
use super::providers::find;
use crate::fault;
use crate::state::IdentityServer;
use crate::upstream::{read_settings, setup};

/// The form. An empty field: the standard's claim, or no groups.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    family_name: String,
    #[serde(default)]
    full_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    locale: String,
    #[serde(default)]
    groups: String,
}

impl From<&Entered> for Mapping {
    fn from(entered: &Entered) -> Self {
        let claim = |text: &str| text.trim().to_owned();
        Self {
            given_name: claim(&entered.given_name),
            family_name: claim(&entered.family_name),
            name: claim(&entered.full_name),
            email: claim(&entered.email),
            locale: claim(&entered.locale),
            groups: claim(&entered.groups),
        }
    }
}

impl From<Mapping> for Entered {
    fn from(mapping: Mapping) -> Self {
        let Mapping { given_name, family_name, name, email, locale, groups } = mapping;
        Self { given_name, family_name, full_name: name, email, locale, groups }
    }
}

#[derive(Template)]
#[template(path = "admin/mapping.html")]
struct MappingPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Provider,
    description: &'static Description,
    entered: Entered,
    errors: FieldErrors,
    wrong: Option<String>,
}

fn page(
    server: &IdentityServer,
    administrator: Administrator,
    it: Provider,
    entered: Entered,
    wrong: Option<String>,
) -> MappingPage {
    MappingPage {
        brand: administrator.brand(server),
        shell: administrator.shell(&Done::default()),
        visit: administrator.visit,
        description: setup::preset(&it.preset).unwrap_or_default().description(),
        errors: FieldErrors::none(),
        it,
        entered,
        wrong,
    }
}

/// What is read at the moment.
pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    let entered = read_settings(&it)?.mapping.into();
    Ok(html(page(&server, administrator, it, entered, None)))
}

/// Takes it over: it counts from the next login on.
pub async fn save(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(entered): Form<Entered>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    let values = match setup::mapped(&it, Mapping::from(&entered)) {
        Ok(settings) => unchanged(&it, settings),
        Err(wrong) => {
            let page = page(&server, administrator, it, entered, Some(wrong.to_string()));
            return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    };
    match providers::save(&server.identity, administrator.actor(), &it, values).await.map_err(fault::failure)? {
        Saved::Done(key) => Ok(see_other(&format!("/admin/providers/{key}?done=provider-mapped"))),
        Saved::Gone | Saved::Unfit(_) => {
            let back = format!("/admin/providers/{key}/mapping");
            Err(Failure::conflict("provider-changed-meanwhile").next(back, "back"))
        }
    }
}

/// Everything but the settings stays.
fn unchanged(it: &Provider, settings: String) -> Change {
    Change {
        name: it.name.clone(),
        preset: it.preset.clone(),
        issuer: it.issuer.clone(),
        settings,
        secret: None,
        domains: it.domains.clone(),
        shown: it.shown,
    }
}
