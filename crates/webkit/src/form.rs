use std::collections::{BTreeMap, HashSet};

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::layers::Clues;
use crate::{Failure, Kit, csrf};

/// How many fields a form may have; the values of one list count once.
const MOST_FIELDS: usize = 256;

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// A form that was posted from one of our own pages: it has the field `csrf` with this browser's token. That field is
/// taken out before `T` is read, so `deny_unknown_fields` works. A field that comes twice is refused, unless its name
/// ends in `[]` (see [`Many`]). What is refused becomes an error page that says that nothing was changed.
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

impl<T, S> FromRequest<S> for Form<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    Kit: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kit = Kit::from_ref(state);
        let (parts, body) = request.into_parts();
        let browser = Clues::of(&parts, &kit).context.browser;
        let is_form = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(URLENCODED))
        });
        if !is_form {
            return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|rejection| Failure::new(rejection.status()))?;
        let fields = without_csrf(&bytes, |token| csrf::is_valid(&kit, &browser, token))?;
        deserialize(&fields).await.map(Self)
    }
}

/// The fields, re-encoded, after the checks; the token is checked first, so that strangers learn nothing about a form.
fn without_csrf(body: &[u8], is_valid: impl Fn(&str) -> bool) -> Result<String, Failure> {
    let pairs: Vec<_> = form_urlencoded::parse(body).collect();
    let mut tokens = pairs.iter().filter(|(name, _)| name == "csrf");
    let good = tokens.next().is_some_and(|(_, token)| is_valid(token)) && tokens.next().is_none();
    if !good {
        return Err(Failure::stale_form());
    }
    let mut seen = HashSet::new();
    let mut single = form_urlencoded::Serializer::new(String::new());
    let mut many: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in pairs.iter().filter(|(name, _)| name != "csrf") {
        if !name.ends_with("[]") {
            if !seen.insert(name) {
                tracing::info!(field = ?name, "a form field came twice");
                return Err(Failure::unreadable_form());
            }
            single.append_pair(name, value);
        } else if value.contains(SEPARATOR) {
            return Err(Failure::unreadable_form());
        } else if let Some(values) = many.get_mut(&**name) {
            values.push(SEPARATOR);
            values.push_str(value);
        } else {
            many.insert(name, value.to_string());
        }
        if seen.len() + many.len() > MOST_FIELDS {
            return Err(Failure::unreadable_form());
        }
    }
    Ok(single.extend_pairs(many).finish())
}

/// By axum's own form extractor, which tells the field that it stumbled over.
async fn deserialize<T: DeserializeOwned>(fields: &str) -> Result<T, Failure> {
    let request = Request::builder()
        .method(Method::POST)
        .header(CONTENT_TYPE, URLENCODED)
        .body(Body::from(fields.to_owned()))
        .map_err(Failure::internal)?;
    let axum::Form(value) = axum::Form::<T>::from_request(request, &()).await.map_err(|rejection| {
        tracing::info!(error = ?rejection.to_string(), "a form could not be read");
        Failure::unreadable_form()
    })?;
    Ok(value)
}

/// Stands between the values of one repeated field: INFORMATION SEPARATOR ONE, which no text field may contain there.
const SEPARATOR: char = '\u{1f}';

/// The values of a field that may come several times, such as checkboxes. Its name must end in `[]`:
/// `#[serde(rename = "member[]", default)] members: Many`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Many(pub Vec<String>);

impl<'de> Deserialize<'de> for Many {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = String::deserialize(deserializer)?;
        Ok(Self(values.split(SEPARATOR).map(str::to_owned).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str) -> Option<String> {
        without_csrf(body.as_bytes(), |token| token == "good").ok()
    }

    #[test]
    fn the_token_is_required_once_and_taken_out() {
        assert_eq!(fields("csrf=good&name=Mina+H").as_deref(), Some("name=Mina+H"));
        for body in ["name=Mina", "csrf=bad&name=Mina", "csrf=good&csrf=good", "csrf=good&csrf=bad", ""] {
            assert_eq!(fields(body), None, "{body}");
        }
    }

    #[test]
    fn a_field_that_comes_twice_is_refused_unless_it_is_a_list() {
        assert_eq!(fields("csrf=good&role=a&role=b"), None);
        assert_eq!(fields("csrf=good&m[]=a&m[]=b").as_deref(), Some("m%5B%5D=a%1Fb"));
        assert_eq!(fields("csrf=good&m[]=a%1Fb"), None);
    }

    #[test]
    fn rel_19_a_form_has_few_fields_and_a_list_many_values() {
        let form = |count: usize, suffix: &str| (0..count).map(|n| format!("&f{n}{suffix}=x")).collect::<String>();
        for suffix in ["", "[]"] {
            assert!(fields(&format!("csrf=good{}", form(MOST_FIELDS, suffix))).is_some());
            assert_eq!(fields(&format!("csrf=good{}", form(MOST_FIELDS + 1, suffix))), None);
        }
        let half = MOST_FIELDS / 2 + 1;
        assert_eq!(fields(&format!("csrf=good{}{}", form(half, ""), form(half, "[]"))), None, "together");
        let members = fields(&format!("csrf=good{}", "&member[]=0190b3c4".repeat(1_000))).unwrap();
        assert_eq!(members.matches("0190b3c4").count(), 1_000);
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Invite {
        name: String,
        #[serde(rename = "m[]", default)]
        members: Many,
    }

    #[tokio::test]
    async fn unknown_fields_are_refused_and_lists_are_read() {
        let read: Invite = deserialize("name=x&m%5B%5D=a%1Fb").await.ok().unwrap();
        assert_eq!(read, Invite { name: "x".into(), members: Many(vec!["a".into(), "b".into()]) });
        let read: Invite = deserialize("name=x").await.ok().unwrap();
        assert_eq!(read.members, Many::default());
        assert!(deserialize::<Invite>("name=x&is_admin=true").await.is_err());
    }
}
