//! Shapes: what a value can look like at its anchor when it holds no literal.
//!
//! A shape is a row of byte sets. The scanner finds all places that fit one
//! with a few shifts and ands on bit masks (`detect::anchor::shape`); the
//! planner may use a shape for a pattern when the pattern's bytes are a subset
//! of the shape's, place by place. That subset test is the proof that nothing
//! is lost.

use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;

/// A row of byte sets that the scanner knows how to find quickly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// `@` before a word character.
    At,
    /// `+` before a digit or `(`.
    Plus,
    /// `(` and two digits.
    Paren,
    /// A byte and `~`: the mark in the middle of some tokens.
    Tilde,
    /// `°`.
    Degree,
    /// At a word start, a digit and six more digits or separators.
    Digits,
    /// At a word start, six digits.
    SixDigits,
    /// At a word start, one to three digits, a dot, three digits. No row of byte
    /// sets; the ways in which a pattern begins prove it.
    Decimal,
    /// At a word start, four hex digits and a dot.
    HexDot,
    /// At a word start, an upper-case letter and a digit.
    UpperDigit,
    /// At a word start, two hex digits, `:` or `-`, two hex digits.
    HexPairs,
    /// At a word start, an upper-case letter and four more digits or separators.
    LetterDigits,
    /// At a word start, two upper-case letters and two digits or separators.
    LettersDigits,
    /// At a word start, a digit, an upper-case letter, then two of either.
    DigitLetters,
    /// At a word start, three upper-case letters, two more or digits, a digit.
    CodeLetters,
    /// At a word start, an upper-case letter or digit and eleven more or `<`.
    Capitals,
    /// At a word start, two upper-case letters or digits, a dot, three more, a dot.
    Dotted,
    /// At a word start, a lower-case letter and four more digits or separators.
    LowerDigits,
    /// At a word start, two lower-case letters and two digits.
    LowerLettersDigits,
    /// At a word start, a digit, up to seven more digits, capitals or dashes, a
    /// space, and a capital or up to three digits and a letter: the number of a
    /// house before the name of its street. No row of byte sets; the planner
    /// proves it in its own way.
    House,
    /// At a word start, an upper-case letter, a lower-case one, a dot or space.
    Title,
    /// At a word start, three upper-case letters, a space, three more.
    UpperGroups,
    /// At a word start, five lower-case letters and a digit.
    LowerWordDigit,
    /// At a word start, two digits, a letter or digit, a letter, a letter or digit.
    DigitsLetters,
    /// At a word start, sixteen word characters.
    Run,
}

impl Shape {
    /// All shapes, the rarest first.
    pub const ALL: [Shape; 25] = [
        Shape::Plus,
        Shape::Paren,
        Shape::Tilde,
        Shape::Degree,
        Shape::Dotted,
        Shape::HexPairs,
        Shape::At,
        Shape::DigitLetters,
        Shape::LettersDigits,
        Shape::LetterDigits,
        Shape::CodeLetters,
        Shape::Capitals,
        Shape::Digits,
        Shape::SixDigits,
        Shape::Decimal,
        Shape::HexDot,
        Shape::UpperDigit,
        Shape::LowerDigits,
        Shape::LowerLettersDigits,
        Shape::House,
        Shape::Title,
        Shape::UpperGroups,
        Shape::LowerWordDigit,
        Shape::DigitsLetters,
        Shape::Run,
    ];

    /// How many shapes there are.
    pub const COUNT: usize = Shape::ALL.len();

    /// Places per byte of source code that have the shape, measured on 12 MB
    /// of open-source packages; for choosing between anchors.
    pub fn frequency(self) -> f64 {
        match self {
            Shape::Plus => 0.0001,
            Shape::Paren => 0.0001,
            Shape::Tilde => 0.0002,
            Shape::Degree => 0.00001,
            Shape::Dotted => 0.0001,
            Shape::HexPairs => 0.0002,
            Shape::At => 0.0002,
            Shape::DigitLetters => 0.0002,
            Shape::LettersDigits => 0.0003,
            Shape::LetterDigits => 0.0004,
            Shape::CodeLetters => 0.0006,
            Shape::Capitals => 0.001,
            // Most are told apart by their first digits.
            Shape::Digits => 0.0003,
            Shape::SixDigits => 0.0003,
            Shape::Decimal => 0.0003,
            Shape::HexDot => 0.0005,
            Shape::UpperDigit => 0.002,
            Shape::LowerDigits => 0.0004,
            Shape::LowerLettersDigits => 0.001,
            Shape::House => 0.0003,
            Shape::Title => 0.0005,
            Shape::UpperGroups => 0.0002,
            Shape::LowerWordDigit => 0.001,
            Shape::DigitsLetters => 0.0003,
            Shape::Run => 0.004,
        }
    }

    /// True for the shapes whose anchors are told apart by their first digits.
    pub fn is_number(self) -> bool {
        matches!(self, Shape::Digits | Shape::SixDigits | Shape::Decimal)
    }

    /// True when the shape starts where a word starts: no word character before.
    pub fn at_word_start(self) -> bool {
        !matches!(
            self,
            Shape::At | Shape::Plus | Shape::Paren | Shape::Tilde | Shape::Degree
        )
    }

    /// The byte sets, first place first; a set of none for what is no row.
    pub fn sets(self) -> Vec<ByteSet> {
        let digit = ByteSet::of(|b| b.is_ascii_digit());
        let upper = ByteSet::of(|b| b.is_ascii_uppercase());
        let lower = ByteSet::of(|b| b.is_ascii_lowercase());
        let either = digit.union(upper);
        let joined = digit.union(ByteSet::of(|b| b" -./".contains(&b)));
        let hex = ByteSet::of(|b| b.is_ascii_hexdigit());
        let colon = ByteSet::of(|b| b == b':' || b == b'-');
        let one = |c: u8| ByteSet::of(move |b| b == c);
        let repeat = |set: ByteSet, n: usize| std::iter::repeat_n(set, n);
        match self {
            Shape::At => vec![one(b'@'), ByteSet::word()],
            Shape::Plus => vec![one(b'+'), digit.union(one(b'('))],
            Shape::Paren => vec![one(b'('), digit, digit],
            Shape::Digits => std::iter::once(digit).chain(repeat(joined, 6)).collect(),
            Shape::SixDigits => repeat(digit, 6).collect(),
            Shape::HexDot => vec![hex, hex, hex, hex, one(b'.')],
            Shape::UpperDigit => vec![upper, digit],
            Shape::HexPairs => vec![hex, hex, colon, hex, hex],
            Shape::LetterDigits => std::iter::once(upper).chain(repeat(joined, 4)).collect(),
            Shape::LettersDigits => vec![upper, upper, joined, joined],
            Shape::DigitLetters => vec![digit, upper, either, either],
            Shape::CodeLetters => vec![upper, upper, upper, either, either, digit],
            Shape::Capitals => std::iter::once(either)
                .chain(repeat(either.union(one(b'<')), 11))
                .collect(),
            Shape::Dotted => {
                let dot = one(b'.');
                vec![either, either, dot, either, either, either, dot]
            }
            Shape::LowerDigits => std::iter::once(lower).chain(repeat(joined, 4)).collect(),
            Shape::LowerLettersDigits => vec![lower, lower, digit, digit],
            Shape::House | Shape::Decimal => vec![ByteSet::NONE],
            Shape::Tilde => vec![ByteSet::ALL, one(b'~')],
            Shape::Degree => vec![one(0xC2), one(0xB0)],
            Shape::Title => vec![upper, lower, ByteSet::of(|b| b == b'.' || b == b' ')],
            Shape::UpperGroups => {
                let space = one(b' ');
                vec![upper, upper, upper, space, upper, upper, upper]
            }
            Shape::LowerWordDigit => repeat(lower, 5).chain([digit]).collect(),
            Shape::DigitsLetters => vec![digit, digit, either, upper, either],
            Shape::Run => repeat(ByteSet::word(), 16).collect(),
        }
    }
}
