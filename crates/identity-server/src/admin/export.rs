use std::io;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use identity::tenants;

use super::door::{Administrator, tenant};
use crate::fault;
use crate::state::IdentityServer;

/// Everything that is held of a tenant here, as JSON lines. Read and sent in batches; a failure midway breaks the download
/// off, so that half an export never looks whole.
pub async fn download(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let begun = tenants::export(&server.identity, administrator.actor(), it.tenant.id).await.map_err(fault::failure)?;
    let lines = stream::try_unfold((server, begun), |(server, mut export)| async move {
        let lines = export.next(&server.identity).await.map_err(io::Error::other)?;
        Ok::<_, io::Error>(lines.map(|lines| (lines, (server, export))))
    });
    let file = format!("attachment; filename=\"{}.jsonl\"", it.tenant.slug);
    let headers = [(CONTENT_TYPE, "application/jsonl; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, Body::from_stream(lines)).into_response())
}
