//! What [`decide`](super::decide()) has to know, read in the transaction that acts on it.

use store::{Conn, StoreError, params};
use uuid::Uuid;

use super::ties::{self, ExternalIdentity, TieId};
use super::{Address, Candidate, Claim, Facts, Invitation, Owner, Policy, Proof, Purpose, Scope, Tie};
use ambient::Timestamp;

use crate::accounts::{AccountId, EmailAddress};
use crate::invitations::{self, InvitationId, Offered};
use crate::providers::{self, Provider, ProviderId};
use crate::recovery;
use crate::tenants::TenantId;

/// One login that is back from a provider.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub provider: Provider,
    /// Its provider's version when the browser was sent there.
    pub version: i64,
    /// Where it leads to.
    pub tenant: Option<TenantId>,
    /// Who the provider says it is.
    pub who: ExternalIdentity,
    /// Whose identity it is to become, under which credential epoch: for [`Purpose::Link`].
    pub linking: Option<(AccountId, i64)>,
    /// An address that a mail of ours has proved on the way.
    pub mailed: Option<EmailAddress>,
    /// Whether that mail was followed just now.
    pub by_mail: bool,
    /// Whose credential was proved, under which epoch.
    pub credential: Option<(AccountId, i64)>,
    /// Another provider's word, given to prove this one's link.
    pub vouched: Option<Vouched>,
    /// The invitation that it is to accept, and when.
    pub accepting: Option<(InvitationId, Timestamp)>,
}

/// Who somebody is at another provider, which was asked to prove a link that waits.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// That provider.
    pub provider: ProviderId,
    /// Its version when the browser was sent there.
    pub version: i64,
    /// Whom it named.
    pub who: ExternalIdentity,
    /// The candidate's credential epoch then.
    pub epoch: i64,
}

/// The facts, and the rows that they speak of.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub facts: Facts,
    /// The candidate's.
    pub account: Option<AccountId>,
    pub epoch: i64,
    /// The tie that the identity has, if it is the candidate's.
    pub tie: Option<TieId>,
    /// The address that counts, if one does.
    pub email: Option<EmailAddress>,
}

/// An account in question.
#[derive(sqlx::FromRow)]
struct Known {
    id: AccountId,
    epoch: i64,
    email_key: String,
    scope_id: Option<Uuid>,
    provider_id: Option<ProviderId>,
    compromised: bool,
    has_password: bool,
    has_linked: bool,
    member_provider: Option<String>,
    member_compromised: Option<bool>,
    member_spent: Option<bool>,
}

/// A statement that reads an account with its membership in the tenant `$1` (the nil id: none), and whether it has a usable provider
/// everywhere (`$3`) beside `$4`.
macro_rules! known {
    ($where:literal) => {
        concat!(
            "SELECT account.id, account.epoch, account.email_key, account.scope_id, account.provider_id, account.compromised,
                    password.account_id IS NOT NULL AS has_password,
                    EXISTS (SELECT 1 FROM external_identity linked JOIN provider ON provider.id = linked.provider_id
                        WHERE linked.account_id = account.id AND linked.scope_id = $3 AND provider.id <> $4
                            AND provider.tenant_id IS NULL AND provider.disabled_at IS NULL
                            AND provider.deleted_at IS NULL) AS has_linked,
                    membership.provider AS member_provider, membership.compromised AS member_compromised,
                    membership.spent AS member_spent
             FROM account
             LEFT JOIN password ON password.account_id = account.id
             LEFT JOIN subject ON subject.sector_id = $1 AND subject.account_id = account.id
             LEFT JOIN membership ON membership.tenant_id = $1 AND membership.subject = subject.subject
             WHERE ",
            $where
        )
    };
}

/// Reads the facts.
///
/// # Errors
/// The database's.
pub(crate) async fn gather(conn: &mut Conn, login: &Login) -> Result<Gathered, StoreError> {
    let owner = if login.provider.tenant.is_some() { Owner::Tenant } else { Owner::Platform };
    let current = providers::find_by_id(conn, login.provider.id).await?;
    let (invitation, invited) = invitation(conn, login).await?;
    let (address, email) = invited.map_or_else(|| address(login), |email| (Address::Mailed, Some(email)));
    let tied = ties::tied(conn, login.provider.id, &login.who, login.tenant).await?;
    let in_scope = |scope: Scope| tied.iter().find(|tied| tied.scope_id == scope.id(login.tenant)).copied();
    // On the way to a tenant, what its own rows say comes first: who opens it is its business.
    let found = in_scope(Scope::Tenant).or_else(|| in_scope(Scope::Everywhere));
    let known = match (login.linking, found, &email) {
        (Some((account, _)), ..) => by_id(conn, login, account).await?,
        (None, Some(found), _) => by_id(conn, login, found.account_id).await?,
        (None, None, Some(email)) => by_address(conn, login, owner, email).await?,
        (None, None, None) => None,
    };
    let everywhere = in_scope(Scope::Everywhere);
    let tie = match (&known, found) {
        (_, None) => Tie::None,
        (Some(known), Some(_)) if everywhere.is_some_and(|tied| tied.account_id == known.id) => Tie::Account,
        (Some(known), Some(found)) if found.account_id == known.id => Tie::Member,
        _ => Tie::Elsewhere,
    };
    let candidate = match &known {
        Some(known) => Some(candidate(conn, login, owner, known).await?),
        None => None,
    };
    let proof = match &known {
        Some(known) => proof(conn, login, known).await?,
        None => Proof::None,
    };
    let facts = Facts {
        purpose: if login.linking.is_some() { Purpose::Link } else { Purpose::SignIn },
        // As it is in this transaction: it may have been disabled while it was answering (LK-13).
        usable: current.is_some_and(|current| current.serves(login.tenant) && current.version == login.version),
        owner,
        tie,
        address,
        invitation,
        candidate,
        same_person: login.linking.is_none_or(|who| known.as_ref().is_some_and(|known| known.is(who))),
        proof,
    };
    Ok(Gathered {
        facts,
        account: known.as_ref().map(|known| known.id),
        epoch: known.as_ref().map_or(0, |known| known.epoch),
        tie: everywhere.filter(|_| tie == Tie::Account).or(found).map(|tied| tied.id),
        email: email.filter(|_| matches!(address, Address::Trusted | Address::Mailed)),
    })
}

/// How it stands to the invitation that it was begun from, and the invited address, if it fits. What the provider says of the
/// address is worth nothing more here, nor is anything less: whoever followed the link has read the mail.
async fn invitation(conn: &mut Conn, login: &Login) -> Result<(Invitation, Option<EmailAddress>), StoreError> {
    let Some((id, now)) = login.accepting.filter(|_| login.linking.is_none()) else {
        return Ok((Invitation::None, None));
    };
    let Some(offered) = invitations::offered(conn, login.tenant, id, now).await? else {
        return Ok((Invitation::Over, None));
    };
    if offered.provider.as_ref() != Some(&login.provider.key) {
        return Ok((Invitation::None, None));
    }
    Ok(match is_invited(login, &offered) {
        true => (Invitation::Fits, Some(offered.email)),
        false => (Invitation::SomebodyElse, None),
    })
}

/// Whom a tenant names at its own provider is its business. At a platform's, where this makes a way in everywhere, the name counts
/// beside the address: else a tenant could have somebody's account made with another's key.
fn is_invited(login: &Login, offered: &Offered) -> bool {
    let is_named = offered.preset.as_ref().is_none_or(|preset| *preset == login.who.subject);
    if offered.preset.is_some() && login.provider.tenant.is_some() {
        return is_named;
    }
    let stated = login.who.email.as_deref().and_then(EmailAddress::parse);
    is_named && stated.is_some_and(|stated| stated.key() == offered.email.key())
}

/// The address that is looked at, and what it is worth.
fn address(login: &Login) -> (Address, Option<EmailAddress>) {
    if let Some(mailed) = &login.mailed {
        return (Address::Mailed, Some(mailed.clone()));
    }
    let stated = login.who.email.as_deref();
    let Some(email) = stated.and_then(EmailAddress::parse) else { return (Address::Absent, None) };
    let trusted = login.who.email_verified && login.provider.is_trusted_for(email.domain());
    // An address that is worth nothing leads to nobody: who has it is not even looked up.
    if trusted { (Address::Trusted, Some(email)) } else { (Address::Untrusted, None) }
}

async fn by_id(conn: &mut Conn, login: &Login, id: AccountId) -> Result<Option<Known>, StoreError> {
    let (tenant, everywhere) = (login.tenant.map_or(Uuid::nil(), |tenant| tenant.0), Scope::Everywhere.id(None));
    conn.maybe(known!("account.id = $2"), params![tenant, id, everywhere, login.provider.id]).await
}

/// A platform provider reaches every account, a tenant's own those that have entered the tenant.
async fn by_address(
    conn: &mut Conn,
    login: &Login,
    owner: Owner,
    email: &EmailAddress,
) -> Result<Option<Known>, StoreError> {
    let tenant = login.tenant.map_or(Uuid::nil(), |tenant| tenant.0);
    let sql = match owner {
        Owner::Platform => known!("account.email_key = $2"),
        Owner::Tenant => known!(
            "account.email_key = $2
             AND EXISTS (SELECT 1 FROM link WHERE link.tenant_id = $1 AND link.account_id = account.id)"
        ),
    };
    conn.maybe(sql, params![tenant, email.key(), Scope::Everywhere.id(None), login.provider.id]).await
}

async fn candidate(conn: &mut Conn, login: &Login, owner: Owner, known: &Known) -> Result<Candidate, StoreError> {
    let own = ties::of_provider(conn, known.id, login.provider.id, login.tenant).await?;
    let in_scope = |scope: Scope| own.iter().find(|tied| tied.scope_id == scope.id(login.tenant));
    let claim = |scope: Scope, compromised: bool| match in_scope(scope) {
        None => Claim::Open { compromised },
        Some(tied) if tied.is(&login.who) => Claim::ByThis,
        Some(_) => Claim::ByAnother,
    };
    let scope_of_tie = if owner == Owner::Platform { Scope::Everywhere } else { Scope::Tenant };
    Ok(Candidate {
        member: match &known.member_provider {
            None => Policy::Any,
            Some(key) if *key == login.provider.key => {
                match claim(Scope::Tenant, known.member_compromised.unwrap_or_default()) {
                    Claim::Open { .. } if known.member_spent == Some(true) => Policy::This(Claim::Spent),
                    claim => Policy::This(claim),
                }
            }
            Some(_) => Policy::Other,
        },
        account: match known.provider_id {
            None => Policy::Any,
            Some(id) if id == login.provider.id => Policy::This(claim(Scope::Everywhere, known.compromised)),
            Some(_) => Policy::Other,
        },
        address_proved: known.scope_id.is_none(),
        has_credential: known.has_password || known.has_linked,
        has_other_of_provider: in_scope(scope_of_tie).is_some(),
    })
}

impl Known {
    fn is(&self, (account, epoch): (AccountId, i64)) -> bool {
        account == self.id && epoch == self.epoch
    }
}

/// What was proved of this very account, under its credentials of now: its address by our mail, its password, or who it is at
/// another provider.
async fn proof(conn: &mut Conn, login: &Login, known: &Known) -> Result<Proof, StoreError> {
    if login.by_mail && login.mailed.as_ref().is_some_and(|mailed| mailed.key() == known.email_key) {
        return Ok(Proof::Mail);
    }
    if login.credential.is_some_and(|who| known.is(who)) {
        // What a tenant refuses as a password proves nothing on the way to it (DESIGN §4.9), and makes no way in that would lead there
        // too: a platform's provider opens all of an account. Whoever links was asked before they left (`upstream::begin`).
        let by_whom = login.provider.tenant.and(login.tenant);
        let refused = login.linking.is_none() && recovery::is_refused(conn, by_whom, known.id).await?;
        return Ok(if refused { Proof::None } else { Proof::Credential });
    }
    match &login.vouched {
        Some(vouched) if vouches(conn, login, vouched, known).await? => Ok(Proof::Provider),
        _ => Ok(Proof::None),
    }
}

/// Whether another provider's word proves this account: a platform provider that is usable still and unchanged since it was asked
/// (LK-13), by the very identity that is linked with the account everywhere. What is tied in one tenant alone, a tenant may have
/// named; and nobody proves a sign-in at a provider by that provider.
async fn vouches(conn: &mut Conn, login: &Login, vouched: &Vouched, known: &Known) -> Result<bool, StoreError> {
    let provider = providers::find_by_id(conn, vouched.provider).await?;
    let usable = provider.is_some_and(|it| it.tenant.is_none() && it.serves(None) && it.version == vouched.version);
    if !usable || vouched.provider == login.provider.id || vouched.epoch != known.epoch {
        return Ok(false);
    }
    let tied = ties::tied(conn, vouched.provider, &vouched.who, None).await?;
    Ok(tied.iter().any(|tied| tied.scope_id == Scope::Everywhere.id(None) && tied.account_id == known.id))
}
