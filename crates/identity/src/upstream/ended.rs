//! Why a login ended here. Each end stands in the platform's audit log, with the reference id that the person saw. What of it is a
//! tenant's to know stands in a row of the tenant's as well (DESIGN §4.8): that a login by its own provider ended, or a member's of
//! its own; by which provider, when, and why; whom of its members it was about. Nothing of what the account is elsewhere.

use ambient::Timestamp;
use audit::{Actor, Entry};
use serde_json::json;
use store::{Conn, PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use crate::accounts::AccountId;
use crate::allowances;
use crate::linking::{Facts, LinkDecision, Login, Owner, Proof, Refusal, Tie};
use crate::providers::Provider;
use crate::sessions::Device;
use crate::tenants::TenantId;
use crate::{Fault, Identity};

/// How many a page has.
pub const ENDED_ON_A_PAGE: i64 = 50;
/// How much of a provider's answer is kept.
const LONGEST: usize = 500;

/// A login that ended on the way to a tenant, as the tenant may know it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ended {
    /// Its place in the list.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// What the person saw.
    pub reference: String,
    /// The provider's key.
    pub provider: String,
    /// Why, as a word: see [`LinkDecision`]'s refusals, and the classes of a provider's faults.
    pub why: String,
    /// What the tenant's own provider answered.
    pub detail: String,
    /// The member whom it was about, as the tenant knows them.
    pub subject: Option<String>,
}

/// The word for a decision that ended a login. Links have their own page, and lead to no tenant.
const fn word(decision: LinkDecision) -> Option<&'static str> {
    match decision {
        LinkDecision::Hold => Some("held"),
        LinkDecision::Refuse(refusal) => match refusal {
            Refusal::Disabled => Some("provider_unusable"),
            Refusal::LinkedElsewhere => Some("linked_elsewhere"),
            Refusal::AnotherOfThisProvider => Some("another_identity"),
            Refusal::MemberElsewhere => Some("member_elsewhere"),
            // That the account is switched is between it and the platform: by whom, and to what, is not told.
            Refusal::AccountElsewhere => Some("account_elsewhere"),
            Refusal::PoliciesDiffer => Some("policies_differ"),
            Refusal::Claimed => Some("claimed"),
            Refusal::NotInvited => Some("not_invited"),
            Refusal::AlreadyLinked | Refusal::OtherPerson | Refusal::InvitationOver => None,
        },
        LinkDecision::SignIn(_)
        | LinkDecision::Tie(_)
        | LinkDecision::Create(_)
        | LinkDecision::Offer(_)
        | LinkDecision::CheckMail => None,
    }
}

/// What a tenant hears of an end that its own provider has caused by stating an address, and nothing else: that provider says what
/// it likes. So of nobody to whom it is not tied is it said who they are, nor what the platform has decided of their account. (Who
/// is claimed there is the tenant's own business: its provider may claim whom nobody has, by that very address.)
const fn told(facts: &Facts, decision: LinkDecision) -> Option<(&'static str, bool)> {
    let by_address_alone = matches!((facts.owner, facts.tie, facts.proof), (Owner::Tenant, Tie::None, Proof::None));
    match (word(decision), decision) {
        (None, _) => None,
        (Some(why), LinkDecision::Refuse(Refusal::Claimed)) => Some((why, true)),
        (Some(_), LinkDecision::Refuse(Refusal::AccountElsewhere | Refusal::PoliciesDiffer)) if by_address_alone => {
            Some(("not_opened", false))
        }
        (Some(why), _) => Some((why, !by_address_alone)),
    }
}

/// Tells the tenant of a decision, in the transaction that carries it out.
///
/// # Errors
/// The database's.
pub(crate) async fn note_decision(
    tx: &mut Tx,
    login: &Login,
    facts: &Facts,
    (decision, account): (LinkDecision, Option<AccountId>),
    entry: &Entry,
) -> Result<(), StoreError> {
    let (Some(tenant), Some((why, named))) = (login.tenant, told(facts, decision)) else { return Ok(()) };
    let about = About { tenant, provider: &login.provider, account: account.filter(|_| named) };
    note(tx, about, (why, ""), entry).await
}

/// What a row of a tenant's is about.
struct About<'a> {
    tenant: TenantId,
    provider: &'a Provider,
    account: Option<AccountId>,
}

/// A row, if it is the tenant's to know.
async fn note(tx: &mut Tx, about: About<'_>, (why, detail): (&str, &str), entry: &Entry) -> Result<(), StoreError> {
    let subject: Option<(String,)> = tx
        .maybe(
            "SELECT subject.subject FROM link JOIN subject ON subject.sector_id = link.tenant_id
                AND subject.account_id = link.account_id
             WHERE link.tenant_id = $1 AND link.account_id = $2",
            params![about.tenant, about.account.unwrap_or(AccountId(Uuid::nil()))],
        )
        .await?;
    if subject.is_none() && about.provider.tenant != Some(about.tenant) {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO ended_login (tenant_id, id, at, reference, provider, why, detail, subject)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            about.tenant,
            entry.id,
            entry.at,
            entry.reference.clone().unwrap_or_default(),
            about.provider.key,
            why,
            detail,
            subject.map(|(subject,)| subject)
        ],
    )
    .await?;
    Ok(())
}

/// A login that a provider's answer, or its absence, has ended.
#[derive(Debug)]
pub struct Failed<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// Where the login led to.
    pub tenant: Option<TenantId>,
    /// The class of the fault, as a word.
    pub why: &'static str,
    /// The fault: its code, and its words for administrators.
    pub fault: (String, String),
    /// Where it was begun.
    pub device: &'a Device,
    /// What the person sees.
    pub reference: &'a str,
}

/// Writes it down. A tenant hears of its own provider's faults; of the platform's, nobody has proved to be its member.
///
/// # Errors
/// [`Fault`].
pub async fn failed(identity: &Identity, failed: Failed<'_>) -> Result<(), Fault> {
    let Failed { provider, tenant, why, fault: (code, words), device, reference } = failed;
    let words: String = words.chars().take(LONGEST).collect();
    let entry = Entry::new(&identity.ambient, Actor::Nobody, "upstream.failed")
        .on("provider", provider.id)
        .reference(reference)
        .detail(json!({ "provider": provider.key, "tenant": tenant, "fault": code, "words": words }));
    let told = tenant.filter(|tenant| provider.tenant == Some(*tenant));
    let input = (entry, told, provider.clone(), (why, format!("{code}: {words}")), allowances::network(device.address));
    let write = identity.store.write::<_, _, StoreError, _>(input, |tx, (entry, told, provider, words, network)| {
        Box::pin(async move {
            // Who fails on and on does not fill the log.
            if allowances::take(tx, &allowances::FAILURES_NOTED, network, entry.at).await?.is_none() {
                return Ok(());
            }
            audit::record(&mut tx.scoped(PLATFORM), entry).await?;
            match told {
                Some(tenant) => {
                    let about = About { tenant: *tenant, provider, account: None };
                    note(tx, about, (words.0, &words.1), entry).await
                }
                None => Ok(()),
            }
        })
    });
    write.await?;
    Ok(())
}

/// A member whose one provider opens nothing at the moment.
#[derive(Debug)]
pub struct Turned<'a> {
    /// That provider.
    pub provider: &'a Provider,
    /// The tenant that has named it.
    pub tenant: TenantId,
    /// Whose member it is.
    pub account: AccountId,
    /// Where it was begun.
    pub device: &'a Device,
    /// What the person sees.
    pub reference: &'a str,
}

/// Writes it down.
///
/// # Errors
/// [`Fault`].
pub async fn turned_away(identity: &Identity, turned: Turned<'_>) -> Result<(), Fault> {
    let Turned { provider, tenant, account, device, reference } = turned;
    let entry = Entry::new(&identity.ambient, Actor::Account(account.0), "sign_in.opener_gone")
        .on("provider", provider.id)
        .reference(reference)
        .detail(json!({ "provider": provider.key, "tenant": tenant }));
    let input = (entry, provider.clone(), tenant, account, allowances::network(device.address));
    let write =
        identity.store.write::<_, _, StoreError, _>(input, |tx, (entry, provider, tenant, account, network)| {
            Box::pin(async move {
                if allowances::take(tx, &allowances::FAILURES_NOTED, network, entry.at).await?.is_none() {
                    return Ok(());
                }
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                let about = About { tenant: *tenant, provider, account: Some(*account) };
                note(tx, about, ("provider_unusable", ""), entry).await
            })
        });
    write.await?;
    Ok(())
}

/// What ended on the way to a tenant, newest first: those of one reference id, or all, before the given one. One more than a page
/// has, if there are more.
///
/// # Errors
/// The database's.
pub async fn ended(
    conn: &mut Conn,
    tenant: TenantId,
    reference: Option<&str>,
    before: Option<Uuid>,
) -> Result<Vec<Ended>, StoreError> {
    let before = before.unwrap_or(Uuid::max());
    match reference {
        Some(reference) => {
            conn.all(
                "SELECT id, at, reference, provider, why, detail, subject FROM ended_login
                 WHERE tenant_id = $1 AND reference = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
                params![tenant, reference, before, ENDED_ON_A_PAGE + 1],
            )
            .await
        }
        None => {
            conn.all(
                "SELECT id, at, reference, provider, why, detail, subject FROM ended_login
                 WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                params![tenant, before, ENDED_ON_A_PAGE + 1],
            )
            .await
        }
    }
}
