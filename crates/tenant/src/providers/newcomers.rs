//! The tenant-wide policy *members come by this provider* (TP-04): whoever is invited or imported while it is set carries that
//! provider from the start. Nobody who is here already is moved by it (PP-06). It counts for whom whoever chose it could give their
//! roles; for others it is refused, until one of those chooses.

use audit::Actor;
use store::{StoreError, TenantRead, TenantStore, params};

use super::Provider;
use crate::Context;
use crate::access::{Entry, decide_entry};
use crate::blueprint::{Blueprint, Role, permission};
use crate::lifecycle::{Denied, Refusal};
use crate::members::{self, MemberId};
use crate::roles::{self, Rights};

/// The key of the one provider that new members are for; `None`: whatever their account allows. What administrators chose counts
/// before what the blueprint says.
///
/// # Errors
/// What the database says.
pub async fn of_newcomers(read: &mut impl TenantRead, blueprint: &Blueprint) -> Result<Option<String>, StoreError> {
    let sql = "SELECT provider FROM newcomer_policy WHERE tenant_id = $1";
    let chosen: Option<(Option<String>,)> = read.maybe(sql, params![]).await?;
    Ok(chosen.map_or_else(|| blueprint.newcomers.provider.clone(), |(provider,)| provider))
}

/// What the tenant says of new members, and who said so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newcomers {
    /// The one provider that they are for.
    pub provider: Option<String>,
    /// What whoever chose it may at this moment, by hand; none: it is the blueprint's.
    chosen_with: Option<Rights>,
}

impl Newcomers {
    /// Whether somebody new with this role may be for that provider. Who says who vouches for people says who comes as them: so
    /// whoever chose it must be able to give the role (DESIGN §4.7), at the moment when somebody is invited.
    pub(crate) fn may_have(&self, role: &Role) -> bool {
        self.provider.is_none() || self.chosen_with.as_ref().is_none_or(|rights| roles::may_grant(rights, role))
    }
}

/// The same as [`of_newcomers`], with what is needed to judge it. What whoever chose it holds by a group does not count, nor does
/// anything of who is not in.
///
/// # Errors
/// What the database says.
pub(crate) async fn for_newcomers(read: &mut impl TenantRead, context: &Context) -> Result<Newcomers, StoreError> {
    let blueprint = &context.tenant.blueprint;
    let sql = "SELECT provider, set_by FROM newcomer_policy WHERE tenant_id = $1";
    let chosen: Option<(Option<String>, MemberId)> = read.maybe(sql, params![]).await?;
    let Some((provider, by)) = chosen else {
        return Ok(Newcomers { provider: blueprint.newcomers.provider.clone(), chosen_with: None });
    };
    let maker = members::with_roles(read, by).await?;
    let maker = maker.filter(|it| decide_entry(Some(&it.member), &blueprint.strangers, context.now) == Entry::Admit);
    let rights = maker.map(|it| Rights::of_roles(blueprint, &it.by_hand())).unwrap_or_default();
    Ok(Newcomers { provider, chosen_with: Some(rights) })
}

/// A provider that somebody can be sent to, as far as is known.
///
/// # Errors
/// [`Refusal`].
pub(crate) fn open<'a>(context: &'a Context, key: &str) -> Result<&'a Provider, Refusal> {
    let provider = context.providers.get(key).ok_or(Refusal::ProviderUnknown)?;
    if provider.enabled { Ok(provider) } else { Err(Refusal::ProviderDisabled) }
}

/// Sets it, with the rights of this moment. False: it was so already.
///
/// # Errors
/// [`Denied`].
pub async fn set_newcomers(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    to: Option<String>,
) -> Result<bool, Denied> {
    store
        .write((context, by, to), |mut tx, (context, by, to)| {
            Box::pin(async move {
                roles::acting(&mut tx, context, *by, permission::PROVIDERS_MANAGE).await?;
                let from = of_newcomers(&mut tx, &context.tenant.blueprint).await?;
                // Who chooses what another has chosen stands for it from now on.
                let sql = "SELECT 1 FROM newcomer_policy WHERE tenant_id = $1 AND set_by <> $2";
                if from == *to && !tx.exists(sql, params![by]).await? {
                    return Ok(false);
                }
                if let Some(key) = to {
                    open(context, key).map_err(Denied::Refused)?;
                }
                tx.execute(
                    "INSERT INTO newcomer_policy (tenant_id, provider, set_by, set_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (tenant_id) DO UPDATE SET provider = excluded.provider, set_by = excluded.set_by,
                         set_at = excluded.set_at",
                    params![to.clone(), *by, context.now],
                )
                .await?;
                let named = |key: &Option<String>| key.clone().unwrap_or_else(|| "platform".to_owned());
                let entry =
                    context.audit(Actor::Member(by.0), "newcomers.provider_set").on("tenant", context.tenant.id);
                let detail = serde_json::json!({ "from": named(&from), "to": named(to) });
                audit::record(&mut tx, &entry.detail(detail)).await?;
                Ok(true)
            })
        })
        .await
}
