//! Passwords: what is acceptable, a bounded pool that hashes them, and how one takes another's place.

mod change;
mod kept;
mod places;
mod replace;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Argon2, PasswordHasher};
use store::{Conn, StoreError, params};
use tokio::sync::Semaphore;

use crate::accounts::AccountId;

pub use change::{Changed, change};
use kept::KeptMemory;
pub use places::Place;
use places::Places;
pub(crate) use replace::{Replacement, replace};

/// Whether an account has a password.
///
/// # Errors
/// The database's.
pub async fn has_one(conn: &mut Conn, account: AccountId) -> Result<bool, StoreError> {
    conn.exists("SELECT 1 FROM password WHERE account_id = $1", params![account]).await
}

/// What a new password must be. Lengths count characters (NIST SP 800-63B §3.1.1.2: at least 8; no composition rules).
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    shortest: usize,
    longest: usize,
}

impl Policy {
    /// Shortest and longest; none if the shortest is below 8 or above the longest.
    #[must_use]
    pub const fn new(shortest: usize, longest: usize) -> Option<Self> {
        if shortest < 8 || shortest > longest { None } else { Some(Self { shortest, longest }) }
    }

    /// Fewest characters.
    #[must_use]
    pub const fn shortest(&self) -> usize {
        self.shortest
    }

    /// Most characters: more are refused before any hashing (WEB-09).
    #[must_use]
    pub const fn longest(&self) -> usize {
        self.longest
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { shortest: 12, longest: 256 }
    }
}

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unacceptable {
    /// Fewer characters than the policy asks for.
    TooShort,
    /// More than it allows.
    TooLong,
    /// It is the e-mail address.
    IsAddress,
}

impl Policy {
    /// Judges a new password.
    ///
    /// # Errors
    /// [`Unacceptable`] says why.
    pub fn judge(&self, password: &str, email: &str) -> Result<(), Unacceptable> {
        match password.chars().count() {
            length if length < self.shortest => Err(Unacceptable::TooShort),
            length if length > self.longest => Err(Unacceptable::TooLong),
            _ if password.eq_ignore_ascii_case(email) => Err(Unacceptable::IsAddress),
            _ => Ok(()),
        }
    }
}

/// The pool has more waiting than it can serve in reasonable time: try again later.
#[derive(Debug, thiserror::Error)]
#[error("too many passwords are being checked at the moment")]
pub struct Busy;

/// Hashes and checks passwords (argon2id, 19 MiB, 2 passes: OWASP's minimum) on at most as many threads as there are
/// processors: a login storm delays logins, never tokens or health, and never runs out of memory.
#[derive(Clone)]
pub struct Hasher {
    running: Arc<Semaphore>,
    places: Places,
    decoy: Arc<str>,
    hashed: Arc<AtomicU64>,
    memory: KeptMemory,
}

/// How many may wait for each thread.
const QUEUE_PER_THREAD: usize = 64;

impl Hasher {
    /// A pool of `threads`.
    ///
    /// # Panics
    /// Never: the decoy's text is fixed.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let decoy = Argon2::default().hash_password(b"nobody's password").map(|hash| hash.to_string());
        Self {
            running: Arc::new(Semaphore::new(threads)),
            places: Places::new(threads * QUEUE_PER_THREAD),
            decoy: decoy.unwrap_or_default().into(),
            hashed: Arc::default(),
            memory: KeptMemory::default(),
        }
    }

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn hash(&self, place: Place, password: &str) -> Result<String, Busy> {
        let password = password.to_owned();
        self.run(place, move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).ok())
            .await?
            .ok_or(Busy)
    }

    /// A place in the queue for somebody in this network, taken before a guess is counted: who is told to come back later
    /// has guessed nothing (WEB-06).
    ///
    /// # Errors
    /// [`Busy`]: there is none left, or none for this network.
    pub fn queue(&self, network: &str) -> Result<Place, Busy> {
        self.places.take(network)
    }

    /// Whether a password is the stored one. Without a stored one it does the same work and says no: the time it takes
    /// tells nobody whether an account exists (WEB-05).
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn verify(&self, place: Place, password: &str, phc: Option<&str>) -> Result<bool, Busy> {
        let known = phc.is_some();
        let phc = phc.unwrap_or(&self.decoy).to_owned();
        let password = password.to_owned();
        let memory = self.memory.clone();
        let right = self.run(place, move || memory.verify(password.as_bytes(), &phc)).await?;
        Ok(known && right)
    }

    /// How many hashes were computed: what an attempt costs tells nobody anything (WEB-05), which tests count.
    #[must_use]
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(&self, place: Place, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let thread = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Busy)?;
        // Both permits go along with the work: a client that hangs up drops this future, but never the hash it began, and
        // must not make room for another (WEB-09).
        self.hashed.fetch_add(1, Ordering::Relaxed);
        let work = move || {
            let _held = (place, thread);
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_alone_and_no_account_fits_nothing() {
        let hasher = Hasher::new(2);
        let phc = hasher.hash(hasher.queue("a").unwrap(), "correct horse battery").await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(hasher.verify(hasher.queue("a").unwrap(), "correct horse battery", Some(&phc)).await.unwrap());
        assert!(!hasher.verify(hasher.queue("a").unwrap(), "correct horse batterz", Some(&phc)).await.unwrap());
        assert!(!hasher.verify(hasher.queue("a").unwrap(), "nobody's password", None).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn web_09_clients_that_hang_up_do_not_make_room_for_more() {
        let hasher = Hasher::new(1);
        let (started, counted) = std::sync::mpsc::channel();
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let (hasher, started, gate) = (hasher.clone(), started.clone(), Arc::clone(&gate));
                tokio::spawn(async move {
                    let work = move || {
                        started.send(()).unwrap();
                        gate.lock().unwrap().recv().unwrap();
                    };
                    hasher.run(hasher.queue("a")?, work).await
                })
            })
            .collect();
        tokio::task::block_in_place(|| counted.recv().unwrap());
        for call in calls {
            call.abort();
            let _aborted = call.await;
        }
        assert_eq!(hasher.running.available_permits(), 0, "the one that began still holds its thread");
        assert!(counted.try_recv().is_err(), "and no other has begun");
        release.send(()).unwrap();
        let free = hasher.running.acquire().await.unwrap();
        drop(free);
        assert_eq!(hasher.places.free(), QUEUE_PER_THREAD);
    }

    #[test]
    fn lengths_count_characters() {
        let policy = Policy::default();
        assert_eq!(policy.judge("äöüäöüäöüäöü", "a@b"), Ok(()));
        assert_eq!(policy.judge("äöüäöüäöüäö", "a@b"), Err(Unacceptable::TooShort));
        assert!(Policy::new(7, 256).is_none() && Policy::new(8, 256).is_some());
        assert_eq!(policy.judge(&"x".repeat(256), "a@b"), Ok(()));
        assert_eq!(policy.judge(&"x".repeat(257), "a@b"), Err(Unacceptable::TooLong));
        assert_eq!(policy.judge("mina@hollis.studio", "Mina@hollis.studio"), Err(Unacceptable::IsAddress));
    }
}
