//! Where each shape starts, from class masks: shifts and ands on words of bits.

use super::simd::{Masks, WORDS};
use crate::detect::catalog::Shape;

/// For each shape of [`Shape::ALL`] one bit a place where it starts.
#[derive(Debug)]
pub(crate) struct Gates {
    pub(super) starts: [[u64; WORDS]; Shape::COUNT],
    /// For each shape one bit a group of words in which it starts somewhere.
    pub(super) busy: [u16; Shape::COUNT],
}

/// Words of a group. Most shapes are rare, so most groups are passed over.
pub(super) const GROUP: usize = WORDS / 16;

impl Gates {
    pub(crate) fn new() -> Gates {
        Gates {
            starts: [[0; WORDS]; Shape::COUNT],
            busy: [0; Shape::COUNT],
        }
    }
}

/// The bits `N` places later in the text, seen from word `w`.
#[inline(always)]
fn later<const N: u32>(mask: &[u64; WORDS + 2], w: usize) -> u64 {
    mask[w + 1] >> N | mask[w + 2] << (64 - N)
}

/// The bits of a word and of the one behind it. Two numbers, not one of 128
/// bits: those are not turned into vector code.
#[derive(Clone, Copy)]
struct Pair(u64, u64);

impl Pair {
    #[inline(always)]
    fn at(mask: &[u64; WORDS + 2], w: usize) -> Pair {
        Pair(mask[w + 1], mask[w + 2])
    }

    /// The bits `n` places later in the text, from 1 to 63.
    #[inline(always)]
    fn later(self, n: u32) -> Pair {
        Pair(self.0 >> n | self.1 << (64 - n), self.1 >> n)
    }

    #[inline(always)]
    fn and(self, other: Pair) -> Pair {
        Pair(self.0 & other.0, self.1 & other.1)
    }

    #[inline(always)]
    fn or(self, other: Pair) -> Pair {
        Pair(self.0 | other.0, self.1 | other.1)
    }
}

/// Places from which on `N` bits in a row are set, the first of them `FROM`
/// places later.
#[inline(always)]
fn run<const FROM: u32, const N: u32>(mask: &[u64; WORDS + 2], w: usize) -> u64 {
    let mut bits = Pair::at(mask, w);
    if FROM > 0 {
        bits = bits.later(FROM);
    }
    let mut have = 1;
    while have < N {
        let step = if have < N - have { have } else { N - have };
        bits = bits.and(bits.later(step));
        have += step;
    }
    bits.0
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
        space,
        tilde,
        degree,
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
            let mut busy = 0;
            if $some {
                for $w in 0..words {
                    starts[$w] = $bits;
                }
                let whole = words.next_multiple_of(GROUP);
                starts[words..whole].fill(0);
                for (group, starts) in starts[..whole].as_chunks::<GROUP>().0.iter().enumerate() {
                    let any = starts.iter().fold(0, |any, word| any | word) != 0;
                    busy |= u16::from(any) << group;
                }
            } else {
                starts[..words].fill(0);
            }
            gates.busy[Shape::$shape as usize] = busy;
        };
    }
    let (digits, uppers, dots) = (some(digit), some(upper), some(dot));
    shape!(Plus, if some(plus), |w| plus[w + 1]
        & (later::<1>(digit, w) | later::<1>(paren, w)));
    shape!(Paren, if some(paren), |w| paren[w + 1]
        & later::<1>(digit, w)
        & later::<2>(digit, w));
    shape!(Tilde, if some(tilde), |w| later::<1>(tilde, w));
    shape!(Degree, if some(&degree[1]), |w| degree[0][w + 1] & later::<1>(&degree[1], w));
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
    shape!(SixDigits, if digits, |w| start[w] & run::<0, 6>(digit, w));
    shape!(Decimal, if dots && digits, |w| {
        // From each dot before three digits back over one to three digits.
        let mut here = Pair::at(dot, w);
        let digit = Pair::at(digit, w);
        here = here.and(digit.later(1)).and(digit.later(2)).and(digit.later(3));
        let mut found = 0;
        for _ in 0..3 {
            here = digit.and(here.later(1));
            found |= here.0;
        }
        start[w] & found
    });
    shape!(HexDot, if dots, |w| start[w] & run::<0, 4>(hex, w) & later::<4>(dot, w));
    shape!(UpperDigit, if digits && uppers, |w| start[w]
        & upper[w + 1]
        & later::<1>(digit, w));
    shape!(LowerDigits, if true, |w| start[w]
        & lower[w + 1]
        & run::<1, 4>(joined, w));
    shape!(LowerLettersDigits, if digits, |w| start[w]
        & lower[w + 1]
        & later::<1>(lower, w)
        & later::<2>(digit, w)
        & later::<3>(digit, w));
    shape!(Title, if uppers, |w| start[w]
        & upper[w + 1]
        & later::<1>(lower, w)
        & (later::<2>(dot, w) | later::<2>(space, w)));
    shape!(UpperGroups, if uppers, |w| start[w]
        & run::<0, 3>(upper, w)
        & later::<3>(space, w)
        & run::<4, 3>(upper, w));
    shape!(LowerWordDigit, if digits, |w| start[w]
        & run::<0, 5>(lower, w)
        & later::<5>(digit, w));
    shape!(DigitsLetters, if digits && uppers, |w| start[w]
        & digit[w + 1]
        & later::<1>(digit, w)
        & later::<2>(&either, w)
        & later::<3>(upper, w)
        & later::<4>(&either, w));
    shape!(House, if digits, |w| {
        // From each space before a name back over what can stand before it.
        let (digit, upper) = (Pair::at(digit, w), Pair::at(upper, w));
        let letter = upper.or(Pair::at(lower, w));
        // `5th`, `42nd`, `100th`
        let mut ordinal = digit.and(letter.later(1));
        for _ in 0..2 {
            ordinal = ordinal.or(digit.and(ordinal.later(1)));
        }
        let name = upper.or(ordinal);
        let more = Pair::at(&either, w).or(Pair::at(colon, w));
        let mut here = Pair::at(space, w).and(name.later(1));
        let mut found = 0;
        for _ in 0..8 {
            here = more.and(here.later(1));
            found |= here.0;
        }
        start[w] & digit.0 & found
    });
    shape!(Run, if true, |w| start[w] & run::<0, 16>(word, w));
}
