//! Finds out how a file separates and quotes its values.

use super::record::{Dialect, Splitter, Step, Value};
use super::shape::Shape;

/// Records that are looked at.
const MOST_RECORDS: usize = 200;
/// Fields of a record that are looked at.
const MOST_FIELDS: usize = 64;
/// Share of records that must have the usual number of fields.
const CONSISTENT: f64 = 0.5;
/// Records before the header, at most: titles, notes, dates of export.
const MOST_PREAMBLE: usize = 20;

/// What was found out about a file.
#[derive(Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) dialect: Dialect,
    /// Usual number of fields.
    pub(super) columns: usize,
    /// Where the first record of the usual length starts.
    pub(super) start: usize,
}

/// Looks at the first text of a file; `last` says that it is all. `hint` is the
/// delimiter that the name of the file speaks for. `None` when it is no table
/// of two columns or more.
pub(super) fn sniff(sample: &[u8], last: bool, hint: Option<u8>) -> Option<Layout> {
    let line_end =
        if memchr::memchr(b'\n', sample).is_none() && memchr::memchr(b'\r', sample).is_some() {
            b'\r'
        } else {
            b'\n'
        };
    let (stated, from) = stated_delimiter(sample);
    let delimiters: &[u8] = match &stated {
        Some(delimiter) => std::slice::from_ref(delimiter),
        None => b",;\t|",
    };
    let mut best: Option<(f64, Layout)> = None;
    for &delimiter in delimiters {
        if stated.is_none() && memchr::memchr(delimiter, sample).is_none() {
            continue;
        }
        for quote in [Some(b'"'), Some(b'\''), None] {
            if quote == Some(b'\'') && !opens_with(sample, delimiter, b'\'') {
                continue;
            }
            let backslash = quote.is_some_and(|quote| has_backslash_quotes(sample, quote));
            let dialect = Dialect {
                delimiter,
                quote,
                backslash,
                line_end,
            };
            let Some((mut score, layout)) = rate(dialect, sample, from, last, stated.is_some())
            else {
                continue;
            };
            if hint == Some(delimiter) {
                score *= 1.5;
            }
            // The usual quote wins unless another reading is clearly better.
            if best.as_ref().is_none_or(|(most, _)| score > most * 1.02) {
                best = Some((score, layout));
            }
        }
    }
    best.map(|(_, layout)| layout)
}

/// Spreadsheet programs read the delimiter from a first line `sep=;`.
fn stated_delimiter(sample: &[u8]) -> (Option<u8>, usize) {
    let line = sample.split(|&b| b == b'\n').next().unwrap_or_default();
    let inner = line.trim_ascii_end();
    let inner = inner.strip_prefix(b"\"").unwrap_or(inner);
    match inner {
        [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            delimiter,
            rest @ ..,
        ] if matches!(rest, [] | [b'"'])
            && !delimiter.is_ascii_alphanumeric()
            && *delimiter != b'"' =>
        {
            (Some(*delimiter), (line.len() + 1).min(sample.len()))
        }
        // The tab of `sep=<tab>` is white space at the end of the line.
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] if line.contains(&b'\t') => {
            (Some(b'\t'), (line.len() + 1).min(sample.len()))
        }
        _ => (None, 0),
    }
}

/// Some field starts with the quote.
fn opens_with(sample: &[u8], delimiter: u8, quote: u8) -> bool {
    sample.first() == Some(&quote) || sample.windows(2).any(|pair| pair == [delimiter, quote])
}

/// Quotes inside of values stand behind backslashes, and nowhere are doubled
/// inside of one.
fn has_backslash_quotes(sample: &[u8], quote: u8) -> bool {
    let escaped = |window: &[u8]| {
        window[0] == b'\\' && window[1] == quote && window[2].is_ascii_alphanumeric()
    };
    let doubled = |window: &[u8]| {
        window[1] == quote
            && window[2] == quote
            && (window[0].is_ascii_alphanumeric() || window[3].is_ascii_alphanumeric())
    };
    sample.windows(3).any(escaped) && !sample.windows(4).any(doubled)
}

/// How table-like the sample is in this dialect: the share of records with the
/// same number of fields, times the share of fields that look like one value.
fn rate(
    dialect: Dialect,
    sample: &[u8],
    from: usize,
    last: bool,
    stated: bool,
) -> Option<(f64, Layout)> {
    let splitter = Splitter::new(dialect);
    let mut fields: Vec<Value> = Vec::new();
    let mut records: Vec<(usize, usize, f64)> = Vec::new();
    let mut at = from;
    let mut open = false;
    while at < sample.len() && records.len() < MOST_RECORDS {
        match splitter.record(sample, at, last, &mut fields) {
            Step::Record(next) => {
                let blank = fields.len() == 1 && fields[0].raw.is_empty();
                if !blank {
                    let seen = fields.iter().take(MOST_FIELDS);
                    let weight: f64 = seen.map(|value| weight(sample, value, dialect.quote)).sum();
                    records.push((
                        at,
                        fields.len(),
                        weight / fields.len().min(MOST_FIELDS) as f64,
                    ));
                }
                at = next;
            }
            Step::Incomplete(start) => {
                // A quote that does not close in what is held is a bad sign.
                open = last || sample.len() - start > sample.len() / 2;
                break;
            }
        }
    }
    let mut counts: Vec<usize> = records.iter().map(|record| record.1).collect();
    counts.sort_unstable();
    // The most frequent number of fields; of equals the larger.
    let columns = counts
        .chunk_by(|a, b| a == b)
        .max_by_key(|run| run.len() * usize::from(run[0] > 1).max(usize::from(stated)))
        .map_or(0, |run| run[0]);
    if columns < 2 && !stated || columns == 0 {
        return None;
    }
    let start = records
        .iter()
        .take(MOST_PREAMBLE)
        .find(|record| record.1 == columns)?
        .0;
    let body: Vec<_> = records.iter().filter(|record| record.0 >= start).collect();
    let even = body.iter().filter(|record| record.1 == columns).count() as f64 / body.len() as f64;
    let typed = body.iter().map(|record| record.2).sum::<f64>() / body.len() as f64;
    if even < CONSISTENT && !stated {
        return None;
    }
    let mut score = even * even * typed * (1.0 - 1.0 / (columns as f64 + 1.0));
    if open {
        score *= 0.5;
    }
    Some((
        score,
        Layout {
            dialect,
            columns,
            start,
        },
    ))
}

/// How well a field speaks for the dialect. Whatever stands between quotes is
/// one value.
fn weight(sample: &[u8], value: &Value, quote: Option<u8>) -> f64 {
    let before = value
        .raw
        .start
        .checked_sub(1)
        .and_then(|at| sample.get(at))
        .copied();
    let quoted = quote.is_some() && before == quote && sample.get(value.raw.end).copied() == quote;
    if quoted {
        1.0
    } else {
        Shape::of(&sample[value.raw.clone()]).weight()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sample: &str) -> Option<Layout> {
        sniff(sample.as_bytes(), true, None)
    }

    #[test]
    fn finds_the_delimiter() {
        let rows = [
            ("a,b,c\n1,2,3\n", b',', 3),
            ("name;amount\nAnna;1,5\nBert;2,7\n", b';', 2),
            ("1,5;2,5;3,5\n1,5;2,5;3,5\n", b';', 3),
            ("a\tb, c\nd\te, f\n", b'\t', 2),
            ("id|note\n1|a, b, c\n2|d, e\n", b'|', 2),
            ("sep=;\na,b;c\n", b';', 2),
            ("sep=^\na^b\n", b'^', 2),
            ("a,\"x;y;z\"\nb,\"x;y;z\"\n", b',', 2),
        ];
        for (sample, delimiter, columns) in rows {
            let layout = of(sample).unwrap();
            assert_eq!(
                (layout.dialect.delimiter, layout.columns),
                (delimiter, columns),
                "{sample}"
            );
        }
        assert_eq!(of("only words here\nand there\n"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn finds_quotes_and_line_ends() {
        assert_eq!(of("a,b\rc,d\r").unwrap().dialect.line_end, b'\r');
        assert_eq!(of("a,b\r\nc,d\r\n").unwrap().dialect.line_end, b'\n');
        assert_eq!(
            of("'a,1','b'\n'c,2','d'\n").unwrap().dialect.quote,
            Some(b'\'')
        );
        assert_eq!(
            of("size\titem\n5\t\"inch pipe\n6\t\"inch rod\n7\t\"inch bar\n")
                .unwrap()
                .dialect
                .quote,
            None
        );
        let exported = "\"a\",\"say \\\"hi\\\", he\"\n\"b\",\"c\"\n";
        assert!(of(exported).unwrap().dialect.backslash);
        assert!(
            !of("\"a\",\"C:\\\"\n\"b\",\"c\"\n")
                .unwrap()
                .dialect
                .backslash
        );
    }

    #[test]
    fn steps_over_titles() {
        let layout = of("Staff list\nas of today\n\nname,mail\na,b\nc,d\n").unwrap();
        assert_eq!(layout.start, 24);
    }
}
