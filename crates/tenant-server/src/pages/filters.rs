use tenant::blueprint::Blueprint;
use tenant::lifecycle::Axis;
use tenant::members::{Authorization, Field, MemberFilter, Place, Stage};
use tenant::providers::Catalogue;
use webkit::Visit;

use super::members_address::write;
use super::members_columns::Columns;
use super::{axis_title, state_word};
use crate::instance::App;

/// A filter that is on, with the address of the list without it.
pub(super) struct Chip {
    pub label: String,
    pub without: String,
}

/// One choice of a filter.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A filter as one chooses it from a menu.
pub(super) struct Menu {
    pub name: &'static str,
    pub label: String,
    pub choices: Vec<Choice>,
}

/// The filters as one chooses them, and as chips.
pub(super) struct Filters {
    pub chips: Vec<Chip>,
    pub menus: Vec<Menu>,
    /// Of *inactive since*: a day, or nothing.
    pub inactive: String,
}

impl Filters {
    pub(super) fn new(
        (app, visit): (&App, &Visit),
        known: &Catalogue,
        filter: &MemberFilter,
        columns: &Columns,
    ) -> Self {
        let menus = menus(app, visit, known, &filter.fields());
        let chip = |field: &Field| Chip {
            label: format!("{}: {}", label(visit, &app.tenant.blueprint, field.name), value(&menus, field)),
            without: write(&filter.without(field.name), columns, &Place::Start),
        };
        let chips = filter.fields().iter().map(chip).collect();
        Self { chips, menus, inactive: filter.inactive_since.map(|since| since.day()).unwrap_or_default() }
    }
}

/// What a filter is called.
fn label(visit: &Visit, blueprint: &Blueprint, name: &str) -> String {
    let axis = |axis| axis_title(visit, blueprint, axis);
    match name {
        "state" => axis(Axis::Authorization),
        "locked" => axis(Axis::Locked),
        "lifecycle" => axis(Axis::Lifecycle),
        "role" => visit.t("role"),
        "support" => visit.t("filter-support"),
        "federated" => visit.t("filter-federated"),
        "provider" => visit.t("filter-provider"),
        "readonly" => visit.t("filter-readonly"),
        _ => visit.t("filter-inactive"),
    }
}

/// What a filter asks for, as the menu says it; what has no menu says itself.
fn value(menus: &[Menu], field: &Field) -> String {
    let menu = menus.iter().find(|menu| menu.name == field.name);
    let choice = menu.and_then(|menu| menu.choices.iter().find(|choice| choice.chosen));
    choice.map_or_else(|| field.value.clone(), |choice| choice.label.clone())
}

fn menus(app: &App, visit: &Visit, known: &Catalogue, on: &[Field]) -> Vec<Menu> {
    let (blueprint, lang) = (&app.tenant.blueprint, visit.lang.code());
    let menu = |name: &'static str, choices: Vec<(String, String)>| {
        let chosen = on.iter().find(|field| field.name == name).map(|field| field.value.as_str());
        let choice = |(value, label): (String, String)| Choice { chosen: chosen == Some(&*value), value, label };
        Menu { name, label: label(visit, blueprint, name), choices: choices.into_iter().map(choice).collect() }
    };
    let truth = || vec![("true".to_owned(), visit.t("locked-yes")), ("false".to_owned(), visit.t("locked-no"))];
    let words = |axis: &str, words: &[&str]| {
        words.iter().map(|word| ((*word).to_owned(), state_word(visit, blueprint, axis, word))).collect()
    };
    let states: Vec<&str> = Authorization::ALL.iter().map(|state| state.word()).collect();
    let stages: Vec<&str> = Stage::ALL.iter().map(|stage| stage.word()).collect();
    let roles = blueprint.roles.iter().map(|role| (role.key.clone(), role.label.text(lang).to_owned()));
    let mut menus = vec![
        menu("state", words("authorization", &states)),
        menu("locked", truth()),
        menu("lifecycle", words("lifecycle", &stages)),
        menu("role", roles.collect()),
        menu("federated", truth()),
        menu("readonly", truth()),
    ];
    let providers = providers(known, on);
    if !providers.is_empty() {
        menus.push(menu("provider", providers));
    }
    if blueprint.support().is_some() {
        menus.push(menu("support", truth()));
    }
    menus
}

/// Those that may be named, and the one that is asked for: it may be gone, and its members are not.
fn providers(known: &Catalogue, on: &[Field]) -> Vec<(String, String)> {
    let asked = on.iter().find(|field| field.name == "provider").map(|field| field.value.clone());
    let gone = asked.filter(|key| known.get(key).is_none()).map(|key| (key.clone(), key));
    let named = known.all().iter().map(|provider| (provider.key.clone(), provider.name.clone()));
    named.chain(gone).collect()
}
