use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::RelyingParty;

/// The most providers whose discovery is kept.
const MOST: usize = 1_000;

/// The relying parties of many providers, each kept while its settings stay as they are, so that nobody's login begins with
/// discovery. A provider's row counts its version up at each change; with another version, it is another client that knows nothing.
#[derive(Default)]
pub struct Upstreams(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    parties: HashMap<Uuid, Entry>,
    /// Counts uses, to know who was used longest ago.
    uses: u64,
}

struct Entry {
    version: i64,
    party: Arc<RelyingParty>,
    used: u64,
}

impl Upstreams {
    /// The client of a provider at a version; made if it is not kept. An older version than the kept one (a node that has read
    /// before a change) is made, and not kept.
    pub fn get(&self, provider: Uuid, version: i64, make: impl FnOnce() -> RelyingParty) -> Arc<RelyingParty> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let uses = kept.uses;
        match kept.parties.get_mut(&provider) {
            Some(entry) if entry.version == version => {
                entry.used = uses;
                return entry.party.clone();
            }
            Some(entry) if entry.version > version => return Arc::new(make()),
            _ => {}
        }
        let party = Arc::new(make());
        if kept.parties.len() >= MOST && !kept.parties.contains_key(&provider) {
            let oldest = kept.parties.iter().min_by_key(|(_, entry)| entry.used).map(|(id, _)| *id);
            oldest.and_then(|id| kept.parties.remove(&id));
        }
        kept.parties.insert(provider, Entry { version, party: party.clone(), used: uses });
        party
    }

    /// Forgets a provider that is gone.
    pub fn forget(&self, provider: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).parties.remove(&provider);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientAuthentication, Credential, Settings};

    fn party() -> RelyingParty {
        let settings = Settings::generic("https://id.test", "us", ClientAuthentication::None);
        let http = outbound::Client::new(outbound::Config::default()).unwrap();
        RelyingParty::new(settings, Credential::None, "https://us.test/cb".into(), http, ambient::Ambient::system())
    }

    #[test]
    fn a_client_is_kept_for_its_version_and_there_are_never_too_many() {
        let (upstreams, one) = (Upstreams::default(), Uuid::from_u128(1));
        let first = upstreams.get(one, 1, party);
        assert!(Arc::ptr_eq(&first, &upstreams.get(one, 1, party)));
        let second = upstreams.get(one, 2, party);
        assert!(!Arc::ptr_eq(&first, &second));
        assert!(!Arc::ptr_eq(&second, &upstreams.get(one, 1, party)), "an older version is not kept");
        assert!(Arc::ptr_eq(&second, &upstreams.get(one, 2, party)));
        // Making a client parses certificates: one is enough here.
        let any = party();
        let mut kept = upstreams.0.lock().unwrap();
        let any = Arc::new(any);
        for number in 2..=MOST as u128 {
            kept.parties.insert(Uuid::from_u128(number), Entry { version: 1, party: any.clone(), used: 0 });
        }
        drop(kept);
        upstreams.get(Uuid::from_u128(0), 1, party);
        assert_eq!(upstreams.0.lock().unwrap().parties.len(), MOST);
        assert!(Arc::ptr_eq(&second, &upstreams.get(one, 2, party)), "what was used stays");
        upstreams.forget(one);
        assert!(!Arc::ptr_eq(&second, &upstreams.get(one, 2, party)));
    }
}
