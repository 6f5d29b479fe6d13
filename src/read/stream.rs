//! An item as a stream of text, with the way back to its stored bytes.
//!
//! Readers of text formats look at a window of text, take what they have
//! understood from its front and ask for more at its end. Text that is scanned
//! as stored and fits in the item's head is never copied.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::{CoderResult, Encoding};

use super::charset::{self, Charset};
use super::{Item, Limits};
use crate::model::{Coverage, Decoding, OffsetMap, Origin, Reason};

/// Stored bytes that are read and decoded at a time.
const CHUNK: usize = 256 * 1024;
/// Decoded chunks are cut at a line end when one is this near to their end.
const CUT_SEARCH: usize = 16 * 1024;

/// The text of an item.
pub(crate) struct TextStream<'i> {
    /// What is left of the head, then the rest of the item.
    head: &'i [u8],
    rest: &'i mut dyn Read,
    /// The window: all of it borrowed, or owned from `start` on.
    window: Cow<'i, [u8]>,
    start: usize,
    /// Text offset of the window.
    base: u64,
    source: Source,
    /// Stored bytes taken from the item so far.
    stored: u64,
    limit: u64,
    expected: Option<u64>,
    ended: bool,
    trouble: Option<(Reason, String)>,
}

enum Source {
    /// Text offset plus `shift` is the stored offset.
    Stored { shift: u64 },
    Decoded {
        encoding: &'static Encoding,
        pending: Vec<u8>,
        chunks: Vec<Arc<Chunk>>,
        replaced: u64,
    },
}

impl<'i> TextStream<'i> {
    /// Opens an item that is text; `None` when it is binary.
    pub(crate) fn open<'a: 'i>(item: &'i mut Item<'a>, limits: &Limits) -> Option<TextStream<'i>> {
        let (mark, encoding) = match charset::of(item.head, item.complete) {
            Charset::Utf8 { mark } => (mark, None),
            Charset::Encoded { encoding, mark } => (mark, Some(encoding)),
            Charset::Binary { .. } => return None,
        };
        let mut stream = TextStream {
            head: &item.head[mark..],
            rest: &mut *item.rest,
            window: Cow::Borrowed(&[]),
            start: 0,
            base: 0,
            source: match encoding {
                None => Source::Stored { shift: mark as u64 },
                Some(encoding) => Source::Decoded {
                    encoding,
                    pending: Vec::new(),
                    chunks: Vec::new(),
                    replaced: 0,
                },
            },
            stored: mark as u64,
            limit: limits.item_bytes.max(mark as u64),
            expected: item.size,
            ended: false,
            trouble: None,
        };
        let fits = stream.head.len() as u64 + stream.stored <= stream.limit;
        if encoding.is_none() && fits {
            stream.window = Cow::Borrowed(stream.head);
            stream.stored += stream.head.len() as u64;
            stream.head = &[];
            stream.ended = item.complete;
        }
        Some(stream)
    }

    /// The text that is held: everything between what was taken and what was read.
    pub(crate) fn window(&self) -> &[u8] {
        &self.window[self.start..]
    }

    /// True when nothing comes behind the window.
    pub(crate) fn at_end(&self) -> bool {
        self.ended
    }

    /// Drops the first `count` bytes of the window.
    pub(crate) fn take(&mut self, count: usize) {
        let count = count.min(self.window().len());
        self.start += count;
        self.base += count as u64;
        if let Source::Decoded { chunks, .. } = &mut self.source {
            let base = self.base;
            chunks.retain(|chunk| chunk.text.end >= base);
        }
    }

    /// Lengthens the window at its end; false when there is nothing more.
    pub(crate) fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        let mut window = std::mem::replace(&mut self.window, Cow::Borrowed(&[])).into_owned();
        // Moving what is left to the front costs little when it happens once
        // for many bytes taken.
        if self.start * 2 >= window.len() {
            window.drain(..self.start);
            self.start = 0;
        }
        let before = window.len();
        let mut source = std::mem::replace(&mut self.source, Source::Stored { shift: 0 });
        while window.len() == before && !self.ended {
            match &mut source {
                Source::Stored { .. } => self.fill(&mut window),
                Source::Decoded {
                    encoding,
                    pending,
                    chunks,
                    replaced,
                } => {
                    self.fill(pending);
                    let text_end = self.base + (window.len() - self.start) as u64;
                    let cut = if self.ended {
                        pending.len()
                    } else {
                        safe_cut(pending, encoding)
                    };
                    let stored = pending.drain(..cut).collect();
                    let stored_at = self.stored - pending.len() as u64 - cut as u64;
                    let chunk = Chunk::decode(encoding, stored, stored_at, text_end, &mut window);
                    *replaced += chunk.replaced;
                    chunks.push(Arc::new(chunk));
                }
            }
        }
        self.source = source;
        self.window = Cow::Owned(window);
        self.window().len() > before - self.start.min(before)
    }

    /// Appends the next stored bytes; sets `ended` behind the last.
    fn fill(&mut self, to: &mut Vec<u8>) {
        let room = (self.limit - self.stored).min(CHUNK as u64) as usize;
        if room == 0 {
            // Only a limit that cuts something off is worth a word.
            let mut probe = [0u8];
            if !self.head.is_empty() || matches!(self.rest.read(&mut probe), Ok(1)) {
                self.trouble = Some((
                    Reason::LimitBytes,
                    format!("read up to the limit of {} bytes", self.limit),
                ));
            }
            self.ended = true;
            return;
        }
        if !self.head.is_empty() {
            let (now, later) = self.head.split_at(room.min(self.head.len()));
            to.extend_from_slice(now);
            self.head = later;
            self.stored += now.len() as u64;
            return;
        }
        let before = to.len();
        to.reserve(room);
        // Reads into memory that was not cleared first, and keeps what came
        // before an error.
        let outcome = (&mut *self.rest).take(room as u64).read_to_end(to);
        let length = to.len() - before;
        if let Err(err) = outcome {
            self.trouble = Some((
                reason_of(&err),
                format!("read error at byte {}: {err}", self.stored + length as u64),
            ));
        }
        self.ended = self.trouble.is_some() || length < room;
        self.stored += length as u64;
    }

    /// The way back from the window.
    pub(crate) fn origin(&self) -> Origin {
        let decoding = match &self.source {
            Source::Stored { shift } => Decoding::Stored { shift: *shift },
            Source::Decoded { chunks, .. } => Decoding::Decoded(Arc::new(Chunks(chunks.clone()))),
        };
        Origin {
            base: self.base,
            decoding,
        }
    }

    /// What was read, to be asked at the end.
    pub(crate) fn coverage(&self) -> Coverage {
        if let Some((reason, detail)) = &self.trouble {
            return Coverage::partial(self.stored, *reason, detail.clone());
        }
        match self.expected {
            Some(expected) if self.ended && self.stored < expected => Coverage::partial(
                self.stored,
                Reason::ChangedDuringRead,
                format!("ended after {} of {expected} bytes", self.stored),
            ),
            _ => match &self.source {
                Source::Decoded {
                    encoding, replaced, ..
                } if *replaced * 10 > self.base => Coverage::partial(
                    self.stored,
                    Reason::Malformed,
                    format!("more than a tenth is not valid {}", encoding.name()),
                ),
                _ => Coverage::scanned(self.stored),
            },
        }
    }
}

fn reason_of(err: &io::Error) -> Reason {
    match err.kind() {
        io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        _ => Reason::Io,
    }
}

/// Where stored bytes can be cut so that both parts decode alone: behind a line
/// end, or behind a byte that no multi-byte character holds.
fn safe_cut(stored: &[u8], encoding: &'static Encoding) -> usize {
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
struct Chunk {
    encoding: &'static Encoding,
    stored: Vec<u8>,
    stored_at: u64,
    text: Range<u64>,
    replaced: u64,
    /// Pairs of text and stored offsets, growing, made when first asked for.
    marks: Mutex<Vec<(u64, u64)>>,
}

impl Chunk {
    /// Decodes `stored` and appends the text to `window`.
    fn decode(
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
            let (mut last, mut stored_last) = (0, 0);
            self.walk(0, |text, stored| {
                // A character is complete when its text appears.
                if text > last {
                    if text >= marks.last().map_or(0, |m| m.0 as usize) + EVERY {
                        marks.push((text as u64, stored as u64));
                    }
                    (last, stored_last) = (text, stored);
                }
                true
            });
            let _ = stored_last;
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
struct Chunks(Vec<Arc<Chunk>>);

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ItemPath;

    fn read(bytes: &[u8], head: usize, check: impl Fn(&TextStream<'_>)) -> (Vec<u8>, Coverage) {
        let path = ItemPath::new("t");
        let (head, mut rest) = bytes.split_at(head.min(bytes.len()));
        let complete = rest.is_empty();
        let mut item = Item {
            path: &path,
            head,
            complete,
            rest: &mut rest,
            size: Some(bytes.len() as u64),
            file: None,
        };
        let mut stream = TextStream::open(&mut item, &Limits::default()).unwrap();
        let mut text = Vec::new();
        loop {
            while stream.window().len() < 200_000 && stream.more() {}
            check(&stream);
            let held = stream.window().len();
            let count = if stream.at_end() { held } else { held / 2 };
            text.extend_from_slice(&stream.window()[..count]);
            stream.take(count);
            if stream.at_end() {
                return (text, stream.coverage());
            }
        }
    }

    #[test]
    fn every_character_leads_back_to_its_stored_bytes() {
        let sample = "Name: Ünïcödé Straße 536-22-8471\r\n".repeat(12_000);
        let cyrillic = "Имя: Иван Петров 536-22-8471\n".repeat(12_000);
        let japanese = "氏名: 山田太郎 536-22-8471\n".repeat(12_000);
        let emoji = "a😀b 536-22-8471\n".repeat(20_000);
        let utf16 = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|u| {
                    if big {
                        u.to_be_bytes()
                    } else {
                        u.to_le_bytes()
                    }
                })
                .collect()
        };
        let cases: Vec<(&str, Vec<u8>)> = vec![
            (
                &sample,
                encoding_rs::WINDOWS_1252.encode(&sample).0.into_owned(),
            ),
            (
                &cyrillic,
                encoding_rs::WINDOWS_1251.encode(&cyrillic).0.into_owned(),
            ),
            (
                &japanese,
                encoding_rs::SHIFT_JIS.encode(&japanese).0.into_owned(),
            ),
            (
                &japanese,
                encoding_rs::EUC_JP.encode(&japanese).0.into_owned(),
            ),
            (
                &japanese,
                encoding_rs::GB18030.encode(&japanese).0.into_owned(),
            ),
            (&emoji, utf16(&emoji, false)),
            (&emoji, utf16(&emoji, true)),
            (&sample, [&b"\xEF\xBB\xBF"[..], sample.as_bytes()].concat()),
        ];
        for (index, (text, stored)) in cases.into_iter().enumerate() {
            let (got, coverage) = read(&stored, 100_000, |stream| {
                let origin = stream.origin();
                let window = String::from_utf8_lossy(stream.window());
                for (at, _) in window.match_indices("536-22-8471").step_by(397) {
                    let span = origin.stored_span(at..at + 11);
                    let held = &stored[span.start as usize..span.end as usize];
                    let wide: Vec<u8> = held.iter().copied().filter(|&b| b != 0).collect();
                    assert_eq!(wide, b"536-22-8471", "case {index}");
                }
            });
            assert_eq!(
                String::from_utf8_lossy(&got).trim_end(),
                text.trim_end(),
                "case {index}"
            );
            assert_eq!(
                coverage,
                Coverage::scanned(stored.len() as u64),
                "case {index}"
            );
        }
    }

    #[test]
    fn a_shorter_item_than_announced_has_changed() {
        let path = ItemPath::new("t");
        let mut rest: &[u8] = b"rest";
        let mut item = Item {
            path: &path,
            head: b"head ",
            complete: false,
            rest: &mut rest,
            size: Some(100),
            file: None,
        };
        let mut stream = TextStream::open(&mut item, &Limits::default()).unwrap();
        while stream.more() {}
        assert_eq!(stream.window(), b"head rest");
        assert_eq!(stream.coverage().reason, Some(Reason::ChangedDuringRead));
    }

    #[test]
    fn a_limit_cuts_and_says_so() {
        let path = ItemPath::new("t");
        let limits = Limits {
            item_bytes: 7,
            ..Limits::default()
        };
        let mut rest: &[u8] = b"rest";
        let mut item = Item {
            path: &path,
            head: b"head ",
            complete: false,
            rest: &mut rest,
            size: Some(9),
            file: None,
        };
        let mut stream = TextStream::open(&mut item, &limits).unwrap();
        while stream.more() {}
        assert_eq!(stream.window(), b"head re");
        assert_eq!(stream.coverage().reason, Some(Reason::LimitBytes));
    }
}
