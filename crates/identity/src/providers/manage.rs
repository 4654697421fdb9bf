use std::time::Duration;

use ambient::Timestamp;
use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use super::rules::{domains, is_key};
use super::{MOST, Provider, ProviderId, Shown, Unfit, ending, seal_context};
use crate::invitations::is_plain;
use crate::tenants::{self, TenantId};
use crate::{Fault, Identity};

/// What can be changed of a provider.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its name for people.
    pub name: String,
    /// The preset.
    pub preset: String,
    /// Its issuer identifier. It stays while anybody comes by it: an external identity is (provider, issuer, subject).
    pub issuer: String,
    /// The relying party's settings, JSON, checked by it.
    pub settings: String,
    /// The secret; none: the one that is there stays.
    pub secret: Option<String>,
    /// Domains that it is trusted for, as typed.
    pub domains: Vec<String>,
    /// How it is offered.
    pub shown: Shown,
}

/// A provider as it is asked for.
#[derive(Debug, Clone)]
pub struct NewProvider {
    /// Its owner.
    pub tenant: Option<(TenantId, String)>,
    /// The last part of its key.
    pub key: String,
    /// The rest.
    pub values: Change,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is there, by this key.
    Done(String),
    /// What is wrong.
    Unfit(Unfit),
    /// There is none such (any more), or it was changed meanwhile.
    Gone,
}

/// How long one that was removed still counts against the most that its owner may have: its row stays, so that its key never means
/// another.
const REMOVED_COUNTS: Duration = Duration::from_hours(24);

/// How many an owner has, those included that were removed lately.
macro_rules! counted {
    ($tenant:literal, $since:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM (
                 SELECT 1 AS one FROM provider WHERE tenant_id = ",
            $tenant,
            " AND deleted_at IS NULL
                 UNION ALL SELECT 1 AS one FROM provider WHERE tenant_id = ",
            $tenant,
            " AND deleted_at > ",
            $since,
            "
                 UNION ALL SELECT 1 AS one FROM provider WHERE ",
            $tenant,
            " IS NULL AND tenant_id IS NULL AND deleted_at IS NULL
                 UNION ALL SELECT 1 AS one FROM provider WHERE ",
            $tenant,
            " IS NULL AND tenant_id IS NULL AND deleted_at > ",
            $since,
            ") AS counted)"
        )
    };
}

/// Stands before a domain that is another provider's.
const TAKEN: &str = "the domain ";

struct Input {
    id: ProviderId,
    tenant: Option<TenantId>,
    key: String,
    values: Change,
    domains: Vec<String>,
    sealed: Option<Vec<u8>>,
    /// The version that the change was made from; none: a new one.
    version: Option<i64>,
    entry: Entry,
}

/// What is wrong with what a new one is called.
fn unfit(is_tenants: bool, key: &str, name: &str) -> Option<Unfit> {
    if !is_key(key) {
        return Some(Unfit::Key);
    }
    if tenants::name(name).is_err() {
        return Some(Unfit::Name);
    }
    (is_tenants && !is_plain(name)).then_some(Unfit::NameNotPlain)
}

/// What stands in the way of a new one, before anything is made for it: nobody has us make keys for what can't be added. Whether it
/// still can be is decided when it is written.
///
/// # Errors
/// [`Fault`].
pub async fn foresee(
    identity: &Identity,
    owner: Option<&(TenantId, String)>,
    key: &str,
    name: &str,
) -> Result<Option<Unfit>, Fault> {
    if let Some(unfit) = unfit(owner.is_some(), key, name) {
        return Ok(Some(unfit));
    }
    let (tenant, whole) = match owner {
        Some((tenant, slug)) => (Some(*tenant), format!("{slug}.{key}")),
        None => (None, key.to_owned()),
    };
    let mut conn = identity.store.read().await?;
    if conn.exists("SELECT 1 FROM provider WHERE key = $1", params![whole]).await? {
        return Ok(Some(Unfit::KeyTaken));
    }
    let since = identity.ambient.now().minus(REMOVED_COUNTS);
    let there: (i64,) = conn.one(concat!("SELECT ", counted!("$1", "$2")), params![tenant, since]).await?;
    Ok((there.0 >= MOST).then_some(Unfit::TooMany))
}

/// Makes a provider. Its owner's administrator asks; whether they may is the caller's.
///
/// # Errors
/// [`Fault`].
pub async fn create(identity: &Identity, actor: Actor, new: NewProvider) -> Result<Saved, Fault> {
    if let Some(unfit) = unfit(new.tenant.is_some(), &new.key, &new.values.name) {
        return Ok(Saved::Unfit(unfit));
    }
    let (tenant, key) = match new.tenant {
        Some((tenant, slug)) => (Some(tenant), format!("{slug}.{}", new.key)),
        None => (None, new.key),
    };
    let id = ProviderId(identity.ambient.row_id());
    write(identity, actor, (id, tenant, key), new.values, None).await
}

/// Changes a provider that was seen in this version.
///
/// # Errors
/// [`Fault`].
pub async fn save(identity: &Identity, actor: Actor, provider: &Provider, change: Change) -> Result<Saved, Fault> {
    // Whoever may change a provider must not have its secret sent to a server of theirs.
    let new_secret = change.secret.as_ref().is_some_and(|secret| !secret.is_empty());
    if change.issuer != provider.issuer && provider.has_secret() && !new_secret {
        return Ok(Saved::Unfit(Unfit::SecretForIssuer));
    }
    // What it was called before it stays, whatever else is changed.
    if provider.tenant.is_some() && change.name != provider.name && !is_plain(&change.name) {
        return Ok(Saved::Unfit(Unfit::NameNotPlain));
    }
    let known = (provider.id, provider.tenant, provider.key.clone());
    write(identity, actor, known, change, Some(provider.version)).await
}

async fn write(
    identity: &Identity,
    actor: Actor,
    (id, tenant, key): (ProviderId, Option<TenantId>, String),
    values: Change,
    version: Option<i64>,
) -> Result<Saved, Fault> {
    if tenants::name(&values.name).is_err() {
        return Ok(Saved::Unfit(Unfit::Name));
    }
    let domains = match domains(&values.domains) {
        Ok(domains) => domains,
        Err(unfit) => return Ok(Saved::Unfit(unfit)),
    };
    let secret = values.secret.as_ref().filter(|secret| !secret.is_empty());
    let sealed = secret.map(|secret| identity.master_key.seal(&seal_context(id), secret.as_bytes(), &identity.ambient));
    let action = if version.is_none() { "provider.added" } else { "provider.changed" };
    let entry = Entry::new(&identity.ambient, actor, action).on("provider", id).detail(json!({
        "key": key, "tenant": tenant, "preset": values.preset, "issuer": values.issuer, "shown": values.shown,
        "domains": domains, "new_secret": sealed.is_some(),
    }));
    let input = Input { id, tenant, key, values, domains, sealed, version, entry };
    let saved = identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write_down(tx, input))).await;
    match saved {
        Err(StoreError::Duplicate(what)) => Ok(Saved::Unfit(match what.strip_prefix(TAKEN) {
            Some(domain) => Unfit::DomainTaken(domain.to_owned()),
            // Deleted ones keep their key: what named it meant another.
            None => Unfit::KeyTaken,
        })),
        other => Ok(other?),
    }
}

async fn write_down(tx: &mut Tx, input: &Input) -> Result<Saved, StoreError> {
    let now = input.entry.at;
    let written = match input.version {
        None => insert(tx, input, now).await?,
        Some(version) => update(tx, input, version, now).await?,
    };
    if !written {
        return Ok(match input.version {
            None => Saved::Unfit(Unfit::TooMany),
            Some(version) if is_still(tx, input.id, version).await? => Saved::Unfit(Unfit::IssuerInUse),
            Some(_) => Saved::Gone,
        });
    }
    let owner = input.tenant.map_or(super::PLATFORM_OWNER, |tenant| tenant.0);
    tx.execute("DELETE FROM provider_domain WHERE provider_id = $1", params![input.id]).await?;
    // Fifty at most.
    for domain in &input.domains {
        let sql = "INSERT INTO provider_domain (owner_id, domain, provider_id) VALUES ($1, $2, $3)
                   ON CONFLICT (owner_id, domain) DO NOTHING";
        if tx.execute(sql, params![owner, domain, input.id]).await? == 0 {
            return Err(StoreError::Duplicate(format!("{TAKEN}{domain}")));
        }
    }
    audit::record(&mut tx.scoped(PLATFORM), &input.entry).await?;
    Ok(Saved::Done(input.key.clone()))
}

async fn insert(tx: &mut Tx, input: &Input, now: Timestamp) -> Result<bool, StoreError> {
    let domains = serde_json::Value::from(input.domains.clone()).to_string();
    let values = &input.values;
    let inserted = tx
        .execute(
            concat!(
                "INSERT INTO provider (id, tenant_id, key, name, preset, settings, sealed, domains, shown, version, created_at,
                     updated_at, issuer)
                 SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, $13 WHERE ",
                counted!("$2", "$11"),
                " < $12"
            ),
            params![
                input.id,
                input.tenant,
                input.key,
                values.name,
                values.preset,
                values.settings,
                input.sealed,
                domains,
                values.shown,
                now,
                now.minus(REMOVED_COUNTS),
                MOST,
                values.issuer
            ],
        )
        .await?;
    Ok(inserted == 1)
}

async fn update(tx: &mut Tx, input: &Input, version: i64, now: Timestamp) -> Result<bool, StoreError> {
    let domains = serde_json::Value::from(input.domains.clone()).to_string();
    let values = &input.values;
    let updated = tx
        .execute(
            "UPDATE provider SET name = $3, preset = $4, settings = $5, sealed = COALESCE($6, sealed), domains = $7,
                 shown = $8, version = version + 1, updated_at = $9, issuer = $10
             WHERE id = $1 AND version = $2 AND deleted_at IS NULL
                AND (issuer = $10 OR NOT EXISTS (SELECT 1 FROM external_identity WHERE provider_id = $1))",
            params![
                input.id,
                version,
                values.name,
                values.preset,
                values.settings,
                input.sealed,
                domains,
                values.shown,
                now,
                values.issuer
            ],
        )
        .await?;
    Ok(updated == 1)
}

/// Whether it is as it was seen.
async fn is_still(tx: &mut Tx, id: ProviderId, version: i64) -> Result<bool, StoreError> {
    tx.exists("SELECT 1 FROM provider WHERE id = $1 AND version = $2 AND deleted_at IS NULL", params![id, version])
        .await
}

/// Disables a provider: from this moment it opens nothing, also what was begun before, and every session that it proved ends (LK-13):
/// some now, and what is more, after this, by [`super::end_some`]. Or enables it again, once all of that has ended.
///
/// # Errors
/// [`Fault`].
pub async fn set_enabled(identity: &Identity, actor: Actor, it: &Provider, enabled: bool) -> Result<bool, Fault> {
    let (id, action) = (it.id, if enabled { "provider.enabled" } else { "provider.disabled" });
    let entry = Entry::new(&identity.ambient, actor, action).on("provider", id).detail(it.told());
    while enabled && ending::end_some_of(identity, id).await? {}
    let changed = identity
        .store
        .write::<_, _, StoreError, _>((id, enabled, entry), |tx, (id, enabled, entry)| {
            Box::pin(async move {
                let disabled_at = (!enabled).then_some(entry.at);
                let sql = "UPDATE provider SET disabled_at = $2, ending_at = $2, version = version + 1, updated_at = $3
                           WHERE id = $1 AND deleted_at IS NULL AND (disabled_at IS NULL) <> $4
                                AND (NOT $4 OR ending_at IS NULL)";
                if tx.execute(sql, params![id, disabled_at, entry.at, enabled]).await? == 0 {
                    return Ok(false);
                }
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(true)
            })
        })
        .await?;
    if changed && !enabled {
        ending::end_some_of(identity, id).await?;
    }
    Ok(changed)
}
