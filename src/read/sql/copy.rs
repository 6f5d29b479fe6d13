//! PostgreSQL's `COPY … FROM stdin` blocks.

use super::Target;
use super::lex::{self, Look};
use super::tables::Known;
use crate::model::Escape;
use crate::read::feed::Batch;

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
        let field = match &target.columns {
            Some(columns) if position < columns.len() => Some(columns[position]),
            _ => known.nth(position),
        };
        let Some(field) = field else { return false };
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
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_resolved() {
        let mut value = Vec::new();
        decode(br"a\tb\\c\101\x42\xg\.", &mut value);
        assert_eq!(value, b"a\tb\\cABxg.");
    }

    proptest! {
        #[test]
        fn escapes_agree_with_the_way_back(raw in r"[ax\\n1]{0,12}") {
            let raw = raw.as_bytes();
            let mut value = Vec::new();
            decode(raw, &mut value);
            prop_assert_eq!(Escape::Copy.raw_offset(raw, value.len()), raw.len());
        }
    }
}
