//! Which server it is, and the way to it: in the clear on this machine, and encrypted to any other.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::OpenError;

/// A PostgreSQL server.
///
/// One on this machine (a Unix socket, or TCP on the loopback interface) is spoken to in the clear unless `sslmode=require` or
/// `sslrootcert` asks for more. Any other is spoken to by TLS alone, and must show a certificate for its name, signed by an authority
/// of the file `sslrootcert`, or where there is none by one that browsers trust: what libpq calls `verify-full`.
#[derive(Clone)]
pub struct PostgresServer {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl PostgresServer {
    /// Reads `postgres://USER@HOST/NAME?…`; nothing where it is malformed.
    ///
    /// # Errors
    /// [`OpenError::NotEncrypted`], or the authorities cannot be read.
    pub(crate) fn read(text: &str) -> Result<Option<Self>, OpenError> {
        let (text, authorities) = taken_apart(text);
        let Ok(mut config) = text.parse::<Config>() else { return Ok(None) };
        let other = config.get_hosts().iter().find_map(elsewhere);
        let other = other.or_else(|| {
            let mut others = config.get_hostaddrs().iter().filter(|at| !at.is_loopback());
            others.next().map(IpAddr::to_string)
        });
        if let Some(host) = &other
            && config.get_ssl_mode() == SslMode::Disable
        {
            return Err(OpenError::NotEncrypted { host: host.clone() });
        }
        let asks = config.get_ssl_mode() == SslMode::Require || authorities.is_some();
        if other.is_none() && !asks {
            return Ok(Some(Self { config, tls: None }));
        }
        config.ssl_mode(SslMode::Require);
        let roots = match authorities {
            Some(file) => read_authorities(&file)?,
            None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
        };
        let tls = Some(MakeRustlsConnect::new(client(roots)?));
        Ok(Some(Self { config, tls }))
    }

    /// Whether nobody between here and there can listen.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    /// Connects; `set` may change how. What moves the bytes is left to the runtime that this is called on.
    pub(super) async fn connect(
        &self,
        set: impl FnOnce(&mut Config),
    ) -> Result<Client, tokio_postgres::Error> {
        let mut config = self.config.clone();
        set(&mut config);
        // How a connection ended is told to whoever asked something on it.
        if let Some(tls) = &self.tls {
            let (client, connection) = config.connect(tls.clone()).await?;
            drop(tokio::spawn(connection));
            return Ok(client);
        }
        let (client, connection) = config.connect(NoTls).await?;
        drop(tokio::spawn(connection));
        Ok(client)
    }
}

/// The address in the words of the client, and the file of authorities, which it does not know. Every certificate is verified in full,
/// so the words of libpq for that mean that there must be one.
fn taken_apart(text: &str) -> (String, Option<PathBuf>) {
    let Some((before, query)) = text.split_once('?') else { return (text.to_owned(), None) };
    let mut file = None;
    let kept = query.split('&').filter_map(|pair| match pair.split_once('=') {
        Some(("sslrootcert", name)) => {
            let name = percent_decode_str(name).decode_utf8_lossy();
            file = Some(PathBuf::from(name.as_ref()));
            None
        }
        Some(("sslmode", "verify-full" | "verify-ca")) => Some("sslmode=require"),
        _ => Some(pair),
    });
    let kept: Vec<_> = kept.collect();
    (format!("{before}?{}", kept.join("&")), file)
}

/// The host, if it is not this machine.
fn elsewhere(host: &Host) -> Option<String> {
    match host {
        Host::Tcp(name) => {
            let is_here = name == "localhost"
                || name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
            (!is_here).then(|| name.clone())
        }
        #[cfg(unix)]
        Host::Unix(_) => None,
    }
}

fn read_authorities(file: &Path) -> Result<RootCertStore, OpenError> {
    let of_file = |error| OpenError::File { file: file.to_owned(), error };
    let text = std::fs::read(file).map_err(of_file)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let added = certificate.ok().map(|certificate| roots.add(certificate));
        if !matches!(added, Some(Ok(()))) {
            return Err(OpenError::Authorities { file: file.to_owned() });
        }
    }
    if roots.is_empty() {
        return Err(OpenError::Authorities { file: file.to_owned() });
    }
    Ok(roots)
}

fn client(roots: RootCertStore) -> Result<ClientConfig, OpenError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| OpenError::Tls(error.to_string()))?;
    Ok(client.with_root_certificates(roots).with_no_client_auth())
}
