//! Check digits and structural rules: the algorithms behind [`Check`].
//!
//! Values arrive normalised as their detector asks. Nothing here allocates for
//! the common kinds, reads a clock, or panics on any text.

use super::catalog::check::Check;
use super::catalog::slice::Slice;

mod custom;
mod kernel;
mod lint;

pub use lint::lint;

use kernel::{
    base58, base64, bech32, crc32, date, eip55, entropy, iban, iso7064, luhn, modulus, part,
    ranges, verhoeff, weighted,
};

/// The name of a check that tells a real value from a random one of the same
/// shape; `None` for checks that only narrow the shape.
pub fn checksum_name(check: &Check) -> Option<&'static str> {
    Some(match check {
        Check::Luhn { .. } => "luhn",
        Check::LuhnModN { .. } => "luhn_mod_n",
        Check::Verhoeff { .. } => "verhoeff",
        Check::Iso7064 { .. } => "iso7064",
        Check::Weighted(_) => "weighted",
        Check::Modulus(_) => "modulus",
        Check::Iban { .. } => "iban",
        Check::Base58check { .. } => "base58check",
        Check::Bech32 { .. } => "bech32",
        Check::Eip55 => "eip55",
        Check::Crc32Base62 { .. } | Check::Crc32Hex { .. } => "crc32",
        Check::All { checks } | Check::Any { checks } => checks.iter().find_map(checksum_name)?,
        _ => return None,
    })
}

/// A check that is asked often: what its name stands for is looked up once.
#[derive(Debug)]
pub(super) enum Test {
    /// A function of [`custom`].
    Rule(fn(&str) -> bool),
    /// Any other check.
    Check(Check),
}

impl From<Check> for Test {
    fn from(check: Check) -> Test {
        match &check {
            Check::Custom { name } => custom::find(name).map_or(Test::Check(check), Test::Rule),
            _ => Test::Check(check),
        }
    }
}

impl Test {
    /// Whether `value`, already normalised, passes.
    #[inline]
    pub(super) fn passes(&self, value: &str) -> bool {
        match self {
            Test::Rule(rule) => rule(value),
            Test::Check(check) => passes(check, value),
        }
    }
}

/// Whether `value`, already normalised, passes `check`.
///
/// A value too short for a slice of the check fails it. Checks are expected to
/// have passed [`lint`]; one that has not fails values, never panics.
pub fn passes(check: &Check, value: &str) -> bool {
    let on = |slice: &Option<Slice>, test: &dyn Fn(&str) -> bool| {
        part(slice.as_ref(), value).is_some_and(|text| test(&text))
    };
    let tail = |body: &Slice, check: &Slice, test: fn(&str, &str) -> bool| matches!((body.of(value), check.of(value)), (Some(body), Some(check)) if test(&body, &check));
    match check {
        Check::Luhn { slice, prefix } => on(slice, &|text| luhn::luhn(prefix, text)),
        Check::LuhnModN { slice, alphabet } => on(slice, &|text| luhn::luhn_mod_n(alphabet, text)),
        Check::Verhoeff { slice } => on(slice, &verhoeff::verhoeff),
        Check::Iso7064 { slice, system } => on(slice, &|text| iso7064::iso7064(*system, text)),
        Check::Weighted(rule) => weighted::weighted(rule, value),
        Check::Modulus(rule) => modulus::modulus(rule, value),
        Check::Date(fields) => date::date(fields, value),
        Check::AnyDate { max_age } => date::any_date(*max_age, value),
        Check::Iban { structures } => iban::iban(structures, value),
        Check::PrefixLength { ranges } => ranges::prefix_length(ranges, value),
        Check::Base58check {
            versions,
            payload,
            alphabet,
        } => {
            let alphabet = alphabet.as_deref().unwrap_or(base58::BITCOIN);
            base58::base58check(alphabet, versions, payload, value)
        }
        Check::Bech32 { hrp, segwit } => bech32::bech32(hrp, *segwit, value),
        Check::Eip55 => eip55::eip55(value),
        Check::Crc32Base62 { slice, check } => tail(slice, check, crc32::base62),
        Check::Crc32Hex { slice, check } => tail(slice, check, crc32::hex),
        Check::Base64 {
            slice,
            min,
            max,
            holds,
        } => on(slice, &|text| {
            base64::decode(text).is_some_and(|bytes| {
                within(bytes.len(), *min, *max) && base64::holds(*holds, &bytes)
            })
        }),
        Check::Entropy { slice, min } => on(slice, &|text| entropy::entropy(text) >= *min),
        Check::Length { slice, min, max } => {
            on(slice, &|text| within(text.chars().count(), *min, *max))
        }
        Check::In { slice, values } => on(slice, &|text| values.iter().any(|v| v == text)),
        Check::NotIn { slice, values } => on(slice, &|text| values.iter().all(|v| v != text)),
        Check::InRanges { slice, ranges } => on(slice, &|text| {
            ranges.iter().any(|range| ranges::in_range(range, text))
        }),
        Check::NotInRanges { slice, ranges } => on(slice, &|text| {
            !ranges.iter().any(|range| ranges::in_range(range, text))
        }),
        Check::Classes {
            slice,
            digits,
            upper,
            lower,
        } => on(slice, &|text| {
            let count = |class: fn(&u8) -> bool| text.bytes().filter(class).count();
            count(u8::is_ascii_digit) >= *digits
                && count(u8::is_ascii_uppercase) >= *upper
                && count(u8::is_ascii_lowercase) >= *lower
        }),
        Check::Custom { name } => custom::find(name).is_some_and(|test| test(value)),
        Check::All { checks } => checks.iter().all(|check| passes(check, value)),
        Check::Any { checks } => checks.iter().any(|check| passes(check, value)),
        Check::Not { check } => !passes(check, value),
    }
}

fn within(count: usize, min: usize, max: Option<usize>) -> bool {
    min <= count && max.is_none_or(|max| count <= max)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A check as a detector file writes it.
    fn check(text: &str) -> Check {
        #[derive(serde::Deserialize)]
        struct File {
            check: Check,
        }
        toml::from_str::<File>(&format!("check = {text}"))
            .expect("a check")
            .check
    }

    /// One of every kind, with parameters that reach all branches.
    const KINDS: &[&str] = &[
        r#"{ kind = "luhn", prefix = "80840" }"#,
        r#"{ kind = "luhn", slice = "-5..-1" }"#,
        r#"{ kind = "luhn_mod_n", alphabet = "0123456789ABCDEF" }"#,
        r#"{ kind = "verhoeff" }"#,
        r#"{ kind = "iso7064", system = "mod11_2" }"#,
        r#"{ kind = "iso7064", system = "mod37_2" }"#,
        r#"{ kind = "iso7064", system = "mod97_10" }"#,
        r#"{ kind = "iso7064", system = "mod661_26" }"#,
        r#"{ kind = "iso7064", system = "mod11_10" }"#,
        r#"{ kind = "iso7064", system = "mod27_26" }"#,
        r#"{ kind = "iso7064", system = "mod37_36" }"#,
        r#"{ kind = "weighted", weights = [3, -7, 1], cycle = true, from_right = true, modulus = 10 }"#,
        r#"{ kind = "weighted", slice = "..-1", weights = [2, 1], cycle = true, digit_sums = true, modulus = 10, table = "0123456789", check = "-1", pad_to = 9, pad_with = " ", alphabet = "0123456789Ñ ", expand = { A = "10" } }"#,
        r#"{ kind = "modulus", slice = "0..-2", modulus = 97, complement = true, check = "-2..", replace = [["A", "1"]], prefixes = ["", "2"] }"#,
        r#"{ kind = "date", year = "0..2", month = "2..4", day = "4..6", month_offsets = [20], day_offsets = [40], max_age = 120 }"#,
        r#"{ kind = "date", year = "0..-4", month = "-4..-2", day = "-2.." }"#,
        r#"{ kind = "any_date", max_age = 120 }"#,
        r#"{ kind = "iban", structures = { GB = "4a6n8n", DE = "18n" } }"#,
        r#"{ kind = "prefix_length", ranges = [{ prefix = "51-55", lengths = [16] }, { prefix = "4", lengths = [3] }] }"#,
        r#"{ kind = "base58check", versions = ["00", "0488ADE4"], payload = [20] }"#,
        r#"{ kind = "base58check" }"#,
        r#"{ kind = "bech32", hrp = ["bc"], segwit = true }"#,
        r#"{ kind = "bech32", hrp = ["a"] }"#,
        r#"{ kind = "eip55" }"#,
        r#"{ kind = "crc32_base62", slice = "..-6", check = "-6.." }"#,
        r#"{ kind = "crc32_hex", slice = "..-8", check = "-8.." }"#,
        r#"{ kind = "base64", min = 1, max = 64, holds = "user_password" }"#,
        r#"{ kind = "base64", holds = "json_object" }"#,
        r#"{ kind = "entropy", min = 3.0 }"#,
        r#"{ kind = "length", min = 2, max = 4 }"#,
        r#"{ kind = "not_in", slice = "0..2", values = ["00"] }"#,
        r#"{ kind = "in", slice = "1", values = ["0", "é"] }"#,
        r#"{ kind = "not_in_ranges", slice = "0..3", ranges = ["000", "900-999"] }"#,
        r#"{ kind = "in_ranges", slice = "-2..", ranges = ["01-31"] }"#,
        r#"{ kind = "classes", digits = 1, upper = 1, lower = 1 }"#,
        r#"{ kind = "all", checks = [{ kind = "luhn" }, { kind = "any", checks = [{ kind = "verhoeff" }, { kind = "not", check = { kind = "eip55" } }] }] }"#,
    ];

    #[test]
    fn slices_that_do_not_fit_fail_both_ways() {
        assert!(!passes(
            &check(r#"{ kind = "in", slice = "3", values = ["1"] }"#),
            "12"
        ));
        assert!(!passes(
            &check(r#"{ kind = "not_in", slice = "3", values = ["1"] }"#),
            "12"
        ));
    }

    #[test]
    fn combinations() {
        let one = r#"{ kind = "in", values = ["1"] }"#;
        let two = r#"{ kind = "in", values = ["2"] }"#;
        assert!(passes(
            &check(&format!(r#"{{ kind = "any", checks = [{one}, {two}] }}"#)),
            "2"
        ));
        assert!(!passes(
            &check(&format!(r#"{{ kind = "all", checks = [{one}, {two}] }}"#)),
            "2"
        ));
        assert!(passes(
            &check(&format!(r#"{{ kind = "not", check = {one} }}"#)),
            "2"
        ));
    }

    #[test]
    fn sizes_are_inclusive() {
        let check = check(r#"{ kind = "length", min = 2, max = 3 }"#);
        assert_eq!(
            ["1", "12", "ÑÑÑ", "1234"].map(|v| passes(&check, v)),
            [false, true, true, false]
        );
    }

    #[test]
    fn every_kind_is_well_formed() {
        for text in KINDS {
            assert_eq!(lint(&check(text)), Ok(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_kernel_panics(value in "\\PC{0,80}") {
            for text in KINDS {
                passes(&check(text), &value);
            }
        }

        #[test]
        fn no_kernel_panics_on_near_values(value in "[0-9A-Za-zÑ &:./+=_-]{0,70}") {
            for text in KINDS {
                passes(&check(text), &value);
            }
        }

        #[test]
        fn no_custom_function_panics(value in any::<String>()) {
            for (_, test) in custom::TABLE {
                test(&value);
            }
        }

        #[test]
        fn no_custom_function_panics_on_near_values(value in "[0-9A-Za-zéÑ@%<^;?{}$(). /+=_:\n-]{0,120}") {
            for (_, test) in custom::TABLE {
                test(&value);
            }
        }
    }
}
