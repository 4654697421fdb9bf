use ambient::{Ambient, SecretHash, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person, by account id (at the identity server).
    Account(Uuid),
    /// A person, by member id (at a tenant server).
    Member(Uuid),
    /// A relying application, by client id.
    Client(String),
    /// Whoever runs the server, by command line.
    Operator,
    /// The server itself: expiry, retries, rotation.
    System,
    /// A person who has not proved who they are.
    Nobody,
}

impl Actor {
    /// The kind and the id, as they are stored.
    pub(crate) fn parts(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Account(id) => ("account", Some(id.to_string())),
            Self::Member(id) => ("member", Some(id.to_string())),
            Self::Client(id) => ("client", Some(id.clone())),
            Self::Operator => ("operator", None),
            Self::System => ("system", None),
            Self::Nobody => ("nobody", None),
        }
    }
}

/// What is acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Such as `member` or `provider`.
    pub kind: &'static str,
    /// Its id as text; never an e-mail address or another personal value.
    pub id: String,
}

/// A clear value on its way to the side table.
#[derive(Debug, Clone)]
pub(crate) struct Personal {
    pub name: &'static str,
    pub value: String,
    pub salt: String,
}

/// One deed. Made before the write closure, or inside it from values that came in.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The row's id, time-ordered: lists sort by it.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, dotted, past tense: `sign_up.completed`, `member.locked`.
    pub action: &'static str,
    /// To what, if there is one.
    pub target: Option<Target>,
    /// The reference id of the request, as error pages show it.
    pub reference: Option<String>,
    /// Whatever else explains it: an object. No personal values ([`Entry::personal`]), no secrets (WEB-26).
    pub detail: Value,
    pub(crate) personal: Vec<Personal>,
}

impl Entry {
    /// A deed of this moment, without target or detail.
    #[must_use]
    pub fn new(ambient: &Ambient, actor: Actor, action: &'static str) -> Self {
        Self {
            id: ambient.row_id(),
            at: ambient.now(),
            actor,
            action,
            target: None,
            reference: None,
            detail: Value::Object(Map::new()),
            personal: Vec::new(),
        }
    }

    /// Says what was acted on.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: impl ToString) -> Self {
        self.target = Some(Target { kind, id: id.to_string() });
        self
    }

    /// Says which request it was.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Sets the detail: a JSON object (`json!({ … })`); anything else becomes its member `value`.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = match detail {
            Value::Object(_) => detail,
            other => Value::Object(Map::from_iter([("value".to_owned(), other)])),
        };
        self
    }

    /// Adds a personal value (an address, a name): its salted hash stands in the entry, the value itself in the erasable
    /// side table. Every value has a salt of its own, erased with it: what remains cannot be guessed back.
    #[must_use]
    pub fn personal(mut self, name: &'static str, value: impl Into<String>, ambient: &Ambient) -> Self {
        self.personal.retain(|known| known.name != name);
        self.personal.push(Personal { name, value: value.into(), salt: ambient.identifier() });
        self
    }

    /// The detail as it is stored: with the hashes of the personal values under `personal`.
    pub(crate) fn stored_detail(&self) -> String {
        let mut detail = self.detail.clone();
        if let (Value::Object(detail), false) = (&mut detail, self.personal.is_empty()) {
            let hashes = self.personal.iter().map(|it| (it.name.to_owned(), Value::String(it.hash())));
            detail.insert("personal".to_owned(), Value::Object(hashes.collect()));
        }
        detail.to_string()
    }
}

impl Personal {
    fn hash(&self) -> String {
        personal_hash(&self.salt, self.name, &self.value)
    }
}

/// What stands in an entry for a personal value: SHA-256 over salt, name and value, hexadecimal. The salt has a fixed
/// alphabet without line ends, and names have none, so no two inputs read alike.
pub(crate) fn personal_hash(salt: &str, name: &str, value: &str) -> String {
    let hash = SecretHash::of(&format!("{salt}\n{name}\n{value}"));
    hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
