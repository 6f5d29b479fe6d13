//! Plain text, source code, logs: everything that has no structure to use.

use super::stream::TextStream;
use super::{Claim, Flow, Item, LEAD, Limits, OVERLAP, Out, Reader};
use crate::model::{Coverage, ItemPath, Segment, TextBlock};

/// Text that a block owns; long enough that what it shows besides does not count.
const CORE: usize = 1024 * 1024;
/// A block ends at a line end when there is one this near to where it would.
const LINE_SEARCH: usize = 16 * 1024;

/// Reads any text as blocks.
pub(crate) struct Text;

impl Reader for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn version(&self) -> u32 {
        1
    }

    fn claims(&self, _: &[u8], _: &ItemPath) -> Claim {
        Claim::ByName
    }

    fn read(&self, item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Coverage {
        match TextStream::open(item, limits) {
            Some(mut stream) => {
                read_rest(&mut stream, out);
                stream.coverage()
            }
            None => super::binary(item.head, item.complete),
        }
    }
}

/// Hands out all that a stream still holds, as blocks. What other readers fall
/// back to when content breaks their format.
pub(crate) fn read_rest(stream: &mut TextStream<'_>, out: &mut dyn Out) -> Flow {
    // The window starts with text that the block before owned.
    let mut lead = 0;
    loop {
        while stream.window().len() < lead + CORE + OVERLAP && stream.more() {}
        let text = stream.window();
        let end = if stream.at_end() && text.len() <= lead + CORE + OVERLAP {
            text.len()
        } else {
            lead + cut(&text[lead..])
        };
        let shown = text.len().min(end + OVERLAP);
        if end > lead {
            let block = TextBlock {
                text: &text[..shown],
                core: lead..end,
                origin: Some(stream.origin()),
                place: None,
            };
            if out.segment(Segment::Text(block)) == Flow::Stop {
                return Flow::Stop;
            }
        }
        if end == text.len() && stream.at_end() {
            stream.take(end);
            return Flow::Continue;
        }
        let keep = LEAD.min(end);
        stream.take(end - keep);
        lead = keep;
    }
}

/// Where the core of a block ends: behind a line, else between two characters.
fn cut(text: &[u8]) -> usize {
    let most = CORE.min(text.len());
    if let Some(at) = memchr::memrchr(b'\n', &text[most - LINE_SEARCH.min(most)..most]) {
        return most - LINE_SEARCH.min(most) + at + 1;
    }
    let back = (1..4).find(|&n| n < most && text[most - n] & 0xC0 != 0x80);
    match back {
        // The character that starts here may go on past the end.
        Some(n) if text[most - n] >= 0xC0 => most - n,
        _ => most,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    struct Collect(Vec<(Vec<u8>, std::ops::Range<usize>, u64)>);

    impl Out for Collect {
        fn segment(&mut self, segment: Segment<'_>) -> Flow {
            let Segment::Text(block) = segment else {
                panic!("text")
            };
            let base = block.origin.as_ref().unwrap().stored_span(0..0).start;
            self.0.push((block.text.to_vec(), block.core, base));
            Flow::Continue
        }
    }

    fn blocks(bytes: &[u8], head: usize) -> (Collect, Coverage) {
        let path = ItemPath::new("a.txt");
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
        let mut out = Collect(Vec::new());
        let coverage = Text.read(&mut item, &Limits::default(), &mut out);
        (out, coverage)
    }

    #[test]
    fn cores_cover_the_item_once_and_show_their_surroundings() {
        let line: Vec<u8> = (0..5_000_000u32).map(|i| b'a' + (i % 23) as u8).collect();
        let lines: Vec<u8> = line
            .iter()
            .enumerate()
            .map(|(i, &b)| if i % 71 == 0 { b'\n' } else { b })
            .collect();
        let wide = "é世".repeat(900_000).into_bytes();
        for bytes in [&b""[..], b"x", b"two\nlines", &line, &lines, &wide] {
            let (out, coverage) = blocks(bytes, 256 * 1024);
            assert_eq!(coverage.status, Status::Scanned);
            let mut next = 0;
            for (text, core, base) in &out.0 {
                assert_eq!(*base as usize + core.start, next);
                assert_eq!(text[..], bytes[*base as usize..*base as usize + text.len()]);
                next = *base as usize + core.end;
                assert!(core.start == LEAD.min(*base as usize + core.start));
                assert!(
                    next == bytes.len() || text.len() - core.end == OVERLAP.min(bytes.len() - next)
                );
            }
            assert_eq!(next, bytes.len());
        }
    }
}
