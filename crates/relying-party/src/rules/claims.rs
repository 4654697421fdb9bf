use ambient::Timestamp;
use serde_json::{Map, Value};

use super::SKEW;
use crate::Broken;
use crate::fault::shown;

/// Claims that the provider has signed, with the rules that several kinds of tokens share.
#[derive(Clone, Copy)]
pub(crate) struct Claims<'a>(pub &'a Map<String, Value>);

impl<'a> Claims<'a> {
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(self, name: &'static str) -> Result<Option<&'a str>, Broken> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or(Broken::Claim(name))
    }

    /// A `NumericDate` (RFC 7519 §2), whose fraction is cut off.
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range becomes the nearest second that is not")]
    pub(crate) fn seconds(self, name: &'static str) -> Result<Option<i64>, Broken> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_f64().map(|seconds| Some(seconds as i64)).ok_or(Broken::Claim(name))
    }

    /// One, or a list (RFC 7519 §4.1.3).
    pub(crate) fn audiences(self) -> Result<Vec<&'a str>, Broken> {
        let list = match self.get("aud") {
            None => return Ok(Vec::new()),
            Some(Value::String(one)) => return Ok(vec![one]),
            Some(Value::Array(list)) => list.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
            Some(_) => None,
        };
        list.ok_or(Broken::Claim("aud"))
    }

    pub(crate) fn issued_by(self, issuers: &[&str]) -> Result<(), Broken> {
        let got = self.text("iss")?.unwrap_or_default();
        if issuers.contains(&got) {
            return Ok(());
        }
        Err(Broken::Issuer { expected: issuers.first().copied().unwrap_or_default().to_owned(), got: shown(got) })
    }

    pub(crate) fn addressed_to(self, client_id: &str) -> Result<(), Broken> {
        let audiences = self.audiences()?;
        if audiences.contains(&client_id) {
            return Ok(());
        }
        Err(Broken::Audience { expected: client_id.to_owned(), got: shown(&format!("{audiences:?}")) })
    }

    pub(crate) fn not_expired(self, now: Timestamp) -> Result<(), Broken> {
        let exp = self.seconds("exp")?.ok_or(Broken::ExpiryMissing)?;
        if now < Timestamp::from_seconds(exp).plus(SKEW) {
            return Ok(());
        }
        Err(Broken::Expired { exp, now: now.as_seconds() })
    }

    pub(crate) fn issued_already(self, now: Timestamp) -> Result<i64, Broken> {
        let iat = self.seconds("iat")?.ok_or(Broken::IssuedAtMissing)?;
        if Timestamp::from_seconds(iat) <= now.plus(SKEW) {
            return Ok(iat);
        }
        Err(Broken::IssuedAhead { iat, now: now.as_seconds() })
    }

    pub(crate) fn valid_already(self, now: Timestamp) -> Result<(), Broken> {
        match self.seconds("nbf")? {
            Some(nbf) if Timestamp::from_seconds(nbf) > now.plus(SKEW) => {
                Err(Broken::NotYet { nbf, now: now.as_seconds() })
            }
            _ => Ok(()),
        }
    }
}

/// OIDC Core §2: at most 255 ASCII characters.
pub(crate) fn is_subject(subject: &str) -> bool {
    (1..=255).contains(&subject.len()) && subject.bytes().all(|byte| matches!(byte, 0x20..=0x7e))
}
