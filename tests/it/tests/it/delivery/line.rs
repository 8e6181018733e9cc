//! A line that misbehaves on purpose: a listener that answers as its script says, and the answers of a gateway to say.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use requisition::transport::HttpGateway;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// What the other end of the line does with a connection once it has read the request.
#[derive(Clone)]
pub(super) enum Answer {
    /// Says this and closes.
    Says(String),
    /// Says this and resets the connection.
    SaysAndResets(String),
    /// Closes without a byte, having taken the message.
    Nothing,
    /// Never answers.
    Silence,
    /// One byte at a time.
    Drip(String),
    /// A body without end.
    Endless,
}

/// The requests that came, whole.
pub(super) type Seen = Arc<Mutex<Vec<Vec<u8>>>>;

/// A listener that reads one whole request on each connection and then does what the script says, the last line again and again.
pub(super) async fn line_that(script: Vec<Answer>) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut at = 0;
        while let Ok((stream, _)) = listener.accept().await {
            let answer = script[at.min(script.len() - 1)].clone();
            at += 1;
            tokio::spawn(serve(stream, answer, Arc::clone(&notes)));
        }
    });
    (address, seen)
}

async fn serve(mut stream: TcpStream, answer: Answer, seen: Seen) {
    let Some(request) = read_request(&mut stream).await else { return };
    seen.lock().unwrap().push(request);
    match answer {
        Answer::Says(text) => {
            stream.write_all(text.as_bytes()).await.ok();
            stream.shutdown().await.ok();
        }
        Answer::SaysAndResets(text) => {
            stream.write_all(text.as_bytes()).await.ok();
            stream.flush().await.ok();
            stream.set_zero_linger().ok();
        }
        Answer::Nothing => {}
        Answer::Silence => std::future::pending::<()>().await,
        Answer::Drip(text) => {
            for byte in text.bytes() {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n\r\n").await.ok();
            while stream.write_all(&[b' '; 65_536]).await.is_ok() {}
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if request.len() >= end + 4 + length.unwrap_or(0) {
            return Some(request);
        }
    }
}

pub(super) fn body_of(request: &[u8]) -> &[u8] {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    &request[end + 4..]
}

pub(super) fn quick(address: SocketAddr) -> HttpGateway {
    HttpGateway::with_patience(&format!("http://{address}"), None, Duration::from_millis(700)).unwrap()
}

pub(super) fn receipt_for(message: Uuid) -> String {
    format!(r#"{{"receiptId":"r-1","messageId":"{message}","receivedAt":"2026-11-23T08:00:00Z","duplicate":false}}"#)
}

pub(super) fn reply(status: u16, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn ok_202(body: &str) -> String {
    reply(202, "application/json", body)
}

/// An answer whose body ends before its length.
pub(super) fn cut(answer: &str) -> String {
    answer[..answer.len() - 20].to_owned()
}
