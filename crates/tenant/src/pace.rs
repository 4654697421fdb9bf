use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How long a transaction of many rows may hold the write door: logins wait behind it.
const HELD: Duration = Duration::from_millis(20);
/// The fewest and the most rows of one transaction; each size between them is so many of the fewest.
const FEWEST: i64 = 50;
const MOST: i64 = 2_000;

/// How many rows the next transaction of many takes: as many as the last ones were quick. Kept in memory alone.
#[derive(Debug)]
pub struct Pace(AtomicI64);

impl Default for Pace {
    /// Begins with the fewest.
    fn default() -> Self {
        Self(AtomicI64::new(FEWEST))
    }
}

impl Pace {
    /// How many.
    #[must_use]
    pub fn size(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// So many rows held the door so long: at most twice as many come next, and at least half as many.
    pub(crate) fn took(&self, rows: i64, held: Duration) {
        let held = i64::try_from(held.as_micros()).unwrap_or(i64::MAX).max(1);
        let wanted = rows.saturating_mul(i64::try_from(HELD.as_micros()).unwrap_or(i64::MAX)) / held;
        let size = self.size();
        // What few rows took says little of many.
        if rows * 2 < size && wanted > rows {
            return;
        }
        let next = wanted.clamp(size / 2, size * 2) / FEWEST * FEWEST;
        self.0.store(next.clamp(FEWEST, MOST), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_as_large_as_its_time_allows() {
        let cases = [
            (50, 50, 0, 100),
            (50, 50, 5, 100),
            (100, 100, 15, 100),
            (800, 800, 10, 1_600),
            (1_600, 1_600, 10, 2_000),
            (2_000, 2_000, 40, 1_000),
            (1_000, 1_000, 400, 500),
            (100, 100, 90, 50),
            (50, 50, 900, 50),
            (400, 7, 1, 400),
            (400, 7, 90, 200),
        ];
        for (size, rows, millis, next) in cases {
            let pace = Pace(AtomicI64::new(size));
            pace.took(rows, Duration::from_millis(millis));
            assert_eq!(pace.size(), next, "{rows} of {size} in {millis} ms");
        }
    }
}
