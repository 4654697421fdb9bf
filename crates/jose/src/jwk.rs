use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::BigUint;
use rsa::pkcs8::EncodePublicKey;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Algorithm, base64url, from_base64url};

/// What stands before the point of a key on P-256 (RFC 5480 §2): SubjectPublicKeyInfo, id-ecPublicKey, prime256v1, BIT STRING.
const P256: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// A public key (RFC 7517). It has no field for private or symmetric members, so none can be published or taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `RSA`, `EC` or `OKP`; keys of other types are carried along and never fit.
    pub kty: String,
    /// Key id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The one algorithm that the key is for, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `sig` or `enc`.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub use_: Option<String>,
    /// RSA modulus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA public exponent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// Curve point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Curve point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

impl Jwk {
    /// Whether a signature by `algorithm` can be checked with this key: type, curve, use and `alg` all agree.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        let kind = match algorithm {
            Algorithm::RS256 | Algorithm::PS256 => self.kty == "RSA",
            Algorithm::EdDSA => self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519"),
            Algorithm::ES256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
        };
        kind && self.use_.as_deref().is_none_or(|use_| use_ == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
    }

    /// Its hash over the members that make it up (RFC 7638), base64url: an id that everybody comes to.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // Names in order, without spaces: as serde_json writes a map.
        let members = match self.kty.as_str() {
            "RSA" => json!({ "e": self.e, "kty": self.kty, "n": self.n }),
            "EC" => json!({ "crv": self.crv, "kty": self.kty, "x": self.x, "y": self.y }),
            _ => json!({ "crv": self.crv, "kty": self.kty, "x": self.x }),
        };
        base64url(digest::digest(&digest::SHA256, members.to_string().as_bytes()).as_ref())
    }

    /// The key as PEM (`BEGIN PUBLIC KEY`, RFC 7468 §13), for whoever takes no set of keys. None for others than RSA and P-256.
    #[must_use]
    pub fn to_pem(&self) -> Option<String> {
        let part = |text: &Option<String>| from_base64url(text.as_deref()?);
        let der = match self.kty.as_str() {
            "RSA" => {
                let number = |text| part(text).map(|bytes| BigUint::from_bytes_be(&bytes));
                let key = rsa::RsaPublicKey::new(number(&self.n)?, number(&self.e)?).ok()?;
                key.to_public_key_der().ok()?.into_vec()
            }
            "EC" if self.crv.as_deref() == Some("P-256") => [P256.to_vec(), part(&self.x)?, part(&self.y)?].concat(),
            _ => return None,
        };
        Some(pem("PUBLIC KEY", &der))
    }

    pub(crate) fn decoding_key(&self) -> Option<jsonwebtoken::DecodingKey> {
        match self.kty.as_str() {
            "RSA" => jsonwebtoken::DecodingKey::from_rsa_components(self.n.as_deref()?, self.e.as_deref()?).ok(),
            "EC" => jsonwebtoken::DecodingKey::from_ec_components(self.x.as_deref()?, self.y.as_deref()?).ok(),
            "OKP" => jsonwebtoken::DecodingKey::from_ed_components(self.x.as_deref()?).ok(),
            _ => None,
        }
    }
}

/// A set of public keys (RFC 7517 §5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// The key a token names; for a token that names none, the only one that fits, if there is exactly one.
    #[must_use]
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Jwk> {
        let mut fitting =
            self.keys.iter().filter(|key| key.fits(algorithm) && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid)));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Some(key),
            _ => None,
        }
    }
}

/// RFC 7468 §2: lines of 64 characters.
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: String =
        text.as_bytes().chunks(64).flat_map(|line| [String::from_utf8_lossy(line), "\n".into()]).collect();
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    #[test]
    fn the_thumbprint_of_the_standards_example() {
        // RFC 7638 §3.1.
        let key: Jwk = serde_json::from_value(json!({
            "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn\
                  jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ\
                  vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKn\
                  qDKgw"
        }))
        .unwrap();
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_public_key_in_pem_is_the_one_of_the_set() {
        use rsa::pkcs8::DecodePublicKey;
        let ambient = ambient::Ambient::system();
        let of = |algorithm| SigningKey::generate(algorithm, &ambient).unwrap().public_jwk().unwrap();
        let rsa = of(Algorithm::RS256);
        let read = rsa::RsaPublicKey::from_public_key_pem(&rsa.to_pem().unwrap()).unwrap();
        assert_eq!(rsa::traits::PublicKeyParts::n(&read).to_bytes_be(), from_base64url(&rsa.n.unwrap()).unwrap());
        let ec = of(Algorithm::ES256);
        let text = ec.to_pem().unwrap();
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).unwrap();
        assert_eq!((der.len(), &der[..27]), (91, &P256[..]));
        assert_eq!(der[27..59], from_base64url(&ec.x.unwrap()).unwrap()[..]);
        assert_eq!(of(Algorithm::EdDSA).to_pem(), None);
    }
}
