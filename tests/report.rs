//! Every report, on one recorded run.

mod recorded;

use std::collections::BTreeMap;
use std::sync::Arc;

use dataterrier::model::{Coverage, ItemPath, Kind, Reason, RunInfo};
use dataterrier::report::{self, Results, Style};

use recorded::{Found, Recorder, at, recorded_run};

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
