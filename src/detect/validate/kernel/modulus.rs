//! Remainders of long decimal numbers.

use std::borrow::Cow;

use super::{digit, part, remainder_fits};
use crate::detect::catalog::check::Modulus;

/// Whether the number in `value` leaves what it should.
pub(in crate::detect::validate) fn modulus(rule: &Modulus, value: &str) -> bool {
    let Some(mut text) = part(rule.slice.as_ref(), value) else {
        return false;
    };
    for (from, to) in &rule.replace {
        if text.contains(from.as_str()) {
            text = Cow::Owned(text.replace(from.as_str(), to));
        }
    }
    let fits = |prefix: &str| {
        remainder(prefix.bytes().chain(text.bytes()), rule.modulus).is_some_and(|remainder| {
            let compared = if rule.complement {
                rule.modulus - remainder
            } else {
                remainder
            };
            let (table, check) = (rule.table.as_deref(), rule.check.as_ref());
            remainder_fits(compared, table, check, rule.remainder, value)
        })
    };
    if text.is_empty() {
        false
    } else if rule.prefixes.is_empty() {
        fits("")
    } else {
        rule.prefixes.iter().any(|prefix| fits(prefix))
    }
}

/// The remainder, digit by digit; a modulus below 2³² cannot overflow.
fn remainder(mut digits: impl Iterator<Item = u8>, modulus: u64) -> Option<u64> {
    if modulus == 0 || modulus > u64::from(u32::MAX) {
        return None;
    }
    digits.try_fold(0, |rest, c| {
        Some((rest * 10 + u64::from(digit(c)?)) % modulus)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn only(rule: &str, good: &[&str], bad: &[&str]) {
        let rule: Modulus = toml::from_str(rule).expect("a rule");
        for text in good {
            assert!(modulus(&rule, text), "{text}");
        }
        for text in bad.iter().chain(&["", "ä", "0"]) {
            assert!(!modulus(&rule, text), "{text}");
        }
    }

    #[test]
    fn letter_from_a_table() {
        only(
            "slice = \"0..8\"\nmodulus = 23\ntable = \"TRWAGMYFPDXBNJZSQVHLCKE\"\ncheck = \"8\"",
            &["12345678Z", "54362315K"],
            &["12345678A", "5436231XK"],
        );
    }

    #[test]
    fn complement_with_replaced_letters() {
        only(
            "slice = \"0..13\"\nmodulus = 97\nreplace = [[\"2A\", \"19\"], [\"2B\", \"18\"]]\n\
             complement = true\ncheck = \"13..15\"",
            &["295109912611193", "253072B07300470", "253072A07300443"],
            &["295109912611199", "253072C07300443"],
        );
    }

    #[test]
    fn any_prefix_may_fit() {
        only(
            "slice = \"0..9\"\nmodulus = 97\nprefixes = [\"\", \"2\"]\ncomplement = true\ncheck = \"9..11\"",
            &["85073003328", "17073003384"],
            &["85073003384"],
        );
    }
}
