use std::time::Duration;

use identity::{Fault, Identity, keys, logout};
use jobs::{Progress, Worker};
use outbound::Request;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::state::IdentityServer;

/// How many logout tokens are on their way at once.
const BATCH: i64 = 20;

/// Tells applications about logouts (OpenID Connect Back-Channel Logout §2.5).
pub fn logout_deliveries(server: &IdentityServer, cancel: &CancellationToken) -> Worker {
    let (wake, server) = (server.identity.logout_wake.clone(), server.clone());
    Worker::spawn("logout deliveries", cancel, wake, Duration::from_secs(2), move || {
        let server = server.clone();
        async move { deliver_logouts(&server).await }
    })
}

/// Makes the keys that are due.
pub fn key_rotation(server: &IdentityServer, cancel: &CancellationToken) -> Worker {
    let identity = server.identity.clone();
    Worker::spawn("key rotation", cancel, jobs::Wake::new(), Duration::from_secs(60 * 60), move || {
        let identity = identity.clone();
        async move { keys::rotate(&identity).await.map(|()| Progress::Idle) }
    })
}

/// Removes what has expired.
pub fn housekeeping(server: &IdentityServer, cancel: &CancellationToken) -> Worker {
    let identity = server.identity.clone();
    Worker::spawn("housekeeping", cancel, jobs::Wake::new(), Duration::from_secs(10 * 60), move || {
        let identity = identity.clone();
        async move {
            let more = identity::housekeeping::sweep(&identity).await?;
            Ok::<_, store::StoreError>(if more { Progress::More } else { Progress::Idle })
        }
    })
}

/// Ends what ends with a tenant, an application or a provider: grants, sessions, those at applications, a deleted tenant's data.
pub fn endings(server: &IdentityServer, cancel: &CancellationToken) -> Worker {
    let (wake, identity) = (server.identity.ending_wake.clone(), server.identity.clone());
    Worker::spawn("endings", cancel, wake, Duration::from_secs(10), move || {
        let identity = identity.clone();
        async move {
            let more = end_some(&identity).await?;
            Ok::<_, Fault>(if more { Progress::More } else { Progress::Idle })
        }
    })
}

/// One batch of each kind of ending.
pub async fn end_some(identity: &Identity) -> Result<bool, Fault> {
    Ok(identity::tenants::end_some(identity).await?
        | identity::clients::end_some(identity).await?
        | identity::providers::end_some(identity).await?)
}

/// One batch of logout tokens.
pub async fn deliver_logouts(server: &IdentityServer) -> Result<Progress, Fault> {
    let deliveries = logout::lease(&server.identity, BATCH).await?;
    let more = !deliveries.is_empty();
    // Side by side: an application that hangs holds up nobody else's.
    let sent = futures_util::future::join_all(deliveries.iter().map(|delivery| deliver(server, delivery))).await;
    sent.into_iter().collect::<Result<(), Fault>>()?;
    Ok(if more { Progress::More } else { Progress::Idle })
}

async fn deliver(server: &IdentityServer, delivery: &logout::Delivery) -> Result<(), Fault> {
    if heard(server, delivery).await {
        logout::delivered(&server.identity, delivery).await
    } else {
        logout::failed(&server.identity, delivery).await
    }
}

async fn heard(server: &IdentityServer, delivery: &logout::Delivery) -> bool {
    let Ok(uri) = Url::parse(&delivery.uri) else { return false };
    let request = Request::form(uri, [("logout_token", delivery.token.as_str())]);
    match server.outbound.of_clients().send(request).await {
        // 204 is common, 200 the specification's word (§2.8); 400 means that it will never be taken.
        Ok(response) if response.status.is_success() || response.status.as_u16() == 400 => true,
        Ok(response) => {
            tracing::warn!(status = %response.status, uri = delivery.uri, "a logout token was not taken");
            false
        }
        Err(error) => {
            tracing::warn!(%error, uri = delivery.uri, "a logout token was not delivered");
            false
        }
    }
}
