//! Worker processes: what they hand on, and what is left when they fail.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use dataterrier::model::{Coverage, ItemPath, Reason, Status};
use dataterrier::read::{Item, Limits, READERS, Reader};
use dataterrier::scan::worker::{Pool, Spawn, fault};

use crate::spreadsheets::made::workbook;
use crate::spreadsheets::{Seen, reader_for, sample};

fn pool(size: usize) -> Pool {
    Pool::new(Spawn::Command(env!("CARGO_BIN_EXE_terrier").into()), size)
}

fn read_file(
    pool: &Pool,
    reader: &dyn Reader,
    file: &Path,
    limits: &Limits,
    seen: &mut Seen,
) -> Coverage {
    let path = ItemPath::new(file);
    let size = Some(fs::metadata(file).expect("the file exists").len());
    let mut item = Item {
        path: &path,
        head: &[],
        complete: false,
        rest: &mut std::io::empty(),
        size,
        file: Some(file),
    };
    pool.read(reader, &mut item, limits, seen)
}

fn read_stream(
    pool: &Pool,
    reader: &dyn Reader,
    bytes: &[u8],
    limits: &Limits,
    seen: &mut Seen,
) -> Coverage {
    let path = ItemPath::new("backup.zip").member("book.xlsx");
    let (head, mut rest) = bytes.split_at(bytes.len().min(100));
    let mut item = Item {
        path: &path,
        head,
        complete: false,
        rest: &mut rest,
        size: None,
        file: None,
    };
    pool.read(reader, &mut item, limits, seen)
}

#[test]
fn a_worker_hands_on_what_the_reader_reads() {
    let (isolated, here) = (pool(1), Pool::new(Spawn::InProcess, 1));
    for name in [
        "staff.xlsx",
        "staff.xlsb",
        "staff.xls",
        "staff.ods",
        "sparse.xlsx",
    ] {
        let file = sample(name);
        let bytes = fs::read(&file).unwrap();
        let reader = reader_for(&bytes, name).unwrap();
        let mut seen = [
            Seen::default(),
            Seen::default(),
            Seen::default(),
            Seen::default(),
        ];
        let limits = Limits::default();
        let coverage = [
            read_file(&isolated, reader, &file, &limits, &mut seen[0]),
            read_stream(&isolated, reader, &bytes, &limits, &mut seen[1]),
            read_file(&here, reader, &file, &limits, &mut seen[2]),
            read_stream(&here, reader, &bytes, &limits, &mut seen[3]),
        ];
        assert!(!seen[0].cells.is_empty());
        for other in 1..4 {
            assert_eq!(seen[0].cells, seen[other].cells, "{name}");
            assert_eq!(seen[0].texts, seen[other].texts, "{name}");
            assert_eq!(coverage[0], coverage[other], "{name}");
        }
        assert_eq!(coverage[0], Coverage::scanned(bytes.len() as u64));
    }
}

#[test]
fn long_streams_go_through_the_pipe() {
    let rows = (1..=20_000)
        .map(|row| format!("<row r='{row}'><c r='A{row}' t='inlineStr'><is><t>user{row}@example.com</t></is></c></row>"))
        .collect::<String>();
    let book = workbook(
        format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").as_bytes(),
        None,
    );
    assert!(book.len() > 64 << 10);
    let mut seen = Seen::default();
    let coverage = read_stream(
        &pool(1),
        reader_for(&book, "a.xlsx").unwrap(),
        &book,
        &Limits::default(),
        &mut seen,
    );
    assert_eq!(coverage.status, Status::Scanned, "{coverage:?}");
    assert_eq!(seen.cells.len(), 20_000);
    assert_eq!(seen.value("S!A20000"), "user20000@example.com");
}

#[test]
fn a_failing_worker_costs_one_item() {
    let faults: [(&dyn Reader, Reason); 5] = [
        (&fault::PANIC, Reason::ParserCrash),
        (&fault::ABORT, Reason::ParserCrash),
        (&fault::HANG, Reason::LimitTime),
        (&fault::GROW, Reason::LimitMemory),
        (&fault::RECURSE, Reason::ParserCrash),
    ];
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"\x00\x01\x02ann@example.com\x00\xff")
        .unwrap();
    let limits = Limits {
        seconds: 1,
        worker_memory: 256 << 20,
        ..Limits::default()
    };
    let pool = pool(1);
    for (reader, reason) in faults {
        let (mut seen, begun) = (Seen::default(), Instant::now());
        let coverage = read_file(&pool, reader, file.path(), &limits, &mut seen);
        assert!(begun.elapsed() < Duration::from_secs(20));
        assert_eq!(
            (coverage.status, coverage.reason),
            (Status::Partial, Some(reason)),
            "{coverage:?}"
        );
        let texts = seen
            .texts
            .iter()
            .map(|(_, text)| text.as_str())
            .collect::<Vec<_>>();
        assert_eq!(
            texts,
            ["read before the fault", "ann@example.com\n"],
            "kept, and salvaged"
        );
        assert_eq!(seen.offsets, [3]);
        assert!(!coverage.detail.unwrap().contains("quoted content"));

        let mut seen = Seen::default();
        let book = sample("staff.xlsx");
        let reader = reader_for(&fs::read(&book).unwrap(), "staff.xlsx").unwrap();
        assert_eq!(
            read_file(&pool, reader, &book, &Limits::default(), &mut seen).status,
            Status::Scanned
        );
    }
}

#[test]
fn faults_cannot_be_reached_by_an_item() {
    assert!(
        READERS
            .iter()
            .all(|reader| !reader.name().starts_with("fault"))
    );
}

#[test]
fn a_panic_is_fenced_without_workers_too() {
    let mut seen = Seen::default();
    let here = Pool::new(Spawn::InProcess, 1);
    let coverage = read_stream(
        &here,
        &fault::PANIC,
        b"\x00printable\x00",
        &Limits::default(),
        &mut seen,
    );
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Partial, Some(Reason::ParserCrash)),
        "{coverage:?}"
    );
    assert_eq!(seen.texts.len(), 2);
}

#[test]
fn what_is_left_of_a_cut_workbook_is_read() {
    let whole = fs::read(sample("staff.xlsx")).unwrap();
    // Everything but the directory and the last members.
    let cut = &whole[..whole.len() * 2 / 3];
    let mut seen = Seen::default();
    let coverage = read_stream(
        &pool(1),
        reader_for(cut, "a.xlsx").unwrap(),
        cut,
        &Limits::default(),
        &mut seen,
    );
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Partial, Some(Reason::Truncated)),
        "{coverage:?}"
    );
    let text = seen
        .texts
        .iter()
        .map(|(_, text)| text.as_str())
        .collect::<String>();
    for expected in ["Ann Example", "987-65-4321", "202-555-0199", "Erin Author"] {
        assert!(text.contains(expected), "{expected}");
    }

    let whole = fs::read(sample("staff.xls")).unwrap();
    let cut = &whole[..whole.len() / 2];
    let mut seen = Seen::default();
    let coverage = read_stream(
        &pool(1),
        reader_for(cut, "a.xls").unwrap(),
        cut,
        &Limits::default(),
        &mut seen,
    );
    assert_eq!(coverage.status, Status::Partial, "{coverage:?}");
}

#[test]
fn bombs_are_neither_read_nor_salvaged() {
    let bomb = workbook(&vec![b' '; 100 << 20], None);
    let (mut seen, begun) = (Seen::default(), Instant::now());
    let coverage = read_stream(
        &pool(1),
        reader_for(&bomb, "a.xlsx").unwrap(),
        &bomb,
        &Limits::default(),
        &mut seen,
    );
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Failed, Some(Reason::LimitRatio))
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(seen.texts.is_empty());
}

#[test]
fn a_consumer_that_stops_gets_no_more() {
    let pool = pool(1);
    let book = sample("staff.xlsx");
    let reader = reader_for(&fs::read(&book).unwrap(), "staff.xlsx").unwrap();
    for _ in 0..2 {
        let mut seen = Seen::stopping_after(2);
        let coverage = read_file(&pool, reader, &book, &Limits::default(), &mut seen);
        assert_eq!(
            (coverage.status, coverage.reason),
            (Status::Partial, Some(Reason::Interrupted))
        );
        assert_eq!(seen.texts.len() + usize::from(!seen.cells.is_empty()), 2);
    }
}

#[test]
fn workers_outlive_the_threads_that_use_them() {
    let pool = pool(2);
    let book = sample("staff.xlsx");
    let reader = reader_for(&fs::read(&book).unwrap(), "staff.xlsx").unwrap();
    for _ in 0..3 {
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    let mut seen = Seen::default();
                    let coverage = read_file(&pool, reader, &book, &Limits::default(), &mut seen);
                    assert_eq!(coverage.status, Status::Scanned, "{coverage:?}");
                });
            }
        });
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_missing_program_or_file_is_said() {
    let broken = Pool::new(Spawn::Command("/nonexistent/terrier".into()), 1);
    let book = sample("staff.xlsx");
    let reader = reader_for(&fs::read(&book).unwrap(), "staff.xlsx").unwrap();
    let coverage = read_file(
        &broken,
        reader,
        &book,
        &Limits::default(),
        &mut Seen::default(),
    );
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Failed, Some(Reason::Io))
    );

    let gone = Path::new("/nonexistent/book.xlsx");
    let path = ItemPath::new(gone);
    let mut item = Item {
        path: &path,
        head: &[],
        complete: false,
        rest: &mut std::io::empty(),
        size: None,
        file: Some(gone),
    };
    let coverage = pool(1).read(reader, &mut item, &Limits::default(), &mut Seen::default());
    assert_eq!(coverage.reason, Some(Reason::Vanished));
}

/// Flips bytes, the same ones in every run.
fn damage(bytes: &mut [u8], seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for _ in 0..64 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = (state >> 8) as usize % bytes.len();
        bytes[at] ^= state as u8 | 1;
    }
}

#[test]
fn damaged_workbooks_never_end_the_scan() {
    let limits = Limits {
        seconds: 5,
        worker_memory: 256 << 20,
        ..Limits::default()
    };
    let pool = pool(2);
    for name in [
        "staff.xlsx",
        "staff.xlsb",
        "staff.xls",
        "staff.ods",
        "sparse.xlsx",
    ] {
        let whole = fs::read(sample(name)).unwrap();
        let reader = reader_for(&whole, name).unwrap();
        for seed in 0..40 {
            let mut bytes = whole.clone();
            // The first bytes stay, or no reader would be asked.
            damage(&mut bytes[16..], seed);
            let coverage = read_stream(&pool, reader, &bytes, &limits, &mut Seen::default());
            let told = coverage.status == Status::Scanned || coverage.reason.is_some();
            assert!(told, "{name} {seed}: {coverage:?}");
            assert_ne!(coverage.reason, Some(Reason::LimitTime), "{name} {seed}");
        }
    }
}
