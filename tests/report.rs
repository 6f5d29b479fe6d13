//! Every report, on one recorded run.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::Arc;

use dataterrier::classify::{self, Policy};
use dataterrier::mask::preview;
use dataterrier::model::{
    Confidence, Coverage, DetectorInfo, Evidence, Finding, ItemPath, Kind, Label, LedgerEntry,
    Location, Mask, Reason, RunInfo, Sensitive,
};
use dataterrier::report::{self, Hidden, Results, Style};
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
struct Recorder {
    results: Results,
}

impl Recorder {
    fn item(
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
            path: (*path).clone(),
            format,
            coverage,
            label: label.label,
            reasons: label.reasons,
            findings: findings.len() as u64,
        });
        self.results.findings.append(&mut findings);
    }

    fn not_read(&mut self, path: ItemPath, coverage: Coverage) {
        self.item(path, "", coverage, Vec::new());
    }
}

/// A finding before it is part of an item.
struct Found {
    detector: &'static str,
    value: String,
    confidence: f32,
    location: Location,
    evidence: Vec<Evidence>,
    test_value: bool,
}

impl Found {
    fn new(
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

fn at(line: u64, column: u64, start: u64, len: u64) -> Location {
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
fn recorded_run() -> Results {
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
    let latin = ItemPath::new(std::path::PathBuf::from(os_str(b"old/caf\xE9 list.txt")));
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

fn render(format: &str, results: &Results, style: Style) -> String {
    let mut out = Vec::new();
    report::named(format)
        .expect("a format of the table")
        .write(results, style, &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// The run with at most two findings of one detector in one item, for the
/// formats that write each of them.
fn brief(mut results: Results) -> Results {
    let mut seen: BTreeMap<(Arc<ItemPath>, Arc<str>), u32> = BTreeMap::new();
    results.findings.retain(|finding| {
        let of_kind = seen
            .entry((Arc::clone(&finding.path), Arc::clone(&finding.detector.id)))
            .or_default();
        *of_kind += 1;
        *of_kind <= 2
    });
    results
}

const PLAIN: Style = Style {
    color: false,
    reveal: false,
    width: 100,
    all_findings: false,
};

#[test]
fn text() {
    insta::assert_snapshot!(render("text", &recorded_run(), PLAIN));
}

#[test]
fn text_with_colour() {
    let style = Style {
        color: true,
        ..PLAIN
    };
    let painted = render("text", &recorded_run(), style);
    insta::assert_snapshot!(painted.replace('\u{1b}', "␛"));
    let mut bare = painted;
    for code in ["0", "1", "2", "32", "33", "36", "1;31", "1;33"] {
        bare = bare.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(
        bare,
        render("text", &recorded_run(), PLAIN),
        "colour changes nothing but the colour"
    );
}

#[test]
fn text_on_narrow_and_wide_terminals() {
    for width in [0, 40, 72, 80, 100, 140, 500] {
        let page = match width {
            0 => 100,
            width => width.clamp(72, 140),
        };
        let text = render("text", &recorded_run(), Style { width, ..PLAIN });
        for line in text.lines() {
            assert!(line.chars().count() <= page, "{width}: {line}");
        }
    }
}

#[test]
fn concise() {
    insta::assert_snapshot!(render("concise", &brief(recorded_run()), PLAIN));
}

#[test]
fn json() {
    let text = render("json", &recorded_run(), PLAIN);
    let document: serde_json::Value = serde_json::from_str(&text).expect("one document");
    assert_eq!(document["fields"].as_array().map(Vec::len), Some(4));
    insta::assert_snapshot!(text);
}

#[test]
fn jsonl() {
    insta::assert_snapshot!(render("jsonl", &recorded_run(), PLAIN));
}

#[test]
fn csv() {
    insta::assert_snapshot!(render("csv", &brief(recorded_run()), PLAIN));
}

#[test]
fn sarif() {
    insta::assert_snapshot!(render("sarif", &recorded_run(), PLAIN));
}

#[test]
fn sarif_follows_the_published_schema() {
    let mut schema: serde_json::Value =
        serde_json::from_str(include_str!("schema/sarif-2.1.0.json")).expect("the schema is JSON");
    // As published this pattern is no regular expression (a stray `]`), and
    // the reports have no `language`.
    for holder in ["run", "toolComponent"] {
        schema["definitions"][holder]["properties"]["language"] =
            serde_json::json!({ "type": "string" });
    }
    let validator = jsonschema::draft7::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is a schema");
    let interrupted = RunInfo {
        interrupted: true,
        ..RunInfo::default()
    };
    let empty = Results {
        run: interrupted,
        ..Results::default()
    };
    for (results, style) in [
        (recorded_run(), PLAIN),
        (
            recorded_run(),
            Style {
                reveal: true,
                all_findings: true,
                ..PLAIN
            },
        ),
        (empty, PLAIN),
    ] {
        let log = serde_json::from_str(&render("sarif", &results, style)).expect("SARIF is JSON");
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn jsonl_has_one_object_a_line_and_folds_fields() {
    let types = |style| -> Vec<String> {
        render("jsonl", &recorded_run(), style)
            .lines()
            .map(|line| {
                let record: serde_json::Value =
                    serde_json::from_str(line).expect("a line is an object");
                record["type"]
                    .as_str()
                    .expect("every line has a type")
                    .to_owned()
            })
            .collect()
    };
    let count = |types: &[String], of: &str| types.iter().filter(|word| *word == of).count();
    let (folded, all) = (
        types(PLAIN),
        types(Style {
            all_findings: true,
            ..PLAIN
        }),
    );
    let results = recorded_run();
    assert_eq!(
        (&*folded[0], folded.last().map(String::as_str)),
        ("run", Some("summary"))
    );
    assert_eq!(count(&folded, "item"), results.ledger.len());
    assert_eq!(count(&folded, "field"), 4);
    assert!(count(&folded, "finding") < 20);
    assert_eq!(count(&all, "finding"), results.findings.len());
    assert_eq!(count(&all, "field"), 4);
}

#[test]
fn no_report_shows_a_value_unless_asked_to() {
    let results = recorded_run();
    // The other rows of the tables are covered by the parts below.
    let values = brief(results.clone()).findings;
    for format in report::ALL {
        let masked = render(format.name(), &results, PLAIN);
        let revealed = render(
            format.name(),
            &results,
            Style {
                reveal: true,
                ..PLAIN
            },
        );
        for finding in values
            .iter()
            .filter(|finding| finding.detector.kind != Kind::Marking)
        {
            let value = finding.value.reveal_lossy();
            assert!(
                !masked.contains(&*value),
                "{} shows a {}",
                format.name(),
                finding.detector.id
            );
        }
        for part in ["istinctive", "TUlJRXZR", "536-22", "QXJlUmVh", "0151 1283"] {
            assert!(
                !masked.contains(part),
                "{} shows part of a value",
                format.name()
            );
        }
        for lonely in [
            "ghp_QXJlUmVhbGx5Tm90QVRva2VuMTIzNDU2Nzg5",
            "536-22-8471",
            "GB33BUKB20201555555555",
        ] {
            assert!(
                revealed.contains(lonely),
                "{} reveals when asked to",
                format.name()
            );
        }
    }
}

#[test]
fn no_report_for_terminals_passes_control_characters_on() {
    for format in ["text", "concise"] {
        let text = render(
            format,
            &recorded_run(),
            Style {
                reveal: true,
                ..PLAIN
            },
        );
        assert!(
            !text.chars().any(|c| c.is_control() && c != '\n'),
            "{format}"
        );
    }
}

#[test]
fn text_stays_short_for_huge_results() {
    let mut run = Recorder::default();
    for n in 0..4000 {
        let place = at(n + 1, 1, n * 20, 11);
        let found = Found::new("us_ssn", format!("536-22-{:04}", n + 1000), 0.9, place);
        run.item(
            ItemPath::new(format!("share/{n:05}.txt")),
            "text",
            Coverage::scanned(900),
            vec![found],
        );
        run.not_read(
            ItemPath::new(format!("tmp/{n:05}.bin")),
            Coverage::skipped(Reason::Binary, "no text"),
        );
    }
    let text = render("text", &run.results, PLAIN);
    assert!(text.lines().count() < 120, "{} lines", text.lines().count());
    assert!(text.contains("… and 3,970 more items"), "{text}");
    assert!(text.contains("4,000 findings in 4,000 items."));
}

#[test]
fn says_so_when_there_was_nothing() {
    insta::assert_snapshot!(render("text", &Results::default(), PLAIN), @r"
    Nothing found.
    There was nothing to scan: no item was met.
    ");
}

#[test]
fn knows_its_formats_by_name() {
    let names: Vec<&str> = report::ALL.iter().map(|format| format.name()).collect();
    assert_eq!(names, ["text", "concise", "json", "jsonl", "csv", "sarif"]);
    assert!(report::named("docx").is_none());
}
