//! Ranges of equal-length texts.

use crate::detect::catalog::check::PrefixRange;

/// Whether `text` is `range`, or between the ends of `low-high`.
pub(in crate::detect::validate) fn in_range(range: &str, text: &str) -> bool {
    let (low, high) = ends(range);
    text.len() == low.len() && low <= text && text <= high
}

/// Whether `text` starts with one of the prefixes and has a length that goes
/// with it.
pub(in crate::detect::validate) fn prefix_length(ranges: &[PrefixRange], text: &str) -> bool {
    let length = text.chars().count();
    ranges.iter().any(|range| {
        range.lengths.contains(&length)
            && text
                .get(..ends(&range.prefix).0.len())
                .is_some_and(|start| in_range(&range.prefix, start))
    })
}

/// The ends of `low-high`, which are of one length; of a single text, that text
/// twice.
pub(in crate::detect::validate) fn ends(range: &str) -> (&str, &str) {
    let middle = range.len() / 2;
    match (range.get(..middle), range.get(middle + 1..)) {
        (Some(low), Some(high)) if range.as_bytes().get(middle) == Some(&b'-') => (low, high),
        _ => (range, range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_ends_and_only_their_length() {
        assert!(in_range("900-999", "900") && in_range("900-999", "999") && in_range("000", "000"));
        assert!(
            !in_range("900-999", "899") && !in_range("900-999", "9000") && !in_range("000", "00")
        );
    }

    #[test]
    fn prefixes_go_with_lengths() {
        let ranges = [PrefixRange {
            prefix: "51-55".to_owned(),
            lengths: vec![16],
        }];
        assert!(prefix_length(&ranges, "5555555555554444"));
        for text in ["5655555555554444", "555555555555444", "5", "", "ä5"] {
            assert!(!prefix_length(&ranges, text), "{text}");
        }
    }
}
