use std::fmt;

use askama::filters::HtmlSafe;

use crate::asset;

/// The providers that have a drawn mark in `marks.svg`, by the word of their preset.
const DRAWN: &[&str] = &["google", "entra", "apple", "github", "okta", "auth0", "keycloak", "gitlab"];

/// What stands for a provider beside its name, decorative: a mark of ours for those that many people know, else the first
/// letter of its name.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    preset: &'a str,
    name: &'a str,
}

/// `{{ webkit::mark(provider.preset, provider.name) }}` in a template.
#[must_use]
pub fn mark<'a>(preset: &'a str, name: &'a str) -> Mark<'a> {
    Mark { preset, name }
}

impl fmt::Display for Mark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(drawn) = DRAWN.iter().find(|drawn| **drawn == self.preset) {
            let sprite = asset("marks.svg");
            return write!(
                f,
                "<svg class=\"icon mark\" aria-hidden=\"true\"><use href=\"{sprite}#{drawn}\"></use></svg>"
            );
        }
        // A letter or a digit: nothing that would have to be escaped.
        let letter = self.name.chars().find(|letter| letter.is_alphanumeric()).unwrap_or('·');
        write!(f, "<span class=\"mark letter\" aria-hidden=\"true\">{}</span>", letter.to_uppercase())
    }
}

impl HtmlSafe for Mark<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_16_a_known_preset_has_its_mark_and_any_other_a_letter_whatever_its_name_is() {
        let sprite = std::fs::read_to_string("assets/marks.svg").unwrap();
        for drawn in DRAWN {
            assert!(sprite.contains(&format!("id=\"{drawn}\"")), "{drawn}");
            assert!(mark(drawn, "Any").to_string().contains(&format!("#{drawn}\"")), "{drawn}");
        }
        for (preset, name, letter) in
            [("generic", "contoso", "C"), ("", "<b>örlü", "B"), ("\"><script>", "élan", "É"), ("x", "<>&\"'", "·")]
        {
            let shown = mark(preset, name).to_string();
            assert_eq!(shown, format!("<span class=\"mark letter\" aria-hidden=\"true\">{letter}</span>"));
        }
    }
}
