//! Segments that outlive the reader's buffers, for scanning on other threads.

use std::ops::Range;

use crate::model::{Cell, CellBatch, Escape, Origin, Place, RawText, Segment, Table, TextBlock};

/// A copy of a segment. Copying costs a few percent of scanning.
#[derive(Debug)]
pub(super) enum OwnedSegment {
    Text {
        text: Vec<u8>,
        core: Range<usize>,
        origin: Option<Origin>,
        place: Option<Place>,
    },
    Cells {
        text: Vec<u8>,
        cells: Vec<Cell>,
        table: Table,
        raw: Option<(Vec<u8>, Origin, Escape)>,
    },
}

impl From<&Segment<'_>> for OwnedSegment {
    fn from(segment: &Segment<'_>) -> Self {
        match segment {
            Segment::Text(block) => OwnedSegment::Text {
                text: block.text.to_vec(),
                core: block.core.clone(),
                origin: block.origin.clone(),
                place: block.place.clone(),
            },
            Segment::Cells(batch) => OwnedSegment::Cells {
                text: batch.text.to_vec(),
                cells: batch.cells.to_vec(),
                table: batch.table.clone(),
                raw: batch
                    .raw
                    .as_ref()
                    .map(|raw| (raw.bytes.to_vec(), raw.origin.clone(), raw.escape)),
            },
        }
    }
}

impl OwnedSegment {
    pub(super) fn borrow(&self) -> Segment<'_> {
        match self {
            OwnedSegment::Text {
                text,
                core,
                origin,
                place,
            } => Segment::Text(TextBlock {
                text,
                core: core.clone(),
                origin: origin.clone(),
                place: place.clone(),
            }),
            OwnedSegment::Cells {
                text,
                cells,
                table,
                raw,
            } => Segment::Cells(CellBatch {
                text,
                cells,
                table,
                raw: raw.as_ref().map(|(bytes, origin, escape)| RawText {
                    bytes,
                    origin: origin.clone(),
                    escape: *escape,
                }),
            }),
        }
    }
}
