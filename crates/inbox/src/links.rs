//! The addresses in a mail, for tests to follow and for people to click without trusting its HTML.

/// Every `http(s)` address in the text, then those that only the HTML part has.
pub fn of(text: &str, html: Option<&str>) -> Vec<String> {
    let mut links = Vec::new();
    for link in in_text(text).chain(html.into_iter().flat_map(in_html)) {
        if !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

fn in_text(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
        .filter_map(|word| word.find("https://").or_else(|| word.find("http://")).and_then(|at| word.get(at..)))
        .map(|link| link.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']).to_owned())
}

fn in_html(html: &str) -> impl Iterator<Item = String> + '_ {
    html.split("href=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = rest.get(1..)?.split(quote).next()?;
        let link = decoded(value.trim());
        (link.starts_with("https://") || link.starts_with("http://")).then_some(link)
    })
}

/// The entities that occur inside an address.
fn decoded(value: &str) -> String {
    [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x3D;", "="), ("&#61;", "=")]
        .into_iter()
        .chain([("&#x2F;", "/"), ("&#47;", "/"), ("&#38;", "&"), ("&#x26;", "&"), ("&amp;", "&")])
        .fold(value.to_owned(), |value, (entity, plain)| value.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_without_the_punctuation_around_them() {
        let text = "Open https://a.test/x?y=1&z=2. Or (http://b.test/), <https://c.test>, not ftp://d.test";
        assert_eq!(of(text, None), ["https://a.test/x?y=1&z=2", "http://b.test/", "https://c.test"]);
    }

    #[test]
    fn those_of_the_html_part_follow_each_once() {
        let html =
            "<a href=\"https://a.test/?b=1&amp;c=2\"></a><a href='https://x.test/'></a><a href=\"javascript:x\"></a>";
        assert_eq!(of("https://a.test/?b=1&c=2", Some(html)), ["https://a.test/?b=1&c=2", "https://x.test/"]);
    }
}
