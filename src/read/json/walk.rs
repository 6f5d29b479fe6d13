//! Goes through JSON with a stack on the heap and turns its values into cells.

use std::ops::Range;

use super::lex::{self, Scalar, Text};
use super::paths::{Paths, Place, ROOT};
use crate::model::Escape;
use crate::read::feed::Batch;

/// Why the walk stands still; each at a place between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// Went as far as it was told.
    Full,
    /// A value that stands for itself is complete.
    Record,
    /// The text ends inside a token or before the next.
    More,
    /// What comes is not JSON.
    Bad,
    /// A container opens deeper than the limit.
    Deep,
}

/// An open container.
#[derive(Debug)]
struct Frame {
    object: bool,
    /// The path of its values; for objects the path of the object until a key is read.
    node: u32,
    parent: u32,
    expects: Expects,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    /// A key or the end; an element or the end.
    Entry,
    Colon,
    Value,
    /// A comma or the end.
    Comma,
}

/// Where the walk is in a document.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) paths: Paths,
    stack: Vec<Frame>,
    depth: usize,
    /// The record that values belong to, from 1.
    row: u64,
    /// The document, from 1, that values outside of arrays of records belong to.
    document: u64,
    /// How many containers were open when the array of records opened.
    records: Option<usize>,
    /// Elements of an outermost array are records of their own.
    elements: bool,
    /// The last place from which a key may follow, and where it is in the text.
    lead: Option<(Place, usize)>,
}

impl Walk {
    /// `elements` says that elements of the outermost arrays are rows, not
    /// whole documents.
    pub(super) fn new(depth: u32, elements: bool) -> Self {
        Walk {
            paths: Paths::new(),
            stack: Vec::new(),
            depth: depth as usize,
            row: 1,
            document: 1,
            records: None,
            elements,
            lead: None,
        }
    }

    /// True when no container is open.
    pub(super) fn idle(&self) -> bool {
        self.stack.is_empty()
    }

    /// The document with this number, from 1, begins; what is open is forgotten.
    pub(super) fn begin(&mut self, document: u64) {
        self.stack.clear();
        self.records = None;
        self.document = document;
        self.row = document;
    }

    /// The document that is read, from 1.
    pub(super) fn document(&self) -> u64 {
        self.document
    }

    /// Goes on in `text` from `at` to the first token that begins behind
    /// `enough`. Gives the place behind the last token taken.
    pub(super) fn run(
        &mut self,
        text: Text<'_>,
        mut at: usize,
        enough: usize,
        batch: &mut Batch,
    ) -> (usize, Pause) {
        self.lead = None;
        loop {
            if at >= enough {
                return (at, Pause::Full);
            }
            if self.lead.is_some_and(|(_, from)| from == at) {
                at = self.repeat(text, at, enough, batch);
                if at >= enough {
                    return (at, Pause::Full);
                }
            }
            let Some((start, first)) = lex::token(text, at) else {
                return (at, Pause::More);
            };
            let mut end = start + 1;
            let taken = match first {
                b'"' => {
                    let Some((inside, escapes)) = lex::string(text, end) else {
                        return (at, Pause::More);
                    };
                    end = inside.end + 1;
                    self.string(text.shown, inside, escapes, batch)
                }
                b',' => self.comma(),
                b':' => self.colon(text.shown, end),
                b'{' | b'[' if self.stack.len() >= self.depth => return (at, Pause::Deep),
                b'{' | b'[' => self.open(first, end),
                b'}' | b']' => self.close(first, end),
                b'/' if !lex::is_comment(text, start) => false,
                b'/' => {
                    let Some(comment) = lex::comment(text, start) else {
                        return (at, Pause::More);
                    };
                    at = comment.end;
                    self.comment(text.shown, comment, batch);
                    continue;
                }
                _ => match lex::scalar(text, start) {
                    Scalar::Number(to) => {
                        end = to;
                        self.number(text.shown, start..end, batch)
                    }
                    Scalar::Literal(to) => {
                        end = to;
                        self.value(end).is_some()
                    }
                    Scalar::More => return (at, Pause::More),
                    Scalar::Bad => false,
                },
            };
            if !taken {
                return (at, Pause::Bad);
            }
            at = end;
            if self.stack.is_empty() {
                return (at, Pause::Record);
            }
        }
    }

    /// Takes keys and values as long as keys follow each other as they did
    /// before. What is not as simple is left to `run`.
    #[inline]
    fn repeat(&mut self, text: Text<'_>, mut at: usize, enough: usize, batch: &mut Batch) -> usize {
        let (Some(frame), Some((mut place, _))) = (self.stack.last_mut(), self.lead) else {
            return at;
        };
        let bound = enough.min(text.end);
        while let Some((length, node)) = self.paths.follow(place, &text.shown[at..])
            && at + length <= bound
        {
            at += length;
            frame.node = node;
            frame.expects = Expects::Value;
            self.lead = None;
            if at >= enough {
                break;
            }
            let Some((start, first)) = lex::token(text, at) else {
                break;
            };
            let end = match first {
                b'"' => {
                    let Some((inside, false)) = lex::string(text, start + 1) else {
                        break;
                    };
                    let end = inside.end + 1;
                    batch.plain(text.shown, inside, self.paths.field(node), self.row);
                    end
                }
                b'{' | b'[' => break,
                _ => match lex::scalar(text, start) {
                    Scalar::Number(end) => {
                        batch.number(text.shown, start..end, self.paths.field(node), self.row);
                        end
                    }
                    Scalar::Literal(end) => end,
                    Scalar::More | Scalar::Bad => break,
                },
            };
            at = end;
            place = Place::Next(node);
            frame.expects = Expects::Comma;
            self.lead = Some((place, at));
        }
        at
    }

    /// A value that ends at `end` takes its place; gives its path, or `None`
    /// when no value belongs here.
    #[inline]
    fn value(&mut self, end: usize) -> Option<u32> {
        let depth = self.stack.len();
        let Some(frame) = self.stack.last_mut() else {
            return Some(ROOT);
        };
        match frame.expects {
            Expects::Value => self.lead = Some((Place::Next(frame.node), end)),
            Expects::Entry if !frame.object => {
                if self.records == Some(depth - 1) {
                    self.row += 1;
                }
            }
            _ => return None,
        }
        frame.expects = Expects::Comma;
        Some(frame.node)
    }

    /// Takes a string, which may be a key; false when it does not belong here.
    #[inline]
    fn string(
        &mut self,
        text: &[u8],
        inside: Range<usize>,
        escapes: bool,
        batch: &mut Batch,
    ) -> bool {
        let field = match self.stack.last_mut() {
            Some(frame) if frame.object && frame.expects == Expects::Entry => {
                let step = self.paths.key(frame.parent, &text[inside.clone()]);
                frame.node = step.node;
                frame.expects = Expects::Colon;
                if !step.show {
                    return true;
                }
                // Data is shown every time.
                self.lead = None;
                self.paths.keys(frame.parent)
            }
            _ => match self.value(inside.end + 1) {
                Some(node) => self.paths.field(node),
                None => return false,
            },
        };
        if escapes {
            let place = (field, self.row);
            batch.escaped(text, inside, place, Escape::Json, lex::unescape);
        } else {
            batch.plain(text, inside, field, self.row);
        }
        true
    }

    fn number(&mut self, text: &[u8], range: Range<usize>, batch: &mut Batch) -> bool {
        let Some(node) = self.value(range.end) else {
            return false;
        };
        let field = self.paths.field(node);
        batch.number(text, range, field, self.row);
        true
    }

    fn comment(&mut self, text: &[u8], range: Range<usize>, batch: &mut Batch) {
        self.lead = None;
        let field = self.paths.comments();
        batch.plain(text, range, field, self.row);
    }

    fn comma(&mut self) -> bool {
        match self.stack.last_mut() {
            Some(frame) if frame.expects == Expects::Comma => {
                frame.expects = Expects::Entry;
                true
            }
            _ => false,
        }
    }

    fn colon(&mut self, text: &[u8], end: usize) -> bool {
        match self.stack.last_mut() {
            Some(frame) if frame.expects == Expects::Colon => {
                frame.expects = Expects::Value;
                if let Some((place, from)) = self.lead.take() {
                    self.paths.learn(place, &text[from..end], frame.node);
                }
                true
            }
            _ => false,
        }
    }

    fn open(&mut self, brace: u8, end: usize) -> bool {
        let Some(parent) = self.value(end) else {
            return false;
        };
        let object = brace == b'{';
        let mut node = parent;
        if object {
            self.lead = Some((Place::First(parent), end));
        } else {
            node = self.paths.element(parent);
            self.lead = None;
            if self.elements && self.records.is_none() {
                self.records = Some(self.stack.len());
                self.row = 0;
            }
        }
        self.stack.push(Frame {
            object,
            node,
            parent,
            expects: Expects::Entry,
        });
        true
    }

    fn close(&mut self, brace: u8, end: usize) -> bool {
        // A comma before the end is not JSON; people write it.
        let fits = self.stack.last().is_some_and(|frame| {
            matches!(frame.expects, Expects::Entry | Expects::Comma)
                && frame.object == (brace == b'}')
        });
        if fits {
            self.stack.pop();
            if self.records == Some(self.stack.len()) {
                self.records = None;
                self.row = self.document;
            }
            let above = self.stack.last().filter(|frame| frame.object);
            self.lead = above.map(|frame| (Place::Next(frame.node), end));
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Goes through a text, so many bytes at a time.
    fn walked(text: Text<'_>, step: usize) -> (usize, Pause, String) {
        let (mut walk, mut batch, mut at) = (Walk::new(8, true), Batch::default(), 0_usize);
        loop {
            let enough = at.saturating_add(step);
            let (end, pause) = walk.run(text, at, enough, &mut batch);
            at = end;
            if pause != Pause::Full {
                return (at, pause, format!("{batch:?} {:?}", walk.paths.table));
            }
        }
    }

    proptest! {
        // A step takes one token, so that nothing is taken by its lead.
        #[test]
        fn repeated_keys_are_read_as_single_tokens_are(
            parts in proptest::collection::vec(
                r#"[\[\]{},:"1 \n]|,"a": |\n"bb":"x"|"ccc":-2\.5|\{"a":|/\*"a":\*/|"a@b":true,|"\\"","a":null| {40}"a":"#,
                0..60,
            ),
            start in r#"(\[\{"a":1,"bb":"x","ccc":\[\{"a":2,"bb":3\}\]\},?){0,3}"#,
            behind in r#"["\\ ,}\]0-9]{0,40}"#,
            step in 1_usize..40,
        ) {
            let whole = start + &parts.concat();
            let text = Text::whole(whole.as_bytes(), true);
            let tokens = walked(text, 1);
            prop_assert_eq!(&walked(text, usize::MAX), &tokens);
            prop_assert_eq!(&walked(text, step), &tokens);
            let shown = whole.clone() + &behind;
            let text = Text { shown: shown.as_bytes(), ..text };
            prop_assert_eq!(&walked(text, usize::MAX), &tokens);
        }
    }
}
