use ambient::Timestamp;

use super::claims::Claims;
use crate::Broken;

/// Judges a signed UserInfo response (OIDC Core §5.3.2): `iss` and `aud` should be there, and are compared if they are.
pub(crate) fn judge(claims: Claims<'_>, issuers: &[&str], client_id: &str, now: Timestamp) -> Result<(), Broken> {
    if claims.get("iss").is_some() {
        claims.issued_by(issuers)?;
    }
    if claims.get("aud").is_some() {
        claims.addressed_to(client_id)?;
    }
    if claims.get("exp").is_some() {
        claims.not_expired(now)?;
    }
    if claims.get("iat").is_some() {
        claims.issued_already(now)?;
    }
    claims.valid_already(now)
}
