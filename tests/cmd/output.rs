//! What reports show, and what they keep to themselves.

use std::ffi::OsStr;

use super::*;

/// Values in a table, a text and a document.
fn share() -> Tree {
    Tree::with(&[
        (
            "hr/staff.csv",
            "name,ssn\nAnn,536-22-8471\nBob,527-31-9046\n",
        ),
        ("notes/ann.txt", "first line\nfor Ann: SSN: 536-22-8471\n"),
        ("export.json", "[{\"who\": {\"ssn\": \"536-22-8471\"}}]\n"),
        ("empty.txt", ""),
    ])
}

const VALUES: [&str; 2] = [SSN, "527-31-9046"];

#[test]
fn a_line_for_each_finding() {
    let ran = share().run(&["scan", "-f", "concise"]).ended(0);
    let lines: Vec<_> = ran.out.lines().collect();
    let place = |line: &str| line.split(": ").next().unwrap_or_default().to_owned();
    let places: Vec<_> = lines.iter().map(|line| place(line)).collect();
    assert_eq!(
        places,
        [
            "export.json:1:19",
            "hr/staff.csv:2:5",
            "hr/staff.csv:3:5",
            "notes/ann.txt:2:15"
        ]
    );
    for line in lines {
        assert!(line.contains(": restricted us_ssn "), "{line}");
        assert!(
            line.contains("[high 0.") && line.contains("***-**-"),
            "{line}"
        );
    }
}

#[test]
fn lines_of_json_tell_all() {
    let tree = share();
    let ran = tree
        .run(&["scan", "-f", "jsonl", "--all-findings"])
        .ended(0);
    let records = ran.records();
    assert_eq!(records[0]["type"], "run");
    assert_eq!(records[records.len() - 1]["type"], "summary");
    assert_eq!(records[records.len() - 1]["findings"], 4);
    assert_eq!(
        ran.items(),
        [
            "empty.txt scanned",
            "export.json scanned",
            "hr/staff.csv scanned",
            "notes/ann.txt scanned"
        ]
    );
    for finding in ran.of_type("finding") {
        let span = &finding["location"]["bytes"];
        let span = span[0].as_u64().unwrap() as usize..span[1].as_u64().unwrap() as usize;
        let stored = fs::read(tree.path(finding["path"].as_str().unwrap())).unwrap();
        assert!(
            VALUES.iter().any(|v| v.as_bytes() == &stored[span.clone()]),
            "{finding}"
        );
    }
    // Two runs say the same, but for the clock.
    let again = tree
        .run(&["scan", "-f", "jsonl", "--all-findings"])
        .records();
    assert_eq!(records[1..records.len() - 1], again[1..records.len() - 1]);
}

#[test]
fn values_are_shown_on_request_only() {
    let tree = share();
    for report in dataterrier::report::ALL {
        let format = ["scan", "--all-findings", "-f", report.name()];
        let masked = tree.run(&format).ended(0);
        let shown = tree.run(&[&format[..], &["--reveal"]].concat()).ended(0);
        assert!(shown.out.contains(SSN), "{}", report.name());
        for value in VALUES {
            assert!(!masked.out.contains(value), "{}", report.name());
            assert!(!masked.err.contains(value) && !shown.err.contains(value));
        }
    }
}

#[test]
fn report_files_are_private_and_whole() {
    let tree = share();
    let reports = ["jsonl", "sarif", "csv"].map(|f| format!("{f}=out.{f}"));
    let mut args = vec!["scan", "hr"];
    reports.iter().for_each(|r| args.extend(["-o", r]));
    let ran = tree.run(&args).ended(0);
    assert_eq!(ran.out, "");
    for name in ["out.jsonl", "out.sarif", "out.csv"] {
        let mode = fs::metadata(tree.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let printed = tree.run(&["scan", "hr", "-f", "csv"]).ended(0);
    assert_eq!(
        fs::read_to_string(tree.path("out.csv")).unwrap(),
        printed.out
    );
    let left: Vec<_> = fs::read_dir(tree.0.path()).unwrap().collect();
    assert_eq!(left.len(), 4 + 3, "no part of a report is left behind");
    // One more time: a report replaces the one before it.
    tree.run(&["scan", "hr", "-o", "csv=out.csv"]).ended(0);
}

#[test]
fn names_cannot_reach_the_terminal() {
    let tree = Tree::new();
    let hostile = "a\u{1b}[31m\r\nb\u{202e}";
    tree.write(format!("{hostile}/ssn.txt"), LINE);
    tree.write(
        format!("{hostile}.csv"),
        format!("name,{hostile} ssn\nAnn,{SSN}\n"),
    );
    tree.write(format!("{hostile}.bin"), [0; 9]);
    std::os::unix::fs::symlink(".", tree.path(format!("{hostile}/loop"))).unwrap();
    let raw = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    for report in dataterrier::report::ALL {
        let ran = tree
            .run(&["scan", "--follow", "-f", report.name()])
            .ended(0);
        assert!(
            ran.out.contains("u{1b}") || report.name() == "sarif",
            "{}",
            ran.out
        );
        // Lines of CSV end like this.
        let out = ran.out.replace("\r\n", "\n");
        assert!(!out.contains(raw), "{}: {out:?}", report.name());
        assert!(!ran.err.contains(raw), "{}: {:?}", report.name(), ran.err);
    }
    let ran = tree.run(&["scan", "no\u{1b}[31m"]).ended(2);
    assert!(ran.err.contains("no\\u{1b}[31m"), "{:?}", ran.err);
}

#[test]
fn names_that_are_not_text_stay_as_they_are() {
    let tree = Tree::new();
    let name = b"caf\xe9.txt";
    tree.write(OsStr::from_bytes(name), LINE);
    let ran = tree.run(&["scan", "-f", "jsonl"]).ended(0);
    for kind in ["item", "finding"] {
        let record = &ran.of_type(kind)[0];
        assert_eq!(record["path"], "caf\u{fffd}.txt");
        assert_eq!(record["path_bytes"], "636166e92e747874");
    }
}

#[test]
fn explain_says_why_and_why_not_without_the_values() {
    let tree = Tree::with(&[(
        "note.txt",
        "SSN: 536-22-8471\nssn 000-12-3456\n\nsend to ann@example.com\n",
    )]);
    let ran = tree.run(&["explain", "note.txt"]).ended(0);
    let reported = "line 1: us_ssn, pattern hyphenated: ***-**-8471\n";
    assert!(ran.out.contains(reported), "{}", ran.out);
    assert!(
        ran.out
            .contains("`ssn` stands 2 bytes away\n    reported: high, restricted\n")
    );
    assert!(ran.out.contains("no finding: a check of the value fails"));
    assert!(ran.out.contains("published specimen or reserved value"));
    assert!(!ran.out.contains(SSN) && !ran.out.contains("ann@"));
    let second = tree.run(&["explain", "note.txt:2"]).ended(0);
    assert!(second.out.starts_with("line 2: us_ssn") && second.out.lines().count() == 2);
    let third = tree.run(&["explain", "note.txt:3"]).ended(0);
    assert!(
        third
            .out
            .starts_with("No pattern of a detector matches here.")
    );
}
