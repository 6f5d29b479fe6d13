//! Where could something be: one pass over a block of text gives the places
//! of all literals and shapes that any detector is interested in.

pub(super) mod gates;
pub(super) mod literal;
pub(super) mod shape;
pub(super) mod simd;

use std::cell::RefCell;

use gates::Gates;
use literal::{Buffers, LiteralTable};
use simd::{AHEAD, BLOCK, Level, Masks, WORDS};

use super::catalog::literals::Literals;
use super::catalog::shapes::Shapes;
use super::catalog::sieve::Sieve;

/// What was found at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// The sign of an anchor.
    Anchor {
        /// Which, in the order of the catalogue.
        anchor: u32,
        /// First byte of the sign.
        at: usize,
    },
    /// A word of a context keyword.
    Keyword {
        /// Which, in the order of the catalogue.
        keyword: u32,
        /// First byte of the word.
        at: usize,
        /// Its length.
        len: usize,
    },
}

/// All literals and shapes.
#[derive(Debug)]
pub(crate) struct Scanner {
    literals: LiteralTable,
    sieve: Sieve,
    shapes: Shapes,
    level: Level,
}

/// What one scan needs for itself.
#[derive(Debug)]
pub(crate) struct Scratch {
    buffers: Buffers,
    masks: Masks,
    gates: Gates,
    /// The end of a text, with room behind it.
    tail: [u8; BLOCK + AHEAD],
    hits: Vec<Hit>,
}

impl Default for Box<Scratch> {
    fn default() -> Box<Scratch> {
        Box::new(Scratch {
            buffers: Buffers::default(),
            masks: Masks::new(),
            gates: Gates::new(),
            tail: [0; BLOCK + AHEAD],
            hits: Vec::new(),
        })
    }
}

impl Scanner {
    pub(crate) fn new(literals: Literals, sieve: Sieve, shapes: Shapes) -> Scanner {
        Scanner {
            literals: LiteralTable::new(literals),
            sieve,
            shapes,
            level: Level::best(),
        }
    }

    /// Calls `found` for every hit in `text`, block by block.
    pub(crate) fn scan(&self, text: &[u8], scratch: &mut Scratch, mut found: impl FnMut(Hit)) {
        let Scratch {
            buffers,
            masks,
            gates,
            tail,
            hits,
        } = scratch;
        for from in (0..text.len()).step_by(BLOCK) {
            let rest = &text[from..];
            let words = rest.len().min(BLOCK).div_ceil(64);
            let ahead = match rest.get(..words * 64 + AHEAD) {
                Some(ahead) => ahead,
                None => {
                    // Behind the text stands a byte that ends every token.
                    let end = &mut tail[..words * 64 + AHEAD];
                    end[..rest.len()].copy_from_slice(rest);
                    end[rest.len()..].fill(0);
                    end
                }
            };
            masks.word[0] = if from == 0 { 0 } else { masks.word[WORDS] };
            self.level.classify(ahead, words, masks);
            self.level.gates(masks, words, gates);
            hits.clear();
            // Both find hits; words and signs take turns in the order of the text.
            let hits = RefCell::new(&mut *hits);
            let sign = |at, anchor| {
                if self.sieve.passes(anchor, text, at) {
                    hits.borrow_mut().push(Hit::Anchor { anchor, at });
                }
            };
            let word = |at, len, keyword| {
                hits.borrow_mut().push(Hit::Keyword { keyword, at, len });
            };
            self.literals
                .scan(self.level, text, from, words, buffers, sign, word);
            let hits = hits.into_inner();
            shape::scan(
                &self.shapes,
                text,
                from,
                words,
                masks,
                gates,
                |at, anchor| {
                    hits.push(Hit::Anchor { anchor, at });
                },
            );
            hits.drain(..).for_each(&mut found);
        }
    }
}
