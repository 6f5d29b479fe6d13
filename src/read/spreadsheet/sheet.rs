//! Cells of one sheet, in the order the file has them, as tables with a header.

use std::ops::Range;
use std::sync::Arc;

use super::batch::Batch;
use super::header::{self, Probe};
use crate::model::CellType;
use crate::read::{Flow, Out};

/// Rows that are looked at to find the header.
const WINDOW_ROWS: usize = 16;
/// Longer values go out as text blocks: they are documents, not values.
const LONGEST_VALUE: usize = 64 << 10;
/// Rows in a block of cells before a gap is taken for the end of a table.
const TABLE_ROWS: usize = 3;
/// Columns of the largest sheet there is.
const MOST_COLUMNS: u32 = 16_384;

/// Turns the cells of a sheet into segments in constant memory.
///
/// The first rows after a gap are held back until it is known which of them
/// names the columns. Titles and the header itself go out too, in a table
/// without names: a wrong guess may cost context, never content.
pub(super) struct SheetWriter<'o> {
    batch: Batch<'o>,
    /// Set while rows are held back: at which cell of the batch each starts.
    window: Option<Vec<usize>>,
    row: Option<u32>,
    scratch: String,
}

impl<'o> SheetWriter<'o> {
    pub(super) fn new(
        name: &str,
        hidden: bool,
        hidden_columns: Vec<Range<u32>>,
        out: &'o mut dyn Out,
    ) -> Self {
        let mut batch = Batch::new(name, hidden, hidden_columns, out);
        batch.note(None, name);
        SheetWriter {
            batch,
            window: Some(Vec::new()),
            row: None,
            scratch: String::new(),
        }
    }

    /// A value. Row and column count from 0; `write` appends the text and
    /// says what it was, or `None` when there is nothing.
    pub(super) fn cell(
        &mut self,
        row: u32,
        column: u32,
        write: impl FnOnce(&mut String) -> Option<CellType>,
    ) -> Flow {
        let mut value = std::mem::take(&mut self.scratch);
        value.clear();
        match write(&mut value) {
            Some(_) if value.len() > LONGEST_VALUE || column >= MOST_COLUMNS => {
                self.batch.note(Some((row, column)), &value);
            }
            Some(typed) => self.add(row, column, typed, &value),
            None => {}
        }
        value.shrink_to(LONGEST_VALUE);
        self.scratch = value;
        self.batch.flow
    }

    /// Text that belongs to the sheet or one of its cells without being a value.
    pub(super) fn note(&mut self, cell: Option<(u32, u32)>, text: &str) -> Flow {
        self.batch.note(cell, text);
        self.batch.flow
    }

    /// Hands out what is still held back.
    pub(super) fn finish(mut self) -> Flow {
        self.settle();
        self.batch.send(usize::MAX);
        self.batch.flow
    }

    fn add(&mut self, row: u32, column: u32, typed: CellType, value: &str) {
        if self.row != Some(row) {
            self.begin_row(row);
        }
        self.batch.push(row, column, typed, value);
        // One row can be as long as a sheet of another format.
        if self.batch.is_huge() {
            self.settle();
            self.batch.send(usize::MAX);
        }
    }

    fn begin_row(&mut self, row: u32) {
        let gap = self.row.is_some_and(|last| row > last.saturating_add(1));
        let full = self.batch.is_full();
        let decides = |rows: usize| rows >= WINDOW_ROWS || (gap && rows >= TABLE_ROWS) || full;
        if self.window.as_ref().map(Vec::len).is_some_and(decides) {
            self.settle();
        }
        if self.window.is_none() && (gap || full) {
            self.batch.send(usize::MAX);
        }
        if gap && self.window.is_none() {
            self.window = Some(Vec::new());
        }
        if let Some(starts) = &mut self.window {
            starts.push(self.batch.len());
        }
        self.row = Some(row);
    }

    /// Decides what the rows held back are, and under which names they go.
    fn settle(&mut self) {
        let Some(starts) = self.window.take() else {
            return;
        };
        let ends = starts.iter().skip(1).copied().chain([self.batch.len()]);
        let rows = starts.iter().zip(ends);
        let rows = rows
            .map(|(&start, end)| self.batch.probes(start..end))
            .collect::<Vec<_>>();
        if header::is_form(&rows) {
            let rows = rows.iter().map(|row| FormRow::new(row)).collect::<Vec<_>>();
            self.send_form(rows);
            // Forms are short, and what follows may be a table.
            self.window = Some(Vec::new());
        } else if let Some(index) = header::find(&rows) {
            let header = rows.get(index).map(Vec::as_slice).unwrap_or_default();
            let names = header.iter().map(|cell| (cell.column, name(cell.text)));
            let names = names.collect::<Vec<_>>();
            self.batch.forget_names();
            self.batch
                .send(starts.get(index + 1).copied().unwrap_or(usize::MAX));
            self.batch.forget_names();
            for (column, name) in names {
                self.batch.name_field(column, name);
            }
        } else if !rows
            .first()
            .is_some_and(|row| self.fits_the_table_above(row))
        {
            self.batch.forget_names();
        }
    }

    /// After a gap without a new header, values below the columns of the table
    /// above still belong to it.
    fn fits_the_table_above(&self, first: &[Probe<'_>]) -> bool {
        first.len() * 2 >= self.batch.named()
            && first.iter().all(|cell| self.batch.has_name(cell.column))
    }

    /// Hands out the rows of a form, each with its label for a field name.
    fn send_form(&mut self, rows: Vec<FormRow>) {
        for row in rows {
            self.batch.forget_names();
            for column in row.values {
                self.batch.name_field(column, row.label.clone());
            }
            self.batch.send(row.cells);
        }
        self.batch.forget_names();
    }
}

/// A row of a form: a label and the columns of what it is about.
struct FormRow {
    label: Arc<str>,
    values: Vec<u32>,
    cells: usize,
}

impl FormRow {
    fn new(row: &[Probe<'_>]) -> Self {
        let label = row.first().map_or("", |cell| cell.text);
        FormRow {
            label: name(label.trim_end().trim_end_matches(':')),
            values: row.iter().skip(1).map(|cell| cell.column).collect(),
            cells: row.len(),
        }
    }
}

/// The text of a cell as the name of a field: on one line.
fn name(text: &str) -> Arc<str> {
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
    use crate::model::{Segment, cell_reference};

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
                    let place = cell_reference(cell.row, cell.field.into());
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
    fn columns_that_no_sheet_has_make_no_fields() {
        let mut log = Log::default();
        let mut sheet = SheetWriter::new("S", false, Vec::new(), &mut log);
        sheet.cell(0, u32::MAX, |text| {
            text.push_str("far out");
            Some(CellType::Text)
        });
        sheet.finish();
        assert_eq!(log.0, ["text S", "text far out"]);
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
