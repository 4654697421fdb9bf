//! The parameters of a request, as they came.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// Every name and value of a query or a form body, in order. Serialises as a list of pairs.
///
/// `Debug` prints names only: values may be codes, secrets and passwords (OA-26).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Params(Vec<(String, String)>);

/// A parameter that came more than once (RFC 6749 §3.1). Whoever took the first and whoever took the last would
/// disagree on what was asked for, which is how a checked value is swapped for an unchecked one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the parameter {0} came more than once")]
pub struct Repeated(pub &'static str);

/// A query or body that isn't UTF-8, or has a NUL character in it, which no field of this protocol may contain and not
/// every database stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the parameters are no text")]
pub struct Unreadable;

impl Params {
    /// Reads `application/x-www-form-urlencoded` (WHATWG URL §5.1, but strict about UTF-8: a replacement character
    /// would change `state`, which must come back byte for byte).
    ///
    /// # Errors
    /// [`Unreadable`] for anything that is no text.
    pub fn parse(urlencoded: &str) -> Result<Self, Unreadable> {
        urlencoded
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((decode(name)?, decode(value)?))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The value of `name`; an empty value counts as omitted (RFC 6749 §3.1).
    ///
    /// # Errors
    /// [`Repeated`] when it came more than once, whatever the values.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, Repeated> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Repeated(name)),
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// Whether `name` came, once or more, with a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(given, value)| given == name && !value.is_empty())
    }

    /// All pairs, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// One form-urlencoded text: `+` is a space, `%XX` a byte; a `%` that begins no escape stands for itself.
pub(crate) fn decode(text: &str) -> Result<String, Unreadable> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| Unreadable)?;
    if decoded.contains('\0') { Err(Unreadable) } else { Ok(decoded.into_owned()) }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Params")?;
        f.debug_list().entries(self.pairs().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_kept_and_decoded_once() {
        let params = Params::parse("a=1&b=x+y%2Bz&&c&d=%25%32%30&e=100%&%61=2").unwrap();
        let pairs: Vec<_> = params.pairs().collect();
        assert_eq!(pairs, [("a", "1"), ("b", "x y+z"), ("c", ""), ("d", "%20"), ("e", "100%"), ("a", "2")]);
        assert_eq!(params.one("b"), Ok(Some("x y+z")));
        assert_eq!(params.one("c"), Ok(None), "empty is omitted");
        assert_eq!(params.one("z"), Ok(None));
        assert_eq!(params.one("a"), Err(Repeated("a")), "however it is spelled");
        assert!(params.has("a") && !params.has("c"));
    }

    #[test]
    fn a_repetition_with_an_empty_value_is_still_one() {
        assert_eq!(Params::parse("a=&a=1").unwrap().one("a"), Err(Repeated("a")));
    }

    #[test]
    fn what_is_no_text_is_refused_and_text_of_any_language_is_not() {
        assert_eq!(Params::parse("state=%FF"), Err(Unreadable));
        assert_eq!(Params::parse("state=%ED%A0%80"), Err(Unreadable));
        assert_eq!(Params::parse("state=a%00b"), Err(Unreadable));
        assert_eq!(Params::parse("state=%F0%9F%97%9D+%C3%BC").unwrap().one("state"), Ok(Some("🗝 ü")));
    }

    #[test]
    fn serialisation_keeps_order_and_repetition() {
        let params = Params::parse("a=1&b=&a=2").unwrap();
        let json = serde_json::to_string(&params).unwrap();
        assert_eq!(json, r#"[["a","1"],["b",""],["a","2"]]"#);
        assert_eq!(serde_json::from_str::<Params>(&json).unwrap(), params);
    }

    #[test]
    fn oa_26_debug_output_has_no_values() {
        let params = Params::parse("client_secret=hunter2").unwrap();
        assert_eq!(format!("{params:?}"), r#"Params["client_secret"]"#);
    }
}
