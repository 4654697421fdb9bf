//! Many users at once, for a while; counted is what ends inside the window.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use limit::process::cpu_seconds;
use limit::{Outcome, percentile};
use serde_json::{Value, json};

/// What all users of one measurement share.
pub struct Window {
    pid: u32,
    opens: Instant,
    closes: Instant,
    seen: RefCell<Seen>,
}

#[derive(Default)]
struct Seen {
    each: Vec<f64>,
    cpu_at_opening: Option<f64>,
    end: Option<(Instant, f64)>,
    failed: usize,
    first_failure: Option<String>,
}

impl Window {
    /// Opens after `warm`, for `length`; `pid` is the server's.
    pub fn new(pid: u32, warm: Duration, length: Duration) -> Self {
        let opens = Instant::now() + warm;
        Self { pid, opens, closes: opens + length, seen: RefCell::default() }
    }

    /// Whether another one may begin.
    pub fn is_open(&self) -> bool {
        Instant::now() < self.closes && self.seen.borrow().failed == 0
    }

    /// Notes one that began then and has ended now.
    pub fn note<T>(&self, begun: Instant, outcome: Outcome<T>) {
        let (now, mut seen) = (Instant::now(), self.seen.borrow_mut());
        if let Err(error) = outcome {
            seen.failed += 1;
            seen.first_failure.get_or_insert_with(|| error.to_string());
            return;
        }
        if now < self.opens || seen.end.is_some() {
            return;
        }
        let cpu = *seen.cpu_at_opening.get_or_insert_with(|| cpu_seconds(self.pid));
        if now < self.closes {
            seen.each.push(now.duration_since(begun).as_secs_f64() * 1000.0);
        } else if seen.end.is_none() {
            seen.end = Some((self.closes, cpu_seconds(self.pid) - cpu));
        }
    }

    /// What there was to do is done before the window closes.
    pub fn exhausted(&self) {
        let mut seen = self.seen.borrow_mut();
        if let (None, Some(cpu)) = (seen.end, seen.cpu_at_opening) {
            seen.end = Some((Instant::now(), cpu_seconds(self.pid) - cpu));
        }
    }

    /// The figures.
    pub fn answer(&self) -> Value {
        self.exhausted();
        let mut seen = self.seen.borrow_mut();
        seen.each.sort_by(f64::total_cmp);
        let (ended, cpu) = seen.end.unwrap_or((self.closes, 0.0));
        json!({
            "completed": seen.each.len(),
            "seconds": ended.min(self.closes).duration_since(self.opens).as_secs_f64(),
            "cpu": cpu,
            "failed": seen.failed,
            "failure": seen.first_failure,
            "p50_ms": percentile(&seen.each, 0.5),
            "p99_ms": percentile(&seen.each, 0.99),
        })
    }
}
