//! How long one decision takes: facts already parsed, and from bytes to the answer's JSON.
#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot measure")]

use std::hint::black_box;
use std::path::Path;

use backhaul_core::answer::answer;
use backhaul_core::facts::json::Document;
use backhaul_core::facts::{Facts, read};
use backhaul_core::policy::{Catalogue, cases};
use criterion::{Criterion, criterion_group, criterion_main};

/// The facts of every case of the default policy that is well formed: all verdicts, causes and edges.
fn facts(catalogue: &Catalogue) -> Vec<(Vec<u8>, Facts)> {
    let vocabulary = &catalogue.default_policy().expect("there is a default").vocabulary;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/cases/default");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the cases are in the repository") {
        let text = std::fs::read_to_string(entry.expect("readable").path()).expect("readable");
        for case in cases::read(&text).expect("the cases read") {
            let text = case.facts.to_string();
            let document = Document::parse(&text).expect("JSON");
            if let Ok(facts) = read(&document, vocabulary) {
                all.push((text.clone().into_bytes(), facts));
            }
        }
    }
    all
}

fn decide(criterion: &mut Criterion) {
    let catalogue = Catalogue::built_in().expect("the shipped policy reads");
    let policy = catalogue.default_policy().expect("there is a default");
    let facts = facts(&catalogue);
    let mut parsed = facts.iter().cycle();
    criterion.bench_function("one decision, facts parsed", |bencher| {
        bencher.iter(|| parsed.next().map(|(_, facts)| policy.decide(black_box(facts))));
    });
    let mut bytes = facts.iter().cycle();
    criterion.bench_function("one decision, from bytes to JSON", |bencher| {
        bencher
            .iter(|| bytes.next().map(|(bytes, _)| answer(&catalogue, black_box(bytes)).to_json()));
    });
}

criterion_group!(benches, decide);
criterion_main!(benches);
