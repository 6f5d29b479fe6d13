//! Exit codes and what is said with them.

use std::fs;
use std::path::Path;

use super::{LINE, Tree};

#[test]
fn findings_fail_a_scan_on_request_only() {
    let tree = Tree::with(&[("a/ssn.txt", LINE), ("b.txt", "nothing\n")]);
    tree.run(&["scan"]).ended(0);
    for (threshold, code) in [
        ("never", 0),
        ("restricted", 1),
        ("confidential", 1),
        ("high", 1),
        ("low", 1),
    ] {
        tree.run(&["scan", "--fail-on", threshold]).ended(code);
    }
    tree.run(&["scan", "b.txt", "--fail-on", "low"]).ended(0);
    let mild = Tree::with(&[("mail.txt", "write to anna.keller@example.com\n")]);
    let args = ["scan", "--include-test-values", "--fail-on"];
    mild.run(&[&args[..], &["low"]].concat()).ended(1);
    mild.run(&[&args[..], &["restricted"]].concat()).ended(0);
}

#[test]
fn strict_wants_everything_read() {
    let tree = Tree::with(&[("ok.txt", "fine\n")]);
    tree.run(&["scan", "--strict"]).ended(0);
    fs::create_dir(tree.path("empty")).unwrap();
    tree.run(&["scan", "--strict", "empty"]).ended(3);
    tree.run(&["scan", "empty"]).ended(0);
    // A pattern that leaves nothing over is a mistake, not a clean bill.
    tree.run(&["scan", "--strict", "--include", "*.tyop"])
        .ended(3);
    tree.write("cut.json", r#"[{"name": "Ann"}, {"na"#);
    let ran = tree.run(&["scan", "--strict", "-f", "jsonl"]).ended(3);
    assert_eq!(
        ran.items(),
        ["cut.json partial truncated", "ok.txt scanned"]
    );
    tree.run(&["scan"]).ended(0);
    // Findings count for more than what was missed.
    tree.write("ssn.txt", LINE);
    tree.run(&["scan", "--strict", "--fail-on", "high"])
        .ended(1);
}

#[test]
fn mistakes_are_told_and_nothing_is_scanned() {
    let tree = Tree::with(&[("ssn.txt", LINE)]);
    for (args, told) in [
        (&["nowhere"][..], "nowhere"),
        (&["ssn.txt", "nowhere"], "nowhere"),
        (&["--detector", "us_snn"], "did you mean `us_ssn`?"),
        (&["--category", "credentials"], "did you mean `credential`?"),
        (&["--include", "a["], "'a['"),
        (&["--exclude", "{a"], "'{a'"),
        (&["--min-confidence", "much"], "low, medium, high"),
        (&["--fail-on", "sometimes"], "never"),
        (&["--format", "jsonk"], "jsonl"),
        (&["-o", "jsonl"], "FORMAT=PATH"),
        (&["-o", "jsonk=x"], "jsonl"),
        (&["--files-from", "nowhere"], "nowhere"),
        (&["-", "ssn.txt"], "standard input"),
        (&["--detectors-path", "nowhere"], "nowhere"),
        (&["--no-such-flag"], "--no-such-flag"),
    ] {
        let ran = tree.run(&[&["scan"], args].concat()).ended(2);
        assert!(ran.err.contains(told), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{args:?}");
    }
    let ran = tree.run(&["scan", "nowhere"]).ended(2);
    assert_eq!(ran.err.matches("No such file").count(), 1, "{}", ran.err);
    assert!(!Path::new("x").exists());
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let tree = Tree::with(&[("ssn.txt", LINE)]);
    let ran = tree
        .run(&["scan", "-o", "jsonl=no/such/folder.jsonl"])
        .ended(2);
    assert!(ran.err.contains("no/such/folder.jsonl"), "{}", ran.err);
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let tree = Tree::with(&[("ssn.txt", &LINE.repeat(1000))]);
    for (threshold, code) in [("never", 0), ("high", 1)] {
        let mut child =
            super::start(&mut tree.terrier(&["scan", "-f", "concise", "--fail-on", threshold]));
        drop(child.stdout.take());
        let ran = super::Ran::wait(child, b"").ended(code);
        assert_eq!(ran.err, "");
    }
}
