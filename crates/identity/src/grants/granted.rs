use ambient::Timestamp;
use uuid::Uuid;

use crate::accounts::AccountId;
use crate::clients::ClientRowId;
use crate::tenants::TenantId;

/// A grant with the sign-in that it came from: what its tokens are made from, at the code and at each refresh.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Granted {
    pub grant_id: Uuid,
    pub client_id: ClientRowId,
    pub account_id: AccountId,
    pub tenant_id: Option<TenantId>,
    pub scopes: String,
    /// The tenant's API, if its tokens may be for that.
    pub resource: Option<String>,
    pub auth_time: Timestamp,
    pub amr: String,
    pub acr: String,
    pub provider: String,
    pub sid: String,
}

/// What the life of a grant depends on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Life {
    offline: bool,
    revoked_at: Option<Timestamp>,
    session_ended_at: Option<Timestamp>,
    session_ends: Timestamp,
    session_epoch: i64,
    account_epoch: i64,
}

/// The columns of a [`Life`], of the joined tables `access_grant`, `session` and `account`.
macro_rules! life {
    () => {
        "offline, revoked_at, session.ended_at AS session_ended_at, session.expires_at AS session_ends,
         session.epoch AS session_epoch, account.epoch AS account_epoch"
    };
}
pub(super) use life;

impl Life {
    /// A grant lives until it is revoked, its person's credentials change, or its session ends. One with
    /// `offline_access` outlives the session (OIDC Core §11, Back-Channel Logout §2.7).
    pub fn goes_on(&self, now: Timestamp) -> bool {
        let session = self.session_ended_at.is_none() && self.session_ends > now;
        self.revoked_at.is_none() && self.session_epoch == self.account_epoch && (session || self.offline)
    }
}

#[cfg(test)]
impl Life {
    /// One that goes on until second 1000.
    pub fn sample() -> Self {
        Self {
            offline: false,
            revoked_at: None,
            session_ended_at: None,
            session_ends: Timestamp::from_seconds(1_000),
            session_epoch: 1,
            account_epoch: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_04_a_grant_ends_with_what_it_rests_on() {
        let at = Timestamp::from_seconds;
        type Change = fn(&mut Life);
        let table: &[(&str, Change, bool, bool)] = &[
            ("nothing happened", |_| {}, true, true),
            ("revoked", |life| life.revoked_at = Some(Timestamp::from_seconds(1)), false, false),
            ("session ended", |life| life.session_ended_at = Some(Timestamp::from_seconds(1)), false, true),
            ("session expired", |life| life.session_ends = Timestamp::from_seconds(500), false, true),
            ("credentials changed", |life| life.account_epoch = 2, false, false),
        ];
        for (what, change, bound, offline) in table {
            let mut life = Life::sample();
            change(&mut life);
            assert_eq!(life.goes_on(at(500)), *bound, "{what}");
            life.offline = true;
            assert_eq!(life.goes_on(at(500)), *offline, "{what}, offline_access");
        }
    }
}
