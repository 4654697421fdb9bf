use ambient::Ambient;
use tokio::sync::Mutex;

use crate::presets::Weakness;
use crate::provider::Known;
use crate::{Credential, Settings};

/// The client of one provider: asks it, and believes it after every check.
pub struct RelyingParty {
    pub(crate) settings: Settings,
    pub(crate) credential: Credential,
    pub(crate) redirect_uri: String,
    pub(crate) http: outbound::Client,
    pub(crate) ambient: Ambient,
    pub(crate) known: Mutex<Known>,
}

impl RelyingParty {
    /// A client that knows nothing of its provider yet. Its `redirect_uri` belongs to this provider alone, so that no code
    /// of another's can come to it (RFC 9700 §4.4.2.2, LK-09).
    #[must_use]
    pub fn new(
        settings: Settings,
        credential: Credential,
        redirect_uri: String,
        http: outbound::Client,
        ambient: Ambient,
    ) -> Self {
        Self { settings, credential, redirect_uri, http, ambient, known: Mutex::default() }
    }

    /// What was stated of the provider.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// What the provider calls us.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.settings.client_id
    }

    /// The guarded client that it asks with.
    #[must_use]
    pub const fn http(&self) -> &outbound::Client {
        &self.http
    }

    /// Checks that cannot be made with this provider, since it does not speak OpenID Connect, or not all of it.
    #[must_use]
    pub fn weaknesses(&self) -> &'static [Weakness] {
        self.settings.preset.weaknesses()
    }
}
