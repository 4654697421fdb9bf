use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use url::Url;

/// How many consecutive ports the demo takes.
const PORTS: u16 = 8;

/// Where everything is reached. Cookies ignore ports, so each instance has a host of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The first port.
    pub port_base: u16,
    /// What the hosts are called.
    pub hosts: Hosts,
}

/// The scheme of every address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Plain http on loopback.
    Http,
    /// https under the demo's own certificate authority.
    Https,
}

/// How instances get hosts of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hosts {
    /// `127.0.0.2`, `.3` …: needs no name resolution.
    Addresses,
    /// `NAME.localhost`: where the system has 127.0.0.1 alone.
    Names,
}

/// What listens. The order is that of the ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `localhost`, since passkeys refuse IP addresses.
    Identity,
    /// The first tenant.
    Aurora,
    /// The second tenant.
    Nordlys,
    /// The first tenant's own application.
    Lightbox,
    /// The platform-wide application.
    Inkwell,
    /// The mail inbox, for a browser.
    Inbox,
    /// The mail inbox, for mails.
    Smtp,
    /// The company directory: an upstream provider.
    Directory,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; PORTS as usize] = [
        Self::Identity,
        Self::Aurora,
        Self::Nordlys,
        Self::Lightbox,
        Self::Inkwell,
        Self::Inbox,
        Self::Smtp,
        Self::Directory,
    ];

    const fn index(self) -> u8 {
        self as u8
    }

    /// Its name as a host.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "localhost",
            Self::Aurora => "aurora",
            Self::Nordlys => "nordlys",
            Self::Lightbox => "lightbox",
            Self::Inkwell => "inkwell",
            Self::Inbox => "inbox",
            Self::Smtp => "smtp",
            Self::Directory => "directory",
        }
    }
}

impl Layout {
    /// Whether eight ports from here exist.
    pub const fn port_base_is_fine(port_base: u16) -> bool {
        port_base >= 1024 && port_base <= u16::MAX - PORTS
    }

    /// Its own loopback address.
    fn address(self, place: Place) -> Ipv4Addr {
        match (self.hosts, place) {
            (Hosts::Names, _) | (_, Place::Identity | Place::Smtp) => Ipv4Addr::LOCALHOST,
            (Hosts::Addresses, place) => Ipv4Addr::new(127, 0, 0, place.index() + 1),
        }
    }

    /// Where it listens.
    pub fn socket(self, place: Place) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(self.address(place)), self.port_base + u16::from(place.index()))
    }

    /// Where a browser finds it, without a trailing slash.
    pub fn origin(self, place: Place) -> String {
        let socket = self.socket(place);
        let host = match (self.hosts, place) {
            (_, Place::Identity) => "localhost".to_owned(),
            (Hosts::Addresses, _) => socket.ip().to_string(),
            (Hosts::Names, place) => format!("{}.localhost", place.name()),
        };
        let scheme = match self.scheme {
            Scheme::Https if place != Place::Inbox => "https",
            _ => "http",
        };
        format!("{scheme}://{host}:{}", socket.port())
    }

    /// The same as an URL.
    pub fn url(self, place: Place) -> anyhow::Result<Url> {
        Ok(Url::parse(&self.origin(place))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instance_has_a_host_of_its_own() {
        for hosts in [Hosts::Addresses, Hosts::Names] {
            let layout = Layout { scheme: Scheme::Http, port_base: 8400, hosts };
            let pages: Vec<_> = Place::ALL.into_iter().filter(|place| *place != Place::Smtp).collect();
            let mut names: Vec<String> =
                pages.iter().map(|place| layout.url(*place).unwrap().host_str().unwrap().to_owned()).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), pages.len(), "{names:?}");
            assert_eq!(layout.origin(Place::Identity), "http://localhost:8400");
        }
    }
}
