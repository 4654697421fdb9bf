use std::fmt;

use ambient::Ambient;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use serde::Serialize;

use crate::{Algorithm, Jwk, base64url};

/// Why a key cannot be made, read or used.
#[derive(Debug, thiserror::Error)]
#[error("signing key: {0}")]
pub struct KeyError(&'static str);

/// A private key, parsed once and kept, with its key id.
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl SigningKey {
    /// Makes a key (RSA: 2048 bits). Takes up to a second for RSA: not on a request's path.
    ///
    /// # Errors
    /// [`KeyError`] when the library fails.
    pub fn generate(algorithm: Algorithm, ambient: &Ambient) -> Result<Self, KeyError> {
        let failed = |_| KeyError("could not be generated");
        let pair = match algorithm {
            Algorithm::RS256 | Algorithm::PS256 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?),
            Algorithm::EdDSA => Pair::Ed(Ed25519KeyPair::generate().map_err(failed)?),
            Algorithm::ES256 => Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?),
        };
        Ok(Self { kid: ambient.identifier(), algorithm, pair })
    }

    /// Reads what [`SigningKey::to_pkcs8`] wrote.
    ///
    /// # Errors
    /// [`KeyError`] when it is something else.
    pub fn from_pkcs8(kid: String, algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let refused = |_| KeyError("is no PKCS#8 key of its algorithm");
        let pair = match algorithm {
            Algorithm::RS256 | Algorithm::PS256 => Pair::Rsa(RsaKeyPair::from_pkcs8(der).map_err(refused)?),
            Algorithm::EdDSA => Pair::Ed(Ed25519KeyPair::from_pkcs8(der).map_err(refused)?),
            Algorithm::ES256 => {
                Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map_err(refused)?)
            }
        };
        Ok(Self { kid, algorithm, pair })
    }

    /// The private key as PKCS#8, to be sealed before it is stored.
    ///
    /// # Errors
    /// [`KeyError`] when the library fails.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        let failed = |_| KeyError("could not be exported");
        Ok(match &self.pair {
            Pair::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map_err(failed)?.as_ref().to_vec(),
            Pair::Ec(pair) => pair.to_pkcs8v1().map_err(failed)?.as_ref().to_vec(),
            Pair::Ed(pair) => pair.to_pkcs8v1().map_err(failed)?.as_ref().to_vec(),
        })
    }

    /// Its key id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half.
    ///
    /// # Errors
    /// [`KeyError`] when the library's own encoding cannot be read.
    pub fn public_jwk(&self) -> Result<Jwk, KeyError> {
        let mut jwk = Jwk {
            kty: String::new(),
            kid: Some(self.kid.clone()),
            alg: Some(self.algorithm.name().to_owned()),
            use_: Some("sig".to_owned()),
            n: None,
            e: None,
            crv: None,
            x: None,
            y: None,
        };
        match &self.pair {
            Pair::Rsa(pair) => {
                let public = rsa::RsaPublicKey::from_pkcs1_der(pair.public_key().as_ref())
                    .map_err(|_| KeyError("has an unreadable public half"))?;
                jwk.kty = "RSA".to_owned();
                jwk.n = Some(base64url(&public.n().to_bytes_be()));
                jwk.e = Some(base64url(&public.e().to_bytes_be()));
            }
            Pair::Ec(pair) => {
                // Uncompressed point: 0x04, x, y (SEC 1 §2.3.3).
                let point = pair.public_key().as_ref();
                let (x, y) = point
                    .get(1..)
                    .and_then(|point| point.split_at_checked(32))
                    .ok_or(KeyError("has an unreadable public half"))?;
                jwk.kty = "EC".to_owned();
                jwk.crv = Some("P-256".to_owned());
                jwk.x = Some(base64url(x));
                jwk.y = Some(base64url(y));
            }
            Pair::Ed(pair) => {
                jwk.kty = "OKP".to_owned();
                jwk.crv = Some("Ed25519".to_owned());
                jwk.x = Some(base64url(pair.public_key().as_ref()));
            }
        }
        Ok(jwk)
    }

    /// Signs `claims` as a compact JWT whose header says `typ` (`JWT`, `at+jwt`, `logout+jwt`).
    ///
    /// # Errors
    /// [`KeyError`] when the library fails or the claims are no JSON.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, KeyError> {
        #[derive(Serialize)]
        struct Header<'a> {
            alg: Algorithm,
            typ: &'a str,
            kid: &'a str,
        }
        let encode = |json: serde_json::Result<Vec<u8>>| {
            json.map(|json| base64url(&json)).map_err(|_| KeyError("was given claims that are no JSON"))
        };
        let header = encode(serde_json::to_vec(&Header { alg: self.algorithm, typ, kid: &self.kid }))?;
        let claims = encode(serde_json::to_vec(claims))?;
        let mut token = format!("{header}.{claims}");
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        token.push_str(&base64url(&signature));
        Ok(token)
    }

    /// The bare signature of a message (RFC 7515 §5.1), for tokens whose header is not the usual one.
    ///
    /// # Errors
    /// [`KeyError`] when the library fails.
    pub fn signature(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = |_| KeyError("could not sign");
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let padding = if self.algorithm == Algorithm::PS256 { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
            Pair::Ed(pair) => Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.algorithm.name(), self.kid)
    }
}

/// [`Algorithm::left_half_hash`] in tokens of ours, which all hash with SHA-256.
#[must_use]
pub fn left_half_hash(value: &str) -> String {
    Algorithm::ES256.left_half_hash(value)
}
