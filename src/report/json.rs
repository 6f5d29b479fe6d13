//! `json`: everything in one document.

use std::io;

use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use super::digest::{self, Listed, Totals};
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
        let mut totals = Totals::default();
        for listed in &items {
            totals.add(&listed.item()?);
        }
        let document = Document {
            run: RunRecord::new(&results.run),
            findings: Findings(&items, style),
            fields: Fields(&items),
            items: Items(&items),
            summary: SummaryRecord::new(results, &totals),
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

struct Findings<'a>(&'a [Listed<'a>], Style);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Findings(items, style) = self;
        let mut list = serializer.serialize_seq(None)?;
        for listed in items {
            let item = listed.item().map_err(S::Error::custom)?;
            for finding in item.folded(style.all_findings).0 {
                list.serialize_element(&FindingRecord::new(finding, style))?;
            }
        }
        list.end()
    }
}

struct Fields<'a>(&'a [Listed<'a>]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for listed in self.0 {
            let item = listed.item().map_err(S::Error::custom)?;
            for field in item.folded(false).1 {
                list.serialize_element(&FieldRecord::new(&field))?;
            }
        }
        list.end()
    }
}

struct Items<'a>(&'a [Listed<'a>]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.iter().filter_map(|listed| listed.entry);
        serializer.collect_seq(entries.map(ItemRecord::new))
    }
}
