//! Cells of one sheet, in the order the file has them, as batches with a header.

use std::ops::Range;
use std::sync::Arc;

use super::header::{self, Probe};
use crate::model::{
    CELL_SEPARATOR, Cell, CellBatch, CellType, Field, Place, Segment, Table, cell_reference,
};
use crate::read::blocks::BlockWriter;
use crate::read::{Flow, Out};

/// Rows that are looked at to find the header.
const WINDOW_ROWS: usize = 16;
/// A batch ends with the row that passes one of these.
const BATCH_TEXT: usize = 64 << 10;
const BATCH_CELLS: usize = 8 << 10;
/// Longer values go out as text blocks: they are documents, not values.
const LONGEST_VALUE: usize = 64 << 10;
/// Rows in a block of cells before a gap is taken for the end of a table.
const TABLE_ROWS: usize = 3;

/// Turns the cells of a sheet into segments in constant memory.
///
/// The first rows after a gap are held back until it is known which of them
/// names the columns. Titles and the header itself go out too, in a table
/// without names: a wrong guess may cost context, never content.
pub(super) struct SheetWriter<'o> {
    out: &'o mut dyn Out,
    table: Table,
    hidden_columns: Vec<Range<u32>>,
    text: Vec<u8>,
    cells: Vec<Cell>,
    /// Set while rows are held back: where each of them starts in `cells`.
    window: Option<Vec<usize>>,
    row: Option<u32>,
    scratch: String,
    flow: Flow,
}

impl<'o> SheetWriter<'o> {
    pub(super) fn new(
        name: &str,
        hidden: bool,
        hidden_columns: Vec<Range<u32>>,
        out: &'o mut dyn Out,
    ) -> Self {
        let table = Table {
            name: None,
            sheet: Some(name.into()),
            hidden,
            fields: Vec::new(),
        };
        let mut writer = SheetWriter {
            out,
            table,
            hidden_columns,
            text: Vec::with_capacity(BATCH_TEXT + LONGEST_VALUE),
            cells: Vec::new(),
            window: Some(Vec::new()),
            row: None,
            scratch: String::new(),
            flow: Flow::Continue,
        };
        writer.note(None, name);
        writer
    }

    /// A value. Row and column count from 0; `write` appends the text and
    /// says what it was, or `None` when there is nothing.
    pub(super) fn cell(
        &mut self,
        row: u32,
        column: u32,
        write: impl FnOnce(&mut String) -> Option<CellType>,
    ) -> Flow {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        if let Some(typed) = write(&mut scratch) {
            if scratch.len() > LONGEST_VALUE {
                self.note(Some((row, column)), &scratch);
            } else {
                self.add(row, column, typed, &scratch);
            }
        }
        scratch.shrink_to(LONGEST_VALUE);
        self.scratch = scratch;
        self.flow
    }

    /// Text that belongs to the sheet or one of its cells without being a value.
    pub(super) fn note(&mut self, cell: Option<(u32, u32)>, text: &str) -> Flow {
        let column_hidden = cell.is_some_and(|(_, column)| is_in(&self.hidden_columns, column));
        let place = Place {
            sheet: self.table.sheet.clone(),
            cell: cell.map(|(row, column)| cell_reference(u64::from(row) + 1, column)),
            hidden: self.table.hidden || column_hidden,
            pointer: None,
        };
        if self.flow == Flow::Continue {
            self.flow = BlockWriter::text(text, Some(place), self.out);
        }
        self.flow
    }

    /// Hands out what is still held back.
    pub(super) fn finish(mut self) -> Flow {
        self.settle();
        self.flush();
        self.flow
    }

    fn add(&mut self, row: u32, column: u32, typed: CellType, value: &str) {
        if self.row != Some(row) {
            self.begin_row(row);
        }
        let start = self.text.len() as u32;
        self.text.extend(
            value
                .bytes()
                .map(|byte| if byte == CELL_SEPARATOR { b' ' } else { byte }),
        );
        let span = start..self.text.len() as u32;
        self.text.push(CELL_SEPARATOR);
        self.cells.push(Cell {
            span,
            field: column,
            row: u64::from(row) + 1,
            raw: 0..0,
            typed,
        });
        // One row can be as long as a sheet of another format.
        if self.text.len() >= 16 * BATCH_TEXT || self.cells.len() >= 4 * BATCH_CELLS {
            self.settle();
            self.flush();
        }
    }

    fn begin_row(&mut self, row: u32) {
        let gap = self.row.is_some_and(|last| row > last.saturating_add(1));
        let held = self.window.as_ref().map(Vec::len);
        if held.is_some_and(|rows| {
            rows >= WINDOW_ROWS || (gap && rows >= TABLE_ROWS) || self.is_full()
        }) {
            self.settle();
        }
        if self.window.is_none() && (gap || self.is_full()) {
            self.flush();
        }
        if gap && self.window.is_none() {
            self.window = Some(Vec::new());
        }
        if let Some(starts) = &mut self.window {
            starts.push(self.cells.len());
        }
        self.row = Some(row);
    }

    fn is_full(&self) -> bool {
        self.text.len() >= BATCH_TEXT || self.cells.len() >= BATCH_CELLS
    }

    /// Decides on the header of the rows held back.
    fn settle(&mut self) {
        let Some(starts) = self.window.take() else {
            return;
        };
        let ends = starts.iter().skip(1).copied().chain([self.cells.len()]);
        let rows = starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| self.probes(start..end))
            .collect::<Vec<_>>();
        if header::is_form(&rows) {
            self.send_form(&starts);
            // Forms are short, and what follows may be a table.
            self.window = Some(Vec::new());
            return;
        }
        let Some(index) = header::find(&rows) else {
            if !self.fits_the_table_above(rows.first()) {
                self.table.fields.clear();
            }
            return;
        };
        let names = rows[index]
            .iter()
            .map(|cell| (cell.column, column_name(cell.text)))
            .collect::<Vec<_>>();
        let data = starts.get(index + 1).copied().unwrap_or(self.cells.len());
        self.table.fields.clear();
        self.send(0..data);
        let kept_text = self
            .cells
            .get(data)
            .map_or(self.text.len(), |cell| cell.span.start as usize);
        self.text.drain(..kept_text);
        self.cells.drain(..data);
        for cell in &mut self.cells {
            cell.span.start -= kept_text as u32;
            cell.span.end -= kept_text as u32;
        }
        self.table.fields.clear();
        for (column, name) in names {
            self.name_field(column, name);
        }
    }

    fn name_field(&mut self, column: u32, name: Arc<str>) {
        self.reserve_fields(column);
        let hidden = is_in(&self.hidden_columns, column);
        self.table.fields[column as usize] = Field {
            name,
            named: true,
            hidden,
        };
    }

    /// Hands out the rows of a form, each with its label for a field name.
    fn send_form(&mut self, starts: &[usize]) {
        let ends = starts.iter().skip(1).copied().chain([self.cells.len()]);
        for (&start, end) in starts.iter().zip(ends) {
            let row = self.probes(start..end);
            let columns = row
                .iter()
                .map(|cell| cell.column)
                .skip(1)
                .collect::<Vec<_>>();
            let label = row
                .first()
                .map(|cell| cell.text.trim_end().trim_end_matches(':'));
            let label = label.map(column_name);
            self.table.fields.clear();
            for column in columns {
                label
                    .iter()
                    .for_each(|label| self.name_field(column, label.clone()));
            }
            self.send(start..end);
        }
        self.table.fields.clear();
        self.text.clear();
        self.cells.clear();
    }

    fn probes(&self, cells: Range<usize>) -> Vec<Probe<'_>> {
        let probe = |cell: &Cell| {
            let bytes = self
                .text
                .get(cell.span.start as usize..cell.span.end as usize)?;
            let text = std::str::from_utf8(bytes).ok()?;
            Some(Probe {
                column: cell.field,
                typed: cell.typed,
                text,
            })
        };
        self.cells
            .get(cells)
            .unwrap_or_default()
            .iter()
            .filter_map(probe)
            .collect()
    }

    /// After a gap without a new header, values below the columns of the table
    /// above still belong to it.
    fn fits_the_table_above(&self, first: Option<&Vec<Probe<'_>>>) -> bool {
        let named = self.table.fields.iter().filter(|field| field.named).count();
        let below_a_name = |cell: &Probe<'_>| {
            self.table
                .fields
                .get(cell.column as usize)
                .is_some_and(|f| f.named)
        };
        first.is_some_and(|row| row.len() * 2 >= named && row.iter().all(below_a_name))
    }

    fn reserve_fields(&mut self, column: u32) {
        for next in self.table.fields.len() as u32..=column {
            let mut field = Field::numbered(next as usize + 1);
            field.hidden = is_in(&self.hidden_columns, next);
            self.table.fields.push(field);
        }
    }

    fn flush(&mut self) {
        self.send(0..self.cells.len());
        self.text.clear();
        self.cells.clear();
    }

    /// Hands out some of the cells; the text is that of all before their end.
    fn send(&mut self, cells: Range<usize>) {
        let Some(last) = self.cells[cells.clone()]
            .iter()
            .map(|cell| cell.field)
            .max()
        else {
            return;
        };
        self.reserve_fields(last);
        let cells = &self.cells[cells];
        let end = cells.last().map_or(0, |cell| cell.span.end as usize + 1);
        let batch = CellBatch {
            text: &self.text[..end],
            cells,
            table: &self.table,
            raw: None,
        };
        if self.flow == Flow::Continue {
            self.flow = self.out.segment(Segment::Cells(batch));
        }
    }
}

fn is_in(ranges: &[Range<u32>], column: u32) -> bool {
    ranges.iter().any(|range| range.contains(&column))
}

fn column_name(text: &str) -> Arc<str> {
    text.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

/// `B7` is `(6, 1)`; `None` for anything else.
pub(super) fn parse_reference(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = text.split_at(digits);
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let value = letter
            .to_ascii_uppercase()
            .checked_sub(b'A')
            .filter(|value| *value < 26)?;
        column = column.checked_mul(26)?.checked_add(u32::from(value) + 1)?;
    }
    Some((
        row.parse::<u32>().ok()?.checked_sub(1)?,
        column.checked_sub(1)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Log(Vec<String>);

    impl Out for Log {
        fn segment(&mut self, segment: Segment<'_>) -> Flow {
            match segment {
                Segment::Text(block) => self
                    .0
                    .push(format!("text {}", String::from_utf8_lossy(block.text))),
                Segment::Cells(batch) => self.0.extend(batch.cells.iter().map(|cell| {
                    let text = &batch.text[cell.span.start as usize..cell.span.end as usize];
                    let place = cell_reference(cell.row, cell.field);
                    format!(
                        "{place} {}={}",
                        batch.table.fields[cell.field as usize].name,
                        String::from_utf8_lossy(text)
                    )
                })),
            }
            Flow::Continue
        }
    }

    fn read(cells: &[(&str, &str)]) -> Vec<String> {
        let mut log = Log::default();
        let mut sheet = SheetWriter::new("S", false, Vec::new(), &mut log);
        for (place, value) in cells {
            let (row, column) = parse_reference(place).unwrap();
            let typed = if value.parse::<f64>().is_ok() {
                CellType::Number
            } else {
                CellType::Text
            };
            sheet.cell(row, column, |text| {
                text.push_str(value);
                Some(typed)
            });
        }
        sheet.finish();
        log.0
    }

    #[test]
    fn references_go_both_ways() {
        for (text, place) in [
            ("A1", (0, 0)),
            ("B7", (6, 1)),
            ("AA10", (9, 26)),
            ("XFD1048576", (1_048_575, 16_383)),
        ] {
            assert_eq!(cell_reference(u64::from(place.0) + 1, place.1), text);
            assert_eq!(parse_reference(text), Some(place));
        }
        for bad in ["", "7", "B", "B0", "ÄA1", "ZZZZZZZZZZ1", "A99999999999"] {
            assert_eq!(parse_reference(bad), None, "{bad}");
        }
    }

    #[test]
    fn titles_and_header_go_out_without_names() {
        let seen = read(&[
            ("A1", "Staff"),
            ("A3", "name"),
            ("B3", "ssn"),
            ("A4", "Ann"),
            ("B4", "987-65-4321"),
        ]);
        assert_eq!(
            seen,
            [
                "text S",
                "A1 #1=Staff",
                "A3 #1=name",
                "B3 #2=ssn",
                "A4 name=Ann",
                "B4 ssn=987-65-4321"
            ]
        );
    }

    #[test]
    fn a_second_table_below_has_its_own_header() {
        let mut cells = vec![("A1", "ssn"), ("A2", "987-65-4321"), ("A3", "987-65-4322")];
        cells.extend([
            ("A6", "email"),
            ("A7", "ann@example.com"),
            ("A8", "bob@example.com"),
        ]);
        let seen = read(&cells);
        assert!(seen.contains(&"A3 ssn=987-65-4322".to_owned()), "{seen:?}");
        assert!(
            seen.contains(&"A8 email=bob@example.com".to_owned()),
            "{seen:?}"
        );
    }

    #[test]
    fn values_after_a_gap_keep_the_header_above() {
        let seen = read(&[
            ("A1", "ssn"),
            ("A2", "987-65-4321"),
            ("A3", "987-65-4322"),
            ("A5", "987-65-4323"),
        ]);
        assert_eq!(seen.last().unwrap(), "A5 ssn=987-65-4323");
    }

    #[test]
    fn labels_of_a_form_name_the_values_beside_them() {
        let cells = [
            ("A1", "Name:"),
            ("B1", "Ann"),
            ("A2", "SSN:"),
            ("B2", "987-65-4321"),
        ];
        let expected = [
            "text S",
            "A1 #1=Name:",
            "B1 Name=Ann",
            "A2 #1=SSN:",
            "B2 SSN=987-65-4321",
        ];
        assert_eq!(read(&cells), expected);
    }

    #[test]
    fn long_sheets_are_cut_between_rows() {
        let value = "x".repeat(1000);
        let mut log = Log::default();
        let mut sheet = SheetWriter::new("S", false, Vec::new(), &mut log);
        for row in 0..300 {
            sheet.cell(row, 0, |text| {
                text.push_str(&value);
                Some(CellType::Text)
            });
        }
        sheet.finish();
        assert_eq!(log.0.len(), 301);
    }
}
