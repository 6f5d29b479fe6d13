//! Finds literals: one hash of four folded bytes a place, then tables.

use crate::detect::catalog::Factor;
use crate::detect::catalog::fold::{GAP, fold};

/// Bits of the hash: the bitmap takes 16 KiB and stays in the first-level cache.
const BITS: u32 = 17;

/// Folded bytes that are kept before and after the part that is searched, so
/// that literals are compared without looking at its edges.
const MARGIN: usize = 64;

/// What a literal stands for; the meaning is the caller's.
pub(super) type Target = u32;

/// Literals and what they stand for.
#[derive(Debug)]
pub(super) struct LiteralTable {
    /// One bit for each hash that a key has.
    bitmap: Box<[u64]>,
    /// Key to its entries, open addressing; an empty slot has no entries.
    slots: Box<[Slot]>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u32,
    first: u32,
    count: u32,
}

/// A literal, and all that it stands for: `number` is a word of fifty keywords
/// and is compared once.
#[derive(Debug)]
struct Entry {
    /// Where the literal starts, seen from the key.
    back: i32,
    literal: Box<[u8]>,
    targets: Vec<Target>,
}

/// Buffers of one scan.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    folded: Vec<u8>,
    passed: Vec<u32>,
}

impl LiteralTable {
    pub(super) fn new<'a>(factors: impl IntoIterator<Item = (&'a Factor, Target)>) -> LiteralTable {
        let mut keyed: Vec<(&Factor, Target)> = factors.into_iter().collect();
        // By key as a number first: most comparisons end there, and start-up waits.
        let key = |factor: &Factor| u32::from_be_bytes(factor.key);
        keyed.sort_unstable_by(|(a, s), (b, t)| {
            key(a).cmp(&key(b)).then_with(|| a.cmp(b)).then(s.cmp(t))
        });
        let mut bitmap = vec![0u64; 1 << (BITS - 6)].into_boxed_slice();
        let mut slots =
            vec![Slot::default(); (keyed.len() * 4).next_power_of_two().max(4)].into_boxed_slice();
        let mut entries = Vec::with_capacity(keyed.len());
        let mut slot = 0;
        for group in keyed.chunk_by(|(a, _), (b, _)| a == b) {
            let factor = group[0].0;
            let key = u32::from_le_bytes(factor.key);
            if slots[slot].count == 0 || slots[slot].key != key {
                let hash = hash(key) as usize;
                bitmap[hash >> 6] |= 1 << (hash & 63);
                slot = hash & (slots.len() - 1);
                while slots[slot].count != 0 {
                    slot = (slot + 1) & (slots.len() - 1);
                }
                slots[slot] = Slot {
                    key,
                    first: entries.len() as u32,
                    count: 0,
                };
            }
            slots[slot].count += 1;
            entries.push(Entry {
                back: i32::from(factor.key_at),
                literal: factor.literal.clone().into(),
                targets: group.iter().map(|(_, target)| *target).collect(),
            });
        }
        LiteralTable {
            bitmap,
            slots,
            entries,
        }
    }

    /// Calls `found(start, length, target)` for each literal whose key starts
    /// in `from - 1 .. to - 1`, or up to the end of the text when `to` is its
    /// length; consecutive spans of a text cover each key once.
    pub(super) fn scan(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        buffers: &mut Buffers,
        mut found: impl FnMut(usize, usize, Target),
    ) {
        if self.entries.is_empty() {
            return;
        }
        let Buffers { folded, passed } = buffers;
        // folded[MARGIN + i] is the folded byte at text[from + i].
        folded.clear();
        let before = from.min(MARGIN);
        folded.resize(MARGIN - before, GAP);
        let after = (text.len() - to).min(MARGIN);
        folded.extend(text[from - before..to + after].iter().map(|&b| fold(b)));
        folded.resize(MARGIN + (to - from) + MARGIN, GAP);

        let last = if to == text.len() {
            to - from
        } else {
            to - from - 1
        };
        self.filter(&folded[MARGIN - 1..MARGIN + last + 3], passed);
        for &place in passed.iter() {
            let key_at = MARGIN - 1 + place as usize;
            let key = u32_at(folded, key_at);
            for entry in self.entries_of(key) {
                let start = (key_at as i64 - i64::from(entry.back)) as usize;
                let held = folded.get(start..start + entry.literal.len());
                // A literal that starts with a gap may seem to start before the text.
                if held == Some(&entry.literal) && start + from >= MARGIN {
                    for &target in &entry.targets {
                        found(start + from - MARGIN, entry.literal.len(), target);
                    }
                }
            }
        }
    }

    /// Leaves in `passed` the places of `folded` whose four bytes may be a key.
    #[inline]
    fn filter(&self, folded: &[u8], passed: &mut Vec<u32>) {
        let places = folded.len().saturating_sub(3);
        passed.clear();
        passed.resize(places, 0);
        let bitmap: &[u64; 1 << (BITS - 6)] =
            (&*self.bitmap).try_into().expect("made with this length");
        let mut count = 0;
        for (place, key) in folded.windows(4).enumerate() {
            let key = u32::from_le_bytes([key[0], key[1], key[2], key[3]]);
            let hash = hash(key) as usize;
            // Written always, counted only when it passes: no branch to miss.
            passed[count] = place as u32;
            count += (bitmap[(hash >> 6) & ((1 << (BITS - 6)) - 1)] >> (hash & 63) & 1) as usize;
        }
        passed.truncate(count);
    }

    #[inline]
    fn entries_of(&self, key: u32) -> &[Entry] {
        let mut slot = hash(key) as usize & (self.slots.len() - 1);
        loop {
            let Slot {
                key: held,
                first,
                count,
            } = self.slots[slot];
            if count == 0 {
                return &[];
            }
            if held == key {
                return &self.entries[first as usize..(first + count) as usize];
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}

#[inline(always)]
fn hash(key: u32) -> u32 {
    key.wrapping_mul(0x9E37_79B1) >> (32 - BITS)
}

#[inline(always)]
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(words: &[&str]) -> LiteralTable {
        let factors: Vec<Factor> = words
            .iter()
            .map(|w| {
                let literal: Vec<u8> = w.bytes().map(fold).collect();
                let key_at = (literal.len() - 4) / 2;
                Factor {
                    key: literal[key_at..key_at + 4].try_into().unwrap(),
                    key_at: key_at as i8,
                    literal,
                }
            })
            .collect();
        LiteralTable::new(factors.iter().zip(0..))
    }

    #[test]
    fn finds_each_literal_once_wherever_the_text_is_cut() {
        let words = ["akia", "password", "secret_key", "://x"];
        let table = table(&words);
        let text = b"AKIA password=1 Secret-Key http://x akia";
        let expected = vec![(0, 0), (5, 1), (16, 2), (31, 3), (36, 0)];
        for cut in 0..=text.len() {
            let mut got = Vec::new();
            let mut buffers = Buffers::default();
            if cut > 0 {
                table.scan(text, 0, cut, &mut buffers, |at, _, t| got.push((at, t)));
            }
            if cut < text.len() {
                table.scan(text, cut, text.len(), &mut buffers, |at, _, t| {
                    got.push((at, t));
                });
            }
            got.sort_unstable();
            assert_eq!(got, expected, "cut at {cut}");
        }
    }
}
