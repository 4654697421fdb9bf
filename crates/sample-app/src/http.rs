use std::pin::Pin;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use outbound::OutboundError;

/// The guarded client as the `openidconnect` crate takes it. A closure would do too, but not where axum wants futures
/// to be `Send` for every lifetime.
pub struct Http(pub outbound::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.call(request))
    }
}
