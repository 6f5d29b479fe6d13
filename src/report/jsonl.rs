//! `jsonl`: one JSON object a line, the stable form for machines.

use std::io;

use serde::Serialize;

use super::digest::{self, Totals};
use super::record::{FieldRecord, FindingRecord, ItemRecord, RunRecord, SummaryRecord};
use super::{Report, Results, Style};

/// A `run` line; for each item by path its `finding`, `field` and `item`
/// lines; a `summary` line. Findings in a field that has many of the same kind
/// are told by its `field` line alone, unless the style asks for all.
pub(super) struct JsonLines;

impl Report for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn write(&self, results: &Results, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        line(out, &RunRecord::new(&results.run))?;
        let mut totals = Totals::default();
        for listed in digest::items(results) {
            let item = listed.item()?;
            totals.add(&item);
            let (findings, fields) = item.folded(style.all_findings);
            for finding in findings {
                line(out, &FindingRecord::new(finding, style))?;
            }
            for field in &fields {
                line(out, &FieldRecord::new(field))?;
            }
            if let Some(entry) = item.entry {
                line(out, &ItemRecord::new(entry))?;
            }
        }
        line(out, &SummaryRecord::new(results, &totals))
    }
}

fn line(out: &mut dyn io::Write, record: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}
