use identity::passwords::Unacceptable;
use webkit::{FieldErrors, Message};

use crate::state::IdentityServer;

/// Judges the field `password` of a form that chooses one.
pub fn judge(server: &IdentityServer, errors: &mut FieldErrors, password: &str, email: &str) {
    let policy = server.identity.settings.passwords;
    match policy.judge(password, email) {
        Ok(()) => {}
        Err(Unacceptable::TooShort) => errors.add("password", number("password-too-short", policy.shortest())),
        Err(Unacceptable::TooLong) => errors.add("password", number("password-too-long", policy.longest())),
        Err(Unacceptable::IsAddress) => errors.add("password", "password-is-address"),
    }
}

fn number(key: &'static str, number: usize) -> Message {
    Message::new(key).with("number", i64::try_from(number).unwrap_or(i64::MAX))
}
