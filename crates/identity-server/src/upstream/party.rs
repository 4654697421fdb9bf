use std::sync::Arc;

use identity::providers::Provider;
use jose::JwkSet;
use relying_party::presets::{Preset, Registration};
use relying_party::{ClientAuthentication, Credential, Keys, RelyingParty, Settings};
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
    let redirect_uri = registration(server, provider).redirect_uri;
    let (http, ambient) = (server.outbound.of(provider).clone(), server.identity.ambient.clone());
    let make = || RelyingParty::new(settings, credential, redirect_uri, http, ambient);
    Ok(server.upstreams.get(provider.id.0, provider.version, make))
}

/// What is registered of us at a provider. Each has an address of its own for answers, so that no code of another's comes to it
/// (LK-09).
pub fn registration(server: &IdentityServer, provider: &Provider) -> Registration {
    let preset = Preset::named(&provider.preset).unwrap_or_default();
    let keys = read_settings(provider).map(|settings| settings.public_keys).unwrap_or_default();
    let keys = (!keys.is_empty()).then_some(JwkSet { keys });
    Registration::of(preset.description(), &provider.key, keys, |path| server.identity.settings.page(path))
}

/// A secret is a client secret, or keys: of each its id on a line, then PEM. Of Apple, the one key that it gave.
pub fn credential(settings: &Settings, secret: Option<&str>) -> Result<Credential, relying_party::Fault> {
    Ok(match (&settings.client_authentication, secret) {
        (ClientAuthentication::None, _) | (_, None) => Credential::None,
        (ClientAuthentication::PrivateKeyJwt { .. }, Some(keys)) => Keys::of_secret(keys)?.credential(),
        (ClientAuthentication::AppleJwt { .. }, Some(key)) => {
            let (kid, pem) = key.split_once('\n').unwrap_or(("", key));
            Credential::key_from_pem(kid.trim(), pem)?
        }
        (_, Some(secret)) => Credential::secret(secret),
    })
}
