//! Logout at the identity server too (OpenID Connect RP-Initiated Logout).

use ambient::Timestamp;
use openidconnect::{ClientId, CsrfToken, LogoutRequest, PostLogoutRedirectUrl};
use url::Url;
use webkit::BrowserId;

use crate::App;
use crate::begin::key;
use crate::session::SignedIn;

/// Where the browser goes to end the session there; `None` if that can't be found out right now.
pub async fn farewell(app: &App, browser: &BrowserId, session: &SignedIn) -> Option<Url> {
    let metadata = app.provider.metadata().await.ok()?;
    let endpoint = metadata.additional_metadata().end_session_endpoint.clone()?;
    let back = PostLogoutRedirectUrl::new(app.config.post_logout_redirect_uri()).ok()?;
    let ambient = app.kit.ambient();
    let state = CsrfToken::new(ambient.identifier());
    app.farewells.put(key(browser, state.secret()), (), ambient.now());
    Some(
        LogoutRequest::from(endpoint)
            .set_id_token_hint(&session.id_token)
            .set_client_id(ClientId::new(app.config.client_id.clone()))
            .set_post_logout_redirect_uri(back)
            .set_state(state)
            .http_get_url(),
    )
}

/// Whether this browser comes back from a logout that began here.
pub fn is_expected(app: &App, browser: &BrowserId, state: Option<&str>, now: Timestamp) -> bool {
    state.is_some_and(|state| app.farewells.take(&key(browser, state), now).is_some())
}
