//! The shape of detector files. See `docs/detector-format.md` for the manual.

use serde::{Deserialize, Serialize};

use super::check::Check;
use crate::model::{Kind, Label, Mask};

/// One detector file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// The detectors in the file.
    #[serde(default)]
    pub detector: Vec<DetectorSpec>,
}

/// One kind of sensitive data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorSpec {
    /// Stable snake_case id, never renamed.
    pub id: String,
    /// Raised when what it finds changes.
    #[serde(default = "one")]
    pub version: u32,
    /// Name for people.
    pub name: String,
    /// What it finds, in a sentence or two.
    #[serde(default)]
    pub description: String,
    /// Data, marking or secret.
    #[serde(default)]
    pub kind: Kind,
    /// Category id in kebab-case.
    pub category: String,
    /// Default label.
    pub label: Label,
    /// ISO 3166 codes; empty for global.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Regulation tags.
    #[serde(default)]
    pub regulations: Vec<String>,
    /// Where the format and the check rule are published.
    #[serde(default)]
    pub references: Vec<String>,
    /// Wins over lower numbers when findings overlap. 90: secrets with an
    /// issuer prefix. 80: MRZ, track data, connection strings. 70: IBAN. 60:
    /// identifiers with letters. 50: separated numbers with a strong check.
    /// 40: other separated numbers. 30 and below: bare numbers, generic values.
    #[serde(default = "forty")]
    pub priority: i32,
    /// The shapes it takes; at least one.
    #[serde(default)]
    pub pattern: Vec<PatternSpec>,
    /// Checks that every value must pass.
    #[serde(default)]
    pub validate: ValidateSpec,
    /// Values that are never reported, or only on demand.
    #[serde(default)]
    pub deny: DenySpec,
    /// Words and names that speak for or against a value.
    #[serde(default)]
    pub context: ContextSpec,
    /// How values are normalised and shown.
    #[serde(default)]
    pub report: ReportSpec,
    /// Texts in which values must be found.
    #[serde(default)]
    pub example: Vec<ExampleSpec>,
    /// Texts in which nothing may be found.
    #[serde(default)]
    pub negative: Vec<NegativeSpec>,
}

fn one() -> u32 {
    1
}

fn forty() -> i32 {
    40
}

/// One shape of the value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternSpec {
    /// Id within the detector.
    pub id: String,
    /// Rust `regex` syntax with ASCII classes (`(?u:…)` switches Unicode on
    /// for a part), of bounded length (no `*`, `+` or `{n,}`), without
    /// `\b` at its ends: boundaries are the engine's.
    pub regex: String,
    /// The capture group that is the value; 0 is the whole match.
    #[serde(default)]
    pub group: usize,
    /// Groups that must hold equal text, in place of back-references.
    #[serde(default)]
    pub same: Vec<Vec<usize>>,
    /// How likely a value of this shape that passes the checks is real, before
    /// any context is looked at.
    pub confidence: f32,
    /// What must be there for the shape to count at all.
    #[serde(default)]
    pub requires: Requires,
    /// Names of fields, among the detector's, that say too little for this
    /// shape: `name` holds products as often as people.
    #[serde(default)]
    pub not_fields: Vec<String>,
    /// When there are any, only these names, among the detector's, count for it.
    #[serde(default)]
    pub only_fields: Vec<String>,
    /// True when only all of a cell can be a value of this shape in a field: what
    /// a name is cut out of is no name. Behind labels that is so for all.
    #[serde(default)]
    pub whole: bool,
    /// True when values of this shape are doubted in records of places, products
    /// and other things.
    #[serde(default)]
    pub of_people: bool,
    /// In a field, this instead of the detector's or the rule's.
    #[serde(default)]
    pub field_confidence: f32,
    /// What may not touch the value.
    #[serde(default)]
    pub boundary: Option<Boundary>,
    /// Checks of this shape alone, on top of the detector's.
    #[serde(default)]
    pub validate: ValidateSpec,
}

/// What a pattern needs besides its shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requires {
    /// Nothing: the shape says enough.
    #[default]
    Nothing,
    /// A context keyword near by, or a field with a matching name.
    Context,
    /// A field with a matching name; never found in running text.
    Field,
    /// A field with a matching name, or in text a label of that name directly
    /// before it: `First name: …`, `first_name = "…"`.
    Label,
}

/// What may stand directly before and after a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// No ASCII letter, digit or underscore (the default).
    Word,
    /// As `word`, and not part of a longer number: no digit behind one of
    /// `. - / + :` on either side. The default for patterns that match
    /// only digits and separators.
    Number,
    /// As `word`, and not part of a longer row of hex groups: no group of one
    /// to four hex digits behind one of `. - :` on either side.
    HexGroups,
    /// Nothing of the base64 alphabets: no letter, digit, `_ - + /`, and no
    /// `=` behind it.
    Token,
    /// Anything.
    None,
}

/// Checks on the normalised value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidateSpec {
    /// All must hold, or there is no finding.
    #[serde(default)]
    pub all: Vec<Check>,
    /// If any are listed, one must hold, or there is no finding.
    #[serde(default)]
    pub any: Vec<Check>,
    /// When all of these hold the confidence rises to `supported_confidence`;
    /// when not, the finding stays as it is. For check digits that issuers
    /// do not guarantee.
    #[serde(default)]
    pub supports: Vec<Check>,
    /// See `supports`.
    #[serde(default)]
    pub supported_confidence: f32,
}

/// Values that do not count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenySpec {
    /// Published specimens and reserved values, normalised: reported only on
    /// demand and never raise a label.
    #[serde(default)]
    pub test_values: Vec<String>,
    /// Regexes over the normalised value with the same effect.
    #[serde(default)]
    pub test_patterns: Vec<String>,
    /// Regexes over the value as it stands; a value they match anywhere is no
    /// finding.
    #[serde(default)]
    pub patterns: Vec<String>,
}

/// Words and names around a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextSpec {
    /// Words that speak for it, in any language; matched without case on word
    /// boundaries. A space matches any run of space, `_` or `-`.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// How far from the value, in bytes, on the same or an adjacent line.
    #[serde(default = "window")]
    pub window: u32,
    /// Words that speak against it.
    #[serde(default)]
    pub negative: Vec<String>,
    /// Names of columns, keys and form fields, compared after splitting
    /// camelCase and dropping punctuation.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Confidence that a keyword lifts a value to; 0 takes the engine's rule.
    #[serde(default)]
    pub keyword_confidence: f32,
    /// Confidence that a field name lifts a value to; 0 takes the engine's rule.
    #[serde(default)]
    pub field_confidence: f32,
}

impl Default for ContextSpec {
    fn default() -> Self {
        ContextSpec {
            keywords: Vec::new(),
            window: window(),
            negative: Vec::new(),
            fields: Vec::new(),
            keyword_confidence: 0.0,
            field_confidence: 0.0,
        }
    }
}

fn window() -> u32 {
    50
}

/// How values are normalised and shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSpec {
    /// How values are masked.
    #[serde(default)]
    pub mask: Mask,
    /// How values are normalised before they are checked.
    #[serde(default)]
    pub normalise: Normalise,
}

/// How a value is normalised before it is checked and compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalise {
    /// ASCII letters and digits only, letters in upper case.
    #[default]
    Alnum,
    /// Digits only.
    Digits,
    /// As it stands.
    Raw,
    /// As it stands, in lower case.
    Lower,
}

/// A text in which values must be found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleSpec {
    /// The text.
    pub text: String,
    /// How it is read: `text` (default), `csv`, `json`, `jsonl`, `sql`.
    #[serde(default, rename = "as")]
    pub format: Option<String>,
    /// The exact values, in order.
    pub expect: Vec<String>,
    /// Field of the values, for tables.
    #[serde(default)]
    pub field: Option<String>,
    /// Lowest band that all values must reach.
    #[serde(default)]
    pub band: Option<crate::model::Band>,
}

/// A text in which this detector may find nothing at the default threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NegativeSpec {
    /// The text.
    pub text: String,
    /// How it is read.
    #[serde(default, rename = "as")]
    pub format: Option<String>,
    /// Why nothing may be found.
    pub why: String,
}
