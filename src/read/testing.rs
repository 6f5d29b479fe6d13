//! Runs a reader in tests and checks what every reader owes its caller.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Flow, Item, Limits, Out, Reader};
use crate::model::{CELL_SEPARATOR, CellBatch, CellType, Coverage, ItemPath, Segment, Status};

/// What a reader handed out.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) cells: Vec<SeenCell>,
    /// Text that blocks own; neighbours are one entry.
    pub(crate) texts: Vec<String>,
    pub(crate) batches: usize,
    /// Bytes of the longest piece.
    pub(crate) longest: usize,
    /// Stored bytes handed out so far.
    next: u64,
    text_was_last: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenCell {
    pub(crate) table: Option<String>,
    pub(crate) field: String,
    pub(crate) row: u64,
    pub(crate) value: String,
    /// As it is stored, without quotes.
    pub(crate) raw: String,
    pub(crate) typed: CellType,
    /// Where it is stored.
    pub(crate) stored: Range<u64>,
}

struct Check<'b> {
    stored: &'b [u8],
    /// The item is stored as UTF-8, so that text is the same as stored bytes.
    same: bool,
    seen: Seen,
}

impl Out for Check<'_> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        match segment {
            Segment::Text(block) => {
                let span = block
                    .origin
                    .expect("origin")
                    .stored_span(block.core.clone());
                let own = &block.text[block.core.clone()];
                self.tile(span, own);
                let own = String::from_utf8_lossy(own).into_owned();
                match self
                    .seen
                    .texts
                    .last_mut()
                    .filter(|_| self.seen.text_was_last)
                {
                    Some(last) => last.push_str(&own),
                    None => self.seen.texts.push(own),
                }
                self.seen.text_was_last = true;
            }
            Segment::Cells(batch) => {
                let raw = batch.raw.as_ref().expect("raw");
                self.tile(raw.origin.stored_span(0..raw.bytes.len()), raw.bytes);
                self.cells(&batch);
                self.seen.batches += 1;
                self.seen.text_was_last = false;
            }
        }
        Flow::Continue
    }
}

impl Check<'_> {
    fn tile(&mut self, span: Range<u64>, bytes: &[u8]) {
        assert!(!bytes.is_empty(), "an empty piece");
        self.seen.longest = self.seen.longest.max(bytes.len());
        if self.seen.next == 0 && span.start <= 3 {
            self.seen.next = span.start; // Behind a byte-order mark.
        }
        assert_eq!(span.start, self.seen.next, "a gap or an overlap");
        self.seen.next = span.end;
        if self.same {
            assert!(self.stored[span.start as usize..span.end as usize] == *bytes);
        }
    }

    fn cells(&mut self, batch: &CellBatch<'_>) {
        let raw = batch.raw.as_ref().expect("raw");
        let (mut end, mut raw_end) = (0, 0);
        let only_separators = |gap: &[u8]| gap.iter().all(|&byte| byte == CELL_SEPARATOR);
        for cell in batch.cells {
            let span = cell.span.start as usize..cell.span.end as usize;
            assert!(only_separators(&batch.text[end..span.start]), "between");
            assert!(end == 0 || span.start > end, "values have a separator");
            let held = cell.raw as usize..raw.place(cell, span.end);
            assert!(held.start >= raw_end, "raw spans grow");
            (end, raw_end) = (span.end, held.end);
            let value = &batch.text[span.clone()];
            assert!(!value.is_empty() && !value.contains(&CELL_SEPARATOR));
            for (at, &byte) in value.iter().enumerate().take(4096) {
                let stored = raw.bytes[raw.place(cell, span.start + at)];
                let sign = matches!(stored, b'\\' | CELL_SEPARATOR);
                assert!(
                    stored == byte || sign,
                    "{:?} at {at}: {byte} from {stored}",
                    raw.escape
                );
            }
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            self.seen.cells.push(SeenCell {
                table: batch.table.name.as_ref().map(ToString::to_string),
                field: batch.table.fields[cell.field as usize].name.to_string(),
                row: cell.row,
                value: text(value),
                raw: text(&raw.bytes[held.clone()]),
                typed: cell.typed,
                stored: raw.origin.stored_span(held),
            });
        }
        assert!(batch.text.len() > end && only_separators(&batch.text[end..]));
    }
}

/// Reads `stored` as an item of that name whose first `head` bytes are in its
/// head, and checks that every byte came exactly once.
pub(crate) fn read_at(
    reader: &dyn Reader,
    name: &str,
    stored: &[u8],
    head: usize,
) -> (Seen, Coverage) {
    read_with(reader, name, stored, head, &Limits::default())
}

pub(crate) fn read_with(
    reader: &dyn Reader,
    name: &str,
    stored: &[u8],
    head: usize,
    limits: &Limits,
) -> (Seen, Coverage) {
    let path = ItemPath::new(name);
    let (head, mut rest) = stored.split_at(head.min(stored.len()));
    let mut item = Item {
        path: &path,
        head,
        complete: rest.is_empty(),
        rest: &mut rest,
        size: Some(stored.len() as u64),
        file: None,
    };
    let same = matches!(
        super::charset::of(head, item.complete),
        super::charset::Charset::Utf8 { .. }
    );
    let mut check = Check {
        stored,
        same,
        seen: Seen::default(),
    };
    let coverage = reader.read(&mut item, limits, &mut check);
    if matches!(coverage.status, Status::Scanned | Status::Partial) {
        let mark = if stored.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        assert!(
            check.seen.next == stored.len() as u64 || stored.len() == mark,
            "bytes are missing"
        );
        assert_eq!(coverage.bytes, stored.len() as u64);
    }
    (check.seen, coverage)
}

pub(crate) fn read(reader: &dyn Reader, name: &str, stored: &[u8]) -> (Seen, Coverage) {
    read_at(reader, name, stored, 64 * 1024)
}

/// The same content gives the same cells wherever its head ends, and damaged
/// content still comes out byte for byte.
pub(crate) fn check_damage(reader: &dyn Reader, name: &str, stored: &[u8]) {
    let (whole, _) = read_at(reader, name, stored, stored.len());
    for head in [
        1,
        2,
        7,
        stored.len() / 3,
        stored.len() / 2,
        stored.len().saturating_sub(1),
    ] {
        // What is decided on the head may differ when it is very short.
        if head >= stored.len() / 3 {
            let (split, _) = read_at(reader, name, stored, head);
            assert_eq!(split.cells, whole.cells, "head of {head}");
            assert_eq!(split.texts, whole.texts, "head of {head}");
        }
    }
    for end in [0, 1, stored.len() / 3, stored.len() * 2 / 3] {
        let _ = read_at(reader, name, &stored[..end], end / 2);
    }
}

/// Runs a reader on content with flipped bytes.
pub(crate) fn check_flips(reader: &dyn Reader, name: &str, stored: &[u8]) {
    use proptest::prelude::*;
    const SIGNS: &[u8] = b"\"'\\,;\t\r\n{}[]():0aN-/*`$\x1f\xff ";
    let flips = proptest::collection::vec((0..stored.len(), 0..SIGNS.len()), 1..40);
    proptest!(ProptestConfig::with_cases(300), |(flips in flips, head in 0..stored.len())| {
        let mut damaged = stored.to_vec();
        for (at, sign) in flips {
            damaged[at] = SIGNS[sign];
        }
        let _ = read_at(reader, name, &damaged, head);
    });
}

impl Seen {
    /// The values of each field.
    pub(crate) fn by_field(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for cell in &self.cells {
            fields.entry(&cell.field).or_default().push(&cell.value);
        }
        fields
    }

    /// `table.field row: value` of all cells.
    pub(crate) fn lines(&self) -> Vec<String> {
        let name = |cell: &SeenCell| match &cell.table {
            Some(table) => format!("{table}.{}", cell.field),
            None => cell.field.clone(),
        };
        self.cells
            .iter()
            .map(|cell| format!("{} {}: {}", name(cell), cell.row, cell.value))
            .collect()
    }

    /// Field, row and value of every cell.
    pub(crate) fn rows(&self) -> Vec<(&str, u64, &str)> {
        self.cells
            .iter()
            .map(|cell| (&*cell.field, cell.row, &*cell.value))
            .collect()
    }
}
