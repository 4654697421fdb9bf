use std::time::Duration;

/// How long to wait after the `attempt`-th failure in a row (1 for the first): 1 s, 2 s, 4 s … and 10 min at most.
#[must_use]
pub fn retry_after(attempt: u32) -> Duration {
    retry_within(attempt, Duration::from_secs(1), Duration::from_secs(600))
}

/// As [`retry_after`], from `first` to `cap`, doubling. No jitter: attempts of different rows already lie apart, and equal
/// input gives equal output.
#[must_use]
pub fn retry_within(attempt: u32, first: Duration, cap: Duration) -> Duration {
    let doublings = attempt.saturating_sub(1).min(31);
    first.saturating_mul(1 << doublings).min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_the_cap() {
        let seconds: Vec<u64> = [0, 1, 2, 3, 10, 11, 32, 33, u32::MAX].map(|n| retry_after(n).as_secs()).into();
        assert_eq!(seconds, [1, 1, 2, 4, 512, 600, 600, 600, 600]);
    }
}
