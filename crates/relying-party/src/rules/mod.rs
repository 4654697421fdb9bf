//! The rules for tokens of a provider's, one function each, in the order in which they are asked.
//!
//! Form, algorithm, key and signature are [`jose::open`]'s (the one door for foreign tokens); the claims are judged here.
//! Nothing is left to a library: the attacks in `tests/attacks.rs` break each rule by itself, and show that the same login
//! passes without the attack.
//!
//! # ID tokens
//! | rule | clause | [`Broken`] |
//! |---|---|---|
//! | three base64url parts, JSON objects, at most 16 KiB, no member twice | RFC 7515 §7.1, RFC 7519 §4, §7.2 | `Malformed` |
//! | no `crit`: no extension is known | RFC 7515 §4.1.11 | `Malformed` |
//! | `typ` is absent or `JWT`: no access or logout token | RFC 8725 §3.11 | `Type` |
//! | `alg` is offered by the provider, asked for, and one of RS256, PS256, ES256, EdDSA; so `none` and HS* never | OIDC Core §3.1.3.7 (7), (8); RFC 8725 §3.1 | `Algorithm` |
//! | `kid` is one of the provider's keys; asked for anew once a minute at most; `jwk`, `jku`, `x5u`, `x5c` are not looked at | OIDC Core §10.1.1; RFC 8725 §3.10 | `KeyUnknown` |
//! | without `kid`, exactly one key fits | OIDC Core §10.1 | `KeyAmbiguous` |
//! | the signature | OIDC Core §3.1.3.7 (6) | `Signature` |
//! | `iss` is the configured issuer, exactly | OIDC Core §3.1.3.7 (2) | `Issuer` |
//! | `aud` has our client id | OIDC Core §3.1.3.7 (3) | `Audience` |
//! | `aud` has nobody else who is not trusted | OIDC Core §3.1.3.7 (3) | `AudienceExtra` |
//! | with several audiences there is an `azp` | OIDC Core §3.1.3.7 (4) | `AuthorizedPartyMissing` |
//! | `azp`, if it is there, is our client id | OIDC Core §3.1.3.7 (5) | `AuthorizedParty` |
//! | `sub`: 1 to 255 ASCII characters | OIDC Core §2 | `SubjectMissing`, `SubjectUnusable` |
//! | `exp` lies ahead, by [`SKEW`] at most behind | OIDC Core §3.1.3.7 (9) | `ExpiryMissing`, `Expired` |
//! | `nbf`, if it is there, has come, by [`SKEW`] | RFC 7519 §4.1.5 | `NotYet` |
//! | `iat` is there, and not ahead by more than [`SKEW`] | OIDC Core §2, §3.1.3.7 (10) | `IssuedAtMissing`, `IssuedAhead` |
//! | `nonce` is this request's, exactly | OIDC Core §3.1.3.7 (11) | `NonceMissing`, `Nonce` |
//! | `auth_time`, if `max_age` was asked for, is there and not older, by [`SKEW`] | OIDC Core §3.1.3.7 (13) | `AuthTimeMissing`, `AuthTimeOld` |
//! | `at_hash`, if it is there, is the access token's | OIDC Core §3.1.3.8 | `AccessTokenHash` |
//! | `c_hash`, if it is there, is the code's | OIDC Core §3.3.2.10 | `CodeHash` |
//!
//! Rule (1) is about encrypted tokens, which are not asked for: one that comes is `Malformed`. Rule (12), `acr`, is the caller's:
//! [`crate::Identity::acr`] says what came.
//!
//! # Around them
//! | rule | clause | [`crate::Fault`] |
//! |---|---|---|
//! | the discovery document's issuer is the configured one | OIDC Discovery §4.3 | `IssuerDiffers` |
//! | endpoints are `https` | OIDC Discovery §3; RFC 9700 §2.6 | `Problem::Insecure` |
//! | `iss` of an answer is the configured issuer; it is there if the provider says it sends it | RFC 9207 §2.4 | `AnswerIssuer`, `AnswerIssuerMissing` |
//! | UserInfo is about the ID token's `sub`, exactly | OIDC Core §5.3.2, §5.3.4 | `UserInfoSubject`, `UserInfoSubjectMissing` |
//! | signed UserInfo: as above for form, `typ`, `alg`, key, signature; `iss`, `aud`, `exp`, if they are there | OIDC Core §5.3.2 | `Token` |
//! | `email_verified` is JSON `true`, beside that e-mail | OIDC Core §5.1 | counts as false |
//!
//! # Logout tokens
//! Back-Channel Logout 1.0 §2.6: form, `alg`, key, signature, `iss`, `aud`, `iat`, `exp` as above, and
//!
//! | rule | clause | [`Broken`] |
//! |---|---|---|
//! | `typ` is `logout+jwt`, or, where the provider is lax, absent or `JWT` | §2.4 | `Type` |
//! | `iat` is at most ten minutes ago | §4 wants short lives | `IssuedLongAgo` |
//! | `sub` or `sid` or both | §2.6 (5) | `Nobody` |
//! | `events` names a back-channel logout, with an object | §2.6 (6) | `Events` |
//! | no `nonce` | §2.6 (7) | `NonceForbidden` |
//! | `jti` is there; the caller records it | §2.4, §2.6 (8) | `TokenId` |

mod claims;
mod id_token;
mod logout_token;
mod user_info;

use std::time::Duration;

use jose::{Algorithm, JwkSet, JwtError, Type};
use serde_json::{Map, Value};

pub(crate) use claims::Claims;
pub(crate) use id_token::{Expected, judge as judge_id_token};
pub use logout_token::Logout;
pub(crate) use logout_token::judge as judge_logout_token;
pub(crate) use user_info::judge as judge_user_info;

use crate::Broken;
use crate::fault::shown;
use crate::strict::StrictObject;

/// How far apart the provider's clock and ours may be.
pub const SKEW: Duration = Duration::from_mins(1);

/// Form, type, algorithm, key and signature. What comes out is signed by the provider, and judged no further.
pub(crate) fn open(
    token: &str,
    keys: &JwkSet,
    typ: Type<'_>,
    algorithms: &[Algorithm],
) -> Result<(Algorithm, Map<String, Value>), Broken> {
    let opened = jose::open::<StrictObject>(token, keys, typ, algorithms);
    let (algorithm, StrictObject(claims)) = opened.map_err(|error| match error {
        JwtError::Malformed(what) => Broken::Malformed(what.to_owned()),
        JwtError::Type(typ) => Broken::Type(shown(&typ.unwrap_or_default())),
        JwtError::Algorithm(got) => Broken::Algorithm {
            got: shown(&got),
            allowed: algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", "),
        },
        JwtError::UnknownKey(Some(kid)) => Broken::KeyUnknown(shown(&kid)),
        JwtError::UnknownKey(None) => Broken::KeyAmbiguous,
        JwtError::Signature => Broken::Signature,
        JwtError::Claim(name) => Broken::Claim(name),
    })?;
    Ok((algorithm, claims))
}

/// Whether a token says that one of these has issued it. Nothing is verified: what says otherwise is looked at no further, and
/// nobody is asked for keys on its account.
pub(crate) fn claims_issuer(token: &str, issuers: &[&str]) -> Result<(), Broken> {
    let StrictObject(claims) = jose::peek(token).map_err(|_| Broken::Malformed("claims".to_owned()))?;
    Claims(&claims).issued_by(issuers)
}

impl Broken {
    /// Whether the provider may have changed its keys since we looked. A wrong signature too: a token without `kid` was held
    /// against the only key there was.
    pub(crate) const fn may_be_new_keys(&self) -> bool {
        matches!(self, Self::KeyUnknown(_) | Self::KeyAmbiguous | Self::Signature)
    }
}
