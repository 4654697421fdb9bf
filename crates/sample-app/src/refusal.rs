use axum::http::StatusCode;
use openidconnect::core::CoreErrorResponseType;
use thiserror::Error;
use webkit::Failure;

/// Why a sign-in didn't happen. The display is for the log; the page has words of its own.
#[derive(Debug, Error)]
pub enum Refusal {
    /// No login with this `state` was begun in this browser, or too long ago, or it has ended already.
    #[error("no pending login in this browser has this state")]
    UnknownLogin,
    /// The answer comes from another server than the one that was asked (RFC 9207 §2.4).
    #[error("the answer's iss is not our issuer")]
    WrongIssuer,
    /// Not an authorization response at all.
    #[error("the answer has neither code nor error, or something twice")]
    Malformed,
    /// The person said no.
    #[error("access_denied")]
    Denied,
    /// The identity server needs the person, and had been asked not to show anything.
    #[error("{0}")]
    NeedsPerson(String),
    /// Another error code at the authorization endpoint.
    #[error("authorization refused: {0}")]
    Refused(String),
    /// The token endpoint doesn't take the code: used, too old, or obtained in another login (RFC 9700 §4.5).
    #[error("code refused: {0}")]
    CodeRefused(String),
    /// The tokens don't hold what they must.
    #[error("tokens not accepted: {0}")]
    BadTokens(String),
    /// The identity server can't be reached, or doesn't answer like one.
    #[error("identity server away: {0}")]
    Away(String),
}

impl Refusal {
    /// An error that came back from the authorization endpoint (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6).
    pub fn of_code(code: &str) -> Self {
        match code {
            "access_denied" => Self::Denied,
            "login_required" | "interaction_required" | "account_selection_required" | "consent_required" => {
                Self::NeedsPerson(code.to_owned())
            }
            "temporarily_unavailable" => Self::Away(code.to_owned()),
            _ => Self::Refused(readable(code)),
        }
    }

    /// An error that came back from the token endpoint.
    pub fn of_token_error(code: &CoreErrorResponseType) -> Self {
        match code {
            CoreErrorResponseType::InvalidGrant => Self::CodeRefused(code.to_string()),
            other => Self::Refused(readable(other.as_ref())),
        }
    }

    /// The page; `retry` is where one can try again.
    pub fn page(&self, retry: String) -> Failure {
        let (status, name) = match self {
            Self::UnknownLogin => (StatusCode::BAD_REQUEST, "unknown-login"),
            Self::WrongIssuer => (StatusCode::BAD_REQUEST, "wrong-issuer"),
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed"),
            Self::Denied => (StatusCode::FORBIDDEN, "denied"),
            Self::NeedsPerson(_) => (StatusCode::FORBIDDEN, "needs-person"),
            Self::Refused(_) => (StatusCode::BAD_REQUEST, "refused"),
            Self::CodeRefused(_) => (StatusCode::BAD_REQUEST, "code-refused"),
            Self::BadTokens(_) => (StatusCode::BAD_GATEWAY, "bad-tokens"),
            Self::Away(_) => (StatusCode::BAD_GATEWAY, "away"),
        };
        tracing::info!(reason = %self, "a sign-in ended");
        let failure = Failure::new(status)
            .title(webkit::Message::new(format!("refusal-{name}-title")))
            .detail(webkit::Message::new(format!("refusal-{name}")))
            .lost("refusal-nothing-lost")
            .next(retry, "try-again");
        match self {
            Self::Denied => failure.code("access_denied"),
            Self::NeedsPerson(code) | Self::Refused(code) | Self::CodeRefused(code) => failure.code(code.clone()),
            _ => failure,
        }
    }
}

/// Anyone can write the address of the callback: what isn't an error code is not shown as one.
fn readable(code: &str) -> String {
    let plain =
        !code.is_empty() && code.len() <= 60 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain { code.to_owned() } else { "unknown".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_codes_of_the_protocol_are_told_apart() {
        assert!(matches!(Refusal::of_code("access_denied"), Refusal::Denied));
        assert!(matches!(Refusal::of_code("login_required"), Refusal::NeedsPerson(_)));
        assert!(matches!(Refusal::of_code("temporarily_unavailable"), Refusal::Away(_)));
        assert!(matches!(Refusal::of_code("invalid_scope"), Refusal::Refused(code) if code == "invalid_scope"));
        assert!(matches!(Refusal::of_code("Call 555 1234!"), Refusal::Refused(code) if code == "unknown"));
    }
}
