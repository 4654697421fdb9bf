//! Who asks, and where the answer goes. Until both are certain, nothing is redirected (RFC 6749 §4.1.2.1, OA-05, OA-06).

use super::{PageReason, ResponseMode, ValidatedRedirect};
use crate::client::Client;
use crate::params::Params;

/// The client that a request names: what to look up before [`super::check`].
///
/// # Errors
/// [`PageReason::MissingClient`], or [`PageReason::RepeatedParameter`].
pub fn client_id(params: &Params) -> Result<&str, PageReason> {
    params.one("client_id")?.ok_or(PageReason::MissingClient)
}

pub(super) fn client<'a>(params: &Params, lookup: Option<&'a Client>) -> Result<&'a Client, PageReason> {
    let named = client_id(params)?;
    lookup.filter(|client| client.client_id == named).ok_or_else(|| PageReason::UnknownClient(named.to_owned()))
}

/// `state` belongs to the address: an answer with one of two states is one that the client cannot tell from a forged
/// one. A response mode that is doubled or unknown is an error told in the query.
pub(super) fn redirect(params: &Params, client: &Client) -> Result<ValidatedRedirect, PageReason> {
    let uri = params.one("redirect_uri")?.ok_or(PageReason::MissingRedirectUri)?;
    let state = params.one("state")?;
    let mode = params.one("response_mode").ok().flatten().and_then(ResponseMode::named).unwrap_or_default();
    ValidatedRedirect::validate(client, uri, mode, state)
        .ok_or_else(|| PageReason::UnregisteredRedirectUri { client: client.name.clone(), uri: uri.to_owned() })
}
