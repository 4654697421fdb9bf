use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use store::{Conn, StoreError, Tx, params};
use uuid::Uuid;

use super::super::granted::{Granted, Life, life};
use super::{RefreshLifetimes, RefreshToken};

/// How long the predecessor gets the same successor again (OA-03).
const GRACE: Duration = Duration::from_secs(10);

/// A family as it stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Family {
    #[sqlx(flatten)]
    pub granted: Granted,
    #[sqlx(flatten)]
    pub life: Life,
    pub rotated_at: Timestamp,
    pub idle_until: Timestamp,
    current_hash: SecretHash,
    previous_hash: Option<SecretHash>,
}

/// Where a token of ours stands in its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It counts.
    Current,
    /// The current one was made from it a moment ago, and nobody has used that yet.
    JustExchanged,
    /// It was exchanged, and whoever holds the family has gone on.
    Ancestor,
    /// The family's time is over.
    Expired,
}

impl Family {
    /// Where the token with this hash stands. That the successor is unused needs no column: once it is exchanged, its
    /// predecessor is not the previous one any more.
    pub fn place(&self, hash: &SecretHash, now: Timestamp) -> Place {
        if self.idle_until <= now {
            return Place::Expired;
        }
        if self.current_hash.matches(hash) {
            return Place::Current;
        }
        let previous = self.previous_hash.as_ref().is_some_and(|previous| previous.matches(hash));
        if previous && now.since(self.rotated_at) <= GRACE { Place::JustExchanged } else { Place::Ancestor }
    }
}

/// By its id: every table by its key.
pub(crate) async fn find(conn: &mut Conn, id: Uuid) -> Result<Option<Family>, StoreError> {
    conn.maybe(
        concat!(
            "SELECT grant_id, access_grant.client_id, access_grant.account_id, tenant_id, scopes, resource, auth_time, amr,
                    acr, provider, sid, rotated_at, idle_until, current_hash, previous_hash, ",
            life!(),
            " FROM refresh_family
             JOIN access_grant ON access_grant.id = grant_id
             JOIN session ON session.id = access_grant.session_id
             JOIN account ON account.id = access_grant.account_id
             WHERE refresh_family.id = $1"
        ),
        params![id],
    )
    .await
}

/// A new family.
pub(crate) async fn insert(
    tx: &mut Tx,
    first: &RefreshToken,
    granted: &Granted,
    lifetimes: RefreshLifetimes,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ends_by = now.plus(lifetimes.absolute);
    tx.execute(
        "INSERT INTO refresh_family (id, grant_id, current_hash, generation, rotated_at, idle_until, ends_by, auth_time, amr,
             acr, provider, sid)
         VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            first.family(),
            granted.grant_id,
            first.hash(),
            now,
            now.plus(lifetimes.idle).min(ends_by),
            ends_by,
            granted.auth_time,
            granted.amr,
            granted.acr,
            granted.provider,
            granted.sid
        ],
    )
    .await?;
    Ok(())
}

/// Exchanges the token that counts for its successor. One conditional statement, whose row count decides (DESIGN §4.6).
pub(crate) async fn rotate(
    tx: &mut Tx,
    token: &RefreshToken,
    successor: &RefreshToken,
    idle: Duration,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rotated = tx
        .execute(
            "UPDATE refresh_family SET previous_hash = current_hash, current_hash = $3, generation = generation + 1,
                rotated_at = $4, idle_until = CASE WHEN ends_by < $5 THEN ends_by ELSE $5 END
             WHERE id = $1 AND current_hash = $2 AND idle_until > $4",
            params![token.family(), token.hash(), successor.hash(), now, now.plus(idle)],
        )
        .await?;
    Ok(rotated == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::AccountId;
    use crate::clients::ClientRowId;

    fn family() -> Family {
        Family {
            granted: Granted {
                grant_id: Uuid::nil(),
                client_id: ClientRowId(Uuid::nil()),
                account_id: AccountId(Uuid::nil()),
                tenant_id: None,
                scopes: String::new(),
                resource: None,
                auth_time: Timestamp::from_seconds(1),
                amr: String::new(),
                acr: String::new(),
                provider: String::new(),
                sid: String::new(),
            },
            life: Life::sample(),
            rotated_at: Timestamp::from_seconds(100),
            idle_until: Timestamp::from_seconds(1_000),
            current_hash: SecretHash::of("current"),
            previous_hash: Some(SecretHash::of("previous")),
        }
    }

    #[test]
    fn oa_03_each_token_has_its_place() {
        use Place::{Ancestor, Current, Expired, JustExchanged};
        for (token, second, place) in [
            ("current", 100, Current),
            ("current", 999, Current),
            ("current", 1_000, Expired),
            ("previous", 100, JustExchanged),
            ("previous", 110, JustExchanged),
            ("previous", 111, Ancestor),
            ("previous", 1_000, Expired),
            ("older", 100, Ancestor),
            ("older", 1_000, Expired),
        ] {
            let found = family().place(&SecretHash::of(token), Timestamp::from_seconds(second));
            assert_eq!(found, place, "{token} at {second}");
        }
        let first = Family { previous_hash: None, ..family() };
        assert_eq!(first.place(&SecretHash::of("previous"), Timestamp::from_seconds(100)), Ancestor);
    }
}
