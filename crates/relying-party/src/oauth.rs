//! Plain OAuth 2.0 in GitHub's way: no ID token, so who it is stands behind two addresses of its API.

use outbound::header::{ACCEPT, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use crate::identity::{Identity, bounded, display, is_address, line, picture};
use crate::rules::Claims;
use crate::settings::Endpoints;
use crate::{Endpoint, Fault, Settings, wire};

/// What GitHub's API asks clients to accept.
const GITHUB_JSON: &str = "application/vnd.github+json, application/json";

/// Who the access token speaks for.
pub(crate) async fn identity(
    http: &outbound::Client,
    settings: &Settings,
    endpoints: &Endpoints,
    access_token: &str,
) -> Result<Identity, Fault> {
    let answer = get(http, Endpoint::UserInfo, &endpoints.user, access_token).await?;
    let user = wire::object(Endpoint::UserInfo, &answer)?;
    // The number stays, the login name can be given up and taken by somebody else.
    let subject = user.get("id").and_then(Value::as_u64).filter(|id| *id > 0).ok_or(Fault::UserInfoSubjectMissing)?;
    let answer = get(http, Endpoint::Emails, &endpoints.emails, access_token).await?;
    let email = primary(&wire::value(Endpoint::Emails, &answer)?);
    let (claims, renamed) = (Claims(&user), renamed(&user));
    Ok(Identity {
        email_verified: email.is_some(),
        email,
        name: display(claims, "name"),
        preferred_username: display(claims, "login"),
        picture: picture(settings, Claims(&renamed)),
        claims: bounded(kept(&user))?,
        ..Identity::nobody(settings, subject.to_string())
    })
}

async fn get(
    http: &outbound::Client,
    at: Endpoint,
    address: &Url,
    access_token: &str,
) -> Result<outbound::Response, Fault> {
    let request = wire::with_token(at, address.clone(), access_token, wire::JSON)?;
    let answer = wire::ask(http, at, request.header(ACCEPT, HeaderValue::from_static(GITHUB_JSON))).await?;
    wire::content_type(at, &answer, wire::JSON)?;
    Ok(answer)
}

/// The one address that is both primary and verified. The public profile's address is whatever was typed, and does not count.
fn primary(emails: &Value) -> Option<String> {
    let is = |entry: &Value, name: &str| entry.get(name) == Some(&Value::Bool(true));
    let entry = emails.as_array()?.iter().find(|entry| is(entry, "primary") && is(entry, "verified"))?;
    line(Claims(entry.as_object()?), "email", 254).filter(|email| is_address(email))
}

fn renamed(user: &Map<String, Value>) -> Map<String, Value> {
    user.get("avatar_url").map(|picture| ("picture".to_owned(), picture.clone())).into_iter().collect()
}

/// Of some forty members, those that a mapping could use.
fn kept(user: &Map<String, Value>) -> Map<String, Value> {
    let kept = ["company", "location", "type", "site_admin"];
    user.iter()
        .filter(|(name, _)| kept.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
