//! `text`: the report for people.
//!
//! Items with findings come first, the heaviest label on top; the summary
//! comes last, where the eye is when a terminal has stopped scrolling.

mod items;
mod paint;
mod summary;

use std::cmp::Reverse;
use std::io;

use super::digest::{self, Item, Totals};
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
        let totals = Totals::of(&items);
        let mut shown: Vec<&Item<'_>> = items
            .iter()
            .filter(|item| !item.findings.is_empty())
            .collect();
        shown.sort_by_key(|item| {
            let surest = item
                .findings
                .iter()
                .map(|finding| finding.confidence.band())
                .max();
            Reverse((item.label(), surest))
        });
        let left_out = shown.len().saturating_sub(ITEMS_SHOWN);
        shown.truncate(ITEMS_SHOWN);

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
