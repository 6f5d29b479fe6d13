//! Runs a reader on bytes and checks what every reader promises.

use std::ops::Range;

use super::{Flow, Item, Limits, Out, Reader};
use crate::model::{CELL_SEPARATOR, Coverage, ItemPath, Segment};

/// A value as a reader gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeenCell {
    pub(crate) table: String,
    pub(crate) field: String,
    pub(crate) row: u64,
    pub(crate) value: String,
    /// Where it is stored.
    pub(crate) stored: Range<u64>,
}

/// All that a reader gave for one item.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) cells: Vec<SeenCell>,
    /// What text blocks own.
    pub(crate) texts: Vec<String>,
    /// Everything that was handed out, in order.
    pub(crate) covered: Vec<u8>,
    pub(crate) largest: usize,
    next: Option<u64>,
}

impl Seen {
    /// `table.field row: value` of all cells.
    pub(crate) fn lines(&self) -> Vec<String> {
        let dot = |c: &SeenCell| if c.table.is_empty() { "" } else { "." };
        self.cells
            .iter()
            .map(|c| format!("{}{}{} {}: {}", c.table, dot(c), c.field, c.row, c.value))
            .collect()
    }
}

impl Out for Seen {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        let (owned, origin) = match &segment {
            Segment::Text(block) => {
                let owned = &block.text[block.core.clone()];
                self.texts.push(String::from_utf8_lossy(owned).into_owned());
                let mut origin = block.origin.clone().expect("text of an item has an origin");
                origin.base += block.core.start as u64;
                (owned, origin)
            }
            Segment::Cells(batch) => {
                let raw = batch
                    .raw
                    .as_ref()
                    .expect("cells of a text item have raw text");
                let mut last = 0;
                for cell in batch.cells {
                    let span = cell.span.start as usize..cell.span.end as usize;
                    assert!(span.start >= last, "cells lie in text order");
                    last = span.end + 1;
                    assert_eq!(batch.text[span.end], CELL_SEPARATOR);
                    let held = cell.raw.start as usize..cell.raw.end as usize;
                    assert_eq!(
                        raw.place(cell, span.start),
                        held.start,
                        "a value starts where it is written"
                    );
                    assert_eq!(
                        raw.place(cell, span.end),
                        held.end,
                        "a value ends where it is written"
                    );
                    self.cells.push(SeenCell {
                        table: batch.table.name.as_deref().unwrap_or_default().to_owned(),
                        field: batch.table.fields[cell.field as usize].name.to_string(),
                        row: cell.row,
                        value: String::from_utf8_lossy(&batch.text[span]).into_owned(),
                        stored: raw.origin.stored_span(held),
                    });
                }
                (raw.bytes, raw.origin.clone())
            }
        };
        assert!(
            self.next.is_none_or(|next| next == origin.base),
            "segments follow each other without gaps"
        );
        self.next = Some(origin.base + owned.len() as u64);
        self.covered.extend_from_slice(owned);
        self.largest = self.largest.max(owned.len());
        Flow::Continue
    }
}

/// Reads `bytes` as an item with this name, of which `head` bytes were read before.
pub(crate) fn read(reader: &dyn Reader, name: &str, bytes: &[u8], head: usize) -> (Seen, Coverage) {
    let path = ItemPath::new(name);
    let (head, mut rest) = bytes.split_at(head.min(bytes.len()));
    let complete = rest.is_empty();
    let size = Some(bytes.len() as u64);
    let mut item = Item {
        path: &path,
        head,
        complete,
        rest: &mut rest,
        size,
        file: None,
    };
    let mut seen = Seen::default();
    let coverage = reader.read(&mut item, &Limits::default(), &mut seen);
    (seen, coverage)
}

/// Reads UTF-8 `text` whole and in parts, and checks that all of it was handed
/// out once and that cells without escapes lead back to their stored bytes.
pub(crate) fn read_text(reader: &dyn Reader, name: &str, text: &[u8]) -> (Seen, Coverage) {
    let (whole, coverage) = read(reader, name, text, text.len());
    check(&whole, text);
    let (parts, _) = read(reader, name, text, text.len() / 3);
    check(&parts, text);
    assert_eq!(
        whole.cells, parts.cells,
        "the size of the head changes nothing"
    );
    (whole, coverage)
}

fn check(seen: &Seen, text: &[u8]) {
    assert!(seen.covered == text, "every byte is handed out once");
    for cell in &seen.cells {
        let stored = &text[cell.stored.start as usize..cell.stored.end as usize];
        if stored.len() == cell.value.len() {
            assert_eq!(String::from_utf8_lossy(stored), cell.value);
        }
    }
}

/// Damages `sample` in every way that readers must survive, and checks that
/// all of it is still handed out.
pub(crate) fn survive(reader: &dyn Reader, name: &str, sample: &[u8]) {
    read_text(reader, name, b"");
    for byte in 0..=255u8 {
        let (seen, coverage) = read(reader, name, &[byte], 1);
        assert!(seen.covered == [byte] || coverage.reason.is_some() || byte >= 0x80);
    }
    for cut in [
        sample.len() / 3,
        sample.len() * 2 / 3,
        sample.len().saturating_sub(1),
    ] {
        read_text(reader, name, &sample[..cut]);
    }
    // A small generator: the same flips on every run.
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    for _ in 0..200 {
        let mut damaged = sample.to_vec();
        for _ in 0..8 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = (state >> 33) as usize % damaged.len();
            // Stays ASCII, so that the encoding is not in question.
            damaged[at] = b" \n\t\"'\\,;:{}[]()-$a0"[(state >> 20) as usize % 19];
        }
        read_text(reader, name, &damaged);
    }
}
