//! An OpenID provider for tests that behaves, until it is told which [`Trick`] to play. Real HTTP on a free loopback port; the clock
//! and the randomness are the test's.
//!
//! ```text
//! let evil = Evil::start(&ambient).await;                  // or Evil::imitating(Vendor::Apple, &ambient)
//! evil.knows(Client::with_secret("us", "a secret"));       // who may ask
//! evil.has(Person::named("mina"));                         // who sits there, signed in, and consents
//! evil.plays(Trick::Nonce);                                // until evil.behaves()
//! ```
//! A browser that comes to `/authorize` is sent back at once, without a page. A test without a browser calls
//! [`Evil::authorize`]. `tests/src/attacks/upstream.rs` shows it against a tenant, `crates/relying-party/src/tests`
//! against the crate.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a provider for tests: what goes wrong here is the test's mistake, and should end it"
)]

mod authorize;
mod clients;
mod documents;
mod person;
mod serve;
mod sign;
mod tokens;
mod trick;
mod vendor;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use ambient::Ambient;
use jose::{Algorithm, SigningKey};
use outbound::{Origin, Request};
use serde_json::{Map, Value, json};
use url::Url;

pub use clients::{Authentication, Client};
pub use person::Person;
pub use trick::Trick;
pub use vendor::Vendor;

/// The provider. Cheap to clone; it stops with the runtime.
#[derive(Clone)]
pub struct Evil(Arc<Inner>);

struct Inner {
    /// Its issuer identifier.
    issuer: String,
    /// The path of the issuer, without a slash at the end.
    path: String,
    vendor: Vendor,
    ambient: Ambient,
    told: Mutex<Told>,
}

/// What it was told, and what happened.
#[derive(Default)]
struct Told {
    tricks: Vec<Trick>,
    /// What its discovery document says instead.
    stated: Map<String, Value>,
    clients: Vec<Client>,
    person: Option<Person>,
    /// What it signs with, by algorithm; the newest of each is last.
    keys: Vec<Arc<SigningKey>>,
    algorithm: Option<Algorithm>,
    codes: HashMap<String, Code>,
    /// Access tokens: whom they speak for, and to which client.
    tokens: HashMap<String, (Person, String)>,
    asked: HashMap<String, usize>,
    streamed: usize,
    /// The parameters of the last authorization request, and the form of the last token request.
    last_request: HashMap<String, String>,
    last_form: HashMap<String, String>,
    /// The ids of the assertions that were used.
    assertions: HashSet<String>,
    /// The parameters of the last logout request.
    last_logout: HashMap<String, String>,
}

/// What a code stands for.
#[derive(Clone)]
struct Code {
    person: Person,
    request: HashMap<String, String>,
}

impl Evil {
    /// One that is nobody in particular.
    pub async fn start(ambient: &Ambient) -> Self {
        Self::imitating(Vendor::Nobody, ambient).await
    }

    /// One with a vendor's layout and quirks.
    pub async fn imitating(vendor: Vendor, ambient: &Ambient) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let issuer = format!("{origin}{}", vendor.path());
        let path = vendor.path().trim_end_matches('/').to_owned();
        let evil = Self(Arc::new(Inner { issuer, path, vendor, ambient: ambient.clone(), told: Mutex::default() }));
        evil.signs_with(vendor.algorithm());
        tokio::spawn(serve::serve(evil.clone(), listener));
        evil
    }

    /// Its issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// `http://127.0.0.1:port`, without a path.
    #[must_use]
    pub fn base(&self) -> String {
        Url::parse(&self.0.issuer).unwrap().origin().ascii_serialization()
    }

    /// For the exceptions of the guarded client.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::of(&Url::parse(&self.0.issuer).unwrap()).unwrap()
    }

    /// Registers a client, or registers it anew.
    pub fn knows(&self, client: Client) {
        let mut told = self.told();
        told.clients.retain(|known| known.client_id != client.client_id);
        told.clients.push(client);
    }

    /// Who sits there from now on.
    pub fn has(&self, person: Person) {
        self.told().person = Some(person);
    }

    /// Plays this trick from now on, beside those that it plays already.
    pub fn plays(&self, trick: Trick) {
        self.told().tricks.push(trick);
    }

    /// States this in its discovery document from now on.
    pub fn states(&self, name: &str, value: impl Into<Value>) {
        self.told().stated.insert(name.to_owned(), value.into());
    }

    /// Plays no tricks any more.
    pub fn behaves(&self) {
        let mut told = self.told();
        told.tricks.clear();
        told.stated.clear();
    }

    /// Signs with a fresh key of this algorithm from now on, and publishes it alone.
    pub fn signs_with(&self, algorithm: Algorithm) {
        let key = Arc::new(SigningKey::generate(algorithm, &self.0.ambient).unwrap());
        let mut told = self.told();
        told.keys = vec![key];
        told.algorithm = Some(algorithm);
    }

    /// Changes its key: the old one is published no longer.
    pub fn rotates_its_keys(&self) {
        let algorithm = self.told().algorithm.unwrap();
        self.signs_with(algorithm);
    }

    /// How often a path was asked for: `/jwks`, `/token` …
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        self.told().asked.get(path).copied().unwrap_or(0)
    }

    /// How many bytes of [`Trick::MetadataHuge`] were taken.
    #[must_use]
    pub fn streamed(&self) -> usize {
        self.told().streamed
    }

    /// The parameters of the last authorization request.
    #[must_use]
    pub fn last_request(&self) -> HashMap<String, String> {
        self.told().last_request.clone()
    }

    /// The form of the last token request.
    #[must_use]
    pub fn last_form(&self) -> HashMap<String, String> {
        self.told().last_form.clone()
    }

    /// The parameters of the last logout request.
    #[must_use]
    pub fn last_logout(&self) -> HashMap<String, String> {
        self.told().last_logout.clone()
    }

    /// Where a browser with this authorization request is sent back to.
    #[must_use]
    pub fn authorize(&self, request: &Url) -> Url {
        let request: HashMap<_, _> = request.query_pairs().into_owned().collect();
        authorize::answer(self, request).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// A good logout token (Back-Channel Logout 1.0 §2.4), changed as the caller likes.
    #[must_use]
    pub fn logout_token(&self, client_id: &str, subject: &str, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let now = self.0.ambient.now().as_seconds();
        let claims = json!({
            "iss": self.0.issuer, "aud": client_id, "sub": subject, "sid": format!("sid-of-{subject}"), "iat": now,
            "exp": now + 120, "jti": self.0.ambient.identifier(),
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let Value::Object(mut claims) = claims else { unreachable!("it is an object") };
        change(&mut claims);
        self.signed("logout+jwt", &claims)
    }

    /// Any claims, signed with its current key.
    #[must_use]
    pub fn signed(&self, typ: &str, claims: &Map<String, Value>) -> String {
        self.key().sign(typ, claims).unwrap()
    }

    /// Posts a logout token to a client's address; the status that comes back.
    pub async fn sends_logout(&self, http: &outbound::Client, to: Url, token: &str) -> u16 {
        http.send(Request::form(to, [("logout_token", token)])).await.unwrap().status.as_u16()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap()
    }

    fn does(&self, trick: Trick) -> bool {
        self.told().tricks.contains(&trick)
    }

    fn key(&self) -> Arc<SigningKey> {
        self.told().keys.last().unwrap().clone()
    }

    fn at(&self, path: &str) -> String {
        format!("{}{}{path}", self.base(), self.0.path)
    }
}
