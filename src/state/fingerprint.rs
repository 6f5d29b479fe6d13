//! The identity of findings: ids that stay when lines move and tell nothing of
//! the value.
//!
//! An id is a hash over the detector, the path of the item, the place in its
//! structure and the masked line, and an ordinal where all of these are equal.
//! It holds no value, because the values of most identifiers can be found from
//! their hash by trying them all: there are under 10⁹ social security numbers.
//! It holds no line number, offset, commit or time either, so that it survives
//! edits above and below, re-indentation, and another system's separators.

use std::collections::HashMap;
use std::ops::Range;

use crate::model::{ItemPath, Location};

/// Names the scheme and its version; part of every hash. A new version makes
/// every accepted finding alert again.
const SCHEME: &str = "dataterrier finding id v1";

/// Stands for a detected value in a masked line. One byte whatever the value's
/// length, and none that text holds.
const MASKED: u8 = 0x1A;

/// Bytes of the hash that make an id.
const ID_BYTES: usize = 16;

/// Gives out the ids of the findings of one item.
///
/// Ask in the order of place: equal findings are told apart by their ordinal.
#[derive(Debug)]
pub struct ItemIds {
    item: blake3::Hasher,
    seen: HashMap<blake3::Hash, u64>,
}

impl ItemIds {
    /// Ids for the findings of the item at `path`.
    pub fn new(path: &ItemPath) -> Self {
        let mut item = blake3::Hasher::new_derive_key(SCHEME);
        part(&mut item, path.to_string().as_bytes());
        // The printable form is lossy for names that are not UTF-8.
        part(&mut item, path.raw_bytes().unwrap_or_default());
        ItemIds {
            item,
            seen: HashMap::new(),
        }
    }

    /// The id of the next finding: its detector, its place, and the line or
    /// record it stands in as [`masked_line`] gives it (empty when the format
    /// has none). 32 lower-case hexadecimal digits.
    ///
    /// Of `place` only the table, field, sheet and pointer count.
    pub fn next(&mut self, detector: &str, place: &Location, line: &[u8]) -> String {
        let mut hasher = self.item.clone();
        part(&mut hasher, detector.as_bytes());
        for name in [
            place.table.as_deref(),
            place.field.as_deref(),
            place.sheet.as_deref(),
            place.pointer.as_deref(),
        ] {
            hasher.update(&[u8::from(name.is_some())]);
            part(&mut hasher, name.unwrap_or_default().as_bytes());
        }
        part(&mut hasher, line);
        let ordinal = self.seen.entry(hasher.finalize()).or_insert(0);
        hasher.update(&ordinal.to_le_bytes());
        *ordinal += 1;
        let hash = hasher.finalize();
        let mut id = hash.to_hex().to_string();
        id.truncate(2 * ID_BYTES);
        id
    }
}

/// Hashes a part with its length in front, so that no two lists of parts have
/// the same bytes.
fn part(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

/// `line` with every detected value replaced by one mark, white space folded to
/// single spaces and trimmed.
///
/// `values` are the spans of *all* values that were detected in the line,
/// reported or not, in any order; overlapping ones count as one, and what lies
/// outside of the line is cut off.
pub fn masked_line(line: &[u8], values: impl IntoIterator<Item = Range<usize>>) -> Vec<u8> {
    let mut spans: Vec<Range<usize>> = values
        .into_iter()
        .map(|span| span.start.min(line.len())..span.end.min(line.len()))
        .filter(|span| span.start < span.end)
        .collect();
    spans.sort_by_key(|span| span.start);
    let mut out = Vec::with_capacity(line.len());
    let mut done = 0;
    for span in spans {
        if span.start >= done {
            fold_into(&mut out, &line[done..span.start]);
            out.push(MASKED);
        }
        done = done.max(span.end);
    }
    fold_into(&mut out, &line[done..]);
    while out.last() == Some(&b' ') {
        out.pop();
    }
    out
}

fn fold_into(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        if !byte.is_ascii_whitespace() {
            out.push(byte);
        } else if !matches!(out.last(), None | Some(b' ')) {
            out.push(b' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use std::iter::once;

    use super::*;

    fn id(path: &str, detector: &str, field: Option<&str>, line: &[u8]) -> String {
        let place = Location {
            field: field.map(Into::into),
            ..Location::default()
        };
        ItemIds::new(&ItemPath::new(path)).next(detector, &place, line)
    }

    #[test]
    fn is_stable_across_releases() {
        assert_eq!(
            id("hr/staff.csv", "us_ssn", Some("ssn"), b"1,\x1A"),
            "406858bf29d466058080a7493eb44d45"
        );
    }

    #[test]
    fn depends_on_each_part() {
        let base = id("a", "us_ssn", Some("ssn"), b"x \x1A");
        assert_eq!(base.len(), 32);
        assert_ne!(base, id("b", "us_ssn", Some("ssn"), b"x \x1A"));
        assert_ne!(base, id("a", "us_itin", Some("ssn"), b"x \x1A"));
        assert_ne!(base, id("a", "us_ssn", Some("sin"), b"x \x1A"));
        assert_ne!(base, id("a", "us_ssn", None, b"x \x1A"));
        assert_ne!(base, id("a", "us_ssn", Some("ssn"), b"y \x1A"));
    }

    #[test]
    fn ignores_value_line_number_and_indentation() {
        let place = |line| Location {
            bytes: Some(line * 10..line * 10 + 5),
            line: Some(line),
            column: Some(3),
            row: Some(line),
            ..Location::default()
        };
        let path = ItemPath::new("notes.txt");
        let before = masked_line(b"SSN: 536-22-8471 (old)", once(5..16));
        let after = masked_line(b"\t SSN:  219-09-9999\t(old)\r", once(8..19));
        assert_eq!(
            ItemIds::new(&path).next("us_ssn", &place(1), &before),
            ItemIds::new(&path).next("us_ssn", &place(99), &after)
        );
    }

    #[test]
    fn tells_equals_apart_by_ordinal() {
        let path = ItemPath::new("notes.txt");
        let mut first = ItemIds::new(&path);
        let ids: Vec<String> = (0..3)
            .map(|_| first.next("d", &Location::default(), b"x"))
            .collect();
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        let mut again = ItemIds::new(&path);
        assert_eq!(again.next("d", &Location::default(), b"x"), ids[0]);
    }

    #[test]
    fn masks_overlapping_and_outlying_spans_once() {
        assert_eq!(masked_line(b"ab 12345 cd", [3..6, 4..8]), b"ab \x1A cd");
        assert_eq!(masked_line(b"ab 12345", [3..99, 50..60]), b"ab \x1A");
        assert_eq!(masked_line(b"12 34", [3..5, 0..2]), b"\x1A \x1A");
        assert_eq!(masked_line(b"", []), b"");
    }
}
