//! The crate against a provider that can break every rule, over real HTTP.

mod attacks;
mod controls;
mod logout;
mod opinions;
mod probing;
mod vendors;

use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use evil_provider::{Client, Evil, Person, Vendor};
use url::Url;

use crate::{Answer, Ask, ClientAuthentication, Credential, Fault, Identity, Redeem, RelyingParty, Secrets, Settings};

const REDIRECT_URI: &str = "https://us.example/callback/1";

/// A provider, its client, and a clock that moves when told to.
struct Stage {
    clock: Arc<FixedClock>,
    ambient: Ambient,
    evil: Evil,
    party: RelyingParty,
}

/// The guarded client, which may go to the provider alone.
fn http(evil: &Evil) -> outbound::Client {
    let config = outbound::Config {
        exceptions: vec![evil.origin()],
        timeout: Duration::from_secs(5),
        ..outbound::Config::default()
    };
    outbound::Client::new(config).unwrap()
}

impl Stage {
    async fn new() -> Self {
        Self::with(Vendor::Nobody, |_| {}).await
    }

    /// With other settings than those of a generic provider whose client has a secret.
    async fn with(vendor: Vendor, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Arc::new(FixedClock::at(Timestamp::from_seconds(1_750_000_000)));
        let ambient = Ambient::new(clock.clone(), Arc::new(SeededRandom::from_seed(7)));
        let evil = Evil::imitating(vendor, &ambient).await;
        evil.knows(Client::with_secret("us", "a secret: with % and +"));
        evil.has(Person::named("mina"));
        let mut settings = Settings::generic(evil.issuer(), "us", ClientAuthentication::ClientSecretBasic);
        change(&mut settings);
        let credential = Credential::secret("a secret: with % and +");
        let party = RelyingParty::new(settings, credential, REDIRECT_URI.into(), http(&evil), ambient.clone());
        Self { clock, ambient, evil, party }
    }

    /// The same provider, asked by somebody who knows nothing of it yet.
    fn anew(&mut self) {
        let settings = self.party.settings.clone();
        self.anew_with(settings, self.party.credential.clone());
    }

    fn anew_with(&mut self, settings: Settings, credential: Credential) {
        let http = self.party.http.clone();
        self.party = RelyingParty::new(settings, credential, REDIRECT_URI.into(), http, self.ambient.clone());
    }

    /// One whole login.
    async fn login(&self) -> Result<Identity, Fault> {
        self.login_asking(Ask::default()).await
    }

    async fn login_asking(&self, ask: Ask<'_>) -> Result<Identity, Fault> {
        let secrets = Secrets::fresh(&self.ambient);
        let ask = Ask { state: &secrets.state, nonce: &secrets.nonce, verifier: &secrets.verifier, ..ask };
        let url = self.party.authorization_url(&ask).await?;
        let answer = answer(&self.evil.authorize(&url));
        assert_eq!(answer.state.as_deref(), Some(&*secrets.state));
        let code = self.party.admit(&answer).await?;
        let (nonce, verifier) = (&*secrets.nonce, &*secrets.verifier);
        self.party.redeem(&Redeem { code, nonce, verifier, max_age: ask.max_age }).await
    }
}

fn answer(back: &Url) -> Answer {
    assert!(back.as_str().starts_with(REDIRECT_URI), "{back}");
    let of = |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    Answer { state: of("state"), code: of("code"), iss: of("iss"), error: of("error") }
}
