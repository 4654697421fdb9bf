use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;

/// A name leads inside. Travels through reqwest as an error source.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to an address that is not public")]
pub(crate) struct Inside;

/// Resolves names and hands on public addresses only. reqwest connects to exactly what this returns.
pub(crate) struct Guard<L>(Arc<L>);

impl<L> Guard<L> {
    pub(crate) fn new(lookup: L) -> Self {
        Self(Arc::new(lookup))
    }
}

/// Asks the system's resolver.
pub(crate) async fn system(name: String) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

impl<L, F> Resolve for Guard<L>
where
    L: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = io::Result<Vec<SocketAddr>>> + Send,
{
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.0);
        Box::pin(async move {
            let addresses = lookup(name.as_str().to_owned()).await?;
            // One inner address among public ones is no accident: the whole answer is refused.
            if !addresses.iter().all(|address| is_public(address.ip())) {
                return Err(Inside.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
