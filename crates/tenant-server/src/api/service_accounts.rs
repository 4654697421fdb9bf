use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};
use tenant::service_accounts::{self, NewServiceAccount, ServiceAccount};

use super::cursor::{Client, Cursor, page};
use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};

fn account(account: &ServiceAccount) -> Value {
    json!({
        "client_id": account.client_id,
        "name": account.name,
        "member": account.member_id,
        "made_by": account.made_by,
        "made_at": time(Some(account.made_at)),
    })
}

/// GET /service-accounts
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let (after, limit) = (Client::read(call.query.cursor())?, call.query.limit());
    let after = after.map_or_else(String::new, |client| client.0);
    let found = service_accounts::list(&mut call.app.store.read().await?, &after, limit).await?;
    let (found, next) = page(found, limit, |last| Client(last.client_id.clone()));
    Ok(Reply::ok(json!({ "service_accounts": found.iter().map(account).collect::<Vec<_>>(), "next": next })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    client_id: String,
    roles: BTreeSet<String>,
}

/// POST /service-accounts
pub(super) async fn create(call: Call) -> Result<Reply, Problem> {
    let New { name, client_id, roles } = call.json()?;
    let new = NewServiceAccount { name, client_id: client_id.clone(), roles: roles.into_iter().collect() };
    if !service_accounts::is_fit(&new) {
        return Err(Problem::unfit("name: 1 to 80 characters on one line; client_id: as the identity server gave it"));
    }
    let name = new.name.clone();
    let context = call.context();
    let (by, at) = (call.caller.id(), context.now);
    let id = service_accounts::create(&call.app.store, context, by, new).await?;
    let made = ServiceAccount { client_id, member_id: id, name, made_by: by, made_at: at };
    Ok(Reply::created(account(&made)))
}
