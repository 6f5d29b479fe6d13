//! The thresholds and groups that the rules work with.

use std::collections::BTreeSet;

/// What raises a label. [`Policy::default`] follows NIST SP 800-122 (linkable
/// data) and 45 CFR 160.103 (protected health information).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Kinds of data that identify a person when they stand together. The
    /// first is the one that must be there.
    pub linking: Vec<LinkingType>,
    /// From how many different linking types in one record on an item is
    /// restricted.
    pub linking_types: usize,
    /// In running text, how many lines away from the name counts as the same
    /// record.
    pub near_lines: u64,
    /// From how many distinct values of one confidential detector on an item
    /// is restricted.
    pub volume: usize,
    /// The category of health data.
    pub health_category: String,
    /// Categories whose data identifies the person that health data is about.
    pub identifying_categories: BTreeSet<String>,
}

/// Detectors that say the same about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkingType {
    /// Name for people: `phone number`.
    pub name: String,
    /// Ids of the detectors.
    pub detectors: BTreeSet<String>,
}

impl LinkingType {
    fn new(name: &str, detectors: &[&str]) -> Self {
        LinkingType {
            name: name.to_owned(),
            detectors: detectors.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            linking: vec![
                LinkingType::new("person name", &["person_name"]),
                LinkingType::new("birth date", &["date_of_birth"]),
                LinkingType::new("address", &["us_street_address", "postal_address"]),
                LinkingType::new("email", &["email"]),
                LinkingType::new(
                    "phone number",
                    &["us_phone", "phone_e164", "phone_national"],
                ),
            ],
            linking_types: 3,
            near_lines: 3,
            volume: 100,
            health_category: "health".to_owned(),
            identifying_categories: [
                "biometric",
                "contact",
                "device",
                "financial",
                "government-id",
                "identity",
                "location",
                "tax",
                "vehicle",
            ]
            .map(str::to_owned)
            .into(),
        }
    }
}
