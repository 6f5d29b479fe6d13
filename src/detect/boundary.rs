//! What may stand directly before and after a match.

use std::ops::Range;

use super::catalog::spec::Boundary;

/// The regex around a pattern that enforces the part of its boundary that
/// regexes can express.
pub(super) fn wrap(regex: &str, boundary: Boundary) -> String {
    match boundary {
        Boundary::Word | Boundary::Number | Boundary::HexGroups => {
            format!(r"(?-u:\b{{start-half}})(?:{regex})(?-u:\b{{end-half}})")
        }
        Boundary::Token | Boundary::None => format!("(?:{regex})"),
    }
}

/// The regex for the last part of a pattern with the end of its boundary.
pub(super) fn wrap_end(regex: &str, boundary: Boundary) -> String {
    match boundary {
        Boundary::Word | Boundary::Number | Boundary::HexGroups => {
            format!(r"(?:{regex})(?-u:\b{{end-half}})")
        }
        Boundary::Token | Boundary::None => format!("(?:{regex})"),
    }
}

/// Whether a match can start at `at`; what [`wrap`] says, before any regex runs.
#[inline]
pub(super) fn can_start(text: &[u8], at: usize, boundary: Boundary) -> bool {
    let before = at.checked_sub(1).map(|i| text[i]);
    match boundary {
        Boundary::None => true,
        Boundary::Word | Boundary::Number | Boundary::HexGroups => !before.is_some_and(is_word),
        Boundary::Token => !before.is_some_and(is_token),
    }
}

/// Whether a match can end at `end`; what [`wrap`] and [`holds`] say of the byte
/// there, before any regex runs.
#[inline]
pub(super) fn can_end(text: &[u8], end: usize, boundary: Boundary) -> bool {
    boundary == Boundary::None || !text.get(end).copied().is_some_and(is_word)
}

/// The match at `start` of a pattern all of whose matches have `length` and whose
/// bytes are known to fit, if the text is long enough and what follows may.
#[inline]
pub(super) fn fixed(
    text: &[u8],
    start: usize,
    length: usize,
    boundary: Boundary,
) -> Option<Range<usize>> {
    let end = start + length;
    let free = match boundary {
        Boundary::Word | Boundary::Number | Boundary::HexGroups => {
            !text.get(end).copied().is_some_and(is_word)
        }
        Boundary::Token | Boundary::None => true,
    };
    (end <= text.len() && free && can_start(text, start, boundary)).then_some(start..end)
}

/// The rest of the boundary, for a match that the regex found.
pub(super) fn holds(text: &[u8], span: &Range<usize>, boundary: Boundary) -> bool {
    let before = |n: usize| span.start.checked_sub(n).map(|i| text[i]);
    let after = |n: usize| text.get(span.end + n - 1).copied();
    let digit = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_digit());
    let joins = |b: Option<u8>| b.is_some_and(|b| b".-/+:".contains(&b));
    match boundary {
        Boundary::None | Boundary::Word => true,
        Boundary::Number => {
            !(joins(before(1)) && digit(before(2)) || joins(after(1)) && digit(after(2)))
        }
        Boundary::HexGroups => {
            !is_hex_group(text[..span.start].iter().rev()) && !is_hex_group(text[span.end..].iter())
        }
        Boundary::Token => {
            !before(1).is_some_and(is_token) && !after(1).is_some_and(|b| is_token(b) || b == b'=')
        }
    }
}

/// Whether a joint and one to four hex digits come first, and then the group is
/// over: the neighbour of a value in a fingerprint or a hex dump. `mac:` before
/// an address is a word and no group.
fn is_hex_group<'a>(mut bytes: impl Iterator<Item = &'a u8>) -> bool {
    if !bytes.next().is_some_and(|b| b".-:".contains(b)) {
        return false;
    }
    let mut digits = 0;
    for byte in bytes {
        if !byte.is_ascii_hexdigit() {
            return (1..=4).contains(&digits) && !is_word(*byte);
        }
        digits += 1;
        if digits > 4 {
            return false;
        }
    }
    digits > 0
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_token(byte: u8) -> bool {
    is_word(byte) || b"+/-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_cut_out_of_longer_ones() {
        let number = |text: &[u8], span: Range<usize>| holds(text, &span, Boundary::Number);
        assert!(number(b"is 123. 5 of", 3..6));
        assert!(!number(b"0.123", 2..5));
        assert!(!number(b"123-456", 0..3));
        assert!(number(b"id:123", 3..6));
    }

    #[test]
    fn addresses_are_not_cut_out_of_fingerprints() {
        let hex = |text: &[u8], span: Range<usize>| holds(text, &span, Boundary::HexGroups);
        assert!(hex(b"mac:1a:2b", 4..9));
        assert!(hex(b"1a:2b: up", 0..5));
        assert!(!hex(b"1a:2b:3c", 0..5));
        assert!(!hex(b"1a:2b:3c", 3..8));
        assert!(!hex(b"0a1b.2c3d.4e5f", 0..9));
    }

    #[test]
    fn tokens_may_follow_an_equals_sign() {
        assert!(holds(b"k=abc", &(2..5), Boundary::Token));
        assert!(!holds(b"k+abc", &(2..5), Boundary::Token));
        assert!(!holds(b"abc=", &(0..3), Boundary::Token));
    }
}
