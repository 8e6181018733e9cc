//! An office that sends: its store, and the dispatcher on it.

use std::sync::Arc;
use std::time::Duration;

use it::orders::frozen;
use jiff::Timestamp;
use requisition::dispatch::{Dispatcher, Line, Observer, Options};
use requisition::outbox::{Jitter, Kind, Outcome, Priority};
use requisition::store::{Changes, Error, Finalise, Key, Store};
use requisition::transport::{HttpGateway, Submission, Transport};
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

/// An office: a store in a folder of its own, and somebody who is told when it changes.
pub(super) struct Office {
    _folder: TempDir,
    pub store: Arc<Store>,
    changed: Arc<Bell>,
}

impl Office {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("requisitions.sqlite"), &Key::from_bytes([7; 32])).unwrap();
        Self { _folder: folder, store: Arc::new(store), changed: Arc::new(Bell(watch::channel(0).0)) }
    }

    /// Closes the store, lets something happen to its file, and opens it again.
    pub fn after(self, happens: impl FnOnce(&std::path::Path)) -> Self {
        let Self { _folder: folder, store, changed } = self;
        let path = store.path().to_owned();
        drop(store);
        happens(&path);
        let store = Arc::new(Store::open(&path, &Key::from_bytes([7; 32])).unwrap());
        Self { _folder: folder, store, changed }
    }

    pub fn queue(&self, kind: Kind) -> Uuid {
        self.queue_to("balsam", kind, Priority::Routine)
    }

    pub fn queue_to(&self, provider: &str, kind: Kind, priority: Priority) -> Uuid {
        let message = Uuid::new_v4();
        self.put(frozen(Uuid::new_v4(), message, kind, provider, priority));
        message
    }

    pub fn queue_as(&self, message: Uuid, kind: Kind, priority: Priority) {
        self.put(frozen(Uuid::new_v4(), message, kind, "balsam", priority));
    }

    pub fn put(&self, item: Finalise) {
        self.store.finalise(&[item], None, "Kari", Timestamp::now()).unwrap();
    }

    pub fn requisition_of(&self, message: Uuid) -> Uuid {
        self.store.entry(message).unwrap().entry.requisition_id
    }

    /// One attempt, without a dispatcher.
    pub async fn try_once(&self, message: Uuid, transport: &dyn Transport) -> Outcome {
        let (ready, _) = self.store.begin_attempt(message, Timestamp::now()).unwrap();
        let (attempt, submission) = (
            ready.attempt,
            Submission {
                message_id: message,
                receiver_her: ready.receiver_her,
                sha256: ready.sha256,
                bytes: ready.bytes,
            },
        );
        let outcome = transport.submit(&submission).await;
        self.store.end_attempt(message, attempt, &outcome, Jitter::new(0.5), Timestamp::now()).unwrap();
        outcome
    }

    pub fn deliver_to(&self, lines: &[(&str, String)]) -> Dispatcher {
        let lines = lines
            .iter()
            .map(|(provider, url)| Line {
                provider: (*provider).to_owned(),
                transport: Arc::new(HttpGateway::with_patience(url, None, Duration::from_secs(5)).unwrap()),
            })
            .collect();
        let options = Options {
            poll_awaiting: Duration::from_millis(50),
            poll_idle: Duration::from_millis(200),
            ..Options::default()
        };
        Dispatcher::start(Arc::clone(&self.store), lines, Arc::clone(&self.changed) as Arc<dyn Observer>, options)
    }

    /// Waits until something holds, looking whenever the dispatcher says that something changed.
    pub async fn until(&self, what: &str, holds: impl Fn(&Store) -> bool) {
        let mut rings = self.changed.0.subscribe();
        let waiting = async {
            while !holds(&self.store) {
                rings.changed().await.unwrap();
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(60), waiting).await.is_ok(), "never came: {what}");
    }
}

struct Bell(watch::Sender<u64>);

impl Observer for Bell {
    fn changed(&self, _: Changes) {
        self.0.send_modify(|count| *count += 1);
    }

    fn store_failed(&self, error: &Error) {
        panic!("the store refused: {error}");
    }
}
