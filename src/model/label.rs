//! The classification ladder.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A classification level, lowest first, so that `max` raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Stated public.
    Public,
    /// Organisation identifiers, coarse location, public-register data.
    Internal,
    /// Personal or business data whose leak harms, but is not sufficient alone.
    Confidential,
    /// Enough alone for fraud or access, or specially protected by law.
    Restricted,
}

impl Label {
    /// Every level, lowest first.
    pub const ALL: [Label; 4] = [
        Label::Public,
        Label::Internal,
        Label::Confidential,
        Label::Restricted,
    ];

    /// The word used in files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Label::Public => "public",
            Label::Internal => "internal",
            Label::Confidential => "confidential",
            Label::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Label {
    type Err = String;

    fn from_str(word: &str) -> Result<Label, String> {
        Label::ALL
            .into_iter()
            .find(|label| label.as_str() == word)
            .ok_or_else(|| {
                format!(
                    "no label `{word}`; one of public, internal, confidential, restricted is meant"
                )
            })
    }
}

/// What gave an item its label, or raised it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// The default label of a detector with findings in the item.
    Content,
    /// A marking in the document: a floor.
    Marking,
    /// Values that identify a person stand together.
    Combination,
    /// Many distinct values of one kind.
    Volume,
    /// Health data together with a personal identifier.
    Health,
}

impl Rule {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Content => "content",
            Rule::Marking => "marking",
            Rule::Combination => "combination",
            Rule::Volume => "volume",
            Rule::Health => "health",
        }
    }

    /// The regulation tag that an item gets when the rule applies to it.
    pub fn regulation(self) -> Option<&'static str> {
        (self == Rule::Health).then_some("hipaa")
    }
}

/// One reason for the label of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Raise {
    /// The rule that applied.
    pub rule: Rule,
    /// The label it asks for.
    pub label: Label,
    /// Why, for people; names detectors and places, never values.
    pub why: String,
}
