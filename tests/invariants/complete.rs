//! Of many known values none is lost and none is found twice.

use std::fmt::Write as _;

use super::{number, scanner};

const ROWS: usize = 5000;

/// Every number once, in its row or else in its line.
fn check(name: &str, content: &str, by_row: bool) {
    let results = scanner(1).scan_bytes(name, content.as_bytes());
    assert_eq!(results.ledger.len(), 1);
    let spans: Vec<_> = results
        .findings
        .iter()
        .map(|f| f.location.bytes.clone().expect("text has places"))
        .collect();
    for pair in spans.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{name}: {pair:?} overlap");
    }
    let found: Vec<_> = results
        .findings
        .iter()
        .filter(|f| &*f.detector.id == "us_ssn")
        .map(|f| {
            let at = if by_row {
                f.location.row
            } else {
                f.location.line
            };
            (at, f.value.reveal_lossy().into_owned())
        })
        .collect();
    assert_eq!(found.len(), ROWS, "{name}");
    for (n, (at, value)) in found.into_iter().enumerate() {
        assert_eq!((at, value), (Some(n as u64 + 1), number(n)), "{name}");
    }
}

#[test]
fn each_value_of_a_dump_once() {
    let mut copy = "COPY public.people (id, name, ssn, city) FROM stdin;\n".to_owned();
    let mut insert = "INSERT INTO `people` (`id`, `name`, `ssn`, `city`) VALUES\n".to_owned();
    for n in 0..ROWS {
        let end = if n + 1 == ROWS { ';' } else { ',' };
        let _ = writeln!(copy, "{n}\tAnn\t{}\tLondon", number(n));
        let _ = writeln!(insert, "({n}, 'Ann', '{}', 'London'){end}", number(n));
    }
    copy.push_str("\\.\n");
    check("copy.sql", &copy, true);
    check("insert.sql", &insert, true);
}

#[test]
fn each_value_of_a_table_once() {
    let mut csv = "id,name,ssn,city\n".to_owned();
    let mut jsonl = String::new();
    for n in 0..ROWS {
        let _ = writeln!(csv, "{n},Ann,{},London", number(n));
        let _ = writeln!(jsonl, r#"{{"id":{n},"name":"Ann","ssn":"{}"}}"#, number(n));
    }
    check("people.csv", &csv, true);
    check("people.jsonl", &jsonl, true);
    let json = format!("[{}]", jsonl.trim_end().replace('\n', ","));
    check("people.json", &json, true);
}

#[test]
fn each_value_of_a_text_once() {
    let mut text = String::new();
    for n in 0..ROWS {
        let _ = writeln!(text, "entry {n}: Ann Lee, SSN: {}, of London", number(n));
    }
    check("people.log", &text, false);
}
