//! Luhn's mod 10 (ISO/IEC 7812-1 annex B) and its form for other alphabets.

use super::base36;

/// Whether `prefix` and `text` together, letters written as two digits
/// (A = 10, as ISO 6166 does), are a multiple of ten.
pub(in crate::detect::validate) fn luhn(prefix: &str, text: &str) -> bool {
    let mut sum = 0u32;
    let mut double = false;
    let mut add = |digit: u32| {
        sum += match (double, digit) {
            (true, 5..) => 2 * digit - 9,
            (true, _) => 2 * digit,
            (false, _) => digit,
        };
        double = !double;
    };
    for c in text.bytes().rev().chain(prefix.bytes().rev()) {
        let Some(value) = base36(c) else {
            return false;
        };
        add(value % 10);
        if value >= 10 {
            add(value / 10);
        }
    }
    text.len() > 1 && sum.is_multiple_of(10)
}

/// Luhn mod N: the values of `alphabet`, doubled at every second place from
/// the right, folded into one digit of base N.
pub(in crate::detect::validate) fn luhn_mod_n(alphabet: &str, text: &str) -> bool {
    let n = alphabet.chars().count();
    let mut sum = 0usize;
    let mut length = 0usize;
    for (place, c) in text.chars().rev().enumerate() {
        let Some(value) = alphabet.chars().position(|a| a == c) else {
            return false;
        };
        let value = if place % 2 == 1 { 2 * value } else { value };
        sum += value / n + value % n;
        length += 1;
    }
    length > 1 && sum.is_multiple_of(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_pass() {
        // Test cards of the schemes, an IMEI of 3GPP TS 23.003, a US NPI and an ISIN.
        for text in [
            "4111111111111111",
            "378282246310005",
            "30569309025904",
            "490154203237518",
        ] {
            assert!(luhn("", text), "{text}");
        }
        assert!(luhn("80840", "1234567893"));
        assert!(luhn("", "US0378331005"));
    }

    #[test]
    fn a_changed_digit_fails() {
        assert!(!luhn("", "4111111111111112"));
        assert!(!luhn("80840", "1234567894"));
        assert!(!luhn("", "US0378331006"));
        assert!(!luhn("", "") && !luhn("", "0") && !luhn("", "4111-1111"));
    }

    #[test]
    fn other_alphabets() {
        let base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        assert!(luhn_mod_n(base36, "27AAPFU0939F1ZV"));
        assert!(!luhn_mod_n(base36, "27AAPFU0939F1ZW"));
        assert!(luhn_mod_n("0123456789ABCDEF", "AF0123450ABCDEC"));
        assert!(!luhn_mod_n(base36, "") && !luhn_mod_n(base36, "ä"));
    }
}
