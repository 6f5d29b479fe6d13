//! Tokens of JSON, and of the comments that people write into it.

use std::ops::Range;

/// A piece of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `{` or `[`.
    Open(u8),
    /// `}` or `]`.
    Close(u8),
    Colon,
    Comma,
    /// A string without its quotes, and whether it holds escapes.
    String(Range<usize>, bool),
    /// A number.
    Number(Range<usize>),
    /// `true`, `false`, `null`.
    Literal,
    /// Not JSON, and common in configuration files.
    Comment(Range<usize>),
}

/// What a look at the text gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lexed {
    /// A token and where it ends.
    Token(Token, usize),
    /// The text ends inside a token that begins here.
    More(usize),
    /// Nothing but white space is left.
    Empty,
    /// No token begins here.
    Bad(usize),
}

/// Reads the next token of `text` from `at` on; `last` says that no more text follows.
#[inline]
pub(super) fn next(text: &[u8], mut at: usize, last: bool) -> Lexed {
    let first = loop {
        match text.get(at) {
            // The record separator of RFC 7464 counts as space.
            Some(b' ' | b'\t' | b'\n' | b'\r' | 0x1E) => at += 1,
            Some(&first) => break first,
            None => return Lexed::Empty,
        }
    };
    let one = |token| Lexed::Token(token, at + 1);
    match first {
        b'"' => string(text, at),
        b':' => one(Token::Colon),
        b',' => one(Token::Comma),
        b'{' | b'[' => one(Token::Open(first)),
        b'}' | b']' => one(Token::Close(first)),
        b'/' => comment(text, at, last),
        _ => scalar(text, at, last),
    }
}

/// Bytes of a string that are looked at one by one: most keys and many values
/// end here, before a vector search has begun.
const SHORT: usize = 16;

#[inline]
fn string(text: &[u8], at: usize) -> Lexed {
    let (mut from, mut escapes) = (at + 1, false);
    let rest = text.get(from..).unwrap_or_default();
    let short = rest
        .iter()
        .take(SHORT)
        .position(|b| matches!(b, b'"' | b'\\'));
    if let Some(found) = short
        && rest[found] == b'"'
    {
        let end = from + found;
        return Lexed::Token(Token::String(from..end, false), end + 1);
    }
    from += short.unwrap_or(rest.len().min(SHORT));
    loop {
        let rest = text.get(from..).unwrap_or_default();
        match memchr::memchr2(b'"', b'\\', rest) {
            None => return Lexed::More(at),
            Some(found) if rest[found] == b'"' => {
                let end = from + found;
                return Lexed::Token(Token::String(at + 1..end, escapes), end + 1);
            }
            Some(found) => {
                escapes = true;
                from += found + 2;
            }
        }
    }
}

fn scalar(text: &[u8], at: usize, last: bool) -> Lexed {
    let rest = &text[at..];
    let in_scalar = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'+' | b'-' | b'.');
    let length = rest.iter().take_while(in_scalar).count();
    let held = &rest[..length];
    if length == rest.len() && !last && length < 4096 && length > 0 {
        return Lexed::More(at);
    }
    let end = at + length;
    match held {
        b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"-Infinity" => {
            Lexed::Token(Token::Literal, end)
        }
        [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => Lexed::Token(Token::Number(at..end), end),
        _ => Lexed::Bad(at),
    }
}

fn comment(text: &[u8], at: usize, last: bool) -> Lexed {
    let rest = &text[at..];
    let length = match rest.get(1) {
        Some(b'/') => memchr::memchr(b'\n', rest).or(last.then_some(rest.len())),
        Some(b'*') => memchr::memmem::find(&rest[2..], b"*/").map(|end| end + 4),
        Some(_) => return Lexed::Bad(at),
        None => None,
    };
    match length {
        Some(length) => Lexed::Token(Token::Comment(at..at + length), at + length),
        None => Lexed::More(at),
    }
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
        for text in ["\"ab", "\"ab\\", "12", "tru", "/", "/* a", "// a"] {
            assert_eq!(next(text.as_bytes(), 0, false), Lexed::More(0), "{text}");
        }
        assert_eq!(
            next(b" 12 ", 0, false),
            Lexed::Token(Token::Number(1..3), 3)
        );
        assert_eq!(next(b"'a'", 0, true), Lexed::Bad(0));
        assert_eq!(next(b"nul", 0, true), Lexed::Bad(0));
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
