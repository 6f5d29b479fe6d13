//! A run put together by hand: one of everything that a report must cope with.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;

use dataterrier::classify::{self, Policy};
use dataterrier::mask::preview;
use dataterrier::model::{
    Confidence, Coverage, DetectorInfo, Evidence, Finding, ItemPath, Kind, Label, LedgerEntry,
    Location, Mask, Reason, RunInfo, Sensitive,
};
use dataterrier::report::{Hidden, Results};
use dataterrier::state::{ItemIds, masked_line};

/// Id, name, category, label, mask. Kind and tags follow from the category.
const DETECTORS: &[(&str, &str, &str, Label, Mask)] = &[
    (
        "us_ssn",
        "US Social Security number",
        "government-id",
        Label::Restricted,
        Mask::Last4,
    ),
    (
        "email",
        "Email address",
        "contact",
        Label::Confidential,
        Mask::Email,
    ),
    (
        "us_phone",
        "Telephone number, North America",
        "contact",
        Label::Confidential,
        Mask::Last4,
    ),
    (
        "person_name",
        "Person name",
        "identity",
        Label::Confidential,
        Mask::Full,
    ),
    (
        "credit_card",
        "Payment card number (PAN)",
        "financial",
        Label::Restricted,
        Mask::Card,
    ),
    (
        "iban",
        "International bank account number",
        "financial",
        Label::Confidential,
        Mask::Last4,
    ),
    (
        "br_cnpj",
        "CNPJ, Brazil",
        "corporate",
        Label::Internal,
        Mask::Last4,
    ),
    (
        "github_pat",
        "GitHub personal access token",
        "credential",
        Label::Restricted,
        Mask::First4,
    ),
    (
        "private_key",
        "Private key",
        "credential",
        Label::Restricted,
        Mask::Full,
    ),
    (
        "marking_internal",
        "Marking: internal",
        "document-marking",
        Label::Internal,
        Mask::None,
    ),
];

fn detector(id: &str) -> Arc<DetectorInfo> {
    let &(id, name, category, label, mask) = DETECTORS
        .iter()
        .find(|entry| entry.0 == id)
        .expect("a detector of the table above");
    Arc::new(DetectorInfo {
        id: id.into(),
        name: name.to_owned(),
        description: format!("{name}, as its issuer publishes it."),
        kind: match category {
            "credential" => Kind::Secret,
            "document-marking" => Kind::Marking,
            _ => Kind::Data,
        },
        category: category.into(),
        label,
        countries: if id.starts_with("us_") {
            vec!["US".to_owned()]
        } else {
            Vec::new()
        },
        regulations: vec!["soc2-c1.1".to_owned(), "gdpr".to_owned()],
        mask,
        priority: 40,
    })
}

/// Collects the findings and the ledger of a run, item by item.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) results: Results,
}

impl Recorder {
    pub(super) fn item(
        &mut self,
        path: ItemPath,
        format: &'static str,
        coverage: Coverage,
        found: Vec<Found>,
    ) {
        let path = Arc::new(path);
        let mut ids = ItemIds::new(&path);
        let mut findings: Vec<Finding> = found
            .into_iter()
            .map(|found| found.finding(&path, &mut ids))
            .collect();
        let label = classify::item(&findings, &Policy::default());
        if let Some(mismatch) = &label.mismatch {
            let marking = findings
                .iter()
                .find(|finding| finding.detector.id == mismatch.marking)
                .expect("the mismatch names a marking of the item");
            findings.push(mismatch.finding(marking));
        }
        self.results.ledger.push(LedgerEntry {
            path: path.clone(),
            format,
            coverage,
            label: label.label,
            reasons: label.reasons,
            findings: findings.len() as u64,
        });
        self.results.findings.append(&mut findings);
    }

    pub(super) fn not_read(&mut self, path: ItemPath, coverage: Coverage) {
        self.item(path, "", coverage, Vec::new());
    }
}

/// A finding before it is part of an item.
pub(super) struct Found {
    detector: &'static str,
    value: String,
    confidence: f32,
    location: Location,
    evidence: Vec<Evidence>,
    test_value: bool,
}

impl Found {
    pub(super) fn new(
        detector: &'static str,
        value: impl Into<String>,
        confidence: f32,
        location: Location,
    ) -> Self {
        let evidence = vec![Evidence::Pattern { id: "main".into() }];
        Found {
            detector,
            value: value.into(),
            confidence,
            location,
            evidence,
            test_value: false,
        }
    }

    fn because(mut self, evidence: Evidence) -> Self {
        self.test_value |= evidence == Evidence::TestValue;
        self.evidence.push(evidence);
        self
    }

    fn finding(self, path: &Arc<ItemPath>, ids: &mut ItemIds) -> Finding {
        let detector = detector(self.detector);
        let line = masked_line(self.value.as_bytes(), std::iter::once(0..self.value.len()));
        Finding {
            id: ids.next(&detector.id, &self.location, &line),
            path: Arc::clone(path),
            preview: preview(self.value.as_bytes(), detector.mask),
            label: detector.label,
            location: self.location,
            value: Sensitive::new(self.value),
            confidence: Confidence::new(self.confidence),
            evidence: self.evidence,
            test_value: self.test_value,
            detector,
        }
    }
}

pub(super) fn at(line: u64, column: u64, start: u64, len: u64) -> Location {
    Location {
        bytes: Some(start..start + len),
        line: Some(line),
        column: Some(column),
        ..Location::default()
    }
}

fn cell(sheet: &str, cell: &str, field: &str, row: u64) -> Location {
    Location {
        sheet: Some(sheet.into()),
        cell: Some(cell.to_owned()),
        field: Some(field.into()),
        row: Some(row),
        ..Location::default()
    }
}

fn in_table(table: Option<&str>, field: &str, row: u64) -> Location {
    Location {
        table: table.map(Into::into),
        field: Some(field.into()),
        row: Some(row),
        ..at(row + 1, 9, row * 48, 11)
    }
}

/// Twelve kinds of findings in eight items, and items that were not read.
pub(super) fn recorded_run() -> Results {
    let mut run = Recorder::default();

    // A key in a deploy folder, and a token with the name of its variable.
    run.item(
        ItemPath::new("deploy/.env"),
        "text",
        Coverage::scanned(2104),
        vec![
            Found::new(
                "github_pat",
                "ghp_QXJlUmVhbGx5Tm90QVRva2VuMTIzNDU2Nzg5",
                0.99,
                at(3, 14, 41, 40),
            )
            .because(Evidence::Checksum {
                name: "crc32_base62".into(),
            }),
            Found::new(
                "private_key",
                format!(
                    "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
                    "TUlJRXZR".repeat(200)
                ),
                0.98,
                at(7, 1, 190, 1654),
            ),
        ],
    );

    // A customer export: many rows of one field, names and addresses of people.
    let mut customers = Vec::new();
    for row in 1..=1204 {
        customers.push(Found::new(
            "person_name",
            format!("Distinctive Person{row}"),
            0.81,
            in_table(None, "name", row),
        ));
        customers.push(
            Found::new(
                "email",
                format!("distinctive{row}@example.com"),
                0.97,
                in_table(None, "email", row),
            )
            .because(Evidence::Field {
                text: "email".into(),
            }),
        );
        if row % 3 == 0 {
            customers.push(Found::new(
                "us_phone",
                format!("(212) 555-{:04}", 100 + row % 100),
                0.88,
                in_table(None, "phone", row),
            ));
        }
    }
    customers.push(Found::new(
        "iban",
        "DE02 1203 0000 0000 2020 51",
        0.93,
        in_table(None, "notes", 17),
    ));
    run.item(
        ItemPath::new("exports/customers.csv"),
        "csv",
        Coverage::scanned(81_920),
        customers,
    );

    // A spreadsheet with a hidden sheet and a hostile sheet name.
    let mut payroll: Vec<Found> = (2..=41)
        .map(|row| {
            let place = cell("Payroll 2024", &format!("C{row}"), "SSN", row);
            Found::new("us_ssn", format!("536-22-{:04}", 8000 + row), 0.97, place)
        })
        .collect();
    let hidden = Location {
        hidden: true,
        ..cell("=cmd|'/c calc'!A1\u{1b}[2J", "B7", "@sum", 7)
    };
    payroll.push(
        Found::new("credit_card", "4532 0151 1283 0366", 0.86, hidden).because(
            Evidence::Checksum {
                name: "luhn".into(),
            },
        ),
    );
    run.item(
        ItemPath::new("hr/staff.xlsx"),
        "xlsx",
        Coverage::partial(
            640_218,
            Reason::LimitEntries,
            "sheet Archive: read up to row 1,048,576",
        ),
        payroll,
    );

    // A marking that promises less than the document holds, and a specimen.
    run.item(
        ItemPath::new("notes/meeting.md"),
        "text",
        Coverage::scanned(5310),
        vec![
            Found::new(
                "marking_internal",
                "INTERNAL USE ONLY",
                0.9,
                at(1, 1, 0, 17),
            ),
            Found::new("us_ssn", "536-22-8471", 0.72, at(12, 8, 512, 11)).because(
                Evidence::Keyword {
                    text: "ssn".into(),
                    distance: 4,
                },
            ),
            Found::new("us_ssn", "536-22-8512", 0.95, at(40, 3, 2010, 11)),
            Found::new(
                "credit_card",
                "4111 1111 1111 1111",
                0.9,
                at(44, 1, 2300, 19),
            )
            .because(Evidence::TestValue),
        ],
    );

    // A table of a dump inside an archive.
    let dump = ItemPath::new("backup/db.zip").member("dump.sql");
    run.item(
        dump,
        "sql",
        Coverage::scanned(1_204_000),
        vec![
            Found::new(
                "iban",
                "GB33BUKB20201555555555",
                0.9,
                in_table(Some("accounts"), "iban", 12),
            ),
            Found::new(
                "br_cnpj",
                "11.444.777/0001-61",
                0.8,
                in_table(Some("suppliers"), "tax_no", 3),
            ),
        ],
    );

    // A name that is not UTF-8; a low-band finding only.
    let latin = ItemPath::new(PathBuf::from(os_str(b"old/caf\xE9 list.txt")));
    run.item(
        latin,
        "text",
        Coverage::scanned(300),
        vec![Found::new("us_phone", "2125550147", 0.35, at(2, 5, 30, 10))],
    );

    run.item(
        ItemPath::new("README.md"),
        "text",
        Coverage::scanned(900),
        Vec::new(),
    );
    run.not_read(
        ItemPath::new("etc/shadow"),
        Coverage::failed(Reason::PermissionDenied, "permission denied (os error 13)"),
    );
    run.not_read(
        ItemPath::new("hr/old.xlsx"),
        Coverage::failed(Reason::Encrypted, "needs a password"),
    );
    for n in 1..=5 {
        run.not_read(
            ItemPath::new(format!("img/photo-{n}.jpg")),
            Coverage::skipped(Reason::Binary, "JPEG image"),
        );
    }
    run.not_read(
        ItemPath::new("latest"),
        Coverage::skipped(Reason::Symlink, "points to exports"),
    );

    let mut results = run.results;
    results.findings.sort_by(|a, b| {
        a.path
            .cmp(&b.path)
            .then_with(|| a.location.order().cmp(&b.location.order()))
    });
    results.ledger.sort_by(|a, b| a.path.cmp(&b.path));
    results.run = RunInfo {
        version: "0.1.0".to_owned(),
        catalogue: "c0ffee".to_owned(),
        config: "decade".to_owned(),
        started: "2026-01-31T08:00:00Z".to_owned(),
        roots: vec![".".to_owned()],
        seconds: 0.0421,
        interrupted: false,
    };
    results.hidden = Hidden {
        below_threshold: 12,
        test_values: 3,
        over_cap: 0,
    };
    results
}

#[cfg(unix)]
fn os_str(bytes: &[u8]) -> &OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

#[cfg(not(unix))]
fn os_str(bytes: &[u8]) -> &OsStr {
    OsStr::new(std::str::from_utf8(bytes).unwrap_or("old/cafe list.txt"))
}
