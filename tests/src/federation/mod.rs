//! Upstream providers: linking, sessions of a tenant's own provider, switched members (DESIGN §4).

mod bad_answers;
mod bounds;
mod callbacks;
mod claims;
mod decisions;
mod door;
mod ended;
mod endings;
mod glass;
mod groups;
mod guards;
mod invited;
mod keys;
mod linking;
mod many;
mod mapping;
mod names;
mod own_account;
mod own_providers;
mod proofs;
mod proved;
mod reach;
mod scopes;
mod sessions;
mod sign_out;
mod switching;
mod ties;
mod vendors;
mod voids;

use std::sync::Arc;

pub use callbacks::begins_to_link;

use tokio::sync::Barrier;
use url::Url;

use crate::harness::{Page, Person, World};

/// How many come at once, where they race.
const AT_ONCE: usize = 32;

/// Each opens their address at the same moment as all others, and follows nothing.
async fn all_come(waiting: Vec<(Person, Url)>) -> Vec<(Person, Page)> {
    let start = Arc::new(Barrier::new(waiting.len()));
    let come = waiting.into_iter().map(|(mut person, to)| {
        let start = start.clone();
        tokio::spawn(async move {
            start.wait().await;
            let page = person.get(to.as_str()).await;
            (person, page)
        })
    });
    futures_util::future::join_all(come).await.into_iter().map(Result::unwrap).collect()
}

/// How many logins were decided so, by the audit log.
async fn decided(world: &World, decision: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM audit_entry WHERE action = 'link.decided' AND detail LIKE $1";
    world.identity_count_of(sql, store::params![format!("%\"decision\":\"{decision}\"%")]).await
}
