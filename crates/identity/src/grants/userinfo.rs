use std::collections::BTreeSet;

use oidc::claims::Profile;
use oidc::client::ClientKind;
use oidc::scope::{self, ScopeSet};
use serde_json::{Map, Value};
use store::params;
use uuid::Uuid;

use super::client_credentials::verify_access_token;
use crate::accounts::Account;
use crate::tenants::TenantId;
use crate::{Fault, Identity, invitations, links, tenants};

/// The token opens nothing here (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    account: Account,
    tenant_id: Option<TenantId>,
    scopes: String,
    claims: String,
    client_kind: String,
}

/// What an access token's client may know of its person (OIDC Core §5.3). The grant must be unrevoked and its session
/// alive: a logout or a code's replay ends the token before its time does.
///
/// # Errors
/// [`Fault`].
pub async fn userinfo(identity: &Identity, token: &str) -> Result<Result<Map<String, Value>, Refused>, Fault> {
    let Some(claims) = verify_access_token(identity, token) else { return Ok(Err(Refused)) };
    let Some(grant) = claims.grant.as_deref().and_then(|grant| Uuid::try_parse(grant).ok()) else {
        return Ok(Err(Refused));
    };
    let mut conn = identity.store.read().await?;
    let row: Option<Row> = conn
        .maybe(
            "SELECT account.id, email, given_name, family_name, locale, account.epoch, updated_at,
                    access_grant.tenant_id, access_grant.scopes, claims, client.kind AS client_kind
             FROM access_grant
             JOIN session ON session.id = access_grant.session_id AND session.ended_at IS NULL
                AND session.expires_at > $2
             JOIN account ON account.id = access_grant.account_id AND account.epoch = session.epoch
             JOIN client ON client.id = access_grant.client_id AND client.disabled_at IS NULL
             WHERE access_grant.id = $1 AND revoked_at IS NULL",
            params![grant, identity.ambient.now()],
        )
        .await?;
    let Some(row) = row else { return Ok(Err(Refused)) };
    let scopes = ScopeSet::parse(&row.scopes).unwrap_or_default();
    let asked_for: BTreeSet<String> = serde_json::from_str(&row.claims)?;
    let mut profile = profile(&row.account, claims.sub);
    if let Some(tenant) = row.tenant_id.filter(|_| scopes.contains(scope::MEMBERSHIP)) {
        profile.membership = membership(&mut conn, tenant, &row.account).await?;
    }
    let mut claims = oidc::claims::userinfo(&profile, &scopes, &asked_for);
    // A tenant instance hears which of its invitations this person has accepted: so it knows whose record is whose.
    if let Some(tenant) = row.tenant_id.filter(|_| row.client_kind == ClientKind::TenantInstance.as_str()) {
        let accepted = invitations::to_settle(&mut conn, tenant, row.account.id).await?;
        if !accepted.is_empty() {
            claims.insert("invitations".to_owned(), serde_json::to_value(accepted)?);
        }
    }
    Ok(Ok(claims))
}

async fn membership(
    conn: &mut store::Conn,
    tenant: TenantId,
    account: &Account,
) -> Result<Option<oidc::claims::Membership>, Fault> {
    let Some(subject) = links::known_subject(conn, tenant.0, account.id).await? else { return Ok(None) };
    let (Some(tenant), Some(membership)) =
        (tenants::find(conn, tenant).await?, links::active_membership(conn, tenant, &subject).await?)
    else {
        return Ok(None);
    };
    let (roles, groups) = (membership.roles(), membership.groups());
    Ok(Some(oidc::claims::Membership { tenant: tenant.slug, roles, groups }))
}

fn profile(account: &Account, sub: String) -> Profile {
    Profile {
        sub,
        name: Some(account.full_name()),
        given_name: Some(account.given_name.clone()),
        family_name: Some(account.family_name.clone()),
        locale: Some(account.locale.clone()),
        email: Some(account.email.clone()),
        // No account exists before its address is proved.
        email_verified: true,
        updated_at: Some(account.updated_at),
        ..Profile::default()
    }
}
