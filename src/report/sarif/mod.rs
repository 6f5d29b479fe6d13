//! `sarif`: SARIF 2.1.0, for code scanning services and IDEs.
//!
//! Detectors are rules and findings are results, findings of one field folded
//! into one result with an occurrence count. Items that were not read in full
//! are notifications of the invocation. An item inside a container is
//! reported at its container, with its inner path as a logical location:
//! services look a result's file up in the repository, and only the container
//! is there.

mod rules;
mod shape;
mod uri;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::json;

use super::digest::{self, Group, Item, Totals};
use super::number::{counted, grouped};
use super::record::{exact_bytes, hex};
use super::{Report, Results, Style, place};
use crate::model::{Finding, ItemPath, LedgerEntry, Printable, Status};
use rules::Rules;
use shape::{
    Artifact, ArtifactLocation, BaseId, Descriptor, Driver, Invocation, Location, Log,
    LogicalLocation, Message, Notification, NotificationRule, PhysicalLocation, Properties, Region,
    Run, SarifResult, Tool,
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The base that relative paths are under; code scanning services set it.
const ROOT: &str = "%SRCROOT%";
/// Most notifications of one reason.
const NOTIFIED: usize = 100;

/// One SARIF log with one run.
pub(super) struct Sarif;

impl Report for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn write(&self, results: &Results, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let items = digest::items(results);
        let (mut totals, mut detectors) = (Totals::default(), BTreeMap::new());
        for listed in &items {
            let item = listed.item()?;
            totals.add(&item);
            for Finding { detector, .. } in item.findings.iter() {
                detectors.insert(detector.id.clone(), detector.clone());
            }
        }
        let rules = Rules::of(&detectors);
        let mut artifacts = Artifacts::default();
        let mut found = Vec::new();
        for listed in &items {
            let item = listed.item()?;
            if item.findings.is_empty() {
                continue;
            }
            let artifact = artifacts.location(&item);
            let (findings, fields) = item.folded(style.all_findings);
            found.extend(
                findings
                    .into_iter()
                    .map(|finding| result(finding, None, &artifact, &rules, style)),
            );
            if !style.all_findings {
                found.extend(
                    fields
                        .iter()
                        .map(|field| result(field.first, Some(field), &artifact, &rules, style)),
                );
            }
        }
        let log = Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "dataterrier",
                        version: results.run.version.clone(),
                        rules: rules.shapes,
                        notifications: notification_rules(&totals),
                    },
                },
                invocations: [Invocation {
                    execution_successful: !results.run.interrupted,
                    start_time_utc: results.run.started.clone(),
                    tool_execution_notifications: notifications(&totals),
                }],
                column_kind: "unicodeCodePoints",
                original_uri_base_ids: BTreeMap::from([(
                    ROOT,
                    BaseId {
                        description: Message::new("The directory that the scan was started in."),
                    },
                )]),
                artifacts: artifacts.list,
                results: found,
                properties: run_properties(results, &totals),
            }],
        };
        serde_json::to_writer_pretty(&mut *out, &log)?;
        out.write_all(b"\n")
    }
}

/// The files of the results, each once.
#[derive(Default)]
struct Artifacts {
    list: Vec<Artifact>,
    index: BTreeMap<String, usize>,
}

impl Artifacts {
    fn location(&mut self, item: &Item<'_>) -> ArtifactLocation {
        let mut location = artifact_location(item.path.outer());
        let index = *self.index.entry(location.uri.clone()).or_insert_with(|| {
            let mut properties = Properties::new();
            let own = item.entry.filter(|_| item.path.members().is_empty());
            if let Some(label) = own.and_then(|entry| entry.label) {
                properties.insert("label", json!(label));
            }
            self.list.push(Artifact {
                location: location.clone(),
                length: own.and_then(stored_length),
                properties,
            });
            self.list.len() - 1
        });
        location.index = Some(index);
        location
    }
}

fn stored_length(entry: &LedgerEntry) -> Option<u64> {
    (entry.coverage.status == Status::Scanned).then_some(entry.coverage.bytes)
}

fn artifact_location(path: &Path) -> ArtifactLocation {
    ArtifactLocation {
        uri: uri::of(path),
        uri_base_id: (!path.is_absolute()).then_some(ROOT),
        index: None,
    }
}

/// A finding, or with `field` all findings of a field told by its first one.
fn result(
    finding: &Finding,
    field: Option<&Group<'_>>,
    artifact: &ArtifactLocation,
    rules: &Rules,
    style: Style,
) -> SarifResult {
    let confidence = field.map_or(finding.confidence, Group::confidence);
    let at = &finding.location;
    let mut properties = Properties::from([
        ("band", json!(confidence.band())),
        ("category", json!(finding.detector.category)),
        ("confidence", json!(confidence.rounded())),
        ("label", json!(finding.label)),
        ("preview", json!(finding.preview)),
    ]);
    if let Some(bytes) = exact_bytes(&finding.path) {
        properties.insert("pathBytes", json!(hex(bytes)));
    }
    if let Some(field) = field {
        properties.insert("distinct", json!(field.distinct()));
        properties.insert("matched", json!(field.records()));
    }
    if finding.test_value {
        properties.insert("testValue", json!(true));
    }
    if style.reveal {
        properties.insert("value", json!(finding.value.reveal_lossy()));
    }
    SarifResult {
        rule_id: finding.detector.id.to_string(),
        rule_index: rules.index(&finding.detector.id),
        kind: "fail",
        level: rules::level(finding.label, confidence.band(), finding.test_value),
        message: Message::new(message(finding, field)),
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: artifact.clone(),
                region: region(finding),
            },
            logical_locations: logical(&finding.path, at),
        }],
        occurrence_count: field.map(|field| field.findings.len()),
        partial_fingerprints: BTreeMap::from([match field {
            Some(field) => ("terrierFieldId/v1", field.id()),
            None => ("terrierFindingId/v1", finding.id.clone()),
        }]),
        rank: (confidence.rounded() * 100.0).round(),
        properties,
    }
}

fn message(finding: &Finding, field: Option<&Group<'_>>) -> String {
    let name = &finding.detector.name;
    let (preview, band) = (&finding.preview, finding.confidence.band());
    let place = place::short(&finding.location);
    if let (Some(group), Some(named)) = (field, place::field(&finding.location)) {
        let count = grouped(group.findings.len() as u64);
        let band = group.confidence().band();
        return format!(
            "{name}: {count} values in field {named} ({band} confidence), the first {preview}"
        );
    }
    let place = match (finding.location.line, place.is_empty()) {
        (None, false) => format!(" at {place}"),
        _ => String::new(),
    };
    format!("{name}{place} ({band} confidence): {preview}")
}

/// Where in the file; nothing for items inside containers, whose lines are not
/// those of the file.
fn region(finding: &Finding) -> Option<Region> {
    let at = &finding.location;
    if !finding.path.members().is_empty() || (at.line.is_none() && at.bytes.is_none()) {
        return None;
    }
    Some(Region {
        start_line: at.line,
        start_column: at.line.and(at.column),
        byte_offset: at.bytes.as_ref().map(|bytes| bytes.start),
        byte_length: at
            .bytes
            .as_ref()
            .map(|bytes| bytes.end.saturating_sub(bytes.start)),
    })
}

fn logical(path: &ItemPath, at: &crate::model::Location) -> Vec<LogicalLocation> {
    let mut places = Vec::new();
    if !path.members().is_empty() {
        let line = at
            .line
            .map(|_| format!(":{}", place::short(at)))
            .unwrap_or_default();
        places.push(LogicalLocation {
            fully_qualified_name: format!("{path}{line}"),
            kind: "member",
        });
    }
    if at.cell.is_some() {
        places.push(LogicalLocation {
            fully_qualified_name: place::short(at),
            kind: "cell",
        });
    }
    if let Some(field) = place::field(at) {
        let row = at.row.map(|row| format!("/{row}")).unwrap_or_default();
        places.push(LogicalLocation {
            fully_qualified_name: format!("{field}{row}"),
            kind: "field",
        });
    }
    if let Some(pointer) = &at.pointer {
        places.push(LogicalLocation {
            fully_qualified_name: Printable(pointer).to_string(),
            kind: "pointer",
        });
    }
    places
}

fn notification_rules(totals: &Totals<'_>) -> Vec<NotificationRule> {
    let reasons: BTreeMap<&str, &str> = totals
        .unread()
        .iter()
        .map(|unread| (unread.id(), unread.describe()))
        .collect();
    reasons
        .into_iter()
        .map(|(id, text)| NotificationRule {
            id: id.to_owned(),
            short_description: Message::new(text),
        })
        .collect()
}

/// What was not read in full. Skipped items, of which there can be very many,
/// are counted by reason.
fn notifications(totals: &Totals<'_>) -> Vec<Notification> {
    let mut all = Vec::new();
    for unread in totals.unread() {
        let (level, listed) = match unread.status {
            Status::Failed => ("error", NOTIFIED),
            Status::Partial => ("warning", NOTIFIED),
            Status::Skipped | Status::Scanned => ("note", 0),
        };
        let notify = |message, locations| Notification {
            level,
            message: Message::new(message),
            descriptor: Descriptor { id: unread.id() },
            locations,
        };
        let (status, what) = (unread.status.as_str(), unread.describe());
        for entry in unread.entries.iter().take(listed) {
            let detail = entry
                .coverage
                .detail
                .as_deref()
                .map(|detail| format!(" ({detail})"));
            let text = format!("{status}: {what}{}", detail.unwrap_or_default());
            all.push(notify(text, vec![whole(&entry.path)]));
        }
        let more = unread.entries.len().saturating_sub(listed) as u64;
        if more > 0 {
            let word = if listed == 0 { "item" } else { "more item" };
            all.push(notify(
                format!("{} {status}: {what}", counted(more, word)),
                Vec::new(),
            ));
        }
    }
    all
}

/// An item as a whole.
fn whole(path: &ItemPath) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact_location(path.outer()),
            region: None,
        },
        logical_locations: logical(path, &crate::model::Location::default()),
    }
}

fn run_properties(results: &Results, totals: &Totals<'_>) -> Properties {
    let hidden = results.hidden;
    Properties::from([
        ("catalogue", json!(results.run.catalogue)),
        ("config", json!(results.run.config)),
        (
            "items",
            json!({
                "scanned": totals.items(Status::Scanned),
                "partial": totals.items(Status::Partial),
                "skipped": totals.items(Status::Skipped),
                "failed": totals.items(Status::Failed),
            }),
        ),
        (
            "hidden",
            json!({
                "belowThreshold": hidden.below_threshold,
                "testValues": hidden.test_values,
                "overCap": hidden.over_cap,
            }),
        ),
    ])
}
