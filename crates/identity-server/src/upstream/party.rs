use std::sync::Arc;

use identity::providers::Provider;
use relying_party::{ClientAuthentication, Credential, RelyingParty, Settings};
use webkit::Failure;

use crate::state::IdentityServer;

/// The settings of a provider as they are stored.
pub fn read_settings(provider: &Provider) -> webkit::Result<Settings> {
    serde_json::from_str(&provider.settings).map_err(Failure::internal)
}

/// The client of a provider, kept while its row stays as it is.
pub fn party(server: &IdentityServer, provider: &Provider) -> webkit::Result<Arc<RelyingParty>> {
    let settings = read_settings(provider)?;
    let secret = provider.secret(&server.identity).map_err(Failure::internal)?;
    let credential = credential(&settings, secret.as_deref()).map_err(Failure::internal)?;
    let redirect_uri = redirect_uri(server, &provider.key);
    let (http, ambient) = (server.outbound.of(provider).clone(), server.identity.ambient.clone());
    let make = || RelyingParty::new(settings, credential, redirect_uri, http, ambient);
    Ok(server.upstreams.get(provider.id.0, provider.version, make))
}

/// Each provider has an address of its own, so that no code of another's comes to it (LK-09).
pub fn redirect_uri(server: &IdentityServer, key: &str) -> String {
    server.identity.settings.page(&format!("/upstream/{key}/callback"))
}

/// A secret is a client secret, or a key: its id on the first line, then PEM.
pub fn credential(settings: &Settings, secret: Option<&str>) -> Result<Credential, relying_party::Fault> {
    Ok(match (&settings.client_authentication, secret) {
        (ClientAuthentication::None, _) | (_, None) => Credential::None,
        (ClientAuthentication::PrivateKeyJwt { .. } | ClientAuthentication::AppleJwt { .. }, Some(key)) => {
            let (kid, pem) = key.split_once('\n').unwrap_or(("", key));
            Credential::key_from_pem(kid.trim(), pem)?
        }
        (_, Some(secret)) => Credential::secret(secret),
    })
}
