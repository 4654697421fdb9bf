use std::sync::Arc;

use ambient::Ambient;
use fluent_templates::StaticLoader;

use crate::Brand;

/// What a server tells this crate about itself.
pub struct KitConfig {
    /// The server's own texts (`&LOCALES` of `fluent_templates::static_loader!`); they win over this crate's.
    pub texts: &'static StaticLoader,
    /// The product's name, as in "Secured by Latchkey"; also the brand of pages that belong to no tenant.
    pub product: String,
    /// Starts every cookie's name. Cookies ignore ports (RFC 6265 §8.5): each instance needs its own.
    pub cookie_prefix: String,
    /// Served over https: `__Host-` cookies with `Secure`, and HSTS (never for loopback hosts).
    pub secure: bool,
    /// Signs CSRF tokens; the same on all nodes.
    pub csrf_key: [u8; 32],
    /// Clock and randomness.
    pub ambient: Ambient,
}

/// One server's settings for this crate; cheap to clone. States provide it through `FromRef`.
#[derive(Clone)]
pub struct Kit(Arc<KitConfig>);

impl Kit {
    /// Takes the settings.
    #[must_use]
    pub fn new(config: KitConfig) -> Self {
        Self(Arc::new(config))
    }

    /// Clock and randomness.
    #[must_use]
    pub fn ambient(&self) -> &Ambient {
        &self.0.ambient
    }

    /// The product's name.
    #[must_use]
    pub fn product(&self) -> &str {
        &self.0.product
    }

    /// Whether this server is reached over https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.secure
    }

    /// The brand of pages that belong to no tenant.
    #[must_use]
    pub fn brand(&self) -> Brand {
        Brand::named(self.product())
    }

    pub(crate) fn texts(&self) -> &'static StaticLoader {
        self.0.texts
    }

    pub(crate) fn cookie_prefix(&self) -> &str {
        &self.0.cookie_prefix
    }

    pub(crate) fn csrf_key(&self) -> &[u8; 32] {
        &self.0.csrf_key
    }
}
