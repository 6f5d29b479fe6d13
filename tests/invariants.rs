//! What holds for every scan, whatever is in the files: the way back to stored
//! bytes, the same results however the work is cut up, and nothing lost.

mod complete;
mod same;
mod spans;

use dataterrier::model::Finding;
use dataterrier::report::Results;
use dataterrier::scan::{Options, Scanner};

/// A scanner that also reports the reserved values of which samples are made.
fn scanner(threads: usize) -> Scanner {
    Scanner::builder()
        .options(Options {
            include_test_values: true,
            threads,
            ..Options::default()
        })
        .build()
}

/// All that a report could say of the findings, and the ledger.
fn facts(results: &Results) -> (Vec<String>, Vec<String>) {
    let finding = |f: &Finding| {
        format!(
            "{} {} {} {:?} {:?} {} {:?} {:?}",
            f.path,
            f.id,
            f.detector.id,
            f.value.reveal_lossy(),
            f.location,
            f.label,
            f.confidence,
            f.evidence
        )
    };
    let findings = results.findings.iter().map(finding).collect();
    let ledger = results.ledger.iter().map(|e| format!("{e:?}")).collect();
    (findings, ledger)
}

/// Social security numbers that differ and that no rule calls a specimen.
fn number(n: usize) -> String {
    format!("{}-{}-{}", 201 + n * 7 % 397, 11 + n % 83, 1013 + n)
}
