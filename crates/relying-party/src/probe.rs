//! What the button "Test" asks a provider: everything that can be asked without a person.

use jose::Algorithm;

use crate::fault::shown;
use crate::metadata::{self, Metadata};
use crate::provider::Provider;
use crate::{ClientAuthentication, Credential, Endpoint, Fault, Problem, RelyingParty, wire};

/// One thing that was asked, and what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// A stable word for it: `settings discovery issuer endpoints algorithms keys code_flow pkce scopes client_method client`.
    pub word: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// What exactly, for an administrator.
    pub text: String,
    /// The fault that a login would meet, if it is one.
    pub fault: Option<Fault>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// Logins work; something is missing that an administrator should know of.
    Note,
    /// No login can work.
    Wrong,
}

impl Outcome {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

impl Check {
    fn ok(word: &'static str, text: impl Into<String>) -> Self {
        Self { word, outcome: Outcome::Ok, text: text.into(), fault: None }
    }

    fn note(word: &'static str, text: impl Into<String>) -> Self {
        Self { word, outcome: Outcome::Note, text: text.into(), fault: None }
    }

    fn wrong(word: &'static str, fault: Fault) -> Self {
        Self { word, outcome: Outcome::Wrong, text: fault.to_string(), fault: Some(fault) }
    }
}

impl RelyingParty {
    /// Asks the provider, now and past every cache. Stops where nothing further can be asked.
    pub async fn test(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        if let Err(fault) = self.settings.check() {
            return vec![Check::wrong("settings", fault)];
        }
        checks.push(Check::ok("settings", "complete"));
        let provider = if let Some(metadata) = Metadata::of_oauth(&self.settings) {
            checks.push(Check::note("discovery", "plain OAuth: there is no discovery document and no ID token"));
            Provider::stated(metadata, jose::JwkSet::default(), self.ambient.now())
        } else {
            match self.test_discovery(&mut checks).await {
                Some(provider) => provider,
                None => return checks,
            }
        };
        checks.push(self.test_client(&provider).await);
        checks
    }

    async fn test_discovery(&self, checks: &mut Vec<Check>) -> Option<Provider> {
        let fetched = match metadata::address(&self.settings.issuer) {
            Ok(address) => wire::get_object(&self.http, Endpoint::Discovery, address).await,
            Err(fault) => Err(fault),
        };
        let document = match fetched {
            Ok(document) => document,
            Err(fault) => {
                checks.push(Check::wrong("discovery", fault));
                return None;
            }
        };
        checks.push(Check::ok("discovery", format!("{} members", document.len())));
        let metadata = match Metadata::read(&document, &self.settings) {
            Ok(metadata) => metadata,
            Err(fault) => {
                checks.push(Check::wrong(word_of(&fault), fault));
                return None;
            }
        };
        checks.push(Check::ok("issuer", self.settings.issuer.clone()));
        checks.push(endpoints(&metadata));
        let names: Vec<_> = metadata.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        checks.push(Check::ok("algorithms", names.join(", ")));
        checks.extend([code_flow(&metadata), pkce(&metadata), self.scopes_offered(&metadata)]);
        checks.push(self.method(&metadata));
        match self.keys(&metadata).await {
            Ok(keys) => {
                let provider = Provider::stated(metadata, keys, self.ambient.now());
                checks.push(usable_keys(&provider));
                Some(provider)
            }
            Err(fault) => {
                checks.push(Check::wrong("keys", fault));
                None
            }
        }
    }

    fn scopes_offered(&self, metadata: &Metadata) -> Check {
        let Some(offered) = &metadata.scopes else {
            return Check::ok("scopes", "the provider does not list its scopes");
        };
        let missing: Vec<_> =
            self.settings.scopes.iter().filter(|scope| !offered.contains(scope)).map(String::as_str).collect();
        if missing.is_empty() {
            return Check::ok("scopes", "openid ".to_owned() + &self.settings.scopes.join(" "));
        }
        Check::note("scopes", format!("the provider does not list {}", missing.join(" ")))
    }

    /// RFC 8414 §2: without the member it is `client_secret_basic`.
    fn method(&self, metadata: &Metadata) -> Check {
        let method = match self.settings.client_authentication {
            ClientAuthentication::None => "none",
            ClientAuthentication::ClientSecretBasic => "client_secret_basic",
            ClientAuthentication::ClientSecretPost | ClientAuthentication::AppleJwt { .. } => "client_secret_post",
            ClientAuthentication::PrivateKeyJwt { .. } => "private_key_jwt",
        };
        match &metadata.client_authentication {
            Some(offered) if !offered.iter().any(|one| one == method) => {
                Check::note("client_method", format!("the provider lists {}, not {method}", shown(&offered.join(", "))))
            }
            _ => self.signature(metadata).unwrap_or_else(|| Check::ok("client_method", method)),
        }
    }

    /// What our assertions are signed with, where the provider does not list it.
    fn signature(&self, metadata: &Metadata) -> Option<Check> {
        let (Credential::Key(key), ClientAuthentication::PrivateKeyJwt { .. }) =
            (&self.credential, &self.settings.client_authentication)
        else {
            return None;
        };
        let offered = metadata.assertion_algorithms.as_ref()?;
        let name = key.algorithm().name();
        let listed = offered.iter().any(|one| one == name);
        let text = || {
            format!("the provider lists {} for assertions, and our key signs with {name}", shown(&offered.join(", ")))
        };
        (!listed).then(|| Check::note("client_method", text()))
    }

    /// A code that cannot exist, from the right client, is refused as a code: `invalid_grant` (RFC 6749 §5.2).
    async fn test_client(&self, provider: &Provider) -> Check {
        let code = format!("no-such-code-{}", self.ambient.identifier());
        let verifier = jose::base64url(&self.ambient.bytes::<32>());
        match self.exchange(provider, &code, &verifier).await {
            Err(Fault::TokenRefused(error)) if error == "invalid_grant" || error == "bad_verification_code" => {
                Check::ok("client", "the token endpoint knows this client")
            }
            Err(Fault::TokenRefused(error)) => Check::note(
                "client",
                format!("the token endpoint answers {error}, which does not say whether it knows this client"),
            ),
            Err(fault) => Check::wrong("client", fault),
            Ok(_) => Check::wrong("client", Fault::TokenAnswer("refusal of a code that does not exist")),
        }
    }
}

fn word_of(fault: &Fault) -> &'static str {
    match fault {
        Fault::IssuerDiffers { .. } => "issuer",
        Fault::NoAlgorithm(_) => "algorithms",
        Fault::Endpoint { .. } => "endpoints",
        _ => "discovery",
    }
}

fn endpoints(metadata: &Metadata) -> Check {
    let missing: Vec<_> = [
        (metadata.userinfo_endpoint.is_none(), "no UserInfo: names and e-mail come from the ID token alone"),
        (metadata.end_session_endpoint.is_none(), "no logout at the provider"),
    ]
    .into_iter()
    .filter_map(|(missing, text)| missing.then_some(text))
    .collect();
    if missing.is_empty() { Check::ok("endpoints", "all there") } else { Check::note("endpoints", missing.join("; ")) }
}

fn code_flow(metadata: &Metadata) -> Check {
    match &metadata.response_types {
        Some(types) if !types.iter().any(|one| one == "code") => {
            Check::wrong("code_flow", Fault::Metadata("response type code"))
        }
        _ => Check::ok("code_flow", "response_type code"),
    }
}

fn pkce(metadata: &Metadata) -> Check {
    match &metadata.pkce_methods {
        Some(methods) if methods.iter().any(|method| method == "S256") => Check::ok("pkce", "S256"),
        Some(_) => Check::note("pkce", "the provider lists PKCE without S256: it is sent, and may be ignored"),
        None => Check::note("pkce", "the provider does not say that it checks PKCE: it is sent all the same"),
    }
}

fn usable_keys(provider: &Provider) -> Check {
    let fits = |algorithm: &Algorithm| provider.keys.keys.iter().any(|key| key.fits(*algorithm));
    let without: Vec<_> =
        provider.metadata.algorithms.iter().filter(|algorithm| !fits(algorithm)).map(|one| one.name()).collect();
    if without.len() == provider.metadata.algorithms.len() {
        let problem = Problem::NotJson(format!("no key fits {}", without.join(", ")));
        return Check::wrong("keys", Fault::at(Endpoint::Keys, problem));
    }
    let count = provider.keys.keys.len();
    let nameless = provider.keys.keys.iter().filter(|key| key.kid.is_none()).count();
    if nameless > 0 && count > 1 {
        return Check::note("keys", format!("{nameless} of {count} keys have no id: tokens without kid are refused"));
    }
    Check::ok("keys", format!("{count}"))
}
