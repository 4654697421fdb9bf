use crate::ClientAuthentication;

/// How we prove at a provider's token endpoint who we are, as far as that is a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The secret in the `Authorization` header.
    Basic,
    /// The secret in the form.
    Post,
    /// An assertion that our key signs (RFC 7523): the key never leaves.
    Key,
}

impl Method {
    /// Each of them.
    pub const ALL: &'static [Self] = &[Self::Basic, Self::Post, Self::Key];

    /// Its registered word (OIDC Core §9).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::Key => "private_key_jwt",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.word() == word)
    }

    /// The key of its label.
    #[must_use]
    pub fn label(self) -> String {
        format!("provider-method-{}", self.word().replace('_', "-"))
    }

    /// What is stored as that.
    #[must_use]
    pub const fn of(authentication: &ClientAuthentication) -> Option<Self> {
        match authentication {
            ClientAuthentication::ClientSecretBasic => Some(Self::Basic),
            ClientAuthentication::ClientSecretPost => Some(Self::Post),
            ClientAuthentication::PrivateKeyJwt { .. } => Some(Self::Key),
            ClientAuthentication::None | ClientAuthentication::AppleJwt { .. } => None,
        }
    }
}
