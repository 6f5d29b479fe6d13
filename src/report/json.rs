//! `json`: everything in one document.

use std::io;

use serde::{Serialize, Serializer};

use super::digest::{self, Item};
use super::record::{FieldRecord, FindingRecord, ItemRecord, RunRecord, SummaryRecord};
use super::{Report, Results, Style};

/// The objects of `jsonl` as `run`, `findings`, `fields`, `items` and `summary`.
pub(super) struct Json;

impl Report for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, results: &Results, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let items = digest::items(results);
        let document = Document {
            run: RunRecord::new(&results.run),
            findings: Findings(&items, style),
            fields: Fields(&items),
            items: Items(&items),
            summary: SummaryRecord::new(results, &items),
        };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Document<'a> {
    run: RunRecord<'a>,
    findings: Findings<'a>,
    fields: Fields<'a>,
    items: Items<'a>,
    summary: SummaryRecord,
}

// The lists make their records while they are written: a run can have millions.

struct Findings<'a>(&'a [Item<'a>], Style);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Findings(items, style) = self;
        let findings = items
            .iter()
            .flat_map(|item| item.folded(style.all_findings).0);
        serializer.collect_seq(findings.map(|finding| FindingRecord::new(finding, style)))
    }
}

struct Fields<'a>(&'a [Item<'a>]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.0.iter().flat_map(|item| item.folded(false).1);
        serializer.collect_seq(fields.map(|field| FieldRecord::new(&field)))
    }
}

struct Items<'a>(&'a [Item<'a>]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.iter().filter_map(|item| item.entry);
        serializer.collect_seq(entries.map(ItemRecord::new))
    }
}
