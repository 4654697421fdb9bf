use std::ops::Deref;
use std::sync::Arc;

use audit::Sealer;
use axum::extract::FromRef;
use identity::Identity;
use identity::tenants::TenantId;
use mail::{Postman, Sender, Transport};
use relying_party::Upstreams;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use webkit::{Kit, KitConfig};

use crate::discovery::Documents;
use crate::reach::Reach;
use crate::tenant_api::Underway;
use crate::workers;

/// What the server needs beside the rules.
pub struct ServerConfig {
    /// The rules with their database, keys and settings.
    pub identity: Identity,
    /// The guarded clients: whom it may ask.
    pub outbound: Reach,
    /// Where mails leave.
    pub mail: Arc<dyn Transport>,
    /// Whom they come from.
    pub sender: Sender,
}

/// The identity server. Cheap to clone.
#[derive(Clone)]
pub struct IdentityServer(Arc<Parts>);

/// How many keys for providers are made at once: each keeps a processor busy for up to a second.
const MAKERS: usize = 2;

/// What its handlers and workers share.
pub struct Parts {
    pub(crate) identity: Identity,
    pub(crate) kit: Kit,
    pub(crate) outbound: Reach,
    pub(crate) documents: Documents,
    /// Whose members are being written.
    pub(crate) underway: Underway,
    /// Whose providers are being tested.
    pub(crate) testing: Underway,
    /// For whose providers something is made that takes long.
    pub(crate) making: Underway,
    /// How many of those at once.
    pub(crate) makers: Arc<Semaphore>,
    pub(crate) upstreams: Upstreams,
    mail: Arc<dyn Transport>,
    sender: Sender,
    sealer: Arc<Sealer>,
}

impl IdentityServer {
    /// Puts the pieces together; nothing runs yet.
    #[must_use]
    pub fn new(config: ServerConfig) -> Self {
        let identity = config.identity;
        let kit = Kit::new(KitConfig {
            texts: &crate::TEXTS,
            product: identity.settings.product.clone(),
            cookie_prefix: "lk_identity".to_owned(),
            secure: identity.settings.issuer.scheme() == "https",
            csrf_key: identity.master_key.derive("identity csrf"),
            ambient: identity.ambient.clone(),
        });
        let sealer = Sealer::new(identity.store.clone(), &identity.master_key, identity.ambient.clone());
        let (mail, sender, sealer) = (config.mail, config.sender, Arc::new(sealer));
        let documents = Documents::new(&kit, identity.settings.issuer());
        Self(Arc::new(Parts {
            identity,
            kit,
            outbound: config.outbound,
            documents,
            underway: Underway::default(),
            testing: Underway::default(),
            making: Underway::default(),
            makers: Arc::new(Semaphore::new(MAKERS)),
            upstreams: Upstreams::default(),
            mail,
            sender,
            sealer,
        }))
    }

    /// The rules, for the command line and the demo.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// Takes a tenant's turn for as long as it is kept; none, if somebody has it. Meanwhile its requests are told to come later.
    #[must_use]
    pub fn turn_of(&self, tenant: TenantId) -> Option<impl Send + use<>> {
        self.0.underway.begin(tenant)
    }

    /// Starts what runs beside requests: mails, logout deliveries, key rotation, the sealing of the audit log.
    #[must_use]
    pub fn spawn_workers(&self, cancel: &CancellationToken) -> Vec<jobs::Worker> {
        vec![
            self.postman().run(self.identity.mail_wake.clone(), cancel),
            workers::logout_deliveries(self, cancel),
            workers::endings(self, cancel),
            workers::key_rotation(self, cancel),
            workers::housekeeping(self, cancel),
            Arc::clone(&self.sealer).run_all(cancel),
        ]
    }

    /// Sends everything that is due now, once; for tests, which wait for nothing.
    ///
    /// # Errors
    /// What the rounds say.
    pub async fn settle(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        while matches!(self.postman().round().await?, jobs::Progress::More) {}
        while workers::end_some(&self.identity).await? {}
        while matches!(workers::deliver_logouts(self).await?, jobs::Progress::More) {}
        Ok(())
    }

    /// Seals the audit log up to here, once; for tests, which wait for nothing.
    ///
    /// # Errors
    /// [`audit::SealError`].
    pub async fn seal_audit(&self) -> Result<(), audit::SealError> {
        let stop = CancellationToken::new();
        while matches!(self.sealer.seal_all(&stop).await?, jobs::Progress::More) {}
        Ok(())
    }

    fn postman(&self) -> Postman {
        Postman::new(
            self.identity.store.clone(),
            Arc::clone(&self.identity.master_key),
            self.identity.ambient.clone(),
            Arc::clone(&self.mail),
            self.sender.clone(),
        )
    }

    /// Over https the prefix ties the cookie to this very host (RFC 6265bis §4.1.3.2).
    pub(crate) fn session_cookie(&self) -> String {
        let prefix = if self.kit.is_secure() { "__Host-" } else { "" };
        format!("{prefix}lk_identity_session")
    }
}

impl Deref for IdentityServer {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<IdentityServer> for Kit {
    fn from_ref(server: &IdentityServer) -> Self {
        server.kit.clone()
    }
}
