//! What a line of a file changes of somebody, in words (PP-05).

use std::collections::BTreeSet;

use tenant::fields::Field;
use tenant::imports::Difference;
use webkit::Visit;

use super::labels::state_word;
use super::role_labels;
use crate::instance::App;

/// Each change as it is read; nothing, if nothing is changed.
pub(super) fn words(app: &App, visit: &Visit, fields: &[Field], difference: &Difference) -> Vec<String> {
    let blueprint = &app.tenant.blueprint;
    let roles =
        |keys: &BTreeSet<String>| role_labels(visit, blueprint, &Vec::from_iter(keys.iter().cloned())).join(", ");
    let told = |key: &str, name, value: String| visit.t_with(key, [(name, value)]);
    let mut words = Vec::new();
    if let Some(state) = difference.state {
        words.push(told("import-becomes", "state", state_word(visit, blueprint, "state", state.word())));
    }
    for (key, keys) in [("job-gets", &difference.gives), ("job-loses", &difference.takes)] {
        if !keys.is_empty() {
            words.push(told(key, "roles", roles(keys)));
        }
    }
    if let Some(provider) = &difference.provider {
        words.push(told("import-signs-in", "provider", app.providers.latest().name_of(provider).to_owned()));
    }
    if !difference.fields.is_empty() {
        words.push(told("import-fills-in", "fields", labels(visit, fields, &difference.fields)));
    }
    if difference.details {
        words.push(visit.t("import-details"));
    }
    if difference.name_stays {
        words.push(visit.t("import-name-stays"));
    }
    words
}

/// What fields are called; one that is gone since stands with its key.
fn labels(visit: &Visit, fields: &[Field], keys: &BTreeSet<String>) -> String {
    let known = |key: &str| fields.iter().find(|field| field.key == key);
    let labels = keys.iter().map(|key| known(key).map_or(&**key, |field| field.label.text(visit.lang.code())));
    labels.collect::<Vec<_>>().join(", ")
}
