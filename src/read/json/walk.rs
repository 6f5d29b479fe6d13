//! Goes through JSON with a stack on the heap and turns its values into cells.

use std::ops::Range;

use super::lex::{self, Lexed, Token};
use super::paths::{Paths, ROOT};
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
        text: &[u8],
        mut at: usize,
        enough: usize,
        last: bool,
        batch: &mut Batch,
    ) -> (usize, Pause) {
        loop {
            if at >= enough {
                return (at, Pause::Full);
            }
            let (token, end) = match lex::next(text, at, last) {
                Lexed::Token(token, end) => (token, end),
                Lexed::More(_) | Lexed::Empty => return (at, Pause::More),
                Lexed::Bad(_) => return (at, Pause::Bad),
            };
            if let Token::Comment(range) = token {
                let field = self.paths.comments();
                batch.plain(text, range, field, self.row);
                at = end;
                continue;
            }
            if matches!(token, Token::Open(_)) && self.stack.len() >= self.depth {
                return (at, Pause::Deep);
            }
            if !self.take(text, token, batch) {
                return (at, Pause::Bad);
            }
            at = end;
            if self.stack.is_empty() {
                return (at, Pause::Record);
            }
        }
    }

    /// Takes a token; false when it does not belong here.
    #[inline]
    fn take(&mut self, text: &[u8], token: Token, batch: &mut Batch) -> bool {
        let Some(frame) = self.stack.last_mut() else {
            return self.value(text, token, ROOT, batch);
        };
        match (frame.expects, token) {
            (Expects::Entry, Token::String(range, escapes)) if frame.object => {
                let step = self.paths.key(frame.parent, &text[range.clone()]);
                frame.node = step.node;
                frame.expects = Expects::Colon;
                if step.show {
                    let field = self.paths.keys(frame.parent);
                    string(batch, text, range, escapes, (field, self.row));
                }
                true
            }
            (Expects::Colon, Token::Colon) => {
                frame.expects = Expects::Value;
                true
            }
            // A comma before the end is not JSON; people write it.
            (Expects::Entry | Expects::Comma, Token::Close(close)) => {
                let fits = close == if frame.object { b'}' } else { b']' };
                if fits {
                    self.stack.pop();
                    if self.records == Some(self.stack.len()) {
                        self.records = None;
                        self.row = self.document;
                    }
                }
                fits
            }
            (Expects::Comma, Token::Comma) => {
                frame.expects = Expects::Entry;
                true
            }
            (Expects::Entry, token) if !frame.object => {
                let node = frame.node;
                frame.expects = Expects::Comma;
                if self.records == Some(self.stack.len() - 1) {
                    self.row += 1;
                }
                self.value(text, token, node, batch)
            }
            (Expects::Value, token) => {
                let node = frame.node;
                frame.expects = Expects::Comma;
                self.value(text, token, node, batch)
            }
            _ => false,
        }
    }

    #[inline]
    fn value(&mut self, text: &[u8], token: Token, node: u32, batch: &mut Batch) -> bool {
        match token {
            Token::Open(b'{') => {
                self.paths.begin(node);
                self.stack.push(Frame {
                    object: true,
                    node,
                    parent: node,
                    expects: Expects::Entry,
                });
            }
            Token::Open(_) => {
                let element = self.paths.element(node);
                if self.elements && self.records.is_none() {
                    self.records = Some(self.stack.len());
                    self.row = 0;
                }
                self.stack.push(Frame {
                    object: false,
                    node: element,
                    parent: node,
                    expects: Expects::Entry,
                });
            }
            Token::String(range, escapes) => {
                let field = self.paths.field(node);
                string(batch, text, range, escapes, (field, self.row));
            }
            Token::Number(range) => {
                let field = self.paths.field(node);
                batch.number(text, range, field, self.row);
            }
            Token::Literal => {}
            Token::Close(_) | Token::Colon | Token::Comma | Token::Comment(_) => return false,
        }
        true
    }
}

#[inline]
fn string(batch: &mut Batch, text: &[u8], range: Range<usize>, escapes: bool, place: (u32, u64)) {
    if escapes {
        batch.escaped(text, range, place, Escape::Json, lex::unescape);
    } else {
        batch.plain(text, range, place.0, place.1);
    }
}
