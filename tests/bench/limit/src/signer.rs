//! Signatures with a key that was parsed once and is kept: as fast as the library can.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};

use crate::{Outcome, base64url};

/// A key of one algorithm.
pub enum Signer {
    /// ECDSA, P-256.
    Es256(EcdsaKeyPair),
    /// RSA 2048, PKCS#1 v1.5.
    Rs256(RsaKeyPair),
    /// Ed25519.
    EdDsa(Ed25519KeyPair),
}

impl Signer {
    /// Makes a key.
    ///
    /// # Errors
    /// An unknown name, or what the library says.
    pub fn named(algorithm: &str) -> Outcome<Self> {
        Ok(match algorithm {
            "es256" => Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?),
            "rs256" => Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048)?),
            "eddsa" => Self::EdDsa(Ed25519KeyPair::generate()?),
            other => return Err(format!("no algorithm {other}").into()),
        })
    }

    /// Signs.
    ///
    /// # Errors
    /// What the library says.
    pub fn sign(&self, message: &[u8]) -> Outcome<Vec<u8>> {
        let random = SystemRandom::new();
        Ok(match self {
            Self::Es256(key) => key.sign(&random, message)?.as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                signature
            }
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
        })
    }

    /// A compact JWT over prepared claims.
    ///
    /// # Errors
    /// What the library says.
    pub fn token(&self, header: &str, claims: &str) -> Outcome<String> {
        let mut token = format!("{}.{}", base64url(header), base64url(claims));
        let signature = self.sign(token.as_bytes())?;
        token.push('.');
        token.push_str(&base64url(signature));
        Ok(token)
    }
}
