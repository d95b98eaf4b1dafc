//! From where somebody asks: for counting, never for rights.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The address of whoever asks, where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client(pub(crate) Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map(|ConnectInfo(peer)| address(peer.ip(), &parts.headers))))
    }
}

/// A proxy on this machine or on the own network says for whom it asks, last in the list; nobody else is believed.
fn address(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_own = match peer {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local(),
    };
    let said = headers.get_all("x-forwarded-for").into_iter().next_back();
    let said = said.and_then(|said| said.to_str().ok());
    let last = said.and_then(|said| said.rsplit(',').next()?.trim().parse().ok());
    if is_own { last.unwrap_or(peer) } else { peer }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::HeaderMap;

    use super::address;

    fn asked(peer: &str, said: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", said.parse().unwrap());
        address(peer.parse::<IpAddr>().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_proxy_of_the_own_network_says_for_whom_it_asks() {
        assert_eq!(asked("127.0.0.1", "192.0.2.7"), "192.0.2.7");
        assert_eq!(asked("10.0.0.2", "198.51.100.1, 192.0.2.7"), "192.0.2.7");
        assert_eq!(asked("203.0.113.5", "192.0.2.7"), "203.0.113.5");
        assert_eq!(asked("127.0.0.1", "nonsense"), "127.0.0.1");
    }
}
