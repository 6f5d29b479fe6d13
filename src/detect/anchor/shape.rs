//! Which anchors fit at the places that have a shape.
//!
//! For each start of a shape up to sixteen bytes are looked at, and the
//! anchors kept whose byte sets admit them all: one table lookup and one `and`
//! a byte serve all anchors of the shape. Numbers, which are most of what has a
//! shape at all, are told apart before that by their first digits, so that each
//! group of them has a filter of its own, and most have none.

use super::gates::Gates;
use super::simd::Masks;
use crate::detect::catalog::number::{Kind, MOST_DIGITS, MOST_MORE, SLOTS, slot};
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

/// An anchor of a shape.
#[derive(Debug)]
pub(in crate::detect) struct ShapeAnchor<'a> {
    pub(in crate::detect) id: u32,
    /// Bytes that can stand at its first places.
    pub(in crate::detect) sets: &'a [ByteSet],
    /// For shapes of numbers: the ways in which it begins.
    pub(in crate::detect) runs: &'a [u16],
    /// True when a number may not go on before it, as in `1.2345678`.
    pub(in crate::detect) stands_alone: bool,
}

/// All shapes that some anchor uses.
#[derive(Debug)]
pub(super) struct ShapeTable {
    /// By shape; none for shapes of numbers, which `numbers` has.
    filters: [Vec<Filter>; Shape::COUNT],
    numbers: NumberTable,
}

/// Anchors that begin with a number.
#[derive(Debug)]
struct NumberTable {
    /// By slot, first for numbers that stand alone, then for those that go on
    /// from another: a place in `filters`.
    index: [Box<[u16; SLOTS]>; 2],
    /// Groups of filters; the first is empty.
    filters: Vec<Vec<Filter>>,
}

impl NumberTable {
    fn new(anchors: &[&ShapeAnchor<'_>]) -> NumberTable {
        let mut filters: Vec<Vec<Filter>> = vec![Vec::new()];
        let mut groups: Vec<Vec<usize>> = vec![Vec::new()];
        let index = [false, true].map(|attached| {
            let mut at_slot: Vec<Vec<usize>> = vec![Vec::new(); SLOTS];
            for (n, anchor) in anchors.iter().enumerate() {
                if !(attached && anchor.stands_alone) {
                    for &slot in anchor.runs {
                        at_slot[usize::from(slot)].push(n);
                    }
                }
            }
            let mut index = Box::new([0; SLOTS]);
            for (entry, group) in index.iter_mut().zip(at_slot) {
                let known = groups.iter().position(|known| *known == group);
                *entry = known.unwrap_or_else(|| {
                    let rows: Vec<(u32, &[ByteSet])> = group
                        .iter()
                        .map(|&n| (anchors[n].id, anchors[n].sets))
                        .collect();
                    filters.push(rows.chunks(128).map(Filter::new).collect());
                    groups.push(group);
                    groups.len() - 1
                }) as u16;
            }
            index
        });
        NumberTable { index, filters }
    }

    /// The filters for the number that starts at `place`, which is bit `bit` of
    /// word `w` of its block.
    #[inline]
    fn filters(&self, text: &[u8], place: usize, masks: &Masks, w: usize, bit: u32) -> &[Filter] {
        /// `Kind::of` as a table.
        static KINDS: [Kind; 256] = {
            let mut kinds = [Kind::Other; 256];
            let mut byte = 0;
            while byte < 256 {
                kinds[byte] = Kind::of(byte as u8);
                byte += 1;
            }
            kinds
        };
        let digits = (u128::from(masks.digit[w + 1]) | u128::from(masks.digit[w + 2]) << 64) >> bit;
        let first = (!digits).trailing_zeros() as usize;
        let slot = if first >= MOST_DIGITS {
            slot(MOST_DIGITS, Kind::Other, 0)
        } else {
            let kind = KINDS[usize::from(text.get(place + first).copied().unwrap_or(0))];
            let more = (!(digits >> (first + 1))).trailing_zeros() as usize;
            slot(first, kind, more.min(MOST_MORE))
        };
        let attached =
            place >= 2 && b".-/+:".contains(&text[place - 1]) && text[place - 2].is_ascii_digit();
        &self.filters[usize::from(self.index[usize::from(attached)][usize::from(slot)])]
    }
}

/// The places of the bits of a word, the lowest first.
#[inline(always)]
fn bits(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        let next = word != 0;
        word &= word.wrapping_sub(1);
        next.then_some(bit)
    })
}

impl ShapeTable {
    pub(super) fn new(anchors: &[(Shape, ShapeAnchor<'_>)]) -> ShapeTable {
        let of = |shape: Shape| anchors.iter().filter(move |(s, _)| *s == shape);
        let mut filters: [Vec<Filter>; Shape::COUNT] = std::array::from_fn(|_| Vec::new());
        for shape in Shape::ALL {
            if !shape.is_number() {
                let rows: Vec<(u32, &[ByteSet])> = of(shape)
                    .map(|(_, anchor)| (anchor.id, anchor.sets))
                    .collect();
                filters[shape as usize] = rows.chunks(128).map(Filter::new).collect();
            }
        }
        let numbers: Vec<&ShapeAnchor<'_>> = anchors
            .iter()
            .filter(|(shape, _)| shape.is_number())
            .map(|(_, anchor)| anchor)
            .collect();
        ShapeTable {
            filters,
            numbers: NumberTable::new(&numbers),
        }
    }

    /// Calls `found(place, anchor)` for what starts in the block of `text` at
    /// `from`, given its masks and gates.
    #[inline(never)]
    pub(super) fn scan(
        &self,
        text: &[u8],
        from: usize,
        words: usize,
        masks: &Masks,
        gates: &Gates,
        mut found: impl FnMut(usize, u32),
    ) {
        let starts = |shape: Shape| &gates.starts[shape as usize][..words];
        let numbers = starts(Shape::Digits).iter().zip(starts(Shape::SixDigits));
        for (w, (joined, plain)) in numbers.enumerate() {
            for bit in bits(joined | plain) {
                let place = from + w * 64 + bit as usize;
                for filter in self.numbers.filters(text, place, masks, w, bit) {
                    filter.fits(text, place, |anchor| found(place, anchor));
                }
            }
        }
        for (filters, shape) in self.filters.iter().zip(&gates.starts) {
            if filters.is_empty() {
                continue;
            }
            for (group, starts) in shape[..words].chunks(8).enumerate() {
                // Most shapes are rare.
                if starts.iter().fold(0, |any, word| any | word) == 0 {
                    continue;
                }
                for (w, &starts) in (group * 8..).zip(starts) {
                    for bit in bits(starts) {
                        let place = from + w * 64 + bit as usize;
                        for filter in filters {
                            filter.fits(text, place, |anchor| found(place, anchor));
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::{AHEAD, BLOCK, Level, WORDS};
    use super::*;

    /// The definition: the byte sets, place by place.
    fn naive(text: &[u8], shape: Shape) -> Vec<usize> {
        let sets = shape.sets();
        let word = ByteSet::word();
        let house = |at: usize| {
            let more = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase() || b"-:".contains(b);
            let length = text[at..].iter().take(9).take_while(|b| more(b)).count();
            let name = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
            text[at].is_ascii_digit()
                && (1..=8).contains(&length)
                && text[at + length] == b' '
                && name(text[at + length + 1])
        };
        (0..BLOCK)
            .filter(|&at| {
                let fits = sets
                    .iter()
                    .enumerate()
                    .all(|(i, set)| set.contains(text[at + i]));
                let fits = if shape == Shape::House {
                    house(at)
                } else {
                    fits
                };
                fits && !(shape.at_word_start() && at > 0 && word.contains(text[at - 1]))
            })
            .collect()
    }

    #[test]
    fn masks_find_what_the_byte_sets_say() {
        // A small alphabet so that every shape occurs, from a fixed seed.
        let alphabet = b"0123459AFZabz_ -./:+(@<\x00\xC3";
        let mut state = 42u32;
        let text: Vec<u8> = (0..BLOCK + AHEAD)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Digits and capitals in runs, so that long shapes occur too.
                match (i / 40) % 3 {
                    0 => alphabet[(state >> 24) as usize % alphabet.len()],
                    1 => b"0123456789-. "[(state >> 24) as usize % 13],
                    _ => b"ABCdef0123456789_"[(state >> 24) as usize % 17],
                }
            })
            .collect();
        let (mut masks, mut gates) = (Masks::new(), Gates::new());
        Level::best().classify(&text, WORDS, &mut masks);
        Level::best().gates(&masks, WORDS, &mut gates);
        for shape in Shape::ALL {
            let expected = naive(&text, shape);
            let got: Vec<usize> = (0..BLOCK)
                .filter(|at| gates.starts[shape as usize][at / 64] >> (at % 64) & 1 == 1)
                .collect();
            assert_eq!(got, expected, "{shape:?}");
        }
    }
}
