use std::fmt;

use identity::providers::Provider;

/// Whom this server may ask, by who has named the address. What the operator excepts inside the network is for addresses that the
/// operator's own people have typed: a tenant's administrator writes their provider's discovery document, and would else choose
/// among the operator's exceptions (OA-13).
#[derive(Clone)]
pub struct Reach {
    platform: outbound::Client,
    tenants: outbound::Client,
}

impl Reach {
    /// `platform`: with the operator's exceptions. `tenants`: with those that tenants' own providers may lie at, if any.
    #[must_use]
    pub const fn new(platform: outbound::Client, tenants: outbound::Client) -> Self {
        Self { platform, tenants }
    }

    /// The client for everything that is asked of this provider.
    pub(crate) const fn of(&self, provider: &Provider) -> &outbound::Client {
        if provider.tenant.is_some() { &self.tenants } else { &self.platform }
    }

    /// The client for logout tokens: where they go stands in the registration of a client, which the operator makes.
    pub(crate) const fn of_clients(&self) -> &outbound::Client {
        &self.platform
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reach").finish_non_exhaustive()
    }
}
