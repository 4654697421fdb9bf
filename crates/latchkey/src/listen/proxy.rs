use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::http::HeaderMap;
use serde::Deserialize;

/// Reverse proxies whose word on the client's address counts. Nobody else's does: the header is anyone's to write.
#[derive(Debug, Clone, Default)]
pub struct Proxy(Arc<[Network]>);

impl Proxy {
    /// These networks are the operator's own proxies.
    pub fn trusted(networks: Vec<Network>) -> Self {
        Self(networks.into())
    }

    fn is_ours(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Who asks: the last address of `X-Forwarded-For` that is not one of our own proxies'. What stands before it was
    /// written by the client.
    pub fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        if !self.is_ours(peer.ip()) {
            return peer;
        }
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
        let mut client = peer.ip();
        for named in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let Ok(address) = named.trim().parse::<IpAddr>() else { break };
            client = address;
            if !self.is_ours(address) {
                break;
            }
        }
        SocketAddr::new(client, if client == peer.ip() { peer.port() } else { 0 })
    }
}

/// A network such as `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let prefix = |address: IpAddr| match address.to_canonical() {
            IpAddr::V4(v4) => (32, u128::from(u32::from(v4)) << 96),
            IpAddr::V6(v6) => (128, u128::from(v6)),
        };
        let ((size, own), (other_size, other)) = (prefix(self.address), prefix(address));
        let shift = 128 - u32::from(self.bits);
        size == other_size && (own.checked_shr(shift) == other.checked_shr(shift))
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no address and no network such as 10.0.0.0/8");
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| wrong()))?;
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let proxy = Proxy::trusted(vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        proxy.client(SocketAddr::new(peer.parse().unwrap(), 1), &headers).ip().to_string()
    }

    #[test]
    fn only_our_own_proxies_say_who_asks_and_only_of_their_neighbour() {
        for (peer, forwarded, expected) in [
            // Nobody's proxy: its header is the client's own invention.
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            // What stands before the last address was sent by the client.
            ("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["rubbish"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, rubbish"], "10.0.0.1"),
            ("::1", &["2001:db8::7"], "2001:db8::7"),
        ] {
            assert_eq!(client(peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn networks_are_read_and_compared_by_their_prefix() {
        let within =
            |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        assert!(within("192.168.4.0/22", "192.168.7.255") && !within("192.168.4.0/22", "192.168.8.0"));
        assert!(within("0.0.0.0/0", "8.8.8.8") && !within("0.0.0.0/0", "::1"));
        assert!(within("127.0.0.1", "::ffff:127.0.0.1") && within("2001:db8::/32", "2001:db8:1::1"));
        for wrong in ["10.0.0.0/33", "10.0.0/8", "", "a/8"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
