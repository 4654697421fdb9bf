use jose::Algorithm;

use super::{Description, Input, Method, Preset, Weakness};

const PROFILE_EMAIL: &[&str] = &["profile", "email"];

/// One row for each preset.
pub(super) const fn of(preset: Preset) -> &'static Description {
    match preset {
        Preset::Generic => &GENERIC,
        Preset::Google => &GOOGLE,
        Preset::Entra => &ENTRA,
        Preset::Okta => &OKTA,
        Preset::Auth0 => &AUTH0,
        Preset::Keycloak => &KEYCLOAK,
        Preset::Gitlab => &GITLAB,
        Preset::Apple => &APPLE,
        Preset::Github => &GITHUB,
    }
}

const GENERIC: Description = Description {
    label: "OpenID Connect",
    logo: "openid",
    asks: &[Input::Issuer, Input::ClientId, Input::Method, Input::ClientSecret, Input::KeyId, Input::PrivateKey],
    methods: &[Method::Basic, Method::Post, Method::Key],
    key_algorithm: Algorithm::ES256,
    scopes: PROFILE_EMAIL,
    groups: "groups",
    may_vouch_for_email: true,
    logout: true,
    backchannel_logout: true,
    weaknesses: &[],
    quirks: &[
        "Logout depends on what the discovery document offers.",
        "A key that is made here signs with ES256; for a provider that takes RS256 alone, paste an RSA key.",
    ],
    source: "OpenID Connect Core 1.0, Discovery 1.0",
};

const GOOGLE: Description = Description {
    label: "Google",
    logo: "google",
    asks: &[Input::ClientId, Input::ClientSecret],
    methods: &[Method::Post],
    key_algorithm: Algorithm::ES256,
    scopes: PROFILE_EMAIL,
    groups: "",
    may_vouch_for_email: true,
    logout: false,
    backchannel_logout: false,
    weaknesses: &[],
    quirks: &[
        "iss may come without https:// (OIDC Core §15.6.2).",
        "An address counts as Google's own only at gmail.com, or where the claim hd names its domain: trust no other domain.",
        "The parameter hd narrows the choice of accounts; only the claim hd proves it.",
    ],
    source: "developers.google.com, OpenID Connect; excerpts at most were read (November 2026), not tried live",
};

const ENTRA: Description = Description {
    label: "Microsoft Entra ID",
    logo: "microsoft",
    asks: &[Input::Directory, Input::ClientId, Input::ClientSecret],
    methods: &[Method::Post],
    key_algorithm: Algorithm::ES256,
    scopes: PROFILE_EMAIL,
    groups: "groups",
    may_vouch_for_email: false,
    logout: true,
    backchannel_logout: false,
    weaknesses: &[],
    quirks: &[
        "One directory alone: common, organizations and consumers are refused, since anybody's directory would vouch.",
        "The e-mail claim is whatever a directory's administrator typed, so it never counts as verified.",
        "sub is pairwise for this client; another registration of ours would see another.",
        "UserInfo lies at another host (Microsoft Graph).",
        "It takes signed assertions by a certificate alone (x5t#S256 in the header, PS256), which is not made here: it knows us by a secret.",
        "Groups come once the optional claim groups is added to the registration: by their ids, or by their names for groups of the cloud.",
        "Of whoever is in more than 200 groups none comes, only where to ask for them (_claim_names): assign groups to the application.",
    ],
    source: "learn.microsoft.com, identity platform, ID token claims, group claims, November 2026; not tried live",
};

const OKTA: Description = Description {
    label: "Okta",
    logo: "okta",
    asks: &[Input::Domain, Input::ClientId, Input::Method, Input::ClientSecret, Input::KeyId, Input::PrivateKey],
    methods: &[Method::Basic, Method::Post, Method::Key],
    key_algorithm: Algorithm::RS256,
    scopes: PROFILE_EMAIL,
    groups: "groups",
    may_vouch_for_email: true,
    logout: true,
    backchannel_logout: false,
    weaknesses: &[],
    quirks: &[
        "The domain may be followed by /oauth2/default or another authorization server's path, which belongs to the issuer.",
        "With the code flow, profile claims stand at UserInfo, not in the ID token.",
        "private_key_jwt wants the token endpoint's address as its audience; the application's public key is saved there, or fetched by its URL.",
        "Groups come once a groups claim with a filter is added to the application; groups is its usual name.",
    ],
    source: "developer.okta.com, OpenID Connect & OAuth 2.0, Customize tokens with a groups claim, November 2026; not tried live",
};

const AUTH0: Description = Description {
    label: "Auth0",
    logo: "auth0",
    asks: &[Input::Domain, Input::ClientId, Input::Method, Input::ClientSecret, Input::KeyId, Input::PrivateKey],
    methods: &[Method::Post, Method::Basic, Method::Key],
    key_algorithm: Algorithm::RS256,
    scopes: PROFILE_EMAIL,
    groups: "",
    may_vouch_for_email: true,
    logout: true,
    backchannel_logout: true,
    weaknesses: &[],
    quirks: &[
        "The issuer ends with a slash, which belongs to it.",
        "private_key_jwt wants the public key in PEM as a credential of the application, RS256, and is not in every plan.",
        "Groups come in a claim that an Action sets, under a name of one's own such as https://acme.example/groups: groups is reserved.",
    ],
    source: "auth0.com/docs, ID tokens, Back-Channel Logout, Create Custom Claims; excerpts at most were read (November 2026), not tried live",
};

const KEYCLOAK: Description = Description {
    label: "Keycloak",
    logo: "keycloak",
    asks: &[
        Input::Server,
        Input::Realm,
        Input::ClientId,
        Input::Method,
        Input::ClientSecret,
        Input::KeyId,
        Input::PrivateKey,
    ],
    methods: &[Method::Basic, Method::Post, Method::Key],
    key_algorithm: Algorithm::ES256,
    scopes: PROFILE_EMAIL,
    groups: "groups",
    may_vouch_for_email: true,
    logout: true,
    backchannel_logout: true,
    weaknesses: &[],
    quirks: &[
        "For private_key_jwt the client's authenticator is Signed JWT: under Keys, by the address of our keys, or the set imported; the signature algorithm ES256, or any.",
        "A realm's administrator can set the mark that an address is verified by hand.",
        "aud of an ID token has other clients too where an audience mapper adds them: such tokens are refused unless trusted.",
        "Groups come once a mapper of group membership is added to the client; groups is the usual name of its claim. With Full group path, names begin with a slash.",
        "Roles of the realm stand in realm_access.roles where the scope roles is told to put them into the ID token or UserInfo.",
    ],
    source: "keycloak.org, Server Administration Guide; excerpts at most were read (November 2026), not tried live",
};

const GITLAB: Description = Description {
    label: "GitLab",
    logo: "gitlab",
    asks: &[Input::Server, Input::ClientId, Input::ClientSecret],
    methods: &[Method::Basic],
    key_algorithm: Algorithm::ES256,
    scopes: PROFILE_EMAIL,
    groups: "groups_direct",
    may_vouch_for_email: true,
    logout: false,
    backchannel_logout: false,
    weaknesses: &[],
    quirks: &[
        "groups_direct in the ID token has the groups that somebody is in directly; groups at UserInfo has those above them too.",
    ],
    source: "docs.gitlab.com, GitLab as OpenID Connect identity provider, November 2026; not tried live",
};

const APPLE: Description = Description {
    label: "Apple",
    logo: "apple",
    asks: &[Input::ClientId, Input::TeamId, Input::KeyId, Input::PrivateKey],
    methods: &[],
    key_algorithm: Algorithm::ES256,
    scopes: &["name", "email"],
    groups: "",
    may_vouch_for_email: true,
    logout: false,
    backchannel_logout: false,
    weaknesses: &[Weakness::PkceUnchecked, Weakness::NoFreshProof],
    quirks: &[
        "The client secret is a token that our key signs: ES256, iss the team, sub the client, for five minutes.",
        "With scopes, the answer is posted from Apple's page (response_mode=form_post): cookies with SameSite=Lax stay at home.",
        "email_verified may be the text \"true\"; for no other provider does a text count.",
        "The name comes once, unsigned, in the form that the browser posts, so it is not taken.",
        "There is no UserInfo. Addresses may be relays (privaterelay.appleid.com).",
    ],
    source: "developer.apple.com, Sign in with Apple REST API, November 2026; not tried live",
};

const GITHUB: Description = Description {
    label: "GitHub",
    logo: "github",
    asks: &[Input::ClientId, Input::ClientSecret],
    methods: &[Method::Post],
    key_algorithm: Algorithm::ES256,
    scopes: &["read:user", "user:email"],
    groups: "",
    may_vouch_for_email: true,
    logout: false,
    backchannel_logout: false,
    weaknesses: &[Weakness::NoIdToken, Weakness::NoNonce, Weakness::NoIssuer, Weakness::NoFreshProof],
    quirks: &[
        "Plain OAuth: the subject is the numeric id, as decimal text; the login name can pass to somebody else.",
        "Refusals of the token endpoint come with status 200.",
        "The address is the primary one of /user/emails, if it is verified; the public profile's does not count.",
    ],
    source: "docs.github.com, Authorizing OAuth apps, November 2026; not tried live",
};
