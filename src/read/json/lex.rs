//! Tokens of JSON, and of the comments that people write into it.

use std::ops::Range;

/// Text to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'t> {
    /// The text, and what stands behind it: searches run faster when they need
    /// not stop at every line.
    pub(super) shown: &'t [u8],
    /// Where the text ends.
    pub(super) end: usize,
    /// No more text follows.
    pub(super) last: bool,
}

impl<'t> Text<'t> {
    /// All of `text`.
    pub(super) fn whole(text: &'t [u8], last: bool) -> Self {
        Text {
            shown: text,
            end: text.len(),
            last,
        }
    }

    fn rest(&self, at: usize) -> &'t [u8] {
        self.shown.get(at..self.end).unwrap_or_default()
    }
}

/// A number or word, by where it ends; or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Number(usize),
    /// `true`, `false`, `null`.
    Literal(usize),
    /// The text ends before it does.
    More,
    Bad,
}

/// The first byte from `at` on that is not white space, and its place.
#[inline]
pub(super) fn token(text: Text<'_>, mut at: usize) -> Option<(usize, u8)> {
    while at < text.end {
        match text.shown[at] {
            // The record separator of RFC 7464 counts as space.
            b' ' | b'\t' | b'\n' | b'\r' | 0x1E => at += 1 + spaces(text.shown, at + 1),
            first => return Some((at, first)),
        }
    }
    None
}

/// How many of the next eight bytes are spaces, from the first on.
#[inline]
fn spaces(text: &[u8], at: usize) -> usize {
    let Some(next) = text.get(at..).and_then(<[u8]>::first_chunk) else {
        return 0;
    };
    let other = u64::from_le_bytes(*next) ^ (ONES * u64::from(b' '));
    other.trailing_zeros() as usize / 8
}

/// How many of the next eight bytes are digits, from the first on.
#[inline]
fn digits(text: &[u8], at: usize) -> usize {
    let Some(next) = text.get(at..).and_then(<[u8]>::first_chunk) else {
        return 0;
    };
    // Digits become 0 to 9; what is more carries into the high bit.
    let value = u64::from_le_bytes(*next) ^ (ONES * u64::from(b'0'));
    let other = ((value & (ONES * 0x7F)) + ONES * (0x80 - 10)) | value;
    (other & (ONES * 0x80)).trailing_zeros() as usize / 8
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The inside of the string whose quote stands before `start`, and whether it
/// holds escapes; `None` when it does not end in the text.
#[inline]
pub(super) fn string(text: Text<'_>, start: usize) -> Option<(Range<usize>, bool)> {
    let (mut from, mut escapes) = (start, false);
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', text.shown.get(from..)?)?;
        if found >= text.end {
            return None;
        }
        if text.shown[found] == b'"' {
            return Some((start..found, escapes));
        }
        escapes = true;
        from = found + 2;
    }
}

/// Reads a number or word that begins at `at`.
#[inline]
pub(super) fn scalar(text: Text<'_>, at: usize) -> Scalar {
    let rest = text.rest(at);
    let mut length = 0;
    loop {
        length += digits(rest, length);
        match rest.get(length) {
            Some(byte) if IN_SCALAR[usize::from(*byte)] => length += 1,
            _ => break,
        }
    }
    if length == rest.len() && !text.last && length < 4096 && length > 0 {
        return Scalar::More;
    }
    match &rest[..length] {
        [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => Scalar::Number(at + length),
        b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"-Infinity" => {
            Scalar::Literal(at + length)
        }
        _ => Scalar::Bad,
    }
}

/// Bytes that numbers and literals consist of.
const IN_SCALAR: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// True when a comment begins at `at`, where a slash stands, or may begin.
pub(super) fn is_comment(text: Text<'_>, at: usize) -> bool {
    matches!(text.rest(at).get(1), Some(b'/' | b'*') | None)
}

/// The comment that begins at `at`; `None` when it does not end in the text.
pub(super) fn comment(text: Text<'_>, at: usize) -> Option<Range<usize>> {
    let rest = text.rest(at);
    let length = match rest.get(1)? {
        b'/' => memchr::memchr(b'\n', rest).or(text.last.then_some(rest.len())),
        _ => memchr::memmem::find(&rest[2..], b"*/").map(|end| end + 4),
    };
    length.map(|length| at..at + length)
}

/// Appends what the inside of a string stands for. What is no escape of JSON
/// stands for the character behind the backslash; half a surrogate pair for
/// U+FFFD. Takes the same steps as `Escape::Json`.
pub(super) fn unescape(raw: &[u8], to: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &raw[at..]) {
        to.extend_from_slice(&raw[at..at + found]);
        at += found;
        let Some(&code) = raw.get(at + 1) else { break };
        let byte = match code {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => match hex4(raw, at + 2) {
                Some(unit) => {
                    at += unicode(raw, at, unit, to);
                    continue;
                }
                None => b'u',
            },
            other => other,
        };
        to.push(byte);
        at += 2;
    }
    to.extend_from_slice(&raw[at..]);
}

/// Appends the character of the `\uXXXX` at `at`; gives the length of the escape.
fn unicode(raw: &[u8], at: usize, unit: u32, to: &mut Vec<u8>) -> usize {
    let mut length = 6;
    let mut code = unit;
    if (0xD800..0xDC00).contains(&unit)
        && raw.get(at + 6..at + 8) == Some(b"\\u")
        && let Some(low @ 0xDC00..=0xDFFF) = hex4(raw, at + 8)
    {
        code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        length = 12;
    }
    let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    to.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    length
}

fn hex4(raw: &[u8], at: usize) -> Option<u32> {
    let digits = raw.get(at..at + 4)?;
    digits
        .iter()
        .try_fold(0, |n, b| Some(n * 16 + char::from(*b).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Escape;
    use proptest::prelude::*;

    fn value(raw: &str) -> String {
        let mut value = Vec::new();
        unescape(raw.as_bytes(), &mut value);
        String::from_utf8(value).unwrap()
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(value(r#"a\"b\\\/\n\u00e9\ud83d\ude00"#), "a\"b\\/\né😀");
        assert_eq!(value(r"\ud83d\u0041\q\u12"), "\u{FFFD}Aqu12");
    }

    #[test]
    fn tokens_that_are_cut_ask_for_more() {
        let cut = |text: &'static str| Text::whole(text.as_bytes(), false);
        for text in ["\"ab", "\"ab\\", "\"ab\\\""] {
            assert_eq!(string(cut(text), 1), None, "{text}");
        }
        for text in ["12", "tru"] {
            assert_eq!(scalar(cut(text), 0), Scalar::More, "{text}");
        }
        for text in ["/", "/* a", "// a"] {
            assert!(is_comment(cut(text), 0), "{text}");
            assert_eq!(comment(cut(text), 0), None, "{text}");
        }
        assert!(!is_comment(cut("/a"), 0));
        assert_eq!(scalar(cut("12 "), 0), Scalar::Number(2));
        let all = |text: &'static str| Text::whole(text.as_bytes(), true);
        assert_eq!(scalar(all("12"), 0), Scalar::Number(2));
        assert_eq!(scalar(all("null"), 0), Scalar::Literal(4));
        assert_eq!(scalar(all("nul"), 0), Scalar::Bad);
        assert_eq!(scalar(all("'a'"), 0), Scalar::Bad);
        assert_eq!(comment(all("// a"), 0), Some(0..4));
    }

    #[test]
    fn runs_are_measured_in_words() {
        for run in 0..12 {
            for other in (0..=u8::MAX).filter(|b| !b"0123456789 ".contains(b)) {
                let text = |byte| [vec![byte; run], vec![other; 12]].concat();
                assert_eq!(digits(&text(b'7'), 0), run.min(8));
                assert_eq!(spaces(&text(b' '), 0), run.min(8));
            }
        }
        assert_eq!(digits(b"/0123456789", 1), 8);
        assert_eq!(digits(b"123", 0), 0);
    }

    #[test]
    fn what_stands_behind_the_text_is_no_part_of_it() {
        let text = |end| Text {
            shown: b"\"a\" : 12,",
            end,
            last: true,
        };
        assert_eq!(string(text(2), 1), None);
        assert_eq!(string(text(3), 1), Some((1..2, false)));
        assert_eq!(token(text(4), 3), None);
        assert_eq!(token(text(8), 5), Some((6, b'1')));
        assert_eq!(scalar(text(7), 6), Scalar::Number(7));
    }

    proptest! {
        #[test]
        fn escapes_agree_with_the_way_back(raw in r#"(\\u(d8|dc|00|0e)[0-9a+]{2}|\\["nq\\]|[a-cé])*"#) {
            let mut value = Vec::new();
            unescape(raw.as_bytes(), &mut value);
            prop_assert_eq!(Escape::Json.raw_offset(raw.as_bytes(), value.len()), raw.len());
        }
    }
}
