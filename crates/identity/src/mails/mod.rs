//! The letters that the identity server writes. It alone sends mails that carry a secret (DESIGN §4.5).

mod providers;

use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use mail::{Action, Letter, Parcel};

use crate::accounts::{Account, EmailAddress};
use crate::invitations::{plain_name, quoted};
use crate::{Fault, Identity};

pub use providers::{WayIn, prove_address, switched, way_in};
pub(crate) use providers::{account_made, how_to_sign_in};

static_loader! {
    static TEXTS = { locales: "./locales", fallback_language: "en", customise: |bundle| bundle.set_use_isolating(false) };
}

/// The link that proves an address.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn sign_up(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    door: Option<&str>,
    url: &str,
) -> Result<Parcel, Fault> {
    let text = Texts::new(identity, locale, door);
    text.seal(identity, "sign_up", text.letter("sign-up", email.as_str(), Some(url)))
}

/// What the holder of an account hears when somebody signs up with their address.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn account_exists(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    door: Option<&str>,
) -> Result<Parcel, Fault> {
    let text = Texts::new(identity, locale, door);
    let url = identity.settings.page("/account");
    text.seal(identity, "account_exists", text.letter("account-exists", email.as_str(), Some(&url)))
}

/// The link that replaces a forgotten password.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn recovery(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    door: Option<&str>,
    (asked, url): (bool, &str),
) -> Result<Parcel, Fault> {
    let text = Texts::new(identity, locale, door);
    // An administrator of the door asks for it, or its holder.
    let letter = if asked { "recovery-asked" } else { "recovery" };
    text.seal(identity, "recovery", text.letter(letter, email.as_str(), Some(url)))
}

/// What an address hears for which somebody asked the same, and which has no account.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn recovery_unknown(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    door: Option<&str>,
) -> Result<Parcel, Fault> {
    let text = Texts::new(identity, locale, door);
    text.seal(identity, "recovery_unknown", text.letter("recovery-unknown", email.as_str(), None))
}

/// What the holder of an account hears that one provider alone opens, and that has no password for that reason: no link.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn recovery_by_provider(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    door: Option<&str>,
    provider: &str,
) -> Result<Parcel, Fault> {
    let mut text = Texts::new(identity, locale, door);
    text.arguments.insert("provider".into(), FluentValue::from(provider.to_owned()));
    let url = identity.settings.page("/account");
    text.seal(identity, "recovery_by_provider", text.letter("recovery-by-provider", email.as_str(), Some(&url)))
}

/// What the holder of an account hears after their password was changed, whoever did it.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn password_changed(identity: &Identity, account: &Account) -> Result<Parcel, Fault> {
    let text = Texts::new(identity, &account.locale, None);
    let url = identity.settings.page("/recover");
    text.seal(identity, "password_changed", text.letter("password-changed", &account.email, Some(&url)))
}

/// The link that proves an address to somebody whom a tenant's provider alone knows. The same whoever has the address.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn own_account(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    door: &str,
    url: &str,
) -> Result<Parcel, Fault> {
    let text = Texts::new(identity, locale, Some(door));
    text.seal(identity, "own_account", text.letter("own-account", email.as_str(), Some(url)))
}

/// What the holder of an address hears once what a tenant's provider alone knew is theirs.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn own_account_made(
    identity: &Identity,
    email: &EmailAddress,
    locale: &str,
    (door, provider): (&str, &str),
) -> Result<Parcel, Fault> {
    let mut text = Texts::new(identity, locale, Some(door));
    text.provider("provider", provider);
    let url = identity.settings.page("/account/instances");
    text.seal(identity, "own_account_made", text.letter("own-account-made", email.as_str(), Some(&url)))
}

/// What administrators of the platform hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdministratorNews {
    /// Somebody is one of them now.
    Added,
    /// Somebody is not one of them any more.
    Removed,
}

/// What an administrator hears about another one, or `who` about themselves.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn administrators(
    identity: &Identity,
    to: &Account,
    who: &Account,
    news: AdministratorNews,
) -> Result<Parcel, Fault> {
    let mut text = Texts::new(identity, &to.locale, None);
    text.arguments.insert("name".into(), FluentValue::from(who.full_name()));
    text.arguments.insert("email".into(), FluentValue::from(who.email.clone()));
    let name = match (news, to.id == who.id) {
        (AdministratorNews::Added, true) => "administrator-you-added",
        (AdministratorNews::Added, false) => "administrator-added",
        (AdministratorNews::Removed, true) => "administrator-you-removed",
        (AdministratorNews::Removed, false) => "administrator-removed",
    };
    let url = identity.settings.page("/admin/administrators");
    let gone = name == "administrator-you-removed";
    text.seal(identity, "administrators", text.letter(name, &to.email, (!gone).then_some(url.as_str())))
}

/// What a person hears when an application's refresh token was used twice, and its access has ended for that.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn replayed(identity: &Identity, email: &EmailAddress, locale: &str, application: &str) -> Result<Parcel, Fault> {
    let text = Texts::new(identity, locale, Some(application));
    let url = identity.settings.page("/account");
    text.seal(identity, "refresh_replayed", text.letter("replayed", email.as_str(), Some(&url)))
}

/// The link that invites somebody to a tenant. The tenant invites, by the name that the platform knows it by; whatever else it says
/// (who of its people, in what words) is told as its word, and nothing of that can be clicked.
///
/// # Errors
/// [`Fault`] when the letter cannot be written.
pub fn invitation(
    identity: &Identity,
    email: &EmailAddress,
    (tenant, provider): (&str, Option<&str>),
    item: &crate::invitations::Item,
    url: &str,
) -> Result<Parcel, Fault> {
    let mut text = Texts::new(identity, &item.locale, Some(tenant));
    text.arguments.insert("by".into(), FluentValue::from(item.invited_by.clone()));
    let mut letter = text.letter("invitation", email.as_str(), Some(url));
    if let (Some(provider), Some(what)) = (provider, letter.paragraphs.first_mut()) {
        // TP-07: how they sign in, where no password has to be set.
        text.provider("provider", provider);
        text.arguments.insert("email".into(), FluentValue::from(email.to_string()));
        *what = text.t("invitation-by-provider");
    }
    let name = plain_name(&format!("{} {}", item.given_name, item.family_name));
    if !name.is_empty() {
        text.arguments.insert("name".into(), FluentValue::from(name.clone()));
        letter.greeting = text.t("greeting-name");
        letter.to_name = Some(name);
    }
    let mut told: Vec<String> = Vec::new();
    if !item.invited_by.is_empty() {
        told.push(text.t("invitation-by"));
    }
    let said = quoted(&item.message);
    if !said.is_empty() {
        told.push(text.t("invitation-message"));
        told.extend(said);
    }
    letter.paragraphs.splice(1..1, told);
    text.seal(identity, "invitation", letter)
}

struct Texts {
    language: LanguageIdentifier,
    arguments: HashMap<std::borrow::Cow<'static, str>, FluentValue<'static>>,
}

impl Texts {
    fn new(identity: &Identity, locale: &str, door: Option<&str>) -> Self {
        let language = locale.parse().unwrap_or(langid!("en"));
        let product = identity.settings.product.clone();
        let door = door.map_or_else(|| product.clone(), ToOwned::to_owned);
        let arguments =
            HashMap::from([("product".into(), FluentValue::from(product)), ("door".into(), FluentValue::from(door))]);
        Self { language, arguments }
    }

    /// A provider's name, which a tenant may have chosen: nothing in it can be clicked, or is read as a sender's.
    fn provider(&mut self, key: &'static str, name: &str) {
        let plain = plain_name(name);
        let name = if plain.is_empty() { self.t("provider-nameless") } else { plain };
        self.arguments.insert(key.into(), FluentValue::from(name));
    }

    fn t(&self, key: &str) -> String {
        TEXTS.lookup_with_args(&self.language, key, &self.arguments)
    }

    /// The letter whose texts begin with `name`.
    fn letter(&self, name: &str, to: &str, url: Option<&str>) -> Letter {
        Letter {
            to: to.to_owned(),
            to_name: None,
            subject: self.t(&format!("{name}-subject")),
            greeting: self.t("greeting"),
            paragraphs: vec![self.t(&format!("{name}-what")), self.t(&format!("{name}-else"))],
            action: url.map(|url| Action { label: self.t(&format!("{name}-action")), url: url.to_owned() }),
            closing: self.t("closing"),
            language: self.language.to_string(),
        }
    }

    #[expect(clippy::unused_self, reason = "reads as one sentence with the letter that it seals")]
    fn seal(&self, identity: &Identity, purpose: &'static str, letter: Letter) -> Result<Parcel, Fault> {
        mail::seal(&letter, purpose, &identity.master_key, &identity.ambient)
            .map_err(|error| Fault::Defect(error.to_string()))
    }
}
