//! Text or binary, and in which encoding: decided on the first bytes of an item.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// What the bytes of an item are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8 or another text that is scanned as it is stored, behind so many
    /// bytes of byte-order mark.
    Utf8 {
        /// Length of the mark.
        mark: usize,
    },
    /// Text that is decoded first.
    Encoded {
        /// From what.
        encoding: &'static Encoding,
        /// Length of the byte-order mark.
        mark: usize,
    },
    /// Not text; what it is, as far as its first bytes tell.
    Binary {
        /// Short name for the ledger.
        format: &'static str,
    },
}

/// How much of the head is looked at for signs of binary content.
const PROBE: usize = 8 * 1024;
/// How much of it the encoding is guessed from.
const GUESS: usize = 64 * 1024;

/// Decides on the first bytes of an item; `complete` says that there are no more.
pub(crate) fn of(head: &[u8], complete: bool) -> Charset {
    if let Some(known) = by_signs(head) {
        return known;
    }
    match simdutf8::compat::from_utf8(head) {
        Ok(_) => Charset::Utf8 { mark: 0 },
        // The last character may be cut by the end of the head.
        Err(err) if err.error_len().is_none() && !complete => Charset::Utf8 { mark: 0 },
        Err(_) => guess(&head[..head.len().min(GUESS)]),
    }
}

/// What an item is that is not text; `None` for text. Cheaper than [`of`].
pub(crate) fn binary(head: &[u8]) -> Option<&'static str> {
    match by_signs(head) {
        Some(Charset::Binary { format }) => Some(format),
        _ => None,
    }
}

/// What needs no look at all of the head: marks, zero bytes, magic numbers.
/// `None` for text whose encoding is still open.
fn by_signs(head: &[u8]) -> Option<Charset> {
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        // FF FE 00 00 is UTF-32, which no one writes and encoding_rs does not read.
        if head.starts_with(&[0xFF, 0xFE, 0, 0]) {
            return Some(Charset::Binary { format: "utf-32" });
        }
        return Some(if encoding == UTF_8 {
            Charset::Utf8 { mark }
        } else {
            Charset::Encoded { encoding, mark }
        });
    }
    let probe = &head[..head.len().min(PROBE)];
    let mut binary = looks_binary(probe);
    if memchr::memchr(0, probe).is_some() {
        if let Some(encoding) = utf16_without_mark(probe) {
            return Some(Charset::Encoded { encoding, mark: 0 });
        }
        binary |= !text_with_gaps(probe) || magic(head).is_some();
    }
    binary.then(|| Charset::Binary {
        format: magic(head).unwrap_or("binary"),
    })
}

/// Formats that can begin like text, and text with too many control characters.
fn looks_binary(probe: &[u8]) -> bool {
    const MAGIC: &[&[u8]] = &[
        b"%PDF-",
        b"\x89PNG",
        b"GIF8",
        b"PK\x03\x04",
        b"\x1F\x8B",
        b"BZh",
        b"Rar!",
        b"\xFF\xD8\xFF",
    ];
    if MAGIC.iter().any(|magic| probe.starts_with(magic)) {
        return true;
    }
    controls(probe) * 20 > probe.len()
}

/// How many bytes are control characters that text has no use for.
fn controls(probe: &[u8]) -> usize {
    // Sums of at most 255 fit a byte, which lets the compiler take many bytes
    // at a time.
    let count = |part: &[u8]| -> u8 {
        part.iter()
            .map(|&b| u8::from(matches!(b, 1..=0x06 | 0x0E..=0x19)))
            .sum()
    };
    probe.chunks(255).map(|part| usize::from(count(part))).sum()
}

/// Zero bytes that separate or pad what is plain text otherwise: lists for
/// `xargs -0`, logs that were cut off by a crash.
fn text_with_gaps(probe: &[u8]) -> bool {
    let zeros = memchr::memchr_iter(0, probe).count();
    let gaps = probe
        .split(|&b| b == 0)
        .filter(|part| !part.is_empty())
        .count();
    let strange = |b: &u8| *b < 0x20 && !matches!(b, 0 | b'\t' | b'\n' | b'\r' | 0x0C | 0x1B);
    let utf8 = match simdutf8::compat::from_utf8(probe) {
        Ok(_) => true,
        Err(err) => err.error_len().is_none(),
    };
    utf8 && gaps > 0 && gaps * 20 <= probe.len() - zeros && !probe.iter().any(strange)
}

/// UTF-16 shows in text by zero bytes that stand mostly in even or mostly in odd
/// places: those of spaces, line ends, digits and Latin letters.
fn utf16_without_mark(probe: &[u8]) -> Option<&'static Encoding> {
    let probe = &probe[..probe.len() & !1];
    let zeros = |parity: usize| {
        probe
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|&&b| b == 0)
            .count()
    };
    let units = probe.len() / 2;
    let (even, odd) = (zeros(0), zeros(1));
    // Some characters have a zero low byte, but few of them stand in a text.
    let encoding = match (
        even * 50 >= units && even > odd * 4,
        odd * 50 >= units && odd > even * 4,
    ) {
        (true, false) => UTF_16BE,
        (false, true) => UTF_16LE,
        _ => return None,
    };
    let unit = |pair: &[u8]| {
        if encoding == UTF_16LE {
            u16::from_le_bytes([pair[0], pair[1]])
        } else {
            u16::from_be_bytes([pair[0], pair[1]])
        }
    };
    // Text has no zero units, hardly any controls, and surrogates in pairs.
    let mut text: Vec<u16> = probe.chunks_exact(2).map(unit).collect();
    if text.last().is_some_and(|u| (0xD800..0xDC00).contains(u)) {
        text.pop();
    }
    let odd_units = text
        .iter()
        .filter(|&&u| u < 0x20 && !(9..=13).contains(&u) || u >= 0xFFFE)
        .count();
    let broken = char::decode_utf16(text.iter().copied()).any(|c| c.is_err());
    (!broken && odd_units * 100 <= units).then_some(encoding)
}

/// Neither UTF-8 nor binary: a legacy encoding, or UTF-8 with damage.
fn guess(sample: &[u8]) -> Charset {
    let as_stored = Charset::Utf8 { mark: 0 };
    // A few bad bytes in a sea of good ones: decoding would only move offsets.
    let lossy = String::from_utf8_lossy(sample);
    let bad = lossy.chars().filter(|&c| c == '\u{FFFD}').count();
    let multibyte = lossy
        .chars()
        .filter(|&c| !c.is_ascii() && c != '\u{FFFD}')
        .count();
    if multibyte > bad * 4 {
        return as_stored;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // The sample may end inside a character, so it is never the last.
    detector.feed(sample, false);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    if encoding == UTF_8 {
        as_stored
    } else {
        Charset::Encoded { encoding, mark: 0 }
    }
}

/// The format of a binary item by its magic number.
fn magic(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Some("ole2");
    }
    infer::get(head).map(|kind| kind.extension())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let (bytes, _, unmappable) = encoding.encode(text);
        assert!(!unmappable);
        bytes.into_owned()
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn plain_text_is_taken_as_stored() {
        for text in [
            &b""[..],
            b"a",
            b"plain\r\n",
            "Grüße, 世界".as_bytes(),
            b"esc \x1b[31m red",
        ] {
            assert_eq!(of(text, true), Charset::Utf8 { mark: 0 });
        }
        assert_eq!(of(b"\xEF\xBB\xBFa", true), Charset::Utf8 { mark: 3 });
        // Cut inside a character.
        assert_eq!(
            of("abc é".as_bytes().split_last().unwrap().1, false),
            Charset::Utf8 { mark: 0 }
        );
    }

    #[test]
    fn utf16_is_known_with_and_without_mark() {
        for text in [
            "Name: Müller\r\nTel: 555",
            "Имя: Иван Петров\n",
            "氏名: 山田太郎\n電話 555\n",
        ] {
            assert_eq!(
                of(&utf16(text, false), true),
                Charset::Encoded {
                    encoding: UTF_16LE,
                    mark: 0
                },
                "{text}"
            );
            assert_eq!(
                of(&utf16(text, true), true),
                Charset::Encoded {
                    encoding: UTF_16BE,
                    mark: 0
                },
                "{text}"
            );
        }
        let marked = [vec![0xFF, 0xFE], utf16("a", false)].concat();
        assert_eq!(
            of(&marked, true),
            Charset::Encoded {
                encoding: UTF_16LE,
                mark: 2
            }
        );
    }

    #[test]
    fn legacy_encodings_are_guessed() {
        let german = encoded(
            "Straße Müller für Größe, schöne Grüße aus Köln",
            encoding_rs::WINDOWS_1252,
        );
        assert_eq!(
            of(&german, true),
            Charset::Encoded {
                encoding: encoding_rs::WINDOWS_1252,
                mark: 0
            }
        );
        let japanese = encoded(
            "氏名は山田太郎です。電話番号は次のとおりです。",
            encoding_rs::SHIFT_JIS,
        );
        assert_eq!(
            of(&japanese, true),
            Charset::Encoded {
                encoding: encoding_rs::SHIFT_JIS,
                mark: 0
            }
        );
    }

    #[test]
    fn text_with_zero_bytes_is_text() {
        let list = "some/long/directory/file.txt\0".repeat(50);
        let log = format!(
            "{}{}{}",
            "a line of a log\n".repeat(9),
            "\0".repeat(500),
            "and on\n".repeat(9)
        );
        for text in [&list, &log] {
            assert_eq!(of(text.as_bytes(), true), Charset::Utf8 { mark: 0 });
        }
        let table = "name\0id\0x\0".repeat(50);
        assert_eq!(
            of(table.as_bytes(), true),
            Charset::Binary { format: "binary" }
        );
    }

    #[test]
    fn binaries_are_named() {
        assert_eq!(
            of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", true),
            Charset::Binary { format: "png" }
        );
        assert_eq!(
            of(b"%PDF-1.7 text", true),
            Charset::Binary { format: "pdf" }
        );
        assert_eq!(of(&[0u8; 64], true), Charset::Binary { format: "binary" });
        assert_eq!(
            of(&[1u8, 2, 3, 4, 5, 6, 0x80, 0x81], true),
            Charset::Binary { format: "binary" }
        );
    }
}
