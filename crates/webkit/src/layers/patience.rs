use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// How long a handler may take until its answer begins.
const USUAL: Duration = Duration::from_secs(30);
/// The same, where it takes a file first.
const SLOW: Duration = Duration::from_mins(10);

/// Ends what takes too long: 503.
pub(super) async fn limit(State(slow_posts): State<&'static [&'static str]>, request: Request, next: Next) -> Response {
    let is_slow = !request.method().is_safe() && slow_posts.contains(&request.uri().path());
    let limit = if is_slow { SLOW } else { USUAL };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
