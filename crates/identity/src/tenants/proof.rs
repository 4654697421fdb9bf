//! What a tenant server shows when it enrols: that it holds the private half of its key (decision 010).

use std::time::Duration;

use ambient::Timestamp;
use jose::{Algorithm, Expected, JwkSet};
use oidc::claims::ENROLMENT_PROOF_TYPE;
use serde::Deserialize;

use super::Enrolment;

/// How far apart the two servers' clocks may be.
const SKEW: Duration = Duration::from_secs(60);
/// The longest that a proof may be good for.
const PROOF_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// What a proof says.
#[derive(Deserialize)]
struct Proof {
    exp: i64,
    code_hash: String,
}

/// Whether it is by the private half of the server's key, for this code and this identity server, and of now.
pub(super) fn is_proof(proof: &str, brought: &Enrolment, issuer: &str, now: Timestamp) -> bool {
    let expected = Expected {
        typ: Some(ENROLMENT_PROOF_TYPE),
        issuer: &brought.server_key.thumbprint(),
        audiences: &[issuer],
        algorithms: &[Algorithm::ES256],
        now,
        leeway: SKEW,
    };
    let keys = JwkSet { keys: vec![brought.server_key.clone()] };
    match jose::verify::<Proof>(proof, &keys, &expected) {
        Ok(proof) => {
            proof.exp <= now.plus(PROOF_LIFETIME).as_seconds()
                && proof.code_hash == Algorithm::ES256.left_half_hash(&brought.code)
        }
        Err(error) => {
            tracing::warn!(%error, "an enrolment with a wrong proof");
            false
        }
    }
}
