use std::time::Duration;

use ambient::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a key signs.
const SIGNS_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How long before it signs it is listed.
const LISTED_BEFORE: Duration = DAY;
/// How long after its last signature it stays listed: longer than anything that it signed is valid.
const LISTED_AFTER: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// The moments in a key's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyTimes {
    /// Listed from here.
    pub created_at: Timestamp,
    /// Signs from here.
    pub sign_from: Timestamp,
    /// Signs until here.
    pub sign_until: Timestamp,
    /// Listed until here.
    pub retire_at: Timestamp,
}

impl KeyTimes {
    const fn new(created_at: Timestamp, sign_from: Timestamp, sign_until: Timestamp, retire_at: Timestamp) -> Self {
        Self { created_at, sign_from, sign_until, retire_at }
    }

    /// Whether it signs now.
    #[must_use]
    pub fn signs_at(&self, now: Timestamp) -> bool {
        self.sign_from <= now && now < self.sign_until
    }
}

/// The key that has to be made now, if one has: the first ever, at once; a successor, a day before the last one ends.
#[must_use]
pub fn due(keys: &[KeyTimes], now: Timestamp) -> Option<KeyTimes> {
    let last_end = keys.iter().map(|key| key.sign_until).filter(|until| *until > now).max();
    let sign_from = match last_end {
        None => now,
        Some(end) if end.since(now) <= LISTED_BEFORE => end,
        Some(_) => return None,
    };
    let sign_until = sign_from.plus(SIGNS_FOR);
    Some(KeyTimes::new(now, sign_from, sign_until, sign_until.plus(LISTED_AFTER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_is_listed_a_day_before_it_signs_and_there_is_always_one_that_signs() {
        let mut now = Timestamp::from_seconds(1_800_000_000);
        let mut keys: Vec<KeyTimes> = Vec::new();
        for hour in 0..(24 * 365) {
            if let Some(key) = due(&keys, now) {
                assert!(keys.is_empty() || key.sign_from.since(now) > DAY - Duration::from_secs(3_601), "hour {hour}");
                keys.push(key);
            }
            assert_eq!(keys.iter().filter(|key| key.signs_at(now)).count(), 1, "hour {hour}");
            now = now.plus(Duration::from_secs(3_600));
        }
        assert_eq!(keys.len(), 5);
    }

    #[test]
    fn after_a_long_sleep_a_key_is_made_that_signs_at_once() {
        let long_ago = Timestamp::from_seconds(1_000_000);
        let old = due(&[], long_ago).unwrap();
        let now = old.retire_at.plus(DAY);
        assert_eq!(due(&[old], now).unwrap().sign_from, now);
    }
}
