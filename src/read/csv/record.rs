//! Splits records into fields.

use std::ops::Range;

use crate::model::Escape;

/// How a file separates and quotes its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between fields.
    pub(super) delimiter: u8,
    /// Around fields that hold delimiters.
    pub(super) quote: Option<u8>,
    /// A backslash stands before quotes inside of values, as MySQL writes them.
    pub(super) backslash: bool,
    /// Behind records: a line feed, or a carriage return in files without any.
    pub(super) line_end: u8,
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Its text, without the quotes around it.
    pub(super) raw: Range<usize>,
    /// True when quotes or backslashes in it have to be resolved.
    pub(super) escaped: bool,
}

/// What came of splitting a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next record starts there.
    Record(usize),
    /// The text ends inside the field that starts there.
    Incomplete(usize),
}

/// What a byte means outside of quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    /// A quote or backslash.
    Sign,
    /// Ends the field.
    End,
}

/// Splits text of one dialect.
pub(super) struct Splitter {
    dialect: Dialect,
    classes: [Class; 256],
}

impl Splitter {
    pub(super) fn new(dialect: Dialect) -> Self {
        let mut classes = [Class::Plain; 256];
        if let Some(quote) = dialect.quote {
            classes[usize::from(quote)] = Class::Sign;
        }
        if dialect.backslash {
            classes[usize::from(b'\\')] = Class::Sign;
        }
        classes[usize::from(dialect.delimiter)] = Class::End;
        classes[usize::from(dialect.line_end)] = Class::End;
        Splitter { dialect, classes }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How values are written in this dialect.
    pub(super) fn escape(&self) -> Escape {
        match self.dialect.quote {
            None => Escape::None,
            Some(quote) if self.dialect.backslash => Escape::Backslash(quote),
            Some(quote) => Escape::Doubled(quote),
        }
    }

    /// Splits the record at `from` into `fields`. `last` says that nothing
    /// follows `text`.
    pub(super) fn record(
        &self,
        text: &[u8],
        from: usize,
        last: bool,
        fields: &mut Vec<Value>,
    ) -> Step {
        fields.clear();
        let mut at = from;
        loop {
            let start = at;
            let (value, end) = match self.quoted(text, at, last) {
                Quoted::No => match self.plain(text, at, at, last) {
                    Some(plain) => plain,
                    None => return Step::Incomplete(start),
                },
                Quoted::Yes(value, end) => (value, end),
                Quoted::Open => return Step::Incomplete(start),
            };
            fields.push(value);
            match text.get(end) {
                Some(&byte) if byte == self.dialect.line_end => return Step::Record(end + 1),
                Some(_) => at = end + 1,
                None => return Step::Record(end),
            }
        }
    }

    /// A field without quotes around it; the value starts at `start`, what was
    /// seen of it ends at `at`. Returns it and where its delimiter stands.
    fn plain(
        &self,
        text: &[u8],
        start: usize,
        mut at: usize,
        last: bool,
    ) -> Option<(Value, usize)> {
        let mut escaped = at > start;
        loop {
            let rest = text.get(at..)?;
            let found = rest
                .iter()
                .position(|&byte| self.classes[usize::from(byte)] != Class::Plain);
            match found {
                None if last => at = text.len(),
                None => return None,
                Some(ahead) => {
                    at += ahead;
                    if self.classes[usize::from(text[at])] == Class::Sign {
                        escaped = true;
                        at += 1;
                        continue;
                    }
                }
            }
            // The carriage return of a CRLF line end is no part of the value.
            let crlf = at > start
                && text[at - 1] == b'\r'
                && text
                    .get(at)
                    .is_none_or(|&byte| byte == b'\n' && self.dialect.line_end == b'\n');
            let end = at - usize::from(crlf);
            return Some((
                Value {
                    raw: start..end,
                    escaped,
                },
                at,
            ));
        }
    }

    /// True when the field at `from` opens a quote that the text does not close.
    pub(super) fn opens_quote(&self, text: &[u8], from: usize) -> bool {
        matches!(self.quoted(text, from, false), Quoted::Open)
    }

    fn quoted(&self, text: &[u8], from: usize, last: bool) -> Quoted {
        let Some(quote) = self.dialect.quote else {
            return Quoted::No;
        };
        // Hand-written files have spaces behind their delimiters.
        let spaces = text[from..]
            .iter()
            .take_while(|&&byte| byte == b' ')
            .count();
        match text.get(from + spaces) {
            Some(&byte) if byte == quote => {}
            None if !last => return Quoted::Open,
            _ => return Quoted::No,
        }
        let start = from + spaces + 1;
        let mut escaped = false;
        let mut at = start;
        let end = loop {
            let rest = text.get(at..).unwrap_or_default();
            let found = if self.dialect.backslash {
                memchr::memchr2(quote, b'\\', rest)
            } else {
                memchr::memchr(quote, rest)
            };
            let Some(ahead) = found else {
                return Quoted::Open;
            };
            at += ahead;
            match text.get(at + 1) {
                _ if text[at] != quote => {}
                None if !last => return Quoted::Open,
                Some(&next) if next == quote => {}
                _ => break at,
            }
            escaped = true;
            at += 2;
        };
        let blank = |&&byte: &&u8| byte == b' ' || byte == b'\r' && self.dialect.line_end == b'\n';
        let behind = end + 1 + text[end + 1..].iter().take_while(blank).count();
        match text.get(behind) {
            None if !last => Quoted::Open,
            Some(&byte) if self.classes[usize::from(byte)] != Class::End => {
                // Text behind the closing quote belongs to the value all the same.
                match self.plain(text, start, behind, last) {
                    Some((value, end)) => Quoted::Yes(value, end),
                    None => Quoted::Open,
                }
            }
            _ => Quoted::Yes(
                Value {
                    raw: start..end,
                    escaped,
                },
                behind,
            ),
        }
    }

    /// Appends the value that `raw` stands for; the counterpart of
    /// [`Escape::raw_offset`].
    pub(super) fn unescape(&self, mut raw: &[u8], to: &mut Vec<u8>) {
        let Some(quote) = self.dialect.quote else {
            to.extend_from_slice(raw);
            return;
        };
        while let Some(at) = raw
            .iter()
            .position(|&b| b == quote || b == b'\\' && self.dialect.backslash)
        {
            let pair = match raw.get(at + 1) {
                Some(&next) => next == quote || raw[at] != quote,
                None => false,
            };
            to.extend_from_slice(&raw[..at]);
            to.push(if pair { raw[at + 1] } else { raw[at] });
            raw = &raw[at + 1 + usize::from(pair)..];
        }
        to.extend_from_slice(raw);
    }
}

enum Quoted {
    No,
    /// The value, and where its delimiter stands.
    Yes(Value, usize),
    /// The text ends first.
    Open,
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect {
        delimiter: b',',
        quote: Some(b'"'),
        backslash: false,
        line_end: b'\n',
    };

    fn split(dialect: Dialect, text: &str, last: bool) -> (Vec<String>, Step) {
        let splitter = Splitter::new(dialect);
        let mut fields = Vec::new();
        let step = splitter.record(text.as_bytes(), 0, last, &mut fields);
        let values = fields
            .iter()
            .map(|value| {
                let mut text_of = Vec::new();
                splitter.unescape(&text.as_bytes()[value.raw.clone()], &mut text_of);
                String::from_utf8(text_of).unwrap()
            })
            .collect();
        (values, step)
    }

    #[test]
    fn splits_records() {
        let rows: &[(&str, &[&str], usize)] = &[
            ("a,b\nc", &["a", "b"], 4),
            ("a,b\r\nc", &["a", "b"], 5),
            ("\n", &[""], 1),
            (",,\n", &["", "", ""], 3),
            ("\"a,\"\"b\"\"\nc\",d\n", &["a,\"b\"\nc", "d"], 14),
            ("\"a\" , \"b\"\r\n", &["a", "b"], 11),
            ("\"a\"b,c\n", &["a\"b", "c"], 7),
            ("5\" pipe,c", &["5\" pipe", "c"], 9),
            ("a,\"\"", &["a", ""], 4),
            ("a,b\r", &["a", "b"], 4),
        ];
        for (text, values, next) in rows {
            let (got, step) = split(COMMA, text, true);
            assert_eq!(
                (&got[..], step),
                (
                    &values.iter().map(ToString::to_string).collect::<Vec<_>>()[..],
                    Step::Record(*next)
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn waits_for_the_rest_of_a_record() {
        let rows = [
            ("a,b", 2),
            ("a,\"b\n", 2),
            ("a,\"b\"", 2),
            ("a,", 2),
            ("a,\"b\" ", 2),
            ("", 0),
            ("a, ", 2),
        ];
        for (text, start) in rows {
            assert_eq!(
                split(COMMA, text, false).1,
                Step::Incomplete(start),
                "{text}"
            );
        }
        assert_eq!(split(COMMA, "a,\"b\n", true).1, Step::Incomplete(2));
    }

    #[test]
    fn resolves_backslashes_where_the_dialect_has_them() {
        let dialect = Dialect {
            backslash: true,
            ..COMMA
        };
        let (values, _) = split(dialect, "\"say \\\"hi\\\", he said\",\"C:\\\\x\"\n", true);
        assert_eq!(values, ["say \"hi\", he said", "C:\\x"]);
        let (values, _) = split(COMMA, "\"C:\\x\\\",y\n", true);
        assert_eq!(values, ["C:\\x\\", "y"]);
    }
}
