use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::Timestamp;

/// Things kept in memory for a while: no more than so many, and none past its time.
pub struct Shelf<T> {
    things: Mutex<HashMap<String, (Timestamp, T)>>,
    keeps_for: Duration,
    holds: usize,
}

impl<T> Shelf<T> {
    pub fn new(holds: usize, keeps_for: Duration) -> Self {
        Self { things: Mutex::default(), keeps_for, holds }
    }

    /// Puts something there. Where all places are taken, what would go next goes now.
    pub fn put(&self, key: String, thing: T, now: Timestamp) {
        let mut things = self.lock();
        if things.len() >= self.holds {
            things.retain(|_, (until, _)| *until > now);
        }
        if things.len() >= self.holds {
            let next = things.iter().min_by_key(|(_, (until, _))| *until).map(|(key, _)| key.clone());
            next.and_then(|key| things.remove(&key));
        }
        things.insert(key, (now.plus(self.keeps_for), thing));
    }

    /// Takes something away: the second to ask gets nothing.
    pub fn take(&self, key: &str, now: Timestamp) -> Option<T> {
        self.lock().remove(key).filter(|(until, _)| *until > now).map(|(_, thing)| thing)
    }

    /// A copy of something, which stays.
    pub fn get(&self, key: &str, now: Timestamp) -> Option<T>
    where
        T: Clone,
    {
        self.lock().get(key).filter(|(until, _)| *until > now).map(|(_, thing)| thing.clone())
    }

    /// Takes away all that are so; says how many.
    pub fn remove(&self, is_so: impl Fn(&T) -> bool) -> usize {
        let mut things = self.lock();
        let before = things.len();
        things.retain(|_, (_, thing)| !is_so(thing));
        before - things.len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Timestamp, T)>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    #[test]
    fn what_was_taken_or_is_too_old_is_gone() {
        let shelf = Shelf::new(10, Duration::from_secs(60));
        shelf.put("a".into(), 1, NOW);
        assert_eq!(shelf.get("a", NOW.plus(Duration::from_secs(59))), Some(1));
        assert_eq!(shelf.get("a", NOW.plus(Duration::from_secs(60))), None);
        assert_eq!((shelf.take("a", NOW), shelf.take("a", NOW)), (Some(1), None));
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        let shelf = Shelf::new(2, Duration::from_secs(60));
        for (number, key) in ["a", "b", "c"].into_iter().enumerate() {
            shelf.put(key.into(), number, NOW.plus(Duration::from_secs(number as u64)));
        }
        assert_eq!((shelf.get("a", NOW), shelf.get("b", NOW), shelf.get("c", NOW)), (None, Some(1), Some(2)));
    }
}
