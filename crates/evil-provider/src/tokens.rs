use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jose::{Algorithm, SigningKey, base64url};
use serde_json::{Map, Value, json};

use crate::clients::caller;
use crate::serve::{as_html, bearer, jwt, refuse};
use crate::{Code, Evil, Person, Trick, sign};

/// The token endpoint (RFC 6749 §3.2): client, code, redirect address and PKCE are all checked.
pub(crate) fn token(evil: &Evil, headers: &HeaderMap, form: &HashMap<String, String>) -> Response {
    evil.told().last_form.clone_from(form);
    let Some(client) = caller(evil, headers, form).filter(|_| !evil.does(Trick::InvalidClient)) else {
        return refuse(evil, evil.0.vendor.word_for("invalid_client"));
    };
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let code = evil.told().codes.remove(of("code"));
    let code = code.filter(|code| is_for(code, &client.client_id, form) && !evil.does(Trick::InvalidGrant));
    let Some(code) = code else {
        return refuse(evil, evil.0.vendor.word_for("invalid_grant"));
    };
    let access_token = evil.0.ambient.identifier();
    evil.told().tokens.insert(access_token.clone(), (code.person.clone(), client.client_id.clone()));
    let mut answer =
        json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 300, "scope": "openid" });
    if evil.0.vendor.has_discovery() && !evil.does(Trick::NoIdToken) {
        let claims = id_claims(evil, &code, &client.client_id, (&access_token, of("code")));
        answer["id_token"] = sign::id_token(evil, &claims).into();
    }
    for (trick, name, value) in
        [(Trick::NoAccessToken, "access_token", Value::Null), (Trick::TokenTypeMac, "token_type", "mac".into())]
    {
        if evil.does(trick) {
            answer[name] = value;
        }
    }
    match () {
        () if evil.does(Trick::TokenAway) => StatusCode::BAD_GATEWAY.into_response(),
        () if evil.does(Trick::TokenGarbage) => {
            ([("content-type", "application/json")], "access_token=it&token_type=bearer").into_response()
        }
        () if evil.does(Trick::TokenContentType) => as_html(&answer),
        () => Json(answer).into_response(),
    }
}

fn is_for(code: &Code, client_id: &str, form: &HashMap<String, String>) -> bool {
    let asked = |name: &str| code.request.get(name).map(String::as_str);
    let verifier = form.get("code_verifier").map(String::as_str).unwrap_or_default();
    let challenge = base64url(digest(&SHA256, verifier.as_bytes()).as_ref());
    asked("client_id") == Some(client_id)
        && asked("redirect_uri") == form.get("redirect_uri").map(String::as_str)
        && asked("code_challenge") == Some(&*challenge)
        && form.get("grant_type").is_some_and(|grant| grant == "authorization_code")
}

/// What the ID token says, bent as told.
fn id_claims(evil: &Evil, code: &Code, client_id: &str, (access_token, code_text): (&str, &str)) -> Map<String, Value> {
    let now = evil.0.ambient.now().as_seconds();
    let algorithm = evil.key().algorithm();
    let subject = code.person.subject.as_str();
    let sid = code.person.sid.clone().unwrap_or_else(|| format!("sid-of-{subject}"));
    let mut claims = json!({
        "iss": evil.issuer(), "sub": subject, "aud": client_id, "iat": now, "exp": now + 300, "auth_time": now,
        "acr": "1", "amr": ["pwd"], "sid": sid, "at_hash": algorithm.left_half_hash(access_token),
    });
    if let Some(nonce) = code.request.get("nonce") {
        claims["nonce"] = nonce.clone().into();
    }
    evil.0.vendor.id_token(&code.person, &mut claims);
    let mut set = |name: &str, value: Value| claims[name] = value;
    let tricks = evil.told().tricks.clone();
    for trick in tricks {
        match trick {
            Trick::Iss => set("iss", "https://another.example".into()),
            Trick::IssSlash => set("iss", format!("{}/", evil.issuer()).into()),
            Trick::Aud => set("aud", "another-client".into()),
            Trick::NoAud => set("aud", Value::Null),
            Trick::AudExtra => {
                set("aud", json!([client_id, "another-client"]));
                set("azp", client_id.into());
            }
            Trick::AudTwice => set("aud", json!([client_id, client_id])),
            Trick::AudList => set("aud", json!([client_id])),
            Trick::Azp => set("azp", "another-client".into()),
            Trick::AzpOurs => set("azp", client_id.into()),
            Trick::NoSub => set("sub", Value::Null),
            Trick::EmptySub => set("sub", "".into()),
            Trick::LongSub => set("sub", "s".repeat(256).into()),
            Trick::UmlautSub => set("sub", "käthe".into()),
            Trick::NumberSub => set("sub", 7.into()),
            Trick::Expired => set("exp", (now - 120).into()),
            Trick::ClockBehind => set("exp", json!(f64::from(i32::try_from(now).unwrap_or(0)) - 29.5)),
            Trick::NoExp => set("exp", Value::Null),
            Trick::TextExp => set("exp", (now + 300).to_string().into()),
            Trick::NotYet => set("nbf", (now + 120).into()),
            Trick::IatAhead => set("iat", (now + 120).into()),
            Trick::ClockAhead => set("iat", (now + 30).into()),
            Trick::NoIat => set("iat", Value::Null),
            Trick::AuthTimeOld => set("auth_time", (now - 3_600).into()),
            Trick::NoAuthTime => set("auth_time", Value::Null),
            Trick::Nonce => set("nonce", "another-request".into()),
            Trick::NoNonce => set("nonce", Value::Null),
            Trick::AtHash => set("at_hash", algorithm.left_half_hash("another access token").into()),
            Trick::NoAtHash => set("at_hash", Value::Null),
            Trick::CHash => set("c_hash", algorithm.left_half_hash("another code").into()),
            Trick::CHashRight => set("c_hash", algorithm.left_half_hash(code_text).into()),
            Trick::Huge => set("padding", "x".repeat(20_000).into()),
            Trick::NoUserInfo => code.person.profile().into_iter().for_each(|(name, value)| set(&name, value)),
            Trick::TwoEmails => {
                set("email", "signed@people.example".into());
                set("email_verified", false.into());
            }
            _ => {}
        }
    }
    let Value::Object(claims) = claims else { unreachable!("it is an object") };
    claims.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// UserInfo (OIDC Core §5.3), bent as told.
pub(crate) fn user_info(evil: &Evil, headers: &HeaderMap) -> Response {
    let Some((person, client_id)) = who(evil, headers).filter(|_| !evil.does(Trick::UserInfoRefuses)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let mut about = Value::Object(person.profile());
    evil.0.vendor.user_info(&person, &mut about);
    let mut set = |name: &str, value: Value| about[name] = value;
    let tricks = evil.told().tricks.clone();
    for trick in &tricks {
        match trick {
            Trick::UserInfoSub => set("sub", "subject-of-the-victim".into()),
            Trick::UserInfoNoSub => set("sub", Value::Null),
            Trick::TextVerified => set("email_verified", "true".into()),
            Trick::NoEmail => ["email", "email_verified"].iter().for_each(|name| set(name, Value::Null)),
            Trick::ManyGroups => set("groups", vec!["group-of-many"; 10_000].into()),
            Trick::UserInfoAud => set("aud", "another-client".into()),
            Trick::UserInfoSigned | Trick::UserInfoForeign | Trick::UserInfoUnsigned => {
                set("aud", client_id.clone().into());
            }
            _ => {}
        }
    }
    let Value::Object(about) = about else { unreachable!("it is an object") };
    let about: Map<_, _> = about.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let text = Value::Object(about.clone()).to_string();
    let foreign = || SigningKey::generate(Algorithm::ES256, &evil.0.ambient).unwrap();
    for trick in tricks {
        match trick {
            Trick::UserInfoAway => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Trick::UserInfoGarbage => return ([("content-type", "application/json")], "{").into_response(),
            Trick::UserInfoType => return as_html(&Value::Object(about)),
            Trick::UserInfoDouble => {
                let doubled = text.replacen('{', "{\"sub\":\"subject-of-the-victim\",", 1);
                return ([("content-type", "application/json")], doubled).into_response();
            }
            Trick::UserInfoSigned | Trick::UserInfoAud => return jwt(evil.signed("JWT", &about)),
            Trick::UserInfoForeign => return jwt(foreign().sign("JWT", &about).unwrap()),
            Trick::UserInfoUnsigned => return jwt(sign::unsigned(&about, evil)),
            _ => {}
        }
    }
    Json(about).into_response()
}

/// Whom an access token speaks for, and to which client.
fn who(evil: &Evil, headers: &HeaderMap) -> Option<(Person, String)> {
    evil.told().tokens.get(bearer(headers)?).cloned()
}

/// GitHub's `/user`.
pub(crate) fn github_user(evil: &Evil, headers: &HeaderMap) -> Response {
    let Some((person, _)) = who(evil, headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    // The public profile shows an address that anybody may type.
    let mut user = json!({
        "login": person.given_name.to_lowercase(), "id": person.subject.parse::<u64>().unwrap_or(0), "type": "User",
        "name": format!("{} {}", person.given_name, person.family_name), "email": "typed@victim.example",
        "avatar_url": "https://avatars.githubusercontent.com/u/1", "site_admin": false,
    });
    user.as_object_mut().unwrap().extend(person.more.clone());
    Json(user).into_response()
}

/// GitHub's `/user/emails`.
pub(crate) fn github_emails(evil: &Evil, headers: &HeaderMap) -> Response {
    let Some((person, _)) = who(evil, headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    let mut list =
        vec![json!({ "email": "old@victim.example", "primary": false, "verified": true, "visibility": null })];
    if let Some(email) = &person.email {
        list.push(
            json!({ "email": email, "primary": true, "verified": person.email_verified, "visibility": "private" }),
        );
    }
    Json(list).into_response()
}
