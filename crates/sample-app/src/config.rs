use url::Url;

/// What was agreed with the identity server when this application was registered there, and where it runs.
#[derive(Clone)]
pub struct SampleApp {
    /// What it is called.
    pub name: String,
    /// Where it is reached. Registered there are `{base_url}/callback` and, to come back to after logout,
    /// `{base_url}/signed-out`.
    pub base_url: Url,
    /// The identity server's issuer, exactly as its discovery document has it.
    pub issuer: String,
    /// Its client id.
    pub client_id: String,
    /// Its secret, sent as `client_secret_basic`.
    pub client_secret: String,
    /// What it asks for; `openid` is always asked for.
    pub scopes: Vec<String>,
    /// The tenant it belongs to, sent as `tenant=<slug>`. `None`: a platform-wide application, in which one names it
    /// before signing in.
    pub tenant: Option<String>,
}

impl SampleApp {
    /// The redirect URI to register.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        self.address("callback")
    }

    /// The post-logout redirect URI to register.
    #[must_use]
    pub fn post_logout_redirect_uri(&self) -> String {
        self.address("signed-out")
    }

    /// Where to be told of logouts, to register.
    #[must_use]
    pub fn backchannel_logout_uri(&self) -> String {
        self.address("backchannel-logout")
    }

    fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url.as_str().trim_end_matches('/'))
    }
}
