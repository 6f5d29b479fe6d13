//! `INSERT INTO … VALUES (…), (…)`.

use std::ops::Range;

use super::lex::{self, Look};
use super::tables::Known;
use super::{Dialect, Target};
use crate::model::Escape;
use crate::read::feed::Batch;

/// What stands before the rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) table: String,
    pub(super) columns: Option<Vec<String>>,
    /// The name stood in backquotes, which only MySQL and its kin write.
    pub(super) backquoted: bool,
    /// Where the first row is expected.
    pub(super) end: usize,
}

/// Reads an `INSERT` or `REPLACE` statement up to its rows. `No` for every
/// other form of the statement, such as `INSERT … SELECT`.
pub(super) fn header(text: &[u8], at: usize) -> Look<Header> {
    let mut at = at;
    loop {
        let word = lex::word(text, at);
        if at + word.len() >= text.len() {
            return Look::More;
        }
        // Every word up to the name: INSERT [LOW_PRIORITY | IGNORE | OR REPLACE …] [INTO] [ONLY].
        let skipped = [
            "INSERT",
            "REPLACE",
            "LOW_PRIORITY",
            "DELAYED",
            "HIGH_PRIORITY",
            "IGNORE",
            "OR",
            "ROLLBACK",
            "ABORT",
            "FAIL",
            "INTO",
        ];
        if !skipped
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        {
            break;
        }
        at = lex::skip_space(text, at + word.len());
    }
    let backquoted = text.get(at) == Some(&b'`');
    let (table, end) = match lex::qualified(text, at) {
        Look::Got(got) => got,
        Look::No => return Look::No,
        Look::More => return Look::More,
    };
    let mut at = lex::skip_space(text, end);
    let mut columns = None;
    if text.get(at) == Some(&b'(') {
        match lex::names(text, at) {
            Look::Got((names, end)) => {
                columns = Some(names);
                at = lex::skip_space(text, end);
            }
            Look::No => return Look::No,
            Look::More => return Look::More,
        }
    }
    // OVERRIDING SYSTEM VALUE may stand before VALUES.
    for _ in 0..4 {
        let word = lex::word(text, at);
        if at + word.len() >= text.len() {
            return Look::More;
        }
        let next = at + word.len();
        if word.eq_ignore_ascii_case(b"VALUES") || word.eq_ignore_ascii_case(b"VALUE") {
            return Look::Got(Header {
                table,
                columns,
                backquoted,
                end: next,
            });
        }
        if !["OVERRIDING", "SYSTEM", "USER"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        {
            return Look::No;
        }
        at = lex::skip_space(text, next);
    }
    Look::No
}

/// Reads the row whose opening parenthesis is at `at` into `batch`; gives the
/// place behind its closing one. What was added is to be forgotten unless the
/// row is whole.
pub(super) fn row(
    text: &[u8],
    at: usize,
    target: &Target,
    known: &mut Known,
    dialect: Dialect,
    batch: &mut Batch,
) -> Look<usize> {
    let row = known.rows + 1;
    let mut at = at + 1;
    for position in 0.. {
        at = lex::skip_space(text, at);
        let Some(value) = value(text, at, dialect) else {
            return Look::More;
        };
        let field = match &target.columns {
            Some(columns) if position < columns.len() => columns[position],
            _ => match known.nth(position) {
                Some(field) => field,
                None => return Look::No,
            },
        };
        match value.kind {
            Kind::Quoted {
                quote,
                backslash,
                escapes: true,
            } => {
                let place = (field, row);
                if backslash {
                    let decode = |raw: &[u8], to: &mut Vec<u8>| lex::unbackslash(raw, quote, to);
                    batch.escaped(text, value.raw, place, Escape::Backslash(quote), decode);
                } else {
                    let decode = |raw: &[u8], to: &mut Vec<u8>| lex::undouble(raw, quote, to);
                    batch.escaped(text, value.raw, place, Escape::Doubled(quote), decode);
                }
            }
            Kind::Null => {}
            Kind::Written if is_number(&text[value.raw.clone()]) => {
                batch.number(text, value.raw, field, row);
            }
            _ => batch.plain(text, value.raw, field, row),
        }
        match text[value.end] {
            b',' => at = value.end + 1,
            b')' => {
                known.rows = row;
                return Look::Got(value.end + 1);
            }
            _ => return Look::No,
        }
    }
    Look::No
}

/// A literal number; `0x…` is a string in hexadecimal digits.
fn is_number(written: &[u8]) -> bool {
    let part = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
    written.last().is_some_and(u8::is_ascii_digit) && written.iter().all(part)
}

struct Value {
    /// The value as written, without its quotes.
    raw: Range<usize>,
    kind: Kind,
    /// The comma or closing parenthesis behind it, or what is wrong instead.
    end: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Quoted {
        quote: u8,
        backslash: bool,
        escapes: bool,
    },
    Null,
    /// A number, a call, any other expression.
    Written,
}

/// Reads the value at `at`; `None` when the text ends before it does.
fn value(text: &[u8], at: usize, dialect: Dialect) -> Option<Value> {
    let prefix = lex::word(text, at);
    let mut open = at + prefix.len();
    if prefix.first() == Some(&b'_') && text.get(open) == Some(&b' ') {
        open += 1;
    }
    let quote = *text.get(open)?;
    let quotes = quote == b'\'' || quote == b'"' && dialect.backslash;
    // N'…', E'…', X'…', U&'…' and MySQL's _utf8mb4'…' or _binary '…'.
    let prefixed = prefix.len() <= 1 || prefix[0] == b'_';
    if quotes && prefixed {
        let backslash = dialect.backslash || prefix.eq_ignore_ascii_case(b"E");
        let (close, escapes) = lex::quoted(text, open, backslash)?;
        let raw = open + 1..close - 1;
        let kind = Kind::Quoted {
            quote,
            backslash,
            escapes,
        };
        let after = lex::skip_space(text, close);
        match *text.get(after)? {
            b',' | b')' => {
                return Some(Value {
                    raw,
                    kind,
                    end: after,
                });
            }
            // A cast says nothing about the value: '2020-01-01'::date.
            b':' => {
                return Some(Value {
                    raw,
                    kind,
                    end: end_of_value(text, after, dialect)?,
                });
            }
            _ => {}
        }
    }
    let end = end_of_value(text, at, dialect)?;
    let length = text[at..end].trim_ascii_end().len();
    let raw = at..at + length;
    let kind = if text[raw.clone()].eq_ignore_ascii_case(b"NULL") {
        Kind::Null
    } else {
        Kind::Written
    };
    Some(Value { raw, kind, end })
}

/// The comma or parenthesis that ends the expression at `at`, or the semicolon
/// that should not be there.
fn end_of_value(text: &[u8], mut at: usize, dialect: Dialect) -> Option<usize> {
    let mut depth = 0u32;
    loop {
        match *text.get(at)? {
            b'\'' | b'"' => {
                let escaped = dialect.backslash || at > 0 && matches!(text[at - 1], b'e' | b'E');
                at = lex::quoted(text, at, escaped)?.0;
            }
            b',' | b')' if depth == 0 => return Some(at),
            b';' => return Some(at),
            b'(' => (depth, at) = (depth + 1, at + 1),
            b')' => (depth, at) = (depth - 1, at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_all_dialects() {
        let read = |text: &str| match header(text.as_bytes(), 0) {
            Look::Got(header) => Some((header.table, header.columns)),
            _ => None,
        };
        let columns =
            |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            read("INSERT INTO `users` VALUES (1)"),
            Some(("users".into(), None))
        );
        assert_eq!(
            read("insert into public.users (id, \"Full Name\")\nvalues\n(1"),
            Some(("public.users".into(), columns(&["id", "Full Name"])))
        );
        assert_eq!(
            read("INSERT [dbo].[Users] ([Id], [Name]) VALUES (1, N'x')"),
            Some(("dbo.Users".into(), columns(&["Id", "Name"])))
        );
        assert_eq!(
            read("INSERT OR IGNORE INTO t VALUES(1)"),
            Some(("t".into(), None))
        );
        assert_eq!(
            read("INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1)"),
            Some(("t".into(), columns(&["a"])))
        );
        assert_eq!(read("INSERT INTO t SELECT * FROM u;"), None);
        assert_eq!(header(b"INSERT INTO t (a, b", 0), Look::More);
    }
}
