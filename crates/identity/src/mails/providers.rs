use fluent_templates::fluent_bundle::FluentValue;
use mail::Parcel;

use super::Texts;
use crate::accounts::{Account, EmailAddress};
use crate::invitations::{defanged, plain_name};
use crate::sign_in::Ways;
use crate::{Fault, Identity};

/// What became of a way into an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayIn {
    /// A provider opens it now.
    Added,
    /// One does not any more.
    Removed,
}

/// What the holder of an account hears when a provider becomes a way in, or is none any more: into their account, or into one tenant
/// alone. None for an account without an address.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn way_in(
    identity: &Identity,
    account: &Account,
    (provider, door): (&str, Option<&str>),
    news: WayIn,
) -> Result<Option<Parcel>, Fault> {
    if account.email.is_empty() {
        return Ok(None);
    }
    let mut text = Texts::new(identity, &account.locale, door);
    text.provider("provider", provider);
    let name = match (news, door.is_some()) {
        (WayIn::Added, false) => "way-in-added",
        (WayIn::Removed, false) => "way-in-removed",
        (WayIn::Added, true) => "way-in-here-added",
        (WayIn::Removed, true) => "way-in-here-removed",
    };
    let url = identity.settings.page("/account/sign-in");
    text.seal(identity, "way_in", text.letter(name, &account.email, Some(&url))).map(Some)
}

/// What the holder of an address hears when an account was made for them by an invitation, which a provider opens: as whom there.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub(crate) fn account_made(
    identity: &Identity,
    email: &EmailAddress,
    (locale, provider, who): (&str, &str, &str),
) -> Result<Parcel, Fault> {
    let mut text = Texts::new(identity, locale, None);
    text.provider("provider", provider);
    text.arguments.insert("who".into(), FluentValue::from(defanged(who)));
    let url = identity.settings.page("/account/sign-in");
    text.seal(identity, "account_made", text.letter("account-made", email.as_str(), Some(&url)))
}

/// What the holder of an account hears when an administrator has decided what opens it. None for an account without an address.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn switched(identity: &Identity, account: &Account, provider: Option<&str>) -> Result<Option<Parcel>, Fault> {
    if account.email.is_empty() {
        return Ok(None);
    }
    let mut text = Texts::new(identity, &account.locale, None);
    text.provider("provider", provider.unwrap_or_default());
    let name = if provider.is_some() { "switched" } else { "switched-back" };
    let url = identity.settings.page("/account");
    text.seal(identity, "switched", text.letter(name, &account.email, Some(&url))).map(Some)
}

/// The link that proves an address on the way back from a provider, or, where the address has an account, what to do to
/// bring the two together. Of a tenant's own provider, the mail says whose it is.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn prove_address(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    (provider, tenant): (&str, Option<&str>),
    url: &str,
) -> Result<Parcel, Fault> {
    let mut text = Texts::new(identity, locale, None);
    text.provider("provider", provider);
    let mut letter = text.letter("prove-address", email.as_str(), Some(url));
    if let (Some(tenant), Some(what)) = (tenant, letter.paragraphs.first_mut()) {
        text.arguments.insert("tenant".into(), FluentValue::from(plain_name(tenant)));
        *what = text.t("prove-address-of-tenant");
    }
    text.seal(identity, "prove_address", letter)
}

/// The ways that open a door to the holder of an address. No secret is in it.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub(crate) fn how_to_sign_in(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    door: &str,
    ways: &Ways,
    url: &str,
) -> Result<Parcel, Fault> {
    let mut text = Texts::new(identity, locale, Some(door));
    let mut name = |key: &'static str, provider: &str| text.provider(key, provider);
    let lines: Vec<&str> = match ways {
        Ways::NoAccount(None) => vec!["how-nobody"],
        Ways::NoAccount(Some(provider)) => {
            name("provider", provider);
            vec!["how-nobody", "how-domain"]
        }
        Ways::Alone(provider) => {
            name("provider", provider);
            vec!["how-alone"]
        }
        Ways::Offered(provider) => {
            name("provider", provider);
            vec!["how-offered"]
        }
        Ways::Differ(tenants, accounts) => {
            name("provider", tenants);
            name("other", accounts);
            vec!["how-differ"]
        }
        Ways::Any { password, providers } => {
            let names: Vec<String> = providers.iter().map(|provider| plain_name(provider)).collect();
            text.arguments.insert("provider".into(), FluentValue::from(names.join(", ")));
            match (password, providers.is_empty()) {
                (true, true) => vec!["how-password"],
                (true, false) => vec!["how-password", "how-providers"],
                (false, false) => vec!["how-providers", "how-no-password"],
                (false, true) => vec!["how-no-way"],
            }
        }
    };
    let mut letter = text.letter("how", email.as_str(), Some(url));
    letter.paragraphs.splice(1..1, lines.into_iter().map(|line| text.t(line)));
    text.seal(identity, "how_to_sign_in", letter)
}
