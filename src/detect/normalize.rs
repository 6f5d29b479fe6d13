//! Values in the form in which they are checked and compared.

use std::borrow::Cow;

use super::catalog::spec::Normalise;

/// Normalises a raw value. Bytes that are not UTF-8 become U+FFFD.
pub(crate) fn normalize(value: &[u8], how: Normalise) -> Cow<'_, str> {
    let ascii = |keep: fn(&u8) -> bool| -> Cow<'static, str> {
        value
            .iter()
            .filter(|b| keep(b))
            .map(|&b| b.to_ascii_uppercase() as char)
            .collect::<String>()
            .into()
    };
    match how {
        Normalise::Alnum => ascii(u8::is_ascii_alphanumeric),
        Normalise::Digits => ascii(u8::is_ascii_digit),
        Normalise::Raw => String::from_utf8_lossy(value),
        Normalise::Lower => String::from_utf8_lossy(value).to_lowercase().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_case_go() {
        assert_eq!(normalize(b"gb82 west-12", Normalise::Alnum), "GB82WEST12");
        assert_eq!(normalize(b"+1 (555) 01", Normalise::Digits), "155501");
        assert_eq!(normalize(b"a\xFFb", Normalise::Raw), "a\u{FFFD}b");
    }
}
