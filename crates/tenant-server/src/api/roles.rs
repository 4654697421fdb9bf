use serde_json::{Value, json};
use tenant::blueprint::{Granted, Label, Role};
use tenant::roles::may_grant;

use super::problem::Problem;
use super::serve::{Call, Reply};

pub(super) fn label(label: &Label) -> Value {
    json!({ "en": label.en, "de": label.de })
}

/// GET /roles: what roles there are, and which of them the caller may give.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let role = |role: &Role| {
        json!({
            "key": role.key,
            "label": label(&role.label),
            "about": label(&role.about),
            "granted": if role.granted == Granted::ByHand { "by_hand" } else { "by_transfer" },
            "permissions": role.permissions,
            "assignable": may_grant(&call.caller.rights, role),
        })
    };
    let roles: Vec<Value> = call.app.tenant.blueprint.roles.iter().map(role).collect();
    Ok(Reply::ok(json!({ "roles": roles })))
}
