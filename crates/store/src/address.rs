//! Where the database is: `sqlite:FILE` or `postgres://USER@HOST/NAME`.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use postgres::config::Host;

use crate::error::OpenError;

/// A database's address.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file; it is made when it is not there.
    Sqlite(PathBuf),
    /// A server on this machine: a Unix socket, or TCP on the loopback interface.
    ///
    /// Connections are not encrypted yet, so other machines are refused.
    Postgres(Box<postgres::Config>),
}

impl FromStr for DatabaseUrl {
    type Err = OpenError;

    fn from_str(text: &str) -> Result<Self, OpenError> {
        let malformed = || OpenError::Address { given: without_password(text) };
        if let Some(file) = text.strip_prefix("sqlite:") {
            let file = file.strip_prefix("//").unwrap_or(file);
            return if file.is_empty() { Err(malformed()) } else { Ok(Self::Sqlite(file.into())) };
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(malformed());
        }
        let config: postgres::Config = text.parse().map_err(|_| malformed())?;
        match config.get_hosts().iter().find(|host| !is_local(host)) {
            Some(Host::Tcp(host)) => Err(OpenError::NotLocal { host: host.clone() }),
            _ => Ok(Self::Postgres(Box::new(config))),
        }
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// The address as it may be shown: a password stands before the host, or among the parameters.
fn without_password(text: &str) -> String {
    let text = text.split('?').next().unwrap_or_default();
    match text.rsplit_once('@') {
        Some((before, after)) => {
            let (scheme, _) = before.split_once("://").unwrap_or(("", before));
            format!("{scheme}://…@{after}")
        }
        None => text.to_owned(),
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            // The configuration shows no password.
            Self::Postgres(config) => config.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;

    fn said(text: &str) -> String {
        text.parse::<DatabaseUrl>().unwrap_err().to_string()
    }

    #[test]
    fn files_and_servers_of_this_machine_are_taken() {
        for text in [
            "sqlite:backhaul.db",
            "sqlite:///var/lib/backhaul/backhaul.db",
            "postgres://desk@localhost/backhaul",
            "postgresql://desk:secret@127.0.0.1:5433/backhaul",
            "postgres://desk@[::1]/backhaul",
            "postgres:///backhaul?host=/run/postgresql&user=desk",
        ] {
            assert!(text.parse::<DatabaseUrl>().is_ok(), "{text}");
        }
    }

    #[test]
    fn another_machine_is_refused_while_nothing_is_encrypted() {
        assert!(said("postgres://desk@db.example/backhaul").starts_with("`db.example` is another"));
        assert!(said("postgres://desk@10.0.0.7/backhaul").contains("not encrypted"));
    }

    #[test]
    fn a_refused_address_is_shown_without_its_password() {
        assert!(
            said("mysql://desk:secret@localhost/x").starts_with("`mysql://…@localhost/x` is no")
        );
        assert!(!said("postgres://desk:secret@localhost:port/x").contains("secret"));
        assert!(!said("postgres://localhost:port/x?password=secret").contains("secret"));
        assert!(said("backhaul.db").starts_with("`backhaul.db` is no database"));
        assert!(said("sqlite:").starts_with("`sqlite:` is no database"));
    }

    #[test]
    fn no_password_is_in_the_debug_form() {
        let url: DatabaseUrl = "postgres://desk:secret@localhost/backhaul".parse().unwrap();
        assert!(!format!("{url:?}").contains("secret"));
    }
}
