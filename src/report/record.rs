//! The objects of `json` and `jsonl`. Their keys are a promise: keys may be
//! added, none changes its meaning.

use std::collections::BTreeMap;

use serde::Serialize;

use super::digest::{Group, Totals};
use super::{Hidden, Results, Style};
use crate::model::{
    Band, Evidence, Finding, ItemPath, Label, LedgerEntry, Location, Raise, RunInfo, Status,
};

/// Version of the shapes; raised only when a reader of the old ones would be misled.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
#[serde(tag = "type", rename = "run")]
pub(super) struct RunRecord<'a> {
    schema: u32,
    version: &'a str,
    catalogue: &'a str,
    config: &'a str,
    started: &'a str,
    roots: &'a [String],
}

impl<'a> RunRecord<'a> {
    pub(super) fn new(run: &'a RunInfo) -> Self {
        RunRecord {
            schema: SCHEMA,
            version: &run.version,
            catalogue: &run.catalogue,
            config: &run.config,
            started: &run.started,
            roots: &run.roots,
        }
    }
}

/// The path of an item, and its exact bytes where the printed form is not exact.
#[derive(Serialize)]
struct PathRecord {
    path: String,
    /// The outer path in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

impl PathRecord {
    fn new(path: &ItemPath) -> Self {
        PathRecord {
            path: path.to_string(),
            path_bytes: exact_bytes(path).map(hex),
        }
    }
}

/// The bytes of the outer path when printing it loses something: it is not
/// UTF-8, or has control characters.
pub(super) fn exact_bytes(path: &ItemPath) -> Option<&[u8]> {
    let outer = path.outer();
    path.raw_bytes().or_else(|| {
        let escaped = outer.to_str()?.chars().any(crate::model::is_deceptive);
        escaped.then_some(outer.as_os_str().as_encoded_bytes())
    })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "finding")]
pub(super) struct FindingRecord<'a> {
    id: &'a str,
    detector: &'a str,
    name: &'a str,
    category: &'a str,
    label: Label,
    confidence: f64,
    band: Band,
    #[serde(flatten)]
    path: PathRecord,
    location: LocationRecord<'a>,
    preview: &'a str,
    #[serde(flatten)]
    value: Option<ValueRecord<'a>>,
    evidence: &'a [Evidence],
    regulations: &'a [String],
    test_value: bool,
    /// What accepted the finding.
    suppressed: Option<&'a str>,
}

impl<'a> FindingRecord<'a> {
    pub(super) fn new(finding: &'a Finding, style: Style) -> Self {
        FindingRecord {
            id: &finding.id,
            detector: &finding.detector.id,
            name: &finding.detector.name,
            category: &finding.detector.category,
            label: finding.label,
            confidence: finding.confidence.rounded(),
            band: finding.confidence.band(),
            path: PathRecord::new(&finding.path),
            location: LocationRecord::new(&finding.location),
            preview: &finding.preview,
            // Only here, and only when asked for.
            value: style
                .reveal
                .then(|| ValueRecord::new(finding.value.reveal())),
            evidence: &finding.evidence,
            regulations: &finding.detector.regulations,
            test_value: finding.test_value,
            suppressed: None,
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum ValueRecord<'a> {
    Text {
        value: &'a str,
    },
    /// A value that is not UTF-8, in hexadecimal.
    Bytes {
        value_bytes: String,
    },
}

impl<'a> ValueRecord<'a> {
    fn new(value: &'a [u8]) -> Self {
        match std::str::from_utf8(value) {
            Ok(value) => ValueRecord::Text { value },
            Err(_) => ValueRecord::Bytes {
                value_bytes: hex(value),
            },
        }
    }
}

#[derive(Serialize)]
struct LocationRecord<'a> {
    bytes: Option<[u64; 2]>,
    line: Option<u64>,
    column: Option<u64>,
    table: Option<&'a str>,
    field: Option<&'a str>,
    row: Option<u64>,
    sheet: Option<&'a str>,
    cell: Option<&'a str>,
    hidden: bool,
    page: Option<u32>,
    pointer: Option<&'a str>,
}

impl<'a> LocationRecord<'a> {
    fn new(at: &'a Location) -> Self {
        LocationRecord {
            bytes: at.bytes.as_ref().map(|bytes| [bytes.start, bytes.end]),
            line: at.line,
            column: at.column,
            table: at.table.as_deref(),
            field: at.field.as_deref(),
            row: at.row,
            sheet: at.sheet.as_deref(),
            cell: at.cell.as_deref(),
            hidden: at.hidden,
            page: at.page,
            pointer: at.pointer.as_deref(),
        }
    }
}

/// The findings of one detector in one field of a table.
#[derive(Serialize)]
#[serde(tag = "type", rename = "field")]
pub(super) struct FieldRecord<'a> {
    id: String,
    #[serde(flatten)]
    path: PathRecord,
    table: Option<&'a str>,
    sheet: Option<&'a str>,
    field: Option<&'a str>,
    detector: &'a str,
    name: &'a str,
    category: &'a str,
    /// The median over the findings.
    confidence: f64,
    band: Band,
    /// All records and those without a value; null until readers count them.
    rows: Option<u64>,
    nulls: Option<u64>,
    /// Records with a value that matched.
    matched: u64,
    distinct: u64,
    first_row: Option<u64>,
    last_row: Option<u64>,
    label: Label,
    /// Of the first value, as is the evidence.
    preview: &'a str,
    evidence: &'a [Evidence],
    regulations: &'a [String],
    test_value: bool,
}

impl<'a> FieldRecord<'a> {
    pub(super) fn new(group: &Group<'a>) -> Self {
        let (first, at) = (group.first, &group.first.location);
        let rows = group.rows();
        FieldRecord {
            id: group.id(),
            path: PathRecord::new(&first.path),
            table: at.table.as_deref(),
            sheet: at.sheet.as_deref(),
            field: at.field.as_deref(),
            detector: &group.detector.id,
            name: &group.detector.name,
            category: &group.detector.category,
            confidence: group.confidence().rounded(),
            band: group.confidence().band(),
            rows: None,
            nulls: None,
            matched: group.records(),
            distinct: group.distinct(),
            first_row: rows.map(|(row, _)| row),
            last_row: rows.map(|(_, row)| row),
            label: group.label,
            preview: &first.preview,
            evidence: &first.evidence,
            regulations: &group.detector.regulations,
            test_value: first.test_value,
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "item")]
pub(super) struct ItemRecord<'a> {
    #[serde(flatten)]
    path: PathRecord,
    /// The reader; null when none took the item.
    format: Option<&'a str>,
    status: Status,
    bytes: u64,
    label: Option<Label>,
    /// Why it was not read in full.
    reason: Option<&'a str>,
    detail: Option<&'a str>,
    findings: u64,
    /// Why it has its label.
    label_reasons: &'a [Raise],
    /// Tags that the rules add to those of the findings.
    regulations: Vec<&'a str>,
}

impl<'a> ItemRecord<'a> {
    pub(super) fn new(entry: &'a LedgerEntry) -> Self {
        ItemRecord {
            path: PathRecord::new(&entry.path),
            format: (!entry.format.is_empty()).then_some(entry.format),
            status: entry.coverage.status,
            bytes: entry.coverage.bytes,
            label: entry.label,
            reason: entry.coverage.reason.map(|reason| reason.as_str()),
            detail: entry.coverage.detail.as_deref(),
            findings: entry.findings,
            label_reasons: &entry.reasons,
            regulations: entry
                .reasons
                .iter()
                .filter_map(|raise| raise.rule.regulation())
                .collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "summary")]
pub(super) struct SummaryRecord {
    items: ItemCounts,
    bytes: u64,
    findings: u64,
    seconds: f64,
    /// Items by label.
    labels: BTreeMap<&'static str, u64>,
    /// Items that were not read in full, by reason.
    reasons: BTreeMap<&'static str, u64>,
    hidden: HiddenRecord,
    interrupted: bool,
}

#[derive(Serialize)]
struct ItemCounts {
    scanned: u64,
    partial: u64,
    skipped: u64,
    failed: u64,
}

#[derive(Serialize)]
struct HiddenRecord {
    below_threshold: u64,
    test_values: u64,
    over_cap: u64,
}

impl SummaryRecord {
    pub(super) fn new(results: &Results, totals: &Totals<'_>) -> Self {
        let mut reasons: BTreeMap<&'static str, u64> = BTreeMap::new();
        for unread in totals.unread() {
            *reasons.entry(unread.id()).or_default() += unread.entries.len() as u64;
        }
        let Hidden {
            below_threshold,
            test_values,
            over_cap,
        } = results.hidden;
        SummaryRecord {
            items: ItemCounts {
                scanned: totals.items(Status::Scanned),
                partial: totals.items(Status::Partial),
                skipped: totals.items(Status::Skipped),
                failed: totals.items(Status::Failed),
            },
            bytes: totals.bytes,
            findings: totals.findings,
            seconds: (results.run.seconds * 1000.0).round() / 1000.0,
            labels: Label::ALL
                .into_iter()
                .map(|label| {
                    (
                        label.as_str(),
                        totals.labels.get(&label).copied().unwrap_or(0),
                    )
                })
                .collect(),
            reasons,
            hidden: HiddenRecord {
                below_threshold,
                test_values,
                over_cap,
            },
            interrupted: results.run.interrupted,
        }
    }
}
