//! JSON documents and JSON Lines: every string and number is a cell whose
//! field is its key path.
//!
//! In JSON Lines each line is a record, and a line that is not JSON is text. In
//! a document the elements of its outermost arrays are records, and from where
//! it stops being JSON the rest is text. Comments and commas before a closing
//! bracket are let through, because configuration files have them. Memory does
//! not grow with the document: only open containers and the names of paths are kept.

mod leads;
mod lex;
mod paths;
mod walk;

use std::borrow::Cow;

use self::lex::Text;
use self::walk::{Pause, Walk};
use super::charset::{self, Charset};
use super::feed::{BATCH, Batch, Feed, LONGEST};
use super::stream::TextStream;
use super::{Claim, Flow, Item, Limits, Out, Reader};
use crate::model::{Coverage, ItemPath, Reason};

/// Reads one JSON document, or several that follow each other.
pub(crate) struct Json;

/// Reads files of one JSON value a line.
pub(crate) struct JsonLines;

const LINES: &[&str] = &["jsonl", "ndjson", "ldjson", "jsonlines"];
const DOCUMENTS: &[&str] = &[
    "json",
    "geojson",
    "topojson",
    "jsonc",
    "json5",
    "ipynb",
    "har",
    "avsc",
    "webmanifest",
    "sarif",
];
/// Names that say nothing about the content.
const OPEN: &[&str] = &["", "log", "txt", "out", "data", "dump", "export"];

/// Text that a claim is judged on.
const SAMPLE: usize = 64 * 1024;

/// What a text looks like.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    /// So many whole lines at its start are objects or arrays of their own.
    Lines(usize),
    Document,
    Other,
}

impl Reader for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn version(&self) -> u32 {
        1
    }

    fn claims(&self, head: &[u8], path: &ItemPath) -> Claim {
        let extension = path.extension();
        let is = |names: &[&str]| names.contains(&extension.as_str());
        if !is(LINES) && !is(DOCUMENTS) && !is(OPEN) {
            return Claim::No;
        }
        match shape(head) {
            Shape::Lines(count) if count > 2 => Claim::ByContent,
            Shape::Lines(2) if !is(OPEN) => Claim::ByContent,
            Shape::Lines(_) if is(LINES) => Claim::ByName,
            _ => Claim::No,
        }
    }

    fn read(&self, item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Coverage {
        let (head, complete) = (item.head, item.complete);
        match TextStream::open(item, limits) {
            Some(stream) => Lines::new(Feed::new(stream, out), limits.depth).read(),
            None => super::binary(head, complete),
        }
    }
}

impl Reader for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn version(&self) -> u32 {
        1
    }

    fn claims(&self, head: &[u8], path: &ItemPath) -> Claim {
        let extension = path.extension();
        let named = DOCUMENTS.contains(&extension.as_str()) || LINES.contains(&extension.as_str());
        match named.then(|| shape(head)) {
            Some(Shape::Document | Shape::Lines(_)) => Claim::ByName,
            _ => Claim::No,
        }
    }

    fn read(&self, item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Coverage {
        let (head, complete) = (item.head, item.complete);
        match TextStream::open(item, limits) {
            Some(stream) => read_document(Feed::new(stream, out), limits.depth),
            None => super::binary(head, complete),
        }
    }
}

/// Judges text by its first tokens and lines.
fn shape(head: &[u8]) -> Shape {
    let Some(sample) = sample(head) else {
        return Shape::Other;
    };
    let start = sample.trim_ascii_start();
    // Cheap for the many files that are something else.
    let opens = matches!(start.first(), Some(b'{' | b'['));
    if !opens && !start.starts_with(b"/") {
        return Shape::Other;
    }
    let mut batch = Batch::default();
    let mut count = 0;
    for line in start.split_inclusive(|b| *b == b'\n').take(8) {
        let mut walk = Walk::new(Limits::default().depth, false);
        let whole = line.ends_with(b"\n") || count > 0 || start.len() < SAMPLE.min(head.len());
        let (end, pause) = walk.run(Text::whole(line, true), 0, usize::MAX, &mut batch);
        if !whole || pause != Pause::Record || !line[end..].trim_ascii().is_empty() {
            break;
        }
        count += 1;
    }
    if count > 0 && opens {
        return Shape::Lines(count);
    }
    // Enough tokens that a script or template does not pass.
    let mut walk = Walk::new(Limits::default().depth, true);
    let (end, pause) = walk.run(Text::whole(start, false), 0, 4096, &mut batch);
    let far = end > 0 || pause == Pause::More;
    if far
        && matches!(
            pause,
            Pause::Full | Pause::Record | Pause::More | Pause::Deep
        )
    {
        return Shape::Document;
    }
    // Broken further on: a document as long as it did not break at once.
    if end >= 64 {
        Shape::Document
    } else {
        Shape::Other
    }
}

/// The first text of an item; `None` for what is not text.
fn sample(head: &[u8]) -> Option<Cow<'_, [u8]>> {
    let head = &head[..head.len().min(SAMPLE)];
    match charset::of(head, false) {
        Charset::Utf8 { mark } => Some(Cow::Borrowed(&head[mark..])),
        Charset::Encoded { encoding, mark } => {
            let (text, _) = encoding.decode_without_bom_handling(&head[mark..]);
            Some(Cow::Owned(text.into_owned().into_bytes()))
        }
        Charset::Binary { .. } => None,
    }
}

fn read_document(mut feed: Feed<'_, '_>, depth: u32) -> Coverage {
    let mut walk = Walk::new(depth, true);
    let mut batch = Batch::default();
    let mut at = 0;
    feed.hold(BATCH);
    loop {
        let last = feed.stream.at_end();
        let text = Text::whole(feed.stream.window(), last);
        let (end, pause) = walk.run(text, at, BATCH, &mut batch);
        at = end;
        match pause {
            Pause::Record => walk.begin(walk.document() + 1),
            Pause::Full => {
                if feed.cells(&mut batch, &walk.paths.table, std::mem::take(&mut at)) == Flow::Stop
                {
                    break;
                }
            }
            Pause::More => {
                let flow = feed.cells(&mut batch, &walk.paths.table, std::mem::take(&mut at));
                if flow == Flow::Stop || !lengthen(&mut feed, &walk) {
                    break;
                }
            }
            Pause::Bad | Pause::Deep => {
                let line = feed.line(end);
                let flow = feed.cells(&mut batch, &walk.paths.table, std::mem::take(&mut at));
                match pause {
                    Pause::Deep => feed.report(Reason::LimitDepth, || {
                        format!("nested deeper than {depth} at line {line}; text from there")
                    }),
                    _ => feed.report(Reason::Malformed, || {
                        format!("not JSON at line {line}; text from there")
                    }),
                }
                if flow == Flow::Continue {
                    feed.rest();
                }
                break;
            }
        }
    }
    feed.rest();
    feed.coverage()
}

/// Makes the window longer; false when it cannot or may not be.
fn lengthen(feed: &mut Feed<'_, '_>, walk: &Walk) -> bool {
    let held = feed.stream.window().len();
    if held > LONGEST {
        let line = feed.line(0);
        feed.report(Reason::LimitBytes, || {
            format!("a value at line {line} is longer than 16 MiB; text from there")
        });
        return false;
    }
    feed.hold((held * 2).max(BATCH));
    let longer = feed.stream.window().len() > held;
    let unfinished = !walk.idle() || !feed.stream.window().trim_ascii().is_empty();
    if !longer && unfinished {
        let line = feed.line(feed.stream.window().len());
        feed.report(Reason::Truncated, || {
            format!("ends inside a value at line {line}")
        });
    }
    longer
}

/// The state of reading JSON Lines.
struct Lines<'f, 'i> {
    feed: Feed<'f, 'i>,
    walk: Walk,
    batch: Batch,
    /// Parsed and not handed out: the window up to here.
    at: usize,
    /// What was parsed are lines that are not JSON.
    text: bool,
    records: u64,
    bad: u64,
}

impl<'f, 'i> Lines<'f, 'i> {
    fn new(feed: Feed<'f, 'i>, depth: u32) -> Self {
        let walk = Walk::new(depth, false);
        Lines {
            feed,
            walk,
            batch: Batch::default(),
            at: 0,
            text: false,
            records: 0,
            bad: 0,
        }
    }

    fn read(mut self) -> Coverage {
        self.feed.hold(BATCH);
        while !self.feed.stopped() {
            let window = self.feed.stream.window();
            let rest = &window[self.at..];
            let length = match memchr::memchr(b'\n', rest) {
                Some(end) => end + 1,
                None if self.feed.stream.at_end() => rest.len(),
                None if rest.len() > LONGEST => {
                    let line = self.feed.line(self.at);
                    self.feed.report(Reason::LimitBytes, || {
                        format!("line {line} is longer than 16 MiB; text from there")
                    });
                    break;
                }
                None => {
                    let held = rest.len();
                    if self.hand_out() == Flow::Stop {
                        break;
                    }
                    self.feed.hold((held * 2).max(BATCH));
                    continue;
                }
            };
            if length == 0 {
                break;
            }
            self.line(length);
            if self.at >= BATCH && self.hand_out() == Flow::Stop {
                break;
            }
        }
        self.hand_out();
        self.feed.rest();
        self.feed.coverage()
    }

    /// Takes the next line, of so many bytes.
    fn line(&mut self, length: usize) {
        let window = self.feed.stream.window();
        let end = self.at + length;
        if window[self.at..end].trim_ascii().is_empty() {
            self.at = end;
            return;
        }
        self.records += 1;
        self.walk.begin(self.records);
        let mark = self.batch.mark();
        let text = Text {
            shown: window,
            end,
            last: true,
        };
        let (parsed, pause) = self.walk.run(text, self.at, usize::MAX, &mut self.batch);
        let good = pause == Pause::Record && window[parsed..end].trim_ascii().is_empty();
        if !good {
            self.batch.back_to(mark);
            self.bad += 1;
            let line = self.feed.line(self.at);
            let reason = if pause == Pause::Deep {
                Reason::LimitDepth
            } else {
                Reason::Malformed
            };
            self.feed.report(reason, || {
                format!("line {line} is not JSON that can be read, perhaps others; read as text")
            });
        }
        if good == self.text {
            // The line is of the other kind than what stands before it, which
            // holds no cells but those of this line.
            let start = self.at;
            if good {
                self.batch.moved(start);
            }
            self.hand_out();
            self.text = !good;
            self.at = 0;
        }
        self.at += length;
    }

    fn hand_out(&mut self) -> Flow {
        let at = std::mem::take(&mut self.at);
        if self.text {
            self.feed.text(at, false)
        } else {
            self.feed.cells(&mut self.batch, &self.walk.paths.table, at)
        }
    }
}

#[cfg(test)]
mod tests;
