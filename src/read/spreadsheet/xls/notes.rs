//! Notes and text boxes of BIFF8 sheets (MS-XLS), which calamine leaves out.

use std::collections::BTreeMap;

use super::compound::{long, short};

const BOUND_SHEET: u16 = 0x85;
const NOTE: u16 = 0x1C;
const CONTINUE: u16 = 0x3C;
const OBJECT: u16 = 0x5D;
const TEXT_OBJECT: u16 = 0x1B6;

/// Text that belongs to a sheet or one of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Row and column from 0; `None` for text boxes.
    pub(super) cell: Option<(u32, u32)>,
    pub(super) text: String,
}

/// The notes of each sheet, in the order in which the workbook lists them.
pub(super) fn read(workbook: &[u8]) -> Vec<Vec<Note>> {
    let sheets = Records { bytes: workbook }
        .filter(|record| record.kind == BOUND_SHEET)
        .filter_map(|record| long(record.body, 0));
    // Sheets follow each other; one ends where the next begins.
    let starts = sheets.map(|start| start as usize).collect::<Vec<_>>();
    let end_of = |start: usize| {
        let next = starts.iter().filter(|other| **other > start).min();
        next.copied().unwrap_or(workbook.len())
    };
    let sheet = |start: &usize| workbook.get(*start..end_of(*start)).map(of_sheet);
    starts
        .iter()
        .map(|start| sheet(start).unwrap_or_default())
        .collect()
}

fn of_sheet(bytes: &[u8]) -> Vec<Note> {
    let mut records = Records { bytes };
    let (mut object, mut texts, mut notes) = (None, BTreeMap::new(), Vec::new());
    while let Some(record) = records.next() {
        match record.kind {
            // 2.4.181, 2.5.143: the first part of an object has its number.
            OBJECT => object = short(record.body, 6),
            TEXT_OBJECT => {
                let length = short(record.body, 10).unwrap_or(0);
                let text = records.text(usize::from(length));
                if let Some(object) = object.take()
                    && !text.is_empty()
                {
                    texts.insert(object, text);
                }
            }
            NOTE => {
                let places = [0, 2, 6].map(|at| short(record.body, at));
                if let [Some(row), Some(column), Some(object)] = places {
                    let author = record.body.get(8..).map(author).unwrap_or_default();
                    notes.push((object, (u32::from(row), u32::from(column)), author));
                }
            }
            _ => {}
        }
    }
    let of_cells = notes.into_iter().map(|(object, cell, author)| {
        let text = texts.remove(&object).unwrap_or_default();
        Note {
            cell: Some(cell),
            text: format!("{author}\n{text}"),
        }
    });
    let mut all = of_cells.collect::<Vec<_>>();
    all.extend(texts.into_values().map(|text| Note { cell: None, text }));
    all
}

/// 2.5.294: length, kind of characters, characters.
fn author(bytes: &[u8]) -> String {
    let length = usize::from(short(bytes, 0).unwrap_or(0));
    bytes
        .get(2..)
        .map(|bytes| characters(bytes, length))
        .unwrap_or_default()
}

/// Up to `most` characters behind a byte that says how wide they are.
fn characters(bytes: &[u8], most: usize) -> String {
    let Some((flags, bytes)) = bytes.split_first() else {
        return String::new();
    };
    if flags & 1 == 0 {
        return bytes
            .iter()
            .take(most)
            .map(|byte| char::from(*byte))
            .collect();
    }
    let units = bytes
        .chunks_exact(2)
        .take(most)
        .filter_map(|unit| short(unit, 0));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

struct Record<'b> {
    kind: u16,
    body: &'b [u8],
}

/// Records one after the other; ends where one does not fit.
struct Records<'b> {
    bytes: &'b [u8],
}

impl<'b> Iterator for Records<'b> {
    type Item = Record<'b>;

    fn next(&mut self) -> Option<Record<'b>> {
        let (kind, length) = (short(self.bytes, 0)?, short(self.bytes, 2)?);
        let end = 4 + usize::from(length);
        let body = self.bytes.get(4..end)?;
        self.bytes = self.bytes.get(end..)?;
        Some(Record { kind, body })
    }
}

impl Records<'_> {
    /// The text of a text object, which lies in the records that continue it.
    fn text(&mut self, length: usize) -> String {
        let (mut text, mut left) = (String::new(), length);
        while left > 0 && short(self.bytes, 0) == Some(CONTINUE) {
            let Some(record) = self.next() else { break };
            let part = characters(record.body, left);
            let read = part.encode_utf16().count();
            if read == 0 {
                break;
            }
            left = left.saturating_sub(read);
            text.push_str(&part);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_has_no_notes() {
        assert!(read(b"").is_empty());
        assert!(
            read(&[0x85, 0, 4, 0, 255, 255, 255, 255])
                .concat()
                .is_empty()
        );
        // A sheet that starts where it is listed.
        assert!(
            read(&[0x85, 0, 4, 0, 0, 0, 0, 0, 0x1C, 0, 2, 0, 1])
                .concat()
                .is_empty()
        );
    }
}
