//! What groups give, in words: on the page of a member, and in the log.

use audit::Line;
use serde_json::Value as Json;
use tenant::groups::Given;
use webkit::{Value, Visit};

use super::role_labels;
use crate::instance::App;

/// "by group `staff` of Contoso"
pub(super) fn by_group(app: &App, visit: &Visit, given: &Given) -> String {
    let provider = app.providers.latest().name_of(&given.provider).to_owned();
    visit.t_with("role-by-group", [("group", Value::from(given.group.clone())), ("provider", provider.into())])
}

/// The sentence of an entry about groups; none: it is about something else.
pub(super) fn sentence(app: &App, visit: &Visit, line: &Line) -> Option<String> {
    let text = |name: &str| line.detail.get(name).and_then(Json::as_str).unwrap_or_default();
    match line.action.as_str() {
        "group.mapped" => one(app, visit, "event-group-mapped-one", &line.detail),
        "group.unmapped" => one(app, visit, "event-group-unmapped-one", &line.detail),
        "member.roles_by_group" => {
            let list = |name: &str| line.detail.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
            let given = list("given").into_iter().map(|it| ("event-role-given-by-group", it));
            let taken = list("taken").into_iter().map(|it| ("event-role-ended-by-group", it));
            let told: Vec<String> = given.chain(taken).filter_map(|(key, it)| one(app, visit, key, &it)).collect();
            Some(told.join(" ")).filter(|told| !told.is_empty())
        }
        "member.groups_unread" => {
            let provider = app.providers.latest().name_of(text("provider")).to_owned();
            let left_out = line.detail.get("left_out").and_then(Json::as_i64).unwrap_or_default();
            let key = match text("why") {
                "too_many" => "groups-missing-too-many",
                "unfit" => "groups-missing-unfit",
                "elsewhere" => "groups-missing-elsewhere",
                _ => "groups-missing-no-list",
            };
            Some(visit.t_with(key, [("provider", Value::from(provider)), ("n", left_out.into())]))
        }
        _ => None,
    }
}

fn one(app: &App, visit: &Visit, key: &'static str, detail: &Json) -> Option<String> {
    let text = |name: &str| detail.get(name).and_then(Json::as_str).map(str::to_owned);
    let role = role_labels(visit, &app.tenant.blueprint, &[text("role")?]).pop()?;
    let provider = app.providers.latest().name_of(&text("provider")?).to_owned();
    let args = [("role", Value::from(role)), ("group", text("group")?.into()), ("provider", provider.into())];
    Some(visit.t_with(key, args))
}
