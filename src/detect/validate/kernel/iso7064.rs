//! Check character systems of ISO/IEC 7064.

use super::base36;
use crate::detect::catalog::check::Iso7064;

/// Whether `text` ends in the check characters that `system` gives it.
pub(in crate::detect::validate) fn iso7064(system: Iso7064, text: &str) -> bool {
    match system {
        Iso7064::Mod11_2 => pure(text, 11, 2, digit, b'X'),
        Iso7064::Mod37_2 => pure(text, 37, 2, base36, b'*'),
        Iso7064::Mod97_10 => mod97_10(text.bytes()),
        Iso7064::Mod661_26 => text.len() > 2 && polynomial(text, 661, 26, letter) == Some(1),
        Iso7064::Mod11_10 => hybrid(text, 10, digit),
        Iso7064::Mod27_26 => hybrid(text, 26, letter),
        Iso7064::Mod37_36 => hybrid(text, 36, base36),
    }
}

/// Mod 97-10 over digits and letters in two digits. The check digits 00, 01
/// and 99 leave the right remainder too but are never issued.
pub(in crate::detect::validate) fn mod97_10(text: impl Iterator<Item = u8>) -> bool {
    let mut remainder = 0;
    let mut length = 0usize;
    for c in text {
        let Some(value) = base36(c) else {
            return false;
        };
        let shift = if value < 10 { 10 } else { 100 };
        remainder = (remainder * shift + value) % 97;
        length += 1;
    }
    length > 2 && remainder == 1
}

/// A pure system with one check character, which may be `extra` for the
/// value `modulus - 1`.
fn pure(text: &str, modulus: u32, radix: u32, value: fn(u8) -> Option<u32>, extra: u8) -> bool {
    let Some((&check, body)) = text.as_bytes().split_last() else {
        return false;
    };
    let check = if check == extra {
        Some(modulus - 1)
    } else {
        value(check)
    };
    let Some(check) = check else {
        return false;
    };
    let mut remainder = 0;
    for &c in body {
        let Some(value) = value(c) else {
            return false;
        };
        remainder = (remainder + value) * radix % modulus;
    }
    !body.is_empty() && (remainder + check) % modulus == 1
}

/// The text as a number in `radix`, modulo `modulus`.
fn polynomial(text: &str, modulus: u32, radix: u32, value: fn(u8) -> Option<u32>) -> Option<u32> {
    text.bytes()
        .try_fold(0, |sum, c| Some((sum * radix + value(c)?) % modulus))
}

/// A hybrid system of `m` characters: modulo m + 1 and m in turn.
fn hybrid(text: &str, m: u32, value: fn(u8) -> Option<u32>) -> bool {
    let Some((&check, body)) = text.as_bytes().split_last() else {
        return false;
    };
    let mut product = m;
    for &c in body {
        let Some(value) = value(c) else {
            return false;
        };
        let sum = match (product + value) % m {
            0 => m,
            sum => sum,
        };
        product = 2 * sum % (m + 1);
    }
    !body.is_empty() && value(check).is_some_and(|check| (product + check) % m == 1)
}

fn digit(c: u8) -> Option<u32> {
    super::digit(c)
}

fn letter(c: u8) -> Option<u32> {
    c.is_ascii_uppercase().then(|| u32::from(c - b'A'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn only(system: Iso7064, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(iso7064(system, text), "{system:?} {text}");
        }
        for text in bad {
            assert!(!iso7064(system, text), "{system:?} {text}");
        }
        for text in ["", "0", "A", "ä", "1-2"] {
            assert!(!iso7064(system, text), "{system:?} {text}");
        }
    }

    #[test]
    fn examples_of_the_standard_and_its_users() {
        // 07940, 079X, 79444 and 07945 are the examples of the standard; the others a Chinese
        // specimen, an ISNI, a legal entity, a blood bag, a tax number, a GRid.
        only(
            Iso7064::Mod11_2,
            &["07940", "079X", "11010519491231002X"],
            &["07941", "X079"],
        );
        only(
            Iso7064::Mod37_2,
            &["A999914123456N", "A999522123456*"],
            &["A999914123456M"],
        );
        only(
            Iso7064::Mod97_10,
            &["79444", "5493000IBP32UQZ0KL24"],
            &["79445", "5493000IBP32UQZ0KL25"],
        );
        only(Iso7064::Mod661_26, &["BAISDLAFKBM"], &["BAISDLAFKBN"]);
        only(
            Iso7064::Mod11_10,
            &["07945", "86095742719"],
            &["07946", "86095742710"],
        );
        only(
            Iso7064::Mod37_36,
            &["A12425GABC1234002M"],
            &["A12425GABC1234002N"],
        );
    }

    #[test]
    fn hybrid_letters_have_one_check_letter_each() {
        let found: Vec<char> = ('A'..='Z')
            .filter(|c| iso7064(Iso7064::Mod27_26, &format!("QSKAP{c}")))
            .collect();
        assert_eq!(found.len(), 1);
    }
}
