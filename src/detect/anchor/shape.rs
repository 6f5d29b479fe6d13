//! Finds what fits at the places that have a shape.
//!
//! For each start of a shape the bytes from there on are looked at, for all
//! anchors of the shape at once. Numbers, which are most of what has a shape at
//! all, are told apart before that by their first digits, so that each group of
//! them has a filter of its own, and most have none.

use super::gates::{GROUP, Gates};
use super::simd::Masks;
use crate::detect::catalog::Shape;
use crate::detect::catalog::filter::Filter;
use crate::detect::catalog::number::{Kind, MOST_DIGITS, MOST_MORE, slot};
use crate::detect::catalog::shapes::{Numbers, Shapes};

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

/// The filters for the number that starts at `place`, which is bit `bit` of word
/// `w` of its block.
#[inline]
fn number<'t>(
    numbers: &'t Numbers,
    text: &[u8],
    place: usize,
    masks: &Masks,
    (w, bit): (usize, u32),
) -> &'t [Filter] {
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
    numbers.filters(slot, is_attached(text, place))
}

/// Whether a number before goes on at `place`.
#[inline]
fn is_attached(text: &[u8], place: usize) -> bool {
    place >= 2 && b".-/+:".contains(&text[place - 1]) && text[place - 2].is_ascii_digit()
}

/// Calls `found(place, anchor)` for what starts in the block of `text` at
/// `from`, given its masks and gates.
#[inline(never)]
pub(super) fn scan(
    shapes: &Shapes,
    text: &[u8],
    from: usize,
    words: usize,
    masks: &Masks,
    gates: &Gates,
    mut found: impl FnMut(usize, u32),
) {
    let starts = |shape: Shape| &gates.starts[shape as usize][..words];
    let numbers = starts(Shape::Digits)
        .iter()
        .zip(starts(Shape::SixDigits))
        .zip(starts(Shape::Decimal));
    for (w, ((joined, plain), decimal)) in numbers.enumerate() {
        for bit in bits(joined | plain | decimal) {
            let place = from + w * 64 + bit as usize;
            for filter in number(&shapes.numbers, text, place, masks, (w, bit)) {
                filter.fits(text, place, |anchor| found(place, anchor));
            }
        }
    }
    let shapes = shapes.filters.iter().zip(&shapes.stand_alone);
    for ((filters, alone), (starts, busy)) in shapes.zip(gates.starts.iter().zip(&gates.busy)) {
        if filters.is_empty() {
            continue;
        }
        for group in bits(u64::from(*busy)) {
            let group = group as usize;
            for (w, &starts) in (group * GROUP..).zip(&starts[group * GROUP..][..GROUP]) {
                for bit in bits(starts) {
                    let place = from + w * 64 + bit as usize;
                    if *alone && is_attached(text, place) {
                        continue;
                    }
                    for filter in filters {
                        filter.fits(text, place, |anchor| found(place, anchor));
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
    use crate::detect::catalog::ByteSet;

    /// The definition: the byte sets, place by place.
    fn naive(text: &[u8], shape: Shape) -> Vec<usize> {
        let sets = shape.sets();
        let word = ByteSet::word();
        let house = |at: usize| {
            let more = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase() || b"-:".contains(b);
            let length = text[at..].iter().take(9).take_while(|b| more(b)).count();
            let name = |at: usize| {
                let digits = text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                text[at].is_ascii_uppercase()
                    || (1..=3).contains(&digits) && text[at + digits].is_ascii_alphabetic()
            };
            text[at].is_ascii_digit()
                && (1..=8).contains(&length)
                && text[at + length] == b' '
                && name(at + length + 1)
        };
        let decimal = |at: usize| {
            let digits = |at: usize| text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            let first = digits(at);
            (1..=3).contains(&first) && text[at + first] == b'.' && digits(at + first + 1) >= 3
        };
        (0..BLOCK)
            .filter(|&at| {
                let fits = sets
                    .iter()
                    .enumerate()
                    .all(|(i, set)| set.contains(text[at + i]));
                let fits = match shape {
                    Shape::House => house(at),
                    Shape::Decimal => decimal(at),
                    _ => fits,
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
