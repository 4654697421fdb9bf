//! Our own keys at a provider that knows us by signed assertions (RFC 7523): one signs, and another may be there to follow it.

use std::sync::Arc;

use ambient::Ambient;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose::{Algorithm, Jwk, SigningKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Credential, Fault};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// What an assertion may be signed with. RSA and P-256 are what providers know (RFC 7518 §3.1).
const SIGNING: &[Algorithm] = &[Algorithm::ES256, Algorithm::RS256];

/// The one that signs, then the one that is to follow it, if there is one.
pub struct Keys(Vec<Arc<SigningKey>>);

/// What is done with our keys at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Another one is made and published beside the one that signs.
    Next,
    /// That one signs from now on, and the one before is gone.
    Use,
    /// That one is gone, and the one that signs stays.
    Drop,
}

impl Turn {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Use => "use",
            Self::Drop => "drop",
        }
    }
}

impl Keys {
    /// Makes one. Takes up to a second for RSA: not on a request's path.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub fn made(algorithm: Algorithm, ambient: &Ambient) -> Result<Self, Fault> {
        Ok(Self(vec![make(algorithm, ambient)?]))
    }

    /// One that somebody has made elsewhere, in PEM. Without an id, its thumbprint is its id (RFC 7638).
    ///
    /// # Errors
    /// [`Fault::Settings`].
    pub fn pasted(kid: &str, pem: &str) -> Result<Self, Fault> {
        let key = read(kid, pem, SIGNING)?;
        if !kid.is_empty() {
            return Ok(Self(vec![Arc::new(key)]));
        }
        let thumbprint = public(&key)?.thumbprint();
        Ok(Self(vec![Arc::new(read(&thumbprint, pem, SIGNING)?)]))
    }

    /// Reads what [`Keys::to_secret`] wrote: of each its id on a line, then PEM.
    ///
    /// # Errors
    /// [`Fault::Settings`].
    pub fn of_secret(secret: &str) -> Result<Self, Fault> {
        let parts = secret.split_inclusive(END).filter(|part| part.contains(BEGIN));
        let read = parts.map(|part| {
            let (kid, pem) = part.trim_start().split_once('\n').unwrap_or(("", part));
            read(kid.trim(), pem, SIGNING).map(Arc::new)
        });
        Ok(Self(read.collect::<Result<_, _>>()?))
    }

    /// As they are sealed.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub fn to_secret(&self) -> Result<Zeroizing<String>, Fault> {
        let mut text = Zeroizing::new(String::new());
        for key in &self.0 {
            let der = Zeroizing::new(key.to_pkcs8().map_err(|error| Fault::Signing(error.to_string()))?);
            let pem = Zeroizing::new(jose::pem("PRIVATE KEY", &der));
            text.push_str(key.kid());
            text.push('\n');
            text.push_str(&pem);
        }
        Ok(text)
    }

    /// Their public halves, in the same order.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub fn public(&self) -> Result<Vec<Jwk>, Fault> {
        self.0.iter().map(|key| public(key)).collect()
    }

    /// What signs.
    #[must_use]
    pub fn credential(&self) -> Credential {
        self.0.first().map_or(Credential::None, |key| Credential::Key(key.clone()))
    }

    /// Another one is to follow the one that signs; one that was to follow before is dropped. For RSA as for RSA.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub fn with_next(self, ambient: &Ambient) -> Result<Self, Fault> {
        let Some(current) = self.0.into_iter().next() else { return Ok(Self(Vec::new())) };
        let next = make(current.algorithm(), ambient)?;
        Ok(Self(vec![current, next]))
    }

    /// The one that was to follow signs from now on, alone; none if there is none.
    #[must_use]
    pub fn turned(self) -> Option<Self> {
        self.0.into_iter().nth(1).map(|next| Self(vec![next]))
    }

    /// Nothing is to follow; none if nothing was.
    #[must_use]
    pub fn without_next(self) -> Option<Self> {
        if self.0.len() < 2 { None } else { Some(Self(self.0.into_iter().take(1).collect())) }
    }
}

fn make(algorithm: Algorithm, ambient: &Ambient) -> Result<Arc<SigningKey>, Fault> {
    let key = SigningKey::generate(algorithm, ambient).map_err(|error| Fault::Signing(error.to_string()))?;
    Ok(Arc::new(key))
}

fn public(key: &SigningKey) -> Result<Jwk, Fault> {
    key.public_jwk().map_err(|error| Fault::Signing(error.to_string()))
}

/// A private key out of PEM: the first of these algorithms that it is a key of.
pub(crate) fn read(kid: &str, pem: &str, algorithms: &[Algorithm]) -> Result<SigningKey, Fault> {
    let kinds = if algorithms == SIGNING { "on P-256, or RSA of 2048 bits or more," } else { "on P-256" };
    let wrong = || Fault::Settings(format!("the private key is no PKCS#8 key {kinds} in PEM ({BEGIN})"));
    let (_, rest) = pem.split_once(BEGIN).ok_or_else(wrong)?;
    let (body, _) = rest.split_once(END).ok_or_else(wrong)?;
    let body: Zeroizing<String> = Zeroizing::new(body.split_whitespace().collect());
    let der = Zeroizing::new(STANDARD.decode(body.as_bytes()).map_err(|_| wrong())?);
    let read = |algorithm: &Algorithm| SigningKey::from_pkcs8(kid.to_owned(), *algorithm, &der).ok();
    algorithms.iter().find_map(read).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_kept_as_text_and_turn() {
        let ambient = Ambient::system();
        for algorithm in [Algorithm::ES256, Algorithm::RS256] {
            let keys = Keys::made(algorithm, &ambient).unwrap();
            let first = keys.public().unwrap();
            let keys = Keys::of_secret(&keys.to_secret().unwrap()).unwrap();
            assert_eq!(keys.public().unwrap(), first);
            assert!(Keys::of_secret(&keys.to_secret().unwrap()).unwrap().turned().is_none(), "nothing follows");
            let both = keys.with_next(&ambient).unwrap();
            let (secret, public) = (both.to_secret().unwrap(), both.public().unwrap());
            assert_eq!((public.len(), &public[0]), (2, &first[0]));
            assert_eq!(public[1].alg, first[0].alg);
            let again = Keys::of_secret(&secret).unwrap();
            assert_eq!(again.public().unwrap(), public);
            let Credential::Key(signs) = again.credential() else { panic!("no key") };
            assert_eq!(Some(signs.kid()), first[0].kid.as_deref(), "the first one signs");
            assert_eq!(again.turned().unwrap().public().unwrap(), public[1..]);
            assert_eq!(Keys::of_secret(&secret).unwrap().without_next().unwrap().public().unwrap(), first);
        }
    }

    #[test]
    fn a_pasted_key_is_named_and_others_are_refused() {
        let key = SigningKey::generate(Algorithm::ES256, &Ambient::system()).unwrap();
        let pem = jose::pem("PRIVATE KEY", &key.to_pkcs8().unwrap());
        let named = Keys::pasted("ours", &pem).unwrap().public().unwrap();
        assert_eq!(named[0].kid.as_deref(), Some("ours"));
        let nameless = Keys::pasted("", &pem).unwrap().public().unwrap();
        assert_eq!(nameless[0].kid.as_deref(), Some(&*nameless[0].thumbprint()));
        let edwards = SigningKey::generate(Algorithm::EdDSA, &Ambient::system()).unwrap();
        let edwards = jose::pem("PRIVATE KEY", &edwards.to_pkcs8().unwrap());
        let other = pem.replace("PRIVATE KEY", "EC PRIVATE KEY");
        for wrong in ["", "secret", &pem[..60], &other, &edwards, &pem.replace('M', "?")] {
            assert!(matches!(Keys::pasted("", wrong), Err(Fault::Settings(_))), "{wrong}");
        }
    }
}
