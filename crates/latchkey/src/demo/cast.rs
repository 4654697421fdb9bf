//! Who is in the demo, and what they stand for.

use tenant::members::MemberState;
use tenant::terms::Kind;

use super::layout::Place;

/// A tenant of the demo.
pub struct DemoTenant {
    pub slug: &'static str,
    pub name: &'static str,
    pub place: Place,
    pub blueprint: &'static str,
    pub icon: &'static str,
    /// `rrggbb`.
    pub accent: &'static str,
}

/// The tenants.
pub const TENANTS: &[DemoTenant] = &[
    DemoTenant {
        slug: "aurora",
        name: "Aurora Library",
        place: Place::Aurora,
        blueprint: "asset-library",
        icon: "aperture",
        accent: "3451c6",
    },
    DemoTenant {
        slug: "nordlys",
        name: "Nordlys Studio",
        place: Place::Nordlys,
        blueprint: "gallery-studio",
        icon: "sunrise",
        accent: "0f766e",
    },
];

/// What every tenant of the demo has published. Nobody is asked to accept it.
pub const TEXTS: [(Kind, &str); 2] = [
    (
        Kind::Terms,
        "# What this is\n\nThis instance is part of a demonstration. Nobody has to rely on it, and it may be gone tomorrow.\n\n\
         # What we ask of you\n\n- Put nothing here that is secret.\n- Treat the others as you want to be treated.\n\n\
         # Who decides\n\nAdministrators let people in, and may ask them to go.",
    ),
    (
        Kind::Privacy,
        "# What is kept\n\nYour name, your address, your roles here, and what was done with them: when, and by whom.\n\n\
         # Where\n\nOn the machine that runs this demonstration, and nowhere else. Its mails go to its own inbox.\n\n\
         # For how long\n\nUntil you are erased here, or the demonstration's folder is.",
    ),
];

/// A person of the demo.
pub struct DemoPerson {
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub email: &'static str,
    pub password: &'static str,
    /// Where they are members: slug, state, roles.
    pub memberships: &'static [(&'static str, MemberState, &'static [&'static str])],
    /// Whether they run that tenant.
    pub administers: Option<&'static str>,
}

/// Runs the platform.
pub const PLATFORM_ADMINISTRATOR: DemoPerson = DemoPerson {
    given_name: "Tove",
    family_name: "Olsen",
    email: "tove@latchkey.example",
    password: "tove keeps the keys",
    memberships: &[],
    administers: None,
};

/// Everyone else.
pub const PEOPLE: &[DemoPerson] = &[
    DemoPerson {
        given_name: "Samira",
        family_name: "Diallo",
        email: "samira@aurora.example",
        password: "samira opens aurora",
        memberships: &[("aurora", MemberState::Active, &["administrator"])],
        administers: Some("aurora"),
    },
    DemoPerson {
        given_name: "Erik",
        family_name: "Nordahl",
        email: "erik@nordlys.example",
        password: "erik opens nordlys",
        memberships: &[("nordlys", MemberState::Active, &["owner"])],
        administers: Some("nordlys"),
    },
    DemoPerson {
        given_name: "Mina",
        family_name: "Hollis",
        email: "mina@hollis.studio",
        password: "mina walks through",
        memberships: &[("aurora", MemberState::Active, &["editor"])],
        administers: None,
    },
    DemoPerson {
        given_name: "Lucía",
        family_name: "Romero",
        email: "lucia@romero.photo",
        password: "lucia waits outside",
        memberships: &[("aurora", MemberState::ToReview, &[])],
        administers: None,
    },
    DemoPerson {
        given_name: "Jonas",
        family_name: "Okafor",
        email: "jonas.okafor@partner.example",
        password: "jonas was sent away",
        memberships: &[("aurora", MemberState::Rejected, &[]), ("nordlys", MemberState::ToReview, &[])],
        administers: None,
    },
    DemoPerson {
        given_name: "Aiko",
        family_name: "Nakamura",
        email: "aiko.n@aurora.example",
        password: "aiko stays locked out",
        memberships: &[("aurora", MemberState::Locked, &["viewer"])],
        administers: None,
    },
    DemoPerson {
        given_name: "Priya",
        family_name: "Raman",
        email: "priya@contoso.example",
        password: "priya has two badges",
        memberships: &[("aurora", MemberState::Active, &["viewer"]), ("nordlys", MemberState::Active, &["member"])],
        administers: None,
    },
    DemoPerson {
        given_name: "Tomas",
        family_name: "Weber",
        email: "tomas@aurora.example",
        password: "tomas had a password",
        memberships: &[("aurora", MemberState::Active, &["editor"])],
        administers: None,
    },
    DemoPerson {
        given_name: "Ingrid",
        family_name: "Sand",
        email: "ingrid@aurora.example",
        password: "ingrid had a password",
        memberships: &[("aurora", MemberState::Active, &["viewer"])],
        administers: None,
    },
];

/// The company directory's name.
pub const DIRECTORY_NAME: &str = "Contoso Directory";

/// Who is in the company directory: first name, last name, address, password there. Some have an account here as well, with
/// another password.
pub const DIRECTORY_PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("Nora", "Lindqvist", "nora@contoso.example", "nora has a company badge"),
    ("Priya", "Raman", "priya@contoso.example", "priya has a company badge"),
    ("Tomas", "Weber", "tomas@aurora.example", "tomas has a company badge"),
    ("Ingrid", "Sand", "ingrid@aurora.example", "ingrid has a company badge"),
    ("Wei", "Chen", "wei@aurora.example", "wei has a company badge"),
];

/// Who is in which groups of the directory, by address.
pub const DIRECTORY_GROUPS: &[(&str, &[&str])] = &[
    ("ingrid@aurora.example", &["Everyone", "Picture Desk", "Archive"]),
    ("tomas@aurora.example", &["Everyone"]),
    ("wei@aurora.example", &["Everyone", "Archive"]),
    ("nora@contoso.example", &["Everyone"]),
    ("priya@contoso.example", &["Everyone"]),
];

/// Which of them give which roles at a tenant, as one member has said, and who is in both of them there.
pub struct DemoGroups {
    pub tenant: &'static str,
    /// The provider's key.
    pub provider: &'static str,
    /// Group and role.
    pub given: &'static [(&'static str, &'static str)],
    pub said_by: &'static str,
    pub in_them: &'static str,
}

/// At Aurora.
pub const GROUPS: DemoGroups = DemoGroups {
    tenant: "aurora",
    provider: "aurora.staff",
    given: &[("Picture Desk", "editor"), ("Archive", "viewer")],
    said_by: "samira@aurora.example",
    in_them: "ingrid@aurora.example",
};

/// An upstream provider of the demo, which the company directory is.
pub struct DemoProvider {
    /// The last part of its key.
    pub key: &'static str,
    pub name: &'static str,
    /// The tenant that owns it; none: the platform.
    pub tenant: Option<&'static str>,
    /// What the directory knows us by.
    pub client_id: &'static str,
    pub client_name: &'static str,
    /// Domains that it is trusted for.
    pub domains: &'static [&'static str],
}

/// The providers.
pub const PROVIDERS: &[DemoProvider] = &[
    DemoProvider {
        key: "contoso",
        name: "Contoso",
        tenant: None,
        client_id: "latchkey",
        client_name: "Latchkey",
        domains: &["contoso.example"],
    },
    DemoProvider {
        key: "staff",
        name: "Aurora Staff",
        tenant: Some("aurora"),
        client_id: "aurora-staff",
        client_name: "Aurora Library",
        domains: &["aurora.example"],
    },
];

/// Why whoever is rejected in the demo was.
pub const REJECTION: &str = "We work with partners through their agency. Please ask Samira to be added there.";

/// A relying application of the demo.
pub struct DemoApplication {
    pub client_id: &'static str,
    pub name: &'static str,
    pub place: Place,
    /// The tenant it belongs to; none: platform-wide.
    pub tenant: Option<&'static str>,
}

/// The applications.
pub const APPLICATIONS: &[DemoApplication] = &[
    DemoApplication { client_id: "lightbox", name: "Aurora Lightbox", place: Place::Lightbox, tenant: Some("aurora") },
    DemoApplication { client_id: "inkwell", name: "Inkwell", place: Place::Inkwell, tenant: None },
];

/// What the applications may ask for.
pub const APPLICATION_SCOPES: [&str; 4] = ["openid", "profile", "email", "membership"];
