use ambient::Timestamp;
use oidc::client::ClientKind;
use oidc::error::{ErrorCode, OAuthError};
use store::{Conn, StoreError, params};
use uuid::Uuid;

use super::{LEASE_LIFETIME, TenantId};
use crate::clients::Registered;

/// How a tenant stands to those who want to enter it, or its applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What it told of its members is complete, give or take a minute.
    Open,
    /// The platform has suspended it, or it is gone.
    Suspended,
    /// Its server has not been heard of for minutes, or never: somebody may have been locked there since (REL-23).
    CutOff,
}

#[derive(sqlx::FromRow)]
struct Row {
    suspended_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
    leased_at: Option<Timestamp>,
    withheld: Option<String>,
}

/// How a tenant stands now. Asked before each code and each token, by everyone the same way.
///
/// # Errors
/// The database's.
pub async fn reach(conn: &mut Conn, tenant: TenantId, now: Timestamp) -> Result<Reach, StoreError> {
    let row: Option<Row> = conn
        .maybe(
            "SELECT suspended_at, deleted_at, leased_at, withheld FROM tenant
             LEFT JOIN tenant_server ON tenant_server.client_id = tenant.server_id WHERE tenant.id = $1",
            params![tenant],
        )
        .await?;
    Ok(row.map_or(Reach::Suspended, |row| row.judge(tenant, now)))
}

impl Row {
    fn judge(&self, tenant: TenantId, now: Timestamp) -> Reach {
        if self.suspended_at.is_some() || self.deleted_at.is_some() {
            return Reach::Suspended;
        }
        let lives = self.leased_at.is_some_and(|leased| now.since(leased) < LEASE_LIFETIME);
        let withheld = self.withheld.as_deref().unwrap_or("[]");
        // What cannot be read withholds everything.
        let complete = serde_json::from_str::<Vec<Uuid>>(withheld).is_ok_and(|ids| !ids.contains(&tenant.0));
        if lives && complete { Reach::Open } else { Reach::CutOff }
    }
}

impl Reach {
    /// What it means for a kind of client. An instance knows its own members: it is not kept out for being cut off, which it
    /// evidently is not if it redeems a code.
    #[must_use]
    pub fn closes_to(self, kind: ClientKind) -> bool {
        match self {
            Self::Open => false,
            Self::Suspended => true,
            Self::CutOff => kind != ClientKind::TenantInstance,
        }
    }
}

/// **The one check** of DESIGN §3.5 for the token endpoint: why nothing is given to this client for this tenant now. Each
/// grant asks before it mints; one that would spend something repeatable (a refresh token) asks before it spends it.
///
/// A suspended tenant's grants are over; a cut-off one's are to be tried again later.
///
/// # Errors
/// The database's.
pub async fn refusal(
    conn: &mut Conn,
    client: &Registered,
    tenant: Option<TenantId>,
    now: Timestamp,
) -> Result<Option<OAuthError>, StoreError> {
    let Some(tenant) = client.tenant.or(tenant) else { return Ok(None) };
    let reach = reach(conn, tenant, now).await?;
    if !reach.closes_to(client.client.kind) {
        return Ok(None);
    }
    Ok(Some(match reach {
        Reach::CutOff => OAuthError::new(
            ErrorCode::TemporarilyUnavailable,
            "the tenant has not been heard of for minutes; try again later",
        ),
        Reach::Open | Reach::Suspended => OAuthError::new(ErrorCode::InvalidGrant, "the tenant is suspended"),
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_lease_speaks_for_five_minutes_and_not_for_whom_it_leaves_out() {
        let tenant = TenantId(Uuid::from_u128(1));
        let now = Timestamp::from_seconds(1_000);
        let ago = |seconds| Some(now.minus(Duration::from_secs(seconds)));
        let listed = format!("[\"{tenant}\"]");
        let other = format!("[\"{}\"]", Uuid::from_u128(2));
        for (what, leased_at, withheld, suspended_at, deleted_at, expected) in [
            ("fresh", ago(0), Some("[]"), None, None, Reach::Open),
            ("just living", ago(299), Some("[]"), None, None, Reach::Open),
            ("over", ago(300), Some("[]"), None, None, Reach::CutOff),
            ("never enrolled", None, None, None, None, Reach::CutOff),
            ("left out", ago(0), Some(&*listed), None, None, Reach::CutOff),
            ("another left out", ago(0), Some(&*other), None, None, Reach::Open),
            ("unreadable", ago(0), Some("?"), None, None, Reach::CutOff),
            ("suspended", ago(0), Some("[]"), ago(1), None, Reach::Suspended),
            ("deleted", ago(0), Some("[]"), None, ago(1), Reach::Suspended),
        ] {
            let row = Row { suspended_at, deleted_at, leased_at, withheld: withheld.map(str::to_owned) };
            assert_eq!(row.judge(tenant, now), expected, "{what}");
        }
    }

    #[test]
    fn an_instance_is_closed_by_suspension_alone() {
        use ClientKind::{PlatformApplication, TenantApplication, TenantInstance};
        for kind in [TenantInstance, TenantApplication, PlatformApplication] {
            assert!(!Reach::Open.closes_to(kind) && Reach::Suspended.closes_to(kind));
            assert_eq!(Reach::CutOff.closes_to(kind), kind != TenantInstance);
        }
    }
}
