//! By what a link that waits may be proved (DESIGN §4.1), as far as a page may say so.

use store::{Conn, StoreError, params};

use super::{Away, Given, UpstreamLoginId, Waiting};
use crate::accounts::{Account, EmailAddress};
use crate::linking::{ExternalIdentity, Scope, Vouched};
use crate::passwords;
use crate::providers::{self, Provider, ProviderId, Shown};

/// What a page offers to prove a link by.
#[derive(Debug, Clone)]
pub struct Means {
    /// A field for the password.
    pub password: bool,
    /// Other providers.
    pub providers: Vec<Provider>,
    /// Whether this is what the account has, and no guess.
    pub known: bool,
}

/// How an account signs in is nobody's to learn before its address is proved by our mail (DESIGN §3.2, §4.11): a provider's word for
/// an address is no such proof, since a tenant's own says what its tenant likes. So until then the page offers the same for every
/// account: the password, and whatever provider a sign-in page would offer to anybody with this address. After the mail it
/// offers what there is.
///
/// # Errors
/// The database's.
pub async fn means(conn: &mut Conn, waiting: &Waiting, account: &Account) -> Result<Means, StoreError> {
    let address = EmailAddress::parse(&account.email);
    let key = |email: &EmailAddress| email.key().to_owned();
    let known = waiting.mailed.as_ref().map(key).is_some_and(|mailed| address.as_ref().map(key) == Some(mailed));
    let others = providers::usable(conn, None).await?.into_iter().filter(|it| it.id != waiting.provider.id);
    if known {
        let linked: Vec<(ProviderId,)> = conn
            .all(
                "SELECT provider_id FROM external_identity WHERE account_id = $1 AND scope_id = $2 LIMIT $3",
                params![account.id, Scope::Everywhere.id(None), providers::MOST],
            )
            .await?;
        let providers = others.filter(|it| linked.iter().any(|(id,)| *id == it.id)).collect();
        return Ok(Means { password: passwords::has_one(conn, account.id).await?, providers, known });
    }
    let of_domain = match &address {
        Some(email) => providers::of_domain(conn, None, email.domain()).await?.map(|provider| provider.id),
        None => None,
    };
    let providers = others.filter(|it| it.shown != Shown::Hidden || Some(it.id) == of_domain).collect();
    Ok(Means { password: true, providers, known })
}

/// A provider by which this link may be proved, whether the account has it or not: who was asked decides. A tenant's own vouches
/// for nobody's account, and the one that waits not for itself.
///
/// # Errors
/// The database's.
pub async fn prover(conn: &mut Conn, waiting: &Waiting, key: &str) -> Result<Option<Provider>, StoreError> {
    let found = providers::own(conn, None, key).await?;
    Ok(found.filter(|provider| provider.serves(None) && provider.id != waiting.provider.id))
}

impl Away {
    /// The link that this is to prove, and what is given for it by who the provider says it is.
    #[must_use]
    pub fn given(&self, who: &ExternalIdentity) -> Option<(UpstreamLoginId, Given)> {
        let (login, epoch) = self.proves?;
        let vouched = Vouched { provider: self.provider.id, version: self.version, who: who.clone(), epoch };
        Some((login, Given::Provider(Box::new(vouched))))
    }
}
