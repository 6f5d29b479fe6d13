//! Bytes per second of the readers alone: what they hand out is looked at by
//! nobody. The difference to `engine item` is what scanning costs.

mod corpus;

use std::fmt::Write as _;

use dataterrier::model::{ItemPath, Segment};
use dataterrier::read::{self, Flow, Item, Limits, Out, Pick};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// Bytes of an item that the pipeline reads before it picks a reader.
const HEAD: usize = 256 * 1024;

/// Takes what a reader hands out and counts it, so that nothing is left out.
#[derive(Default)]
struct Count {
    cells: usize,
    bytes: usize,
}

impl Out for Count {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        match segment {
            Segment::Text(block) => self.bytes += block.core.len(),
            Segment::Cells(batch) => {
                self.cells += batch.cells.len();
                self.bytes += batch.text.len();
            }
        }
        Flow::Continue
    }
}

/// One item through the reader that claims it.
#[divan::bench(
    args = [
        "people.csv", "people.jsonl", "people.json", "people.sql",
        "numbers.csv", "numbers.json", "events.jsonl", "notes.txt",
    ],
    sample_count = 30,
)]
fn readers(bencher: Bencher<'_, '_>, name: &str) {
    let text = item(name);
    let path = ItemPath::new(name);
    let (head, rest) = text.as_bytes().split_at(HEAD);
    let Pick::Reader(reader) = read::pick(head, false, &path) else {
        panic!("{name} has a reader");
    };
    assert_eq!(reader.name(), path.extension().replace("txt", "text"));
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let mut rest = rest;
            let mut item = Item {
                path: &path,
                head,
                complete: false,
                rest: &mut rest,
                size: Some(text.len() as u64),
                file: None,
            };
            let mut count = Count::default();
            let coverage = reader.read(&mut item, &Limits::default(), &mut count);
            assert_eq!(coverage.reason, None);
            (count.cells, count.bytes)
        });
}

/// The same rows in each of the formats.
fn item(name: &str) -> String {
    let of = |name: &str| {
        let found = corpus::ALL.iter().find(|corpus| corpus.name == name);
        found.expect("in the table").text(4 << 20)
    };
    match name {
        "people.csv" => format!("id,name,email,phone,birth_date,ssn\n{}", of("people")),
        "people.jsonl" => rows(
            &of("people"),
            "",
            |out, [id, name, mail, phone, born, ssn]| {
                let _ = writeln!(
                    out,
                    r#"{{"id":{id},"name":"{name}","email":"{mail}","phone":"{phone}","born":"{born}","ssn":"{ssn}","active":true}}"#
                );
            },
        ),
        "people.json" => {
            let mut text = rows(
                &of("people"),
                "[\n",
                |out, [id, name, mail, phone, born, ssn]| {
                    let _ = write!(
                        out,
                        r#"  {{
    "id": {id},
    "name": "{name}",
    "contact": {{
      "email": "{mail}",
      "phones": [
        "{phone}"
      ]
    }},
    "born": "{born}",
    "ssn": "{ssn}",
    "active": true
  }},
"#
                    );
                },
            );
            text.truncate(text.len() - 2);
            text + "\n]\n"
        }
        "people.sql" => rows(
            &of("people"),
            "CREATE TABLE people (id int, name text, email text, phone text, born text, ssn text);\n",
            |out, [id, name, mail, phone, born, ssn]| {
                let _ = writeln!(
                    out,
                    "INSERT INTO people VALUES ({id},'{name}','{mail}','{phone}','{born}','{ssn}');"
                );
            },
        ),
        "numbers.csv" => format!("a,b,c,d,e,f\n{}", of("numbers")),
        "numbers.json" => {
            let mut text = rows(&of("numbers"), "[", |out, fields: [&str; 6]| {
                let _ = writeln!(out, "[{}],", fields.join(", "));
            });
            text.truncate(text.len() - 2);
            text + "]"
        }
        "events.jsonl" => rows(&of("logs").replace(' ', ","), "", event),
        _ => of("prose"),
    }
}

/// A record of a service log: nested, with keys that are not always there and
/// a message with escapes.
fn event(
    out: &mut String,
    [
        time,
        level,
        thread,
        address,
        method,
        path,
        status,
        took,
        trace,
    ]: [&str; 9],
) {
    let _ = write!(
        out,
        r#"{{"timestamp":"{time}","level":"{level}","context":{{"thread":"{thread}","client":"{address}"}},"#
    );
    if level != "INFO" {
        let _ = write!(out, r#""retry":{{"count":{},"last":null}},"#, &status[..1]);
    }
    let _ = writeln!(
        out,
        r#""message":"{method} \"{path}\" took {took}\nand no longer than that, which is what was asked of it","status":{status},"tags":["web","{method}"],"trace":"{trace}"}}"#
    );
}

/// Rows of so many fields, each written by `write`.
fn rows<const N: usize>(
    table: &str,
    start: &str,
    write: impl Fn(&mut String, [&str; N]),
) -> String {
    let mut out = start.to_owned();
    for row in table.lines() {
        let fields: Vec<&str> = row.splitn(N, ',').collect();
        write(&mut out, fields.try_into().expect("as many fields"));
    }
    out
}
