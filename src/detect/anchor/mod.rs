//! Where could something be: one pass over a block of text gives the places
//! of all literals and shapes that any detector is interested in.

mod literal;
mod mask;
pub(super) mod shape;

use literal::{Buffers, LiteralTable};
use shape::{Carry, ShapeTable};

use super::catalog::{ByteSet, Factor, Shape};

/// Text is looked at in blocks of this many bytes, so that what is found is
/// verified while the text is still in the first-level cache.
const BLOCK: usize = 8 * 1024;

/// What was found at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// The sign of an anchor.
    Anchor {
        /// Which, as given to [`Scanner::new`].
        anchor: u32,
        /// First byte of the sign.
        at: usize,
    },
    /// A word of a context keyword.
    Keyword {
        /// Which, as given to [`Scanner::new`].
        keyword: u32,
        /// First byte of the word.
        at: usize,
        /// Its length.
        len: usize,
    },
}

/// Set in a literal's target when it is a word of a keyword.
const KEYWORD: u32 = 1 << 31;

/// All literals and shapes.
#[derive(Debug)]
pub(crate) struct Scanner {
    literals: LiteralTable,
    shapes: ShapeTable,
}

/// What one scan needs for itself.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    buffers: Buffers,
    hits: Vec<Hit>,
}

impl Scanner {
    pub(crate) fn new<'a>(
        literals: impl IntoIterator<Item = (&'a Factor, u32)>,
        keywords: impl IntoIterator<Item = (&'a Factor, u32)>,
        shapes: &[(Shape, u32, &[ByteSet])],
    ) -> Scanner {
        let keywords = keywords
            .into_iter()
            .map(|(factor, id)| (factor, id | KEYWORD));
        Scanner {
            literals: LiteralTable::new(literals.into_iter().chain(keywords)),
            shapes: ShapeTable::new(shapes),
        }
    }

    /// Calls `found` for every hit in `text`, block by block.
    pub(crate) fn scan(&self, text: &[u8], scratch: &mut Scratch, mut found: impl FnMut(Hit)) {
        let mut carry = Carry::default();
        let mut from = 0;
        while from < text.len() {
            let to = (from + BLOCK).min(text.len());
            let hits = &mut scratch.hits;
            hits.clear();
            self.literals
                .scan(text, from, to, &mut scratch.buffers, |at, len, target| {
                    hits.push(if target & KEYWORD == 0 {
                        Hit::Anchor { anchor: target, at }
                    } else {
                        Hit::Keyword {
                            keyword: target & !KEYWORD,
                            at,
                            len,
                        }
                    });
                });
            self.shapes.scan(text, from, to, &mut carry, |at, anchor| {
                if at < text.len() {
                    hits.push(Hit::Anchor { anchor, at });
                }
            });
            hits.drain(..).for_each(&mut found);
            from = to;
        }
    }
}
