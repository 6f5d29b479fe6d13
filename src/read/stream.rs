//! An item as a stream of text, with the way back to its stored bytes.
//!
//! Readers of text formats look at a window of text, take what they have
//! understood from its front and ask for more at its end. Text that is scanned
//! as stored and fits in the item's head is never copied.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;

use encoding_rs::Encoding;

use super::charset::{self, Charset};
use super::decoded::{Chunk, Chunks, safe_cut};
use super::{Item, Limits};
use crate::model::{Coverage, Decoding, Origin, Reason};

/// Stored bytes that are read and decoded at a time.
const CHUNK: usize = 256 * 1024;

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
