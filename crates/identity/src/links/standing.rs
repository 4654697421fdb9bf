use oidc::client::ClientKind;
use store::{Conn, StoreError, params};
use uuid::Uuid;

use super::{MemberState, Membership};
use crate::accounts::AccountId;
use crate::sessions::PLATFORM_PROVIDER;
use crate::tenants::TenantId;

/// How an account stands to a client's sector and to the one tenant that its tokens speak of.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// What the sector calls it.
    pub subject: String,
    /// The tenant's short name; none: no tenant, or none that exists.
    pub tenant: Option<String>,
    /// Whether the account has entered the tenant.
    pub linked: bool,
    /// What the tenant told of it.
    pub membership: Option<Membership>,
    /// It is a break-glass member's, and has nothing of its own to sign in by: no password, or it is switched as a whole. Who has named
    /// them so asks for what they do not have.
    pub glass_without_own: bool,
    /// The tenant refuses the account's password until it is changed (DESIGN §4.9).
    pub password_refused: bool,
    /// The account is of this tenant's scope alone: its own providers know who it is, and nobody else does (DESIGN §4.2).
    pub only_here: bool,
}

impl Standing {
    /// Whether a client of this kind may have tokens that speak of this tenant. An instance tells its members itself how
    /// they stand; for anybody else we keep the door, at each token as at the authorization endpoint (DESIGN §3.5). What was
    /// proved by another provider than the one that the tenant names opens nothing (DESIGN §4.3). A break-glass member's uses are each
    /// proved anew and told to whoever runs the tenant: its instance does both, so nothing else opens to them.
    pub fn admits(&self, kind: ClientKind, tenant: Option<TenantId>, proved_by: &str) -> bool {
        let opener = self.membership.as_ref().and_then(|membership| membership.provider.as_deref());
        if tenant.is_some() && opener.is_some_and(|opener| opener != proved_by) {
            return false;
        }
        if tenant.is_some() && self.password_refused && proved_by == PLATFORM_PROVIDER {
            return false;
        }
        if tenant.is_some() && kind != ClientKind::TenantInstance && self.is_break_glass() {
            return false;
        }
        let active = || self.membership.as_ref().is_some_and(|membership| membership.state == MemberState::Active);
        tenant.is_none() || (self.linked && (kind == ClientKind::TenantInstance || active()))
    }

    fn is_break_glass(&self) -> bool {
        self.membership.as_ref().is_some_and(|membership| membership.break_glass)
    }

    /// The membership, if tokens may tell of it.
    pub fn active(&self) -> Option<&Membership> {
        self.membership.as_ref().filter(|membership| membership.state == MemberState::Active)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    subject: String,
    slug: Option<String>,
    linked_at: Option<i64>,
    version: Option<i64>,
    state: Option<MemberState>,
    roles: Option<String>,
    groups: Option<String>,
    provider: Option<String>,
    break_glass: Option<bool>,
    glass_without_own: bool,
    password_refused: bool,
    only_here: bool,
}

/// One statement, each table by its key. None: the sector knows no such account.
///
/// # Errors
/// The database's.
pub(crate) async fn standing(
    conn: &mut Conn,
    sector: Uuid,
    account: AccountId,
    tenant: Option<TenantId>,
) -> Result<Option<Standing>, StoreError> {
    let row: Option<Row> = conn
        .maybe(
            "SELECT here.subject, tenant.slug, link.created_at AS linked_at, membership.version, state, roles, groups, membership.provider,
                 membership.break_glass,
                 COALESCE(membership.break_glass, FALSE) AND (account.provider_id IS NOT NULL OR password.account_id IS NULL)
                     AS glass_without_own,
                 COALESCE(link.password_refused = password.version, FALSE) AS password_refused,
                 COALESCE(account.scope_id = tenant.id, FALSE) AS only_here
             FROM subject AS here
             JOIN account ON account.id = here.account_id
             LEFT JOIN password ON password.account_id = here.account_id
             LEFT JOIN tenant ON tenant.id = $3
             LEFT JOIN link ON link.tenant_id = tenant.id AND link.account_id = here.account_id
             LEFT JOIN subject AS there ON there.sector_id = tenant.id AND there.account_id = here.account_id
             LEFT JOIN membership ON membership.tenant_id = tenant.id AND membership.subject = there.subject
             WHERE here.sector_id = $1 AND here.account_id = $2",
            params![sector, account, tenant],
        )
        .await?;
    Ok(row.map(|row| Standing {
        membership: row.version.zip(row.state).map(|(version, state)| Membership {
            version,
            state,
            roles: row.roles.unwrap_or_default(),
            groups: row.groups.unwrap_or_default(),
            provider: row.provider,
            break_glass: row.break_glass.unwrap_or_default(),
        }),
        subject: row.subject,
        tenant: row.slug,
        linked: row.linked_at.is_some(),
        glass_without_own: row.glass_without_own,
        password_refused: row.password_refused,
        only_here: row.only_here,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_active_members_have_tokens_of_their_tenants_applications() {
        use ClientKind::{PlatformApplication, TenantApplication, TenantInstance};
        let tenant = Some(TenantId(Uuid::from_u128(1)));
        let standing = |linked: bool, state: Option<MemberState>| Standing {
            subject: "s".into(),
            tenant: Some("acme".into()),
            linked,
            membership: state.map(|state| Membership {
                version: 1,
                state,
                roles: "[]".into(),
                groups: "[]".into(),
                provider: None,
                break_glass: false,
            }),
            glass_without_own: false,
            password_refused: false,
            only_here: false,
        };
        for state in MemberState::ALL.iter().copied().map(Some).chain([None]) {
            let active = state == Some(MemberState::Active);
            for kind in [TenantApplication, PlatformApplication] {
                assert_eq!(standing(true, state).admits(kind, tenant, "platform"), active, "{kind:?} {state:?}");
                assert!(!standing(false, state).admits(kind, tenant, "platform"), "no link");
            }
            assert!(standing(true, state).admits(TenantInstance, tenant, "platform"), "it tells its members itself");
            assert!(!standing(false, state).admits(TenantInstance, tenant, "platform"));
            assert!(standing(false, state).admits(PlatformApplication, None, "platform"), "no tenant, no question");
            assert_eq!(standing(true, state).active().is_some(), active);
        }
        let mut switched = standing(true, Some(MemberState::Active));
        switched.membership.as_mut().unwrap().provider = Some("contoso".into());
        for kind in [TenantInstance, TenantApplication, PlatformApplication] {
            assert!(switched.admits(kind, tenant, "contoso") && !switched.admits(kind, tenant, "platform"), "{kind:?}");
        }
        let mut refused = standing(true, Some(MemberState::Active));
        refused.password_refused = true;
        for kind in [TenantInstance, TenantApplication, PlatformApplication] {
            assert!(refused.admits(kind, tenant, "contoso") && !refused.admits(kind, tenant, "platform"), "{kind:?}");
        }
        assert!(refused.admits(PlatformApplication, None, "platform"), "no tenant, no question");
        let mut glass = standing(true, Some(MemberState::Active));
        glass.membership.as_mut().unwrap().break_glass = true;
        for proved_by in ["platform", "contoso"] {
            assert!(glass.admits(TenantInstance, tenant, proved_by), "it asks for the proof itself");
            for kind in [TenantApplication, PlatformApplication] {
                assert!(!glass.admits(kind, tenant, proved_by), "{kind:?} {proved_by}");
            }
        }
        assert!(glass.admits(PlatformApplication, None, "contoso"), "no tenant, no question");
    }
}
