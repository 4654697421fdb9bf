//! The list's address: each filter, the search, the columns and the place in the list. Whoever sends the address on, shares the view.

use tenant::blueprint::Blueprint;
use tenant::fields::Field;
use tenant::members::{MemberFilter, PageAfter, Place};
use url::form_urlencoded::{Serializer, parse};

use super::members_columns::Columns;

/// The longest text of the search field, in characters.
const LONGEST: usize = 200;

/// An address as it was read.
pub(super) struct Address {
    pub filter: MemberFilter,
    pub columns: Columns,
    pub place: Place,
    /// What looks like a filter and is none.
    pub unknown: Vec<String>,
    /// The address that says the same in one way only; `None` if it came so.
    pub canonical: Option<String>,
}

/// Reads a query, for a tenant with these profile fields. What cannot be understood is dropped or told, and never an error
/// (WEB-18).
pub(super) fn read(query: &str, blueprint: &Blueprint, fields: &[Field]) -> Address {
    let (mut filter, mut place, mut typed) = (MemberFilter::default(), Place::Start, String::new());
    let (mut languages, mut columns) = (None, String::new());
    for (name, value) in parse(query.as_bytes()) {
        match name.as_ref() {
            // As long as the field is; what is cut off is not in the field that comes back.
            "q" => typed = value.chars().take(LONGEST).collect(),
            "after" => place = PageAfter::parse(&value).map_or(Place::Start, Place::After),
            "before" => place = PageAfter::parse(&value).map_or(Place::Start, Place::Before),
            name if MemberFilter::NAMES.contains(&name) => {
                filter.set(name, &value, blueprint);
            }
            // The form sends each by itself.
            "columns" => columns = format!("{columns} {value}"),
            // The page's language is no part of the view, and goes with it.
            "ui_locales" => languages = Some(value.into_owned()),
            _ => {}
        }
    }
    let unknown = filter.search(&typed, blueprint);
    let columns = Columns::parse(&columns, fields);
    let mut here = write_with(&filter, &unknown, &columns, &place);
    if let Some(languages) = languages {
        let language = Serializer::new(String::new()).append_pair("ui_locales", &languages).finish();
        here = format!("{here}{}{language}", if here.contains('?') { '&' } else { '?' });
    }
    let came = if query.is_empty() { "/members".to_owned() } else { format!("/members?{query}") };
    Address { canonical: (here != came).then_some(here), filter, columns, place, unknown }
}

/// The address of a view.
pub(super) fn write(filter: &MemberFilter, columns: &Columns, place: &Place) -> String {
    write_with(filter, &[], columns, place)
}

fn write_with(filter: &MemberFilter, unknown: &[String], columns: &Columns, place: &Place) -> String {
    let mut query = Serializer::new(String::new());
    let mut typed = filter.text.clone();
    for word in unknown {
        typed = format!("{typed} {word}");
    }
    if !typed.trim().is_empty() {
        query.append_pair("q", typed.trim());
    }
    for field in filter.fields() {
        query.append_pair(field.name, &field.value);
    }
    let columns = columns.to_text();
    if !columns.is_empty() {
        query.append_pair("columns", &columns);
    }
    match place {
        Place::Start => {}
        Place::After(at) => {
            query.append_pair("after", &at.to_text());
        }
        Place::Before(at) => {
            query.append_pair("before", &at.to_text());
        }
    }
    let query = query.finish();
    if query.is_empty() { "/members".to_owned() } else { format!("/members?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_has_one_address_and_it_leads_back_to_itself() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        let fields: Vec<Field> = blueprint.fields.iter().map(Field::from).collect();
        let cases = [
            ("", "/members"),
            ("q=&state=&role=&locked=", "/members"),
            ("q=isLocked:true+role:supplier+Hollis", "/members?q=Hollis&locked=true&role=supplier"),
            ("role=supplier&state=to_review", "/members?state=to_review&role=supplier"),
            ("q=mina+isFederated:true", "/members?q=mina&federated=true"),
            ("q=mina+isHappy:true", "/members?q=mina+isHappy%3Atrue"),
            ("inactive=2026-02-28&readonly=yes&provider=", "/members?readonly=true&inactive=2026-02-28"),
            ("state=nonsense&lifecycle=x&after=%00&before='&sort=name;drop", "/members"),
            ("q=%ff%00&q=b", "/members?q=b"),
            ("columns=name&columns=state&columns=field.city&q=", "/members?columns=state+field.city"),
            ("columns=name&columns=email&columns=state&columns=roles&columns=last_sign_in", "/members"),
            ("columns=field.city%20state&role=supplier", "/members?role=supplier&columns=state+field.city"),
            ("columns=name", "/members?columns=name"),
            ("columns=%00'--&columns=x", "/members"),
            ("ui_locales=de", "/members?ui_locales=de"),
            ("ui_locales=de&locked=true", "/members?locked=true&ui_locales=de"),
        ];
        for (came, canonical) in cases {
            let address = read(came, &blueprint, &fields);
            let here = address
                .canonical
                .unwrap_or_else(|| format!("/members{}{came}", if came.is_empty() { "" } else { "?" }));
            assert_eq!(here, canonical, "{came}");
            let query = canonical.strip_prefix("/members").unwrap().trim_start_matches('?');
            let again = read(query, &blueprint, &fields);
            assert_eq!((again.canonical, again.filter), (None, address.filter), "{came}");
            assert_eq!(again.columns, address.columns, "{came}");
        }
    }
}
