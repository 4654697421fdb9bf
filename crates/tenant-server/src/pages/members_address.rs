//! The list's address: each filter, the search, the columns and the place in the list. Whoever sends the address on, shares the view.

use tenant::blueprint::Blueprint;
use tenant::fields::Field;
use tenant::members::{MemberFilter, PageAfter, Place};
use url::form_urlencoded::{Serializer, parse};
use webkit::Message;

use super::members_columns::Columns;

/// How much of a value that cannot be read is repeated, in characters.
const REPEATED: usize = 60;

/// An address as it was read.
pub(super) struct Address {
    pub filter: MemberFilter,
    pub columns: Columns,
    pub place: Place,
    /// What stands in the search field: the words, or the whole filter where a part of it cannot be read.
    pub typed: String,
    /// Which part of the filter cannot be read, and what could be: then nobody is looked for by the rest. What is no filter, nor
    /// anything else that stands in this address, is such a part: nothing is done to everybody, and no file made, by a slip of the pen.
    pub unread: Option<Message>,
    /// The address that says the same in one way only; `None` if it came so, or says what cannot be read.
    pub canonical: Option<String>,
}

/// Reads a query, for a tenant with these profile fields. A filter that cannot be read is told; a place or a column that there is
/// not is dropped, and never an error (WEB-18).
pub(super) fn read(query: &str, blueprint: &Blueprint, fields: &[Field]) -> Address {
    let (mut filter, mut place, mut search) = (MemberFilter::default(), Place::Start, String::new());
    let (mut languages, mut columns) = (None, String::new());
    let (mut unread, mut all): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (name, value) in parse(query.as_bytes()) {
        match name.as_ref() {
            "q" => search = value.into_owned(),
            "after" => place = PageAfter::parse(&value).map_or(Place::Start, Place::After),
            "before" => place = PageAfter::parse(&value).map_or(Place::Start, Place::Before),
            // The form sends each by itself.
            "columns" => columns = format!("{columns} {value}"),
            // The page's language is no part of the view, and goes with it.
            "ui_locales" => languages = Some(value.into_owned()),
            name => {
                let known = MemberFilter::word_of(name);
                if known.is_some() && value.is_empty() {
                    // What the form sends of a filter that is not on.
                    continue;
                }
                let said = format!("{}:{}", known.map_or_else(|| plain(name), str::to_owned), plain(&value));
                if !filter.set(name, &value, blueprint) {
                    unread.push(said.clone());
                }
                all.push(said);
            }
        }
    }
    // What is typed goes before what was chosen.
    let mut typed = MemberFilter::default();
    unread.extend(typed.search(&search, blueprint));
    let filter = typed.or(filter);
    let columns = Columns::parse(&columns, fields);
    if !unread.is_empty() {
        let long = search.chars().nth(MemberFilter::LONGEST).is_some();
        all.insert(0, search.chars().map(|c| if c.is_control() { ' ' } else { c }).collect());
        let (unread, typed) = (Some(told(&unread, long, blueprint)), all.join(" ").trim().to_owned());
        return Address { canonical: None, filter, columns, place, typed, unread };
    }
    let mut here = write(&filter, &columns, &place);
    if let Some(languages) = languages {
        let language = Serializer::new(String::new()).append_pair("ui_locales", &languages).finish();
        here = format!("{here}{}{language}", if here.contains('?') { '&' } else { '?' });
    }
    let typed = filter.text.clone();
    // As both are read: some clients write `~` where others write `%7E`.
    let is_it = parse(here.split_once('?').unwrap_or_default().1.as_bytes()).eq(parse(query.as_bytes()));
    Address { canonical: (!is_it).then_some(here), filter, columns, place, typed, unread: None }
}

/// A value that may be anything, on one line and of a length that can be read.
fn plain(value: &str) -> String {
    value.chars().take(REPEATED).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What cannot be read, and what would be.
fn told(unread: &[String], long: bool, blueprint: &Blueprint) -> Message {
    if long {
        return Message::new("search-too-long");
    }
    let is_known = |(name, value)| MemberFilter::default().set(name, value, blueprint);
    if unread.iter().all(|word| word.split_once(':').is_some_and(is_known)) {
        return Message::new("filter-twice").with("words", unread.join(", "));
    }
    let mut fits: Vec<String> = Vec::new();
    for word in unread.iter().flat_map(|word| MemberFilter::understood(word, blueprint)) {
        if !fits.contains(&word) {
            fits.push(word);
        }
    }
    Message::new("filter-unread").with("words", unread.join(", ")).with("fits", fits.join(", "))
}

/// The address of a view.
pub(super) fn write(filter: &MemberFilter, columns: &Columns, place: &Place) -> String {
    write_with(filter, &[], columns, place)
}

/// The same with words that are no filters (any more): the page says so, and lists nobody by the rest.
pub(super) fn write_with(filter: &MemberFilter, unread: &[String], columns: &Columns, place: &Place) -> String {
    let mut query = Serializer::new(String::new());
    let mut typed = filter.text.clone();
    for word in unread {
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
            ("inactive=2026-02-28&readonly=yes&provider=", "/members?readonly=true&inactive=2026-02-28"),
            ("after=%00&before='", "/members"),
            ("isLocked=true&ISDELETED=true", "/members?locked=true&lifecycle=deleted"),
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
            assert!(again.unread.is_none(), "{came}");
        }
    }

    #[test]
    fn pp_04_whatever_the_list_writes_into_its_address_is_known_there_and_nothing_else() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        let mut filter = MemberFilter::default();
        let every = "mina state:reviewed isLocked:true lifecycle:active role:viewer isSupportUser:true isFederated:true \
                     provider:corp isReadOnly:true inactiveSince:2026-02-28";
        assert!(filter.search(every, &blueprint).is_empty() && filter.fields().len() == MemberFilter::NAMES.len());
        let (all, place) = (Columns::all(&[]), PageAfter::parse("01900000-0000-7000-8000-000000000000~a").unwrap());
        for place in [Place::After(place.clone()), Place::Before(place)] {
            let written = write(&filter, &all, &place);
            let query = written.strip_prefix("/members?").unwrap();
            for (came, is_strange) in [
                (query.to_owned(), false),
                (format!("{query}&ui_locales=de"), false),
                (format!("{query}&lokced=true"), true),
            ] {
                assert_eq!(read(&came, &blueprint, &[]).unread.is_some(), is_strange, "{came}");
            }
        }
    }

    #[test]
    fn web_18_a_filter_that_cannot_be_read_is_told_and_kept_as_it_was_typed() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        let long = "x".repeat(MemberFilter::LONGEST + 1);
        for (came, typed) in [
            ("q=mina+isHappy:true", "mina isHappy:true"),
            ("locked=maybe", "isLocked:maybe"),
            ("role=viewer&locked=maybe&q=mina", "mina role:viewer isLocked:maybe"),
            ("state=nonsense&lifecycle=%00", "state:nonsense lifecycle:"),
            ("provider=%3Bdrop&support=perhaps", "provider:;drop isSupportUser:perhaps"),
            ("inactive=2026-02-30", "inactiveSince:2026-02-30"),
            ("isLocked=1", "isLocked:1"),
            ("lokced=true&role=viewer&sort=name;drop", "lokced:true role:viewer sort:name;drop"),
            (&*format!("q={long}"), &*long),
        ] {
            let address = read(came, &blueprint, &[]);
            assert!(address.unread.is_some(), "{came}");
            assert_eq!((address.typed.as_str(), address.canonical), (typed, None), "{came}");
        }
        let longest = "x".repeat(MemberFilter::LONGEST);
        let address = read(&format!("q={longest}"), &blueprint, &[]);
        assert_eq!((address.unread.is_none(), address.filter.text), (true, longest), "nothing is cut off");
    }
}
