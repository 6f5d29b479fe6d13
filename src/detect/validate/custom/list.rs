//! Word lists that are embedded: one entry a line, sorted, `#` for comments.

use std::sync::LazyLock;

/// A list that is split on first use.
pub(super) struct List(LazyLock<Vec<&'static str>>);

/// Top-level domains in lower case.
pub(super) static TLD: List = List(LazyLock::new(|| {
    lines(include_str!("../../../../detectors/lists/tld.txt"))
}));

/// The English words of BIP-39; a word's place is its value.
pub(super) static BIP39_ENGLISH: List = List(LazyLock::new(|| {
    lines(include_str!(
        "../../../../detectors/lists/bip39-english.txt"
    ))
}));

/// Calling codes, the lengths of the numbers behind them, their first digits.
pub(super) static CALLING_CODES: List = List(LazyLock::new(|| {
    lines(include_str!(
        "../../../../detectors/lists/calling-codes.txt"
    ))
}));

/// Given names in lower case.
pub(super) static GIVEN_NAMES: List = List(LazyLock::new(|| {
    lines(include_str!("../../../../detectors/lists/given-names.txt"))
}));

impl List {
    /// The place of `word` in the list.
    pub(super) fn place(&self, word: &str) -> Option<usize> {
        self.0.binary_search(&word).ok()
    }

    /// The line whose first column is `key`.
    pub(super) fn starting_with(&self, key: &str) -> Option<&'static str> {
        let column = |line: &&'static str| line.split(' ').next().unwrap_or_default();
        let at = self.0.binary_search_by_key(&key, column).ok()?;
        self.0.get(at).copied()
    }
}

fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_whole() {
        for (list, len) in [
            (&TLD, 1448),
            (&BIP39_ENGLISH, 2048),
            (&CALLING_CODES, 215),
            (&GIVEN_NAMES, 959),
        ] {
            assert!(list.0.is_sorted());
            assert_eq!(list.0.len(), len);
        }
    }
}
