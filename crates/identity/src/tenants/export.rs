use audit::{Actor, Entry};
use serde_json::{Value, json};
use store::{Conn, PLATFORM, StoreError, params};
use uuid::Uuid;

use super::TenantId;
use crate::{Fault, Identity, clients, providers};

/// How many rows are read at once.
const BATCH: i64 = 500;

/// Everything that the identity server holds of a tenant, as JSON lines, read in batches: its size does not matter. What its
/// people's accounts hold is theirs, not the tenant's; they are named by the subjects that the tenant knows them by.
///
/// Lines have a `kind`: `tenant`, `application`, `provider`, `member`, `audit`.
#[derive(Debug)]
pub struct Export {
    tenant: TenantId,
    part: Part,
}

#[derive(Debug, Clone)]
enum Part {
    Tenant,
    Applications(Option<Uuid>),
    Providers,
    Members(String),
    Audit(Option<Uuid>),
    Done,
}

/// Begins an export, which the audit log tells.
///
/// # Errors
/// [`Fault`].
pub async fn export(identity: &Identity, actor: Actor, tenant: TenantId) -> Result<Export, Fault> {
    let entry = Entry::new(&identity.ambient, actor, "tenant.exported").on("tenant", tenant);
    identity
        .store
        .write::<_, _, StoreError, _>(entry, |tx, entry| {
            Box::pin(async move { audit::record(&mut tx.scoped(PLATFORM), entry).await })
        })
        .await?;
    Ok(Export { tenant, part: Part::Tenant })
}

impl Export {
    /// The next lines, each ended by a line feed; none: that was all.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn next(&mut self, identity: &Identity) -> Result<Option<String>, Fault> {
        loop {
            let mut conn = identity.store.read().await?;
            let (lines, part) = match self.part.clone() {
                Part::Tenant => (self.tenant_line(&mut conn).await?, Part::Applications(None)),
                Part::Applications(after) => self.applications(&mut conn, after).await?,
                Part::Providers => (self.providers(&mut conn).await?, Part::Members(String::new())),
                Part::Members(after) => self.members(&mut conn, after).await?,
                Part::Audit(before) => self.audit(identity, before).await?,
                Part::Done => return Ok(None),
            };
            self.part = part;
            if !lines.is_empty() {
                let mut text = String::new();
                for line in lines {
                    text.push_str(&line.to_string());
                    text.push('\n');
                }
                return Ok(Some(text));
            }
        }
    }

    async fn tenant_line(&self, conn: &mut Conn) -> Result<Vec<Value>, Fault> {
        #[derive(sqlx::FromRow)]
        struct Row {
            #[sqlx(flatten)]
            tenant: super::Tenant,
            blueprint: String,
            created_at: ambient::Timestamp,
            suspended_at: Option<ambient::Timestamp>,
            first_administrator: Option<String>,
        }
        let row: Option<Row> = conn
            .maybe(
                "SELECT id, slug, name, base_url, icon, accent, approval, terms_url, privacy_url, logo, blueprint,
                        created_at, suspended_at, first_administrator
                 FROM tenant WHERE id = $1 AND deleted_at IS NULL",
                params![self.tenant],
            )
            .await?;
        let line = row.map(|Row { tenant, blueprint, created_at, suspended_at, first_administrator }| {
            json!({
                "kind": "tenant", "id": tenant.id, "slug": tenant.slug, "name": tenant.name, "base_url": tenant.base_url,
                "icon": tenant.icon, "accent": tenant.accent, "terms_url": tenant.terms_url,
                "privacy_url": tenant.privacy_url, "logo": tenant.logo.map(|hash| format!("/brand/{hash}")), "blueprint": blueprint, "created_at": created_at.to_rfc3339(),
                "suspended_at": suspended_at.map(ambient::Timestamp::to_rfc3339),
                "first_administrator": first_administrator.and_then(|text| serde_json::from_str::<Value>(&text).ok()),
            })
        });
        Ok(line.into_iter().collect())
    }

    /// Without secrets: of those only hashes are known here, and these are nobody's business.
    async fn applications(&self, conn: &mut Conn, after: Option<Uuid>) -> Result<(Vec<Value>, Part), Fault> {
        let page = clients::of_tenant(conn, self.tenant, after, BATCH).await?;
        let next = page.last().map(|last| last.id.0);
        let lines = page.into_iter().map(|it| {
            json!({
                "kind": "application", "client_id": it.client.client_id, "name": it.client.name,
                "type": it.client.kind, "auth_method": it.client.auth_method, "jwks": it.client.jwks,
                "redirect_uris": it.client.redirect_uris, "post_logout_redirect_uris": it.client.post_logout_redirect_uris,
                "backchannel_logout_uri": it.client.backchannel_logout_uri, "id_token_alg": it.client.id_token_alg,
                "require_pkce": it.client.require_pkce, "scopes": it.client.scopes,
            })
        });
        let lines: Vec<Value> = lines.collect();
        Ok((lines, next.map_or(Part::Providers, |last| Part::Applications(Some(last)))))
    }

    /// Its own ones, without their secrets.
    async fn providers(&self, conn: &mut Conn) -> Result<Vec<Value>, Fault> {
        let own = providers::of_owner(conn, Some(self.tenant)).await?;
        let lines = own.into_iter().map(|it| {
            json!({
                "kind": "provider", "key": it.key, "name": it.name, "preset": it.preset, "issuer": it.issuer,
                "settings": serde_json::from_str::<Value>(&it.settings).ok(), "domains": it.domains, "shown": it.shown,
                "disabled": it.disabled, "created_at": it.created_at.to_rfc3339(),
            })
        });
        Ok(lines.collect())
    }

    async fn members(&self, conn: &mut Conn, after: String) -> Result<(Vec<Value>, Part), Fault> {
        #[derive(sqlx::FromRow)]
        struct Row {
            subject: String,
            linked_at: Option<ambient::Timestamp>,
            version: Option<i64>,
            state: Option<String>,
            roles: Option<String>,
            groups: Option<String>,
            provider: Option<String>,
        }
        let rows: Vec<Row> = conn
            .all(
                "SELECT subject.subject, link.created_at AS linked_at, version, state, roles, groups, provider FROM subject
                 LEFT JOIN link ON link.tenant_id = subject.sector_id AND link.account_id = subject.account_id
                 LEFT JOIN membership ON membership.tenant_id = subject.sector_id AND membership.subject = subject.subject
                 WHERE sector_id = $1 AND subject.subject > $2 ORDER BY subject.subject LIMIT $3",
                params![self.tenant, after, BATCH],
            )
            .await?;
        let next = rows.last().map(|last| last.subject.clone());
        let list = |text: Option<String>| text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let lines = rows.into_iter().map(|row| {
            json!({
                "kind": "member", "subject": row.subject, "linked_at": row.linked_at.map(ambient::Timestamp::to_rfc3339),
                "version": row.version, "state": row.state, "roles": list(row.roles), "groups": list(row.groups),
                "provider": row.provider,
            })
        });
        let lines: Vec<Value> = lines.collect();
        Ok((lines, next.map_or(Part::Audit(None), Part::Members)))
    }

    /// What was done to the tenant here. Its own log is at its own server.
    async fn audit(&self, identity: &Identity, before: Option<Uuid>) -> Result<(Vec<Value>, Part), Fault> {
        let mut platform = identity.store.for_tenant(PLATFORM).read().await?;
        let page =
            audit::page_of(&mut platform, audit::Of::Target("tenant", &self.tenant.to_string()), before, 500).await?;
        let next = page.last().map(|last| last.id);
        let lines = page.into_iter().map(|line| {
            json!({
                "kind": "audit", "at": line.at.to_rfc3339(), "action": line.action, "actor_kind": line.actor_kind,
                "reference": line.reference, "detail": line.detail,
            })
        });
        let lines: Vec<Value> = lines.collect();
        Ok((lines, next.map_or(Part::Done, |last| Part::Audit(Some(last)))))
    }
}
