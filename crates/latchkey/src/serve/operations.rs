use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Instant;

/// Counts what goes through a router. Routes are named by their pattern: no address, and so no secret, becomes a label.
pub fn counted(router: Router) -> Router {
    router.layer(middleware::from_fn(count))
}

async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let begun = Instant::now();
    gauge!("latchkey_http_requests_in_flight").increment(1);
    let response = next.run(request).await;
    gauge!("latchkey_http_requests_in_flight").decrement(1);
    let status = response.status().as_u16().to_string();
    histogram!("latchkey_http_request_seconds", "method" => method.clone(), "route" => route.clone())
        .record(begun.elapsed().as_secs_f64());
    counter!("latchkey_http_requests_total", "method" => method, "route" => route, "status" => status).increment(1);
    response
}

/// Seconds, from what a cached answer takes to what a password hash in a queue takes.
const BUCKETS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Starts counting.
pub fn recorder() -> anyhow::Result<PrometheusHandle> {
    let name = Matcher::Full("latchkey_http_request_seconds".to_owned());
    Ok(PrometheusBuilder::new().set_buckets_for_metric(name, &BUCKETS)?.install_recorder()?)
}

/// `/metrics`, `/health` and `/ready`, for the operator's own network.
pub fn router(metrics: PrometheusHandle, ready: Ready) -> Router {
    let text = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Router::new()
        .route("/metrics", get(move || async move { (text, metrics.render()) }))
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(show_ready))
        .with_state(ready)
}

/// Asks whether the server can do its work: whether its database answers.
#[derive(Clone)]
pub struct Ready(pub Arc<store::Store>);

async fn show_ready(State(Ready(store)): State<Ready>) -> Response {
    let answers = async {
        let mut conn = store.read().await?;
        conn.exists("SELECT 1", vec![]).await
    };
    match answers.await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}
