//! Weighted sums.

use super::{part, remainder_fits};
use crate::detect::catalog::check::Weighted;

/// More characters than any number with a weighted sum has.
const MOST: usize = 64;

/// Whether the weighted sum of `value` leaves what it should.
pub(in crate::detect::validate) fn weighted(rule: &Weighted, value: &str) -> bool {
    part(rule.slice.as_ref(), value)
        .and_then(|text| sum(rule, &text))
        .is_some_and(|sum| {
            let remainder = sum
                .rem_euclid(i64::from(rule.modulus.max(1)))
                .unsigned_abs();
            let expected = u64::from(rule.remainder);
            remainder_fits(
                remainder,
                rule.table.as_deref(),
                rule.check.as_ref(),
                expected,
                value,
            )
        })
}

/// The sum; `None` when a character has no value or no weight.
fn sum(rule: &Weighted, text: &str) -> Option<i64> {
    let mut values = Values {
        list: [0; MOST],
        len: 0,
    };
    let missing = rule.pad_to.saturating_sub(text.chars().count());
    if text.is_empty() || missing > MOST {
        return None;
    }
    for _ in 0..missing {
        values.push(rule, rule.pad_with.unwrap_or('0'))?;
    }
    for c in text.chars() {
        values.push(rule, c)?;
    }
    let values = values.list.get(..values.len)?;
    if values.len() > rule.weights.len() && !rule.cycle {
        return None;
    }
    let times = |(value, weight): (&u32, &i32)| {
        let product = i64::from(*value) * i64::from(*weight);
        if rule.digit_sums {
            digit_sum(product)
        } else {
            product
        }
    };
    let weights = rule.weights.iter().cycle();
    Some(if rule.from_right {
        values.iter().rev().zip(weights).map(times).sum()
    } else {
        values.iter().zip(weights).map(times).sum()
    })
}

/// Values of characters, on the stack: this runs for every run of digits.
struct Values {
    list: [u32; MOST],
    len: usize,
}

impl Values {
    fn push(&mut self, rule: &Weighted, c: char) -> Option<()> {
        if !rule.expand.is_empty()
            && let Some(text) = rule.expand.get(c.encode_utf8(&mut [0; 4]) as &str)
        {
            return text.chars().try_for_each(|c| self.push_plain(rule, c));
        }
        self.push_plain(rule, c)
    }

    fn push_plain(&mut self, rule: &Weighted, c: char) -> Option<()> {
        let value = match &rule.alphabet {
            Some(alphabet) => u32::try_from(alphabet.chars().position(|a| a == c)?).ok()?,
            None => c.to_digit(10)?,
        };
        *self.list.get_mut(self.len)? = value;
        self.len += 1;
        Some(())
    }
}

fn digit_sum(product: i64) -> i64 {
    let mut rest = product.unsigned_abs();
    let mut sum = 0;
    while rest > 0 {
        sum += rest % 10;
        rest /= 10;
    }
    i64::try_from(sum).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn only(rule: &str, good: &[&str], bad: &[&str]) {
        let rule: Weighted = toml::from_str(rule).expect("a rule");
        for text in good {
            assert!(weighted(&rule, text), "{text}");
        }
        for text in bad.iter().chain(&["", "ä", "\u{660}1"]) {
            assert!(!weighted(&rule, text), "{text}");
        }
    }

    #[test]
    fn remainder_without_a_table() {
        // Dutch elfproef: the weight of the last digit is negative.
        only(
            "weights = [-1, 2, 3, 4, 5, 6, 7, 8, 9]\nfrom_right = true\nmodulus = 11",
            &["111222333", "123456782", "10000008"],
            &["111222334", "1112223330"],
        );
        // US routing number: the weights repeat.
        only(
            "weights = [3, 7, 1]\ncycle = true\nmodulus = 10",
            &["011401533"],
            &["011401534"],
        );
    }

    #[test]
    fn table_with_remainders_that_are_not_issued() {
        only(
            "slice = \"0..9\"\nweights = [10, 9, 8, 7, 6, 5, 4, 3, 2]\nmodulus = 11\ntable = \"0-987654321\"\ncheck = \"9\"",
            &["9434765919"],
            &["9434765918", "943476591"],
        );
    }

    #[test]
    fn padding_and_alphabet() {
        let hkid = "slice = \"..-1\"\nweights = [9, 8, 7, 6, 5, 4, 3, 2]\nmodulus = 11\n\
            alphabet = \"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ \"\npad_to = 8\npad_with = \" \"\n\
            table = \"0A987654321\"\ncheck = \"-1\"";
        only(
            hkid,
            &["G123456A", "A1234563", "AB9876543"],
            &["G1234561", "A123456A"],
        );
    }

    #[test]
    fn expansion_and_digit_sums() {
        // The example of the German pension insurance.
        only(
            "slice = \"0..-1\"\nweights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]\nmodulus = 10\n\
             digit_sums = true\ntable = \"0123456789\"\ncheck = \"-1\"\nexpand = { C = \"03\" }",
            &["15070649C103"],
            &["15070649C104", "15070649D103"],
        );
    }

    #[test]
    fn two_digit_remainders_are_compared_as_decimals() {
        // Russian SNILS: remainder 100 is written 00.
        only(
            "slice = \"0..9\"\nweights = [9, 8, 7, 6, 5, 4, 3, 2, 1]\nmodulus = 101\ncheck = \"9..11\"",
            &["11223344595"],
            &["11223344596"],
        );
    }

    #[test]
    fn negative_weights() {
        // Tenth digit of the Turkish number: seven times the odd places less the even.
        only(
            "slice = \"0..9\"\nweights = [7, -1, 7, -1, 7, -1, 7, -1, 7]\nmodulus = 10\n\
             table = \"0123456789\"\ncheck = \"9\"",
            &["10000000146", "17291716060"],
            &["10000000156"],
        );
    }

    #[test]
    fn a_check_character_inside_the_value() {
        // The vehicle number of 49 CFR 565: its ninth place has the weight 0.
        only(
            "weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]\nmodulus = 11\n\
             table = \"0123456789X\"\ncheck = \"8\"\n\
             expand = { M = \"4\", G = \"7\", D = \"4\", A = \"1\", X = \"7\", K = \"2\", P = \"7\" }",
            &["1M8GDM9AXKP042788", "11111111111111111"],
            &["1M8GDM9A1KP042788"],
        );
    }

    #[test]
    fn letters_in_two_digits() {
        // Taiwanese identity numbers start with a letter for the place.
        only(
            "weights = [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]\nmodulus = 10\nexpand = { A = \"10\" }",
            &["A123456789"],
            &["A123456788", "B123456789"],
        );
    }
}
