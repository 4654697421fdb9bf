//! What bodies and answers look like (JSON Schema 2020-12, as OpenAPI 3.1 takes it). Tests compare them with what is sent.

use serde_json::{Map, Value, json};
use tenant::blueprint::SeatClass;
use tenant::groups::Rest;
use tenant::imports::ImportState;
use tenant::lifecycle::Refusal;
use tenant::members::{Authorization, Lifecycle, MemberKind, MemberState};

use super::imports;
use super::{schemas_jobs as jobs, schemas_people as people, schemas_providers as own, schemas_settings as settings};

/// An object of exactly these members; those that end in `?` may be left out.
pub(super) fn object(members: &[(&str, Value)]) -> Value {
    let name = |name: &str| name.trim_end_matches('?').to_owned();
    let properties: Map<String, Value> = members.iter().map(|(key, schema)| (name(key), schema.clone())).collect();
    let required: Vec<&str> = members.iter().map(|(key, _)| *key).filter(|key| !key.ends_with('?')).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

pub(super) fn or_null(kind: &str) -> Value {
    json!({ "type": [kind, "null"] })
}

pub(super) fn id() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

pub(super) fn id_or_null() -> Value {
    json!({ "type": ["string", "null"], "format": "uuid" })
}

pub(super) fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

pub(super) fn time_or_null() -> Value {
    json!({ "type": ["string", "null"], "format": "date-time" })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

pub(super) fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

pub(super) fn words(words: Vec<&str>) -> Value {
    json!({ "type": "string", "enum": words })
}

pub(super) fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

pub(super) fn of(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// Profile fields by their keys, which are the tenant's own.
pub(super) fn values() -> Value {
    json!({ "type": "object", "additionalProperties": text(), "description": "Profile fields; an empty text empties one." })
}

/// A list with the place of its next page.
pub(super) fn page(name: &str, schema: &str) -> Value {
    object(&[(name, list(of(schema))), ("next", or_null("string"))])
}

pub(super) fn schemas() -> Value {
    let mut all = Map::new();
    let people = people::answers().into_iter().chain(people::bodies());
    let settings = settings::answers().into_iter().chain(settings::bodies());
    for (name, schema) in answers().into_iter().chain(bodies()).chain(people).chain(settings) {
        all.insert(name.to_owned(), schema);
    }
    all.into()
}

fn answers() -> Vec<(&'static str, Value)> {
    let members = [("members", list(of("Member"))), ("next", or_null("string")), ("total", or_null("integer"))];
    let done = [("changed", flag()), ("member", of("MemberTold"))];
    vec![
        ("Problem", problem()),
        ("Member", member()),
        (
            "MemberReference",
            object(&[("id", id()), ("state", words(MemberState::ALL.iter().map(|state| state.word()).collect()))]),
        ),
        ("MemberTold", member_told()),
        ("MemberPage", object(&members)),
        ("MemberLine", people::member_line()),
        ("Done", object(&done)),
        ("Provider", provider()),
        ("OwnProvider", own::own_provider()),
        ("ProviderTest", object(&[("ok", flag()), ("checks", list(of("ProviderCheck")))])),
        ("ProviderCheck", own::provider_check()),
        ("ProviderRemoved", object(&[("removed", flag()), ("stranded", number())])),
        ("ProviderList", object(&[("providers", list(of("Provider")))])),
        ("Newcomers", object(&[("provider", provider_or_platform())])),
        ("NewcomersSet", object(&[("changed", flag()), ("provider", provider_or_platform())])),
        ("GroupList", group_list(false)),
        ("GroupsChanged", group_list(true)),
        ("Role", role()),
        ("RoleList", object(&[("roles", list(of("Role")))])),
        ("Job", jobs::job()),
        ("JobDetails", jobs::job_details()),
        ("JobChange", jobs::job_change()),
        ("JobPage", page("jobs", "Job")),
        ("JobItem", jobs::job_item()),
        ("JobItemPage", page("items", "JobItem")),
        ("Import", import()),
        ("ImportPage", page("imports", "Import")),
        ("ImportLine", import_line()),
        ("ImportLinePage", page("lines", "ImportLine")),
        ("AuditEntry", audit_entry()),
        ("AuditPage", page("entries", "AuditEntry")),
        ("ServiceAccount", service_account()),
        ("ServiceAccountPage", page("service_accounts", "ServiceAccount")),
    ]
}

fn member_told() -> Value {
    let about = "Who somebody is, the scope `members:read` tells; without it, this is a reference alone.";
    json!({ "oneOf": [of("Member"), of("MemberReference")], "description": about })
}

fn problem() -> Value {
    let refusals: Vec<&str> = Refusal::ALL.iter().map(|refusal| refusal.word()).collect();
    let code = json!({ "type": "string", "description": format!("Does not change. A member's state or the caller's rights: {}.", refusals.join(", ")) });
    let status = number();
    let mut problem = object(&[
        ("type", text()),
        ("title", text()),
        ("status", status),
        ("code?", code),
        ("detail", text()),
        ("reference", text()),
        ("member?", id()),
    ]);
    if let Some(problem) = problem.as_object_mut() {
        problem.remove("additionalProperties");
    }
    problem
}

fn member() -> Value {
    object(&[
        ("id", id()),
        ("kind", kind()),
        ("name", text()),
        ("given_name", text()),
        ("family_name", text()),
        ("email", text()),
        // The provider by whose word alone that address is theirs; null: it was proved, or an administrator typed it.
        ("email_stated_by", or_null("string")),
        ("locale", text()),
        ("state", words(MemberState::ALL.iter().map(|state| state.word()).collect())),
        ("authorization", words(Authorization::ALL.iter().map(|state| state.word()).collect())),
        ("locked", flag()),
        ("lifecycle", words(Lifecycle::ALL.iter().map(|state| state.word()).collect())),
        ("roles", list(text())),
        ("roles_by_group", list(text())),
        // Roles alone decide what a member counts as.
        ("seat_class", words(SeatClass::ALL.iter().map(|class| class.word()).collect())),
        ("requested_at", time_or_null()),
        ("created_at", time()),
        ("changed_at", time()),
        ("last_sign_in", time_or_null()),
        ("deleted_at", time_or_null()),
        ("provider", or_null("string")),
        ("provider_since", time_or_null()),
        ("break_glass", flag()),
        // Who keeps the record elsewhere: it is neither edited nor deleted here.
        ("kept_by", or_null("string")),
        // Not in lists.
        ("fields?", values()),
    ])
}

/// A service account is a member too: without an address, and with its name as the family name.
pub(super) fn kind() -> Value {
    words(MemberKind::ALL.iter().map(|kind| kind.word()).collect())
}

fn provider() -> Value {
    object(&[
        ("key", text()),
        ("name", text()),
        ("owner", words(vec!["platform", "tenant"])),
        ("preset", text()),
        ("enabled", flag()),
        ("fields", list(text())),
    ])
}

fn group_list(changed: bool) -> Value {
    let group = object(&[
        ("group", text()),
        ("role", text()),
        ("made_by", id()),
        ("made_at", time()),
        // Why it gives nothing; null: it gives the role.
        (
            "rests",
            json!({ "type": ["string", "null"], "enum": Rest::ALL.iter().map(|why| Some(why.word())).chain([None]).collect::<Vec<_>>() }),
        ),
    ]);
    let list = [("provider", text()), ("groups", list(group)), ("changed", flag())];
    object(if changed { &list } else { list.get(..2).unwrap_or_default() })
}

/// What names a provider in bodies.
pub(super) fn provider_or_platform() -> Value {
    json!({ "type": "string", "description": "A provider's key; `platform`: whatever their account allows." })
}

/// What people read, in each language.
pub(super) fn label() -> Value {
    object(&[("en", text()), ("de", text())])
}

fn role() -> Value {
    object(&[
        ("key", text()),
        ("label", label()),
        ("about", label()),
        ("granted", words(vec!["by_hand", "by_transfer"])),
        ("permissions", list(text())),
        ("assignable", flag()),
    ])
}

fn import() -> Value {
    let tally = object(&imports::standings().into_iter().map(|outcome| (outcome, number())).collect::<Vec<_>>());
    object(&[
        ("id", id()),
        ("file_name", text()),
        ("ignored_columns", list(text())),
        ("invites", flag()),
        ("state", words(ImportState::ALL.iter().map(|state| state.word()).collect())),
        ("made_by", id()),
        ("made_at", time()),
        ("started_at", time_or_null()),
        ("ended_at", time_or_null()),
        ("lines", number()),
        ("ahead", tally.clone()),
        ("behind", tally),
    ])
}

fn or_nothing(schema: Value) -> Value {
    json!({ "oneOf": [schema, { "type": "null" }] })
}

/// What a line changes of somebody, or brings whoever is new.
fn import_change() -> Value {
    object(&[
        ("state?", words(MemberState::ALL.iter().map(|state| state.word()).collect())),
        ("gives?", list(text())),
        ("takes?", list(text())),
        ("provider?", text()),
        ("fields?", list(text())),
        ("details?", flag()),
        ("name_stays?", flag()),
    ])
}

fn import_line() -> Value {
    let mut problem = object(&[("code", text()), ("column", or_null("string")), ("detail", or_null("string"))]);
    if let Some(problem) = problem.as_object_mut() {
        let about = "What is wrong with it. Of a line that is to be done: what will stand in its way, unless a line before it clears that.";
        problem.insert("description".to_owned(), about.into());
    }
    let outcomes: Vec<_> = imports::outcomes().into_iter().map(Some).chain([None]).collect();
    object(&[
        ("line", number()),
        ("email", or_null("string")),
        ("name", or_null("string")),
        ("member", id_or_null()),
        ("done", flag()),
        ("change", or_nothing(import_change())),
        ("outcome", json!({ "type": ["string", "null"], "enum": outcomes })),
        ("problem", or_nothing(problem)),
    ])
}

fn audit_entry() -> Value {
    let target = object(&[("kind", text()), ("id", or_null("string"))]);
    let member = json!({
        "type": ["string", "null"], "format": "uuid",
        "description": "The member who acted: a service account's, where the actor is its client.",
    });
    object(&[
        ("id", id()),
        ("at", time()),
        ("actor", object(&[("kind", text()), ("id", or_null("string")), ("member", member)])),
        ("action", text()),
        ("target", json!({ "oneOf": [target, { "type": "null" }] })),
        ("reference", or_null("string")),
        ("detail", json!({ "type": "object" })),
        // With members:read alone; a reason for whoever reviews.
        ("personal", json!({ "type": "object", "additionalProperties": { "type": "string" } })),
    ])
}

fn service_account() -> Value {
    object(&[("client_id", text()), ("name", text()), ("member", id()), ("made_by", id()), ("made_at", time())])
}

fn switch_provider() -> Value {
    let subject = json!({ "type": "string", "maxLength": 255, "description": "The only subject there that may claim the member." });
    object(&[("provider", provider_or_platform()), ("compromised?", flag()), ("subject?", subject)])
}

fn name_of_invited() -> Value {
    json!({ "type": "string", "description": "Required, unless new members come in by one provider (`getNewcomers`): it says what they are called." })
}

fn bodies() -> Vec<(&'static str, Value)> {
    let invite = object(&[
        ("given_name?", name_of_invited()),
        ("family_name?", name_of_invited()),
        ("email", json!({ "type": "string", "format": "email" })),
        ("locale", text()),
        ("roles?", list(text())),
        ("message?", text()),
        ("send?", flag()),
    ]);
    vec![
        ("Invite", invite),
        ("Approve", object(&[("roles?", list(text()))])),
        ("Reject", object(&[("reason", text())])),
        ("AssignRoles", object(&[("roles", list(text())), ("how?", jobs::how())])),
        ("EditFields", object(&[("fields", values())])),
        ("SwitchProvider", switch_provider()),
        ("SetNewcomers", object(&[("provider", provider_or_platform())])),
        ("NewProvider", own::new_provider()),
        ("ChangeProvider", own::change_provider()),
        ("MapClaims", own::map_claims()),
        ("TurnKey", own::turn_key()),
        ("RemoveProvider", object(&[("confirm_stranded?", flag())])),
        ("MapGroup", object(&[("group", text()), ("role", text()), ("confirm?", flag())])),
        ("UnmapGroup", object(&[("group", text()), ("role", text())])),
        ("BreakGlass", object(&[("on", flag())])),
        ("NewJob", jobs::new_job()),
        ("StartImport", object(&[("reopen?", flag())])),
        ("NewServiceAccount", object(&[("name", text()), ("client_id", text()), ("roles", list(text()))])),
    ]
}
