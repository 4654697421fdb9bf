use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::page::Page;

/// A form as a browser would send it.
pub struct Filled {
    pub action: Url,
    pub fields: Vec<(String, String)>,
}

/// The form whose submit button has this id, filled with what stands in it and then with `entries`.
///
/// Fails when there is no such button, or an entry has no field: a test must not post what a person could not.
#[track_caller]
pub fn fill(page: &Page, button: &str, entries: &[(&str, &str)]) -> Filled {
    let html = Html::parse_document(&page.body);
    let pressed =
        one(&html, &format!("button[id='{button}']")).unwrap_or_else(|| panic!("no button #{button} on {page:?}"));
    let form = pressed.ancestors().filter_map(ElementRef::wrap).find(|it| it.value().name() == "form");
    let form = form.unwrap_or_else(|| panic!("#{button} is in no form"));
    assert_eq!(form.value().attr("method"), Some("post"), "#{button}");
    let action = form.value().attr("action").map_or_else(|| page.url.clone(), |to| page.url.join(to).unwrap());
    let mut fields = fields(form);
    if let (Some(name), Some(value)) = (pressed.value().attr("name"), pressed.value().attr("value")) {
        fields.push((name.to_owned(), value.to_owned()));
    }
    for (name, value) in entries {
        if let Some(field) = fields.iter_mut().find(|(known, _)| known == name) {
            field.1 = (*value).to_owned();
        } else if has_tick(form, name, value) {
            fields.push(((*name).to_owned(), (*value).to_owned()));
        } else {
            panic!("no field {name} beside #{button}");
        }
    }
    Filled { action, fields }
}

fn one<'a>(html: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).next()
}

/// Whether the form has such a box, or button of a choice, that can be ticked.
fn has_tick(form: ElementRef<'_>, name: &str, value: &str) -> bool {
    let ticks = Selector::parse("input[type=checkbox], input[type=radio]").unwrap();
    form.select(&ticks).any(|it| (it.value().attr("name"), it.value().attr("value")) == (Some(name), Some(value)))
}

fn fields(form: ElementRef<'_>) -> Vec<(String, String)> {
    let named = Selector::parse("input[name], textarea[name], select[name]").unwrap();
    let mut fields = Vec::new();
    for field in form.select(&named) {
        let name = field.value().attr("name").unwrap().to_owned();
        let value = match field.value().name() {
            "textarea" => field.text().collect::<String>().trim_start_matches('\n').to_owned(),
            "select" => chosen(field),
            _ => field.value().attr("value").unwrap_or_default().to_owned(),
        };
        let tick = matches!(field.value().attr("type"), Some("checkbox" | "radio"));
        if !tick || field.value().attr("checked").is_some() {
            fields.push((name, value));
        }
    }
    fields
}

fn chosen(select: ElementRef<'_>) -> String {
    let options = Selector::parse("option").unwrap();
    let option = select
        .select(&options)
        .find(|option| option.value().attr("selected").is_some())
        .or_else(|| select.select(&options).next());
    option.and_then(|option| option.value().attr("value")).unwrap_or_default().to_owned()
}
