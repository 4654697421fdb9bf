use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Failure;

/// Refuses what another site makes a browser send: unsafe methods with `Sec-Fetch-Site: cross-site` or `same-site`
/// (Fetch Metadata, W3C). Scripts can't forge that header. Clients that send none (servers, old browsers) pass here, and
/// meet the CSRF token or their own authentication.
pub(super) async fn guard(
    State(cross_site_posts): State<&'static [&'static str]>,
    request: Request,
    next: Next,
) -> Response {
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    let foreign = matches!(site, Some(b"cross-site" | b"same-site"));
    if foreign && !request.method().is_safe() && !is_open(cross_site_posts, request.uri().path()) {
        tracing::info!("a request from another site was refused");
        return Failure::forbidden("error-cross-site").into_response();
    }
    next.run(request).await
}

fn is_open(cross_site_posts: &[&str], path: &str) -> bool {
    cross_site_posts.iter().any(|open| if open.ends_with('/') { path.starts_with(open) } else { path == *open })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_open_by_name_or_by_folder() {
        let open = ["/token", "/scim/"];
        for (path, expected) in
            [("/token", true), ("/scim/v2/Users", true), ("/tokens", false), ("/token/x", false), ("/scim", false)]
        {
            assert_eq!(is_open(&open, path), expected, "{path}");
        }
    }
}
