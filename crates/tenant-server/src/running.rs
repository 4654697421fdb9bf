use std::sync::PoisonError;

use axum::Router;
use jobs::Worker;
use store::Store;
use tenant::groups::Given;
use tenant::members::{self, MemberId, Profile, Seed};
use tenant::{groups, keys, terms};
use tokio_util::sync::CancellationToken;

use crate::delivery::{self, DeliverError, Delivered};
use crate::hosts::{self, Hosts};
use crate::instance::App;
use crate::slot::Open;
use crate::{SeedError, SeedMember, TenantServer, directory, lease};

impl TenantServer {
    /// Where the tenants themselves are listed: a database that answers as long as this server can work.
    #[must_use]
    pub fn control(&self) -> &Store {
        &self.0.control
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// All tenants, by `Host`. Serve it at each tenant's address.
    pub fn router(&self) -> Router {
        hosts::router(self)
    }

    /// Starts what goes on in the background, for each tenant: mails, snapshots, gathered notices, housekeeping, sealing of the
    /// audit log. Cancel the token, then await [`Worker::stopped`].
    #[must_use]
    pub fn spawn_workers(&self, cancel: &CancellationToken) -> Vec<Worker> {
        *self.0.background.lock().unwrap_or_else(PoisonError::into_inner) = Some(cancel.clone());
        let mut workers = Vec::new();
        for slot in self.0.hosts.all() {
            if let (Some(open), Some(served)) = (slot.open(), slot.served()) {
                let token = cancel.child_token();
                workers.extend(delivery::spawn(&open.app, &token));
                slot.exchange(served, Some(Open { workers: token, ..open }));
            }
        }
        // These open tenants too: they come last, so that no tenant's workers are started twice.
        workers.push(lease::spawn(self, cancel));
        workers.extend(directory::spawn(self, cancel));
        workers
    }

    /// Waits for the workers of tenants that were opened while it ran, after the token was cancelled.
    pub async fn stopped(&self) {
        let late = std::mem::take(&mut *self.0.late.lock().unwrap_or_else(PoisonError::into_inner));
        for worker in late {
            worker.stopped().await;
        }
    }

    /// Delivers everything that waits in open tenants, without waiting itself; for tests. Notices go out whether due or not.
    ///
    /// # Errors
    /// [`DeliverError`]; what was not delivered waits on.
    pub async fn deliver_all(&self) -> Result<Delivered, DeliverError> {
        let mut all = Delivered::default();
        for app in self.apps() {
            all += delivery::deliver(&app).await?;
        }
        Ok(all)
    }

    /// Seals every tenant's audit log up to here, once; for tests, which wait for nothing.
    ///
    /// # Errors
    /// [`audit::SealError`].
    pub async fn seal_audit(&self) -> Result<(), audit::SealError> {
        for app in self.apps() {
            while app.sealer.seal(app.tenant.id).await? == jobs::Progress::More {}
        }
        Ok(())
    }

    /// The public keys to register at the identity server for a tenant's client, as a JWK set.
    #[must_use]
    pub fn client_jwks(&self, slug: &str) -> Option<serde_json::Value> {
        let jwk = keys::public(&self.find(slug)?.key).ok()?;
        serde_json::to_value(jose::JwkSet { keys: vec![jwk] }).ok()
    }

    /// The open tenants.
    pub(crate) fn apps(&self) -> Vec<App> {
        self.0.hosts.all().iter().filter_map(|slot| slot.app()).collect()
    }

    /// Makes a member, unless one with the subject is there.
    ///
    /// # Errors
    /// [`SeedError`].
    pub async fn seed_member(&self, slug: &str, member: SeedMember) -> Result<MemberId, SeedError> {
        let app = self.find(slug).ok_or_else(|| SeedError::UnknownTenant(slug.to_owned()))?;
        let profile = Profile::new(&member.given_name, &member.family_name, &member.email, &member.locale, None);
        let seed =
            Seed { subject: member.subject, profile, state: member.state, roles: member.roles, reason: member.reason };
        let id = members::seed(&app.store, app.background(), seed).await?;
        app.ring();
        Ok(id)
    }

    /// Publishes the first version of a tenant's terms or privacy policy, unless it has one.
    ///
    /// # Errors
    /// [`SeedError`].
    pub async fn seed_terms(&self, slug: &str, first: terms::Draft) -> Result<(), SeedError> {
        let app = self.find(slug).ok_or_else(|| SeedError::UnknownTenant(slug.to_owned()))?;
        Ok(terms::seed(&app.store, app.background(), first).await?)
    }

    /// Lets groups of one provider give roles, as one member has said it; another one is in all of them. Unless that was seeded.
    ///
    /// # Errors
    /// [`SeedError`].
    pub async fn seed_groups(&self, slug: &str, who: (MemberId, MemberId), given: Vec<Given>) -> Result<(), SeedError> {
        let app = self.find(slug).ok_or_else(|| SeedError::UnknownTenant(slug.to_owned()))?;
        groups::seed(&app.store, app.background(), who, given).await?;
        app.ring();
        Ok(())
    }

    pub(crate) fn find(&self, slug: &str) -> Option<App> {
        self.0.hosts.called(slug)?.app()
    }
}
