//! Where messages may be sent to: the checks that need no network. What a name stands for is checked by whoever connects, with
//! [`Reach::allows`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The most characters of an address.
pub const URL_CHARS_MAX: usize = 2_000;

/// Ends of names that stand for machines of one's own network.
const INNER_NAMES: [&str; 8] =
    ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa"];

/// How far messages may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the public internet, over `https`.
    Public,
    /// Also to this machine itself, there even over `http`: for tests and development.
    PublicAndThisMachine,
}

/// Why an address is none to send to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// It cannot be read.
    #[error("this is no address: write it as `https://example.com/hooks`")]
    Malformed,
    /// It is too long.
    #[error("an address has at most {URL_CHARS_MAX} characters")]
    TooLong,
    /// It is not `https`.
    #[error("messages are sent over `https` alone")]
    NotHttps,
    /// It holds a name or a password.
    #[error("an address holds no user and no password: messages are signed instead")]
    Credentials,
    /// It is not of the public internet.
    #[error("the address is not one of the public internet")]
    NotPublic,
}

/// An address that messages may be sent to, written in its one normal way.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// Reads an address. An IPv4 address in decimal, octal or hexadecimal digits is read as what it is.
    ///
    /// # Errors
    /// [`UrlFault`].
    pub fn parse(text: &str, reach: Reach) -> Result<Self, UrlFault> {
        if text.chars().count() > URL_CHARS_MAX {
            return Err(UrlFault::TooLong);
        }
        let mut url = Url::parse(text).map_err(|_| UrlFault::Malformed)?;
        let is_on_this_machine = match url.host().ok_or(UrlFault::Malformed)? {
            Host::Ipv4(address) => check(reach, address.into())?,
            Host::Ipv6(address) => check(reach, address.into())?,
            Host::Domain(name) => check_name(reach, name)?,
        };
        match url.scheme() {
            "https" => {}
            "http" if is_on_this_machine => {}
            _ => return Err(UrlFault::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlFault::Credentials);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The address as it is called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for WebhookUrl {
    /// The host alone: the rest may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({})", self.0.host_str().unwrap_or(""))
    }
}

impl Reach {
    /// Whether a connection to that address may be made.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::PublicAndThisMachine && address.is_loopback())
    }
}

/// Whether it is an address of this machine, where it may be called.
fn check(reach: Reach, address: IpAddr) -> Result<bool, UrlFault> {
    reach.allows(address).then_some(address.is_loopback()).ok_or(UrlFault::NotPublic)
}

/// Whether it is a name of this machine, where it may be called.
fn check_name(reach: Reach, name: &str) -> Result<bool, UrlFault> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name == "localhost" && reach == Reach::PublicAndThisMachine {
        return Ok(true);
    }
    let (_, end) = name.rsplit_once('.').ok_or(UrlFault::NotPublic)?;
    if INNER_NAMES.contains(&end) { Err(UrlFault::NotPublic) } else { Ok(false) }
}

/// Whether an address belongs to the public internet: none of the special ones in IANA's registries, and no cloud's own.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    !matches!(
        (a, b, c, d),
        // This network; private; this machine; private; multicast and beyond.
        (0 | 10 | 127 | 224..=255, ..)
            // Shared by customers of one carrier. Some clouds keep their secrets at an address of these.
            | (100, 64..=127, ..)
            // Link-local, with the place where most clouds keep their secrets.
            | (169, 254, ..)
            | (172, 16..=31, ..)
            | (192, 168, ..)
            // Of protocols; for documents; 6to4 relays; for benchmarks.
            | (192, 0, 0 | 2, _)
            | (192, 88, 99, _)
            | (198, 18 | 19, ..)
            | (198, 51, 100, _)
            | (203, 0, 113, _)
            // Looks public, and is a cloud's own agent on each of its machines.
            | (168, 63, 129, 16)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // All that is given out lies in here. What holds an IPv4 address (mapped, NAT64), local and multicast do not.
    let is_global_unicast = first & 0xe000 == 0x2000;
    let is_special = match first {
        // Of protocols, Teredo among them, which holds an IPv4 address; and for documents.
        0x2001 => second < 0x0200 || second == 0x0db8,
        // 6to4, which holds an IPv4 address.
        0x2002 => true,
        // For documents.
        0x3fff => second < 0x1000,
        _ => false,
    };
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests {
    use super::{Reach, URL_CHARS_MAX, UrlFault, WebhookUrl};

    /// What must be refused, with `http` written as `https` so that nothing else is the reason.
    const INNER_HOSTS: [&str; 70] = [
        "127.0.0.1",
        "127.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0x7F.0x0.0x0.0x1",
        "127.0.1",
        "%31%32%37.0.0.1",
        "１２７.０.０.１",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "0.0.0.0",
        "0",
        "0x0",
        "10.0.0.1",
        "10.255.255.255",
        "012.0.0.1",
        "0xa.0.0.1",
        "167772161",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "3232235777",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::1]",
        "[2001::1]",
        "[2001:db8::1]",
        "[2002:7f00:1::]",
        "[3fff::1]",
        "[100::1]",
        "[fec0::1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "metadata.google.internal",
        "printer.local",
        "intranet",
    ];

    #[test]
    fn a_host_that_is_not_public_is_refused_however_it_is_written() {
        for host in INNER_HOSTS {
            let text = format!("https://{host}/hook");
            assert_eq!(WebhookUrl::parse(&text, Reach::Public), Err(UrlFault::NotPublic), "{text}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        let long = format!("https://example.com/{}", "x".repeat(URL_CHARS_MAX));
        let refused = [
            ("http://example.com/hook", UrlFault::NotHttps),
            ("ftp://example.com/hook", UrlFault::NotHttps),
            ("ws://example.com/", UrlFault::NotHttps),
            ("gopher://example.com:6379/_", UrlFault::NotHttps),
            ("file:///etc/passwd", UrlFault::Malformed),
            ("file://example.com/etc/passwd", UrlFault::NotHttps),
            ("javascript:alert(1)", UrlFault::Malformed),
            ("data:text/plain,x", UrlFault::Malformed),
            ("https://user@example.com/", UrlFault::Credentials),
            ("https://user:word@example.com/", UrlFault::Credentials),
            ("https://example.com@127.0.0.1/", UrlFault::NotPublic),
            ("https://127.0.0.1\\@example.com/", UrlFault::NotPublic),
            ("https://127.0.0.1#@example.com/", UrlFault::NotPublic),
            ("https:127.0.0.1/hook", UrlFault::NotPublic),
            ("https:///127.0.0.1/hook", UrlFault::NotPublic),
            ("https://1.2.3.4.5/", UrlFault::Malformed),
            ("https://256.256.256.256/", UrlFault::Malformed),
            ("https://0x100000000/", UrlFault::Malformed),
            ("https://[::1/", UrlFault::Malformed),
            ("https://exa mple.com/", UrlFault::Malformed),
            ("https://", UrlFault::Malformed),
            ("https://example.com:99999/", UrlFault::Malformed),
            ("example.com/hook", UrlFault::Malformed),
            ("//example.com/hook", UrlFault::Malformed),
            ("", UrlFault::Malformed),
            (&long, UrlFault::TooLong),
        ];
        for (text, fault) in refused {
            assert_eq!(WebhookUrl::parse(text, Reach::Public), Err(fault), "{text}");
        }
    }

    #[test]
    fn an_address_of_the_public_internet_is_taken() {
        let taken = [
            ("https://example.com", "https://example.com/"),
            ("https://hooks.example.com:8443/a?b=c#d", "https://hooks.example.com:8443/a?b=c"),
            ("HTTPS://Example.COM/Hook", "https://example.com/Hook"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            ("https://134744072/", "https://8.8.8.8/"),
            ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
            ("https://172.32.0.1/", "https://172.32.0.1/"),
            ("https://100.128.0.1/", "https://100.128.0.1/"),
            ("https://mylocal.example/", "https://mylocal.example/"),
        ];
        for (text, normal) in taken {
            for reach in [Reach::Public, Reach::PublicAndThisMachine] {
                let url = WebhookUrl::parse(text, reach);
                assert_eq!(url.as_ref().map(WebhookUrl::as_str), Ok(normal), "{text}");
            }
        }
    }

    #[test]
    fn this_machine_is_taken_where_it_may_be_and_there_without_a_certificate() {
        for host in ["127.0.0.1:80", "127.0.0.1:4711", "[::1]:4711", "localhost:4711", "2130706433"]
        {
            for scheme in ["http", "https"] {
                let text = format!("{scheme}://{host}/hook");
                assert!(WebhookUrl::parse(&text, Reach::PublicAndThisMachine).is_ok(), "{text}");
                assert!(WebhookUrl::parse(&text, Reach::Public).is_err(), "{text}");
            }
        }
        for text in ["http://10.0.0.1/", "https://10.0.0.1/", "http://[::ffff:127.0.0.1]/"] {
            assert!(WebhookUrl::parse(text, Reach::PublicAndThisMachine).is_err(), "{text}");
        }
    }
}
