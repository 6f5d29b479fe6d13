//! Base64 (RFC 4648), and what decoded text looks like.

use serde_json::{Map, Value};

use crate::detect::catalog::check::DecodedShape;

/// The bytes that `text` writes in the standard or the URL alphabet, with or
/// without padding. `None` when a character is foreign or the length impossible;
/// unused bits are ignored, as most decoders do.
pub(in crate::detect::validate) fn decode(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    if padding > 2 || (padding > 0 && !text.len().is_multiple_of(4)) || body.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 2);
    let mut pending = 0u32;
    let mut bits = 0;
    for c in body.bytes() {
        pending = pending << 6 | u32::from(value(c)?);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((pending >> bits & 0xff) as u8);
            pending &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

fn value(c: u8) -> Option<u8> {
    match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Whether decoded bytes look as they should.
pub(in crate::detect::validate) fn holds(shape: DecodedShape, bytes: &[u8]) -> bool {
    match shape {
        DecodedShape::Any => true,
        DecodedShape::UserPassword => str::from_utf8(bytes).is_ok_and(|text| {
            let printable = !text.chars().any(char::is_control);
            printable
                && text
                    .split_once(':')
                    .is_some_and(|(user, word)| !user.is_empty() && !word.is_empty())
        }),
        DecodedShape::JsonObject => json_object(bytes).is_some(),
    }
}

/// The JSON object that the bytes are.
pub(in crate::detect::validate) fn json_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, plain) in [
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg", "foob"),
            ("Zm9vYmE", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()), "{text}");
        }
        assert_eq!(decode("-_-_"), decode("+/+/"));
        for text in ["Z", "Zg=", "Zg===", "=Zg=", "Zm9v!", "Zm 9", "ää"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn shapes() {
        assert!(holds(DecodedShape::UserPassword, b"user:pass"));
        for bytes in [
            &b":pass"[..],
            b"user:",
            b"user",
            b"user:\x00pass",
            b"\xff:\xff",
        ] {
            assert!(!holds(DecodedShape::UserPassword, bytes));
        }
        assert!(holds(DecodedShape::JsonObject, b"{\"a\":1}"));
        assert!(!holds(DecodedShape::JsonObject, b"[1]") && !holds(DecodedShape::JsonObject, b""));
    }
}
