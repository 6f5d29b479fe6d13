//! Printable runs in binary data: ASCII and UTF-16LE of six characters and more.

use super::Flow;

/// Shorter runs are chance.
const SHORTEST: usize = 6;
/// A run is handed on in pieces of this size.
const PIECE: usize = 16 << 10;

/// A run, or a piece of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run<'a> {
    /// Its characters, one byte each.
    pub(crate) text: &'a [u8],
    /// Offset of the first in the stream.
    pub(crate) offset: u64,
    /// Stored bytes of a character.
    pub(crate) width: u64,
    /// False when more of the same run follows.
    pub(crate) ends: bool,
}

/// Finds printable runs in a stream that arrives in pieces.
#[derive(Debug)]
pub(crate) struct Strings {
    narrow: Open,
    wide: Open,
    /// A printable byte that is a UTF-16LE character if a zero follows.
    half: Option<u8>,
    at: u64,
}

/// A run that may go on.
#[derive(Debug)]
struct Open {
    text: Vec<u8>,
    offset: u64,
    width: u64,
    /// True when pieces of the run were handed on already.
    begun: bool,
}

impl Default for Strings {
    fn default() -> Self {
        let open = |width| Open {
            text: Vec::new(),
            offset: 0,
            width,
            begun: false,
        };
        Strings {
            narrow: open(1),
            wide: open(2),
            half: None,
            at: 0,
        }
    }
}

impl Strings {
    /// Takes the next bytes of the stream.
    pub(crate) fn scan(&mut self, bytes: &[u8], mut found: impl FnMut(Run<'_>) -> Flow) -> Flow {
        for &byte in bytes {
            let flow = self.step(byte, &mut found);
            self.at += 1;
            if flow == Flow::Stop {
                return flow;
            }
        }
        Flow::Continue
    }

    /// Hands on what the end of the stream completes.
    pub(crate) fn finish(&mut self, mut found: impl FnMut(Run<'_>) -> Flow) -> Flow {
        match self.narrow.close(&mut found) {
            Flow::Continue => self.wide.close(&mut found),
            Flow::Stop => Flow::Stop,
        }
    }

    fn step(&mut self, byte: u8, found: &mut impl FnMut(Run<'_>) -> Flow) -> Flow {
        let printable = matches!(byte, b'\t' | b' '..=b'~');
        let mut flow = Flow::Continue;
        if printable {
            flow = self.narrow.push(byte, self.at, found);
        } else if !self.narrow.text.is_empty() || self.narrow.begun {
            flow = self.narrow.close(found);
        }
        match self.half.take() {
            Some(character) if byte == 0 => {
                return and(flow, || self.wide.push(character, self.at - 1, found));
            }
            Some(_) => flow = and(flow, || self.wide.close(found)),
            None if !printable => flow = and(flow, || self.wide.close(found)),
            None => {}
        }
        self.half = printable.then_some(byte);
        flow
    }
}

fn and(flow: Flow, next: impl FnOnce() -> Flow) -> Flow {
    if flow == Flow::Continue { next() } else { flow }
}

impl Open {
    fn push(
        &mut self,
        character: u8,
        offset: u64,
        found: &mut impl FnMut(Run<'_>) -> Flow,
    ) -> Flow {
        if self.text.is_empty() {
            self.offset = offset;
        }
        self.text.push(character);
        if self.text.len() < PIECE {
            return Flow::Continue;
        }
        let run = Run {
            text: &self.text,
            offset: self.offset,
            width: self.width,
            ends: false,
        };
        let flow = found(run);
        self.text.clear();
        self.begun = true;
        flow
    }

    fn close(&mut self, found: &mut impl FnMut(Run<'_>) -> Flow) -> Flow {
        let mut flow = Flow::Continue;
        if self.begun || self.text.len() >= SHORTEST {
            flow = found(Run {
                text: &self.text,
                offset: self.offset,
                width: self.width,
                ends: true,
            });
        }
        self.text.clear();
        self.begun = false;
        flow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(bytes: &[u8], step: usize) -> Vec<(String, u64, u64)> {
        let (mut strings, mut seen) = (Strings::default(), Vec::new());
        let mut note = |run: Run<'_>| {
            seen.push((
                String::from_utf8_lossy(run.text).into_owned(),
                run.offset,
                run.width,
            ));
            Flow::Continue
        };
        for piece in bytes.chunks(step) {
            strings.scan(piece, &mut note);
        }
        strings.finish(&mut note);
        seen
    }

    #[test]
    fn finds_both_kinds_at_any_cut() {
        let mut bytes = b"\x00\x01hello world\x00\xffabc\x01".to_vec();
        bytes.extend("wide text".encode_utf16().flat_map(u16::to_le_bytes));
        bytes.extend(b"\x01\x02last one");
        let expected = [
            ("hello world".to_owned(), 2, 1),
            ("wide text".to_owned(), 19, 2),
            ("last one".to_owned(), 39, 1),
        ];
        for step in [1, 2, 3, 7, 100] {
            assert_eq!(runs(&bytes, step), expected, "step {step}");
        }
    }

    #[test]
    fn long_runs_come_in_pieces() {
        let seen = runs(&vec![b'x'; PIECE + 3], 1000);
        assert_eq!(
            seen.iter()
                .map(|run| (run.0.len(), run.1))
                .collect::<Vec<_>>(),
            [(PIECE, 0), (3, PIECE as u64)]
        );
    }
}
