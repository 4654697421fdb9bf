//! Which of a provider's claims states what.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::providers::Provider;
use relying_party::Mapping;
use relying_party::presets::{Description, Preset, TypedMapping};
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done};
use super::providers::at;
use crate::providers::Refused;
use crate::state::IdentityServer;
use crate::upstream::read_settings;

#[derive(Template)]
#[template(path = "admin/mapping.html")]
struct MappingPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Provider,
    /// Where it is administered.
    at: String,
    description: &'static Description,
    entered: TypedMapping,
    errors: FieldErrors,
    wrong: Option<String>,
}

fn page(
    server: &IdentityServer,
    administrator: Administrator,
    it: Provider,
    entered: TypedMapping,
    wrong: Option<String>,
) -> MappingPage {
    MappingPage {
        brand: administrator.brand(server),
        shell: administrator.shell(&Done::default()),
        visit: administrator.visit,
        description: Preset::named(&it.preset).unwrap_or_default().description(),
        errors: FieldErrors::none(),
        at: at(&it.key),
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
    let it = administrator.desk(&server).one(&key).await.map_err(|refused| refused.failure(at(&key)))?;
    let entered = read_settings(&it)?.mapping.into();
    Ok(html(page(&server, administrator, it, entered, None)))
}

/// Takes it over: it counts from the next login on.
pub async fn save(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(entered): Form<TypedMapping>,
) -> webkit::Result<Response> {
    let desk = administrator.desk(&server);
    match desk.map(&key, Mapping::from(&entered)).await {
        Ok(()) => Ok(see_other(&format!("/admin/providers/{key}?done=provider-mapped"))),
        Err(Refused::Wrong(wrong)) => {
            let it = desk.one(&key).await.map_err(|refused| refused.failure(at(&key)))?;
            let page = page(&server, administrator, it, entered, Some(wrong.about));
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(refused) => Err(refused.failure(at(&key))),
    }
}
