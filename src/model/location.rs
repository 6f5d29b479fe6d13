//! Where a finding sits inside its item.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A place that a person can find again.
///
/// Only what the item's format knows is filled in: text has bytes, line and
/// column; tables have table, field and row; spreadsheets add sheet and cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Half-open span in the stored bytes of the item, for text in any encoding.
    pub bytes: Option<Range<u64>>,
    /// Line, counted from 1.
    pub line: Option<u64>,
    /// Column in characters, counted from 1.
    pub column: Option<u64>,
    /// Name of the table (SQL dumps, databases).
    pub table: Option<Arc<str>>,
    /// Name of the field: column header, key path; `#n` when it has no name.
    pub field: Option<Arc<str>>,
    /// Record number, counted from 1, header not counted.
    pub row: Option<u64>,
    /// Name of the sheet.
    pub sheet: Option<Arc<str>>,
    /// Cell reference such as `B7`.
    pub cell: Option<String>,
    /// True when the place is hidden from a person who opens the file
    /// (hidden sheet, row or column).
    pub hidden: bool,
    /// Page, counted from 1.
    pub page: Option<u32>,
    /// JSON Pointer (RFC 6901).
    pub pointer: Option<String>,
}

/// The name of a spreadsheet cell, such as `B7`: `row` as the user sees it,
/// `column` from 0. For sheets the column is the index of the field.
pub fn cell_reference(row: u64, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let letters = letters.iter().rev().collect::<String>();
    format!("{letters}{row}")
}

impl Location {
    /// What findings of one item are sorted by.
    pub fn order(&self) -> impl Ord + '_ {
        (
            self.bytes.as_ref().map(|b| (b.start, b.end)),
            self.sheet.as_deref().map(str::len),
            self.row,
            self.line,
            self.column,
        )
    }
}
