//! A receiver over HTTP that fails half of the time, and keeps a book of what arrived.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use backhaul_app::webhooks::{PAYLOAD_BYTES_MAX, Secret, signature_header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// What the receiver knows.
#[derive(Clone, Default)]
pub(crate) struct Book {
    /// The ids of what it took in, in their order, copies too.
    pub(crate) arrived: Vec<String>,
    pub(crate) requests: usize,
    pub(crate) faults: usize,
    /// Messages whose signature does not verify.
    pub(crate) unverified: usize,
    /// Messages with the id of another one, and another body.
    pub(crate) changed: usize,
    bodies: BTreeMap<String, Bytes>,
    secret: Option<Secret>,
    chance: u64,
}

pub(crate) struct Receiver {
    address: SocketAddr,
    book: Arc<Mutex<Book>>,
    /// Serves as long as it is there.
    _runtime: Runtime,
}

/// What happens to a request.
enum Fate {
    Taken,
    Error,
    Busy,
    /// The connection is closed before anything is taken in.
    Lost,
    /// The message is taken in, and the connection is closed without an answer.
    TakenUnheard,
}

impl Receiver {
    pub(crate) fn start(seed: u64) -> Self {
        let runtime = Runtime::new().unwrap();
        let book = Arc::new(Mutex::new(Book { chance: seed, ..Book::default() }));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener, Arc::clone(&book)));
        Self { address, book, _runtime: runtime }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub(crate) fn expect_secret(&self, secret: Secret) {
        self.book.lock().unwrap().secret = Some(secret);
    }

    pub(crate) fn book(&self) -> Book {
        self.book.lock().unwrap().clone()
    }
}

async fn serve(listener: TcpListener, book: Arc<Mutex<Book>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let book = Arc::clone(&book);
        let service = service_fn(move |request: Request<Incoming>| {
            let book = Arc::clone(&book);
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(Body::new(body), PAYLOAD_BYTES_MAX).await.unwrap();
                // An error ends the connection before a byte is written.
                book.lock().unwrap().take(&head.headers, &body).ok_or(std::io::Error::other("lost"))
            }
        });
        tokio::spawn(async move {
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

impl Book {
    /// Takes a request in, or not; nothing where no answer is given.
    fn take(&mut self, headers: &HeaderMap, body: &Bytes) -> Option<Response<Body>> {
        self.requests += 1;
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        let (id, seconds) = (text("webhook-id"), text("webhook-timestamp").parse().unwrap());
        let secrets = self.secret.clone().map_or(Vec::new(), |secret| vec![secret]);
        let signed = signature_header(&secrets, &id, seconds, str::from_utf8(body).unwrap());
        self.unverified += usize::from(signed != text("webhook-signature"));
        let known = self.bodies.entry(id.clone()).or_insert_with(|| body.clone());
        self.changed += usize::from(known != body);
        let fate = self.fate();
        self.faults += usize::from(!matches!(fate, Fate::Taken));
        let answer = |status: u16| Response::builder().status(status);
        match fate {
            Fate::Taken => {
                self.arrived.push(id);
                Some(answer(204).body(Body::empty()).unwrap())
            }
            Fate::Error => Some(answer(500).body(Body::from("oh no")).unwrap()),
            Fate::Busy => {
                let busy = answer(503).header("retry-after", "90");
                Some(busy.body(Body::empty()).unwrap())
            }
            Fate::Lost => None,
            Fate::TakenUnheard => {
                self.arrived.push(id);
                None
            }
        }
    }

    /// One half goes well; the other half is each of the faults alike.
    fn fate(&mut self) -> Fate {
        // The generator `splitmix64`, so that a seed gives the same fates everywhere.
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        match (mixed ^ (mixed >> 31)) % 8 {
            0..=3 => Fate::Taken,
            4 => Fate::Error,
            5 => Fate::Busy,
            6 => Fate::Lost,
            _ => Fate::TakenUnheard,
        }
    }
}
