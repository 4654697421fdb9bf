//! Browsers that have signed in to an account before. Each has a token that is bound to the account by the master key;
//! wrong passwords from it are counted by themselves. So whoever uses up everybody's guesses at somebody's account does not
//! lock that person out of their own browser (WEB-07), and a token opens nothing: it only says where guesses are counted.

use ambient::Opaque;
use uuid::Uuid;

use crate::Identity;
use crate::accounts::AccountId;

/// How many accounts one browser is known to.
const MOST: usize = 5;
/// Stands between the tokens in the cookie.
const SEPARATOR: char = '.';

/// The device's id, if one of the presented tokens was made for this account.
pub(crate) fn recognise(identity: &Identity, presented: &str, account: AccountId) -> Option<Uuid> {
    tokens(presented).find(|token| is_for(identity, token, account)).map(|token| token.id())
}

/// What the browser keeps from now on: what it had, and a token for this account.
#[must_use]
pub fn remember(identity: &Identity, presented: &str, account: AccountId) -> String {
    let own = tokens(presented).find(|token| is_for(identity, token, account));
    let own = own.unwrap_or_else(|| made(identity, Uuid::from_bytes(identity.ambient.bytes()), account));
    let others = tokens(presented).filter(|token| *token != own).take(MOST - 1);
    let kept: Vec<String> = std::iter::once(own.clone()).chain(others).map(|token| token.expose()).collect();
    kept.join(&SEPARATOR.to_string())
}

/// At most as many as we write; more are not looked at.
fn tokens(presented: &str) -> impl Iterator<Item = Opaque> {
    presented.split(SEPARATOR).take(MOST).filter_map(Opaque::parse)
}

/// The token of a device: its random id, and a value that nobody without the master key computes.
fn made(identity: &Identity, device: Uuid, account: AccountId) -> Opaque {
    Opaque::new(device, identity.master_key.derive(&format!("known device {device} of {account}")))
}

fn is_for(identity: &Identity, token: &Opaque, account: AccountId) -> bool {
    made(identity, token.id(), account).hash().matches(&token.hash())
}
