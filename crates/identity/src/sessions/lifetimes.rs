use std::net::IpAddr;
use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, Tx, params};

use super::{Session, SessionId};
use crate::{Fault, Identity};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long sessions last: what an operator decides.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// How long a session may rest unused.
    pub idle: Duration,
    /// How long it lasts after a proof, however much it is used.
    pub absolute: Duration,
    /// How long one may rest whose person asked to stay signed in.
    pub remembered_idle: Duration,
    /// How long such a one lasts, however much it is used.
    pub remembered_absolute: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { idle: 30 * MINUTE, absolute: 10 * HOUR, remembered_idle: 14 * DAY, remembered_absolute: 90 * DAY }
    }
}

/// The moments of one session that begins, or is proved anew.
pub(super) struct Lasts {
    pub idle_for: i64,
    pub ends_by: Timestamp,
    pub expires_at: Timestamp,
}

impl Lifetimes {
    pub(super) fn from(&self, remembered: bool, now: Timestamp) -> Lasts {
        let (idle, absolute) =
            if remembered { (self.remembered_idle, self.remembered_absolute) } else { (self.idle, self.absolute) };
        let ends_by = now.plus(absolute);
        Lasts {
            idle_for: i64::try_from(idle.as_micros()).unwrap_or(i64::MAX),
            ends_by,
            expires_at: now.plus(idle).min(ends_by),
        }
    }
}

impl Session {
    /// Whether its use has to be written down: after a tenth of the time that it may rest, so that not every request
    /// writes. A session thus lasts at least nine tenths of that time after its last use.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        now.since(self.used_at) >= self.idle_for / 10
    }
}

/// Notes that a session is used, if that is due: its end moves on, never beyond its latest one.
///
/// # Errors
/// [`Fault`].
pub async fn used(identity: &Identity, session: &Session, address: Option<IpAddr>) -> Result<(), Fault> {
    let now = identity.ambient.now();
    if !session.is_due(now) {
        return Ok(());
    }
    identity
        .store
        .write::<_, _, StoreError, _>((session.id, address, now), |tx, (session, address, now)| {
            Box::pin(touch(tx, *session, *address, *now))
        })
        .await?;
    Ok(())
}

/// The same inside a transaction. One statement decides: a session that has ended stays so, and of many requests at once
/// the first one writes.
///
/// # Errors
/// The database's.
pub async fn touch(tx: &mut Tx, session: SessionId, address: Option<IpAddr>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE session SET used_at = $2, address = COALESCE($3, address),
             expires_at = CASE WHEN ends_by < $2 + idle_for THEN ends_by ELSE $2 + idle_for END
         WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 AND used_at <= $2 - idle_for / 10",
        params![session, now, address.map(|address| address.to_string())],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn what_is_remembered_lasts_longer_and_nothing_outlasts_its_latest_end() {
        let lifetimes = Lifetimes::default();
        for (remembered, idle, absolute) in [(false, 30 * MINUTE, 10 * HOUR), (true, 14 * DAY, 90 * DAY)] {
            let lasts = lifetimes.from(remembered, NOW);
            assert_eq!((lasts.expires_at, lasts.ends_by), (NOW.plus(idle), NOW.plus(absolute)));
        }
        let short = Lifetimes { idle: HOUR, absolute: MINUTE, ..lifetimes };
        assert_eq!(short.from(false, NOW).expires_at, NOW.plus(MINUTE));
    }
}
