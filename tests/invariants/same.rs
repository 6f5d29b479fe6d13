//! The same results however the work is cut up.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::{facts, number, scanner};

/// Files of every text format, each longer than what is read of a file at once
/// by its second copy.
fn samples(rows: usize) -> Vec<(&'static str, Vec<u8>)> {
    let (mut txt, mut csv, mut jsonl) = (
        String::new(),
        "id,name,ssn,note\n".to_owned(),
        String::new(),
    );
    let (mut copy, mut insert) = (String::new(), String::new());
    for n in 0..rows {
        let ssn = number(n);
        let _ = writeln!(
            txt,
            "Zeile {n}: für Ann Lee, SSN: {ssn}, mail to ann.lee{n}@example.org;"
        );
        let _ = writeln!(
            csv,
            "{n},\"Lee, Ann\",{ssn},\"says \"\"hello\"\"\nto ann{n}@example.org\""
        );
        let _ = writeln!(
            jsonl,
            r#"{{"id": {n}, "who": {{"name": "Ann \"L\" Lee", "ssn": "{ssn}"}}}}"#
        );
        let _ = writeln!(copy, "{n}\tAnn\\tLee\t{ssn}");
        let _ = writeln!(
            insert,
            "INSERT INTO staff (id, name, ssn) VALUES ({n}, 'Ann O''Lee', '{ssn}');"
        );
    }
    let json = format!("{{\"people\": [{}]}}", jsonl.trim_end().replace('\n', ","));
    let sql = format!("{insert}\nCOPY people (id, name, ssn) FROM stdin;\n{copy}\\.\n");
    let utf_16 = txt.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin_1 = encoding_rs::WINDOWS_1252.encode(&txt).0.into_owned();
    vec![
        ("notes.txt", txt.into_bytes()),
        ("utf-16.txt", utf_16),
        ("latin-1.txt", latin_1),
        ("people.csv", csv.into_bytes()),
        ("people.jsonl", jsonl.into_bytes()),
        ("people.json", json.into_bytes()),
        ("people.sql", sql.into_bytes()),
    ]
}

/// Gives at most so many bytes at a time.
struct Slow<'b>(&'b [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

#[test]
fn however_a_stream_is_cut() {
    let scanner = scanner(1);
    let mut samples = samples(4500);
    if cfg!(feature = "office") {
        let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/spreadsheets/staff.xlsx");
        samples.push(("staff.xlsx", fs::read(book).unwrap()));
    }
    for (name, bytes) in &samples {
        let whole = facts(&scanner.scan_bytes(name, bytes));
        assert!(!whole.0.is_empty(), "{name}");
        for step in [1, 7, 64 * 1024] {
            let cut = scanner.scan_reader(name, &mut Slow(bytes, step));
            // A failed comparison of so many lines would print them all.
            assert!(facts(&cut) == whole, "{name}, {step} bytes at a time");
        }
    }
}

#[test]
fn however_many_threads_scan() {
    let dir = tempfile::tempdir().unwrap();
    let samples = samples(300);
    for folder in ["a", "b/deep/er", "c"] {
        let folder = dir.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in &samples {
            fs::write(folder.join(name), bytes).unwrap();
        }
        fs::write(folder.join("nul.bin"), [0; 100]).unwrap();
    }
    let filler = "Nothing here but words, and more words in lines.\n".repeat(1400);
    let mut large = String::new();
    for n in 0.. {
        let _ = writeln!(large, "{filler}SSN: {}", number(n));
        if large.len() > 9 << 20 {
            break;
        }
    }
    fs::write(dir.path().join("large.txt"), &large).unwrap();
    let one = facts(&scanner(1).scan_path(dir.path()).unwrap());
    assert!(one.0.iter().filter(|f| f.contains("large.txt")).count() > 100);
    for threads in [2, 5] {
        let many = facts(&scanner(threads).scan_path(dir.path()).unwrap());
        assert!(many == one, "{threads} threads");
    }
}
