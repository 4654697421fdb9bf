use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};

/// The name of some bytes by what they are: SHA-256 in hexadecimal. Other bytes have another name, so an answer at an address
/// with it never changes.
#[must_use]
pub fn content_hash(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().fold(String::with_capacity(64), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}
