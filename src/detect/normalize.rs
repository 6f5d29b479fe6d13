//! Values in the form in which they are checked and compared.

use super::catalog::spec::Normalise;

/// Normalises a raw value, in `buffer` where it has to change. Bytes that are
/// not UTF-8 become U+FFFD.
pub(super) fn normalize<'v>(value: &'v [u8], how: Normalise, buffer: &'v mut String) -> &'v str {
    buffer.clear();
    match how {
        Normalise::Alnum => keep(value, |b| b.is_ascii_alphanumeric(), buffer),
        Normalise::Digits => keep(value, |b| b.is_ascii_digit(), buffer),
        Normalise::Raw | Normalise::Lower => match std::str::from_utf8(value) {
            Ok(text) if how == Normalise::Raw => return text,
            Ok(text) if text.is_ascii() => {
                buffer.push_str(text);
                buffer.make_ascii_lowercase();
            }
            _ => {
                let text = String::from_utf8_lossy(value);
                buffer.push_str(&match how {
                    Normalise::Lower => text.to_lowercase().into(),
                    _ => text,
                });
            }
        },
    }
    buffer
}

/// Appends the ASCII characters that `keep` admits, in upper case.
fn keep(value: &[u8], keep: impl Fn(u8) -> bool, buffer: &mut String) {
    for part in value.chunks(64) {
        let mut kept = [0u8; 64];
        let mut count = 0;
        for &byte in part {
            kept[count] = byte.to_ascii_uppercase();
            count += usize::from(keep(byte));
        }
        buffer.push_str(std::str::from_utf8(&kept[..count]).expect("ASCII was kept"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_case_go() {
        let is = |value: &[u8], how, want: &str| {
            assert_eq!(normalize(value, how, &mut "left over".to_owned()), want);
        };
        is(b"gb82 west-12", Normalise::Alnum, "GB82WEST12");
        is(b"+1 (555) 01", Normalise::Digits, "155501");
        is(b"a\xFFb", Normalise::Raw, "a\u{FFFD}b");
        is(b"AbC", Normalise::Raw, "AbC");
        is(b"AbC", Normalise::Lower, "abc");
        is("\u{c4}b".as_bytes(), Normalise::Lower, "\u{e4}b");
    }
}
