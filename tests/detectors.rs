//! Every example and counter-example of every detector file, through the real
//! scan path.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dataterrier::detect::catalog::spec::{DetectorSpec, FileSpec};
use dataterrier::detect::catalog::{check, parse_file};
use dataterrier::detect::validate;
use dataterrier::model::{Band, Finding};
use dataterrier::scan::{Options, Scanner};

/// All detector files, with their path.
pub(crate) fn files() -> Vec<(String, FileSpec)> {
    fn collect(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).expect("a folder of detectors") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, out);
            } else if path.extension().is_some_and(|e| e == "toml") {
                out.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join("detectors"), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .display()
                .to_string();
            let file = parse_file(&name, &fs::read_to_string(&path).expect("a detector file"))
                .unwrap_or_else(|e| panic!("{e}"));
            (name, file)
        })
        .collect()
}

fn scanner() -> Scanner {
    Scanner::builder()
        .options(Options {
            include_test_values: false,
            ..Options::default()
        })
        .build()
}

/// Findings of one detector in a text read as `format`.
fn found(scanner: &Scanner, id: &str, text: &str, format: Option<&str>) -> Vec<Finding> {
    let name = format!("example.{}", format.unwrap_or("txt"));
    let results = scanner.scan_bytes(&name, text.as_bytes());
    results
        .findings
        .into_iter()
        .filter(|f| &*f.detector.id == id)
        .collect()
}

fn values(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|f| f.value.reveal_lossy().into_owned())
        .collect()
}

/// Prose on both sides, so that nothing hangs on the edges of the text.
const PROSE: &str = "The quarterly review went well and nobody had anything to add to it.\n\n\n";

fn check_detector(scanner: &Scanner, detector: &DetectorSpec, wrong: &mut Vec<String>) {
    let id = &detector.id;
    for (n, example) in detector.example.iter().enumerate() {
        let mut fail = |what: &str, got: &[Finding]| {
            let got: Vec<_> = got
                .iter()
                .map(|f| {
                    format!(
                        "{:?} {} {:?}",
                        f.value.reveal_lossy(),
                        f.confidence.rounded(),
                        f.location.field
                    )
                })
                .collect();
            wrong.push(format!(
                "{id} example {}: {what}\n    text {:?}\n    want {:?}\n    got  {got:?}",
                n + 1,
                example.text,
                example.expect
            ));
        };
        let got = found(scanner, id, &example.text, example.format.as_deref());
        if values(&got) != example.expect {
            fail("other values", &got);
            continue;
        }
        if let Some(field) = &example.field
            && got
                .iter()
                .any(|f| f.location.field.as_deref() != Some(field))
        {
            fail("other field", &got);
        }
        let band = example.band.unwrap_or(Band::Medium);
        if got.iter().any(|f| f.confidence.band() < band) {
            fail("lower band", &got);
        }
        if example.format.is_none() {
            let page = format!("{}{}\n\n{PROSE}", PROSE.repeat(130), example.text);
            let inside = found(scanner, id, &page, None);
            if values(&inside) != example.expect {
                fail("other values inside a page of prose", &inside);
            }
        }
    }
    for (n, negative) in detector.negative.iter().enumerate() {
        let got = found(scanner, id, &negative.text, negative.format.as_deref());
        if !got.is_empty() {
            let got: Vec<_> = got
                .iter()
                .map(|f| {
                    format!(
                        "{:?} {} {:?}",
                        f.value.reveal_lossy(),
                        f.confidence.rounded(),
                        f.evidence
                    )
                })
                .collect();
            wrong.push(format!(
                "{id} negative {} ({}): found {got:?}\n    text {:?}",
                n + 1,
                negative.why,
                negative.text
            ));
        }
    }
}

#[test]
fn examples_are_found_and_counter_examples_are_not() {
    let scanner = scanner();
    let mut wrong = Vec::new();
    for (_, file) in files() {
        for detector in &file.detector {
            check_detector(&scanner, detector, &mut wrong);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_detector_has_examples_and_counter_examples() {
    let mut wrong = Vec::new();
    for (name, file) in files() {
        for d in &file.detector {
            if d.example.len() < 3 || d.negative.len() < 3 {
                wrong.push(format!(
                    "{name}: {} has {} examples and {} counter-examples; three of each are asked for",
                    d.id,
                    d.example.len(),
                    d.negative.len()
                ));
            }
            if d.references.is_empty() {
                wrong.push(format!(
                    "{name}: {} does not say where its format is published",
                    d.id
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_is_consistent() {
    let mut wrong = Vec::new();
    for (name, file) in files() {
        for d in &file.detector {
            let specs = std::iter::once(&d.validate).chain(d.pattern.iter().map(|p| &p.validate));
            let checks: Vec<&check::Check> = specs
                .flat_map(|s| s.all.iter().chain(&s.any).chain(&s.supports))
                .collect();
            for check in checks {
                if let Err(message) = validate::lint(check) {
                    wrong.push(format!("{name}: {}: {message}", d.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_are_unique_and_priorities_in_range() {
    let mut seen = BTreeMap::new();
    for (name, file) in files() {
        for d in &file.detector {
            if let Some(other) = seen.insert(d.id.clone(), name.clone()) {
                panic!("{} is defined in {other} and {name}", d.id);
            }
            assert!(
                (0..=100).contains(&d.priority),
                "{}: priority {}",
                d.id,
                d.priority
            );
        }
    }
}

#[test]
fn the_page_about_detectors_is_fresh() {
    let page = Command::new(env!("CARGO_BIN_EXE_terrier"))
        .args(["generate", "detectors"])
        .output()
        .expect("the program runs");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/detectors.md");
    let committed = fs::read(path).expect("the page is there");
    assert!(
        page.stdout == committed,
        "`terrier generate detectors > docs/detectors.md` brings it up to date"
    );
}
