//! Which ways in a sign-in page offers. Nothing of it depends on whether an account exists (DESIGN §3.2): it comes from where the
//! person wants to go, the domain of what they typed, and what was used in this browser.

use identity::accounts::EmailAddress;
use identity::providers::{self, Provider, Shown};
use identity::sessions::PLATFORM_PROVIDER;

use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;

/// A provider as a button.
#[derive(Debug, Clone)]
pub struct Offered {
    pub key: String,
    pub name: String,
    /// Its mark.
    pub preset: String,
    /// Whether it was used last in this browser.
    pub last: bool,
}

impl From<Provider> for Offered {
    fn from(provider: Provider) -> Self {
        Self { key: provider.key, name: provider.name, preset: provider.preset, last: false }
    }
}

/// The ways in.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// The typed address is of a domain that leads there.
    pub of_domain: Option<Offered>,
    /// The one used last in this browser: it comes first, where no domain leads elsewhere.
    pub first: Option<Offered>,
    /// Buttons, a tenant's own first.
    pub buttons: Vec<Offered>,
    /// Whether the password was used last in this browser.
    pub password_last: bool,
    /// Whether one provider is the only way in.
    pub forced: bool,
    /// Whether the browser remembers anything that it could forget.
    pub remembered: bool,
}

/// The ways in on the way to where this flow leads.
pub async fn offered(server: &IdentityServer, flow: &Flow) -> webkit::Result<Ways> {
    let tenant = flow.tenant.as_ref().map(|tenant| tenant.id);
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let usable = providers::usable(&mut conn, tenant).await.map_err(fault::store_failure)?;
    let used = &flow.browser.ways_used;
    let last = last_of(&usable, used);
    let remembered = !used.is_empty();
    // The only way into tenants: the tenant's own comes first. Whoever runs the platform gets in when the provider does not.
    let forced = usable.iter().find(|provider| provider.shown == Shown::Forced && tenant.is_some());
    if let Some(forced) = forced {
        let buttons = vec![marked(forced.clone(), last)];
        return Ok(Ways { buttons, forced: true, remembered, ..Ways::default() });
    }
    let domain = flow.interaction.email.as_deref().and_then(EmailAddress::parse);
    let of_domain = match domain {
        Some(email) => providers::of_domain(&mut conn, tenant, email.domain()).await.map_err(fault::store_failure)?,
        None => None,
    };
    Ok(Ways { password_last: last == Some(PLATFORM_PROVIDER), remembered, ..in_order(usable, of_domain, last) })
}

/// The way used last, of those that there are here: what is disabled or gone, or another tenant's, counts no more.
fn last_of<'a>(usable: &[Provider], used: &'a [String]) -> Option<&'a str> {
    let here = |key: &str| key == PLATFORM_PROVIDER || usable.iter().any(|provider| provider.key == key);
    used.iter().map(String::as_str).find(|key| here(key))
}

fn marked(provider: Provider, last: Option<&str>) -> Offered {
    let last = last == Some(provider.key.as_str());
    Offered { last, ..provider.into() }
}

/// Each once: what the domain says, what was used last, the others that have a button.
fn in_order(usable: Vec<Provider>, of_domain: Option<Provider>, last: Option<&str>) -> Ways {
    let of_domain = of_domain.map(|provider| marked(provider, last));
    let shown = |provider: &Provider| provider.shown == Shown::Button || last == Some(provider.key.as_str());
    let rest = usable.into_iter().filter(shown).map(|provider| marked(provider, last));
    let rest = rest.filter(|one| of_domain.as_ref().is_none_or(|first| first.key != one.key));
    let (mut first, mut buttons): (Vec<Offered>, Vec<Offered>) = rest.partition(|one| one.last);
    if of_domain.is_some() {
        first.append(&mut buttons);
        return Ways { of_domain, buttons: first, ..Ways::default() };
    }
    Ways { first: first.pop(), buttons, ..Ways::default() }
}
