//! Bytes per second of the engine with all built-in detectors, on one thread:
//! on text as the text reader hands it out, and through a reader.

mod corpus;

use corpus::Corpus;
use dataterrier::detect::catalog::Catalog;
use dataterrier::detect::{Engine, Scratch};
use dataterrier::model::{Segment, TextBlock};
use dataterrier::read::{LEAD, OVERLAP};
use dataterrier::scan::Scanner;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// Bytes of each text.
const SIZE: usize = 4 << 20;

/// Text that a block owns, as in the text reader.
const CORE: usize = 1 << 20;

/// The blocks of a text, each with what it shows of its neighbours.
fn blocks(text: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    (0..text.len()).step_by(CORE).map(move |from| {
        let start = from.saturating_sub(LEAD);
        let core = from..(from + CORE).min(text.len());
        let end = (core.end + OVERLAP).min(text.len());
        Segment::Text(TextBlock {
            text: &text[start..end],
            core: core.start - start..core.end - start,
            origin: None,
            place: None,
        })
    })
}

/// The engine alone.
#[divan::bench(args = corpus::ALL, sample_count = 10)]
fn text(bencher: Bencher<'_, '_>, corpus: &Corpus) {
    let scanner = Scanner::builder().build();
    let text = corpus.text(SIZE);
    let mut scratch = Scratch::default();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            blocks(text.as_bytes())
                .map(|block| scanner.engine().scan(&block, &mut scratch).len())
                .sum::<usize>()
        });
}

/// The engine with every detector a second time under another id: what more
/// detectors cost.
#[divan::bench(args = ["once", "twice"], sample_count = 10)]
fn detectors(bencher: Bencher<'_, '_>, detectors: &str) {
    let mut all = dataterrier::builtin::detectors();
    if detectors == "twice" {
        let mut again = all.clone();
        for detector in &mut again {
            detector.id.push_str("_again");
        }
        all.append(&mut again);
    }
    let engine = Engine::new(Catalog::new(all));
    let source = corpus::ALL.iter().find(|corpus| corpus.name == "source");
    let text = source.expect("in the table").text(SIZE);
    let mut scratch = Scratch::default();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            blocks(text.as_bytes())
                .map(|block| engine.scan(&block, &mut scratch).len())
                .sum::<usize>()
        });
}

/// From bytes to results: reader, engine, places, ids, label.
#[divan::bench(args = ["notes.txt", "people.csv", "app.jsonl"], sample_count = 10)]
fn item(bencher: Bencher<'_, '_>, name: &str) {
    let scanner = Scanner::builder().build();
    let corpus = |name: &str| {
        let found = corpus::ALL.iter().find(|corpus| corpus.name == name);
        found.expect("in the table").text(SIZE)
    };
    let bytes = match name {
        "people.csv" => format!("id,name,email,phone,birth_date,ssn\n{}", corpus("people")),
        "app.jsonl" => corpus("logs")
            .lines()
            .map(|line| format!("{{\"msg\":\"{line}\"}}\n"))
            .collect(),
        _ => corpus("prose"),
    };
    assert!(bytes.len() >= SIZE);
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| scanner.scan_bytes(name, bytes.as_bytes()).findings.len());
}
