//! Finds the places that have a shape, and which anchors fit there.
//!
//! Stage one turns the class masks of sixty-four bytes into one bit mask of
//! starts per shape with shifts and ands. Stage two looks, for each start, at
//! up to sixteen bytes and keeps the anchors whose byte sets admit them all:
//! one table lookup and one `and` a byte serve all anchors of the shape.

use super::mask::{Masks, classify};
use crate::detect::catalog::{ByteSet, Shape};

/// How many places the byte filter looks at.
const PLACES: usize = 16;

/// Which of a number of byte-set rows fit at a place.
#[derive(Debug)]
pub(in crate::detect) struct Filter {
    /// Bytes that no set tells apart share a class.
    class_of: Box<[u8; 256]>,
    /// For each place and class, a bit for each anchor that admits it.
    admits: Vec<[u128; PLACES]>,
    /// The anchors behind the bits.
    anchors: Vec<u32>,
}

impl Filter {
    /// At most 128 anchors, each with its byte sets.
    pub(in crate::detect) fn new(anchors: &[(u32, &[ByteSet])]) -> Filter {
        let mut class_of = Box::new([0u8; 256]);
        let mut admits: Vec<[u128; PLACES]> = Vec::new();
        for byte in 0..=255u8 {
            let mut row = [0u128; PLACES];
            for (bit, (_, sets)) in anchors.iter().enumerate() {
                for (place, entry) in row.iter_mut().enumerate() {
                    // Past the sets that the planner gave, anything goes.
                    if sets.get(place).is_none_or(|set| set.contains(byte)) {
                        *entry |= 1 << bit;
                    }
                }
            }
            let class = admits
                .iter()
                .position(|known| *known == row)
                .unwrap_or_else(|| {
                    admits.push(row);
                    admits.len() - 1
                });
            class_of[usize::from(byte)] = class as u8;
        }
        Filter {
            class_of,
            admits,
            anchors: anchors.iter().map(|(id, _)| *id).collect(),
        }
    }

    /// Calls `found` for each anchor that fits at `at`.
    #[inline]
    pub(in crate::detect) fn fits(&self, text: &[u8], at: usize, mut found: impl FnMut(u32)) {
        let mut live = u128::MAX;
        for place in 0..PLACES {
            // Past the end of the text stands a byte that ends every token.
            let byte = text.get(at + place).copied().unwrap_or(0);
            live &= self.admits[usize::from(self.class_of[usize::from(byte)])][place];
            if live == 0 {
                return;
            }
        }
        while live != 0 {
            found(self.anchors[live.trailing_zeros() as usize]);
            live &= live - 1;
        }
    }
}

/// All shapes that some anchor uses.
#[derive(Debug)]
pub(super) struct ShapeTable {
    /// By shape, in the order of [`Shape::ALL`].
    filters: Vec<Vec<Filter>>,
    active: [bool; Shape::COUNT],
}

/// What a scan carries from one word of the text to the next.
#[derive(Debug, Default)]
pub(super) struct Carry {
    /// Masks of the word that comes next, if already known.
    next: Option<Masks>,
    /// Whether the byte before the word is a word character.
    after_word: bool,
}

impl ShapeTable {
    /// `anchors`: shape, anchor id, byte sets from the anchor on.
    pub(super) fn new(anchors: &[(Shape, u32, &[ByteSet])]) -> ShapeTable {
        let filters: Vec<Vec<Filter>> = Shape::ALL
            .iter()
            .map(|shape| {
                let of_shape: Vec<(u32, &[ByteSet])> = anchors
                    .iter()
                    .filter(|(s, _, _)| s == shape)
                    .map(|(_, id, sets)| (*id, *sets))
                    .collect();
                of_shape.chunks(128).map(Filter::new).collect()
            })
            .collect();
        let active = std::array::from_fn(|i| !filters[i].is_empty());
        ShapeTable { filters, active }
    }

    /// Calls `found(place, anchor)` for what starts in `from..to` of `text`.
    /// Spans of one text follow each other, each `from` a multiple of 64, with
    /// the same `carry`.
    pub(super) fn scan(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        carry: &mut Carry,
        mut found: impl FnMut(usize, u32),
    ) {
        let mut at = from;
        while at < to {
            let now = carry.next.take().unwrap_or_else(|| masks_at(text, at));
            let next = masks_at(text, at + 64);
            let starts = starts(&now, &next, carry.after_word, &self.active);
            carry.after_word = now.word >> 63 == 1;
            carry.next = Some(next);
            for (shape, mut bits) in starts.into_iter().enumerate() {
                while bits != 0 {
                    let place = at + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    for filter in &self.filters[shape] {
                        filter.fits(text, place, |anchor| found(place, anchor));
                    }
                }
            }
            at += 64;
        }
    }
}

/// Masks of the sixty-four bytes from `at` on; past the end of the text stand
/// zero bytes.
fn masks_at(text: &[u8], at: usize) -> Masks {
    let Some(rest) = text.get(at..) else {
        return Masks::default();
    };
    match rest.first_chunk::<64>() {
        Some(word) => classify(word),
        None => {
            let mut word = [0u8; 64];
            word[..rest.len()].copy_from_slice(rest);
            classify(&word)
        }
    }
}

/// Sixty-four places and the sixty-four after them.
#[derive(Clone, Copy)]
struct Pair(u128);

impl Pair {
    fn new(now: u64, next: u64) -> Pair {
        Pair(u128::from(now) | u128::from(next) << 64)
    }

    /// The bit `n` places later in the text.
    #[inline(always)]
    fn later(self, n: u32) -> u64 {
        (self.0 >> n) as u64
    }

    /// Places from which on `n` bits in a row are set, `n` up to 16.
    #[inline(always)]
    fn run(self, n: u32) -> u64 {
        let mut have = 1;
        let mut bits = self.0;
        while have < n {
            let step = have.min(n - have);
            bits &= bits >> step;
            have += step;
        }
        bits as u64
    }
}

/// For each shape of [`Shape::ALL`] the places where it starts.
#[inline(always)]
fn starts(
    now: &Masks,
    next: &Masks,
    after_word: bool,
    active: &[bool; Shape::COUNT],
) -> [u64; Shape::COUNT] {
    let mut out = [0u64; Shape::COUNT];
    let digit = Pair::new(now.digit, next.digit);
    let upper = Pair::new(now.upper, next.upper);
    let either = Pair(digit.0 | upper.0);
    let word = Pair::new(now.word, next.word);
    let word_start = now.word & !(now.word << 1 | u64::from(after_word));
    for (slot, shape) in Shape::ALL.iter().enumerate() {
        if !active[slot] {
            continue;
        }
        out[slot] = match shape {
            Shape::Plus if now.plus != 0 => {
                let paren = Pair::new(now.paren, next.paren);
                now.plus & (digit.later(1) | paren.later(1))
            }
            Shape::Paren if now.paren != 0 => now.paren & digit.later(1) & digit.later(2),
            Shape::At if now.at != 0 => now.at & word.later(1),
            Shape::Plus | Shape::Paren | Shape::At => 0,
            Shape::HexPairs => {
                let colon = Pair::new(now.colon, next.colon);
                if colon.0 == 0 {
                    continue;
                }
                let hex = Pair::new(now.hex, next.hex);
                let pair = Pair(hex.0 & hex.0 >> 1);
                word_start & pair.0 as u64 & colon.later(2) & pair.later(3)
            }
            Shape::DigitLetters => {
                word_start & now.digit & upper.later(1) & either.later(2) & either.later(3)
            }
            Shape::LettersDigits => {
                let joined = Pair::new(now.joined, next.joined);
                word_start & now.upper & upper.later(1) & joined.later(2) & joined.later(3)
            }
            Shape::LetterDigits => {
                let joined = Pair::new(now.joined, next.joined);
                word_start & now.upper & Pair(joined.0 >> 1).run(4)
            }
            Shape::CodeLetters => {
                word_start & upper.run(3) & either.later(3) & either.later(4) & digit.later(5)
            }
            Shape::Capitals => word_start & Pair::new(now.capital, next.capital).run(12),
            Shape::Digits => {
                if now.digit == 0 {
                    continue;
                }
                let joined = Pair::new(now.joined, next.joined);
                word_start & now.digit & Pair(joined.0 >> 1).run(6)
            }
            Shape::Dotted => {
                let dot = Pair::new(now.dot, next.dot);
                let (first, last) = (
                    either.later(1),
                    either.later(3) & either.later(4) & either.later(5),
                );
                word_start & either.later(0) & first & dot.later(2) & last & dot.later(6)
            }
            Shape::Run => word_start & word.run(16),
            Shape::DigitStart => word_start & now.digit,
            Shape::Word => word_start,
            Shape::Any => u64::MAX,
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: the byte sets, place by place.
    fn naive(text: &[u8], shape: Shape) -> Vec<usize> {
        let sets = shape.sets();
        let word = ByteSet::word();
        (0..text.len())
            .filter(|&at| {
                let fits = sets
                    .iter()
                    .enumerate()
                    .all(|(i, set)| set.contains(text.get(at + i).copied().unwrap_or(0)));
                fits && !(shape.at_word_start() && at > 0 && word.contains(text[at - 1]))
            })
            .collect()
    }

    #[test]
    fn masks_find_what_the_byte_sets_say() {
        // A small alphabet so that every shape occurs, from a fixed seed.
        let alphabet = b"0123459AFZabz_ -./:+(@<\x00\xC3";
        let mut state = 42u32;
        let text: Vec<u8> = (0..20_000)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let pick = (state >> 16) as usize;
                if i / 40 % 3 == 0 {
                    alphabet[pick % 9]
                } else {
                    alphabet[pick % alphabet.len()]
                }
            })
            .collect();
        for shape in Shape::ALL {
            let sets = shape.sets();
            let table = ShapeTable::new(&[(shape, 7, &sets)]);
            for len in [0, 1, 63, 64, 65, 1000, text.len()] {
                let text = &text[..len];
                let mut got = Vec::new();
                let mut carry = Carry::default();
                let middle = (len / 2).next_multiple_of(64).min(len.next_multiple_of(64));
                table.scan(text, 0, middle.min(len), &mut carry, |at, _| got.push(at));
                table.scan(text, middle, len, &mut carry, |at, _| got.push(at));
                got.retain(|&at| at < len);
                assert_eq!(got, naive(text, shape), "{shape:?} in {len} bytes");
            }
        }
    }
}
