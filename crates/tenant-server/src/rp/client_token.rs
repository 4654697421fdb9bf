use std::time::Duration;

use ambient::Timestamp;

use super::{RelyingParty, RpError};

/// An access token for the identity server's tenant API.
#[derive(Clone)]
pub(crate) struct ClientToken {
    pub secret: String,
    expires_at: Timestamp,
}

/// A token that expires sooner than this is not used any more.
const SPARE: Duration = Duration::from_secs(30);

impl RelyingParty {
    /// A token by `client_credentials` for the client itself; kept while it is good.
    pub(crate) async fn client_token(&self) -> Result<String, RpError> {
        let mut kept = self.token.lock().await;
        let now = self.ambient.now();
        if let Some(token) = kept.as_ref().filter(|token| token.expires_at > now.plus(SPARE)) {
            return Ok(token.secret.clone());
        }
        let token = self.ask_for_token(now).await?;
        let secret = token.secret.clone();
        *kept = Some(token);
        Ok(secret)
    }

    /// Forgets the token, after it was refused.
    pub(crate) async fn forget_client_token(&self) {
        *self.token.lock().await = None;
    }

    async fn ask_for_token(&self, now: Timestamp) -> Result<ClientToken, RpError> {
        let fields = [("grant_type", "client_credentials"), ("scope", self.own_scope)];
        let tokens = self.party.token(&fields).await?;
        Ok(ClientToken { secret: tokens.access_token, expires_at: now.plus(tokens.expires_in.unwrap_or_default()) })
    }
}
