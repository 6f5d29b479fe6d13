//! Cells of one sheet that wait to be handed out, and the fields they have.

use std::ops::Range;
use std::sync::Arc;

use super::header::Probe;
use crate::model::{
    CELL_SEPARATOR, Cell, CellBatch, CellType, Field, Place, Segment, Table, cell_reference,
};
use crate::read::blocks::BlockWriter;
use crate::read::{Flow, Out};

/// A batch ends with the row that passes one of these.
const TEXT: usize = 64 << 10;
const CELLS: usize = 8 << 10;
/// Nothing is held back beyond so many times that much.
const HUGE: usize = 16;

/// Cells and their table. The field of a cell is its column.
pub(super) struct Batch<'o> {
    out: &'o mut dyn Out,
    table: Table,
    hidden_columns: Vec<Range<u32>>,
    text: Vec<u8>,
    cells: Vec<Cell>,
    /// [`Flow::Stop`] once the consumer has had enough.
    pub(super) flow: Flow,
}

impl<'o> Batch<'o> {
    pub(super) fn new(
        sheet: &str,
        hidden: bool,
        hidden_columns: Vec<Range<u32>>,
        out: &'o mut dyn Out,
    ) -> Self {
        let table = Table {
            name: None,
            sheet: Some(sheet.into()),
            hidden,
            fields: Vec::new(),
        };
        Batch {
            out,
            table,
            hidden_columns,
            text: Vec::new(),
            cells: Vec::new(),
            flow: Flow::Continue,
        }
    }

    /// Cells that wait.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// True when the batch should go with the end of the row.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= TEXT || self.cells.len() >= CELLS
    }

    /// True when the batch must go, wherever it stands.
    pub(super) fn is_huge(&self) -> bool {
        self.text.len() >= HUGE * TEXT || self.cells.len() >= HUGE * CELLS
    }

    /// Adds a value. Row and column count from 0.
    pub(super) fn push(&mut self, row: u32, column: u32, typed: CellType, value: &str) {
        let start = self.text.len() as u32;
        let separator = |byte| if byte == CELL_SEPARATOR { b' ' } else { byte };
        self.text.extend(value.bytes().map(separator));
        let span = start..self.text.len() as u32;
        self.text.push(CELL_SEPARATOR);
        self.cells.push(Cell {
            span,
            raw: 0,
            // No sheet has more than 16,384 columns, see `sheet.rs`.
            field: column as u16,
            typed,
            escaped: false,
            row: u64::from(row) + 1,
        });
    }

    /// What header detection needs to know of some of the cells.
    pub(super) fn probes(&self, cells: Range<usize>) -> Vec<Probe<'_>> {
        let probe = |cell: &Cell| {
            let span = cell.span.start as usize..cell.span.end as usize;
            Some(Probe {
                column: cell.field.into(),
                typed: cell.typed,
                text: std::str::from_utf8(self.text.get(span)?).ok()?,
            })
        };
        let cells = self.cells.get(cells).unwrap_or_default();
        cells.iter().filter_map(probe).collect()
    }

    /// Hands out the first `count` cells, under the names of the moment.
    pub(super) fn send(&mut self, count: usize) {
        let Some(last) = self.cells.iter().take(count).map(|cell| cell.field).max() else {
            return;
        };
        self.reserve_fields(last.into());
        let end = self
            .cells
            .get(count)
            .map_or(self.text.len(), |cell| cell.span.start as usize);
        let count = count.min(self.cells.len());
        if self.flow == Flow::Continue {
            self.flow = self.out.segment(Segment::Cells(CellBatch {
                text: &self.text[..end],
                cells: &self.cells[..count],
                table: &self.table,
                raw: None,
            }));
        }
        self.text.drain(..end);
        self.cells.drain(..count);
        for cell in &mut self.cells {
            cell.span.start -= end as u32;
            cell.span.end -= end as u32;
        }
    }

    /// Hands out text that belongs to the sheet or one of its cells without
    /// being a value.
    pub(super) fn note(&mut self, cell: Option<(u32, u32)>, text: &str) {
        let column_hidden = cell.is_some_and(|(_, column)| self.is_hidden(column));
        let place = Place {
            sheet: self.table.sheet.clone(),
            cell: cell.map(|(row, column)| cell_reference(u64::from(row) + 1, column)),
            hidden: self.table.hidden || column_hidden,
            pointer: None,
        };
        if self.flow == Flow::Continue {
            self.flow = BlockWriter::text(text, Some(place), self.out);
        }
    }

    /// The cells that go next belong to columns without names, or of other names.
    pub(super) fn forget_names(&mut self) {
        self.table.fields.clear();
    }

    pub(super) fn name_field(&mut self, column: u32, name: Arc<str>) {
        self.reserve_fields(column);
        let hidden = self.is_hidden(column);
        if let Some(field) = self.table.fields.get_mut(column as usize) {
            *field = Field {
                name,
                named: true,
                hidden,
            };
        }
    }

    /// How many columns have names.
    pub(super) fn named(&self) -> usize {
        self.table.fields.iter().filter(|field| field.named).count()
    }

    pub(super) fn has_name(&self, column: u32) -> bool {
        let field = self.table.fields.get(column as usize);
        field.is_some_and(|field| field.named)
    }

    fn reserve_fields(&mut self, column: u32) {
        for next in self.table.fields.len() as u32..=column {
            let mut field = Field::numbered(next as usize + 1);
            field.hidden = self.is_hidden(next);
            self.table.fields.push(field);
        }
    }

    fn is_hidden(&self, column: u32) -> bool {
        self.hidden_columns
            .iter()
            .any(|range| range.contains(&column))
    }
}
