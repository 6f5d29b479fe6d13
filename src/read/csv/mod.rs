//! Tables of delimited text: CSV, TSV and their relatives.
//!
//! Delimiter, quotes and header are found out from the first records. Records
//! may have more or fewer fields than the header; a field without a name is
//! `#n`. Titles above the table and the header itself are handed out as text.

mod dialect;
mod header;
mod record;
mod shape;
mod sweep;

use self::dialect::Layout;
use self::record::{Dialect, Splitter, Step, Value};
use self::sweep::sweep;
use super::charset::{self, Charset};
use super::feed::{BATCH, Batch, Feed, LONGEST, MOST_FIELDS};
use super::stream::TextStream;
use super::{Claim, Item, Limits, Out, Reader};
use crate::model::{Coverage, Field, ItemPath, Reason, Table};

/// Text from which the layout is found out.
const SAMPLE: usize = 32 * 1024;
/// Text that is looked at when the first records are longer than that.
const LONGEST_SAMPLE: usize = 1024 * 1024;
/// Records below the header that it is compared with.
const COMPARED: usize = 50;
/// A quoted field that is longer has lost its closing quote.
const LONGEST_FIELD: usize = 1024 * 1024;

/// Reads delimited text.
pub(crate) struct Csv;

impl Reader for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn version(&self) -> u32 {
        1
    }

    fn claims(&self, head: &[u8], path: &ItemPath) -> Claim {
        let named = matches!(&*path.extension(), "csv" | "tsv" | "tab" | "psv");
        // Pages and documents are given this name so that a spreadsheet opens them.
        let start = head.trim_ascii_start();
        if !named
            || start.starts_with(b"<")
            || matches!(charset::of(head, false), Charset::Binary { .. })
        {
            Claim::No
        } else {
            Claim::ByName
        }
    }

    fn read(&self, item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Coverage {
        let hint = match &*item.path.extension() {
            "tsv" | "tab" => Some(b'\t'),
            "psv" => Some(b'|'),
            _ => None,
        };
        let (head, complete) = (item.head, item.complete);
        let Some(stream) = TextStream::open(item, limits) else {
            return super::binary(head, complete);
        };
        let mut feed = Feed::new(stream, out);
        let length = sample_length(&mut feed);
        match Start::find(&feed, length, hint) {
            Some(start) => read_table(&mut feed, start),
            None => feed.rest(),
        }
        feed.coverage()
    }
}

/// How much of the text shows at least its first records.
fn sample_length(feed: &mut Feed<'_, '_>) -> usize {
    let mut length = SAMPLE;
    loop {
        feed.hold(length);
        let window = feed.stream.window();
        let sample = &window[..length.min(window.len())];
        if sample.len() < length
            || length >= LONGEST_SAMPLE
            || memchr::memchr2_iter(b'\n', b'\r', sample).nth(3).is_some()
        {
            return sample.len();
        }
        length *= 2;
    }
}

/// Where the records start and what is known of them.
struct Start {
    splitter: Splitter,
    at: usize,
    table: Table,
}

impl Start {
    /// `None` when the text is not a table.
    fn find(feed: &Feed<'_, '_>, length: usize, hint: Option<u8>) -> Option<Start> {
        let window = feed.stream.window();
        let sample = &window[..length];
        let last = feed.stream.at_end() && sample.len() == window.len();
        let layout = dialect::sniff(sample, last, hint);
        let single = layout.is_none();
        let layout = layout.unwrap_or(Layout {
            dialect: Dialect {
                delimiter: hint.unwrap_or(b','),
                quote: Some(b'"'),
                backslash: false,
                line_end: b'\n',
            },
            columns: 1,
            start: 0,
        });
        let splitter = Splitter::new(layout.dialect);
        let mut records: Vec<Vec<Vec<u8>>> = Vec::new();
        let mut fields = Vec::new();
        let (mut at, mut behind_first) = (layout.start, layout.start);
        while at < sample.len() && records.len() <= COMPARED {
            let Step::Record(next) = splitter.record(sample, at, last, &mut fields) else {
                break;
            };
            if !is_blank(&fields) {
                if records.is_empty() {
                    behind_first = next;
                }
                records.push(
                    fields
                        .iter()
                        .take(MOST_FIELDS)
                        .map(|value| text_of(&splitter, sample, value))
                        .collect(),
                );
            }
            at = next;
        }
        let views: Vec<Vec<&[u8]>> = records
            .iter()
            .map(|record| record.iter().map(Vec::as_slice).collect())
            .collect();
        let has_header = header::is_header(&views);
        // A list of one column gains from being a table only by its name.
        if single && !(has_header && is_list(&views)) {
            return None;
        }
        let mut table = Table::default();
        if has_header {
            table.fields = records[0]
                .iter()
                .enumerate()
                .map(|(index, name)| field(name, index))
                .collect();
        }
        let at = if has_header {
            behind_first
        } else {
            layout.start
        };
        Some(Start {
            splitter,
            at,
            table,
        })
    }
}

/// One column: short values, one on each line.
fn is_list(records: &[Vec<&[u8]>]) -> bool {
    let short = |record: &&Vec<&[u8]>| record.len() == 1 && record[0].len() <= 100;
    records.len() > 1 && records.iter().filter(short).count() * 10 >= records.len() * 9
}

fn field(name: &[u8], index: usize) -> Field {
    let name = String::from_utf8_lossy(name.trim_ascii());
    if name.is_empty() {
        Field::numbered(index + 1)
    } else {
        Field::named(&*name)
    }
}

fn text_of(splitter: &Splitter, text: &[u8], value: &Value) -> Vec<u8> {
    let mut to = Vec::new();
    splitter.unescape(&text[value.raw.clone()], &mut to);
    to
}

/// An empty line is no record.
fn is_blank(fields: &[Value]) -> bool {
    matches!(fields, [only] if only.raw.is_empty())
}

fn read_table(feed: &mut Feed<'_, '_>, start: Start) {
    let Start {
        splitter,
        at,
        mut table,
    } = start;
    feed.text(at, false);
    let mut batch = Batch::default();
    let mut fields: Vec<Value> = Vec::new();
    let (mut at, mut row) = (0, 0);
    while !feed.stopped() {
        let (text, last) = (feed.stream.window(), feed.stream.at_end());
        let known = table.fields.len();
        at = sweep(&splitter, text, (at, BATCH), known, &mut row, &mut batch);
        if at >= BATCH {
            feed.cells(&mut batch, &table, std::mem::take(&mut at));
            continue;
        }
        if at == text.len() && last {
            feed.cells(&mut batch, &table, at);
            return;
        }
        let broken = match splitter.record(text, at, last, &mut fields) {
            Step::Record(next) if fields.len() <= MOST_FIELDS => {
                if !is_blank(&fields) {
                    row += 1;
                    write(&splitter, text, &fields, row, &mut table, &mut batch);
                }
                at = next;
                continue;
            }
            Step::Record(_) => Some((Reason::LimitEntries, "has too many fields")),
            Step::Incomplete(field)
                if text.len() - field > LONGEST_FIELD && splitter.opens_quote(text, field) =>
            {
                Some((Reason::Malformed, "does not close a quote"))
            }
            Step::Incomplete(_) if text.len() - at > LONGEST => {
                Some((Reason::LimitBytes, "is longer than 16 MiB"))
            }
            Step::Incomplete(_) if last => Some((Reason::Malformed, "does not close a quote")),
            Step::Incomplete(_) => None,
        };
        let (line, held) = (feed.line(at), text.len() - at);
        feed.cells(&mut batch, &table, std::mem::take(&mut at));
        match broken {
            Some((reason, what)) => {
                feed.report(reason, || {
                    format!("the record on line {line} {what}; text from there")
                });
                feed.rest();
            }
            None => feed.hold((held * 2).max(BATCH)),
        }
    }
}

fn write(
    splitter: &Splitter,
    text: &[u8],
    fields: &[Value],
    row: u64,
    table: &mut Table,
    batch: &mut Batch,
) {
    while table.fields.len() < fields.len() {
        table.fields.push(Field::numbered(table.fields.len() + 1));
    }
    for (index, value) in fields.iter().enumerate() {
        let place = (index as u32, row);
        let held = &text[value.raw.clone()];
        if !value.escaped {
            batch.plain(text, value.raw.clone(), place.0, place.1);
        } else if !(splitter.dialect().backslash && held == br"\N") {
            let decode = |raw: &[u8], to: &mut Vec<u8>| splitter.unescape(raw, to);
            batch.escaped(text, value.raw.clone(), place, splitter.escape(), decode);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_damage, check_flips, read, read_at};
    use super::*;
    use crate::model::Status;

    const STAFF: &str = "name;ssn;note\r\n\
        Anna Example;536-22-8471;\"says \"\"hi\"\"; and\r\nmore\"\r\n\
        Bert Example;536-22-8472;\r\n\
        \r\n\
        Carl Example;536-22-8473;x;extra\r\n";

    #[test]
    fn cells_have_their_column_row_and_place() {
        let (seen, coverage) = read(&Csv, "staff.csv", STAFF.as_bytes());
        assert_eq!(coverage, Coverage::scanned(STAFF.len() as u64));
        assert_eq!(seen.texts, ["name;ssn;note\r\n"]);
        assert_eq!(
            seen.rows(),
            [
                ("name", 1, "Anna Example"),
                ("ssn", 1, "536-22-8471"),
                ("note", 1, "says \"hi\"; and\r\nmore"),
                ("name", 2, "Bert Example"),
                ("ssn", 2, "536-22-8472"),
                ("name", 3, "Carl Example"),
                ("ssn", 3, "536-22-8473"),
                ("note", 3, "x"),
                ("#4", 3, "extra"),
            ]
        );
        assert_eq!(seen.cells[2].raw, "says \"\"hi\"\"; and\r\nmore");
    }

    #[test]
    fn tables_of_every_dialect() {
        let rows: &[(&str, &str, &[u8])] = &[
            ("a.csv", "sep=;\nname;mail\nAnna;a@example.com\n", b""),
            ("a.tsv", "name\tmail\nAnna\ta@example.com\n", b""),
            ("a.psv", "name|mail\nAnna|a@example.com", b""),
            ("a.csv", "name,mail\rAnna,a@example.com\r", b""),
            ("a.csv", "Staff\n\nname,mail\nAnna,a@example.com\n", b""),
            ("a.csv", "\u{feff}name,mail\nAnna,a@example.com\n", b""),
            ("a.csv", "'name','mail'\n'Anna','a@example.com'\n", b""),
            ("a.csv", "name , mail\nAnna , \"a@example.com\"\n", b""),
        ];
        for (name, text, _) in rows {
            let (seen, coverage) = read(&Csv, name, text.as_bytes());
            assert_eq!(coverage.status, Status::Scanned, "{text}");
            assert!(seen.by_field().contains_key("mail"), "{text}: {seen:?}");
            assert_eq!(
                seen.by_field()["mail"]
                    .iter()
                    .map(|v| v.trim())
                    .collect::<Vec<_>>(),
                ["a@example.com"],
                "{text}"
            );
            assert_eq!(
                seen.by_field()["name"]
                    .iter()
                    .map(|v| v.trim())
                    .collect::<Vec<_>>(),
                ["Anna"],
                "{text}"
            );
        }
        let wide: Vec<u8> = "name,mail\nÄnna,a@example.com\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let (seen, _) = read(&Csv, "a.csv", &wide);
        assert_eq!(
            seen.rows(),
            [("name", 1, "Änna"), ("mail", 1, "a@example.com")]
        );
    }

    #[test]
    fn without_a_header_columns_have_numbers() {
        let (seen, _) = read(&Csv, "a.csv", b"Anna,536-22-8471\nBert,536-22-8472\n");
        assert_eq!(seen.by_field()["#2"], ["536-22-8471", "536-22-8472"]);
        assert!(seen.texts.is_empty());
    }

    #[test]
    fn one_column_is_a_table_when_it_has_a_name() {
        let (seen, _) = read(&Csv, "a.csv", b"email\na@example.com\nb@example.com\n");
        assert_eq!(seen.by_field()["email"].len(), 2);
        let (seen, _) = read(&Csv, "a.csv", b"a@example.com\nb@example.com\n");
        assert_eq!((seen.cells.len(), seen.texts.len()), (0, 1));
    }

    #[test]
    fn a_quote_that_never_closes_gives_the_rest_as_text() {
        let mut text = b"id,name,note\n".to_vec();
        for n in 1..10_000 {
            text.extend_from_slice(format!("{n},Name {n},\"a note\"\n").as_bytes());
        }
        text.extend_from_slice(b"10000,Bert,\"open\n");
        for n in 10_001..100_000 {
            text.extend_from_slice(format!("{n},Name {n},some note\n").as_bytes());
        }
        let (seen, coverage) = read(&Csv, "a.csv", &text);
        assert_eq!(
            (coverage.status, coverage.reason),
            (Status::Partial, Some(Reason::Malformed))
        );
        assert!(coverage.detail.unwrap().contains("line 10001 "));
        assert_eq!(seen.cells.len(), 9_999 * 3);
        assert!(seen.texts[1].starts_with("10000,Bert,\"open\n10001,"));
    }

    #[test]
    fn too_many_columns_are_text() {
        let text = format!("{}\n{}\n", "a,".repeat(20_000), "1,".repeat(20_000));
        let (_, coverage) = read(&Csv, "a.csv", text.as_bytes());
        assert_eq!(coverage.reason, Some(Reason::LimitEntries));
        let text = format!("{}\n{}\n", "a,".repeat(10_000), "1,".repeat(10_000));
        let (seen, coverage) = read(&Csv, "a.csv", text.as_bytes());
        assert_eq!(
            (coverage.status, seen.cells.len()),
            (Status::Scanned, 10_000)
        );
    }

    #[test]
    fn long_tables_stream() {
        let mut text = b"id,name,note\n".to_vec();
        for n in 0..60_000 {
            text.extend_from_slice(
                format!("{n},Name {n},\"a \"\"note\"\"\n of {n}\"\n").as_bytes(),
            );
        }
        let (seen, coverage) = read_at(&Csv, "a.csv", &text, 100_000);
        assert_eq!(
            (coverage.status, seen.cells.len()),
            (Status::Scanned, 180_000)
        );
        assert!(seen.batches > 2);
        let last = seen.cells.last().unwrap();
        assert_eq!((&*last.value, last.row), ("a \"note\"\n of 59999", 60_000));
    }

    #[test]
    fn damage_loses_nothing() {
        let text = STAFF.repeat(40);
        check_damage(&Csv, "a.csv", text.as_bytes());
        check_damage(&Csv, "a.csv", b"a\x1f\x1fb,c\n1,2\n");
        check_flips(&Csv, "a.csv", text.as_bytes());
        check_flips(
            &Csv,
            "a.csv",
            b"'a\\'b','c'\n'd\\'e','f'\n\"x\\\"y\",\"z\"\n"
                .repeat(9)
                .as_slice(),
        );
    }

    #[test]
    fn claims_tables_and_leaves_pages_alone() {
        let claim = |name: &str, head: &[u8]| Csv.claims(head, &ItemPath::new(name));
        assert_eq!(claim("a.csv", b"a,b\n"), Claim::ByName);
        assert_eq!(claim("A.TSV", b"a\tb\n"), Claim::ByName);
        assert_eq!(claim("a.csv", b" <html>"), Claim::No);
        assert_eq!(claim("a.csv", b"PK\x03\x04\0\0"), Claim::No);
        assert_eq!(claim("a.rs", b"a,b\n"), Claim::No);
    }
}
