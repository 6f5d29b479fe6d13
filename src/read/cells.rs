//! Collects the cells of a batch.

use std::ops::Range;

use crate::model::{CELL_SEPARATOR, Cell, CellType, Escape, Table};

/// Raw text that a batch of cells covers, more or less.
pub(crate) const BATCH: usize = 256 * 1024;

/// The cells parsed so far from the pending text of a `Cursor`.
pub(crate) struct CellWriter {
    pub(super) text: Vec<u8>,
    pub(super) cells: Vec<Cell>,
    /// The table they belong to. It may grow at any time, and be another one
    /// when there are no cells.
    pub(crate) table: Table,
    /// How the values are written. Values that are written in another way go
    /// into another batch.
    pub(crate) escape: Escape,
}

/// Where a value stands in the item.
pub(crate) struct At {
    /// Index of its field.
    pub(crate) field: u32,
    /// Its record, from 1.
    pub(crate) row: u64,
    /// Its bytes in the pending text, without quotes.
    pub(crate) raw: Range<usize>,
}

impl CellWriter {
    pub(crate) fn new(table: Table, escape: Escape) -> Self {
        CellWriter {
            text: Vec::new(),
            cells: Vec::new(),
            table,
            escape,
        }
    }

    /// Appends a value that is written as it is.
    #[inline]
    pub(crate) fn push(&mut self, value: &[u8], at: At, typed: CellType) {
        self.push_with(at, typed, |text| text.extend_from_slice(value));
    }

    /// Appends the value that `write` appends to the text. Empty values are
    /// left out.
    #[inline]
    pub(crate) fn push_with(&mut self, at: At, typed: CellType, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.text.len();
        write(&mut self.text);
        let end = self.text.len();
        if end == start {
            return;
        }
        self.text.push(CELL_SEPARATOR);
        self.cells.push(Cell {
            // Batches stay far below 4 GiB: readers bound values and records.
            span: start as u32..end as u32,
            field: at.field,
            row: at.row,
            raw: at.raw.start as u32..at.raw.end as u32,
            typed,
        });
    }

    /// How many cells there are, to come back to with [`CellWriter::truncate`].
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Drops all but the first `count` cells.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.cells.truncate(count);
        let end = self
            .cells
            .last()
            .map_or(0, |cell| cell.span.end as usize + 1);
        self.text.truncate(end);
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// Puts a space for separators that occur in values.
    pub(super) fn seal(&mut self) {
        let separators = memchr::memchr_iter(CELL_SEPARATOR, &self.text).count();
        if separators == self.cells.len() {
            return;
        }
        for cell in &self.cells {
            for byte in &mut self.text[cell.span.start as usize..cell.span.end as usize] {
                if *byte == CELL_SEPARATOR {
                    *byte = b' ';
                }
            }
        }
    }
}
