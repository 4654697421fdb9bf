use ambient::{SecretHash, Timestamp};
use store::{StoreError, params};

use super::{Away, UpstreamLoginId};
use crate::accounts::{AccountId, EmailAddress};
use crate::authorize::InteractionId;
use crate::invitations::InvitationId;
use crate::linking::{ExternalIdentity, LinkDecision, Login, Ready, Settled, Vouched, decide, gather, settle};
use crate::providers::{self, Provider, ProviderId};
use crate::sessions::{Device, Session};
use crate::tenants::TenantId;
use crate::{Fault, Identity};

/// Where an answer of a provider is looked at: the tenant that the login leads to, and the browser.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The tenant.
    pub tenant: Option<TenantId>,
    /// This browser's living sessions, of every scope.
    pub sessions: &'a [Session],
    /// The device.
    pub device: &'a Device,
    /// What the page shows if it ends here.
    pub reference: &'a str,
    /// The invitation whose link led here.
    pub invitation: Option<InvitationId>,
}

impl Place<'_> {
    fn accepting(&self, identity: &Identity) -> Option<(InvitationId, Timestamp)> {
        self.invitation.map(|id| (id, identity.ambient.now()))
    }

    fn ready(&self, identity: &Identity, id: UpstreamLoginId, login: Login) -> Ready {
        let own = self.sessions.iter().map(|session| (session.id, session.account.id, session.scope));
        Ready {
            login,
            away: id,
            browser_sessions: own.collect(),
            device: self.device.clone(),
            lifetimes: identity.settings.sessions,
            reference: self.reference.to_owned(),
        }
    }
}

/// The provider has said who it is: that is kept, and decided on. For a link, the proof is the session's: it was asked for
/// before the browser was sent away.
///
/// # Errors
/// [`Fault`].
pub async fn back(identity: &Identity, away: &Away, who: ExternalIdentity, place: Place<'_>) -> Result<Settled, Fault> {
    let kept = params![away.id, serde_json::to_string(&who)?];
    identity
        .store
        .write::<_, _, StoreError, _>(kept, |tx, kept| {
            Box::pin(tx.execute("UPDATE upstream_login SET identity = $2 WHERE id = $1", kept.clone()))
        })
        .await?;
    // Who began must be signed in here still (LK-01): another person's browser links nothing, whatever it brings.
    let linking = away.linking.map(|(account, epoch)| {
        let here = place.sessions.iter().any(|session| session.account.id == account && session.scope.is_none());
        (account, if here { epoch } else { -1 })
    });
    let login = Login {
        provider: away.provider.clone(),
        version: away.version,
        tenant: place.tenant,
        who,
        linking,
        mailed: None,
        by_mail: false,
        credential: linking,
        vouched: None,
        accepting: place.accepting(identity),
    };
    settle(identity, place.ready(identity, away.id, login)).await
}

/// A login that waits for a proof, in the browser that began it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its row.
    pub id: UpstreamLoginId,
    /// Where it came from.
    pub provider: Provider,
    /// Who it is there.
    pub who: ExternalIdentity,
    /// Whose proof it waits for, under which epoch; none: for the proof of an address.
    pub candidate: Option<(AccountId, i64)>,
    /// The address that a mail has proved on the way.
    pub(super) mailed: Option<EmailAddress>,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: UpstreamLoginId,
    provider_id: ProviderId,
    version: i64,
    identity: String,
    candidate: Option<AccountId>,
    candidate_epoch: Option<i64>,
    mailed: Option<String>,
}

/// What waits in this interaction of this browser.
///
/// # Errors
/// [`Fault`].
pub async fn waiting(identity: &Identity, interaction: InteractionId, browser: &str) -> Result<Option<Waiting>, Fault> {
    let mut conn = identity.store.read().await?;
    let row: Option<Row> = conn
        .maybe(
            "SELECT id, provider_id, version, identity, candidate, candidate_epoch,
                    (SELECT email FROM upstream_mail WHERE login_id = upstream_login.id AND used_at IS NOT NULL
                     ORDER BY used_at DESC LIMIT 1) AS mailed
             FROM upstream_login
             WHERE interaction_id = $1 AND browser_hash = $2 AND identity IS NOT NULL AND finished_at IS NULL
                AND expires_at > $3 AND linking IS NULL
             ORDER BY returned_at DESC LIMIT 1",
            params![interaction, SecretHash::of(browser), identity.ambient.now()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let Some(provider) = providers::find_by_id(&mut conn, row.provider_id).await? else { return Ok(None) };
    Ok(Some(Waiting {
        id: row.id,
        provider,
        who: serde_json::from_str(&row.identity)?,
        candidate: row.candidate.zip(row.candidate_epoch),
        mailed: row.mailed.as_deref().and_then(EmailAddress::parse),
        version: row.version,
    }))
}

/// What the person has proved on the way.
#[derive(Debug, Clone)]
pub enum Given {
    /// Nothing yet.
    Nothing,
    /// A credential of this account, under this epoch.
    Credential(AccountId, i64),
    /// Who they are at another provider, which was asked for this.
    Provider(Box<Vouched>),
    /// This address, by a mail that was followed.
    Mail(EmailAddress),
}

impl Waiting {
    fn login(&self, tenant: Option<TenantId>, given: Given, accepting: Option<(InvitationId, Timestamp)>) -> Login {
        // What a mail has proved stays proved of the address; as the proof of an account it counts when it was followed.
        let by_mail = matches!(given, Given::Mail(_));
        let before = self.mailed.clone();
        let (credential, vouched, mailed) = match given {
            Given::Nothing => (None, None, before),
            Given::Credential(account, epoch) => (Some((account, epoch)), None, before),
            Given::Provider(vouched) => (None, Some(*vouched), before),
            Given::Mail(email) => (None, None, Some(email)),
        };
        Login {
            provider: self.provider.clone(),
            version: self.version,
            tenant,
            who: self.who.clone(),
            linking: None,
            mailed,
            by_mail,
            credential,
            vouched,
            accepting,
        }
    }
}

/// What is asked for now, and of whom; nothing is done.
///
/// # Errors
/// [`Fault`].
pub async fn question(
    identity: &Identity,
    waiting: &Waiting,
    (tenant, invitation): (Option<TenantId>, Option<InvitationId>),
) -> Result<(LinkDecision, Option<AccountId>), Fault> {
    let accepting = invitation.map(|id| (id, identity.ambient.now()));
    let login = waiting.login(tenant, Given::Nothing, accepting);
    let gathered = gather(&mut identity.store.read().await?, &login).await?;
    Ok((decide(&gathered.facts), gathered.account))
}

/// Decides anew: a proof of the candidate was given, or an address was proved by mail.
///
/// # Errors
/// [`Fault`].
pub async fn prove(identity: &Identity, waiting: &Waiting, given: Given, place: Place<'_>) -> Result<Settled, Fault> {
    let login = waiting.login(place.tenant, given, place.accepting(identity));
    settle(identity, place.ready(identity, waiting.id, login)).await
}
