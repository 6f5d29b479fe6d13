//! The share in `samples/` as `terrier scan samples` sees it: what the README
//! shows, and what must not be reported.

use std::collections::BTreeMap;
use std::path::Path;

use dataterrier::model::{Label, Reason, Rule, Status};
use dataterrier::report::Results;
use dataterrier::scan::Scanner;

/// Files in which nothing may be found: no data, or placeholders and published
/// test values only.
const CLEAN: &[&str] = &[
    "README.md",
    "make.py",
    "clean/README.txt",
    "clean/prices.csv",
    "src/payments/test_client.py",
    "src/stock/reorder.go",
    "src/web/checkout.ts",
];

/// Files, detectors, and how often each finds something.
const FOUND: &[(&str, &str, usize)] = &[
    (".env", "aws_access_key_id", 1),
    (".env", "aws_secret_access_key", 1),
    ("exports/crm-dump.sql", "email", 40),
    ("exports/crm-dump.sql", "date_of_birth", 40),
    ("exports/crm-dump.sql", "de_rvnr", 13),
    ("exports/crm-dump.sql", "de_tax_id", 13),
    ("exports/crm-dump.sql", "fr_nir", 14),
    ("exports/crm-dump.sql", "uk_nino", 12),
    ("exports/crm-dump.sql", "iban", 16),
    ("hr/notes-confidential.txt", "icd10_code", 1),
    ("hr/notes-confidential.txt", "uk_nhs", 1),
    ("legacy/kunden-utf16.txt", "de_tax_id", 8),
    ("legacy/kunden-utf16.txt", "iban", 8),
    ("legacy/liste-latin1.csv", "iban", 12),
    ("legacy/liste-latin1.csv", "phone_e164", 12),
    ("logs/app.jsonl", "email", 16),
    ("logs/app.jsonl", "github_pat", 1),
    ("sales/customers.csv", "credit_card", 150),
    ("sales/customers.csv", "email", 150),
    ("sales/customers.csv", "us_phone", 150),
    ("src/payments/client.py", "database_url", 1),
];

fn scan() -> Results {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    Scanner::builder()
        .build()
        .scan_path(root)
        .expect("the samples are there")
}

/// How often each detector found something in each file.
fn counts(results: &Results) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in &results.findings {
        let key = (
            below_samples(&finding.path.to_string()),
            finding.detector.id.to_string(),
        );
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn below_samples(path: &str) -> String {
    let (_, below) = path.rsplit_once("samples/").expect("a path below it");
    below.to_owned()
}

#[test]
fn what_is_planted_is_found() {
    let counts = counts(&scan());
    let count = |file: &str, detector: &str| {
        counts
            .get(&(file.to_owned(), detector.to_owned()))
            .copied()
            .unwrap_or(0)
    };
    for &(file, detector, times) in FOUND {
        assert_eq!(count(file, detector), times, "{detector} in {file}");
    }
    #[cfg(feature = "office")]
    for (detector, times) in [("us_ssn", 24), ("iban", 12), ("phone_e164", 1)] {
        assert_eq!(
            count("hr/staff.xlsx", detector),
            times,
            "{detector} in the workbook"
        );
    }
}

#[test]
fn what_is_clean_stays_clean() {
    for ((file, detector), times) in counts(&scan()) {
        assert!(
            !CLEAN.contains(&file.as_str()),
            "{times} times {detector} in {file}"
        );
    }
}

#[test]
fn every_file_is_accounted_for() {
    let results = scan();
    let entry = |name: &str| {
        let found = results
            .ledger
            .iter()
            .find(|e| below_samples(&e.path.to_string()) == name);
        found.unwrap_or_else(|| panic!("{name} is not in the ledger"))
    };
    let skipped = [
        ("archive/old.zip", Reason::UnsupportedFormat),
        ("pictures/logo.png", Reason::Binary),
    ];
    for (name, reason) in skipped {
        assert_eq!(entry(name).coverage.reason, Some(reason), "{name}");
    }
    for name in CLEAN {
        assert_eq!(entry(name).coverage.status, Status::Scanned, "{name}");
        assert_eq!(entry(name).label, None, "{name}");
    }
    let customers = entry("sales/customers.csv");
    assert_eq!(customers.label, Some(Label::Restricted));
    let rules: Vec<Rule> = customers.reasons.iter().map(|raise| raise.rule).collect();
    assert!(rules.contains(&Rule::Volume), "{rules:?}");
    let note = entry("hr/notes-confidential.txt");
    assert!(note.reasons.iter().any(|raise| raise.rule == Rule::Health));
}
