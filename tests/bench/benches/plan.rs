//! How long an edit makes the window wait: the specimen plan and the whole composition of 5, 20 and 60 services of a real
//! catalogue, and what one more service would add.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::{Timestamp, Zoned};
use requisition::catalogue::authoring;
use requisition::catalogue::model::Indexed;
use requisition::composing::draft::{Draft, Line, Patient};
use requisition::composing::plan::{effect, plan};
use requisition::composing::{Catalogues, Context, compose};

fn edits(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data/balsam-lab");
    let catalogue = authoring::build(&folder).expect("the catalogue has no mistakes");
    let services: Vec<String> =
        catalogue.services.iter().filter(|service| !service.withdrawn).map(|service| service.id.clone()).collect();
    let provider = catalogue.provider.id.clone();
    let catalogues = Catalogues::new([Arc::new(Indexed::new(catalogue))]);
    let now: Zoned = "2026-11-23T10:15:00+01:00[Europe/Oslo]".parse().expect("a time");
    let context = Context { today: now.date(), now: &now, history: &[] };
    let mut group = criterion.benchmark_group("composing");
    for count in [5, 20, 60] {
        let draft = draft(&provider, services.iter().step_by(services.len() / 61).take(count));
        assert_eq!(draft.lines.len(), count);
        group.bench_with_input(BenchmarkId::new("plan", count), &draft, |bencher, draft| {
            bencher.iter(|| plan(black_box(&draft.lines), &catalogues));
        });
        group.bench_with_input(BenchmarkId::new("compose", count), &draft, |bencher, draft| {
            bencher.iter(|| compose(black_box(draft), &catalogues, &context));
        });
        let another = services.last().expect("a service");
        group.bench_with_input(BenchmarkId::new("effect", count), &draft, |bencher, draft| {
            bencher.iter(|| effect(black_box(draft), &provider, another, &catalogues));
        });
    }
    group.finish();
}

fn draft<'a>(provider: &str, services: impl Iterator<Item = &'a String>) -> Draft {
    let patient = Patient {
        national_id: Some("13116900216".into()),
        id_kind: Some("FNR".into()),
        family: "Danser".into(),
        given: "Line".into(),
        birth_date: Some("1969-11-13".into()),
        sex: "2".into(),
        phone: None,
        street: None,
        postal_code: None,
        city: None,
    };
    let mut draft = Draft::new("d".into(), patient, Some("r".into()), Timestamp::UNIX_EPOCH);
    draft.lines = services
        .zip(1..)
        .map(|(service, id)| Line {
            id,
            provider: provider.to_owned(),
            service: service.clone(),
            panel: None,
            panel_name: None,
            name: service.clone(),
            answers: BTreeMap::new(),
        })
        .collect();
    draft
}

criterion_group!(benches, edits);
criterion_main!(benches);
