//! The list's address: each filter, the search and the place in the list. Whoever sends the address on, shares the view.

use tenant::blueprint::Blueprint;
use tenant::members::{MemberFilter, PageAfter, Place};
use url::form_urlencoded::{Serializer, parse};

/// An address as it was read.
pub(super) struct Address {
    pub filter: MemberFilter,
    pub place: Place,
    /// What looks like a filter and is none.
    pub unknown: Vec<String>,
    /// The address that says the same in one way only; `None` if it came so.
    pub canonical: Option<String>,
}

/// Reads a query. What cannot be understood is dropped or told, and never an error (WEB-18).
pub(super) fn read(query: &str, blueprint: &Blueprint) -> Address {
    let (mut filter, mut place, mut typed) = (MemberFilter::default(), Place::Start, String::new());
    let mut language = None;
    for (name, value) in parse(query.as_bytes()) {
        match name.as_ref() {
            "q" => typed = value.into_owned(),
            "ui_locales" => language = Some(value.into_owned()),
            "after" => place = PageAfter::parse(&value).map_or(Place::Start, Place::After),
            "before" => place = PageAfter::parse(&value).map_or(Place::Start, Place::Before),
            "state" | "locked" | "lifecycle" | "role" => {
                filter.set(&name, &value, blueprint);
            }
            _ => {}
        }
    }
    let unknown = filter.search(&typed, blueprint);
    let mut here = write_with(&filter, &unknown, &place);
    if let Some(language) = language {
        // The language that whoever sent them here asks for, as on every page.
        let between = if here.contains('?') { '&' } else { '?' };
        let asked = Serializer::new(String::new()).append_pair("ui_locales", &language).finish();
        here = format!("{here}{between}{asked}");
    }
    let came = if query.is_empty() { "/members".to_owned() } else { format!("/members?{query}") };
    Address { canonical: (here != came).then_some(here), filter, place, unknown }
}

/// The address of a view.
pub(super) fn write(filter: &MemberFilter, place: &Place) -> String {
    write_with(filter, &[], place)
}

fn write_with(filter: &MemberFilter, unknown: &[String], place: &Place) -> String {
    let mut query = Serializer::new(String::new());
    let mut typed = filter.text.clone();
    for word in unknown {
        typed = format!("{typed} {word}");
    }
    let (state, lifecycle) = (filter.state.map(|it| it.word()), filter.lifecycle.map(|it| it.word()));
    let locked = filter.locked.map(|locked| if locked { "true" } else { "false" });
    let fields = [("state", state), ("locked", locked), ("lifecycle", lifecycle), ("role", filter.role.as_deref())];
    for (name, value) in [("q", Some(typed.trim()).filter(|typed| !typed.is_empty()))].into_iter().chain(fields) {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
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
        let cases = [
            ("", "/members"),
            ("q=&state=&role=&locked=", "/members"),
            ("q=isLocked:true+role:supplier+Hollis", "/members?q=Hollis&locked=true&role=supplier"),
            ("role=supplier&state=to_review", "/members?state=to_review&role=supplier"),
            ("q=mina+isFederated:true", "/members?q=mina+isFederated%3Atrue"),
            ("state=nonsense&lifecycle=x&after=%00&before='&sort=name;drop", "/members"),
            ("q=%ff%00&q=b", "/members?q=b"),
            ("ui_locales=de&q=mina", "/members?q=mina&ui_locales=de"),
            ("ui_locales=de", "/members?ui_locales=de"),
        ];
        for (came, canonical) in cases {
            let address = read(came, &blueprint);
            let here = address
                .canonical
                .unwrap_or_else(|| format!("/members{}{came}", if came.is_empty() { "" } else { "?" }));
            assert_eq!(here, canonical, "{came}");
            let again = read(canonical.strip_prefix("/members").unwrap().trim_start_matches('?'), &blueprint);
            assert_eq!((again.canonical, again.filter), (None, address.filter), "{came}");
        }
    }
}
