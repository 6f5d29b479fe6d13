//! The algorithms that detector files name, one family a file.

use std::borrow::Cow;

use crate::detect::catalog::slice::Slice;

pub(super) mod base58;
pub(super) mod base64;
pub(super) mod bech32;
pub(super) mod crc32;
pub(super) mod date;
pub(super) mod eip55;
pub(super) mod entropy;
pub(super) mod iban;
pub(super) mod iso7064;
pub(super) mod luhn;
pub(super) mod modulus;
pub(super) mod ranges;
pub(super) mod verhoeff;
pub(super) mod weighted;

/// What `slice` picks of `value`; all of it without one.
pub(super) fn part<'v>(slice: Option<&Slice>, value: &'v str) -> Option<Cow<'v, str>> {
    slice.map_or(Some(Cow::Borrowed(value)), |slice| slice.of(value))
}

/// The value of an ASCII digit.
fn digit(c: u8) -> Option<u32> {
    c.is_ascii_digit().then(|| u32::from(c - b'0'))
}

/// The value of a digit or upper-case letter, A = 10.
fn base36(c: u8) -> Option<u32> {
    match c {
        b'0'..=b'9' => Some(u32::from(c - b'0')),
        b'A'..=b'Z' => Some(u32::from(c - b'A') + 10),
        _ => None,
    }
}

/// Whether the remainder of a sum is what the check characters of `value` say.
///
/// With a table the character for the remainder must stand at `check`, without
/// one the last decimal digits of the remainder; with neither table nor check
/// it must equal `expected`.
fn remainder_fits(
    remainder: u64,
    table: Option<&str>,
    check: Option<&Slice>,
    expected: u64,
    value: &str,
) -> bool {
    let Some(check) = check else {
        return remainder == expected;
    };
    let Some(stated) = check.of(value) else {
        return false;
    };
    match table {
        Some(table) => {
            let due = usize::try_from(remainder)
                .ok()
                .and_then(|at| table.chars().nth(at));
            let mut stated = stated.chars();
            due.is_some_and(|due| {
                due != '-' && stated.next() == Some(due) && stated.next().is_none()
            })
        }
        None => ends_in(remainder, &stated),
    }
}

/// Whether the last decimal digits of `number`, as many as `digits` has, are
/// `digits`.
fn ends_in(mut number: u64, digits: &str) -> bool {
    !digits.is_empty()
        && digits.bytes().rev().all(|c| {
            let last = number % 10;
            number /= 10;
            digit(c).is_some_and(|d| u64::from(d) == last)
        })
}

#[cfg(test)]
mod tests {
    use super::ends_in;

    #[test]
    fn the_last_digits_are_compared() {
        assert!(ends_in(7, "7") && ends_in(7, "07") && ends_in(100, "00") && ends_in(10, "0"));
        assert!(!ends_in(7, "") && !ends_in(7, "70") && !ends_in(7, "x") && !ends_in(12, "21"));
    }
}
