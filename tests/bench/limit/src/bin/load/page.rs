//! What a browser sees in a page: its form, and where it goes on by itself.

use std::borrow::Cow;

/// A form that wants something of a person.
pub struct Form {
    /// Where it goes; empty: where the page is.
    pub action: String,
    /// Its fields, filled in.
    pub fields: Vec<(String, String)>,
}

/// The form that asks for a name or a password, filled in with them.
pub fn form(html: &str, username: &str, password: &str) -> Option<Form> {
    html.split("<form").skip(1).find_map(|part| {
        let (tag, rest) = part.split_once('>')?;
        let inside = rest.split("</form>").next()?;
        let mut asks = false;
        let mut fields = Vec::new();
        for input in inside.split("<input").skip(1).filter_map(|input| input.split('>').next()) {
            let Some(name) = attribute(input, "name") else { continue };
            let value = match name.as_ref() {
                "username" | "login" => Some(username),
                "password" => Some(password),
                _ => None,
            };
            asks |= value.is_some();
            let value = value.map_or_else(|| attribute(input, "value").unwrap_or_default().into_owned(), str::to_owned);
            fields.push((name.into_owned(), value));
        }
        let action = attribute(tag, "action").unwrap_or_default().into_owned();
        asks.then_some(Form { action, fields })
    })
}

/// Where the page goes by itself (`http-equiv="refresh"`).
pub fn refresh(html: &str) -> Option<String> {
    let (_, after) = html.split_once("http-equiv=\"refresh\"")?;
    let content = after.split_once("content=\"")?.1.split('"').next()?;
    Some(unescape(content.split_once("url=")?.1).into_owned())
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<Cow<'a, str>> {
    tag.match_indices(name).find_map(|(at, _)| {
        let before = tag.get(..at)?.chars().next_back()?;
        let value = tag.get(at + name.len()..)?.strip_prefix("=\"")?.split('"').next()?;
        before.is_whitespace().then(|| unescape(value))
    })
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    for code in 33_u8..127 {
        plain = plain.replace(&format!("&#{code};"), &char::from(code).to_string());
    }
    plain.replace("&amp;", "&").into()
}
