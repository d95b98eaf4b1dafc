//! Connections: taken up to a limit, and ended in order when the server is.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// How long a client may take to send the head of a request, and to be idle between two.
const HEAD_WAIT: Duration = Duration::from_secs(30);
/// How long nothing is accepted after the system has refused to.
const REFUSED_WAIT: Duration = Duration::from_secs(1);

/// Serves until told to end, and then up to a limit what was begun; says whether all of it was ended.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    connections_max: usize,
    mut end: watch::Receiver<bool>,
    limit: Duration,
) -> bool {
    let room = Arc::new(Semaphore::new(connections_max));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = ended(&mut end) => break,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener, &room) => match accepted {
                Ok((stream, from, permit)) => {
                    connections.spawn(connection(stream, from, router.clone(), end.clone(), permit));
                }
                Err(error) => {
                    tracing::error!("no connection can be accepted: {error}");
                    tokio::time::sleep(REFUSED_WAIT).await;
                }
            },
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    tokio::time::timeout(limit, all).await.is_ok()
}

/// Waits until the server is to end.
async fn ended(end: &mut watch::Receiver<bool>) {
    // Nobody who could tell any more is the same as being told.
    let _ = end.wait_for(|end| *end).await;
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = room.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, from) = listener.accept().await?;
    Ok((stream, from, permit))
}

async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    mut end: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
) {
    // An answer is one small packet: waiting for more to send with it only delays it.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // How a connection ends is its client's affair: what matters is told by the requests.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = ended(&mut end) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::{Notify, watch};
    use tokio::task::JoinHandle;

    const SOON: Duration = Duration::from_secs(20);

    /// A server with one page that says when it is asked, and answers when it is let.
    struct Slow {
        address: std::net::SocketAddr,
        asked: Arc<Notify>,
        answer: Arc<Notify>,
        end: watch::Sender<bool>,
        serving: JoinHandle<bool>,
    }

    async fn slow(connections_max: usize, limit: Duration) -> Slow {
        let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let page = {
            let (asked, answer) = (asked.clone(), answer.clone());
            async move || {
                asked.notify_one();
                answer.notified().await;
                "done"
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = watch::channel(false);
        let router = Router::new().route("/", get(page));
        let serving = super::serve(listener, router, connections_max, ended, limit);
        Slow { address, asked, answer, end, serving: tokio::spawn(serving) }
    }

    async fn ask(slow: &Slow) -> TcpStream {
        let mut client = TcpStream::connect(slow.address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: desk\r\n\r\n").await.unwrap();
        client
    }

    async fn rest(mut client: TcpStream) -> String {
        let mut said = String::new();
        client.read_to_string(&mut said).await.unwrap();
        said
    }

    fn block_on(story: impl Future<Output = ()>) {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(async { tokio::time::timeout(SOON, story).await }).unwrap();
    }

    #[test]
    fn a_request_that_was_begun_is_answered_before_the_end() {
        block_on(async {
            let slow = slow(10, SOON).await;
            let client = ask(&slow).await;
            slow.asked.notified().await;
            slow.end.send(true).unwrap();
            slow.answer.notify_one();
            let said = rest(client).await;
            assert!(said.starts_with("HTTP/1.1 200 OK") && said.ends_with("done"), "{said}");
            assert!(slow.serving.await.unwrap());
        });
    }

    #[test]
    fn a_request_that_never_ends_is_cut_off_at_the_limit() {
        block_on(async {
            let slow = slow(10, Duration::from_millis(1)).await;
            let client = ask(&slow).await;
            slow.asked.notified().await;
            slow.end.send(true).unwrap();
            assert!(!slow.serving.await.unwrap());
            assert_eq!(rest(client).await, "");
        });
    }

    #[test]
    fn a_connection_beyond_the_limit_waits_until_another_one_ends() {
        block_on(async {
            let slow = slow(1, SOON).await;
            let first = ask(&slow).await;
            slow.asked.notified().await;
            let second = ask(&slow).await;
            slow.answer.notify_one();
            drop(first);
            slow.asked.notified().await;
            slow.answer.notify_one();
            slow.end.send(true).unwrap();
            assert!(rest(second).await.ends_with("done"));
            assert!(slow.serving.await.unwrap());
        });
    }
}
