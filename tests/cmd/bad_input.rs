//! Files that are broken, hostile or huge: each is one line in the ledger.

use std::io::Seek as _;
use std::sync::atomic::{AtomicBool, Ordering};

use dataterrier::model::{Coverage, ItemPath, Reason, Segment, Status};
use dataterrier::read::{self, Flow, Item, Limits, Out, Pick};
use dataterrier::scan::Scanner;

use super::*;

#[test]
fn broken_files_cost_nothing_but_themselves() {
    const DEEP: usize = 100_000;
    let tree = Tree::with(&[
        ("a-folder.csv/x.txt", "fine\n"),
        ("empty.csv", ""),
        ("empty.txt", ""),
        ("one.txt", "x"),
        (
            "quote.csv",
            "name,ssn\n\"Ann,536-22-8471\nBob,527-31-9046\n",
        ),
        (
            "quotes.csv",
            "name,ssn\n\"Ann\"x\"y,536-22-8471\nBob,527-31-9046\n",
        ),
        ("cut.json", "[{\"ssn\":\"536-22-8471\"},{\"ssn\":\"527-3"),
        (
            "cut.sql",
            "INSERT INTO p (name, ssn) VALUES ('Ann','536-22-8471'),('Bob','527-",
        ),
    ]);
    tree.write("nul.txt", [0; 5000]);
    tree.write("invalid.txt", b"na\xffme \xfe\xff SSN: 536-22-8471 \xc3\n");
    tree.write("mark.txt", b"\xff\xfe");
    let text = format!("{LINE}Gr\u{fc}\u{df}e\n");
    let odd = text.encode_utf16().flat_map(u16::to_le_bytes).chain([b'x']);
    tree.write("odd.txt", odd.collect::<Vec<u8>>());
    let deep = |open: &str, close: &str| {
        format!(
            "{}\"SSN: 536-22-8471\"{}",
            open.repeat(DEEP),
            close.repeat(DEEP)
        )
    };
    tree.write("deep.json", deep("[", "]"));
    tree.write("deeper.json", deep("{\"a\":", "}"));
    tree.write(
        "lines.jsonl",
        format!(
            "{{\"a\":1}}\n{{\"a\":2}}\n{}\n{{\"a\":3}}\n",
            deep("[", "]")
        ),
    );
    let ran = tree
        .run(&["scan", "-f", "jsonl", "--all-findings", "--strict"])
        .ended(3);
    assert_eq!(
        ran.items(),
        [
            "a-folder.csv/x.txt scanned",
            "cut.json partial truncated",
            "cut.sql partial truncated",
            "deep.json partial limit-depth",
            "deeper.json partial limit-depth",
            "empty.csv scanned",
            "empty.txt scanned",
            "invalid.txt scanned",
            "lines.jsonl partial limit-depth",
            "mark.txt scanned",
            "nul.txt skipped binary",
            "odd.txt scanned",
            "one.txt scanned",
            "quote.csv scanned",
            "quotes.csv scanned",
        ]
    );
    let mut found: Vec<_> = ran
        .of_type("finding")
        .iter()
        .map(|f| f["path"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "cut.json",
            "cut.sql",
            "deep.json",
            "deeper.json",
            "invalid.txt",
            "lines.jsonl",
            "odd.txt",
            "quote.csv",
            "quote.csv",
            "quotes.csv",
            "quotes.csv"
        ]
    );
    // What was left out is told, not only that something was.
    for record in ran.of_type("item") {
        assert_eq!(
            record["reason"].is_null(),
            record["detail"].is_null(),
            "{record}"
        );
    }
}

#[cfg(feature = "office")]
#[test]
fn broken_workbooks_cost_nothing_but_themselves() {
    use crate::spreadsheets::made::workbook;
    use crate::spreadsheets::sample;
    let tree = Tree::with(&[
        ("ssn.txt", LINE),
        ("text.xlsx", "name,ssn\nAnn,536-22-8471\n"),
    ]);
    let whole = fs::read(sample("staff.xlsx")).unwrap();
    tree.write("cut.xlsx", &whole[..whole.len() / 2]);
    tree.write("stub.xlsx", &whole[..40]);
    let rows = b"<row r='1'><c r='A1' t='inlineStr'><is><t>SSN: 536-22-8471</t></is></c></row>";
    let sheet = [&b"<worksheet><sheetData>"[..], rows, &vec![b' '; 100 << 20]].concat();
    tree.write("bomb.xlsx", workbook(&sheet, None));
    let ran = tree.run(&["scan", "-f", "jsonl", "--strict"]).ended(3);
    let items = ran.items();
    assert_eq!(items[0], "bomb.xlsx failed limit-ratio");
    assert_eq!(items[1], "cut.xlsx partial truncated");
    assert_eq!(items[2], "ssn.txt scanned");
    assert_eq!(items[3], "stub.xlsx failed truncated");
    assert_eq!(items[4], "text.xlsx scanned");
}

/// Text of one line, with a value in its middle and at its end. Without
/// optimisation the engine is slow, so the line of two gigabytes that the
/// command must bear is for release builds:
/// `TERRIER_TEST_LINE_MIB=2048 cargo test --release --test main one_line`.
#[test]
fn one_line_as_long_as_the_file() {
    #[expect(clippy::disallowed_methods, reason = "a size for runs by hand")]
    let named = std::env::var("TERRIER_TEST_LINE_MIB");
    let named = named.ok().map(|mib| mib.parse().expect("a number"));
    let mib: usize = named.unwrap_or(if cfg!(debug_assertions) { 24 } else { 256 });
    let tree = Tree::new();
    let mut file = fs::File::create(tree.path("line.txt")).unwrap();
    let mebibyte = "lorem ipsum dolor sit amet, no end in sight; ".repeat((1 << 20) / 45);
    for n in 0..mib {
        file.write_all(mebibyte.as_bytes()).unwrap();
        if n == mib / 2 || n + 1 == mib {
            file.write_all(b" SSN: 536-22-8471 ").unwrap();
        }
    }
    let length = file.stream_position().unwrap();
    drop(file);
    let ran = tree.run(&["scan", "-f", "jsonl", "-j", "2"]).ended(0);
    assert_eq!(ran.items(), ["line.txt scanned"]);
    let found: Vec<_> = ran
        .of_type("finding")
        .iter()
        .map(|f| f["location"].clone())
        .collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1]["bytes"][1], length - 1);
    assert_eq!(
        (&found[1]["line"], &found[1]["column"]),
        (&Value::from(1), &Value::from(length - 11))
    );
    if let Some(peak) = ran.peak {
        // So that the default size proves something, too.
        let most = if mib < 64 { 64 << 10 } else { 300 << 10 };
        assert!(peak < most, "{peak} KiB for a line of {mib} MiB");
    }
}

/// Counts text.
struct Count(usize);

impl Out for Count {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        self.0 += match segment {
            Segment::Text(block) => block.core.len(),
            Segment::Cells(batch) => batch.text.len(),
        };
        Flow::Continue
    }
}

/// Reads `stored` as a file whose directory entry promised more.
fn shrunk(name: &str, stored: &[u8], promised: u64) -> (Coverage, usize) {
    let path = ItemPath::new(name);
    let (head, mut rest) = stored.split_at(stored.len() / 2);
    let mut item = Item {
        path: &path,
        head,
        complete: false,
        rest: &mut rest,
        size: Some(promised),
        file: None,
    };
    let Pick::Reader(reader) = read::pick(head, false, &path) else {
        panic!("{name} is text");
    };
    let mut out = Count(0);
    (reader.read(&mut item, &Limits::default(), &mut out), out.0)
}

#[test]
fn a_file_that_ends_before_its_size_has_changed() {
    let row = "536-22-8471";
    for (name, stored) in [
        ("a.txt", format!("{row}\n").repeat(1000)),
        (
            "a.csv",
            format!("name,ssn\n{}", format!("Ann,{row}\n").repeat(1000)),
        ),
        ("a.jsonl", format!("{{\"ssn\": \"{row}\"}}\n").repeat(1000)),
        (
            "a.json",
            format!("[{}1]", format!("{{\"ssn\": \"{row}\"}},\n").repeat(1000)),
        ),
        (
            "a.sql",
            format!("INSERT INTO p (ssn) VALUES ('{row}');\n").repeat(1000),
        ),
    ] {
        let length = stored.len() as u64;
        let (coverage, seen) = shrunk(name, stored.as_bytes(), length + 5);
        assert_eq!(
            (coverage.status, coverage.reason),
            (Status::Partial, Some(Reason::ChangedDuringRead)),
            "{name}: {coverage:?}"
        );
        assert_eq!(coverage.bytes, length, "{name}");
        assert!(seen >= 11_000, "{name}: what was there was read");
        let (coverage, _) = shrunk(name, stored.as_bytes(), length);
        assert_eq!(coverage.status, Status::Scanned, "{name}: {coverage:?}");
    }
}

#[test]
fn a_file_that_shrinks_and_grows_is_survived() {
    let tree = Tree::new();
    let file = tree.path("moving.txt");
    let content = "words and words, and nothing else at all\n".repeat(120_000);
    fs::write(&file, &content).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let moving = fs::OpenOptions::new().write(true).open(&file).unwrap();
            for n in 0_u64.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                // Zeros behind the text, and text that ends in its middle.
                let length = [content.len() as u64, 300_000, 5_000_000, 10][n as usize % 4];
                moving.set_len(length).unwrap();
                thread::sleep(Duration::from_millis(1));
            }
        });
        let scanner = Scanner::builder().build();
        for _ in 0..8 {
            let results = scanner.scan_path(&file).unwrap();
            let coverage = &results.ledger[0].coverage;
            let fine = matches!(
                (coverage.status, coverage.reason),
                (Status::Scanned, None)
                    | (Status::Partial, Some(Reason::ChangedDuringRead))
                    | (Status::Skipped, Some(Reason::Binary))
            );
            assert!(fine, "{coverage:?}");
        }
        done.store(true, Ordering::Relaxed);
    });
}
