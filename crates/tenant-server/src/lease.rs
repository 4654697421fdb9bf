//! The lease (DESIGN §3.5): once a minute this server says that all it told of its tenants' members is complete, leaving out
//! the tenants whose outbox is stuck. Five minutes without it, and the identity server gives nothing to their applications.
//!
//! ```text
//! renew(stuck ones left out) ──▶ the identity server is there
//!    └─ some were stuck? ──▶ their outboxes are due now, delivered ──▶ renew again
//! the answer tells what has changed about the tenants: their pages follow
//! ```

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ambient::Timestamp;
use axum::http::StatusCode;
use jobs::{Progress, Worker};
use outbound::Request;
use serde::{Deserialize, Serialize};
use tenant::control::{self, Change, Issuer};
use tenant::snapshots::{hasten, unheard_since};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::TenantServer;
use crate::delivery::{DeliverError, reconcile};
use crate::instance::App;
use crate::rp::{RelyingParty, RpError};

/// How often a lease is renewed.
const EVERY: Duration = Duration::from_mins(1);
/// How soon it is tried again when it failed.
const AGAIN: Duration = Duration::from_secs(10);
/// How long a change of a member may wait unheard before its tenant is left out.
const STUCK_AFTER: Duration = Duration::from_mins(2);

/// This server as a client, for each identity server.
#[derive(Default)]
pub(crate) struct Leases(Mutex<HashMap<String, Arc<RelyingParty>>>);

#[derive(Serialize)]
struct Told<'a> {
    withheld: &'a [Uuid],
    heard_at: Timestamp,
}

#[derive(Deserialize)]
struct Renewal {
    heard_at: Timestamp,
    changes: Vec<Change>,
    more: bool,
}

/// One worker for the whole server.
pub(crate) fn spawn(server: &TenantServer, cancel: &CancellationToken) -> Worker {
    let (server, wake, stop) = (server.clone(), server.0.lease_wake.clone(), cancel.clone());
    Worker::spawn("tenant lease", cancel, wake, EVERY, move || {
        let (server, stop) = (server.clone(), stop.clone());
        async move {
            if let Err(error) = server.renew_leases().await {
                tracing::warn!(%error, "a lease could not be renewed");
                let _stopped = stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await;
                return Ok::<_, DeliverError>(Progress::More);
            }
            Ok(Progress::Idle)
        }
    })
}

impl TenantServer {
    /// Renews the lease at every identity server where this server is enrolled, and takes over what they tell.
    ///
    /// # Errors
    /// [`DeliverError`]: the first that failed; the others were tried too.
    pub async fn renew_leases(&self) -> Result<(), DeliverError> {
        // A tenant that another process serves, and that this one has not heard of, would not be left out.
        self.catch_up().await?;
        let issuers = control::issuers(&mut self.0.control.read().await?).await?;
        let mut failed = None;
        for issuer in issuers {
            if let Err(error) = self.renew(issuer).await {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn renew(&self, mut issuer: Issuer) -> Result<(), DeliverError> {
        let party = self.party(&issuer).await;
        let stuck = self.stuck(&issuer).await?;
        self.tell(&party, &mut issuer, &stuck).await?;
        if stuck.is_empty() {
            return Ok(());
        }
        // It is there: what waited for it need not wait any longer.
        for app in self.apps().into_iter().filter(|app| stuck.contains(&app.tenant.id)) {
            hasten(&app.store, app.kit.ambient().now()).await?;
            if let Err(error) = reconcile(&app).await {
                tracing::warn!(%error, tenant = %app.tenant.slug, "an outbox is stuck");
            }
        }
        let still = self.stuck(&issuer).await?;
        if still.len() < stuck.len() { self.tell(&party, &mut issuer, &still).await } else { Ok(()) }
    }

    /// Renews, and hears everything that there is to hear.
    async fn tell(&self, party: &RelyingParty, issuer: &mut Issuer, withheld: &[Uuid]) -> Result<(), DeliverError> {
        loop {
            let told = Told { withheld, heard_at: issuer.heard_at };
            let renewal = send(party, &issuer.issuer, &told).await?;
            let changed = control::hear(&self.0.control, &issuer.issuer, renewal.changes, renewal.heard_at).await?;
            for served in changed {
                if let Err(error) = self.follow(served).await {
                    tracing::error!(%error, "a tenant's news cannot be taken over");
                }
            }
            issuer.heard_at = renewal.heard_at;
            if !renewal.more {
                break;
            }
        }
        // A picture that does not come is no reason to lose the lease: the next renewal asks again.
        if let Err(error) = self.fetch_logos(party, &issuer.issuer).await {
            tracing::warn!(%error, "a tenant's logo could not be fetched");
        }
        Ok(())
    }

    /// The tenants of an identity server that must be left out: their changes were not heard, or they may have some and
    /// cannot be opened.
    async fn stuck(&self, issuer: &Issuer) -> Result<Vec<Uuid>, DeliverError> {
        let mut stuck = Vec::new();
        for slot in self.hosts().all() {
            let Some(served) = slot.served().filter(|served| served.issuer == issuer.issuer) else { continue };
            let app = match slot.app() {
                None if served.marked => self.opened(&slot).await.map(|open| Some(open.app)),
                app => Ok(app),
            };
            let is_stuck = match app {
                Ok(Some(app)) => is_stuck(&app).await,
                Ok(None) => false,
                Err(error) => {
                    tracing::warn!(%error, "a tenant with something to deliver cannot be opened");
                    true
                }
            };
            if is_stuck {
                stuck.push(served.id);
            }
        }
        Ok(stuck)
    }

    async fn party(&self, issuer: &Issuer) -> Arc<RelyingParty> {
        let mut known = self.0.leases.0.lock().await;
        let config = &self.0.config;
        let fresh = || {
            let (http, ambient) = (config.http.clone(), config.ambient.clone());
            Arc::new(RelyingParty::of_server(&issuer.issuer, &issuer.client_id, &self.0.key, http, ambient))
        };
        let party = known.entry(issuer.issuer.clone()).or_insert_with(fresh);
        if party.client_id() != issuer.client_id {
            *party = fresh();
        }
        party.clone()
    }
}

/// A database that cannot be read is as good as stuck.
async fn is_stuck(app: &App) -> bool {
    let since = async { unheard_since(&mut app.store.read().await?).await };
    match since.await {
        Ok(since) => since.is_some_and(|since| app.kit.ambient().now().since(since) >= STUCK_AFTER),
        Err(error) => {
            tracing::warn!(%error, tenant = %app.tenant.slug, "an outbox cannot be read");
            true
        }
    }
}

async fn send(party: &RelyingParty, issuer: &str, told: &Told<'_>) -> Result<Renewal, RpError> {
    let away = |error: &dyn std::fmt::Display| RpError::Away(error.to_string());
    let token = party.client_token().await?;
    let url = Url::parse(&format!("{}/api/v1/tenant-servers/lease", issuer.trim_end_matches('/')));
    let request = Request::json(url.map_err(|error| away(&error))?, told).map_err(|error| away(&error))?;
    let request = request.bearer(&token).map_err(|error| away(&error))?;
    let response = party.http().send(request).await.map_err(|error| away(&error))?;
    match response.status {
        StatusCode::OK => response.json().map_err(|error| away(&error)),
        StatusCode::UNAUTHORIZED => {
            party.forget_client_token().await;
            Err(RpError::Refused("the server's access token".to_owned()))
        }
        status => Err(RpError::Refused(format!("lease: {status}"))),
    }
}
