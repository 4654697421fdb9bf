//! What exactly a job does, and to each of its people (PP-05).

use oidc::scope::MEMBERS_READ;
use serde_json::{Value, json};
use tenant::batches::{Batch, Change};
use tenant::blueprint::permission;
use tenant::lifecycle::Deed;

use super::problem::Problem;
use super::serve::Call;
use crate::pages::provider::PLATFORM;

/// As `NewJob` takes them. One that takes another back has none of its own: each of its items knows.
pub(super) fn details(call: &Call, batch: &Batch) -> Result<Value, Problem> {
    if batch.undo_of.is_some() {
        return Ok(Value::Null);
    }
    Ok(match batch.deed()? {
        Deed::Approve { roles } => json!({ "roles": roles }),
        Deed::Roles { how, roles } => json!({ "how": how, "roles": roles }),
        // Reasons are for those who decide on them.
        Deed::Reject { reason } if reads_reasons(call) => json!({ "reason": reason }),
        Deed::Switch { to, compromised, .. } => json!({ "provider": provider(to), "compromised": compromised }),
        _ => json!({}),
    })
}

/// Whether the caller may know why somebody was turned down.
pub(super) fn reads_reasons(call: &Call) -> bool {
    call.caller.has_scope(MEMBERS_READ) && call.caller.needs(&[permission::MEMBERS_REVIEW]).is_ok()
}

fn provider(key: Option<String>) -> String {
    key.unwrap_or_else(|| PLATFORM.to_owned())
}

/// What changes, or has changed, for one of them.
pub(super) fn change(change: Change) -> Value {
    match change {
        Change::Roles { give, take } => json!({ "gives": give, "takes": take }),
        Change::Provider { from, to } => json!({ "from": provider(from), "to": provider(to) }),
    }
}
