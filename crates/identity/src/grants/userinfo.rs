use std::collections::BTreeSet;

use oidc::claims::Profile;
use oidc::client::ClientKind;
use oidc::scope;
use serde_json::{Map, Value};

use super::client_credentials::verify_access_token;
use super::living::{Stated, grant_of, living};
use crate::accounts::Account;
use crate::tenants::TenantId;
use crate::{Fault, Identity, groups, invitations, links};

/// Why a token gets no claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It opens nothing here (any more).
    Token,
    /// It was narrowed until `openid` was not in it.
    Scope,
}

/// What an access token's client may know of its person (OIDC Core §5.3): what the *token* says, which a refresh may have
/// narrowed. The grant must be unrevoked and its session alive.
///
/// # Errors
/// [`Fault`].
pub async fn userinfo(identity: &Identity, token: &str) -> Result<Result<Map<String, Value>, Refused>, Fault> {
    let Some(claims) = verify_access_token(identity, token) else { return Ok(Err(Refused::Token)) };
    let Some(grant) = grant_of(&claims) else { return Ok(Err(Refused::Token)) };
    let mut conn = identity.store.read().await?;
    let Some(living) = living(&mut conn, grant, identity.ambient.now()).await? else {
        return Ok(Err(Refused::Token));
    };
    if !claims.scope.contains(scope::OPENID) {
        return Ok(Err(Refused::Scope));
    }
    let asked_for: BTreeSet<String> = serde_json::from_str(&living.claims)?;
    let mut profile =
        if living.scoped { stated(living.stated, claims.sub) } else { profile(&living.account, claims.sub) };
    if let Some(tenant) = living.tenant_id.filter(|_| claims.scope.contains(scope::MEMBERSHIP)) {
        profile.membership = membership(&mut conn, tenant, &living.account).await?;
    }
    let mut told = oidc::claims::userinfo(&profile, &claims.scope, &asked_for);
    // A tenant instance hears which of its invitations this person has accepted: so it knows whose record is whose.
    if let Some(tenant) = living.tenant_id.filter(|_| living.client_kind == ClientKind::TenantInstance.as_str()) {
        let accepted = invitations::to_settle(&mut conn, tenant, living.account.id).await?;
        if !accepted.is_empty() {
            told.insert("invitations".to_owned(), serde_json::to_value(accepted)?);
        }
        if let Some(groups) = groups::told(&mut conn, grant, tenant).await? {
            told.insert("upstream_groups".to_owned(), serde_json::to_value(groups)?);
        }
    }
    Ok(Ok(told))
}

async fn membership(
    conn: &mut store::Conn,
    tenant: TenantId,
    account: &Account,
) -> Result<Option<oidc::claims::Membership>, Fault> {
    let standing = links::standing(conn, tenant.0, account.id, Some(tenant)).await?;
    Ok(standing.and_then(|standing| {
        // Of a break-glass member its instance alone hears (DESIGN §4.3).
        let active = standing.active().filter(|membership| !membership.break_glass);
        let (roles, groups) = active.map(|membership| (membership.roles(), membership.groups()))?;
        Some(oidc::claims::Membership { tenant: standing.tenant?, roles, groups })
    }))
}

/// A session that a tenant's own provider made tells what that provider stated, and nothing of the account (DESIGN §4.2): its
/// address is nobody's proof.
fn stated(stated: Stated, sub: String) -> Profile {
    let known = |text: Option<String>| text.filter(|text| !text.is_empty());
    Profile {
        sub,
        name: Some(stated.stated_name.unwrap_or_default()),
        given_name: known(stated.stated_given_name),
        family_name: known(stated.stated_family_name),
        locale: known(stated.stated_locale),
        email: known(stated.stated_email),
        email_verified: false,
        ..Profile::default()
    }
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
