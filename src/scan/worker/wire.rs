//! What goes between the scan and a worker process: length-prefixed messages.

use std::ffi::OsString;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::model::{
    Cell, CellBatch, Coverage, Decoding, ItemPath, Origin, Place, Segment, Table, TextBlock,
};
use crate::read::{Flow, Limits, Out};

/// Longest message that is believed, in bytes.
const LONGEST: usize = 64 << 20;

/// From the scan to a worker.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request<'a> {
    /// Read an item.
    Job(Job),
    /// The answer to [`Reply::Pull`]: more of the item; empty at its end.
    #[serde(borrow)]
    Content(&'a [u8]),
}

/// One item to read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Job {
    /// Name of the reader.
    pub(super) reader: String,
    /// File that holds the item, and names on the way down in it.
    pub(super) outer: OsString,
    pub(super) members: Vec<String>,
    /// The file to read; `None` when the content is to be pulled.
    pub(super) file: Option<OsString>,
    pub(super) size: Option<u64>,
    pub(super) limits: Limits,
}

impl Job {
    pub(super) fn path(&self) -> ItemPath {
        self.members
            .iter()
            .fold(ItemPath::new(&self.outer), |path, name| path.member(name))
    }
}

/// From a worker to the scan.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply<'a> {
    /// Asks for more of an item that is no file.
    Pull,
    /// A piece of text.
    Text {
        #[serde(borrow)]
        text: &'a [u8],
        core: (u32, u32),
        /// Base and shift, for text that is stored as it stands.
        stored: Option<(u64, u64)>,
        place: Option<Place>,
    },
    /// The table that the next cells belong to.
    Table(Table),
    /// Cells of the last table.
    Cells {
        #[serde(borrow)]
        text: &'a [u8],
        cells: Vec<Cell>,
    },
    /// The item is finished.
    Done(Coverage),
}

/// Sends one message.
pub(super) fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let frame = postcard::to_extend(message, vec![0; 4]).map_err(io::Error::other)?;
    send_frame(to, frame)
}

fn send_frame(to: &mut impl Write, mut frame: Vec<u8>) -> io::Result<()> {
    let length = frame.len() - 4;
    if length > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "message too long",
        ));
    }
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    to.write_all(&frame)?;
    to.flush()
}

/// Receives one message; `None` when the other side has closed.
pub(super) fn receive(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut prefix = Vec::with_capacity(4);
    from.by_ref().take(4).read_to_end(&mut prefix)?;
    let Ok(prefix) = <[u8; 4]>::try_from(prefix.as_slice()) else {
        return Ok(None);
    };
    let length = u32::from_le_bytes(prefix) as usize;
    if length > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "message too long",
        ));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    Ok(Some(frame))
}

/// Understands a message.
pub(super) fn decode<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> io::Result<T> {
    postcard::from_bytes(frame)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "unknown message"))
}

/// Sends segments. Readers that run in workers are for binary formats: the way
/// back to stored bytes is kept for text that is stored as it stands only, and
/// the raw text of cells is not sent.
#[derive(Debug, Default)]
pub(super) struct Sender {
    table: Option<Table>,
}

impl Sender {
    pub(super) fn send(&mut self, to: &mut impl Write, segment: &Segment<'_>) -> io::Result<()> {
        match segment {
            Segment::Text(block) => {
                let stored = block
                    .origin
                    .as_ref()
                    .and_then(|origin| match origin.decoding {
                        Decoding::Stored { shift } => Some((origin.base, shift)),
                        Decoding::Decoded(_) => None,
                    });
                let core = (block.core.start as u32, block.core.end as u32);
                send(
                    to,
                    &Reply::Text {
                        text: block.text,
                        core,
                        stored,
                        place: block.place.clone(),
                    },
                )
            }
            Segment::Cells(batch) => {
                if self.table.as_ref() != Some(batch.table) {
                    send(to, &Reply::Table(batch.table.clone()))?;
                    self.table = Some(batch.table.clone());
                }
                send(
                    to,
                    &Reply::Cells {
                        text: batch.text,
                        cells: batch.cells.to_vec(),
                    },
                )
            }
        }
    }
}

/// Turns replies back into segments, believing nothing.
#[derive(Debug, Default)]
pub(super) struct Receiver {
    table: Table,
}

impl Receiver {
    /// Hands on a segment.
    ///
    /// # Errors
    /// When the message contradicts itself.
    pub(super) fn hand_on(&mut self, reply: Reply<'_>, out: &mut dyn Out) -> io::Result<Flow> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "invalid segment");
        match reply {
            Reply::Text {
                text,
                core,
                stored,
                place,
            } => {
                let core = core.0 as usize..core.1 as usize;
                text.get(core.clone()).ok_or_else(invalid)?;
                let origin = stored.map(|(base, shift)| Origin {
                    base,
                    decoding: Decoding::Stored { shift },
                });
                Ok(out.segment(Segment::Text(TextBlock {
                    text,
                    core,
                    origin,
                    place,
                })))
            }
            Reply::Table(table) => {
                self.table = table;
                Ok(Flow::Continue)
            }
            Reply::Cells { text, cells } => {
                let fits = |cell: &Cell| {
                    let span = cell.span.start as usize..cell.span.end as usize;
                    text.get(span).is_some()
                        && (cell.field as usize) < self.table.fields.len()
                        && cell.raw == 0
                };
                if !cells.iter().all(fits) {
                    return Err(invalid());
                }
                let batch = CellBatch {
                    text,
                    cells: &cells,
                    table: &self.table,
                    raw: None,
                };
                Ok(out.segment(Segment::Cells(batch)))
            }
            Reply::Pull | Reply::Done(_) => Err(invalid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Out for Nothing {
        fn segment(&mut self, _: Segment<'_>) -> Flow {
            Flow::Continue
        }
    }

    #[test]
    fn messages_go_both_ways() {
        let mut pipe = Vec::new();
        send(&mut pipe, &Request::Content(b"abc")).unwrap();
        send(&mut pipe, &Reply::Done(Coverage::scanned(7))).unwrap();
        let mut pipe = pipe.as_slice();
        let frame = receive(&mut pipe).unwrap().unwrap();
        assert!(matches!(decode(&frame).unwrap(), Request::Content(b"abc")));
        let frame = receive(&mut pipe).unwrap().unwrap();
        assert!(
            matches!(decode(&frame).unwrap(), Reply::Done(coverage) if coverage == Coverage::scanned(7))
        );
        assert!(receive(&mut pipe).unwrap().is_none());
    }

    #[test]
    fn nothing_is_believed() {
        assert!(receive(&mut [255, 255, 255, 255].as_slice()).is_err());
        assert!(receive(&mut [9, 0, 0, 0, 1].as_slice()).is_err());
        assert!(decode::<Reply<'_>>(&[200, 1]).is_err());
        let mut receiver = Receiver::default();
        let bad = Reply::Text {
            text: b"abc",
            core: (2, 9),
            stored: None,
            place: None,
        };
        assert!(receiver.hand_on(bad, &mut Nothing).is_err());
        let cell = Cell {
            span: 0..1,
            raw: 0,
            field: 3,
            typed: Default::default(),
            escaped: false,
            row: 1,
        };
        assert!(
            receiver
                .hand_on(
                    Reply::Cells {
                        text: b"abc",
                        cells: vec![cell]
                    },
                    &mut Nothing
                )
                .is_err()
        );
    }
}
