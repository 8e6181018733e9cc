//! The connection below HTTP, so that the hospital can fail where real lines fail: in the middle of a body, before
//! the first byte, or by going silent. Also what makes `shutdown` a pulled plug: every open connection ends at once.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Sleep;

/// How one connection treats what is written to it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line {
    Normal,
    /// Let this many bytes through, then reset the connection.
    CutAfter(usize),
    /// Let eight bytes through, pause, and so on.
    Drip(Duration),
}

/// The switch of one connection, given to handlers as connection information.
#[derive(Debug, Clone)]
pub(crate) struct Wire(Arc<Mutex<Line>>);

impl Wire {
    pub(crate) fn set(&self, line: Line) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }

    fn get(&self) -> Line {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected<IncomingStream<'_, Doorway>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        stream.io().wire.clone()
    }
}

/// The listener: plain TCP whose connections can be told to fail.
pub(crate) struct Doorway {
    pub(crate) listener: TcpListener,
    pub(crate) closing: watch::Receiver<bool>,
}

impl Listener for Doorway {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let _ = stream.set_nodelay(true);
        let mut closing = self.closing.clone();
        let closed = Box::pin(async move {
            let _ = closing.wait_for(|closed| *closed).await;
        });
        let wire = Wire(Arc::new(Mutex::new(Line::Normal)));
        (Connection { stream, wire, closed, pause: None, dead: false }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

pub(crate) struct Connection {
    stream: TcpStream,
    wire: Wire,
    closed: Pin<Box<dyn Future<Output = ()> + Send>>,
    pause: Option<Pin<Box<Sleep>>>,
    dead: bool,
}

impl Connection {
    /// An error when the plug has been pulled or the line cut.
    fn alive(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if !self.dead && self.closed.as_mut().poll(context).is_pending() {
            return Ok(());
        }
        self.dead = true;
        Err(io::ErrorKind::ConnectionReset.into())
    }

    fn cut(&mut self) -> io::Error {
        self.dead = true;
        // A reset instead of an orderly end: what a sender sees when the far side dies.
        let _ = self.stream.set_zero_linger();
        io::ErrorKind::ConnectionReset.into()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.alive(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.alive(context)?;
        match self.wire.get() {
            Line::Normal => Pin::new(&mut self.stream).poll_write(context, bytes),
            Line::CutAfter(0) => Poll::Ready(Err(self.cut())),
            Line::CutAfter(left) => {
                let part = &bytes[..bytes.len().min(left)];
                let written = ready!(Pin::new(&mut self.stream).poll_write(context, part))?;
                self.wire.set(Line::CutAfter(left - written));
                Poll::Ready(Ok(written))
            }
            Line::Drip(pause) => {
                if let Some(sleep) = &mut self.pause {
                    ready!(sleep.as_mut().poll(context));
                }
                let part = &bytes[..bytes.len().min(8)];
                let written = ready!(Pin::new(&mut self.stream).poll_write(context, part))?;
                self.pause = Some(Box::pin(tokio::time::sleep(pause)));
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive(context)?;
        if let Line::CutAfter(0) = self.wire.get() {
            return Poll::Ready(Err(self.cut()));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
