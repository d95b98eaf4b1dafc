//! A server that is spoken to by TLS, as one on another machine is.

use backhaul_store::{Error, OpenError, Store};
use backhaul_testkit::postgres_server;

/// An address of this machine that nothing else listens on.
const ADDRESS: &str = "127.0.0.57";

fn open(query: &str) -> Result<Store, OpenError> {
    Store::open(&format!("postgres://desk@{ADDRESS}/postgres?{query}").parse()?)
}

#[test]
fn a_server_is_believed_by_its_certificate_alone() {
    let Some(server) = postgres_server::server_with(&format!("-c listen_addresses={ADDRESS}"))
    else {
        return;
    };
    let authority = server.encrypt_on(ADDRESS);
    let authority = authority.display();

    let store = open(&format!("sslrootcert={authority}")).unwrap();
    let is_encrypted = store.read(|tx| -> Result<_, Error> {
        let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        tx.first(sql, &[], |row| row.int(0))
    });
    assert_eq!(is_encrypted.wait().unwrap(), Some(1));
    drop(store);

    // No browser trusts that authority.
    let stranger = open("sslmode=require").unwrap_err().to_string();
    assert!(stranger.contains("certificate"), "{stranger}");
    // It is the certificate of another address.
    let elsewhere =
        format!("postgres://desk@localhost/postgres?hostaddr={ADDRESS}&sslrootcert={authority}");
    let elsewhere = Store::open(&elsewhere.parse().unwrap()).unwrap_err().to_string();
    assert!(elsewhere.contains("certificate"), "{elsewhere}");
}
