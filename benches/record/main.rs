//! The work whose instructions `record.py` counts: one case a run, on a small
//! text, after the same text has been scanned before. So start-up and the
//! patterns' compiling do not count, and the count stays the same from run to
//! run and from machine to machine, as far as CPU features are the same.
//!
//! Without arguments it prints the cases, each with its bytes.

#![allow(
    clippy::print_stdout,
    reason = "the script reads the cases from standard output"
)]

#[path = "../corpus/mod.rs"]
mod corpus;

use std::hint::black_box;

use dataterrier::detect::Scratch;
use dataterrier::model::{Segment, TextBlock};
use dataterrier::scan::{Options, Scanner};

/// Bytes of each text: enough that what a scan does once does not show.
const SIZE: usize = 128 << 10;

/// Scans before the one that counts. One is not enough: automata that are built
/// while they run go on growing for a while.
const WARM_UP: usize = 3;

/// Writes the text of a corpus in a format.
type Wrap = fn(&str) -> String;

/// Scanned as whole items: a file's name, what is before the first line, the
/// corpus, and what each of its lines becomes.
const ITEMS: &[(&str, &str, &str, Wrap)] = &[
    ("lib.rs", "", "source", plain),
    ("notes.txt", "", "prose", plain),
    ("app.log", "", "logs", plain),
    ("bundle.js", "", "minified", plain),
    (
        "people.csv",
        "id,name,email,phone,birth_date,ssn\n",
        "people",
        plain,
    ),
    ("numbers.csv", "a,b,c,d,e,f\n", "numbers", plain),
    ("app.jsonl", "", "logs", |line| {
        format!("{{\"level\":\"info\",\"msg\":\"{line}\"}}\n")
    }),
    ("people.jsonl", "", "people", |line| {
        let cells: Vec<_> = line.split(',').map(|cell| format!("\"{cell}\"")).collect();
        format!("[{}]\n", cells.join(","))
    }),
    (
        "copy.sql",
        "COPY public.people (id, name, email, phone, birth_date, ssn) FROM stdin;\n",
        "people",
        |line| line.replace(',', "\t") + "\n",
    ),
    ("insert.sql", "", "people", |line| {
        let cells = line.replace(',', "','");
        format!(
            "INSERT INTO people (id, name, email, phone, birth_date, ssn) VALUES ('{cells}');\n"
        )
    }),
];

fn plain(line: &str) -> String {
    format!("{line}\n")
}

/// Counting begins when this is entered and ends when it returns.
#[inline(never)]
fn counted(work: &mut dyn FnMut() -> usize) -> usize {
    black_box(work())
}

fn main() {
    let case = std::env::args().nth(1).unwrap_or_default();
    let Some((kind, name)) = case.split_once('/') else {
        for corpus in corpus::ALL {
            println!("text/{}\t{}", corpus.name, text(corpus.name).len());
        }
        for (name, ..) in ITEMS {
            println!("item/{name}\t{}", item(name).len());
        }
        return;
    };
    let options = Options {
        threads: 1,
        ..Options::default()
    };
    let scanner = Scanner::builder().options(options).build();
    if kind == "item" {
        let bytes = item(name);
        warm_and_count(|| scanner.scan_bytes(name, bytes.as_bytes()).findings.len());
    } else {
        let text = text(name);
        let block = Segment::Text(TextBlock {
            text: text.as_bytes(),
            core: 0..text.len(),
            origin: None,
            place: None,
        });
        let mut scratch = Scratch::default();
        warm_and_count(|| scanner.engine().scan(&block, &mut scratch).len());
    }
}

fn warm_and_count(mut work: impl FnMut() -> usize) {
    for _ in 0..WARM_UP {
        black_box(work());
    }
    counted(&mut work);
}

fn text(name: &str) -> String {
    let corpus = corpus::ALL.iter().find(|corpus| corpus.name == name);
    corpus.expect("one of the cases").text(SIZE)
}

fn item(name: &str) -> String {
    let item = ITEMS.iter().find(|item| item.0 == name);
    let &(_, header, corpus, line) = item.expect("one of the cases");
    let lines: String = text(corpus).lines().map(line).collect();
    header.to_owned() + &lines
}
