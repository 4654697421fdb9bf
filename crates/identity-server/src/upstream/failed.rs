//! A login that a provider's answer, or its absence, has ended: a page for the person, and the reason for who runs the place.

use axum::http::StatusCode;
use identity::providers::Provider;
use identity::upstream;
use relying_party::{Class, Fault};
use webkit::{Failure, Message};

use crate::flow::Flow;
use crate::state::IdentityServer;

/// Writes the reason down under the reference id that the page shows, and says what goes wrong, by whom it is to be mended, and
/// another way in (each class its own page: a word of its own).
pub async fn failed(
    server: &IdentityServer,
    flow: &Flow,
    provider: &Provider,
    fault: &Fault,
    another_way: String,
) -> Failure {
    tracing::warn!(%fault, code = fault.code(), "a provider's answer is not usable");
    let (status, why) = match fault.class() {
        Class::Away => (StatusCode::BAD_GATEWAY, "away"),
        Class::Refused => (StatusCode::FORBIDDEN, "refused"),
        Class::Unreadable => (StatusCode::BAD_GATEWAY, "unreadable"),
        Class::Oversized => (StatusCode::BAD_GATEWAY, "oversized"),
        Class::Untrustworthy => (StatusCode::BAD_GATEWAY, "untrusted"),
        Class::Misconfigured => (StatusCode::BAD_GATEWAY, "misconfigured"),
    };
    let written = upstream::failed(
        &server.identity,
        upstream::Failed {
            provider,
            tenant: flow.tenant.as_ref().map(|tenant| tenant.id),
            why,
            fault: (fault.code(), fault.to_string()),
            device: &flow.browser.device,
            reference: &flow.visit.request_id,
        },
    );
    if let Err(error) = written.await {
        tracing::warn!(%error, "why a login ended was not written down");
    }
    let said = |key: String| Message::new(key).with("provider", provider.name.clone());
    Failure::new(status)
        .title(said(format!("upstream-{why}-title")))
        .detail(said(format!("upstream-{why}")))
        .code(fault.code())
        .next(another_way, "another-way")
}
