//! A kit and a way to ask, for the tests of this crate.

use std::sync::Arc;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use fluent_templates::static_loader;
use tower::ServiceExt;

use crate::{Kit, KitConfig};

static_loader! {
    static NONE = { locales: "./locales", fallback_language: "en", customise: |bundle| { crate::customise(bundle); } };
}

pub(crate) fn kit() -> Kit {
    kit_over(false)
}

pub(crate) fn kit_over(secure: bool) -> Kit {
    let clock = FixedClock::at(Timestamp::from_seconds(1_800_000_000));
    Kit::new(KitConfig {
        texts: &NONE,
        product: "Latchkey".into(),
        cookie_prefix: "lk_test".into(),
        secure,
        csrf_key: [7; 32],
        ambient: Ambient::new(Arc::new(clock), Arc::new(SeededRandom::from_seed(1))),
    })
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn ask(router: &Router, request: axum::http::request::Builder, body: &str) -> Answer {
    let request: Request<Body> = request.body(Body::from(body.to_owned())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}
