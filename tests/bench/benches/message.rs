//! What finalising costs besides the disk: reading an order, rendering the national message v1.6 and v1.5, and checking it,
//! for 5, 20 and 60 analyses. The check reads every byte again, so it stands beside the rendering as its measure.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::Zoned;
use requisition::codes::MessageVersion;
use requisition::ids::MessageId;
use requisition::message::{Envelope, check, render};
use requisition::order;
use serde_json::json;
use uuid::Uuid;

fn messages(criterion: &mut Criterion) {
    let now: Zoned = "2026-11-23T10:15:00+01:00[Europe/Oslo]".parse().expect("a time");
    let envelope = Envelope { message_id: MessageId::from_uuid(Uuid::from_u128(7)), generated: now.clone() };
    let mut group = criterion.benchmark_group("message");
    for count in [5, 20, 60] {
        let document = document(count);
        let order = order::read(&document, &now, None).unwrap_or_else(|_| panic!("the order is right"));
        group.bench_with_input(BenchmarkId::new("read order", count), &document, |bencher, document| {
            bencher.iter(|| order::read(black_box(document), &now, None).is_ok());
        });
        for (name, version) in [("render v1.6", MessageVersion::V1_6), ("render v1.5", MessageVersion::V1_5)] {
            group.bench_with_input(BenchmarkId::new(name, count), &order, |bencher, order| {
                bencher.iter(|| render(black_box(order), &envelope, version).expect("a message"));
            });
        }
        let bytes = render(&order, &envelope, MessageVersion::V1_6).expect("a message");
        group.bench_with_input(BenchmarkId::new("check v1.6", count), &bytes, |bencher, bytes| {
            bencher.iter(|| check(black_box(bytes)).is_ok());
        });
    }
    group.finish();
}

/// An order of so many analyses on one serum specimen, for a national test person.
fn document(count: usize) -> Vec<u8> {
    let services: Vec<_> = (0..count)
        .map(
            |_| json!({"code": {"system": "NLK", "code": "NPU19763", "display": "P-Ferritin"}, "specimens": ["serum"]}),
        )
        .collect();
    let order = json!({
        "format": "rekvirent-order/1", "kind": "new", "status": "test", "discipline": "CLIN",
        "requisition": {"id": "20784680-28f7-11de-8c30-0800200c9a66", "issued": "2026-11-23T09:00:00"},
        "patient": {"ids": {"FNR": "15076500565"}, "name": {"family": "Gundersen", "given": "Roland"}},
        "requester": {
            "organisation": {"name": "Kattskinnet legesenter", "ids": {"HER": "91096", "ENH": "971318864"}},
            "person": {"name": "August September", "ids": {"HER": "91100", "HPR": "9144897"}}
        },
        "orderingClinician": {"name": "August September", "ids": {"HPR": "9144897"}, "phone": "53759889"},
        "serviceProvider": {
            "organisation": {"name": "Balsam sykehus HF", "ids": {"HER": "999900", "ENH": "883974832"}},
            "departments": [{"name": "Medisinsk biokjemi", "ids": {"HER": "999901"}}]
        },
        "reasons": [{"heading": "PROB", "text": "Tretthet siste 6 uker. Anemi?"}],
        "services": services,
        "specimens": [{
            "key": "serum", "ids": {"requester": "700000000063"},
            "material": {"text": "Serum"}, "collected": "2026-11-23T09:05:00"
        }]
    });
    order.to_string().into_bytes()
}

criterion_group!(benches, messages);
criterion_main!(benches);
