//! Where numbers are told apart before any pattern is tried: by how many
//! digits they begin with, what follows those, and how many digits come next.

use super::byteset::ByteSet;

/// More first digits than this count as this many.
pub const MOST_DIGITS: usize = 22;

/// More digits behind the first ones than this count as this many.
pub const MOST_MORE: usize = 15;

/// What follows the first digits of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Anything without a kind of its own.
    Other,
    /// ` `
    Space,
    /// `-`
    Dash,
    /// `.`
    Dot,
    /// `/`
    Slash,
    /// `+`
    Plus,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `=`
    Equals,
    /// `A-Z`
    Upper,
    /// `a-z`
    Lower,
    /// `_`
    Underscore,
    /// Above 0x7F.
    High,
}

/// Room for the kinds in a slot.
const KINDS: usize = 16;

/// How many slots there are.
pub const SLOTS: usize = (MOST_DIGITS + 1) * KINDS * (MOST_MORE + 1);

/// The place of a number in the table of numbers: `digits` from 1 to
/// [`MOST_DIGITS`], `more` up to [`MOST_MORE`].
#[inline(always)]
pub fn slot(digits: usize, kind: Kind, more: usize) -> u16 {
    ((digits * KINDS + kind as usize) * (MOST_MORE + 1) + more) as u16
}

/// Whether a slot is of one to three digits, a dot and three digits or more.
pub fn is_decimal(slot: u16) -> bool {
    let (kind, more) = (
        usize::from(slot) / (MOST_MORE + 1),
        usize::from(slot) % (MOST_MORE + 1),
    );
    let (digits, kind) = (kind / KINDS, kind % KINDS);
    (1..=3).contains(&digits) && kind == Kind::Dot as usize && more >= 3
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 13] = [
        Kind::Other,
        Kind::Space,
        Kind::Dash,
        Kind::Dot,
        Kind::Slash,
        Kind::Plus,
        Kind::Colon,
        Kind::Comma,
        Kind::Equals,
        Kind::Upper,
        Kind::Lower,
        Kind::Underscore,
        Kind::High,
    ];

    /// The kind of a byte.
    pub const fn of(byte: u8) -> Kind {
        match byte {
            b' ' => Kind::Space,
            b'-' => Kind::Dash,
            b'.' => Kind::Dot,
            b'/' => Kind::Slash,
            b'+' => Kind::Plus,
            b':' => Kind::Colon,
            b',' => Kind::Comma,
            b'=' => Kind::Equals,
            b'A'..=b'Z' => Kind::Upper,
            b'a'..=b'z' => Kind::Lower,
            b'_' => Kind::Underscore,
            0x80.. => Kind::High,
            _ => Kind::Other,
        }
    }

    /// All bytes of the kind that are no digits.
    pub fn bytes(self) -> ByteSet {
        ByteSet::of(|b| Kind::of(b) == self && !b.is_ascii_digit())
    }
}
