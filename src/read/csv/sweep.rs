//! Splits records many at a time, as long as they are written as programs write
//! them: quotes around whole values, doubled inside of them, no spaces between
//! quotes and delimiters. The first record that is anything else is left for
//! [`Splitter`], which this must agree with.
//!
//! [`Splitter`]: super::record::Splitter

use super::record::{Dialect, Splitter};
use crate::model::CELL_SEPARATOR;
use crate::read::feed::{Batch, Stretch};
use crate::read::marks::{self, BLOCK};

/// What is under way where a block of text begins.
#[derive(Clone, Copy)]
struct State {
    /// Where the value and the record begin.
    value: usize,
    record: usize,
    /// Values of the record so far.
    field: usize,
    /// Number of the last record that ended.
    row: u64,
    /// Signs of doubled quotes were seen in the value.
    escaped: bool,
}

struct Sweep<'s> {
    splitter: &'s Splitter,
    dialect: Dialect,
    text: &'s [u8],
    /// Fields that a record may have.
    columns: usize,
    until: usize,
}

/// Splits the records from `from` on and adds their values to `batch`: whole
/// records of up to `columns` fields, until one ends at `until` or behind it.
/// `row` is the number of the record before. Returns where the first record
/// begins that was not read.
pub(super) fn sweep(
    splitter: &Splitter,
    text: &[u8],
    (from, until): (usize, usize),
    columns: usize,
    row: &mut u64,
    batch: &mut Batch,
) -> usize {
    let mut state = State {
        value: from,
        record: from,
        field: 0,
        row: *row,
        escaped: false,
    };
    let sweep = Sweep {
        splitter,
        dialect: splitter.dialect(),
        text,
        columns,
        until,
    };
    let mut stretch = batch.stretch(from);
    sweep.run(&mut state, &mut stretch);
    stretch.finish();
    *row = state.row;
    state.record
}

impl Sweep<'_> {
    fn run(&self, state: &mut State, stretch: &mut Stretch<'_>) {
        let Dialect {
            delimiter,
            quote,
            backslash,
            line_end,
        } = self.dialect;
        // Of the byte before the block: all ones inside of quotes, and one bit
        // for the end of a value and for a closing quote.
        let (mut inside, mut ended, mut closed) = (0u64, 1u64, 0u64);
        let mut at = state.record;
        while let Some(block) = self.text.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
            let ends = marks::either(block, delimiter, line_end);
            let quotes = quote.map_or(0, |quote| marks::equal(block, quote));
            let strange = match backslash {
                true => marks::equal(block, b'\\'),
                false => 0,
            };
            if quotes | inside | closed | strange == 0 {
                stretch.show(&marks::replace(block, delimiter, line_end, CELL_SEPARATOR));
                if !self.ends::<false>(at, ends, 0, state, stretch) {
                    return;
                }
                ended = ends >> 63;
            } else {
                let between = marks::parity(quotes) ^ inside;
                let ends = ends & !between;
                let (opening, closing) = (quotes & between, quotes & !between);
                let behind_end = ends << 1 | ended;
                let behind_close = closing << 1 | closed;
                let doubled = opening & behind_close;
                let behind_value = behind_close & !(opening | ends);
                let strange =
                    strange | opening & !(behind_end | behind_close) | self.loose(at, behind_value);
                let sound = (strange & strange.wrapping_neg()).wrapping_sub(1);
                let quote = quote.unwrap_or(line_end);
                stretch.show(&marks::replace(block, quote, quote, CELL_SEPARATOR));
                if !self.ends::<true>(at, ends & sound, doubled, state, stretch) || strange != 0 {
                    return;
                }
                inside = ((between as i64) >> 63) as u64;
                ended = ends >> 63;
                closed = (closing | behind_value) >> 63;
            }
            at += BLOCK;
        }
    }

    /// Of the places behind closing quotes where no value ends, those that do
    /// not hold the carriage return of a line end either.
    #[inline]
    fn loose(&self, at: usize, mut places: u64) -> u64 {
        let all = places;
        let mut fine = 0;
        while places != 0 {
            let place = at + places.trailing_zeros() as usize;
            let line_end = [b'\r', self.dialect.line_end];
            if self.dialect.line_end == b'\n' && self.text[place..].starts_with(&line_end) {
                fine |= places & places.wrapping_neg();
            }
            places &= places - 1;
        }
        all & !fine
    }

    /// Adds the values that end in the block at `at`; false when it is time to
    /// stop. `doubled` are the second signs of doubled quotes.
    #[inline(always)]
    fn ends<const QUOTED: bool>(
        &self,
        at: usize,
        mut ends: u64,
        mut doubled: u64,
        to: &mut State,
        stretch: &mut Stretch<'_>,
    ) -> bool {
        // In registers as long as the block lasts.
        let mut state = *to;
        let mut go_on = true;
        let crlf = self.dialect.line_end == b'\n';
        while ends != 0 {
            let bit = ends.trailing_zeros();
            ends &= ends - 1;
            let end = at + bit as usize;
            let line_ends = self.text[end] == self.dialect.line_end;
            let mut value = state.value..end;
            // The carriage return of a CRLF line end is no part of the value.
            if line_ends && crlf && !value.is_empty() && self.text[end - 1] == b'\r' {
                value.end -= 1;
                stretch.blank(value.end);
            }
            if QUOTED {
                stretch.blank(end);
                let below = (1u64 << bit) - 1;
                state.escaped |= doubled & below != 0;
                doubled &= !below;
                if self.dialect.quote == Some(self.text[value.start]) && !value.is_empty() {
                    value = value.start + 1..value.end - 1;
                }
            }
            if QUOTED && state.escaped {
                state.escaped = false;
                let decode = |raw: &[u8], to: &mut Vec<u8>| self.splitter.unescape(raw, to);
                let place = (state.field as u32, state.row + 1);
                let escape = self.splitter.escape();
                stretch.escaped(self.text, value.clone(), place, escape, decode);
            } else {
                stretch.plain(value.clone(), state.field as u32, state.row + 1);
            }
            state.value = end + 1;
            if line_ends {
                if state.field >= self.columns {
                    go_on = false;
                    break;
                }
                // An empty line is no record.
                state.row += u64::from(state.field > 0 || !value.is_empty());
                state.field = 0;
                state.record = end + 1;
                stretch.keep(state.record);
                if state.record >= self.until {
                    go_on = false;
                    break;
                }
            } else {
                state.field += 1;
            }
        }
        if QUOTED {
            state.escaped |= doubled != 0;
        }
        *to = state;
        go_on
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Step;
    use super::super::{is_blank, write};
    use super::*;
    use crate::model::Table;
    use proptest::prelude::*;

    const COLUMNS: usize = 9;

    /// The record where [`sweep`] stops, the number of records before it and
    /// their values.
    fn swept(splitter: &Splitter, text: &[u8], until: usize) -> (usize, u64, Batch) {
        let (mut batch, mut row) = (Batch::default(), 0);
        let end = sweep(splitter, text, (0, until), COLUMNS, &mut row, &mut batch);
        (end, row, batch)
    }

    /// The same as the splitter of single records has it.
    fn one_by_one(splitter: &Splitter, text: &[u8], until: usize) -> (usize, u64, Batch) {
        let (mut batch, mut row) = (Batch::default(), 0);
        let (mut fields, mut at) = (Vec::new(), 0);
        while at < until {
            let Step::Record(next) = splitter.record(text, at, false, &mut fields) else {
                break;
            };
            assert!(fields.len() <= COLUMNS);
            if !is_blank(&fields) {
                row += 1;
                let mut table = Table::default();
                write(splitter, text, &fields, row, &mut table, &mut batch);
            }
            at = next;
        }
        (at, row, batch)
    }

    fn dialects() -> Vec<Splitter> {
        let dialect = |delimiter, quote, backslash, line_end| {
            Splitter::new(Dialect {
                delimiter,
                quote,
                backslash,
                line_end,
            })
        };
        vec![
            dialect(b',', Some(b'"'), false, b'\n'),
            dialect(b';', Some(b'\''), true, b'\n'),
            dialect(b'\t', None, false, b'\n'),
            dialect(b',', Some(b'"'), false, b'\r'),
        ]
    }

    fn agrees(text: &[u8]) {
        for splitter in dialects() {
            for until in [text.len() / 2, text.len()] {
                let (end, row, batch) = swept(&splitter, text, until);
                let (same_end, same_row, same) = one_by_one(&splitter, text, end);
                assert_eq!((end, row), (same_end, same_row));
                assert_eq!(batch.values(), same.values());
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_split_as_record_by_record(
            text in "([a-c]{0,9}|[,;\t\"'\\\\ \r\x1f]|\"\"|\r?\n|[,;\t]\"[a,\n]{0,9}(\"\"b)?\"){0,90}"
        ) {
            agrees(text.as_bytes());
        }

        #[test]
        fn tables_are_split_as_record_by_record(
            rows in proptest::collection::vec("(a{0,30}|\"(b|,|\n|\"\"){0,20}\")(,([a-c]{0,12}|\"(b|,|\n|\"\"){0,9}\")){0,6}\r?\n", 1..40)
        ) {
            agrees(rows.concat().as_bytes());
        }
    }

    #[test]
    fn tables_are_swept_to_their_last_block() {
        let splitter = &dialects()[0];
        for row in [
            "1,23,456,,5\n",
            "a,b\r\n\r\n",
            "\"a, b\",\"\",\"say \"\"hi\"\"\"\n",
            "\"x\",\"two\nlines\"\r\n",
        ] {
            for shift in 0..BLOCK {
                let text = format!("{}\n{}", "x".repeat(shift), row.repeat(100));
                let (end, _, batch) = swept(splitter, text.as_bytes(), usize::MAX);
                assert!(text.len() - end < BLOCK + row.len(), "{row}");
                assert!(!batch.is_empty());
            }
        }
        // Strange quotes are left to the splitter, also at the edge of a block.
        for row in ["a, \"b\"\n", "a\"b,c\n", "\"a\"b,c\n", "\"a\"\rb,c\n"] {
            for shift in 0..BLOCK {
                let text = format!("{}\n{}", "x".repeat(shift), row.repeat(100));
                assert_eq!(swept(splitter, text.as_bytes(), usize::MAX).0, shift + 1);
            }
        }
    }
}
