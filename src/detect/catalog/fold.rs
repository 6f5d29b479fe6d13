//! The folded alphabet in which literals are looked for.
//!
//! Letters lose their case and everything that can only separate words
//! becomes a space, so that one key serves `api_key`, `API-KEY` and `Api Key`.
//! Seven punctuation characters keep their identity because issuer prefixes
//! and URLs are told by them. Bytes above 0x7F stay: keywords in other scripts
//! are matched byte for byte.
//!
//! Folding only ever merges bytes, so a literal that occurs in the text occurs
//! folded in the folded text: the filter over-approximates and nothing is lost.

use std::sync::LazyLock;

/// The byte that all separators fold to.
pub const GAP: u8 = b' ';

/// What a separator may fold to: [`GAP`] and the punctuation that stays.
pub const SEPARATORS: [u8; 8] = [GAP, b'/', b':', b'.', b'@', b'+', b'~', b'$'];

/// Folds one byte.
#[inline(always)]
pub const fn fold(byte: u8) -> u8 {
    match byte {
        b'/' | b':' | b'.' | b'@' | b'+' | b'~' | b'$' => byte,
        _ => gap_fold(byte),
    }
}

/// Folds one byte as keywords see it: whatever separates words is a [`GAP`].
#[inline(always)]
pub const fn gap_fold(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() || byte >= 0x80 {
        byte.to_ascii_lowercase()
    } else {
        GAP
    }
}

/// What [`fold`] makes of each byte below 0x80, for lookups of many at once.
pub static FOLDED: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = fold(byte as u8);
        byte += 1;
    }
    table
};

/// The same for [`gap_fold`].
pub static GAP_FOLDED: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = gap_fold(byte as u8);
        byte += 1;
    }
    table
};

/// Estimates how often folded text holds a key, as occurrences per byte.
///
/// For keys of four bytes that are frequent it is what was measured; for all
/// others a chain of pair probabilities, good to about a factor of three, which
/// is enough to choose anchors.
pub fn frequency(key: &[u8]) -> f64 {
    let measured = key.first_chunk().and_then(super::frequency::measured);
    if let (Some(measured), 4) = (measured, key.len()) {
        return measured;
    }
    /// The tables count all bytes above 0x7F as one; the text of one script
    /// uses about this many of them.
    const BYTES_OF_A_SCRIPT: f64 = 32.0;
    let mut p = single(code(key[0]));
    for pair in key.windows(2) {
        p *= super::frequency::after(code(pair[0]), code(pair[1]));
    }
    let high = key.iter().filter(|b| **b >= 0x80).count();
    p / BYTES_OF_A_SCRIPT.powi(high as i32)
}

/// How often a byte with its lower seven bits stands in text, about: bytes
/// that fold to one share what was measured for it.
pub fn byte_frequency(byte: u8) -> f64 {
    static TABLE: LazyLock<[f64; 256]> =
        LazyLock::new(|| std::array::from_fn(|byte| measured(byte as u8)));
    TABLE[usize::from(byte)]
}

fn measured(byte: u8) -> f64 {
    let same = (0..0x80).filter(|&b| fold(b) == fold(byte)).count() as f64;
    let share = match byte {
        b'a'..=b'z' => 0.9,
        b'A'..=b'Z' => 0.1,
        b' ' => 0.5,
        _ if fold(byte) == GAP => 0.5 / (same - 1.0),
        _ => 1.0,
    };
    single(code(fold(byte))) * share
}

fn single(code: usize) -> f64 {
    super::frequency::alone(code)
}

/// Place of a folded byte in the frequency tables.
fn code(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'0'..=b'9' => 26 + usize::from(byte - b'0'),
        0x80.. => 44,
        _ => 36 + SEPARATORS.iter().position(|&s| s == byte).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_to_letters_digits_separators_and_high_bytes() {
        assert_eq!(fold(b'A'), b'a');
        assert_eq!(fold(b'z'), b'z');
        assert_eq!(fold(b'5'), b'5');
        assert_eq!(fold(b'_'), GAP);
        assert_eq!(fold(b'['), GAP);
        assert_eq!(fold(b'\n'), GAP);
        assert_eq!(fold(0xC3), 0xC3);
        for s in SEPARATORS {
            assert_eq!(fold(s), s);
        }
        for byte in 0..0x80u8 {
            let folded = fold(byte);
            assert!(
                folded.is_ascii_alphanumeric() || SEPARATORS.contains(&folded),
                "{byte}"
            );
        }
    }

    #[test]
    fn common_words_are_more_frequent_than_rare_ones() {
        assert!(frequency(b" the") > 100.0 * frequency(b"akia"));
        assert!(frequency("機密".as_bytes()) < 1e-6);
    }
}
