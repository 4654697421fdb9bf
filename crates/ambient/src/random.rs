use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};

/// Where unpredictable bytes come from.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
pub struct SystemRandom;

impl Randomness for SystemRandom {
    #[expect(
        clippy::panic,
        reason = "a process without randomness must not go on: everything it mints would be guessable"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        if aws_lc_rs::rand::fill(bytes).is_err() {
            panic!("the operating system's random generator failed");
        }
    }
}

/// The same bytes for the same seed (SHA-256 of seed and counter); for tests.
pub struct SeededRandom {
    seed: u64,
    counter: AtomicU64,
}

impl SeededRandom {
    /// A generator that starts anew from `seed`.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self { seed, counter: AtomicU64::new(0) }
    }
}

impl Randomness for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let mut input = [0; 16];
            input[..8].copy_from_slice(&self.seed.to_be_bytes());
            input[8..].copy_from_slice(&self.counter.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            for (byte, random) in chunk.iter_mut().zip(digest(&SHA256, &input).as_ref()) {
                *byte = *random;
            }
        }
    }
}
