//! Inviting several people by their addresses, as they stand in a mail or a spreadsheet: they become lines of an import, so they
//! are looked at first, each has its own outcome, and however many they are, the page does not wait for them (PP-03, PP-08).

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::{Role, permission};
use tenant::imports::NewImport;
use tenant::members::MemberState;
use tenant::roles::grantable;
use webkit::{Brand, FieldErrors, Form, Lang, Many, Shell, Visit, html, html_with_status, see_other};

use super::csv::line;
use super::import::told;
use super::{Done, shell};
use crate::incoming::{self, Plain};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// What an import of pasted addresses is called in the list of imports.
const NAME: &str = "addresses.csv";

#[derive(Template)]
#[template(path = "tenant/invite_many.html")]
struct ManyPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    typed: Crowd,
    roles: Vec<Role>,
}

/// Who is invited, as it was pasted.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Crowd {
    #[serde(default)]
    addresses: String,
    #[serde(default)]
    locale: String,
    #[serde(rename = "role[]", default)]
    roles: Many,
    /// Ticked or not there.
    #[serde(default)]
    send_now: Option<String>,
}

impl Crowd {
    fn has(&self, role: &Role) -> bool {
        self.roles.0.contains(&role.key)
    }

    /// The file that says the same; none, if nobody is named.
    fn file(&self) -> Option<String> {
        let people = pasted(&self.addresses);
        if people.is_empty() {
            return None;
        }
        let roles = self.roles.0.iter().filter(|role| !role.is_empty()).cloned().collect::<Vec<_>>().join(" ");
        let mut file = line(["email", "name", "language", "state", "roles"]);
        for (name, address) in people {
            file.push_str(&line([address, name, &self.locale, MemberState::Invited.word(), &roles]));
        }
        Some(file)
    }
}

/// The empty form.
pub(crate) async fn show(State(app): State<App>, admitted: Admitted) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let locale = admitted.visit.lang.code().to_owned();
    let typed = Crowd { locale, send_now: Some("yes".to_owned()), ..Crowd::default() };
    Ok(html(page(&app, admitted, typed, FieldErrors::none()).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    typed: Crowd,
    errors: FieldErrors,
) -> webkit::Result<ManyPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let roles = grantable(&app.tenant.blueprint, &visitor.rights).into_iter().cloned().collect();
    Ok(ManyPage { visit, brand: app.brand.clone(), shell, errors, typed, roles })
}

/// Stages them as an import, which shows what it would come to; nobody is invited before the word is given there.
pub(crate) async fn look(
    State(app): State<App>,
    admitted: Admitted,
    Form(typed): Form<Crowd>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let mut errors = FieldErrors::none();
    if Lang::from_tag(&typed.locale).is_none() {
        errors.add("locale", "locale-wrong");
    }
    let Some(file) = typed.file().filter(|_| errors.is_empty()) else {
        if errors.is_empty() {
            errors.add("addresses", "invite-many-none");
        }
        let page = page(&app, admitted, typed, errors).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    };
    let new = NewImport { file_name: NAME.to_owned(), invites: typed.send_now.is_some() };
    let who = (app.context(&admitted.visit), admitted.visitor.member.id);
    match incoming::take(&app, who, new, &mut Plain::new(Body::from(file), app.largest_import)).await {
        Ok(id) => Ok(see_other(&format!("/members/import/{id}"))),
        Err(refused) => {
            let (status, why) = told(&app, refused)?;
            let page = page(&app, admitted, typed, FieldErrors::one("addresses", why)).await?;
            Ok(html_with_status(status, page))
        }
    }
}

/// Names and addresses as people copy them: `Mina Hollis <mina@example.com>, "Hollis, Mina" <mina@example.com>; …`, one a line, or with
/// spaces between. What is no address stays, and is told of as a line that is wrong.
fn pasted(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for part in parts(text).into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        match part.rsplit_once('<') {
            Some((name, address)) => found.push(called(name.trim(), address.trim()).unwrap_or(("", part))),
            None => found.extend(part.split_whitespace().map(|address| ("", address))),
        }
    }
    found
}

/// Whoever has that address, by the name before it. None where more stands before it than a name: another address, of somebody who
/// would be left out.
fn called<'a>(name: &'a str, address: &'a str) -> Option<(&'a str, &'a str)> {
    let unquoted = |quote| name.strip_prefix(quote)?.strip_suffix(quote).filter(|inner: &&str| !inner.contains(quote));
    if let Some(name) = unquoted('"') {
        return Some((name.trim(), address));
    }
    // Mail programs put the address there of whoever has no name.
    let is_address = unquoted('\'').unwrap_or(name).eq_ignore_ascii_case(address);
    let more = !is_address && name.contains(['<', '@']);
    (!more).then_some((if is_address { "" } else { name.trim_matches('"').trim() }, address))
}

/// What stands between separators, or ends an address. One in quotes is none, where the quotes are closed in the same line (RFC 5322 §3.2.4).
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut begins, mut passed) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        if at < passed {
            continue;
        }
        match c {
            '"' => {
                let rest = &text[at + 1..];
                let end = rest.find(['"', '\r', '\n']).filter(|end| rest[*end..].starts_with('"'));
                passed = end.map_or(passed, |end| at + 1 + end + 1);
            }
            ',' | ';' | '>' | '\n' | '\r' | '\t' => {
                parts.push(&text[begins..at]);
                begins = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begins..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_copy_them() {
        let cases: [(&str, &[(&str, &str)]); 15] = [
            ("mina@a.test", &[("", "mina@a.test")]),
            ("mina@a.test, jonas@a.test;lea@a.test", &[("", "mina@a.test"), ("", "jonas@a.test"), ("", "lea@a.test")]),
            (
                "mina@a.test jonas@a.test\r\nlea@a.test\n\n",
                &[("", "mina@a.test"), ("", "jonas@a.test"), ("", "lea@a.test")],
            ),
            ("Mina Hollis <mina@a.test>, <lea@a.test>", &[("Mina Hollis", "mina@a.test"), ("", "lea@a.test")]),
            ("\"Mina Hollis\" < mina@a.test >", &[("Mina Hollis", "mina@a.test")]),
            ("\"Hollis, Mina\" <mina@a.test>; lea@a.test", &[("Hollis, Mina", "mina@a.test"), ("", "lea@a.test")]),
            ("\"Ö; Ä\" <x@a.test>,\"B\"<y@a.test>", &[("Ö; Ä", "x@a.test"), ("B", "y@a.test")]),
            ("5\" nail <x@a.test>, y@a.test\n\"", &[("5\" nail", "x@a.test"), ("", "y@a.test"), ("", "\"")]),
            (
                "Mina Hollis <mina@a.test> Lea Roth <lea@a.test>",
                &[("Mina Hollis", "mina@a.test"), ("Lea Roth", "lea@a.test")],
            ),
            ("mina@a.test <Mina@a.test> 'lea@a.test' <lea@a.test>", &[("", "Mina@a.test"), ("", "lea@a.test")]),
            ("\"Mina @ work\" <mina@a.test>", &[("Mina @ work", "mina@a.test")]),
            // Nobody is left out without a word: such a line is no address.
            ("mina@a.test Lea <lea@a.test>", &[("", "mina@a.test Lea <lea@a.test")]),
            ("5\" nail <x@a.test>, 7\" <y@a.test>", &[("", "5\" nail <x@a.test>, 7\" <y@a.test")]),
            ("mina.a.test", &[("", "mina.a.test")]),
            (" ,;\n", &[]),
        ];
        for (text, people) in cases {
            assert_eq!(pasted(text), people, "{text}");
        }
    }

    #[test]
    fn a_formula_or_a_quote_in_a_name_stays_in_its_cell() {
        let typed = Crowd {
            addresses: "=1+1 \"x\" <mina@a.test>".into(),
            locale: "en".into(),
            roles: Many(vec!["viewer".into(), String::new(), "editor".into()]),
            send_now: None,
        };
        let file = typed.file().unwrap();
        assert_eq!(file, "email,name,language,state,roles\r\nmina@a.test,\"'=1+1 \"\"x\",en,invited,viewer editor\r\n");
        assert_eq!(Crowd::default().file(), None);
    }
}
