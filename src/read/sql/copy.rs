//! PostgreSQL's `COPY … FROM stdin` blocks.

use super::Target;
use super::lex::{self, Look};
use super::tables::Known;
use crate::model::{CELL_SEPARATOR, Escape};
use crate::read::feed::Batch;
use crate::read::marks::{self, BLOCK};

/// What stands before the rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) table: String,
    pub(super) columns: Option<Vec<String>>,
    /// False when the rows are written in another format than `text`.
    pub(super) plain: bool,
    /// Where the first row begins.
    pub(super) end: usize,
}

/// Reads a `COPY` statement; `No` when no rows follow it.
pub(super) fn header(text: &[u8], at: usize) -> Look<Header> {
    let at = lex::skip_space(text, at + b"COPY".len());
    let (table, end) = match lex::qualified(text, at) {
        Look::Got(got) => got,
        Look::No => return Look::No,
        Look::More => return Look::More,
    };
    let mut at = lex::skip_space(text, end);
    let mut columns = None;
    if text.get(at) == Some(&b'(') {
        match lex::names(text, at) {
            Look::Got((names, end)) => (columns, at) = (Some(names), lex::skip_space(text, end)),
            Look::No => return Look::No,
            Look::More => return Look::More,
        }
    }
    let Some(end) = memchr::memchr(b'\n', &text[at..]) else {
        return Look::More;
    };
    let line = text[at..at + end].trim_ascii().to_ascii_lowercase();
    let from_stdin = line
        .strip_prefix(b"from")
        .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"stdin"));
    if !from_stdin || line.last() != Some(&b';') {
        return Look::No;
    }
    let options = [&b"csv"[..], b"delimiter", b"binary"];
    let plain = !options
        .iter()
        .any(|option| memchr::memmem::find(&line, option).is_some());
    Look::Got(Header {
        table,
        columns,
        plain,
        end: at + end + 1,
    })
}

/// The line that ends the rows.
pub(super) fn is_end(line: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line) == b"\\."
}

/// Reads whole lines from `from` on into `batch`, many values at a time, until
/// one ends at `until` or behind it. Lines with escaped delimiters, with too
/// many values and the one that ends the rows are left for [`row`], which this
/// agrees with. Returns where the first line begins that was not read.
pub(super) fn rows(
    text: &[u8],
    (from, until): (usize, usize),
    target: &Target,
    known: &mut Known,
    batch: &mut Batch,
) -> usize {
    let mut stretch = batch.stretch(from);
    let (mut line, mut value, mut position, mut escapes) = (from, from, 0, false);
    // One bit: the byte before the block is a backslash.
    let mut behind = 0;
    let mut at = from;
    'blocks: while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        stretch.show(&marks::replace(block, b'\t', b'\n', CELL_SEPARATOR));
        let ends = marks::either(block, b'\t', b'\n');
        let mut signs = marks::equal(block, b'\\');
        let strange = (signs << 1 | behind) & ends;
        behind = signs >> 63;
        let mut left = ends & (strange & strange.wrapping_neg()).wrapping_sub(1);
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            let end = at + bit as usize;
            let line_ends = text[end] == b'\n';
            let mut raw = value..end;
            if line_ends && !raw.is_empty() && text[end - 1] == b'\r' {
                raw.end -= 1;
                stretch.blank(raw.end);
            }
            let Some(field) = field(target, known, position) else {
                break 'blocks;
            };
            let place = (field, known.rows + 1);
            let below = (1u64 << bit) - 1;
            escapes |= signs & below != 0;
            signs &= !below;
            if !std::mem::take(&mut escapes) {
                stretch.plain(raw, place.0, place.1);
            } else if &text[raw.clone()] == b"\\N" {
                raw.for_each(|at| stretch.blank(at));
            } else if position == 0 && &text[raw.clone()] == b"\\." {
                break 'blocks;
            } else {
                stretch.escaped(text, raw, place, Escape::Copy, decode);
            }
            value = end + 1;
            position += 1;
            if line_ends {
                known.rows += 1;
                (line, position) = (value, 0);
                stretch.keep(line);
                if line >= until {
                    break 'blocks;
                }
            }
        }
        if strange != 0 {
            break;
        }
        escapes |= signs != 0;
        at += BLOCK;
    }
    stretch.finish();
    line
}

/// The field of the value at `position` of a row; `None` when there are too many.
fn field(target: &Target, known: &mut Known, position: usize) -> Option<u32> {
    match &target.columns {
        Some(columns) if position < columns.len() => Some(columns[position]),
        _ => known.nth(position),
    }
}

/// Reads one line, `text[start..end]`, into `batch`. False when it has too many values.
pub(super) fn row(
    text: &[u8],
    (start, end): (usize, usize),
    target: &Target,
    known: &mut Known,
    batch: &mut Batch,
) -> bool {
    known.rows += 1;
    let row = known.rows;
    let mut at = start;
    for position in 0.. {
        let (close, escapes) = value_end(&text[..end], at);
        let raw = at..close;
        let Some(field) = field(target, known, position) else {
            return false;
        };
        if !escapes {
            batch.plain(text, raw, field, row);
        } else if &text[raw.clone()] != b"\\N" {
            batch.escaped(text, raw, (field, row), Escape::Copy, decode);
        }
        if close >= end {
            break;
        }
        at = close + 1;
    }
    true
}

fn value_end(line: &[u8], start: usize) -> (usize, bool) {
    let (mut at, mut escapes) = (start, false);
    while let Some(found) = line
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'\t', b'\\', rest))
    {
        if line[at + found] == b'\t' {
            return (at + found, escapes);
        }
        escapes = true;
        at += found + 2;
    }
    (line.len(), escapes)
}

/// Appends what a value written in COPY's text format stands for.
fn decode(raw: &[u8], to: &mut Vec<u8>) {
    let mut at = 0;
    while at < raw.len() {
        let Some(found) = memchr::memchr(b'\\', &raw[at..]) else {
            break;
        };
        to.extend_from_slice(&raw[at..at + found]);
        at += found;
        let Some(&code) = raw.get(at + 1) else { break };
        let digits = |from: usize, most: usize, radix: u32| {
            let held = raw.get(from..).unwrap_or_default();
            held.iter()
                .take(most)
                .map_while(|b| char::from(*b).to_digit(radix))
                .fold((0u32, 0), |(n, len), d| (n * radix + d, len + 1))
        };
        let (byte, length) = match code {
            b'b' => (8, 2),
            b'f' => (12, 2),
            b'n' => (b'\n', 2),
            b'r' => (b'\r', 2),
            b't' => (b'\t', 2),
            b'v' => (11, 2),
            b'0'..=b'7' => {
                let (number, length) = digits(at + 1, 3, 8);
                (number as u8, 1 + length)
            }
            b'x' => {
                let (number, length) = digits(at + 2, 2, 16);
                (if length == 0 { b'x' } else { number as u8 }, 2 + length)
            }
            other => (other, 2),
        };
        to.push(byte);
        at += length;
    }
    to.extend_from_slice(&raw[at..]);
}

#[cfg(test)]
mod tests {
    use super::super::tables::Tables;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_resolved() {
        let mut value = Vec::new();
        decode(br"a\tb\\c\101\x42\xg\.", &mut value);
        assert_eq!(value, b"a\tb\\cABxg.");
    }

    /// Rows as they are read one by one, up to `end`.
    fn one_by_one(text: &[u8], end: usize) -> (u64, Batch) {
        let (mut tables, mut batch) = (Tables::default(), Batch::default());
        let place = tables.find("t").unwrap();
        let (target, known) = (bare(place), tables.known(place));
        let mut at = 0;
        while at < end {
            let close = at + memchr::memchr(b'\n', &text[at..]).unwrap();
            assert!(!is_end(&text[at..close]));
            let carriage = usize::from(close > at && text[close - 1] == b'\r');
            assert!(row(
                text,
                (at, close - carriage),
                &target,
                known,
                &mut batch
            ));
            at = close + 1;
        }
        (known.rows, batch)
    }

    fn bare(table: usize) -> Target {
        Target {
            table,
            columns: Some(vec![1, 0]),
        }
    }

    fn together(text: &[u8]) -> (usize, u64, Batch) {
        let (mut tables, mut batch) = (Tables::default(), Batch::default());
        let place = tables.find("t").unwrap();
        let (target, known) = (bare(place), tables.known(place));
        let end = rows(text, (0, usize::MAX), &target, known, &mut batch);
        (end, known.rows, batch)
    }

    #[test]
    fn rows_are_read_together_up_to_the_last_block() {
        let line = "1\tAnna\\tB\t\\N\t\tx\r\n\n";
        for shift in 0..BLOCK {
            let text = format!("{}\n{}\\.\n", "x".repeat(shift), line.repeat(50));
            let (end, count, batch) = together(text.as_bytes());
            assert!(text.len() - end < BLOCK + line.len());
            let (same_count, same) = one_by_one(text.as_bytes(), end);
            assert_eq!((count, batch.values()), (same_count, same.values()));
        }
        let ended = format!("1\n\\.\n{}", "x\n".repeat(BLOCK));
        assert_eq!(together(ended.as_bytes()).0, 2);
    }

    proptest! {
        #[test]
        fn any_rows_are_read_as_one_by_one(
            text in "([a-c]{0,9}|[\t\\\\\r\x1f]|\t\\\\N|\\\\[nt]|\\\\\\\\\t|\r?\n){0,90}"
        ) {
            let text = text.as_bytes();
            let (end, count, batch) = together(text);
            let (same_count, same) = one_by_one(text, end);
            prop_assert_eq!((count, batch.values()), (same_count, same.values()));
        }

        #[test]
        fn escapes_agree_with_the_way_back(raw in r"[ax\\n1]{0,12}") {
            let raw = raw.as_bytes();
            let mut value = Vec::new();
            decode(raw, &mut value);
            prop_assert_eq!(Escape::Copy.raw_offset(raw, value.len()), raw.len());
        }
    }
}
