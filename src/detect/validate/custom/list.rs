//! Word lists that are embedded: one entry a line, sorted, `#` for comments.

use std::sync::LazyLock;

/// A list that is split and indexed on first use.
pub(super) struct List(LazyLock<Index>);

struct Index {
    lines: Vec<&'static str>,
    /// By the hash of a line's first column its place and one; 0 is free.
    table: Vec<u16>,
}

/// Top-level domains in lower case.
pub(super) static TLD: List = List(LazyLock::new(|| {
    Index::new(include_str!("../../../../detectors/lists/tld.txt"))
}));

/// The English words of BIP-39; a word's place is its value.
pub(super) static BIP39_ENGLISH: List = List(LazyLock::new(|| {
    Index::new(include_str!(
        "../../../../detectors/lists/bip39-english.txt"
    ))
}));

/// Calling codes, the lengths of the numbers behind them, their first digits.
pub(super) static CALLING_CODES: List = List(LazyLock::new(|| {
    Index::new(include_str!(
        "../../../../detectors/lists/calling-codes.txt"
    ))
}));

/// Given names in lower case.
pub(super) static GIVEN_NAMES: List = List(LazyLock::new(|| {
    Index::new(include_str!("../../../../detectors/lists/given-names.txt"))
}));

impl List {
    /// The place of the line whose first column is `key`.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        let Index { lines, table } = &*self.0;
        let mut slot = hash(key);
        loop {
            let at = usize::from(*table.get(slot % table.len())?).checked_sub(1)?;
            if column(lines.get(at)?) == key {
                return Some(at);
            }
            slot += 1;
        }
    }

    /// Whether `word` is in the list when its letters are made small.
    pub(super) fn holds_folded(&self, word: &str) -> bool {
        let mut buffer = [0u8; 32];
        match buffer.get_mut(..word.len()) {
            Some(copy) if word.is_ascii() => {
                copy.copy_from_slice(word.as_bytes());
                copy.make_ascii_lowercase();
                std::str::from_utf8(copy).is_ok_and(|word| self.place(word).is_some())
            }
            _ => self.place(&word.to_lowercase()).is_some(),
        }
    }

    /// The line whose first column is `key`.
    pub(super) fn starting_with(&self, key: &str) -> Option<&'static str> {
        self.0.lines.get(self.place(key)?).copied()
    }
}

impl Index {
    fn new(text: &'static str) -> Index {
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let mut table = vec![0; (2 * lines.len()).next_power_of_two()];
        for (place, line) in (1..).zip(&lines) {
            let mut slot = hash(column(line)) % table.len();
            while table[slot] != 0 {
                slot = (slot + 1) % table.len();
            }
            table[slot] = place;
        }
        Index { lines, table }
    }
}

fn column(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

/// FNV-1a, which is quick for a few bytes.
fn hash(key: &str) -> usize {
    let hash = key.bytes().fold(0xCBF2_9CE4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    });
    (hash >> 32) as usize
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
            assert!(list.0.lines.is_sorted());
            assert_eq!(list.0.lines.len(), len);
            for (place, line) in list.0.lines.iter().enumerate() {
                assert_eq!(list.place(column(line)), Some(place));
                assert!(list.holds_folded(&column(line).to_uppercase()));
                assert_eq!(list.place(&format!("{}~", column(line))), None);
            }
        }
    }
}
