use std::time::Duration;

use ambient::Timestamp;
use outbound::Request;
use serde::Deserialize;

use super::{RelyingParty, RpError};

/// An access token for the identity server's tenant API.
#[derive(Clone)]
pub(crate) struct ClientToken {
    pub secret: String,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: u64,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
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
        let away = |error: outbound::OutboundError| RpError::Away(error.to_string());
        let endpoint = self.provider().await?.token_endpoint();
        let endpoint = endpoint.ok_or_else(|| RpError::Away("it has no token_endpoint".to_owned()))?;
        let [kind, assertion] = self.assertion()?;
        let fields = [
            ("grant_type", "client_credentials".to_owned()),
            ("scope", self.own_scope.to_owned()),
            ("client_id", self.client_id.clone()),
            kind,
            assertion,
        ];
        let response = self.http.0.send(Request::form(endpoint, fields)).await.map_err(away)?;
        if !response.status.is_success() {
            let code = response.json::<Refusal>().map(|refusal| refusal.error);
            return Err(RpError::Refused(code.unwrap_or_else(|_| response.status.to_string())));
        }
        let answer: Answer = response.json().map_err(away)?;
        Ok(ClientToken { secret: answer.access_token, expires_at: now.plus(Duration::from_secs(answer.expires_in)) })
    }
}
