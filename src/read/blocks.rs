//! Cuts long text into overlapping blocks.

use std::sync::Arc;

use crate::model::{Decoding, OffsetMap, Origin, Place, Segment, TextBlock};
use crate::read::{Flow, LEAD, OVERLAP, Out};

/// Text that a block owns.
const CORE: usize = 64 << 10;

/// Collects text that does not lie in the item as it stands and hands it out
/// in blocks.
#[derive(Debug, Default)]
pub(crate) struct BlockWriter {
    text: Vec<u8>,
    /// Where the part of `text` starts that no block has owned yet.
    core: usize,
    /// Offset of `text` in all text so far.
    base: u64,
    /// Where runs of the text lie in the item, when that is known.
    runs: Vec<Run>,
    place: Option<Place>,
}

/// Consecutive characters that are stored one after the other.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Offset of the first character in the text.
    text: u64,
    /// Offset of the same in the stored bytes.
    stored: u64,
    /// Stored bytes of a character.
    width: u64,
}

#[derive(Debug)]
struct Runs(Vec<Run>);

impl OffsetMap for Runs {
    fn stored(&self, text_offset: u64) -> u64 {
        let after = self.0.partition_point(|run| run.text <= text_offset);
        match after.checked_sub(1).and_then(|index| self.0.get(index)) {
            Some(run) => run.stored + (text_offset - run.text) * run.width,
            None => 0,
        }
    }
}

impl BlockWriter {
    /// Text that belongs to `place` and has no stored bytes of its own.
    pub(crate) fn new(place: Option<Place>) -> Self {
        BlockWriter {
            place,
            ..BlockWriter::default()
        }
    }

    /// Hands out one text in as many blocks as it takes.
    #[cfg(feature = "office")]
    pub(crate) fn text(text: &str, place: Option<Place>, out: &mut dyn Out) -> Flow {
        let mut writer = BlockWriter::new(place);
        match writer.push(text.as_bytes(), out) {
            Flow::Continue => writer.finish(out),
            Flow::Stop => Flow::Stop,
        }
    }

    /// Appends text.
    pub(crate) fn push(&mut self, mut text: &[u8], out: &mut dyn Out) -> Flow {
        while !text.is_empty() {
            let room = (self.core + CORE + OVERLAP).saturating_sub(self.text.len());
            let (now, later) = text.split_at(room.min(text.len()));
            self.text.extend_from_slice(now);
            text = later;
            if self.text.len() >= self.core + CORE + OVERLAP && self.cut(out) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    /// Appends text whose characters lie at `stored` in the item, `width`
    /// stored bytes each.
    pub(crate) fn push_stored(
        &mut self,
        text: &[u8],
        stored: u64,
        width: u64,
        out: &mut dyn Out,
    ) -> Flow {
        self.runs.push(Run {
            text: self.base + self.text.len() as u64,
            stored,
            width,
        });
        self.push(text, out)
    }

    /// Bytes that were pushed.
    pub(crate) fn len(&self) -> u64 {
        self.base + self.text.len() as u64
    }

    /// Hands out what is left.
    pub(crate) fn finish(mut self, out: &mut dyn Out) -> Flow {
        if self.core < self.text.len() {
            self.emit(self.text.len(), out)
        } else {
            Flow::Continue
        }
    }

    fn cut(&mut self, out: &mut dyn Out) -> Flow {
        let end = self.text.len() - OVERLAP;
        let flow = self.emit(end, out);
        let kept = end.saturating_sub(LEAD);
        self.text.drain(..kept);
        self.core = end - kept;
        self.base += kept as u64;
        let past = self
            .runs
            .partition_point(|run| run.text <= self.base)
            .saturating_sub(1);
        self.runs.drain(..past);
        flow
    }

    fn emit(&mut self, core_end: usize, out: &mut dyn Out) -> Flow {
        let origin = (!self.runs.is_empty()).then(|| Origin {
            base: self.base,
            decoding: Decoding::Decoded(Arc::new(Runs(self.runs.clone()))),
        });
        out.segment(Segment::Text(TextBlock {
            text: &self.text,
            core: self.core..core_end,
            origin,
            place: self.place.clone(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Cores(Vec<u8>, Vec<u64>);

    impl Out for Cores {
        fn segment(&mut self, segment: Segment<'_>) -> Flow {
            if let Segment::Text(block) = segment {
                self.0.extend_from_slice(&block.text[block.core.clone()]);
                self.1.extend(
                    block
                        .origin
                        .map(|origin| origin.stored_span(block.core).start),
                );
            }
            Flow::Continue
        }
    }

    #[test]
    fn cores_follow_each_other_without_gaps() {
        let text = (0..300_000_u32)
            .map(|n| b'a' + (n % 26) as u8)
            .collect::<Vec<_>>();
        for step in [1_000, 70_000, 300_000] {
            let (mut writer, mut seen) = (BlockWriter::new(None), Cores::default());
            for part in text.chunks(step) {
                writer.push(part, &mut seen);
            }
            writer.finish(&mut seen);
            assert!(seen.0 == text, "step {step}");
        }
    }

    #[test]
    fn stored_offsets_survive_the_cuts() {
        let (mut writer, mut seen) = (BlockWriter::new(None), Cores::default());
        writer.push_stored(&[b'a'; 100_000], 5_000, 2, &mut seen);
        writer.push_stored(&[b'b'; 100_000], 900_000, 1, &mut seen);
        writer.finish(&mut seen);
        assert_eq!(
            seen.1,
            [
                5_000,
                5_000 + 2 * CORE as u64,
                900_000 + 2 * CORE as u64 - 100_000
            ]
        );
    }
}
