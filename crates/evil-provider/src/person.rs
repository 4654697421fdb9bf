use serde_json::{Map, Value, json};

/// Somebody who has an account at the provider.
#[derive(Debug, Clone)]
pub struct Person {
    /// `sub`.
    pub subject: String,
    /// Their address, if the provider knows one.
    pub email: Option<String>,
    /// What the provider says of it.
    pub email_verified: bool,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// `groups`.
    pub groups: Vec<String>,
    /// Their session there, if it is not the usual one.
    pub sid: Option<String>,
    /// Further claims of UserInfo.
    pub more: Map<String, Value>,
}

impl Person {
    /// `subject-of-mina`, `mina@people.example`, verified.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            subject: format!("subject-of-{name}"),
            email: Some(format!("{name}@people.example")),
            email_verified: true,
            given_name: name.to_owned(),
            family_name: "Test".to_owned(),
            groups: Vec::new(),
            sid: None,
            more: Map::new(),
        }
    }

    /// With another address, which the provider has verified or not.
    #[must_use]
    pub fn with_email(self, email: &str, email_verified: bool) -> Self {
        Self { email: Some(email.to_owned()), email_verified, ..self }
    }

    /// In these groups.
    #[must_use]
    pub fn in_groups(self, groups: &[&str]) -> Self {
        Self { groups: groups.iter().map(|group| (*group).to_owned()).collect(), ..self }
    }

    /// In this session there.
    #[must_use]
    pub fn in_session(self, sid: &str) -> Self {
        Self { sid: Some(sid.to_owned()), ..self }
    }

    /// What UserInfo says of them.
    pub(crate) fn profile(&self) -> Map<String, Value> {
        let stated = json!({
            "sub": self.subject, "name": format!("{} {}", self.given_name, self.family_name),
            "given_name": self.given_name, "family_name": self.family_name, "locale": "en",
            "preferred_username": self.given_name.to_lowercase(),
        });
        let Value::Object(mut profile) = stated else { unreachable!("it is an object") };
        if let Some(email) = &self.email {
            profile.insert("email".to_owned(), email.clone().into());
            profile.insert("email_verified".to_owned(), self.email_verified.into());
        }
        if !self.groups.is_empty() {
            profile.insert("groups".to_owned(), self.groups.clone().into());
        }
        profile.extend(self.more.clone());
        profile
    }
}
