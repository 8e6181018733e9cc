//! What it costs to put a message in the queue, beside the floor: one durable write of the same size to the same disk.
//!
//! The ratio is the figure; both are measured in the same run.

use std::fs::OpenOptions;
use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use requisition::codes::MessageVersion;
use requisition::composing::draft::Urgency;
use requisition::outbox::{Jitter, Kind, Outcome, Priority, TransportReceipt};
use requisition::store::{Finalise, Key, NewEntry, NewRequisition, Store};
use uuid::Uuid;

/// Bytes of an ordinary laboratory message.
const SIZE: usize = 6_000;

fn enqueue(criterion: &mut Criterion) {
    // Beside the build and not in a folder that may lie in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let store = Store::open(&folder.path().join("requisitions.sqlite"), &Key::from_bytes([7; 32])).expect("a store");
    let now: Timestamp = "2026-11-23T08:00:00Z".parse().expect("a time");
    let bytes = vec![b'x'; SIZE];
    let mut group = criterion.benchmark_group("outbox");

    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(folder.path().join("floor"))
        .expect("a file");
    group.bench_function("floor: one durable write of the same size", |bencher| {
        bencher.iter(|| {
            file.seek(SeekFrom::Start(0)).expect("a place");
            file.write_all(black_box(&bytes)).expect("room");
            file.sync_data().expect("a disk");
        });
    });

    let mut number = 0;
    group.bench_function("finalise: requisition and message in one transaction", |bencher| {
        bencher.iter(|| {
            number += 1;
            store.finalise(&[item(number, &bytes)], None, "bench", now).expect("room")
        });
    });

    let mut next = 0;
    group.bench_function("attempt: begun and ended", |bencher| {
        bencher.iter_batched(
            || {
                next += 1;
                let item = item(1_000_000_000 + next, &bytes);
                let message = item.entry.message_id;
                store.finalise(&[item], None, "bench", now).expect("room");
                message
            },
            |message| {
                let (ready, _) = store.begin_attempt(message, now).expect("queued");
                let receipt = TransportReceipt { id: "r".into(), received_at: None, duplicate: false };
                store
                    .end_attempt(message, ready.attempt, &Outcome::Receipt(receipt), Jitter::new(0.5), now)
                    .expect("begun")
            },
            criterion::BatchSize::SmallInput,
        );
    });

    group.bench_function("choosing what goes next among all of these", |bencher| {
        bencher.iter(|| store.ready("balsam", black_box(now), 16).expect("a queue"));
    });
    group.finish();
}

fn item(number: u128, bytes: &[u8]) -> Finalise {
    let (id, message_id) = (Uuid::from_u128(number), Uuid::from_u128(u128::MAX - number));
    Finalise {
        requisition: NewRequisition {
            id,
            provider: "balsam".into(),
            department: "lab".into(),
            discipline: "CLIN".into(),
            urgency: Urgency::Routine,
            patient_name: "Danser, Line".into(),
            patient_number: "13116900216".into(),
            requester: "august".into(),
            summary: "B-Hemoglobin".into(),
            services: vec!["hb".into()],
            specimens: Vec::new(),
            content: "{}".into(),
        },
        entry: NewEntry {
            message_id,
            requisition_id: id,
            kind: Kind::New,
            bytes: bytes.to_vec(),
            receiver_her: "999901".into(),
            provider: "balsam".into(),
            version: MessageVersion::V1_6,
            priority: Priority::Routine,
            receipt_within_hours: 24,
            replaces: None,
        },
    }
}

criterion_group!(benches, enqueue);
criterion_main!(benches);
