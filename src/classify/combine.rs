//! Values that together single out a person.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::Policy;
use crate::model::{Finding, Label, Location, Raise, Rule};

/// Restricted when one record holds a person's name and enough other types of
/// data about that person.
pub(super) fn raise(data: &[&Finding], policy: &Policy) -> Option<Raise> {
    // For each record, and for running text as a whole, who is where.
    let mut records: BTreeMap<Record<'_>, Vec<(u64, usize)>> = BTreeMap::new();
    for finding in data {
        if let Some(kind) = linking_type(finding, policy) {
            let (record, line) = record(&finding.location);
            records.entry(record).or_default().push((line, kind));
        }
    }
    let together = records
        .into_values()
        .map(|found| most_together(found, policy))
        .reduce(|most, next| if next.len() > most.len() { next } else { most })?;
    if together.len() < policy.linking_types {
        return None;
    }
    let names: Vec<&str> = together
        .iter()
        .filter_map(|&kind| Some(policy.linking.get(kind)?.name.as_str()))
        .collect();
    Some(Raise {
        rule: Rule::Combination,
        label: Label::Restricted,
        why: format!("{} of one person", list(&names)),
    })
}

fn linking_type(finding: &Finding, policy: &Policy) -> Option<usize> {
    policy
        .linking
        .iter()
        .position(|kind| kind.detectors.contains(finding.detector.id.as_ref()))
}

/// What findings must share to be of one record.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Record<'a> {
    /// Running text, where nearness in lines decides.
    Text,
    Row(Option<&'a str>, Option<&'a str>, u64),
    /// Siblings in a document: the pointer without its last step.
    Siblings(&'a str),
}

fn record(place: &Location) -> (Record<'_>, u64) {
    let line = place.line.unwrap_or(0);
    match (place.row, place.pointer.as_deref()) {
        (Some(row), _) => (
            Record::Row(place.table.as_deref(), place.sheet.as_deref(), row),
            0,
        ),
        (None, Some(pointer)) => {
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            (Record::Siblings(parent), 0)
        }
        (None, None) => (Record::Text, line),
    }
}

/// The largest set of types within reach of one name. `found` holds lines and types.
fn most_together(mut found: Vec<(u64, usize)>, policy: &Policy) -> BTreeSet<usize> {
    found.sort_unstable();
    found.dedup();
    let mut most = BTreeSet::new();
    for &(line, kind) in &found {
        // The first linking type is the name.
        if kind != 0 {
            continue;
        }
        let from =
            found.partition_point(|(other, _)| other.saturating_add(policy.near_lines) < line);
        let near: BTreeSet<usize> = found
            .iter()
            .skip(from)
            .take_while(|(other, _)| *other <= line.saturating_add(policy.near_lines))
            .map(|&(_, kind)| kind)
            .collect();
        if near.len() > most.len() {
            most = near;
        }
    }
    most
}

/// `a, b and c`.
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::finding;
    use super::*;

    fn row(id: &str, row: u64) -> Finding {
        finding(id, "contact", Label::Confidential, row, "x")
    }

    fn line(id: &str, line: u64) -> Finding {
        let mut found = row(id, 1);
        found.location = Location {
            line: Some(line),
            ..Location::default()
        };
        found
    }

    fn pointer(id: &str, at: &str) -> Finding {
        let mut found = row(id, 1);
        found.location = Location {
            pointer: Some(at.to_owned()),
            ..Location::default()
        };
        found
    }

    fn why(found: &[Finding]) -> Option<String> {
        let all: Vec<&Finding> = found.iter().collect();
        raise(&all, &Policy::default()).map(|raise| raise.why)
    }

    #[test]
    fn needs_a_name_and_two_more_types_in_one_record() {
        let together = [row("person_name", 7), row("email", 7), row("us_phone", 7)];
        assert_eq!(
            why(&together).as_deref(),
            Some("person name, email and phone number of one person")
        );
        for apart in [
            [row("person_name", 7), row("email", 7), row("us_phone", 8)],
            [
                row("person_name", 7),
                row("phone_e164", 7),
                row("us_phone", 7),
            ],
            [row("date_of_birth", 7), row("email", 7), row("us_phone", 7)],
        ] {
            assert_eq!(why(&apart), None);
        }
    }

    #[test]
    fn takes_nearness_for_a_record_in_running_text() {
        let near = [
            line("email", 10),
            line("person_name", 12),
            line("date_of_birth", 15),
        ];
        assert!(why(&near).is_some());
        let far = [
            line("email", 8),
            line("person_name", 12),
            line("date_of_birth", 15),
        ];
        assert_eq!(why(&far), None);
    }

    #[test]
    fn takes_siblings_for_a_record_in_documents() {
        let one = [
            pointer("person_name", "/u/0/n"),
            pointer("email", "/u/0/e"),
            pointer("us_phone", "/u/0/p"),
        ];
        assert!(why(&one).is_some());
        let two = [
            pointer("person_name", "/u/0/n"),
            pointer("email", "/u/0/e"),
            pointer("us_phone", "/u/1/p"),
        ];
        assert_eq!(why(&two), None);
    }
}
