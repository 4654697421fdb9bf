use ambient::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use crate::presets::Preset;
use crate::rules::Claims;
use crate::{Fault, Groups, Settings};

/// The most bytes of claims that are kept beside those that have a field. Groups decide about roles, so none are cut off
/// silently: a login with more is refused.
pub const MOST_CLAIMS: usize = 64 * 1024;

const LONGEST_TEXT: usize = 255;
const LONGEST_ADDRESS: usize = 254;
const LONGEST_PICTURE: usize = 2_048;

/// Somebody for whom a provider vouches. `(issuer, subject)` is who they are; all else is what the provider says of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The configured issuer.
    pub issuer: String,
    /// Theirs at this issuer, for ever: 1 to 255 ASCII characters, compared exactly.
    pub subject: String,
    /// An address, if it looks like one.
    pub email: Option<String>,
    /// The provider says, beside that address, that it has verified it; never for providers whose word does not count
    /// ([`Preset::may_vouch_for_email`]). Whether the provider is trusted for the address's domain is the caller's question
    /// (PH-05).
    pub email_verified: bool,
    /// The whole name.
    pub name: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The name that they sign in with there.
    pub preferred_username: Option<String>,
    /// BCP 47.
    pub locale: Option<String>,
    /// An `https` address.
    pub picture: Option<String>,
    /// When they proved who they are.
    pub auth_time: Option<Timestamp>,
    /// How well.
    pub acr: Option<String>,
    /// With what.
    pub amr: Vec<String>,
    /// The provider's session.
    pub sid: Option<String>,
    /// The groups that they are in there ([`crate::Mapping::groups`]).
    pub groups: Groups,
    /// Every other claim, of the ID token and UserInfo: groups, roles, whatever was asked for. At most [`MOST_CLAIMS`].
    pub claims: Map<String, Value>,
    /// The ID token as it came, for the provider's logout. Where plain OAuth is spoken there is none.
    pub id_token: Option<String>,
}

/// Claims of the protocol: believed from the ID token alone, and kept by no other name.
const PROTOCOL: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "auth_time",
    "acr",
    "amr",
];

/// Claims that decide who is let in are believed from the ID token alone too.
const SIGNED: &[&str] = &["idp", "member_version", "only_by_provider", "only_here"];

/// Claims with fields of their own.
const NAMED: &[&str] =
    &["email", "email_verified", "name", "given_name", "family_name", "preferred_username", "locale", "picture"];

impl Identity {
    /// Of an ID token's claims and UserInfo's, both judged.
    pub(crate) fn of(
        settings: &Settings,
        id_token: (&Map<String, Value>, String),
        user_info: Map<String, Value>,
    ) -> Result<Self, Fault> {
        let (token, text) = id_token;
        let signed = Claims(token);
        let standard = email(settings.preset, signed, Claims(&user_info));
        // UserInfo is the newer of the two, and where providers put the whole profile.
        let mut merged: Map<String, Value> = token.clone();
        let signed_alone = |name: &str| PROTOCOL.contains(&name) || SIGNED.contains(&name);
        merged.extend(user_info.into_iter().filter(|(name, value)| !signed_alone(name) && !value.is_null()));
        let mapping = &settings.mapping;
        let groups = mapping.groups(&merged);
        mapping.rename(&mut merged);
        let (email, email_verified) =
            if mapping.renames_email() { (address(Claims(&merged)), false) } else { standard };
        let claim = |name| display(Claims(&merged), name);
        let amr = signed.get("amr").and_then(Value::as_array);
        let identity = Self {
            issuer: settings.issuer.clone(),
            subject: signed.text("sub").ok().flatten().unwrap_or_default().to_owned(),
            email,
            email_verified,
            name: claim("name"),
            given_name: claim("given_name"),
            family_name: claim("family_name"),
            preferred_username: claim("preferred_username"),
            locale: claim("locale"),
            picture: picture(settings, Claims(&merged)),
            auth_time: signed.seconds("auth_time").ok().flatten().map(Timestamp::from_seconds),
            acr: line(signed, "acr", LONGEST_TEXT),
            amr: amr.into_iter().flatten().filter_map(Value::as_str).take(20).map(str::to_owned).collect(),
            sid: line(signed, "sid", LONGEST_TEXT),
            groups,
            claims: Map::new(),
            id_token: Some(text),
        };
        let other = |name: &str| !PROTOCOL.contains(&name) && !NAMED.contains(&name);
        let claims: Map<_, _> = merged.into_iter().filter(|(name, _)| other(name)).collect();
        Ok(Self { claims: bounded(claims)?, ..identity })
    }

    /// Someone of whom nothing is known but who they are.
    pub(crate) fn nobody(settings: &Settings, subject: String) -> Self {
        Self {
            issuer: settings.issuer.clone(),
            subject,
            email: None,
            email_verified: false,
            name: None,
            given_name: None,
            family_name: None,
            preferred_username: None,
            locale: None,
            picture: None,
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            sid: None,
            groups: Groups::default(),
            claims: Map::new(),
            id_token: None,
        }
    }
}

pub(crate) fn bounded(claims: Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let size = serde_json::to_vec(&claims).map_or(usize::MAX, |json| json.len());
    if size > MOST_CLAIMS { Err(Fault::ClaimsTooLarge(MOST_CLAIMS)) } else { Ok(claims) }
}

/// The address, and whether it is verified: said beside that very address, as JSON `true` (OIDC Core §5.1). Apple alone says it as
/// a text; see [`Preset::Apple`].
fn email(preset: Preset, signed: Claims<'_>, user_info: Claims<'_>) -> (Option<String>, bool) {
    let Some(email) = address(signed).or_else(|| address(user_info)) else { return (None, false) };
    let verified = [signed, user_info].into_iter().any(|claims| {
        address(claims).as_ref() == Some(&email)
            && match claims.get("email_verified") {
                Some(Value::Bool(verified)) => *verified,
                Some(Value::String(text)) => preset == Preset::Apple && text == "true",
                _ => false,
            }
    });
    (Some(email), verified && preset.may_vouch_for_email())
}

/// The address as it is stated.
fn address(claims: Claims<'_>) -> Option<String> {
    line(claims, "email", LONGEST_ADDRESS).filter(|email| is_address(email))
}

/// Something `@` something, without spaces. Whoever sends mail there parses it again.
pub(crate) fn is_address(text: &str) -> bool {
    let halves = text.rsplit_once('@');
    halves.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()) && !text.contains(char::is_whitespace)
}

/// A claim that is used, not shown. What is too long, or no line, counts as not stated.
pub(crate) fn line(claims: Claims<'_>, name: &str, longest: usize) -> Option<String> {
    let text = claims.get(name)?.as_str()?.trim();
    let good = !text.is_empty() && text.len() <= longest && !text.contains(char::is_control);
    good.then(|| text.to_owned())
}

/// A claim that is shown to people: one line, cut where it is too long.
pub(crate) fn display(claims: Claims<'_>, name: &str) -> Option<String> {
    let text = claims.get(name)?.as_str()?;
    let shown: String = text.chars().filter(|char| !char.is_control()).take(LONGEST_TEXT).collect();
    let shown = shown.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

/// A page of ours may show it, so it is an `https` address or none; beside an issuer on plain `http`, that too.
pub(crate) fn picture(settings: &Settings, claims: Claims<'_>) -> Option<String> {
    let text = line(claims, "picture", LONGEST_PICTURE)?;
    let plain = settings.issuer.starts_with("http://");
    let good = |url: Url| url.scheme() == "https" || plain && url.scheme() == "http";
    Url::parse(&text).is_ok_and(good).then_some(text)
}
