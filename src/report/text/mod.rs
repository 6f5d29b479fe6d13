//! `text`: the report for people.
//!
//! Items with findings come first, the heaviest label on top; the summary
//! comes last, where the eye is when a terminal has stopped scrolling.

mod items;
mod paint;
mod summary;

use std::cmp::Reverse;
use std::io;

use super::digest::{self, Item, Listed, Totals};
use super::number::counted;
use super::{Report, Results, Style};
use paint::{Ink, Paint};

/// Columns taken for granted when the width of the terminal is not known.
const USUAL_WIDTH: usize = 100;
/// Columns of the narrowest and the widest layout.
const WIDTHS: std::ops::RangeInclusive<usize> = 72..=140;
/// Most items shown with their findings: about three screens.
const ITEMS_SHOWN: usize = 30;

/// Findings by item, a table by category and label, and what was not read.
pub(super) struct Text;

impl Report for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn write(&self, results: &Results, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let page = Page {
            paint: Paint::new(style.color),
            width: match style.width {
                0 => USUAL_WIDTH,
                width => width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            },
            reveal: style.reveal,
        };
        let items = digest::items(results);
        let mut totals = Totals::default();
        let mut shown = Vec::new();
        for (index, listed) in items.iter().enumerate() {
            let item = listed.item()?;
            totals.add(&item);
            let surest = item.findings.iter().map(|found| found.confidence.band());
            if let Some(surest) = surest.max() {
                shown.push((Reverse((item.label(), surest)), index));
            }
        }
        shown.sort();
        let left_out = shown.len().saturating_sub(ITEMS_SHOWN);
        shown.truncate(ITEMS_SHOWN);
        let shown = shown.iter().filter_map(|(_, index)| items.get(*index));
        let shown: Vec<Item<'_>> = shown.map(Listed::item).collect::<io::Result<_>>()?;

        items::write(&shown, &page, out)?;
        if left_out > 0 {
            let more = format!(
                "… and {}; -f jsonl or -f concise lists all of them",
                counted(left_out as u64, "more item")
            );
            writeln!(out, "{}\n", page.paint.with(Ink::Warning, &more))?;
        }
        summary::write(results, &totals, &page, out)
    }
}

/// How the report is laid out.
struct Page {
    paint: Paint,
    width: usize,
    reveal: bool,
}
