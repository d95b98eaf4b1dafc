//! Where the database is: `sqlite:FILE` or `postgres://USER@HOST/NAME`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::OpenError;
use crate::postgresql::PostgresServer;

/// A database's address.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file; it is made when it is not there.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PostgresServer>),
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
        let server = PostgresServer::read(text)?.ok_or_else(malformed)?;
        Ok(Self::Postgres(Box::new(server)))
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
            Self::Postgres(server) => server.config().fmt(f),
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
    fn another_machine_is_spoken_to_in_secret_or_not_at_all() {
        let encrypted = |text: &str| match text.parse() {
            Ok(DatabaseUrl::Postgres(server)) => server.is_encrypted(),
            other => panic!("{text}: {other:?}"),
        };
        assert!(!encrypted("postgres://desk@localhost/backhaul"));
        assert!(encrypted("postgres://desk@localhost/backhaul?sslmode=require"));
        assert!(encrypted("postgres://desk@db.example/backhaul"));
        assert!(encrypted("postgres://desk@10.0.0.7/backhaul?sslmode=verify-full"));
        assert!(encrypted("postgres://desk@localhost/backhaul?hostaddr=10.0.0.7"));
        let refused = said("postgres://desk@db.example/backhaul?sslmode=disable");
        assert!(refused.starts_with("`db.example` is another machine"), "{refused}");
        let refused = said("postgres://desk@localhost/x?hostaddr=10.0.0.7&sslmode=disable");
        assert!(refused.starts_with("`10.0.0.7` is another machine"), "{refused}");
    }

    #[test]
    fn a_file_of_authorities_is_looked_at_at_once() {
        let missing = said("postgres://desk@db.example/x?sslrootcert=/not/there%21.pem");
        assert!(missing.starts_with("/not/there!.pem cannot be opened"), "{missing}");
        let file = tempfile::NamedTempFile::new().unwrap();
        let empty = said(&format!("postgres://db.example/x?sslrootcert={}", file.path().display()));
        assert!(empty.contains("no certificate"), "{empty}");
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
