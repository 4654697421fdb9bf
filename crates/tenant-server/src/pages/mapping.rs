//! Which claims of one of this tenant's own providers state what.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use relying_party::presets::{Description, Preset, TypedMapping};
use tenant::blueprint::permission;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::providers::{at, refused};
use super::{Done, shell};
use crate::instance::App;
use crate::own_providers::{Detail, Refused};
use crate::visitor::{Admitted, database};

#[derive(Template)]
#[template(path = "tenant/mapping.html")]
struct MappingPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Detail,
    /// Where it is administered.
    at: String,
    description: &'static Description,
    entered: TypedMapping,
    errors: FieldErrors,
    wrong: Option<String>,
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    it: Detail,
    entered: TypedMapping,
    wrong: Option<String>,
) -> webkit::Result<MappingPage> {
    Ok(MappingPage {
        shell: shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?,
        brand: app.brand.clone(),
        visit,
        at: at(&it.key),
        description: Preset::named(&it.preset).unwrap_or_default().description(),
        entered,
        errors: FieldErrors::none(),
        wrong,
        it,
    })
}

/// What is read at the moment.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    let (it, _) = admitted.own(&app).show(&key).await.map_err(|it| refused(it, "/providers"))?;
    let entered = it.mapping.clone();
    Ok(html(page(&app, admitted, it, entered, None).await?))
}

/// Takes it over: it counts from the next login on.
pub(crate) async fn save(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(entered): Form<TypedMapping>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    let own = admitted.own(&app);
    match own.map(&key, &entered).await {
        Ok(_) => Ok(see_other(&format!("{}?done=provider-mapped", at(&key)))),
        Err(Refused::Wrong(wrong)) => {
            let (it, _) = own.show(&key).await.map_err(|it| refused(it, &at(&key)))?;
            let page = page(&app, admitted, it, entered, Some(wrong.about)).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(other) => Err(refused(other, &at(&key))),
    }
}
