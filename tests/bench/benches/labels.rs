//! What labels cost: 1, 20 and 100 of them, as PDF and as ZPL. The ratio between them is the figure; a label alone also pays
//! for the document around it.

use std::hint::black_box;

use bench::labels::{line_danser, number};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use requisition::labels::{Dpi, LabelContent, Layout, Stock, Symbology, layout, pdf, svg, zpl};

fn content(counter: u32) -> LabelContent {
    line_danser(&number(counter))
}

fn placed(contents: &[LabelContent], dpi: Dpi) -> Vec<Layout> {
    let stock = Stock::standard();
    contents.iter().map(|content| layout(content, &stock, dpi, Symbology::Code128).expect("it fits")).collect()
}

fn labels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("labels");
    for count in [1_u32, 20, 100] {
        let contents: Vec<LabelContent> = (0..count).map(content).collect();
        group.throughput(Throughput::Elements(u64::from(count)));
        group.bench_with_input(BenchmarkId::new("layout", count), &contents, |bench, contents| {
            bench.iter(|| placed(black_box(contents), Dpi::D300));
        });
        group.bench_with_input(BenchmarkId::new("pdf", count), &contents, |bench, contents| {
            bench.iter(|| pdf(&placed(black_box(contents), Dpi::D300), 0).expect("pages"));
        });
        group.bench_with_input(BenchmarkId::new("zpl", count), &contents, |bench, contents| {
            bench.iter(|| zpl(&placed(black_box(contents), Dpi::D203)).expect("a job"));
        });
    }
    let preview = placed(&[content(1)], Dpi::D300);
    group.bench_function("svg/1", |bench| bench.iter(|| svg(black_box(&preview[0]))));
    group.finish();
}

criterion_group!(benches, labels);
criterion_main!(benches);
