//! Refuses checks whose parameters do not fit together, before any value is
//! judged by them.

use std::collections::BTreeSet;

use super::custom;
use super::kernel::{iban, ranges};
use crate::detect::catalog::check::{Check, Modulus, PrefixRange, Weighted};
use crate::detect::catalog::slice::Slice;

/// Refuses a check that cannot work as written; the message says what to change.
pub fn lint(check: &Check) -> Result<(), String> {
    match check {
        Check::Luhn { prefix, .. } => ensure(digits(prefix), "luhn: prefix must be digits"),
        Check::LuhnModN { alphabet, .. } => letters("luhn_mod_n", alphabet, None),
        Check::Weighted(rule) => weighted(rule),
        Check::Modulus(rule) => modulus(rule),
        Check::Date(fields) => {
            let offsets = fields.month_offsets.iter().chain(&fields.day_offsets);
            ensure(
                offsets.clone().all(|&n| (1..=99).contains(&n)),
                "date: offsets are 1 to 99",
            )
        }
        Check::Iban { structures } => {
            ensure(
                !structures.is_empty(),
                "iban: structures must name a country",
            )?;
            structures.iter().try_for_each(|(country, structure)| {
                let code = country.len() == 2 && country.bytes().all(|c| c.is_ascii_uppercase());
                let pieces: Vec<_> = iban::pieces(structure).collect();
                let well =
                    |&(count, class): &(usize, char)| count > 0 && matches!(class, 'n' | 'a' | 'c');
                ensure(
                    code && !pieces.is_empty() && pieces.iter().all(well),
                    &format!(
                        "iban: `{country} = \"{structure}\"` is no structure: write GB = \"4a6n8n\""
                    ),
                )
            })
        }
        Check::PrefixLength { ranges } => {
            ensure(
                !ranges.is_empty(),
                "prefix_length: ranges must not be empty",
            )?;
            ranges.iter().try_for_each(prefix_range)
        }
        Check::Base58check {
            versions, alphabet, ..
        } => {
            let hex = |v: &String| {
                !v.is_empty()
                    && v.len().is_multiple_of(2)
                    && v.bytes().all(|c| c.is_ascii_hexdigit())
            };
            ensure(
                versions.iter().all(hex),
                "base58check: versions are bytes in hex, such as \"00\"",
            )?;
            alphabet.as_ref().map_or(Ok(()), |alphabet| {
                letters("base58check", alphabet, Some(58))
            })
        }
        Check::Bech32 { hrp, .. } => ensure(
            !hrp.is_empty() && hrp.iter().all(|h| !h.is_empty() && h.is_ascii()),
            "bech32: hrp must list at least one human-readable part",
        ),
        Check::Base64 { min, max, .. } | Check::Length { min, max, .. } => {
            ensure(max.is_none_or(|max| *min <= max), "min is larger than max")
        }
        Check::Entropy { min, .. } => ensure(
            *min > 0.0 && *min <= 8.0,
            "entropy: min is more than 0 and at most 8 bits",
        ),
        Check::NotIn { values, .. } | Check::In { values, .. } => {
            ensure(!values.is_empty(), "in, not_in: values must not be empty")
        }
        Check::NotInRanges { ranges, .. } | Check::InRanges { ranges, .. } => {
            ensure(
                !ranges.is_empty(),
                "in_ranges, not_in_ranges: ranges must not be empty",
            )?;
            ranges.iter().try_for_each(|text| range(text))
        }
        Check::Classes {
            digits,
            upper,
            lower,
            ..
        } => ensure(
            digits + upper + lower > 0,
            "classes: ask for at least one character",
        ),
        Check::Custom { name } => match custom::find(name) {
            Some(_) => Ok(()),
            None => Err(format!(
                "custom: no function is called `{name}`; there are {}",
                custom::names()
            )),
        },
        Check::All { checks } | Check::Any { checks } => {
            ensure(!checks.is_empty(), "all, any: checks must not be empty")?;
            checks.iter().try_for_each(lint)
        }
        Check::Not { check } => lint(check),
        Check::Verhoeff { .. }
        | Check::Iso7064 { .. }
        | Check::AnyDate { .. }
        | Check::Eip55
        | Check::Crc32Base62 { .. }
        | Check::Crc32Hex { .. } => Ok(()),
    }
}

fn weighted(rule: &Weighted) -> Result<(), String> {
    ensure(
        !rule.weights.is_empty(),
        "weighted: weights must not be empty",
    )?;
    let modulus = u64::from(rule.modulus);
    result(
        "weighted",
        modulus,
        rule.table.as_deref(),
        rule.check.as_ref(),
        u64::from(rule.remainder),
    )?;
    if let Some(alphabet) = &rule.alphabet {
        letters("weighted", alphabet, None)?;
    }
    ensure(
        rule.expand.keys().all(|from| from.chars().count() == 1),
        "weighted: expand replaces single characters",
    )?;
    ensure(
        !rule.digit_sums || rule.weights.iter().all(|&weight| weight >= 0),
        "weighted: digit_sums needs weights that are not negative",
    )?;
    ensure(
        rule.pad_with.is_none() || rule.pad_to > 0,
        "weighted: pad_with needs pad_to",
    )?;
    ensure(
        rule.cycle || rule.pad_to <= rule.weights.len(),
        "weighted: pad_to is longer than the weights",
    )
}

fn modulus(rule: &Modulus) -> Result<(), String> {
    result(
        "modulus",
        rule.modulus,
        rule.table.as_deref(),
        rule.check.as_ref(),
        rule.remainder,
    )?;
    ensure(
        !rule.complement || (rule.check.is_some() && rule.table.is_none()),
        "modulus: complement needs a check and no table",
    )?;
    ensure(
        rule.prefixes.iter().all(|p| digits(p)),
        "modulus: prefixes must be digits",
    )?;
    ensure(
        rule.replace
            .iter()
            .all(|(from, to)| !from.is_empty() && digits(to)),
        "modulus: replace turns text into digits",
    )
}

/// What a remainder is compared with.
fn result(
    kind: &str,
    modulus: u64,
    table: Option<&str>,
    check: Option<&Slice>,
    remainder: u64,
) -> Result<(), String> {
    ensure(
        (2..=u64::from(u32::MAX)).contains(&modulus),
        &format!("{kind}: modulus is at least 2 and fits 32 bits"),
    )?;
    ensure(
        remainder < modulus,
        &format!("{kind}: remainder must be smaller than the modulus"),
    )?;
    ensure(
        remainder == 0 || check.is_none(),
        &format!("{kind}: with a check, the remainder is compared with it; drop `remainder`"),
    )?;
    if let Some(table) = table {
        ensure(check.is_some(), &format!("{kind}: table needs a check"))?;
        let length = table.chars().count();
        ensure(
            length as u64 == modulus,
            &format!("{kind}: table has {length} characters for {modulus} remainders"),
        )?;
    }
    Ok(())
}

fn prefix_range(range: &PrefixRange) -> Result<(), String> {
    self::range(&range.prefix)?;
    let shortest = ranges::ends(&range.prefix).0.len();
    ensure(
        !range.lengths.is_empty() && range.lengths.iter().all(|&length| length >= shortest),
        &format!(
            "prefix_length: lengths of `{}` must be at least its own",
            range.prefix
        ),
    )
}

/// A single text or `low-high` of equal length.
fn range(text: &str) -> Result<(), String> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    ensure(
        !low.is_empty() && low.len() == high.len() && low <= high,
        &format!("`{text}` is no range: write \"000\" or \"900-999\""),
    )
}

/// An alphabet: distinct characters, as many as it should have.
fn letters(kind: &str, alphabet: &str, size: Option<usize>) -> Result<(), String> {
    let length = alphabet.chars().count();
    let distinct = alphabet.chars().collect::<BTreeSet<_>>().len();
    ensure(
        length >= 2 && distinct == length && size.is_none_or(|size| size == length),
        &format!(
            "{kind}: alphabet must be distinct characters{}",
            size.map_or(String::new(), |n| format!(", {n} of them"))
        ),
    )
}

fn digits(text: &str) -> bool {
    text.bytes().all(|c| c.is_ascii_digit())
}

fn ensure(holds: bool, message: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(message.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct File {
        check: Check,
    }

    #[test]
    fn inconsistent_parameters_are_refused() {
        for (text, what) in [
            (
                r#"{ kind = "weighted", weights = [], modulus = 11 }"#,
                "weights",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 1 }"#,
                "modulus",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 11, table = "0123456789", check = "1" }"#,
                "10 characters",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 2, table = "01" }"#,
                "needs a check",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 2, remainder = 2 }"#,
                "smaller",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 9, remainder = 2, check = "1" }"#,
                "drop",
            ),
            (
                r#"{ kind = "weighted", weights = [-1], modulus = 2, digit_sums = true }"#,
                "negative",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 2, pad_with = " " }"#,
                "pad_to",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 2, alphabet = "00" }"#,
                "distinct",
            ),
            (
                r#"{ kind = "weighted", weights = [1], modulus = 2, expand = { AB = "1" } }"#,
                "single",
            ),
            (
                r#"{ kind = "modulus", modulus = 97, complement = true }"#,
                "complement",
            ),
            (
                r#"{ kind = "modulus", modulus = 97, prefixes = ["x"] }"#,
                "prefixes",
            ),
            (r#"{ kind = "luhn", prefix = "x" }"#, "digits"),
            (r#"{ kind = "in_ranges", ranges = ["9-10"] }"#, "no range"),
            (r#"{ kind = "in_ranges", ranges = ["20-10"] }"#, "no range"),
            (
                r#"{ kind = "prefix_length", ranges = [{ prefix = "4", lengths = [] }] }"#,
                "lengths",
            ),
            (
                r#"{ kind = "iban", structures = { DE = "18" } }"#,
                "structure",
            ),
            (
                r#"{ kind = "iban", structures = { DE = "x" } }"#,
                "structure",
            ),
            (r#"{ kind = "base58check", versions = ["0"] }"#, "hex"),
            (r#"{ kind = "base58check", alphabet = "123" }"#, "58"),
            (r#"{ kind = "length", min = 3, max = 2 }"#, "larger"),
            (r#"{ kind = "entropy", min = 9.0 }"#, "bits"),
            (r#"{ kind = "classes" }"#, "at least one"),
            (r#"{ kind = "custom", name = "no_such" }"#, "no_such"),
            (r#"{ kind = "any", checks = [] }"#, "empty"),
            (
                r#"{ kind = "not", check = { kind = "in", values = [] } }"#,
                "empty",
            ),
        ] {
            let file: File = toml::from_str(&format!("check = {text}")).expect("parses");
            let message = lint(&file.check).expect_err(text);
            assert!(message.contains(what), "{text}: {message}");
        }
    }
}
