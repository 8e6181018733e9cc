//! A gateway whose certificate nobody vouches for: a stranger in the network, or a hospital that forgot to renew. Nothing of
//! the message may leave, and the office is told at once.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use it::orders::frozen;
use jiff::Timestamp;
use requisition::outbox::{Jitter, Kind, Outcome, Priority, State, Waiting};
use requisition::store::{Key, Problem, Store};
use requisition::transport::{HttpGateway, Submission, Transport, Trouble};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_vouches_for_is_told_at_once_and_gets_nothing() {
    let (address, heard) = stranger();
    let gateway = HttpGateway::new(&format!("https://localhost:{}", address.port()), None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("requisitions.sqlite"), &Key::from_bytes([7; 32])).unwrap();
    let message = Uuid::new_v4();
    let item = frozen(Uuid::new_v4(), message, Kind::New, "balsam", Priority::Routine);
    store.finalise(&[item], None, "Kari", Timestamp::now()).unwrap();

    let (ready, _) = store.begin_attempt(message, Timestamp::now()).unwrap();
    let submission = Submission::of(message, ready.receiver_her, ready.bytes);
    let outcome = gateway.submit(&submission).await;
    assert_eq!(outcome, Outcome::NotTrusted);
    assert_eq!(heard.recv().unwrap(), 0, "bytes that a stranger got to read");
    store.end_attempt(message, ready.attempt, &outcome, Jitter::new(0.5), Timestamp::now()).unwrap();

    // What the store holds: queued as frozen, tried once, and certainly not arrived.
    let entry = store.entry(message).unwrap().entry;
    assert_eq!((entry.state, entry.waiting, entry.may_have_arrived), (State::Queued, Waiting::NotTrusted, false));
    assert_eq!(store.attempts(message).unwrap()[0].outcome.as_deref(), Some("not_trusted"));
    // What the user sees: one item, now and not after a day, and why on the strip's own line.
    let needs = store.needs_you(Timestamp::now()).unwrap();
    assert_eq!(needs.len(), 1);
    assert_eq!(needs[0].problem, Problem::WaitingTooLong(Waiting::NotTrusted));
    assert_eq!(store.queue_summary().unwrap().providers[0].why, Waiting::NotTrusted);
    assert_eq!(gateway.health().await, Err(Trouble::NotTrusted), "and the test of the line says the same");
    store.withdraw(message, "Kari", Timestamp::now()).unwrap();
}

/// A server with a certificate that it made itself. Tells how many bytes each of its callers let it read.
fn stranger() -> (SocketAddr, Receiver<usize>) {
    rustls::crypto::ring::default_provider().install_default().ok();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("localhost:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut read = Vec::new();
            // The caller goes away in the middle of the handshake: an error, and what was read until then.
            rustls::StreamOwned::new(session, stream).read_to_end(&mut read).ok();
            tell.send(read.len()).ok();
        }
    });
    (address, heard)
}
