//! Who may wait for a password to be hashed: so many in all, and no more than half of them from one network. One address
//! that sends and sends takes its own places, never everybody's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Busy;

/// How many places there are, and who holds them.
#[derive(Clone)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    held: Held,
    share: usize,
}

type Held = Arc<Mutex<HashMap<String, usize>>>;

/// A place in the queue of a [`super::Hasher`]; let go of, it is free again.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    _share: Share,
}

/// One of a network's places.
#[derive(Debug)]
struct Share {
    held: Held,
    network: String,
}

impl Places {
    pub(super) fn new(places: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(places)), held: Held::default(), share: places.div_ceil(2) }
    }

    pub(super) fn take(&self, network: &str) -> Result<Place, Busy> {
        let share = Share::take(&self.held, network, self.share).ok_or(Busy)?;
        let permit = Arc::clone(&self.free).try_acquire_owned().map_err(|_| Busy)?;
        Ok(Place { _permit: permit, _share: share })
    }

    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.free.available_permits()
    }
}

impl Share {
    fn take(held: &Held, network: &str, most: usize) -> Option<Self> {
        let mut all = held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.entry(network.to_owned()).or_default();
        if *own >= most {
            return None;
        }
        *own += 1;
        drop(all);
        Some(Self { held: Arc::clone(held), network: network.to_owned() })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = all.get_mut(&self.network) {
            *own -= 1;
            if *own == 0 {
                all.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_09_one_network_holds_half_of_the_places_and_gives_back_what_it_lets_go() {
        let places = Places::new(8);
        let mut of_one: Vec<Place> = std::iter::from_fn(|| places.take("192.0.2.7").ok()).collect();
        assert_eq!(of_one.len(), 4);
        let of_others: Vec<Place> = (0..5).filter_map(|n| places.take(&format!("198.51.100.{n}")).ok()).collect();
        assert_eq!((of_others.len(), places.free()), (4, 0), "everybody else has the rest, and no more");
        drop(of_others);
        assert!(places.take("192.0.2.7").is_err());
        of_one.pop();
        assert!(places.take("192.0.2.7").is_ok(), "the control");
        drop(of_one);
        assert!(places.held.lock().unwrap().is_empty(), "nothing is kept of who holds none");
    }
}
