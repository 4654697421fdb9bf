//! A decision is taken and carried out in one transaction, on what the rows say then.

use std::sync::Arc;

use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::gather::{Gathered, Login, gather};
use super::ties::{self, ExternalIdentity, NewTie, ProvedBy, TieId};
use super::{Invitation, LinkDecision, Proof, Purpose, Refusal, Scope, Tie, decide};
use crate::accounts::{self, AccountId, Birth, EmailAddress, FIRST_EPOCH, Locale, Name, NewAccount, clean_name};
use crate::invitations::{self, Acceptance};
use crate::sessions::{self, By, Device, Lifetimes, Method, NewAuthentication, SessionId};
use crate::tenants::{self, TenantId};
use crate::upstream::{UpstreamLoginId, note_decision};
use crate::{Fault, Identity, links, mails};

/// What is needed to carry a decision out, whichever it will be.
pub(crate) struct Ready {
    pub login: Login,
    /// The row that waits.
    pub away: UpstreamLoginId,
    /// The sessions of this browser: a proof for one of them is added to it.
    pub browser_sessions: Vec<(SessionId, AccountId, Option<TenantId>)>,
    pub device: Device,
    pub lifetimes: Lifetimes,
    /// What the page shows and the log carries.
    pub reference: String,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What was decided.
    pub decision: LinkDecision,
    /// The session that this browser has now, if it was signed in.
    pub session: Option<SessionId>,
    /// Whose it is, or whose proof is asked for.
    pub account: Option<AccountId>,
    /// Whether the invitation that it was begun from is accepted by it.
    pub accepted: bool,
}

struct Input {
    ready: Arc<Ready>,
    expected: (LinkDecision, Option<AccountId>),
    tie: TieId,
    /// The invitation that is accepted by it, and the claim that it makes in its tenant.
    acceptance: Option<(Acceptance, TieId)>,
    account: AccountId,
    fresh: Uuid,
    authentication_id: Uuid,
    birth: Option<Birth>,
    /// The groups that were stated, as they are kept with the proof.
    groups: Option<String>,
    told: Option<mail::Parcel>,
    entry: Entry,
    /// For the log, if the provider states another address than before.
    moved: Entry,
}

/// How often the rows may change between reading and writing before it is given up.
const TRIES: usize = 3;

/// Decides on what is known, and does it. Letters are written before the transaction, for the account that it will be about;
/// if the rows have changed meanwhile, all begins anew.
///
/// # Errors
/// [`Fault`].
pub(crate) async fn settle(identity: &Identity, ready: Ready) -> Result<Settled, Fault> {
    let ready = Arc::new(ready);
    for _ in 0..TRIES {
        let input = prepare(identity, Arc::clone(&ready)).await?;
        let settled = identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await;
        match settled {
            Ok(Some(settled)) => {
                identity.mail_wake.ring();
                identity.logout_wake.ring();
                return Ok(settled);
            }
            Ok(None) | Err(StoreError::RolledBack(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::Defect("the rows of a login changed again and again".to_owned()))
}

async fn prepare(identity: &Identity, ready: Arc<Ready>) -> Result<Input, Fault> {
    let ambient = &identity.ambient;
    let mut conn = identity.store.read().await?;
    let gathered = gather(&mut conn, &ready.login).await?;
    // Nobody waits for a second connection while they hold one.
    drop(conn);
    let decision = decide(&gathered.facts);
    let fresh_account = AccountId(ambient.row_id());
    let (provider, who) = (&ready.login.provider, &ready.login.who);
    let acceptance = match ready.login.accepting.filter(|_| accepts(&gathered, decision)) {
        Some((id, _)) => invitations::reopen(identity, id).await?,
        None => None,
    };
    let whose = gathered.account.unwrap_or(fresh_account);
    let acceptance = acceptance.map(|it| (Acceptance::new(identity, it, whose), TieId(ambient.row_id())));
    let told = match (decision, gathered.account) {
        (LinkDecision::Tie(scope), Some(account)) => {
            let mut conn = identity.store.read().await?;
            let door = match ready.login.tenant.filter(|_| scope == Scope::Tenant) {
                Some(tenant) => tenants::find(&mut conn, tenant).await?.map(|tenant| tenant.name),
                None => None,
            };
            match accounts::find(&mut conn, account).await? {
                Some(account) => {
                    mails::way_in(identity, &account, (&provider.name, door.as_deref()), mails::WayIn::Added)?
                }
                None => None,
            }
        }
        (LinkDecision::Create(Scope::Everywhere), _) if acceptance.is_some() => match &gathered.email {
            Some(email) => {
                let name = who.name();
                Some(mails::account_made(identity, email, (&who.locale, &provider.name, &name))?)
            }
            None => None,
        },
        _ => None,
    };
    let birth = match (decision, &gathered.email) {
        (LinkDecision::Create(Scope::Everywhere), Some(email)) => {
            let new = new_account(who, email);
            let deed = (Actor::Account(fresh_account.0), "sign_up.completed");
            Some(Birth::new(ambient, fresh_account, (new, None), deed))
        }
        _ => None,
    };
    let actor = gathered.account.map_or(Actor::Nobody, |account| Actor::Account(account.0));
    let entry = Entry::new(ambient, actor.clone(), "link.decided")
        .on("provider", provider.id)
        .reference(&ready.reference)
        .detail(json!({
            "provider": provider.key, "decision": format!("{decision:?}"), "facts": format!("{:?}", gathered.facts),
            "tenant": ready.login.tenant, "groups": who.groups.names.len(), "groups_missing": who.groups.missing,
            "vouched": ready.login.vouched.as_ref().map(|vouched| vouched.provider.0),
        }))
        .personal("subject", format!("{} {}", who.issuer, who.subject), ambient);
    let moved = Entry::new(ambient, actor, "identity.address_changed")
        .on("provider", provider.id)
        .reference(&ready.reference)
        .detail(json!({ "provider": provider.key }))
        .personal("subject", format!("{} {}", who.issuer, who.subject), ambient)
        .personal("email", who.email.clone().unwrap_or_default(), ambient);
    Ok(Input {
        expected: (decision, gathered.account),
        tie: TieId(ambient.row_id()),
        acceptance,
        account: fresh_account,
        fresh: ambient.row_id(),
        authentication_id: ambient.row_id(),
        groups: who.groups.kept()?,
        birth,
        told,
        entry,
        moved,
        ready,
    })
}

fn accepts(gathered: &Gathered, decision: LinkDecision) -> bool {
    gathered.facts.invitation == Invitation::Fits && decision.opens()
}

/// Somebody new, as the provider states them; they can change it.
fn new_account(who: &ExternalIdentity, email: &EmailAddress) -> NewAccount {
    let (given_name, family_name) = names(who, email.as_str());
    let locale = Locale::parse(&who.locale).unwrap_or_default();
    NewAccount { email: email.clone(), given_name, family_name, locale }
}

/// A name is never empty: where none is stated, the address or the subject says how to call them.
fn names(who: &ExternalIdentity, otherwise: &str) -> (Name, Name) {
    let called = otherwise.split('@').next().unwrap_or(otherwise);
    let given = Name::parse(&clean_name(&who.given_name)).or_else(|| Name::parse(&clean_name(called)));
    let family = Name::parse(&clean_name(&who.family_name));
    let somebody = || Name::placeholder();
    match (given, family) {
        (Some(given), Some(family)) => (given, family),
        (given, family) => (given.unwrap_or_else(somebody), family.unwrap_or_else(somebody)),
    }
}

/// None if the rows are not as they were when this was prepared.
async fn write(tx: &mut Tx, input: &Input) -> Result<Option<Settled>, StoreError> {
    let ready = &input.ready;
    let gathered = gather(tx, &ready.login).await?;
    let decision = decide(&gathered.facts);
    if (decision, gathered.account) != input.expected {
        return Ok(None);
    }
    let waits = matches!(decision, LinkDecision::Offer(_) | LinkDecision::CheckMail);
    if !(if waits { wait(tx, input, &gathered).await? } else { finish(tx, input).await? }) {
        // Another tab, or a second click, was first: it has what there was to have.
        let refused = LinkDecision::Refuse(Refusal::Disabled);
        return Ok(Some(Settled { decision: refused, session: None, account: None, accepted: false }));
    }
    let accepted = accepts(&gathered, decision);
    if accepted {
        accept(tx, input).await?;
    }
    let (decision, session, account) = match decision {
        LinkDecision::SignIn(scope) => {
            let account = gathered.account.unwrap_or(input.account);
            if let Some(tie) = gathered.tie
                && ties::used(tx, tie, &ready.login.who, input.entry.at).await?
            {
                audit::record(&mut tx.scoped(PLATFORM), &input.moved).await?;
            }
            let session = sign_in(tx, input, account, gathered.epoch, scope, gathered.tie).await?;
            (decision, Some(session), Some(account))
        }
        LinkDecision::Tie(scope) => tie(tx, input, &gathered, scope).await?,
        LinkDecision::Create(scope) => {
            create(tx, input, scope).await?;
            if let Some(told) = &input.told {
                mail::queue(&mut tx.scoped(PLATFORM), told).await?;
            }
            let session = sign_in(tx, input, input.account, FIRST_EPOCH, scope, Some(input.tie)).await?;
            (decision, Some(session), Some(input.account))
        }
        _ => (decision, None, gathered.account),
    };
    if let (true, Some(account)) = (accepted, account) {
        enter(tx, input, account).await?;
    }
    audit::record(&mut tx.scoped(PLATFORM), &input.entry).await?;
    note_decision(tx, &ready.login, &gathered.facts, (decision, account), &input.entry).await?;
    Ok(Some(Settled { decision, session, account, accepted }))
}

/// The invitation is used, once: nothing of this stays if it can't be (any more), and all is read anew.
async fn accept(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let over = || StoreError::RolledBack("the invitation can't be accepted any more".to_owned());
    let (acceptance, _) = input.acceptance.as_ref().ok_or_else(over)?;
    if invitations::consume(tx, acceptance).await? { Ok(()) } else { Err(over()) }
}

/// Whoever accepted is linked with the tenant, which will know them by their subject. To who is new there, this identity opens it
/// from now on: it is claimed. Who is known there already claims nothing by an invitation: how they come in was decided before.
async fn enter(tx: &mut Tx, input: &Input, account: AccountId) -> Result<(), StoreError> {
    let (Some((acceptance, claim)), Some(tenant)) = (&input.acceptance, input.ready.login.tenant) else {
        return Ok(());
    };
    let is_known = links::linked(tx, tenant, account).await?;
    invitations::bind(tx, acceptance).await?;
    if !is_known {
        let claimed = NewTie { id: *claim, ..new_tie(input, Scope::Tenant, account, ProvedBy::Invitation) };
        // A tenant's own provider was tied in it already.
        ties::tie(tx, &claimed).await?;
    }
    Ok(())
}

/// The login waits for a proof of the candidate, or for a mail.
async fn wait(tx: &mut Tx, input: &Input, gathered: &Gathered) -> Result<bool, StoreError> {
    let epoch = gathered.account.map(|_| gathered.epoch);
    let sql = "UPDATE upstream_login SET candidate = $2, candidate_epoch = $3
               WHERE id = $1 AND finished_at IS NULL AND returned_at IS NOT NULL";
    Ok(tx.execute(sql, params![input.ready.away, gathered.account, epoch]).await? == 1)
}

/// The login is over, once (DESIGN §4.6): false if it was already.
async fn finish(tx: &mut Tx, input: &Input) -> Result<bool, StoreError> {
    let sql = "UPDATE upstream_login SET finished_at = $2
               WHERE id = $1 AND finished_at IS NULL AND returned_at IS NOT NULL";
    Ok(tx.execute(sql, params![input.ready.away, input.entry.at]).await? == 1)
}

type Done = (LinkDecision, Option<SessionId>, Option<AccountId>);

async fn tie(tx: &mut Tx, input: &Input, gathered: &Gathered, scope: Scope) -> Result<Done, StoreError> {
    let ready = &input.ready;
    let account = gathered.account.unwrap_or(input.account);
    let proved_by = match (gathered.facts.purpose, gathered.facts.proof) {
        (_, Proof::Mail) => ProvedBy::Mail,
        (Purpose::Link, _) | (_, Proof::Credential | Proof::Provider) => ProvedBy::Credential,
        (Purpose::SignIn, Proof::None) => ProvedBy::FirstClaim,
    };
    let new = new_tie(input, scope, account, proved_by);
    if !ties::tie(tx, &new).await? {
        if input.acceptance.is_some() {
            return Err(StoreError::RolledBack("the identity is somebody's meanwhile".to_owned()));
        }
        // Of two at once, one wins (LK-06).
        return Ok((LinkDecision::Refuse(Refusal::LinkedElsewhere), None, None));
    }
    if let Some(told) = &input.told {
        mail::queue(&mut tx.scoped(PLATFORM), told).await?;
    }
    if gathered.facts.purpose == Purpose::Link {
        return Ok((LinkDecision::Tie(scope), None, Some(account)));
    }
    // A claim of somebody whose account has this identity anyway opens the account as before, and this tenant too.
    let (opened, by) = match gathered.facts.tie {
        Tie::Account => (Scope::Everywhere, gathered.tie),
        _ => (scope, Some(input.tie)),
    };
    let session = sign_in(tx, input, account, gathered.epoch, opened, by).await?;
    debug_assert!(ready.login.linking.is_none(), "a link is no sign-in");
    Ok((LinkDecision::Tie(scope), Some(session), Some(account)))
}

fn new_tie(input: &Input, scope: Scope, account: AccountId, proved_by: ProvedBy) -> NewTie<'_> {
    let login = &input.ready.login;
    NewTie {
        id: input.tie,
        scope: scope.id(login.tenant),
        provider: login.provider.id,
        who: &login.who,
        account,
        proved_by,
        now: input.entry.at,
    }
}

/// If the address or the identity is somebody's meanwhile, nothing of this stays, and all is read anew.
async fn create(tx: &mut Tx, input: &Input, scope: Scope) -> Result<(), StoreError> {
    let login = &input.ready.login;
    let born = match (scope, &input.birth, login.tenant) {
        (Scope::Everywhere, Some(birth), _) => accounts::born(tx, birth).await?,
        (Scope::Tenant, _, Some(tenant)) => {
            let (given, family) = names(&login.who, login.who.email.as_deref().unwrap_or_default());
            let locale = Locale::parse(&login.who.locale).unwrap_or_default();
            let called = (given.as_str(), family.as_str(), &locale);
            accounts::born_in_scope(tx, input.account, tenant, called, input.entry.at).await?;
            true
        }
        _ => false,
    };
    let proved_by = if input.acceptance.is_some() { ProvedBy::Invitation } else { ProvedBy::Birth };
    if born && ties::tie(tx, &new_tie(input, scope, input.account, proved_by)).await? {
        return Ok(());
    }
    Err(StoreError::RolledBack("the address or the identity is somebody's meanwhile".to_owned()))
}

async fn sign_in(
    tx: &mut Tx,
    input: &Input,
    account: AccountId,
    epoch: i64,
    scope: Scope,
    tie: Option<TieId>,
) -> Result<SessionId, StoreError> {
    let (ready, login) = (&input.ready, &input.ready.login);
    let scope = if scope == Scope::Tenant { login.tenant } else { None };
    let own = ready.browser_sessions.iter().find(|(_, whose, reach)| *whose == account && *reach == scope);
    let new = NewAuthentication {
        session: own.map(|(id, ..)| *id),
        replaces: None,
        fresh: input.fresh,
        authentication_id: input.authentication_id,
        account_id: account,
        epoch,
        method: Method::Upstream,
        by: By {
            provider: login.provider.key.clone(),
            scope,
            tie,
            upstream_sid: login.who.sid.clone(),
            groups: input.groups.clone(),
        },
        device: ready.device.clone(),
        lifetimes: ready.lifetimes,
        remembered: false,
        now: input.entry.at,
    };
    sessions::authenticate(tx, &new).await
}
