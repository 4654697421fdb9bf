//! The groups that a provider states of somebody, on their way to a tenant (decision 016).
//!
//! ```text
//! login by a provider ─▶ authentication.upstream_groups          kept with the proof, gone with its session
//! tenant: `ask`       ─▶ asked_groups                            which names it wants to hear of
//! UserInfo: `told`    ─▶ those of the one proof that opened this login, as far as the tenant asked for them
//! ```
//! So a tenant learns of no group that it did not name, of none of another tenant's provider, and of none that somebody has at
//! a provider by which they did not come.

use audit::{Actor, Entry};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Conn, PLATFORM, StoreError, params};
use uuid::Uuid;

use crate::tenants::TenantId;
use crate::{Fault, Identity, providers};

/// How many groups of one provider a tenant may ask for.
pub const MOST_ASKED: usize = 200;
/// How long the name of one may be, in characters.
pub const LONGEST_NAME: usize = 200;

/// What a provider stated at one login.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Their names.
    pub names: Vec<String>,
    /// Why some are missing, or all: the relying party's word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// How many, where they could be counted.
    #[serde(default)]
    pub left_out: u64,
}

impl Groups {
    /// As it stands beside a proof; none, where nothing was stated.
    pub(crate) fn kept(&self) -> Result<Option<String>, serde_json::Error> {
        if self.names.is_empty() && self.missing.is_none() {
            return Ok(None);
        }
        serde_json::to_string(self).map(Some)
    }
}

/// What a tenant hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    /// The provider that stated them: the one of `idp`.
    pub idp: String,
    #[serde(flatten)]
    pub groups: Groups,
}

#[derive(sqlx::FromRow)]
struct Row {
    provider: String,
    upstream_groups: String,
    names: String,
}

/// The groups that this tenant hears of by a grant of its instance. Where a member has claimed an identity of the provider in this
/// tenant, that one alone counts: another one, linked everywhere, is whoever's had the password then (DESIGN §4.3).
///
/// # Errors
/// The database's.
pub(crate) async fn told(conn: &mut Conn, grant: Uuid, tenant: TenantId) -> Result<Option<Told>, StoreError> {
    let row: Option<Row> = conn
        .maybe(
            "SELECT proof.provider, proof.upstream_groups, asked.names
             FROM access_grant
             JOIN authentication proof ON proof.id = access_grant.proof_id AND proof.upstream_groups IS NOT NULL
             JOIN external_identity used ON used.id = proof.identity_id
             JOIN provider ON provider.id = used.provider_id AND provider.disabled_at IS NULL AND provider.deleted_at IS NULL
                AND COALESCE(provider.tenant_id, $2) = $2
             JOIN asked_groups asked ON asked.tenant_id = $2 AND asked.provider_id = provider.id
             WHERE access_grant.id = $1 AND access_grant.tenant_id = $2
                AND NOT EXISTS (SELECT 1 FROM external_identity claim
                    WHERE claim.account_id = used.account_id AND claim.scope_id = $2 AND claim.provider_id = used.provider_id
                        AND NOT (claim.issuer = used.issuer AND claim.subject = used.subject))",
            params![grant, tenant],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    // What cannot be read names nobody's group.
    let mut groups: Groups = serde_json::from_str(&row.upstream_groups).unwrap_or_default();
    let asked: Vec<String> = serde_json::from_str(&row.names).unwrap_or_default();
    groups.names.retain(|name| asked.contains(name));
    Ok(Some(Told { idp: row.provider, groups }))
}

/// What a tenant wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The provider's key.
    pub provider: String,
    /// Rises with each list.
    pub version: i64,
    /// All of them: they take the place of those that were asked for before.
    pub names: Vec<String>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It counts from the next login on; or an equal or newer one did already.
    Yes,
    /// There is no such provider for this tenant.
    Unknown,
}

/// Notes which groups of a provider a tenant wants to hear of.
///
/// # Errors
/// [`Fault`].
pub async fn ask(identity: &Identity, tenant: TenantId, asked: Asked) -> Result<Heard, Fault> {
    let provider = providers::find(&mut identity.store.read().await?, &asked.provider).await?;
    let Some(provider) = provider.filter(|it| it.tenant.is_none_or(|owner| owner == tenant)) else {
        return Ok(Heard::Unknown);
    };
    let entry = Entry::new(&identity.ambient, Actor::System, "tenant.groups_asked")
        .on("tenant", tenant.0)
        .detail(json!({ "provider": provider.key, "asked": asked.names.len(), "version": asked.version }));
    let row = params![tenant, provider.id, asked.version, serde_json::to_string(&asked.names)?];
    identity
        .store
        .write::<_, _, StoreError, _>((row, entry), |tx, (row, entry)| {
            Box::pin(async move {
                let sql = "INSERT INTO asked_groups (tenant_id, provider_id, version, names) VALUES ($1, $2, $3, $4)
                           ON CONFLICT (tenant_id, provider_id) DO UPDATE SET version = excluded.version, names = excluded.names
                           WHERE asked_groups.version < excluded.version";
                if tx.execute(sql, row.clone()).await? == 1 {
                    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(Heard::Yes)
}
