//! What a scan pays before the first byte: a hook that looks at one small file
//! runs this for every commit.

use dataterrier::builtin;
use dataterrier::detect::Engine;
use dataterrier::scan::Scanner;

fn main() {
    divan::main();
}

/// The catalogue from the blob in the program.
#[divan::bench]
fn catalogue() -> usize {
    builtin::catalog().len()
}

/// The tables of the engine from the catalogue.
#[divan::bench]
fn engine(bencher: divan::Bencher<'_, '_>) {
    bencher
        .with_inputs(builtin::catalog)
        .bench_values(Engine::new);
}

/// All of it, and one short text that makes some patterns compile.
#[divan::bench]
fn first_finding() -> usize {
    let scanner = Scanner::builder().build();
    scanner
        .scan_bytes("note.txt", b"SSN: 536-22-8471, ask ada@quillbox-mail.net")
        .findings
        .len()
}
