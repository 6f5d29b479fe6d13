//! Reports: the same facts for people and for machines.
//!
//! To add a format, write one file with a type that implements [`Report`] and
//! add it to [`ALL`]. `digest` has what several formats need: findings by item,
//! folded by field, and counted.

mod concise;
mod csv;
mod digest;
mod json;
mod jsonl;
mod number;
mod place;
mod record;
mod sarif;
mod text;

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::model::{Finding, ItemPath, LedgerEntry, RunInfo};

/// Every output format, in the order in which help texts name them.
pub static ALL: &[&dyn Report] = &[
    &text::Text,
    &concise::Concise,
    &json::Json,
    &jsonl::JsonLines,
    &csv::Csv,
    &sarif::Sarif,
];

/// The format that `--format` calls `name`.
pub fn named(name: &str) -> Option<&'static dyn Report> {
    ALL.iter().copied().find(|report| report.name() == name)
}

/// Everything that a scan found out, in its final order: findings and ledger
/// by path, findings of an item by place.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// About the run.
    pub run: RunInfo,
    /// The findings to report, without those in `aside`.
    pub findings: Vec<Finding>,
    /// Findings that do not fit in memory, when the scan was told to set such
    /// aside.
    pub aside: Option<Arc<dyn Aside>>,
    /// Every item that was met.
    pub ledger: Vec<LedgerEntry>,
    /// What was found but left out of `findings`.
    pub hidden: Hidden,
}

/// Findings that are kept elsewhere than in memory. All of an item are.
pub trait Aside: fmt::Debug + Send + Sync {
    /// The findings of an item, by place; none when nothing of it is kept here.
    ///
    /// # Errors
    /// Those of where they are kept.
    fn findings(&self, item: &ItemPath) -> io::Result<Vec<Finding>>;
}

impl Results {
    /// Whether any finding is as `wanted`.
    ///
    /// # Errors
    /// Those of [`Aside::findings`].
    pub fn any(&self, wanted: impl Fn(&Finding) -> bool) -> io::Result<bool> {
        if self.findings.iter().any(&wanted) {
            return Ok(true);
        }
        let Some(aside) = &self.aside else {
            return Ok(false);
        };
        for entry in self.ledger.iter().filter(|entry| entry.findings > 0) {
            if aside.findings(&entry.path)?.iter().any(&wanted) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Findings that were counted but are not reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Below the confidence threshold.
    pub below_threshold: u64,
    /// Published specimens and reserved values.
    pub test_values: u64,
    /// Beyond the most that is kept of one detector in one item.
    pub over_cap: u64,
}

impl Hidden {
    /// Adds what another item left out.
    pub fn add(&mut self, other: Hidden) {
        self.below_threshold += other.below_threshold;
        self.test_values += other.test_values;
        self.over_cap += other.over_cap;
    }
}

/// How reports show things.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Use ANSI colours.
    pub color: bool,
    /// Show raw values next to the masked ones.
    pub reveal: bool,
    /// Width of the terminal in columns; 0 when unknown.
    pub width: usize,
    /// Write every finding where a format would fold those of one field.
    pub all_findings: bool,
}

/// One output format.
pub trait Report: Sync {
    /// The name given to `--format`.
    fn name(&self) -> &'static str;
    /// Writes the whole report. The same results and style give the same bytes.
    ///
    /// # Errors
    /// Those of `out`, and of findings that were set aside.
    fn write(&self, results: &Results, style: Style, out: &mut dyn io::Write) -> io::Result<()>;
}
