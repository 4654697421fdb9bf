//! The tenant-wide policy *members come by this provider* (TP-04): whoever is invited or imported while it is set carries that
//! provider from the start. Nobody who is here already is moved by it (PP-06).

use audit::Actor;
use store::{StoreError, TenantRead, TenantStore, params};

use super::Provider;
use crate::Context;
use crate::blueprint::{Blueprint, permission};
use crate::lifecycle::{Denied, Refusal};
use crate::members::MemberId;
use crate::roles;

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
                if from == *to {
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
