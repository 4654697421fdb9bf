mod attacks;
mod browser;
mod provider;
mod stories;
mod texts;

use std::sync::Arc;

use ambient::{Ambient, FixedClock, SystemRandom, Timestamp};
use axum::Router;
use outbound::{Client, Config, Origin};
use url::Url;

use crate::{SampleApp, router};
use browser::{Browser, Page};
use provider::{Mischief, Provider};

/// Long ago: whoever asks the machine for the time finds every ID token expired.
const NOW: Timestamp = Timestamp::from_seconds(1_600_000_000);

struct World {
    provider: Provider,
    clock: Arc<FixedClock>,
    app: Router,
}

impl World {
    async fn new() -> Self {
        Self::with_tenant(Some("acme")).await
    }

    async fn with_tenant(tenant: Option<&str>) -> Self {
        let provider = Provider::start().await;
        let clock = Arc::new(FixedClock::at(NOW));
        let origin = Origin::of(&Url::parse(&provider.issuer()).unwrap()).unwrap();
        let http = Client::new(Config { exceptions: vec![origin], ..Config::default() }).unwrap();
        let config = SampleApp {
            name: "Paper Trail".into(),
            base_url: Url::parse("http://app.test").unwrap(),
            issuer: provider.issuer(),
            client_id: "client-1".into(),
            client_secret: "secret-1".into(),
            scopes: vec!["openid".into(), "profile".into(), "membership".into()],
            tenant: tenant.map(str::to_owned),
        };
        let app = router(config, "Latchkey", http, Ambient::new(clock.clone(), Arc::new(SystemRandom)));
        Self { provider, clock, app }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.app)
    }

    /// Begins a login and proves oneself at the provider; gives the address of the callback.
    async fn until_callback(&self, browser: &mut Browser) -> String {
        let authorization = browser.get("/login").await.onward();
        let code = self.provider.authorize(&authorization);
        self.answer(&authorization, &[("code", &code), ("iss", &self.provider.issuer())])
    }

    /// The callback with these parameters and the login's state.
    fn answer(&self, authorization: &Url, parameters: &[(&str, &str)]) -> String {
        let state = query(authorization, "state");
        let pairs = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("state", &state)
            .extend_pairs(parameters)
            .finish();
        format!("/callback?{pairs}")
    }

    async fn sign_in(&self, browser: &mut Browser) -> Page {
        let callback = self.until_callback(browser).await;
        browser.get(&callback).await
    }
}

fn query(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/").await.text("#subject") == "subject-1"
}
