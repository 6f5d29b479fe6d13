//! Stored bytes beside the text they were decoded to: where to cut them, and the
//! way back from a place in the text.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::{CoderResult, Encoding};

use crate::model::OffsetMap;

/// Decoded chunks are cut at a line end when one is this near to their end.
const CUT_SEARCH: usize = 16 * 1024;

/// Where stored bytes can be cut so that both parts decode alone: behind a line
/// end, or behind a byte that no multi-byte character holds.
pub(super) fn safe_cut(stored: &[u8], encoding: &'static Encoding) -> usize {
    let all = stored.len();
    if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
        let even = all & !1;
        let Some(last) = even.checked_sub(2) else {
            return 0;
        };
        let high = if encoding == encoding_rs::UTF_16LE {
            stored[last + 1]
        } else {
            stored[last]
        };
        return if (0xD8..0xDC).contains(&high) {
            last
        } else {
            even
        };
    }
    if encoding.is_single_byte() {
        return all;
    }
    let from = all.saturating_sub(CUT_SEARCH);
    // Trail bytes of the multi-byte encodings begin at 0x30.
    let safe = |b: &u8| *b < 0x30 && *b != 0x1B;
    match stored[from..].iter().rposition(safe) {
        Some(at) => from + at + 1,
        None => all,
    }
}

/// Stored bytes and the span of text they were decoded to.
#[derive(Debug)]
pub(super) struct Chunk {
    encoding: &'static Encoding,
    pub(super) stored: Vec<u8>,
    pub(super) stored_at: u64,
    pub(super) text: Range<u64>,
    pub(super) replaced: u64,
    /// Pairs of text and stored offsets, growing, made when first asked for.
    marks: Mutex<Vec<(u64, u64)>>,
}

impl Chunk {
    /// Decodes `stored` and appends the text to `window`.
    pub(super) fn decode(
        encoding: &'static Encoding,
        stored: Vec<u8>,
        stored_at: u64,
        text_at: u64,
        window: &mut Vec<u8>,
    ) -> Chunk {
        let before = window.len();
        let (text, malformed) = encoding.decode_without_bom_handling(&stored);
        window.extend_from_slice(text.as_bytes());
        let replaced = if malformed {
            text.chars().filter(|&c| c == '\u{FFFD}').count() as u64
        } else {
            0
        };
        let length = (window.len() - before) as u64;
        Chunk {
            encoding,
            stored,
            stored_at,
            text: text_at..text_at + length,
            replaced,
            marks: Mutex::default(),
        }
    }

    /// Decodes byte by byte from `stored_from`, calling `seen(text, stored)`
    /// with the lengths behind each character until it answers false.
    fn walk(&self, stored_from: usize, mut seen: impl FnMut(usize, usize) -> bool) {
        let mut decoder = self.encoding.new_decoder_without_bom_handling();
        let mut text = 0;
        let mut out = [0u8; 16];
        for (index, byte) in self.stored[stored_from..].iter().enumerate() {
            let mut input = std::slice::from_ref(byte);
            loop {
                let (result, read, written, _) = decoder.decode_to_utf8(input, &mut out, false);
                text += written;
                input = &input[read..];
                if matches!(result, CoderResult::InputEmpty) {
                    break;
                }
            }
            if !seen(text, index + 1) {
                return;
            }
        }
    }

    fn stored_offset(&self, text_offset: u64) -> u64 {
        const EVERY: usize = 512;
        let wanted = (text_offset - self.text.start) as usize;
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        if marks.is_empty() {
            marks.push((0, 0));
            let mut last = 0;
            self.walk(0, |text, stored| {
                // A character is complete when its text appears.
                if text > last {
                    if text >= marks.last().map_or(0, |m| m.0 as usize) + EVERY {
                        marks.push((text as u64, stored as u64));
                    }
                    last = text;
                }
                true
            });
        }
        let at = marks.partition_point(|mark| mark.0 as usize <= wanted) - 1;
        let (text_from, stored_from) = (marks[at].0 as usize, marks[at].1 as usize);
        let mut found = stored_from;
        if wanted > text_from {
            self.walk(stored_from, |text, stored| {
                if text_from + text > wanted {
                    return false;
                }
                if text > 0 {
                    found = stored_from + stored;
                }
                text_from + text < wanted
            });
        }
        self.stored_at + found as u64
    }
}

/// The chunks behind a window.
#[derive(Debug)]
pub(super) struct Chunks(pub(super) Vec<Arc<Chunk>>);

impl OffsetMap for Chunks {
    fn stored(&self, text_offset: u64) -> u64 {
        let at = self
            .0
            .partition_point(|chunk| chunk.text.end <= text_offset);
        match self.0.get(at) {
            Some(chunk) => chunk.stored_offset(text_offset.max(chunk.text.start)),
            None => self
                .0
                .last()
                .map_or(0, |last| last.stored_at + last.stored.len() as u64),
        }
    }
}
