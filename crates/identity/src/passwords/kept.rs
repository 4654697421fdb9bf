use std::sync::{Arc, Mutex};

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// How much memory one check may use, in blocks of 1 KiB: hashes that came from elsewhere say for themselves what they need
/// (WEB-09).
const MOST: usize = 256 * 1024;

/// The memory that checks have worked in, kept for the next: getting 19 MiB from the system anew costs a fifth of a hash, and
/// leaves the allocator with more than it gives back. As many pieces as checks ever ran at once.
#[derive(Clone, Default)]
pub(super) struct KeptMemory(Arc<Mutex<Vec<Vec<Block>>>>);

impl KeptMemory {
    /// Whether a password is the one of this PHC string.
    pub(super) fn verify(&self, password: &[u8], phc: &str) -> bool {
        let mut blocks = self.0.lock().ok().and_then(|mut kept| kept.pop()).unwrap_or_default();
        let right = fits(&mut blocks, password, phc).unwrap_or(false);
        // Hashes that came from elsewhere may ask for more than ours do: that is not kept.
        if blocks.len() <= Params::default().block_count()
            && let Ok(mut kept) = self.0.lock()
        {
            kept.push(blocks);
        }
        right
    }
}

fn fits(blocks: &mut Vec<Block>, password: &[u8], phc: &str) -> Option<bool> {
    let stored = PasswordHash::new(phc).ok()?;
    let (salt, expected) = (stored.salt?, stored.hash?);
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = Version::try_from(stored.version?).ok()?;
    let params = Params::try_from(&stored).ok()?;
    let needed = params.block_count();
    if needed > MOST {
        return None;
    }
    if blocks.len() < needed {
        blocks.resize(needed, Block::new());
    }
    let mut computed = [0; Output::MAX_LENGTH];
    let computed = computed.get_mut(..expected.len())?;
    let argon2 = Argon2::new(algorithm, version, params);
    argon2.hash_password_into_with_memory(password, &salt, computed, blocks.get_mut(..needed)?).ok()?;
    // Compares in constant time.
    Some(Output::new(computed).ok()? == expected)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher;

    use super::*;

    #[test]
    fn memory_that_was_used_before_changes_no_answer() {
        let memory = KeptMemory::default();
        let small = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let ours = Argon2::default().hash_password(b"one").unwrap().to_string();
        let smaller = small.hash_password(b"two").unwrap().to_string();
        for (password, phc, expected) in [
            ("one", &ours, true),
            ("two", &ours, false),
            ("two", &smaller, true),
            ("one", &smaller, false),
            ("one", &ours, true),
        ] {
            assert_eq!(memory.verify(password.as_bytes(), phc), expected, "{password} {phc}");
        }
        assert_eq!(memory.0.lock().unwrap().len(), 1, "one after the other, one piece is enough");
        for nonsense in ["", "$argon2id$", "$2b$12$abc", &ours.replace("m=19456", "m=4294967295")] {
            assert!(!memory.verify(b"one", nonsense), "{nonsense}");
        }
    }
}
