//! A long answer that is written on a thread of the database while it goes out: nothing of it is kept in memory or on the disk.
//!
//! A reader that stalls would hold that thread, and what the database keeps for its moment, for ever: it is cut off. An answer that
//! was not written to its end breaks off, so that no client takes it for whole.

use std::io::{self, BufWriter, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

/// The bytes that go out together.
const PIECE_BYTES: usize = 64 << 10;
/// How many such pieces wait for the reader.
const PIECES_WAITING_MAX: usize = 4;
/// How long a reader may take nothing.
const STALLED_MAX: Duration = Duration::from_secs(30);

enum Piece {
    Some(Bytes),
    /// That was all of it.
    End,
}

/// What is written to it goes out.
pub(crate) type Writer = BufWriter<Pieces>;

/// Where the pieces of an answer are handed over.
pub(crate) struct Pieces {
    sender: Sender<Piece>,
    handle: Handle,
}

/// Opens the way out of one answer, and its body.
pub(crate) fn open() -> (Opener, Body) {
    let (sender, receiver) = channel(PIECES_WAITING_MAX);
    let pieces = Pieces { sender, handle: Handle::current() };
    (Opener(Some(pieces)), Body::new(Outgoing { receiver, is_whole: false }))
}

/// Opens the writer, once: what went out cannot be taken back.
pub(crate) struct Opener(Option<Pieces>);

impl Opener {
    pub(crate) fn open(&mut self) -> io::Result<Writer> {
        let lost = || io::Error::other("the database was lost in the middle: ask again");
        self.0.take().map(|pieces| BufWriter::with_capacity(PIECE_BYTES, pieces)).ok_or_else(lost)
    }
}

/// Says that all of it was written. Without this the answer breaks off.
///
/// # Errors
/// The reader is gone or has stalled.
pub(crate) fn end(writer: Writer) -> io::Result<()> {
    let pieces = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    pieces.send(Piece::End)
}

impl Pieces {
    fn send(&self, piece: Piece) -> io::Result<()> {
        let sent = async { timeout(STALLED_MAX, self.sender.send(piece)).await };
        match self.handle.block_on(sent) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader is gone")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader has stalled")),
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(Piece::Some(Bytes::copy_from_slice(bytes))).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Outgoing {
    receiver: Receiver<Piece>,
    is_whole: bool,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.receiver.poll_recv(context).map(|piece| match piece {
            Some(Piece::Some(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Piece::End) => {
                self.is_whole = true;
                None
            }
            None if self.is_whole => None,
            None => Some(Err(io::Error::other("the answer was not written to its end"))),
        })
    }
}
