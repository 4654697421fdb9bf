use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::extract::connect_info::ConnectInfo;
use axum::http::request::Parts;

/// The address that a request comes from. Servers are served with
/// `router.into_make_service_with_connect_info::<SocketAddr>()`; what stands in front of a server and knows better puts
/// one into the request's extensions. No header is read here: everybody can send one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientAddress(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let told = parts.extensions.get::<Self>().copied();
        let connected = || {
            let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
            peer.map(|ConnectInfo(peer)| Self(Some(peer.ip().to_canonical())))
        };
        Ok(told.or_else(connected).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn read(request: Request<()>) -> ClientAddress {
        let Ok(address) = ClientAddress::from_request_parts(&mut request.into_parts().0, &()).await;
        address
    }

    #[tokio::test]
    async fn the_listener_knows_it_and_no_header_does() {
        let address = |text: &str| ClientAddress(Some(text.parse().unwrap()));
        let header = || Request::builder().header("x-forwarded-for", "192.0.2.1").header("forwarded", "for=192.0.2.1");
        assert_eq!(read(header().body(()).unwrap()).await, ClientAddress(None));
        let connected = || header().extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 50_000))));
        assert_eq!(read(connected().body(()).unwrap()).await, address("192.0.2.7"));
        let told = connected().extension(address("2001:db8::7"));
        assert_eq!(read(told.body(()).unwrap()).await, address("2001:db8::7"));
    }
}
