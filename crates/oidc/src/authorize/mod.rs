//! The authorization request (OIDC Core §3.1.2): what is checked before anybody is asked anything.
//!
//! ```text
//! Params ──addressing──▶ who asks, where answers go ──rules──▶ AuthorizationRequest
//!            │                                        │
//!            ▼ Page: never a redirect                 ▼ Redirect(ValidatedRedirect, OAuthError)
//! ```

mod addressing;
mod claims_parameter;
mod failure;
mod redirect;
mod request;
mod rules;

pub use addressing::client_id;
pub use claims_parameter::{RequestedAcr, RequestedClaims};
pub use failure::{AuthorizeFailure, PageReason};
pub(crate) use redirect::separator;
pub use redirect::{ResponseMode, ValidatedRedirect};
pub use request::{AuthorizationRequest, Prompt};

use crate::client::Client;
use crate::error::OAuthError;
use crate::params::Params;
use crate::resource::{self, Resources};

/// Checks a request. `lookup` is the client that [`client_id`] names, if there is one; `resources` are what its tokens can be
/// for: our issuer alone, or its tenant's API too.
///
/// # Errors
/// [`AuthorizeFailure`]: a page while it is uncertain who asks or where the answer goes, a redirect from then on.
pub fn check<'a>(
    params: &Params,
    lookup: Option<&Client>,
    resources: impl Into<Resources<'a>>,
) -> Result<AuthorizationRequest, AuthorizeFailure> {
    let client = addressing::client(params, lookup)?;
    let redirect = addressing::redirect(params, client)?;
    checked(params, client, &redirect, resources.into()).map_err(|error| AuthorizeFailure::Redirect(redirect, error))
}

/// The rules, in their order. Each says no by itself; none depends on another's having run.
fn checked(
    params: &Params,
    client: &Client,
    redirect: &ValidatedRedirect,
    resources: Resources<'_>,
) -> Result<AuthorizationRequest, OAuthError> {
    rules::no_request_object(params)?;
    rules::no_registration(params)?;
    rules::response_type(params)?;
    rules::may_use_codes(client)?;
    let resource = resource::of_authorization_request(params, resources)?;
    Ok(AuthorizationRequest {
        client_id: client.client_id.clone(),
        redirect_uri: redirect.uri().to_owned(),
        response_mode: rules::response_mode(params)?,
        state: rules::text(params, "state")?,
        nonce: rules::text(params, "nonce")?,
        scope: rules::scope(params, client, resource.as_deref())?,
        resource,
        code_challenge: rules::code_challenge(params, client)?,
        prompt: rules::prompt(params)?,
        max_age: rules::max_age(params)?,
        acr_values: rules::words(params, "acr_values")?,
        claims: rules::claims(params, client)?,
        tenant: rules::tenant(params, client)?,
        login_hint: rules::text(params, "login_hint")?,
        id_token_hint: rules::text(params, "id_token_hint")?,
        ui_locales: rules::words(params, "ui_locales")?,
        display: rules::text(params, "display")?,
    })
}

#[cfg(test)]
mod tests;
