use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Instant;

/// Counts what goes through a router. Every label comes from a closed list, since a series that was begun stays for ever: a
/// route's pattern (no address, and so no secret), a status that a handler gives, a method that the standard names.
pub fn counted(router: Router) -> Router {
    router.layer(middleware::from_fn(count))
}

async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method(request.method());
    let begun = Instant::now();
    gauge!("latchkey_http_requests_in_flight").increment(1);
    let response = next.run(request).await;
    gauge!("latchkey_http_requests_in_flight").decrement(1);
    let status = response.status().as_u16().to_string();
    histogram!("latchkey_http_request_seconds", "method" => method, "route" => route.clone())
        .record(begun.elapsed().as_secs_f64());
    counter!("latchkey_http_requests_total", "method" => method, "route" => route, "status" => status).increment(1);
    response
}

/// A method of RFC 9110 §9 or RFC 5789. Any token is a method on the wire, and a stranger could invent a million.
fn method(asked: &Method) -> &'static str {
    const KNOWN: [Method; 9] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ];
    KNOWN.iter().find(|known| *known == asked).map_or("other", Method::as_str)
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn rel_19_invented_methods_and_addresses_make_no_series() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let metrics = recorder.handle();
        let _here = metrics::set_default_local_recorder(&recorder);
        let router = counted(Router::new().route("/people/{id}", get(|| async { "ok" })));
        let asks = |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            let router = router.clone();
            async move { router.oneshot(request).await.unwrap().status() }
        };
        assert_eq!(asks("GET", "/people/7").await, StatusCode::OK);
        for number in 0..100 {
            asks(&format!("INVENTED{number}"), "/people/7").await;
            asks("GET", &format!("/people/{number}")).await;
            asks("GET", &format!("/nowhere/{number}")).await;
        }
        let shown = metrics.render();
        let series = shown.lines().filter(|line| line.starts_with("latchkey_http_requests_total{")).count();
        assert_eq!(series, 3, "{shown}");
        for (labels, count) in [
            ("method=\"GET\",route=\"/people/{id}\",status=\"200\"", 101),
            ("method=\"GET\",route=\"none\",status=\"404\"", 100),
            ("method=\"other\",route=\"/people/{id}\",status=\"405\"", 100),
        ] {
            assert!(shown.contains(&format!("latchkey_http_requests_total{{{labels}}} {count}")), "{shown}");
        }
        for known in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"] {
            assert_eq!(method(&known.parse().unwrap()), known);
        }
        assert_eq!(method(&"get".parse().unwrap()), "other", "methods have upper and lower case");
    }
}
