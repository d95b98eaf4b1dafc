//! A Postfix that delivers into a folder and lets nothing out, started once for all tests and stopped by its own master.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use backhaul_adapters::mailer::{Encryption, SmtpMailer, SmtpServer};
use backhaul_app::Email;
use backhaul_app::letters::{Attachment, Message, OutgoingMail};

/// How long a server may take to start, and a mail to arrive.
const SOON: Duration = Duration::from_secs(30);
/// The most bytes of a mail that this server takes.
pub(crate) const SIZE_MAX: usize = 200_000;

/// Where it listens: without encryption, with STARTTLS and sign-in, and encrypted from the start.
pub(crate) struct Postfix {
    folder: PathBuf,
    pub(crate) plain: u16,
    pub(crate) upgraded: u16,
    pub(crate) encrypted: u16,
    pub(crate) authority: Vec<u8>,
    /// It ends when its input does, which is when this is gone.
    _shell: Child,
}

/// Starts both servers, and ends them once nobody holds the other end of its input any more: whichever way the tests end, no
/// server stays behind.
const SCRIPT: &str = r#"
trap 'postfix -c "$1/etc" stop; kill "$dovecot"; wait; rm -rf "$1"' EXIT
/usr/sbin/dovecot -F -c "$1/dovecot/dovecot.conf" &
dovecot=$!
/usr/sbin/postfix -c "$1/etc" start-fg &
read -r _ || true
"#;

static POSTFIX: OnceLock<Option<Postfix>> = OnceLock::new();

/// The server; nothing where it cannot be started, which is said.
pub(crate) fn postfix() -> Option<&'static Postfix> {
    POSTFIX.get_or_init(start).as_ref()
}

fn start() -> Option<Postfix> {
    let missing = ["/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/bin/openssl"]
        .into_iter()
        .find(|program| !Path::new(program).exists());
    let is_root = output("id", &["-u"]).trim() == "0";
    let why = match missing {
        Some(program) => {
            Some(format!("{program} is missing: apt-get install postfix dovecot-core openssl"))
        }
        None if !is_root => Some("Postfix starts as root alone".to_owned()),
        None => None,
    };
    if let Some(why) = why {
        assert!(env::var("CI").is_err(), "{why}");
        println!("skipped: {why}");
        return None;
    }
    let folder = tempfile::Builder::new().prefix("backhaul-mail-").tempdir().unwrap().keep();
    output("chmod", &["755", folder.to_str().unwrap()]);
    let [plain, upgraded, encrypted, auth] = ports();
    prepare_dovecot(&folder, auth);
    prepare_postfix(&folder, [plain, upgraded, encrypted], auth);
    let authority = certificate(&folder);
    let shell = Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let postfix = Postfix { authority, folder, plain, upgraded, encrypted, _shell: shell };
    for port in [plain, upgraded, encrypted] {
        let until = Instant::now() + SOON;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = fs::read_to_string(postfix.folder.join("mail.log")).unwrap_or_default();
            assert!(Instant::now() < until, "Postfix did not start: {log}");
            thread::sleep(Duration::from_millis(20));
        }
    }
    Some(postfix)
}

/// Ports that are free now. All are held until each is known, so that they differ.
fn ports() -> [u16; 4] {
    let held = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A certificate for `mx.shop.example` and `localhost`; returns that of the authority that vouches for it.
fn certificate(folder: &Path) -> Vec<u8> {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (authority, authority_key) = (path("authority.pem"), path("authority-key.pem"));
    let new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
    let of_authority = ["-subj", "/CN=Authority", "-keyout", &authority_key, "-out", &authority];
    output("openssl", &[&new[..], &of_authority[..]].concat());
    let (key, certificate) = (path("key.pem"), path("certificate.pem"));
    let names = "subjectAltName=DNS:mx.shop.example,DNS:localhost";
    let of_server = [
        "-subj",
        "/CN=mx.shop.example",
        "-addext",
        names,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-CA",
        &authority,
        "-CAkey",
        &authority_key,
        "-keyout",
        &key,
        "-out",
        &certificate,
    ];
    output("openssl", &[&new[..], &of_server[..]].concat());
    fs::read(authority).unwrap()
}

/// Dovecot, for names and passwords alone.
fn prepare_dovecot(folder: &Path, auth: u16) {
    let folder = folder.join("dovecot");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("users"), "desk:{PLAIN}p@ss word/1\n").unwrap();
    let shown = folder.display();
    let settings = format!(
        "base_dir = {shown}/run\nstate_dir = {shown}/state\nlog_path = {shown}/log\nprotocols =\nssl = no\n\
         disable_plaintext_auth = no\nauth_mechanisms = plain login\n\
         passdb {{\n driver = passwd-file\n args = scheme=PLAIN username_format=%u {shown}/users\n}}\n\
         userdb {{\n driver = static\n args = uid=65534 gid=65534 home=/nonexistent\n}}\n\
         service auth {{\n inet_listener {{\n  address = 127.0.0.1\n  port = {auth}\n }}\n}}\n\
         service stats {{\n chroot =\n}}\nservice anvil {{\n chroot =\n}}\n"
    );
    let file = folder.join("dovecot.conf");
    fs::write(&file, settings).unwrap();
}

fn prepare_postfix(folder: &Path, ports: [u16; 3], auth: u16) {
    let shown = folder.display();
    let etc = folder.join("etc");
    for part in ["etc", "spool", "data", "mail"] {
        fs::create_dir(folder.join(part)).unwrap();
    }
    let owned = |owner: &str, part: &str| {
        output("chown", &[owner, folder.join(part).to_str().unwrap()]);
    };
    owned("postfix", "data");
    owned("nobody", "mail");
    fs::write(etc.join("mailboxes"), "buyer@mail.example buyer/\n").unwrap();
    fs::write(etc.join("later"), "later@mail.example 451 4.7.1 come back later\n").unwrap();
    fs::write(etc.join("main.cf"), main_cf(&shown.to_string(), auth)).unwrap();
    fs::write(etc.join("master.cf"), master_cf(ports)).unwrap();
}

fn master_cf([plain, upgraded, encrypted]: [u16; 3]) -> String {
    let rest = [
        "pickup unix n - n 60 1 pickup",
        "cleanup unix n - n - 0 cleanup",
        "qmgr unix n - n 300 1 qmgr",
        "rewrite unix - - n - - trivial-rewrite",
        "bounce unix - - n - 0 bounce",
        "defer unix - - n - 0 bounce",
        "trace unix - - n - 0 bounce",
        "verify unix - - n - 1 verify",
        "flush unix n - n 1000? 0 flush",
        "proxymap unix - - n - - proxymap",
        "error unix - - n - - error",
        "retry unix - - n - - error",
        "virtual unix - n n - - virtual",
        "anvil unix - - n - 1 anvil",
        "scache unix - - n - 1 scache",
        "postlog unix-dgram n - n - 1 postlogd",
        "tlsmgr unix - - n 1000? 1 tlsmgr",
    ];
    format!(
        "127.0.0.1:{plain} inet n - n - - smtpd\n -o smtpd_tls_security_level=none\n\
         127.0.0.1:{upgraded} inet n - n - - smtpd\n -o smtpd_tls_security_level=encrypt\n -o smtpd_sasl_auth_enable=yes\n \
         -o smtpd_tls_auth_only=yes\n -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n\
         127.0.0.1:{encrypted} inet n - n - - smtpd\n -o smtpd_tls_wrappermode=yes\n{}\n",
        rest.join("\n")
    )
}

impl Postfix {
    /// The first mail that has arrived with those words in it, as it was delivered.
    pub(crate) fn arrived(&self, words: &str) -> String {
        let until = Instant::now() + SOON;
        let folder = self.folder.join("mail/buyer/new");
        loop {
            let files = fs::read_dir(&folder).into_iter().flatten();
            let texts = files.filter_map(|file| fs::read_to_string(file.ok()?.path()).ok());
            if let Some(text) = texts.into_iter().find(|text| text.contains(words)) {
                return text;
            }
            let log = fs::read_to_string(self.folder.join("mail.log")).unwrap_or_default();
            assert!(Instant::now() < until, "nothing with {words:?} has arrived: {log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The server as a desk has it in its settings.
    pub(crate) fn server(&self, port: u16, encryption: Encryption) -> SmtpServer {
        SmtpServer {
            host: "localhost".to_owned(),
            port,
            encryption,
            credentials: None,
            authorities: self.authority.clone(),
            from: "returns@shop.example".to_owned(),
        }
    }
}

fn main_cf(folder: &str, auth: u16) -> String {
    format!(
        "compatibility_level = 3.6\nqueue_directory = {folder}/spool\ndata_directory = {folder}/data\n\
         command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmeta_directory = /etc/postfix\n\
         shlib_directory = /usr/lib/postfix\nmail_owner = postfix\nsetgid_group = postdrop\n\
         inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmyhostname = mx.shop.example\nmydestination =\n\
         alias_maps =\nalias_database =\nlocal_transport = error:no local mail\n\
         virtual_mailbox_domains = mail.example\nvirtual_mailbox_maps = texthash:{folder}/etc/mailboxes\n\
         virtual_mailbox_base = {folder}/mail\nvirtual_uid_maps = static:65534\nvirtual_gid_maps = static:65534\n\
         virtual_minimum_uid = 65534\nvirtual_transport = virtual\n\
         default_transport = error:no outside mail in tests\nrelay_transport = error:no outside mail in tests\n\
         disable_dns_lookups = yes\nsmtp_dns_support_level = disabled\nmynetworks = 127.0.0.0/8\n\
         message_size_limit = {SIZE_MAX}\nbiff = no\nmaillog_file = {folder}/mail.log\n\
         maillog_file_prefixes = /var, /dev/stdout, {folder}\n\
         smtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:127.0.0.1:{auth}\n\
         smtpd_tls_cert_file = {folder}/certificate.pem\nsmtpd_tls_key_file = {folder}/key.pem\n\
         smtpd_tls_session_cache_database =\nsmtp_tls_session_cache_database =\nsmtpd_tls_received_header = yes\n\
         smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/later, permit_mynetworks, reject\n\
         smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"
    )
}

/// A mail with those words in its text.
pub(crate) fn mail(to: &str, words: &str) -> OutgoingMail {
    OutgoingMail {
        id: format!("letter.{}", words.len()),
        thread: Some("case.1".to_owned()),
        to: Email::new(to).unwrap(),
        from_name: "Kestrel Optics 示例".to_owned(),
        reply_to: Some("service@shop.example".to_owned()),
        written_at: "2026-03-06T09:00:00Z".parse().unwrap(),
        language: "zh-Hans",
        message: Message {
            subject: "[RMA-1] 您的退货已获授权".to_owned(),
            text: format!("{words}\n"),
            html: format!("<!doctype html><p>{words}</p>"),
            attachments: vec![Attachment {
                name: "return-slip.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                bytes: b"%PDF-1.7 \x00\xff".to_vec(),
            }],
        },
    }
}

/// A mailer for that server that waits little.
pub(crate) fn mailer(server: SmtpServer) -> SmtpMailer {
    SmtpMailer::new(server).unwrap().with_answer_wait(Duration::from_secs(10))
}
