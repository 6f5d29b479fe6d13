//! Detectors as SARIF rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::shape::{Configuration, Help, Message, Properties, Rule};
use crate::model::{Band, DetectorInfo, Kind, Label};

/// The rules of the detectors that have findings, by id.
pub(super) struct Rules {
    pub(super) shapes: Vec<Rule>,
    index: BTreeMap<String, usize>,
}

impl Rules {
    /// `detectors` are those with findings, by id.
    pub(super) fn of(detectors: &BTreeMap<Arc<str>, Arc<DetectorInfo>>) -> Self {
        Rules {
            index: detectors
                .keys()
                .enumerate()
                .map(|(index, id)| (id.to_string(), index))
                .collect(),
            shapes: detectors.values().map(|detector| rule(detector)).collect(),
        }
    }

    /// Where the rule of a detector with findings stands in the list.
    pub(super) fn index(&self, detector: &str) -> usize {
        // Every finding's detector went into the list in `of`.
        self.index.get(detector).copied().unwrap_or_default()
    }
}

/// How a viewer should show a finding.
pub(super) fn level(label: Label, band: Band, test_value: bool) -> &'static str {
    match (label, band) {
        _ if test_value => "note",
        (Label::Restricted, Band::High) => "error",
        (Label::Restricted, Band::Medium) | (Label::Confidential, Band::High) => "warning",
        _ => "note",
    }
}

/// The scale of CVSS, by which code scanning services sort: from 9.0 critical,
/// from 7.0 high, from 4.0 medium.
fn severity(detector: &DetectorInfo) -> &'static str {
    match (detector.label, detector.kind) {
        (Label::Restricted, Kind::Secret) => "9.0",
        (Label::Restricted, _) => "8.0",
        (Label::Confidential, _) => "5.5",
        (Label::Internal, _) => "3.0",
        (Label::Public, _) => "0.1",
    }
}

fn rule(detector: &DetectorInfo) -> Rule {
    let description = match detector.description.as_str() {
        "" => format!("{}.", detector.name),
        description => description.to_owned(),
    };
    let advice = match detector.kind {
        Kind::Secret => "Revoke the credential, then remove it from the file and its history.",
        Kind::Data => "Check that the data may lie here; otherwise remove, mask or move it.",
        Kind::Marking => "Check that the document lies where its marking allows.",
    };
    let mut tags = vec!["security".to_owned(), detector.category.to_string()];
    tags.extend(
        detector
            .countries
            .iter()
            .map(|country| format!("country/{country}")),
    );
    tags.extend(detector.regulations.iter().cloned());
    Rule {
        id: detector.id.to_string(),
        name: pascal_case(&detector.id),
        short_description: Message::new(detector.name.clone()),
        full_description: Message::new(description.clone()),
        help: Help {
            text: format!("{description} Label: {}. {advice}", detector.label),
            markdown: format!(
                "{description}\n\n- Label: **{}**\n- Category: {}\n\n{advice}",
                detector.label, detector.category
            ),
        },
        default_configuration: Configuration {
            level: level(detector.label, Band::High, false),
        },
        properties: Properties::from([
            ("category", json!(detector.category)),
            ("label", json!(detector.label)),
            ("security-severity", json!(severity(detector))),
            ("tags", json!(tags)),
        ]),
    }
}

/// `us_ssn` as `UsSsn`, the form that SARIF asks of names.
fn pascal_case(id: &str) -> String {
    id.split('_')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(chars)
        })
        .collect()
}
