//! What readers hand to the engine: text with a way back to the item.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A piece of text with a way back to its place in the item.
///
/// Segments borrow the reader's buffers and live for one call of
/// `read::Out::segment`; whoever needs one longer copies it.
#[derive(Clone, Debug)]
pub enum Segment<'a> {
    /// Running text: prose, source, logs, a comment.
    Text(TextBlock<'a>),
    /// Values of records, in row order.
    Cells(CellBatch<'a>),
}

/// A run of text.
///
/// Long items come as consecutive blocks that overlap: `core` says which part
/// of `text` this block owns. A finding belongs to the block whose core holds
/// its first byte, so nothing is found twice or lost at an edge. The cores of
/// an item follow each other without gaps.
#[derive(Clone, Debug)]
pub struct TextBlock<'a> {
    /// The text. UTF-8 or another superset of ASCII; invalid bytes may occur.
    pub text: &'a [u8],
    /// The part of `text` that this block owns.
    pub core: Range<usize>,
    /// Where the text came from; `None` when it has no stored bytes of its own
    /// (a spreadsheet comment).
    pub origin: Option<Origin>,
    /// A name for the place when the format has one (JSON Pointer, sheet comment).
    pub place: Option<Place>,
}

/// The way from offsets in a segment back to the stored bytes of the item.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Offset of the segment's first byte in the item's text.
    pub base: u64,
    /// How text offsets become offsets in the stored bytes.
    pub decoding: Decoding,
}

/// How the text of an item relates to its stored bytes.
#[derive(Clone, Debug)]
pub enum Decoding {
    /// They are the same bytes, shifted by a constant (a byte-order mark).
    Stored {
        /// Added to a text offset.
        shift: u64,
    },
    /// The text was decoded from another encoding.
    Decoded(Arc<dyn OffsetMap>),
}

/// Maps offsets of decoded text to stored bytes.
pub trait OffsetMap: Send + Sync + std::fmt::Debug {
    /// The stored offset of the character that starts at `text_offset`.
    /// Offsets are those of the whole item. Called with growing offsets mostly.
    fn stored(&self, text_offset: u64) -> u64;
}

impl Origin {
    /// The stored span of `span`, which counts from the segment's first byte.
    pub fn stored_span(&self, span: Range<usize>) -> Range<u64> {
        let (start, end) = (self.base + span.start as u64, self.base + span.end as u64);
        match &self.decoding {
            Decoding::Stored { shift } => start + shift..end + shift,
            Decoding::Decoded(map) => map.stored(start)..map.stored(end),
        }
    }
}

/// A named place without line and column of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Name of the sheet.
    pub sheet: Option<Arc<str>>,
    /// Cell reference.
    pub cell: Option<String>,
    /// True when a person who opens the file does not see it.
    pub hidden: bool,
    /// JSON Pointer.
    pub pointer: Option<String>,
}

/// Stands between the values in [`CellBatch::text`]. A control character that
/// no pattern matches, so that nothing is found across two cells.
pub const CELL_SEPARATOR: u8 = 0x1F;

/// A batch of values from records, all of one table.
///
/// The values lie one after the other in `text`, with nothing between them and
/// behind the last but [`CELL_SEPARATOR`]s, one at least, so that the engine can
/// scan the batch in one pass.
#[derive(Clone, Debug)]
pub struct CellBatch<'a> {
    /// All values. UTF-8.
    pub text: &'a [u8],
    /// One entry a value, in text order; empty values may be left out.
    pub cells: &'a [Cell],
    /// The table they belong to.
    pub table: &'a Table,
    /// The text the batch was parsed from, when the item is text.
    pub raw: Option<RawText<'a>>,
}

/// Where one value lies. Small, because tables of numbers have one every few
/// bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The value in [`CellBatch::text`].
    pub span: Range<u32>,
    /// Where the value starts in [`RawText::bytes`], behind its quote; 0 when
    /// there is no raw text.
    pub raw: u32,
    /// Index into [`Table::fields`]; for spreadsheets the column, from 0.
    pub field: u16,
    /// What the format says the value is.
    pub typed: CellType,
    /// True when the value is written with escapes, false when it is written
    /// byte for byte.
    pub escaped: bool,
    /// Record number from 1, header not counted. For spreadsheets the row as
    /// the user sees it.
    pub row: u64,
}

const _: () = assert!(size_of::<Cell>() == 24);

/// The type of a value, as its format stores it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CellType {
    /// Text, and everything in formats without types.
    #[default]
    Text,
    /// A number: leading zeros of an identifier are lost.
    Number,
    /// A date, a time or both, written as ISO 8601.
    Date,
    /// A truth value.
    Bool,
}

/// The text that a batch of cells was parsed from. Consecutive batches of an
/// item have consecutive raw texts without gaps.
#[derive(Clone, Debug)]
pub struct RawText<'a> {
    /// The text.
    pub bytes: &'a [u8],
    /// The way back from offsets in `bytes`.
    pub origin: Origin,
    /// How values are written in it.
    pub escape: Escape,
}

impl RawText<'_> {
    /// Where the byte at `at` of [`CellBatch::text`], which lies in `cell` or
    /// directly behind it, is written in these bytes.
    pub fn place(&self, cell: &Cell, at: usize) -> usize {
        let start = cell.raw as usize;
        let inside = at - cell.span.start as usize;
        if cell.escaped {
            start + self.escape.raw_offset(&self.bytes[start..], inside)
        } else {
            start + inside
        }
    }
}

/// How a value is written inside its delimiters, which is needed to find the
/// stored byte of a place inside the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// Byte for byte.
    None,
    /// A doubled quote stands for one (CSV, SQL standard strings).
    Doubled(u8),
    /// JSON string escapes.
    Json,
    /// Backslash escapes of one following byte, and doubled quotes (MySQL strings).
    Backslash(u8),
    /// PostgreSQL COPY text format: `\t`, `\n`, `\\`, octal and hex escapes.
    Copy,
}

impl Escape {
    /// How many raw bytes at the start of `raw` stand for the first `decoded`
    /// bytes of the value. When `decoded` falls inside an escape, the escape
    /// counts as not yet consumed.
    pub fn raw_offset(self, raw: &[u8], decoded: usize) -> usize {
        let (mut at, mut done) = (0, 0);
        while done < decoded && at < raw.len() {
            let (raw_len, value_len) = self.unit(&raw[at..]);
            if done + value_len > decoded {
                break;
            }
            at += raw_len;
            done += value_len;
        }
        at
    }

    /// Lengths of the first written unit and of what it stands for.
    fn unit(self, raw: &[u8]) -> (usize, usize) {
        let next = raw.get(1).copied();
        match (self, raw[0]) {
            (Escape::Doubled(q) | Escape::Backslash(q), byte) if byte == q && next == Some(q) => {
                (2, 1)
            }
            (Escape::Backslash(_), b'\\') if next.is_some() => (2, 1),
            (Escape::Json, b'\\') => json_unit(raw),
            (Escape::Copy, b'\\') if next.is_some() => copy_unit(raw),
            _ => (1, 1),
        }
    }
}

fn json_unit(raw: &[u8]) -> (usize, usize) {
    if raw.get(1) != Some(&b'u') {
        return (raw.len().min(2), 1);
    }
    let Some(code) = hex4(raw.get(2..6)) else {
        return (raw.len().min(2), 1);
    };
    match code {
        0x0000..=0x007F => (6, 1),
        0x0080..=0x07FF => (6, 2),
        0xD800..=0xDBFF => {
            let low = (raw.get(6..8) == Some(b"\\u"))
                .then(|| hex4(raw.get(8..12)))
                .flatten();
            match low {
                Some(0xDC00..=0xDFFF) => (12, 4),
                _ => (6, 3),
            }
        }
        _ => (6, 3),
    }
}

fn hex4(digits: Option<&[u8]>) -> Option<u32> {
    // `from_str_radix` alone would take a sign.
    let digits = digits.filter(|d| d.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn copy_unit(raw: &[u8]) -> (usize, usize) {
    let run = |from: usize, most: usize, ok: fn(&u8) -> bool| {
        raw[from..].iter().take(most).take_while(|b| ok(b)).count()
    };
    match raw[1] {
        b'0'..=b'7' => (1 + run(1, 3, |b| (b'0'..=b'7').contains(b)), 1),
        b'x' => {
            let digits = run(2, 2, u8::is_ascii_hexdigit);
            (2 + digits, 1)
        }
        _ => (2, 1),
    }
}

/// A table as far as its reader knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Name, when the format has one.
    pub name: Option<Arc<str>>,
    /// The sheet, for spreadsheets.
    pub sheet: Option<Arc<str>>,
    /// True when the sheet is hidden.
    pub hidden: bool,
    /// Its fields, in order. Readers that meet new fields later (JSON Lines)
    /// append; indices stay.
    pub fields: Vec<Field>,
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name as it stands in the item: column header, key path (`users[].email`);
    /// `#n` counted from 1 when there is none.
    pub name: Arc<str>,
    /// True when `name` was read from the item, false for `#n`.
    pub named: bool,
    /// True when the column is hidden.
    pub hidden: bool,
}

impl Field {
    /// A field whose name stands in the item.
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Field {
            name: name.into(),
            named: true,
            hidden: false,
        }
    }

    /// The `n`-th field (from 1) of a table without a header.
    pub fn numbered(n: usize) -> Self {
        Field {
            name: format!("#{n}").into(),
            named: false,
            hidden: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_raw_offsets_behind_escapes() {
        assert_eq!(Escape::None.raw_offset(b"abc", 2), 2);
        assert_eq!(Escape::Doubled(b'"').raw_offset(b"a\"\"b", 2), 3);
        assert_eq!(Escape::Json.raw_offset(br"\n\u00e9x", 3), 8);
        assert_eq!(Escape::Json.raw_offset(br"\ud83d\ude00x", 4), 12);
        assert_eq!(Escape::Backslash(b'\'').raw_offset(br"a\'b''c", 4), 6);
        assert_eq!(Escape::Copy.raw_offset(br"a\tb\101c", 4), 8);
    }
}
