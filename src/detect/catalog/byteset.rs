//! A set of byte values.

use serde::{Deserialize, Serialize};

/// A set of byte values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// No byte.
    pub const NONE: ByteSet = ByteSet([0; 4]);
    /// Every byte.
    pub const ALL: ByteSet = ByteSet([u64::MAX; 4]);

    /// The bytes for which `keep` holds.
    pub fn of(keep: impl Fn(u8) -> bool) -> ByteSet {
        let mut set = ByteSet::NONE;
        for byte in 0..=255 {
            if keep(byte) {
                set.insert(byte);
            }
        }
        set
    }

    /// ASCII letters, digits and underscore: `\w` without Unicode.
    pub fn word() -> ByteSet {
        ByteSet::of(|b| b.is_ascii_alphanumeric() || b == b'_')
    }

    /// What tokens are made of besides: also `+`, `/` and `-`.
    pub fn token() -> ByteSet {
        ByteSet::word().union(ByteSet::of(|b| b"+/-".contains(&b)))
    }

    /// Adds one byte.
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Adds a range, both ends included.
    pub fn insert_range(&mut self, start: u8, end: u8) {
        for (word, bits) in (0u16..).zip(&mut self.0) {
            let (low, high) = (
                u16::from(start).max(word * 64),
                u16::from(end).min(word * 64 + 63),
            );
            if low <= high {
                *bits |= u64::MAX >> (63 - (high - low)) << (low % 64);
            }
        }
    }

    /// True when `byte` is in the set.
    #[inline]
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// Everything in either set.
    #[must_use]
    pub fn union(mut self, other: ByteSet) -> ByteSet {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a |= b;
        }
        self
    }

    /// Everything that is not in the set.
    #[must_use]
    pub fn complement(mut self) -> ByteSet {
        for word in &mut self.0 {
            *word = !*word;
        }
        self
    }

    /// True when every byte of the set is in `other` too.
    pub fn is_subset(&self, other: &ByteSet) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| a & !b == 0)
    }

    /// True when some byte is in both.
    pub fn intersects(&self, other: &ByteSet) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }

    /// True for the empty set.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// The bytes, in order.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255).filter(|&b| self.contains(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_unions_complements() {
        let mut digits = ByteSet::NONE;
        digits.insert_range(b'0', b'9');
        assert_eq!(digits.iter().count(), 10);
        assert!(digits.is_subset(&ByteSet::word()));
        assert!(!digits.complement().contains(b'5'));
        assert_eq!(digits.union(digits.complement()), ByteSet::ALL);
    }
}
