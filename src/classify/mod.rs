//! From findings to the label of an item.
//!
//! An item starts with the highest default label among its findings. A marking
//! in it is a floor. Three rules can raise it above both: values that identify
//! a person standing together, many distinct values of one kind, and health
//! data next to an identifier. Findings of the low band and published test
//! values never count.
//!
//! A marking that states less than the data asks for does not lower anything:
//! it becomes a [`Mismatch`], which is reported as a finding of its own.

mod combine;
mod mismatch;
mod policy;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Band, Finding, Kind, Label, Raise, Rule};

pub use mismatch::{MISMATCH_ID, Mismatch};
pub use policy::{LinkingType, Policy};

/// What an item is classified as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemLabel {
    /// The label; `None` when nothing in the item counts.
    pub label: Option<Label>,
    /// Every rule that applied, in the order of [`Rule`].
    pub reasons: Vec<Raise>,
    /// A marking that states less than what the item holds.
    pub mismatch: Option<Mismatch>,
}

/// Classifies an item from its findings, which must be all of one item.
pub fn item(findings: &[Finding], policy: &Policy) -> ItemLabel {
    if findings.is_empty() {
        return ItemLabel::default();
    }
    let counting: Vec<&Finding> = findings.iter().filter(|finding| counts(finding)).collect();
    let (markings, data): (Vec<&Finding>, Vec<&Finding>) = counting
        .into_iter()
        .partition(|finding| finding.detector.kind == Kind::Marking);

    let raised: Vec<Raise> = [
        content(&data),
        combine::raise(&data, policy),
        volume(&data, policy),
        health(&data, policy),
    ]
    .into_iter()
    .flatten()
    .collect();
    let found = raised.iter().map(|raise| raise.label).max();
    let marking = markings.iter().copied().max_by(|a, b| {
        // The first of equal markings, as a reader of the document meets it.
        a.label
            .cmp(&b.label)
            .then_with(|| b.location.order().cmp(&a.location.order()))
    });

    let mut reasons = raised;
    if let Some(marking) = marking {
        reasons.push(Raise {
            rule: Rule::Marking,
            label: marking.label,
            why: format!("marked {}", marking.label),
        });
    }
    reasons.sort_by_key(|raise| raise.rule);
    ItemLabel {
        label: reasons.iter().map(|raise| raise.label).max(),
        mismatch: Mismatch::between(marking, found),
        reasons,
    }
}

fn counts(finding: &Finding) -> bool {
    !finding.test_value
        && finding.confidence.band() >= Band::Medium
        && &*finding.detector.id != MISMATCH_ID
}

/// The highest default label, and which detectors ask for it.
fn content(data: &[&Finding]) -> Option<Raise> {
    const NAMED: usize = 3;
    let label = data.iter().map(|finding| finding.label).max()?;
    let names: BTreeSet<&str> = data
        .iter()
        .filter(|finding| finding.label == label)
        .map(|finding| finding.detector.name.as_str())
        .collect();
    let mut why = names
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join("; ");
    if names.len() > NAMED {
        let more = names.len() - NAMED;
        let plural = if more == 1 { "" } else { "s" };
        why.push_str(&format!("; {more} more kind{plural}"));
    }
    Some(Raise {
        rule: Rule::Content,
        label,
        why,
    })
}

/// Bulk: many distinct values of one confidential detector.
fn volume(data: &[&Finding], policy: &Policy) -> Option<Raise> {
    let mut distinct: BTreeMap<&str, (&str, BTreeSet<&[u8]>)> = BTreeMap::new();
    for finding in data {
        if finding.detector.kind == Kind::Data && finding.label == Label::Confidential {
            let of_detector = distinct
                .entry(&finding.detector.id)
                .or_insert_with(|| (&finding.detector.name, BTreeSet::new()));
            // Compared only, never shown.
            of_detector.1.insert(finding.value.reveal());
        }
    }
    // Findings may have been capped, so the exact number is not claimed.
    let (name, _) = distinct
        .into_values()
        .filter(|(_, values)| values.len() >= policy.volume)
        .max_by_key(|(_, values)| values.len())?;
    Some(Raise {
        rule: Rule::Volume,
        label: Label::Restricted,
        why: format!("{} or more different values of {name}", policy.volume),
    })
}

/// Protected health information: a health finding and an identifier in one item.
fn health(data: &[&Finding], policy: &Policy) -> Option<Raise> {
    let of = |finding: &Finding| finding.detector.category.as_ref() == policy.health_category;
    // Internal health findings are numbers of providers, which are public.
    let sick = data
        .iter()
        .find(|finding| of(finding) && finding.label >= Label::Confidential)?;
    let identifier = data.iter().find(|finding| {
        finding.detector.kind == Kind::Data
            && finding.label >= Label::Confidential
            && policy
                .identifying_categories
                .contains(finding.detector.category.as_ref())
    })?;
    Some(Raise {
        rule: Rule::Health,
        label: Label::Restricted,
        why: format!(
            "health data with an identifier ({}, {})",
            sick.detector.name, identifier.detector.name
        ),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Confidence, DetectorInfo, ItemPath, Location, Mask, Sensitive};

    pub(super) fn finding(
        id: &str,
        category: &str,
        label: Label,
        row: u64,
        value: &str,
    ) -> Finding {
        let kind = match category {
            "document-marking" => Kind::Marking,
            "credential" => Kind::Secret,
            _ => Kind::Data,
        };
        Finding {
            id: String::new(),
            detector: Arc::new(DetectorInfo {
                id: id.into(),
                name: id.replace('_', " "),
                description: String::new(),
                kind,
                category: category.into(),
                label,
                countries: Vec::new(),
                regulations: Vec::new(),
                mask: Mask::Full,
                priority: 40,
            }),
            path: Arc::new(ItemPath::new("item")),
            location: Location {
                field: Some("field".into()),
                row: Some(row),
                ..Location::default()
            },
            value: Sensitive::new(value),
            preview: String::new(),
            confidence: Confidence::new(0.9),
            evidence: Vec::new(),
            label,
            test_value: false,
        }
    }

    fn rules(label: &ItemLabel) -> Vec<Rule> {
        label.reasons.iter().map(|raise| raise.rule).collect()
    }

    #[test]
    fn takes_the_highest_default() {
        let found = [
            finding("email", "contact", Label::Confidential, 1, "a"),
            finding("us_ssn", "government-id", Label::Restricted, 2, "b"),
        ];
        let label = item(&found, &Policy::default());
        assert_eq!(label.label, Some(Label::Restricted));
        assert_eq!(label.reasons[0].why, "us ssn");
        assert_eq!(item(&[], &Policy::default()), ItemLabel::default());
    }

    #[test]
    fn ignores_test_values_and_the_low_band() {
        let mut specimen = finding("credit_card", "financial", Label::Restricted, 1, "a");
        specimen.test_value = true;
        let mut unsure = finding("us_ssn", "government-id", Label::Restricted, 1, "b");
        unsure.confidence = Confidence::new(0.39);
        assert_eq!(item(&[specimen, unsure], &Policy::default()).label, None);
    }

    #[test]
    fn raises_bulk_by_distinct_values() {
        let bulk = |distinct: u64| -> Vec<Finding> {
            (0..300)
                .map(|n| {
                    finding(
                        "email",
                        "contact",
                        Label::Confidential,
                        n,
                        &(n % distinct).to_string(),
                    )
                })
                .collect()
        };
        assert_eq!(
            item(&bulk(99), &Policy::default()).label,
            Some(Label::Confidential)
        );
        let raised = item(&bulk(100), &Policy::default());
        assert_eq!(raised.label, Some(Label::Restricted));
        assert_eq!(rules(&raised), [Rule::Content, Rule::Volume]);
    }

    #[test]
    fn makes_health_data_with_an_identifier_protected() {
        let code = finding("icd10_code", "health", Label::Confidential, 1, "a");
        let provider = finding("us_npi", "health", Label::Internal, 2, "b");
        let email = finding("email", "contact", Label::Confidential, 900, "c");
        let label = item(&[code.clone(), email.clone()], &Policy::default());
        assert_eq!(rules(&label), [Rule::Content, Rule::Health]);
        assert_eq!(label.reasons[1].rule.regulation(), Some("hipaa"));
        for harmless in [vec![code], vec![provider, email]] {
            assert_eq!(rules(&item(&harmless, &Policy::default())), [Rule::Content]);
        }
    }

    #[test]
    fn treats_a_marking_as_a_floor() {
        let marking = finding(
            "marking_restricted",
            "document-marking",
            Label::Restricted,
            1,
            "RESTRICTED",
        );
        let email = finding("email", "contact", Label::Confidential, 2, "a");
        let label = item(&[email, marking], &Policy::default());
        assert_eq!(label.label, Some(Label::Restricted));
        assert_eq!(rules(&label), [Rule::Content, Rule::Marking]);
        assert_eq!(label.mismatch, None);
    }

    #[test]
    fn reports_a_marking_below_the_content() {
        let marking = finding(
            "marking_internal",
            "document-marking",
            Label::Internal,
            1,
            "INTERNAL",
        );
        let ssn = finding("us_ssn", "government-id", Label::Restricted, 2, "b");
        let label = item(&[marking.clone(), ssn.clone()], &Policy::default());
        assert_eq!(label.label, Some(Label::Restricted));
        let mismatch = label.mismatch.expect("internal is below restricted");
        let reported = mismatch.finding(&marking);
        assert_eq!(&*reported.detector.id, MISMATCH_ID);
        assert_eq!(reported.preview, "internal < restricted");
        assert_eq!(reported.location, marking.location);
        // Reported again in a second pass it changes nothing.
        let again = item(&[marking, ssn, reported], &Policy::default());
        assert_eq!(again.mismatch, Some(mismatch));
    }
}
