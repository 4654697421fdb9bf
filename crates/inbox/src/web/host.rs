use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Answers only those who call us by a loopback name. Another name that leads here belongs to a web page that wants
/// to read this mail with its visitor's browser (DNS rebinding).
pub async fn loopback_only(request: Request, next: Next) -> Response {
    let host = host(&request);
    if host.is_some_and(is_loopback) {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    }
}

/// The host and port that the caller named.
pub fn host(request: &Request) -> Option<&str> {
    request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().authority().map(|name| name.as_str()))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let by_address = name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let name = name.to_ascii_lowercase();
    by_address || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_ours() {
        for host in ["localhost", "localhost:8025", "mail.localhost:1", "127.0.0.9:80", "[::1]:8025", "LOCALHOST"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test:80", "192.168.0.1", "[::2]", "evillocalhost"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
