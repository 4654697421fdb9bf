//! One answer, checked in full before anything is measured: a fast wrong answer is worth nothing.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use limit::{Outcome, from_base64url};
use serde_json::Value;

use crate::browser::{Browser, Person};
use crate::flows::{Target, Tokens, User};

/// Logs in, and again, and verifies what came out of both.
pub async fn check(target: &Target, person: &Person) -> Outcome<Value> {
    let mut user = User::new(target, person)?;
    let keys = Browser::default().visit(&target.jwks_uri, "", person).await?.answer.body;
    let keys: Value = serde_json::from_str(&keys)?;
    let first: Tokens = serde_json::from_str(&user.log_in().await?)?;
    let claims = id_token(target, &keys, &first, &user.nonce())?;
    let second: Tokens = serde_json::from_str(&user.log_in_again().await?)?;
    let again = id_token(target, &keys, &second, &user.nonce())?;
    same(&again["sub"], &claims["sub"], "the subject of a second login")?;
    same(&again["auth_time"], &claims["auth_time"], "the time of the proof, which a session keeps,")?;
    Ok(claims)
}

fn id_token(target: &Target, keys: &Value, tokens: &Tokens, nonce: &str) -> Outcome<Value> {
    let claims = verified(keys, &tokens.id_token)?;
    same(&claims["iss"], &Value::from(target.issuer.as_str()), "iss")?;
    same(&claims["aud"], &Value::from(target.client_id.as_str()), "aud")?;
    same(&claims["nonce"], &Value::from(nonce), "nonce")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    if claims["exp"].as_u64().is_none_or(|exp| exp <= now) {
        return Err(format!("an ID token that has expired: {claims}").into());
    }
    // The bound counts two signatures: the access token carries the other one.
    let access = verified(keys, &tokens.access_token)?;
    same(&access["sub"], &claims["sub"], "the access token's sub")?;
    Ok(claims)
}

/// The claims of an ES256 token that one of the published keys has signed.
fn verified(keys: &Value, token: &str) -> Outcome<Value> {
    let (signed, signature) = token.rsplit_once('.').ok_or("a token that is no JWT")?;
    let (header, claims) = signed.split_once('.').ok_or("a token that is no JWT")?;
    let header: Value = serde_json::from_slice(&from_base64url(header)?)?;
    same(&header["alg"], &Value::from("ES256"), "alg")?;
    let key = keys["keys"].as_array().and_then(|keys| keys.iter().find(|key| key["kid"] == header["kid"]));
    let key = key.ok_or("a token of no published key")?;
    let coordinate = |name: &str| from_base64url(key[name].as_str().unwrap_or_default());
    let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &from_base64url(signature)?)
        .map_err(|_| "a token whose signature is wrong")?;
    Ok(serde_json::from_slice(&from_base64url(claims)?)?)
}

fn same(found: &Value, expected: &Value, what: &str) -> Outcome<()> {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found}, not {expected}").into()) }
}
