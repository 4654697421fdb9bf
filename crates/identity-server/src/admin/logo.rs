use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::tenants::{self, LOGO_MOST_BYTES, Unfit};
use webkit::{FieldErrors, Form, Upload, html_with_status, see_other};

use super::branding::page;
use super::door::{Administrator, Done, tenant};
use super::tenant::Nothing;
use crate::fault;
use crate::state::IdentityServer;

/// How long the form may be: of a picture that is too large, the page tells so up to here.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// What is wrong with a picture, and what to do about it.
const fn message(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::TooLarge => "wrong-logo-too-large",
        Unfit::Svg => "wrong-logo-svg",
        Unfit::Unknown => "wrong-logo-unknown",
        Unfit::Damaged => "wrong-logo-damaged",
        Unfit::TooManyPixels => "wrong-logo-pixels",
    }
}

/// Takes a picture as the tenant's logo (PP-19).
pub async fn save(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    upload: Upload<LOGO_MOST_BYTES>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let wrong = match upload {
        Upload::Nothing => "wrong-logo-nothing",
        Upload::TooLarge => message(Unfit::TooLarge),
        Upload::File(bytes) => {
            let set = tenants::set_logo(&server.identity, administrator.actor(), it.tenant.id, bytes).await;
            match set.map_err(fault::failure)? {
                Ok(()) => return Ok(see_other(&format!("/admin/tenants/{}/branding?done=logo", it.tenant.slug))),
                Err(unfit) => message(unfit),
            }
        }
    };
    let errors = FieldErrors::one("file", wrong);
    let page = page(&server, administrator, &Done::default(), it.tenant, None, errors);
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// The icon is the logo again.
pub async fn remove(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let removed = tenants::remove_logo(&server.identity, administrator.actor(), it.tenant.id).await;
    removed.map_err(fault::failure)?;
    Ok(see_other(&format!("/admin/tenants/{}/branding?done=logo-removed", it.tenant.slug)))
}
