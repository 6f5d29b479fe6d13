//! What a parser of a text format stands on: the text that is still to be
//! handed out, which leaves from its front as text or as cells.

use super::cells::CellWriter;
use super::stream::TextStream;
use super::text::read_rest;
use super::{Flow, LEAD, OVERLAP, Out};
use crate::model::{CellBatch, Coverage, Origin, RawText, Segment, TextBlock};

/// Most text that one block owns.
const CORE: usize = 1024 * 1024;

/// The text of an item in the hands of a parser.
///
/// Everything that is handed out leaves the front of [`Cursor::pending`], in
/// order and exactly once, so that no byte of an item can be lost or read twice.
pub(crate) struct Cursor<'i> {
    stream: TextStream<'i>,
    /// Text at the front of the window that was handed out and is only kept to
    /// be shown before the next block.
    lead: usize,
    /// Line ends in the text that was handed out.
    line_ends: u64,
}

/// Where a construct ends, as far as the text at hand tells.
pub(crate) enum End {
    /// Behind so many bytes.
    At(usize),
    /// Further on; so many bytes need not be looked at again.
    Beyond(usize),
}

impl<'i> Cursor<'i> {
    pub(crate) fn new(stream: TextStream<'i>) -> Self {
        Cursor {
            stream,
            lead: 0,
            line_ends: 0,
        }
    }

    /// The text that is held and was not handed out.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.stream.window()[self.lead..]
    }

    /// True when nothing comes behind the pending text.
    pub(crate) fn at_end(&self) -> bool {
        self.stream.at_end()
    }

    /// Lengthens the pending text, by its own length when it can, so that a
    /// parser that starts over does so a few times only; false at the end.
    pub(crate) fn grow(&mut self) -> bool {
        let before = self.pending().len();
        while self.pending().len() < (before * 2).max(1) && self.stream.more() {}
        self.pending().len() > before
    }

    /// Sees to it that `length` bytes are pending, unless the item ends before.
    pub(crate) fn fill(&mut self, length: usize) {
        while self.pending().len() < length && self.stream.more() {}
    }

    /// The line, from 1, on which the byte at `at` of the pending text lies.
    pub(crate) fn line(&self, at: usize) -> u64 {
        1 + self.line_ends + line_ends(&self.pending()[..at])
    }

    /// Hands out the first `count` pending bytes as text.
    pub(crate) fn text(&mut self, count: usize, out: &mut dyn Out) -> Flow {
        let mut left = count;
        while left > 0 {
            let core = left.min(CORE);
            self.fill(core + OVERLAP);
            let end = self.lead + core;
            let window = self.stream.window();
            let block = TextBlock {
                text: &window[..window.len().min(end + OVERLAP)],
                core: self.lead..end,
                origin: Some(self.stream.origin()),
                place: None,
            };
            let flow = out.segment(Segment::Text(block));
            self.advance(core);
            left -= core;
            if flow == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    /// Hands out text up to where `end` says, which looks at the pending text
    /// from a place on; up to the end of the item if it never does. Returns
    /// whether it did.
    pub(crate) fn text_until(
        &mut self,
        mut from: usize,
        end: impl Fn(&[u8], usize) -> End,
        out: &mut dyn Out,
    ) -> (Flow, bool) {
        loop {
            match end(self.pending(), from) {
                End::At(at) => return (self.text(at, out), true),
                End::Beyond(seen) => from = seen,
            }
            if from >= CORE {
                if self.text(CORE, out) == Flow::Stop {
                    return (Flow::Stop, false);
                }
                from -= CORE;
            }
            let before = self.pending().len();
            self.fill(before + 1);
            if self.pending().len() == before {
                return (self.text(before, out), false);
            }
        }
    }

    /// Hands out the first `count` pending bytes as the cells parsed from them.
    pub(crate) fn cells(
        &mut self,
        count: usize,
        writer: &mut CellWriter,
        out: &mut dyn Out,
    ) -> Flow {
        if count == 0 {
            return Flow::Continue;
        }
        writer.seal();
        let origin = self.stream.origin();
        let batch = CellBatch {
            text: &writer.text,
            cells: &writer.cells,
            table: &writer.table,
            raw: Some(RawText {
                bytes: &self.pending()[..count],
                origin: Origin {
                    base: origin.base + self.lead as u64,
                    ..origin
                },
                escape: writer.escape,
            }),
        };
        let flow = out.segment(Segment::Cells(batch));
        writer.clear();
        self.advance(count);
        flow
    }

    /// Hands out all that is left as text: what remains of an item whose
    /// content broke its format.
    pub(crate) fn rest(&mut self, out: &mut dyn Out) -> Flow {
        self.stream.take(self.lead);
        self.lead = 0;
        read_rest(&mut self.stream, out)
    }

    /// What was read, to be asked at the end.
    pub(crate) fn coverage(&self) -> Coverage {
        self.stream.coverage()
    }

    fn advance(&mut self, count: usize) {
        self.line_ends += line_ends(&self.pending()[..count]);
        let keep = LEAD.min(self.lead + count);
        self.stream.take(self.lead + count - keep);
        self.lead = keep;
    }
}

fn line_ends(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}
