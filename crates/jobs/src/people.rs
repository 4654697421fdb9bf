//! Whether people wait for this process. They share its processors and its databases with every background loop of it, whichever
//! server that belongs to: so one count for the whole process, and no more of them in a test that serves nobody.

use std::sync::atomic::{AtomicUsize, Ordering};

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Somebody who waits for a page, until this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Waiting(());

/// From now on somebody waits.
pub fn somebody_waits() -> Waiting {
    WAITING.fetch_add(1, Ordering::Relaxed);
    Waiting(())
}

/// Whether anybody waits at this moment.
#[must_use]
pub fn do_wait() -> bool {
    WAITING.load(Ordering::Relaxed) > 0
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}
