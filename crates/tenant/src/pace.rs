use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jobs::people;

/// How long a transaction of many rows may hold the write door while nobody waits for a page.
const HELD: Duration = Duration::from_millis(40);
/// And while somebody does: a login writes a dozen times, and each may stand behind one.
const HELD_BESIDE_PEOPLE: Duration = Duration::from_millis(10);
/// The fewest rows of one transaction.
const FEWEST: i64 = 50;
/// How many it begins with.
const FIRST: i64 = 250;
/// The most.
const MOST: i64 = 2_000;
/// Sizes are so many times this.
const STEP: i64 = 50;

/// How many rows the next transaction of many takes: as many as the last ones were quick. Kept in memory alone.
#[derive(Debug)]
pub struct Pace(AtomicI64);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicI64::new(FIRST))
    }
}

impl Pace {
    /// How many.
    #[must_use]
    pub fn size(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Begins with so many, and takes no fewer: for tests, which stop in the middle of little.
    #[cfg(test)]
    pub(crate) const fn begins_with(rows: i64) -> Self {
        Self(AtomicI64::new(rows))
    }

    /// So many rows held the door so long: at most twice as many come next, and at least half as many.
    pub(crate) fn took(&self, rows: i64, held: Duration) {
        self.aim(rows, held, if people::do_wait() { HELD_BESIDE_PEOPLE } else { HELD });
    }

    fn aim(&self, rows: i64, held: Duration, aim: Duration) {
        let held = i64::try_from(held.as_micros()).unwrap_or(i64::MAX).max(1);
        let wanted = rows.saturating_mul(i64::try_from(aim.as_micros()).unwrap_or(i64::MAX)) / held;
        let size = self.size();
        // What few rows took says little of many.
        if rows * 2 < size && wanted > rows {
            return;
        }
        let next = wanted.clamp(size / 2, size * 2) / STEP * STEP;
        self.0.store(next.clamp(FEWEST, MOST), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_as_large_as_its_time_allows() {
        let cases = [
            (250, 250, 0, 500),
            (250, 250, 10, 500),
            (300, 300, 30, 400),
            (800, 800, 20, 1_600),
            (1_600, 1_600, 20, 2_000),
            (2_000, 2_000, 80, 1_000),
            (1_000, 1_000, 800, 500),
            (300, 300, 180, 150),
            (80, 80, 900, 50),
            (400, 7, 1, 400),
            (600, 7, 180, 300),
        ];
        for (size, rows, millis, next) in cases {
            let pace = Pace(AtomicI64::new(size));
            pace.aim(rows, Duration::from_millis(millis), HELD);
            assert_eq!(pace.size(), next, "{rows} of {size} in {millis} ms");
        }
    }

    #[test]
    fn it_takes_less_while_people_wait() {
        let pace = Pace(AtomicI64::new(800));
        let aim = |rows| pace.aim(rows, Duration::from_millis(40), HELD_BESIDE_PEOPLE);
        aim(800);
        assert_eq!(pace.size(), 400, "half at most");
        aim(800);
        assert_eq!(pace.size(), 200);
    }
}
