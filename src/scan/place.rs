//! From a span in a segment to a place in the item.

use std::ops::Range;

use crate::model::{CellBatch, Location, Segment, TextBlock};

/// Lines and columns inside one segment. The segment does not know how many
/// lines came before it: its lines count from 0, and [`LineCarry`] puts them in
/// their place when the segments of an item are put together.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
    column: u64,
}

/// Where a text ends: newlines in it, and characters behind the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineCarry {
    pub(super) newlines: u64,
    pub(super) tail: u64,
}

impl LineCarry {
    /// Measures a text.
    pub(super) fn of(text: &[u8]) -> LineCarry {
        let newlines = memchr::memchr_iter(b'\n', text).count() as u64;
        let from = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
        LineCarry {
            newlines,
            tail: characters(&text[from..]),
        }
    }

    /// This text followed by `next`.
    pub(super) fn then(self, next: LineCarry) -> LineCarry {
        LineCarry {
            newlines: self.newlines + next.newlines,
            tail: if next.newlines == 0 {
                self.tail + next.tail
            } else {
                next.tail
            },
        }
    }

    /// Puts a location that counts from the end of this text in its place.
    pub(super) fn place(self, location: &mut Location) {
        if let (Some(line), Some(column)) = (&mut location.line, &mut location.column) {
            if *line == 1 {
                *column += self.tail;
            }
            *line += self.newlines;
        }
    }
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t [u8]) -> Lines<'t> {
        Lines {
            text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// Line and column of `offset`, from 1. Cheap when offsets grow.
    pub(super) fn at(&mut self, offset: usize) -> (u64, u64) {
        if offset < self.at {
            *self = Lines::new(self.text);
        }
        let moved = LineCarry::of(&self.text[self.at..offset]);
        self.line += moved.newlines;
        self.column = if moved.newlines == 0 {
            self.column + moved.tail
        } else {
            moved.tail + 1
        };
        self.at = offset;
        (self.line, self.column)
    }
}

/// Characters of UTF-8: bytes that do not continue one.
fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u64
}

/// The part of a segment whose lines count for the item; `None` when it has no
/// lines of its own.
pub(super) fn line_text<'t>(segment: &Segment<'t>) -> Option<&'t [u8]> {
    match segment {
        Segment::Text(block) => block
            .origin
            .as_ref()
            .map(|_| &block.text[block.core.clone()]),
        Segment::Cells(batch) => batch.raw.as_ref().map(|raw| raw.bytes),
    }
}

/// The place of `span`, which lies in cell `cell` where there are cells, in a
/// segment. `lines` runs over its [`line_text`].
pub(super) fn locate(
    segment: &Segment<'_>,
    span: &Range<usize>,
    cell: Option<u32>,
    lines: Option<&mut Lines<'_>>,
) -> Location {
    match segment {
        Segment::Text(block) => {
            let mut none = Lines::new(&[]);
            in_text(block, span, lines.unwrap_or(&mut none))
        }
        Segment::Cells(batch) => in_cells(batch, cell.unwrap_or_default() as usize, span, lines),
    }
}

/// The place of `span` in a block of text. `lines` runs over its core.
pub(super) fn in_text(
    block: &TextBlock<'_>,
    span: &Range<usize>,
    lines: &mut Lines<'_>,
) -> Location {
    let mut location = Location::default();
    if let Some(origin) = &block.origin {
        location.bytes = Some(origin.stored_span(span.clone()));
        let (line, column) = lines.at(span.start - block.core.start);
        location.line = Some(line);
        location.column = Some(column);
    }
    if let Some(place) = &block.place {
        location.sheet.clone_from(&place.sheet);
        location.cell.clone_from(&place.cell);
        location.pointer.clone_from(&place.pointer);
        location.hidden = place.hidden;
    }
    location
}

/// The place of `span`, which lies in cell `index` of the batch. `lines` runs
/// over its raw text.
pub(super) fn in_cells(
    batch: &CellBatch<'_>,
    index: usize,
    span: &Range<usize>,
    lines: Option<&mut Lines<'_>>,
) -> Location {
    let cell = &batch.cells[index];
    let field = batch.table.fields.get(cell.field as usize);
    let mut location = Location {
        table: batch.table.name.clone(),
        field: field.map(|f| f.name.clone()),
        row: Some(cell.row),
        sheet: batch.table.sheet.clone(),
        hidden: batch.table.hidden || field.is_some_and(|f| f.hidden),
        ..Location::default()
    };
    if batch.table.sheet.is_some() {
        location.cell = Some(reference(cell.field.into(), cell.row));
    }
    if let (Some(raw), Some(lines)) = (&batch.raw, lines) {
        let raw_span = raw.place(cell, span.start)..raw.place(cell, span.end);
        let (line, column) = lines.at(raw_span.start);
        location.line = Some(line);
        location.column = Some(column);
        location.bytes = Some(raw.origin.stored_span(raw_span));
    }
    location
}

/// `B7` for column 1 (from 0) and row 7.
fn reference(column: u32, row: u64) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.iter().rev().map(|&b| b as char).collect();
    format!("{letters}{row}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_that_people_see() {
        assert_eq!(reference(0, 1), "A1");
        assert_eq!(reference(25, 7), "Z7");
        assert_eq!(reference(26, 7), "AA7");
        assert_eq!(reference(16_383, 1_048_576), "XFD1048576");
    }

    #[test]
    fn lines_count_on_from_one_text_to_the_next() {
        let text = "aé\nbc\ndef".as_bytes();
        for cut in [0, 1, 3, 4, 6, 9] {
            let (first, second) = text.split_at(cut);
            assert_eq!(
                LineCarry::of(first).then(LineCarry::of(second)),
                LineCarry::of(text),
                "{cut}"
            );
            let mut lines = Lines::new(second);
            let (line, column) = lines.at(second.len());
            let mut place = Location {
                line: Some(line),
                column: Some(column),
                ..Location::default()
            };
            LineCarry::of(first).place(&mut place);
            assert_eq!((place.line, place.column), (Some(3), Some(4)), "{cut}");
        }
    }
}
