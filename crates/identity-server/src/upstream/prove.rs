//! A link that waits is proved by another provider that is linked with the account (DESIGN §4.1): away to it from the page that asks,
//! and back to that very link, in this browser alone (DESIGN §4.5).

use axum::extract::State;
use axum::response::Response;
use identity::linking::{LinkDecision, Ways};
use identity::providers::Provider;
use identity::upstream::{self, Errand, Given, UpstreamLoginId};
use serde::Deserialize;
use webkit::{Failure, Form};

use super::{begin, link, outcome};
use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    login: UpstreamLoginId,
    provider: String,
}

/// Sends the browser to whichever provider the person says is linked: whether it is, nobody is told before it has answered.
pub async fn begin(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(chosen): Form<Chosen>,
) -> webkit::Result<Response> {
    let waiting = link::the_one(link::waiting(&server, &flow).await?, chosen.login)?;
    let (ways, _) = link::asked(&server, &flow, &waiting).await?;
    if ways == Ways::Mail {
        return Err(fault::gone());
    }
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let provider = upstream::prover(&mut conn, &waiting, &chosen.provider).await.map_err(fault::store_failure)?;
    drop(conn);
    let gone = || Failure::gone("provider-gone").title("provider-gone-title").next(flow.page("/link"), "another-way");
    begin::go(&server, &flow, &provider.ok_or_else(gone)?, Errand::Proof(&waiting)).await
}

/// The provider has said who it is. If the link waits still, that counts for it or not; whose account it is, or whether any has this
/// provider, the page does not say.
pub async fn back(
    server: &IdentityServer,
    flow: Flow,
    by: &Provider,
    (login, given): (UpstreamLoginId, Given),
) -> webkit::Result<Response> {
    let waiting = link::the_one(link::waiting(server, &flow).await?, login)?;
    let settled = outcome::settled(server, &flow, &waiting, given).await?;
    if let LinkDecision::Offer(_) = settled.decision {
        let refused = outcome::named(&flow, "link-not-proved", by).code("not_proved");
        return Err(refused.next(flow.page("/link"), "another-way"));
    }
    outcome::after_proof(server, flow, settled, &waiting).await
}
