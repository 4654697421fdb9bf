use crate::{Logo, Message};

/// Whose page it is. Every page has one as its field `brand`; a server that shows error pages in a tenant's colours
/// puts it into the response's extensions.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// The tenant's name, or the product's.
    pub name: String,
    /// An icon of the sprite that stands for it.
    pub logo_icon: String,
    /// The hash of its picture, which this server has at `/brand/{hash}`; it takes the icon's place.
    pub logo: Option<String>,
    /// Its colour, `#rrggbb`; made readable by [`crate::Palette`]. `None`: the product's blue.
    pub accent: Option<String>,
    /// Its terms.
    pub terms_url: Option<String>,
    /// Its privacy notice.
    pub privacy_url: Option<String>,
    /// Where help is found.
    pub help_url: Option<String>,
    /// Where its logo leads; empty: `/`.
    pub home_url: String,
}

impl Brand {
    /// A brand with this name, a key as its logo and the product's colour.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), logo_icon: "key-round".into(), home_url: "/".into(), ..Self::default() }
    }

    /// Its logo. `size`: nothing, or `small`.
    #[must_use]
    pub fn logo<'a>(&'a self, size: &'a str) -> Logo<'a> {
        crate::logo(&self.logo_icon, self.logo.as_ref(), size)
    }

    /// The address of the stylesheet with its colour, if it has one of its own.
    #[must_use]
    pub fn css(&self) -> Option<String> {
        crate::brand_css(self.accent.as_deref()?)
    }
}

/// What surrounds the pages of those who are signed in. Pages that extend `shell.html` have one as their field `shell`.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// The main navigation.
    pub nav: Vec<NavItem>,
    /// Navigation as a left sidebar (a tenant's administration) instead of a row of tabs (the account's pages).
    pub sidebar: bool,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The identity server's page of one's instances.
    pub other_instances_url: Option<String>,
    /// Where the search field of the head leads (as `?q=…`); `None`: no search field.
    pub search_url: Option<String>,
    /// What the last action did.
    pub notice: Option<Notice>,
}

/// One entry of the navigation.
#[derive(Debug, Clone, Default)]
pub struct NavItem {
    /// A heading above it, where a new group begins.
    pub heading: Option<String>,
    /// Where it leads.
    pub href: String,
    /// An icon of the sprite.
    pub icon: &'static str,
    /// What it is called, in the visitor's language.
    pub label: String,
    /// Whether this is where we are.
    pub active: bool,
    /// Something to do there, such as a number of requests.
    pub badge: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// Up to two letters ([`crate::initials`]).
    pub initials: String,
    /// Their own page.
    pub profile_url: String,
    /// How they sign out.
    pub sign_out: SignOut,
}

/// How signing out works here.
#[derive(Debug, Clone, Default)]
pub enum SignOut {
    /// Not at all.
    #[default]
    None,
    /// A POST with a CSRF token to this address.
    Post(String),
    /// A link to a page that asks.
    Link(String),
}

/// What an action did, told once with `role="status"`.
#[derive(Debug, Clone)]
pub struct Notice {
    /// `good`, `info`, `warn` or `bad`.
    pub tone: &'static str,
    /// What happened.
    pub text: Message,
    /// A way back: the address that a CSRF-checked POST goes to.
    pub undo: Option<String>,
}

impl Notice {
    /// Something went well.
    #[must_use]
    pub fn good(text: impl Into<Message>) -> Self {
        Self { tone: "good", text: text.into(), undo: None }
    }

    /// Something failed.
    #[must_use]
    pub fn bad(text: impl Into<Message>) -> Self {
        Self { tone: "bad", text: text.into(), undo: None }
    }

    /// The icon that goes with its tone.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        match self.tone {
            "good" => "circle-check",
            "warn" => "triangle-alert",
            "bad" => "circle-alert",
            _ => "info",
        }
    }

    /// With a button *Undo*.
    #[must_use]
    pub fn undo(mut self, action: impl Into<String>) -> Self {
        self.undo = Some(action.into());
        self
    }
}
