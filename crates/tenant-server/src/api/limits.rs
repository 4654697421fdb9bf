use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ambient::Timestamp;

/// How many requests a client may send a minute, to each process that serves the tenant.
pub(super) const REQUESTS_A_MINUTE: u32 = 600;
/// How many of them may change something.
pub(super) const CHANGES_A_MINUTE: u32 = 120;

const WINDOW: Duration = Duration::from_mins(1);
/// More clients than this are not remembered: those whose minute is over are forgotten first.
const MOST: usize = 10_000;

/// What each client has asked for in its minute. It guards this process and holds no truth, so it needs no database.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<String, Minute>>);

#[derive(Debug)]
struct Minute {
    began: Timestamp,
    requests: u32,
    changes: u32,
}

impl Limits {
    /// Counts a request.
    ///
    /// # Errors
    /// The seconds to wait, if it is one too many.
    pub(super) fn take(&self, client: &str, changes: bool, now: Timestamp) -> Result<(), u64> {
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minutes.len() >= MOST && !minutes.contains_key(client) {
            minutes.retain(|_, minute| now.since(minute.began) < WINDOW);
        }
        let fresh = Minute { began: now, requests: 0, changes: 0 };
        let minute = minutes.entry(client.to_owned()).or_insert(fresh);
        if now.since(minute.began) >= WINDOW {
            *minute = Minute { began: now, requests: 0, changes: 0 };
        }
        let left = WINDOW.saturating_sub(now.since(minute.began)).as_secs().max(1);
        if minute.requests >= REQUESTS_A_MINUTE || (changes && minute.changes >= CHANGES_A_MINUTE) {
            return Err(left);
        }
        minute.requests += 1;
        minute.changes += u32::from(changes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_its_minute_and_no_others() {
        let (limits, at) = (Limits::default(), Timestamp::from_seconds(1_000));
        for _ in 0..CHANGES_A_MINUTE {
            assert_eq!(limits.take("a", true, at), Ok(()));
        }
        assert_eq!(limits.take("a", true, at.plus(Duration::from_secs(20))), Err(40));
        assert_eq!(limits.take("a", false, at), Ok(()), "reading goes on");
        assert_eq!(limits.take("b", true, at), Ok(()), "another client");
        for _ in 0..REQUESTS_A_MINUTE - CHANGES_A_MINUTE - 1 {
            assert_eq!(limits.take("a", false, at), Ok(()));
        }
        assert_eq!(limits.take("a", false, at), Err(60));
        assert_eq!(limits.take("a", true, at.plus(WINDOW)), Ok(()), "the next minute");
    }
}
