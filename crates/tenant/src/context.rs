use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, Timestamp};
use store::MasterKey;
use url::Url;
use uuid::Uuid;

use crate::blueprint::Blueprint;
use crate::providers::Catalogue;
use crate::service_accounts::Service;

/// A tenant as its rules see it.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// First part of every key.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Where it answers; mails link there. Never taken from a request's headers (WEB-04).
    pub base_url: Url,
    /// What kind of tenant it is.
    pub blueprint: Blueprint,
    /// How long new requests are gathered before administrators get a mail of them.
    pub gather_requests_for: Duration,
}

impl Tenant {
    /// The address of a page of this tenant.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        format!("{}/{}", self.base_url.as_str().trim_end_matches('/'), path.trim_start_matches('/'))
    }
}

/// What surrounds one action: where, when, by which request.
#[derive(Clone)]
pub struct Context {
    /// Where.
    pub tenant: Arc<Tenant>,
    /// When. Fixed before the write door, so that a closure that runs again writes the same time.
    pub now: Timestamp,
    /// Ids of new rows.
    pub ambient: Ambient,
    /// Seals mails and what a login needs later.
    pub master_key: Arc<MasterKey>,
    /// The reference id of the request, for the audit log.
    pub reference: Option<String>,
    /// The service account that acts, if it is one.
    pub service: Option<Service>,
    /// The providers that this tenant may name, as last heard; none, where nobody asked.
    pub providers: Arc<Catalogue>,
}

impl Context {
    /// An action of this moment.
    #[must_use]
    pub fn new(tenant: Arc<Tenant>, ambient: Ambient, master_key: Arc<MasterKey>) -> Self {
        let (now, providers) = (ambient.now(), Arc::default());
        Self { tenant, now, ambient, master_key, reference: None, service: None, providers }
    }

    /// Asked for by the request of that reference id.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Done by that service account.
    #[must_use]
    pub fn by_service(mut self, service: Option<Service>) -> Self {
        self.service = service;
        self
    }

    /// With what was heard of providers.
    #[must_use]
    pub fn knowing(mut self, providers: Arc<Catalogue>) -> Self {
        self.providers = providers;
        self
    }

    pub(crate) fn audit(&self, actor: audit::Actor, action: &'static str) -> audit::Entry {
        let service = self.service.as_ref().filter(|service| actor == audit::Actor::Member(service.member.0));
        let actor = service.map_or(actor, |service| audit::Actor::Client(service.client_id.clone()));
        let mut entry = audit::Entry::new(&self.ambient, actor, action);
        entry.reference.clone_from(&self.reference);
        entry
    }
}
