//! What a demo says once it serves: where it is, its keys, what to try, how to stop and how to go on.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use backhaul_app::Role;

use super::folder;

/// The case that is looked at.
const CASE: &str = "SO-1001-R1";

/// An order that a buyer can try, and the address that its code goes to.
const ORDER: &str = "SO-1003";
const EMAIL: &str = "buyer3@example.com";

/// What a demo is, to whoever started it.
pub(super) struct Told<'a> {
    pub(super) folder: &'a Path,
    pub(super) keys: &'a [(Role, String)],
    /// The password of a member of staff for each role, who is named by it.
    pub(super) staff: &'a [(Role, String)],
    /// How the program was called.
    pub(super) program: OsString,
    /// What came of the start.
    pub(super) start: String,
}

impl Told<'_> {
    /// All of it. The commands stand on lines of their own, to be copied as they are.
    pub(super) fn text(&self, address: SocketAddr) -> String {
        let url = format!("http://{}", reachable(address));
        let mut text = format!("{}\nlistening on {url}\n\n", self.start);
        let _ = writeln!(
            text,
            "Open {url}/ as a buyer, with order {ORDER} and address {EMAIL}.\nOr sign in at {url}/desk as one of the staff:"
        );
        for (role, password) in self.staff {
            let _ = writeln!(text, "  {:<14} {password}", role.as_str());
        }
        let _ = writeln!(text, "  (kept in `{}`)\n", folder::staff_file(self.folder).display());
        let file = folder::keys_file(self.folder);
        let _ = writeln!(text, "One key for each role (kept in `{}`):", file.display());
        for (role, key) in self.keys {
            let _ = writeln!(text, "  {:<14} {key}", role.as_str());
        }
        text.push_str("\nTry in another terminal:\n");
        let asked = [
            ("the queue, the newest first", Role::Representative, "v1/cases?limit=5".to_owned()),
            (
                "a case, and the clauses of its decision",
                Role::Representative,
                format!("v1/cases/{CASE}"),
            ),
            (
                "refunds that wait: a bank transfer for finance to make",
                Role::Finance,
                "v1/refunds?state=reserved".to_owned(),
            ),
            ("everything else that can be asked", Role::Owner, "openapi.json".to_owned()),
        ];
        for (what, role, path) in asked {
            let key = self.keys.iter().find(|(known, _)| *known == role);
            let key = key.map_or("", |(_, key)| key);
            let _ = writeln!(
                text,
                "  # {what}\n  curl -sS -w '\\n' -H 'Authorization: Bearer {key}' '{url}/api/{path}'"
            );
        }
        let program = quoted(&self.program.to_string_lossy());
        let folder = quoted(&self.folder.to_string_lossy());
        let _ = write!(
            text,
            "\nCtrl-C stops it. Then:\n  # see that nobody changed a ledger\n  {program} audit verify --data {folder}\n  \
             # go on\n  {program} demo --data {folder}"
        );
        text
    }
}

/// An address that a client on this machine can use: whoever listens everywhere listens here too.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// As a shell reads it as one word.
fn quoted(word: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-+:=@%".contains(sign);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{quoted, reachable};

    #[test]
    fn what_is_printed_can_be_copied() {
        assert_eq!(quoted("target/debug/backhaul"), "target/debug/backhaul");
        assert_eq!(quoted("my demo"), "'my demo'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(reachable("0.0.0.0:80".parse().unwrap()).to_string(), "127.0.0.1:80");
        assert_eq!(reachable("[::]:80".parse().unwrap()).to_string(), "[::1]:80");
        assert_eq!(reachable("192.0.2.1:80".parse().unwrap()).to_string(), "192.0.2.1:80");
    }
}
