//! An emergency clinic whose line is down for days: a thousand messages queued, the machine's clock wrong by hours and put
//! right again, the battery gone twice. Queue and line tell the truth throughout, nothing is lost or doubled, and whoever
//! looks while it drains is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use it::orders::frozen;
use jiff::{SignedDuration, Timestamp};
use requisition::dispatch::{Dispatcher, Input, Line, Observer, Options};
use requisition::outbox::{Kind, Priority, State, Waiting};
use requisition::store::{Changes, Error, Key, Problem, Store};
use requisition::transport::HttpGateway;
use tokio::sync::watch;
use uuid::Uuid;

/// Messages that pile up.
const MESSAGES: usize = 1_000;

/// How far this machine's clock is from the truth, in seconds.
static WRONG_BY: AtomicI64 = AtomicI64::new(0);

fn clock() -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(WRONG_BY.load(Ordering::Relaxed))
}

fn clock_is_wrong_by(hours: i64) {
    WRONG_BY.store(hours * 3_600, Ordering::Relaxed);
}

#[tokio::test(flavor = "multi_thread")]
async fn days_offline_with_a_wrong_clock_and_no_battery_lose_nothing_and_the_queue_tells_the_truth() {
    let hospital = hospital::start(hospital::Options::default()).await.unwrap();
    let port = hospital.port();
    hospital.shutdown().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requisitions.sqlite");
    let open = async || {
        loop {
            match Store::open(&path, &Key::from_bytes([7; 32])) {
                Ok(store) => return Arc::new(store),
                // What the last day's end cut off lets go of the file in its own time.
                Err(Error::InUse) => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    let url = format!("http://127.0.0.1:{port}");

    // Each evening the battery goes: nothing is ended in order. The clock is another each time.
    let mut made = 0;
    for (wrong, until) in [(0, 400), (7, 700), (-5, MESSAGES)] {
        clock_is_wrong_by(wrong);
        let store = open().await;
        let bell = Bell::new();
        let battery = tokio::runtime::Runtime::new().unwrap();
        let running = {
            let _inside = battery.enter();
            deliver(&store, &url, &bell)
        };
        while made < until {
            let priority = if made % 10 == 0 { Priority::Urgent } else { Priority::Routine };
            let item = frozen(Uuid::new_v4(), Uuid::new_v4(), Kind::New, "balsam", priority);
            store.finalise(&[item], None, "vakt", clock()).unwrap();
            made += 1;
        }
        running.tell(Input::Enqueued);
        bell.until("seen to be down", || running.lines()[0].online == Some(false)).await;
        let summary = store.queue_summary().unwrap();
        assert_eq!((usize::try_from(summary.count).unwrap(), summary.providers.len()), (made, 1));
        assert!(summary.oldest.is_some());
        let fact = running.lines().remove(0);
        assert_eq!((fact.why, fact.since.is_some()), (Some(Waiting::Unreachable), true));
        drop((running, store));
        battery.shutdown_background();
    }

    // The clock is right again. What was planned under a wrong one is not waited for.
    clock_is_wrong_by(0);
    let store = open().await;
    let summary = store.queue_summary().unwrap();
    assert_eq!(usize::try_from(summary.count).unwrap(), MESSAGES);
    let waits = store.needs_you(clock() + SignedDuration::from_hours(40)).unwrap();
    assert!(waits.iter().all(|need| matches!(need.problem, Problem::WaitingTooLong(_))));
    assert_eq!(waits.len(), MESSAGES, "each is somebody's; the window shows those of one line together");

    let hospital = hospital::start(hospital::Options { port, ..hospital::Options::default() }).await.unwrap();
    let bell = Bell::new();
    let running = deliver(&store, &url, &bell);
    let looks = look_meanwhile(&store);
    let accepted = || store.all_entries().unwrap().iter().all(|row| row.entry.state == State::Accepted);
    bell.until("drained", || !store.backlog().unwrap().movable && accepted()).await;
    let slowest = looks.await.unwrap();
    assert_eq!(running.lines()[0].online, Some(true));
    assert_eq!(store.queue_summary().unwrap().count, 0);
    running.shut_down().await;

    let received = hospital.received();
    assert_eq!((received.len(), hospital.effects().len()), (MESSAGES, MESSAGES));
    assert!(hospital.effects().iter().all(|effect| effect.message_ids.len() == 1));
    // Ten of a hundred are urgent, and go first.
    let urgent: Vec<bool> = received
        .iter()
        .map(|message| store.entry(message.message_id.parse().unwrap()).unwrap().entry.priority == Priority::Urgent)
        .collect();
    let last_urgent = urgent.iter().rposition(|urgent| *urgent).unwrap();
    assert!(last_urgent < MESSAGES / 10 + 8, "the last urgent one went as number {last_urgent}");
    println!("the slowest look at the queue while it drained: {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

fn deliver(store: &Arc<Store>, url: &str, bell: &Arc<Bell>) -> Dispatcher {
    let transport = Arc::new(HttpGateway::with_patience(url, None, Duration::from_secs(5)).unwrap());
    let line = Line { provider: "balsam".into(), transport };
    let options = Options { poll_awaiting: Duration::from_millis(200), clock, ..Options::default() };
    Dispatcher::start(Arc::clone(store), vec![line], Arc::clone(bell) as Arc<dyn Observer>, options)
}

/// Looks at the queue as the strip does until it is empty. Returns the slowest look.
fn look_meanwhile(store: &Arc<Store>) -> tokio::task::JoinHandle<Duration> {
    let store = Arc::clone(store);
    tokio::task::spawn_blocking(move || {
        let mut slowest = Duration::ZERO;
        loop {
            let begun = Instant::now();
            let count = store.queue_summary().unwrap().count;
            store.needs_you(clock()).unwrap();
            slowest = slowest.max(begun.elapsed());
            if count == 0 {
                return slowest;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    })
}

/// Somebody who is told when something changed.
struct Bell(watch::Sender<u64>);

impl Bell {
    fn new() -> Arc<Self> {
        Arc::new(Self(watch::channel(0).0))
    }

    async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let mut rings = self.0.subscribe();
        let waiting = async {
            while !holds() {
                rings.changed().await.unwrap();
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(120), waiting).await.is_ok(), "never came: {what}");
    }
}

impl Observer for Bell {
    fn changed(&self, _: Changes) {
        self.0.send_modify(|count| *count += 1);
    }

    fn store_failed(&self, error: &Error) {
        panic!("the store refused: {error}");
    }
}
