use std::collections::BTreeMap;

use super::Field;
use crate::members::one_line;

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such field (AZ-01).
    Unknown,
    /// It may not be empty.
    Missing,
    /// More than so many characters.
    TooLong(usize),
}

/// What was typed, each as one clean line, or what is wrong with it, in the order of the fields; unknown ones first. A field that
/// is not among `typed` stays as it is.
///
/// # Errors
/// Everything that is wrong.
pub fn check(
    fields: &[Field],
    typed: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Vec<(String, Wrong)>> {
    let unknown = typed.keys().filter(|key| !fields.iter().any(|field| field.key == **key));
    let mut wrong: Vec<(String, Wrong)> = unknown.map(|key| (key.clone(), Wrong::Unknown)).collect();
    let mut clean = BTreeMap::new();
    for field in fields {
        let Some(value) = typed.get(&field.key).map(|value| one_line(value)) else { continue };
        if value.is_empty() && field.required {
            wrong.push((field.key.clone(), Wrong::Missing));
        } else if value.chars().count() > field.longest {
            wrong.push((field.key.clone(), Wrong::TooLong(field.longest)));
        } else {
            clean.insert(field.key.clone(), value);
        }
    }
    if wrong.is_empty() { Ok(clean) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pp_16_what_is_typed_is_one_clean_line_that_fits_its_field() {
        let field =
            |key: &str, required, longest| Field { longest, ..Field::added(key.to_owned(), key.to_owned(), required) };
        let fields = [field("badge", true, 5), field("desk", false, 3)];
        let typed = |pairs: &[(&str, &str)]| {
            let typed = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            check(&fields, &typed)
        };
        let wrong = |key: &str, wrong| Err(vec![(key.to_owned(), wrong)]);
        let fine = |pairs: &[(&str, &str)]| {
            Ok(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(typed(&[]), fine(&[]), "what is not there stays");
        assert_eq!(typed(&[("badge", " a\r\n\u{202e}b ")]), fine(&[("badge", "ab")]));
        assert_eq!(typed(&[("badge", " \t ")]), wrong("badge", Wrong::Missing));
        assert_eq!(typed(&[("badge", "ééééé")]), fine(&[("badge", "ééééé")]));
        assert_eq!(typed(&[("badge", "123456")]), wrong("badge", Wrong::TooLong(5)));
        assert_eq!(typed(&[("desk", "")]), fine(&[("desk", "")]));
        assert_eq!(typed(&[("email", "x")]), wrong("email", Wrong::Unknown));
        let all = typed(&[("desk", "long"), ("badge", ""), ("x", "")]).unwrap_err();
        let keys: Vec<&str> = all.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["x", "badge", "desk"]);
    }
}
