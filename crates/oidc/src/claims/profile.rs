use ambient::Timestamp;
use serde::{Deserialize, Serialize};

/// A person's data, as far as an application can ask for them (OIDC Core §5.1). Blank texts count as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// The person, pairwise.
    pub sub: String,
    /// Full name.
    pub name: Option<String>,
    /// Given names.
    pub given_name: Option<String>,
    /// Family names.
    pub family_name: Option<String>,
    /// Middle names.
    pub middle_name: Option<String>,
    /// Casual name.
    pub nickname: Option<String>,
    /// User name.
    pub preferred_username: Option<String>,
    /// Profile page.
    pub profile: Option<String>,
    /// Picture.
    pub picture: Option<String>,
    /// Web site.
    pub website: Option<String>,
    /// Gender.
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, or `YYYY`.
    pub birthdate: Option<String>,
    /// Such as `Europe/Berlin`.
    pub zoneinfo: Option<String>,
    /// BCP 47.
    pub locale: Option<String>,
    /// When any of this last changed.
    pub updated_at: Option<Timestamp>,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the person proved to have it.
    pub email_verified: bool,
    /// Postal address.
    pub address: Option<Address>,
    /// E.164.
    pub phone_number: Option<String>,
    /// Whether the person proved to have it.
    pub phone_number_verified: bool,
    /// The one tenant in question, and what the person is there.
    pub membership: Option<Membership>,
}

/// A postal address (OIDC Core §5.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// As on an envelope.
    pub formatted: Option<String>,
    /// Street and number.
    pub street_address: Option<String>,
    /// City.
    pub locality: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country.
    pub country: Option<String>,
}

/// What a person is in one tenant. Lists may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The tenant's slug.
    pub tenant: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Groups.
    pub groups: Vec<String>,
}
