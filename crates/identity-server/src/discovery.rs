use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use identity::sessions::ACR_SINGLE_FACTOR;
use webkit::{Kit, PublicDocument};

use crate::fault;
use crate::state::IdentityServer;

/// What is answered to everyone alike, as often as they like: prepared when it changes.
pub struct Documents {
    metadata: (PublicDocument, Bytes),
    jwks: PublicDocument,
}

impl Documents {
    /// Those of this issuer.
    pub fn new(kit: &Kit, issuer: &str) -> Self {
        let metadata = oidc::discovery::metadata(issuer, &[ACR_SINGLE_FACTOR]);
        let metadata = serde_json::to_vec(&metadata).unwrap_or_default().into();
        Self {
            metadata: (PublicDocument::new(kit, issuer, "application/json"), metadata),
            jwks: PublicDocument::new(kit, issuer, "application/jwk-set+json"),
        }
    }

    /// Public keys of ours at somebody else's.
    pub fn public_keys(&self, set: Vec<u8>) -> Response {
        self.jwks.answer(set)
    }
}

/// Provider metadata (OpenID Connect Discovery §4, RFC 8414 §3).
pub async fn metadata(State(server): State<IdentityServer>) -> Response {
    let (document, body) = &server.documents.metadata;
    document.answer(body.clone())
}

/// The public keys (RFC 7517 §5), as prepared when they last changed.
pub async fn jwks(State(server): State<IdentityServer>) -> Response {
    server.documents.jwks.answer(server.identity.keys.current().document.to_string())
}

/// Whether this server can do its work: its database answers, its keys are there.
pub async fn health(State(server): State<IdentityServer>) -> webkit::Result<&'static str> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    conn.exists("SELECT 1", vec![]).await.map_err(fault::store_failure)?;
    if server.identity.keys.current().published.keys.is_empty() {
        return Err(webkit::Failure::unavailable(std::time::Duration::from_secs(1)));
    }
    Ok("ok\n")
}
