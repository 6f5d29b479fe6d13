//! Where each shape starts, from class masks: shifts and ands on words of bits.

use super::simd::{Masks, WORDS};
use crate::detect::catalog::Shape;

/// For each shape of [`Shape::ALL`] one bit a place where it starts.
#[derive(Debug)]
pub(crate) struct Gates {
    pub(super) starts: [[u64; WORDS]; Shape::COUNT],
}

impl Gates {
    pub(crate) fn new() -> Gates {
        Gates {
            starts: [[0; WORDS]; Shape::COUNT],
        }
    }
}

/// The bits `N` places later in the text, seen from word `w`.
#[inline(always)]
fn later<const N: u32>(mask: &[u64; WORDS + 2], w: usize) -> u64 {
    mask[w + 1] >> N | mask[w + 2] << (64 - N)
}

/// Places from which on `N` bits in a row are set, the first of them `FROM`
/// places later.
#[inline(always)]
fn run<const FROM: u32, const N: u32>(mask: &[u64; WORDS + 2], w: usize) -> u64 {
    let mut bits = u128::from(mask[w + 1]) | u128::from(mask[w + 2]) << 64;
    let mut have = 1;
    bits >>= FROM;
    while have < N {
        let step = if have < N - have { have } else { N - have };
        bits &= bits >> step;
        have += step;
    }
    bits as u64
}

/// Fills `gates` for `words` words. Inlined into functions that are compiled
/// for each level of vector instructions.
#[inline(always)]
pub(super) fn fill(masks: &Masks, words: usize, gates: &mut Gates) {
    let Masks {
        digit,
        upper,
        lower,
        word,
        joined,
        hex,
        capital,
        colon,
        at,
        plus,
        paren,
        dot,
    } = masks;
    let words = words.min(WORDS);
    // Each place where a word starts, for most shapes.
    let mut start = [0u64; WORDS];
    for w in 0..words {
        start[w] = word[w + 1] & !(word[w + 1] << 1 | word[w] >> 63);
    }
    let mut either = [0u64; WORDS + 2];
    for w in 0..words + 2 {
        either[w] = digit[w] | upper[w];
    }
    let some = |mask: &[u64; WORDS + 2]| mask[1..words + 2].iter().fold(0, |a, b| a | b) != 0;
    /// One pass over the words for one shape; none when a byte that it needs
    /// does not occur.
    macro_rules! shape {
        ($shape:ident, if $some:expr, |$w:ident| $bits:expr) => {
            let starts = &mut gates.starts[Shape::$shape as usize];
            if $some {
                for $w in 0..words {
                    starts[$w] = $bits;
                }
            } else {
                starts[..words].fill(0);
            }
        };
    }
    let (digits, uppers, dots) = (some(digit), some(upper), some(dot));
    shape!(Plus, if some(plus), |w| plus[w + 1]
        & (later::<1>(digit, w) | later::<1>(paren, w)));
    shape!(Paren, if some(paren), |w| paren[w + 1]
        & later::<1>(digit, w)
        & later::<2>(digit, w));
    shape!(At, if some(at), |w| at[w + 1] & later::<1>(word, w));
    shape!(Dotted, if dots, |w| start[w]
        & either[w + 1]
        & later::<1>(&either, w)
        & later::<2>(dot, w)
        & run::<3, 3>(&either, w)
        & later::<6>(dot, w));
    shape!(HexPairs, if some(colon), |w| start[w]
        & hex[w + 1]
        & later::<1>(hex, w)
        & later::<2>(colon, w)
        & later::<3>(hex, w)
        & later::<4>(hex, w));
    shape!(DigitLetters, if digits && uppers, |w| start[w]
        & digit[w + 1]
        & later::<1>(upper, w)
        & later::<2>(&either, w)
        & later::<3>(&either, w));
    shape!(LettersDigits, if uppers, |w| start[w]
        & upper[w + 1]
        & later::<1>(upper, w)
        & later::<2>(joined, w)
        & later::<3>(joined, w));
    shape!(LetterDigits, if uppers, |w| start[w]
        & upper[w + 1]
        & run::<1, 4>(joined, w));
    shape!(CodeLetters, if digits && uppers, |w| start[w]
        & run::<0, 3>(upper, w)
        & later::<3>(&either, w)
        & later::<4>(&either, w)
        & later::<5>(digit, w));
    shape!(Capitals, if uppers || digits, |w| start[w]
        & either[w + 1]
        & run::<0, 12>(capital, w));
    shape!(Digits, if digits, |w| start[w]
        & digit[w + 1]
        & run::<1, 6>(joined, w));
    shape!(LowerDigits, if true, |w| start[w]
        & lower[w + 1]
        & run::<1, 4>(joined, w));
    shape!(LowerLettersDigits, if digits, |w| start[w]
        & lower[w + 1]
        & later::<1>(lower, w)
        & later::<2>(digit, w)
        & later::<3>(digit, w));
    shape!(Run, if true, |w| start[w] & run::<0, 16>(word, w));
}
