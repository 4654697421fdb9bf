//! What is said of one member beside the deeds: who keeps their record.

use serde::Deserialize;
use tenant::lifecycle::{self, Done, Keeper};
use tenant::members::MemberId;

use super::members::told;
use super::problem::Problem;
use super::serve::{Call, Reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameKeeper {
    /// It has to be there: what says nothing releases nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    kept_by: Option<String>,
}

/// POST /members/{id}/keeper
pub(super) async fn name_keeper(call: Call) -> Result<Reply, Problem> {
    let NameKeeper { kept_by } = call.json()?;
    let unfit = || Problem::unfit("kept_by: one line of 1 to 80 characters, or null");
    let keeper = kept_by.map(|text| Keeper::parse(&text).ok_or_else(unfit)).transpose()?;
    let id = MemberId(call.uuid()?);
    let done = lifecycle::name_keeper(&call.app.store, call.context(), call.caller.id(), id, keeper).await?;
    told(call, id, done != Done::Unchanged).await
}
