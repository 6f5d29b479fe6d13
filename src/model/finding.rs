//! Findings: candidates that survived, with the reasons why.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ItemPath, Label, Location, Sensitive};

/// How sure a finding is, in three bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Below 0.40.
    Low,
    /// 0.40 up to, but not including, 0.75.
    Medium,
    /// 0.75 and above.
    High,
}

impl Band {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Band::Low => "low",
            Band::Medium => "medium",
            Band::High => "high",
        }
    }

    /// The lowest confidence of the band.
    pub fn floor(self) -> f32 {
        match self {
            Band::Low => 0.0,
            Band::Medium => 0.40,
            Band::High => 0.75,
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An estimate in 0..=1 of how likely a finding is what it says.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(f32);

impl Confidence {
    /// Clamps to 0..=1; not-a-number becomes 0.
    pub fn new(value: f32) -> Self {
        if value.is_nan() {
            Confidence(0.0)
        } else {
            Confidence(value.clamp(0.0, 1.0))
        }
    }

    /// The number.
    pub fn get(self) -> f32 {
        self.0
    }

    /// The number rounded to two decimals, as reports print it.
    pub fn rounded(self) -> f64 {
        (f64::from(self.0) * 100.0).round() / 100.0
    }

    /// The band it falls in, judged on what reports print, so that no reader
    /// sees a 0.75 that is not high.
    pub fn band(self) -> Band {
        let shown = self.rounded();
        if shown >= 0.75 {
            Band::High
        } else if shown >= 0.40 {
            Band::Medium
        } else {
            Band::Low
        }
    }
}

/// One reason behind a confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// The value has the shape of the detector's pattern.
    Pattern {
        /// Id of the pattern within the detector.
        id: Arc<str>,
    },
    /// A check digit or structural rule holds that chance would seldom meet.
    Checksum {
        /// Names of the validators, joined with `+`.
        name: Arc<str>,
    },
    /// A context word stands near.
    Keyword {
        /// The word, as the detector lists it.
        text: Arc<str>,
        /// Bytes between the word and the value.
        distance: u32,
    },
    /// The column, key or form field has a name that says so.
    Field {
        /// The name as it stands in the item.
        text: Arc<str>,
    },
    /// A word stands near that speaks against it.
    NegativeKeyword {
        /// The word, as the detector lists it.
        text: Arc<str>,
    },
    /// Another finding stands close by that belongs with it.
    Neighbour {
        /// Detector id of the other.
        detector: Arc<str>,
    },
    /// Something about the value or its surroundings that lowers trust.
    Doubt {
        /// What it is (`version-number`, `timestamp`, `test-path`, …).
        reason: &'static str,
    },
    /// A published specimen or reserved test value.
    TestValue,
}

/// What family of catalogue entries a detector belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Personal and other sensitive data.
    #[default]
    Data,
    /// A classification marking written into a document.
    Marking,
    /// A credential.
    Secret,
}

/// How a value is shown when it is not revealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// Nothing of the value.
    Full,
    /// The last four letters or digits (two when there are fewer than eight).
    #[default]
    Last4,
    /// The first four letters or digits (issuer prefixes, key ids).
    First4,
    /// First six and last four digits, the most PCI DSS 3.4.1 lets a display show.
    Card,
    /// First letter of the local part, and the domain.
    Email,
    /// The value itself: markings, and other values that are no secret.
    None,
}

/// What the rest of the program needs to know of a detector.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectorInfo {
    /// Stable id, never renamed.
    pub id: Arc<str>,
    /// Name for people.
    pub name: String,
    /// What it finds and where that is published.
    pub description: String,
    /// Data, marking or secret.
    pub kind: Kind,
    /// Category id in kebab-case (`government-id`, `financial`, …).
    pub category: Arc<str>,
    /// Default label.
    pub label: Label,
    /// ISO 3166 codes of the issuing countries; empty for global.
    pub countries: Vec<String>,
    /// Regulation tags.
    pub regulations: Vec<String>,
    /// How its values are masked.
    pub mask: Mask,
    /// Wins over lower numbers when findings overlap.
    pub priority: i32,
}

/// Something sensitive, where it is, and how sure that is.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Stable id: a hash that holds no value, line number or offset.
    pub id: String,
    /// The detector that found it.
    pub detector: Arc<DetectorInfo>,
    /// The item it is in.
    pub path: Arc<ItemPath>,
    /// Where in the item.
    pub location: Location,
    /// The raw value.
    pub value: Sensitive,
    /// The value, masked.
    pub preview: String,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Label of this finding: the detector's, or what policy raised it to.
    pub label: Label,
    /// A published specimen: never raises a label, reported only on demand.
    pub test_value: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_have_closed_floors() {
        assert_eq!(Confidence::new(0.75).band(), Band::High);
        assert_eq!(Confidence::new(0.744).band(), Band::Medium);
        assert_eq!(Confidence::new(0.40).band(), Band::Medium);
        assert_eq!(Confidence::new(0.39).band(), Band::Low);
        assert_eq!(Confidence::new(f32::NAN).band(), Band::Low);
    }
}
